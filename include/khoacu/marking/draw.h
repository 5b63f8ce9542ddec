/* draw.h: draws of markers as they are held and kept: committed to, decided by numbers that several people give, exported.
 *
 *     scripts get codes --commitment--> committed --numbers of at least two people--> held: markers 1 and 2 assigned
 *
 * The worker commits while it opens the scripts, because only then anybody knows both code and candidate: whose unit a
 * candidate applied to and who is tied to her is excluded at that moment, and stays sealed until the freeze. The numbers
 * are given afterwards, each by a person who is named; as one text, "giver=number/" by giver, they are the entropy of
 * allocation.h. The name of the draw is "marking/<part>", the exam is the code of the cycle.
 *
 * A file of a draw, khoacu-draw/1, is JSON: format, exam, draw, per_script, commitment, entropy, seed, outcome,
 * scripts [code …], markers [id …], excluded [[code, id] …], allocation [[marker 1, marker 2] … in order of scripts],
 * redraws [{script, round, number, eligible [id …], marker}]. It is given out when the marks are frozen.
 *
 * Invariants: a draw is committed to once and held once; what is held is what was committed to, or it is not held.
 *
 * Used by: result, api, main (khoacu draw). Uses: ledger, cycle, base, json, crypto, db. Threads: that of the struct db.
 * Why: trust.md 2.3.
 */
#ifndef KHOACU_MARKING_DRAW_H
#define KHOACU_MARKING_DRAW_H

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"
#include "khoacu/base/err.h"
#include "khoacu/db/db.h"
#include "khoacu/marking/allocation.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MARKING_GIFTS_MAX 20
#define MARKING_SCRIPTS_MAX 2000000
#define MARKING_DRAW_FILE_MAX ((size_t)256 << 20)

/* ---- numbers that decide ---- */

struct marking_gift {
    const char *giver, *number; /* 1..60 and 1..120 characters, without "=", "/" and control characters */
};
enum marking_gift_fault { MARKING_GIFTS_FINE, MARKING_GIFTS_FEW, MARKING_GIFTS_TWICE, MARKING_GIFTS_TEXT };
/* Two people at least, each once. *ret_at: which one is to blame. */
enum marking_gift_fault marking_gifts_judge(const struct marking_gift *gifts, size_t count, size_t *ret_at);
/* The entropy, or NULL without memory. Requires: judged fine. */
const char *marking_entropy(struct arena *arena, const struct marking_gift *gifts, size_t count);

/* ---- the worker ---- */

/* Within the transaction that opens the scripts of a part: what will be drawn over. Requires: a worker's connection;
 * markers ascending. */
enum err marking_draw_commit(struct db *db, struct arena *arena, int64_t cycle_id, const char *component, uint8_t per_script,
                             const int64_t *marker_ids, size_t marker_count) MUST_CHECK;
struct marking_holding {
    int64_t cycle_id, staff_id, now_us;
    const char *component, *entropy;
};
/* Within a transaction: holds the draw and assigns markers 1 and 2. *ret_message is "" or why it cannot be: "no-draw",
 * "draw-held", "commitment-differs", "too-few-markers", "scripts-barred" with *ret_detail for the trail. Side effects: event
 * marking.draw. Requires: a worker's connection. */
enum err marking_draw_hold(struct db *db, struct arena *arena, const struct marking_holding *holding,
                           const char **ret_message, const char **ret_detail) MUST_CHECK;

/* ---- reading ---- */

struct marking_draw {
    int64_t draw_id;
    const char *component;
    int64_t per_script, scripts, markers;
    char commitment[65];
    int64_t committed_us;
    bool held; /* and what follows */
    const char *entropy, *drawn_by;
    char seed[65], outcome[65];
    int64_t least, most, drawn_us;
};
struct marking_draws {
    bool found; /* the cycle */
    bool frozen;
    int64_t cycle_id;
    struct marking_draw list[2];
    size_t count;
};
enum err marking_draws_read(struct db *db, struct arena *arena, const char *cycle_code, struct marking_draws *ret_draws) MUST_CHECK;
/* The file of a held draw. Requires: the freeze (else ERR_DB_REFUSED). */
enum err marking_draw_export(struct db *db, struct arena *arena, const char *cycle_code, const struct marking_draw *draw,
                             struct buf *out) MUST_CHECK;

/* ---- drawing again ---- */

struct marking_redrawn {
    size_t scripts, markers, excluded, redraws;
    char differs[300]; /* "" or the first line that does: where, what the file says, what is drawn */
};
/* Draws a file again. ERR_SYNTAX: no such file, `differs` says why. */
enum err marking_draw_file_check(struct arena *arena, const char *text, size_t len, struct marking_redrawn *ret) MUST_CHECK;

#endif
