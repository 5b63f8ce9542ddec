/* pool.h: what form assembly knows of the items it may choose from. No texts, no keys.
 *
 * Quantities that are not counts are decimals held as integers in thousand-millionths (NANO = 1): a facility of 0.62 is
 * 620,000,000. So sums are exact, and no floating-point number decides whether a constraint holds.
 *
 * The pool file of `khoacu assemble --pool` is CSV with a heading; code and topic must be there, the rest may be absent
 * or empty:
 *   code         A-Z, 0-9, '-', '.', '_' in any case, 1..60; unique
 *   topic        path of parts of a-z, 0-9 and '-', "law/public-service"
 *   level        1..4, cognitive level
 *   kind         single, multiple, truefalse, …; empty: single
 *   facility     share of candidates who do it right, "0.62"
 *   a, b, c      parameters of the 2PL or 3PL model: slope, difficulty, guessing (empty: 0)
 *   words, seconds, exposure   whole numbers; empty: 0
 *   enemies      codes separated by ';' that must not stand in the same form
 *   enemy_group  a name: of all items that carry it a form has at most one
 *   stimulus     name of the text or picture that it shares with others
 *   item_id, version   of the bank, to be given back in the result; empty: 0
 *
 * Limits: 50,000 items.
 *
 * Used by: solve.h, api, main. Uses: base, doc. Threads: constant once made.
 */
#ifndef KHOACU_ASSEMBLY_POOL_H
#define KHOACU_ASSEMBLY_POOL_H

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"
#include "khoacu/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ASSEMBLY_NANO INT64_C(1000000000)
#define ASSEMBLY_UNKNOWN INT64_MIN
#define ASSEMBLY_POOL_MAX 50000
#define ASSEMBLY_POOL_BYTES_MAX ((size_t)32 << 20)

struct assembly_item {
    int64_t item_id, version; /* 0: not from a bank */
    const char *code, *topic;
    const char *kind; /* key of the item's kind, "single" */
    int64_t level;    /* 1..4; 0 unknown */
    int64_t facility; /* NANO, 0..1; ASSEMBLY_UNKNOWN */
    bool calibrated;  /* a, b, c are known */
    int64_t a, b, c;  /* NANO */
    int64_t words, seconds, exposure;
    const char *const *enemies; /* codes; those that the pool does not hold are passed over */
    size_t enemy_count;
    const char *enemy_group; /* or NULL */
    const char *stimulus;    /* or NULL */
};
struct assembly_pool {
    const struct assembly_item *items; /* by code in byte order, each once */
    size_t count;
};

struct assembly_pool_fault {
    size_t line;        /* of the file; 0: the file as a whole */
    const char *column; /* or "" */
    const char *rule;   /* "required", "form", "range", "unique", "unknown", "limit", "extra", or a reason of csv.h */
};
#define ASSEMBLY_POOL_FAULTS_MAX 50
struct assembly_pool_faults {
    struct assembly_pool_fault list[ASSEMBLY_POOL_FAULTS_MAX];
    size_t count; /* more are counted, not listed */
};

/* Reads a pool file. ERR_SYNTAX with every fault when something does not fit; ERR_MEMORY. */
enum err assembly_pool_read_csv(struct arena *arena, const char *bytes, size_t len, struct assembly_pool *ret_pool,
                                struct assembly_pool_faults *faults) MUST_CHECK;
/* Appends a file that reads back as the same pool; needs no guard against formulas, because no person opens it. */
void assembly_pool_write_csv(const struct assembly_pool *pool, struct buf *out);
/* Puts items in the order of a pool and refuses (false) two with one code. */
bool assembly_pool_sort(struct assembly_item *items, size_t count);

/* Path of topics: 1 to 120 of parts as above. */
bool assembly_topic_valid(const char *topic);
/* Whether `topic` is `above` or lies under it; "" lies above all. */
bool assembly_topic_within(const char *topic, const char *above);

/* "0.62", "-1.25", "3": at most six digits before and nine behind the point, '.' alone. */
bool assembly_decimal_parse(const char *text, int64_t *ret_nano);
/* As few digits as say it all: "0.62", "-1.25", "3". `out` holds at least 24 bytes. */
void assembly_decimal_format(int64_t nano, char *out);

/* Expected facility of the item at ability theta (NANO both), and Fisher information with scaling constant `scale`.
 * Calibrated: P = c + (1-c)/(1+exp(-D a (theta-b))), I = (D a)^2 (Q/P) ((P-c)/(1-c))^2 (Lord 1980). Facility alone: the
 * item is taken as difficult as it was for the average candidate, P = 1/(1+exp(-(theta + ln(p/(1-p))))), with p kept in
 * 0.01 .. 0.99. Rounded to NANO once, here; from then on all is integer. ASSEMBLY_UNKNOWN: nothing is known of it. */
int64_t assembly_item_curve(const struct assembly_item *item, int64_t theta, int64_t scale);
int64_t assembly_item_information(const struct assembly_item *item, int64_t theta, int64_t scale);

#endif
