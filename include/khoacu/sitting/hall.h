/* hall.h: the hall as an invigilator sees and runs it: its seats, who watches it, checking in, incidents.
 *
 * A hall is a room of a shift. HR officers assign invigilators to it; what shows persons (photos, checking in) and what is written
 * about them (incidents, minutes) is for those of the hall and for HR. The clock is moved by adjust.h alone.
 *
 * Checking in: the invigilator looks at the photo and types the number of the identity document, of which the database holds
 * a keyed hash alone. Present or refused; whatever is not plain wants a reason. Who brought in a photo or a number
 * checks nobody in by it. Where the shift asks for it, the database opens no paper without.
 *
 * Incidents are append-only; a later one may stand in the place of an earlier.
 *
 * Invariants, held by the database (sql/functions/sitting-hall.sql): nothing here is written past its functions.
 *
 * Used by: api. Uses: ledger, identity (secret), doc, crypto, db, base. Threads: that of the struct db.
 */
#ifndef KHOACU_SITTING_HALL_H
#define KHOACU_SITTING_HALL_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/db/db.h"
#include "khoacu/sitting/sitting.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HALL_SEATS_MAX 500
#define HALL_INCIDENTS_MAX 500
#define HALL_STAFF_MAX 100

/* ---- the hall and its seats ---- */

struct hall_room {
    int64_t shift_id, room_id, cycle_id;
    const char *code, *shift_code, *shift_state, *clock;
    int64_t starts_us, ends_us, minutes, grace_s, item_count;
    bool check_in, two_persons, demonstration;
    bool watches; /* the person who asks is of this hall */
    const char *cycle_code, *title_vi, *title_en, *authority_vi, *authority_en;
};
/* ERR_DB_NO_ROW: no such hall in the shift. */
enum err hall_room_read(struct db *db, struct arena *arena, int64_t shift_id, const char *code, int64_t staff_id, struct hall_room *ret_room) MUST_CHECK;

struct hall_seat {
    int64_t sitting_id, seat;
    const char *roll_number, *full_name, *state;
    int64_t started_us, closes_us, held_us, ended_us, saved_us, seen_us; /* 0: none */
    int64_t holds, extra_s, accommodation_s, answered, flagged, position, incidents;
    bool evacuated;
    bool second_machine; /* to be decided: device.h */
    bool photo;          /* there is one */
    const char *seb, *seb_received, *seb_expected; /* as in sitting_presence; NULL: nothing heard */
    const char *check_in;           /* present, refused; NULL: nothing yet */
};
struct hall_seats {
    struct hall_seat *seats; /* by seat */
    size_t count;
};
enum err hall_seats_read(struct db *db, struct arena *arena, int64_t room_id, struct hall_seats *ret_seats) MUST_CHECK;

/* ---- who watches ---- */

struct hall_person {
    int64_t staff_id;
    const char *login_name, *full_name;
};
struct hall_staff {
    struct hall_person persons[HALL_STAFF_MAX];
    size_t count;
};
enum err hall_staff_read(struct db *db, struct arena *arena, int64_t room_id, struct hall_staff *ret_staff) MUST_CHECK;

enum hall_assign_verdict {
    HALL_ASSIGN_SET,
    HALL_ASSIGN_SAME,
    HALL_ASSIGN_NOT_YOURS,     /* no HR officer, or herself */
    HALL_ASSIGN_UNKNOWN_PERSON /* no active invigilator of that name */
};
struct hall_assign {
    int64_t room_id, shift_id, staff_id, now_us;
    const char *login_name;
    bool assigned;
};
/* Side effects: event hall.assign or hall.unassign. */
enum err hall_assign(struct db *db, struct arena *arena, const struct hall_assign *assign, enum hall_assign_verdict *ret_verdict) MUST_CHECK;

/* ---- checking in ---- */

#define HALL_DOCUMENT_MAX 40
/* Letters and digits alone, in upper case; false: fewer than 6 or more than 20 of them. Pure. */
bool hall_document_clean(const char *typed, char ret_number[HALL_DOCUMENT_MAX]);
/* The keyed hash of a clean number, bound to the candidate. Pure. */
struct identity_secret;
void hall_document_hmac(const struct identity_secret *secret, int64_t candidate_id, const char *number, uint8_t out[CRYPTO_SHA256_LEN]);

struct hall_sitting {
    int64_t room_id, shift_id, candidate_id, cycle_id;
    const char *roll_number;
    bool watches;
};
/* ERR_DB_NO_ROW: no such sitting. */
enum err hall_sitting_read(struct db *db, struct arena *arena, int64_t sitting_id, int64_t staff_id, struct hall_sitting *ret_sitting) MUST_CHECK;
/* The photo of a candidate. *ret_len 0: there is none. */
enum err hall_photo_read(struct db *db, struct arena *arena, int64_t candidate_id, const uint8_t **ret_jpeg, size_t *ret_len) MUST_CHECK;

enum hall_check_in_verdict {
    HALL_CHECK_IN_RECORDED,
    HALL_CHECK_IN_REASON,      /* it is not plain: a reason is wanted, nothing was written */
    HALL_CHECK_IN_SAME_PERSON, /* she brought in the photo or the number */
    HALL_CHECK_IN_NOT_YOURS,
    HALL_CHECK_IN_OPEN,  /* the paper is open: it cannot be refused any more */
    HALL_CHECK_IN_ENDED,
    HALL_CHECK_IN_UNKNOWN
};
struct hall_check_in {
    int64_t sitting_id, staff_id, now_us;
    bool present;
    const uint8_t *hmac;  /* of the number that was shown; NULL: none was */
    const char *photo;    /* alike, unlike, not_seen */
    const char *reason;   /* or NULL */
};
struct hall_checked {
    const char *document, *photo; /* as they were recorded, or would be */
};
/* Side effects: event hall.check_in or hall.turn_away. */
enum err hall_check_in(struct db *db, struct arena *arena, const struct hall_check_in *check, enum hall_check_in_verdict *ret_verdict,
                       struct hall_checked *ret_checked) MUST_CHECK;

/* ---- what candidates are known by: brought in by HR ---- */

struct hall_bringing {
    const struct identity_secret *secret;
    int64_t cycle_id, staff_id, now_us;
};
/* One line of the report. */
struct hall_brought {
    const char *name;    /* of the file or the line */
    const char *outcome; /* stored, replaced, unchanged, refused */
    const char *reason;  /* of refused: unknown-roll, not-jpeg, too-large, too-small, broken, number, heads */
};
struct hall_brought_list {
    struct hall_brought *lines;
    size_t count;
};
/* Takes one JPEG for `roll_number`, a CSV (roll_number,document_number), or a zip of files ROLL.jpg and perhaps one such CSV.
 * What is refused is named; the rest is stored, in one transaction. ERR_SYNTAX: none of these, or an archive that may not be
 * read (*ret_reason says why). Side effects: event hall.identity_files. */
enum err hall_bring(struct db *db, struct arena *arena, const struct hall_bringing *bringing, const char *roll_number, const char *bytes, size_t len,
                    struct hall_brought_list *ret_list, const char **ret_reason) MUST_CHECK;

/* ---- incidents ---- */

/* X(name, key as in incident.category) */
#define HALL_CATEGORY_TABLE(X)                                                                                         \
    X(MACHINE, "machine")                                                                                              \
    X(NETWORK, "network")                                                                                              \
    X(POWER, "power")                                                                                                  \
    X(ILLNESS, "illness")                                                                                              \
    X(IDENTITY, "identity")                                                                                            \
    X(CONDUCT, "conduct")                                                                                              \
    X(PAPER, "paper")                                                                                                  \
    X(EVACUATION, "evacuation")                                                                                        \
    X(OTHER, "other")
bool hall_category_known(const char *key);

enum hall_incident_verdict {
    HALL_INCIDENT_RECORDED,
    HALL_INCIDENT_CORRECTED, /* another stands in its place already: correct that one */
    HALL_INCIDENT_NOT_YOURS,
    HALL_INCIDENT_SITTING_UNKNOWN,
    HALL_INCIDENT_ADJUSTMENT_UNKNOWN,
    HALL_INCIDENT_UNKNOWN /* what is to be corrected */
};
struct hall_incident {
    int64_t room_id, sitting_id, adjustment_id, corrects; /* the last three may be 0 */
    const char *category, *words;
    int64_t minutes, staff_id, now_us;
};
/* Side effects: event hall.incident. */
enum err hall_incident_add(struct db *db, struct arena *arena, const struct hall_incident *incident, enum hall_incident_verdict *ret_verdict,
                           int64_t *ret_incident_id) MUST_CHECK;

struct hall_incident_entry {
    int64_t incident_id, seat, minutes, recorded_us, corrects, adjustment_id; /* seat 0: the whole hall */
    const char *roll_number, *category, *words, *recorded_by;
    bool corrected;
};
struct hall_incidents {
    struct hall_incident_entry *entries; /* newest first, at most HALL_INCIDENTS_MAX */
    size_t count;
};
enum err hall_incidents_read(struct db *db, struct arena *arena, int64_t room_id, struct hall_incidents *ret_incidents) MUST_CHECK;

#endif
