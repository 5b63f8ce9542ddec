#include "khoacu/bank/bank_exchange.h"

#include "khoacu/base/cleanup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

struct exporting {
    const struct bank_desk *desk;
    const struct bank_export_request *request;
    struct exchange_writer *writer;
    struct bank_export_counts counts;
};

/* The bank's columns as an item's own meta data; the texts are shared. `text`: source and external id. */
static void meta_back(const struct bank_item *from, const struct bank_text *text, struct item *to) {
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

/* ---- lines ---- */

void bank_export_put_line(struct json_writer *writer, const struct bank_export_line *line) {
    static const char *const KEYS[] = {
#define X(name, key) [BANK_EXPORTED_##name] = (key),
        BANK_EXPORTED_TABLE(X)
#undef X
    };
    const struct exchange_note *note = line->note;
    json_open_object(writer);
    json_member_text(writer, "item", line->item);
    json_member_text(writer, "outcome", KEYS[line->outcome]);
    json_member_text(writer, "code", note ? note->code : NULL);
    json_member_text(writer, "message_vi", note ? note->message_vi : NULL);
    json_member_text(writer, "message_en", note ? note->message_en : NULL);
    json_member_text(writer, "place", note ? note->place : NULL);
    json_close_object(writer);
}

static enum err say(struct exporting *exporting, const char *code, enum bank_exported outcome, const struct exchange_note *note) {
    const struct bank_export_request *request = exporting->request;
    const struct bank_export_line line = {.item = code, .outcome = outcome, .note = note};
    exporting->counts.found++;
    exporting->counts.exported += outcome == BANK_EXPORTED_WHOLE;
    exporting->counts.changed += outcome == BANK_EXPORTED_CHANGED;
    exporting->counts.left_out += outcome == BANK_EXPORTED_LEFT_OUT;
    exporting->counts.refused += outcome == BANK_EXPORTED_REFUSED;
    enum err err = request->line ? request->line(request->ctx, &line) : ERR_NONE;
    struct exchange_progress progress = {.done = exporting->counts.found};
    bool watched = request->options && request->options->progress;
    return err == ERR_NONE && watched && !request->options->progress(request->options->progress_ctx, &progress) ? ERR_STATE : err;
}

/* ---- items ---- */

/* *ret_absent: what the bank has not itself; the export names it as the item does. */
static enum err gather_media(const struct exporting *exporting, struct arena *arena, int64_t bank_id, const struct item *item,
                             struct item_media **ret_media, size_t *ret_count, const char **ret_absent) {
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
        if (err == ERR_NONE && !one.bytes)
            *ret_absent = names[i];
        else if (err == ERR_NONE)
            media[found++] = (struct item_media){.sha256 = names[i], .type = one.type, .name = "", .bytes = one.bytes, .len = one.len};
    }
    *ret_media = media;
    *ret_count = found;
    return err;
}

/* What is said of an item that was written: a picture first, then what other programs see. */
static const struct exchange_note *note_of(const struct exporting *exporting, struct arena *arena, const struct item *item, size_t media_count,
                                           const char *absent, enum err *ret_err) {
    enum exchange_format format = exporting->request->format;
    bool carried = format == EXCHANGE_QTI21 || format == EXCHANGE_QTI30;
    if (!absent && (carried || media_count == 0))
        return exchange_written_note(format, item);
    struct exchange_note *note = ARENA_NEW(arena, struct exchange_note);
    if (!note) {
        *ret_err = ERR_MEMORY;
        return NULL;
    }
    if (absent)
        *note = (struct exchange_note){"media-absent", "Câu hỏi nhắc tới hình hoặc âm thanh mà ngân hàng không có.",
                                       "The item names a picture or sound that the bank does not have.", arena_printf(arena, "media:%s", absent)};
    else
        *note = (struct exchange_note){"media-named", "Định dạng này không chứa hình và âm thanh: tệp chỉ ghi tên. Hãy xuất QTI để kèm cả tệp hình.",
                                       "The format holds no pictures and sounds: the file only names them. Export QTI to take them along.", ""};
    if (!note->place)
        *ret_err = ERR_MEMORY;
    return note;
}

static enum err write_entry(void *ctx, struct arena *arena, const struct bank_entry *entry) {
    static const struct exchange_note RETIRED = {"retired", "Câu đã ngừng dùng nên không xuất.", "The item is retired and therefore left out.", ""};
    static const struct exchange_note LARGE = {"too-large", "Câu dài hơn mức định dạng này chứa được; hãy xuất QTI.",
                                               "The item is longer than the format holds; export QTI.", ""};
    struct exporting *exporting = ctx;
    const struct json *content = NULL, *key = NULL;
    struct item_faults faults = {0};
    struct item_media *media = NULL;
    size_t media_count = 0;
    const char *absent = NULL, *code = entry->item.code;
    struct item *item = ARENA_NEW(arena, struct item);
    if (entry->item.state == BANK_RETIRED)
        return say(exporting, code, BANK_EXPORTED_LEFT_OUT, &RETIRED);
    enum err err = item ? json_read(arena, entry->text.content, entry->text.content_len, &content, NULL) : ERR_MEMORY;
    if (err == ERR_NONE)
        err = json_read(arena, entry->text.key, entry->text.key_len, &key, NULL);
    if (err != ERR_NONE)
        return err;
    (void)item_read(arena, content, key, NULL, item, &faults);
    meta_back(&entry->item, &entry->text, item);
    err = gather_media(exporting, arena, entry->item.bank_id, item, &media, &media_count, &absent);
    if (err == ERR_NONE)
        err = exchange_writer_add(exporting->writer, item, media, media_count);
    enum exchange_format format = exporting->request->format;
    if (err == ERR_LIMIT && format != EXCHANGE_QTI21 && format != EXCHANGE_QTI30)
        return say(exporting, code, BANK_EXPORTED_REFUSED, &LARGE);
    if (err != ERR_NONE)
        return err;
    const struct exchange_note *note = note_of(exporting, arena, item, media_count, absent, &err);
    return err == ERR_NONE ? say(exporting, code, note ? BANK_EXPORTED_CHANGED : BANK_EXPORTED_WHOLE, note) : err;
}

static enum err write_bank(struct exporting *exporting, const char *path, enum bank_verdict *ret_verdict) {
    const struct bank_export_request *request = exporting->request;
    enum err err = exchange_writer_new(request->format, path, request->options, &exporting->writer);
    if (err == ERR_NONE)
        err = bank_export(exporting->desk, request->bank, request->dry_run, write_entry, exporting, ret_verdict);
    if (err == ERR_NONE && *ret_verdict == BANK_DONE)
        err = exchange_writer_close(exporting->writer);
    exchange_writer_free(exporting->writer);
    return err;
}

/* A file of that name stays as it is until the whole bank stands in a new one beside it, which nobody else may read. */
enum err bank_exchange_export(const struct bank_desk *desk, const struct bank_export_request *request, enum bank_verdict *ret_verdict,
                              struct bank_export_counts *ret_counts) {
    struct exporting exporting = {.desk = desk, .request = request};
    char *beside CLEANUP(cleanup_free) = NULL;
    *ret_counts = exporting.counts;
    *ret_verdict = BANK_UNKNOWN;
    if (asprintf(&beside, "%s.XXXXXX", request->path) < 0) {
        beside = NULL;
        return ERR_MEMORY;
    }
    int fd = mkstemp(beside);
    if (fd < 0)
        return ERR_IO;
    (void)close(fd);
    enum err err = write_bank(&exporting, beside, ret_verdict);
    bool keep = err == ERR_NONE && *ret_verdict == BANK_DONE && !request->dry_run && (request->valid_only || exporting.counts.refused == 0);
    if (keep && rename(beside, request->path) != 0)
        err = ERR_IO;
    exporting.counts.written = keep && err == ERR_NONE;
    if (!exporting.counts.written)
        (void)unlink(beside);
    *ret_counts = exporting.counts;
    return err;
}
