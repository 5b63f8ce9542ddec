/* draft.h: the life of a form before it is sat: drafted, reviewed, sealed by two persons.
 *
 * A form begins as a draft: drawn topic by topic from a bank, or given as a list of item versions by an assembly. Every
 * change is a new version of it, and no version ever changes. A version is reviewed on the screen as candidates will
 * see it; what was accepted there is sealed by one person and then by another. From the second seal on the database
 * refuses every further version, review and seal of the form, whoever asks.
 *
 *   draft ──review: accept──▶ reviewed ──seal──▶ half-sealed ──seal by another──▶ sealed
 *     ▲           │                │                  │
 *     └── return ─┴── new version ─┴─── new version ──┘
 *
 * Each seal names the version and the hash that its person has seen, so that nobody seals what has changed meanwhile.
 *
 * Used by: assembly's endpoint, api. Uses: ledger, cycle, bank, base, db. Threads: that of the struct db.
 */
#ifndef KHOACU_FORM_DRAFT_H
#define KHOACU_FORM_DRAFT_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/cycle/cycle.h"
#include "khoacu/db/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One position: items stand in the order of the list. */
struct form_item {
    int64_t item_id, version;
};
struct form_draft_request {
    const struct cycle *cycle;
    const char *code; /* a valid short code, unique in the cycle */
    int64_t bank_id;
    const struct form_item *items; /* each item once, all of the bank, live in that version */
    size_t count;                  /* 1..FORM_POSITIONS_MAX */
    int64_t assembly_id;           /* where the list comes from; 0: from no assembly */
    int64_t staff_id, now_us;
};
enum form_draft_verdict {
    FORM_DRAFTED,
    FORM_DRAFT_CYCLE_LATE, /* the cycle is past round 1 */
    FORM_DRAFT_ITEM_UNFIT, /* ret->unfit: an item that is not of the bank, not live, or in another version */
    FORM_DRAFT_CODE_TAKEN
};
struct form_drafted {
    int64_t form_id, version, item_count;
    char sha256[65];
    size_t unfit; /* place in the list, from 0 */
};
/* Makes a form whose version 1 is the list. Side effects: event form.draft with the hash. One transaction of its own. */
enum err form_draft(struct db *db, struct arena *arena, const struct form_draft_request *request,
                    enum form_draft_verdict *ret_verdict, struct form_drafted *ret_form) MUST_CHECK;

#endif
