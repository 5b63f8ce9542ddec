#include "khoacu/score/rekey.h"

#include "score_private.h"

#include "khoacu/base/buf.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define TEXT_MAX ((size_t)64 << 20)

const char *rekey_decision_key(uint8_t decision) {
    static const char *const KEYS[SETTLE_REKEY_COUNT] = {
#define X(name, key) key,
        SETTLE_REKEY_TABLE(X)
#undef X
    };
    return KEYS[decision];
}

/* An essay or a file is worth nothing to a machine. */
static bool is_scored(const struct item *item) {
    return item->kind != ITEM_ESSAY && item->kind != ITEM_UPLOAD;
}

void rekey_sum(struct score_key *key) {
    key->dropped = 0;
    key->worth_e7 = 0;
    for (int32_t i = 1; i <= key->count; i++) {
        bool dropped = key->fixes[i].decision == SETTLE_REKEY_DROP;
        key->dropped += dropped;
        key->worth_e7 += dropped || !is_scored(&key->items[i]) ? 0 : score_item_worth(&key->items[i]);
    }
}

/* Sets what a position says: a decision, and all keys that count. */
static enum err set_fix(struct arena *arena, struct score_key *key, int64_t position, uint8_t decision, const char *texts) {
    const struct json *list = NULL;
    if (position < 1 || position > key->count || !texts)
        return ERR_STATE;
    enum err err = json_read(arena, texts, strlen(texts), &list, NULL);
    size_t count = json_count(list);
    if (err != ERR_NONE || count == 0 || count > REKEY_KEYS_MAX)
        return err == ERR_NONE ? ERR_STATE : err;
    struct score_fix fix = {.decision = decision, .key_texts = texts};
    bool own = decision != SETTLE_REKEY_SEVERAL && decision != SETTLE_REKEY_NEW_KEY;
    if (!own) {
        fix.keys = ARENA_ARRAY(arena, count, struct item);
        if (!fix.keys)
            return ERR_MEMORY;
        for (size_t i = 0; i < count; i++) {
            struct item_faults faults = {.count = 0};
            (void)item_read(arena, key->contents[position], json_at(list, i), NULL, &fix.keys[i], &faults);
            if (faults.grave || arena->failed)
                return arena->failed ? ERR_MEMORY : ERR_STATE;
        }
        fix.key_count = (uint8_t)count;
    }
    key->fixes[position] = fix;
    return ERR_NONE;
}

/* Both arrays as one. */
static const char *joined(struct arena *arena, const char *first, const char *second) {
    size_t len = strlen(first);
    return strcmp(second, "[]") == 0 ? first : arena_printf(arena, "%.*s,%s", (int)(len - 1), first, second + 1);
}

enum err rekey_change(struct arena *arena, struct score_key *key, const struct rekey_row *rows, size_t count) {
    enum err err = ERR_NONE;
    for (size_t i = 0; i < count && err == ERR_NONE; i++) {
        const struct rekey_row *row = &rows[i];
        if (row->position < 1 || row->position > key->count)
            return ERR_STATE;
        const char *now = key->fixes[row->position].key_texts;
        switch ((enum settle_rekey)row->decision) {
        case SETTLE_REKEY_DROP:
        case SETTLE_REKEY_ALL_RIGHT:
            err = set_fix(arena, key, row->position, row->decision, now);
            break;
        case SETTLE_REKEY_SEVERAL:
            err = set_fix(arena, key, row->position, row->decision, joined(arena, now, row->key_texts));
            break;
        case SETTLE_REKEY_NEW_KEY:
            err = set_fix(arena, key, row->position, row->decision, row->key_texts);
            break;
        case SETTLE_REKEY_STANDS:
        case SETTLE_REKEY_COUNT:
            break;
        }
    }
    rekey_sum(key);
    return err;
}

struct overlay {
    struct arena *arena;
    struct score_key *key;
};

static enum err take_row(void *ctx, const struct db_row *row) {
    struct overlay *overlay = ctx;
    int decision = settle_rekey_find(db_text(row, 1));
    if (decision < 0)
        return ERR_STATE;
    overlay->key->version = db_int(row, 3);
    return set_fix(overlay->arena, overlay->key, db_int(row, 0), (uint8_t)decision, db_text(row, 2));
}

enum err rekey_newest_read(struct db *db, struct arena *arena, int64_t form_id, struct score_key *key) {
    struct overlay overlay = {.arena = arena, .key = key};
    enum err err = db_many(db, arena, DB_REKEY_NEWEST, DB_PARAMS(P_INT(form_id)), SITTING_POSITIONS_MAX, take_row, &overlay);
    rekey_sum(key);
    return err;
}

/* ---- proposals ---- */

static const char *canonical(struct arena *arena, const struct json *value) {
    struct buf out CLEANUP(buf_release);
    buf_init(&out, TEXT_MAX);
    return json_canonical(value, &out) == ERR_NONE && out.data ? arena_strndup(arena, out.data, out.len) : NULL;
}

static void fault(struct item_faults *faults, const char *path, const char *rule) {
    if (faults->count < ITEM_FAULTS_MAX)
        faults->list[faults->count] = (struct item_fault){.path = path, .rule = rule};
    faults->count++;
    faults->grave = true;
}

/* The key as a whole item; its faults under "keys[n]". */
static void check_key(struct arena *arena, const struct score_key *key, const struct rekey_row *row, const struct json *document, size_t n,
                      struct item_faults *faults) {
    struct item item;
    struct item_faults own = {.count = 0};
    const char *where = arena_printf(arena, "keys[%zu]", n);
    if (!where || (item_read(arena, key->contents[row->position], document, NULL, &item, &own) && item_check(arena, &item, &own))) {
        if (where && score_item_worth(&item) != score_item_worth(&key->items[row->position]))
            fault(faults, arena_printf(arena, "%s.points", where), "points");
        return;
    }
    for (size_t i = 0; i < own.count && i < ITEM_FAULTS_MAX; i++)
        fault(faults, *own.list[i].path ? arena_printf(arena, "%s.%s", where, own.list[i].path) : where, own.list[i].rule);
}

bool rekey_row_fits(struct arena *arena, const struct score_key *key, const struct rekey_row *row, const struct json *keys,
                    struct item_faults *faults, struct rekey_row *ret_row) {
    size_t before = faults->count, count = json_count(keys);
    *ret_row = *row;
    ret_row->key_texts = "[]";
    if (row->position < 1 || row->position > key->count) {
        fault(faults, "position", "range");
        return false;
    }
    bool takes = row->decision == SETTLE_REKEY_SEVERAL || row->decision == SETTLE_REKEY_NEW_KEY;
    size_t there = row->decision == SETTLE_REKEY_SEVERAL ? key->fixes[row->position].key_count + (size_t)(key->fixes[row->position].key_count == 0) : 0;
    size_t least = takes ? 1 : 0, most = row->decision == SETTLE_REKEY_NEW_KEY ? 1 : takes ? REKEY_KEYS_MAX - there : 0;
    if (count < least || count > most)
        fault(faults, "keys", "count");
    else if (!is_scored(&key->items[row->position]) && row->decision != SETTLE_REKEY_STANDS)
        fault(faults, "decision", "not-scored");
    else
        for (size_t i = 0; i < count; i++)
            check_key(arena, key, row, json_at(keys, i), i, faults);
    if (row->decision == SETTLE_REKEY_DROP && key->count - key->dropped <= 1)
        fault(faults, "decision", "few");
    if (faults->count == before && takes)
        ret_row->key_texts = canonical(arena, keys);
    return faults->count == before && ret_row->key_texts && !arena->failed;
}

/* ---- what is shown ---- */

static int64_t place_of(const struct item_option *options, size_t count, const char *id) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(options[i].id, id) == 0)
            return (int64_t)i + 1;
    return 0;
}

static int64_t credit_of(const char *credit, int64_t otherwise) {
    int64_t units = 0;
    return credit && item_decimal_units(credit, &units) ? units : otherwise;
}

/* The options that earn most; each an answer of its own where one is chosen, else together. */
static void put_options(struct json_writer *w, const struct item *item, bool apart) {
    int64_t best = 1;
    for (size_t i = 0; i < item->option_count; i++)
        if (credit_of(item->options[i].credit, 0) > best)
            best = credit_of(item->options[i].credit, 0);
    if (!apart)
        json_open_array(w);
    for (size_t i = 0; i < item->option_count; i++)
        if (credit_of(item->options[i].credit, 0) == best)
            json_put_int(w, (int64_t)i + 1);
    if (!apart)
        json_close_array(w);
}

static void put_pairs(struct json_writer *w, const struct item *item) {
    json_open_array(w);
    for (size_t i = 0; i < item->pair_count; i++) {
        if (credit_of(item->pairs[i].credit, 10000000) < 10000000)
            continue;
        json_open_array(w);
        json_put_int(w, place_of(item->options, item->option_count, item->pairs[i].row));
        json_put_int(w, place_of(item->columns, item->column_count, item->pairs[i].column));
        json_close_array(w);
    }
    json_close_array(w);
}

static void put_gaps(struct json_writer *w, const struct item *item) {
    int64_t first = 0;
    json_open_array(w);
    for (size_t i = 0; i < item->gap_count; i++) {
        const struct item_gap *gap = &item->gaps[i];
        json_put_int(w, first + place_of(gap->options, gap->option_count, gap->correct ? gap->correct : ""));
        first += (int64_t)gap->option_count;
    }
    json_close_array(w);
}

static void put_accepted(struct arena *arena, struct json_writer *w, const struct item *item) {
    for (size_t i = 0; i < item->accepted_count; i++) {
        const struct item_accepted *a = &item->accepted[i];
        const char *words = a->value ? a->value : "";
        if (a->low || a->high)
            words = arena_printf(arena, "%s … %s", a->low ? a->low : "", a->high ? a->high : "");
        else if (a->tolerance)
            words = arena_printf(arena, a->relative ? "%s ± %s × %s" : "%s ± %s", words, a->tolerance, words);
        json_put_text(w, words);
    }
}

static void put_shown(struct arena *arena, struct json_writer *w, const struct item *item) {
    switch (item->kind) {
    case ITEM_SINGLE:
    case ITEM_TRUEFALSE:
    case ITEM_GRADED:
        put_options(w, item, true);
        return;
    case ITEM_MULTIPLE:
        put_options(w, item, false);
        return;
    case ITEM_ORDERING:
        json_open_array(w);
        for (size_t i = 0; i < item->order_count; i++)
            json_put_int(w, place_of(item->options, item->option_count, item->order[i]));
        json_close_array(w);
        return;
    case ITEM_MATCHING:
        put_pairs(w, item);
        return;
    case ITEM_INLINE:
        put_gaps(w, item);
        return;
    case ITEM_NUMERIC:
    case ITEM_TEXT:
        put_accepted(arena, w, item);
        return;
    case ITEM_ESSAY:
    case ITEM_UPLOAD:
    case ITEM_STIMULUS:
    case ITEM_KIND_COUNT:
        return;
    }
}

const char *rekey_shown(struct arena *arena, const struct score_key *key, int position) {
    struct buf out CLEANUP(buf_release);
    struct json_writer w;
    const struct score_fix *fix = &key->fixes[position];
    buf_init(&out, TEXT_MAX);
    json_writer_init(&w, &out);
    json_open_array(&w);
    for (uint8_t i = 0; i < fix->key_count; i++)
        put_shown(arena, &w, &fix->keys[i]);
    if (fix->key_count == 0)
        put_shown(arena, &w, &key->items[position]);
    json_close_array(&w);
    return out.failed ? NULL : arena_strndup(arena, out.data, out.len);
}

const char *rekey_text(struct arena *arena, const struct score_key *key, const uint8_t form_sha256[CRYPTO_SHA256_LEN]) {
    struct buf out CLEANUP(buf_release);
    struct json_writer w;
    const struct json *tree = NULL;
    char sha256[2 * CRYPTO_SHA256_LEN + 1];
    buf_init(&out, TEXT_MAX);
    json_writer_init(&w, &out);
    text_hex(form_sha256, CRYPTO_SHA256_LEN, sha256);
    json_open_object(&w);
    json_member_text(&w, "form", sha256);
    json_put_key(&w, "items");
    json_open_array(&w);
    for (int32_t i = 1; i <= key->count; i++) {
        json_open_array(&w);
        json_put_int(&w, i);
        json_put_text(&w, rekey_decision_key(key->fixes[i].decision));
        json_put_raw(&w, key->fixes[i].key_texts);
        json_close_array(&w);
    }
    json_close_array(&w);
    json_member_int(&w, "version", key->version);
    json_close_object(&w);
    if (out.failed || json_read(arena, out.data, out.len, &tree, NULL) != ERR_NONE)
        return NULL;
    return canonical(arena, tree);
}
