#include "khoacu/sitting/schedule.h"

#include <assert.h>

#include "khoacu/base/banned.h"

#define PAGE_MAX 200

struct walk {
    struct schedule_live *live;
    size_t limit;
};

static enum err add_count(void *ctx, const struct db_row *row) {
    struct schedule_live *live = ctx;
    enum sitting_state state;
    if (!sitting_state_parse(db_text(row, 0), &state))
        return ERR_STATE;
    live->counts[state] = db_int(row, 1);
    return ERR_NONE;
}

static enum err add_seat(void *ctx, const struct db_row *row) {
    struct walk *walk = ctx;
    struct schedule_live *live = walk->live;
    if (live->count == walk->limit) {
        live->more = true;
        return ERR_NONE;
    }
    live->seats[live->count++] = (struct schedule_seat){.room = db_text(row, 0),
                                                        .seat = db_int(row, 1),
                                                        .roll_number = db_text(row, 2),
                                                        .full_name = db_text(row, 3),
                                                        .state = db_text(row, 4),
                                                        .closes_us = db_time(row, 5),
                                                        .answered = db_int(row, 6),
                                                        .flagged = db_int(row, 7),
                                                        .saved_us = db_time(row, 8)};
    return ERR_NONE;
}

enum err schedule_live_read(struct db *db, struct arena *arena, const struct schedule_live_query *query,
                            struct schedule_live *ret_live) {
    assert(query->limit >= 1 && query->limit <= PAGE_MAX);
    struct schedule_live live = {.seats = ARENA_ARRAY(arena, query->limit, struct schedule_seat)};
    struct walk walk = {.live = &live, .limit = query->limit};
    const struct db_param shift_id = P_INT(query->shift_id), room = P_TEXT(query->room);
    const struct db_row *row = NULL;
    if (!live.seats)
        return ERR_MEMORY;
    enum err err = db_one(db, arena, DB_SCHEDULE_ROOMS, DB_PARAMS(shift_id), &row);
    if (err != ERR_NONE)
        return err;
    live.rooms = db_texts(row, 0, &live.room_count);
    err = db_many(db, arena, DB_SCHEDULE_LIVE_COUNTS, DB_PARAMS(shift_id, room), SITTING_STATE_COUNT, add_count, &live);
    if (err == ERR_NONE)
        err = db_many(db, arena, DB_SCHEDULE_LIVE,
                      DB_PARAMS(shift_id, room, P_TEXT(query->after_room), P_INT(query->after_seat),
                                P_INT((int64_t)query->limit + 1)),
                      query->limit + 1, add_seat, &walk);
    if (err == ERR_NONE)
        *ret_live = live;
    return err;
}
