/* exchange_private.h: what the readers and writers of the formats share. Used by: exchange alone. */
#ifndef KHOACU_EXCHANGE_PRIVATE_H
#define KHOACU_EXCHANGE_PRIVATE_H

#include "khoacu/doc/charset.h"
#include "khoacu/exchange/exchange.h"

#include <stdio.h>

/* One reader per format of single files, all of one shape; exchange_read() has looked at size and options. */
#define EXCHANGE_READER(name)                                                                                          \
    enum err name(const char *path, const char *bytes, size_t len, const struct exchange_options *options,             \
                  exchange_sink_fn *sink, void *ctx) MUST_CHECK
EXCHANGE_READER(exchange_gift_read);
EXCHANGE_READER(exchange_aiken_read);
EXCHANGE_READER(exchange_moodle_read);
EXCHANGE_READER(exchange_csv_read);
EXCHANGE_READER(exchange_xlsx_read);
EXCHANGE_READER(exchange_qti_read); /* one item as XML, or a zip package */

/* A writer: the functions of its format over a state of its own. */
struct exchange_writer_ops {
    enum err (*open)(struct exchange_writer *writer) MUST_CHECK;
    enum err (*add)(struct exchange_writer *writer, const struct item *item, const struct item_media *media,
                    size_t media_count) MUST_CHECK;
    enum err (*close)(struct exchange_writer *writer) MUST_CHECK;
    void (*clear)(struct exchange_writer *writer); /* after open, also when it or something later failed */
};
struct exchange_writer {
    const struct exchange_writer_ops *ops;
    enum exchange_format format;
    struct exchange_options options;
    char *path;
    size_t count;
    bool closed;
    struct arena arena; /* cleared after each item */
    void *state;
};
/* A new file for the owner alone; an older one of that name is replaced. NULL: errno says why. */
FILE *exchange_create(const char *path);
extern const struct exchange_writer_ops EXCHANGE_GIFT_OPS, EXCHANGE_CSV_OPS, EXCHANGE_XLSX_OPS, EXCHANGE_QTI_OPS;

/* One reading: counts, and the item at hand with its notes. */
struct exchange_reading {
    enum exchange_format format;
    const char *path;
    const struct exchange_options *options;
    exchange_sink_fn *sink;
    void *ctx;
    struct arena *arena; /* of the item at hand */
    struct exchange_note notes[EXCHANGE_NOTES_MAX];
    size_t note_count;
    size_t found; /* items handed on so far */
    bool refused; /* the file as a whole was */
    bool stopped; /* the sink asked for it, or there were too many items */
};
void exchange_reading_init(struct exchange_reading *reading, enum exchange_format format, const char *path,
                           const struct exchange_options *options, exchange_sink_fn *sink, void *ctx,
                           struct arena *arena);
/* A note on the item at hand. The texts live as long as the arena or longer. */
void exchange_note(struct exchange_reading *reading, const char *code, const char *message_vi, const char *message_en,
                   const char *place);
/* Tells how far reading has come; false: it is to stop. */
bool exchange_progress(struct exchange_reading *reading, size_t done, size_t total) MUST_CHECK;
/* A file of text: its charset, an arena for items, then `read`; a file in which nothing was found is refused. */
typedef enum err exchange_read_text_fn(struct exchange_reading *reading, const struct charset_text *text);
enum err exchange_read_text(enum exchange_format format, const char *path, const char *bytes, size_t len,
                            const struct exchange_options *options, exchange_sink_fn *sink, void *ctx,
                            exchange_read_text_fn *read) MUST_CHECK;
/* The words of cleaned markup, blocks and breaks as line breaks. */
const char *exchange_words(struct arena *arena, const char *markup);
/* The text in `lang`, or in the other language when there is none; NULL when there is neither. */
struct item_text;
const char *exchange_in_lang(const struct item_text *text, const char *lang);
/* "line 12" in the arena. */
const char *exchange_line(struct arena *arena, size_t line);
/* Hands the item over with its notes; afterwards the arena is empty. `name` NULL: "#3". */
enum err exchange_give(struct exchange_reading *reading, const char *name, const struct item *item,
                       const struct item_media *media, size_t media_count) MUST_CHECK;
/* Refuses the item at hand. */
enum err exchange_refuse(struct exchange_reading *reading, const char *name, const char *code, const char *message_vi,
                         const char *message_en, const char *place) MUST_CHECK;
/* Refuses the file as a whole. */
enum err exchange_refuse_file(struct exchange_reading *reading, const char *code, const char *message_vi,
                              const char *message_en, const char *place) MUST_CHECK;

#endif
