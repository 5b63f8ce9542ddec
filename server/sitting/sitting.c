#include "sitting_db.h"

#include "khoacu/base/text.h"

#include <assert.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* ---- the candidate's own acts ---- */

enum err sitting_compose_start(struct arena *arena, const struct sitting *sitting, int64_t now_us, int64_t closes_us,
                               struct ledger_row *ret_row) {
    char room[TEXT_ID_LEN + 1];
    text_format_id(sitting->place.room_id, room);
    const char *details =
        arena_printf(arena, "{\"closes_at\":%lld,\"room\":\"%s\"}", (long long)closes_us, room);
    if (!details)
        return ERR_MEMORY;
    return ledger_compose(arena,
                          &(struct ledger_event){.actor = LEDGER_CANDIDATE(sitting->candidate_id),
                                                 .act = "sitting.start",
                                                 .subject_kind = "sitting",
                                                 .subject_id = sitting->place.sitting_id,
                                                 .details = details,
                                                 .at_us = now_us},
                          ret_row);
}

static enum err open_paper(struct db *db, struct arena *arena, struct sitting *sitting, int64_t now_us,
                           enum sitting_start_verdict *ret_verdict) {
    struct ledger_row event;
    enum sitting_db_start outcome = SITTING_DB_START_ENDED;
    int64_t closes_us = sitting_deadline_us(&sitting->times, now_us);
    enum err err = sitting_compose_start(arena, sitting, now_us, closes_us, &event);
    if (err == ERR_NONE)
        err = sitting_db_start(db, arena, sitting->place, now_us, closes_us, &event, &outcome, &sitting->started_us,
                               &sitting->closes_us);
    if (err != ERR_NONE)
        return err;
    switch (outcome) {
    case SITTING_DB_START_OPENED:
        assert(sitting_state_may(sitting->state, SITTING_OPEN));
        sitting->state = SITTING_OPEN;
        *ret_verdict = SITTING_START_OPEN;
        return ERR_NONE;
    case SITTING_DB_START_OPEN:
        /* The other tab may have saved by now. */
        *ret_verdict = SITTING_START_OPEN;
        return sitting_read(db, arena, sitting->place, sitting);
    case SITTING_DB_START_HELD:
        *ret_verdict = SITTING_START_HELD;
        return ERR_NONE;
    case SITTING_DB_START_NOT_CHECKED_IN:
        *ret_verdict = SITTING_START_NOT_CHECKED_IN;
        return ERR_NONE;
    case SITTING_DB_START_ENDED:
        break;
    }
    *ret_verdict = SITTING_START_ENDED;
    return sitting_read(db, arena, sitting->place, sitting);
}

enum err sitting_start(struct db *db, struct arena *arena, struct sitting_place place, int64_t now_us,
                       enum sitting_start_verdict *ret_verdict, struct sitting *ret_sitting) {
    struct sitting sitting;
    enum sitting_start_verdict verdict = SITTING_START_ENDED;
    enum err err = sitting_read(db, arena, place, &sitting);
    if (err != ERR_NONE)
        return err;
    switch (sitting_time_judge(&sitting.times, sitting.shift_closed, sitting.state, sitting.closes_us, now_us)) {
    case SITTING_TIME_EARLY:
        verdict = SITTING_START_EARLY;
        break;
    case SITTING_TIME_START:
        err = open_paper(db, arena, &sitting, now_us, &verdict);
        break;
    case SITTING_TIME_WORKING:
        verdict = SITTING_START_OPEN;
        break;
    case SITTING_TIME_HELD:
        verdict = SITTING_START_HELD;
        break;
    case SITTING_TIME_ENDED:
        break;
    }
    if (err == ERR_NONE) {
        *ret_verdict = verdict;
        *ret_sitting = sitting;
    }
    return err;
}

struct sitting_answers sitting_answers_of(const struct sitting *sitting) {
    struct sitting_answers answers = {0};
    for (size_t i = 0; i < sitting->response_count; i++) {
        const struct sitting_response *response = &sitting->responses[i];
        assert(response->position >= 1 && response->position <= SITTING_POSITIONS_MAX);
        answers.choices[response->position] = (int16_t)response->choice;
        answers.answers[response->position] = response->answer;
    }
    return answers;
}

static enum err compose_submit(struct arena *arena, const struct sitting *sitting,
                               const struct sitting_receipt *receipt, struct ledger_row *ret_row) {
    char room[TEXT_ID_LEN + 1], sha256[2 * CRYPTO_SHA256_LEN + 1];
    text_format_id(sitting->place.room_id, room);
    text_hex(receipt->answers_sha256, CRYPTO_SHA256_LEN, sha256);
    const char *details = arena_printf(arena, "{\"answered\":%d,\"answers_sha256\":\"%s\",\"room\":\"%s\"}",
                                       receipt->answered, sha256, room);
    if (!details)
        return ERR_MEMORY;
    return ledger_compose(arena,
                          &(struct ledger_event){.actor = LEDGER_CANDIDATE(sitting->candidate_id),
                                                 .act = "sitting.submit",
                                                 .subject_kind = "sitting",
                                                 .subject_id = sitting->place.sitting_id,
                                                 .details = details,
                                                 .at_us = receipt->issued_us},
                          ret_row);
}

static enum err submit_once(struct db *db, struct arena *arena, const struct sitting *sitting, int64_t now_us,
                            enum sitting_db_submit *ret_outcome, struct sitting_receipt *ret_receipt) {
    struct sitting_answers answers = sitting_answers_of(sitting);
    struct sitting_receipt receipt;
    struct ledger_row event;
    enum err err = sitting_receipt_make(sitting->form_sha256, sitting->place.sitting_id, &answers, now_us, &receipt);
    if (err == ERR_NONE)
        err = compose_submit(arena, sitting, &receipt, &event);
    if (err != ERR_NONE)
        return err;
    return sitting_db_submit(db, arena, sitting->place, now_us, sitting->response_rows, &receipt, &event, ret_outcome,
                             ret_receipt);
}

/* Without a lock: what the state says already. SITTING_DB_SUBMIT_MOVED: it is open, go on. */
static enum sitting_db_submit judge_submit(const struct sitting *sitting, int64_t now_us) {
    if (sitting->state == SITTING_SUBMITTED)
        return SITTING_DB_SUBMIT_SUBMITTED;
    switch (
        sitting_time_judge(&sitting->times, sitting->shift_closed, sitting->state, sitting->closes_us, now_us)) {
    case SITTING_TIME_EARLY:
    case SITTING_TIME_START:
        return SITTING_DB_SUBMIT_NOT_OPEN;
    case SITTING_TIME_WORKING:
        return SITTING_DB_SUBMIT_MOVED;
    case SITTING_TIME_HELD:
        return SITTING_DB_SUBMIT_HELD;
    case SITTING_TIME_ENDED:
        break;
    }
    return SITTING_DB_SUBMIT_ENDED;
}

struct submission {
    struct arena *arena;
    struct sitting_place place;
    int64_t now_us;
    enum sitting_db_submit outcome;
    struct sitting_receipt receipt;
};

static enum err try_submit(struct db *db, struct submission *submission) {
    struct sitting sitting;
    enum err err = sitting_read(db, submission->arena, submission->place, &sitting);
    if (err != ERR_NONE)
        return err;
    submission->receipt = sitting.receipt;
    submission->outcome = judge_submit(&sitting, submission->now_us);
    if (submission->outcome == SITTING_DB_SUBMIT_MOVED)
        err = submit_once(db, submission->arena, &sitting, submission->now_us, &submission->outcome,
                          &submission->receipt);
    return err;
}

/* The room is held while the answers are read: no save can come between. */
static enum err submit_body(void *ctx, struct db *db) {
    struct submission *submission = ctx;
    uint8_t form_sha256[CRYPTO_SHA256_LEN];
    enum err err = sitting_db_room_lock(db, submission->arena, submission->place.room_id, form_sha256);
    return err == ERR_NONE ? try_submit(db, submission) : err;
}

enum err sitting_submit(struct db *db, struct arena *arena, struct sitting_place place, int64_t now_us,
                        enum sitting_submit_verdict *ret_verdict, struct sitting_receipt *ret_receipt) {
    struct submission submission = {.arena = arena, .place = place, .now_us = now_us};
    enum err err = try_submit(db, &submission);
    if (err == ERR_NONE && submission.outcome == SITTING_DB_SUBMIT_MOVED)
        err = db_transact(db, submit_body, &submission);
    if (err != ERR_NONE)
        return err;
    switch (submission.outcome) {
    case SITTING_DB_SUBMIT_SUBMITTED:
        *ret_receipt = submission.receipt;
        *ret_verdict = SITTING_SUBMIT_DONE;
        return ERR_NONE;
    case SITTING_DB_SUBMIT_NOT_OPEN:
        *ret_verdict = SITTING_SUBMIT_NOT_OPEN;
        return ERR_NONE;
    case SITTING_DB_SUBMIT_HELD:
        *ret_verdict = SITTING_SUBMIT_HELD;
        return ERR_NONE;
    case SITTING_DB_SUBMIT_ENDED:
        *ret_verdict = SITTING_SUBMIT_ENDED;
        return ERR_NONE;
    case SITTING_DB_SUBMIT_MOVED:
        break;
    }
    return ERR_STATE;
}

/* ---- closing ---- */

struct room_closing {
    struct arena *arena;
    int64_t room_id;
    const struct sitting_closing *closing;
    struct sitting_db_batch *batch;
    struct sitting_closed closed;
};

/* The receipts of a room in one hash, in order of sitting, so that the event binds them all. */
static void hash_batch(const struct sitting_db_batch *batch, char out[2 * CRYPTO_SHA256_LEN + 1]) {
    struct crypto_sha256 *hash = crypto_sha256_new();
    uint8_t sha256[CRYPTO_SHA256_LEN];
    for (size_t i = 0; i < batch->count; i++) {
        char sitting[TEXT_ID_LEN + 1];
        text_format_id(batch->sitting_ids[i], sitting);
        crypto_sha256_add(hash, sitting, TEXT_ID_LEN);
        crypto_sha256_add(hash, batch->sha256[i], 2 * CRYPTO_SHA256_LEN);
    }
    crypto_sha256_finish(hash, sha256);
    text_hex(sha256, sizeof sha256, out);
}

static enum err append_room_event(struct db *db, const struct room_closing *room) {
    char sha256[2 * CRYPTO_SHA256_LEN + 1];
    hash_batch(room->batch, sha256);
    const char *details =
        arena_printf(room->arena, "{\"absent\":%lld,\"closed\":%lld,\"receipts_sha256\":\"%s\"}",
                     (long long)room->closed.absent, (long long)room->closed.closed, sha256);
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, room->arena,
                         &(struct ledger_event){.actor = room->closing->actor,
                                                .act = "sitting.room_close",
                                                .subject_kind = "room",
                                                .subject_id = room->room_id,
                                                .reason = room->closing->reason,
                                                .details = details,
                                                .at_us = room->closing->now_us});
}

static enum err room_body(void *ctx, struct db *db) {
    struct room_closing *room = ctx;
    const struct sitting_closing *closing = room->closing;
    uint8_t form_sha256[CRYPTO_SHA256_LEN];
    room->closed = (struct sitting_closed){0};
    enum err err = sitting_db_room_lock(db, room->arena, room->room_id, form_sha256);
    if (err == ERR_NONE)
        err = sitting_db_room_open(db, room->arena, room->room_id, closing->now_us, closing->everybody, form_sha256,
                                   room->batch);
    if (err == ERR_NONE && room->batch->count > 0)
        err = sitting_db_room_close(db, room->room_id, room->batch, closing->now_us, &room->closed.closed);
    if (err == ERR_NONE && (closing->everybody || closing->absentees))
        err = db_run(db, DB_SITTING_ROOM_ABSENT, DB_PARAMS(P_INT(room->room_id), P_TIME(closing->now_us)),
                     &room->closed.absent);
    if (err != ERR_NONE)
        return err;
    if (room->closed.closed + room->closed.absent == 0)
        return DB_ROLLBACK;
    return append_room_event(db, room);
}

enum err sitting_room_close(struct db *db, struct arena *arena, int64_t room_id, const struct sitting_closing *closing,
                            struct sitting_closed *ret_closed) {
    struct room_closing room = {.arena = arena, .room_id = room_id, .closing = closing};
    room.batch = ARENA_NEW(arena, struct sitting_db_batch);
    if (!room.batch)
        return ERR_MEMORY;
    enum err err = db_transact(db, room_body, &room);
    if (err == ERR_NONE)
        *ret_closed = room.closed;
    return err;
}

struct shift_closing {
    struct arena *arena;
    int64_t shift_id;
    const struct sitting_closing *closing;
    enum sitting_shift_close_verdict verdict;
};

static enum err shift_body(void *ctx, struct db *db) {
    struct shift_closing *shift = ctx;
    const struct db_row *row = NULL;
    enum err err = db_one(db, shift->arena, DB_SITTING_SHIFT_CLOSE, DB_PARAMS(P_INT(shift->shift_id)), &row);
    if (err != ERR_NONE)
        return err;
    const char *outcome = db_text(row, 0);
    if (strcmp(outcome, "closed") != 0) {
        shift->verdict =
            strcmp(outcome, "before") == 0 ? SITTING_SHIFT_CLOSED_BEFORE : SITTING_SHIFT_UNFINISHED;
        return DB_ROLLBACK;
    }
    shift->verdict = SITTING_SHIFT_CLOSED;
    return ledger_append(db, shift->arena,
                         &(struct ledger_event){.actor = shift->closing->actor,
                                                .act = "sitting.shift_close",
                                                .subject_kind = "shift",
                                                .subject_id = shift->shift_id,
                                                .reason = shift->closing->reason,
                                                .at_us = shift->closing->now_us});
}

enum err sitting_shift_close(struct db *db, struct arena *arena, int64_t shift_id,
                             const struct sitting_closing *closing, enum sitting_shift_close_verdict *ret_verdict) {
    struct shift_closing shift = {.arena = arena, .shift_id = shift_id, .closing = closing};
    enum err err = db_transact(db, shift_body, &shift);
    if (err == ERR_NONE)
        *ret_verdict = shift.verdict;
    return err;
}

/* ---- cycles ---- */

#define CYCLES_MAX 1000

struct beginning {
    struct arena *arena;
    int64_t now_us;
    int64_t cycle_ids[CYCLES_MAX];
    size_t count;
};

static enum err take_cycle(void *ctx, const struct db_row *row) {
    struct beginning *beginning = ctx;
    beginning->cycle_ids[beginning->count++] = db_int(row, 0);
    return ERR_NONE;
}

static enum err begin_body(void *ctx, struct db *db) {
    struct beginning *beginning = ctx;
    beginning->count = 0;
    enum err err = db_many(db, beginning->arena, DB_SITTING_CYCLES_BEGIN, DB_PARAMS(P_TIME(beginning->now_us)),
                           CYCLES_MAX, take_cycle, beginning);
    if (err == ERR_NONE && beginning->count == 0)
        return DB_ROLLBACK;
    for (size_t i = 0; i < beginning->count && err == ERR_NONE; i++)
        err = ledger_append(db, beginning->arena,
                            &(struct ledger_event){.actor = LEDGER_SYSTEM,
                                                   .act = "cycle.begin",
                                                   .subject_kind = "cycle",
                                                   .subject_id = beginning->cycle_ids[i],
                                                   .at_us = beginning->now_us});
    return err;
}

enum err sitting_cycles_begin(struct db *db, struct arena *arena, int64_t now_us) {
    struct beginning *beginning = ARENA_NEW(arena, struct beginning);
    if (!beginning)
        return ERR_MEMORY;
    beginning->arena = arena;
    beginning->now_us = now_us;
    return db_transact(db, begin_body, beginning);
}
