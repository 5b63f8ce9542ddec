/* rubric.h: the guide by which scripts of a part or question are marked: criteria with levels, a highest mark and a step.
 *
 * A guide is data, in versions; the highest counts. It comes from the item where the item has one and its points fit
 * (the worker writes it when scripts are opened), or the chief marker enters it. From the first mark on it stays.
 * The highest marks of the criteria add up to that of the script.
 *
 * Used by: api, result (worker). Uses: ledger, json, base, db. Threads: that of the struct db.
 */
#ifndef KHOACU_MARKING_RUBRIC_H
#define KHOACU_MARKING_RUBRIC_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/db/db.h"
#include "khoacu/ledger/ledger.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct marking_criterion {
    const char *title_vi, *title_en; /* one of them may be "" */
    int64_t mark_max, mark_step;     /* hundredths */
    const char *levels;              /* JSON: [{"value":"2.50","vi":"…","en":"…"}, …] */
};
struct marking_guide {
    const char *component;
    int32_t question, version;
    const char *task_vi, *task_en; /* what was asked; "" not known */
    struct marking_criterion *criteria;
    size_t criterion_count;
};
/* *ret_guide NULL: there is none. */
enum err marking_guide_read(struct db *db, struct arena *arena, int64_t cycle_id, const char *component, int32_t question,
                            struct marking_guide **ret_guide) MUST_CHECK;
/* All guides of a cycle, each in the version that counts. */
enum err marking_guides_list(struct db *db, struct arena *arena, int64_t cycle_id, struct marking_guide ***ret_guides,
                             size_t *ret_count) MUST_CHECK;

enum marking_guide_verdict {
    MARKING_GUIDE_KEPT,
    MARKING_GUIDE_STALE,  /* guide->version is not the last one */
    MARKING_GUIDE_FROZEN, /* something is marked by it */
    MARKING_GUIDE_SUM,    /* the highest marks do not add up to that of the script */
    MARKING_GUIDE_STEP,   /* a step does not divide the highest mark, or is none of the script's */
    MARKING_GUIDE_NO_PART /* no such question */
};
/* Within the caller's transaction: the next version. `guide->version` is the one that was seen, 0 none. Side effects: event
 * marking.rubric. */
enum err marking_guide_put(struct db *db, struct arena *arena, int64_t cycle_id, const struct marking_guide *guide,
                           struct ledger_actor actor, const char *reason, int64_t now_us,
                           enum marking_guide_verdict *ret_verdict) MUST_CHECK;

#endif
