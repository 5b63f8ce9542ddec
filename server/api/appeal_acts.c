/* Acts of officers, the chair and markers in an appeal. */
#include "appeals.h"
#include "handlers.h"

#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

struct lodge_input {
    const char *roll_number, *component, *reason;
};
static const struct json_field LODGE_FIELDS[] = {
    JSON_FIELD(struct lodge_input, roll_number, JSON_STRING, true, 1, 60),
    JSON_FIELD(struct lodge_input, component, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct lodge_input, reason, JSON_STRING, true, 10, APPEAL_REASON_MAX),
    {0},
};

void api_appeal_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct lodge_input input = {0};
    struct appeal_receipt receipt;
    if (!api_read(request, reply, LODGE_FIELDS, &input))
        return;
    enum err err = appeal_lodge(api->db, request->arena,
                                &(struct appeal_lodging){.cycle_code = request->params[0],
                                                         .roll_number = input.roll_number,
                                                         .staff_id = api->actor.staff_id,
                                                         .component = input.component,
                                                         .reason = input.reason,
                                                         .now_us = api->now_us},
                                &receipt);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else
        api_appeal_receipt(reply, request, &receipt);
}

/* ---- words on an appeal ---- */

struct word_input {
    const char *verdict, *reason;
};
static const struct json_field WORD_FIELDS[] = {
    JSON_FIELD(struct word_input, verdict, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct word_input, reason, JSON_STRING, true, 10, 2000),
    {0},
};

static bool read_word(struct api *api, struct http_request *request, struct http_reply *reply, const char *yes, const char *no,
                      struct appeal_saying *ret) {
    struct word_input input = {0};
    *ret = (struct appeal_saying){.staff_id = api->actor.staff_id, .now_us = api->now_us};
    if (!api_param_id(request, reply, 0, &ret->appeal_id) || !api_read(request, reply, WORD_FIELDS, &input))
        return false;
    ret->yes = strcmp(input.verdict, yes) == 0;
    ret->reason = input.reason;
    if (!ret->yes && strcmp(input.verdict, no) != 0) {
        api_invalid_field(reply, request, "verdict", "unknown");
        return false;
    }
    return true;
}

static void finish(struct api *api, struct http_request *request, struct http_reply *reply, enum err err, enum appeal_outcome outcome) {
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else if (outcome != APPEAL_DONE)
        api_appeal_refuse(reply, request, outcome);
    else
        api_no_content(reply);
}

void api_appeal_verdict_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct appeal_saying saying;
    enum appeal_outcome outcome = APPEAL_NO_APPEAL;
    if (read_word(api, request, reply, "accepted", "refused", &saying)) {
        enum err err = appeal_answer(api->db, request->arena, &saying, &outcome);
        finish(api, request, reply, err, outcome);
    }
}

void api_appeal_decision_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct appeal_saying saying;
    enum appeal_outcome outcome = APPEAL_NO_APPEAL;
    if (read_word(api, request, reply, "approved", "returned", &saying)) {
        enum err err = appeal_decide(api->db, request->arena, &saying, &outcome);
        finish(api, request, reply, err, outcome);
    }
}

struct reason_input {
    const char *reason;
};
static const struct json_field REASON_FIELDS[] = {
    JSON_FIELD(struct reason_input, reason, JSON_STRING, true, 10, APPEAL_PROPOSAL_MAX),
    {0},
};

void api_appeal_proposal_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct reason_input input = {0};
    struct appeal_saying saying = {.staff_id = api->actor.staff_id, .now_us = api->now_us};
    enum appeal_outcome outcome = APPEAL_NO_APPEAL;
    int64_t job_id = 0;
    if (!api_param_id(request, reply, 0, &saying.appeal_id) || !api_read(request, reply, REASON_FIELDS, &input))
        return;
    saying.reason = input.reason;
    enum err err = appeal_propose(api->db, request->arena, &saying, &outcome, &job_id);
    if (err != ERR_NONE || outcome != APPEAL_DONE) {
        finish(api, request, reply, err, outcome);
        return;
    }
    api_accepted(reply, request, job_id, NULL, 0);
}

struct extension_input {
    int64_t days;
    const char *reason;
};
static const struct json_field EXTENSION_FIELDS[] = {
    JSON_FIELD(struct extension_input, days, JSON_INT, true, 1, 15),
    JSON_FIELD(struct extension_input, reason, JSON_STRING, true, 10, 2000),
    {0},
};

void api_appeal_extension_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct extension_input input = {0};
    enum appeal_outcome outcome = APPEAL_NO_CYCLE;
    const char *decide_by = NULL;
    if (!api_read(request, reply, EXTENSION_FIELDS, &input))
        return;
    enum err err = appeal_extend(api->db, request->arena, api->actor.staff_id, request->params[0], input.days, input.reason, api->now_us, &outcome,
                                 &decide_by);
    if (err != ERR_NONE || outcome != APPEAL_DONE) {
        finish(api, request, reply, err, outcome);
        return;
    }
    struct json_writer w = api_writer(reply);
    json_open_object(&w);
    json_member_text(&w, "decide_by", decide_by);
    json_close_object(&w);
    api_json(reply, request, 200);
}

/* ---- words on a script ---- */

struct sign_input {
    const char *kind, *said, *value, *words;
};
static const struct json_field SIGN_FIELDS[] = {
    JSON_FIELD(struct sign_input, kind, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct sign_input, said, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct sign_input, value, JSON_STRING, false, 1, 10),
    JSON_FIELD(struct sign_input, words, JSON_STRING, true, 10, 4000),
    {0},
};

void api_appeal_word_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    static const char *const PAIRS[][2] = {{"dialogue", "agreed"}, {"dialogue", "differ"},      {"head", "decided"},
                                           {"head", "passed_up"},  {"chair", "decided"}, {"collective", "decided"}};
    struct sign_input input = {0};
    struct appeal_signing signing = {.staff_id = api->actor.staff_id, .now_us = api->now_us};
    enum appeal_outcome outcome = APPEAL_NOT_YOURS;
    bool known = false;
    if (!api_param_id(request, reply, 0, &signing.code) || !api_read(request, reply, SIGN_FIELDS, &input))
        return;
    for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++)
        known = known || (strcmp(PAIRS[i][0], input.kind) == 0 && strcmp(PAIRS[i][1], input.said) == 0);
    signing.valued = strcmp(input.said, "agreed") == 0 || strcmp(input.said, "decided") == 0;
    if (!known) {
        api_invalid_field(reply, request, "said", "unknown");
        return;
    }
    if (signing.valued != (input.value != NULL) || (input.value && !text_parse_hundredths(input.value, &signing.value))) {
        api_invalid_field(reply, request, "value", input.value ? "form" : "required");
        return;
    }
    signing.kind = input.kind;
    signing.said = input.said;
    signing.words = input.words;
    enum err err = appeal_sign(api->db, request->arena, &signing, &outcome);
    finish(api, request, reply, err, outcome == APPEAL_SIGNED ? APPEAL_DONE : outcome);
}
