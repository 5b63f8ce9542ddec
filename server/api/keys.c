#include "keys.h"

#include "lates.h"

#include "khoacu/base/buf.h"
#include "khoacu/base/cleanup.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define ANSWER_MAX ((size_t)1 << 20)

static const char *state_of(const struct rekey_review *review) {
    if (review->review_id == 0)
        return "none";
    if (!review->verdict)
        return "asked";
    return strcmp(review->verdict, "refused") == 0 ? "refused" : review->version == 0 ? "releasing" : "released";
}

void api_put_key_review(struct json_writer *w, const struct rekey_review *review) {
    json_open_object(w);
    api_member_id_or_null(w, "review_id", review->review_id);
    json_member_id(w, "form_id", review->form_id);
    json_member_text(w, "form", review->form_code);
    json_member_text(w, "cycle", review->cycle_code);
    json_member_int(w, "item_count", review->questions);
    json_member_bool(w, "shifts_closed", review->shifts_closed);
    json_member_text(w, "state", state_of(review));
    json_member_time(w, "opens_at", review->opens_us);
    json_member_time(w, "closes_at", review->closes_us);
    json_member_text(w, "reason", review->reason);
    json_member_text(w, "opened_by", review->opened_by);
    api_member_id_or_null(w, "opened_by_id", review->opened_by_id);
    json_member_time(w, "opened_at", review->opened_us);
    json_member_text(w, "decided_by", review->decided_by);
    json_member_text(w, "decision_reason", review->verdict_reason);
    json_member_time(w, "decided_at", review->decided_us);
    json_member_int(w, "key_version", review->version);
    json_member_bool(w, "rescoring", review->pending);
    json_member_int(w, "challenges", review->challenges);
    json_close_object(w);
}

void api_key_outcome(struct http_reply *reply, const struct http_request *request, enum rekey_outcome outcome) {
    switch (outcome) {
    case REKEY_UNKNOWN:
    case REKEY_NONE:
    case REKEY_DONE:
    case REKEY_AGAIN:
    case REKEY_OUTCOME_COUNT:
        api_not_found(reply, request);
        return;
    case REKEY_NOT_CLOSED:
        api_problem(reply, request, 409, "shifts-open", "A key is reviewed when every shift of the form is closed");
        return;
    case REKEY_EXISTS:
        api_problem(reply, request, 409, "exists", "There is one already");
        return;
    case REKEY_DECIDED:
        api_problem(reply, request, 409, "decided", "It has been decided already");
        return;
    case REKEY_SAME_PERSON:
        api_problem(reply, request, 409, "same-person", "Another person has to decide it");
        return;
    case REKEY_NOT_RELEASED:
        api_problem(reply, request, 409, "not-released", "The key has not been released");
        return;
    case REKEY_PENDING:
        api_problem(reply, request, 409, "rescore-pending", "A correction is still being applied");
        return;
    case REKEY_NO_PREVIEW:
        api_problem(reply, request, 409, "no-preview", "The effect has not been computed yet");
        return;
    case REKEY_STALE:
        api_problem(reply, request, 409, "stale-version", "The key has changed since the proposal was made");
        return;
    case REKEY_EARLY:
        api_problem(reply, request, 409, "too-early", "The key review has not begun");
        return;
    case REKEY_LATE:
        api_problem(reply, request, 409, "too-late", "The key review is over: challenges are taken in its time alone");
        return;
    case REKEY_NOT_SAT:
        api_problem(reply, request, 403, "not-sat", "A question is challenged by who sat the paper");
        return;
    case REKEY_LIMIT:
        api_problem(reply, request, 409, "limit", "This question was challenged and taken back too often");
        return;
    }
}

struct input {
    const char *verdict, *reason;
};
static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, verdict, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, reason, JSON_STRING, true, 1, REKEY_REASON_MAX),
    {0},
};

static bool read_word(struct api *api, struct http_request *request, struct http_reply *reply, const char *yes_word, struct rekey_word *ret_word) {
    struct input input = {0};
    struct rekey_word word = {.staff_id = api->actor.staff_id, .now_us = api->now_us};
    if (!api_param_id(request, reply, 0, &word.id) || !api_read(request, reply, FIELDS, &input))
        return false;
    word.yes = strcmp(input.verdict, yes_word) == 0;
    word.reason = input.reason;
    if (!word.yes && strcmp(input.verdict, "refused") != 0) {
        api_invalid_field(reply, request, "verdict", "unknown");
        return false;
    }
    *ret_word = word;
    return true;
}

void api_key_decide(struct api *api, struct http_request *request, struct http_reply *reply, const char *yes_word, api_key_decision_fn *decide) {
    struct rekey_word word;
    enum rekey_outcome outcome;
    int64_t job_id = 0;
    if (!read_word(api, request, reply, yes_word, &word))
        return;
    enum err err = decide(api->db, request->arena, &word, &outcome, &job_id);
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
    json_member_text(&writer, "verdict", word.yes ? yes_word : "refused");
    api_member_id_or_null(&writer, "job_id", job_id);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

/* One right answer in the terms of the screen. */
static void put_answer(struct arena *arena, const struct form_paper *paper, const struct form_order *order, int shown, const struct json *value,
                       struct json_writer *w) {
    struct buf text CLEANUP(buf_release);
    char name[FORM_OPTION_NAME];
    int64_t mark = 0;
    size_t gap_count = 0;
    buf_init(&text, ANSWER_MAX);
    if (json_kind(value) == JSON_STRING) {
        json_put_text(w, json_text(value));
        return;
    }
    if (json_int(value, &mark)) {
        bool known = mark > 0 && mark <= FORM_MARKS_MAX && form_order_name_of(order, shown, (int)mark, name);
        json_put_text(w, known ? name : NULL);
        return;
    }
    const struct form_gap *gaps = form_paper_gaps(paper, form_order_canonical(order, shown), &gap_count);
    if (json_canonical(value, &text) == ERR_NONE && text.data)
        form_answer_put(arena, order, shown, text.data, gaps, gap_count, w);
    else
        json_put_null(w);
}

void api_put_right(struct arena *arena, const struct form_paper *paper, const struct form_order *order, const struct rekey_position *position,
                   struct json_writer *w) {
    const struct json *list = NULL;
    int shown = form_order_shown(order, (int)position->position);
    json_put_key(w, "right");
    json_open_array(w);
    if (json_read(arena, position->shown, strlen(position->shown), &list, NULL) == ERR_NONE)
        for (size_t i = 0; i < json_count(list); i++)
            put_answer(arena, paper, order, shown, json_at(list, i), w);
    json_close_array(w);
}
