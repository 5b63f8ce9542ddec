#include "bank_private.h"

#include "khoacu/base/cleanup.h"

#include <stdlib.h>

#include "khoacu/base/banned.h"

enum { PORTION = 100 };
#define PORTION_ARENA_MAX ((size_t)512 << 20)
#define ENTRY_ARENA_MAX ((size_t)32 << 20)

struct ids {
    int64_t *list;
    size_t count;
};

static enum err take_id(void *ctx, const struct db_row *row) {
    struct ids *ids = ctx;
    ids->list[ids->count++] = db_int(row, 0);
    return ERR_NONE;
}

/* One walk over items by their ids, a portion at a time in memory of its own. */
struct walk {
    const struct bank_desk *desk;
    const struct bank_scope *scope; /* NULL: nobody is asked */
    bool keys;
    enum bank_purpose purpose; /* noted where there is a scope, unless silent */
    bool silent;
    bank_entry_fn *each;
    void *ctx;
    size_t shown;
    /* the portion */
    struct arena *arena;
    struct bank_entry entries[PORTION];
    struct bank_sealed contents[PORTION], extras[PORTION], key_texts[PORTION];
    size_t count, key_count;
};

static enum err take_entry(void *ctx, const struct db_row *row) {
    struct walk *walk = ctx;
    struct bank_entry *entry = &walk->entries[walk->count];
    *entry = (struct bank_entry){0};
    if (!bank_take_item(row, &entry->item))
        return ERR_STATE;
    if (walk->scope) {
        entry->item.rights = bank_scope_rights(walk->scope, entry->item.bank_id, entry->item.meta.topic);
        if (!entry->item.rights || (walk->keys && !(entry->item.rights & BANK_RIGHT_OWNER)))
            return ERR_NONE;
    }
    walk->contents[walk->count] = bank_sealed_at(row, BANK_ITEM_COLUMN_TEXT, BANK_ITEM_COLUMN_TEXT + 1);
    walk->extras[walk->count] = bank_sealed_at(row, BANK_ITEM_COLUMN_TEXT, BANK_ITEM_COLUMN_TEXT + 2);
    walk->count++;
    return ERR_NONE;
}

static enum err take_key(void *ctx, const struct db_row *row) {
    struct walk *walk = ctx;
    const struct bank_item *item = walk->key_count < walk->count ? &walk->entries[walk->key_count].item : NULL;
    if (!item || item->item_id != db_int(row, 0) || item->version != db_int(row, 1))
        return ERR_STATE;
    walk->key_texts[walk->key_count++] = bank_sealed_at(row, 2, 3);
    return ERR_NONE;
}

static enum err show(struct walk *walk, struct arena *arena, size_t i) {
    const struct bank_desk *desk = walk->desk;
    struct bank_entry *entry = &walk->entries[i];
    const struct bank_item *item = &entry->item;
    struct bank_extra extra;
    struct bank_label label = {.part = "content", .bank_id = item->bank_id, .id = item->item_id, .number = item->version};
    enum err err = bank_unseal(desk->vault, desk->db, arena, &label, &walk->contents[i], &entry->text.content, &entry->text.content_len);
    if (err == ERR_NONE)
        err = bank_extra_open(desk->db, desk->vault, arena, item->bank_id, item->item_id, item->version, &walk->extras[i], &extra);
    label.part = "key";
    if (err == ERR_NONE && walk->keys)
        err = bank_unseal(desk->vault, desk->db, arena, &label, &walk->key_texts[i], &entry->text.key, &entry->text.key_len);
    if (err != ERR_NONE)
        return err;
    entry->text.source = extra.source;
    entry->text.external_id = extra.external_id;
    walk->shown++;
    return walk->each(walk->ctx, arena, entry);
}

static enum err walk_portion(struct walk *walk, const int64_t *ids, size_t count) {
    struct arena arena CLEANUP(arena_release), one CLEANUP(arena_release);
    int64_t item_ids[PORTION], versions[PORTION];
    struct bank_desk desk = *walk->desk;
    arena_init(&arena, PORTION_ARENA_MAX);
    arena_init(&one, ENTRY_ARENA_MAX);
    desk.arena = &arena;
    walk->count = walk->key_count = 0;
    enum err err = db_many(desk.db, &arena, DB_BANK_ENTRIES_OF, DB_PARAMS(P_INTS(ids, count)), count, take_entry, walk);
    for (size_t i = 0; i < walk->count; i++) {
        item_ids[i] = walk->entries[i].item.item_id;
        versions[i] = walk->entries[i].item.version;
    }
    if (err == ERR_NONE && walk->keys && walk->count > 0)
        err = db_many(desk.db, &arena, DB_BANK_KEYS_OF, DB_PARAMS(P_INTS(item_ids, walk->count), P_INTS(versions, walk->count)),
                      walk->count, take_key, walk);
    if (err == ERR_NONE && walk->keys && walk->key_count != walk->count)
        err = ERR_STATE;
    if (err == ERR_NONE && walk->scope && !walk->silent)
        err = bank_access_note(&desk, walk->purpose, item_ids, versions, walk->count);
    for (size_t i = 0; err == ERR_NONE && i < walk->count; i++) {
        arena_reset(&one);
        err = show(walk, &one, i);
    }
    return err;
}

static enum err walk_ids(struct walk *walk, const int64_t *ids, size_t count) {
    enum err err = ERR_NONE;
    for (size_t at = 0; err == ERR_NONE && at < count; at += PORTION)
        err = walk_portion(walk, ids + at, count - at < PORTION ? count - at : PORTION);
    return err;
}

static enum err walk_bank(struct walk *walk, enum db_statement statement, const struct db_param *params, size_t count) {
    struct arena arena CLEANUP(arena_release);
    struct ids ids = {0};
    arena_init(&arena, (size_t)64 << 20);
    ids.list = ARENA_ARRAY(&arena, BANK_ITEMS_MAX, int64_t);
    enum err err = ids.list ? db_many(walk->desk->db, &arena, statement, params, count, BANK_ITEMS_MAX, take_id, &ids) : ERR_MEMORY;
    return err == ERR_NONE ? walk_ids(walk, ids.list, ids.count) : err;
}

static struct walk *walk_new(const struct walk *with) {
    struct walk *walk = malloc(sizeof *walk);
    if (walk)
        *walk = *with;
    return walk;
}

enum err bank_index_read(const struct bank_desk *desk, int64_t bank_id, int64_t since, bool keys, bank_entry_fn *each, void *ctx) {
    struct walk *walk CLEANUP(cleanup_free) = walk_new(&(struct walk){.desk = desk, .keys = keys, .each = each, .ctx = ctx});
    return walk ? walk_bank(walk, DB_BANK_CHANGED_IDS, DB_PARAMS(P_INT(bank_id), P_INT(since))) : ERR_MEMORY;
}

enum err bank_export(const struct bank_desk *desk, const char *bank, bool trial, bank_entry_fn *each, void *ctx, enum bank_verdict *ret_verdict) {
    struct bank_scope scope;
    struct bank *found = NULL;
    struct walk *walk CLEANUP(cleanup_free) = walk_new(&(struct walk){
        .desk = desk, .scope = &scope, .keys = true, .silent = trial, .purpose = BANK_PURPOSE_EXPORT, .each = each, .ctx = ctx});
    enum err err = walk ? bank_scope_read(desk, &scope) : ERR_MEMORY;
    if (err == ERR_NONE)
        err = bank_read(desk, bank, &found);
    if (err != ERR_NONE)
        return err;
    enum bank_verdict verdict = !found ? BANK_UNKNOWN : found->rights & BANK_RIGHT_OWNER ? BANK_DONE : BANK_FORBIDDEN;
    if (verdict == BANK_DONE)
        err = walk_bank(walk, DB_BANK_IDS_BY_CODE, DB_PARAMS(P_INT(found->bank_id)));
    if (err == ERR_NONE)
        err = verdict == BANK_DONE && !trial ? bank_event(desk, desk->db, "bank.export", "bank", found->bank_id,
                                                arena_printf(desk->arena, "{\"items\":%zu}", walk->shown))
                                   : ERR_NONE;
    if (err == ERR_NONE)
        *ret_verdict = verdict;
    return err;
}

/* ---- counters ---- */

struct changes {
    struct bank_change_row *rows;
    size_t count;
};

static enum err take_change(void *ctx, const struct db_row *row) {
    struct changes *changes = ctx;
    changes->rows[changes->count++] = (struct bank_change_row){
        .bank_id = db_int(row, 0), .changes = db_int(row, 1), .code = db_text(row, 2), .name = db_text(row, 3)};
    return ERR_NONE;
}

enum err bank_changes_read(const struct bank_desk *desk, struct bank_change_row **ret_rows, size_t *ret_count) {
    struct changes changes = {.rows = ARENA_ARRAY(desk->arena, BANK_BANKS_MAX, struct bank_change_row)};
    enum err err = changes.rows
                       ? db_many(desk->db, desk->arena, DB_BANK_CHANGES, DB_NO_PARAMS, BANK_BANKS_MAX, take_change, &changes)
                       : ERR_MEMORY;
    if (err != ERR_NONE)
        return err;
    *ret_rows = changes.rows;
    *ret_count = changes.count;
    return ERR_NONE;
}
