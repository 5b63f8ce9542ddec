/* schedule.h: a shift: when a form is sat, in which rooms, and on which seat each candidate sits; and how it goes.
 *
 * Scheduling seats all candidates of the cycle who have no sitting yet, in random order, in rooms of at most 500. What a
 * candidate gets (her order of items and options) follows from the form's seed and the sitting's id, so it is drawn
 * here, long before the start, and nothing has to be drawn at it.
 *
 * Used by: api. Uses: ledger, cycle, base, db.
 */
#ifndef KHOACU_SITTING_SCHEDULE_H
#define KHOACU_SITTING_SCHEDULE_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/db/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SITTING_ROOM_MAX 500
#define SITTING_SHIFT_CANDIDATES_MAX 100000

struct sitting_shift_request {
    const char *cycle_code, *code, *clock; /* clock: common or personal */
    int64_t form_id, starts_us, ends_us, minutes, grace_s, room_size;
    int64_t staff_id, now_us;
};
enum sitting_shift_verdict {
    SITTING_SHIFT_MADE,
    SITTING_SHIFT_CYCLE_UNKNOWN,
    SITTING_SHIFT_FORM_UNKNOWN,
    SITTING_SHIFT_CODE_WRONG,
    SITTING_SHIFT_CODE_TAKEN,
    SITTING_SHIFT_TIMES_WRONG,   /* the end does not come after the start, or is over, or a common clock has too little room */
    SITTING_SHIFT_NO_CANDIDATES
};
struct sitting_shift_made {
    int64_t shift_id;
    size_t rooms, sittings;
};
enum err sitting_shift_schedule(struct db *db, struct arena *arena, const struct sitting_shift_request *request,
                                enum sitting_shift_verdict *ret_verdict, struct sitting_shift_made *ret_made) MUST_CHECK;

/* A shift as it goes, for the hall: {"counts":{…},"rooms":[…],"rows":[…],"next":…} as JSON. `room` "" for all rooms;
 * `after` where the page before ended, "" from the start. ERR_DB_NO_ROW: no such shift. */
enum err sitting_shift_live(struct db *db, struct arena *arena, int64_t shift_id, const char *room, const char *after, size_t limit,
                            const char **ret_json) MUST_CHECK;

#endif
