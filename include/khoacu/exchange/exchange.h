/* exchange.h: items in foreign formats: reading with a word on every item found, and writing.
 *
 * A reader walks a file, a package or a folder and hands each item, whole or refused, to a sink, one at a time, so that
 * memory does not grow with the number of items. What could not be kept as it was is a note on the item. Nothing is
 * silent: every item that stands in the source gives exactly one call of the sink, and a file in which no item could be
 * looked for (unreadable, empty, over a limit) gives one refusal of its own, whose `name` is NULL.
 *
 * An item is imported (no notes), changed (notes say how) or refused (no item; code, message and place).
 *
 * Round trip: what a writer wrote gives, read again, items whose content, key and metadata are byte-equal. What a format
 * has no place for goes where other readers pass by: QTI manifest metadata in the namespace "urn:khoacu:item:1", a
 * comment `// khoacu: {json}` before a GIFT item, columns of CSV and XLSX. Where an item says something of its own in
 * such a place and the rest was edited since, the foreign text wins and the item is «changed».
 *
 * Foreign texts that name no language are read as EXCHANGE_OPTIONS.lang.
 *
 * Limits: EXCHANGE_BYTES_MAX a file, EXCHANGE_ITEM_BYTES_MAX memory an item with its media, EXCHANGE_ITEMS_MAX items a
 * source, EXCHANGE_NOTES_MAX notes an item (the last one then says that there are more); a question of GIFT or Aiken 1 MiB
 * and 100 answers (26 options in Aiken); of Moodle XML those of doc/xml.h, 200 answers and 200 files a question; CSV those
 * of doc/csv.h; XLSX those of doc/xlsx.h; packages those of doc/zip.h, a manifest, with what Khoacu puts into it, being one
 * entry; an item of QTI 60 options a list, 60 gaps, 200 responses, 800 entries a mapping. An item whose JSON is over 480,000 bytes does not fit into a row of a table, one
 * of more than 1 MiB of text not into GIFT: the writer then says ERR_LIMIT and goes on without it.
 *
 * What is read of each format: GIFT all of Moodle's forms but weights of pairs; text in UTF-8, UTF-16 with BOM, Windows-1252
 * and 1258. Aiken as Moodle has it. Moodle XML: multichoice, truefalse, shortanswer, numerical, matching, essay,
 * description, category as topic, embedded pictures and sounds as media; cloze and all other types are refused one by one.
 * QTI 2.0, 2.1, 2.2 and 3.0, an item or a package: choice, order, match, inline choice, text entry, extended text and upload
 * interactions, items without any as stimuli; match_correct, map_response and what says the same at length; everything else
 * (adaptive, templates, pictures to click on, custom interactions, other scoring) is refused one by one. In a package every
 * item that the manifest lists or that stands in it unlisted is read; tests and sections are no items. A stimulus of QTI 3 is an
 * item of its own, under a code made from its file, and items of its package belong to it; elsewhere it is copied above their body. A folder with imsmanifest.xml is such a package; of other items of QTI in folders
 * pictures are taken from what lies below the folder (or beside the file) that was named. Identifiers of options become letters, since they may tell what is right.
 * Written are 2.1 and 3.0; rules that QTI has no word for (each option by itself, neighbours, places) become the nearest.
 * CSV with ',' ';' or tab, decimal comma, headings in both languages or by mapping; XLSX by shared strings, all sheets,
 * those of 65,536 rows going on in the next one.
 *
 * Used by: bank, api, main. Uses: base, json, crypto, doc, item. Threads: a call belongs to one thread; no shared state.
 */
#ifndef KHOACU_EXCHANGE_EXCHANGE_H
#define KHOACU_EXCHANGE_EXCHANGE_H

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"
#include "khoacu/base/err.h"
#include "khoacu/json/json.h"

#include <stdbool.h>
#include <stddef.h>

struct item;
struct item_media;

#define EXCHANGE_BYTES_MAX ((size_t)64 << 20)
#define EXCHANGE_ITEM_BYTES_MAX ((size_t)64 << 20)
#define EXCHANGE_ITEMS_MAX 100000
#define EXCHANGE_NOTES_MAX 64

/* X(name, key of commands and interface, suffix of a written file, media type of a written file, can be written) */
#define EXCHANGE_FORMAT_TABLE(X)                                                                         \
    X(QTI21, "qti21", ".zip", "application/zip", true)                                                   \
    X(QTI30, "qti30", ".zip", "application/zip", true)                                                   \
    X(GIFT, "gift", ".gift", "text/plain; charset=utf-8", true)                                          \
    X(AIKEN, "aiken", ".txt", "text/plain; charset=utf-8", false)                                        \
    X(MOODLE, "moodle", ".xml", "application/xml", false)                                                \
    X(CSV, "csv", ".csv", "text/csv; charset=utf-8", true)                                               \
    X(XLSX, "xlsx", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", true)

enum exchange_format {
    EXCHANGE_AUTO, /* asks for detection; never a result of it */
#define X(name, key, suffix, type, writable) EXCHANGE_##name,
    EXCHANGE_FORMAT_TABLE(X)
#undef X
        EXCHANGE_FORMAT_COUNT
};
const char *exchange_format_key(enum exchange_format format); /* "auto" for EXCHANGE_AUTO */
const char *exchange_format_suffix(enum exchange_format format);
const char *exchange_format_type(enum exchange_format format);
bool exchange_format_writable(enum exchange_format format);
/* The format of that key ("auto" too), or false. */
bool exchange_format_find(const char *key, enum exchange_format *ret_format);
/* Says from a file's name (may be NULL) and bytes what it is; contents count for more than the name. A QTI item or
 * package of any version gives QTI21 or QTI30 by what stands in the bytes given. False: none of ours. */
bool exchange_detect(const char *name, const char *bytes, size_t len, enum exchange_format *ret_format);

/* ---- reading ---- */

struct exchange_note {
    const char *code;                    /* stable: "option-feedback-dropped" */
    const char *message_vi, *message_en; /* whole sentences */
    const char *place;                   /* "line 12", "Sheet1!C7", "/assessmentItem/itemBody/p[2]"; "" for the whole */
};
enum exchange_outcome { EXCHANGE_IMPORTED, EXCHANGE_CHANGED, EXCHANGE_REFUSED };
struct exchange_item {
    enum exchange_format format;
    const char *path;             /* of the file, inside its package or folder */
    const char *name;             /* identifier or title as the source has it, or "#3"; NULL: the file itself */
    const struct item *item;      /* NULL: refused */
    struct exchange_note refusal; /* set when refused */
    const struct exchange_note *notes;
    size_t note_count;
    const struct item_media *media; /* what the item's markup names by sha256 */
    size_t media_count;
};
enum exchange_outcome exchange_outcome(const struct exchange_item *item);
/* One line of a report: {path, item, outcome, code, message_vi, message_en, place, notes:[{code, …}]}. code, message and
 * place are those of the refusal or else of the first note, null when there is none. No line break inside. */
void exchange_put_report(struct json_writer *writer, const struct exchange_item *item);

/* Called once for each item. All it is given lives until it returns; `arena` may be used for work on it. Anything but
 * ERR_NONE stops the reader, which then returns that. */
typedef enum err exchange_sink_fn(void *ctx, struct arena *arena, const struct exchange_item *item);
/* Called now and then with how far reading has come, in bytes or entries of the source. False stops: ERR_STATE. */
struct exchange_progress {
    size_t done, total;
};
typedef bool exchange_progress_fn(void *ctx, const struct exchange_progress *progress);

/* Tables: which column of the file is which of ours. */
struct exchange_mapping {
    const char *column; /* heading in the file */
    const char *field;  /* name of ours, see exchange_fields(); "" to leave it out */
};
struct exchange_options {
    const char *lang; /* "vi" (also when NULL) or "en" */
    const struct exchange_mapping *mapping; /* CSV, XLSX: beyond the headings that are understood by themselves */
    size_t mapping_count;
    exchange_progress_fn *progress; /* may be NULL */
    void *progress_ctx;
};
/* Reads one file from memory: GIFT, Aiken, Moodle XML, CSV, XLSX, a QTI item or package. `path` is what the report says.
 * ERR_MEMORY, ERR_IO, ERR_LIMIT when there are more than EXCHANGE_ITEMS_MAX items (a refusal says so too) and what the
 * sink returned; everything that is wrong with the file is a refusal. */
enum err exchange_read(enum exchange_format format, const char *path, const char *bytes, size_t len,
                       const struct exchange_options *options, exchange_sink_fn *sink, void *ctx) MUST_CHECK;
/* Reads a file, a zip package or a folder with all that is in it. `format` other than AUTO holds for every file. */
enum err exchange_read_path(enum exchange_format format, const char *path, const struct exchange_options *options,
                            exchange_sink_fn *sink, void *ctx) MUST_CHECK;

/* ---- tables ---- */

/* One field that a column may hold. A table of these ends with a row without name. */
struct exchange_field {
    const char *name;                    /* "stem_vi" */
    const char *label_vi, *label_en;     /* heading for people */
    const char *example;                 /* of the template */
};
const struct exchange_field *exchange_fields(void);
/* What an import wizard shows: the columns of the file, the field that each is taken for, the first rows. */
struct exchange_column {
    const char *heading;
    const char *field;      /* "" when the heading is not understood */
    const char *samples[3]; /* first cells that are not empty, or NULL */
};
struct exchange_columns {
    struct exchange_column *list;
    size_t count, rows;
};
/* CSV or XLSX. ERR_SYNTAX: not readable as that, ERR_LIMIT, ERR_MEMORY. */
enum err exchange_table_columns(struct arena *arena, enum exchange_format format, const char *bytes, size_t len,
                                struct exchange_columns *ret_columns) MUST_CHECK;
/* An empty table with headings, one example of each common kind and, in XLSX, a sheet that explains them. */
enum err exchange_template(enum exchange_format format, const char *lang, struct buf *out) MUST_CHECK;

/* ---- writing ---- */

/* What other programs see of the item differently in a file of this format, though Khoacu reads all of it again; NULL: nothing. */
const struct exchange_note *exchange_written_note(enum exchange_format format, const struct item *item);

struct exchange_writer;
/* Writes into a new file at `path`, readable by its owner only; it is complete after exchange_writer_close and is taken
 * away again by exchange_writer_free without close. ERR_STATE: the format cannot be written; ERR_IO; ERR_MEMORY. */
enum err exchange_writer_new(enum exchange_format format, const char *path, const struct exchange_options *options,
                             struct exchange_writer **ret_writer) MUST_CHECK;
/* ERR_LIMIT in GIFT, CSV and XLSX: the item does not fit, the file is as before and may go on; in QTI the file is full.
 * Media of the item's markup are stored once however many items name them. In GIFT, CSV and XLSX they stay names: an
 * import takes over what another bank of the person's has, and says what none has. */
enum err exchange_writer_add(struct exchange_writer *writer, const struct item *item, const struct item_media *media,
                             size_t media_count) MUST_CHECK;
enum err exchange_writer_close(struct exchange_writer *writer) MUST_CHECK;
void exchange_writer_free(struct exchange_writer *writer); /* accepts NULL */

#endif
