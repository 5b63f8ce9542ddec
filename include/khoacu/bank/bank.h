/* bank.h: item banks: items, their immutable versions, the import that brings them in.
 *
 * The key of a version is written into a table of its own that the server's role cannot read back; only the worker
 * scores with it. So an import cannot see whether a key is what it was: a row whose texts are unchanged counts as
 * unchanged, and to correct nothing but a key the row says so in the column new_version.
 *
 * Used by: form, api. Uses: ledger, base, doc, db.
 */
#ifndef KHOACU_BANK_BANK_H
#define KHOACU_BANK_BANK_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/db/db.h"
#include "khoacu/doc/import.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* *ret_bank_id 0: no such bank. */
enum err bank_find(struct db *db, struct arena *arena, const char *code, int64_t *ret_bank_id) MUST_CHECK;

/* Import of items: code, topic, level, stem, option_a … option_d, key, source, new_version. The bank is made
 * when it is missing. */
extern const struct import_column BANK_ITEM_COLUMNS[];
enum err bank_import_items(struct db *db, struct arena *arena, const struct import_request *request,
                           struct import_report *report) MUST_CHECK;

struct bank_item {
    const char *code, *topic, *stem, *source, *bank;
    const char *options; /* JSON array of texts, in canonical order, which says nothing of the key */
    int64_t level, version;
};
struct bank_item_page {
    struct bank_item *items; /* by bank and code */
    size_t count;
    bool more;
    const char *next; /* when more */
    int64_t total;
};
/* Newest versions, filtered by bank and topic ("" for all) and a text that is found with or without diacritics. */
enum err bank_items(struct db *db, struct arena *arena, const char *bank, const char *topic, const char *search, const char *after,
                    size_t limit, struct bank_item_page *ret_page) MUST_CHECK;

#endif
