/* csv.h: reading and writing comma-separated values (RFC 4180), with the place of every fault.
 *
 * Reads UTF-8 with or without BOM; the separator (',' or ';' or tab) is found from the header line, or is what a
 * line "sep=;" in front of it says; CRLF or LF, or CR alone when the header line ends with it. Limits: 2,000,000 rows, 64 columns, 64 KiB a cell. Writing guards against formulas in
 * spreadsheets: a cell that begins with = + - @ tab or CR gets an apostrophe in front.
 *
 * Used by: floor 3 and up. Uses: base.
 */
#ifndef KHOACU_DOC_CSV_H
#define KHOACU_DOC_CSV_H

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"
#include "khoacu/base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct csv_row {
    size_t line;         /* 1-based line of the file where the row starts */
    const char **cells;  /* as many as the header has; missing ones are "" */
    size_t extra;        /* cells beyond the header */
};
struct csv {
    const char **columns; /* header names, trimmed, lower case */
    size_t column_count;
    struct csv_row *rows; /* blank rows left out */
    size_t row_count;
};
struct csv_error {
    size_t line, column; /* 1-based; 0 unknown */
    const char *reason;  /* "utf8", "quote", "limit", "empty", "duplicate-column" */
    const char *name;    /* of the column that stands twice; else NULL */
};

/* Reads a whole file. ERR_SYNTAX or ERR_LIMIT with ret_error filled. */
enum err csv_read(struct arena *arena, const char *bytes, size_t len, struct csv *ret_csv, struct csv_error *ret_error) MUST_CHECK;
/* Index of a column by name, or -1. */
int csv_column(const struct csv *csv, const char *name);

/* Writes one cell, quoted where needed and guarded against formulas. `first` leaves the comma out. */
void csv_put(struct buf *out, const char *cell, bool first);
/* The same without the formula guard, for machine-readable releases whose bytes are hashed. */
void csv_put_plain(struct buf *out, const char *cell, bool first);
void csv_end_row(struct buf *out); /* CRLF */

#endif
