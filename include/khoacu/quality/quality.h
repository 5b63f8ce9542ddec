/* quality.h: statistics that people look at before they sign: of a list, and of the marking of a cycle.
 *
 * A report is computed by the worker, which alone reads keys, as a job; it is stored whole, append-only, with the hash of
 * everything that went in, and read as it was stored. The same inputs and thresholds give no second report. A report
 * decides nothing: it points at items, halls, markers and open matters. The head of the marking board may answer it by
 * asking for a re-mark, with a reason: other examiners mark, and no mark is changed.
 *
 * Numbers of a report are texts with four decimals, or null where something is not defined; counts are integers.
 *
 * About a list (run_id given):
 *   {kind: "result", run_version, thresholds {…}, forms [form …], parts [part …], open [{kind, shift_id?, shift?, count}],
 *    ties [{post, reason, total, roll_numbers}]}
 *   form {code, shifts, persons, unscored, left_out [position …], test {…psych_test, sem_at_cut?, within_sem?}|null,
 *         cut?, items [{position, code, topic, facility, …psych_item, seconds, flags [key …], suspects [{option, share, r_rest, upper,
 *         lower}]}], sites [{room, shift_id, shift, measures [{measure: "score"|"passed"|"minutes", n, own, rest, low, high, odd}]}]}
 *   part {component, max, n, mean, sd, cuts [bound …], bins [{from, to, count}]}
 * Which option is the key is not said, and options are listed only where a flag is about them: whoever may see keys looks
 * at the item.
 *
 * About marking (no run): everything by marker and blind code,
 *   {kind: "marking", parts [{component, question, max, step, marks, agreement {…}|null, icc [{…}], pairs [{…}], points [{mean,
 *    difference, count}], severity {verdict, groups, df, residual_sd}, markers [{login_name, full_name, …psych_marker, days
 *    [{day, n, mean}], steps [{blind_id, mean, high, low, alarm}], alarms}]}]}
 * A difference is a mark less the mean of the other final marks of the script; its drift is about the marker's own mean.
 *
 * The hash of the inputs: SHA-256 over the lines, in order of reading, that quality_note writes of every row.
 *
 * Used by: api, main (worker). Uses: psych, form, score (job, key), ledger, base, json, crypto, db. Threads: that of the struct db.
 */
#ifndef KHOACU_QUALITY_QUALITY_H
#define KHOACU_QUALITY_QUALITY_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/db/db.h"
#include "khoacu/psych/classical.h"
#include "khoacu/score/job.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define QUALITY_ENGINE "quality/1"
#define QUALITY_SCRIPTS_MAX 500 /* of one request to mark again */

/* Sets one threshold by name from a decimal with at most four places. *ret_rule NULL: done; else "unknown", "kind" or
 * "range". */
void quality_threshold_set(struct psych_thresholds *thresholds, const char *name, const char *text, const char **ret_rule);

/* Ask the worker for a report. *ret_found false: there is no such run, or cycle. A request under way is given again.
 * Side effects: event quality.request. */
enum err quality_result_request(struct db *db, struct arena *arena, int64_t staff_id, int64_t run_id,
                                const struct psych_thresholds *thresholds, int64_t now_us, bool *ret_found, int64_t *ret_job_id) MUST_CHECK;
enum err quality_marking_request(struct db *db, struct arena *arena, int64_t staff_id, const char *cycle_code, int64_t now_us,
                                 bool *ret_found, int64_t *ret_job_id) MUST_CHECK;

struct quality_report {
    int64_t report_id, version; /* 0: there is none yet */
    const char *engine, *body;
    char inputs_sha256[65], sha256[65];
    const char *requested_by; /* full name */
    int64_t computed_us;
};
/* The newest one. *ret_found false: there is no such run, or cycle. */
enum err quality_result_read(struct db *db, struct arena *arena, int64_t run_id, bool *ret_found,
                             struct quality_report *ret_report) MUST_CHECK;
enum err quality_marking_read(struct db *db, struct arena *arena, const char *cycle_code, bool *ret_found,
                              struct quality_report *ret_report) MUST_CHECK;

/* The jobs of kinds quality_result and quality_marking. Side effects: event quality.report where a report was stored. */
score_job_fn quality_job_result;
score_job_fn quality_job_marking;

/* Cycles with scripts, newest first, at most 200; what the head of the marking board chooses from. */
struct quality_cycle {
    const char *code, *title_vi, *title_en;
    int64_t scripts, version, computed_us; /* version 0: there is no report yet */
};
struct quality_cycles {
    struct quality_cycle *cycles;
    size_t count;
};
enum err quality_cycle_list(struct db *db, struct arena *arena, struct quality_cycles *ret_cycles) MUST_CHECK;

/* ---- re-marks ---- */

/* What became of a request. X(name, word of do_quality_remark_request); from NOT_MARKED on it is about the script at *ret_place */
#define QUALITY_REMARK_TABLE(X)                                                                                        \
    X(RECORDED, "recorded")                                                                                            \
    X(FORBIDDEN, "forbidden") /* not the head of the marking board */                                                  \
    X(OWN, "own")             /* about one's own marks */                                                              \
    X(FROZEN, "frozen")       /* after the freeze only an appeal leads to another mark */                              \
    X(NO_REPORT, "no-report") /* nothing shows why */                                                                  \
    X(UNKNOWN, "unknown")     /* no such cycle or marker */                                                            \
    X(NOT_MARKED, "not-marked") /* it has no final mark of this marker in this cycle */                                \
    X(ASKED_BEFORE, "asked-before") /* a mark of it was doubted before */                                              \
    X(ZEROED, "zeroed")       /* it counts nothing by a report */                                                      \
    X(NOBODY, "nobody")       /* is left who may mark it */                                                            \
    X(NO_DRAW, "no-draw")     /* the draw of its part was not held */
enum quality_remark_verdict {
#define X(name, word) QUALITY_REMARK_##name,
    QUALITY_REMARK_TABLE(X)
#undef X
        QUALITY_REMARK_COUNT
};
struct quality_remark {
    const char *cycle_code, *marker; /* login name */
    const int64_t *scripts;          /* blind ids, 1..QUALITY_SCRIPTS_MAX */
    size_t script_count;
    const char *reason; /* 10..2000 code points */
    int64_t staff_id, now_us;
};
/* Has scripts marked again: for each another examiner is drawn, whose mark will stand in the place of the doubted one
 * (settlement.h). All of them, or none. Side effects: event quality.remark_request; marking_remark_begin for each. */
enum err quality_remark_request(struct db *db, struct arena *arena, const struct quality_remark *remark,
                                enum quality_remark_verdict *ret_verdict, int64_t *ret_request_id, int64_t *ret_place) MUST_CHECK;

struct quality_remark_entry {
    int64_t request_id;
    const char *marker, *marker_name, *reason, *requested_by;
    int64_t requested_us, scripts, marked; /* marked: again, since */
};
struct quality_remarks {
    struct quality_remark_entry *entries; /* newest first, at most 200 */
    size_t count;
};
/* *ret_found false: there is no such cycle. */
enum err quality_remark_list(struct db *db, struct arena *arena, const char *cycle_code, bool *ret_found,
                             struct quality_remarks *ret_remarks) MUST_CHECK;

#endif
