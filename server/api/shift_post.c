#include "handlers.h"

#include "khoacu/base/text.h"
#include "khoacu/sitting/schedule.h"

#include <string.h>

#include "khoacu/base/banned.h"

struct body {
    const char *code, *form_id, *clock, *starts_at, *ends_at;
    int64_t minutes, grace_s, room_size;
};

static const struct json_field BODY[] = {
    JSON_FIELD(struct body, code, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct body, form_id, JSON_STRING, true, 16, 16),
    JSON_FIELD(struct body, clock, JSON_STRING, true, 6, 8),
    JSON_FIELD(struct body, starts_at, JSON_STRING, true, 20, 35),
    JSON_FIELD(struct body, ends_at, JSON_STRING, true, 20, 35),
    JSON_FIELD(struct body, minutes, JSON_INT, true, 1, 600),
    JSON_FIELD(struct body, grace_s, JSON_INT, false, 0, 300),
    JSON_FIELD(struct body, room_size, JSON_INT, true, 1, SITTING_ROOM_MAX),
    {0},
};

static const char *misread(const struct body *body, struct sitting_shift_request *shift) {
    if (strcmp(body->clock, "common") != 0 && strcmp(body->clock, "personal") != 0)
        return "clock";
    if (!text_parse_id(body->form_id, &shift->form_id))
        return "form_id";
    if (!text_parse_time(body->starts_at, &shift->starts_us))
        return "starts_at";
    return text_parse_time(body->ends_at, &shift->ends_us) ? NULL : "ends_at";
}

static void answer(struct http_request *request, struct http_reply *reply, enum sitting_shift_verdict verdict, const struct sitting_shift_made *made) {
    struct json_writer writer;
    switch (verdict) {
    case SITTING_SHIFT_MADE:
        writer = api_writer(reply);
        json_open_object(&writer);
        json_member_id(&writer, "id", made->shift_id);
        json_member_int(&writer, "rooms", (int64_t)made->rooms);
        json_member_int(&writer, "sittings", (int64_t)made->sittings);
        json_close_object(&writer);
        api_json(reply, request, 201);
        return;
    case SITTING_SHIFT_CYCLE_UNKNOWN:
        api_not_found(reply, request);
        return;
    case SITTING_SHIFT_FORM_UNKNOWN:
        api_invalid_field(reply, request, "form_id", "unknown-value");
        return;
    case SITTING_SHIFT_CODE_WRONG:
        api_invalid_field(reply, request, "code", "form");
        return;
    case SITTING_SHIFT_CODE_TAKEN:
        api_problem(reply, request, 409, "code-taken", "A shift of this code exists already");
        return;
    case SITTING_SHIFT_TIMES_WRONG:
        api_invalid_field(reply, request, "ends_at", "times");
        return;
    case SITTING_SHIFT_NO_CANDIDATES:
        api_problem(reply, request, 409, "no-candidates", "Every candidate of the cycle has a seat already");
        return;
    }
}

void api_shift_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct body body = {.grace_s = 5};
    if (!api_read(request, reply, BODY, &body))
        return;
    struct sitting_shift_request shift = {.cycle_code = request->params[0], .code = body.code, .clock = body.clock, .minutes = body.minutes,
                                          .grace_s = body.grace_s, .room_size = body.room_size, .staff_id = api->actor.staff_id, .now_us = api->now_us};
    const char *wrong = misread(&body, &shift);
    if (wrong) {
        api_invalid_field(reply, request, wrong, "form");
        return;
    }
    enum sitting_shift_verdict verdict;
    struct sitting_shift_made made = {0};
    enum err err = sitting_shift_schedule(api->db, request->arena, &shift, &verdict, &made);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else
        answer(request, reply, verdict, &made);
}
