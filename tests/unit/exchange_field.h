/* exchange_field.h: what the tests of the exchange share: items of every kind, and a sink that writes down what it is given.
 *
 * Used by: test_exchange_*.c.
 */
#ifndef KHOACU_TESTS_EXCHANGE_FIELD_H
#define KHOACU_TESTS_EXCHANGE_FIELD_H

#include "unit.h"

#include "exchange/own.h"

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"
#include "khoacu/exchange/exchange.h"
#include "khoacu/item/item.h"

#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#define FIELD_CAP ((size_t)256 << 20)
#define FIELD_FOLDER "tests/data/exchange"

/* The file with a NUL behind it, to be freed; NULL: there is none. */
static inline char *field_load(const char *path, size_t *ret_len) {
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long len = ftell(file);
    assert_true(len >= 0);
    rewind(file);
    char *bytes = calloc(1, (size_t)len + 1);
    assert_non_null(bytes);
    *ret_len = fread(bytes, 1, (size_t)len, file);
    (void)fclose(file);
    return bytes;
}

/* One line for each call of the sink: the report, a blank, and the item when there is one. */
struct field_sink {
    struct buf lines;
    size_t calls, imported, changed, refused, media;
    enum err stop; /* what the sink returns */
};

static inline void field_sink_init(struct field_sink *sink) {
    *sink = (struct field_sink){.stop = ERR_NONE};
    buf_init(&sink->lines, FIELD_CAP);
}

static inline enum err field_take(void *ctx, struct arena *arena, const struct exchange_item *item) {
    struct field_sink *sink = ctx;
    struct json_writer writer;
    enum exchange_outcome outcome = exchange_outcome(item);
    (void)arena;
    sink->calls++;
    sink->imported += outcome == EXCHANGE_IMPORTED;
    sink->changed += outcome == EXCHANGE_CHANGED;
    sink->refused += outcome == EXCHANGE_REFUSED;
    sink->media += item->media_count;
    json_writer_init(&writer, &sink->lines);
    exchange_put_report(&writer, item);
    if (item->item) {
        buf_addc(&sink->lines, ' ');
        own_put(&sink->lines, item->item);
    }
    buf_addc(&sink->lines, '\n');
    assert_false(sink->lines.failed);
    return sink->stop;
}

/* Reads bytes; the sink is made new. */
static inline enum err field_read(enum exchange_format format, const char *name, const char *bytes, size_t len,
                                  const struct exchange_options *options, struct field_sink *ret_sink) {
    field_sink_init(ret_sink);
    return exchange_read(format, name, bytes, len, options, field_take, ret_sink);
}

/* Whether `word` stands in what the sink was given. */
static inline bool field_said(const struct field_sink *sink, const char *word) {
    return sink->lines.data && strstr(sink->lines.data, word) != NULL;
}

/* The first line of an item that did not come as it was, cut short; "" when all did. */
static inline const char *field_odd(const struct field_sink *sink) {
    static char line[3000];
    for (const char *at = sink->lines.data; at && *at; at = strchr(at, '\n') + 1) {
        const char *imported = strstr(at, "\"outcome\":\"imported\"");
        if (imported && imported < strchr(at, '\n'))
            continue;
        snprintf(line, sizeof line, "%s", at);
        return line;
    }
    return "";
}

/* Calls back for each item of FIELD_FOLDER/kinds.jsonl, with its canonical JSON. */
typedef void field_item_fn(void *ctx, const struct item *item, const char *json);
static inline void field_each(field_item_fn *call, void *ctx) {
    struct arena arena;
    struct buf json;
    size_t len = 0;
    char *lines = field_load(FIELD_FOLDER "/kinds.jsonl", &len), *next = NULL;
    assert_non_null(lines);
    arena_init(&arena, FIELD_CAP);
    buf_init(&json, FIELD_CAP);
    for (char *line = strtok_r(lines, "\n", &next); line; line = strtok_r(NULL, "\n", &next)) {
        struct item item;
        if (!own_read(&arena, line, &item))
            fail_msg("no item: %.200s", line);
        buf_reset(&json);
        own_put(&json, &item);
        assert_non_null(json.data);
        call(ctx, &item, json.data);
        arena_reset(&arena);
    }
    buf_release(&json);
    arena_release(&arena);
    free(lines);
}

#endif
