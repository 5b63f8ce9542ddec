#include "sitting_db.h"

#include "khoacu/base/text.h"
#include "khoacu/sitting/opening.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* Columns that sitting_read and sitting_own have in common come first. */
enum { TIMES_AT = 6, OPENED_AT = 11, FORM_AT = 13, RECEIPT_OF_OWN_AT = 14, FOLD_AT = 14, RECEIPT_AT = 20, OWN_AT = 18 };
/* What a sitting has of time beside its shift stands last. */
enum { GIVEN_AT = 24, GIVEN_OF_OWN_AT = 26, GIVEN_OF_UNOPENED_AT = 14 };
/* After it: whether there are parts; of one among many its place. */
enum { PARTS_AFTER = 4, PLACE_AFTER = 5 };

static struct sitting_times times_of(const struct db_row *row, int at) {
    return (struct sitting_times){.clock = strcmp(db_text(row, at), "common") == 0 ? SITTING_CLOCK_COMMON
                                                                                   : SITTING_CLOCK_PERSONAL,
                                  .starts_us = db_time(row, at + 1),
                                  .ends_us = db_time(row, at + 2),
                                  .minutes = (int32_t)db_int(row, at + 3),
                                  .grace_s = (int32_t)db_int(row, at + 4)};
}

/* accommodation, extra, held, since when the clock stands */
static void read_given(const struct db_row *row, int at, struct sitting_times *times) {
    times->accommodation_s = (int32_t)db_int(row, at);
    times->extra_s = (int32_t)db_int(row, at + 1);
    times->held_s = (int32_t)db_int(row, at + 2);
    times->held_us = db_time(row, at + 3);
}

static enum err read_sha256(const struct db_row *row, int at, uint8_t out[CRYPTO_SHA256_LEN]) {
    size_t len = 0;
    const uint8_t *bytes = db_bytes(row, at, &len);
    if (!bytes)
        return ERR_MEMORY;
    if (len != CRYPTO_SHA256_LEN)
        return ERR_STATE;
    memcpy(out, bytes, len);
    return ERR_NONE;
}

/* answers_sha256, code, answered, issued_at; all null when there is no receipt. */
static enum err read_receipt(const struct db_row *row, int at, struct sitting_receipt *ret_receipt) {
    struct sitting_receipt receipt = {0};
    if (!db_is_null(row, at)) {
        enum err err = read_sha256(row, at, receipt.answers_sha256);
        if (err != ERR_NONE)
            return err;
        (void)snprintf(receipt.code, sizeof receipt.code, "%s", db_text(row, at + 1));
        receipt.answered = (int32_t)db_int(row, at + 2);
        receipt.issued_us = db_time(row, at + 3);
    }
    *ret_receipt = receipt;
    return ERR_NONE;
}

static enum err read_common(const struct db_row *row, struct sitting_place place, struct sitting *ret_sitting) {
    *ret_sitting = (struct sitting){.place = place,
                                    .candidate_id = db_int(row, 0),
                                    .cycle_id = db_int(row, 1),
                                    .shift_id = db_int(row, 2),
                                    .form_id = db_int(row, 3),
                                    .shift_closed = db_bool(row, 5),
                                    .times = times_of(row, TIMES_AT),
                                    .started_us = db_time(row, OPENED_AT),
                                    .closes_us = db_time(row, OPENED_AT + 1)};
    if (!sitting_state_parse(db_text(row, 4), &ret_sitting->state))
        return ERR_STATE;
    return read_sha256(row, FORM_AT, ret_sitting->form_sha256);
}

static enum err read_responses(const struct db_row *row, struct arena *arena, struct sitting *sitting) {
    size_t counts[4];
    const int64_t *columns[4];
    for (int i = 0; i < 4; i++)
        columns[i] = db_ints(row, FOLD_AT + i, &counts[i]);
    size_t answer_count = 0;
    const char *const *answers = db_texts(row, FOLD_AT + 4, &answer_count);
    sitting->response_rows = db_int(row, FOLD_AT + 5);
    sitting->response_count = counts[0];
    struct sitting_response *responses = ARENA_ARRAY(arena, counts[0], struct sitting_response);
    if (!responses)
        return ERR_MEMORY;
    for (size_t i = 0; i < counts[0]; i++) {
        assert(counts[1] == counts[0] && counts[2] == counts[0] && counts[3] == counts[0] && answer_count == counts[0]);
        responses[i] = (struct sitting_response){.position = (int32_t)columns[0][i],
                                                 .seq = (int32_t)columns[1][i],
                                                 .choice = (int32_t)columns[2][i],
                                                 .answer = answers[i],
                                                 .flagged = columns[3][i] != 0};
    }
    sitting->responses = responses;
    return ERR_NONE;
}

enum err sitting_read(struct db *db, struct arena *arena, struct sitting_place place, struct sitting *ret_sitting) {
    const struct db_row *row = NULL;
    struct sitting sitting;
    enum err err = db_one(db, arena, DB_SITTING_READ, DB_PARAMS(P_INT(place.room_id), P_INT(place.sitting_id)), &row);
    if (err == ERR_NONE)
        err = read_common(row, place, &sitting);
    if (err == ERR_NONE)
        err = read_responses(row, arena, &sitting);
    if (err == ERR_NONE)
        err = read_receipt(row, RECEIPT_AT, &sitting.receipt);
    if (err != ERR_NONE)
        return err;
    read_given(row, GIVEN_AT, &sitting.times);
    sitting.has_parts = db_bool(row, GIVEN_AT + PARTS_AFTER);
    *ret_sitting = sitting;
    return ERR_NONE;
}

/* ---- many at once ---- */

struct unopened {
    const struct sitting_place *places;
    size_t count;
    struct sitting *sittings;
    bool *found;
};

static enum err take_unopened(void *ctx, const struct db_row *row) {
    struct unopened *unopened = ctx;
    int64_t place = db_int(row, GIVEN_OF_UNOPENED_AT + PLACE_AFTER);
    if (place < 1 || (size_t)place > unopened->count)
        return ERR_STATE;
    struct sitting *sitting = &unopened->sittings[place - 1];
    enum err err = read_common(row, unopened->places[place - 1], sitting);
    if (err != ERR_NONE)
        return err;
    read_given(row, GIVEN_OF_UNOPENED_AT, &sitting->times);
    sitting->has_parts = db_bool(row, GIVEN_OF_UNOPENED_AT + PARTS_AFTER);
    unopened->found[place - 1] = true;
    return ERR_NONE;
}

enum err sitting_db_read_unopened(struct db *db, struct arena *arena, const struct sitting_place *places, size_t count,
                                  struct sitting *ret_sittings, bool *ret_found) {
    int64_t rooms[OPENING_BATCH], sittings[OPENING_BATCH];
    struct unopened unopened = {.places = places, .count = count, .sittings = ret_sittings, .found = ret_found};
    assert(count <= OPENING_BATCH);
    for (size_t i = 0; i < count; i++) {
        rooms[i] = places[i].room_id;
        sittings[i] = places[i].sitting_id;
        ret_found[i] = false;
    }
    return db_many(db, arena, DB_SITTING_READ_UNOPENED, DB_PARAMS(P_INTS(rooms, count), P_INTS(sittings, count)), count,
                   take_unopened, &unopened);
}

static enum err take_opened(void *ctx, const struct db_row *row) {
    struct sitting_db_opening *openings = ctx;
    openings[db_int(row, 0) - 1].opened = true;
    return ERR_NONE;
}

enum err sitting_db_open_many(struct db *db, struct arena *arena, const struct sitting *sittings,
                              struct sitting_db_opening *openings, size_t count) {
    int64_t rooms[OPENING_BATCH], ids[OPENING_BATCH], nows[OPENING_BATCH], closes[OPENING_BATCH], events[OPENING_BATCH];
    const char *actors[OPENING_BATCH], *subjects[OPENING_BATCH], *payloads[OPENING_BATCH], *sha256[OPENING_BATCH];
    char hex[OPENING_BATCH][2 * CRYPTO_SHA256_LEN + 1];
    assert(count <= OPENING_BATCH);
    for (size_t i = 0; i < count; i++) {
        const struct sitting_db_opening *opening = &openings[i];
        rooms[i] = sittings[opening->of].place.room_id;
        ids[i] = sittings[opening->of].place.sitting_id;
        nows[i] = opening->now_us;
        closes[i] = opening->closes_us;
        events[i] = opening->event.event_id;
        actors[i] = opening->event.actor;
        subjects[i] = opening->event.subject;
        payloads[i] = opening->event.payload;
        text_hex(opening->event.payload_sha256, CRYPTO_SHA256_LEN, hex[i]);
        sha256[i] = hex[i];
    }
    return db_many(db, arena, DB_SITTING_OPEN_MANY,
                   DB_PARAMS(P_INTS(rooms, count), P_INTS(ids, count), P_INTS(nows, count), P_INTS(closes, count),
                             P_INTS(events, count), P_TEXTS(actors, count), P_TEXTS(subjects, count),
                             P_TEXTS(payloads, count), P_TEXTS(sha256, count)),
                   count, take_opened, openings);
}

enum err sitting_own_read(struct db *db, struct arena *arena, struct sitting_place place, struct sitting_own *ret_own) {
    const struct db_row *row = NULL;
    struct sitting_own own;
    enum err err = db_one(db, arena, DB_SITTING_OWN, DB_PARAMS(P_INT(place.room_id), P_INT(place.sitting_id)), &row);
    if (err == ERR_NONE)
        err = read_common(row, place, &own.sitting);
    if (err == ERR_NONE)
        err = read_receipt(row, RECEIPT_OF_OWN_AT, &own.sitting.receipt);
    if (err != ERR_NONE)
        return err;
    own.shift_code = db_text(row, OWN_AT);
    own.room_code = db_text(row, OWN_AT + 1);
    own.seat = (int32_t)db_int(row, OWN_AT + 2);
    own.item_count = (int32_t)db_int(row, OWN_AT + 3);
    own.cycle_code = db_text(row, OWN_AT + 4);
    own.title_vi = db_text(row, OWN_AT + 5);
    own.title_en = db_text(row, OWN_AT + 6);
    own.demonstration = db_bool(row, OWN_AT + 7);
    own.evacuated = db_bool(row, GIVEN_OF_OWN_AT + 4);
    own.check_in = db_bool(row, GIVEN_OF_OWN_AT + 5);
    own.sitting.has_parts = db_bool(row, GIVEN_OF_OWN_AT + 6);
    own.calculator = db_bool(row, GIVEN_OF_OWN_AT + 7);
    read_given(row, GIVEN_OF_OWN_AT, &own.sitting.times);
    *ret_own = own;
    return ERR_NONE;
}

#define EVENT_PARAMS(event)                                                                                            \
    P_INT((event)->event_id), P_TEXT((event)->actor), P_TEXT((event)->subject), P_TEXT((event)->payload),              \
        P_BYTES((event)->payload_sha256, CRYPTO_SHA256_LEN)

enum err sitting_db_start(struct db *db, struct arena *arena, struct sitting_place place, int64_t now_us,
                          int64_t closes_us, const struct ledger_row *event, enum sitting_db_start *ret_outcome,
                          int64_t *ret_started_us, int64_t *ret_closes_us) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_SITTING_START,
                          DB_PARAMS(P_INT(place.room_id), P_INT(place.sitting_id), P_TIME(now_us), P_TIME(closes_us),
                                    EVENT_PARAMS(event)),
                          &row);
    if (err != ERR_NONE)
        return err;
    const char *outcome = db_text(row, 0);
    if (!outcome)
        return ERR_DB_NO_ROW;
    if (strcmp(outcome, "opened") == 0)
        *ret_outcome = SITTING_DB_START_OPENED;
    else if (strcmp(outcome, "held") == 0)
        *ret_outcome = SITTING_DB_START_HELD;
    else if (strcmp(outcome, "not_checked_in") == 0)
        *ret_outcome = SITTING_DB_START_NOT_CHECKED_IN;
    else
        *ret_outcome = strcmp(outcome, "open") == 0 ? SITTING_DB_START_OPEN : SITTING_DB_START_ENDED;
    *ret_started_us = db_time(row, 1);
    *ret_closes_us = db_time(row, 2);
    return ERR_NONE;
}

enum err sitting_db_submit(struct db *db, struct arena *arena, struct sitting_place place, int64_t now_us, int64_t rows,
                           const struct sitting_receipt *receipt, const struct ledger_row *event,
                           enum sitting_db_submit *ret_outcome, struct sitting_receipt *ret_receipt) {
    static const struct db_word OUTCOMES[] = {{"submitted", SITTING_DB_SUBMIT_SUBMITTED},
                                              {"moved", SITTING_DB_SUBMIT_MOVED},
                                              {"not_open", SITTING_DB_SUBMIT_NOT_OPEN},
                                              {"held", SITTING_DB_SUBMIT_HELD},
                                              {"ended", SITTING_DB_SUBMIT_ENDED}};
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_SITTING_SUBMIT,
                          DB_PARAMS(P_INT(place.room_id), P_INT(place.sitting_id), P_TIME(now_us), P_INT(rows),
                                    P_BYTES(receipt->answers_sha256, CRYPTO_SHA256_LEN), P_INT(receipt->answered),
                                    P_TEXT(receipt->code), EVENT_PARAMS(event)),
                          &row);
    if (err != ERR_NONE)
        return err;
    int meaning = DB_MEANING(OUTCOMES, db_text(row, 0));
    if (meaning < 0)
        return ERR_STATE;
    *ret_outcome = (enum sitting_db_submit)meaning;
    return *ret_outcome == SITTING_DB_SUBMIT_SUBMITTED ? read_receipt(row, 1, ret_receipt) : ERR_NONE;
}

/* ---- rooms and shifts ---- */

enum err sitting_answers_read(const struct db_row *row, int column, struct sitting_answers *ret_answers) {
    size_t count = 0, choice_count = 0, answer_count = 0;
    const int64_t *positions = db_ints(row, column, &count);
    const int64_t *choices = db_ints(row, column + 1, &choice_count);
    const char *const *texts = db_texts(row, column + 2, &answer_count);
    struct sitting_answers answers = {.choices = {0}};
    if (count != choice_count || count != answer_count)
        return ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        if (positions[i] < 1 || positions[i] > SITTING_POSITIONS_MAX || choices[i] < 0 || choices[i] > INT16_MAX)
            return ERR_STATE;
        answers.choices[positions[i]] = (int16_t)choices[i];
        answers.answers[positions[i]] = texts[i];
    }
    *ret_answers = answers;
    return ERR_NONE;
}

enum err sitting_db_room_lock(struct db *db, struct arena *arena, int64_t room_id,
                              uint8_t ret_form_sha256[CRYPTO_SHA256_LEN]) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_SITTING_ROOM_LOCK, DB_PARAMS(P_INT(room_id)), &row);
    return err == ERR_NONE ? read_sha256(row, 0, ret_form_sha256) : err;
}

struct receipts {
    struct arena *arena;
    const uint8_t *form_sha256;
    struct sitting_db_batch *batch;
};

static enum err take_open(void *ctx, const struct db_row *row) {
    struct receipts *receipts = ctx;
    struct sitting_db_batch *batch = receipts->batch;
    struct sitting_answers answers;
    struct sitting_receipt receipt;
    int64_t sitting_id = db_int(row, 0);
    enum err err = sitting_answers_read(row, 1, &answers);
    if (err != ERR_NONE)
        return err;
    char *sha256 = arena_alloc(receipts->arena, 2 * CRYPTO_SHA256_LEN + 1);
    if (!sha256)
        return ERR_MEMORY;
    err = sitting_receipt_make(receipts->form_sha256, sitting_id, &answers, 0, &receipt);
    if (err != ERR_NONE)
        return err;
    text_hex(receipt.answers_sha256, CRYPTO_SHA256_LEN, sha256);
    batch->sitting_ids[batch->count] = sitting_id;
    batch->answered[batch->count] = receipt.answered;
    batch->sha256[batch->count] = sha256;
    batch->codes[batch->count] = arena_strdup(receipts->arena, receipt.code);
    batch->count++;
    return ERR_NONE;
}

enum err sitting_db_room_open(struct db *db, struct arena *arena, int64_t room_id, int64_t now_us, bool all,
                              const uint8_t form_sha256[CRYPTO_SHA256_LEN], struct sitting_db_batch *batch) {
    struct receipts receipts = {.arena = arena, .form_sha256 = form_sha256, .batch = batch};
    batch->count = 0;
    return db_many(db, arena, DB_SITTING_ROOM_OPEN, DB_PARAMS(P_INT(room_id), P_TIME(now_us), P_BOOL(all)),
                   SITTING_ROOM_MAX, take_open, &receipts);
}

enum err sitting_db_room_close(struct db *db, int64_t room_id, const struct sitting_db_batch *batch, int64_t now_us,
                               int64_t *ret_closed) {
    return db_run(db, DB_SITTING_ROOM_CLOSE,
                  DB_PARAMS(P_INT(room_id), P_INTS(batch->sitting_ids, batch->count),
                            P_TEXTS(batch->sha256, batch->count), P_INTS(batch->answered, batch->count),
                            P_TEXTS(batch->codes, batch->count), P_TIME(now_us)),
                  ret_closed);
}

enum err sitting_shift_read(struct db *db, struct arena *arena, int64_t shift_id, struct sitting_shift *ret_shift) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_SITTING_SHIFT_READ, DB_PARAMS(P_INT(shift_id)), &row);
    if (err != ERR_NONE)
        return err;
    struct sitting_shift shift = {.shift_id = db_int(row, 0),
                                  .cycle_id = db_int(row, 1),
                                  .form_id = db_int(row, 2),
                                  .closed = db_bool(row, 3),
                                  .times = times_of(row, 4)};
    shift.room_ids = db_ints(row, 9, &shift.room_count);
    *ret_shift = shift;
    return arena->failed ? ERR_MEMORY : ERR_NONE;
}

struct ids {
    int64_t *list;
    size_t count;
};

static enum err take_id(void *ctx, const struct db_row *row) {
    struct ids *ids = ctx;
    ids->list[ids->count++] = db_int(row, 0);
    return ERR_NONE;
}

static enum err read_ids(struct db *db, struct arena *arena, enum db_statement statement, int64_t now_us, size_t max,
                         const int64_t **ret_ids, size_t *ret_count) {
    struct ids ids = {.list = ARENA_ARRAY(arena, max, int64_t)};
    if (!ids.list)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, statement, DB_PARAMS(P_TIME(now_us), P_INT((int64_t)max)), max, take_id, &ids);
    if (err == ERR_NONE) {
        *ret_ids = ids.list;
        *ret_count = ids.count;
    }
    return err;
}

enum err sitting_rooms_due(struct db *db, struct arena *arena, int64_t now_us, size_t max, const int64_t **ret_room_ids,
                           size_t *ret_count) {
    return read_ids(db, arena, DB_SITTING_ROOMS_DUE, now_us, max, ret_room_ids, ret_count);
}

enum err sitting_shifts_over(struct db *db, struct arena *arena, int64_t now_us, size_t max,
                             const int64_t **ret_shift_ids, size_t *ret_count) {
    return read_ids(db, arena, DB_SITTING_SHIFTS_OVER, now_us, max, ret_shift_ids, ret_count);
}
