#include "bank_index_private.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { SLOTS_FIRST = 1024, WORN_LEAST = 2048, WORD_MAX = 80 };
#define STORE_ARENA_MAX ((size_t)4 << 30)

enum err index_store_new(struct index_store **ret_store) {
    struct index_store *store = calloc(1, sizeof *store);
    if (!store)
        return ERR_MEMORY;
    arena_init(&store->arena, STORE_ARENA_MAX);
    *ret_store = store;
    return ERR_NONE;
}

void index_store_free(struct index_store *store) {
    if (!store)
        return;
    for (size_t i = 0; i < store->words.posting_size; i++)
        free(store->words.postings[i].slots);
    free(store->words.postings);
    free(store->words.sorted);
    index_strings_release(&store->words.strings);
    index_strings_release(&store->names);
    free(store->slots);
    free(store->ids);
    arena_release(&store->arena);
    free(store);
}

/* ---- which slot an item has ---- */

static size_t place_of(const struct index_store *store, int64_t item_id) {
    size_t mask = store->ids_size - 1, at = ((uint64_t)item_id * 0x9e3779b97f4a7c15u >> 20) & mask;
    while (store->ids[at]) {
        const struct index_item *item = store->slots[store->ids[at] - 1];
        if (item && item->item.item_id == item_id)
            break;
        at = (at + 1) & mask;
    }
    return at;
}

static bool grow_ids(struct index_store *store) {
    size_t size = store->ids_size ? store->ids_size * 2 : SLOTS_FIRST;
    uint32_t *ids = calloc(size, sizeof *ids);
    if (!ids)
        return false;
    free(store->ids);
    store->ids = ids;
    store->ids_size = size;
    store->ids_used = 0;
    for (size_t i = 0; i < store->count; i++) {
        if (store->slots[i]) {
            ids[place_of(store, store->slots[i]->item.item_id)] = (uint32_t)i + 1;
            store->ids_used++;
        }
    }
    return true;
}

const struct index_item *index_store_find(const struct index_store *store, int64_t item_id) {
    uint32_t slot = store->ids_size > 0 ? store->ids[place_of(store, item_id)] : 0;
    return slot ? store->slots[slot - 1] : NULL;
}

/* Room for one more slot and its id. */
static bool grow_slots(struct index_store *store) {
    if (store->count == store->size) {
        size_t size = store->size ? store->size * 2 : SLOTS_FIRST;
        struct index_item **slots = realloc(store->slots, size * sizeof *slots);
        if (!slots)
            return false;
        store->slots = slots;
        store->size = size;
    }
    return store->ids_used * 2 < store->ids_size || grow_ids(store);
}

/* ---- its words ---- */

static bool add_slot(struct index_posting *posting, uint32_t slot) {
    if (posting->count > 0 && posting->slots[posting->count - 1] == slot)
        return true;
    if (posting->count == posting->size) {
        uint32_t size = posting->size ? posting->size * 2 : 4;
        uint32_t *slots = realloc(posting->slots, size * sizeof *slots);
        if (!slots)
            return false;
        posting->slots = slots;
        posting->size = size;
    }
    posting->slots[posting->count++] = slot;
    return true;
}

static bool add_word(struct index_store *store, const char *text, size_t len, uint32_t slot) {
    struct index_words *words = &store->words;
    uint32_t number;
    if (!index_string_add(&words->strings, &store->arena, text, len < WORD_MAX ? len : WORD_MAX, &number))
        return false;
    if (number >= words->posting_size) {
        size_t size = words->posting_size ? words->posting_size * 2 : SLOTS_FIRST;
        struct index_posting *postings = realloc(words->postings, size * sizeof *postings);
        if (!postings)
            return false;
        memset(postings + words->posting_size, 0, (size - words->posting_size) * sizeof *postings);
        words->postings = postings;
        words->posting_size = size;
    }
    return add_slot(&words->postings[number], slot);
}

static bool add_words(struct index_store *store, const char *text, uint32_t slot) {
    while (*text) {
        size_t len = strcspn(text, " ");
        if (len > 0 && !add_word(store, text, len, slot))
            return false;
        text += len + (text[len] == ' ');
    }
    return true;
}

/* ---- the item ---- */

static bool add_name(struct index_store *store, const char *text, uint32_t *ret_name, const char **ret_text) {
    if (!index_string_add(&store->names, &store->arena, text, strlen(text), ret_name))
        return false;
    *ret_text = store->names.texts[*ret_name];
    return true;
}

static const char *copy_text(struct arena *arena, const char *text) {
    return text ? arena_strdup(arena, text) : "";
}

static bool copy_names(struct index_store *store, struct index_item *to) {
    struct bank_meta *meta = &to->item.meta;
    const char **tags = ARENA_ARRAY(&store->arena, meta->tag_count, const char *);
    uint32_t subject;
    to->tags = ARENA_ARRAY(&store->arena, meta->tag_count, uint32_t);
    if (!tags || !to->tags || !add_name(store, to->item.bank, &to->bank, &to->item.bank) ||
        !add_name(store, meta->kind, &to->kind, &meta->kind) || !add_name(store, meta->topic, &to->topic, &meta->topic) ||
        !add_name(store, meta->subject ? meta->subject : "", &subject, &meta->subject))
        return false;
    for (size_t i = 0; i < meta->tag_count; i++)
        if (!add_name(store, meta->tags[i], &to->tags[i], &tags[i]))
            return false;
    meta->tags = tags;
    meta->enemies = NULL; /* nothing asks the index for them */
    meta->enemy_count = 0;
    return true;
}

static struct index_item *copy_item(struct index_store *store, const struct bank_item *item, const struct index_text *text) {
    struct arena *arena = &store->arena;
    struct index_item *to = ARENA_NEW(arena, struct index_item);
    int64_t *authors = ARENA_ARRAY(arena, item->author_count, int64_t);
    if (!to || !authors)
        return NULL;
    to->item = *item;
    if (item->author_count > 0)
        memcpy(authors, item->authors, item->author_count * sizeof *authors);
    to->item.authors = authors;
    to->item.code = copy_text(arena, item->code);
    to->item.author = copy_text(arena, item->author);
    to->text = *text;
    to->text.title = copy_text(arena, text->title);
    to->text.excerpt = copy_text(arena, text->excerpt);
    to->text.plain = arena_strndup(arena, text->plain, text->plain_len);
    to->text.marked = arena_strndup(arena, text->marked, text->marked_len);
    if (!copy_names(store, to) || arena->failed)
        return NULL;
    index_sketch(to->text.plain, to->text.said_len, to->sketch);
    return to;
}

enum err index_store_put(struct index_store *store, const struct bank_item *item, const struct index_text *text) {
    struct index_item *to = copy_item(store, item, text);
    if (!to || !grow_slots(store) || !add_words(store, to->text.plain, (uint32_t)store->count) ||
        !add_words(store, to->text.marked, (uint32_t)store->count))
        return ERR_MEMORY;
    size_t place = place_of(store, item->item_id);
    uint32_t old = store->ids[place];
    store->slots[store->count] = to;
    store->ids[place] = (uint32_t)++store->count;
    if (old) {
        store->slots[old - 1] = NULL;
        store->dead++;
    } else {
        store->ids_used++;
    }
    return ERR_NONE;
}

static int by_word(const void *a, const void *b, void *ctx) {
    const char **texts = ctx;
    return strcmp(texts[*(const uint32_t *)a], texts[*(const uint32_t *)b]);
}

enum err index_store_settle(struct index_store *store) {
    struct index_words *words = &store->words;
    size_t count = words->strings.count;
    if (words->sorted_count == count)
        return ERR_NONE;
    uint32_t *sorted = realloc(words->sorted, count * sizeof *sorted);
    if (!sorted)
        return ERR_MEMORY;
    for (size_t i = words->sorted_count; i < count; i++)
        sorted[i] = (uint32_t)i;
    qsort_r(sorted, count, sizeof *sorted, by_word, words->strings.texts);
    words->sorted = sorted;
    words->sorted_count = count;
    return ERR_NONE;
}

bool index_store_worn(const struct index_store *store) {
    return store->dead > WORN_LEAST && store->dead * 2 > store->count;
}

enum err index_store_renew(const struct index_store *store, struct index_store **ret_store) {
    struct index_store *next;
    enum err err = index_store_new(&next);
    if (err != ERR_NONE)
        return err;
    for (size_t i = 0; err == ERR_NONE && i < store->count; i++)
        if (store->slots[i])
            err = index_store_put(next, &store->slots[i]->item, &store->slots[i]->text);
    if (err == ERR_NONE)
        err = index_store_settle(next);
    if (err == ERR_NONE)
        *ret_store = next;
    else
        index_store_free(next);
    return err;
}
