#include "khoacu/score/score.h"

#include "score_private.h"

#include "khoacu/bank/bank.h"
#include "khoacu/base/buf.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/json/json.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define ROOM_ARENA_MAX ((size_t)32 * 1024 * 1024)
#define TURN_ARENA_MAX ((size_t)64 * 1024 * 1024)
#define ROOMS_A_TURN 64
#define SHIFTS_A_TURN 16
#define ROOM_MAX 500 /* sittings */

/* ---- keys ---- */

static enum err read_item(struct arena *arena, const struct bank_version_text *text, const struct json **ret_content, struct item *ret_item) {
    const struct json *key = NULL;
    struct item_faults faults = {.count = 0};
    enum err err = json_read(arena, text->content, text->content_len, ret_content, NULL);
    if (err == ERR_NONE)
        err = json_read(arena, text->key, text->key_len, &key, NULL);
    if (err != ERR_NONE)
        return err;
    (void)item_read(arena, *ret_content, key, NULL, ret_item, &faults);
    return faults.grave || arena->failed ? ERR_STATE : ERR_NONE;
}

struct versions {
    int64_t item_ids[SITTING_POSITIONS_MAX], versions[SITTING_POSITIONS_MAX];
    size_t count;
};

static enum err take_version(void *ctx, const struct db_row *row) {
    struct versions *versions = ctx;
    if (db_int(row, 0) != (int64_t)versions->count + 1)
        return ERR_STATE;
    versions->item_ids[versions->count] = db_int(row, 1);
    versions->versions[versions->count++] = db_int(row, 2);
    return ERR_NONE;
}

enum err score_key_read(struct db *db, struct bank_vault *vault, struct arena *arena, int64_t form_id, struct score_key *ret_key) {
    struct score_key *key = ret_key;
    struct versions versions = {.count = 0};
    *key = (struct score_key){.version = 1};
    struct bank_version_text *texts = ARENA_ARRAY(arena, SITTING_POSITIONS_MAX, struct bank_version_text);
    enum err err = texts ? db_many(db, arena, DB_FORM_VERSIONS, DB_PARAMS(P_INT(form_id)), SITTING_POSITIONS_MAX, take_version, &versions)
                         : ERR_MEMORY;
    if (err == ERR_NONE && versions.count == 0)
        err = ERR_STATE;
    if (err == ERR_NONE)
        err = bank_texts_read(db, vault, arena, versions.item_ids, versions.versions, versions.count, true, texts);
    for (size_t i = 0; err == ERR_NONE && i < versions.count; i++) {
        err = read_item(arena, &texts[i], &key->contents[i + 1], &key->items[i + 1]);
        key->fixes[i + 1].key_texts = arena_printf(arena, "[%s]", texts[i].key);
    }
    key->count = (int32_t)versions.count;
    return err == ERR_NONE ? rekey_newest_read(db, arena, form_id, key) : err;
}

/* ---- rooms ---- */

/* Scores to append, by sitting. */
struct scores {
    size_t count;
    int64_t candidate_ids[ROOM_MAX], sitting_ids[ROOM_MAX], correct[ROOM_MAX], answered[ROOM_MAX], points_e7[ROOM_MAX];
    const char *statuses[ROOM_MAX], *item_points[ROOM_MAX];
};

struct room_scoring {
    struct arena *arena;
    int64_t room_id;
    const struct score_key *key;
    int64_t now_us;
    struct scores *scores;
    struct score_tally tally;
};

/* As PostgreSQL reads an array: {10000000,NULL,0}. */
static const char *points_array(struct arena *arena, const struct score_count *count, int32_t positions) {
    struct buf out CLEANUP(buf_release);
    buf_init(&out, (size_t)SITTING_POSITIONS_MAX * 24);
    for (int32_t position = 1; position <= positions; position++) {
        buf_addc(&out, position > 1 ? ',' : '{');
        if (count->item_points_e7[position] == SCORE_PENDING)
            buf_adds(&out, "NULL");
        else
            buf_addf(&out, "%lld", (long long)count->item_points_e7[position]);
    }
    buf_addc(&out, '}');
    return out.failed ? NULL : arena_strndup(arena, out.data, out.len);
}

static enum err take_sitting(void *ctx, const struct db_row *row) {
    struct room_scoring *room = ctx;
    struct scores *scores = room->scores;
    size_t i = scores->count++;
    enum sitting_state state;
    if (!sitting_state_parse(db_text(row, 2), &state))
        return ERR_STATE;
    scores->sitting_ids[i] = db_int(row, 0);
    scores->candidate_ids[i] = db_int(row, 1);
    bool absent = state == SITTING_ABSENT;
    scores->statuses[i] = absent ? "absent" : "counted";
    room->tally.absent += absent;
    room->tally.counted += !absent;
    struct sitting_answers answers;
    enum err err = sitting_answers_read(row, 3, &answers);
    if (err != ERR_NONE)
        return err;
    struct arena work CLEANUP(arena_release);
    struct score_count count;
    arena_init(&work, ROOM_ARENA_MAX);
    score_count(&work, room->key, &answers, &count);
    scores->correct[i] = count.correct;
    scores->answered[i] = count.answered;
    scores->points_e7[i] = count.points_e7;
    scores->item_points[i] = points_array(room->arena, &count, room->key->count);
    return work.failed || !scores->item_points[i] ? ERR_MEMORY : ERR_NONE;
}

static enum err append_scores(struct db *db, struct room_scoring *room) {
    const struct scores *scores = room->scores;
    return db_run(db, DB_SCORE_APPEND,
                  DB_PARAMS(P_INTS(scores->candidate_ids, scores->count), P_INTS(scores->sitting_ids, scores->count),
                            P_TEXTS(scores->statuses, scores->count), P_INTS(scores->correct, scores->count),
                            P_INTS(scores->answered, scores->count), P_INT(room->key->count - room->key->dropped), P_TIME(room->now_us),
                            P_INTS(scores->points_e7, scores->count), P_TEXTS(scores->item_points, scores->count),
                            P_INT(room->key->worth_e7), P_INT(room->key->version), P_INT(room->key->dropped)),
                  &room->tally.appended);
}

static enum err room_body(void *ctx, struct db *db) {
    struct room_scoring *room = ctx;
    room->tally = (struct score_tally){0};
    room->scores->count = 0;
    const struct db_row *row = NULL;
    enum err err = db_one(db, room->arena, DB_SCORE_ROOM_LOCK, DB_PARAMS(P_INT(room->room_id)), &row);
    if (err == ERR_NONE)
        err = db_many(db, room->arena, DB_SCORE_ROOM_SITTINGS, DB_PARAMS(P_INT(room->room_id)), ROOM_MAX,
                      take_sitting, room);
    if (err == ERR_NONE && room->scores->count > 0)
        err = append_scores(db, room);
    if (err != ERR_NONE)
        return err;
    if (room->tally.appended == 0)
        return DB_ROLLBACK;
    const char *details = arena_printf(room->arena, "{\"absent\":%lld,\"appended\":%lld,\"counted\":%lld}",
                                       (long long)room->tally.absent, (long long)room->tally.appended,
                                       (long long)room->tally.counted);
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, room->arena,
                         &(struct ledger_event){.actor = LEDGER_SYSTEM,
                                                .act = "score.room",
                                                .subject_kind = "room",
                                                .subject_id = room->room_id,
                                                .details = details,
                                                .at_us = room->now_us});
}

enum err score_room(struct db *db, struct arena *arena, int64_t room_id, const struct score_key *key, int64_t now_us,
                    struct score_tally *ret_tally) {
    struct room_scoring room = {.arena = arena, .room_id = room_id, .key = key, .now_us = now_us};
    room.scores = ARENA_NEW(arena, struct scores);
    if (!room.scores)
        return ERR_MEMORY;
    enum err err = db_transact(db, room_body, &room);
    if (err == ERR_NONE)
        *ret_tally = room.tally;
    return err;
}

/* ---- shifts ---- */

static enum err note_progress(struct score_progress *progress, size_t done, size_t total) {
    return progress ? score_progress_set(progress, (int32_t)done, (int32_t)total) : ERR_NONE;
}

/* Closes one room and scores it, in memory of its own. */
static enum err finish_room(struct db *db, int64_t room_id, const struct sitting_closing *closing,
                            const struct score_key *key, struct score_tally *total) {
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, ROOM_ARENA_MAX);
    struct sitting_closed closed;
    struct score_tally tally = {0};
    enum err err = sitting_room_close(db, &arena, room_id, closing, &closed);
    if (err == ERR_NONE)
        err = score_room(db, &arena, room_id, key, closing->now_us, &tally);
    if (err == ERR_NONE) {
        total->counted += tally.counted;
        total->absent += tally.absent;
        total->appended += tally.appended;
    }
    return err;
}

enum err score_shift_close(struct db *db, struct bank_vault *vault, struct arena *arena, int64_t shift_id, const struct sitting_closing *closing,
                           struct score_progress *progress, struct score_tally *ret_tally) {
    struct sitting_shift shift;
    struct score_key *key = ARENA_NEW(arena, struct score_key);
    struct score_tally total = {0};
    enum sitting_shift_close_verdict verdict;
    enum err err = key ? sitting_shift_read(db, arena, shift_id, &shift) : ERR_MEMORY;
    if (err == ERR_NONE)
        err = score_key_read(db, vault, arena, shift.form_id, key);
    if (err != ERR_NONE)
        return err;
    size_t steps = shift.room_count + 1;
    err = note_progress(progress, 0, steps);
    for (size_t i = 0; i < shift.room_count && err == ERR_NONE; i++) {
        err = finish_room(db, shift.room_ids[i], closing, key, &total);
        if (err == ERR_NONE)
            err = note_progress(progress, i + 1, steps);
    }
    if (err == ERR_NONE)
        err = sitting_shift_close(db, arena, shift_id, closing, &verdict);
    if (err == ERR_NONE)
        err = note_progress(progress, steps, steps);
    if (err == ERR_NONE)
        *ret_tally = total;
    return err;
}

/* One room or shift that cannot be finished must not keep the others waiting. */
static void note_first(enum err *first, enum err err) {
    if (*first == ERR_NONE)
        *first = err;
}

static enum err close_rooms_due(struct db *db, struct arena *arena, int64_t now_us, int64_t *done) {
    const struct sitting_closing closing = {.actor = LEDGER_SYSTEM, .now_us = now_us};
    const int64_t *room_ids = NULL;
    size_t count = 0;
    enum err first = sitting_rooms_due(db, arena, now_us, ROOMS_A_TURN, &room_ids, &count);
    for (size_t i = 0; i < count; i++) {
        struct arena room CLEANUP(arena_release);
        arena_init(&room, ROOM_ARENA_MAX);
        struct sitting_closed closed;
        note_first(&first, sitting_room_close(db, &room, room_ids[i], &closing, &closed));
        (*done)++;
    }
    return first;
}

static enum err close_shifts_over(struct db *db, struct bank_vault *vault, struct arena *arena, int64_t now_us, int64_t *done) {
    const struct sitting_closing closing = {.actor = LEDGER_SYSTEM, .absentees = true, .now_us = now_us};
    const int64_t *shift_ids = NULL;
    size_t count = 0;
    struct score_tally tally;
    enum err first = sitting_shifts_over(db, arena, now_us, SHIFTS_A_TURN, &shift_ids, &count);
    for (size_t i = 0; i < count; i++) {
        note_first(&first, score_shift_close(db, vault, arena, shift_ids[i], &closing, NULL, &tally));
        (*done)++;
    }
    return first;
}

enum err score_due_close(struct db *db, struct bank_vault *vault, int64_t now_us, int64_t *ret_done) {
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, TURN_ARENA_MAX);
    int64_t done = 0;
    enum err first = sitting_cycles_begin(db, &arena, now_us);
    note_first(&first, close_shifts_over(db, vault, &arena, now_us, &done));
    note_first(&first, close_rooms_due(db, &arena, now_us, &done));
    *ret_done = done;
    return first;
}
