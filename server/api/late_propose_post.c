#include "handlers.h"
#include "lates.h"

#include <string.h>

#include "khoacu/base/banned.h"

struct input {
    const char *decision, *reason;
};
static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, decision, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, reason, JSON_STRING, true, 1, 2000),
    {0},
};

void api_late_propose_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    struct late_proposal proposal = {.staff_id = api->actor.staff_id, .now_us = api->now_us};
    struct late_outcome outcome = {.verdict = LATE_UNKNOWN};
    if (!api_param_id(request, reply, 0, &proposal.batch_id) || !api_read(request, reply, FIELDS, &input))
        return;
    proposal.count = strcmp(input.decision, "count") == 0;
    proposal.reason = input.reason;
    if (!proposal.count && strcmp(input.decision, "leave") != 0) {
        api_invalid_field(reply, request, "decision", "form");
        return;
    }
    enum err err = late_propose(api->db, request->arena, &proposal, &outcome.verdict);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else
        api_put_late(reply, request, &outcome);
}
