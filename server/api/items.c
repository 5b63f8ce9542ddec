#include "items.h"

#include "cycles.h"

#include "khoacu/base/buf.h"
#include "khoacu/base/text.h"
#include "khoacu/doc/import.h"
#include "khoacu/doc/markup.h"
#include "khoacu/item/item.h"

#include <string.h>

#include "khoacu/base/banned.h"

enum { TAG_MAX = 40, SOURCE_MAX = 1000, SECONDS_MAX = 86400 };

void api_put_meta(struct json_writer *writer, const struct bank_meta *meta, const char *source) {
    json_open_object(writer);
    json_member_text(writer, "subject", meta->subject);
    json_member_text(writer, "topic", meta->topic);
    json_member_int(writer, "level", meta->level);
    json_put_key(writer, "facility");
    if (meta->facility < 0)
        json_put_null(writer);
    else
        json_put_int(writer, meta->facility);
    json_member_int(writer, "seconds", meta->seconds);
    json_member_text(writer, "source", source);
    api_put_day(writer, "source_expires_on", meta->source_expires_day);
    api_put_texts(writer, "tags", meta->tags, meta->tag_count);
    api_put_texts(writer, "enemies", meta->enemies, meta->enemy_count);
    json_close_object(writer);
}

/* ---- meta data ---- */

struct meta {
    const char *subject, *topic, *source, *source_expires_on;
    int64_t level, facility, seconds;
    const struct json *tags, *enemies;
};
static const struct json_field META_FIELDS[] = {
    JSON_FIELD(struct meta, subject, JSON_STRING, false, 0, 60),
    JSON_FIELD(struct meta, topic, JSON_STRING, true, 2, 120),
    JSON_FIELD(struct meta, level, JSON_INT, false, 0, 4),
    JSON_FIELD(struct meta, facility, JSON_INT, false, 0, 1000),
    JSON_FIELD(struct meta, seconds, JSON_INT, false, 0, SECONDS_MAX),
    JSON_FIELD(struct meta, source, JSON_STRING, false, 0, SOURCE_MAX),
    JSON_FIELD(struct meta, source_expires_on, JSON_STRING, false, 0, 10),
    JSON_FIELD(struct meta, tags, JSON_ARRAY, false, 0, BANK_TAGS_MAX),
    JSON_FIELD(struct meta, enemies, JSON_ARRAY, false, 0, BANK_ENEMIES_MAX),
    {0},
};

static bool tag_valid(const char *text) {
    return text[0] && text_utf8_len(text) <= TAG_MAX && import_one_line(text);
}

static const char *const *read_texts(struct arena *arena, const struct json *list, const char *name, bool (*valid)(const char *),
                                     struct json_misfits *misfits) {
    size_t count = json_count(list);
    const char **texts = ARENA_ARRAY(arena, count, const char *);
    for (size_t i = 0; texts && i < count; i++) {
        texts[i] = json_text(json_at(list, i));
        if (!texts[i] || !valid(texts[i]))
            json_misfit_add(arena, misfits, arena_printf(arena, "%s[%zu]", name, i), texts[i] ? "form" : "kind", 0, 0);
        for (size_t k = 0; texts[i] && k < i; k++)
            if (texts[k] && strcmp(texts[k], texts[i]) == 0)
                json_misfit_add(arena, misfits, arena_printf(arena, "%s[%zu]", name, i), "unique", 0, 0);
    }
    return texts;
}

static bool subject_valid(const char *subject) {
    return strspn(subject, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(subject);
}

static void read_meta(struct arena *arena, const struct json *value, struct json_misfits *misfits, struct api_item *item) {
    struct meta meta = {.subject = "", .topic = "", .source = "", .source_expires_on = "", .facility = -1};
    misfits->prefix = "meta";
    if (!json_fit(arena, value, META_FIELDS, &meta, misfits))
        return;
    item->meta.subject = meta.subject;
    item->meta.topic = meta.topic;
    item->meta.level = meta.level;
    item->meta.facility = meta.facility;
    item->meta.seconds = meta.seconds;
    item->meta.tags = read_texts(arena, meta.tags, "tags", tag_valid, misfits);
    item->meta.tag_count = json_count(meta.tags);
    item->meta.enemies = read_texts(arena, meta.enemies, "enemies", cycle_code_valid, misfits);
    item->meta.enemy_count = json_count(meta.enemies);
    item->text.source = meta.source;
    if (!bank_topic_valid(meta.topic))
        json_misfit_add(arena, misfits, "topic", "form", 0, 0);
    if (!subject_valid(meta.subject))
        json_misfit_add(arena, misfits, "subject", "form", 0, 0);
    if (meta.source_expires_on[0] && !api_read_day(meta.source_expires_on, &item->meta.source_expires_day))
        json_misfit_add(arena, misfits, "source_expires_on", "date", 0, 0);
}

/* ---- content and key ---- */

struct noting {
    struct arena *arena;
    struct api_item_notes *notes;
};

static void note_change(void *ctx, const char *path, const struct markup_note *note) {
    struct noting *noting = ctx;
    struct api_item_notes *notes = noting->notes;
    if (!notes->list)
        notes->list = ARENA_ARRAY(noting->arena, API_ITEM_NOTES_MAX, struct api_item_note);
    if (notes->list && notes->count < API_ITEM_NOTES_MAX)
        notes->list[notes->count++] =
            (struct api_item_note){.path = arena_strdup(noting->arena, path), .code = note->code, .detail = note->detail};
}

bool api_read_document(struct arena *arena, const struct json *content, const struct json *key, struct item *ret_item,
                       struct item_faults *ret_faults, struct api_item_notes *ret_notes) {
    struct noting noting = {.arena = arena, .notes = ret_notes};
    *ret_faults = (struct item_faults){0};
    *ret_notes = (struct api_item_notes){0};
    bool shaped = item_read(arena, content, key, NULL, ret_item, ret_faults);
    if (!item_clean(arena, ret_item, note_change, &noting))
        return false;
    for (size_t i = 0; i < ret_notes->count; i++)
        if (strncmp(ret_notes->list[i].code, "formula", strlen("formula")) == 0)
            item_fault_add(arena, ret_faults, ITEM_FAULT_FORMULA, ret_notes->list[i].detail, "%s", ret_notes->list[i].path);
    if (shaped)
        (void)item_check(arena, ret_item, ret_faults);
    return !arena->failed;
}

const char *api_item_text(struct arena *arena, const struct item *item, bool key, size_t *ret_len) {
    struct buf out;
    struct json_writer writer;
    buf_init(&out, BANK_TEXT_MAX);
    json_writer_init(&writer, &out);
    if (key)
        item_put_key(&writer, item);
    else
        item_put_content(&writer, item);
    *ret_len = out.len;
    const char *text = out.failed ? NULL : arena_strndup(arena, out.data, out.len);
    buf_release(&out);
    return text;
}

bool api_read_item(struct arena *arena, const struct json *content, const struct json *key, const struct json *meta,
                   struct json_misfits *misfits, struct api_item *ret_item) {
    struct item *item = ARENA_NEW(arena, struct item);
    struct item_faults faults;
    struct api_item_notes notes;
    *ret_item = (struct api_item){.text = {.source = "", .external_id = ""}};
    read_meta(arena, meta, misfits, ret_item);
    misfits->prefix = NULL;
    if (!item || !api_read_document(arena, content, key, item, &faults, &notes)) {
        json_misfit_add(arena, misfits, "content", "length", 1, BANK_TEXT_MAX);
        return false;
    }
    for (size_t i = 0; i < faults.count && i < ITEM_FAULTS_MAX; i++)
        if (!faults.list[i].open)
            json_misfit_add(arena, misfits, arena_printf(arena, "item.%s", faults.list[i].path), faults.list[i].rule, 0, 0);
    ret_item->meta.kind = item_kind_key(item->kind);
    if (!item_media_names(arena, item, &ret_item->text.media, &ret_item->text.media_count))
        json_misfit_add(arena, misfits, "content", "length", 1, BANK_TEXT_MAX);
    ret_item->text.content = api_item_text(arena, item, false, &ret_item->text.content_len);
    ret_item->text.key = api_item_text(arena, item, true, &ret_item->text.key_len);
    if (!ret_item->text.content || !ret_item->text.key || ret_item->text.content_len + ret_item->text.key_len > BANK_TEXT_MAX)
        json_misfit_add(arena, misfits, "content", "length", 1, BANK_TEXT_MAX);
    return misfits->count == 0;
}
