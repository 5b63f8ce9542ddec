#include "handlers.h"
#include "keys.h"

#include "khoacu/base/text.h"

#include "khoacu/base/banned.h"

#define DAYS_MAX 60
#define DAY_US (INT64_C(24) * 3600 * 1000000)

struct input {
    const char *form_id, *opens_at, *closes_at, *reason;
};
static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, form_id, JSON_STRING, true, TEXT_ID_LEN, TEXT_ID_LEN),
    JSON_FIELD(struct input, opens_at, JSON_STRING, true, 20, 40),
    JSON_FIELD(struct input, closes_at, JSON_STRING, true, 20, 40),
    JSON_FIELD(struct input, reason, JSON_STRING, true, 1, REKEY_REASON_MAX),
    {0},
};

static bool read_opening(struct api *api, struct http_request *request, struct http_reply *reply, struct rekey_opening *opening) {
    struct input input = {0};
    struct json_misfits misfits = {0};
    *opening = (struct rekey_opening){.staff_id = api->actor.staff_id, .now_us = api->now_us};
    if (!api_read(request, reply, FIELDS, &input))
        return false;
    if (!text_parse_id(input.form_id, &opening->form_id))
        json_misfit_add(request->arena, &misfits, "form_id", "form", 0, 0);
    bool times = text_parse_time(input.opens_at, &opening->opens_us);
    if (!times)
        json_misfit_add(request->arena, &misfits, "opens_at", "form", 0, 0);
    if (!text_parse_time(input.closes_at, &opening->closes_us))
        json_misfit_add(request->arena, &misfits, "closes_at", "form", 0, 0);
    else if (times && (opening->closes_us <= opening->opens_us || opening->closes_us <= api->now_us ||
                       opening->closes_us - opening->opens_us > DAYS_MAX * DAY_US))
        json_misfit_add(request->arena, &misfits, "closes_at", "range", 0, 0);
    opening->reason = input.reason;
    if (misfits.count > 0)
        api_invalid(reply, request, &misfits);
    return misfits.count == 0;
}

void api_key_review_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct rekey_opening opening;
    enum rekey_outcome outcome;
    int64_t review_id = 0;
    if (!read_opening(api, request, reply, &opening))
        return;
    enum err err = rekey_open(api->db, request->arena, &opening, &outcome, &review_id);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (outcome != REKEY_DONE) {
        api_key_outcome(reply, request, outcome);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_id(&writer, "review_id", review_id);
    json_close_object(&writer);
    api_json(reply, request, 201);
}
