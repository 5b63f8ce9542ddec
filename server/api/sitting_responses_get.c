#include "handlers.h"
#include "sittings.h"

#include "khoacu/base/clock.h"

#include "khoacu/base/banned.h"

void api_sitting_responses_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct sitting_place place;
    struct sitting sitting;
    if (!api_own_sitting(api, request, reply, &place))
        return;
    struct json_writer writer = api_writer(reply);
    enum err err = sitting_read(api->db, request->arena, place, &sitting);
    if (err == ERR_NONE) {
        json_open_object(&writer);
        json_member_text(&writer, "state", sitting_state_key(sitting.state));
        json_member_time(&writer, "closes_at", sitting.closes_us);
        json_member_time(&writer, "server_now", clock_now_us());
        err = api_put_responses(api, request->arena, &sitting, &writer);
        json_close_object(&writer);
    }
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    api_json(reply, request, 200);
}
