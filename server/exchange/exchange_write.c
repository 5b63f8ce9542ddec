#include "khoacu/exchange/exchange.h"

#include "exchange_private.h"

#include "khoacu/item/item.h"

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

/* An accepted text in which '*' stands for any characters, which QTI takes for the sign. */
static bool has_wildcard(const struct item *item) {
    for (size_t i = 0; item->kind == ITEM_TEXT && i < item->accepted_count; i++)
        for (const char *c = item->accepted[i].value; c && *c; c++)
            if (*c == '*' && (c == item->accepted[i].value || c[-1] != '\\'))
                return true;
    return false;
}

const struct exchange_note *exchange_written_note(enum exchange_format format, const struct item *item) {
    static const struct exchange_note KIND = {
        "kind-adapted", "GIFT không có loại câu này: chương trình khác chỉ thấy phần hỏi, Khoacu đọc lại được đầy đủ.",
        "GIFT has no such kind of item: other programs see the question alone, Khoacu reads all of it again.", ""};
    static const struct exchange_note RULE = {
        "rule-adapted", "Định dạng này không có cách tính điểm của câu: chương trình khác tính theo cách gần nhất, Khoacu đọc lại đúng cách cũ.",
        "The format has no such way of scoring: other programs take the nearest, Khoacu reads the item's own again.", ""};
    static const struct exchange_note STIMULUS = {
        "stimulus-apart", "Ngữ liệu của câu là một câu riêng trong tệp: chương trình khác không biết câu này thuộc về nó, Khoacu thì biết.",
        "The stimulus of the item is an item of its own in the file: other programs do not know that they belong together, Khoacu does.", ""};
    static const struct exchange_note LANGUAGE = {
        "language-apart", "Câu có hai ngôn ngữ: chương trình khác chỉ thấy một, Khoacu đọc lại cả hai.",
        "The item is in two languages: other programs see one of them, Khoacu reads both again.", ""};
    bool gift = format == EXCHANGE_GIFT, qti = format == EXCHANGE_QTI21 || format == EXCHANGE_QTI30;
    if (gift && (item->kind == ITEM_ORDERING || item->kind == ITEM_INLINE || item->kind == ITEM_UPLOAD))
        return &KIND;
    bool places = item->rule == ITEM_RULE_ADJACENT || item->rule == ITEM_RULE_POSITION;
    bool options = item->rule == ITEM_RULE_PER_OPTION && item->kind != ITEM_INLINE;
    if ((qti && (places || options || has_wildcard(item))) || (gift && item->kind == ITEM_MULTIPLE && item->rule != ITEM_RULE_MAP))
        return &RULE;
    if ((qti || gift) && item->stimulus && *item->stimulus)
        return &STIMULUS;
    return (qti || gift) && item->body.vi && *item->body.vi && item->body.en && *item->body.en ? &LANGUAGE : NULL;
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
