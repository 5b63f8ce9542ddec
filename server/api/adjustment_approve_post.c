#include "handlers.h"

#include "khoacu/sitting/adjust.h"

#include "khoacu/base/banned.h"

struct input {
    bool approve;
    const char *reason;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, approve, JSON_BOOL, true, 0, 1),
    JSON_FIELD(struct input, reason, JSON_STRING, false, 1, 2000),
    {0},
};

static void put_decided(struct http_request *request, struct http_reply *reply, const char *state, int32_t sittings) {
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_text(&writer, "state", state);
    json_member_int(&writer, "sittings", sittings);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

void api_adjustment_approve_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    struct adjust_decision decision = {.staff_id = api->actor.staff_id, .now_us = api->now_us};
    enum adjust_decision_verdict verdict;
    int32_t sittings = 0;
    if (!api_param_id(request, reply, 0, &decision.adjustment_id) || !api_read(request, reply, FIELDS, &input))
        return;
    decision.approve = input.approve;
    decision.reason = input.reason;
    enum err err = adjust_decide(api->db, request->arena, &decision, &verdict, &sittings);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (verdict) {
    case ADJUST_APPROVED:
        put_decided(request, reply, "applied", sittings);
        return;
    case ADJUST_REFUSED:
        put_decided(request, reply, "refused", sittings);
        return;
    case ADJUST_SAME_PERSON:
        api_problem(reply, request, 409, "same-person", "Another person has to approve it");
        return;
    case ADJUST_DECIDED:
        api_problem(reply, request, 409, "decided", "There is nothing to decide any more");
        return;
    case ADJUST_TOO_LATE:
        api_problem(reply, request, 409, "wrong-state", "The shift is closed");
        return;
    case ADJUST_UNKNOWN:
        api_not_found(reply, request);
        return;
    }
}
