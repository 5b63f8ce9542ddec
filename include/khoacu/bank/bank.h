/* bank.h: item banks: items, their immutable versions, and the import that brings them in.
 *
 * An item has a code, a topic by which forms are drawn, and versions 1, 2, … of its text, of which none ever changes; a
 * form holds versions, so that a correction never touches a sealed form. The key of a version goes into a table of
 * its own that the server's role can write and not read; only the worker scores with it.
 *
 * So an import cannot see whether a key is what it was: a row whose texts are all the same counts as unchanged. Whoever
 * corrects nothing but a key says so in the column new_version, and the row becomes a new version whatever it holds.
 *
 * Limits: 50,000 items a bank and a file; 2 to 4 options by import (8 in the bank); stems of 4,000, options of 1,000,
 * sources of 500 code points.
 *
 * Used by: form, api. Uses: ledger, cycle (codes), base, doc, db. Threads: that of the struct db.
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

#define BANK_ITEMS_MAX 50000

/* 2 to 60 of a-z, 0-9 and '-'. */
bool bank_topic_valid(const char *topic);

/* *ret_bank_id 0: no bank of this code. */
enum err bank_find(struct db *db, struct arena *arena, const char *code, int64_t *ret_bank_id) MUST_CHECK;

/* Import of items (import_fn of doc/import.h): code, topic, level, stem, option_a … option_d (c and d may be empty),
 * key, source, new_version. Makes the bank when it is missing. Side effects: event bank.items_import. */
extern const struct import_column BANK_ITEM_COLUMNS[];
enum err bank_import_items(struct db *db, struct arena *arena, const struct import_request *request,
                           struct import_report *report) MUST_CHECK;

struct bank_item {
    int64_t item_id, version, level;
    const char *bank, *code, *topic, *stem, *source;
    const char *const *options; /* in canonical order, which says nothing of the key */
    size_t option_count;
};
struct bank_item_page {
    struct bank_item *items; /* by bank and code */
    size_t count;
    bool more;
    int64_t total; /* that match */
};
/* Which items, by their newest version. "" leaves a condition out. `search` finds a part of code or stem, without case
 * and with or without diacritics. The page begins behind the item `after_code` of bank `after_bank`. */
struct bank_query {
    const char *bank, *topic, *search;
    const char *after_bank, *after_code;
    size_t limit; /* 1..200 */
};
enum err bank_items_read(struct db *db, struct arena *arena, const struct bank_query *query,
                         struct bank_item_page *ret_page) MUST_CHECK;

#endif
