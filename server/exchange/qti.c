#include "exchange_private.h"

#include "khoacu/base/banned.h"

enum err exchange_qti_read(const char *path, const char *bytes, size_t len, const struct exchange_options *options,
                           exchange_sink_fn *sink, void *ctx) {
    (void)bytes;
    (void)len;
    struct arena arena;
    struct exchange_reading reading;
    arena_init(&arena, 1 << 20);
    exchange_reading_init(&reading, EXCHANGE_QTI21, path, options, sink, ctx, &arena);
    enum err err = exchange_refuse_file(&reading, "format-not-read", "Định dạng này chưa đọc được.",
                                        "This format is not read yet.", "");
    arena_release(&arena);
    return err;
}

static enum err not_written(struct exchange_writer *writer) {
    (void)writer;
    return ERR_STATE;
}
static void nothing(struct exchange_writer *writer) {
    (void)writer;
}
const struct exchange_writer_ops EXCHANGE_QTI_OPS = {.open = not_written, .clear = nothing};
