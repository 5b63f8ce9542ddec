#include "handlers.h"

#include "marking_cases.h"

#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

struct input {
    const char *kind, *said, *status, *value, *words;
};

static const struct json_field DIALOGUE[] = {
    JSON_FIELD(struct input, said, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, value, JSON_STRING, false, 1, 12),
    JSON_FIELD(struct input, words, JSON_STRING, true, 1, 4000),
    {0},
};
static const struct json_field DECISION[] = {
    JSON_FIELD(struct input, kind, JSON_STRING, false, 1, 20),
    JSON_FIELD(struct input, said, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, status, JSON_STRING, false, 1, 20),
    JSON_FIELD(struct input, value, JSON_STRING, false, 1, 12),
    JSON_FIELD(struct input, words, JSON_STRING, true, 1, 2000),
    {0},
};

/* What may be said in a word of this kind. */
static bool may_say(enum marking_word_kind kind, enum marking_said said) {
    switch (said) {
    case MARKING_SAID_AGREED:
    case MARKING_SAID_DIFFER:
        return kind == MARKING_WORD_DIALOGUE;
    case MARKING_SAID_DECIDED:
        return kind == MARKING_WORD_HEAD || kind == MARKING_WORD_CHAIR || kind == MARKING_WORD_COLLECTIVE;
    case MARKING_SAID_PASSED_UP:
        return kind == MARKING_WORD_HEAD;
    case MARKING_SAID_PROVED:
    case MARKING_SAID_NOT_PROVED:
        return kind == MARKING_WORD_SIGN;
    case MARKING_SAID_COUNT:
        break;
    }
    return false;
}

/* Fills the word but for its kind; false after it has filled the reply. */
static bool read_word(struct http_request *request, struct http_reply *reply, const struct input *input, struct marking_word *word) {
    int said = marking_said_find(input->said), status = input->status ? marking_status_find(input->status) : MARKING_AWARDED;
    const char *path = "value", *rule = NULL;
    bool right = said >= 0 && may_say(word->kind, (enum marking_said)said);
    word->said = right ? (enum marking_said)said : MARKING_SAID_DIFFER;
    word->status = status >= 0 ? (enum marking_status)status : MARKING_AWARDED;
    word->words = input->words;
    bool valued = (word->said == MARKING_SAID_AGREED || word->said == MARKING_SAID_DECIDED) && word->status == MARKING_AWARDED;
    if (!right) {
        path = "said";
        rule = "unknown";
    } else if (status < 0) {
        path = "status";
        rule = "unknown";
    } else if (valued && !input->value) {
        rule = "required";
    } else if (!valued && input->value) {
        rule = "unknown";
    } else if (valued && !text_parse_hundredths(input->value, &word->value)) {
        rule = "number";
    }
    if (rule)
        api_invalid_field(reply, request, path, rule);
    return !rule;
}

static void put_verdict(struct http_request *request, struct http_reply *reply, enum marking_word_verdict verdict) {
    switch (verdict) {
    case MARKING_WORD_TAKEN:
        api_no_content(reply);
        return;
    case MARKING_WORD_NOT_YOURS:
        api_not_found(reply, request);
        return;
    case MARKING_WORD_NOT_ASKED:
        api_problem(reply, request, 409, "not-asked", "The scheme does not ask for this now");
        return;
    case MARKING_WORD_MARKED:
        api_problem(reply, request, 409, "marked-it", "Whoever marked or decided this script before does not decide about it now");
        return;
    case MARKING_WORD_SIGNED:
        api_problem(reply, request, 409, "signed-already", "You signed these minutes already; the other marker's signature is missing");
        return;
    case MARKING_WORD_SETTLED:
        api_problem(reply, request, 409, "settled", "This script is settled");
        return;
    case MARKING_WORD_FROZEN:
        api_problem(reply, request, 409, "frozen", "The marks of this cycle are frozen");
        return;
    case MARKING_WORD_OFF_SCALE:
        api_invalid_field(reply, request, "value", "range");
        return;
    case MARKING_WORD_OFF_STEP:
        api_invalid_field(reply, request, "value", "step");
        return;
    }
}

static void post_word(struct api *api, struct http_request *request, struct http_reply *reply, enum marking_word_kind kind) {
    struct input input = {0};
    struct marking_word word = {.kind = kind, .staff_id = api->actor.staff_id};
    enum marking_word_verdict verdict;
    int64_t blind_id = 0;
    if (!api_param_id(request, reply, 0, &blind_id) ||
        !api_read(request, reply, kind == MARKING_WORD_DIALOGUE ? DIALOGUE : DECISION, &input))
        return;
    if (input.kind && kind == MARKING_WORD_HEAD && strcmp(input.kind, marking_word_kind_key(MARKING_WORD_COLLECTIVE)) == 0)
        word.kind = MARKING_WORD_COLLECTIVE;
    else if (input.kind && kind == MARKING_WORD_CHAIR && strcmp(input.kind, marking_word_kind_key(MARKING_WORD_SIGN)) == 0)
        word.kind = MARKING_WORD_SIGN;
    else if (input.kind && strcmp(input.kind, marking_word_kind_key(kind)) != 0) {
        api_invalid_field(reply, request, "kind", "unknown");
        return;
    }
    if (!read_word(request, reply, &input, &word))
        return;
    enum err err = marking_word_put(api->db, request->arena, blind_id, &word, api->now_us, &verdict);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else
        put_verdict(request, reply, verdict);
}

void api_marking_dialogue_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    post_word(api, request, reply, MARKING_WORD_DIALOGUE);
}

void api_marking_decision_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    post_word(api, request, reply, MARKING_WORD_HEAD);
}

void api_marking_chair_decision_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    post_word(api, request, reply, MARKING_WORD_CHAIR);
}

void api_marking_dialogue_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct marking_case_query query = {.view = MARKING_CASES_DIALOGUES, .staff_id = api->actor.staff_id};
    marking_cases_answer(api, request, reply, &query, api->actor.staff_id);
}

void api_marking_chair_case_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct marking_case_query query = {.view = MARKING_CASES_CHAIR, .staff_id = api->actor.staff_id};
    marking_cases_answer(api, request, reply, &query, 0);
}
