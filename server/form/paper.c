#include "khoacu/form/paper.h"

#include "khoacu/bank/bank.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"

#include <pthread.h>
#include <stdio.h>
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

/* The words of `text` in the language that comes first. */
static const char *markup_of(const struct json *text) {
    const char *vi = json_text(json_get(text, "vi"));
    return vi ? vi : json_text(json_get(text, "en"));
}

/* The content of an item version: {"body":{"vi":…},"options":[{"id":…,"text":{"vi":…}},…],…}. */
static enum err add_item(struct form_paper *paper, struct arena *arena, size_t place, const struct bank_version_text *text) {
    const struct json *content = NULL;
    struct item *item = &paper->items[place];
    enum err err = json_read(arena, text->content, text->content_len, &content, NULL);
    if (err != ERR_NONE)
        return err;
    const struct json *options = json_get(content, "options");
    const char *stem = markup_of(json_get(content, "body"));
    size_t count = json_count(options);
    if (!stem || count < 2 || count > FORM_OPTIONS_MAX)
        return ERR_STATE;
    item->stem = add_text(paper, form_plain(arena, stem));
    for (size_t i = 0; i < count; i++) {
        const char *option = markup_of(json_get(json_at(options, i), "text"));
        if (!option)
            return ERR_STATE;
        item->options[i] = add_text(paper, form_plain(arena, option));
    }
    paper->option_counts[place] = (uint8_t)count;
    return arena->failed ? ERR_MEMORY : paper->texts.failed ? ERR_LIMIT : ERR_NONE;
}

struct versions {
    int64_t item_ids[FORM_POSITIONS_MAX], versions[FORM_POSITIONS_MAX];
    size_t count;
};

static enum err take_version(void *ctx, const struct db_row *row) {
    struct versions *versions = ctx;
    if (db_int(row, 0) != (int64_t)versions->count + 1)
        return ERR_STATE;
    versions->item_ids[versions->count] = db_int(row, 1);
    versions->versions[versions->count++] = db_int(row, 2);
    return ERR_NONE;
}

static enum err read_items(struct form_cache *cache, struct db *db, struct arena *arena, int64_t form_id, struct form_paper *paper) {
    struct bank_version_text *texts = ARENA_ARRAY(arena, FORM_POSITIONS_MAX, struct bank_version_text);
    struct versions versions = {.count = 0};
    enum err err = texts ? db_many(db, arena, DB_FORM_VERSIONS, DB_PARAMS(P_INT(form_id)), FORM_POSITIONS_MAX, take_version, &versions)
                         : ERR_MEMORY;
    if (err == ERR_NONE)
        err = bank_texts_read(db, cache->vault, arena, versions.item_ids, versions.versions, versions.count, false, texts);
    for (size_t i = 0; err == ERR_NONE && i < versions.count; i++)
        err = add_item(paper, arena, i, &texts[i]);
    paper->count = versions.count;
    return err;
}

static enum err read_paper(struct form_cache *cache, struct db *db, int64_t form_id, struct form_paper *paper) {
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
    return read_items(cache, db, &arena, form_id, paper);
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
        enum err err = fresh ? read_paper(cache, db, form_id, fresh) : ERR_MEMORY;
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

void form_paper_key(const struct form_paper *paper, int64_t sitting_id, uint8_t out[CRYPTO_SHA256_LEN]) {
    char words[40], id[TEXT_ID_LEN + 1];
    text_format_id(sitting_id, id);
    int len = snprintf(words, sizeof words, "khoacu/paper/v1\n%s", id);
    crypto_hmac_sha256(paper->seed, sizeof paper->seed, words, (size_t)len, out);
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
