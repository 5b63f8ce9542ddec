#include "result_db.h"

#include "khoacu/ledger/ledger.h"

#include <string.h>

#include "khoacu/base/banned.h"

/* What persons decide: the head's order among equals, the council's agency for a winner. One SQL operation and one event each. */

struct deciding {
    struct arena *arena;
    int64_t staff_id, now_us;
    const char *cycle_code, *reason;
    const char *const *rolls;
    size_t count;
    const char *outcome; /* word of the SQL operation */
    int64_t number;      /* of the tie decision */
    size_t place;
};

static enum err append(struct deciding *d, struct db *db, const char *act, const char *kind, int64_t subject,
                       const char *details) {
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, d->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(d->staff_id),
                                                .act = act,
                                                .subject_kind = kind,
                                                .subject_id = subject,
                                                .reason = d->reason,
                                                .details = details,
                                                .at_us = d->now_us});
}

static enum err tie_body(void *ctx, struct db *db) {
    struct deciding *d = ctx;
    const struct db_row *row = NULL;
    int64_t cycle_id = 0;
    d->outcome = "no_cycle";
    enum err err = result_db_cycle_find(db, d->arena, d->cycle_code, &cycle_id);
    if (err != ERR_NONE || cycle_id == 0)
        return err == ERR_NONE ? DB_ROLLBACK : err;
    err = db_one(db, d->arena, DB_RESULT_TIE_RECORD,
                 DB_PARAMS(P_INT(cycle_id), P_TEXTS(d->rolls, d->count), P_TEXT(d->reason), P_INT(d->staff_id),
                           P_TIME(d->now_us)),
                 &row);
    if (err != ERR_NONE)
        return err;
    d->outcome = db_text(row, 0);
    d->place = (size_t)db_int(row, 1);
    d->number = db_int(row, 2);
    if (strcmp(d->outcome, "recorded") != 0)
        return DB_ROLLBACK;
    return append(d, db, "result.tie_decision", "cycle", cycle_id,
                  arena_printf(d->arena, "{\"candidates\":%zu,\"cycle\":\"%s\",\"number\":%lld}", d->count,
                               d->cycle_code, (long long)d->number));
}

enum err result_tie_record(struct db *db, struct arena *arena, int64_t staff_id, const char *cycle_code,
                           const char *const *rolls, size_t count, const char *reason, int64_t now_us,
                           enum result_tie_verdict *ret_verdict, size_t *ret_index, int64_t *ret_number) {
    struct deciding d = {.arena = arena,
                         .staff_id = staff_id,
                         .now_us = now_us,
                         .cycle_code = cycle_code,
                         .reason = reason,
                         .rolls = rolls,
                         .count = count};
    enum err err = db_transact(db, tie_body, &d);
    if (err != ERR_NONE)
        return err;
    if (strcmp(d.outcome, "recorded") == 0)
        *ret_verdict = RESULT_TIE_RECORDED;
    else if (strcmp(d.outcome, "unknown_roll") == 0)
        *ret_verdict = RESULT_TIE_UNKNOWN_ROLL;
    else if (strcmp(d.outcome, "duplicate_roll") == 0)
        *ret_verdict = RESULT_TIE_DUPLICATE_ROLL;
    else
        *ret_verdict = RESULT_TIE_NO_CYCLE;
    *ret_index = d.place ? d.place - 1 : 0;
    *ret_number = d.number;
    return ERR_NONE;
}

/* ---- the agency of a winner whose list is exhausted ---- */

struct placing {
    struct deciding d;
    const char *roll, *agency;
};

static enum err placement_body(void *ctx, struct db *db) {
    struct placing *p = ctx;
    struct deciding *d = &p->d;
    const struct db_row *row = NULL;
    int64_t cycle_id = 0;
    d->outcome = "no_cycle";
    enum err err = result_db_cycle_find(db, d->arena, d->cycle_code, &cycle_id);
    if (err != ERR_NONE || cycle_id == 0)
        return err == ERR_NONE ? DB_ROLLBACK : err;
    err = db_one(db, d->arena, DB_RESULT_PLACEMENT_RECORD,
                 DB_PARAMS(P_INT(cycle_id), P_TEXT(p->roll), P_TEXT(p->agency), P_TEXT(d->reason), P_INT(d->staff_id), P_TIME(d->now_us)), &row);
    if (err != ERR_NONE)
        return err;
    d->outcome = db_text(row, 0);
    d->number = db_int(row, 1);
    if (strcmp(d->outcome, "recorded") != 0)
        return DB_ROLLBACK;
    return append(d, db, "result.placement_decision", "cycle", cycle_id,
                  arena_printf(d->arena, "{\"agency\":\"%s\",\"cycle\":\"%s\",\"number\":%lld,\"roll_number\":\"%s\"}", p->agency, d->cycle_code,
                               (long long)d->number, p->roll));
}

enum err result_placement_record(struct db *db, struct arena *arena, int64_t staff_id, const char *cycle_code, const char *roll,
                                 const char *agency, const char *reason, int64_t now_us, enum result_placement_verdict *ret_verdict,
                                 int64_t *ret_number) {
    struct placing p = {.d = {.arena = arena, .staff_id = staff_id, .now_us = now_us, .cycle_code = cycle_code, .reason = reason},
                        .roll = roll, .agency = agency};
    enum err err = db_transact(db, placement_body, &p);
    if (err != ERR_NONE)
        return err;
    if (strcmp(p.d.outcome, "recorded") == 0)
        *ret_verdict = RESULT_PLACEMENT_RECORDED;
    else if (strcmp(p.d.outcome, "unknown_roll") == 0)
        *ret_verdict = RESULT_PLACEMENT_UNKNOWN_ROLL;
    else if (strcmp(p.d.outcome, "unknown_agency") == 0)
        *ret_verdict = RESULT_PLACEMENT_UNKNOWN_AGENCY;
    else
        *ret_verdict = RESULT_PLACEMENT_NO_CYCLE;
    *ret_number = p.d.number;
    return ERR_NONE;
}
