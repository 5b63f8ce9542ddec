#include "result_db.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/ledger/ledger.h"

#include <string.h>

#include "khoacu/base/banned.h"

/* The words of people on a list: freeze, signatures, time and publication. Each is one SQL operation and one event. */

#define DUE_ARENA_MAX ((size_t)1 << 20)
#define DUE_MAX 100

struct speaking {
    struct arena *arena;
    int64_t staff_id, run_id, at_us, now_us;
    const char *reason, *document_number;
    const struct result_signing *signing;
    const char *outcome; /* word of the SQL operation */
    int64_t version;
};

static enum err append(struct speaking *s, struct db *db, struct ledger_actor actor, const char *act, const struct db_row *row,
                       const char *more) {
    size_t len = 0;
    char sha256[2 * CRYPTO_SHA256_LEN + 1] = "", cycle[TEXT_ID_LEN + 1];
    const uint8_t *bytes = db_bytes(row, 3, &len);
    if (bytes && len == CRYPTO_SHA256_LEN)
        text_hex(bytes, len, sha256);
    text_format_id(db_int(row, 1), cycle);
    const char *details = arena_printf(s->arena, "{\"cycle\":\"%s\"%s,\"sha256\":\"%s\",\"version\":%lld}", cycle, more, sha256,
                                       (long long)db_int(row, 2));
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, s->arena,
                         &(struct ledger_event){.actor = actor,
                                                .act = act,
                                                .subject_kind = "run",
                                                .subject_id = s->run_id,
                                                .reason = s->reason,
                                                .details = details,
                                                .at_us = s->now_us});
}

/* The event follows when the operation has recorded something. */
static enum err heard(struct speaking *s, struct db *db, enum err err, const struct db_row *row, const char *act, const char *more) {
    if (err != ERR_NONE)
        return err;
    s->outcome = db_text(row, 0);
    if (strcmp(s->outcome, "recorded") != 0)
        return DB_ROLLBACK;
    return append(s, db, LEDGER_STAFF(s->staff_id), act, row, more);
}

static enum err freeze_body(void *ctx, struct db *db) {
    struct speaking *s = ctx;
    const struct db_row *row = NULL;
    enum err err = db_one(db, s->arena, DB_RESULT_LIST_FREEZE,
                          DB_PARAMS(P_INT(s->run_id), P_INT(s->staff_id), P_TEXT(s->reason),
                                    s->document_number ? P_TEXT(s->document_number) : P_NULL, P_TIME(s->now_us)),
                          &row);
    return heard(s, db, err, row, "result.list_freeze", "");
}

enum err result_list_freeze(struct db *db, struct arena *arena, int64_t staff_id, int64_t run_id, const char *reason,
                            const char *document_number, int64_t now_us, enum result_freeze_verdict *ret_verdict) {
    static const struct db_word WORDS[] = {{"recorded", RESULT_FROZEN},      {"repeated", RESULT_FROZEN},
                                           {"no_run", RESULT_FREEZE_NO_RUN}, {"ties", RESULT_FREEZE_TIES},
                                           {"overtaken", RESULT_FREEZE_OVERTAKEN}, {"other_frozen", RESULT_FREEZE_OTHER},
                                           {"no_quality", RESULT_FREEZE_NO_QUALITY}};
    struct speaking s = {.arena = arena, .staff_id = staff_id, .run_id = run_id, .reason = reason, .document_number = document_number,
                         .now_us = now_us};
    enum err err = db_transact(db, freeze_body, &s);
    int verdict = err == ERR_NONE ? DB_MEANING(WORDS, s.outcome) : -1;
    if (verdict >= 0)
        *ret_verdict = (enum result_freeze_verdict)verdict;
    return err == ERR_NONE && verdict < 0 ? ERR_STATE : err;
}

static enum err sign_body(void *ctx, struct db *db) {
    struct speaking *s = ctx;
    const struct result_signing *signing = s->signing;
    const struct db_row *row = NULL;
    enum err err = db_one(db, s->arena, DB_RESULT_RUN_SIGN,
                          DB_PARAMS(P_INT(s->run_id), P_TEXT(signing->second ? "B" : "A"), P_INT(s->staff_id),
                                    P_TEXT(signing->approve ? "approved" : "refused"), P_TEXT(s->reason), P_INT(signing->step_up_id),
                                    P_TIME(s->now_us)),
                          &row);
    return heard(s, db, err, row, signing->approve ? "result.sign" : "result.refuse", signing->second ? ",\"place\":\"B\"" : ",\"place\":\"A\"");
}

enum err result_run_sign(struct db *db, struct arena *arena, const struct result_signing *signing, int64_t now_us,
                         enum result_sign_verdict *ret_verdict) {
    static const struct db_word WORDS[] = {{"recorded", RESULT_SIGNED},     {"repeated", RESULT_SIGNED},
                                           {"no_run", RESULT_SIGN_NO_RUN},  {"not_frozen", RESULT_SIGN_NOT_FROZEN},
                                           {"not_first", RESULT_SIGN_NOT_FIRST}, {"same_officer", RESULT_SIGN_SAME_OFFICER},
                                           {"decided", RESULT_SIGN_DECIDED}};
    struct speaking s = {.arena = arena, .staff_id = signing->staff_id, .run_id = signing->run_id, .reason = signing->reason,
                         .signing = signing, .now_us = now_us};
    enum err err = db_transact(db, sign_body, &s);
    int verdict = err == ERR_NONE ? DB_MEANING(WORDS, s.outcome) : -1;
    if (verdict >= 0)
        *ret_verdict = (enum result_sign_verdict)verdict;
    return err == ERR_NONE && verdict < 0 ? ERR_STATE : err;
}

static enum err publish_body(void *ctx, struct db *db) {
    struct speaking *s = ctx;
    const struct db_row *row = NULL;
    enum err err = db_one(db, s->arena, DB_RESULT_RUN_PUBLISH, DB_PARAMS(P_INT(s->run_id), P_INT(s->staff_id), P_TIME(s->now_us)), &row);
    if (err != ERR_NONE)
        return err;
    s->outcome = db_text(row, 0);
    s->version = db_int(row, 2);
    return strcmp(s->outcome, "published") == 0 ? append(s, db, LEDGER_STAFF(s->staff_id), "result.publish", row, "") : DB_ROLLBACK;
}

static enum err schedule_body(void *ctx, struct db *db) {
    struct speaking *s = ctx;
    const struct db_row *row = NULL;
    char time[25];
    text_format_time(s->at_us, time);
    const char *more = arena_printf(s->arena, ",\"publish_at\":\"%s\"", time);
    enum err err = db_one(db, s->arena, DB_RESULT_RELEASE_SCHEDULE,
                          DB_PARAMS(P_INT(random_id()), P_INT(s->run_id), P_TIME(s->at_us), P_INT(s->staff_id), P_TIME(s->now_us)), &row);
    return more ? heard(s, db, err, row, "result.schedule", more) : ERR_MEMORY;
}

enum err result_run_publish(struct db *db, struct arena *arena, int64_t staff_id, int64_t run_id, int64_t at_us, int64_t now_us,
                            enum result_publish_verdict *ret_verdict, int64_t *ret_version) {
    static const struct db_word WORDS[] = {{"published", RESULT_PUBLISHED}, {"already", RESULT_PUBLISHED},
                                           {"recorded", RESULT_PUBLISH_SET}, {"no_run", RESULT_PUBLISH_NO_RUN},
                                           {"not_signed", RESULT_PUBLISH_NOT_SIGNED}, {"scheduled", RESULT_PUBLISH_HAS_TIME},
                                           {"has_time", RESULT_PUBLISH_HAS_TIME}, {"past", RESULT_PUBLISH_PAST},
                                           {"overtaken", RESULT_PUBLISH_OVERTAKEN}};
    struct speaking s = {.arena = arena, .staff_id = staff_id, .run_id = run_id, .at_us = at_us, .now_us = now_us};
    enum err err = db_transact(db, at_us ? schedule_body : publish_body, &s);
    int verdict = err == ERR_NONE ? DB_MEANING(WORDS, s.outcome) : -1;
    if (verdict >= 0) {
        *ret_verdict = (enum result_publish_verdict)verdict;
        *ret_version = s.version;
    }
    return err == ERR_NONE && verdict < 0 ? ERR_STATE : err;
}

static enum err withdraw_body(void *ctx, struct db *db) {
    struct speaking *s = ctx;
    const struct db_row *row = NULL;
    enum err err = db_one(db, s->arena, DB_RESULT_RELEASE_WITHDRAW,
                          DB_PARAMS(P_INT(s->run_id), P_INT(s->staff_id), P_TEXT(s->reason), P_TIME(s->now_us)), &row);
    return heard(s, db, err, row, "result.schedule_withdraw", "");
}

enum err result_release_withdraw(struct db *db, struct arena *arena, int64_t staff_id, int64_t run_id, const char *reason,
                                 int64_t now_us, enum result_withdraw_verdict *ret_verdict) {
    static const struct db_word WORDS[] = {{"recorded", RESULT_WITHDRAWN}, {"no_time", RESULT_WITHDRAW_NO_TIME}, {"late", RESULT_WITHDRAW_LATE}};
    struct speaking s = {.arena = arena, .staff_id = staff_id, .run_id = run_id, .reason = reason, .now_us = now_us};
    enum err err = db_transact(db, withdraw_body, &s);
    int verdict = err == ERR_NONE ? DB_MEANING(WORDS, s.outcome) : -1;
    if (verdict >= 0)
        *ret_verdict = (enum result_withdraw_verdict)verdict;
    return err == ERR_NONE && verdict < 0 ? ERR_STATE : err;
}

/* ---- what falls due ---- */

static enum err due_body(void *ctx, struct db *db) {
    struct speaking *s = ctx;
    const struct db_row *row = NULL;
    enum err err = db_one(db, s->arena, DB_RESULT_DUE_PUBLISH, DB_PARAMS(P_TIME(s->now_us)), &row);
    s->outcome = "none";
    if (err != ERR_NONE || db_is_null(row, 0))
        return err == ERR_NONE ? DB_ROLLBACK : err;
    s->outcome = "published";
    s->run_id = db_int(row, 0);
    return append(s, db, LEDGER_STAFF(db_int(row, 4)), "result.publish", row, ",\"scheduled\":true");
}

enum err result_due_publish(struct db *db, int64_t now_us, int64_t *ret_count) {
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, DUE_ARENA_MAX);
    *ret_count = 0;
    for (int i = 0; i < DUE_MAX; i++) {
        struct speaking s = {.arena = &arena, .now_us = now_us};
        enum err err = db_transact(db, due_body, &s);
        if (err != ERR_NONE || strcmp(s.outcome, "published") != 0)
            return err;
        (*ret_count)++;
    }
    return ERR_NONE;
}
