#include "cycles.h"
#include "handlers.h"

#include "khoacu/base/buf.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/sitting/schedule.h"
#include "khoacu/sitting/section.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define SECTIONS_TEXT_MAX 16384

struct input {
    const char *code, *form_id, *clock, *starts_at, *ends_at;
    int64_t minutes, grace_s, room_size, late_s, item_seconds;
    bool two_persons, check_in, calculator;
    const struct json *sections;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, code, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, form_id, JSON_STRING, true, TEXT_ID_LEN, TEXT_ID_LEN),
    JSON_FIELD(struct input, clock, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, starts_at, JSON_STRING, true, 20, 40),
    JSON_FIELD(struct input, ends_at, JSON_STRING, true, 20, 40),
    JSON_FIELD(struct input, minutes, JSON_INT, true, 1, SCHEDULE_MINUTES_MAX),
    JSON_FIELD(struct input, grace_s, JSON_INT, false, 0, SCHEDULE_GRACE_MAX_S),
    JSON_FIELD(struct input, room_size, JSON_INT, true, 1, SCHEDULE_ROOM_SIZE_MAX),
    JSON_FIELD(struct input, two_persons, JSON_BOOL, false, 0, 1),
    JSON_FIELD(struct input, check_in, JSON_BOOL, false, 0, 1),
    JSON_FIELD(struct input, calculator, JSON_BOOL, false, 0, 1),
    JSON_FIELD(struct input, late_s, JSON_INT, false, 0, SCHEDULE_LATE_MAX_S),
    JSON_FIELD(struct input, item_seconds, JSON_INT, false, 5, 36000),
    JSON_FIELD(struct input, sections, JSON_ARRAY, false, 1, SITTING_POSITIONS_MAX),
    {0},
};

/* The list of sections as it will be stored; whether it fits the form is judged with it. False: it cannot be. */
static bool read_sections(struct http_request *request, const struct input *input, struct schedule_request *schedule) {
    struct buf text CLEANUP(buf_release);
    buf_init(&text, SECTIONS_TEXT_MAX);
    struct sections *sections = ARENA_NEW(request->arena, struct sections);
    if (!sections || (input->sections && input->item_seconds != 0) || !sections_read(input->sections, 0, 0, sections))
        return false;
    schedule->item_seconds = input->item_seconds;
    if (!input->sections)
        return true;
    if (json_canonical(input->sections, &text) != ERR_NONE)
        return false;
    schedule->sections = arena_strndup(request->arena, text.data, text.len);
    return schedule->sections;
}

static bool read_input(struct http_request *request, struct http_reply *reply, struct schedule_request *schedule) {
    struct input input = {.grace_s = 5, .late_s = 7200};
    struct json_misfits misfits = {0};
    struct sitting_times *times = &schedule->times;
    if (!api_read(request, reply, FIELDS, &input))
        return false;
    bool common = strcmp(input.clock, "common") == 0;
    if (!cycle_short_code_valid(input.code))
        json_misfit_add(request->arena, &misfits, "code", "form", 0, 0);
    if (!text_parse_id(input.form_id, &schedule->form_id))
        json_misfit_add(request->arena, &misfits, "form_id", "form", 0, 0);
    if (!common && strcmp(input.clock, "personal") != 0)
        json_misfit_add(request->arena, &misfits, "clock", "form", 0, 0);
    if (!text_parse_time(input.starts_at, &times->starts_us))
        json_misfit_add(request->arena, &misfits, "starts_at", "form", 0, 0);
    if (!text_parse_time(input.ends_at, &times->ends_us))
        json_misfit_add(request->arena, &misfits, "ends_at", "form", 0, 0);
    if (!read_sections(request, &input, schedule))
        json_misfit_add(request->arena, &misfits, "sections", "form", 0, 0);
    schedule->two_persons = input.two_persons;
    schedule->check_in = input.check_in;
    schedule->calculator = input.calculator;
    schedule->late_s = input.late_s;
    schedule->code = input.code;
    schedule->room_size = input.room_size;
    times->clock = common ? SITTING_CLOCK_COMMON : SITTING_CLOCK_PERSONAL;
    times->minutes = (int32_t)input.minutes;
    times->grace_s = (int32_t)input.grace_s;
    if (misfits.count > 0)
        api_invalid(reply, request, &misfits);
    return misfits.count == 0;
}

static void made_shift(struct http_request *request, struct http_reply *reply, const struct schedule_made *made) {
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_id(&writer, "id", made->shift_id);
    json_member_int(&writer, "rooms", made->rooms);
    json_member_int(&writer, "sittings", made->sittings);
    json_close_object(&writer);
    api_json(reply, request, 201);
}

void api_shift_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct cycle cycle;
    struct schedule_request schedule = {.cycle = &cycle, .staff_id = api->actor.staff_id, .now_us = api->now_us};
    if (!read_input(request, reply, &schedule) || !api_find_cycle(api, request, reply, &cycle))
        return;
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, API_CYCLE_ARENA_MAX);
    enum schedule_verdict verdict;
    struct schedule_made made;
    enum err err = schedule_shift(api->db, &arena, &schedule, &verdict, &made);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (verdict) {
    case SCHEDULE_MADE:
        made_shift(request, reply, &made);
        return;
    case SCHEDULE_TIMES_UNFIT:
        api_invalid_field(reply, request, "ends_at", made.times == SCHEDULE_TIMES_LONG ? "window-long" : "times");
        return;
    case SCHEDULE_CYCLE_LATE:
        api_cycle_past(request, reply, &cycle);
        return;
    case SCHEDULE_FORM_UNKNOWN:
        api_invalid_field(reply, request, "form_id", "unknown-value");
        return;
    case SCHEDULE_FORM_UNSEALED:
        api_problem(reply, request, 409, "form-not-sealed", "The form wants the seals of two persons first");
        return;
    case SCHEDULE_FORM_SIZE:
        api_problem(reply, request, 409, "form-size", "The form has another number of questions than the rule pack asks for");
        return;
    case SCHEDULE_CLOCK_UNFIT:
        api_invalid_field(reply, request, "clock", "by-pack");
        return;
    case SCHEDULE_SECTIONS_UNFIT:
        api_invalid_field(reply, request, schedule.sections ? "sections" : "item_seconds", "times");
        return;
    case SCHEDULE_SECTIONS_CROSS:
        api_invalid_field(reply, request, "sections", "cross");
        return;
    case SCHEDULE_NO_CANDIDATES:
        api_problem(reply, request, 409, "no-candidates", "Every candidate of the cycle has a seat");
        return;
    case SCHEDULE_CODE_TAKEN:
        api_problem(reply, request, 409, "code-taken", "The cycle has a shift of this code");
        return;
    }
}
