/* job.h: long work that a person asks for and the worker does.
 *
 *     waiting --take--> running --finish--> done | failed | cancelled
 *                          |  ^
 *                          +--+ taken again: the worker that had it is gone
 *
 * Invariants: a job is run by one worker at a time, which holds an advisory lock on the job's id; the lock dies with
 * its connection, so that the next worker may take the job again at once. Hence a job function must be repeatable: it
 * may find any part of its work done, and must end in the same state. It commits as it goes. A job that was taken
 * SCORE_JOB_ATTEMPTS times without an end has failed.
 *
 * Used by: result (its kinds), api, main (worker). Uses: base, json, db. Threads: that of the struct db.
 */
#ifndef KHOACU_SCORE_JOB_H
#define KHOACU_SCORE_JOB_H

#include "khoacu/bank/bank_vault.h"
#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/db/db.h"
#include "khoacu/json/json.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCORE_JOB_ATTEMPTS 5

/* X(name, key as in job.kind) */
#define SCORE_JOB_KIND_TABLE(X)                                                                                        \
    X(SHIFT_CLOSE, "shift_close")                                                                                      \
    X(ROUND2_OPEN, "round2_open")                                                                                      \
    X(MARKING_DRAW, "marking_draw")                                                                                    \
    X(MARKS_FREEZE, "marks_freeze")                                                                                    \
    X(RANKING_RUN, "ranking_run")                                                                                      \
    X(RANKING_TRIAL, "ranking_trial")                                                                                  \
    X(LETTERS_MAIL, "letters_mail")                                                                                    \
    X(FORM_ASSEMBLE, "form_assemble")                                                                                  \
    X(QUALITY_RESULT, "quality_result")                                                                                \
    X(QUALITY_MARKING, "quality_marking")                                                                              \
    X(KEY_RELEASE, "key_release")                                                                                      \
    X(KEY_PREVIEW, "key_preview")                                                                                      \
    X(KEY_APPLY, "key_apply")
enum score_job_kind {
#define X(name, key) SCORE_JOB_##name,
    SCORE_JOB_KIND_TABLE(X)
#undef X
        SCORE_JOB_KIND_COUNT
};
const char *score_job_kind_key(enum score_job_kind kind);

/* X(name, key as in job.state) */
#define SCORE_JOB_STATE_TABLE(X)                                                                                       \
    X(WAITING, "waiting")                                                                                              \
    X(RUNNING, "running")                                                                                              \
    X(DONE, "done")                                                                                                    \
    X(FAILED, "failed")                                                                                                \
    X(CANCELLED, "cancelled")
enum score_job_state {
#define X(name, key) SCORE_JOB_IS_##name,
    SCORE_JOB_STATE_TABLE(X)
#undef X
        SCORE_JOB_STATE_COUNT
};
const char *score_job_state_key(enum score_job_state state);

struct score_job {
    int64_t job_id;
    enum score_job_kind kind;
    int64_t cycle_id;      /* 0: of no cycle */
    int64_t subject_id;    /* shift, cycle, run, assembly, review or proposal that it works on */
    int64_t requested_by;  /* staff */
    int64_t requested_us;
    const char *arguments; /* a JSON object */
    enum score_job_state state;
    int32_t attempts; /* times it was taken */
    int32_t done_count, total_count;
    const char *message; /* stable key of what went wrong, or "" */
};

/* Within the caller's transaction (and beside its audit event): makes a waiting job, or finds the one of the same kind
 * and subject that is waiting or running. `arguments` is a JSON object of at most 65,000 bytes, NULL: {}. */
enum err score_job_enqueue(struct db *db, struct arena *arena, enum score_job_kind kind, int64_t cycle_id,
                           int64_t subject_id, int64_t requested_by, const char *arguments, int64_t now_us,
                           int64_t *ret_job_id, bool *ret_found) MUST_CHECK;
/* ERR_DB_NO_ROW: there is none. */
enum err score_job_read(struct db *db, struct arena *arena, int64_t job_id, struct score_job *ret_job) MUST_CHECK;

/* What became of a request to cancel a ranking. */
enum score_job_cancelling { SCORE_CANCEL_NO_JOB, SCORE_CANCEL_ENDED, SCORE_CANCEL_DONE, SCORE_CANCEL_ASKED };
/* Ends a waiting ranking at once and a running one at its next step, which keeps nothing of it, with its audit event. */
enum err score_job_cancel(struct db *db, struct arena *arena, int64_t job_id, int64_t staff_id, int64_t now_us,
                          enum score_job_cancelling *ret_end) MUST_CHECK;

/* ---- for the worker (DB_ROLE_WORKER) ---- */

/* How far a job is; a step commits by itself and is seen at once. */
struct score_progress {
    struct db *db;
    struct db *beside; /* another connection, for what is to be seen while a transaction of `db` is open; may be NULL */
    int64_t job_id;
    int32_t done_count, total_count;
    struct bank_vault *vault; /* opens keys; the worker's */
    const atomic_bool *stopping; /* the worker is to end: a long job gives itself back (ERR_OVERLOAD); may be NULL */
};
/* Says that `done` of `total` steps are done. Not within a transaction. */
enum err score_progress_set(struct score_progress *progress, int32_t done, int32_t total) MUST_CHECK;

/* The same from within a transaction, beside it. *ret_cancelled: somebody asked for the end. Without a second connection,
 * or where that fails, nothing is said and the work goes on. */
void score_progress_note(struct score_progress *progress, int32_t done, int32_t total, bool *ret_cancelled);

/* The message of a job that stopped because it was cancelled. */
#define SCORE_JOB_CANCELLED_MESSAGE "cancelled"
/* The work of a kind. ERR_NONE with *ret_message "" (as it was given): done; with a stable key ("no-candidates"):
 * failed, and somebody must act. An error of the database's availability is tried again later, any other fails the job
 * under its key. The arena is the job's own. */
typedef enum err score_job_fn(struct db *db, struct arena *arena, const struct score_job *job,
                              struct score_progress *progress, const char **ret_message);

/* Takes the oldest job that waits or whose worker is gone, of the kinds that have a function (NULL: of any kind);
 * *ret_job->job_id 0: there is none. */
enum err score_job_take(struct db *db, struct arena *arena, score_job_fn *const functions[SCORE_JOB_KIND_COUNT],
                        int64_t now_us, struct score_job *ret_job) MUST_CHECK;
/* Ends a job that was taken: done when `message` is "", cancelled or failed otherwise. */
enum err score_job_finish(struct db *db, int64_t job_id, const char *message, int64_t now_us) MUST_CHECK;
/* Takes one job and runs it by `functions` (one per kind; NULL: it is left to another worker). *ret_ran: there was one.
 * `beside` may be NULL. Returns an error of availability that the job met, after giving the job back: wait before trying again. */
enum err score_job_run(struct db *db, struct db *beside, struct bank_vault *vault, score_job_fn *const functions[SCORE_JOB_KIND_COUNT],
                       const atomic_bool *stopping, int64_t now_us, bool *ret_ran) MUST_CHECK;

#endif
