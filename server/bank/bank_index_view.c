#include "bank_index_private.h"

#include "khoacu/base/text.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* ---- who sees what ---- */

unsigned index_rights(struct index_view *view, const struct index_item *item) {
    size_t at = ((uint64_t)item->item.bank_id * 31 + item->topic) % (sizeof view->memo / sizeof view->memo[0]);
    if (!view->memo[at].known || view->memo[at].bank_id != item->item.bank_id || view->memo[at].topic != item->topic) {
        view->memo[at].known = true;
        view->memo[at].bank_id = item->item.bank_id;
        view->memo[at].topic = item->topic;
        view->memo[at].rights = bank_scope_rights(view->scope, item->item.bank_id, item->item.meta.topic);
    }
    return view->memo[at].rights;
}

static bool has_author(const struct index_item *item, int64_t staff_id) {
    for (size_t i = 0; i < item->item.author_count; i++)
        if (item->item.authors[i] == staff_id)
            return true;
    return false;
}

static bool is_own(const struct index_view *view, const struct index_item *item) {
    return has_author(item, view->staff_id);
}

bool index_stale(const struct index_item *item, int64_t today) {
    return item->item.meta.source_expires_day > 0 && item->item.meta.source_expires_day <= today;
}

bool index_exposed(const struct index_item *item) {
    return item->item.exposure_max > 0 && item->item.exposure >= item->item.exposure_max;
}

enum err index_row(const struct index_view *view, struct arena *arena, const struct index_item *item, unsigned rights, int64_t today,
                   struct bank_index_row *ret_row) {
    struct bank_index_row row = {.item = item->item, .stale = index_stale(item, today), .exposed = index_exposed(item)};
    struct bank_meta *meta = &row.item.meta;
    const char **tags = ARENA_ARRAY(arena, meta->tag_count, const char *);
    row.item.rights = rights;
    row.item.own = is_own(view, item);
    row.item.authors = NULL;
    row.item.author_count = 0;
    row.item.bank = arena_strdup(arena, row.item.bank);
    row.item.code = arena_strdup(arena, row.item.code);
    row.item.author = arena_strdup(arena, row.item.author);
    meta->kind = arena_strdup(arena, meta->kind);
    meta->topic = arena_strdup(arena, meta->topic);
    meta->subject = arena_strdup(arena, meta->subject);
    row.title = arena_strdup(arena, item->text.title);
    row.excerpt = arena_strdup(arena, item->text.excerpt);
    for (size_t i = 0; tags && i < meta->tag_count; i++)
        tags[i] = arena_strdup(arena, meta->tags[i]);
    meta->tags = tags;
    if (arena->failed)
        return ERR_MEMORY;
    *ret_row = row;
    return ERR_NONE;
}

/* ---- order ---- */

struct key {
    int64_t number;
    const char *text, *second;
    int64_t item_id;
    bool down;
};
struct found {
    struct key key;
    const struct index_item *item;
    unsigned rights;
};

static struct key key_of(const struct bank_index_query *query, const struct index_item *item) {
    struct key key = {.text = "", .second = "", .item_id = item->item.item_id, .down = query->down};
    switch (query->sort) {
    case BANK_SORT_UPDATED:
        key.number = item->item.updated_at_us;
        break;
    case BANK_SORT_CODE:
        key.text = item->item.bank;
        key.second = item->item.code;
        break;
    case BANK_SORT_TOPIC:
        key.text = item->item.meta.topic;
        break;
    case BANK_SORT_EXPOSURE:
        key.number = item->item.exposure;
        break;
    case BANK_SORT_FACILITY:
        key.number = item->item.meta.facility < 0 && !query->down ? INT64_C(1000000) : item->item.meta.facility;
        break;
    case BANK_SORT_LEVEL:
        key.number = item->item.meta.level;
        break;
    case BANK_SORT_COUNT:
        break;
    }
    return key;
}

static int compare_up(const struct key *a, const struct key *b) {
    if (a->number != b->number)
        return a->number < b->number ? -1 : 1;
    int order = strcmp(a->text, b->text);
    if (order == 0)
        order = strcmp(a->second, b->second);
    return order ? order : (a->item_id > b->item_id) - (a->item_id < b->item_id);
}

static int compare(const struct key *a, const struct key *b) {
    return a->down ? compare_up(b, a) : compare_up(a, b);
}

/* "<number>~<text>~<text>~<id>" */
static const char *place_text(struct arena *arena, const struct key *key) {
    char id[TEXT_ID_LEN + 1];
    text_format_id(key->item_id, id);
    return arena_printf(arena, "%lld~%s~%s~%s", (long long)key->number, key->text, key->second, id);
}

static bool place_read(struct arena *arena, const char *text, struct key *ret_key) {
    char *rest = arena_strdup(arena, text), *number = strsep(&rest, "~"), *first = strsep(&rest, "~"), *second = strsep(&rest, "~");
    if (!rest || !text_parse_id(rest, &ret_key->item_id))
        return false;
    ret_key->text = first;
    ret_key->second = second;
    return text_parse_int(number, INT64_MIN + 1, INT64_MAX, &ret_key->number);
}

/* The `max` least, as a heap whose root is the greatest of them. */
struct best {
    struct found *list;
    size_t count, max;
};

static void sink(struct best *best, size_t at) {
    struct found moved = best->list[at];
    for (size_t child = 2 * at + 1; child < best->count; child = 2 * at + 1) {
        if (child + 1 < best->count && compare(&best->list[child + 1].key, &best->list[child].key) > 0)
            child++;
        if (compare(&best->list[child].key, &moved.key) <= 0)
            break;
        best->list[at] = best->list[child];
        at = child;
    }
    best->list[at] = moved;
}

static void offer(struct best *best, const struct found *found) {
    if (best->count < best->max) {
        size_t at = best->count++;
        for (; at > 0 && compare(&best->list[(at - 1) / 2].key, &found->key) < 0; at = (at - 1) / 2)
            best->list[at] = best->list[(at - 1) / 2];
        best->list[at] = *found;
    } else if (compare(&found->key, &best->list[0].key) < 0) {
        best->list[0] = *found;
        sink(best, 0);
    }
}

static int by_key(const void *a, const void *b) {
    return compare(&((const struct found *)a)->key, &((const struct found *)b)->key);
}

/* ---- filters ---- */

static bool has_tag(const struct index_item *item, uint32_t tag) {
    for (size_t i = 0; i < item->item.meta.tag_count; i++)
        if (item->tags[i] == tag)
            return true;
    return false;
}

/* What of the query is compared by number. */
struct filter {
    const struct bank_index_query *query;
    uint32_t bank, kind, tag;
    bool any_bank, any_kind, any_tag;
};

/* False: a name that no item has; nothing is found. */
static bool prepare(const struct index_store *store, const struct bank_index_query *query, struct filter *filter) {
    *filter = (struct filter){.query = query, .any_bank = !query->bank[0], .any_kind = !query->kind[0], .any_tag = !query->tag[0]};
    return (filter->any_bank || index_string_find(&store->names, query->bank, strlen(query->bank), &filter->bank)) &&
           (filter->any_kind || index_string_find(&store->names, query->kind, strlen(query->kind), &filter->kind)) &&
           (filter->any_tag || index_string_find(&store->names, query->tag, strlen(query->tag), &filter->tag));
}

static bool passes(const struct index_view *view, const struct filter *filter, const struct index_item *item, unsigned rights) {
    const struct bank_index_query *query = filter->query;
    if (!filter->any_bank && item->bank != filter->bank)
        return false;
    if (!filter->any_kind && item->kind != filter->kind)
        return false;
    if (query->states && !(query->states & 1u << item->item.state))
        return false;
    if (query->level >= 0 && item->item.meta.level != query->level)
        return false;
    if (query->topic[0] && !bank_topic_within(item->item.meta.topic, query->topic))
        return false;
    if (!filter->any_tag && !has_tag(item, filter->tag))
        return false;
    if (query->author && !has_author(item, query->author))
        return false;
    if ((query->stale && !index_stale(item, query->today)) || (query->exposed && !index_exposed(item)))
        return false;
    switch (query->queue) {
    case BANK_QUEUE_ALL:
    case BANK_QUEUE_COUNT:
        return true;
    case BANK_QUEUE_MINE:
        return is_own(view, item);
    case BANK_QUEUE_REVIEW:
        return item->item.state == BANK_IN_REVIEW && (rights & BANK_RIGHT_REVIEWER) && !is_own(view, item);
    }
    return true;
}

/* ---- facets ---- */

struct counts {
    uint32_t *kinds, *topics, *tags, *banks; /* by name */
};

static void count_item(struct counts *counts, struct bank_facets *facets, const struct index_item *item) {
    int64_t level = item->item.meta.level;
    facets->states[item->item.state]++;
    if (level >= 0 && level < 5)
        facets->levels[level]++;
    counts->kinds[item->kind]++;
    counts->topics[item->topic]++;
    counts->banks[item->bank]++;
    for (size_t i = 0; i < item->item.meta.tag_count; i++)
        counts->tags[item->tags[i]]++;
}

static int by_count(const void *a, const void *b) {
    const struct bank_facet *x = a, *y = b;
    return x->count != y->count ? (x->count < y->count ? 1 : -1) : strcmp(x->name, y->name);
}

static bool list_facet(const struct index_view *view, struct arena *arena, const uint32_t *counts, struct bank_facet **ret_list,
                       size_t *ret_count) {
    const struct index_strings *names = &view->store->names;
    size_t count = 0;
    for (size_t i = 0; i < names->count; i++)
        count += counts[i] > 0;
    struct bank_facet *list = ARENA_ARRAY(arena, count, struct bank_facet);
    count = 0;
    for (size_t i = 0; list && i < names->count; i++) {
        if (counts[i] == 0)
            continue;
        list[count] = (struct bank_facet){.name = names->texts[i], .count = counts[i]};
        count++;
    }
    if (!list)
        return false;
    qsort(list, count, sizeof *list, by_count);
    count = count < BANK_FACETS_MAX ? count : BANK_FACETS_MAX;
    for (size_t i = 0; i < count; i++)
        list[i].name = arena_strdup(arena, list[i].name);
    *ret_list = list;
    *ret_count = count;
    return !arena->failed;
}

static bool list_facets(const struct index_view *view, struct arena *arena, const struct counts *counts, struct bank_facets *facets) {
    return list_facet(view, arena, counts->kinds, &facets->kinds, &facets->kind_count) &&
           list_facet(view, arena, counts->topics, &facets->topics, &facets->topic_count) &&
           list_facet(view, arena, counts->tags, &facets->tags, &facets->tag_count) &&
           list_facet(view, arena, counts->banks, &facets->banks, &facets->bank_count);
}

/* ---- the page ---- */

static void walk(struct index_view *view, const struct bank_index_query *query, const uint64_t *bits, const struct key *after,
                 struct best *best, struct counts *counts, struct bank_index_page *page) {
    const struct index_store *store = view->store;
    struct filter filter;
    if (!prepare(store, query, &filter))
        return;
    for (size_t slot = 0; slot < store->count; slot++) {
        const struct index_item *item = store->slots[slot];
        if (!item || (bits && !(bits[slot / 64] >> (slot % 64) & 1)))
            continue;
        unsigned rights = index_rights(view, item);
        if (!rights || !passes(view, &filter, item, rights))
            continue;
        page->total++;
        count_item(counts, &page->facets, item);
        struct found found = {.key = key_of(query, item), .item = item, .rights = rights};
        if (!after || compare(&found.key, after) > 0)
            offer(best, &found);
    }
}

enum err index_page(struct index_view *view, struct arena *arena, const struct bank_index_query *query,
                    struct bank_index_page *ret_page) {
    struct bank_index_page page = {0};
    struct key after = {.down = query->down};
    size_t names = view->store->names.count;
    struct counts counts = {ARENA_ARRAY(arena, names, uint32_t), ARENA_ARRAY(arena, names, uint32_t), ARENA_ARRAY(arena, names, uint32_t),
                            ARENA_ARRAY(arena, names, uint32_t)};
    struct best best = {.list = ARENA_ARRAY(arena, query->limit + 1, struct found), .max = query->limit + 1};
    uint64_t *bits = NULL;
    page.rows = ARENA_ARRAY(arena, query->limit, struct bank_index_row);
    if (arena->failed)
        return ERR_MEMORY;
    if (query->after[0] && !place_read(arena, query->after, &after)) {
        ret_page->place_wrong = true;
        return ERR_NONE;
    }
    enum err err = index_search(view->store, arena, query->search, &bits);
    if (err != ERR_NONE)
        return err;
    walk(view, query, bits, query->after[0] ? &after : NULL, &best, &counts, &page);
    qsort(best.list, best.count, sizeof *best.list, by_key);
    page.count = best.count < query->limit ? best.count : query->limit;
    for (size_t i = 0; err == ERR_NONE && i < page.count; i++)
        err = index_row(view, arena, best.list[i].item, best.list[i].rights, query->today, &page.rows[i]);
    if (err == ERR_NONE && best.count > query->limit)
        page.next = place_text(arena, &best.list[query->limit - 1].key);
    if (err == ERR_NONE && (!list_facets(view, arena, &counts, &page.facets) || arena->failed))
        err = ERR_MEMORY;
    if (err == ERR_NONE)
        *ret_page = page;
    return err;
}
