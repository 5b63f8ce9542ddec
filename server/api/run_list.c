#include "handlers.h"
#include "result_json.h"

#include "khoacu/base/banned.h"

void api_run_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct result_runs runs;
    bool found = false;
    enum err err = result_run_list(api->db, request->arena, request->params[0], &found, &runs);
    if (err != ERR_NONE || !found) {
        if (err == ERR_NONE)
            api_not_found(reply, request);
        else
            api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_list_open(reply);
    for (size_t i = 0; i < runs.count; i++) {
        json_open_object(&writer);
        api_put_run(&writer, &runs.runs[i]);
        json_close_object(&writer);
    }
    api_list_page(reply, request, &writer, NULL, (int64_t)runs.count);
}
