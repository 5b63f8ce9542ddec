#include "khoacu/score/rekey.h"

#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/ledger/ledger.h"

#include <string.h>

#include "khoacu/base/banned.h"

static enum err read_outcome(const char *word, enum rekey_outcome *ret_outcome) {
    static const char *const WORDS[REKEY_OUTCOME_COUNT] = {
#define X(name, word_) word_,
        REKEY_OUTCOME_TABLE(X)
#undef X
    };
    for (int i = 0; i < REKEY_OUTCOME_COUNT; i++) {
        if (strcmp(word, WORDS[i]) == 0) {
            *ret_outcome = (enum rekey_outcome)i;
            return ERR_NONE;
        }
    }
    return ERR_STATE;
}

/* One act of one transaction: what is asked and what became of it. */
struct act {
    struct arena *arena;
    const void *asked;
    enum rekey_outcome outcome;
    int64_t id, job_id;
};

/* Takes the word of an SQL function from its first column; whatever is not DONE changes nothing. */
static enum err hear(struct act *act, enum err err, const struct db_row *const *row) {
    if (err == ERR_NONE)
        err = read_outcome(db_text(*row, 0), &act->outcome);
    return err == ERR_NONE && act->outcome != REKEY_DONE ? DB_ROLLBACK : err;
}

static enum err ask_worker(struct act *act, struct db *db, enum score_job_kind kind, int64_t cycle_id, int64_t staff_id, int64_t now_us) {
    bool found = false;
    return score_job_enqueue(db, act->arena, kind, cycle_id, act->id, staff_id, NULL, now_us, &act->job_id, &found);
}

/* The event of an act; `details` hold its id as member `name`, then `more`. */
static enum err note(struct act *act, struct db *db, struct ledger_event event, const char *name, const char *more) {
    char id[TEXT_ID_LEN + 1];
    text_format_id(act->id, id);
    event.details = more ? arena_printf(act->arena, "{\"%s\":\"%s\"%s}", name, id, more) : NULL;
    return event.details ? ledger_append(db, act->arena, &event) : ERR_MEMORY;
}

static enum err perform(struct db *db, struct act *act, enum err (*body)(void *, struct db *), enum rekey_outcome *ret_outcome) {
    enum err err = db_transact(db, body, act);
    *ret_outcome = act->outcome;
    return err;
}

/* ---- the second person's word, on a review or a proposal ---- */

struct judging {
    const struct rekey_word *word;
    enum db_statement statement;
    const char *verdict, *event, *name;
    enum score_job_kind job;
    bool may_change_nothing; /* column 3 says whether there is anything for the worker */
};

static enum err judge_body(void *ctx, struct db *db) {
    struct act *act = ctx;
    const struct judging *j = act->asked;
    const struct rekey_word *word = j->word;
    const struct db_row *row = NULL;
    act->id = word->id;
    act->job_id = 0;
    enum err err = db_one(db, act->arena, j->statement,
                          DB_PARAMS(P_INT(word->id), P_TEXT(j->verdict), P_TEXT(word->reason), P_INT(word->staff_id), P_TIME(word->now_us)), &row);
    err = hear(act, err, &row);
    if (err == ERR_NONE && word->yes && (!j->may_change_nothing || db_bool(row, 3)))
        err = ask_worker(act, db, j->job, db_int(row, 2), word->staff_id, word->now_us);
    if (err != ERR_NONE)
        return err;
    const struct ledger_event event = {.actor = LEDGER_STAFF(word->staff_id), .act = j->event, .subject_kind = "form", .subject_id = db_int(row, 1),
                                       .reason = word->reason, .at_us = word->now_us};
    return note(act, db, event, j->name, arena_printf(act->arena, ",\"verdict\":\"%s\"", j->verdict));
}

static enum err judge(struct db *db, struct arena *arena, const struct judging *judging, enum rekey_outcome *ret_outcome, int64_t *ret_job_id) {
    struct act act = {.arena = arena, .asked = judging};
    enum err err = perform(db, &act, judge_body, ret_outcome);
    *ret_job_id = act.job_id;
    return err;
}

enum err rekey_release(struct db *db, struct arena *arena, const struct rekey_word *word, enum rekey_outcome *ret_outcome,
                       int64_t *ret_job_id) {
    const struct judging judging = {.word = word, .statement = DB_REKEY_REVIEW_DECIDE, .verdict = word->yes ? "released" : "refused",
                                    .event = "score.key_review_decide", .name = "review", .job = SCORE_JOB_KEY_RELEASE};
    return judge(db, arena, &judging, ret_outcome, ret_job_id);
}

enum err rekey_decide(struct db *db, struct arena *arena, const struct rekey_word *word, enum rekey_outcome *ret_outcome, int64_t *ret_job_id) {
    const struct judging judging = {.word = word, .statement = DB_REKEY_DECIDE, .verdict = word->yes ? "confirmed" : "refused",
                                    .event = "score.key_decide", .name = "proposal", .job = SCORE_JOB_KEY_APPLY, .may_change_nothing = true};
    return judge(db, arena, &judging, ret_outcome, ret_job_id);
}

/* ---- reviews ---- */

static enum err open_body(void *ctx, struct db *db) {
    struct act *act = ctx;
    const struct rekey_opening *o = act->asked;
    const struct db_row *row = NULL;
    act->id = random_id();
    enum err err = db_one(db, act->arena, DB_REKEY_REVIEW_OPEN,
                          DB_PARAMS(P_INT(act->id), P_INT(o->form_id), P_TIME(o->opens_us), P_TIME(o->closes_us), P_TEXT(o->reason),
                                    P_INT(o->staff_id), P_TIME(o->now_us)),
                          &row);
    err = hear(act, err, &row);
    if (err != ERR_NONE)
        return err;
    const struct ledger_event event = {.actor = LEDGER_STAFF(o->staff_id), .act = "score.key_review", .subject_kind = "form", .subject_id = o->form_id,
                                       .reason = o->reason, .at_us = o->now_us};
    return note(act, db, event, "review",
                arena_printf(act->arena, ",\"closes_us\":%lld,\"opens_us\":%lld", (long long)o->closes_us, (long long)o->opens_us));
}

enum err rekey_open(struct db *db, struct arena *arena, const struct rekey_opening *opening, enum rekey_outcome *ret_outcome,
                    int64_t *ret_review_id) {
    struct act act = {.arena = arena, .asked = opening};
    enum err err = perform(db, &act, open_body, ret_outcome);
    *ret_review_id = act.id;
    return err;
}

/* ---- challenges ---- */

static enum err challenge_body(void *ctx, struct db *db) {
    struct act *act = ctx;
    const struct rekey_challenging *c = act->asked;
    const struct db_row *row = NULL;
    act->id = random_id();
    enum err err = db_one(db, act->arena, DB_REKEY_CHALLENGE_FILE,
                          DB_PARAMS(P_INT(act->id), P_INT(c->candidate_id), P_INT(c->form_id), P_INT(c->position), P_TEXT(c->reason), P_TEXT(c->source)),
                          &row);
    err = hear(act, err, &row);
    if (err != ERR_NONE)
        return err;
    const struct ledger_event event = {.actor = LEDGER_CANDIDATE(c->candidate_id), .act = "score.key_challenge", .subject_kind = "form",
                                       .subject_id = c->form_id, .at_us = c->now_us};
    return note(act, db, event, "challenge", arena_printf(act->arena, ",\"position\":%lld", (long long)c->position));
}

enum err rekey_challenge(struct db *db, struct arena *arena, const struct rekey_challenging *challenging, enum rekey_outcome *ret_outcome,
                         int64_t *ret_challenge_id) {
    struct act act = {.arena = arena, .asked = challenging};
    enum err err = perform(db, &act, challenge_body, ret_outcome);
    *ret_challenge_id = act.id;
    return err;
}

struct withdrawing {
    int64_t candidate_id, challenge_id, now_us;
};

static enum err withdraw_body(void *ctx, struct db *db) {
    struct act *act = ctx;
    const struct withdrawing *w = act->asked;
    const struct db_row *row = NULL;
    act->id = w->challenge_id;
    enum err err = db_one(db, act->arena, DB_REKEY_CHALLENGE_WITHDRAW, DB_PARAMS(P_INT(w->challenge_id), P_INT(w->candidate_id)), &row);
    err = hear(act, err, &row);
    if (err != ERR_NONE)
        return err;
    const struct ledger_event event = {.actor = LEDGER_CANDIDATE(w->candidate_id), .act = "score.key_challenge_withdraw", .subject_kind = "challenge",
                                       .subject_id = w->challenge_id, .at_us = w->now_us};
    return note(act, db, event, "challenge", "");
}

enum err rekey_withdraw(struct db *db, struct arena *arena, int64_t candidate_id, int64_t challenge_id, int64_t now_us,
                        enum rekey_outcome *ret_outcome) {
    struct withdrawing withdrawing = {.candidate_id = candidate_id, .challenge_id = challenge_id, .now_us = now_us};
    struct act act = {.arena = arena, .asked = &withdrawing};
    return perform(db, &act, withdraw_body, ret_outcome);
}

/* ---- proposals ---- */

static enum err insert_proposal(struct act *act, struct db *db, const struct db_row **ret_row) {
    const struct rekey_proposing *p = act->asked;
    int64_t *positions = ARENA_ARRAY(act->arena, p->count, int64_t);
    const char **texts = ARENA_ARRAY(act->arena, p->count * 3, const char *);
    if (!positions || !texts)
        return ERR_MEMORY;
    for (size_t i = 0; i < p->count; i++) {
        positions[i] = p->rows[i].position;
        texts[i] = rekey_decision_key(p->rows[i].decision);
        texts[p->count + i] = p->rows[i].key_texts;
        texts[2 * p->count + i] = p->rows[i].reason;
    }
    return db_one(db, act->arena, DB_REKEY_PROPOSE,
                  DB_PARAMS(P_INT(act->id), P_INT(p->review_id), P_TEXT(p->reason), P_INT(p->staff_id), P_TIME(p->now_us), P_INTS(positions, p->count),
                            P_TEXTS(texts, p->count), P_TEXTS(texts + p->count, p->count), P_TEXTS(texts + 2 * p->count, p->count)),
                  ret_row);
}

static enum err propose_body(void *ctx, struct db *db) {
    struct act *act = ctx;
    const struct rekey_proposing *p = act->asked;
    const struct db_row *row = NULL;
    struct rekey_proposal proposal;
    act->id = random_id();
    enum err err = insert_proposal(act, db, &row);
    err = hear(act, err, &row);
    if (err == ERR_NONE)
        err = rekey_proposal_read(db, act->arena, act->id, &proposal);
    if (err == ERR_NONE)
        err = ask_worker(act, db, SCORE_JOB_KEY_PREVIEW, proposal.cycle_id, p->staff_id, p->now_us);
    if (err != ERR_NONE)
        return err;
    const struct ledger_event event = {.actor = LEDGER_STAFF(p->staff_id), .act = "score.key_propose", .subject_kind = "form",
                                       .subject_id = proposal.form_id, .reason = p->reason, .at_us = p->now_us};
    return note(act, db, event, "proposal",
                arena_printf(act->arena, ",\"base\":%lld,\"decisions\":%zu", (long long)proposal.base_version, p->count));
}

enum err rekey_propose(struct db *db, struct arena *arena, const struct rekey_proposing *proposing, enum rekey_outcome *ret_outcome,
                       int64_t *ret_proposal_id, int64_t *ret_job_id) {
    struct act act = {.arena = arena, .asked = proposing};
    enum err err = perform(db, &act, propose_body, ret_outcome);
    *ret_proposal_id = act.id;
    *ret_job_id = act.job_id;
    return err;
}
