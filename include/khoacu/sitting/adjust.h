/* adjust.h: the clock of sittings is moved: extra time, compensation of a disturbance, pause and resume.
 *
 * Scope is a sitting, a room or a whole shift. Extra time and compensation add to the deadline of whoever has not ended;
 * who has not opened the paper yet has them when she does. A pause stops the clock: saves are refused as «held»
 * and kept by the candidate's machine; resuming adds what the pause took (of a common clock only what lies behind the
 * scheduled start). Pauses of sitting, room and shift are told apart: the clock runs when none is left.
 *
 * Invariants, held by the database: everything moves under the lock of the room; a deadline never moves back and
 * never by anything else; nobody but the functions of sql/functions/sitting-adjust.sql writes it; where the shift wants
 * two persons, extra time and compensation act only when another person than the first has approved. Pauses act at once.
 *
 * Used by: api. Uses: ledger, db, base. Threads: that of the struct db.
 */
#ifndef KHOACU_SITTING_ADJUST_H
#define KHOACU_SITTING_ADJUST_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/db/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ADJUST_MINUTES_MAX 240
#define ADJUST_PAGE_MAX 200

/* X(name, key as in sitting_adjustment.kind, whether it has minutes) */
#define ADJUST_KIND_TABLE(X)                                                                                           \
    X(EXTRA_TIME, "extra_time", true)                                                                                  \
    X(COMPENSATION, "compensation", true)                                                                              \
    X(PAUSE, "pause", false)                                                                                           \
    X(RESUME, "resume", false)
enum adjust_kind {
#define X(name, key, timed) ADJUST_##name,
    ADJUST_KIND_TABLE(X)
#undef X
        ADJUST_KIND_COUNT
};
/* False: no such kind. */
bool adjust_kind_parse(const char *key, enum adjust_kind *ret_kind);
/* Whether it adds minutes that are asked for. Pure. */
bool adjust_kind_timed(enum adjust_kind kind);

enum adjust_scope { ADJUST_SHIFT, ADJUST_ROOM, ADJUST_SITTING };
struct adjust_request {
    int64_t shift_id;
    enum adjust_scope scope;
    const char *room;        /* of ADJUST_ROOM */
    const char *roll_number; /* of ADJUST_SITTING, unless */
    int64_t sitting_id;      /* this is given */
    enum adjust_kind kind;
    int32_t seconds;         /* 0 of a pause */
    bool evacuation;         /* of a pause of a room or shift: candidates' screens cover the paper and say so */
    const char *reason;      /* 1..2000 code points */
    int64_t staff_id, now_us;
};
enum adjust_verdict {
    ADJUST_APPLIED,
    ADJUST_WAITING, /* for a second person */
    ADJUST_NOTHING, /* no sitting of the scope could be moved */
    ADJUST_SHIFT_UNKNOWN,
    ADJUST_TARGET_UNKNOWN,
    ADJUST_SHIFT_CLOSED
};
struct adjust_made {
    int64_t adjustment_id;
    int32_t sittings; /* whose time was moved */
};
/* Side effects: event sitting.adjust when applied, sitting.adjust_request when it waits. */
enum err adjust_request(struct db *db, struct arena *arena, const struct adjust_request *request,
                        enum adjust_verdict *ret_verdict, struct adjust_made *ret_made) MUST_CHECK;

enum adjust_decision_verdict {
    ADJUST_APPROVED,
    ADJUST_REFUSED,
    ADJUST_SAME_PERSON,
    ADJUST_DECIDED, /* before, or there was nothing to decide */
    ADJUST_TOO_LATE, /* the shift is closed */
    ADJUST_UNKNOWN
};
struct adjust_decision {
    int64_t adjustment_id, staff_id, now_us;
    bool approve;
    const char *reason; /* may be NULL */
};
/* Side effects: event sitting.adjust_approve or sitting.adjust_refuse. */
enum err adjust_decide(struct db *db, struct arena *arena, const struct adjust_decision *decision,
                       enum adjust_decision_verdict *ret_verdict, int32_t *ret_sittings) MUST_CHECK;

struct adjust_entry {
    int64_t adjustment_id, seconds, requested_us, decided_us, sittings;
    const char *kind, *reason, *room, *roll_number; /* room, roll_number NULL: all */
    const char *requested_by, *decided_by, *state;  /* waiting, applied, refused; requested_by NULL: the service itself (outage.h) */
    const char *cause;                              /* hold, evacuation */
};
struct adjust_list {
    struct adjust_entry *entries; /* newest first */
    size_t count;
    bool more;
};
/* A page behind adjustment `after` (0: from the newest), `limit` 1..ADJUST_PAGE_MAX. */
enum err adjust_list(struct db *db, struct arena *arena, int64_t shift_id, int64_t after, size_t limit,
                     struct adjust_list *ret_list) MUST_CHECK;

#endif
