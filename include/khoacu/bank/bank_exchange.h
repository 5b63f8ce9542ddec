/* bank_exchange.h: items of foreign files into a bank, and a bank's items into files.
 *
 * Import reads a source by exchange, makes of each item what the bank keeps, and loads it (bank_load.h): all or nothing, or
 * what is good. Each item of the source gives one line: what the reader says of it and, when the reader took it, what the
 * bank did with it. The lines add up to what is in the source. An item is found again by its external id; where the source
 * names none and no code either, the hash of what the item says stands for it, so that the same source twice changes
 * nothing. An item that the source has twice word for word is kept once: the second is `changed` with code "repeated" and
 * the line of the first. Items that name no topic get the one of the request.
 *
 * Export writes the newest versions of a bank's items, retired ones left out, with their media; its owner does it, and every
 * item's access history has it. Each item gives a line: written, written and seen differently by other programs, left out, or
 * refused because the format does not hold it.
 *
 * Used by: api, main. Uses: bank, exchange, item, json. Threads: that of the desk.
 */
#ifndef KHOACU_BANK_BANK_EXCHANGE_H
#define KHOACU_BANK_BANK_EXCHANGE_H

#include "khoacu/bank/bank.h"
#include "khoacu/bank/bank_load.h"
#include "khoacu/exchange/exchange.h"
#include "khoacu/item/item.h"
#include "khoacu/json/json.h"

#define BANK_EXCHANGE_TOPIC "imported" /* of items that name none, when the request names none */

struct bank_exchange_line {
    const struct exchange_item *found; /* item NULL: refused, by the reader or by the bank */
    const char *stored;                /* key of enum bank_loaded; NULL: the bank was not asked */
};
/* One line of a report as a JSON object: {path, item, format, outcome: imported|changed|refused, code, message_vi, message_en,
 * place, notes:[…], stored}. No line break inside. */
void bank_exchange_put_line(struct json_writer *writer, const struct bank_exchange_line *line);

/* found = imported + changed + refused: the outcomes of the lines. Of those taken, `same` were in the bank already,
 * `renewed` became a new version of an item that was, and `repeated` said what a line before them says. */
struct bank_exchange_counts {
    size_t found, imported, changed, refused;
    size_t same, renewed, repeated;
    bool applied; /* committed */
};

typedef enum err bank_exchange_line_fn(void *ctx, struct arena *arena, const struct bank_exchange_line *line);
struct bank_exchange_import {
    const char *bank; /* code */
    bool make_bank, dry_run;
    enum bank_load_mode mode;
    const char *reason, *topic; /* NULL: none, BANK_EXCHANGE_TOPIC */
    enum exchange_format format;
    const struct exchange_options *options; /* may be NULL */
    /* one file in memory with its name, or files, packages and folders on disk */
    const char *name, *bytes;
    size_t len;
    const char *const *paths;
    size_t path_count;
    bank_exchange_line_fn *line; /* may be NULL */
    /* The database asked for the whole source once more: what the lines so far said is void. Called before the first time
     * too. */
    void (*again)(void *ctx);
    void *ctx;
};
/* *ret_verdict UNKNOWN, FORBIDDEN: nothing was read. ERR_DB_*, ERR_MEMORY, ERR_IO, and what `line` returned. */
enum err bank_exchange_import(const struct bank_desk *desk, const struct bank_exchange_import *import,
                              enum bank_load_verdict *ret_verdict, struct bank_exchange_counts *ret_counts) MUST_CHECK;

/* ---- out ---- */

/* What became of an item. X(name, key) */
#define BANK_EXPORTED_TABLE(X)                                                                                         \
    X(WHOLE, "exported")                                                                                               \
    X(CHANGED, "changed")   /* written; other programs see it differently, or a picture of it is only named */         \
    X(LEFT_OUT, "left-out") /* retired */                                                                              \
    X(REFUSED, "refused")   /* the format does not hold it */
enum bank_exported {
#define X(name, key) BANK_EXPORTED_##name,
    BANK_EXPORTED_TABLE(X)
#undef X
        BANK_EXPORTED_COUNT
};
struct bank_export_line {
    const char *item; /* code */
    enum bank_exported outcome;
    const struct exchange_note *note; /* NULL with WHOLE */
};
/* {item, outcome, code, message_vi, message_en, place}. No line break inside. */
void bank_export_put_line(struct json_writer *writer, const struct bank_export_line *line);
typedef enum err bank_export_line_fn(void *ctx, const struct bank_export_line *line);

/* found is the sum of the others. */
struct bank_export_counts {
    size_t found, exported, changed, left_out, refused;
    bool written; /* the file is there */
};
struct bank_export_request {
    const char *bank, *path;
    enum exchange_format format;
    const struct exchange_options *options; /* may be NULL; progress is told after each item how many there are, false stops: ERR_STATE */
    bool dry_run;    /* everything is done, and no file is left; `path` names where it would be made */
    bool valid_only; /* what the format does not hold is left behind; else one such item, and there is no file */
    bank_export_line_fn *line; /* may be NULL */
    void *ctx;
};
/* Writes the newest versions of the bank's items into a file at `path`, readable by its owner alone. One that is there already
 * is replaced when all is written, and stays when anything fails or the run is dry. Requires: exchange_format_writable.
 * ERR_LIMIT: the file would be larger than the format reads again. */
enum err bank_exchange_export(const struct bank_desk *desk, const struct bank_export_request *request, enum bank_verdict *ret_verdict,
                              struct bank_export_counts *ret_counts) MUST_CHECK;

#endif
