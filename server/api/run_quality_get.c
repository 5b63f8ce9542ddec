#include "handlers.h"
#include "quality_json.h"

#include "khoacu/base/banned.h"

void api_run_quality_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct quality_report report;
    int64_t run_id = 0;
    bool found = false;
    if (!api_param_id(request, reply, 0, &run_id))
        return;
    enum err err = quality_result_read(api->db, request->arena, run_id, &found, &report);
    if (err != ERR_NONE || !found) {
        if (err == ERR_NONE)
            api_not_found(reply, request);
        else
            api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    api_put_report(&writer, &report);
    json_close_object(&writer);
    api_json(reply, request, 200);
}
