#include "khoacu/form/paper.h"

#include "paper_private.h"

#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/item/item.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* 200 items of 4,000 code points with 8 options of 1,000, escaped, are far below. */
#define TEXTS_MAX ((size_t)128 << 20)
#define ARENA_MAX ((size_t)16 << 20)

struct form_cache {
    pthread_mutex_t lock;
    struct bank_vault *vault;
    struct form_paper *papers; /* never removed while the cache lives */
};

enum err form_cache_new(struct bank_vault *vault, struct form_cache **ret_cache) {
    struct form_cache *cache = calloc(1, sizeof *cache);
    if (!cache || pthread_mutex_init(&cache->lock, NULL) != 0) {
        free(cache);
        return ERR_MEMORY;
    }
    cache->vault = vault;
    *ret_cache = cache;
    return ERR_NONE;
}

static struct form_paper *paper_new(void) {
    struct form_paper *paper = calloc(1, sizeof *paper);
    if (paper) {
        arena_init(&paper->arena, ARENA_MAX);
        buf_init(&paper->texts, TEXTS_MAX);
    }
    return paper;
}

static void paper_free(struct form_paper *paper) {
    if (!paper)
        return;
    crypto_wipe(paper->seed, sizeof paper->seed);
    buf_release(&paper->texts);
    arena_release(&paper->arena);
    free(paper);
}

void form_cache_free(struct form_cache *cache) {
    if (!cache)
        return;
    while (cache->papers) {
        struct form_paper *next = cache->papers->next;
        paper_free(cache->papers);
        cache->papers = next;
    }
    (void)pthread_mutex_destroy(&cache->lock);
    free(cache);
}

static struct form_paper *find(const struct form_cache *cache, int64_t form_id) {
    struct form_paper *paper = cache->papers;
    while (paper && paper->form_id != form_id)
        paper = paper->next;
    return paper;
}

/* Puts a paper into the cache; when another thread was quicker, that one's stays. */
static struct form_paper *keep(struct form_cache *cache, struct form_paper *fresh) {
    (void)pthread_mutex_lock(&cache->lock);
    struct form_paper *paper = find(cache, fresh->form_id);
    if (!paper) {
        fresh->next = cache->papers;
        cache->papers = paper = fresh;
    }
    (void)pthread_mutex_unlock(&cache->lock);
    if (paper != fresh)
        paper_free(fresh);
    return paper;
}

enum err form_cache_get(struct form_cache *cache, struct db *db, int64_t form_id, const struct form_paper **ret_paper) {
    (void)pthread_mutex_lock(&cache->lock);
    struct form_paper *paper = find(cache, form_id);
    (void)pthread_mutex_unlock(&cache->lock);
    if (!paper) {
        struct form_paper *fresh = paper_new();
        enum err err = fresh ? paper_read(cache->vault, db, form_id, fresh) : ERR_MEMORY;
        if (err != ERR_NONE) {
            paper_free(fresh);
            return err;
        }
        paper = keep(cache, fresh);
    }
    *ret_paper = paper;
    return ERR_NONE;
}

/* ---- what a paper has ---- */

size_t form_paper_count(const struct form_paper *paper) {
    return paper->count;
}

void form_paper_key(const struct form_paper *paper, int64_t sitting_id, uint8_t out[CRYPTO_SHA256_LEN]) {
    char words[40], id[TEXT_ID_LEN + 1];
    text_format_id(sitting_id, id);
    int len = snprintf(words, sizeof words, "khoacu/paper/v1\n%s", id);
    crypto_hmac_sha256(paper->seed, sizeof paper->seed, words, (size_t)len, out);
}

enum err form_paper_order(const struct form_paper *paper, int64_t sitting_id, struct form_order **ret_order) {
    return form_order_new(paper->seed, sitting_id, paper->shapes, paper->count, ret_order);
}

const struct form_gap *form_paper_gaps(const struct form_paper *paper, int canonical, size_t *ret_count) {
    bool known = canonical >= 1 && (size_t)canonical <= paper->count;
    *ret_count = known ? paper->items[canonical - 1].gap_count : 0;
    return known ? paper->items[canonical - 1].gaps : NULL;
}

const struct form_upload *form_paper_upload(const struct form_paper *paper, int canonical) {
    return canonical >= 1 && (size_t)canonical <= paper->count ? paper->items[canonical - 1].upload : NULL;
}

bool form_paper_shows(const struct form_paper *paper, const char *sha256, int64_t *ret_bank_id) {
    *ret_bank_id = paper->bank_id;
    for (size_t i = 0; i < paper->media_count; i++)
        if (strcmp(paper->media[i], sha256) == 0)
            return true;
    return false;
}

/* ---- a candidate's paper ---- */

static void put_piece(const struct form_paper *paper, struct buf *out, struct paper_piece piece) {
    buf_add(out, paper->texts.data + piece.at, piece.len);
}

/* Marks `first` … `first + count - 1` of a position, in the places in which they are shown. */
static void put_marks(const struct form_paper *paper, const struct form_order *order, int shown, int first, int count, struct buf *out) {
    const struct paper_item *item = &paper->items[form_order_canonical(order, shown) - 1];
    for (int place = first; place < first + count; place++) {
        char name[FORM_OPTION_NAME];
        form_order_name(order, shown, place, name);
        buf_adds(out, place > first ? ",{\"id\":\"" : "{\"id\":\"");
        buf_adds(out, name);
        buf_adds(out, "\",");
        put_piece(paper, out, item->marks[form_order_mark_at(order, shown, place) - 1]);
        buf_addc(out, '}');
    }
}

static void put_gaps(const struct form_paper *paper, const struct form_order *order, int shown, int first, struct buf *out) {
    const struct paper_item *item = &paper->items[form_order_canonical(order, shown) - 1];
    buf_adds(out, ",\"gaps\":[");
    for (size_t i = 0; i < item->gap_count; i++) {
        buf_addf(out, "%s{\"id\":\"%s\",\"options\":[", i ? "," : "", item->gaps[i].id);
        put_marks(paper, order, shown, first, item->gaps[i].choices, out);
        buf_adds(out, "]}");
        first += item->gaps[i].choices;
    }
    buf_addc(out, ']');
}

static void put_item(const struct form_paper *paper, const struct form_order *order, int shown, struct buf *out) {
    const struct paper_item *item = &paper->items[form_order_canonical(order, shown) - 1];
    const struct form_shape *shape = form_order_shape(order, shown);
    buf_addf(out, "{\"position\":%d,", shown);
    put_piece(paper, out, item->head);
    buf_adds(out, ",\"options\":[");
    put_marks(paper, order, shown, 1, shape->options, out);
    buf_addc(out, ']');
    if (shape->columns > 0) {
        buf_adds(out, ",\"columns\":[");
        put_marks(paper, order, shown, shape->options + 1, shape->columns, out);
        buf_addc(out, ']');
    }
    if (item->gap_count > 0)
        put_gaps(paper, order, shown, shape->options + shape->columns + 1, out);
    buf_addc(out, '}');
}

void form_paper_put(const struct form_paper *paper, const struct form_order *order, struct json_writer *writer) {
    json_put_key(writer, "items");
    json_open_array(writer);
    for (int shown = 1; shown <= order->count; shown++) {
        if (shown > 1)
            buf_addc(writer->out, ',');
        put_item(paper, order, shown, writer->out);
    }
    json_close_array(writer);
    json_put_key(writer, "stimuli");
    put_piece(paper, writer->out, paper->stimuli);
    buf_adds(writer->out, ",\"parts\":");
    put_piece(paper, writer->out, paper->parts);
    writer->comma = true;
}
