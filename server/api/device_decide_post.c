#include "handlers.h"

#include "khoacu/sitting/device.h"

#include <string.h>

#include "khoacu/base/banned.h"

struct input {
    const char *keep, *reason;
};
static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, keep, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, reason, JSON_STRING, true, 1, 2000),
    {0},
};

static void put_kept(struct http_request *request, struct http_reply *reply, const char *keep) {
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_text(&writer, "keep", keep);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

void api_device_decide_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    struct device_decision decision = {.staff_id = api->actor.staff_id, .now_us = api->now_us};
    enum device_verdict verdict;
    if (!api_param_id(request, reply, 0, &decision.sitting_id) || !api_read(request, reply, FIELDS, &input))
        return;
    decision.keep_new = strcmp(input.keep, "new") == 0;
    decision.reason = input.reason;
    if (!decision.keep_new && strcmp(input.keep, "first") != 0) {
        api_invalid_field(reply, request, "keep", "form");
        return;
    }
    enum err err = device_decide(api->db, request->arena, &decision, &verdict);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (verdict) {
    case DEVICE_KEPT:
        put_kept(request, reply, input.keep);
        return;
    case DEVICE_NOTHING:
        api_problem(reply, request, 409, "nothing", "This sitting did not come to another device");
        return;
    case DEVICE_DECIDED:
        api_problem(reply, request, 409, "decided", "It has been decided already");
        return;
    case DEVICE_ENDED:
        api_problem(reply, request, 409, "wrong-state", "The sitting is not open");
        return;
    case DEVICE_EXPIRED:
        api_problem(reply, request, 409, "expired", "The log-in of the first device is over: sign in there again");
        return;
    case DEVICE_UNKNOWN:
        api_not_found(reply, request);
        return;
    }
}
