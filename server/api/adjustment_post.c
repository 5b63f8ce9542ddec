#include "handlers.h"

#include "khoacu/base/text.h"
#include "khoacu/sitting/adjust.h"

#include <string.h>

#include "khoacu/base/banned.h"

struct input {
    const char *scope, *room, *roll_number, *sitting_id, *kind, *reason;
    int64_t minutes;
    bool evacuation;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, scope, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, room, JSON_STRING, false, 1, 40),
    JSON_FIELD(struct input, roll_number, JSON_STRING, false, 1, 60),
    JSON_FIELD(struct input, sitting_id, JSON_STRING, false, TEXT_ID_LEN, TEXT_ID_LEN),
    JSON_FIELD(struct input, kind, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, minutes, JSON_INT, false, 1, ADJUST_MINUTES_MAX),
    JSON_FIELD(struct input, evacuation, JSON_BOOL, false, 0, 1),
    JSON_FIELD(struct input, reason, JSON_STRING, true, 1, 2000),
    {0},
};

static bool read_scope(const struct input *input, struct adjust_request *request) {
    if (strcmp(input->scope, "shift") == 0)
        request->scope = ADJUST_SHIFT;
    else if (strcmp(input->scope, "room") == 0 && input->room)
        request->scope = ADJUST_ROOM;
    else if (strcmp(input->scope, "sitting") == 0 && (input->roll_number || input->sitting_id))
        request->scope = ADJUST_SITTING;
    else
        return false;
    return true;
}

static bool read_input(struct http_request *request, struct http_reply *reply, struct adjust_request *adjust) {
    struct input input = {0};
    struct json_misfits misfits = {0};
    if (!api_param_id(request, reply, 0, &adjust->shift_id) || !api_read(request, reply, FIELDS, &input))
        return false;
    if (!read_scope(&input, adjust))
        json_misfit_add(request->arena, &misfits, "scope", "form", 0, 0);
    if (input.sitting_id && !text_parse_id(input.sitting_id, &adjust->sitting_id))
        json_misfit_add(request->arena, &misfits, "sitting_id", "form", 0, 0);
    if (!adjust_kind_parse(input.kind, &adjust->kind))
        json_misfit_add(request->arena, &misfits, "kind", "form", 0, 0);
    else if (adjust_kind_timed(adjust->kind) != (input.minutes > 0))
        json_misfit_add(request->arena, &misfits, "minutes", input.minutes > 0 ? "unknown" : "required", 0, 0);
    if (input.evacuation && (adjust->kind != ADJUST_PAUSE || adjust->scope == ADJUST_SITTING))
        json_misfit_add(request->arena, &misfits, "evacuation", "unknown", 0, 0);
    adjust->evacuation = input.evacuation;
    adjust->room = input.room;
    adjust->roll_number = input.roll_number;
    adjust->seconds = (int32_t)input.minutes * 60;
    adjust->reason = input.reason;
    if (misfits.count > 0)
        api_invalid(reply, request, &misfits);
    return misfits.count == 0;
}

static void put_made(struct http_request *request, struct http_reply *reply, const char *state, const struct adjust_made *made) {
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_id(&writer, "id", made->adjustment_id);
    json_member_text(&writer, "state", state);
    json_member_int(&writer, "sittings", made->sittings);
    json_close_object(&writer);
    api_json(reply, request, 201);
}

void api_adjustment_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct adjust_request adjust = {.staff_id = api->actor.staff_id, .now_us = api->now_us};
    enum adjust_verdict verdict;
    struct adjust_made made;
    if (!read_input(request, reply, &adjust))
        return;
    enum err err = adjust_request(api->db, request->arena, &adjust, &verdict, &made);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (verdict) {
    case ADJUST_APPLIED:
        put_made(request, reply, "applied", &made);
        return;
    case ADJUST_WAITING:
        put_made(request, reply, "waiting", &made);
        return;
    case ADJUST_NOTHING:
        api_problem(reply, request, 409, "nothing", "No sitting there whose time could be moved so");
        return;
    case ADJUST_SHIFT_UNKNOWN:
        api_not_found(reply, request);
        return;
    case ADJUST_TARGET_UNKNOWN:
        api_invalid_field(reply, request, adjust.scope == ADJUST_ROOM ? "room" : "roll_number", "unknown-value");
        return;
    case ADJUST_SHIFT_CLOSED:
        api_problem(reply, request, 409, "wrong-state", "The shift is closed");
        return;
    }
}
