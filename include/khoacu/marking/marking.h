/* marking.h: scripts of round 2 under blind codes, their marks, and the freeze.
 *
 * A script is what one candidate wrote in a part, or in one question of it, known by a random code alone (what an examiner
 * does with it: script.h). The map from codes to candidates is sealed: only the worker writes it, nobody reads it before the
 * marks of the cycle are frozen, and from the freeze on no mark is taken but by appeal. Each entry of a mark is a new
 * revision; nothing is written over.
 *
 *     scripts opened --draw (draw.h)--> marked, each by two --settlement (settlement.h)--> settled --freeze--> the map may open
 *
 * Invariants, kept by the database itself (mark_guard, script_guard, marking_assignment_check, do_marking_freeze,
 * do_marking_map_open): a mark comes from the examiner to whom the script was assigned, lies on the script's scale and
 * step, follows the revision before it, and is older than the freeze; nobody marks a script twice, or one that is
 * excluded for him; nothing is frozen while a script is not settled.
 *
 * Used by: result, api. Uses: ledger, cycle (rows), base, crypto, db. Threads: that of the struct db.
 * Why: REG-2020 (Circular 6/2020/TT-BNV), anonymous numbers (phách); trust.md 2.5.
 */
#ifndef KHOACU_MARKING_MARKING_H
#define KHOACU_MARKING_MARKING_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/db/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* X(name, key as in mark.status) */
#define MARKING_STATUS_TABLE(X)                                                                                        \
    X(AWARDED, "awarded") /* has a value; the others have none and stay distinct */                                    \
    X(ABSENT, "absent")                                                                                                \
    X(SUSPENDED, "suspended")                                                                                          \
    X(VOID, "void")
enum marking_status {
#define X(name, key) MARKING_##name,
    MARKING_STATUS_TABLE(X)
#undef X
        MARKING_STATUS_COUNT
};
const char *marking_status_key(enum marking_status status);
/* -1: no such key. */
int marking_status_find(const char *key);

#define MARKING_BLIND_CODE_SIZE 16 /* "XXXX-XXXX-XXXXX" with NUL */
/* The code as it is read and said: 13 base32 symbols of the blind id. */
void marking_blind_code(int64_t blind_id, char out[MARKING_BLIND_CODE_SIZE]);

/* ---- the freeze ---- */

struct marking_freeze {
    bool found, frozen;
    int64_t cycle_id, scripts, missing; /* scripts that are not settled */
    int64_t frozen_us;
    char sha256[65]; /* over what counts and the final marks (do_marking_freeze says how), hexadecimal */
};
enum err marking_freeze_read(struct db *db, struct arena *arena, const char *cycle_code, struct marking_freeze *ret_freeze) MUST_CHECK;

/* ---- the worker ---- */

/* A script that is not settled as its marks and words say. */
struct marking_misfit {
    int64_t blind_id; /* 0: none */
    char reason[48];  /* "not-settled", "value", "status", "why", "by", or what settle_marks refuses */
};
struct cycle_pack;
/* Settles every script of the cycle again from final marks and words, by the pack, and compares. Requires: a worker's
 * connection, a transaction that holds the cycle. Scripts that a panel settled are left to panels. */
enum err marking_freeze_check(struct db *db, struct arena *arena, int64_t cycle_id, const struct cycle_pack *pack,
                              struct marking_misfit *ret_misfit) MUST_CHECK;
/* Freezes, in the same transaction. Side effects: event marking.freeze. *ret_frozen: now or before. */
enum err marking_marks_freeze(struct db *db, struct arena *arena, int64_t staff_id, int64_t cycle_id, const char *cycle_code,
                              const char *reason, int64_t now_us, bool *ret_frozen) MUST_CHECK;

/* One part of round 2, or one question of it: who sits it, and on which scale. */
struct marking_part {
    const char *component;
    int32_t question;            /* 0: the whole */
    int64_t mark_max, mark_step; /* hundredths */
    uint8_t per_script;          /* markers of each script; 0: not marked by drawn examiners */
};
/* Within the caller's transaction: a script with a random blind code for each candidate and part, the map sealed, who
 * must not mark which noted, and a draw committed to for each component (draw.h). Rows are written in order of blind
 * codes, so that their place tells nothing. Requires: a worker's connection; questions of a component follow each other. */
enum err marking_scripts_open(struct db *db, struct arena *arena, int64_t cycle_id, const int64_t *candidate_ids,
                              size_t candidate_count, const struct marking_part *parts, size_t part_count,
                              const int64_t *marker_ids, size_t marker_count) MUST_CHECK;
/* Whether a cycle has scripts. */
enum err marking_scripts_exist(struct db *db, struct arena *arena, int64_t cycle_id, bool *ret_exist) MUST_CHECK;

/* What counts of one part of one candidate: of its questions together. */
struct marking_result {
    int64_t candidate_id;
    const char *component;
    enum marking_status status;
    int64_t value;
};
typedef enum err marking_result_fn(void *ctx, const struct marking_result *result);
/* Opens the map: every final mark of the cycle by candidate. Requires: the freeze (else ERR_DB_REFUSED), a worker's
 * connection. */
enum err marking_map_open(struct db *db, struct arena *arena, int64_t cycle_id, size_t max, marking_result_fn *each,
                          void *ctx) MUST_CHECK;

/* ---- a part whose next stage waits for it ---- */

/* Freezes the marks of a part when every script of it is settled; *ret_missing otherwise. Within the caller's transaction,
 * which holds the cycle. Requires: a worker's connection. Side effects: event marking.part_freeze. */
enum err marking_part_freeze(struct db *db, struct arena *arena, int64_t cycle_id, const char *component, int64_t staff_id,
                             int64_t now_us, int64_t *ret_missing) MUST_CHECK;
/* How far the written part is: scripts of it not settled, and whether its marks are frozen by themselves. */
enum err marking_part_read(struct db *db, struct arena *arena, int64_t cycle_id, const char *component, int64_t *ret_missing,
                           bool *ret_frozen) MUST_CHECK;
/* As marking_map_open, of the parts that are frozen by themselves. */
enum err marking_part_open(struct db *db, struct arena *arena, int64_t cycle_id, size_t max, marking_result_fn *each,
                           void *ctx) MUST_CHECK;

#endif
