/* bank_index_private.h: what the index is made of: slots of items, a dictionary of words, names, sketches.
 *
 * Slots are only added; an item that has changed gets a new one and leaves its old one dead, so that the lists of a
 * word's slots stay in order by appending. When most slots are dead the store is made anew from the living ones.
 *
 * Used by: bank_index*.c. Threads: whoever changes a store has it alone.
 */
#ifndef KHOACU_SERVER_BANK_BANK_INDEX_PRIVATE_H
#define KHOACU_SERVER_BANK_BANK_INDEX_PRIVATE_H

#include "khoacu/bank/bank_index.h"

#define SKETCH_LEN 128
#define NO_SLOT UINT32_MAX

/* Texts with numbers 0, 1, … in the order of their coming. */
struct index_strings {
    const char **texts;
    uint32_t *table; /* number + 1, 0 empty; `table_size` is a power of two */
    size_t count, size, table_size;
};
bool index_string_find(const struct index_strings *strings, const char *text, size_t len, uint32_t *ret_number);
/* A new text is copied into the arena. False: no memory. */
bool index_string_add(struct index_strings *strings, struct arena *arena, const char *text, size_t len,
                      uint32_t *ret_number);
void index_strings_release(struct index_strings *strings);

struct index_posting {
    uint32_t *slots; /* ascending */
    uint32_t count, size;
};
struct index_words {
    struct index_strings strings;
    struct index_posting *postings; /* by number of the word */
    size_t posting_size;
    uint32_t *sorted; /* numbers by the word's bytes; as of `sorted_count` words */
    size_t sorted_count;
};

/* What an item says, ready for searches. */
struct index_text {
    const char *title, *excerpt;
    const char *plain, *marked; /* of fold_words */
    size_t plain_len, marked_len;
    size_t said_len; /* of plain: what the item itself says; behind it stand code and source */
};
struct index_item {
    struct bank_item item;
    struct index_text text;
    uint32_t bank, kind, topic; /* names */
    uint32_t *tags;             /* names, item.meta.tag_count of them */
    uint32_t sketch[SKETCH_LEN];
};

struct index_store {
    struct arena arena;
    struct index_item **slots; /* NULL: dead */
    size_t count, size, dead;
    uint32_t *ids; /* slot + 1 by hash of item_id; the newest slot of each */
    size_t ids_size, ids_used;
    struct index_words words;
    struct index_strings names;
};
enum err index_store_new(struct index_store **ret_store) MUST_CHECK;
void index_store_free(struct index_store *store);
/* Puts the item in the place of what the store has of it. Copies everything. */
enum err index_store_put(struct index_store *store, const struct bank_item *item, const struct index_text *text) MUST_CHECK;
/* After puts: new words are found from now on. */
enum err index_store_settle(struct index_store *store) MUST_CHECK;
/* NULL: not there. */
const struct index_item *index_store_find(const struct index_store *store, int64_t item_id);
/* Whether a store of the living alone would be worth making. */
bool index_store_worn(const struct index_store *store);
enum err index_store_renew(const struct index_store *store, struct index_store **ret_store) MUST_CHECK;

/* Which slots have all words of the search, as bits, (count + 63) / 64 words of 64; *ret_bits NULL: all have. */
enum err index_search(const struct index_store *store, struct arena *arena, const char *search, uint64_t **ret_bits) MUST_CHECK;

/* ---- likeness ---- */

void index_sketch(const char *plain, size_t len, uint32_t sketch[SKETCH_LEN]);
/* Estimated likeness in thousandths. */
int64_t index_sketch_compare(const uint32_t a[SKETCH_LEN], const uint32_t b[SKETCH_LEN]);
/* Sorted set of trigrams of the text, in the arena; NULL: no memory. */
const uint32_t *index_trigrams(struct arena *arena, const char *plain, size_t len, size_t *ret_count);
int64_t index_trigrams_compare(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count);
/* Pairs among `items` that are alike by BANK_TWINS_LEAST. Gives the first `max`, counts all. */
struct index_pair {
    uint32_t a, b; /* places in `items` */
    int64_t likeness;
};
enum err index_twins(struct arena *arena, const struct index_item *const *items, size_t count, size_t max,
                     struct index_pair **ret_pairs, size_t *ret_count, int64_t *ret_total) MUST_CHECK;

/* ---- one person's view, while the store does not change ---- */

struct index_view {
    const struct index_store *store;
    const struct bank_scope *scope;
    int64_t staff_id;
    struct {
        int64_t bank_id;
        uint32_t topic;
        unsigned rights;
        bool known;
    } memo[256];
};
unsigned index_rights(struct index_view *view, const struct index_item *item);
enum err index_row(const struct index_view *view, struct arena *arena, const struct index_item *item, unsigned rights,
                   int64_t today, struct bank_index_row *ret_row) MUST_CHECK;
bool index_stale(const struct index_item *item, int64_t today);
bool index_exposed(const struct index_item *item);
enum err index_page(struct index_view *view, struct arena *arena, const struct bank_index_query *query,
                    struct bank_index_page *ret_page) MUST_CHECK;
/* `self`: an item that is not compared, or 0. */
enum err index_like(struct index_view *view, struct arena *arena, const char *plain, size_t len, int64_t self,
                    struct bank_like **ret_list, size_t *ret_count) MUST_CHECK;
enum err index_health(struct index_view *view, struct arena *arena, const char *bank, int64_t today,
                      struct bank_index_health *ret_health) MUST_CHECK;
void index_supply(struct index_view *view, const char *bank, int64_t today, struct bank_cell *cells, size_t count);

#endif
