#include "banks.h"
#include "handlers.h"

#include "khoacu/base/banned.h"

void api_bank_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct bank_desk desk;
    struct bank *bank;
    if (!api_desk(api, request, reply, &desk) || !api_find_bank(api, request, reply, &desk, &bank))
        return;
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    api_put_bank(&writer, bank);
    json_close_object(&writer);
    api_json(reply, request, 200);
}
