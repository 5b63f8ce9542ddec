/* device.h: a candidate whose open sitting came to another machine.
 *
 * A machine keeps a random number in a cookie, and a log-in is good on its machine alone. A log-in from another one ends the
 * earlier log-in, as every new log-in does: the machine before is frozen and says why, and cannot sign in again by itself.
 * The invigilator sees it and decides: the new one stays, or the one before has the sitting again, with its own log-in, and
 * the new one is cut off.
 *
 * Used by: api. Uses: ledger, db, base; log-ins themselves are identity's. Threads: that of the struct db.
 */
#ifndef KHOACU_SITTING_DEVICE_H
#define KHOACU_SITTING_DEVICE_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/db/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DEVICE_LIST_MAX 500

enum device_verdict {
    DEVICE_KEPT, /* as was decided */
    DEVICE_NOTHING, /* there is no second machine */
    DEVICE_DECIDED, /* before */
    DEVICE_ENDED,   /* the sitting is not open */
    DEVICE_EXPIRED, /* the log-in of the machine before is over: she signs in again there */
    DEVICE_UNKNOWN
};
struct device_decision {
    int64_t sitting_id, staff_id, now_us;
    bool keep_new;      /* false: the one before has it again */
    const char *reason; /* 1..2000 code points */
};
/* Side effects: event sitting.device_keep or sitting.device_give_back. */
enum err device_decide(struct db *db, struct arena *arena, const struct device_decision *decision, enum device_verdict *ret_verdict) MUST_CHECK;

struct device_entry {
    int64_t sitting_id, seat, came_us, decided_us;
    const char *room, *roll_number, *full_name, *state;
    const char *keep, *reason, *decided_by; /* NULL: not decided yet */
};
struct device_list {
    struct device_entry *entries; /* those that wait first */
    size_t count;
};
/* The sittings of a shift that came to another machine while they were open, at most DEVICE_LIST_MAX. */
enum err device_list(struct db *db, struct arena *arena, int64_t shift_id, struct device_list *ret_list) MUST_CHECK;

#endif
