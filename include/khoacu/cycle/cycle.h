/* cycle.h: a recruitment cycle: its rule pack, agencies, posts with quotas, candidates and their access codes.
 *
 *   preparing -> round1 -> round2 -> ranking -> released
 *   (round1: the first shift has begun; round2: blind codes were made; ranking: first list; released: first
 * publication)
 *
 * A cycle pins one version of one rule pack when it is made, for ever. Posts and candidates come in by
 * import, all rows or none; the same file again changes nothing, a file with other values changes what differs. What
 * nobody may change any more is locked by the state, for whoever asks:
 *
 *                                                       preparing   round1, round2   ranking, released
 *   posts, quotas, agencies                             free        locked           locked
 *   new candidates; post, classes, preferences          free        locked           locked
 *   name and date of birth (a clerk's error)            free        free             locked
 *
 * Why: the notice binds; it may be changed only before the examination is opened (Decree 170/2025/ND-CP as amended by
 * 300/2026/ND-CP). Imports of one cycle follow each other: each holds the cycle's row until it has committed.
 *
 * Limits: 100,000 candidates, 2,000 posts, 20 agencies a post, 8 priority classes a candidate.
 *
 * Used by: every module to its right, api. Uses: ledger, identity (codes), pack, base, doc, crypto, db. Threads: that
 * of the struct db; the rules are pure.
 */
#ifndef KHOACU_CYCLE_CYCLE_H
#define KHOACU_CYCLE_CYCLE_H

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"
#include "khoacu/base/err.h"
#include "khoacu/db/db.h"
#include "khoacu/doc/import.h"
#include "khoacu/identity/secret.h"
#include "khoacu/rank/rank.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CYCLE_EXTRA_TIME_MAX 200 /* percent of the working time */
#define CYCLE_EMAIL_MAX 254
#define CYCLE_CANDIDATES_MAX 100000
#define CYCLE_POSTS_MAX 2000
#define CYCLE_AGENCIES_MAX 20 /* of a post */
#define CYCLE_CLASSES_MAX 8   /* of a candidate */

/* X(name, key as in cycle.state) */
#define CYCLE_STATE_TABLE(X)                                                                                           \
    X(PREPARING, "preparing")                                                                                          \
    X(ROUND1, "round1")                                                                                                \
    X(ROUND2, "round2")                                                                                                \
    X(RANKING, "ranking")                                                                                              \
    X(RELEASED, "released")

enum cycle_state {
#define X(name, key) CYCLE_##name,
    CYCLE_STATE_TABLE(X)
#undef X
        CYCLE_STATE_COUNT
};
const char *cycle_state_key(enum cycle_state state);
/* False: no such state. */
bool cycle_state_parse(const char *key, enum cycle_state *ret_state);

/* ---- rules: facts in, verdict out ---- */

/* Codes of cycles and banks: 2 to 40 of A-Z, 0-9 and '-', none of which comes first but letters and digits. Of posts,
 * agencies, forms and shifts: the same, 1 to 20. Roll numbers: 2 to 20 of A-Z, 0-9 and '-'. */
bool cycle_code_valid(const char *code);
bool cycle_short_code_valid(const char *code);
bool cycle_roll_number_valid(const char *roll_number);

/* What may still change in a state: the table above. */
bool cycle_posts_free(enum cycle_state state);
bool cycle_applications_free(enum cycle_state state);
bool cycle_persons_free(enum cycle_state state);

/* The smallest count at a component with which its gates hold; its maximum + 1 when none does. */
int64_t cycle_pass_count(const struct rank_pack *rules, uint8_t component);

/* How far a cycle is. */
struct cycle_counts {
    int64_t posts, candidates, forms, shifts;
    int64_t without_code, without_seat; /* candidates */
    int64_t shifts_open;                /* not closed yet */
    int64_t shifts_late;                /* not closed and past their end */
    int64_t scored;                     /* candidates with a result of round 1, of whatever kind */
    int64_t counted, passed, absent;    /* of these, by the last count */
    struct {
        int64_t total, marked;
    } written, interview; /* scripts of round 2 */
    bool frozen;          /* marks */
    bool no_round1;       /* the pack has no part that a computer counts */
    bool staged, stage_open; /* cycle_pack_staged; the marks of the written part are frozen, and who passed goes on */
    int64_t field_min;    /* a post with fewer candidates is not held; 0: none */
    bool waives;          /* a certificate can stand in for the part that a computer counts */
};
/* The newest list of a cycle. */
struct cycle_run {
    int64_t run_id; /* 0: there is none */
    int64_t version, computed_us, candidates, selected, unresolved;
    const char *cause, *computed_by;
    const char *verdict, *approved_by; /* "approved", "refused"; NULL: nobody has decided */
    int64_t approved_us;
    int64_t release_version, published_us; /* 0: not published */
};
/* X(name, key for the catalogues "cycle.next.…") */
#define CYCLE_STEP_TABLE(X)                                                                                            \
    X(POSTS, "posts")           /* import posts */                                                                     \
    X(CANDIDATES, "candidates") /* import candidates */                                                                \
    X(FORM, "form")             /* draw and seal a form */                                                             \
    X(SHIFT, "shift")           /* schedule a shift: there are candidates without a seat */                            \
    X(CODES, "codes")           /* issue access codes */                                                               \
    X(SITTING, "sitting")       /* round 1 waits for its time or is under way */                                       \
    X(CLOSE, "close")           /* a shift is past its end and not closed */                                           \
    X(ROUND2, "round2")         /* make blind codes */                                                                 \
    X(STAGE, "stage")           /* freeze the written part and open the next stage for those who passed */              \
    X(MARKING, "marking")       /* marks are missing */                                                                \
    X(FREEZE, "freeze")         /* freeze the marks */                                                                 \
    X(RUN, "run")               /* compute the list */                                                                 \
    X(TIES, "ties")             /* record the decision of a tie */                                                     \
    X(APPROVE, "approve")       /* a second officer decides */                                                         \
    X(PUBLISH, "publish")                                                                                              \
    X(DONE, "done")                                                                                                    \
    X(NONE, "none") /* nobody passed round 1: nothing is left to do */

enum cycle_step {
#define X(name, key) CYCLE_STEP_##name,
    CYCLE_STEP_TABLE(X)
#undef X
        CYCLE_STEP_COUNT
};
const char *cycle_step_key(enum cycle_step step);
/* The one thing that comes next. `newest` has run_id 0 when no list was computed. */
enum cycle_step cycle_next_step(const struct cycle_counts *counts, const struct cycle_run *newest);

/* ---- the cycle ---- */

struct cycle {
    int64_t cycle_id; /* 0: there is none */
    const char *code, *title_vi, *title_en, *authority_vi, *authority_en, *notice;
    const char *notice_on; /* "2026-10-01" */
    const char *applications_until; /* the same, or NULL: not said */
    const char *pack_id;
    int64_t pack_version;
    int64_t written_max, interview_max; /* hundredths; 0: no such part */
    bool demonstration;
    enum cycle_state state;
};
/* cycle_id 0: no cycle of this code. */
enum err cycle_find(struct db *db, struct arena *arena, const char *code, struct cycle *ret_cycle) MUST_CHECK;

/* Holds the cycle's row to the end of the transaction, so that imports and schedules of one cycle follow each other,
 * and reads its state. Requires: a transaction of the server's role. */
enum err cycle_lock(struct db *db, struct arena *arena, int64_t cycle_id, enum cycle_state *ret_state) MUST_CHECK;

struct cycle_list {
    struct cycle *cycles; /* newest first, at most 500 */
    size_t count;
};
enum err cycle_list_read(struct db *db, struct arena *arena, struct cycle_list *ret_list) MUST_CHECK;

enum cycle_create_verdict {
    CYCLE_CREATED,
    CYCLE_CODE_TAKEN,
    CYCLE_PACK_UNKNOWN,
    CYCLE_SCALES_UNFIT /* the pack does not allow round 2 to be shared out like this: *ret_misfit */
};
/* Makes a cycle (cycle_id and state are ignored; pack_version 0: the newest); the pack is taken into the database when it only comes
 * with the program. Requires: valid code and date, texts within 300 (notice: 20,000) code points. *ret_misfit.reason: "sum",
 * the parts do not share 100 marks; "fixed", the pack fixes them; or what cycle_pack_bind says. Side effects: event
 * cycle.create. */
enum err cycle_create(struct db *db, struct arena *arena, const struct cycle *cycle, int64_t staff_id, int64_t now_us,
                      enum cycle_create_verdict *ret_verdict, int64_t *ret_cycle_id,
                      struct rank_misfit *ret_misfit) MUST_CHECK;

/* What the pack says, with the cycle's scales in it. */
struct cycle_rules {
    struct rank_pack rank;
    uint8_t computer;  /* the component that a computer counts in round 1, or RANK_NONE */
    int64_t questions; /* of that component */
    bool staged;       /* cycle_pack_staged */
    bool common_clock, two_persons; /* as the pack's "sitting" says */
    bool waives;       /* a certificate can stand in for `computer` */
};
enum err cycle_rules_read(struct db *db, struct arena *arena, const struct cycle *cycle,
                          const struct cycle_rules **ret_rules) MUST_CHECK;

struct cycle_post {
    int64_t post_id;
    const char *code, *title;
    int64_t quota, applicants; /* quota: of all agencies together */
    size_t agency_count;
    const int64_t *agency_ids; /* by code of the agency */
    const char *const *agency_codes, *const *agency_names;
    const int64_t *agency_quotas;
};
struct cycle_posts {
    struct cycle_post *posts; /* by code, bytewise */
    size_t count;
};
enum err cycle_posts_read(struct db *db, struct arena *arena, int64_t cycle_id,
                          struct cycle_posts *ret_posts) MUST_CHECK;
/* NULL: none of this code. */
const struct cycle_post *cycle_post_find(const struct cycle_posts *posts, const char *code);

struct cycle_form {
    int64_t form_id, item_count, sealed_us;
    const char *code, *sha256, *sections; /* sections: JSON of form/section.h */
};
struct cycle_shift {
    int64_t shift_id, starts_us, ends_us, minutes;
    const char *code, *form_code, *clock, *state;
    int64_t assigned, open, submitted, closed, absent; /* sittings by state */
};
struct cycle_progress {
    struct cycle_posts posts;
    struct cycle_counts counts;
    struct cycle_form *forms; /* oldest first; these and the following at most 200 */
    size_t form_count;
    struct cycle_shift *shifts; /* by start */
    size_t shift_count;
    struct cycle_run *runs; /* newest first */
    size_t run_count;
    enum cycle_step next;
};
/* Why it reads tables of later modules: a cycle's page shows the whole way; rows are read, nobody is called. */
enum err cycle_progress_read(struct db *db, struct arena *arena, const struct cycle *cycle, int64_t now_us,
                             struct cycle_progress *ret_progress) MUST_CHECK;

/* ---- imports: import_fn of doc/import.h ---- */

/* post_code, post_title, agency_code, agency_name, quota: a row per post and agency; several rows make a joint post. */
extern const struct import_column CYCLE_POST_COLUMNS[];
enum err cycle_import_posts(struct db *db, struct arena *arena, const struct import_request *request,
                            struct import_report *report) MUST_CHECK;
/* roll_number, full_name, birth_date, post_code, priority_classes, agency_preferences. The preferences of a joint post
 * are one or more of its agencies, best liked first; that of a post with one agency may be left empty. */
extern const struct import_column CYCLE_CANDIDATE_COLUMNS[];
enum err cycle_import_candidates(struct db *db, struct arena *arena, const struct import_request *request,
                                 struct import_report *report) MUST_CHECK;

/* roll_number, credential, issued_on, reference, mark: certificates by which the pack lets candidates skip the part that a computer
 * counts. Judged by the cycle's last day of applications; who has one needs no seat and is exempt. Nobody who has a seat, a result or
 * another certificate already. Side effects: event cycle.credentials_import. */
extern const struct import_column CYCLE_CREDENTIAL_COLUMNS[];
enum err cycle_import_credentials(struct db *db, struct arena *arena, const struct import_request *request,
                                  struct import_report *report) MUST_CHECK;

/* ---- candidates ---- */

struct cycle_candidate {
    const char *roll_number, *full_name, *birth_date, *post_code;
    const char *const *classes;  /* of the pack, as accepted */
    const char *const *agencies; /* codes in order of preference */
    size_t class_count, agency_count;
    bool has_code; /* an access code was issued */
    const char *credential, *credential_on; /* type of the certificate and day of its issue; NULL: none */
};
struct cycle_candidate_page {
    struct cycle_candidate *candidates; /* by roll number */
    size_t count;
    bool more;
    int64_t total; /* that match */
};
/* Up to `limit` (1..200) candidates whose roll number sorts behind `after`. `search` finds a part of the roll number or
 * of the name, without case and with or without diacritics; "" finds all. */
enum err cycle_candidates_read(struct db *db, struct arena *arena, int64_t cycle_id, const char *search,
                               const char *after, size_t limit, struct cycle_candidate_page *ret_page) MUST_CHECK;

/* ---- access codes ---- */

enum cycle_codes_scope {
    CYCLE_CODES_MISSING, /* those without one */
    CYCLE_CODES_ALL,
    CYCLE_CODES_LISTED /* the roll numbers given: a code was lost */
};
struct cycle_codes {
    const struct cycle *cycle;
    enum cycle_codes_scope scope;
    const char *const *roll_numbers; /* of LISTED */
    size_t roll_count;
    int64_t staff_id, now_us;
};
enum cycle_codes_verdict {
    CYCLE_CODES_ISSUED,
    CYCLE_CODES_ROLL_UNKNOWN /* one of those listed is no candidate; nothing was changed */
};
/* Makes access codes of 80 random bits and writes them, this once, as CSV: roll_number, full_name, access_code; only
 * their keyed hash is kept. A new code ends the candidate's log-ins and cuts their saves off. Side effects: event
 * cycle.codes_issue with the number of codes. `out` holds secrets: wipe it after use. */
enum err cycle_codes_issue(struct db *db, struct arena *arena, const struct identity_secret *secret,
                           const struct cycle_codes *codes, enum cycle_codes_verdict *ret_verdict,
                           struct buf *out) MUST_CHECK;

#endif
