#include "khoacu/score/job.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/random.h"
#include "khoacu/ledger/ledger.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define JOB_ARENA_MAX ((size_t)1024 * 1024 * 1024)
#define TAKE_ARENA_MAX ((size_t)1024 * 1024)

const char *score_job_kind_key(enum score_job_kind kind) {
    static const char *const KEYS[SCORE_JOB_KIND_COUNT] = {
#define X(name, key) key,
        SCORE_JOB_KIND_TABLE(X)
#undef X
    };
    return KEYS[kind];
}

const char *score_job_state_key(enum score_job_state state) {
    static const char *const KEYS[SCORE_JOB_STATE_COUNT] = {
#define X(name, key) key,
        SCORE_JOB_STATE_TABLE(X)
#undef X
    };
    return KEYS[state];
}

static enum err read_job(const struct db_row *row, struct score_job *ret_job) {
    struct score_job job = {.job_id = db_int(row, 0),
                            .kind = SCORE_JOB_KIND_COUNT,
                            .cycle_id = db_int(row, 2),
                            .subject_id = db_int(row, 3),
                            .requested_by = db_int(row, 4),
                            .requested_us = db_time(row, 5),
                            .arguments = db_text(row, 6),
                            .state = SCORE_JOB_STATE_COUNT,
                            .attempts = (int32_t)db_int(row, 8),
                            .done_count = (int32_t)db_int(row, 9),
                            .total_count = (int32_t)db_int(row, 10),
                            .message = db_text(row, 11)};
    for (int i = 0; i < SCORE_JOB_KIND_COUNT; i++)
        if (strcmp(db_text(row, 1), score_job_kind_key((enum score_job_kind)i)) == 0)
            job.kind = (enum score_job_kind)i;
    for (int i = 0; i < SCORE_JOB_STATE_COUNT; i++)
        if (strcmp(db_text(row, 7), score_job_state_key((enum score_job_state)i)) == 0)
            job.state = (enum score_job_state)i;
    if (job.kind == SCORE_JOB_KIND_COUNT || job.state == SCORE_JOB_STATE_COUNT)
        return ERR_STATE;
    *ret_job = job;
    return ERR_NONE;
}

enum err score_job_enqueue(struct db *db, struct arena *arena, enum score_job_kind kind, int64_t cycle_id,
                           int64_t subject_id, int64_t requested_by, const char *arguments, int64_t now_us,
                           int64_t *ret_job_id, bool *ret_found) {
    const struct db_row *row = NULL;
    enum err err =
        db_one(db, arena, DB_SCORE_JOB_ENQUEUE,
               DB_PARAMS(P_INT(random_id()), P_TEXT(score_job_kind_key(kind)), P_INT(cycle_id), P_INT(subject_id),
                         P_INT(requested_by), P_TIME(now_us), P_TEXT(arguments ? arguments : "{}")),
               &row);
    if (err != ERR_NONE)
        return err;
    *ret_job_id = db_int(row, 0);
    *ret_found = db_bool(row, 1);
    return ERR_NONE;
}

enum err score_job_read(struct db *db, struct arena *arena, int64_t job_id, struct score_job *ret_job) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_SCORE_JOB_READ, DB_PARAMS(P_INT(job_id)), &row);
    return err == ERR_NONE ? read_job(row, ret_job) : err;
}

/* ---- the worker ---- */

enum err score_progress_set(struct score_progress *progress, int32_t done, int32_t total) {
    progress->done_count = done;
    progress->total_count = total;
    return db_run(progress->db, DB_SCORE_JOB_PROGRESS, DB_PARAMS(P_INT(progress->job_id), P_INT(done), P_INT(total)),
                  NULL);
}

void score_progress_note(struct score_progress *progress, int32_t done, int32_t total, bool *ret_cancelled) {
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, 65536);
    const struct db_row *row = NULL;
    *ret_cancelled = false;
    if (progress->beside && db_one(progress->beside, &arena, DB_SCORE_JOB_NOTE, DB_PARAMS(P_INT(progress->job_id), P_INT(done), P_INT(total)), &row) == ERR_NONE)
        *ret_cancelled = db_bool(row, 0);
}

struct cancelling {
    struct arena *arena;
    int64_t job_id, staff_id, now_us;
    enum score_job_cancelling end;
};

static enum err cancel_body(void *ctx, struct db *db) {
    struct cancelling *c = ctx;
    const struct db_row *row = NULL;
    c->end = SCORE_CANCEL_NO_JOB;
    enum err err = db_one(db, c->arena, DB_SCORE_JOB_CANCEL,
                          DB_PARAMS(P_INT(c->job_id), P_TEXT(score_job_kind_key(SCORE_JOB_RANKING_RUN)), P_INT(c->staff_id), P_TIME(c->now_us)), &row);
    if (err != ERR_NONE || db_is_null(row, 0))
        return err == ERR_NONE ? DB_ROLLBACK : err;
    const char *state = db_text(row, 0);
    c->end = strcmp(state, "ended") == 0 ? SCORE_CANCEL_ENDED : strcmp(state, "cancelled") == 0 ? SCORE_CANCEL_DONE : SCORE_CANCEL_ASKED;
    if (c->end == SCORE_CANCEL_ENDED)
        return DB_ROLLBACK;
    return ledger_append(db, c->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(c->staff_id),
                                                .act = "result.run_cancel",
                                                .subject_kind = "job",
                                                .subject_id = c->job_id,
                                                .at_us = c->now_us});
}

enum err score_job_cancel(struct db *db, struct arena *arena, int64_t job_id, int64_t staff_id, int64_t now_us,
                          enum score_job_cancelling *ret_end) {
    struct cancelling c = {.arena = arena, .job_id = job_id, .staff_id = staff_id, .now_us = now_us};
    enum err err = db_transact(db, cancel_body, &c);
    *ret_end = c.end;
    return err;
}

enum err score_job_take(struct db *db, struct arena *arena, score_job_fn *const functions[SCORE_JOB_KIND_COUNT],
                        int64_t now_us, struct score_job *ret_job) {
    const struct db_row *row = NULL;
    const char *kinds[SCORE_JOB_KIND_COUNT];
    size_t count = 0;
    for (int i = 0; i < SCORE_JOB_KIND_COUNT; i++)
        if (!functions || functions[i])
            kinds[count++] = score_job_kind_key((enum score_job_kind)i);
    enum err err = db_one(db, arena, DB_SCORE_JOB_TAKE, DB_PARAMS(P_TIME(now_us), P_TEXTS(kinds, count)), &row);
    if (err != ERR_NONE)
        return err;
    if (db_is_null(row, 0)) {
        *ret_job = (struct score_job){0};
        return ERR_NONE;
    }
    return score_job_read(db, arena, db_int(row, 0), ret_job);
}

enum err score_job_finish(struct db *db, int64_t job_id, const char *message, int64_t now_us) {
    enum score_job_state state = !*message ? SCORE_JOB_IS_DONE : strcmp(message, SCORE_JOB_CANCELLED_MESSAGE) == 0 ? SCORE_JOB_IS_CANCELLED : SCORE_JOB_IS_FAILED;
    return db_run(db, DB_SCORE_JOB_FINISH,
                  DB_PARAMS(P_INT(job_id), P_TEXT(score_job_state_key(state)), P_TEXT(message), P_TIME(now_us)), NULL);
}

/* Gives a job back to be taken again. */
static enum err give_back(struct db *db, int64_t job_id) {
    return db_run(db, DB_SCORE_JOB_FINISH, DB_PARAMS(P_INT(job_id), P_NULL, P_NULL, P_NULL), NULL);
}

/* Whether the same attempt may go well later: the database was away or busy. */
static bool is_passing(enum err err) {
    return err == ERR_DB_DOWN || err == ERR_DB_RETRY || err == ERR_DB_UNKNOWN || err == ERR_OVERLOAD;
}

static enum err run_taken(struct score_progress *progress, score_job_fn *function, const struct score_job *job,
                          int64_t now_us) {
    struct db *db = progress->db;
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, JOB_ARENA_MAX);
    const char *message = "";
    if (job->attempts > SCORE_JOB_ATTEMPTS)
        return score_job_finish(db, job->job_id, "given-up", now_us);
    enum err err = function(db, &arena, job, progress, &message);
    if (is_passing(err)) {
        enum err released = give_back(db, job->job_id);
        return released == ERR_NONE ? err : released;
    }
    return score_job_finish(db, job->job_id, err == ERR_NONE ? message : err_key(err), now_us);
}

enum err score_job_run(struct db *db, struct db *beside, struct bank_vault *vault, score_job_fn *const functions[SCORE_JOB_KIND_COUNT],
                       const atomic_bool *stopping, int64_t now_us, bool *ret_ran) {
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, TAKE_ARENA_MAX);
    struct score_job job;
    enum err err = score_job_take(db, &arena, functions, now_us, &job);
    if (err != ERR_NONE)
        return err;
    *ret_ran = job.job_id != 0;
    struct score_progress progress = {.db = db, .beside = beside, .job_id = job.job_id, .vault = vault, .stopping = stopping};
    return job.job_id == 0 ? ERR_NONE : run_taken(&progress, functions[job.kind], &job, now_us);
}
