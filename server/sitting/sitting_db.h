/* sitting_db.h: rows and structs of the sitting module, one function per statement. Used by: sitting alone. */
#ifndef KHOACU_SERVER_SITTING_SITTING_DB_H
#define KHOACU_SERVER_SITTING_SITTING_DB_H

#include "khoacu/sitting/sitting.h"

/* Outcomes of do_sitting_start and do_sitting_submit. */
enum sitting_db_start { SITTING_DB_START_OPENED, SITTING_DB_START_OPEN, SITTING_DB_START_HELD, SITTING_DB_START_NOT_CHECKED_IN, SITTING_DB_START_ENDED };
enum sitting_db_submit {
    SITTING_DB_SUBMIT_SUBMITTED,
    SITTING_DB_SUBMIT_MOVED,
    SITTING_DB_SUBMIT_NOT_OPEN,
    SITTING_DB_SUBMIT_HELD,
    SITTING_DB_SUBMIT_ENDED
};

/* Opens with the deadline `closes_us`, or finds what is there; *ret_started_us and *ret_closes_us are what counts. */
enum err sitting_db_start(struct db *db, struct arena *arena, struct sitting_place place, int64_t now_us,
                          int64_t closes_us, const struct ledger_row *event, enum sitting_db_start *ret_outcome,
                          int64_t *ret_started_us, int64_t *ret_closes_us) MUST_CHECK;

/* ---- many at once, at most OPENING_BATCH (opening.h) ---- */

/* Those of `places` that nobody has opened yet, without responses; found[i] tells which. */
enum err sitting_db_read_unopened(struct db *db, struct arena *arena, const struct sitting_place *places, size_t count,
                                  struct sitting *ret_sittings, bool *ret_found) MUST_CHECK;
/* One that is to be opened: which of the sittings, when, until when, with which event. */
struct sitting_db_opening {
    size_t of;
    int64_t now_us, closes_us;
    struct ledger_row event;
    bool opened; /* out */
};
/* Opens them in one transaction; those that could not be stay as they are. */
enum err sitting_db_open_many(struct db *db, struct arena *arena, const struct sitting *sittings, struct sitting_db_opening *openings,
                              size_t count) MUST_CHECK;

/* The event sitting.start. */
enum err sitting_compose_start(struct arena *arena, const struct sitting *sitting, int64_t now_us, int64_t closes_us,
                               struct ledger_row *ret_row) MUST_CHECK;

/* `rows`: saved rows that the receipt rests on. *ret_receipt is what counts when submitted. */
enum err sitting_db_submit(struct db *db, struct arena *arena, struct sitting_place place, int64_t now_us, int64_t rows,
                           const struct sitting_receipt *receipt, const struct ledger_row *event,
                           enum sitting_db_submit *ret_outcome, struct sitting_receipt *ret_receipt) MUST_CHECK;

/* The form that is sat in a room, which is locked from here to the end of the transaction. */
enum err sitting_db_room_lock(struct db *db, struct arena *arena, int64_t room_id,
                              uint8_t ret_form_sha256[CRYPTO_SHA256_LEN]) MUST_CHECK;

#define SITTING_ROOM_MAX 500
/* Receipts to store, by sitting. */
struct sitting_db_batch {
    size_t count;
    int64_t sitting_ids[SITTING_ROOM_MAX], answered[SITTING_ROOM_MAX];
    const char *sha256[SITTING_ROOM_MAX], *codes[SITTING_ROOM_MAX];
};
/* Fills the batch with the receipts of the open sittings whose deadline and grace have passed (all: every one). */
enum err sitting_db_room_open(struct db *db, struct arena *arena, int64_t room_id, int64_t now_us, bool all,
                              const uint8_t form_sha256[CRYPTO_SHA256_LEN], struct sitting_db_batch *batch) MUST_CHECK;
/* Closes them and stores their receipts; *ret_closed counts. */
enum err sitting_db_room_close(struct db *db, int64_t room_id, const struct sitting_db_batch *batch, int64_t now_us,
                               int64_t *ret_closed) MUST_CHECK;

#endif
