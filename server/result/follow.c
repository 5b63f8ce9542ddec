#include "result_db.h"
#include "result_private.h"

#include "khoacu/base/random.h"
#include "khoacu/ledger/ledger.h"
#include "khoacu/result/follow.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define STRIKES_MAX 200
#define DAYS_MAX 400

struct acting {
    struct arena *arena;
    int64_t staff_id, now_us, strike_id, step_up_id;
    const struct result_strike_proposal *proposal;
    const struct result_day *day;
    const char *reason;
    bool confirm;
    const char *outcome; /* word of the SQL operation */
    struct result_bound bound;
};

static enum err log_act(struct acting *a, struct db *db, const char *act, const char *kind, int64_t subject, const char *details) {
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, a->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(a->staff_id), .act = act, .subject_kind = kind, .subject_id = subject,
                                                .reason = a->reason, .details = details, .at_us = a->now_us});
}

static void hear(struct acting *a, const struct db_row *row) {
    const char *until = db_text(row, 1), *basis = db_text(row, 2);
    a->outcome = db_text(row, 0);
    a->bound = (struct result_bound){until ? until : "", basis ? basis : ""};
}

/* ---- proposals and decisions ---- */

static enum err propose_body(void *ctx, struct db *db) {
    struct acting *a = ctx;
    const struct result_strike_proposal *p = a->proposal;
    const struct db_row *row = NULL;
    int64_t cycle_id = 0;
    a->outcome = "no_cycle";
    enum err err = result_db_cycle_find(db, a->arena, p->cycle_code, &cycle_id);
    if (err != ERR_NONE || cycle_id == 0)
        return err == ERR_NONE ? DB_ROLLBACK : err;
    err = db_one(db, a->arena, DB_RELEASE_STRIKE_PROPOSE,
                 DB_PARAMS(P_INT(a->strike_id), P_INT(cycle_id), P_TEXT(p->roll_number), P_TEXT(p->ground), P_TEXT(p->article), P_TEXT(p->reason),
                           P_INT(a->staff_id), P_TIME(a->now_us)),
                 &row);
    if (err != ERR_NONE)
        return err;
    hear(a, row);
    if (strcmp(a->outcome, "recorded") != 0)
        return DB_ROLLBACK;
    return log_act(a, db, "result.strike_propose", "strike", a->strike_id,
                   arena_printf(a->arena, "{\"cycle\":\"%s\",\"ground\":\"%s\",\"roll_number\":\"%s\"}", p->cycle_code, p->ground, p->roll_number));
}

enum err result_strike_propose(struct db *db, struct arena *arena, int64_t staff_id, const struct result_strike_proposal *proposal,
                               int64_t now_us, enum result_strike_verdict *ret_verdict, int64_t *ret_strike_id, struct result_bound *ret_bound) {
    static const struct db_word WORDS[] = {{"recorded", RESULT_STRIKE_PROPOSED}, {"no_cycle", RESULT_STRIKE_NO_CYCLE}, {"no_release", RESULT_STRIKE_NO_RELEASE},
                                           {"no_winner", RESULT_STRIKE_NO_WINNER}, {"proposed_before", RESULT_STRIKE_BEFORE}, {"early", RESULT_STRIKE_EARLY},
                                           {"late", RESULT_STRIKE_LATE}};
    struct acting a = {.arena = arena, .staff_id = staff_id, .now_us = now_us, .proposal = proposal, .reason = proposal->reason, .strike_id = random_id()};
    enum err err = db_transact(db, propose_body, &a);
    int verdict = err == ERR_NONE ? DB_MEANING(WORDS, a.outcome) : -1;
    if (verdict >= 0) {
        *ret_verdict = (enum result_strike_verdict)verdict;
        *ret_strike_id = a.strike_id;
        *ret_bound = a.bound;
    }
    return err == ERR_NONE && verdict < 0 ? ERR_STATE : err;
}

static enum err decide_body(void *ctx, struct db *db) {
    struct acting *a = ctx;
    const struct db_row *row = NULL;
    enum err err = db_one(db, a->arena, DB_RELEASE_STRIKE_DECIDE,
                          DB_PARAMS(P_INT(a->strike_id), P_TEXT(a->confirm ? "confirmed" : "refused"), P_TEXT(a->reason), P_INT(a->staff_id),
                                    P_INT(a->step_up_id), P_TIME(a->now_us)),
                          &row);
    if (err != ERR_NONE)
        return err;
    hear(a, row);
    if (strcmp(a->outcome, "recorded") != 0)
        return DB_ROLLBACK;
    return log_act(a, db, a->confirm ? "result.strike" : "result.strike_refuse", "strike", a->strike_id, "{}");
}

enum err result_strike_decide(struct db *db, struct arena *arena, int64_t staff_id, int64_t strike_id, bool confirm, const char *reason,
                              int64_t step_up_id, int64_t now_us, enum result_strike_decision *ret_verdict, struct result_bound *ret_bound) {
    static const struct db_word WORDS[] = {{"recorded", RESULT_STRIKE_DECIDED}, {"repeated", RESULT_STRIKE_DECIDED}, {"no_proposal", RESULT_STRIKE_NO_PROPOSAL},
                                           {"decided", RESULT_STRIKE_DECIDED_BEFORE}, {"same_officer", RESULT_STRIKE_SAME_OFFICER}, {"late", RESULT_STRIKE_EXPIRED}};
    struct acting a = {.arena = arena, .staff_id = staff_id, .now_us = now_us, .strike_id = strike_id, .confirm = confirm, .reason = reason,
                       .step_up_id = step_up_id};
    enum err err = db_transact(db, decide_body, &a);
    int verdict = err == ERR_NONE ? DB_MEANING(WORDS, a.outcome) : -1;
    if (verdict >= 0) {
        *ret_verdict = (enum result_strike_decision)verdict;
        *ret_bound = a.bound;
    }
    return err == ERR_NONE && verdict < 0 ? ERR_STATE : err;
}

static enum err take_strike(void *ctx, const struct db_row *row) {
    struct result_strikes *list = ctx;
    list->strikes[list->count++] = (struct result_strike){
        .strike_id = db_int(row, 0), .roll_number = db_text(row, 1), .full_name = db_text(row, 2), .ground = db_text(row, 3), .article = db_text(row, 4),
        .reason = db_text(row, 5), .proposed_by = {db_int(row, 6), db_text(row, 7), db_text(row, 8)}, .proposed_us = db_time(row, 9),
        .decision = {.by = {db_int(row, 10), db_text(row, 11), db_text(row, 12)}, .at_us = db_time(row, 13), .verdict = db_text(row, 14),
                     .reason = db_text(row, 15)},
        .publish_until = db_text(row, 16), .replaced_version = db_int(row, 17)};
    return ERR_NONE;
}

enum err result_strikes_read(struct db *db, struct arena *arena, const char *cycle_code, bool *ret_found, int64_t *ret_run_id,
                             struct result_strikes *ret_strikes) {
    struct result_strikes list = {.strikes = ARENA_ARRAY(arena, STRIKES_MAX, struct result_strike)};
    struct result_releases releases = {0};
    int64_t cycle_id = 0;
    if (!list.strikes)
        return ERR_MEMORY;
    enum err err = result_db_cycle_find(db, arena, cycle_code, &cycle_id);
    *ret_found = cycle_id != 0;
    if (err != ERR_NONE || cycle_id == 0)
        return err;
    err = result_release_versions(db, arena, cycle_code, &releases);
    if (err == ERR_NONE)
        err = db_many(db, arena, DB_RELEASE_STRIKES, DB_PARAMS(P_INT(cycle_id)), STRIKES_MAX, take_strike, &list);
    if (err == ERR_NONE) {
        *ret_run_id = releases.count ? releases.releases[0].run_id : 0;
        *ret_strikes = list;
    }
    return err;
}

/* ---- what a run takes up ---- */

static enum err take_withdrawn(void *ctx, const struct db_row *row) {
    struct result_field *f = ctx;
    uint32_t at = result_roll_find(f->candidates, f->inputs.candidate_count, db_text(row, 0));
    if (at != UINT32_MAX)
        f->candidates[at].withdrawn = true;
    return ERR_NONE;
}

static enum err take_kept(void *ctx, const struct db_row *row) {
    struct result_field *f = ctx;
    uint32_t at = result_roll_find(f->candidates, f->inputs.candidate_count, db_text(row, 0));
    uint32_t agency = result_code_find(f->agencies, f->inputs.agency_count, db_text(row, 1));
    if (at != UINT32_MAX && agency != UINT32_MAX && !f->candidates[at].withdrawn) {
        f->candidates[at].kept = true;
        f->candidates[at].kept_agency = agency;
    }
    return ERR_NONE;
}

enum err result_db_withdrawn(struct db *db, struct arena *arena, int64_t cycle_id, struct result_field *field) {
    return db_many(db, arena, DB_RELEASE_WITHDRAWN, DB_PARAMS(P_INT(cycle_id)), RESULT_ROWS_MAX, take_withdrawn, field);
}

enum err result_db_kept(struct db *db, struct arena *arena, int64_t cycle_id, struct result_field *field) {
    return db_many(db, arena, DB_RELEASE_KEPT, DB_PARAMS(P_INT(cycle_id)), RESULT_ROWS_MAX, take_kept, field);
}

/* ---- days ---- */

static enum err take_day(void *ctx, const struct db_row *row) {
    struct result_days *days = ctx;
    days->days[days->count++] = (struct result_day){db_text(row, 0), db_text(row, 1), db_text(row, 2)};
    return ERR_NONE;
}

enum err result_days_read(struct db *db, struct arena *arena, int64_t year, struct result_days *ret_days) {
    struct result_days days = {.days = ARENA_ARRAY(arena, DAYS_MAX, struct result_day)};
    if (!days.days)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_RELEASE_DAYS, DB_PARAMS(P_INT(year)), DAYS_MAX, take_day, &days);
    if (err == ERR_NONE)
        *ret_days = days;
    return err;
}

static enum err day_body(void *ctx, struct db *db) {
    struct acting *a = ctx;
    enum err err = db_run(db, DB_RELEASE_DAY_WRITE, DB_PARAMS(P_TEXT(a->day->day), P_TEXT(a->day->kind), P_TEXT(a->day->name), P_INT(a->staff_id), P_TIME(a->now_us)), NULL);
    return err == ERR_NONE ? log_act(a, db, "result.calendar_day", "staff", a->staff_id,
                                     arena_printf(a->arena, "{\"day\":\"%s\",\"kind\":\"%s\"}", a->day->day, a->day->kind))
                           : err;
}

enum err result_day_write(struct db *db, struct arena *arena, int64_t staff_id, const struct result_day *day, int64_t now_us) {
    struct acting a = {.arena = arena, .staff_id = staff_id, .now_us = now_us, .day = day, .reason = day->name};
    return db_transact(db, day_body, &a);
}
