/* form.h: a sealed test: which item versions stand at which position.
 *
 * A form is drawn from the newest versions of a bank's items, so many of each topic, and sealed in the same act: its
 * hash covers every text in canonical order, and nothing of it ever changes (no role of the database may).
 *
 * Used by: sitting, api. Uses: ledger, cycle, bank, base, crypto, json, db.
 */
#ifndef KHOACU_FORM_FORM_H
#define KHOACU_FORM_FORM_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/db/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FORM_TOPICS_MAX 40

struct form_topic {
    const char *topic;
    int64_t count;
    int64_t available; /* filled by form_seal: items that the bank has */
};
struct form_request {
    const char *cycle_code, *code, *bank_code;
    struct form_topic *topics;
    size_t topic_count;
    bool seeded; /* draw by `seed`, for a draw that can be repeated; else by the kernel's randomness */
    int64_t seed;
    int64_t staff_id, now_us;
};
enum form_verdict {
    FORM_SEALED,
    FORM_CYCLE_UNKNOWN,
    FORM_BANK_UNKNOWN,
    FORM_CODE_TAKEN,
    FORM_TOO_FEW_ITEMS, /* topics[].available < count says where */
    FORM_SIZE_WRONG     /* no item, or more than 200 */
};
struct form_sealed {
    int64_t form_id;
    int64_t item_count;
    char sha256[65];
};
enum err form_seal(struct db *db, struct arena *arena, const struct form_request *request, enum form_verdict *ret_verdict,
                   struct form_sealed *ret_form) MUST_CHECK;

#endif
