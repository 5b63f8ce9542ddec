#include "handlers.h"
#include "panels.h"

#include <string.h>

#include "khoacu/base/banned.h"

struct input {
    const char *to, *reason, *login_name, *minutes, *agreed, *value;
    const struct json *values;
};

void api_hearing_phase_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    static const struct json_field FIELDS[] = {
        JSON_FIELD(struct input, to, JSON_STRING, true, 1, 20), JSON_FIELD(struct input, reason, JSON_STRING, false, 1, 2000), {0}};
    static const char *const PHASES[] = {"waiting", "called", "preparation", "presentation", "questions", "marking", "absent", "suspended"};
    struct input input = {0};
    struct panel_answer answer = {0};
    struct panel_act act;
    bool known = false;
    if (!api_read(request, reply, FIELDS, &input) || !api_panel_act(api, request, reply, input.reason, &act))
        return;
    for (size_t i = 0; i < sizeof PHASES / sizeof *PHASES; i++)
        known = known || strcmp(PHASES[i], input.to) == 0;
    if (!known) {
        api_invalid_field(reply, request, "to", "unknown");
        return;
    }
    enum err err = panel_phase(api->db, &act, input.to, &answer);
    api_put_panel(api, request, reply, err, &answer);
}

void api_hearing_marks_put(struct api *api, struct http_request *request, struct http_reply *reply) {
    static const struct json_field FIELDS[] = {JSON_FIELD(struct input, values, JSON_ARRAY, true, 1, PANEL_CRITERIA_MAX), {0}};
    struct input input = {0};
    struct panel_answer answer = {0};
    struct panel_act act;
    const char *values[PANEL_CRITERIA_MAX];
    if (!api_read(request, reply, FIELDS, &input) || !api_panel_act(api, request, reply, NULL, &act))
        return;
    for (size_t i = 0; i < json_count(input.values); i++) {
        const char *path = arena_printf(request->arena, "values[%zu]", i);
        values[i] = api_read_mark(request, reply, path ? path : "values", json_text(json_at(input.values, i)));
        if (!values[i])
            return;
    }
    enum err err = panel_mark(api->db, &act, values, json_count(input.values), &answer);
    api_put_panel(api, request, reply, err, &answer);
}

void api_hearing_absence_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    static const struct json_field FIELDS[] = {
        JSON_FIELD(struct input, login_name, JSON_STRING, true, 1, 40), JSON_FIELD(struct input, reason, JSON_STRING, true, 1, 2000), {0}};
    struct input input = {0};
    struct panel_answer answer = {0};
    struct panel_act act;
    if (!api_read(request, reply, FIELDS, &input) || !api_panel_act(api, request, reply, input.reason, &act))
        return;
    enum err err = panel_absence(api->db, &act, input.login_name, &answer);
    api_put_panel(api, request, reply, err, &answer);
}

void api_hearing_absence_confirm_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    static const struct json_field FIELDS[] = {JSON_FIELD(struct input, login_name, JSON_STRING, true, 1, 40), {0}};
    struct input input = {0};
    struct panel_answer answer = {0};
    struct panel_act act;
    if (!api_read(request, reply, FIELDS, &input) || !api_panel_act(api, request, reply, NULL, &act))
        return;
    enum err err = panel_absence_confirm(api->db, &act, input.login_name, &answer);
    api_put_panel(api, request, reply, err, &answer);
}

void api_hearing_dialogue_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    static const struct json_field FIELDS[] = {
        JSON_FIELD(struct input, minutes, JSON_STRING, true, 1, 8000), JSON_FIELD(struct input, agreed, JSON_STRING, false, 1, 12), {0}};
    struct input input = {0};
    struct panel_answer answer = {0};
    struct panel_act act;
    if (!api_read(request, reply, FIELDS, &input) || !api_panel_act(api, request, reply, NULL, &act))
        return;
    const char *agreed = input.agreed ? api_read_mark(request, reply, "agreed", input.agreed) : NULL;
    if (input.agreed && !agreed)
        return;
    enum err err = panel_dialogue(api->db, &act, input.minutes, agreed, &answer);
    if (err == ERR_NONE && (answer.verdict == PANEL_OFF_SCALE || answer.verdict == PANEL_OFF_STEP))
        api_invalid_field(reply, request, "agreed", answer.verdict == PANEL_OFF_SCALE ? "range" : "step");
    else
        api_put_panel(api, request, reply, err, &answer);
}

void api_hearing_decision_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    static const struct json_field FIELDS[] = {
        JSON_FIELD(struct input, value, JSON_STRING, false, 1, 12), JSON_FIELD(struct input, reason, JSON_STRING, true, 1, 2000), {0}};
    struct input input = {0};
    struct panel_answer answer = {0};
    struct panel_act act;
    if (!api_read(request, reply, FIELDS, &input) || !api_panel_act(api, request, reply, input.reason, &act))
        return;
    const char *value = input.value ? api_read_mark(request, reply, "value", input.value) : NULL;
    if (input.value && !value)
        return;
    enum err err = panel_word(api->db, &act, value, &answer);
    api_put_panel(api, request, reply, err, &answer);
}
