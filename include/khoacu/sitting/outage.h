/* outage.h: working time that an outage of the service took is given back by the service.
 *
 * Each server leaves a sign of life in the database every second. Where the last one is more than ten seconds old when one comes, no
 * server was at work, or the database was not: every sitting whose clock ran is given the time back, as an adjustment of kind
 * «outage» by the service itself (event sitting.outage_credit, actor system), in the transaction that renews the sign:
 * never twice, whichever servers come back together (sql/functions/sitting-outage.sql).
 *
 * How long it was: the shortest of what the database's clock, the machine's monotonic clock (where it has not been
 * started anew) and, of a server that runs on, its own count tell. So no stepped clock is an outage, and none lengthens one.
 * While the last sign is older than ten seconds the worker calls nobody's time over.
 *
 * Used by: main. Uses: db, base. Threads: one for each struct outage_watch.
 */
#ifndef KHOACU_SITTING_OUTAGE_H
#define KHOACU_SITTING_OUTAGE_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/db/db.h"

#include <stdint.h>

struct outage_watch {
    int64_t left_ms; /* when this server left its last sign, by the monotonic clock; 0: not yet */
};
struct outage_found {
    int64_t away_s; /* 0: there was none */
    int64_t sittings;
};
/* Leaves a sign. Requires: before the first request is judged, and then every second. */
enum err outage_beat(struct db *db, struct arena *arena, struct outage_watch *watch, struct outage_found *ret_found) MUST_CHECK;

#endif
