#include "khoacu/bank/bank_exchange.h"

#include "bank_private.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* An item's own meta data as the bank's columns; the texts are shared. `text`: source and external id. */
static void meta_of(const struct item *item, struct bank_meta *ret_meta, struct bank_text *ret_text) {
    const struct item_meta *meta = &item->meta;
    *ret_meta = (struct bank_meta){.kind = item_kind_key(item->kind),
                                   .subject = meta->subject ? meta->subject : "",
                                   .topic = meta->topic && *meta->topic ? meta->topic : BANK_EXCHANGE_TOPIC,
                                   .level = meta->level,
                                   .facility = meta->facility,
                                   .seconds = meta->seconds,
                                   .source_expires_day = meta->source_expires_day,
                                   .tags = meta->tags,
                                   .tag_count = meta->tag_count,
                                   .enemies = meta->enemies,
                                   .enemy_count = meta->enemy_count};
    ret_text->source = meta->source ? meta->source : "";
    ret_text->external_id = meta->external_id ? meta->external_id : "";
}

enum err bank_actor_find(struct db *db, struct arena *arena, const char *bank, int64_t *ret_staff_id) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_BANK_ACTOR, DB_PARAMS(P_TEXT(bank)), &row);
    *ret_staff_id = err == ERR_NONE ? db_int(row, 0) : 0;
    return err == ERR_DB_NO_ROW ? ERR_NONE : err;
}

/* ---- lines ---- */

void bank_exchange_put_line(struct json_writer *writer, const struct bank_exchange_line *line) {
    struct buf report CLEANUP(buf_release);
    struct json_writer inner;
    buf_init(&report, 1 << 20);
    json_writer_init(&inner, &report);
    exchange_put_report(&inner, line->found);
    if (report.failed || report.len < 2) {
        writer->out->failed = true;
        return;
    }
    report.len--; /* the closing brace: one more member follows */
    buf_addf(&report, ",\"stored\":%s%s%s}", line->stored ? "\"" : "", line->stored ? line->stored : "null", line->stored ? "\"" : "");
    json_put_raw(writer, report.failed ? "{}" : report.data);
}

/* What the bank says of an item that it does not take. */
static const struct {
    const char *vi, *en;
} REFUSALS[BANK_LOADED_COUNT] = {
    [BANK_LOADED_TAKEN] = {"Mã này đã thuộc một câu hỏi khác trong ngân hàng.", "Another item of the bank has this code."},
    [BANK_LOADED_RETIRED] = {"Câu hỏi này đã ngừng dùng trong ngân hàng; hãy khôi phục trước.", "The item is retired in the bank; restore it first."},
    [BANK_LOADED_FORBIDDEN] = {"Bạn không có quyền soạn câu hỏi ở chủ đề này.", "You have no author's right on this topic."},
    [BANK_LOADED_INVALID] = {"Mã, chủ đề, nhãn hoặc dung lượng không hợp lệ.", "Code, topic, tags or sizes are out of range."},
    [BANK_LOADED_FULL] = {"Ngân hàng đã đầy.", "The bank has as many items as it may have."}};

/* What a source has named so far. Items of one name that differ are different items: the second is known by its file as
 * well, the third by a number too. */
enum { NAMES = 262144, NAMES_KEPT = NAMES / 2 /* beyond, names are taken as they come */, NAMESAKES_MAX = 100 };
static_assert(NAMES_KEPT > 2 * BANK_ITEMS_MAX, "what a bank can take fits");
struct named {
    uint64_t name, says; /* hashes; 0 and 0: free */
};

struct importing {
    struct named *names;
    size_t name_count;
    const struct bank_desk *desk;
    const struct bank_exchange_import *asked;
    struct bank_load *load;
    struct bank_exchange_counts counts;
};

static enum err say(struct importing *importing, struct arena *arena, const struct exchange_item *found, const char *stored) {
    struct bank_exchange_line line = {.found = found, .stored = stored};
    enum exchange_outcome outcome = exchange_outcome(found);
    importing->counts.found++;
    importing->counts.imported += outcome == EXCHANGE_IMPORTED;
    importing->counts.changed += outcome == EXCHANGE_CHANGED;
    importing->counts.refused += outcome == EXCHANGE_REFUSED;
    return importing->asked->line ? importing->asked->line(importing->asked->ctx, arena, &line) : ERR_NONE;
}

static enum err refuse(struct importing *importing, struct arena *arena, const struct exchange_item *found, const char *code, const char *vi,
                       const char *en, const char *place, const char *stored) {
    struct exchange_item refused = *found;
    refused.item = NULL;
    refused.refusal = (struct exchange_note){.code = code, .message_vi = vi, .message_en = en, .place = place};
    return say(importing, arena, &refused, stored);
}

/* Faults that not even a draft may have: a reader should not have let them through. */
static const struct item_fault *gravest(struct arena *arena, const struct item *item) {
    struct item_faults *faults = ARENA_NEW(arena, struct item_faults);
    if (!faults)
        return NULL;
    (void)item_check(arena, item, faults);
    for (size_t i = 0; i < faults->count && i < ITEM_FAULTS_MAX; i++)
        if (!faults->list[i].open)
            return &faults->list[i];
    return NULL;
}

static const char *text_of(struct arena *arena, const struct item *item, bool key, size_t *ret_len) {
    struct buf out CLEANUP(buf_release);
    struct json_writer writer;
    buf_init(&out, BANK_TEXT_MAX);
    json_writer_init(&writer, &out);
    if (key)
        item_put_key(&writer, item);
    else
        item_put_content(&writer, item);
    *ret_len = out.len;
    return out.failed ? NULL : arena_strndup(arena, out.data, out.len);
}

/* What stands for an item that has neither an id of its own nor a code: what it says. */
static const char *own_id(struct arena *arena, const struct bank_text *text) {
    uint8_t content[CRYPTO_SHA256_LEN], key[CRYPTO_SHA256_LEN];
    char hex[2][2 * CRYPTO_SHA256_LEN + 1];
    crypto_sha256(text->content, text->content_len, content);
    crypto_sha256(text->key, text->key_len, key);
    text_hex(content, sizeof content, hex[0]);
    text_hex(key, sizeof key, hex[1]);
    return arena_printf(arena, "sha256:%.32s%.32s", hex[0], hex[1]);
}

static enum err take_media(struct arena *arena, const struct exchange_item *found, struct bank_load_item *item) {
    struct bank_media *media = ARENA_ARRAY(arena, found->media_count + 1, struct bank_media);
    if (!media)
        return ERR_MEMORY;
    for (size_t i = 0; i < found->media_count; i++)
        media[i] = (struct bank_media){.type = found->media[i].type, .bytes = found->media[i].bytes, .len = found->media[i].len};
    item->media = media;
    item->media_count = found->media_count;
    return ERR_NONE;
}

static bool brought(const struct exchange_item *found, const char *sha256) {
    for (size_t i = 0; i < found->media_count; i++)
        if (strcmp(found->media[i].sha256, sha256) == 0)
            return true;
    return false;
}

/* One more note on what was found, before the others, in a copy of them. */
static enum err add_note(struct arena *arena, struct exchange_item *found, const struct exchange_note *note) {
    struct exchange_note *notes = ARENA_ARRAY(arena, found->note_count + 1, struct exchange_note);
    if (!notes)
        return ERR_MEMORY;
    notes[0] = *note;
    for (size_t i = 0; i < found->note_count; i++)
        notes[i + 1] = found->notes[i];
    found->notes = notes;
    found->note_count++;
    return note->message_vi && note->message_en && note->place ? ERR_NONE : ERR_MEMORY;
}

/* Pictures and sounds that the item names and the source does not bring: another bank of the person's may have them. What
 * none has is said. */
static enum err resolve_media(struct importing *importing, struct arena *arena, struct exchange_item *found) {
    const char *const *names = NULL, *absent = NULL;
    size_t count = 0, open = 0;
    if (!item_media_names(arena, found->item, &names, &count))
        return ERR_MEMORY;
    const char **left = ARENA_ARRAY(arena, count + 1, const char *);
    if (!left)
        return ERR_MEMORY;
    for (size_t i = 0; i < count; i++)
        if (!brought(found, names[i]))
            left[open++] = names[i];
    enum err err = bank_load_adopt(importing->load, arena, left, open, &absent);
    if (err != ERR_NONE || !absent)
        return err;
    return add_note(arena, found,
                    &(struct exchange_note){.code = "media-absent",
                                            .message_vi = "Câu hỏi nhắc tới hình hoặc âm thanh mà tệp không kèm và ngân hàng không có; hãy thêm lại khi sửa câu hỏi.",
                                            .message_en = "The item names a picture or sound that neither the file nor the bank has; add it again when editing the item.",
                                            .place = arena_printf(arena, "media:%s", absent)});
}

/* What the bank did with an item that it was asked to take. `first`: the line of the one that a second one repeats. */
static enum err tell(struct importing *importing, struct arena *arena, struct exchange_item *found, enum bank_loaded loaded, size_t first) {
    const char *stored = bank_loaded_key(loaded);
    enum err err = ERR_NONE;
    if (loaded == BANK_LOADED_TWICE) {
        const char *vi = arena_printf(arena, "Câu ở dòng %zu của báo cáo này có cùng mã hoặc cùng nội dung nhưng không giống hẳn; giữ một câu, hoặc cho mã khác.", first);
        const char *en = arena_printf(arena, "The item of line %zu of this report has the same code or the same text and yet differs; keep one of them, or give another code.", first);
        return vi && en ? refuse(importing, arena, found, stored, vi, en, "", stored) : ERR_MEMORY;
    }
    if (bank_loaded_refused(loaded))
        return refuse(importing, arena, found, stored, REFUSALS[loaded].vi, REFUSALS[loaded].en, "", stored);
    if (loaded == BANK_LOADED_REPEATED)
        err = add_note(arena, found,
                       &(struct exchange_note){.code = stored,
                                               .message_vi = arena_printf(arena, "Câu này lặp lại y nguyên câu ở dòng %zu của báo cáo nên chỉ giữ một.", first),
                                               .message_en = arena_printf(arena, "The item repeats the one of line %zu of this report word for word, so it is kept once.", first),
                                               .place = ""});
    importing->counts.same += loaded == BANK_LOADED_UNCHANGED;
    importing->counts.renewed += loaded == BANK_LOADED_CHANGED;
    importing->counts.repeated += loaded == BANK_LOADED_REPEATED;
    return err == ERR_NONE ? say(importing, arena, found, stored) : err;
}

#define HASH_START UINT64_C(14695981039346656037)
static uint64_t hash_of(const char *text, size_t len, uint64_t hash) {
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)text[i]) * 1099511628211u;
    return hash | 1;
}

/* Whether the name is free or says the same; then it is taken. */
static bool take_name(struct importing *importing, const char *id, uint64_t says) {
    uint64_t name = hash_of(id, strlen(id), HASH_START);
    size_t at = name % NAMES;
    while (importing->names[at].name && importing->names[at].name != name)
        at = (at + 1) % NAMES;
    if (importing->names[at].name)
        return importing->names[at].says == says;
    if (importing->name_count < NAMES_KEPT) {
        importing->names[at] = (struct named){.name = name, .says = says};
        importing->name_count++;
    }
    return true;
}

/* The id by which the item is found again: its own, or, where another item of the source has it, with the file's name. */
static const char *distinct_id(struct importing *importing, struct arena *arena, const struct exchange_item *found, const struct bank_text *text) {
    uint64_t says = hash_of(text->key, text->key_len, hash_of(text->content, text->content_len, HASH_START));
    const char *slash = strrchr(found->path, '/'), *file = slash ? slash + 1 : found->path, *id = text->external_id;
    for (int n = 1; id && !take_name(importing, id, says) && n <= NAMESAKES_MAX; n++)
        id = n == 1 ? arena_printf(arena, "%s (%s)", text->external_id, file) : arena_printf(arena, "%s (%s, %d)", text->external_id, file, n);
    return id;
}

static enum err load_item(struct importing *importing, struct arena *arena, struct exchange_item *found) {
    const struct item_fault *fault = gravest(arena, found->item);
    struct bank_load_item item = {.code = found->item->meta.code};
    enum bank_loaded loaded;
    size_t first = 0;
    if (fault) {
        bank_load_refuse(importing->load);
        const char *vi = arena_printf(arena, "%s %s.", fault->path, item_fault_words(fault->rule, "vi"));
        const char *en = arena_printf(arena, "%s %s.", fault->path, item_fault_words(fault->rule, "en"));
        return vi && en ? refuse(importing, arena, found, fault->rule, vi, en, fault->path, NULL) : ERR_MEMORY;
    }
    meta_of(found->item, &item.meta, &item.text);
    if (importing->asked->topic && !(found->item->meta.topic && *found->item->meta.topic))
        item.meta.topic = importing->asked->topic;
    item.text.content = text_of(arena, found->item, false, &item.text.content_len);
    item.text.key = text_of(arena, found->item, true, &item.text.key_len);
    if (!item.text.content || !item.text.key) {
        bank_load_refuse(importing->load);
        return refuse(importing, arena, found, "too-large", "Câu hỏi dài quá mức cho phép.", "The item is longer than the bank takes.", "", NULL);
    }
    if (!*item.text.external_id && !(item.code && *item.code))
        item.text.external_id = own_id(arena, &item.text);
    else if (*item.text.external_id)
        item.text.external_id = distinct_id(importing, arena, found, &item.text);
    enum err err = item.text.external_id ? take_media(arena, found, &item) : ERR_MEMORY;
    if (err == ERR_NONE && (strstr(item.text.content, "media:") || strstr(item.text.key, "media:")))
        err = resolve_media(importing, arena, found);
    if (err == ERR_NONE)
        err = bank_load_add(importing->load, &item, &loaded, &first);
    return err == ERR_NONE ? tell(importing, arena, found, loaded, first) : err;
}

static enum err sink(void *ctx, struct arena *arena, const struct exchange_item *found) {
    struct importing *importing = ctx;
    struct exchange_item told = *found;
    if (found->item)
        return load_item(importing, arena, &told);
    bank_load_refuse(importing->load);
    return say(importing, arena, found, NULL);
}

static enum err produce(void *ctx, struct bank_load *load) {
    struct importing *importing = ctx;
    const struct bank_exchange_import *asked = importing->asked;
    enum err err = ERR_NONE;
    importing->load = load;
    memset(importing->names, 0, NAMES * sizeof *importing->names);
    importing->name_count = 0;
    importing->counts = (struct bank_exchange_counts){0};
    if (asked->again)
        asked->again(asked->ctx);
    if (asked->bytes)
        err = exchange_read(asked->format, asked->name, asked->bytes, asked->len, asked->options, sink, importing);
    for (size_t i = 0; i < asked->path_count && err == ERR_NONE; i++)
        err = exchange_read_path(asked->format, asked->paths[i], asked->options, sink, importing);
    return err == ERR_LIMIT ? ERR_NONE : err; /* a line says so */
}

enum err bank_exchange_import(const struct bank_desk *desk, const struct bank_exchange_import *import, enum bank_load_verdict *ret_verdict,
                              struct bank_exchange_counts *ret_counts) {
    struct importing importing = {.desk = desk, .asked = import};
    struct bank_load_request request = {.bank = import->bank,
                                        .make_bank = import->make_bank,
                                        .dry_run = import->dry_run,
                                        .mode = import->mode,
                                        .reason = import->reason ? import->reason : ""};
    struct bank_load_counts counts = {0};
    importing.names = malloc(NAMES * sizeof *importing.names);
    enum err err = importing.names ? bank_load_run(desk, &request, produce, &importing, ret_verdict, &counts) : ERR_MEMORY;
    free(importing.names);
    if (err != ERR_NONE)
        return err;
    *ret_counts = importing.counts;
    ret_counts->applied = counts.applied;
    return ERR_NONE;
}
