/* compare.h: two lists side by side: who moved, from where to where, by which rule, and what had changed before.
 *
 * Works on result files (bundle.h) as they were read, of two versions of a list or of one list under two packs; needs
 * neither database nor clock, so that a stranger sees the same difference. It judges nothing: `result_verify` says
 * whether each file holds.
 *
 * Invariants: everybody in either file whose decision differs stands once among the moves; the same files give the same
 * comparison. Moves are in the order of the table below, and by roll number within.
 * Used by: api, main (compare), the public page. Uses: base, json. Threads: any.
 */
#ifndef KHOACU_RESULT_COMPARE_H
#define KHOACU_RESULT_COMPARE_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/json/json.h"

#include <stddef.h>
#include <stdint.h>

/* The one thing that matters most of what changed for a person. X(name, key) */
#define RESULT_MOVE_TABLE(X)                                                                                           \
    X(SELECTED, "newly_selected")                                                                                      \
    X(LOST, "no_longer_selected")                                                                                      \
    X(AGENCY, "other_agency")                                                                                          \
    X(OUTCOME, "other_outcome") /* neither before nor after selected */                                                \
    X(ADDED, "added")           /* is not in the file before */                                                        \
    X(REMOVED, "removed")                                                                                              \
    X(PLACE, "other_place")                                                                                            \
    X(TOTAL, "other_total")                                                                                            \
    X(GROUND, "other_ground") /* the same, for another reason */
#define X(name, key) RESULT_MOVE_##name,
enum result_move_kind { RESULT_MOVE_TABLE(X) RESULT_MOVE_COUNT };
#undef X
const char *result_move_key(enum result_move_kind kind);

/* One value that differs: "results.R2_WRITTEN" of a person, "pack.ties[0].key" or "posts[CV-01].seats" of the list. */
struct result_change {
    const char *path;
    const char *before, *after; /* texts, or JSON in short; NULL: not there */
};
#define RESULT_CHANGES_MAX 200 /* of the rules; more are counted, not listed */

struct result_move {
    enum result_move_kind kind;
    const char *roll_number;
    const struct json *before, *after; /* decisions as in the files; NULL: not there. after.reason is the rule */
    struct result_change *changes;     /* of her inputs */
    size_t change_count;
};
struct result_comparison {
    const char *cycle_code, *before_cause, *after_cause, *before_pack, *after_pack;
    int64_t before_version, after_version, before_candidates, after_candidates;
    size_t counts[RESULT_MOVE_COUNT];
    struct result_move *moves;
    size_t move_count;
    struct result_change rules[RESULT_CHANGES_MAX]; /* pack, scales, posts, agencies, recorded ties */
    size_t rule_count;                              /* all; at most RESULT_CHANGES_MAX are listed */
};
/* Both must have passed their form (RESULT_STEP_FORM). ERR_RANGE: a member is not there; ERR_MEMORY. */
enum err result_compare(struct arena *arena, const struct json *before, const struct json *after,
                        struct result_comparison **ret_comparison) MUST_CHECK;
/* As members of the object that is open: cycle, before {cause, candidates, pack, version}, after, counts {kind: number},
 * rules [{path, before, after}], rules_total, moves [{kind, roll_number, before, after, changes}] from `first`, at most
 * `limit`, moves_total. */
void result_comparison_write(struct json_writer *writer, const struct result_comparison *comparison, size_t first,
                             size_t limit);

#endif
