#include "panels.h"

#include "khoacu/base/text.h"

#include "khoacu/base/banned.h"

static const struct {
    int status;
    const char *outcome, *code, *title;
} VERDICTS[PANEL_VERDICT_COUNT] = {
#define X(name, outcome, status, code, title) [PANEL_##name] = {status, outcome, code, title},
    PANEL_VERDICT_TABLE(X)
#undef X
};

bool api_panel_act(struct api *api, struct http_request *request, struct http_reply *reply, const char *reason, struct panel_act *ret_act) {
    *ret_act = (struct panel_act){.arena = request->arena, .staff_id = api->actor.staff_id, .now_us = api->now_us, .reason = reason};
    return api_param_id(request, reply, 0, &ret_act->id);
}

void api_put_panel(const struct api *api, struct http_request *request, struct http_reply *reply, enum err err, const struct panel_answer *answer) {
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (answer->verdict == PANEL_OFF_SCALE || answer->verdict == PANEL_OFF_STEP) {
        const char *path = answer->detail ? arena_printf(request->arena, "values[%s]", answer->detail) : "value";
        api_invalid_field(reply, request, path ? path : "values", answer->verdict == PANEL_OFF_SCALE ? "range" : "step");
        return;
    }
    if (answer->verdict == PANEL_NOT_FOUND) {
        api_not_found(reply, request);
        return;
    }
    int status = VERDICTS[answer->verdict].status;
    struct json_writer writer;
    if (status >= 300) {
        writer = api_problem_open(reply, request, status, VERDICTS[answer->verdict].code, VERDICTS[answer->verdict].title);
        if (answer->detail)
            json_member_text(&writer, "detail", answer->detail);
        api_problem_close(reply, request, &writer);
        return;
    }
    writer = api_writer(reply);
    json_open_object(&writer);
    json_member_text(&writer, "outcome", VERDICTS[answer->verdict].outcome);
    json_member_text(&writer, "detail", answer->detail);
    json_close_object(&writer);
    api_json(reply, request, status);
}

const char *api_read_mark(struct http_request *request, struct http_reply *reply, const char *path, const char *text) {
    char plain[24];
    int64_t value = 0;
    if (!text || !text_parse_hundredths(text, &value) || value < 0 || value > 10000) {
        api_invalid_field(reply, request, path, text ? "number" : "kind");
        return NULL;
    }
    text_format_hundredths(value, plain);
    const char *out = arena_strdup(request->arena, plain);
    if (!out)
        api_overload(reply, request);
    return out;
}
