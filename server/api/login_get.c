#include "handlers.h"
#include "staff_json.h"

#include "khoacu/base/banned.h"

void api_login_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_put_key(&writer, "staff");
    api_put_staff_actor(&writer, &api->actor);
    json_close_object(&writer);
    api_json(reply, request, 200);
}
