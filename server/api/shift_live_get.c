#include "handlers.h"

#include "khoacu/base/clock.h"
#include "khoacu/sitting/schedule.h"

#include "khoacu/base/banned.h"

void api_shift_live_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct api_page asked;
    int64_t shift_id;
    const char *live = NULL;
    if (!api_param_id(request, reply, 0, &shift_id) || !api_query_page(request, reply, &asked))
        return;
    const char *room = http_query(request, "room");
    enum err err = sitting_shift_live(api->db, request->arena, shift_id, room ? room : "", asked.after, asked.limit, &live);
    if (err == ERR_DB_NO_ROW) {
        api_not_found(reply, request);
        return;
    }
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_time(&writer, "server_now", clock_now_us());
    json_put_key(&writer, "live");
    json_put_raw(&writer, live);
    json_close_object(&writer);
    api_json(reply, request, 200);
}
