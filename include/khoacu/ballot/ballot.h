/* ballot.h: the secret ballots by which an authority decides on an appointment after a leadership examination.
 *
 *   appointment:  open --last ballot chooses--> decided
 *                   |--nobody goes on--> stopped
 *   ballot:       prepared (slips printed) --open--> papers are cast --count, by another person--> won | fallback | head_picks | stopped
 *                                                                      head_picks --the council chair, with a reason--> picked
 *
 * The pack says which ballots there are, in which order, of whom the bar is a share, and what happens where nobody reaches
 * it (settle_ballot_count). Who goes on from one ballot stands on the next.
 *
 * Secrecy is that of the box: as many slips with random codes are printed as persons may vote, and each draws one. The
 * database keeps a keyed hash of each code, and papers without time and without person; no program ever knows who drew
 * which slip. A voter keeps a receipt, the head of a salted commitment to her paper; the receipts of a closed ballot are
 * public, and the choice cannot be read from them.
 *
 * Invariants, kept by the functions of the schema, which alone write: one paper a slip, only while the ballot is open, for a
 * name that stands on it; nothing of a paper changes; counted once, by another person than who had the slips made; never
 * more papers than persons present, nor more present than were summoned and not excused.
 * Used by: api, main (demonstration). Uses: ledger, identity (secret), cycle (pack), result (codes), settle, doc, crypto, db.
 * Threads: that of the struct db. Why: Decree 170/2025/ND-CP, Article 33 as amended by 300/2026/ND-CP; rules.md 4.
 */
#ifndef KHOACU_BALLOT_BALLOT_H
#define KHOACU_BALLOT_BALLOT_H

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"
#include "khoacu/base/err.h"
#include "khoacu/cycle/pack.h"
#include "khoacu/db/db.h"
#include "khoacu/identity/secret.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BALLOT_SUMMONED_MAX 2000
#define BALLOT_NAMES_MAX SETTLE_NAMES_MAX
#define BALLOT_RECEIPT_SIZE 20 /* "XXXX-XXXX-XXXX-XXXX" with NUL */

/* What became of an act. X(name, key): the word of the SQL function */
#define BALLOT_VERDICT_TABLE(X)                                                                                        \
    X(DONE, "done")                                                                                                    \
    X(NO_CYCLE, "no_cycle")                                                                                            \
    X(NO_BALLOTS, "no_ballots") /* the pack knows none */                                                              \
    X(NO_POST, "no_post")                                                                                              \
    X(NOT_RELEASED, "not_released")                                                                                    \
    X(EXISTS, "exists")                                                                                                \
    X(NOT_PASSED, "not_passed") /* place: of the roll number that is not of the title's list, or there twice */        \
    X(NO_APPOINTMENT, "no_appointment")                                                                                \
    X(ENDED, "ended")                                                                                                  \
    X(UNDER_WAY, "under_way") /* the ballot before has no end yet */                                                   \
    X(NO_BALLOT, "no_ballot")                                                                                          \
    X(CLOSED, "closed")                                                                                                \
    X(NOT_OPEN, "not_open")                                                                                            \
    X(SAME_PERSON, "same_person")                                                                                      \
    X(TOO_MANY_PRESENT, "too_many_present")                                                                            \
    X(TOO_MANY_PAPERS, "too_many_papers") /* more papers than persons: the ballot is held again, or the list is wrong */ \
    X(NO_SLIP, "no_slip")                                                                                              \
    X(NO_NAME, "no_name")                                                                                              \
    X(CAST_ALREADY, "cast_already")                                                                                    \
    X(NOT_ASKED, "not_asked")                                                                                          \
    X(PICKED_ALREADY, "picked_already")                                                                                \
    X(NOT_HEAD, "not_head")
enum ballot_verdict {
#define X(name, key) BALLOT_##name,
    BALLOT_VERDICT_TABLE(X)
#undef X
        BALLOT_VERDICT_COUNT
};

/* ---- the procedure ---- */

/* Opens the appointment to a title with those proposed, who must have a place on its published list. Side effects: event
 * ballot.appoint. */
enum err ballot_appoint(struct db *db, struct arena *arena, int64_t staff_id, const char *cycle_code, const char *post,
                        const char *const *rolls, size_t count, const char *reason, int64_t now_us, enum ballot_verdict *ret_verdict,
                        int64_t *ret_appointment_id, size_t *ret_place) MUST_CHECK;

struct ballot_slips {
    const char *title_vi, *title_en, *post, *post_title, *cycle_title; /* of the ballot, the title and the cycle */
    const char (*codes)[32];                                           /* in random order; secret: to be wiped */
    size_t count;
};
/* Makes the next ballot with its slips, whose codes exist this once, for printing. Side effects: event ballot.prepare. */
enum err ballot_prepare(struct db *db, struct arena *arena, const struct identity_secret *secret, int64_t staff_id, int64_t appointment_id,
                        int32_t summoned, int32_t excused, int64_t now_us, enum ballot_verdict *ret_verdict, int64_t *ret_ballot_id,
                        struct ballot_slips *ret_slips) MUST_CHECK;
/* The slips as a PDF, eight a page, to be cut, folded and drawn. `address`: where papers are cast. */
enum err ballot_slips_print(const struct ballot_slips *slips, const char *address, const char *made_at, struct buf *out) MUST_CHECK;
/* Side effects: event ballot.open. */
enum err ballot_open(struct db *db, struct arena *arena, int64_t staff_id, int64_t ballot_id, int64_t now_us,
                     enum ballot_verdict *ret_verdict) MUST_CHECK;

/* What came out of a count. */
struct ballot_end {
    uint32_t papers;
    struct settle_ballot_result result;
    char sentence_vi[SETTLE_TEXT_SIZE], sentence_en[SETTLE_TEXT_SIZE];
};
/* Closes, counts and applies the rule. Side effects: event ballot.count with every number. */
enum err ballot_count(struct db *db, struct arena *arena, int64_t staff_id, int64_t ballot_id, int32_t present, int64_t now_us,
                      enum ballot_verdict *ret_verdict, struct ballot_end *ret_end) MUST_CHECK;
/* The head's word on two at exactly half. Side effects: event ballot.pick. */
enum err ballot_pick(struct db *db, struct arena *arena, int64_t staff_id, int64_t ballot_id, int32_t number, const char *reason,
                     int64_t now_us, enum ballot_verdict *ret_verdict) MUST_CHECK;

/* ---- as it stands ---- */

struct ballot {
    int64_t appointment_id, ballot_id, opened_us, closed_us;
    int32_t step;
    struct cycle_words title;
    const int64_t *names, *votes, *goes_on;
    size_t name_count, vote_count, goes_count;
    int64_t summoned, excused, present, picked;
    const char *prepared_by, *closed_by, *outcome, *picked_by, *pick_reason; /* outcome "": none yet */
};
struct ballot_appointment {
    int64_t appointment_id, opened_us;
    const char *post, *title, *state, *reason, *chosen; /* chosen: roll number or NULL */
    const char *const *rolls, *const *names;            /* by number, 1 first */
    size_t count;
    struct ballot *ballots; /* by step */
    size_t ballot_count;
};
struct ballot_appointments {
    struct ballot_appointment *list;
    size_t count;
    size_t steps;                        /* ballots that the pack knows; 0: no appointment by ballot */
    struct cycle_words titles[CYCLE_PACK_BALLOTS_MAX];
};
/* *ret_found false: no such cycle. */
enum err ballot_list(struct db *db, struct arena *arena, const char *cycle_code, bool *ret_found,
                     struct ballot_appointments *ret_list) MUST_CHECK;
/* Receipts of a closed ballot in their own order; none before. */
enum err ballot_receipts(struct db *db, struct arena *arena, int64_t ballot_id, const char ***ret_receipts, size_t *ret_count) MUST_CHECK;

/* ---- the voter ---- */

struct ballot_view {
    int64_t ballot_id;
    const char *state; /* not_open, open, cast, closed */
    const char *post, *title;
    struct cycle_words ballot;
    const int64_t *numbers;
    const char *const *names;
    size_t count;
};
/* What a slip's code opens; forgives case, blanks and hyphens. *ret_found false: no such slip. */
enum err ballot_look(struct db *db, struct arena *arena, const struct identity_secret *secret, const char *code, bool *ret_found,
                     struct ballot_view *ret_view) MUST_CHECK;
/* Casts the paper, 0: blank. The same again by the same `nonce`, random text of the page that casts it, gives the same receipt;
 * without it (NULL: none) a used slip says nothing, so that whoever finds one cannot try the names. No event: papers bear no time. */
enum err ballot_cast(struct db *db, struct arena *arena, const struct identity_secret *secret, const char *code, int32_t choice,
                     const char *nonce, enum ballot_verdict *ret_verdict, char receipt[BALLOT_RECEIPT_SIZE]) MUST_CHECK;

#endif
