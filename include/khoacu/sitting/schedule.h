/* schedule.h: shifts: when a form is sat, in which rooms, on which seat; and the live view of a shift.
 *
 * Scheduling makes the shift, its rooms and a sitting for every candidate of the cycle who has none yet, in one
 * transaction. Who sits where is drawn by lot from the kernel; rooms are filled evenly, none beyond its size. Seats
 * count from 1 in each room, rooms are named P01, P02, …
 *
 *   clock common    the hour begins for all at starts_at, signed in or not
 *   clock personal  each one's time begins with her own start inside the window starts_at .. ends_at
 *
 * Invariants: a candidate has at most one sitting that scheduling made, however many schedule at once (the cycle's
 * row is held). The window is at least as long as the working time and ends in the future.
 *
 * Used by: api. Uses: ledger, cycle, sitting, base, db. Threads: that of the struct db; the rules are pure.
 */
#ifndef KHOACU_SITTING_SCHEDULE_H
#define KHOACU_SITTING_SCHEDULE_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/cycle/cycle.h"
#include "khoacu/db/db.h"
#include "khoacu/sitting/sitting.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCHEDULE_ROOM_SIZE_MAX 500
#define SCHEDULE_MINUTES_MAX 600
#define SCHEDULE_GRACE_MAX_S 300
#define SCHEDULE_WINDOW_MAX_DAYS 366
#define SCHEDULE_LATE_MAX_S 86400

struct schedule_request {
    const struct cycle *cycle;
    const char *code;
    int64_t form_id;
    struct sitting_times times;
    int64_t room_size; /* 1..500 */
    bool two_persons;  /* extra time and compensation want a second person; so where the rule pack says it */
    bool check_in;     /* nobody opens the paper before an invigilator has checked her in */
    bool calculator;   /* the calculator of the screen may be used */
    int64_t late_s;    /* seconds after the end in which late answers are taken */
    const char *sections; /* JSON as section.h says, judged; NULL: none */
    int64_t item_seconds; /* each position has so many seconds; 0: no such limit */
    int64_t staff_id, now_us;
};

/* ---- rules: facts in, verdict out ---- */

enum schedule_times_verdict {
    SCHEDULE_TIMES_FIT,
    SCHEDULE_TIMES_PAST,  /* the window has ended */
    SCHEDULE_TIMES_SHORT, /* it is shorter than the working time */
    SCHEDULE_TIMES_LONG   /* or longer than 366 days */
};
enum schedule_times_verdict schedule_times_judge(const struct sitting_times *times, int64_t now_us);

/* How many rooms `candidates` take, and how many of them sit in room number `room` (0 …): sizes differ by one at most.
 */
int64_t schedule_room_count(int64_t candidates, int64_t room_size);
int64_t schedule_room_fill(int64_t candidates, int64_t rooms, int64_t room);

/* ---- scheduling ---- */

enum schedule_verdict {
    SCHEDULE_MADE,
    SCHEDULE_TIMES_UNFIT,   /* ret->times says how */
    SCHEDULE_CYCLE_LATE,    /* the cycle is past round 1 */
    SCHEDULE_FORM_UNKNOWN,  /* no form of this cycle */
    SCHEDULE_FORM_UNSEALED, /* it wants two seals first */
    SCHEDULE_FORM_SIZE,     /* not the number of questions that the cycle's rule pack asks for */
    SCHEDULE_CLOCK_UNFIT,    /* the rule pack starts the clock for everybody at the scheduled time */
    SCHEDULE_SECTIONS_UNFIT, /* the sections do not cover the form within the working time */
    SCHEDULE_SECTIONS_CROSS, /* a part with a time of its own ends within a section of the form */
    SCHEDULE_NO_CANDIDATES, /* everybody has a seat */
    SCHEDULE_CODE_TAKEN
};
struct schedule_made {
    int64_t shift_id, rooms, sittings;
    enum schedule_times_verdict times;
};
/* Requires: a valid short code, minutes, grace and room size within the limits above. Side effects: event
 * sitting.schedule. 10,000 candidates take well under two seconds. */
enum err schedule_shift(struct db *db, struct arena *arena, const struct schedule_request *request,
                        enum schedule_verdict *ret_verdict, struct schedule_made *ret_made) MUST_CHECK;

/* ---- the live view ---- */

struct schedule_seat {
    const char *room, *roll_number, *full_name;
    const char *state; /* key of enum sitting_state */
    int64_t seat;
    int64_t answered, flagged; /* positions, by what counts now */
    int64_t saved_us;          /* last save; 0: none */
    int64_t closes_us;         /* 0: not opened */
};
struct schedule_live {
    int64_t counts[SITTING_STATE_COUNT]; /* of the shift, or of the room asked for */
    const char *const *rooms;            /* all names of the shift */
    size_t room_count;
    struct schedule_seat *seats; /* by room and seat */
    size_t count;
    bool more;
};
struct schedule_live_query {
    int64_t shift_id;
    const char *room; /* "": all */
    const char *after_room;
    int64_t after_seat; /* the page begins behind this seat; "" and 0: at the first */
    size_t limit;       /* 1..200 */
};
/* A page of seats. ERR_DB_NO_ROW: no such shift. Only the answers of the sittings of the page are folded, each by the
 * key of the log. */
enum err schedule_live_read(struct db *db, struct arena *arena, const struct schedule_live_query *query,
                            struct schedule_live *ret_live) MUST_CHECK;

#endif
