#include "khoacu/cycle/credential.h"

#include "khoacu/base/random.h"
#include "khoacu/ledger/ledger.h"

#include <assert.h>
#include <string.h>

#include "khoacu/base/banned.h"

struct acting {
    struct arena *arena;
    const struct cycle *cycle;
    int64_t staff_id, now_us, withdrawal_id, step_up_id;
    const char *roll_number, *reason;
    bool confirm;
    const char *outcome; /* word of the SQL operation */
};

static enum err log_act(struct acting *a, struct db *db, const char *act, const char *details) {
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, a->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(a->staff_id), .act = act, .subject_kind = "credential", .subject_id = a->withdrawal_id,
                                                .reason = a->reason, .details = details, .at_us = a->now_us});
}

static enum err propose_body(void *ctx, struct db *db) {
    struct acting *a = ctx;
    const struct db_row *row = NULL;
    enum err err = db_one(db, a->arena, DB_CYCLE_CREDENTIAL_PROPOSE,
                          DB_PARAMS(P_INT(a->withdrawal_id), P_INT(a->cycle->cycle_id), P_TEXT(a->roll_number), P_TEXT(a->reason), P_INT(a->staff_id),
                                    P_TIME(a->now_us)),
                          &row);
    if (err != ERR_NONE)
        return err;
    a->outcome = db_text(row, 0);
    if (strcmp(a->outcome, "recorded") != 0)
        return DB_ROLLBACK;
    return log_act(a, db, "cycle.credential_propose", arena_printf(a->arena, "{\"cycle\":\"%s\",\"roll_number\":\"%s\"}", a->cycle->code, a->roll_number));
}

enum err cycle_credential_propose(struct db *db, struct arena *arena, int64_t staff_id, const struct cycle *cycle, const char *roll_number,
                                  const char *reason, int64_t now_us, enum cycle_credential_verdict *ret_verdict, int64_t *ret_withdrawal_id) {
    static const struct db_word WORDS[] = {{"recorded", CYCLE_CREDENTIAL_RECORDED}, {"no_credential", CYCLE_CREDENTIAL_NONE}, {"closed", CYCLE_CREDENTIAL_CLOSED},
                                           {"proposed_before", CYCLE_CREDENTIAL_BEFORE}};
    struct acting a = {.arena = arena, .cycle = cycle, .staff_id = staff_id, .now_us = now_us, .withdrawal_id = random_id(), .roll_number = roll_number,
                       .reason = reason};
    enum err err = db_transact(db, propose_body, &a);
    int verdict = err == ERR_NONE ? DB_MEANING(WORDS, a.outcome) : -1;
    if (verdict >= 0) {
        *ret_verdict = (enum cycle_credential_verdict)verdict;
        *ret_withdrawal_id = a.withdrawal_id;
    }
    return err == ERR_NONE && verdict < 0 ? ERR_STATE : err;
}

static enum err decide_body(void *ctx, struct db *db) {
    struct acting *a = ctx;
    const struct db_row *row = NULL;
    enum err err = db_one(db, a->arena, DB_CYCLE_CREDENTIAL_DECIDE,
                          DB_PARAMS(P_INT(a->withdrawal_id), P_TEXT(a->confirm ? "confirmed" : "refused"), P_TEXT(a->reason), P_INT(a->staff_id),
                                    P_INT(a->step_up_id), P_TIME(a->now_us)),
                          &row);
    if (err != ERR_NONE)
        return err;
    a->outcome = db_text(row, 0);
    if (strcmp(a->outcome, "recorded") != 0)
        return DB_ROLLBACK;
    return log_act(a, db, a->confirm ? CYCLE_CREDENTIAL_ACT : "cycle.credential_keep", "{}");
}

enum err cycle_credential_decide(struct db *db, struct arena *arena, int64_t staff_id, int64_t withdrawal_id, bool confirm, const char *reason,
                                 int64_t step_up_id, int64_t now_us, enum cycle_credential_decision *ret_verdict) {
    static const struct db_word WORDS[] = {{"recorded", CYCLE_CREDENTIAL_DECIDED}, {"repeated", CYCLE_CREDENTIAL_DECIDED}, {"no_proposal", CYCLE_CREDENTIAL_NO_PROPOSAL},
                                           {"decided", CYCLE_CREDENTIAL_DECIDED_BEFORE}, {"same_officer", CYCLE_CREDENTIAL_SAME_OFFICER}, {"closed", CYCLE_CREDENTIAL_TOO_LATE}};
    struct acting a = {.arena = arena, .staff_id = staff_id, .now_us = now_us, .withdrawal_id = withdrawal_id, .confirm = confirm, .reason = reason,
                       .step_up_id = step_up_id};
    enum err err = db_transact(db, decide_body, &a);
    int verdict = err == ERR_NONE ? DB_MEANING(WORDS, a.outcome) : -1;
    if (verdict >= 0) {
        *ret_verdict = (enum cycle_credential_decision)verdict;
    }
    return err == ERR_NONE && verdict < 0 ? ERR_STATE : err;
}

struct listing {
    struct cycle_credential *credentials;
    size_t count;
};

static enum err take_credential(void *ctx, const struct db_row *row) {
    struct listing *list = ctx;
    list->credentials[list->count++] = (struct cycle_credential){
        .roll_number = db_text(row, 0), .full_name = db_text(row, 1), .kind = db_text(row, 2), .issued_on = db_text(row, 3), .reference = db_text(row, 4),
        .recorded_by = db_text(row, 5), .recorded_us = db_time(row, 6), .in_force = db_bool(row, 7), .withdrawal_id = db_int(row, 8),
        .reason = db_text(row, 9), .proposed_login = db_text(row, 10), .proposed_by = db_text(row, 11), .proposed_us = db_time(row, 12),
        .verdict = db_text(row, 13), .decision_reason = db_text(row, 14), .decided_by = db_text(row, 15), .decided_us = db_time(row, 16)};
    return ERR_NONE;
}

enum err cycle_credentials_read(struct db *db, struct arena *arena, int64_t cycle_id, const char *search, size_t limit,
                                struct cycle_credential **ret_credentials, size_t *ret_count) {
    assert(limit >= 1 && limit <= CYCLE_CREDENTIALS_MAX);
    struct listing list = {.credentials = ARENA_ARRAY(arena, limit, struct cycle_credential)};
    if (!list.credentials)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_CYCLE_CREDENTIAL_LIST, DB_PARAMS(P_INT(cycle_id), P_TEXT(search), P_INT((int64_t)limit)), limit, take_credential, &list);
    if (err == ERR_NONE) {
        *ret_credentials = list.credentials;
        *ret_count = list.count;
    }
    return err;
}
