/* rekey.h: wrong keys and bad questions: from the release of a key to the re-score of everybody.
 *
 *   review     asked for, when every shift of the form is closed --released by another person--> the worker writes the key
 *                                                                 --refused-->                  nothing
 *   challenge  filed by a candidate who sat it, within the time of the review; may be taken back in that time
 *   proposal   decisions on questions --preview by the worker--> --confirmed by another person--> a new version of the key
 *                                                               --refused-->                     nothing
 *   version    1 is the sealed key; written --every sitting scored again--> applied
 *
 * A version of a form's key lies beside the sealed form, which never changes. It says of each position what was decided
 * (settle.h) and which keys count. Its hash: SHA-256 of the canonical JSON (RFC 8785) of {"form": hash of the form,
 * "items": [[position, decision, [key document, …]], …], "version": number}.
 *
 *   stands     as it is in the version before
 *   drop       not asked: the form has one question fewer, and shares of gates are taken of those left
 *   all_right  right for everybody who sat, answered or not
 *   several    each of the further keys counts beside those there; an answer earns by the best of them
 *   new_key    one key in place of those there
 *
 * A key is a whole key document of the item (item.h), worth the same points. Essays and files have none.
 *
 * Invariants, kept by the database itself (sql/functions/score-rekey.sql): before its release no key is outside the vault;
 * whoever asked or proposed does not release or confirm; nothing is confirmed before its effect was computed; nothing of
 * all this is ever changed; both results of every sitting stay.
 *
 * Used by: api, result (preview, correction), main. Uses: sitting, bank, item, settle, ledger, base, json, crypto, db.
 * Threads: that of the struct db; what takes no db is pure.
 */
#ifndef KHOACU_SCORE_REKEY_H
#define KHOACU_SCORE_REKEY_H

#include "khoacu/score/score.h"
#include "khoacu/settle/settle.h"

#define REKEY_KEYS_MAX 8 /* that a position may have */
#define REKEY_REASON_MAX 2000
#define REKEY_SOURCE_MAX 500

/* ---- keys ---- */

/* One decision: of a proposal, or what a version says of a position. */
struct rekey_row {
    int64_t position;      /* canonical */
    uint8_t decision;      /* enum settle_rekey */
    const char *key_texts; /* JSON array of key documents: of a proposal the further or new ones, else all that count */
    const char *reason;    /* of a proposal */
};
/* Changes a key in memory by a proposal. ERR_STATE: a document that is no key of its item. Pure. */
enum err rekey_change(struct arena *arena, struct score_key *key, const struct rekey_row *rows, size_t count) MUST_CHECK;
/* A key in its newest version from what was released alone, for whoever may not read the vault's keys. ERR_DB_NO_ROW: it was
 * never released. */
enum err rekey_released_read(struct db *db, struct bank_vault *vault, struct arena *arena, int64_t form_id,
                             struct score_key *ret_key) MUST_CHECK;
/* What is wrong with a row of a proposal on the key as it is: faults of item.h under "keys[n].…", and the rules "points"
 * (another worth), "not-scored" (an essay or a file), "count". True: nothing; *ret_row then has its documents in canonical form. */
bool rekey_row_fits(struct arena *arena, const struct score_key *key, const struct rekey_row *row, const struct json *keys,
                    struct item_faults *faults, struct rekey_row *ret_row);
/* The right answers of a position as they would stand in the log (form/answer.h), a JSON array; of numbers and texts the
 * accepted ones in words. NULL: no memory. */
const char *rekey_shown(struct arena *arena, const struct score_key *key, int position);
/* The text whose hash names the version. NULL: no memory. */
const char *rekey_text(struct arena *arena, const struct score_key *key, const uint8_t form_sha256[CRYPTO_SHA256_LEN]);
const char *rekey_decision_key(uint8_t decision);

/* ---- every sitting of a form (DB_ROLE_WORKER) ---- */

/* What a question did, for people to look at. */
struct rekey_statistic {
    int64_t answered, right, marks[FORM_MARKS_MAX + 1]; /* how often each canonical mark was chosen; 0: nothing */
    double sum, squares, rest, rest_squares, products;  /* of points and of the points of all others */
};
struct rekey_statistics {
    int64_t sittings; /* that counted */
    struct rekey_statistic positions[SITTING_POSITIONS_MAX + 1];
};
void rekey_statistics_add(struct rekey_statistics *statistics, const struct score_key *key, const struct sitting_answers *answers,
                          const struct score_count *count);
/* [{position, answered, right, facility, item_rest, marks}] as the database keeps it; facility and item_rest are decimals
 * with three places, null where they say nothing. */
const char *rekey_statistics_text(struct arena *arena, const struct score_key *key, const struct rekey_statistics *statistics);

/* One ended sitting; `absent`: without answers. */
struct rekey_sitting {
    int64_t candidate_id;
    bool absent;
    struct sitting_answers answers;
};
typedef enum err rekey_each_fn(void *ctx, const struct rekey_sitting *sitting);
/* Walks every ended sitting of every shift of the form, room by room. */
enum err rekey_walk(struct db *db, int64_t form_id, rekey_each_fn *each, void *ctx) MUST_CHECK;
/* Rooms of the form, in a fixed order. */
enum err rekey_rooms(struct db *db, struct arena *arena, int64_t form_id, const int64_t **ret_room_ids, size_t *ret_count) MUST_CHECK;
/* The worth and the number of questions of a key whose fixes were changed. */
void rekey_sum(struct score_key *key);

struct rekey_proposal {
    int64_t proposal_id, review_id, form_id, cycle_id, base_version;
    int64_t proposed_by, decided_by; /* 0: no word yet */
    const char *form_code, *reason;
    bool confirmed;
    struct rekey_row *rows;
    size_t count;
};
/* ERR_DB_NO_ROW: there is none. */
enum err rekey_proposal_read(struct db *db, struct arena *arena, int64_t proposal_id, struct rekey_proposal *ret_proposal) MUST_CHECK;

/* Writes a version of a key with what it says, within the caller's transaction; proposal 0: the sealed key. */
enum err rekey_version_write(struct db *db, struct arena *arena, int64_t form_id, int64_t review_id, int64_t proposal_id,
                             const struct score_key *key, int64_t now_us, char ret_sha256[65]) MUST_CHECK;
/* Says that every sitting was scored by it; a second time (*ret_first false) changes nothing. */
enum err rekey_applied_write(struct db *db, struct arena *arena, int64_t form_id, const struct score_key *key,
                             const struct rekey_statistics *statistics, int64_t now_us, bool *ret_first) MUST_CHECK;
/* Statistics of every counted sitting by that key. */
enum err rekey_statistics_count(struct db *db, int64_t form_id, const struct score_key *key,
                                struct rekey_statistics *statistics) MUST_CHECK;
/* The job of kind key_release: subject a released review. Side effects: event score.key_release. */
score_job_fn rekey_job_release;

/* ---- acts of people ---- */

/* X(name, word of SQL) */
#define REKEY_OUTCOME_TABLE(X)                                                                                         \
    X(DONE, "done")                                                                                                    \
    X(UNKNOWN, "unknown")                                                                                              \
    X(NOT_CLOSED, "not_closed")     /* a shift of the form is not closed, or there is none */                          \
    X(EXISTS, "exists")             /* the form has a review; the candidate has a challenge there */                   \
    X(DECIDED, "decided")                                                                                              \
    X(SAME_PERSON, "same_person")                                                                                      \
    X(NOT_RELEASED, "not_released")                                                                                    \
    X(PENDING, "pending")           /* a confirmed correction is still being applied */                                \
    X(NO_PREVIEW, "no_preview")                                                                                        \
    X(STALE, "stale")               /* the key has changed since */                                                    \
    X(NONE, "none")                 /* there is nothing to challenge, or no such challenge of hers */                  \
    X(EARLY, "early")                                                                                                  \
    X(LATE, "late")                                                                                                    \
    X(NOT_SAT, "not_sat")                                                                                              \
    X(LIMIT, "limit")                                                                                                  \
    X(AGAIN, "again")
enum rekey_outcome {
#define X(name, word) REKEY_##name,
    REKEY_OUTCOME_TABLE(X)
#undef X
        REKEY_OUTCOME_COUNT
};

struct rekey_opening {
    int64_t form_id, opens_us, closes_us, staff_id, now_us;
    const char *reason;
};
/* Asks for a review. Outcomes: DONE, UNKNOWN, NOT_CLOSED, EXISTS. Side effects: event score.key_review. */
enum err rekey_open(struct db *db, struct arena *arena, const struct rekey_opening *opening, enum rekey_outcome *ret_outcome,
                    int64_t *ret_review_id) MUST_CHECK;
struct rekey_word {
    int64_t id; /* of the review or proposal */
    bool yes;   /* released, confirmed */
    const char *reason;
    int64_t staff_id, now_us;
};
/* The second person's word on a review; a release asks the worker to write the key: *ret_job_id. Outcomes: DONE, UNKNOWN,
 * DECIDED, SAME_PERSON. Side effects: event score.key_review_decide. */
enum err rekey_release(struct db *db, struct arena *arena, const struct rekey_word *word, enum rekey_outcome *ret_outcome,
                       int64_t *ret_job_id) MUST_CHECK;
struct rekey_challenging {
    int64_t candidate_id, form_id, position, now_us;
    const char *reason, *source;
};
/* Outcomes: DONE, NONE, EARLY, LATE, NOT_SAT, EXISTS, LIMIT. Side effects: event score.key_challenge. */
enum err rekey_challenge(struct db *db, struct arena *arena, const struct rekey_challenging *challenging,
                         enum rekey_outcome *ret_outcome, int64_t *ret_challenge_id) MUST_CHECK;
/* Outcomes: DONE, AGAIN, NONE, LATE. Side effects: event score.key_challenge_withdraw. */
enum err rekey_withdraw(struct db *db, struct arena *arena, int64_t candidate_id, int64_t challenge_id, int64_t now_us,
                        enum rekey_outcome *ret_outcome) MUST_CHECK;
struct rekey_proposing {
    int64_t review_id, staff_id, now_us;
    const char *reason;
    const struct rekey_row *rows; /* that fit */
    size_t count;
};
/* Proposes, and asks the worker for the preview. Outcomes: DONE, UNKNOWN, NOT_RELEASED, PENDING. Side effects: event
 * score.key_propose. */
enum err rekey_propose(struct db *db, struct arena *arena, const struct rekey_proposing *proposing, enum rekey_outcome *ret_outcome,
                       int64_t *ret_proposal_id, int64_t *ret_job_id) MUST_CHECK;
/* The second person's word on a proposal; where it changes the key, the worker is asked to score again: *ret_job_id, else
 * 0. Outcomes: DONE, UNKNOWN, DECIDED, SAME_PERSON, NO_PREVIEW, PENDING, STALE. Side effects: event score.key_decide. */
enum err rekey_decide(struct db *db, struct arena *arena, const struct rekey_word *word, enum rekey_outcome *ret_outcome,
                      int64_t *ret_job_id) MUST_CHECK;

/* ---- what there is ---- */

struct rekey_review {
    int64_t review_id, form_id, cycle_id; /* review 0: none was asked for */
    const char *form_code, *cycle_code;
    int64_t questions, opens_us, closes_us, opened_us, decided_us;
    const char *reason, *opened_by, *verdict, *verdict_reason, *decided_by; /* verdict NULL: no word yet */
    int64_t opened_by_id;
    bool shifts_closed;
    int64_t version;    /* newest of the key; 0: the worker has not written it */
    bool pending;       /* a correction is being applied */
    int64_t challenges; /* that were not taken back */
};
/* Each form of a cycle that is sat, with its newest review. *ret_count 0: no such cycle, or no form. */
enum err rekey_form_list(struct db *db, struct arena *arena, const char *cycle_code, struct rekey_review **ret_reviews,
                         size_t *ret_count) MUST_CHECK;
/* ERR_DB_NO_ROW: there is none. */
enum err rekey_review_read(struct db *db, struct arena *arena, int64_t review_id, struct rekey_review *ret_review) MUST_CHECK;
/* The released review of a form that its candidates may see; review_id 0: none. */
enum err rekey_review_own(struct db *db, struct arena *arena, int64_t form_id, struct rekey_review *ret_review) MUST_CHECK;

/* What the newest version says of a position, and the last confirmed word on it. */
struct rekey_position {
    int64_t position;
    const char *decision, *key_texts, *shown;
    const char *decided, *reason; /* last confirmed decision, NULL: none yet */
    int64_t decided_us;
};
enum err rekey_positions(struct db *db, struct arena *arena, int64_t form_id, struct rekey_position **ret_positions,
                         size_t *ret_count) MUST_CHECK;
/* Statistics of the newest version that was applied, or NULL. */
enum err rekey_statistics_read(struct db *db, struct arena *arena, int64_t form_id, const char **ret_text, int64_t *ret_sittings) MUST_CHECK;

struct rekey_challenge_line {
    int64_t challenge_id, position, filed_us, withdrawn_us;
    const char *roll_number, *reason, *source;
};
/* Challenges of a review by position and time, of one candidate or (0) of all; at most 5,000. */
enum err rekey_challenges(struct db *db, struct arena *arena, int64_t review_id, int64_t candidate_id,
                          struct rekey_challenge_line **ret_lines, size_t *ret_count) MUST_CHECK;

struct rekey_proposal_line {
    int64_t proposal_id, base_version, proposed_us, decided_us, proposed_by_id;
    const char *proposed_by, *reason, *verdict, *decided_by, *verdict_reason, *report;
    int64_t version; /* that came of it; 0: none */
    bool applied;
};
/* Proposals of a review, newest first, at most 200. */
enum err rekey_proposals(struct db *db, struct arena *arena, int64_t review_id, struct rekey_proposal_line **ret_lines,
                         size_t *ret_count) MUST_CHECK;

struct rekey_preview_line {
    const char *roll_number, *post, *outcome_before, *outcome_after;
    int64_t before, after, rank_before, rank_after; /* -1 not counted; rank 0 none */
    bool passed_before, passed_after;
};
/* Rows of a preview behind a roll number, those alone whom it touches or all; at most `limit`. */
enum err rekey_preview_rows(struct db *db, struct arena *arena, int64_t proposal_id, bool touched, const char *after, size_t limit,
                            struct rekey_preview_line **ret_lines, size_t *ret_count) MUST_CHECK;

#endif
