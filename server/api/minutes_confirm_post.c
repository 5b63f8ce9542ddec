#include "halls.h"
#include "handlers.h"

#include "khoacu/sitting/minutes.h"

#include "khoacu/base/banned.h"

struct input {
    bool confirm;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, confirm, JSON_BOOL, true, 1, 1),
    {0},
};

static void confirmed(struct http_request *request, struct http_reply *reply, bool is_signed) {
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_bool(&writer, "signed", is_signed);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

void api_minutes_confirm_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    struct minutes_confirming confirming = {.staff_id = api->actor.staff_id, .now_us = api->now_us, .origin = api->state->config.public_url,
                                            .sign_key = api->state->config.sign_key};
    enum minutes_confirm_verdict verdict;
    if (!api_param_id(request, reply, 0, &confirming.minutes_id) || !api_read(request, reply, FIELDS, &input))
        return;
    enum err err = minutes_confirm(api->db, request->arena, &confirming, &verdict);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (verdict) {
    case MINUTES_FIRST:
        confirmed(request, reply, false);
        return;
    case MINUTES_SIGNED:
        confirmed(request, reply, true);
        return;
    case MINUTES_SAME_PERSON:
        api_problem(reply, request, 409, "same-person", "The second person is another than the first");
        return;
    case MINUTES_DECIDED:
        api_problem(reply, request, 409, "decided", "Two persons have confirmed already");
        return;
    case MINUTES_NOT_YOURS:
        api_not_your_hall(reply, request);
        return;
    case MINUTES_UNKNOWN:
        api_not_found(reply, request);
        return;
    }
}
