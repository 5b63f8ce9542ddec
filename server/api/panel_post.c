#include "handlers.h"
#include "panels.h"

#include "khoacu/base/banned.h"

struct input {
    const char *code, *kind, *room, *chair, *secretary;
    const struct json *members, *criteria, *roll_numbers, *committee;
    int64_t committee_size;
};
static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, code, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, kind, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, room, JSON_STRING, true, 1, 100),
    JSON_FIELD(struct input, chair, JSON_STRING, true, 1, 40),
    JSON_FIELD(struct input, secretary, JSON_STRING, true, 1, 40),
    JSON_FIELD(struct input, members, JSON_ARRAY, true, 0, PANEL_PEOPLE_MAX - 2),
    JSON_FIELD(struct input, criteria, JSON_ARRAY, true, 1, PANEL_CRITERIA_MAX),
    JSON_FIELD(struct input, roll_numbers, JSON_ARRAY, false, 1, PANEL_CANDIDATES_MAX),
    JSON_FIELD(struct input, committee_size, JSON_INT, false, 1, 200),
    JSON_FIELD(struct input, committee, JSON_ARRAY, false, 1, PANEL_PEOPLE_MAX - 1),
    {0},
};
static const struct json_field CRITERION_FIELDS[] = {
    JSON_FIELD(struct panel_criterion, title, JSON_STRING, true, 1, 300),
    JSON_FIELD(struct panel_criterion, mark_max, JSON_STRING, true, 1, 12),
    JSON_FIELD(struct panel_criterion, mark_step, JSON_STRING, true, 1, 12),
    {0},
};

static bool one_of(const char *text, const char *const *list) {
    for (; *list; list++)
        if (__builtin_strcmp(text, *list) == 0)
            return true;
    return false;
}

static bool is_code(const char *text) {
    for (const char *p = text; *p; p++)
        if (!((*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || (*p == '-' && p > text)))
            return false;
    return true;
}

/* Texts of a list; false after it has filled the reply. */
static bool read_texts(struct http_request *request, struct http_reply *reply, const char *name, const struct json *list, const char **ret_texts) {
    for (size_t i = 0; i < json_count(list); i++) {
        ret_texts[i] = json_text(json_at(list, i));
        if (!ret_texts[i]) {
            const char *path = arena_printf(request->arena, "%s[%zu]", name, i);
            api_invalid_field(reply, request, path ? path : name, "kind");
            return false;
        }
    }
    return true;
}

static bool read_criteria(struct http_request *request, struct http_reply *reply, const struct json *list, struct panel_making *making) {
    for (size_t i = 0; i < json_count(list); i++) {
        struct panel_criterion *of = &making->criteria[i];
        struct json_misfits misfits = {.prefix = arena_printf(request->arena, "criteria[%zu]", i)};
        if (!json_fit(request->arena, json_at(list, i), CRITERION_FIELDS, of, &misfits)) {
            api_invalid(reply, request, &misfits);
            return false;
        }
        of->mark_max = api_read_mark(request, reply, arena_printf(request->arena, "criteria[%zu].mark_max", i), of->mark_max);
        if (!of->mark_max)
            return false;
        of->mark_step = api_read_mark(request, reply, arena_printf(request->arena, "criteria[%zu].mark_step", i), of->mark_step);
        if (!of->mark_step)
            return false;
    }
    making->criterion_count = json_count(list);
    return true;
}

static bool read_making(struct http_request *request, struct http_reply *reply, struct panel_making *making) {
    static const char *const KINDS[] = {"interview", "practical", "project", NULL};
    struct input input = {0};
    if (!api_read(request, reply, FIELDS, &input))
        return false;
    if (!is_code(input.code) || !one_of(input.kind, KINDS)) {
        api_invalid_field(reply, request, is_code(input.code) ? "kind" : "code", is_code(input.code) ? "unknown" : "form");
        return false;
    }
    *making = (struct panel_making){.cycle_code = request->params[0], .code = input.code, .kind = input.kind, .room = input.room,
                                    .people = {input.secretary, input.chair}, .person_count = 2 + json_count(input.members),
                                    .committee_size = input.committee_size, .committee_count = json_count(input.committee)};
    if (input.roll_numbers) {
        making->roll_count = json_count(input.roll_numbers);
        making->rolls = ARENA_ARRAY(request->arena, making->roll_count, const char *);
        if (!making->rolls) {
            api_overload(reply, request);
            return false;
        }
    }
    return read_texts(request, reply, "members", input.members, making->people + 2) && read_criteria(request, reply, input.criteria, making) &&
           read_texts(request, reply, "roll_numbers", input.roll_numbers, making->rolls) &&
           read_texts(request, reply, "committee", input.committee, making->committee);
}

void api_panel_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct panel_making *making = ARENA_NEW(request->arena, struct panel_making);
    struct panel_act act = {.arena = request->arena, .staff_id = api->actor.staff_id, .now_us = api->now_us};
    struct panel_answer answer = {0};
    int64_t panel_id = 0;
    if (!making) {
        api_overload(reply, request);
        return;
    }
    if (!read_making(request, reply, making))
        return;
    enum err err = panel_make(api->db, &act, making, &answer, &panel_id);
    if (err != ERR_NONE || answer.verdict != PANEL_MADE) {
        api_put_panel(api, request, reply, err, &answer);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_id(&writer, "panel_id", panel_id);
    json_member_text(&writer, "candidates", answer.detail);
    json_close_object(&writer);
    api_json(reply, request, 201);
}
