#include "bank_private.h"

#include "khoacu/base/text.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/json/json.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define EXTRA_MAX ((size_t)64 << 10)

bool bank_take_item(const struct db_row *row, struct bank_item *item) {
    *item = (struct bank_item){.item_id = db_int(row, 0),
                               .bank_id = db_int(row, 1),
                               .bank = db_text(row, 2),
                               .code = db_text(row, 3),
                               .version = db_int(row, 5),
                               .meta = {.kind = db_text(row, 6),
                                        .subject = db_text(row, 7),
                                        .topic = db_text(row, 8),
                                        .level = db_int(row, 9),
                                        .facility = db_is_null(row, 10) ? -1 : db_int(row, 10),
                                        .seconds = db_int(row, 11),
                                        .source_expires_day = db_int(row, 12)},
                               .exposure = db_int(row, 15),
                               .exposure_max = db_int(row, 16),
                               .created_at_us = db_time(row, 17),
                               .updated_at_us = db_time(row, 18),
                               .changed = db_int(row, 19),
                               .author = db_text(row, 21)};
    item->meta.tags = db_texts(row, 13, &item->meta.tag_count);
    item->meta.enemies = db_texts(row, 14, &item->meta.enemy_count);
    item->authors = db_ints(row, 20, &item->author_count);
    return bank_state_parse(db_text(row, 4), &item->state);
}

struct bank_sealed bank_sealed_at(const struct db_row *row, int generation, int bytes) {
    struct bank_sealed sealed = {.generation = db_int(row, generation)};
    sealed.bytes = db_bytes(row, bytes, &sealed.len);
    return sealed;
}

/* ---- the extra part ---- */

enum err bank_extra_seal(const struct bank_desk *desk, int64_t bank_id, int64_t item_id, int64_t version, const struct bank_extra *extra,
                         struct bank_sealed *ret_sealed) {
    struct buf out CLEANUP(buf_release);
    struct json_writer writer;
    buf_init(&out, EXTRA_MAX);
    json_writer_init(&writer, &out);
    json_open_object(&writer);
    json_member_text(&writer, "external", extra->external_id ? extra->external_id : "");
    json_member_text(&writer, "reason", extra->reason ? extra->reason : "");
    json_member_text(&writer, "source", extra->source ? extra->source : "");
    json_close_object(&writer);
    if (out.failed)
        return ERR_LIMIT;
    const struct bank_label label = {.part = "extra", .bank_id = bank_id, .id = item_id, .number = version};
    return bank_seal(desk->vault, desk->db, desk->arena, &label, out.data, out.len, ret_sealed);
}

enum err bank_extra_open(struct db *db, struct bank_vault *vault, struct arena *arena, int64_t bank_id, int64_t item_id, int64_t version,
                         const struct bank_sealed *sealed, struct bank_extra *ret_extra) {
    const struct bank_label label = {.part = "extra", .bank_id = bank_id, .id = item_id, .number = version};
    const struct json *tree = NULL;
    const char *bytes = NULL;
    size_t len = 0;
    enum err err = bank_unseal(vault, db, arena, &label, sealed, &bytes, &len);
    if (err == ERR_NONE)
        err = json_read(arena, bytes, len, &tree, NULL);
    if (err != ERR_NONE)
        return err;
    *ret_extra = (struct bank_extra){.external_id = json_text(json_get(tree, "external")),
                                     .source = json_text(json_get(tree, "source")),
                                     .reason = json_text(json_get(tree, "reason"))};
    return ret_extra->external_id && ret_extra->source && ret_extra->reason ? ERR_NONE : ERR_STATE;
}

/* ---- notes ---- */

enum err bank_note_seal(const struct bank_desk *desk, int64_t bank_id, int64_t item_id, int64_t number, const char *part,
                        const char *text, struct bank_sealed *ret_sealed) {
    const struct bank_label label = {.part = part, .bank_id = bank_id, .id = item_id, .number = number};
    return bank_seal(desk->vault, desk->db, desk->arena, &label, text, strlen(text), ret_sealed);
}

enum err bank_note_open(const struct bank_desk *desk, int64_t bank_id, int64_t item_id, int64_t number, const char *part,
                        const struct db_row *row, int column, const char **ret_text) {
    const struct bank_label label = {.part = part, .bank_id = bank_id, .id = item_id, .number = number};
    size_t len = 0;
    if (db_is_null(row, column)) {
        *ret_text = NULL;
        return ERR_NONE;
    }
    struct bank_sealed sealed = bank_sealed_at(row, column, column + 1);
    return bank_unseal(desk->vault, desk->db, desk->arena, &label, &sealed, ret_text, &len);
}

/* ---- writing ---- */

static bool short_words(const char *const *list, size_t count, size_t max) {
    for (size_t i = 0; i < count; i++) {
        size_t len = text_utf8_len(list[i]);
        if (len < 1 || len > max || strpbrk(list[i], "\n\r\t"))
            return false;
    }
    return true;
}

bool bank_meta_valid(const struct bank_meta *meta) {
    size_t kind = strlen(meta->kind), subject = strlen(meta->subject);
    return kind >= 3 && kind <= 20 && strspn(meta->kind, "abcdefghijklmnopqrstuvwxyz") == kind && subject <= 60 &&
           strspn(meta->subject, "abcdefghijklmnopqrstuvwxyz0123456789-") == subject && bank_topic_valid(meta->topic) &&
           meta->level >= 0 && meta->level <= 4 && meta->facility >= -1 && meta->facility <= 1000 && meta->seconds >= 0 &&
           meta->seconds <= 86400 && meta->source_expires_day >= 0 && meta->source_expires_day < 200000 &&
           meta->tag_count <= BANK_TAGS_MAX && short_words(meta->tags, meta->tag_count, 40) &&
           meta->enemy_count <= BANK_ENEMIES_MAX && short_words(meta->enemies, meta->enemy_count, 40);
}

static void put_words(struct json_writer *writer, const char *key, const char *const *list, size_t count) {
    json_put_key(writer, key);
    json_open_array(writer);
    for (size_t i = 0; i < count; i++)
        json_put_text(writer, list[i]);
    json_close_array(writer);
}

static void put_meta(struct json_writer *writer, const struct bank_meta *meta) {
    json_member_text(writer, "kind", meta->kind);
    json_member_text(writer, "subject", meta->subject);
    json_member_text(writer, "topic", meta->topic);
    json_member_int(writer, "level", meta->level);
    json_put_key(writer, "facility");
    if (meta->facility < 0)
        json_put_null(writer);
    else
        json_put_int(writer, meta->facility);
    json_member_int(writer, "seconds", meta->seconds);
    json_put_key(writer, "expires");
    if (meta->source_expires_day <= 0)
        json_put_null(writer);
    else
        json_put_int(writer, meta->source_expires_day);
    put_words(writer, "tags", meta->tags, meta->tag_count);
    put_words(writer, "enemies", meta->enemies, meta->enemy_count);
}

enum err bank_text_fingerprint(const struct bank_desk *desk, int64_t bank_id, const struct bank_meta *meta,
                               const struct bank_text *text, uint8_t out[CRYPTO_SHA256_LEN]) {
    struct buf all CLEANUP(buf_release);
    struct json_writer writer;
    buf_init(&all, 4 * BANK_TEXT_MAX);
    json_writer_init(&writer, &all);
    json_open_object(&writer);
    put_meta(&writer, meta);
    json_member_text(&writer, "external", text->external_id ? text->external_id : "");
    json_member_text(&writer, "source", text->source ? text->source : "");
    json_close_object(&writer);
    buf_add(&all, text->content, text->content_len);
    buf_addc(&all, '\n');
    buf_add(&all, text->key, text->key_len);
    return all.failed ? ERR_LIMIT : bank_fingerprint(desk->vault, desk->db, bank_id, all.data, all.len, out);
}

static void put_bytes(struct json_writer *writer, struct arena *arena, const char *key, const uint8_t *bytes, size_t len) {
    char *hex = arena_alloc(arena, 2 * len + 3);
    json_put_key(writer, key);
    if (!hex) {
        writer->out->failed = true;
        return;
    }
    hex[0] = '\\';
    hex[1] = 'x';
    text_hex(bytes, len, hex + 2);
    json_put_text(writer, hex);
}

enum err bank_write_row(const struct bank_desk *desk, int64_t bank_id, const struct bank_write *write, struct buf *out,
                        int64_t *ret_generation) {
    const struct bank_text *text = write->text;
    const struct bank_label content = {.part = "content", .bank_id = bank_id, .id = write->item_id, .number = write->version};
    const struct bank_label key = {.part = "key", .bank_id = bank_id, .id = write->item_id, .number = write->version};
    const struct bank_extra extra = {.external_id = text->external_id, .source = text->source, .reason = write->reason};
    struct bank_sealed sealed_content, sealed_key, sealed_extra;
    struct json_writer writer;
    enum err err = bank_seal(desk->vault, desk->db, desk->arena, &content, text->content, text->content_len, &sealed_content);
    if (err == ERR_NONE)
        err = bank_seal(desk->vault, desk->db, desk->arena, &key, text->key, text->key_len, &sealed_key);
    if (err == ERR_NONE)
        err = bank_extra_seal(desk, bank_id, write->item_id, write->version, &extra, &sealed_extra);
    if (err != ERR_NONE)
        return err;
    if (sealed_key.generation != sealed_content.generation || sealed_extra.generation != sealed_content.generation)
        return ERR_DB_RETRY; /* a rotation came in between */
    json_writer_init(&writer, out);
    json_open_object(&writer);
    json_member_int(&writer, "item_id", write->item_id);
    json_member_int(&writer, "version", write->version);
    json_member_text(&writer, "code", write->code);
    if (write->external)
        put_bytes(&writer, desk->arena, "external", write->external, CRYPTO_SHA256_LEN);
    put_meta(&writer, write->meta);
    put_bytes(&writer, desk->arena, "fingerprint", write->fingerprint, CRYPTO_SHA256_LEN);
    put_bytes(&writer, desk->arena, "content", sealed_content.bytes, sealed_content.len);
    put_bytes(&writer, desk->arena, "extra", sealed_extra.bytes, sealed_extra.len);
    put_bytes(&writer, desk->arena, "key", sealed_key.bytes, sealed_key.len);
    json_close_object(&writer);
    *ret_generation = sealed_content.generation;
    return out->failed ? ERR_LIMIT : ERR_NONE;
}

/* ---- reading for forms ---- */

struct texts {
    struct db *db;
    struct bank_vault *vault;
    struct arena *arena;
    struct bank_version_text *list;
    size_t count, keys, wanted;
};

static enum err take_text(void *ctx, const struct db_row *row) {
    struct texts *texts = ctx;
    struct bank_version_text *text = &texts->list[texts->count++];
    *text = (struct bank_version_text){.item_id = db_int(row, 0),
                                       .version = db_int(row, 1),
                                       .bank_id = db_int(row, 2),
                                       .code = db_text(row, 3),
                                       .kind = db_text(row, 4),
                                       .topic = db_text(row, 5)};
    const struct bank_label label = {.part = "content", .bank_id = text->bank_id, .id = text->item_id, .number = text->version};
    struct bank_sealed sealed = bank_sealed_at(row, 6, 7);
    return bank_unseal(texts->vault, texts->db, texts->arena, &label, &sealed, &text->content, &text->content_len);
}

static enum err take_key(void *ctx, const struct db_row *row) {
    struct texts *texts = ctx;
    struct bank_version_text *text = &texts->list[texts->keys++];
    if (text->item_id != db_int(row, 0) || text->version != db_int(row, 1))
        return ERR_STATE;
    const struct bank_label label = {.part = "key", .bank_id = text->bank_id, .id = text->item_id, .number = text->version};
    struct bank_sealed sealed = bank_sealed_at(row, 2, 3);
    return bank_unseal(texts->vault, texts->db, texts->arena, &label, &sealed, &text->key, &text->key_len);
}

enum err bank_texts_read(struct db *db, struct bank_vault *vault, struct arena *arena, const int64_t *item_ids,
                         const int64_t *versions, size_t count, bool keys, struct bank_version_text *ret_texts) {
    struct texts texts = {.db = db, .vault = vault, .arena = arena, .list = ret_texts, .wanted = count};
    enum err err =
        db_many(db, arena, DB_BANK_TEXTS_OF, DB_PARAMS(P_INTS(item_ids, count), P_INTS(versions, count)), count, take_text, &texts);
    if (err == ERR_NONE && texts.count != count)
        err = ERR_STATE;
    if (err == ERR_NONE && keys)
        err = db_many(db, arena, DB_BANK_KEYS_OF, DB_PARAMS(P_INTS(item_ids, count), P_INTS(versions, count)), count, take_key, &texts);
    if (err == ERR_NONE && keys && texts.keys != count)
        err = ERR_STATE;
    return err;
}
