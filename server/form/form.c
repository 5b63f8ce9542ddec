#include "khoacu/form/form.h"

#include "khoacu/bank/bank.h"
#include "khoacu/base/buf.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/form/order.h"
#include "khoacu/json/json.h"
#include "khoacu/ledger/ledger.h"

#include <assert.h>

#include "khoacu/base/banned.h"

/* 200 items of any usual length. */
#define CANONICAL_MAX ((size_t)32 << 20)

struct drawn {
    int64_t item_id, version;
};

struct seal {
    struct arena *arena;
    const struct form_request *request;
    int64_t bank_id;
    struct random_stream stream;
    struct drawn *pool; /* items of the topic at hand */
    size_t pool_count;
    int64_t item_ids[FORM_POSITIONS_MAX], versions[FORM_POSITIONS_MAX];
    size_t count;
    struct json_writer writer; /* of the sealed text */
    enum form_verdict verdict;
    struct form_sealed sealed;
    uint8_t sha256[CRYPTO_SHA256_LEN];
};

/* ---- drawing ---- */

static enum err add_item(void *ctx, const struct db_row *row) {
    struct seal *seal = ctx;
    seal->pool[seal->pool_count++] = (struct drawn){.item_id = db_int(row, 0), .version = db_int(row, 1)};
    return ERR_NONE;
}

static size_t lot(struct seal *seal, uint64_t bound) {
    return (size_t)(seal->request->seeded ? random_stream_below(&seal->stream, bound) : random_below(bound));
}

/* The items come in a fixed order, so that a seed gives the same draw everywhere. */
static enum err draw_topic(struct seal *seal, struct db *db, struct form_topic *topic) {
    seal->pool_count = 0;
    enum err err = db_many(db, seal->arena, DB_FORM_POOL, DB_PARAMS(P_INT(seal->bank_id), P_TEXT(topic->topic)),
                           BANK_ITEMS_MAX, add_item, seal);
    if (err != ERR_NONE)
        return err;
    topic->available = (int64_t)seal->pool_count;
    if (topic->available < topic->count) {
        seal->verdict = FORM_TOO_FEW_ITEMS;
        return ERR_NONE;
    }
    for (size_t i = 0; i < (size_t)topic->count; i++) {
        size_t pick = i + lot(seal, seal->pool_count - i);
        struct drawn drawn = seal->pool[pick];
        seal->pool[pick] = seal->pool[i];
        seal->item_ids[seal->count] = drawn.item_id;
        seal->versions[seal->count++] = drawn.version;
    }
    return ERR_NONE;
}

/* ---- sealing ---- */

static enum err write_texts(struct seal *seal, const struct bank_version_text *texts) {
    struct json_writer *writer = &seal->writer;
    json_open_array(writer);
    for (size_t i = 0; i < seal->count; i++) {
        json_open_array(writer);
        json_put_int(writer, (int64_t)i + 1);
        json_put_text(writer, texts[i].code);
        json_put_int(writer, texts[i].version);
        json_put_raw(writer, texts[i].content);
        json_close_array(writer);
    }
    json_close_array(writer);
    return writer->out->failed ? ERR_LIMIT : ERR_NONE;
}

/* The hash is taken of what the database holds, not of what was meant to be written. */
static enum err hash_texts(struct seal *seal, struct db *db) {
    struct buf loose CLEANUP(buf_release), canonical CLEANUP(buf_release);
    struct bank_version_text *texts = ARENA_ARRAY(seal->arena, FORM_POSITIONS_MAX, struct bank_version_text);
    const struct json *tree = NULL;
    buf_init(&loose, CANONICAL_MAX);
    buf_init(&canonical, CANONICAL_MAX);
    json_writer_init(&seal->writer, &loose);
    enum err err = texts ? bank_texts_read(db, seal->request->vault, seal->arena, seal->item_ids, seal->versions, seal->count, false, texts)
                         : ERR_MEMORY;
    if (err == ERR_NONE)
        err = write_texts(seal, texts);
    if (err == ERR_NONE)
        err = json_read(seal->arena, loose.data, loose.len, &tree, NULL);
    if (err == ERR_NONE)
        err = json_canonical(tree, &canonical);
    if (err != ERR_NONE)
        return err;
    crypto_sha256(canonical.data, canonical.len, seal->sha256);
    text_hex(seal->sha256, sizeof seal->sha256, seal->sealed.sha256);
    return ERR_NONE;
}

static enum err insert_form(struct seal *seal, struct db *db) {
    const struct form_request *request = seal->request;
    uint8_t seed[FORM_SEED_LEN];
    int64_t rows = 0;
    random_bytes(seed, sizeof seed);
    seal->sealed.form_id = random_id();
    enum err err =
        db_run(db, DB_FORM_INSERT,
               DB_PARAMS(P_INT(seal->sealed.form_id), P_INT(request->cycle->cycle_id), P_TEXT(request->code),
                         P_BYTES(seed, sizeof seed), P_INT((int64_t)seal->count),
                         P_BYTES(seal->sha256, sizeof seal->sha256), P_TIME(request->now_us), P_INT(request->staff_id)),
               &rows);
    crypto_wipe(seed, sizeof seed);
    if (err == ERR_NONE && rows == 0) {
        seal->verdict = FORM_CODE_TAKEN;
        return DB_ROLLBACK;
    }
    return err;
}

static enum err store(struct seal *seal, struct db *db) {
    const struct form_request *request = seal->request;
    enum err err = insert_form(seal, db);
    if (err == ERR_NONE)
        err = db_run(db, DB_FORM_POSITIONS_INSERT,
                     DB_PARAMS(P_INT(seal->sealed.form_id), P_INTS(seal->item_ids, seal->count),
                               P_INTS(seal->versions, seal->count)),
                     NULL);
    const char *details = arena_printf(seal->arena, "{\"code\":\"%s\",\"items\":%zu,\"seeded\":%d,\"sha256\":\"%s\"}",
                                       request->code, seal->count, request->seeded, seal->sealed.sha256);
    if (err != ERR_NONE || !details)
        return err != ERR_NONE ? err : ERR_MEMORY;
    return ledger_append(db, seal->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(request->staff_id),
                                                .act = "form.seal",
                                                .subject_kind = "form",
                                                .subject_id = seal->sealed.form_id,
                                                .details = details,
                                                .at_us = request->now_us});
}

static enum err seal_body(void *ctx, struct db *db) {
    struct seal *seal = ctx;
    const struct form_request *request = seal->request;
    enum cycle_state state;
    seal->count = 0;
    random_stream_init(&seal->stream, (uint64_t)request->seed);
    enum err err = cycle_lock(db, seal->arena, request->cycle->cycle_id, &state);
    if (err != ERR_NONE)
        return err;
    seal->verdict = state > CYCLE_ROUND1 ? FORM_CYCLE_LATE : FORM_SEALED;
    for (size_t i = 0; err == ERR_NONE && i < request->topic_count; i++)
        err = draw_topic(seal, db, &request->topics[i]);
    if (err == ERR_NONE && seal->verdict != FORM_SEALED)
        return DB_ROLLBACK;
    if (err == ERR_NONE)
        err = hash_texts(seal, db);
    return err == ERR_NONE ? store(seal, db) : err;
}

enum err form_seal(struct db *db, struct arena *arena, const struct form_request *request,
                   enum form_verdict *ret_verdict, struct form_sealed *ret_form) {
    assert(cycle_short_code_valid(request->code) && request->topic_count <= FORM_TOPICS_MAX);
    struct seal *seal = ARENA_NEW(arena, struct seal);
    const struct cycle_rules *rules = NULL;
    if (!seal || !(seal->pool = ARENA_ARRAY(arena, BANK_ITEMS_MAX, struct drawn)))
        return ERR_MEMORY;
    seal->arena = arena;
    seal->request = request;
    enum err err = bank_find(db, arena, request->bank_code, &seal->bank_id);
    if (err == ERR_NONE)
        err = cycle_rules_read(db, arena, request->cycle, &rules);
    if (err != ERR_NONE)
        return err;
    int64_t total = 0;
    for (size_t i = 0; i < request->topic_count; i++)
        total += request->topics[i].count;
    seal->sealed.item_count = rules->questions;
    seal->verdict = seal->bank_id == 0 ? FORM_BANK_UNKNOWN : FORM_SIZE_WRONG;
    if (seal->bank_id != 0 && total == rules->questions && total <= FORM_POSITIONS_MAX)
        err = db_transact(db, seal_body, seal);
    if (err != ERR_NONE)
        return err;
    *ret_verdict = seal->verdict;
    *ret_form = seal->sealed;
    return ERR_NONE;
}
