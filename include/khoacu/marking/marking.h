/* marking.h: scripts of round 2 under blind codes, their marks, and the freeze.
 *
 * A script is what one examiner marks: the written part or the interview of one candidate, known by a random code
 * alone. The map from codes to candidates is sealed: only the worker writes it, nobody reads it before the marks of the
 * cycle are frozen, and from the freeze on no mark is taken. Each entry of a mark is a new revision; nothing is written
 * over.
 *
 *     scripts opened --marks, revisions 1, 2, …--> every script marked --freeze--> frozen: the map may open
 *
 * Invariants, kept by the database itself (mark_guard, script_guard, do_marking_freeze, do_marking_map_open): a mark
 * comes from the examiner to whom the script was assigned, lies on the script's scale and step, follows the revision
 * before it, and is older than the freeze; nobody marks a script twice.
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

/* ---- the examiner ---- */

struct marking_script {
    int64_t blind_id;
    const char *component;       /* "written" or "interview" */
    int64_t mark_max, mark_step; /* hundredths */
    int32_t revision;            /* 0: not marked yet, and what follows is empty */
    const char *status, *note;
    int64_t value; /* hundredths, of awarded */
    int64_t entered_us;
};
/* X(name, key of the query) */
#define MARKING_FILTER_TABLE(X)                                                                                        \
    X(ALL, "all")                                                                                                      \
    X(WAITING, "waiting")                                                                                              \
    X(MARKED, "marked")
enum marking_filter {
#define X(name, key) MARKING_FILTER_##name,
    MARKING_FILTER_TABLE(X)
#undef X
        MARKING_FILTER_COUNT
};
/* -1: no such key. */
int marking_filter_find(const char *key);

struct marking_queue {
    struct marking_script *scripts; /* by blind id, which is random */
    size_t count;
    bool more;
    int64_t waiting, marked; /* of all that are assigned to the examiner */
};
/* Up to `limit` (1..200) of the examiner's scripts behind blind id `after` (0: from the first). */
enum err marking_queue_read(struct db *db, struct arena *arena, int64_t marker_id, enum marking_filter filter,
                            int64_t after, size_t limit, struct marking_queue *ret_queue) MUST_CHECK;

struct marking_entry {
    int64_t blind_id;
    int32_t seen_revision; /* the one that this replaces; 0: the first mark */
    enum marking_status status;
    int64_t value;    /* hundredths, of AWARDED */
    const char *note; /* NULL: none */
};
/* Pure: what is wrong with an entry in itself. A suspension and a void need words. */
enum marking_entry_fault {
    MARKING_ENTRY_FINE,
    MARKING_ENTRY_NO_VALUE,
    MARKING_ENTRY_EXTRA_VALUE,
    MARKING_ENTRY_NO_NOTE
};
enum marking_entry_fault marking_entry_judge(const struct marking_entry *entry, bool has_value);

enum marking_put_verdict {
    MARKING_PUT_ENTERED, /* or entered by the same request before */
    MARKING_PUT_STALE,   /* another revision came between: *ret_revision is the last one */
    MARKING_PUT_FROZEN,
    MARKING_PUT_OFF_SCALE,
    MARKING_PUT_OFF_STEP,
    MARKING_PUT_NOT_ASSIGNED /* to this examiner, or there is no such script: not said which */
};
/* Requires: marking_entry_judge found nothing. Side effects: event marking.mark. */
enum err marking_mark_put(struct db *db, struct arena *arena, int64_t marker_id, const struct marking_entry *entry,
                          int64_t now_us, enum marking_put_verdict *ret_verdict, int32_t *ret_revision,
                          int64_t *ret_entered_us) MUST_CHECK;

/* ---- the freeze ---- */

enum marking_freeze_verdict {
    MARKING_FROZEN, /* now or before */
    MARKING_FREEZE_MISSING,
    MARKING_FREEZE_NO_SCRIPTS,
    MARKING_FREEZE_NO_CYCLE
};
struct marking_freeze {
    int64_t scripts, missing, frozen_us;
    char sha256[65]; /* over the final marks (do_marking_freeze says how), hexadecimal */
};
/* Side effects: event marking.freeze, once. */
enum err marking_marks_freeze(struct db *db, struct arena *arena, int64_t staff_id, const char *cycle_code,
                              const char *reason, int64_t now_us, enum marking_freeze_verdict *ret_verdict,
                              struct marking_freeze *ret_freeze) MUST_CHECK;

/* ---- the worker ---- */

/* One part of round 2: who sits it, and on which scale. */
struct marking_part {
    const char *component;
    int64_t mark_max, mark_step; /* hundredths */
};
/* Within the caller's transaction: a script with a random blind code for each candidate and part, sealed map, first
 * markers dealt out at random so that each examiner has as many of each part as every other, give or take one. Rows are
 * written in order of blind codes, so that their place tells nothing. Requires: a worker's connection. */
enum err marking_scripts_open(struct db *db, struct arena *arena, int64_t cycle_id, const int64_t *candidate_ids,
                              size_t candidate_count, const struct marking_part *parts, size_t part_count,
                              const int64_t *marker_ids, size_t marker_count) MUST_CHECK;
/* Whether a cycle has scripts. */
enum err marking_scripts_exist(struct db *db, struct arena *arena, int64_t cycle_id, bool *ret_exist) MUST_CHECK;

/* The final mark of one part of one candidate. */
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

#endif
