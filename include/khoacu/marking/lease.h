/* lease.h: scripts that lie open before an examiner, and scripts that change hands.
 *
 * A lease says that an examiner has a script open; while it runs nobody takes the script from her. She may hand a script back
 * herself, for a conflict of interest or for another reason, until her mark is final; the head of the marking board may take
 * it from one who does not come to it. Either way another examiner is drawn by the seed of the draw (allocation.h).
 *
 *     assigned --opened--> leased, twenty minutes, renewed --final--> hers
 *         '--handed back, or taken while no lease runs--> another examiner
 *
 * Invariants: a sample (standard.h) is leased and handed back as any script, so that neither tells a seed; whoever handed a
 * script back is never drawn for it again; marks that were entered stay in the trail and are shown to nobody.
 *
 * Used by: marking, api. Uses: ledger, base, db. Threads: that of the struct db.
 */
#ifndef KHOACU_MARKING_LEASE_H
#define KHOACU_MARKING_LEASE_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/db/db.h"
#include "khoacu/ledger/ledger.h"

#include <stdbool.h>
#include <stdint.h>

#define MARKING_LEASE_MINUTES 20

/* Opens a script or renews it; *ret_taken false: it does not lie before the marker, or its mark is final. */
enum err marking_lease_take(struct db *db, struct arena *arena, int64_t blind_id, int64_t marker_id, bool *ret_taken,
                            int64_t *ret_until_us) MUST_CHECK;
/* The next script of a marker that waits for a mark, in order of codes, opened; blind id 0: none waits. */
enum err marking_lease_next(struct db *db, struct arena *arena, int64_t marker_id, int64_t *ret_blind_id,
                            int64_t *ret_until_us) MUST_CHECK;

/* X(name, key as in marking_redraw.why) */
#define MARKING_REPLACE_TABLE(X)                                                                                       \
    X(CONFLICT, "conflict")                                                                                            \
    X(GIVEN_BACK, "given_back")                                                                                        \
    X(CHIEF, "chief")
#define X(name, key) MARKING_REPLACE_##name,
enum marking_replace { MARKING_REPLACE_TABLE(X) MARKING_REPLACE_COUNT };
#undef X
/* -1: no such key. */
int marking_replace_find(const char *key);

enum marking_replace_verdict {
    MARKING_REPLACED,
    MARKING_REPLACE_NOT_ASSIGNED, /* to this marker; or no such script */
    MARKING_REPLACE_FINAL,
    MARKING_REPLACE_FROZEN,
    MARKING_REPLACE_LEASED, /* CHIEF: the marker has it open */
    MARKING_REPLACE_NOBODY, /* is left who may mark it */
    MARKING_REPLACE_NO_DRAW
};
/* Who gives up a script, and why; by CHIEF it is taken from her by `actor_id`, else she is the one who acts. */
struct marking_handover {
    int64_t blind_id, marker_id, actor_id, now_us;
    enum marking_replace why;
    const char *reason; /* 1..2000 code points */
};
/* Another marker is drawn for the round in which the marker has the script, in a transaction of its own. What a marker hands back
 * twice is answered as the first time. Side effects: event marking.replace, or of a sample marking.return. */
enum err marking_script_hand_over(struct db *db, struct arena *arena, const struct marking_handover *handover,
                                  enum marking_replace_verdict *ret_verdict) MUST_CHECK;

#endif
