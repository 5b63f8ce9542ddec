#include "khoacu/form/form.h"

#include "khoacu/base/buf.h"
#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/bank/bank.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/cycle/cycle.h"
#include "khoacu/form/order.h"
#include "khoacu/json/json.h"
#include "khoacu/ledger/ledger.h"

#include <string.h>

#include "khoacu/base/banned.h"

enum { BANK_ITEMS_MAX = 50000, CANONICAL_MAX = 8 << 20 };

struct drawn {
    int64_t item_id, version;
};

struct seal {
    struct arena *arena;
    const struct form_request *request;
    struct cycle cycle;
    int64_t bank_id;
    struct random_stream stream;
    struct drawn *pool; /* items of the topic at hand */
    size_t pool_count;
    int64_t item_ids[FORM_POSITIONS_MAX], versions[FORM_POSITIONS_MAX];
    size_t count;
    struct buf canonical;
    struct json_writer writer;
    enum form_verdict verdict;
    struct form_sealed sealed;
    uint8_t sha256[CRYPTO_SHA256_LEN];
};

static enum err pool_add(void *ctx, const struct db_row *row) {
    struct seal *seal = ctx;
    seal->pool[seal->pool_count++] = (struct drawn){.item_id = db_int(row, 0), .version = db_int(row, 1)};
    return ERR_NONE;
}

static size_t lot(struct seal *seal, size_t bound) {
    if (seal->request->seeded)
        return (size_t)random_stream_below(&seal->stream, bound);
    return (size_t)((uint64_t)random_id() % bound);
}

/* Draws so many of a topic; the items come in a fixed order, so that a seed gives the same draw everywhere. */
static enum err draw_topic(struct seal *seal, struct db *db, struct form_topic *topic) {
    seal->pool_count = 0;
    enum err err = db_many(db, seal->arena, DB_FORM_POOL, DB_PARAMS(P_INT(seal->bank_id), P_TEXT(topic->topic)), BANK_ITEMS_MAX,
                           pool_add, seal);
    if (err)
        return err;
    topic->available = (int64_t)seal->pool_count;
    if (topic->available < topic->count) {
        seal->verdict = FORM_TOO_FEW_ITEMS;
        return ERR_NONE;
    }
    for (int64_t i = 0; i < topic->count; i++) {
        size_t pick = (size_t)i + lot(seal, seal->pool_count - (size_t)i);
        struct drawn kept = seal->pool[i];
        seal->pool[i] = seal->pool[pick];
        seal->pool[pick] = kept;
        seal->item_ids[seal->count] = seal->pool[i].item_id;
        seal->versions[seal->count++] = seal->pool[i].version;
    }
    return ERR_NONE;
}

/* A row of the sealed text: [position, item code, version, stem, [options]]. */
static enum err canonical_add(void *ctx, const struct db_row *row) {
    struct seal *seal = ctx;
    struct json_writer *w = &seal->writer;
    int64_t option = db_int(row, 1);
    if (option == 1) {
        if (db_int(row, 0) > 1) {
            json_close_array(w);
            json_close_array(w);
        }
        json_open_array(w);
        json_put_int(w, db_int(row, 0));
        json_put_text(w, db_text(row, 4));
        json_put_int(w, db_int(row, 5));
        json_put_text(w, db_text(row, 2));
        json_open_array(w);
    }
    json_put_text(w, db_text(row, 3));
    return ERR_NONE;
}

/* The hash is taken from what the database holds, not from what we meant to write. */
static enum err hash_positions(struct seal *seal, struct db *db) {
    json_writer_init(&seal->writer, &seal->canonical);
    json_open_array(&seal->writer);
    enum err err = db_many(db, seal->arena, DB_FORM_DRAWN_TEXTS, DB_PARAMS(P_INTS(seal->item_ids, seal->count), P_INTS(seal->versions, seal->count)),
                           FORM_POSITIONS_MAX * FORM_OPTIONS_MAX, canonical_add, seal);
    if (err)
        return err;
    json_close_array(&seal->writer);
    json_close_array(&seal->writer);
    json_close_array(&seal->writer);
    if (seal->canonical.failed)
        return ERR_LIMIT;
    crypto_sha256(seal->canonical.data, seal->canonical.len, seal->sha256);
    text_hex(seal->sha256, sizeof seal->sha256, seal->sealed.sha256);
    return ERR_NONE;
}

static enum err store(struct seal *seal, struct db *db) {
    uint8_t seed[FORM_SEED_LEN];
    const struct form_request *request = seal->request;
    random_bytes(seed, sizeof seed);
    seal->sealed.form_id = random_id();
    seal->sealed.item_count = (int64_t)seal->count;
    struct db_param form_id = P_INT(seal->sealed.form_id);
    enum err err = db_run(db, DB_FORM_INSERT,
                          DB_PARAMS(form_id, P_INT(seal->cycle.cycle_id), P_TEXT(request->code), P_BYTES(seed, sizeof seed),
                                    P_INT((int64_t)seal->count), P_BYTES(seal->sha256, sizeof seal->sha256), P_TIME(request->now_us),
                                    P_INT(request->staff_id)),
                          NULL);
    crypto_wipe(seed, sizeof seed);
    if (!err)
        err = db_run(db, DB_FORM_POSITIONS_INSERT, DB_PARAMS(form_id, P_INTS(seal->item_ids, seal->count), P_INTS(seal->versions, seal->count)), NULL);
    const char *details = arena_printf(seal->arena, "{\"items\":%zu,\"sha256\":\"%s\"}", seal->count, seal->sealed.sha256);
    if (!err && !details)
        err = ERR_MEMORY;
    if (err)
        return err;
    return ledger_append(db, seal->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(request->staff_id), .act = "form.seal", .subject_kind = "form",
                                                .subject_id = seal->sealed.form_id, .details = details, .at_us = request->now_us});
}

static enum err seal_body(void *ctx, struct db *db) {
    struct seal *seal = ctx;
    const struct form_request *request = seal->request;
    seal->count = 0;
    seal->verdict = FORM_SEALED;
    random_stream_init(&seal->stream, (uint64_t)request->seed);
    for (size_t i = 0; i < request->topic_count; i++) {
        enum err err = draw_topic(seal, db, &request->topics[i]);
        if (err)
            return err;
    }
    if (seal->verdict != FORM_SEALED)
        return DB_ROLLBACK;
    buf_reset(&seal->canonical);
    enum err err = hash_positions(seal, db);
    return err ? err : store(seal, db);
}

enum err form_seal(struct db *db, struct arena *arena, const struct form_request *request, enum form_verdict *ret_verdict,
                   struct form_sealed *ret_form) {
    struct seal *seal = ARENA_NEW(arena, struct seal);
    int64_t total = 0;
    if (!seal || !(seal->pool = ARENA_ARRAY(arena, BANK_ITEMS_MAX, struct drawn)))
        return ERR_MEMORY;
    seal->arena = arena;
    seal->request = request;
    for (size_t i = 0; i < request->topic_count; i++)
        total += request->topics[i].count;
    enum err err = cycle_find(db, arena, request->cycle_code, &seal->cycle);
    if (!err)
        err = bank_find(db, arena, request->bank_code, &seal->bank_id);
    if (err)
        return err;
    if (seal->cycle.cycle_id == 0 || seal->bank_id == 0 || total < 1 || total > FORM_POSITIONS_MAX) {
        *ret_verdict = seal->cycle.cycle_id == 0 ? FORM_CYCLE_UNKNOWN : seal->bank_id == 0 ? FORM_BANK_UNKNOWN : FORM_SIZE_WRONG;
        return ERR_NONE;
    }
    buf_init(&seal->canonical, CANONICAL_MAX);
    err = db_transact(db, seal_body, seal);
    buf_release(&seal->canonical);
    if (err == ERR_DB_CONFLICT) {
        *ret_verdict = FORM_CODE_TAKEN;
        return ERR_NONE;
    }
    *ret_verdict = seal->verdict;
    *ret_form = seal->sealed;
    return err;
}
