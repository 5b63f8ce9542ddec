/* presence.h: when each candidate's machine was last heard of, where in the paper she is, and whether her browser is the locked one.
 *
 * Requests note it in memory; every few seconds what is new goes to the database in one statement, for the consoles of
 * invigilators on whatever server. It decides nothing and may be lost. At most PRESENCE_MAX machines between two flushes;
 * what comes beyond is told a little later by its next request.
 *
 * Used by: api, main. Uses: ledger, db, base. Threads: presence_note from any; presence_flush from one.
 */
#ifndef KHOACU_SITTING_PRESENCE_H
#define KHOACU_SITTING_PRESENCE_H

#include "khoacu/base/err.h"
#include "khoacu/db/db.h"

#include <stddef.h>
#include <stdint.h>

#define PRESENCE_MAX 65536
#define PRESENCE_RECEIVED_SIZE 65

/* X(name, key as in sitting_presence.seb) */
#define PRESENCE_SEB_TABLE(X)                                                                                          \
    X(NONE, "none")                                                                                                    \
    X(MATCH, "match")                                                                                                  \
    X(MISSING, "missing")                                                                                              \
    X(MISMATCH, "mismatch")
enum presence_seb {
#define X(name, key) PRESENCE_SEB_##name,
    PRESENCE_SEB_TABLE(X)
#undef X
};

struct presence;
enum err presence_new(struct presence **ret_presence) MUST_CHECK;
void presence_free(struct presence *presence); /* accepts NULL */

struct presence_sign {
    int64_t room_id, sitting_id, seen_us;
    int position; /* 0: not told */
    enum presence_seb seb;
    const char *received; /* of MISMATCH; else NULL */
    const char *expected; /* of MISMATCH and MISSING; else NULL */
};
void presence_note(struct presence *presence, const struct presence_sign *sign);
/* Machines in the last flush: how many there are to hear of. */
size_t presence_known(const struct presence *presence);
/* Writes what is new. Side effects: event hall.browser for each sitting whose locked browser is missing or another for the first
 * time since it was right. */
enum err presence_flush(struct presence *presence, struct db *db) MUST_CHECK;

#endif
