#include "khoacu/form/paper.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/crypto/crypto.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* 200 items of 4,000 code points with 8 options of 1,000, escaped, are far below. */
#define TEXTS_MAX ((size_t)32 << 20)
#define ARENA_MAX ((size_t)64 << 20)

/* A text as a JSON string, quotes included, inside the paper's one buffer. */
struct piece {
    uint32_t at, len;
};

struct item {
    struct piece stem, options[FORM_OPTIONS_MAX];
};

struct form_paper {
    int64_t form_id;
    struct form_paper *next;
    uint8_t seed[FORM_SEED_LEN];
    size_t count;
    uint8_t option_counts[FORM_POSITIONS_MAX];
    struct item items[FORM_POSITIONS_MAX]; /* by canonical position - 1 */
    struct buf texts;
};

struct form_cache {
    pthread_mutex_t lock;
    struct form_paper *papers; /* never removed while the cache lives */
};

enum err form_cache_new(struct form_cache **ret_cache) {
    struct form_cache *cache = calloc(1, sizeof *cache);
    if (!cache || pthread_mutex_init(&cache->lock, NULL) != 0) {
        free(cache);
        return ERR_MEMORY;
    }
    *ret_cache = cache;
    return ERR_NONE;
}

static void paper_free(struct form_paper *paper) {
    if (!paper)
        return;
    crypto_wipe(paper->seed, sizeof paper->seed);
    buf_release(&paper->texts);
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

/* ---- reading a form ---- */

static struct piece add_text(struct form_paper *paper, const char *text) {
    struct json_writer writer;
    size_t at = paper->texts.len;
    json_writer_init(&writer, &paper->texts);
    json_put_text(&writer, text);
    return (struct piece){.at = (uint32_t)at, .len = (uint32_t)(paper->texts.len - at)};
}

/* A row per option, in canonical order: position, option, stem, the option's text. */
static enum err add_option(void *ctx, const struct db_row *row) {
    struct form_paper *paper = ctx;
    int64_t position = db_int(row, 0), option = db_int(row, 1);
    if (position < 1 || position > FORM_POSITIONS_MAX || option < 1 || option > FORM_OPTIONS_MAX)
        return ERR_STATE;
    struct item *item = &paper->items[position - 1];
    if (option == 1)
        item->stem = add_text(paper, db_text(row, 2));
    item->options[option - 1] = add_text(paper, db_text(row, 3));
    paper->option_counts[position - 1] = (uint8_t)option;
    if ((size_t)position > paper->count)
        paper->count = (size_t)position;
    return paper->texts.failed ? ERR_LIMIT : ERR_NONE;
}

static enum err read_paper(struct db *db, int64_t form_id, struct form_paper *paper) {
    struct arena arena CLEANUP(arena_release);
    const struct db_row *row = NULL;
    size_t seed_len = 0;
    arena_init(&arena, ARENA_MAX);
    paper->form_id = form_id;
    buf_init(&paper->texts, TEXTS_MAX);
    enum err err = db_one(db, &arena, DB_FORM_SEED, DB_PARAMS(P_INT(form_id)), &row);
    if (err != ERR_NONE)
        return err;
    const uint8_t *seed = db_bytes(row, 0, &seed_len);
    if (!seed || seed_len != FORM_SEED_LEN)
        return ERR_STATE;
    memcpy(paper->seed, seed, FORM_SEED_LEN);
    err = db_many(db, &arena, DB_FORM_TEXTS, DB_PARAMS(P_INT(form_id)), FORM_POSITIONS_MAX * FORM_OPTIONS_MAX,
                  add_option, paper);
    for (size_t i = 0; err == ERR_NONE && i < paper->count; i++)
        if (paper->option_counts[i] == 0)
            err = ERR_STATE;
    return err;
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
        struct form_paper *fresh = calloc(1, sizeof *fresh);
        enum err err = fresh ? read_paper(db, form_id, fresh) : ERR_MEMORY;
        if (err != ERR_NONE) {
            paper_free(fresh);
            return err;
        }
        paper = keep(cache, fresh);
    }
    *ret_paper = paper;
    return ERR_NONE;
}

/* ---- a candidate's paper ---- */

size_t form_paper_count(const struct form_paper *paper) {
    return paper->count;
}

enum err form_paper_order(const struct form_paper *paper, int64_t sitting_id, struct form_order **ret_order) {
    return form_order_new(paper->seed, sitting_id, paper->option_counts, paper->count, ret_order);
}

static void put_piece(const struct form_paper *paper, struct buf *out, struct piece piece) {
    buf_add(out, paper->texts.data + piece.at, piece.len);
}

static void put_item(const struct form_paper *paper, const struct form_order *order, int shown, struct buf *out) {
    const struct item *item = &paper->items[form_order_canonical(order, shown) - 1];
    int options = order->positions[shown - 1].option_count;
    buf_addf(out, "{\"position\":%d,\"stem\":", shown);
    put_piece(paper, out, item->stem);
    buf_adds(out, ",\"options\":[");
    for (int place = 1; place <= options; place++) {
        char name[FORM_OPTION_NAME];
        form_order_name(order, shown, place, name);
        buf_adds(out, place > 1 ? ",{\"id\":\"" : "{\"id\":\"");
        buf_adds(out, name);
        buf_adds(out, "\",\"text\":");
        put_piece(paper, out, item->options[form_order_option(order, shown, place) - 1]);
        buf_addc(out, '}');
    }
    buf_adds(out, "]}");
}

void form_paper_put(const struct form_paper *paper, const struct form_order *order, struct json_writer *writer) {
    json_open_array(writer);
    for (int shown = 1; shown <= order->count; shown++) {
        if (shown > 1)
            buf_addc(writer->out, ',');
        put_item(paper, order, shown, writer->out);
    }
    json_close_array(writer);
}
