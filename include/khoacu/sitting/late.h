/* late.h: answers that were made in time and arrived after the end.
 *
 * The candidate's machine numbers each change and chains it to the one before: an event is
 *   {"answer"|"choice", "flagged", "hash", "made_ms", "n", "position", "prev", "seq"}
 * where hash is the SHA-256, in lower-case hexadecimal, of the event's canonical JSON (RFC 8785) without "hash", and prev
 * the hash of event n - 1, 64 zeros for the first of all. Positions and options are those that she saw, as in a save.
 *
 * Events of a sitting that has ended are kept apart, append-only, and wait: one person proposes to count or to leave
 * them, another confirms. Those that count are put to the answers under the lock of the room, like saves: the highest
 * seq of a position counts; the receipt has a new revision beside the old. Before that they count nowhere. When an answer
 * was made is the claim of a machine that is not ours: persons judge it, no rule here does.
 *
 * Used by: score (counting), emergency, api. Uses: sitting, form, ledger, json, crypto, db. Threads: that of the struct
 * db; reading events and judging times are pure.
 */
#ifndef KHOACU_SITTING_LATE_H
#define KHOACU_SITTING_LATE_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/db/db.h"
#include "khoacu/form/order.h"
#include "khoacu/json/json.h"
#include "khoacu/sitting/sitting.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LATE_EVENTS_MAX 5000
#define LATE_PAGE_MAX 200

/* ---- rules ---- */

enum late_time_verdict {
    LATE_TAKEN,
    LATE_STILL_OPEN, /* it runs: save in the ordinary way */
    LATE_NOT_OPEN,   /* it was never opened */
    LATE_TOO_LATE    /* beyond the window */
};
/* Whether late answers are taken at `now_us`: until late_s seconds after deadline and grace. */
enum late_time_verdict late_time_judge(const struct sitting *sitting, int32_t late_s, int64_t now_us);

struct late_event {
    int64_t n, seq, made_ms;
    int32_t shown;
    int16_t position, choice; /* canonical */
    const char *answer;       /* canonical, of kinds without a choice; NULL: nothing */
    bool flagged;
    uint8_t hash[CRYPTO_SHA256_LEN], prev[CRYPTO_SHA256_LEN];
};
struct late_events {
    struct late_event *list;
    size_t count;
};
/* What is wrong with a list. */
struct late_fault {
    int64_t n;        /* the event's number; 0: the list as a whole */
    const char *rule; /* form, hash, chain, position, choice, answer, count */
};
/* Reads an array of events: shape, hash and chain of each, canonical places by the sitting's order. *ret_fault.rule
 * NULL: all is well. */
enum err late_events_read(struct arena *arena, const struct form_order *order, const struct json *array,
                          struct late_events *ret_events, struct late_fault *ret_fault) MUST_CHECK;

/* ---- keeping ---- */

struct late_taking {
    const struct sitting *sitting;
    const struct late_events *events;
    const uint8_t *file_sha256; /* NULL: from the candidate's machine */
    int64_t staff_id;           /* who brought the file */
    int64_t now_us;
};
struct late_taken {
    int64_t batch_id; /* 0: nothing in it was new */
    int64_t kept;
};
/* Keeps what is new: no event twice, nothing that the log of answers has already. Side effects: event
 * sitting.late_keep when something was kept. */
enum err late_take(struct db *db, struct arena *arena, const struct late_taking *taking, struct late_taken *ret_taken) MUST_CHECK;
/* The window of a shift in seconds. */
enum err late_window_read(struct db *db, struct arena *arena, int64_t shift_id, int32_t *ret_late_s) MUST_CHECK;

/* ---- deciding ---- */

enum late_verdict {
    LATE_PROPOSED,
    LATE_COUNTED,
    LATE_LEFT,
    LATE_UNKNOWN,
    LATE_NO_PROPOSAL,
    LATE_SAME_PERSON,
    LATE_DECIDED, /* before */
    LATE_RUNNING  /* the sitting has not ended yet */
};
struct late_proposal {
    int64_t batch_id, staff_id, now_us;
    bool count;
    const char *reason; /* 1..2000 code points */
};
/* Side effects: event sitting.late_propose. */
enum err late_propose(struct db *db, struct arena *arena, const struct late_proposal *proposal, enum late_verdict *ret_verdict) MUST_CHECK;

struct late_confirmation {
    int64_t batch_id, staff_id, now_us;
};
struct late_outcome {
    enum late_verdict verdict;
    int64_t cycle_id, shift_id;
    bool shift_closed; /* its scores are there already */
    int64_t counted;   /* answers that were put to the others */
    struct sitting_receipt receipt;
};
/* Does what was proposed last, inside the transaction that `db` is in; a verdict other than LATE_COUNTED and LATE_LEFT has
 * changed nothing. Side effects: event sitting.late_count or sitting.late_leave. */
enum err late_confirm(struct db *db, struct arena *arena, const struct late_confirmation *confirmation,
                      struct late_outcome *ret_outcome) MUST_CHECK;

struct late_entry {
    int64_t batch_id, sitting_id, received_us, made_first_us, made_last_us, closes_us, decided_us, answers;
    const char *room, *roll_number, *full_name, *source, *state; /* waiting, proposed, counted, left */
    const char *decision, *reason, *proposed_by, *confirmed_by;  /* NULL while there is none */
};
struct late_list {
    struct late_entry *entries; /* newest first */
    size_t count;
    bool more;
};
enum err late_list(struct db *db, struct arena *arena, int64_t shift_id, int64_t after, size_t limit, struct late_list *ret_list) MUST_CHECK;

#endif
