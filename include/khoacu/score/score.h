/* score.h: raw scores of round 1: how many answers of an ended sitting are right.
 *
 * Only the worker scores: its database role alone reads keys. A sitting that was handed in or closed is `counted`, one
 * that was never opened is `absent`; the other words of sitting_score.status are decisions of people. Scores are
 * append-only, the highest revision counts; each names the version of the form's key (rekey.h) by which it was made.
 *
 * Invariants: scoring may be repeated at any time by any worker; a revision is appended only where the result differs
 * from the last one in anything, the version of the key included, never back to an older version of the key, and never over
 * a person's decision. Rooms are scored under their lock, so that two workers follow
 * each other.
 *
 * Used by: result (scores as rows), api (closing a shift), main (worker). Uses: sitting, ledger, base, crypto, db.
 * Threads: that of the struct db; score_count is pure.
 */
#ifndef KHOACU_SCORE_SCORE_H
#define KHOACU_SCORE_SCORE_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/db/db.h"
#include "khoacu/score/job.h"
#include "khoacu/score/score_item.h"
#include "khoacu/sitting/late.h"
#include "khoacu/sitting/sitting.h"

#include <stddef.h>
#include <stdint.h>

/* What was decided about a position after the form was sealed (rekey.h). */
struct score_fix {
    uint8_t decision; /* enum settle_rekey; STANDS: the key of the item */
    uint8_t key_count;
    struct item *keys;     /* SEVERAL, NEW_KEY: the item with each key; whichever earns most counts */
    const char *key_texts; /* all keys that count, a JSON array of documents */
};
/* The items of one form with their keys, by canonical position 1..count; they live in the arena of whoever read them. */
struct score_key {
    int64_t version;  /* of the form's key: 1 is the sealed one */
    int32_t count;    /* positions of the form */
    int32_t dropped;  /* of them, those that no longer count */
    int64_t worth_e7; /* of all that counts and a machine scores, in ten-millionths of a point */
    struct item items[SITTING_POSITIONS_MAX + 1]; /* as sealed */
    const struct json *contents[SITTING_POSITIONS_MAX + 1];
    struct score_fix fixes[SITTING_POSITIONS_MAX + 1];
};
struct score_count {
    int32_t correct, answered; /* answers that earned all that their item is worth; answers */
    int64_t points_e7;
    int64_t item_points_e7[SITTING_POSITIONS_MAX + 1]; /* SCORE_PENDING: a person has to mark it */
};
#define SCORE_PENDING INT64_MIN
/* Scores by whole numbers (score_item.h): an empty position is neither right nor answered, positions beyond the form do
 * not count. A dropped position is neither asked nor answered; one that is right for all is right where it is empty too. Pure; the arena is for the work alone. Why: of choices, one question one point, no deduction (Decree 170/2025,
 * round 1). */
void score_count(struct arena *arena, const struct score_key *key, const struct sitting_answers *answers,
                 struct score_count *ret_count);

struct score_tally {
    int64_t counted, absent; /* sittings */
    int64_t appended;        /* new revisions */
};
/* Scores the ended sittings of a room. Requires: a worker's connection. Side effects: event score.room when a revision
 * was appended. */
enum err score_room(struct db *db, struct arena *arena, int64_t room_id, const struct score_key *key, int64_t now_us,
                    struct score_tally *ret_tally) MUST_CHECK;
/* The keys of a form in their newest version. Requires: a worker's connection. ERR_STATE: a position that has no whole key. */
enum err score_key_read(struct db *db, struct bank_vault *vault, struct arena *arena, int64_t form_id,
                        struct score_key *ret_key) MUST_CHECK;

/* Closes what is due in every room of a shift, scores them, and marks the shift closed when all have ended. Each room
 * is a transaction of its own; whoever comes after an interruption goes on where it stopped. `progress` may be NULL.
 * Requires: a worker's connection. */
enum err score_shift_close(struct db *db, struct bank_vault *vault, struct arena *arena, int64_t shift_id, const struct sitting_closing *closing,
                           struct score_progress *progress, struct score_tally *ret_tally) MUST_CHECK;
/* What the clock demands: rooms with sittings past their deadline, shifts that are over, cycles that begin. For each
 * turn of the worker. What cannot be finished keeps nothing else waiting: the first failure is returned, *ret_done, the
 * number of rooms and shifts, is set all the same. */
enum err score_due_close(struct db *db, struct bank_vault *vault, int64_t now_us, int64_t *ret_done) MUST_CHECK;

enum score_shift_request_verdict {
    SCORE_SHIFT_REQUESTED, /* *ret_job_id; a request under way is given again */
    SCORE_SHIFT_UNKNOWN,
    SCORE_SHIFT_EARLY /* it has not begun: everybody would be absent */
};
/* Asks the worker to close a shift now. `reason` has 1..2000 code points. Side effects: event sitting.shift_close_request. */
enum err score_shift_close_request(struct db *db, struct arena *arena, int64_t staff_id, int64_t shift_id,
                                   const char *reason, int64_t now_us, enum score_shift_request_verdict *ret_verdict,
                                   int64_t *ret_job_id) MUST_CHECK;
/* Confirms what was proposed about late answers (late.h); where the shift has its scores already, the worker is asked to
 * score again in the same transaction. */
enum err score_late_confirm(struct db *db, struct arena *arena, const struct late_confirmation *confirmation,
                            struct late_outcome *ret_outcome) MUST_CHECK;
/* The job of kind shift_close. */
score_job_fn score_job_shift_close;

#endif
