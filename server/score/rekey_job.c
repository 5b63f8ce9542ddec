#include "khoacu/score/rekey.h"

#include "score_private.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/clock.h"
#include "khoacu/base/text.h"
#include "khoacu/ledger/ledger.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define COUNT_ARENA_MAX ((size_t)32 << 20)

/* ---- versions ---- */

enum err rekey_version_write(struct db *db, struct arena *arena, int64_t form_id, int64_t review_id, int64_t proposal_id,
                             const struct score_key *key, int64_t now_us, char ret_sha256[65]) {
    const struct db_row *row = NULL;
    size_t len = 0, count = (size_t)key->count;
    uint8_t sha256[CRYPTO_SHA256_LEN];
    int64_t *positions = ARENA_ARRAY(arena, count, int64_t);
    const char **texts = ARENA_ARRAY(arena, count * 3, const char *);
    enum err err = db_one(db, arena, DB_REKEY_FORM, DB_PARAMS(P_INT(form_id)), &row);
    if (err != ERR_NONE || !positions || !texts)
        return err == ERR_NONE ? ERR_MEMORY : err;
    const uint8_t *form = db_bytes(row, 0, &len);
    const char *text = len == CRYPTO_SHA256_LEN ? rekey_text(arena, key, form) : NULL;
    if (!text)
        return ERR_MEMORY;
    crypto_sha256(text, strlen(text), sha256);
    text_hex(sha256, sizeof sha256, ret_sha256);
    for (size_t i = 0; i < count; i++) {
        positions[i] = (int64_t)i + 1;
        texts[i] = rekey_decision_key(key->fixes[i + 1].decision);
        texts[count + i] = key->fixes[i + 1].key_texts;
        texts[2 * count + i] = rekey_shown(arena, key, (int)i + 1);
        if (!texts[2 * count + i])
            return ERR_MEMORY;
    }
    err = db_run(db, DB_REKEY_VERSION_INSERT,
                 DB_PARAMS(P_INT(form_id), P_INT(key->version), P_INT(review_id), P_INT(proposal_id), P_INT(key->count - key->dropped),
                           P_BYTES(sha256, sizeof sha256), P_TIME(now_us)),
                 NULL);
    if (err != ERR_NONE)
        return err;
    return db_run(db, DB_REKEY_ITEMS_INSERT,
                  DB_PARAMS(P_INT(form_id), P_INT(key->version), P_INTS(positions, count), P_TEXTS(texts, count), P_TEXTS(texts + count, count),
                            P_TEXTS(texts + 2 * count, count)),
                  NULL);
}

enum err rekey_applied_write(struct db *db, struct arena *arena, int64_t form_id, const struct score_key *key,
                             const struct rekey_statistics *statistics, int64_t now_us, bool *ret_first) {
    int64_t rows = 0;
    const char *text = rekey_statistics_text(arena, key, statistics);
    if (!text)
        return ERR_MEMORY;
    enum err err = db_run(db, DB_REKEY_APPLIED_INSERT,
                          DB_PARAMS(P_INT(form_id), P_INT(key->version), P_INT(statistics->sittings), P_TEXT(text), P_TIME(now_us)), &rows);
    *ret_first = rows == 1;
    return err;
}

struct counting {
    const struct score_key *key;
    struct rekey_statistics *statistics;
};

static enum err count_sitting(void *ctx, const struct rekey_sitting *sitting) {
    struct counting *counting = ctx;
    struct arena arena CLEANUP(arena_release);
    struct score_count count;
    arena_init(&arena, COUNT_ARENA_MAX);
    if (sitting->absent)
        return ERR_NONE;
    score_count(&arena, counting->key, &sitting->answers, &count);
    rekey_statistics_add(counting->statistics, counting->key, &sitting->answers, &count);
    return arena.failed ? ERR_MEMORY : ERR_NONE;
}

enum err rekey_statistics_count(struct db *db, int64_t form_id, const struct score_key *key, struct rekey_statistics *statistics) {
    struct counting counting = {.key = key, .statistics = statistics};
    return rekey_walk(db, form_id, count_sitting, &counting);
}

/* ---- the release ---- */

struct releasing {
    struct arena *arena;
    int64_t review_id, form_id, requested_by, now_us;
    const struct score_key *key;
    const struct rekey_statistics *statistics;
};

static enum err release_body(void *ctx, struct db *db) {
    struct releasing *r = ctx;
    const struct db_row *row = NULL;
    char sha256[65];
    bool first = false;
    enum err err = db_one(db, r->arena, DB_REKEY_VERSION_EXISTS, DB_PARAMS(P_INT(r->form_id), P_INT(0)), &row);
    if (err != ERR_NONE || db_bool(row, 0))
        return err == ERR_NONE ? DB_ROLLBACK : err; /* done by an earlier attempt */
    err = rekey_version_write(db, r->arena, r->form_id, r->review_id, 0, r->key, r->now_us, sha256);
    if (err == ERR_NONE)
        err = rekey_applied_write(db, r->arena, r->form_id, r->key, r->statistics, r->now_us, &first);
    const char *details = err == ERR_NONE ? arena_printf(r->arena, "{\"sha256\":\"%s\",\"version\":1}", sha256) : NULL;
    if (err != ERR_NONE || !details)
        return err == ERR_NONE ? ERR_MEMORY : err;
    return ledger_append(db, r->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(r->requested_by),
                                                .act = "score.key_release",
                                                .subject_kind = "form",
                                                .subject_id = r->form_id,
                                                .details = details,
                                                .at_us = r->now_us});
}

enum err rekey_job_release(struct db *db, struct arena *arena, const struct score_job *job, struct score_progress *progress,
                           const char **ret_message) {
    (void)ret_message;
    struct rekey_review review;
    struct score_key *key = ARENA_NEW(arena, struct score_key);
    struct rekey_statistics *statistics = ARENA_NEW(arena, struct rekey_statistics);
    if (!key || !statistics)
        return ERR_MEMORY;
    enum err err = rekey_review_read(db, arena, job->subject_id, &review);
    if (err == ERR_NONE)
        err = score_progress_set(progress, 0, 2);
    if (err == ERR_NONE)
        err = score_key_read(db, progress->vault, arena, review.form_id, key);
    if (err == ERR_NONE && key->version == 1)
        err = rekey_statistics_count(db, review.form_id, key, statistics);
    if (err == ERR_NONE)
        err = score_progress_set(progress, 1, 2);
    struct releasing releasing = {.arena = arena, .review_id = review.review_id, .form_id = review.form_id, .requested_by = job->requested_by,
                                  .now_us = clock_now_us(), .key = key, .statistics = statistics};
    if (err == ERR_NONE)
        err = db_transact(db, release_body, &releasing);
    return err == ERR_NONE ? score_progress_set(progress, 2, 2) : err;
}
