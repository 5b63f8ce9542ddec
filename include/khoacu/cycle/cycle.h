/* cycle.h: a recruitment cycle: its rule pack, agencies, posts with quotas, candidates.
 *
 *   preparing -> round1 (first shift scheduled) -> round2 (blind codes made) -> ranking (first run) -> released
 *
 * Posts and candidates come in by import and may be imported again, which changes what differs. Once the cycle has
 * left «preparing», quotas, new candidates and what they applied for are locked; names and dates of birth may still be corrected
 * until the marks are frozen.
 *
 * Limits: 100,000 candidates, 2,000 posts, 20 agencies a post, 8 priority classes a candidate.
 * Why: Decree 170/2025/ND-CP as amended by 300/2026/ND-CP.
 *
 * Used by: every module to its right, api. Uses: ledger, identity (secret), base, doc, crypto, db.
 */
#ifndef KHOACU_CYCLE_CYCLE_H
#define KHOACU_CYCLE_CYCLE_H

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"
#include "khoacu/base/err.h"
#include "khoacu/db/db.h"
#include "khoacu/doc/import.h"
#include "khoacu/identity/secret.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cycle {
    int64_t cycle_id; /* 0: there is none */
    const char *code, *title_vi, *title_en, *authority_vi, *authority_en, *notice, *notice_on, *pack_id, *state;
    int64_t pack_version, written_max, interview_max; /* marks in hundredths */
    bool demonstration;
};
enum err cycle_find(struct db *db, struct arena *arena, const char *code, struct cycle *ret_cycle) MUST_CHECK;

struct cycle_page {
    struct cycle *cycles; /* newest first */
    size_t count;
};
/* At most 500, the newest. */
enum err cycle_list(struct db *db, struct arena *arena, struct cycle_page *ret_page) MUST_CHECK;

enum cycle_create_verdict { CYCLE_CREATED, CYCLE_CODE_WRONG, CYCLE_CODE_TAKEN, CYCLE_PACK_UNKNOWN, CYCLE_SHARES_WRONG, CYCLE_DATE_WRONG };
/* Pins the newest version of the pack. The written and the interview maximum must make 100.00. */
enum err cycle_create(struct db *db, struct arena *arena, const struct cycle *cycle, int64_t staff_id, int64_t now_us,
                      enum cycle_create_verdict *ret_verdict, int64_t *ret_cycle_id) MUST_CHECK;

/* How far the cycle is, as one JSON object: posts, counts, forms, shifts, scripts, runs, next_step. */
enum err cycle_progress(struct db *db, struct arena *arena, int64_t cycle_id, const char **ret_json) MUST_CHECK;

extern const struct import_column CYCLE_POST_COLUMNS[], CYCLE_CANDIDATE_COLUMNS[];
enum err cycle_import_posts(struct db *db, struct arena *arena, const struct import_request *request, struct import_report *report) MUST_CHECK;
enum err cycle_import_candidates(struct db *db, struct arena *arena, const struct import_request *request,
                                 struct import_report *report) MUST_CHECK;

struct cycle_candidate {
    const char *roll_number, *full_name, *birth_date, *post_code;
    const char *classes, *agencies; /* JSON arrays of codes */
};
struct cycle_candidate_page {
    struct cycle_candidate *candidates; /* by roll number */
    size_t count;
    bool more;
    int64_t total;
};
/* `search` finds a roll number's beginning or a part of a name, with or without diacritics; "" for all. */
enum err cycle_candidates(struct db *db, struct arena *arena, int64_t cycle_id, const char *search, const char *after, size_t limit,
                          struct cycle_candidate_page *ret_page) MUST_CHECK;

/* Makes access codes, for those without one or for all, and writes them once as CSV: roll_number, full_name,
 * access_code. Only their keyed hash is kept; a new code ends the candidate's log-ins. */
enum err cycle_issue_codes(struct db *db, struct arena *arena, const struct identity_secret *secret, const struct cycle *cycle,
                           bool all, int64_t staff_id, int64_t now_us, struct buf *out) MUST_CHECK;

#endif
