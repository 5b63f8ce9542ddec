#include "khoacu/exchange/exchange.h"

#include "exchange_private.h"

#include <string.h>

#include "khoacu/base/banned.h"

static const struct {
    const char *key, *suffix, *type;
    bool writable;
} FORMATS[EXCHANGE_FORMAT_COUNT] = {
    {.key = "auto", .suffix = "", .type = "application/octet-stream"},
#define X(name, key_, suffix_, type_, writable_) {.key = key_, .suffix = suffix_, .type = type_, .writable = writable_},
    EXCHANGE_FORMAT_TABLE(X)
#undef X
};

const char *exchange_format_key(enum exchange_format format) {
    return FORMATS[format].key;
}

const char *exchange_format_suffix(enum exchange_format format) {
    return FORMATS[format].suffix;
}

const char *exchange_format_type(enum exchange_format format) {
    return FORMATS[format].type;
}

bool exchange_format_writable(enum exchange_format format) {
    return FORMATS[format].writable;
}

bool exchange_format_find(const char *key, enum exchange_format *ret_format) {
    for (enum exchange_format format = 0; format < EXCHANGE_FORMAT_COUNT; format++)
        if (strcmp(FORMATS[format].key, key) == 0) {
            *ret_format = format;
            return true;
        }
    return false;
}

/* ---- reports ---- */

enum exchange_outcome exchange_outcome(const struct exchange_item *item) {
    return !item->item ? EXCHANGE_REFUSED : item->note_count ? EXCHANGE_CHANGED : EXCHANGE_IMPORTED;
}

static const char *outcome_key(enum exchange_outcome outcome) {
    static const char *const KEYS[] = {"imported", "changed", "refused"};
    return KEYS[outcome];
}

static void put_note(struct json_writer *writer, const struct exchange_note *note) {
    json_member_text(writer, "code", note ? note->code : NULL);
    json_member_text(writer, "message_vi", note ? note->message_vi : NULL);
    json_member_text(writer, "message_en", note ? note->message_en : NULL);
    json_member_text(writer, "place", note ? note->place : NULL);
}

void exchange_put_report(struct json_writer *writer, const struct exchange_item *item) {
    enum exchange_outcome outcome = exchange_outcome(item);
    json_open_object(writer);
    json_member_text(writer, "path", item->path);
    json_member_text(writer, "item", item->name);
    json_member_text(writer, "format", exchange_format_key(item->format));
    json_member_text(writer, "outcome", outcome_key(outcome));
    put_note(writer, outcome == EXCHANGE_REFUSED ? &item->refusal : item->note_count ? &item->notes[0] : NULL);
    json_put_key(writer, "notes");
    json_open_array(writer);
    for (size_t i = 0; i < item->note_count; i++) {
        json_open_object(writer);
        put_note(writer, &item->notes[i]);
        json_close_object(writer);
    }
    json_close_array(writer);
    json_close_object(writer);
}

/* ---- one reading ---- */

void exchange_reading_init(struct exchange_reading *reading, enum exchange_format format, const char *path,
                           const struct exchange_options *options, exchange_sink_fn *sink, void *ctx,
                           struct arena *arena) {
    *reading = (struct exchange_reading){
        .format = format, .path = path, .options = options, .sink = sink, .ctx = ctx, .arena = arena};
}

void exchange_note(struct exchange_reading *reading, const char *code, const char *message_vi, const char *message_en,
                   const char *place) {
    if (reading->note_count == EXCHANGE_NOTES_MAX)
        return;
    if (reading->note_count == EXCHANGE_NOTES_MAX - 1) {
        code = "more-notes";
        message_vi = "Còn nhiều thay đổi khác không liệt kê ở đây.";
        message_en = "There are more changes than are listed here.";
        place = "";
    }
    reading->notes[reading->note_count++] =
        (struct exchange_note){.code = code, .message_vi = message_vi, .message_en = message_en, .place = place};
}

const char *exchange_line(struct arena *arena, size_t line) {
    const char *place = arena_printf(arena, "line %zu", line);
    return place ? place : "";
}

static enum err hand_over(struct exchange_reading *reading, struct exchange_item *item) {
    item->format = reading->format;
    item->path = reading->path;
    item->notes = reading->notes;
    item->note_count = reading->note_count;
    enum err err = reading->arena->failed ? ERR_MEMORY : reading->sink(reading->ctx, reading->arena, item);
    reading->stopped |= err != ERR_NONE;
    reading->note_count = 0;
    arena_reset(reading->arena);
    return err;
}

/* One more item than may be is said of the file, once, and ends the reading. */
static bool too_many(struct exchange_reading *reading, enum err *ret_err) {
    if (reading->found < EXCHANGE_ITEMS_MAX)
        return false;
    enum err err = exchange_refuse_file(reading, "too-many-items", "Tệp có hơn 100.000 câu hỏi; phần còn lại không được đọc.",
                                        "The file has more than 100,000 items; the rest was not read.", "");
    reading->stopped = true;
    *ret_err = err == ERR_NONE ? ERR_LIMIT : err;
    return true;
}

static const char *name_or_number(struct exchange_reading *reading, const char *name) {
    reading->found++;
    return name && name[0] ? name : arena_printf(reading->arena, "#%zu", reading->found);
}

enum err exchange_give(struct exchange_reading *reading, const char *name, const struct item *item,
                       const struct item_media *media, size_t media_count) {
    struct exchange_item given = {.item = item, .media = media, .media_count = media_count};
    enum err err;
    if (too_many(reading, &err))
        return err;
    given.name = name_or_number(reading, name);
    return hand_over(reading, &given);
}

static const char OVER_VI[] = "Câu hỏi chiếm quá nhiều bộ nhớ.", OVER_EN[] = "The item takes too much memory.";

enum err exchange_refuse(struct exchange_reading *reading, const char *name, const char *code, const char *message_vi,
                         const char *message_en, const char *place) {
    enum err err;
    if (too_many(reading, &err))
        return err;
    struct exchange_item given = {
        .name = name_or_number(reading, name),
        .refusal = {.code = code, .message_vi = message_vi, .message_en = message_en, .place = place}};
    if (reading->arena->failed) {
        arena_reset(reading->arena);
        given.name = arena_printf(reading->arena, "#%zu", reading->found);
        given.refusal = (struct exchange_note){"too-large", OVER_VI, OVER_EN, ""};
    }
    reading->note_count = 0;
    return hand_over(reading, &given);
}

enum err exchange_refuse_file(struct exchange_reading *reading, const char *code, const char *message_vi,
                              const char *message_en, const char *place) {
    struct exchange_item given = {
        .refusal = {.code = code, .message_vi = message_vi, .message_en = message_en, .place = place}};
    reading->note_count = 0;
    reading->refused = true;
    return hand_over(reading, &given);
}

bool exchange_progress(struct exchange_reading *reading, size_t done, size_t total) {
    const struct exchange_options *options = reading->options;
    struct exchange_progress progress = {.done = done, .total = total};
    return !options->progress || options->progress(options->progress_ctx, &progress);
}

static enum err read_found(struct exchange_reading *reading, const struct charset_text *text,
                           exchange_read_text_fn *read) {
    enum err err = read(reading, text);
    if (err != ERR_NONE || reading->found || reading->refused)
        return err;
    return exchange_refuse_file(reading, "file-empty", "Không tìm thấy câu hỏi nào trong tệp.",
                                "No item stands in the file.", "");
}

enum err exchange_read_text(enum exchange_format format, const char *path, const char *bytes, size_t len,
                            const struct exchange_options *options, exchange_sink_fn *sink, void *ctx,
                            exchange_read_text_fn *read) {
    struct arena arena;
    struct exchange_reading reading;
    struct charset_text text = {0};
    arena_init(&arena, EXCHANGE_ITEM_BYTES_MAX);
    exchange_reading_init(&reading, format, path, options, sink, ctx, &arena);
    enum err err = charset_decode(bytes, len, &text);
    if (err == ERR_SYNTAX)
        err = exchange_refuse_file(&reading, "file-not-text", "Tệp không phải văn bản đọc được.",
                                   "The file is no text in a known encoding.", "");
    else if (err == ERR_NONE)
        err = read_found(&reading, &text, read);
    charset_release(&text);
    arena_release(&arena);
    return err;
}

enum err exchange_read(enum exchange_format format, const char *path, const char *bytes, size_t len,
                       const struct exchange_options *options, exchange_sink_fn *sink, void *ctx) {
    static const struct exchange_options PLAIN = {.lang = "vi"};
    struct exchange_options own = options ? *options : PLAIN;
    if (!own.lang)
        own.lang = "vi";
    struct arena arena;
    struct exchange_reading reading;
    arena_init(&arena, 1 << 20);
    exchange_reading_init(&reading, format, path, &own, sink, ctx, &arena);
    enum err err = ERR_NONE;
    if (len > EXCHANGE_BYTES_MAX)
        err = exchange_refuse_file(&reading, "file-too-large", "Tệp lớn hơn 64 MiB.", "The file is over 64 MiB.", "");
    else if (format == EXCHANGE_AUTO && !exchange_detect(path, bytes, len, &format))
        err = exchange_refuse_file(&reading, "format-unknown", "Không nhận ra định dạng của tệp.",
                                   "The file is of no format known here.", "");
    else
        switch (format) {
        case EXCHANGE_QTI21:
        case EXCHANGE_QTI30:
            err = exchange_qti_read(path, bytes, len, &own, sink, ctx);
            break;
        case EXCHANGE_GIFT:
            err = exchange_gift_read(path, bytes, len, &own, sink, ctx);
            break;
        case EXCHANGE_AIKEN:
            err = exchange_aiken_read(path, bytes, len, &own, sink, ctx);
            break;
        case EXCHANGE_MOODLE:
            err = exchange_moodle_read(path, bytes, len, &own, sink, ctx);
            break;
        case EXCHANGE_CSV:
            err = exchange_csv_read(path, bytes, len, &own, sink, ctx);
            break;
        case EXCHANGE_XLSX:
            err = exchange_xlsx_read(path, bytes, len, &own, sink, ctx);
            break;
        case EXCHANGE_AUTO:
        case EXCHANGE_FORMAT_COUNT:
            err = ERR_STATE;
            break;
        }
    arena_release(&arena);
    return err;
}
