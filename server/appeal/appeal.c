#include "khoacu/appeal/appeal.h"

#include "appeal_private.h"

#include "khoacu/base/random.h"
#include "khoacu/ledger/ledger.h"

#include <string.h>

#include "khoacu/base/banned.h"

enum appeal_outcome appeal_outcome_of(const char *word) {
    static const char *const GOOD[] = {"lodged", "withdrawn", "accepted", "refused", "recorded", "approved", "returned", "extended", "taken"};
    static const char *const WORDS[] = {
#define X(name, word) word,
        APPEAL_OUTCOME_TABLE(X)
#undef X
    };
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
        if (strcmp(word, GOOD[i]) == 0)
            return APPEAL_DONE;
    for (int i = 0; i < APPEAL_OUTCOME_COUNT; i++)
        if (strcmp(word, WORDS[i]) == 0)
            return (enum appeal_outcome)i;
    return APPEAL_OUTCOME_COUNT;
}

enum err appeal_take(struct appeal_doing *d, const char *word) {
    d->outcome = appeal_outcome_of(word);
    if (d->outcome == APPEAL_OUTCOME_COUNT)
        return ERR_STATE;
    return d->outcome == APPEAL_DONE ? ERR_NONE : DB_ROLLBACK;
}

enum err appeal_log(const struct appeal_doing *d, struct db *db, struct ledger_actor actor, const char *act, int64_t subject_id, const char *reason,
                    const char *details) {
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, d->arena,
                         &(struct ledger_event){.actor = actor,
                                                .act = act,
                                                .subject_kind = "appeal",
                                                .subject_id = subject_id,
                                                .reason = reason,
                                                .details = details,
                                                .at_us = d->now_us});
}

/* ---- lodging ---- */

struct lodging {
    struct appeal_doing doing;
    const struct appeal_lodging *asked;
    struct appeal_receipt receipt;
};

static enum err find_candidate(struct lodging *l, struct db *db, int64_t *ret_id) {
    const struct db_row *row = NULL;
    *ret_id = l->asked->candidate_id;
    if (*ret_id != 0)
        return ERR_NONE;
    enum err err = db_one(db, l->doing.arena, DB_APPEAL_CANDIDATE_FIND, DB_PARAMS(P_TEXT(l->asked->cycle_code), P_TEXT(l->asked->roll_number)), &row);
    if (err == ERR_NONE)
        *ret_id = db_int(row, 0);
    return err == ERR_DB_NO_ROW ? ERR_NONE : err;
}

static enum err lodge_body(void *ctx, struct db *db) {
    struct lodging *l = ctx;
    const struct appeal_lodging *a = l->asked;
    const struct db_row *row = NULL;
    int64_t candidate_id = 0;
    l->receipt = (struct appeal_receipt){.appeal_id = random_id()};
    enum err err = find_candidate(l, db, &candidate_id);
    if (err == ERR_NONE)
        err = db_one(db, l->doing.arena, DB_APPEAL_LODGE,
                     DB_PARAMS(P_INT(l->receipt.appeal_id), P_INT(candidate_id), P_TEXT(a->component), P_TEXT(a->reason),
                               a->staff_id ? P_INT(a->staff_id) : P_NULL),
                     &row);
    if (err != ERR_NONE)
        return err;
    l->receipt.number = db_text(row, 1);
    l->receipt.last_day = db_text(row, 2);
    l->receipt.basis = db_text(row, 3);
    l->receipt.part = db_text(row, 4);
    l->receipt.lodged_us = db_time(row, 5);
    l->receipt.article = db_is_null(row, 6) ? "null" : db_text(row, 6);
    err = appeal_take(&l->doing, db_text(row, 0));
    l->receipt.outcome = l->doing.outcome;
    if (err != ERR_NONE)
        return err;
    return appeal_log(&l->doing, db, a->staff_id ? LEDGER_STAFF(a->staff_id) : LEDGER_CANDIDATE(candidate_id), "appeal.lodge", l->receipt.appeal_id,
                      NULL, arena_printf(l->doing.arena, "{\"component\":\"%s\",\"number\":\"%s\"}", a->component, l->receipt.number));
}

enum err appeal_lodge(struct db *db, struct arena *arena, const struct appeal_lodging *lodging, struct appeal_receipt *ret_receipt) {
    struct lodging l = {.doing = {.arena = arena, .now_us = lodging->now_us}, .asked = lodging};
    enum err err = db_transact(db, lodge_body, &l);
    if (err == ERR_NONE)
        *ret_receipt = l.receipt;
    return err;
}

struct withdrawing {
    struct appeal_doing doing;
    int64_t candidate_id, appeal_id;
};

static enum err withdraw_body(void *ctx, struct db *db) {
    struct withdrawing *w = ctx;
    const struct db_row *row = NULL;
    enum err err = db_one(db, w->doing.arena, DB_APPEAL_WITHDRAW, DB_PARAMS(P_INT(w->appeal_id), P_INT(w->candidate_id)), &row);
    if (err == ERR_NONE)
        err = appeal_take(&w->doing, db_text(row, 0));
    return err == ERR_NONE ? appeal_log(&w->doing, db, LEDGER_CANDIDATE(w->candidate_id), "appeal.withdraw", w->appeal_id, NULL, "{}") : err;
}

enum err appeal_withdraw(struct db *db, struct arena *arena, int64_t candidate_id, int64_t appeal_id, int64_t now_us,
                         enum appeal_outcome *ret_outcome) {
    struct withdrawing w = {.doing = {.arena = arena, .now_us = now_us}, .candidate_id = candidate_id, .appeal_id = appeal_id};
    enum err err = db_transact(db, withdraw_body, &w);
    if (err == ERR_NONE)
        *ret_outcome = w.doing.outcome;
    return err;
}

/* ---- accepting, refusing, more days ---- */

struct answering {
    struct appeal_doing doing;
    const struct appeal_saying *saying;
};

static enum err answer_body(void *ctx, struct db *db) {
    struct answering *a = ctx;
    const struct appeal_saying *s = a->saying;
    const struct db_row *row = NULL;
    enum err err = db_one(db, a->doing.arena, DB_APPEAL_VERDICT,
                          DB_PARAMS(P_INT(s->appeal_id), P_INT(s->staff_id), P_TEXT(s->yes ? "accepted" : "refused"), P_TEXT(s->reason)), &row);
    if (err == ERR_NONE)
        err = appeal_take(&a->doing, db_text(row, 0));
    if (err != ERR_NONE)
        return err;
    return appeal_log(&a->doing, db, LEDGER_STAFF(s->staff_id), s->yes ? "appeal.accept" : "appeal.refuse", s->appeal_id, s->reason,
                      arena_printf(a->doing.arena, "{\"draws\":%lld}", (long long)db_int(row, 1)));
}

enum err appeal_answer(struct db *db, struct arena *arena, const struct appeal_saying *saying, enum appeal_outcome *ret_outcome) {
    struct answering a = {.doing = {.arena = arena, .now_us = saying->now_us}, .saying = saying};
    enum err err = db_transact(db, answer_body, &a);
    if (err == ERR_NONE)
        *ret_outcome = a.doing.outcome;
    return err;
}

struct extending {
    struct appeal_doing doing;
    int64_t staff_id, days;
    const char *cycle_code, *reason, *decide_by;
};

static enum err extend_body(void *ctx, struct db *db) {
    struct extending *e = ctx;
    const struct db_row *row = NULL;
    enum err err = db_one(db, e->doing.arena, DB_RESULT_CYCLE_FIND, DB_PARAMS(P_TEXT(e->cycle_code)), &row);
    if (err == ERR_DB_NO_ROW) {
        e->doing.outcome = APPEAL_NO_CYCLE;
        return DB_ROLLBACK;
    }
    if (err != ERR_NONE)
        return err;
    int64_t cycle_id = db_int(row, 0);
    err = db_one(db, e->doing.arena, DB_APPEAL_EXTEND, DB_PARAMS(P_INT(cycle_id), P_INT(e->staff_id), P_INT(e->days), P_TEXT(e->reason)), &row);
    if (err != ERR_NONE)
        return err;
    e->decide_by = db_text(row, 1);
    err = appeal_take(&e->doing, db_text(row, 0));
    const char *details = arena_printf(e->doing.arena, "{\"days\":%lld,\"decide_by\":\"%s\"}", (long long)e->days, e->decide_by ? e->decide_by : "");
    if (err != ERR_NONE || !details)
        return err == ERR_NONE ? ERR_MEMORY : err;
    return ledger_append(db, e->doing.arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(e->staff_id),
                                                .act = "appeal.extend",
                                                .subject_kind = "cycle",
                                                .subject_id = cycle_id,
                                                .reason = e->reason,
                                                .details = details,
                                                .at_us = e->doing.now_us});
}

enum err appeal_extend(struct db *db, struct arena *arena, int64_t staff_id, const char *cycle_code, int64_t days, const char *reason,
                       int64_t now_us, enum appeal_outcome *ret_outcome, const char **ret_decide_by) {
    struct extending e = {.doing = {.arena = arena, .now_us = now_us}, .staff_id = staff_id, .days = days, .cycle_code = cycle_code, .reason = reason};
    enum err err = db_transact(db, extend_body, &e);
    if (err == ERR_NONE) {
        *ret_outcome = e.doing.outcome;
        *ret_decide_by = e.decide_by;
    }
    return err;
}

/* ---- reading ---- */

static enum err read_text(struct db *db, struct arena *arena, enum db_statement statement, int64_t id, const char **ret_json) {
    const struct db_row *row = NULL;
    const struct db_param params[] = {P_INT(id)};
    enum err err = (db_one)(db, arena, statement, params, 1, &row);
    *ret_json = err == ERR_NONE ? db_text(row, 0) : NULL;
    return err == ERR_DB_NO_ROW ? ERR_NONE : err;
}

enum err appeal_list_read(struct db *db, struct arena *arena, const char *cycle_code, const char *state, const char **ret_json) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_APPEAL_LIST, DB_PARAMS(P_TEXT(cycle_code), P_TEXT(state)), &row);
    *ret_json = err == ERR_NONE ? db_text(row, 0) : NULL;
    return err == ERR_DB_NO_ROW ? ERR_NONE : err;
}

enum err appeal_read(struct db *db, struct arena *arena, int64_t appeal_id, const char **ret_json) {
    return read_text(db, arena, DB_APPEAL_SHOW, appeal_id, ret_json);
}

enum err appeal_own_read(struct db *db, struct arena *arena, int64_t candidate_id, const char **ret_json) {
    return read_text(db, arena, DB_APPEAL_OWN, candidate_id, ret_json);
}

enum err appeal_due_read(struct db *db, struct arena *arena, int64_t staff_id, const char **ret_json) {
    return read_text(db, arena, DB_APPEAL_WORDS_DUE, staff_id, ret_json);
}

enum err appeal_own_page_read(struct db *db, struct arena *arena, int64_t candidate_id, const char *component, int64_t question, int64_t page,
                              const char **ret_type, const uint8_t **ret_bytes, size_t *ret_len) {
    const struct db_row *row = NULL;
    enum err err =
        db_one(db, arena, DB_APPEAL_OWN_PAGE, DB_PARAMS(P_INT(candidate_id), P_TEXT(component), P_INT(question), P_INT(page)), &row);
    if (err == ERR_NONE) {
        *ret_type = db_text(row, 0);
        *ret_bytes = db_bytes(row, 1, ret_len);
    }
    return err;
}

enum err appeal_place_read(struct db *db, struct arena *arena, int64_t appeal_id, struct appeal_place *ret_place) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_APPEAL_OF, DB_PARAMS(P_INT(appeal_id)), &row);
    if (err == ERR_NONE)
        *ret_place = (struct appeal_place){.candidate_id = db_int(row, 0),
                                           .cycle_code = db_text(row, 1),
                                           .run_id = db_int(row, 2),
                                           .trial_id = db_int(row, 3),
                                           .roll_number = db_text(row, 4),
                                           .full_name = db_text(row, 5),
                                           .authority = {db_text(row, 6), db_text(row, 7)},
                                           .title = {db_text(row, 8), db_text(row, 9)},
                                           .json = db_text(row, 10)};
    return err;
}
