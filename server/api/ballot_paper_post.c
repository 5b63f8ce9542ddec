#include "ballots.h"
#include "handlers.h"

#include "khoacu/base/banned.h"

struct input {
    const char *slip, *nonce;
    int64_t choice;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, slip, JSON_STRING, true, 1, 60),
    JSON_FIELD(struct input, choice, JSON_INT, true, 0, BALLOT_NAMES_MAX),
    JSON_FIELD(struct input, nonce, JSON_STRING, false, 16, 64),
    {0},
};

void api_ballot_paper_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    enum ballot_verdict verdict;
    char receipt[BALLOT_RECEIPT_SIZE] = "";
    if (!api_read(request, reply, FIELDS, &input))
        return;
    enum err err = ballot_cast(api->db, request->arena, api->state->config.secret, input.slip, (int32_t)input.choice, input.nonce, &verdict, receipt);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (verdict != BALLOT_DONE) {
        api_ballot_refuse(reply, request, verdict);
        return;
    }
    struct json_writer w = api_writer(reply);
    json_open_object(&w);
    json_member_text(&w, "receipt", receipt);
    json_close_object(&w);
    api_json(reply, request, 200);
}
