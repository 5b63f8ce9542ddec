#include "exchange_private.h"

#include "khoacu/base/banned.h"

static enum err not_read(enum exchange_format format, const char *path, const struct exchange_options *options,
                         exchange_sink_fn *sink, void *ctx) {
    struct arena arena;
    struct exchange_reading reading;
    arena_init(&arena, 1 << 20);
    exchange_reading_init(&reading, format, path, options, sink, ctx, &arena);
    enum err err = exchange_refuse_file(&reading, "format-not-read", "Định dạng này chưa đọc được.",
                                        "This format is not read yet.", "");
    arena_release(&arena);
    return err;
}

#define READER(name, format)                                                                                           \
    enum err name(const char *path, const char *bytes, size_t len, const struct exchange_options *options,             \
                  exchange_sink_fn *sink, void *ctx) {                                                                 \
        (void)bytes;                                                                                                   \
        (void)len;                                                                                                     \
        return not_read(format, path, options, sink, ctx);                                                             \
    }
READER(exchange_moodle_read, EXCHANGE_MOODLE)
