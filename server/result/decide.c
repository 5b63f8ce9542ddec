#include "result_db.h"

#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/ledger/ledger.h"

#include <string.h>

#include "khoacu/base/banned.h"

/* The words of people: ties, approval, publication. Each is one SQL operation and one event. */

struct deciding {
    struct arena *arena;
    int64_t staff_id, run_id, now_us;
    const char *cycle_code, *reason;
    const char *const *rolls;
    size_t count;
    bool approve;
    const char *outcome; /* word of the SQL operation */
    int64_t number;      /* of the tie decision, or the version */
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

static enum err approve_body(void *ctx, struct db *db) {
    struct deciding *d = ctx;
    const struct db_row *row = NULL;
    enum err err = db_one(db, d->arena, DB_RESULT_RUN_APPROVE,
                          DB_PARAMS(P_INT(d->run_id), P_INT(d->staff_id), P_TEXT(d->approve ? "approved" : "refused"),
                                    P_TEXT(d->reason), P_TIME(d->now_us)),
                          &row);
    if (err != ERR_NONE)
        return err;
    d->outcome = db_text(row, 0);
    if (strcmp(d->outcome, "recorded") != 0)
        return DB_ROLLBACK;
    return append(d, db, d->approve ? "result.approve" : "result.refuse", "run", d->run_id,
                  arena_printf(d->arena, "{\"version\":%lld}", (long long)db_int(row, 2)));
}

enum err result_run_approve(struct db *db, struct arena *arena, int64_t staff_id, int64_t run_id, bool approve,
                            const char *reason, int64_t now_us, enum result_approve_verdict *ret_verdict) {
    static const struct {
        const char *outcome;
        enum result_approve_verdict verdict;
    } rows[] = {{"recorded", RESULT_APPROVED},     {"repeated", RESULT_APPROVED},
                {"no_run", RESULT_APPROVE_NO_RUN}, {"same_officer", RESULT_APPROVE_SAME_OFFICER},
                {"ties", RESULT_APPROVE_TIES},     {"decided", RESULT_APPROVE_DECIDED}};
    struct deciding d = {
        .arena = arena, .staff_id = staff_id, .run_id = run_id, .now_us = now_us, .reason = reason, .approve = approve};
    enum err err = db_transact(db, approve_body, &d);
    if (err != ERR_NONE)
        return err;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].outcome, d.outcome) == 0) {
            *ret_verdict = rows[i].verdict;
            return ERR_NONE;
        }
    return ERR_STATE;
}

static enum err publish_body(void *ctx, struct db *db) {
    struct deciding *d = ctx;
    const struct db_row *row = NULL;
    enum err err = db_one(db, d->arena, DB_RESULT_RUN_PUBLISH,
                          DB_PARAMS(P_INT(d->run_id), P_INT(d->staff_id), P_TIME(d->now_us)), &row);
    if (err != ERR_NONE)
        return err;
    d->outcome = db_text(row, 0);
    d->number = db_int(row, 1);
    if (strcmp(d->outcome, "published") != 0)
        return DB_ROLLBACK;
    size_t len = 0;
    char sha256[2 * CRYPTO_SHA256_LEN + 1] = "";
    const uint8_t *bytes = db_bytes(row, 3, &len);
    if (bytes && len == CRYPTO_SHA256_LEN)
        text_hex(bytes, len, sha256);
    char cycle[TEXT_ID_LEN + 1];
    text_format_id(db_int(row, 2), cycle);
    return append(d, db, "result.publish", "run", d->run_id,
                  arena_printf(d->arena, "{\"cycle\":\"%s\",\"sha256\":\"%s\",\"version\":%lld}", cycle, sha256,
                               (long long)d->number));
}

enum err result_run_publish(struct db *db, struct arena *arena, int64_t staff_id, int64_t run_id, int64_t now_us,
                            enum result_publish_verdict *ret_verdict, int64_t *ret_version) {
    static const struct {
        const char *outcome;
        enum result_publish_verdict verdict;
    } rows[] = {{"published", RESULT_PUBLISHED},
                {"already", RESULT_PUBLISHED},
                {"no_run", RESULT_PUBLISH_NO_RUN},
                {"not_approved", RESULT_PUBLISH_NOT_APPROVED},
                {"overtaken", RESULT_PUBLISH_OVERTAKEN}};
    struct deciding d = {.arena = arena, .staff_id = staff_id, .run_id = run_id, .now_us = now_us};
    enum err err = db_transact(db, publish_body, &d);
    if (err != ERR_NONE)
        return err;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].outcome, d.outcome) == 0) {
            *ret_verdict = rows[i].verdict;
            *ret_version = d.number;
            return ERR_NONE;
        }
    return ERR_STATE;
}
