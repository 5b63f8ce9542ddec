#include "khoacu/result/rekey.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/clock.h"
#include "khoacu/base/random.h"
#include "khoacu/ledger/ledger.h"
#include "khoacu/score/rekey.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define ROOM_ARENA_MAX ((size_t)32 << 20)
#define ARGUMENTS_MAX 60000

struct applying {
    struct arena *arena;
    const struct score_job *job;
    struct bank_vault *vault;
    struct rekey_proposal proposal;
    struct score_key *key;
    struct rekey_statistics *statistics;
    const char *message;
    char sha256[65];
};

static enum err note(struct db *db, const struct applying *a, const char *act, const char *details) {
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, a->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(a->job->requested_by),
                                                .act = act,
                                                .subject_kind = "form",
                                                .subject_id = a->proposal.form_id,
                                                .reason = a->proposal.reason,
                                                .details = details,
                                                .at_us = clock_now_us()});
}

/* ---- the version ---- */

static enum err version_body(void *ctx, struct db *db) {
    struct applying *a = ctx;
    const struct rekey_proposal *p = &a->proposal;
    const struct db_row *row = NULL;
    a->message = "";
    enum err err = db_one(db, a->arena, DB_REKEY_VERSION_EXISTS, DB_PARAMS(P_INT(p->form_id), P_INT(p->proposal_id)), &row);
    if (err != ERR_NONE || db_bool(row, 0))
        return err == ERR_NONE ? DB_ROLLBACK : err; /* done by an earlier attempt */
    err = score_key_read(db, a->vault, a->arena, p->form_id, a->key);
    if (err == ERR_NONE && a->key->version != p->base_version) {
        a->message = "stale";
        return DB_ROLLBACK;
    }
    if (err == ERR_NONE)
        err = rekey_change(a->arena, a->key, p->rows, p->count);
    a->key->version++;
    if (err == ERR_NONE)
        err = rekey_version_write(db, a->arena, p->form_id, p->review_id, p->proposal_id, a->key, clock_now_us(), a->sha256);
    if (err != ERR_NONE)
        return err;
    return note(db, a, "score.key_correct",
                arena_printf(a->arena, "{\"dropped\":%d,\"sha256\":\"%s\",\"version\":%lld}", a->key->dropped, a->sha256, (long long)a->key->version));
}

/* ---- every room ---- */

static enum err score_rooms(struct applying *a, struct db *db, struct score_progress *progress) {
    const int64_t *room_ids = NULL;
    size_t count = 0;
    enum err err = rekey_rooms(db, a->arena, a->proposal.form_id, &room_ids, &count);
    for (size_t i = 0; i < count && err == ERR_NONE; i++) {
        struct arena arena CLEANUP(arena_release);
        struct score_tally tally;
        arena_init(&arena, ROOM_ARENA_MAX);
        if (progress->stopping && atomic_load(progress->stopping))
            return ERR_OVERLOAD;
        err = score_room(db, &arena, room_ids[i], a->key, clock_now_us(), &tally);
        if (err == ERR_NONE)
            err = score_progress_set(progress, (int32_t)i + 1, (int32_t)count + 1);
    }
    return err;
}

/* ---- and the list ---- */

static enum err request_run(struct applying *a, struct db *db) {
    struct buf arguments CLEANUP(buf_release);
    struct json_writer w;
    bool found = false;
    buf_init(&arguments, ARGUMENTS_MAX);
    int64_t run_id = random_id(), job_id = 0, now_us = clock_now_us();
    const char *cause = arena_printf(a->arena, "%s · key %lld · %.16s · %s", a->proposal.form_code, (long long)a->key->version, a->sha256,
                                     a->proposal.reason);
    if (!cause)
        return ERR_MEMORY;
    json_writer_init(&w, &arguments);
    json_open_object(&w);
    json_member_text(&w, "cause", cause);
    json_close_object(&w);
    if (arguments.failed)
        return ERR_LIMIT;
    enum err err = score_job_enqueue(db, a->arena, SCORE_JOB_RANKING_RUN, a->proposal.cycle_id, run_id, a->job->requested_by, arguments.data, now_us,
                                     &job_id, &found);
    if (err != ERR_NONE)
        return err;
    return ledger_append(db, a->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(a->job->requested_by),
                                                .act = "result.run_request",
                                                .subject_kind = "run",
                                                .subject_id = run_id,
                                                .reason = cause,
                                                .at_us = now_us});
}

static enum err applied_body(void *ctx, struct db *db) {
    struct applying *a = ctx;
    const struct db_row *row = NULL;
    bool first = false;
    enum err err = rekey_applied_write(db, a->arena, a->proposal.form_id, a->key, a->statistics, clock_now_us(), &first);
    if (err != ERR_NONE || !first)
        return err == ERR_NONE ? DB_ROLLBACK : err;
    err = db_one(db, a->arena, DB_REKEY_LIST_EXISTS, DB_PARAMS(P_INT(a->proposal.cycle_id)), &row);
    if (err == ERR_NONE && db_bool(row, 0))
        err = request_run(a, db);
    if (err != ERR_NONE)
        return err;
    return note(db, a, "score.key_apply",
                arena_printf(a->arena, "{\"sittings\":%lld,\"version\":%lld}", (long long)a->statistics->sittings, (long long)a->key->version));
}

/* The hash of the version, also where an earlier attempt wrote it. */
static enum err read_sha256(struct applying *a, struct db *db) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, a->arena, DB_REKEY_VERSION_HASH, DB_PARAMS(P_INT(a->proposal.form_id), P_INT(a->key->version)), &row);
    if (err == ERR_NONE)
        memcpy(a->sha256, db_text(row, 0), sizeof a->sha256);
    return err;
}

enum err result_job_key_apply(struct db *db, struct arena *arena, const struct score_job *job, struct score_progress *progress,
                              const char **ret_message) {
    struct applying a = {.arena = arena, .job = job, .vault = progress->vault, .message = ""};
    a.key = ARENA_NEW(arena, struct score_key);
    a.statistics = ARENA_NEW(arena, struct rekey_statistics);
    if (!a.key || !a.statistics)
        return ERR_MEMORY;
    enum err err = rekey_proposal_read(db, arena, job->subject_id, &a.proposal);
    if (err == ERR_NONE && !a.proposal.confirmed) {
        *ret_message = "not-confirmed";
        return ERR_NONE;
    }
    if (err == ERR_NONE)
        err = db_transact(db, version_body, &a);
    if (err != ERR_NONE || *a.message) {
        *ret_message = a.message;
        return err;
    }
    err = score_key_read(db, a.vault, arena, a.proposal.form_id, a.key);
    if (err == ERR_NONE)
        err = read_sha256(&a, db);
    if (err == ERR_NONE)
        err = score_rooms(&a, db, progress);
    if (err == ERR_NONE)
        err = rekey_statistics_count(db, a.proposal.form_id, a.key, a.statistics);
    if (err == ERR_NONE)
        err = db_transact(db, applied_body, &a);
    return err == ERR_NONE ? score_progress_set(progress, 1, 1) : err;
}
