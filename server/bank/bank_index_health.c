#include "bank_index_private.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { HEALTH_ROWS_MAX = 100, TWINS_MAX = 100 };

static int by_age(const void *a, const void *b) {
    const struct index_item *x = *(const struct index_item *const *)a, *y = *(const struct index_item *const *)b;
    int64_t left = x->item.updated_at_us, right = y->item.updated_at_us;
    return left != right ? (left > right) - (left < right) : (x->item.item_id > y->item.item_id) - (x->item.item_id < y->item.item_id);
}

struct picked {
    struct bank_index_row *rows;
    size_t count;
};

static enum err pick(struct index_view *view, struct arena *arena, const struct index_item *item, int64_t today, struct picked *picked) {
    if (picked->count == HEALTH_ROWS_MAX)
        return ERR_NONE;
    return index_row(view, arena, item, index_rights(view, item), today, &picked->rows[picked->count++]);
}

static enum err sum_up(struct index_view *view, struct arena *arena, const struct index_item *const *items, size_t count, int64_t today,
                       struct bank_index_health *health) {
    struct picked stale = {ARENA_ARRAY(arena, HEALTH_ROWS_MAX, struct bank_index_row), 0},
                  exposed = {ARENA_ARRAY(arena, HEALTH_ROWS_MAX, struct bank_index_row), 0},
                  waiting = {ARENA_ARRAY(arena, HEALTH_ROWS_MAX, struct bank_index_row), 0};
    enum err err = arena->failed ? ERR_MEMORY : ERR_NONE;
    for (size_t i = 0; err == ERR_NONE && i < count; i++) {
        const struct index_item *item = items[i];
        enum bank_state state = item->item.state;
        health->drafts += state == BANK_DRAFT;
        health->in_review += state == BANK_IN_REVIEW;
        if (index_stale(item, today)) {
            health->stale++;
            health->stale_live += state == BANK_LIVE;
            err = pick(view, arena, item, today, &stale);
        }
        if (err == ERR_NONE && index_exposed(item)) {
            health->exposed++;
            err = pick(view, arena, item, today, &exposed);
        }
        if (err == ERR_NONE && (state == BANK_DRAFT || state == BANK_IN_REVIEW))
            err = pick(view, arena, item, today, &waiting);
    }
    health->items = (int64_t)count;
    health->stale_rows = stale.rows;
    health->stale_count = stale.count;
    health->exposed_rows = exposed.rows;
    health->exposed_count = exposed.count;
    health->waiting_rows = waiting.rows;
    health->waiting_count = waiting.count;
    return err;
}

static enum err list_twins(struct arena *arena, const struct index_item *const *items, size_t count, struct bank_index_health *health) {
    struct index_pair *pairs;
    size_t pair_count;
    enum err err = index_twins(arena, items, count, TWINS_MAX, &pairs, &pair_count, &health->twin_total);
    health->twins = err == ERR_NONE ? ARENA_ARRAY(arena, pair_count, struct bank_twins) : NULL;
    if (err == ERR_NONE && !health->twins)
        err = ERR_MEMORY;
    for (size_t i = 0; err == ERR_NONE && i < pair_count; i++) {
        const struct bank_item *a = &items[pairs[i].a]->item, *b = &items[pairs[i].b]->item;
        health->twins[health->twin_count++] = (struct bank_twins){.code = arena_strdup(arena, a->code),
                                                                  .other_code = arena_strdup(arena, b->code),
                                                                  .item_id = a->item_id,
                                                                  .other_id = b->item_id,
                                                                  .likeness = pairs[i].likeness};
    }
    return err == ERR_NONE && arena->failed ? ERR_MEMORY : err;
}

enum err index_health(struct index_view *view, struct arena *arena, const char *bank, int64_t today,
                      struct bank_index_health *ret_health) {
    const struct index_store *store = view->store;
    struct bank_index_health health = {0};
    const struct index_item **items = ARENA_ARRAY(arena, store->count, const struct index_item *);
    size_t count = 0;
    uint32_t name;
    if (!items)
        return ERR_MEMORY;
    bool known = index_string_find(&store->names, bank, strlen(bank), &name);
    for (size_t slot = 0; known && slot < store->count; slot++) {
        const struct index_item *item = store->slots[slot];
        if (item && item->bank == name && item->item.state != BANK_RETIRED && index_rights(view, item))
            items[count++] = item;
    }
    qsort(items, count, sizeof *items, by_age);
    enum err err = sum_up(view, arena, items, count, today, &health);
    if (err == ERR_NONE)
        err = list_twins(arena, items, count, &health);
    if (err == ERR_NONE)
        *ret_health = health;
    return err;
}

/* ---- what can be drawn ---- */

static bool fits(const struct bank_cell *cell, const struct bank_meta *meta) {
    return (!cell->kind[0] || strcmp(cell->kind, meta->kind) == 0) && (!cell->level || cell->level == meta->level) &&
           bank_topic_within(meta->topic, cell->topic);
}

void index_supply(struct index_view *view, const char *bank, int64_t today, struct bank_cell *cells, size_t count) {
    const struct index_store *store = view->store;
    uint32_t name;
    for (size_t i = 0; i < count; i++)
        cells[i].supply = 0;
    if (!index_string_find(&store->names, bank, strlen(bank), &name))
        return;
    for (size_t slot = 0; slot < store->count; slot++) {
        const struct index_item *item = store->slots[slot];
        if (!item || item->bank != name || item->item.state != BANK_LIVE || index_stale(item, today) || index_exposed(item) ||
            !index_rights(view, item))
            continue;
        for (size_t i = 0; i < count; i++)
            cells[i].supply += fits(&cells[i], &item->item.meta);
    }
}
