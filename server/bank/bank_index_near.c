#include "bank_index_private.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { BAND = 8, BANDS = SKETCH_LEN / BAND, GROUP_MAX = 24, COMPARED_MAX = 400000 };
#define EMPTY UINT32_MAX

static uint32_t trigram_at(const char *text) {
    return (uint32_t)(unsigned char)text[0] << 16 | (uint32_t)(unsigned char)text[1] << 8 | (unsigned char)text[2];
}

static uint64_t mix(uint64_t value) {
    value = (value + 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;
    value ^= value >> 27;
    value *= 0x94d049bb133111ebu;
    return value ^ value >> 31;
}

/* One hash a trigram: its low bits choose the place, its high ones compete there for the least (one-permutation
 * hashing). A place that nothing fell into borrows from the next that has something, so that short texts compare too. */
void index_sketch(const char *plain, size_t len, uint32_t sketch[SKETCH_LEN]) {
    memset(sketch, 0xff, SKETCH_LEN * sizeof *sketch);
    for (size_t i = 0; i + 3 <= len; i++) {
        uint64_t hash = mix(trigram_at(plain + i));
        uint32_t value = (uint32_t)(hash >> 33), *place = &sketch[hash % SKETCH_LEN];
        if (value < *place)
            *place = value;
    }
    uint32_t filled[SKETCH_LEN];
    memcpy(filled, sketch, sizeof filled);
    for (size_t i = 0; i < SKETCH_LEN; i++)
        for (size_t k = 1; sketch[i] == EMPTY && k < SKETCH_LEN; k++)
            if (filled[(i + k) % SKETCH_LEN] != EMPTY)
                sketch[i] = (uint32_t)mix(filled[(i + k) % SKETCH_LEN] + (uint64_t)k) >> 1;
}

int64_t index_sketch_compare(const uint32_t a[SKETCH_LEN], const uint32_t b[SKETCH_LEN]) {
    unsigned same = 0;
    for (size_t i = 0; i < SKETCH_LEN; i++)
        same += a[i] == b[i] && a[i] != EMPTY;
    return (int64_t)same * 1000 / SKETCH_LEN;
}

static int by_number(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

const uint32_t *index_trigrams(struct arena *arena, const char *plain, size_t len, size_t *ret_count) {
    size_t count = len >= 3 ? len - 2 : 0, kept = 0;
    uint32_t *list = ARENA_ARRAY(arena, count, uint32_t);
    if (!list)
        return NULL;
    for (size_t i = 0; i < count; i++)
        list[i] = trigram_at(plain + i);
    qsort(list, count, sizeof *list, by_number);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || list[kept - 1] != list[i])
            list[kept++] = list[i];
    *ret_count = kept;
    return list;
}

int64_t index_trigrams_compare(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count) {
    size_t i = 0, k = 0, both = 0;
    while (i < a_count && k < b_count) {
        both += a[i] == b[k];
        uint32_t x = a[i], y = b[k];
        i += x <= y;
        k += y <= x;
    }
    size_t either = a_count + b_count - both;
    return either > 0 ? (int64_t)(both * 1000 / either) : 0;
}

/* ---- one against all ---- */

struct near {
    const struct index_item *item;
    int64_t likeness;
    unsigned rights;
};

static int by_likeness(const void *a, const void *b) {
    const struct near *x = a, *y = b;
    if (x->likeness != y->likeness)
        return x->likeness < y->likeness ? 1 : -1;
    return x->item->item.item_id < y->item->item.item_id ? -1 : x->item->item.item_id > y->item->item.item_id;
}

/* Those whose sketches are near: estimates err by about 45 thousandths, so the line is drawn far below. */
static enum err gather(struct index_view *view, struct arena *arena, const uint32_t sketch[SKETCH_LEN], int64_t self,
                       struct near **ret_list, size_t *ret_count) {
    const struct index_store *store = view->store;
    struct near *list = ARENA_ARRAY(arena, store->count, struct near);
    size_t count = 0;
    if (!list)
        return ERR_MEMORY;
    for (size_t i = 0; i < store->count; i++) {
        const struct index_item *item = store->slots[i];
        if (!item || item->item.item_id == self)
            continue;
        int64_t guess = index_sketch_compare(sketch, item->sketch);
        if (guess < BANK_LIKE_LEAST - 200)
            continue;
        unsigned rights = index_rights(view, item);
        if (rights)
            list[count++] = (struct near){.item = item, .likeness = guess, .rights = rights};
    }
    qsort(list, count, sizeof *list, by_likeness);
    *ret_list = list;
    *ret_count = count < (size_t)BANK_LIKE_MAX * 4 ? count : (size_t)BANK_LIKE_MAX * 4;
    return ERR_NONE;
}

enum err index_like(struct index_view *view, struct arena *arena, const char *plain, size_t len, int64_t self,
                    struct bank_like **ret_list, size_t *ret_count) {
    uint32_t sketch[SKETCH_LEN];
    struct near *list;
    size_t count, mine_count, kept = 0;
    index_sketch(plain, len, sketch);
    enum err err = gather(view, arena, sketch, self, &list, &count);
    const uint32_t *mine = err == ERR_NONE ? index_trigrams(arena, plain, len, &mine_count) : NULL;
    struct bank_like *likes = ARENA_ARRAY(arena, BANK_LIKE_MAX, struct bank_like);
    if (err == ERR_NONE && (!mine || !likes))
        err = ERR_MEMORY;
    for (size_t i = 0; err == ERR_NONE && i < count; i++) {
        size_t other_count;
        const uint32_t *other = index_trigrams(arena, list[i].item->text.plain, list[i].item->text.said_len, &other_count);
        if (!other)
            return ERR_MEMORY;
        list[i].likeness = index_trigrams_compare(mine, mine_count, other, other_count);
    }
    if (err != ERR_NONE)
        return err;
    qsort(list, count, sizeof *list, by_likeness);
    for (size_t i = 0; err == ERR_NONE && i < count && kept < BANK_LIKE_MAX && list[i].likeness >= BANK_LIKE_LEAST; i++) {
        err = index_row(view, arena, list[i].item, list[i].rights, 0, &likes[kept].row);
        likes[kept++].likeness = list[i].likeness;
    }
    *ret_list = likes;
    *ret_count = kept;
    return err;
}

/* ---- all against all ---- */

struct banded {
    uint64_t hash;
    uint32_t place;
};

static int by_band(const void *a, const void *b) {
    const struct banded *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

static int by_pair(const void *a, const void *b) {
    const struct index_pair *x = a, *y = b;
    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    return (x->b > y->b) - (x->b < y->b);
}

/* Pairs of one group, all or, in a large one, each with the next few. */
static void pair_group(const struct index_item *const *items, const struct banded *group, size_t count, struct index_pair *pairs,
                       size_t *pair_count) {
    size_t reach = count > GROUP_MAX ? 2 : count;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = i + 1; k < count && k - i <= reach && *pair_count < COMPARED_MAX; k++) {
            int64_t guess = index_sketch_compare(items[group[i].place]->sketch, items[group[k].place]->sketch);
            if (guess >= BANK_TWINS_LEAST - 50)
                pairs[(*pair_count)++] = (struct index_pair){.a = group[i].place, .b = group[k].place, .likeness = guess};
        }
    }
}

static enum err judge_pairs(struct arena *arena, const struct index_item *const *items, struct index_pair *pairs, size_t count,
                            size_t max, size_t *ret_count, int64_t *ret_total) {
    size_t kept = 0;
    int64_t total = 0;
    struct arena work;
    qsort(pairs, count, sizeof *pairs, by_pair);
    arena_init(&work, arena->cap);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && by_pair(&pairs[i], &pairs[i - 1]) == 0)
            continue;
        size_t a_count, b_count;
        const struct index_text *a = &items[pairs[i].a]->text, *b = &items[pairs[i].b]->text;
        const uint32_t *mine = index_trigrams(&work, a->plain, a->said_len, &a_count);
        const uint32_t *other = index_trigrams(&work, b->plain, b->said_len, &b_count);
        if (!mine || !other) {
            arena_release(&work);
            return ERR_MEMORY;
        }
        struct index_pair pair = pairs[i];
        pair.likeness = index_trigrams_compare(mine, a_count, other, b_count);
        arena_reset(&work);
        if (pair.likeness < BANK_TWINS_LEAST)
            continue;
        total++;
        if (kept < max)
            pairs[kept++] = pair;
    }
    arena_release(&work);
    *ret_count = kept;
    *ret_total = total;
    return ERR_NONE;
}

enum err index_twins(struct arena *arena, const struct index_item *const *items, size_t count, size_t max,
                     struct index_pair **ret_pairs, size_t *ret_count, int64_t *ret_total) {
    struct banded *bands = malloc((count ? count : 1) * sizeof *bands);
    struct index_pair *pairs = ARENA_ARRAY(arena, COMPARED_MAX, struct index_pair);
    size_t pair_count = 0;
    if (!bands || !pairs) {
        free(bands);
        return ERR_MEMORY;
    }
    for (size_t band = 0; band < BANDS; band++) {
        for (size_t i = 0; i < count; i++) {
            uint64_t hash = band;
            for (size_t k = 0; k < BAND; k++)
                hash = mix(hash ^ items[i]->sketch[band * BAND + k]);
            bands[i] = (struct banded){.hash = hash, .place = (uint32_t)i};
        }
        qsort(bands, count, sizeof *bands, by_band);
        for (size_t i = 0, end; i < count; i = end) {
            for (end = i + 1; end < count && bands[end].hash == bands[i].hash;)
                end++;
            pair_group(items, bands + i, end - i, pairs, &pair_count);
        }
    }
    free(bands);
    *ret_pairs = pairs;
    return judge_pairs(arena, items, pairs, pair_count, max, ret_count, ret_total);
}
