/* sitting.h: one candidate taking one form: opening the paper, what was answered, handing in, closing, the receipt.
 *
 * Answers are saved by the journal (journal.h) into an append-only log; the highest seq of a position counts. Here is
 * everything else: the paper is opened once and its deadline fixed then, by the platform's clock; a sitting ends when
 * the candidate hands it in, when the worker closes it after the deadline and its grace, or as absent when it was never
 * opened. An ended sitting that was open has a receipt: the hash of the answers that count.
 *
 *                 start                 submit
 *     assigned ----------> open ------------------> submitted
 *        |                  |
 *        | end of shift     | deadline + grace, or the shift is closed by an invigilator
 *        v                  v
 *      absent             closed
 *
 * Invariants: no other transition exists. closes_at is set by the first start and moves by adjustments alone (adjust.h),
 * never back; a common clock gives everybody the same deadline, signed in or not. While a sitting is held its clock
 * stands: nothing is saved, handed in or closed, and what the pause took is given back. A sitting ends under the lock of its room, which every batch of saves
 * holds shared: what was acknowledged is in the receipt. Every operation may be repeated, by any server, at any time:
 * a second start gives the same deadline, a second submit the same receipt, a second closing finds nothing to do.
 * No key is read here.
 *
 * The receipt: answers_sha256 = SHA-256 of the canonical JSON (RFC 8785)
 *   {"answers":[[position,choice],[position,answer],…],"form":"<SHA-256 of the form, hexadecimal>","sitting":"<id>"}
 * with canonical positions and choices, or answers as in form/answer.h, in order of position, without those that are empty; its
 * code is the first 60
 * bits of the hash in Crockford base32 as XXXX-XXXX-XXXX.
 *
 * Used by: score (folded answers, closing), api, main (worker). Uses: ledger, form, base, crypto, db. Threads: that of
 * the struct db; the rules are pure.
 */
#ifndef KHOACU_SITTING_SITTING_H
#define KHOACU_SITTING_SITTING_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/db/db.h"
#include "khoacu/ledger/ledger.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* X(name, key as in sitting.state) */
#define SITTING_STATE_TABLE(X)                                                                                         \
    X(ASSIGNED, "assigned")                                                                                            \
    X(OPEN, "open")                                                                                                    \
    X(SUBMITTED, "submitted")                                                                                          \
    X(CLOSED, "closed")                                                                                                \
    X(ABSENT, "absent")

enum sitting_state {
#define X(name, key) SITTING_##name,
    SITTING_STATE_TABLE(X)
#undef X
        SITTING_STATE_COUNT
};
const char *sitting_state_key(enum sitting_state state);
/* False: no such state. */
bool sitting_state_parse(const char *key, enum sitting_state *ret_state);
/* Whether the drawing above has the arrow. Pure. */
bool sitting_state_may(enum sitting_state from, enum sitting_state to);

enum sitting_clock { SITTING_CLOCK_COMMON, SITTING_CLOCK_PERSONAL };

/* ---- rules: facts in, verdict out; no database, no clock ---- */

/* What a shift says about time. Microseconds since 1970. */
struct sitting_times {
    enum sitting_clock clock;
    int64_t starts_us, ends_us;
    int32_t minutes, grace_s;
    /* What one sitting has beside; 0 where a shift as a whole is meant. */
    int32_t accommodation_s; /* from the candidate's record */
    int32_t extra_s;         /* extra time and compensation */
    int32_t held_s;          /* pauses that are over */
    int64_t held_us;         /* since when the clock stands; 0: it runs */
};

/* The deadline of a sitting that is opened at `now_us`. Common clock: starts + minutes, moved by pauses; personal: now
 * + minutes; neither beyond the end of the shift, which pauses move too. To that comes what was given. */
int64_t sitting_deadline_us(const struct sitting_times *times, int64_t now_us);
/* The last moment at which a save or a submit with this deadline is taken. */
int64_t sitting_last_us(const struct sitting_times *times, int64_t closes_us);
/* From when on the paper cannot be opened any more: the common deadline, or the end of the window, moved by pauses. */
int64_t sitting_over_us(const struct sitting_times *times);

enum sitting_time_verdict {
    SITTING_TIME_EARLY,   /* before the start of the shift */
    SITTING_TIME_START,   /* assigned, and the paper may be opened */
    SITTING_TIME_WORKING, /* open, up to deadline and grace */
    SITTING_TIME_HELD,    /* the clock stands: neither opened nor worked on */
    SITTING_TIME_ENDED    /* handed in, closed, absent, too late, or the shift is closed */
};
/* Where a sitting in `state` with deadline `closes_us` (0 unless it was opened) stands at `now_us`. */
enum sitting_time_verdict sitting_time_judge(const struct sitting_times *times, bool shift_closed,
                                             enum sitting_state state, int64_t closes_us, int64_t now_us);

#define SITTING_POSITIONS_MAX 200

/* What is answered, by canonical position 1..200: a choice (0: nothing), or an answer (answer.h; NULL: nothing). */
struct sitting_answers {
    int16_t choices[SITTING_POSITIONS_MAX + 1];
    const char *answers[SITTING_POSITIONS_MAX + 1];
};

#define SITTING_RECEIPT_CODE_SIZE 15 /* "XXXX-XXXX-XXXX" with NUL */
struct sitting_receipt {
    uint8_t answers_sha256[CRYPTO_SHA256_LEN];
    char code[SITTING_RECEIPT_CODE_SIZE];
    int32_t answered;
    int64_t issued_us; /* 0: there is no receipt */
};
/* The receipt of the answers, as the block above defines it. Pure. ERR_MEMORY. */
enum err sitting_receipt_make(const uint8_t form_sha256[CRYPTO_SHA256_LEN], int64_t sitting_id,
                              const struct sitting_answers *answers, int64_t issued_us,
                              struct sitting_receipt *ret_receipt) MUST_CHECK;

/* The answers from three columns of a row side by side: arrays of positions, of choices and of answers (null: none).
 * ERR_STATE: a position or choice that cannot be. */
enum err sitting_answers_read(const struct db_row *row, int column, struct sitting_answers *ret_answers) MUST_CHECK;

/* ---- one sitting ---- */

/* Where a sitting is, as its owner's log-in says; both parts of the key. */
struct sitting_place {
    int64_t room_id, sitting_id;
};

/* The latest saved answer of a canonical position. */
struct sitting_response {
    int32_t position, seq, choice; /* choice 0: nothing chosen */
    const char *answer;            /* of kinds without a choice; NULL: nothing */
    bool flagged;
};

struct sitting {
    struct sitting_place place;
    int64_t candidate_id, cycle_id, shift_id, form_id;
    enum sitting_state state;
    bool shift_closed;
    bool has_parts; /* parts or questions of the paper have times of their own (section.h) */
    struct sitting_times times;
    int64_t started_us, closes_us; /* 0 while not opened */
    const struct sitting_response *responses; /* by position */
    size_t response_count;
    int64_t response_rows; /* saved rows behind them: the log only grows, so the same number is the same log */
    uint8_t form_sha256[CRYPTO_SHA256_LEN];
    struct sitting_receipt receipt;
};
/* The sitting with its folded answers. ERR_DB_NO_ROW: there is none. */
enum err sitting_read(struct db *db, struct arena *arena, struct sitting_place place,
                      struct sitting *ret_sitting) MUST_CHECK;

/* The sitting as its candidate sees it outside the paper. */
struct sitting_own {
    struct sitting sitting; /* without responses */
    const char *shift_code, *room_code;
    int32_t seat, item_count;
    const char *cycle_code, *title_vi, *title_en;
    bool evacuated; /* the clock stands because the hall was left */
    bool check_in;  /* an invigilator has to let her in first */
    bool calculator; /* the calculator of the screen may be used */
    bool demonstration;
};
enum err sitting_own_read(struct db *db, struct arena *arena, struct sitting_place place,
                          struct sitting_own *ret_own) MUST_CHECK;

/* What is answered, from the responses of a sitting. Pure. */
struct sitting_answers sitting_answers_of(const struct sitting *sitting);

enum sitting_start_verdict {
    SITTING_START_OPEN, /* it is open: by this call or before */
    SITTING_START_EARLY,
    SITTING_START_HELD,
    SITTING_START_NOT_CHECKED_IN, /* an invigilator must let her in first */
    SITTING_START_ENDED
};
/* Opens the paper when its time has come; while it is open, changes nothing. *ret_sitting is the sitting afterwards.
 * Side effects: event sitting.start, once. One statement reads, one opens. */
enum err sitting_start(struct db *db, struct arena *arena, struct sitting_place place, int64_t now_us,
                       enum sitting_start_verdict *ret_verdict, struct sitting *ret_sitting) MUST_CHECK;

enum sitting_submit_verdict {
    SITTING_SUBMIT_DONE, /* handed in, by this call or before: *ret_receipt */
    SITTING_SUBMIT_NOT_OPEN,
    SITTING_SUBMIT_HELD, /* the clock stands */
    SITTING_SUBMIT_ENDED /* closed, absent or too late */
};
/* Hands the paper in. Side effects: receipt and event sitting.submit, once.
 * Why the answers are read before the room is locked: the lock stops the saves of a whole room, so the statement that
 * holds it only compares the number of saved rows. Only when a save of the same candidate came between is the room held
 * while they are read again. */
enum err sitting_submit(struct db *db, struct arena *arena, struct sitting_place place, int64_t now_us,
                        enum sitting_submit_verdict *ret_verdict, struct sitting_receipt *ret_receipt) MUST_CHECK;

enum sitting_file_verdict {
    SITTING_FILE_KEPT, /* by this call or before */
    SITTING_FILE_NOT_OPEN,
    SITTING_FILE_ENDED,
    SITTING_FILE_REVOKED, /* the log-in is an older one */
    SITTING_FILE_LIMIT,   /* 60 files or 200 MiB of one sitting */
    SITTING_FILE_UNKNOWN
};
#define SITTING_FILE_MAX ((size_t)20 << 20)
/* A file that the candidate sends while her sitting is open; an answer names it by its hash. */
struct sitting_file {
    int32_t generation;
    const char *type; /* media type */
    const void *bytes;
    size_t len; /* 1..SITTING_FILE_MAX */
};
enum err sitting_file_keep(struct db *db, struct arena *arena, struct sitting_place place, const struct sitting_file *file,
                           int64_t now_us, enum sitting_file_verdict *ret_verdict, char ret_sha256[65]) MUST_CHECK;

/* ---- closing: for the worker (DB_ROLE_WORKER) ---- */

/* Who closes, and how far. */
struct sitting_closing {
    struct ledger_actor actor;
    const char *reason; /* NULL: the time has come */
    bool everybody;     /* open sittings before their deadline too, and everybody who has not come is absent */
    bool absentees;     /* who has not come is absent: the shift is over */
    int64_t now_us;
};
struct sitting_closed {
    int64_t closed, absent;
};
/* Ends what is due in one room, under its lock, in one transaction: open -> closed with a receipt, assigned -> absent.
 * Nothing due: changes nothing. Side effects: event sitting.room_close when something ended. */
enum err sitting_room_close(struct db *db, struct arena *arena, int64_t room_id, const struct sitting_closing *closing,
                            struct sitting_closed *ret_closed) MUST_CHECK;
/* Rooms with open sittings past deadline and grace, at most `max` (the rest next time). */
enum err sitting_rooms_due(struct db *db, struct arena *arena, int64_t now_us, size_t max, const int64_t **ret_room_ids,
                           size_t *ret_count) MUST_CHECK;
/* Shifts that are over and not yet closed. */
enum err sitting_shifts_over(struct db *db, struct arena *arena, int64_t now_us, size_t max,
                             const int64_t **ret_shift_ids, size_t *ret_count) MUST_CHECK;

struct sitting_shift {
    int64_t shift_id, cycle_id, form_id;
    bool closed;
    struct sitting_times times;
    const int64_t *room_ids;
    size_t room_count;
};
/* ERR_DB_NO_ROW: no such shift. For server and worker. */
enum err sitting_shift_read(struct db *db, struct arena *arena, int64_t shift_id,
                            struct sitting_shift *ret_shift) MUST_CHECK;

enum sitting_shift_close_verdict {
    SITTING_SHIFT_CLOSED,
    SITTING_SHIFT_CLOSED_BEFORE,
    SITTING_SHIFT_UNFINISHED /* a sitting has not ended */
};
/* Marks the shift closed when all its sittings have ended. Side effects: event sitting.shift_close, once. */
enum err sitting_shift_close(struct db *db, struct arena *arena, int64_t shift_id,
                             const struct sitting_closing *closing,
                             enum sitting_shift_close_verdict *ret_verdict) MUST_CHECK;

/* Moves cycles whose first shift has begun from preparing to round1. Side effects: event cycle.begin each. */
enum err sitting_cycles_begin(struct db *db, struct arena *arena, int64_t now_us) MUST_CHECK;

#endif
