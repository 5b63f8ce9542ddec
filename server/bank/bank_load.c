#include "khoacu/bank/bank_load.h"

#include "bank_private.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/random.h"
#include "khoacu/cycle/cycle.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { PORTION = 200, SLOTS = 262144 /* twice the items of a full bank and of a full file */ };
#define ROWS_MAX ((size_t)48 << 20)
#define KNOWN_ARENA_MAX ((size_t)256 << 20)
#define PORTION_ARENA_MAX ((size_t)512 << 20)

static_assert(SLOTS >= 4 * BANK_ITEMS_MAX, "the table stays half empty");

/* An item that the bank has, or has got from this source. */
struct known {
    int64_t item_id, version;
    const char *code, *topic;
    enum bank_state state;
    bool has_external;
    size_t met; /* the number in the source of the item that was this one; 0: none so far */
    uint8_t external[CRYPTO_SHA256_LEN], fingerprint[CRYPTO_SHA256_LEN];
};

struct bank_load {
    const struct bank_desk *desk;
    const struct bank_load_request *request;
    bank_load_fn *producer;
    void *ctx;
    struct db *db;
    int64_t bank_id;
    struct bank_scope scope;
    struct arena *known_arena; /* as long as the load */
    struct arena *arena;       /* as long as a portion */
    struct known **by_code, **by_external;
    size_t items; /* of the bank, with those of this load */
    size_t turn;  /* items of the source so far */
    struct buf rows;
    size_t row_count;
    int64_t generation;
    bool refused;
    enum bank_load_verdict verdict;
    struct bank_load_counts counts;
};

const char *bank_loaded_key(enum bank_loaded loaded) {
    static const char *const keys[] = {
#define X(name, key) [BANK_LOADED_##name] = (key),
        BANK_LOADED_TABLE(X)
#undef X
    };
    return keys[loaded];
}

/* ---- what is known ---- */

static size_t hash_code(const char *code) {
    uint64_t hash = 14695981039346656037u;
    for (; *code; code++)
        hash = (hash ^ (unsigned char)*code) * 1099511628211u;
    return (size_t)(hash % SLOTS);
}

static size_t hash_external(const uint8_t external[CRYPTO_SHA256_LEN]) {
    uint64_t hash;
    memcpy(&hash, external, sizeof hash);
    return (size_t)(hash % SLOTS);
}

static struct known *find_code(const struct bank_load *load, const char *code) {
    for (size_t at = hash_code(code);; at = (at + 1) % SLOTS)
        if (!load->by_code[at] || strcmp(load->by_code[at]->code, code) == 0)
            return load->by_code[at];
}

static struct known *find_external(const struct bank_load *load, const uint8_t *external) {
    for (size_t at = hash_external(external);; at = (at + 1) % SLOTS)
        if (!load->by_external[at] || memcmp(load->by_external[at]->external, external, CRYPTO_SHA256_LEN) == 0)
            return load->by_external[at];
}

static void remember(struct bank_load *load, struct known *known) {
    size_t at = hash_code(known->code);
    while (load->by_code[at])
        at = (at + 1) % SLOTS;
    load->by_code[at] = known;
    load->items++;
}

static void remember_external(struct bank_load *load, struct known *known) {
    if (!known->has_external)
        return;
    size_t at = hash_external(known->external);
    while (load->by_external[at])
        at = (at + 1) % SLOTS;
    load->by_external[at] = known;
}

static enum err take_known(void *ctx, const struct db_row *row) {
    struct bank_load *load = ctx;
    struct known *known = ARENA_NEW(load->known_arena, struct known);
    size_t external_len = 0, fingerprint_len = 0;
    const uint8_t *external = db_bytes(row, 2, &external_len), *fingerprint = db_bytes(row, 6, &fingerprint_len);
    if (!known)
        return ERR_MEMORY;
    *known = (struct known){.item_id = db_int(row, 0), .code = db_text(row, 1), .version = db_int(row, 3), .topic = db_text(row, 5)};
    if (!bank_state_parse(db_text(row, 4), &known->state) || fingerprint_len != CRYPTO_SHA256_LEN)
        return ERR_STATE;
    memcpy(known->fingerprint, fingerprint, CRYPTO_SHA256_LEN);
    known->has_external = external_len == CRYPTO_SHA256_LEN;
    if (known->has_external)
        memcpy(known->external, external, CRYPTO_SHA256_LEN);
    remember(load, known);
    remember_external(load, known);
    return ERR_NONE;
}

/* ---- storing ---- */

static enum err flush(struct bank_load *load) {
    struct bank_desk desk = *load->desk;
    const struct db_row *row = NULL;
    if (load->row_count == 0)
        return ERR_NONE;
    buf_addc(&load->rows, ']');
    enum err err = load->rows.failed ? ERR_LIMIT
                                     : db_one(load->db, load->arena, DB_BANK_ITEMS_WRITE,
                                              DB_PARAMS(P_INT(load->bank_id), P_INT(desk.staff_id), P_TIME(desk.now_us),
                                                        P_INT(load->generation), P_TEXT(load->rows.data), P_INT(BANK_ITEMS_MAX)),
                                              &row);
    if (err == ERR_NONE && strcmp(db_text(row, 0), "done") != 0)
        err = ERR_DB_CONFLICT; /* somebody else changed the bank between two portions */
    buf_reset(&load->rows);
    load->row_count = 0;
    arena_reset(load->arena);
    return err;
}

static enum err write_row(struct bank_load *load, const struct known *known, const struct bank_load_item *item) {
    struct bank_desk desk = *load->desk;
    int64_t generation = 0;
    desk.arena = load->arena;
    struct bank_write write = {.item_id = known->item_id,
                               .version = known->version,
                               .code = known->code,
                               .external = known->has_external ? known->external : NULL,
                               .fingerprint = known->fingerprint,
                               .meta = &item->meta,
                               .text = &item->text,
                               .reason = load->request->reason};
    for (int turn = 0; turn < 2; turn++) {
        buf_addc(&load->rows, load->row_count ? ',' : '[');
        size_t before = load->rows.len;
        enum err err = bank_write_row(&desk, load->bank_id, &write, &load->rows, &generation);
        if (err != ERR_NONE)
            return err;
        if (load->row_count == 0 || generation == load->generation) {
            load->generation = generation;
            load->row_count++;
            break;
        }
        load->rows.len = before - 1; /* a rotation began: the rows before go by themselves */
        err = flush(load);
        if (err != ERR_NONE)
            return err;
    }
    return load->row_count == PORTION || load->rows.len > ROWS_MAX / 2 ? flush(load) : ERR_NONE;
}

static enum err keep_media(struct bank_load *load, const struct bank_load_item *item) {
    struct bank_desk desk = *load->desk;
    char sha256[65];
    enum err err = ERR_NONE;
    desk.arena = load->arena;
    for (size_t i = 0; err == ERR_NONE && i < item->media_count; i++)
        err = bank_media_keep(&desk, load->bank_id, &item->media[i], sha256);
    return err;
}

/* A code for an item that came without: its number in the bank. */
static enum err make_code(struct bank_load *load, char out[24]) {
    const struct db_row *row = NULL;
    do {
        enum err err = db_one(load->db, load->arena, DB_BANK_NUMBER_NEXT, DB_PARAMS(P_INT(load->bank_id), P_INT(1)), &row);
        if (err != ERR_NONE)
            return err;
        (void)snprintf(out, 24, "Q-%05lld", (long long)db_int(row, 0));
    } while (find_code(load, out));
    return ERR_NONE;
}

static bool sizes_fit(const struct bank_load_item *item) {
    const struct bank_text *text = &item->text;
    if (!text->content_len || !text->key_len || text->content_len + text->key_len > BANK_TEXT_MAX)
        return false;
    if ((text->source && strlen(text->source) > 20000) || (text->external_id && strlen(text->external_id) > 2000))
        return false;
    for (size_t i = 0; i < item->media_count; i++)
        if (item->media[i].len < 1 || item->media[i].len > BANK_MEDIA_MAX)
            return false;
    return bank_meta_valid(&item->meta) && (!item->code || !item->code[0] || cycle_code_valid(item->code));
}

static bool may_write(const struct bank_load *load, const char *topic) {
    return (bank_scope_rights(&load->scope, load->bank_id, topic) & (BANK_RIGHT_AUTHOR | BANK_RIGHT_OWNER)) != 0;
}

/* What the item is in the bank, or why it is refused; without what it says. */
static enum bank_loaded judge(struct bank_load *load, const struct bank_load_item *item, const uint8_t *external, struct known **ret_known) {
    struct known *by_external = external ? find_external(load, external) : NULL;
    struct known *by_code = item->code && item->code[0] ? find_code(load, item->code) : NULL;
    struct known *known = by_external ? by_external : by_code;
    if (!may_write(load, item->meta.topic) || (known && known->topic && !may_write(load, known->topic)))
        return BANK_LOADED_FORBIDDEN;
    if (by_external && by_code && by_external != by_code)
        return BANK_LOADED_TAKEN;
    if (!by_external && by_code && external && by_code->has_external)
        return BANK_LOADED_TAKEN;
    if (known && known->state == BANK_RETIRED)
        return BANK_LOADED_RETIRED;
    if (!known && load->items >= BANK_ITEMS_MAX)
        return BANK_LOADED_FULL;
    *ret_known = known;
    return known ? BANK_LOADED_CHANGED : BANK_LOADED_NEW;
}

static enum err add_known(struct bank_load *load, const struct bank_load_item *item, struct known **ret_known) {
    char made[24];
    struct known *known = ARENA_NEW(load->known_arena, struct known);
    if (!known)
        return ERR_MEMORY;
    const char *code = item->code && item->code[0] ? item->code : NULL;
    enum err err = code ? ERR_NONE : make_code(load, made);
    if (err != ERR_NONE)
        return err;
    *known = (struct known){.item_id = random_id(), .code = arena_strdup(load->known_arena, code ? code : made)};
    if (!known->code)
        return ERR_MEMORY;
    remember(load, known);
    *ret_known = known;
    return ERR_NONE;
}

/* What an item that is there becomes by what the source says of it now. */
static enum bank_loaded judge_text(const struct known *known, const uint8_t *fingerprint, bool new_version) {
    bool same = memcmp(known->fingerprint, fingerprint, sizeof known->fingerprint) == 0;
    if (known->met)
        return same ? BANK_LOADED_REPEATED : BANK_LOADED_TWICE;
    return same && !new_version ? BANK_LOADED_UNCHANGED : BANK_LOADED_CHANGED;
}

static void count(struct bank_load *load, enum bank_loaded loaded) {
    load->counts.imported += loaded == BANK_LOADED_NEW;
    load->counts.changed += loaded == BANK_LOADED_CHANGED;
    load->counts.unchanged += loaded == BANK_LOADED_UNCHANGED;
    load->counts.repeated += loaded == BANK_LOADED_REPEATED;
    load->counts.refused += bank_loaded_refused(loaded);
    load->refused |= bank_loaded_refused(loaded);
}

enum err bank_load_add(struct bank_load *load, const struct bank_load_item *item, enum bank_loaded *ret_loaded, size_t *ret_first) {
    const struct bank_desk *desk = load->desk;
    const char *external_id = item->text.external_id;
    uint8_t external[CRYPTO_SHA256_LEN], fingerprint[CRYPTO_SHA256_LEN];
    bool has_external = external_id && external_id[0];
    struct known *known = NULL;
    enum bank_loaded loaded = BANK_LOADED_INVALID;
    enum err err = ERR_NONE;
    load->turn++;
    if (sizes_fit(item)) {
        if (has_external)
            err = bank_fingerprint(desk->vault, load->db, load->bank_id, external_id, strlen(external_id), external);
        if (err == ERR_NONE)
            err = bank_text_fingerprint(desk, load->bank_id, &item->meta, &item->text, fingerprint);
        if (err != ERR_NONE)
            return err;
        loaded = judge(load, item, has_external ? external : NULL, &known);
    }
    if (loaded == BANK_LOADED_CHANGED)
        loaded = judge_text(known, fingerprint, item->new_version);
    if (loaded == BANK_LOADED_NEW)
        err = add_known(load, item, &known);
    if (err != ERR_NONE)
        return err;
    if (known && ret_first)
        *ret_first = known->met;
    if (known && !known->met)
        known->met = load->turn;
    if (loaded == BANK_LOADED_NEW || loaded == BANK_LOADED_CHANGED) {
        known->version++;
        memcpy(known->fingerprint, fingerprint, sizeof fingerprint);
        if (has_external && !known->has_external) {
            memcpy(known->external, external, sizeof external);
            known->has_external = true;
            remember_external(load, known);
        }
        err = keep_media(load, item);
        if (err == ERR_NONE)
            err = write_row(load, known, item);
    }
    count(load, loaded);
    if (err == ERR_NONE)
        *ret_loaded = loaded;
    return err;
}

enum err bank_load_adopt(struct bank_load *load, struct arena *arena, const char *const *names, size_t count, const char **ret_absent) {
    struct bank_desk desk = *load->desk;
    desk.db = load->db;
    desk.arena = arena;
    return bank_media_adopt(&desk, load->bank_id, names, count, ret_absent);
}

void bank_load_refuse(struct bank_load *load) {
    load->turn++;
    load->refused = true;
    load->counts.refused++;
}

/* ---- the load ---- */

static enum err find_bank(struct bank_load *load) {
    const struct bank_load_request *request = load->request;
    struct bank_desk desk = *load->desk;
    static const struct bank_settings usual = {.reviewers_needed = -1, .exposure_max = -1};
    enum err err = bank_find(load->db, load->known_arena, request->bank, &load->bank_id);
    if (err == ERR_NONE && load->bank_id == 0 && request->make_bank)
        err = bank_make_inside(&desk, load->db, request->bank, &usual, &load->bank_id);
    if (err == ERR_NONE && load->bank_id == 0 && request->make_bank) /* somebody else was quicker */
        err = bank_find(load->db, load->known_arena, request->bank, &load->bank_id);
    if (err == ERR_NONE)
        err = bank_scope_read(&(struct bank_desk){.db = load->db, .arena = load->known_arena, .staff_id = desk.staff_id}, &load->scope);
    if (err != ERR_NONE)
        return err;
    unsigned rights = 0;
    for (size_t i = 0; i < load->scope.count; i++)
        if (load->scope.rows[i].bank_id == load->bank_id)
            rights |= load->scope.rows[i].rights;
    load->verdict = load->bank_id == 0 || rights == 0                         ? BANK_LOAD_UNKNOWN
                    : rights & (BANK_RIGHT_AUTHOR | BANK_RIGHT_OWNER) ? BANK_LOAD_DONE
                                                                              : BANK_LOAD_FORBIDDEN;
    return ERR_NONE;
}

static enum err begin(struct bank_load *load) {
    const struct db_row *row = NULL;
    arena_reset(load->known_arena);
    arena_reset(load->arena);
    buf_reset(&load->rows);
    memset(load->by_code, 0, SLOTS * sizeof(struct known *));
    memset(load->by_external, 0, SLOTS * sizeof(struct known *));
    load->items = load->row_count = load->turn = 0;
    load->refused = false;
    load->counts = (struct bank_load_counts){0};
    enum err err = find_bank(load);
    if (err != ERR_NONE || load->verdict != BANK_LOAD_DONE)
        return err;
    err = db_one(load->db, load->known_arena, DB_BANK_LOCK, DB_PARAMS(P_INT(load->bank_id)), &row);
    return err == ERR_NONE ? db_many(load->db, load->known_arena, DB_BANK_KNOWN, DB_PARAMS(P_INT(load->bank_id)), BANK_ITEMS_MAX,
                                     take_known, load)
                           : err;
}

static enum err note_event(struct bank_load *load, struct db *db) {
    const struct bank_load_counts *counts = &load->counts;
    const char *details = arena_printf(load->desk->arena, "{\"changed\":%zu,\"imported\":%zu,\"refused\":%zu,\"repeated\":%zu,\"unchanged\":%zu}",
                                       counts->changed, counts->imported, counts->refused, counts->repeated, counts->unchanged);
    return bank_event(load->desk, db, "bank.items_import", "bank", load->bank_id, details);
}

static enum err whole_body(void *ctx, struct db *db) {
    struct bank_load *load = ctx;
    load->db = db;
    enum err err = begin(load);
    if (err == ERR_NONE && load->verdict != BANK_LOAD_DONE)
        return DB_ROLLBACK;
    if (err == ERR_NONE)
        err = load->producer(load->ctx, load);
    if (err == ERR_NONE)
        err = flush(load);
    if (err != ERR_NONE)
        return err;
    if (load->request->dry_run || (load->refused && load->request->mode == BANK_LOAD_WHOLE))
        return DB_ROLLBACK;
    load->counts.applied = true;
    return load->request->note ? load->request->note(load->ctx, db, load->bank_id, &load->counts) : note_event(load, db);
}

enum err bank_load_run(const struct bank_desk *desk, const struct bank_load_request *request, bank_load_fn *producer, void *ctx,
                       enum bank_load_verdict *ret_verdict, struct bank_load_counts *ret_counts) {
    struct arena known CLEANUP(arena_release), portion CLEANUP(arena_release);
    struct buf rows CLEANUP(buf_release);
    struct bank_load load = {.desk = desk, .request = request, .producer = producer, .ctx = ctx, .known_arena = &known, .arena = &portion};
    struct known **by_code CLEANUP(cleanup_free) = calloc(SLOTS, sizeof(struct known *));
    struct known **by_external CLEANUP(cleanup_free) = calloc(SLOTS, sizeof(struct known *));
    arena_init(&known, KNOWN_ARENA_MAX);
    arena_init(&portion, PORTION_ARENA_MAX);
    buf_init(&rows, ROWS_MAX);
    load.by_code = by_code;
    load.by_external = by_external;
    load.rows = rows;
    enum err err = by_code && by_external ? db_transact(desk->db, whole_body, &load) : ERR_MEMORY;
    rows = load.rows; /* which may have grown */
    if (err != ERR_NONE)
        return err;
    *ret_verdict = load.verdict;
    *ret_counts = load.counts;
    return ERR_NONE;
}
