#include "khoacu/exchange/exchange.h"

#include "exchange_private.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

static const struct exchange_writer_ops *ops_of(enum exchange_format format) {
    switch (format) {
    case EXCHANGE_QTI21:
    case EXCHANGE_QTI30:
        return &EXCHANGE_QTI_OPS;
    case EXCHANGE_GIFT:
        return &EXCHANGE_GIFT_OPS;
    case EXCHANGE_CSV:
        return &EXCHANGE_CSV_OPS;
    case EXCHANGE_XLSX:
        return &EXCHANGE_XLSX_OPS;
    case EXCHANGE_AIKEN:
    case EXCHANGE_MOODLE:
    case EXCHANGE_AUTO:
    case EXCHANGE_FORMAT_COUNT:
        break;
    }
    return NULL;
}

FILE *exchange_create(const char *path) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FILE *file = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (!file && fd >= 0)
        (void)close(fd);
    return file;
}

enum err exchange_writer_new(enum exchange_format format, const char *path, const struct exchange_options *options,
                             struct exchange_writer **ret_writer) {
    const struct exchange_writer_ops *ops = ops_of(format);
    if (!ops)
        return ERR_STATE;
    struct exchange_writer *writer = calloc(1, sizeof *writer);
    if (!writer || !(writer->path = strdup(path))) {
        free(writer);
        return ERR_MEMORY;
    }
    writer->format = format;
    writer->ops = ops;
    if (options)
        writer->options = *options;
    if (!writer->options.lang)
        writer->options.lang = "vi";
    arena_init(&writer->arena, EXCHANGE_ITEM_BYTES_MAX);
    enum err err = ops->open(writer);
    if (err != ERR_NONE) {
        exchange_writer_free(writer);
        return err;
    }
    *ret_writer = writer;
    return ERR_NONE;
}

enum err exchange_writer_add(struct exchange_writer *writer, const struct item *item, const struct item_media *media,
                             size_t media_count) {
    enum err err = writer->ops->add(writer, item, media, media_count);
    if (err == ERR_NONE)
        writer->count++;
    arena_reset(&writer->arena);
    return err;
}

enum err exchange_writer_close(struct exchange_writer *writer) {
    enum err err = writer->ops->close(writer);
    writer->closed = err == ERR_NONE;
    return err;
}

void exchange_writer_free(struct exchange_writer *writer) {
    if (!writer)
        return;
    writer->ops->clear(writer);
    if (!writer->closed)
        (void)unlink(writer->path);
    arena_release(&writer->arena);
    free(writer->path);
    free(writer);
}
