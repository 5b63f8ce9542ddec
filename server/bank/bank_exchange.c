#include "khoacu/bank/bank_exchange.h"

#include "bank_private.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"

#include <stdio.h>
#include <stdlib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

void bank_exchange_meta(const struct item *item, struct bank_meta *ret_meta, struct bank_text *ret_text) {
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

void bank_exchange_meta_back(const struct bank_item *from, const struct bank_text *text, struct item *to) {
    const struct bank_meta *meta = &from->meta;
    to->meta = (struct item_meta){.code = from->code,
                                  .subject = *meta->subject ? meta->subject : NULL,
                                  .topic = *meta->topic ? meta->topic : NULL,
                                  .level = meta->level,
                                  .facility = meta->facility,
                                  .seconds = meta->seconds,
                                  .source = *text->source ? text->source : NULL,
                                  .source_expires_day = meta->source_expires_day,
                                  .tags = meta->tags,
                                  .tag_count = meta->tag_count,
                                  .enemies = meta->enemies,
                                  .enemy_count = meta->enemy_count,
                                  .external_id = *text->external_id ? text->external_id : NULL};
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
    [BANK_LOADED_TWICE] = {"Câu hỏi này đã có trước đó trong cùng nguồn.", "The same item came before in this source."},
    [BANK_LOADED_TAKEN] = {"Mã này đã thuộc một câu hỏi khác trong ngân hàng.", "Another item of the bank has this code."},
    [BANK_LOADED_RETIRED] = {"Câu hỏi này đã ngừng dùng trong ngân hàng; hãy khôi phục trước.", "The item is retired in the bank; restore it first."},
    [BANK_LOADED_FORBIDDEN] = {"Bạn không có quyền soạn câu hỏi ở chủ đề này.", "You have no author's right on this topic."},
    [BANK_LOADED_INVALID] = {"Mã, chủ đề, nhãn hoặc dung lượng không hợp lệ.", "Code, topic, tags or sizes are out of range."},
    [BANK_LOADED_FULL] = {"Ngân hàng đã đầy.", "The bank has as many items as it may have."}};

/* What a source has named so far. Two items of one name in different files are two items: the second is known by its
 * file as well. */
enum { NAMES = 262144 /* more than twice EXCHANGE_ITEMS_MAX */ };
struct named {
    uint64_t name, says; /* hashes; 0 and 0: free */
};

struct importing {
    struct named *names;
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

static uint64_t hash_of(const char *text, size_t len, uint64_t hash) {
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)text[i]) * 1099511628211u;
    return hash | 1;
}

/* The id by which the item is found again: its own, or, where another item of the source has it, with the file's name. */
static const char *distinct_id(struct importing *importing, struct arena *arena, const struct exchange_item *found, const struct bank_text *text) {
    uint64_t name = hash_of(text->external_id, strlen(text->external_id), 14695981039346656037u);
    uint64_t says = hash_of(text->key, text->key_len, hash_of(text->content, text->content_len, 14695981039346656037u));
    size_t at = name % NAMES;
    while (importing->names[at].name && importing->names[at].name != name)
        at = (at + 1) % NAMES;
    if (importing->names[at].name && importing->names[at].says != says) {
        const char *slash = strrchr(found->path, '/');
        return arena_printf(arena, "%s (%s)", text->external_id, slash ? slash + 1 : found->path);
    }
    importing->names[at] = (struct named){.name = name, .says = says};
    return text->external_id;
}

static enum err load_item(struct importing *importing, struct arena *arena, const struct exchange_item *found) {
    const struct item_fault *fault = gravest(arena, found->item);
    struct bank_load_item item = {.code = found->item->meta.code};
    enum bank_loaded loaded;
    if (fault) {
        bank_load_refuse(importing->load);
        const char *vi = arena_printf(arena, "%s %s.", fault->path, item_fault_words(fault->rule, "vi"));
        const char *en = arena_printf(arena, "%s %s.", fault->path, item_fault_words(fault->rule, "en"));
        return vi && en ? refuse(importing, arena, found, fault->rule, vi, en, fault->path, NULL) : ERR_MEMORY;
    }
    bank_exchange_meta(found->item, &item.meta, &item.text);
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
    if (err == ERR_NONE)
        err = bank_load_add(importing->load, &item, &loaded);
    if (err != ERR_NONE)
        return err;
    const char *stored = bank_loaded_key(loaded);
    if (bank_loaded_refused(loaded))
        return refuse(importing, arena, found, stored, REFUSALS[loaded].vi, REFUSALS[loaded].en, "", stored);
    importing->counts.same += loaded == BANK_LOADED_UNCHANGED;
    importing->counts.renewed += loaded == BANK_LOADED_CHANGED;
    return say(importing, arena, found, stored);
}

static enum err sink(void *ctx, struct arena *arena, const struct exchange_item *found) {
    struct importing *importing = ctx;
    if (found->item)
        return load_item(importing, arena, found);
    bank_load_refuse(importing->load);
    return say(importing, arena, found, NULL);
}

static enum err produce(void *ctx, struct bank_load *load) {
    struct importing *importing = ctx;
    const struct bank_exchange_import *asked = importing->asked;
    enum err err = ERR_NONE;
    importing->load = load;
    memset(importing->names, 0, NAMES * sizeof *importing->names);
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

/* ---- export ---- */

struct exporting {
    const struct bank_desk *desk;
    struct exchange_writer *writer;
    const struct exchange_options *options; /* may be NULL */
    size_t count;
};

static enum err gather_media(const struct exporting *exporting, struct arena *arena, int64_t bank_id, const struct item *item,
                             struct item_media **ret_media, size_t *ret_count) {
    const char *const *names = NULL;
    size_t count = 0;
    if (!item_media_names(arena, item, &names, &count))
        return ERR_MEMORY;
    struct item_media *media = ARENA_ARRAY(arena, count + 1, struct item_media);
    size_t found = 0;
    enum err err = media ? ERR_NONE : ERR_MEMORY;
    for (size_t i = 0; i < count && err == ERR_NONE; i++) {
        struct bank_media one = {0};
        err = bank_media_of(exporting->desk->db, exporting->desk->vault, arena, bank_id, names[i], &one);
        if (err == ERR_DB_NO_ROW) { /* the file names what the bank has not: so does the export */
            err = ERR_NONE;
            continue;
        }
        if (err == ERR_NONE)
            media[found++] = (struct item_media){.sha256 = names[i], .type = one.type, .name = "", .bytes = one.bytes, .len = one.len};
    }
    *ret_media = media;
    *ret_count = found;
    return err;
}

static enum err write_entry(void *ctx, struct arena *arena, const struct bank_entry *entry) {
    struct exporting *exporting = ctx;
    const struct json *content = NULL, *key = NULL;
    struct item_faults faults = {0};
    struct item_media *media = NULL;
    size_t media_count = 0;
    struct item *item = ARENA_NEW(arena, struct item);
    if (entry->item.state == BANK_RETIRED)
        return ERR_NONE;
    enum err err = item ? json_read(arena, entry->text.content, entry->text.content_len, &content, NULL) : ERR_MEMORY;
    if (err == ERR_NONE)
        err = json_read(arena, entry->text.key, entry->text.key_len, &key, NULL);
    if (err != ERR_NONE)
        return err;
    (void)item_read(arena, content, key, NULL, item, &faults);
    bank_exchange_meta_back(&entry->item, &entry->text, item);
    err = gather_media(exporting, arena, entry->item.bank_id, item, &media, &media_count);
    if (err == ERR_NONE)
        err = exchange_writer_add(exporting->writer, item, media, media_count);
    if (err != ERR_NONE)
        return err;
    struct exchange_progress progress = {.done = ++exporting->count};
    bool on = !exporting->options || !exporting->options->progress || exporting->options->progress(exporting->options->progress_ctx, &progress);
    return on ? ERR_NONE : ERR_STATE;
}

static enum err write_bank(struct exporting *exporting, const char *bank, enum exchange_format format, const char *path,
                           enum bank_verdict *ret_verdict) {
    enum err err = exchange_writer_new(format, path, exporting->options, &exporting->writer);
    if (err == ERR_NONE)
        err = bank_export(exporting->desk, bank, write_entry, exporting, ret_verdict);
    if (err == ERR_NONE && *ret_verdict == BANK_DONE)
        err = exchange_writer_close(exporting->writer);
    exchange_writer_free(exporting->writer);
    return err;
}

/* A file of that name stays as it is until the whole bank stands in a new one beside it, which nobody else may read. */
enum err bank_exchange_export(const struct bank_desk *desk, const char *bank, enum exchange_format format, const char *path,
                              const struct exchange_options *options, enum bank_verdict *ret_verdict, size_t *ret_count) {
    struct exporting exporting = {.desk = desk, .options = options};
    char *beside CLEANUP(cleanup_free) = NULL;
    *ret_count = 0;
    *ret_verdict = BANK_UNKNOWN;
    if (asprintf(&beside, "%s.XXXXXX", path) < 0) {
        beside = NULL;
        return ERR_MEMORY;
    }
    int fd = mkstemp(beside);
    if (fd < 0)
        return ERR_IO;
    (void)close(fd);
    enum err err = write_bank(&exporting, bank, format, beside, ret_verdict);
    if (err == ERR_NONE && *ret_verdict == BANK_DONE && rename(beside, path) != 0)
        err = ERR_IO;
    if (err != ERR_NONE || *ret_verdict != BANK_DONE)
        (void)unlink(beside);
    *ret_count = exporting.count;
    return err;
}
