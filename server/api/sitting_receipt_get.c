#include "handlers.h"
#include "sittings.h"

#include "khoacu/base/banned.h"

void api_sitting_receipt_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct sitting_place place;
    struct sitting_own own;
    if (!api_own_sitting(api, request, reply, &place))
        return;
    enum err err = sitting_own_read(api->db, request->arena, place, &own);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (own.sitting.receipt.issued_us == 0) {
        api_not_found(reply, request);
        return;
    }
    struct json_writer writer = api_writer(reply);
    api_put_receipt(&writer, &own.sitting.receipt);
    api_json(reply, request, 200);
}
