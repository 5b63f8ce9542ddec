#include "khoacu/bank/bank.h"

#include "khoacu/base/banned.h"

enum err bank_find(struct db *db, struct arena *arena, const char *code, int64_t *ret_bank_id) {
    const struct db_row *row;
    enum err err = db_one(db, arena, DB_BANK_FIND, DB_PARAMS(P_TEXT(code)), &row);
    *ret_bank_id = err ? 0 : db_int(row, 0);
    return err == ERR_DB_NO_ROW ? ERR_NONE : err;
}

struct page_walk {
    struct bank_item_page *page;
    size_t limit;
    struct arena *arena;
};

static enum err add_item(void *ctx, const struct db_row *row) {
    struct page_walk *walk = ctx;
    struct bank_item_page *page = walk->page;
    if (page->count == walk->limit) {
        page->more = true;
        return ERR_NONE;
    }
    page->items[page->count++] = (struct bank_item){.code = db_text(row, 0), .topic = db_text(row, 1), .level = db_int(row, 2), .version = db_int(row, 3),
                                                    .stem = db_text(row, 4), .options = db_text(row, 5), .source = db_text(row, 6), .bank = db_text(row, 7)};
    page->next = db_text(row, 8);
    return ERR_NONE;
}

enum err bank_items(struct db *db, struct arena *arena, const char *bank, const char *topic, const char *search, const char *after,
                    size_t limit, struct bank_item_page *ret_page) {
    struct bank_item_page page = {.items = ARENA_ARRAY(arena, limit, struct bank_item)};
    struct page_walk walk = {.page = &page, .limit = limit, .arena = arena};
    const struct db_row *row;
    if (!page.items)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_BANK_ITEMS, DB_PARAMS(P_TEXT(bank), P_TEXT(topic), P_TEXT(search), P_TEXT(after), P_INT((int64_t)limit + 1)),
                           limit + 1, add_item, &walk);
    if (!err)
        err = db_one(db, arena, DB_BANK_ITEMS_COUNT, DB_PARAMS(P_TEXT(bank), P_TEXT(topic), P_TEXT(search)), &row);
    if (err)
        return err;
    page.total = db_int(row, 0);
    *ret_page = page;
    return ERR_NONE;
}
