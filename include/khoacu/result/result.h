/* result.h: from frozen marks to a published list, by several hands.
 *
 *     run (an officer asks, the worker computes) --freeze--> frozen --A signs--> --B signs--> signed --publish--> release
 *                                                              +------B refuses--> refused      +--at a time set--^
 *
 * A run collects scores, marks, priority, wishes and recorded decisions, has them ranked (rank.h), writes the public
 * file (bundle.h), checks that file as a stranger would, and stores both the file and one row a candidate, for ever.
 * Ties that nothing breaks leave the run unresolved: then the head's order is recorded, and a new run takes it up.
 * A signature names the SHA-256 of the file and needs the signer's password at that moment (identity_step_up). A time
 * that was set is kept by the worker, of whichever server; it may be taken back, with a reason, before it comes.
 *
 * Invariants, kept by the database itself (list_freeze_guard, result_signature_guard, release_schedule_guard,
 * release_withdrawal_guard, ranking_run_guard, release_guard): no run before the freeze of marks; one list of a cycle on
 * the table at a time, none with an open tie; signatures A and B of two persons, B never whoever ran it; no release
 * without both, nor before its time; versions of a cycle follow each other without a gap; nothing of it is ever changed.
 * The public texts hold no name, no date of birth and no priority class.
 *
 * The derivation of a decision is a JSON array of steps, each {step, verdict?, …facts as texts}, in the order of
 * judgement; component is computer, written, interview, project, raw (round 2's result), result or a code, with title_vi and title_en
 * where the pack names the part or formula:
 *   part {verdict: value | absent | suspended | void | exempt, component, value?, max}
 *   panel {verdict: mean | trimmed | agreed | head | chair | veto, members, sum, gap, value}   how a panel's marks became the part's
 *   criterion {title, value, max}                       the mean of what the members of the panel gave for it
 *   statistic {verdict: percentile | linear | equipercentile | standard, component, own, value}
 *   formula {verdict: its kind, or rounded, component, terms: "36.00 + 24.00", to?, take?, high?, low?, op?, bound?, value}
 *   gate {verdict: passed | failed | relieved, gate, component, op, value, bound}, cut {verdict: failed | empty, cut, component, value, bound}
 *   raw {value}, priority {verdict: points | none | capped | outside, points, whole?, cap?, low?, high?}, total {raw, priority, total}
 *   total_low {value, bound}                            of whoever fails by the total, points counted
 *   place {place, passed, seats}
 *   last_seat {value, bound}                            the total at the last seat, of whoever is below
 *   tie {verdict: won | lost | won_exempt | lost_exempt | won_manual | lost_manual | open, with?, component?, value?, bound?}   with: the others' roll numbers
 *   seat {verdict: taken | reserved | merit | kept | placed | left | exhausted | waits | open, agency?, group?, preference?}
 *   reserve {verdict?: months | unordered, place, months?}
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
    RESULT_ROUND2_NOT_EXAMINER, /* *ret_login is no active examiner, or handles scripts */
    RESULT_ROUND2_UNSETTLED     /* the next stage waits for *ret_missing scripts of the written part */
};
/* Asks the worker to open round 2 for those who passed round 1, or whose pack has no round 1, in posts that have enough
 * candidates. Where the pack makes the interview or project a stage of its own, only the written part opens; asked again
 * when its scripts are settled, the worker freezes its marks and opens the next stage for those who passed it. `logins`:
 * the examiners, none: all. Nobody is assigned yet: that is for the draw. Side effects: event result.marking_request. */
enum err result_round2_request(struct db *db, struct arena *arena, int64_t staff_id, const char *cycle_code,
                               const char *const *logins, size_t login_count, int64_t now_us,
                               enum result_round2_verdict *ret_verdict, int64_t *ret_job_id, int64_t *ret_missing,
                               const char **ret_login) MUST_CHECK;
/* The job of kind round2_open. Messages: "nobody-passed", "questions-differ", "round1-incomplete", "pack-unfit",
 * "rescore-pending", "part-unsettled", "settlement-differs CODE". */
score_job_fn result_job_round2_open;

/* ---- markers by lot, and the freeze ---- */

enum result_draw_verdict {
    RESULT_DRAW_REQUESTED,
    RESULT_DRAW_NO_CYCLE,
    RESULT_DRAW_NONE,     /* nothing was committed to for this part */
    RESULT_DRAW_HELD,     /* before */
    RESULT_DRAW_UNDER_WAY /* with the numbers of whoever asked first */
};
/* Asks the worker to hold a draw (draw.h). Side effects: event marking.draw_request. */
enum err result_draw_request(struct db *db, struct arena *arena, int64_t staff_id, const char *cycle_code, const char *component,
                             const char *entropy, int64_t now_us, enum result_draw_verdict *ret_verdict,
                             int64_t *ret_job_id) MUST_CHECK;
/* The job of kind marking_draw. Messages: those of marking_draw_hold. */
score_job_fn result_job_marking_draw;

struct marking_freeze;
/* Asks the worker to settle everything again and freeze. *ret_job_id 0: it need not or cannot be asked, as *ret_freeze
 * says. Side effects: event marking.freeze_request. */
enum err result_freeze_request(struct db *db, struct arena *arena, int64_t staff_id, const char *cycle_code, const char *reason,
                               int64_t now_us, struct marking_freeze *ret_freeze, int64_t *ret_job_id) MUST_CHECK;
/* The job of kind marks_freeze. Messages: "settlement-differs CODE", "marks-missing", "stage-not-open". */
score_job_fn result_job_marks_freeze;

/* ---- runs ---- */

enum result_run_verdict { RESULT_RUN_REQUESTED, RESULT_RUN_NO_CYCLE, RESULT_RUN_NOT_FROZEN, RESULT_RUN_NO_STRIKE };
/* Asks the worker to compute a list; the run will have the id *ret_run_id. `substitution`: in place of who was struck off since the
 * newest release (else RESULT_RUN_NO_STRIKE); all others keep their seats (follow.h). Side effects: event result.run_request. */
enum err result_run_request(struct db *db, struct arena *arena, int64_t staff_id, const char *cycle_code,
                            const char *cause, bool substitution, int64_t now_us, enum result_run_verdict *ret_verdict,
                            int64_t *ret_job_id, int64_t *ret_run_id) MUST_CHECK;
/* The job of kind ranking_run. Messages: "inputs-unfit" (detail in the audit event), "pack-unfit", "questions-differ",
 * "marks-not-frozen", "self-check-failed", "rescore-pending". */
score_job_fn result_job_ranking_run;

struct result_person {
    int64_t staff_id;
    const char *login_name, *full_name;
};
/* What somebody said of a run; at_us 0: nobody has. */
struct result_word {
    struct result_person by;
    int64_t at_us;
    const char *reason, *verdict;
};
/* A winner on whose list no place was left, and the agencies that have some left. */
struct result_exhausted {
    const char *post, *roll;
    int64_t total;
    const char *const *agencies;
    size_t agency_count;
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
    struct result_word freeze, sign_a, sign_b; /* sign_b.verdict: approved or refused */
    struct result_word schedule;               /* without words */
    int64_t publish_us;                        /* the time set, with `schedule` */
    int64_t published_us;                      /* 0: not published; then as version release_version */
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
    struct result_exhausted *exhausted; /* by post, best first; at most 200 */
    size_t exhausted_count;
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
    const char *parts; /* of a public list: JSON [{max, mean, title}] of a project's criteria, or NULL */
};
struct result_filter {
    const char *post, *outcome, *search, *reason; /* NULL or "": any */
    const char *sort;                             /* "roll", "name" (given name first), "raw", "total", the highest first; NULL,
                                                     "list": by post, place and roll number */
    bool reversed;                                /* the other way round */
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

/* How the totals of a run are spread, of one post (or NULL: of all): bins of one round width, and the totals at the last seat. */
#define RESULT_BINS_MAX 16
struct result_bin {
    int64_t from, to, count; /* from <= total < to, hundredths */
};
struct result_last_seat {
    const char *post;
    int64_t total;
};
struct result_distribution {
    struct result_bin bins[RESULT_BINS_MAX];
    size_t bin_count; /* 0: nobody passed */
    int64_t passed;
    struct result_last_seat lowest, highest; /* over the posts with somebody selected; post NULL: there is none */
};
enum err result_distribution_read(struct db *db, struct arena *arena, int64_t run_id, const char *post,
                                  struct result_distribution *ret_distribution) MUST_CHECK;

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

enum result_placement_verdict {
    RESULT_PLACEMENT_RECORDED,
    RESULT_PLACEMENT_NO_CYCLE,
    RESULT_PLACEMENT_UNKNOWN_ROLL,
    RESULT_PLACEMENT_UNKNOWN_AGENCY /* none that has places of her post */
};
/* Records the council's word on the agency of a winner on whose own list no place is left. It counts in runs from then on, as
 * far as her list is exhausted in them and the agency has a place; a later word replaces it. Side effects: event
 * result.placement_decision. Why: the decrees leave open what happens then, so that a council decides and says why. */
enum err result_placement_record(struct db *db, struct arena *arena, int64_t staff_id, const char *cycle_code, const char *roll,
                                 const char *agency, const char *reason, int64_t now_us, enum result_placement_verdict *ret_verdict,
                                 int64_t *ret_number) MUST_CHECK;

enum result_freeze_verdict {
    RESULT_FROZEN, /* now or before */
    RESULT_FREEZE_NO_RUN,
    RESULT_FREEZE_TIES,
    RESULT_FREEZE_OVERTAKEN, /* another run became this version: compute a new one */
    RESULT_FREEZE_OTHER,     /* another list of the cycle waits for its signatures or its publication */
    RESULT_FREEZE_NO_QUALITY /* nobody has had its statistics computed (quality.h) */
};
/* Puts a run on the table to be signed. `document_number`: of the official document in the authority's books, or NULL.
 * Side effects: event result.list_freeze. */
enum err result_list_freeze(struct db *db, struct arena *arena, int64_t staff_id, int64_t run_id, const char *reason,
                            const char *document_number, int64_t now_us, enum result_freeze_verdict *ret_verdict) MUST_CHECK;

enum result_sign_verdict {
    RESULT_SIGNED, /* the word is recorded, whichever it is; the same word again is no other */
    RESULT_SIGN_NO_RUN,
    RESULT_SIGN_NOT_FROZEN,
    RESULT_SIGN_NOT_FIRST, /* B before A */
    RESULT_SIGN_SAME_OFFICER,
    RESULT_SIGN_DECIDED /* somebody has signed there, or the list was refused */
};
struct result_signing {
    int64_t staff_id, run_id;
    bool second;  /* signature B */
    bool approve; /* false: refuses, as B */
    const char *reason;
    int64_t step_up_id; /* of identity_step_up for RESULT_SIGN_ACT on the run */
};
#define RESULT_SIGN_ACT "result.sign"
/* Side effects: event result.sign or result.refuse. */
enum err result_run_sign(struct db *db, struct arena *arena, const struct result_signing *signing, int64_t now_us,
                         enum result_sign_verdict *ret_verdict) MUST_CHECK;

enum result_publish_verdict {
    RESULT_PUBLISHED, /* now or before; *ret_version */
    RESULT_PUBLISH_SET, /* will be, at the time asked for */
    RESULT_PUBLISH_NO_RUN,
    RESULT_PUBLISH_NOT_SIGNED,
    RESULT_PUBLISH_HAS_TIME, /* a time is set: withdraw it first */
    RESULT_PUBLISH_PAST,     /* the time asked for is over */
    RESULT_PUBLISH_OVERTAKEN
};
/* `at_us` 0: now. Side effects: event result.publish or result.schedule. */
enum err result_run_publish(struct db *db, struct arena *arena, int64_t staff_id, int64_t run_id, int64_t at_us, int64_t now_us,
                            enum result_publish_verdict *ret_verdict, int64_t *ret_version) MUST_CHECK;
enum result_withdraw_verdict { RESULT_WITHDRAWN, RESULT_WITHDRAW_NO_TIME, RESULT_WITHDRAW_LATE };
/* Takes back the time that was set. Side effects: event result.schedule_withdraw. */
enum err result_release_withdraw(struct db *db, struct arena *arena, int64_t staff_id, int64_t run_id, const char *reason,
                                 int64_t now_us, enum result_withdraw_verdict *ret_verdict) MUST_CHECK;
/* Publishes every list whose time has come, each once however many workers call; *ret_count how many this one did.
 * Requires: the worker's role. Side effects: events result.publish. */
enum err result_due_publish(struct db *db, int64_t now_us, int64_t *ret_count) MUST_CHECK;

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
    const char *document_number; /* or NULL */
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
/* The same of a run that may not be published: published_us 0 then. */
enum err result_run_release(struct db *db, struct arena *arena, int64_t run_id, bool *ret_found, struct result_release *ret_release) MUST_CHECK;
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

/* The newest published decision on one candidate; version 0: there is none yet. */
struct result_own {
    int64_t version;
    const char *cycle_code;
    struct result_row row;
};
enum err result_own_read(struct db *db, struct arena *arena, int64_t candidate_id, struct result_own *ret_own) MUST_CHECK;

#endif
