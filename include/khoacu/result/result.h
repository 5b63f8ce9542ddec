/* result.h: from frozen marks to a published list, by three hands.
 *
 *     run (an officer asks, the worker computes) --approve, by another officer--> approved --publish--> release
 *                                                --refuse-->  refused             (a correction is a new run)
 *
 * A run collects scores, marks, priority, wishes and recorded decisions, has them ranked (rank.h), writes the public
 * file (bundle.h), checks that file as a stranger would, and stores both the file and one row a candidate, for ever.
 * Ties that nothing breaks leave the run unresolved: then the head's order is recorded, and a new run takes it up.
 *
 * Invariants, kept by the database itself (run_approval_by_another, ranking_run_guard, release_guard): no run before
 * the freeze; no approval by the officer who ran it, nor of a run with an open tie; no release of what is not approved;
 * versions of a cycle follow each other without a gap; nothing of it is ever changed. The public texts hold no name, no
 * date of birth and no priority class.
 *
 * The derivation of a decision is a JSON array of steps, each {step, verdict?, …facts as texts}, in the order of
 * judgement; component is computer, written, interview, raw or the code of a quantity:
 *   part {verdict: value | absent | suspended | void | exempt, component, value?, max}
 *   gate {verdict: passed | failed, gate, component, op, value, bound}
 *   raw {value}, priority {verdict: points | none, points}, total {raw, priority, total}
 *   place {place, passed, seats}
 *   last_seat {value, bound}                            the total at the last seat, of whoever is below
 *   tie {verdict: won | lost | won_manual | lost_manual | open, component?, value?, bound?}
 *   seat {verdict: taken | exhausted | waits | open, agency?, preference?}
 *   choice {verdict: equal, component}                  an equal went first to an agency liked better, by that key
 *
 * Used by: api, main (worker). Uses: ledger, identity, cycle (pack), marking, score (job), rank, base, json, crypto,
 * db. Threads: that of the struct db.
 */
#ifndef KHOACU_RESULT_RESULT_H
#define KHOACU_RESULT_RESULT_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/db/db.h"
#include "khoacu/json/json.h"
#include "khoacu/rank/rank.h"
#include "khoacu/score/job.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- round 2 ---- */

enum result_round2_verdict {
    RESULT_ROUND2_REQUESTED,
    RESULT_ROUND2_NO_CYCLE,
    RESULT_ROUND2_INCOMPLETE, /* round 1 has no score yet for *ret_missing candidates */
    RESULT_ROUND2_OPEN,       /* the scripts are there already */
    RESULT_ROUND2_NO_EXAMINERS,
    RESULT_ROUND2_NOT_EXAMINER /* *ret_login is no active examiner */
};
/* Asks the worker to open round 2 for those who passed round 1. `logins`: the examiners, none: all. Side effects: event
 * result.marking_request. */
enum err result_round2_request(struct db *db, struct arena *arena, int64_t staff_id, const char *cycle_code,
                               const char *const *logins, size_t login_count, int64_t now_us,
                               enum result_round2_verdict *ret_verdict, int64_t *ret_job_id, int64_t *ret_missing,
                               const char **ret_login) MUST_CHECK;
/* The job of kind round2_open. Messages: "nobody-passed", "questions-differ", "round1-incomplete", "pack-unfit". */
score_job_fn result_job_round2_open;

/* ---- runs ---- */

enum result_run_verdict { RESULT_RUN_REQUESTED, RESULT_RUN_NO_CYCLE, RESULT_RUN_NOT_FROZEN };
/* Asks the worker to compute a list; the run will have the id *ret_run_id. Side effects: event result.run_request. */
enum err result_run_request(struct db *db, struct arena *arena, int64_t staff_id, const char *cycle_code,
                            const char *cause, int64_t now_us, enum result_run_verdict *ret_verdict,
                            int64_t *ret_job_id, int64_t *ret_run_id) MUST_CHECK;
/* The job of kind ranking_run. Messages: "inputs-unfit" (detail in the audit event), "pack-unfit", "questions-differ",
 * "marks-not-frozen", "self-check-failed". */
score_job_fn result_job_ranking_run;

struct result_person {
    int64_t staff_id;
    const char *login_name, *full_name;
};
/* An open tie: persons of one post whom nothing told apart. */
struct result_open_tie {
    const char *post, *reason; /* tied_last_seat or tied_agency */
    int64_t total;
    const char *const *rolls;
    size_t count;
};
/* A post as the run knew it. */
struct result_seat {
    const char *agency, *name;
    int64_t quota;
};
struct result_post {
    const char *code, *title;
    int64_t quota;
    struct result_seat *seats; /* by code of the agency */
    size_t seat_count;
    int64_t candidates, passed, selected, tied;
    size_t first_row, row_count; /* of a list's rows */
};
struct result_run {
    int64_t run_id, version, release_version;
    const char *cycle_code, *title_vi, *title_en, *authority_vi, *authority_en;
    bool demonstration;
    const char *cause, *engine;
    struct result_person computed_by;
    int64_t computed_us;
    char sha256[65];
    int64_t candidates, selected, unresolved;
    const char *verdict; /* approved, refused; NULL: no word yet */
    struct result_person approved_by;
    int64_t approved_us;
    const char *approval_reason;
    int64_t published_us; /* 0: not published; then as version release_version */
};
struct result_runs {
    struct result_run *runs; /* newest first */
    size_t count;
};
/* *ret_found false: there is no such cycle. At most 200 runs. */
enum err result_run_list(struct db *db, struct arena *arena, const char *cycle_code, bool *ret_found,
                         struct result_runs *ret_runs) MUST_CHECK;
struct result_run_detail {
    struct result_run run;
    struct result_post *posts; /* by code */
    size_t post_count;
    struct result_open_tie *ties;
    size_t tie_count;
};
/* *ret_found false: there is no such run (or not yet). */
enum err result_run_read(struct db *db, struct arena *arena, int64_t run_id, bool *ret_found,
                         struct result_run_detail *ret_detail) MUST_CHECK;

/* One decision as officers and the public see it; the public gets neither name nor class. */
struct result_row {
    const char *roll_number, *full_name, *post, *priority_class;
    const char *outcome, *agency, *reason, *derivation;
    int64_t rank; /* 0: did not pass; then raw and total say nothing */
    int64_t raw, priority, total;
    bool withheld; /* of a public list: only the total may be shown (bundle.h) */
};
struct result_filter {
    const char *post, *outcome, *search; /* NULL or "": any */
    int64_t after;                       /* rows to leave out: a run never changes, so that places in it are fixed */
    size_t limit;                        /* 1..200 */
};
struct result_rows {
    struct result_row *rows; /* by post, place and roll number */
    size_t count;
    int64_t total;
};
enum err result_rows_read(struct db *db, struct arena *arena, int64_t run_id, const struct result_filter *filter,
                          struct result_rows *ret_rows) MUST_CHECK;

/* ---- decisions of people ---- */

enum result_tie_verdict {
    RESULT_TIE_RECORDED,
    RESULT_TIE_NO_CYCLE,
    RESULT_TIE_UNKNOWN_ROLL,  /* *ret_index of the order */
    RESULT_TIE_DUPLICATE_ROLL /* *ret_index of the order */
};
/* Records an order among candidates whom the chain left equal. Side effects: event result.tie_decision. */
enum err result_tie_record(struct db *db, struct arena *arena, int64_t staff_id, const char *cycle_code,
                           const char *const *rolls, size_t count, const char *reason, int64_t now_us,
                           enum result_tie_verdict *ret_verdict, size_t *ret_index, int64_t *ret_number) MUST_CHECK;

enum result_approve_verdict {
    RESULT_APPROVED, /* the word is recorded, whichever it is; the same word again is no other */
    RESULT_APPROVE_NO_RUN,
    RESULT_APPROVE_SAME_OFFICER,
    RESULT_APPROVE_TIES,
    RESULT_APPROVE_DECIDED /* somebody has spoken otherwise */
};
/* `approve` false: refuses it. Side effects: event result.approve or result.refuse. */
enum err result_run_approve(struct db *db, struct arena *arena, int64_t staff_id, int64_t run_id, bool approve,
                            const char *reason, int64_t now_us, enum result_approve_verdict *ret_verdict) MUST_CHECK;

enum result_publish_verdict {
    RESULT_PUBLISHED, /* now or before; *ret_version */
    RESULT_PUBLISH_NO_RUN,
    RESULT_PUBLISH_NOT_APPROVED,
    RESULT_PUBLISH_OVERTAKEN /* another run became this version: compute a new one */
};
/* Side effects: event result.publish. */
enum err result_run_publish(struct db *db, struct arena *arena, int64_t staff_id, int64_t run_id, int64_t now_us,
                            enum result_publish_verdict *ret_verdict, int64_t *ret_version) MUST_CHECK;

/* ---- the public ---- */

/* The code under a document's QR code, which leads to /verify/CODE: the first 80 bits of the SHA-256 of the result file in
 * base32, in fours. Whoever has the file can compute it. */
#define RESULT_VERIFY_CODE_SIZE 20
#define RESULT_VERIFY_CODE_BYTES 10
void result_verify_code(const char *sha256_hex, char out[RESULT_VERIFY_CODE_SIZE]);

struct result_release {
    int64_t run_id, version;
    const char *cycle_code, *title_vi, *title_en, *authority_vi, *authority_en;
    bool demonstration;
    int64_t published_us, approved_us;
    const char *cause;
    char sha256[65];
    char verify_code[RESULT_VERIFY_CODE_SIZE];
    int64_t candidates, selected;
    const char *pack_id;
    int64_t pack_version;
    const char *pack_basis; /* references, joined by "; " */
    const char *ties;       /* JSON: [{number, post, roll_numbers, reason}] */
};
struct result_releases {
    struct result_release *releases;
    size_t count;
};
/* The newest release of each cycle, newest first; at most 200. Without pack and ties. */
enum err result_release_list(struct db *db, struct arena *arena, struct result_releases *ret_releases) MUST_CHECK;
/* All versions of one cycle, newest first; none: there is no release of such a cycle. */
enum err result_release_versions(struct db *db, struct arena *arena, const char *cycle_code,
                                 struct result_releases *ret_releases) MUST_CHECK;
/* One release with pack and ties; `version` 0: the newest. *ret_found false: there is none. */
enum err result_release_read(struct db *db, struct arena *arena, const char *cycle_code, int64_t version,
                             bool *ret_found, struct result_release *ret_release) MUST_CHECK;
/* The release whose file has this code, forgiving case, blanks and hyphens, and the newest version of its cycle. Without
 * pack and ties. *ret_found false: there is none, or it is no code. */
enum err result_release_find(struct db *db, struct arena *arena, const char *verify_code, bool *ret_found,
                             struct result_release *ret_release, int64_t *ret_newest) MUST_CHECK;
/* Its file, byte for byte. */
enum err result_release_file(struct db *db, struct arena *arena, int64_t run_id, const char **ret_text) MUST_CHECK;
struct result_release_list {
    struct result_post *posts; /* by code */
    size_t post_count;
    struct result_row *rows; /* by post, place and roll number; without name, class and derivation */
    size_t row_count;
};
enum err result_release_rows(struct db *db, struct arena *arena, int64_t run_id,
                             struct result_release_list *ret_list) MUST_CHECK;
struct result_people {
    struct result_row *rows; /* by roll number, with derivation */
    const char **birth_dates;
    size_t count;
};
/* Everybody of a release, with what she would have to name to see her result. */
enum err result_release_people(struct db *db, struct arena *arena, int64_t run_id, struct result_people *ret_people) MUST_CHECK;
/* The row of one candidate in the newest release, with its derivation. *ret_found false: unknown number, wrong date, or
 * no such cycle; each takes the same statement over the same number of rows. */
enum err result_lookup(struct db *db, struct arena *arena, const char *cycle_code, const char *roll_number,
                       const char *birth_date, bool *ret_found, struct result_row *ret_row) MUST_CHECK;

#endif
