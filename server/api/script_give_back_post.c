#include "handlers.h"
#include "scripts.h"

#include "khoacu/marking/lease.h"

#include "khoacu/base/banned.h"

struct input {
    const char *why, *reason;
};
static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, why, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, reason, JSON_STRING, true, 1, 2000),
    {0},
};

void api_script_give_back_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    struct marking_handover handover = {.marker_id = api->actor.staff_id, .actor_id = api->actor.staff_id, .now_us = api->now_us};
    enum marking_replace_verdict verdict;
    if (!api_param_id(request, reply, 0, &handover.blind_id) || !api_read(request, reply, FIELDS, &input))
        return;
    int why = marking_replace_find(input.why);
    if (why < 0 || why == MARKING_REPLACE_CHIEF) {
        api_invalid_field(reply, request, "why", "unknown-value");
        return;
    }
    handover.why = (enum marking_replace)why;
    handover.reason = input.reason;
    enum err err = marking_script_hand_over(api->db, request->arena, &handover, &verdict);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else
        api_handed_over(request, reply, verdict);
}
