/* section.h: parts of a paper with a time of their own, and what a server remembers of a sitting's clock.
 *
 * A shift may divide the paper, by shown position, into sections that follow each other, each with its minutes:
 *   [{"first":1,"last":20,"minutes":15},{"first":21,"last":60,"minutes":45}]
 * or give each position the same number of seconds. The first begins with the sitting (of a common clock with the shift); more
 * working time by the candidate's record lengthens all in proportion; what is given or paused lengthens the one that
 * runs and moves all behind it. A save outside the section of its position, grace included, is refused.
 *
 * Used by: journal, schedule, api. Uses: sitting, json, db. Threads: a clock is constant once made; rules are pure.
 */
#ifndef KHOACU_SITTING_SECTION_H
#define KHOACU_SITTING_SECTION_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/db/db.h"
#include "khoacu/json/json.h"
#include "khoacu/sitting/sitting.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- rules ---- */

struct section {
    int16_t first, last;
    int32_t seconds;
};
struct sections {
    size_t count;
    struct section list[SITTING_POSITIONS_MAX];
};
/* Reads the list of a shift (NULL: none) or, when item_seconds is not 0, makes one of `positions` sections. False: it is not
 * as above, or does not follow on from position 1 without gaps. */
bool sections_read(const struct json *list, int64_t item_seconds, int64_t positions, struct sections *ret_sections);
/* Whether they cover all positions within the working time. */
bool sections_fit(const struct sections *sections, int64_t positions, int64_t minutes);

/* Time that was given to a sitting, or that a pause took. */
struct section_effect {
    int64_t from_us; /* from when on times move */
    int64_t seconds;
    bool pause;
};
struct section_window {
    int16_t first, last;
    int64_t opens_us, closes_us;
};
/* When each section runs in a sitting that was opened at `started_us`; `ret_windows` holds as many as there are sections. */
void sections_place(const struct sections *sections, const struct sitting_times *times, int64_t started_us,
                    const struct section_effect *effects, size_t effect_count, struct section_window *ret_windows);

/* ---- the clock of one sitting ---- */

struct section_clock {
    int64_t room_id, closes_us; /* closes_us 0: not opened */
    int64_t grace_us;
    int64_t held_us;            /* since when the clock stands; 0: it runs */
    bool evacuated;             /* it stands because the hall was left */
    enum sitting_state state;   /* when it was read */
    size_t count;
    struct section_window windows[];
};
/* One block of memory: free() ends it. ERR_DB_NO_ROW: no such sitting. */
enum err section_clock_read(struct db *db, struct arena *arena, struct sitting_place place, struct section_clock **ret_clock) MUST_CHECK;
/* Whether a save of a shown position that came at `now_us` is in its section. True where there are none, or before the opening. */
bool section_clock_takes(const struct section_clock *clock, int shown, int64_t now_us);

#endif
