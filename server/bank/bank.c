#include "khoacu/bank/bank.h"

#include <assert.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define PAGE_MAX 200

bool bank_topic_valid(const char *topic) {
    size_t len = strlen(topic);
    return len >= 2 && len <= 60 && strspn(topic, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

enum err bank_find(struct db *db, struct arena *arena, const char *code, int64_t *ret_bank_id) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_BANK_FIND, DB_PARAMS(P_TEXT(code)), &row);
    if (err == ERR_NONE || err == ERR_DB_NO_ROW)
        *ret_bank_id = err == ERR_NONE ? db_int(row, 0) : 0;
    return err == ERR_DB_NO_ROW ? ERR_NONE : err;
}

struct walk {
    struct bank_item_page *page;
    size_t limit;
};

static enum err add_item(void *ctx, const struct db_row *row) {
    struct walk *walk = ctx;
    struct bank_item_page *page = walk->page;
    if (page->count == walk->limit) {
        page->more = true;
        return ERR_NONE;
    }
    struct bank_item *item = &page->items[page->count++];
    *item = (struct bank_item){.item_id = db_int(row, 0),
                               .bank = db_text(row, 1),
                               .code = db_text(row, 2),
                               .topic = db_text(row, 3),
                               .version = db_int(row, 4),
                               .level = db_int(row, 5),
                               .stem = db_text(row, 6),
                               .source = db_text(row, 8)};
    item->options = db_texts(row, 7, &item->option_count);
    return ERR_NONE;
}

enum err bank_items_read(struct db *db, struct arena *arena, const struct bank_query *query,
                         struct bank_item_page *ret_page) {
    assert(query->limit >= 1 && query->limit <= PAGE_MAX);
    struct bank_item_page page = {.items = ARENA_ARRAY(arena, query->limit, struct bank_item)};
    struct walk walk = {.page = &page, .limit = query->limit};
    const struct db_param bank = P_TEXT(query->bank), topic = P_TEXT(query->topic), search = P_TEXT(query->search);
    const struct db_row *row = NULL;
    if (!page.items)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_BANK_ITEMS,
                           DB_PARAMS(bank, topic, search, P_TEXT(query->after_bank), P_TEXT(query->after_code),
                                     P_INT((int64_t)query->limit + 1)),
                           query->limit + 1, add_item, &walk);
    if (err == ERR_NONE)
        err = db_one(db, arena, DB_BANK_ITEMS_COUNT, DB_PARAMS(bank, topic, search), &row);
    if (err != ERR_NONE)
        return err;
    page.total = db_int(row, 0);
    *ret_page = page;
    return ERR_NONE;
}
