/* xlsx_cells.h: what a cell of a workbook says, as text. Used by: xlsx alone. */
#ifndef KHOACU_DOC_XLSX_CELLS_H
#define KHOACU_DOC_XLSX_CELLS_H

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Shared strings by number. */
struct xlsx_strings {
    struct arena arena;
    const char **list;
    bool *styled; /* by number: parts of it look different */
    size_t count, size;
};
void xlsx_strings_init(struct xlsx_strings *strings, size_t max);
bool xlsx_strings_add(struct xlsx_strings *strings, const char *text, size_t len, bool styled); /* false: too much */
void xlsx_strings_release(struct xlsx_strings *strings);

/* As what a style shows a number. */
enum xlsx_shown { XLSX_AS_NUMBER, XLSX_AS_DATE, XLSX_AS_PERCENT };
struct xlsx_own_format {
    int id;
    enum xlsx_shown shown;
};
struct xlsx_formats {
    bool from_1904;
    struct xlsx_own_format *own; /* of the file, but plain ones */
    size_t own_count;
    enum xlsx_shown *styles; /* by number of the style */
    size_t style_count;
};
void xlsx_formats_define(struct xlsx_formats *formats, int id, const char *code);
void xlsx_formats_add(struct xlsx_formats *formats, int id);
void xlsx_formats_release(struct xlsx_formats *formats);
enum xlsx_shown xlsx_shown_as(const struct xlsx_formats *formats, const char *style);

/* Appends a string with _x000A_ and the like decoded. */
void xlsx_put_string(struct buf *out, const char *text, size_t len);
/* Whether parts of the shared string of that number look different. */
bool xlsx_strings_styled(const struct xlsx_strings *strings, const char *number);
/* By the cell's type "s", "inlineStr", "str", "b", "e", "d", "n". NULL: it cannot be, or no memory. */
const char *xlsx_cell_text(struct arena *arena, const struct xlsx_strings *strings, const struct xlsx_formats *formats,
                           const char *type, const char *style, const char *text, size_t len);

#endif
