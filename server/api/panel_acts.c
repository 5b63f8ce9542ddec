#include "handlers.h"
#include "panels.h"

#include "khoacu/base/text.h"

#include "khoacu/base/banned.h"

/* ---- the draw ---- */

struct draw_input {
    const char *plan, *entropy;
};
static const struct json_field PLAN_FIELDS[] = {JSON_FIELD(struct draw_input, plan, JSON_STRING, true, 3, 300), {0}};
static const struct json_field ENTROPY_FIELDS[] = {JSON_FIELD(struct draw_input, entropy, JSON_STRING, true, 1, 300), {0}};

void api_panel_commit_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct draw_input input = {0};
    struct panel_answer answer = {0};
    struct panel_act act;
    if (!api_read(request, reply, PLAN_FIELDS, &input) || !api_panel_act(api, request, reply, NULL, &act))
        return;
    enum err err = panel_commit(api->db, &act, input.plan, &answer);
    api_put_panel(api, request, reply, err, &answer);
}

void api_panel_draw_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct draw_input input = {0};
    struct panel_answer answer = {0};
    struct panel_act act;
    if (!api_read(request, reply, ENTROPY_FIELDS, &input) || !api_panel_act(api, request, reply, NULL, &act))
        return;
    enum err err = panel_draw(api->db, &act, input.entropy, &answer);
    api_put_panel(api, request, reply, err, &answer);
}

/* ---- conflicts of interest ---- */

struct conflict_input {
    const char *hearing_id, *login_name, *reason;
};
static const struct json_field CONFLICT_FIELDS[] = {JSON_FIELD(struct conflict_input, hearing_id, JSON_STRING, true, 16, 16),
                                                    JSON_FIELD(struct conflict_input, login_name, JSON_STRING, false, 1, 40),
                                                    JSON_FIELD(struct conflict_input, reason, JSON_STRING, true, 1, 2000),
                                                    {0}};

void api_panel_conflict_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct conflict_input input = {0};
    struct panel_answer answer = {0};
    struct panel_act act;
    int64_t hearing_id = 0;
    if (!api_read(request, reply, CONFLICT_FIELDS, &input) || !api_panel_act(api, request, reply, input.reason, &act))
        return;
    if (!text_parse_id(input.hearing_id, &hearing_id)) {
        api_invalid_field(reply, request, "hearing_id", "kind");
        return;
    }
    enum err err = panel_conflict(api->db, &act, hearing_id, input.login_name, &answer);
    api_put_panel(api, request, reply, err, &answer);
}

/* ---- substitutes ---- */

struct substitute_input {
    const char *login_name, *reason;
};
static const struct json_field SUBSTITUTE_FIELDS[] = {JSON_FIELD(struct substitute_input, login_name, JSON_STRING, true, 1, 40),
                                                      JSON_FIELD(struct substitute_input, reason, JSON_STRING, true, 1, 2000),
                                                      {0}};

void api_panel_substitute_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct substitute_input input = {0};
    struct panel_answer answer = {0};
    struct panel_act act;
    if (!api_read(request, reply, SUBSTITUTE_FIELDS, &input) || !api_panel_act(api, request, reply, input.reason, &act))
        return;
    enum err err = panel_substitute(api->db, &act, input.login_name, &answer);
    api_put_panel(api, request, reply, err, &answer);
}

/* ---- the minutes ---- */

void api_panel_minutes_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    static const struct json_field NO_FIELDS[] = {{0}};
    struct panel_answer answer = {0};
    struct panel_act act;
    int nothing = 0;
    if (!api_read(request, reply, NO_FIELDS, &nothing) || !api_panel_act(api, request, reply, NULL, &act))
        return;
    enum err err = panel_minutes(api->db, &act, &answer);
    api_put_panel(api, request, reply, err, &answer);
}

struct sign_input {
    const char *hearing_id, *sha256, *password, *excused, *reason;
};
static const struct json_field SIGN_FIELDS[] = {JSON_FIELD(struct sign_input, hearing_id, JSON_STRING, false, 16, 16),
                                                JSON_FIELD(struct sign_input, sha256, JSON_STRING, true, 64, 64),
                                                JSON_FIELD(struct sign_input, password, JSON_STRING, true, 1, IDENTITY_PASSWORD_MAX),
                                                JSON_FIELD(struct sign_input, excused, JSON_STRING, false, 1, 40),
                                                JSON_FIELD(struct sign_input, reason, JSON_STRING, false, 1, 2000),
                                                {0}};

void api_panel_sign_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct sign_input input = {0};
    struct panel_signing signing = {0};
    struct panel_answer answer = {0};
    struct panel_act act;
    uint8_t sha256[CRYPTO_SHA256_LEN];
    if (!api_read(request, reply, SIGN_FIELDS, &input) || !api_panel_act(api, request, reply, input.reason, &act))
        return;
    if (input.hearing_id && !text_parse_id(input.hearing_id, &signing.hearing_id)) {
        api_invalid_field(reply, request, "hearing_id", "kind");
        return;
    }
    if (!text_unhex(input.sha256, sha256, sizeof sha256)) {
        api_invalid_field(reply, request, "sha256", "form");
        return;
    }
    if (input.excused && !input.reason) {
        api_invalid_field(reply, request, "reason", "required");
        return;
    }
    if (!api_step_up(api, request, reply, input.password, PANEL_SIGN_ACT, act.id, &signing.step_up_id))
        return;
    signing.sha256 = sha256;
    signing.excused = input.excused;
    enum err err = panel_sign(api->db, &act, &signing, &answer);
    api_put_panel(api, request, reply, err, &answer);
}
