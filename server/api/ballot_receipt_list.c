#include "ballots.h"
#include "handlers.h"

#include "khoacu/base/banned.h"

void api_ballot_receipt_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    const char **receipts = NULL;
    size_t count = 0;
    int64_t ballot_id = 0;
    if (!api_param_id(request, reply, 0, &ballot_id))
        return;
    enum err err = ballot_receipts(api->db, request->arena, ballot_id, &receipts, &count);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer w = api_writer(reply);
    json_open_object(&w);
    json_put_key(&w, "receipts");
    json_open_array(&w);
    for (size_t i = 0; i < count; i++)
        json_put_text(&w, receipts[i]);
    json_close_array(&w);
    json_close_object(&w);
    api_json(reply, request, 200);
}
