/* The hot path: see journal.h. Runs on the loop; only the first save of a sitting on a server takes a worker, which
 * reads the order of her items and hands it to the loop. */
#include "api.h"
#include "handlers.h"
#include "metrics.h"
#include "tokens.h"

#include "khoacu/base/clock.h"
#include "khoacu/base/text.h"
#include "khoacu/form/answer.h"
#include "khoacu/sitting/journal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

struct body {
    int64_t seq;
    const char *choice;
    const struct json *answer;
    bool flagged;
};

static const struct json_field BODY[] = {
    JSON_FIELD(struct body, seq, JSON_INT, true, 1, 1000000),
    JSON_FIELD(struct body, choice, JSON_STRING, false, 1, 32),
    JSON_FIELD(struct body, answer, JSON_ANY, false, 0, 0),
    JSON_FIELD(struct body, flagged, JSON_BOOL, false, 0, 1),
    {0},
};

/* A save that waits; lives in the request's arena. */
struct pending {
    const struct api_state *state;
    struct http_request *request;
    struct http_reply *reply;
    struct sitting_journal *journal;
    struct form_order *order; /* from the worker, to be kept by the journal */
    struct section_clock *clock; /* the same */
    uint64_t told;               /* by the journal before it was read */
    int64_t closes_us;
    struct body body;
    struct sitting_save save;
    uint8_t token_sha256[CRYPTO_SHA256_LEN];
    int shown;
};

static void put_current(struct json_writer *w, const struct pending *pending, const struct sitting_save_result *result) {
    char name[FORM_OPTION_NAME];
    const struct form_order *order = sitting_journal_order(pending->journal, pending->save.sitting_id);
    bool chosen = order && form_order_name_of(order, pending->shown, result->current.choice, name);
    json_put_key(w, "current");
    json_open_object(w);
    json_member_int(w, "seq", result->current.seq);
    json_member_text(w, "choice", chosen ? name : NULL);
    json_member_bool(w, "flagged", result->current.flagged);
    json_close_object(w);
}

static void put_saved(struct pending *pending, const char *outcome) {
    struct json_writer w = api_writer(pending->reply);
    json_open_object(&w);
    json_member_text(&w, "outcome", outcome);
    json_member_int(&w, "position", pending->shown);
    json_member_int(&w, "seq", pending->body.seq);
    json_member_time(&w, "saved_at", pending->save.received_us);
    json_member_time(&w, "closes_at", pending->closes_us);
    json_member_time(&w, "server_now", clock_now_us());
    json_close_object(&w);
    api_json(pending->reply, pending->request, 200);
}

static void put_verdict(struct pending *pending, const struct sitting_save_result *result) {
    struct http_reply *reply = pending->reply;
    const struct http_request *request = pending->request;
    struct json_writer w;
    switch (result->verdict) {
    case SITTING_SAVE_RECORDED:
        put_saved(pending, "recorded");
        return;
    case SITTING_SAVE_REPEATED:
        put_saved(pending, "repeated");
        return;
    case SITTING_SAVE_STALE:
        w = api_problem_open(reply, request, 409, "stale", "Another answer has this number already");
        put_current(&w, pending, result);
        api_problem_close(reply, request, &w);
        return;
    case SITTING_SAVE_ENDED:
        api_problem(reply, request, 409, "ended", "The sitting has ended");
        return;
    case SITTING_SAVE_NOT_OPEN:
        api_problem(reply, request, 409, "not-open", "The sitting is not open yet");
        return;
    case SITTING_SAVE_REVOKED:
        api_token_forget(pending->state->tokens, pending->token_sha256);
        api_other_device(reply, request, false);
        return;
    case SITTING_SAVE_HELD:
        api_problem(reply, request, 409, "held", "The clock of this sitting stands");
        return;
    case SITTING_SAVE_UNKNOWN:
        api_not_found(reply, request);
        return;
    }
}

static void count_save(const struct pending *pending, const struct sitting_save_result *result) {
    enum api_metric metric = result->err                                ? METRIC_SAVES_FAILED
                             : result->verdict == SITTING_SAVE_RECORDED ? METRIC_SAVES_RECORDED
                             : result->verdict == SITTING_SAVE_REPEATED ? METRIC_SAVES_REPEATED
                             : result->verdict == SITTING_SAVE_STALE    ? METRIC_SAVES_STALE
                                                                        : METRIC_SAVES_REFUSED;
    api_metric_add(pending->state->metrics, metric, 1);
}

static void saved(void *ctx, const struct sitting_save_result *result) {
    struct pending *pending = ctx;
    count_save(pending, result);
    if (result->err) {
        api_problem(pending->reply, pending->request, 503, "database-down", "The database does not answer; nothing was saved");
        http_reply_header(pending->reply, "Retry-After", "1");
    } else {
        put_verdict(pending, result);
    }
    http_finish(pending->request->exchange, pending->reply);
}

/* What was chosen or written in canonical places; the rule that *ret_field breaks, or NULL. */
static const char *place_answer(struct pending *pending, const struct form_order *order, const char **ret_field) {
    const struct body *body = &pending->body;
    const struct form_shape *shape = form_order_shape(order, pending->shown);
    bool is_choice = form_answer_is_choice(shape->kind);
    pending->save.choice = 0;
    pending->save.answer = NULL;
    *ret_field = is_choice ? "answer" : "choice";
    if (is_choice ? body->answer != NULL : body->choice != NULL)
        return "kind";
    *ret_field = is_choice ? "choice" : "answer";
    if (!is_choice)
        return form_answer_read(pending->request->arena, order, pending->shown, body->answer, &pending->save.answer);
    if (!body->choice)
        return NULL;
    int mark = form_order_mark(order, pending->shown, body->choice);
    pending->save.choice = (int16_t)mark;
    return mark == 0 ? "unknown" : NULL;
}

/* The answer in canonical places, handed to the journal. False: the reply is filled instead. */
static bool record(struct pending *pending, const struct form_order *order, const struct section_clock *clock) {
    pending->closes_us = clock->closes_us;
    if (!section_clock_takes(clock, pending->shown, pending->save.received_us)) {
        api_problem(pending->reply, pending->request, 409, "section-closed", "The time of this section does not run");
        return false;
    }
    pending->save.position = (int16_t)form_order_canonical(order, pending->shown);
    if (pending->save.position == 0) {
        api_not_found(pending->reply, pending->request);
        return false;
    }
    const char *field = "choice";
    const char *rule = place_answer(pending, order, &field);
    if (rule) {
        api_invalid_field(pending->reply, pending->request, field, rule);
        return false;
    }
    if (sitting_journal_record(pending->journal, &pending->save, saved, pending))
        return true;
    api_overload(pending->reply, pending->request);
    return false;
}

/* On the loop again, with the order that a worker has read. */
static void go_on(void *ctx) {
    struct pending *pending = ctx;
    bool waits = record(pending, pending->order, pending->clock);
    sitting_journal_keep(pending->journal, pending->save.sitting_id, pending->order);
    sitting_journal_keep_clock(pending->journal, pending->save.sitting_id, pending->clock, pending->told);
    if (!waits)
        http_finish(pending->request->exchange, pending->reply);
}

static void fetch_order(struct api *api, struct pending *pending) {
    enum err err = sitting_journal_read_order(api->db, pending->request->arena, api->state->forms, pending->save.room_id,
                                              pending->save.sitting_id, &pending->order);
    pending->told = sitting_journal_told(pending->journal);
    if (err == ERR_NONE)
        err = section_clock_read(api->db, pending->request->arena, (struct sitting_place){pending->save.room_id, pending->save.sitting_id},
                                 &pending->clock);
    if (err != ERR_NONE)
        free(pending->order);
    if (err == ERR_DB_NO_ROW) {
        api_not_found(pending->reply, pending->request);
    } else if (err) {
        api_failure(api, pending->reply, pending->request, err);
    } else {
        api->kept = true;
        loop_post(pending->request->loop, go_on, pending);
    }
}

static struct pending *read_save(struct api *api, struct http_request *request, struct http_reply *reply) {
    int64_t sitting_id, shown;
    struct pending *pending = ARENA_NEW(request->arena, struct pending);
    if (!pending) {
        api_failure(api, reply, request, ERR_MEMORY);
        return NULL;
    }
    if (!api_param_id(request, reply, 0, &sitting_id) || !api_param_int(request, reply, 1, 1, FORM_POSITIONS_MAX, &shown) ||
        !api_read(request, reply, BODY, &pending->body))
        return NULL;
    if (sitting_id != api->actor.sitting_id) {
        api_not_found(reply, request);
        return NULL;
    }
    pending->state = api->state;
    pending->request = request;
    pending->reply = reply;
    pending->journal = api_journal(api, request);
    pending->shown = (int)shown;
    memcpy(pending->token_sha256, api->actor.token_sha256, sizeof pending->token_sha256);
    pending->save = (struct sitting_save){.room_id = api->actor.room_id,
                                          .sitting_id = sitting_id,
                                          .generation = api->actor.access_generation,
                                          .seq = (int32_t)pending->body.seq,
                                          .flagged = pending->body.flagged,
                                          .received_us = request->received_us};
    return pending;
}

void api_sitting_response_put(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct pending *pending = read_save(api, request, reply);
    if (!pending)
        return;
    assert(pending->journal);
    if (api->db) {
        fetch_order(api, pending);
        return;
    }
    const struct form_order *order = sitting_journal_order(pending->journal, pending->save.sitting_id);
    const struct section_clock *clock = sitting_journal_clock(pending->journal, pending->save.sitting_id);
    if (order && clock)
        api->kept = record(pending, order, clock);
    else if (http_retry_on_worker(request->exchange))
        api->kept = true;
    else
        api_overload(reply, request);
}
