/* scan.h: written parts on paper: printed sheets with a code, the register of counterfoils, scans by bag.
 *
 * A bag is a print of sheets. Each bears a random code, as QR and in letters, below a counterfoil with the same code on
 * which the candidate's roll number is written by hand and which is torn off in the room. A script officer registers
 * counterfoils (roll number to code) and brings in scans; she never marks. What is kept of a page is drawn anew, upright,
 * and without everything from its upper edge to below the code. A page that does not say of itself what it is waits for a
 * person to look at it.
 *
 *     sheet printed --register--> registered --scan--> complete --scripts opened--> pages of the candidate's script
 *
 * Invariants, kept by the database itself (do_scan_…): the register is written and never read back, by no role; a file is
 * taken once; a sheet has one page; nothing is taken once scripts are open, and they do not open while sheets and pages do
 * not add up.
 *
 * Used by: result (worker), api, main. Uses: ledger, doc, base, crypto, db. Threads: that of the struct db.
 * Why: REG-2020 (scripts without roll numbers, counterfoils kept sealed); trust.md 2.5.
 */
#ifndef KHOACU_MARKING_SCAN_H
#define KHOACU_MARKING_SCAN_H

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"
#include "khoacu/base/err.h"
#include "khoacu/db/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCAN_SHEETS_MAX 200
#define SCAN_BAGS_MAX 500
#define SCAN_LINES_MAX 400
#define SCAN_CODE_SIZE 10 /* "XXXX-XXXX" with NUL */
#define SCAN_FILE_MAX ((size_t)64 << 20)

void scan_code_format(int64_t sheet_id, char out[SCAN_CODE_SIZE]);
/* Reads letters of either case, O as 0, I and L as 1, with or without hyphens and spaces. */
bool scan_code_parse(const char *text, int64_t *ret_sheet_id);

/* Who acts, and when. */
struct scan_actor {
    int64_t staff_id, now_us;
    const char *reason; /* NULL where none is asked for */
};
/* X(name, word of the functions of the schema) */
#define SCAN_VERDICT_TABLE(X)                                                                                          \
    X(KEPT, "kept")                                                                                                    \
    X(KNOWN, "known")               /* the same file was taken before; nothing changed */                              \
    X(TAKEN, "taken")               /* the bag's code, or the sheet's page, is there already */                         \
    X(DECIDED, "decided")                                                                                              \
    X(UNKNOWN, "unknown")                                                                                              \
    X(FORBIDDEN, "forbidden")       /* no script officer */                                                            \
    X(OPENED, "opened")             /* scripts are open */                                                             \
    X(NO_SHEET, "no_sheet")         /* of this bag */                                                                  \
    X(NO_CANDIDATE, "no_candidate") /* with that roll number */                                                        \
    X(REGISTERED, "registered")     /* the sheet, before; whose it is, is not said */                                   \
    X(CORRECTED, "corrected")                                                                                          \
    X(FORM, "form")                 /* a line that is no roll number and code */                                        \
    X(BROKEN, "broken")             /* a file that cannot be drawn, or is too large */
enum scan_verdict {
#define X(name, word) SCAN_##name,
    SCAN_VERDICT_TABLE(X)
#undef X
        SCAN_VERDICT_COUNT
};
const char *scan_verdict_key(enum scan_verdict verdict);

struct scan_bag {
    int64_t bag_id, cycle_id, sheets, made_us;
    int64_t registered, scanned, unscanned, unregistered, aside; /* unscanned: registered without page; unregistered: the reverse */
    const char *code, *cycle_code;
};
struct scan_odd {
    int64_t sheet_id;
    bool registered; /* and not scanned; else scanned and not registered */
};
struct scan_aside {
    int64_t aside_id, page;
    const char *why, *sha256;
};
struct scan_state {
    struct scan_bag bag;
    struct scan_odd odd[SCAN_SHEETS_MAX];
    struct scan_aside asides[500];
    size_t odd_count, aside_count;
};
/* SCAN_KEPT, TAKEN, UNKNOWN, FORBIDDEN, OPENED. Side effects: event scan.bag. */
enum err scan_bag_make(struct db *db, struct arena *arena, const struct scan_actor *actor, const char *cycle_code, const char *code,
                       int64_t sheets, enum scan_verdict *ret_verdict, int64_t *ret_bag_id) MUST_CHECK;
/* *ret_found false: no such cycle. */
enum err scan_bags_read(struct db *db, struct arena *arena, const char *cycle_code, bool *ret_found, struct scan_bag **ret_bags,
                        size_t *ret_count) MUST_CHECK;
/* *ret_state NULL: no such bag. */
enum err scan_state_read(struct db *db, struct arena *arena, int64_t bag_id, struct scan_state **ret_state) MUST_CHECK;
enum err scan_bag_find(struct db *db, struct arena *arena, const char *cycle_code, const char *code, int64_t *ret_bag_id) MUST_CHECK;
/* The sheets as PDF, one a page. *ret_bag_code NULL: no such bag. */
enum err scan_sheets_print(struct db *db, struct arena *arena, int64_t bag_id, int64_t now_us, struct buf *out, const char **ret_bag_code) MUST_CHECK;

struct scan_line {
    size_t number;
    enum scan_verdict verdict;
};
struct scan_lines {
    struct scan_line lines[SCAN_LINES_MAX];
    size_t count, kept; /* kept: with those corrected */
};
/* One "ROLL-NUMBER CODE" a line. All lines or none: when one is refused, nothing is kept. A reason corrects sheets that are
 * registered. Side effects: event scan.register, which holds no pair. ERR_LIMIT: more lines than SCAN_LINES_MAX. */
enum err scan_register(struct db *db, struct arena *arena, const struct scan_actor *actor, int64_t bag_id, const char *text,
                       struct scan_lines *ret_lines) MUST_CHECK;

struct scan_report {
    int64_t files, known, refused, pages, kept, aside;
    struct scan_refusal {
        const char *name;
        enum scan_verdict verdict;
    } refusals[100]; /* the first of them */
};
/* A picture, a PDF or a zip of such. Each file is taken whole or not at all. Side effects: events scan.capture with the SHA-256
 * of each file as it came. */
enum err scan_import(struct db *db, const struct scan_actor *actor, struct arena *arena, int64_t bag_id, const char *name, const void *bytes,
                     size_t len, struct scan_report *report) MUST_CHECK;

/* The picture of a page kept aside, JPEG; *ret_bytes NULL: none. */
enum err scan_aside_read(struct db *db, struct arena *arena, int64_t aside_id, const uint8_t **ret_bytes, size_t *ret_len) MUST_CHECK;
/* sheet_id 0: left out. turns and cut as of raster_turn. KEPT, DECIDED, TAKEN, NO_SHEET, UNKNOWN, FORBIDDEN, OPENED, BROKEN.
 * Side effects: event scan.decide. */
enum err scan_aside_decide(struct db *db, struct arena *arena, const struct scan_actor *actor, int64_t aside_id, int64_t sheet_id, int turns,
                           int cut, enum scan_verdict *ret_verdict) MUST_CHECK;

/* ---- the worker, within the transaction that opens scripts ---- */

/* How many sheets and pages of the cycle do not add up. */
enum err marking_scans_missing(struct db *db, struct arena *arena, int64_t cycle_id, int64_t *ret_missing) MUST_CHECK;
/* Puts the pages into the scripts of the written part. Requires: none is missing. */
enum err marking_scans_write(struct db *db, struct arena *arena, int64_t cycle_id) MUST_CHECK;

#endif
