#include "cycle_json.h"
#include "handlers.h"

#include "khoacu/base/banned.h"

void api_cycle_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct cycle cycle;
    const char *progress = NULL;
    enum err err = cycle_find(api->db, request->arena, request->params[0], &cycle);
    if (err == ERR_NONE && cycle.cycle_id != 0)
        err = cycle_progress(api->db, request->arena, cycle.cycle_id, &progress);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (!progress) {
        api_not_found(reply, request);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    api_put_cycle(&writer, &cycle);
    json_member_text(&writer, "notice", cycle.notice);
    json_put_key(&writer, "progress");
    json_put_raw(&writer, progress);
    json_close_object(&writer);
    api_json(reply, request, 200);
}
