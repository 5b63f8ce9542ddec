/* xlsx.h: workbooks (ECMA-376): reading the texts of all sheets row by row, and writing sheets of texts.
 *
 * A reader hands on every row that holds something, sheet after sheet in the order of the workbook, as texts: strings
 * (shared, inline, of formulas), numbers in their shortest form with '.', dates as 2026-11-23 or 2026-11-23 07:00:00,
 * percentages as 50%, truths as true and false. Formulas count as their stored result; one without, and an error such as
 * #REF!, is a broken cell. What looks like a formula in a text is a text.
 *
 * Limits: XLSX_SHEETS_MAX sheets, XLSX_COLUMNS_MAX columns, 1,048,576 rows a sheet, XLSX_STRINGS_MAX bytes of shared
 * strings in XLSX_STRING_COUNT_MAX pieces, XLSX_PARTS_MAX bytes of all parts that are unpacked, XLSX_RATIO_MAX times its
 * packed size a part that is larger than XLSX_PART_SMALL, 10,000 entries, 1 MiB a cell. No part that is not needed is
 * unpacked, nothing is written, names that lead out of the file find nothing; entries that overlap or whose checksum or
 * size is not true, passwords and a DOCTYPE end the reading.
 *
 * A writer keeps one row in memory. Every cell is written as a string, never as a formula: "=1+1" stays what it is,
 * letters. In a column of numbers a plain decimal of up to XLSX_DIGITS_MAX digits is one, so that it sorts and adds up.
 *
 * Used by: exchange, bank. Uses: base, libzip, libxlsxwriter. Threads: one owner.
 */
#ifndef KHOACU_DOC_XLSX_H
#define KHOACU_DOC_XLSX_H

#include "khoacu/base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define XLSX_SHEETS_MAX 64
#define XLSX_COLUMNS_MAX 256
#define XLSX_STRINGS_MAX ((size_t)256 << 20)
#define XLSX_STRING_COUNT_MAX 4000000
#define XLSX_PARTS_MAX ((size_t)512 << 20)
#define XLSX_PART_SMALL ((size_t)4 << 20)
#define XLSX_RATIO_MAX 250
#define XLSX_DIGITS_MAX 15 /* what a number of a workbook holds exactly */

enum xlsx_mark {
    XLSX_PLAIN,
    XLSX_DATE,   /* a number that is shown as one */
    XLSX_STYLED, /* parts of the text are bold, slanted, underlined, struck out, raised or lowered, which is lost */
    XLSX_BROKEN
};
struct xlsx_row {
    const char *sheet;
    size_t number;            /* 1-based */
    const char *const *cells; /* "" where nothing stands */
    const enum xlsx_mark *marks;
    size_t count;             /* up to the last cell that holds something or is broken */
};
/* Anything but ERR_NONE stops the reading, which returns it. */
typedef enum err xlsx_row_fn(void *ctx, const struct xlsx_row *row);
struct xlsx_error {
    const char *reason; /* "zip", "stray" (see zipfile_frame), "encrypted", "part", "xml", "limit" */
    char sheet[64];     /* "" when no sheet is concerned */
    size_t row;
};
/* ERR_SYNTAX and ERR_LIMIT with ret_error filled; ERR_MEMORY. */
enum err xlsx_read(const char *bytes, size_t len, xlsx_row_fn *row, void *ctx, struct xlsx_error *ret_error) MUST_CHECK;

struct xlsx_writer;
/* A new workbook at `path`, which is there after xlsx_close. */
enum err xlsx_new(const char *path, struct xlsx_writer **ret_writer) MUST_CHECK;
struct xlsx_column {
    const char *heading;
    double width;  /* in characters; 0: as it is */
    bool hidden;
    enum xlsx_kind { XLSX_TEXTS, XLSX_COUNTS, XLSX_MARKS } kind; /* counts are shown as 12, marks as 57.50 */
};
/* Begins a sheet with a row of headings that stays in sight. Names have 1 to 31 characters, none of []:*?/\ */
enum err xlsx_sheet(struct xlsx_writer *writer, const char *name, const struct xlsx_column *columns,
                    size_t count) MUST_CHECK;
/* The next row of the sheet. ERR_LIMIT: a cell of more than 32,767 characters, or too many rows. */
enum err xlsx_put(struct xlsx_writer *writer, const char *const *cells, size_t count) MUST_CHECK;
enum err xlsx_close(struct xlsx_writer *writer) MUST_CHECK;
void xlsx_free(struct xlsx_writer *writer); /* accepts NULL; without xlsx_close nothing complete is left */

#endif
