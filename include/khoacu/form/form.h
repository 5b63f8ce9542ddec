/* form.h: a sealed test: which item versions stand at which position.
 *
 * A form is drawn from a bank's live items, so many of each topic, and sealed in the same act: its
 * hash covers every text in canonical order, and no role of the database can change anything of it. Its size is the
 * number of questions that the cycle's rule pack asks for, because the pass mark is a share of them. Positions run
 * topic by topic; what a candidate sees is another order for each (order.h).
 *
 * The hash: SHA-256 of the canonical JSON (RFC 8785) of
 *   [[position, item code, version, content], …]
 * with positions 1, 2, … and the content of each item version as the bank keeps it.
 *
 * Used by: sitting, api. Uses: ledger, cycle, bank, base, crypto, json, db. Threads: that of the struct db.
 */
#ifndef KHOACU_FORM_FORM_H
#define KHOACU_FORM_FORM_H

#include "khoacu/bank/bank_vault.h"
#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/cycle/cycle.h"
#include "khoacu/db/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FORM_TOPICS_MAX 40

struct form_topic {
    const char *topic;
    int64_t count;     /* 1..200 */
    int64_t available; /* filled by form_seal: items of it that may be drawn */
};
struct form_request {
    const struct cycle *cycle;
    const char *code, *bank_code;
    struct form_topic *topics; /* each once */
    size_t topic_count;        /* 1..FORM_TOPICS_MAX */
    /* A draw by number can be repeated, with the same bank, by anybody who knows the number; without one, every choice
     * comes from the kernel. */
    bool seeded;
    int64_t seed;
    struct bank_vault *vault;
    int64_t staff_id, now_us;
};
enum form_verdict {
    FORM_SEALED,
    FORM_CYCLE_LATE, /* the cycle is past round 1 */
    FORM_BANK_UNKNOWN,
    FORM_SIZE_WRONG,    /* not the pack's number of questions: ret_form->item_count */
    FORM_TOO_FEW_ITEMS, /* topics[].available < count says where */
    FORM_CODE_TAKEN
};
struct form_sealed {
    int64_t form_id;
    int64_t item_count;
    char sha256[65];
};
/* Draws and seals. Requires: a valid short code, topics that differ. Side effects: event form.seal with the hash. */
enum err form_seal(struct db *db, struct arena *arena, const struct form_request *request,
                   enum form_verdict *ret_verdict, struct form_sealed *ret_form) MUST_CHECK;

#endif
