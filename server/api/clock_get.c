#include "handlers.h"

#include "khoacu/base/clock.h"

#include "khoacu/base/banned.h"

void api_clock_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    (void)api;
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_time(&writer, "server_now", clock_now_us());
    json_close_object(&writer);
    api_json(reply, request, 200);
}
