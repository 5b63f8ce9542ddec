/* trial.h: what another rule pack would make of a cycle's frozen field, and any two of its lists side by side.
 *
 *     asked by an officer --> the worker ranks the whole field under the pack --> kept for ever, never published
 *
 * Invariants, kept by the database: a trial has no approval and no release; it is append-only. It opens the map of blind
 * codes like a list does, after the freeze alone, with an event of its own.
 * Used by: api, main (worker). Uses: ledger, cycle (pack), score (job), rank, json, db. Threads: that of the struct db.
 */
#ifndef KHOACU_RESULT_TRIAL_H
#define KHOACU_RESULT_TRIAL_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/db/db.h"
#include "khoacu/result/compare.h"
#include "khoacu/score/job.h"

#include <stdbool.h>
#include <stdint.h>

enum result_trial_verdict { RESULT_TRIAL_REQUESTED, RESULT_TRIAL_NO_CYCLE, RESULT_TRIAL_NOT_FROZEN, RESULT_TRIAL_NO_PACK };
/* Asks the worker for a trial, which will have the id *ret_trial_id. `pack_id`: of the program or of the database, its
 * newest version. Side effects: event result.trial_request. */
enum err result_trial_request(struct db *db, struct arena *arena, int64_t staff_id, const char *cycle_code, const char *pack_id,
                              const char *cause, int64_t now_us, enum result_trial_verdict *ret_verdict, int64_t *ret_job_id,
                              int64_t *ret_trial_id) MUST_CHECK;
/* The same within the caller's transaction, for a trial whose id is known: marks of a proposal on appeal under this id stand in
 * place of those that count. Side effects: event result.trial_request. */
struct result_trial_ask {
    int64_t cycle_id, trial_id, pack_version, staff_id, now_us;
    const char *cycle_code, *pack_id, *cause;
};
enum err result_trial_enqueue(struct db *db, struct arena *arena, const struct result_trial_ask *ask, int64_t *ret_job_id) MUST_CHECK;
/* The job of kind ranking_trial. Messages as of a ranking_run. */
score_job_fn result_job_ranking_trial;

struct result_trial {
    int64_t trial_id, pack_version, computed_us, selected, unresolved;
    const char *pack_id, *cause, *login_name, *full_name;
};
struct result_trials {
    struct result_trial *trials; /* newest first, at most 200 */
    size_t count;
};
enum err result_trial_list(struct db *db, struct arena *arena, const char *cycle_code, struct result_trials *ret_trials) MUST_CHECK;

/* Two lists or trials of one cycle. *ret_comparison NULL: one is not there, or they are of different cycles. The arena
 * holds both files: some ten times their size. */
enum err result_compare_stored(struct db *db, struct arena *arena, int64_t before_id, int64_t after_id,
                               struct result_comparison **ret_comparison) MUST_CHECK;

#endif
