#include "khoacu/sitting/schedule.h"

#include "khoacu/base/random.h"
#include "khoacu/ledger/ledger.h"
#include "khoacu/form/section.h"
#include "khoacu/sitting/section.h"

#include <assert.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* ---- rules ---- */

enum schedule_times_verdict schedule_times_judge(const struct sitting_times *times, int64_t now_us) {
    const int64_t minute_us = INT64_C(60000000), day_us = 1440 * minute_us;
    if (times->ends_us <= now_us)
        return SCHEDULE_TIMES_PAST;
    if (times->ends_us - times->starts_us < times->minutes * minute_us)
        return SCHEDULE_TIMES_SHORT;
    return times->ends_us - times->starts_us > SCHEDULE_WINDOW_MAX_DAYS * day_us ? SCHEDULE_TIMES_LONG
                                                                                 : SCHEDULE_TIMES_FIT;
}

int64_t schedule_room_count(int64_t candidates, int64_t room_size) {
    return (candidates + room_size - 1) / room_size;
}

int64_t schedule_room_fill(int64_t candidates, int64_t rooms, int64_t room) {
    return candidates / rooms + (room < candidates % rooms);
}

/* ---- scheduling ---- */

struct schedule {
    struct arena *arena;
    const struct schedule_request *request;
    int64_t *candidates;
    size_t count;
    bool two_persons; /* by the rule pack */
    enum schedule_verdict verdict;
    struct schedule_made made;
};

static enum err add_candidate(void *ctx, const struct db_row *row) {
    struct schedule *schedule = ctx;
    schedule->candidates[schedule->count++] = db_int(row, 0);
    return ERR_NONE;
}

/* Fisher and Yates, so that every order is as likely. */
static void shuffle(int64_t *numbers, size_t count) {
    for (size_t i = count; i > 1; i--) {
        size_t pick = (size_t)random_below(i);
        int64_t last = numbers[i - 1];
        numbers[i - 1] = numbers[pick];
        numbers[pick] = last;
    }
}

static enum err insert_shift(struct schedule *schedule, struct db *db) {
    const struct schedule_request *request = schedule->request;
    const struct sitting_times *times = &request->times;
    int64_t rows = 0;
    schedule->made.shift_id = random_id();
    enum err err = db_run(
        db, DB_SCHEDULE_SHIFT_INSERT,
        DB_PARAMS(P_INT(schedule->made.shift_id), P_INT(request->cycle->cycle_id), P_TEXT(request->code),
                  P_INT(request->form_id), P_TEXT(times->clock == SITTING_CLOCK_COMMON ? "common" : "personal"),
                  P_TIME(times->starts_us), P_TIME(times->ends_us), P_INT(times->minutes), P_INT(times->grace_s),
                  P_BOOL(request->two_persons || schedule->two_persons), P_INT(request->late_s), P_TEXT(request->sections),
                  request->item_seconds > 0 ? P_INT(request->item_seconds) : P_NULL, P_BOOL(request->check_in), P_BOOL(request->calculator)),
        &rows);
    if (err == ERR_NONE && rows == 0) {
        schedule->verdict = SCHEDULE_CODE_TAKEN;
        return DB_ROLLBACK;
    }
    return err;
}

static enum err insert_rooms(struct schedule *schedule, struct db *db, const int64_t *room_ids) {
    size_t rooms = (size_t)schedule->made.rooms;
    const char **codes = ARENA_ARRAY(schedule->arena, rooms, const char *);
    if (!codes)
        return ERR_MEMORY;
    for (size_t i = 0; i < rooms; i++) /* as wide as the last one, so that the names sort by number */
        codes[i] = arena_printf(schedule->arena, "P%0*zu", rooms > 999 ? 5 : rooms > 99 ? 3 : 2, i + 1);
    if (schedule->arena->failed)
        return ERR_MEMORY;
    return db_run(db, DB_SCHEDULE_ROOMS_INSERT,
                  DB_PARAMS(P_INT(schedule->made.shift_id), P_INTS(room_ids, rooms), P_TEXTS(codes, rooms)), NULL);
}

static enum err insert_sittings(struct schedule *schedule, struct db *db, const int64_t *room_ids) {
    size_t count = schedule->count, at = 0;
    int64_t *rooms = ARENA_ARRAY(schedule->arena, count, int64_t);
    int64_t *sittings = ARENA_ARRAY(schedule->arena, count, int64_t);
    int64_t *seats = ARENA_ARRAY(schedule->arena, count, int64_t);
    if (!rooms || !sittings || !seats)
        return ERR_MEMORY;
    for (int64_t room = 0; room < schedule->made.rooms; room++) {
        int64_t fill = schedule_room_fill((int64_t)count, schedule->made.rooms, room);
        for (int64_t seat = 1; seat <= fill; seat++, at++) {
            rooms[at] = room_ids[room];
            sittings[at] = random_id();
            seats[at] = seat;
        }
    }
    assert(at == count);
    return db_run(db, DB_SCHEDULE_SITTINGS_INSERT,
                  DB_PARAMS(P_INT(schedule->made.shift_id), P_INT(schedule->request->times.grace_s),
                            P_INTS(rooms, count), P_INTS(sittings, count), P_INTS(schedule->candidates, count),
                            P_INTS(seats, count), P_INT(schedule->request->times.minutes)),
                  NULL);
}

static enum err seat_all(struct schedule *schedule, struct db *db) {
    int64_t count = (int64_t)schedule->count;
    schedule->made.sittings = count;
    schedule->made.rooms = schedule_room_count(count, schedule->request->room_size);
    int64_t *room_ids = ARENA_ARRAY(schedule->arena, (size_t)schedule->made.rooms, int64_t);
    if (!room_ids)
        return ERR_MEMORY;
    for (int64_t i = 0; i < schedule->made.rooms; i++)
        room_ids[i] = random_id();
    shuffle(schedule->candidates, schedule->count);
    enum err err = insert_shift(schedule, db);
    if (err == ERR_NONE)
        err = insert_rooms(schedule, db, room_ids);
    return err == ERR_NONE ? insert_sittings(schedule, db, room_ids) : err;
}

/* Whether the parts of the paper that have a time of their own fit it, and end where sections of the form (as the database
 * keeps them) do: the order of what a candidate sees is drawn within those. */
static enum err judge_sections(const struct schedule *schedule, int64_t positions, const char *of_form, enum schedule_verdict *ret_verdict) {
    const struct schedule_request *request = schedule->request;
    const struct json *list = NULL;
    struct form_sections form;
    struct sections *sections = ARENA_NEW(schedule->arena, struct sections);
    enum err err = sections ? form_sections_read(schedule->arena, of_form, (size_t)positions, &form) : ERR_MEMORY;
    if (err != ERR_NONE)
        return err;
    bool read = !request->sections || json_read(schedule->arena, request->sections, strlen(request->sections), &list, NULL) == ERR_NONE;
    if (!read || !sections_read(list, request->item_seconds, positions, sections) || !sections_fit(sections, positions, request->times.minutes)) {
        *ret_verdict = SCHEDULE_SECTIONS_UNFIT;
        return ERR_NONE;
    }
    for (size_t i = 0; request->item_seconds == 0 && i < sections->count; i++)
        if (!form_sections_end(&form, (size_t)sections->list[i].last))
            *ret_verdict = SCHEDULE_SECTIONS_CROSS;
    return ERR_NONE;
}

/* Whether a shift may be made now; *ret_verdict SCHEDULE_MADE: it may. */
static enum err judge(struct schedule *schedule, struct db *db, enum schedule_verdict *ret_verdict) {
    const struct schedule_request *request = schedule->request;
    const struct db_row *row = NULL;
    const struct cycle_rules *rules = NULL;
    enum cycle_state state;
    enum err err = cycle_lock(db, schedule->arena, request->cycle->cycle_id, &state);
    if (err != ERR_NONE)
        return err;
    if (state > CYCLE_ROUND1) {
        *ret_verdict = SCHEDULE_CYCLE_LATE;
        return ERR_NONE;
    }
    err = db_one(db, schedule->arena, DB_SCHEDULE_FORM,
                 DB_PARAMS(P_INT(request->cycle->cycle_id), P_INT(request->form_id)), &row);
    if (err != ERR_NONE)
        return err;
    *ret_verdict = db_bool(row, 0) ? SCHEDULE_FORM_UNSEALED : SCHEDULE_FORM_UNKNOWN;
    if (!db_bool(row, 1))
        return ERR_NONE;
    *ret_verdict = SCHEDULE_FORM_SIZE;
    err = cycle_rules_read(db, schedule->arena, request->cycle, &rules);
    if (err != ERR_NONE || db_int(row, 2) != rules->questions)
        return err;
    schedule->two_persons = rules->two_persons;
    /* A demonstration may be sat at any hour. */
    if (rules->common_clock && request->times.clock != SITTING_CLOCK_COMMON && !request->cycle->demonstration) {
        *ret_verdict = SCHEDULE_CLOCK_UNFIT;
        return ERR_NONE;
    }
    *ret_verdict = SCHEDULE_MADE;
    err = judge_sections(schedule, rules->questions, db_text(row, 3), ret_verdict);
    if (err != ERR_NONE || *ret_verdict != SCHEDULE_MADE)
        return err;
    schedule->count = 0;
    err = db_many(db, schedule->arena, DB_SCHEDULE_UNSEATED, DB_PARAMS(P_INT(request->cycle->cycle_id)),
                  CYCLE_CANDIDATES_MAX, add_candidate, schedule);
    *ret_verdict = schedule->count > 0 ? SCHEDULE_MADE : SCHEDULE_NO_CANDIDATES;
    return err;
}

static enum err schedule_body(void *ctx, struct db *db) {
    struct schedule *schedule = ctx;
    const struct schedule_request *request = schedule->request;
    enum err err = judge(schedule, db, &schedule->verdict);
    if (err == ERR_NONE && schedule->verdict != SCHEDULE_MADE)
        return DB_ROLLBACK;
    if (err == ERR_NONE)
        err = seat_all(schedule, db);
    const char *details = arena_printf(
        schedule->arena,
        "{\"code\":\"%s\",\"ends_us\":%lld,\"form\":\"%016llx\",\"minutes\":%d,\"rooms\":%lld,"
        "\"sittings\":%lld,\"starts_us\":%lld}",
        request->code, (long long)request->times.ends_us, (unsigned long long)request->form_id, request->times.minutes,
        (long long)schedule->made.rooms, (long long)schedule->made.sittings, (long long)request->times.starts_us);
    if (err != ERR_NONE || !details)
        return err != ERR_NONE ? err : ERR_MEMORY;
    return ledger_append(db, schedule->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(request->staff_id),
                                                .act = "sitting.schedule",
                                                .subject_kind = "shift",
                                                .subject_id = schedule->made.shift_id,
                                                .details = details,
                                                .at_us = request->now_us});
}

enum err schedule_shift(struct db *db, struct arena *arena, const struct schedule_request *request,
                        enum schedule_verdict *ret_verdict, struct schedule_made *ret_made) {
    assert(cycle_short_code_valid(request->code));
    assert(request->room_size >= 1 && request->room_size <= SCHEDULE_ROOM_SIZE_MAX);
    struct schedule schedule = {.arena = arena, .request = request, .verdict = SCHEDULE_TIMES_UNFIT};
    schedule.made.times = schedule_times_judge(&request->times, request->now_us);
    enum err err = ERR_NONE;
    if (schedule.made.times == SCHEDULE_TIMES_FIT) {
        schedule.candidates = ARENA_ARRAY(arena, CYCLE_CANDIDATES_MAX, int64_t);
        err = schedule.candidates ? db_transact(db, schedule_body, &schedule) : ERR_MEMORY;
    }
    if (err != ERR_NONE)
        return err;
    *ret_verdict = schedule.verdict;
    *ret_made = schedule.made;
    return ERR_NONE;
}
