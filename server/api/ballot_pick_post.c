#include "ballots.h"
#include "handlers.h"

#include "khoacu/base/banned.h"

struct input {
    int64_t number;
    const char *reason;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, number, JSON_INT, true, 1, BALLOT_NAMES_MAX),
    JSON_FIELD(struct input, reason, JSON_STRING, true, 10, 2000),
    {0},
};

void api_ballot_pick_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    enum ballot_verdict verdict;
    int64_t ballot_id = 0;
    if (!api_param_id(request, reply, 0, &ballot_id) || !api_read(request, reply, FIELDS, &input))
        return;
    enum err err = ballot_pick(api->db, request->arena, api->actor.staff_id, ballot_id, (int32_t)input.number, input.reason, api->now_us, &verdict);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else if (verdict != BALLOT_DONE)
        api_ballot_refuse(reply, request, verdict);
    else
        api_no_content(reply);
}
