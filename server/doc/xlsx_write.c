#include "khoacu/doc/xlsx.h"

#include "khoacu/base/buf.h"
#include "khoacu/base/text.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xlsxwriter.h>

#include "khoacu/base/banned.h"

enum { CELL_MAX = 32767 };

struct xlsx_writer {
    lxw_workbook *workbook;
    lxw_worksheet *sheet;
    lxw_format *heading, *text, *of_kind[XLSX_MARKS + 1];
    enum xlsx_kind kinds[XLSX_COLUMNS_MAX];
    lxw_row_t next;
    char *path;
    bool hidden[XLSX_COLUMNS_MAX];
    struct buf escaped;
};

enum err xlsx_new(const char *path, struct xlsx_writer **ret_writer) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return ERR_IO;
    (void)close(fd);
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    struct xlsx_writer *writer = calloc(1, sizeof *writer);
    if (writer)
        buf_init(&writer->escaped, 1 << 20);
    if (writer && (writer->path = strdup(path)))
        writer->workbook = workbook_new_opt(path, &options);
    if (!writer || !writer->workbook) {
        xlsx_free(writer);
        return ERR_MEMORY;
    }
    writer->heading = workbook_add_format(writer->workbook);
    writer->text = workbook_add_format(writer->workbook);
    if (writer->heading && writer->text) {
        format_set_bold(writer->heading);
        format_set_text_wrap(writer->heading);
        format_set_bg_color(writer->heading, 0xE8E4DA);
        format_set_text_wrap(writer->text);
        format_set_align(writer->text, LXW_ALIGN_VERTICAL_TOP);
        /* "Text": what is typed there later stays as typed. */
        format_set_num_format_index(writer->text, 49);
    }
    for (int kind = XLSX_COUNTS; kind <= XLSX_MARKS; kind++) {
        writer->of_kind[kind] = workbook_add_format(writer->workbook);
        if (!writer->of_kind[kind])
            continue;
        format_set_align(writer->of_kind[kind], LXW_ALIGN_VERTICAL_TOP);
        format_set_num_format(writer->of_kind[kind], kind == XLSX_COUNTS ? "0" : "0.00#####");
    }
    *ret_writer = writer;
    return ERR_NONE;
}

/* What would read as an escape, and what XML cannot hold, as _xHHHH_ (ECMA-376, ST_Xstring). */
static bool put_escaped(struct buf *out, const char *text) {
    bool changed = false;
    for (const char *at = text; *at; at++) {
        const char *escape = NULL;
        size_t taken = 1;
        if (*at == '\r')
            escape = "_x000D_";
        else if (strncmp(at, "_x", 2) == 0 && strspn(at + 2, "0123456789abcdefABCDEF") >= 4 && at[6] == '_')
            escape = "_x005F_";
        else if (strncmp(at, "\xef\xbf\xbe", 3) == 0)
            escape = "_xFFFE_";
        else if (strncmp(at, "\xef\xbf\xbf", 3) == 0)
            escape = "_xFFFF_";
        if (escape && *at == '\xef')
            taken = 3;
        if (escape)
            buf_adds(out, escape);
        else
            buf_addc(out, *at);
        changed |= escape != NULL;
        at += taken - 1;
    }
    return changed;
}

static enum err put_cell(struct xlsx_writer *writer, size_t column, const char *cell, lxw_format *format) {
    buf_reset(&writer->escaped);
    bool changed = put_escaped(&writer->escaped, cell);
    buf_addc(&writer->escaped, '\0');
    if (writer->escaped.failed)
        return ERR_MEMORY;
    const char *text = changed ? writer->escaped.data : cell;
    lxw_error error = worksheet_write_string(writer->sheet, writer->next, (lxw_col_t)column, text, format);
    return error == LXW_NO_ERROR ? ERR_NONE : error == LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED ? ERR_LIMIT : ERR_IO;
}

/* "-57.50": what a number of a workbook holds to the last digit. */
static bool is_decimal(const char *cell) {
    const char *at = cell + (*cell == '-');
    size_t whole = strspn(at, "0123456789"), places = at[whole] == '.' ? strspn(at + whole + 1, "0123456789") : 0;
    bool pointed = at[whole] == '.';
    return whole > 0 && (!pointed || places > 0) && at[whole + pointed + places] == '\0' && whole + places <= XLSX_DIGITS_MAX;
}

static enum err put_number(struct xlsx_writer *writer, size_t column, const char *cell) {
    return worksheet_write_number(writer->sheet, writer->next, (lxw_col_t)column, strtod(cell, NULL), writer->of_kind[writer->kinds[column]]) == LXW_NO_ERROR ? ERR_NONE : ERR_IO;
}

static enum err put(struct xlsx_writer *writer, const char *const *cells, size_t count, lxw_format *format) {
    if (!writer->sheet || writer->next >= LXW_ROW_MAX || count > XLSX_COLUMNS_MAX)
        return ERR_LIMIT;
    for (size_t i = 0; i < count; i++)
        if (strlen(cells[i]) > CELL_MAX && text_utf8_len(cells[i]) > CELL_MAX)
            return ERR_LIMIT;
    for (size_t i = 0; i < count; i++) {
        /* Long data that nobody reads must not make the row high. */
        lxw_format *used = writer->hidden[i] ? NULL : format;
        bool number = writer->next > 0 && writer->kinds[i] != XLSX_TEXTS && is_decimal(cells[i]);
        enum err err = !cells[i][0] ? ERR_NONE : number ? put_number(writer, i, cells[i]) : put_cell(writer, i, cells[i], used);
        if (err != ERR_NONE)
            return err;
    }
    writer->next++;
    return ERR_NONE;
}

enum err xlsx_sheet(struct xlsx_writer *writer, const char *name, const struct xlsx_column *columns, size_t count) {
    const char *headings[XLSX_COLUMNS_MAX];
    if (count > XLSX_COLUMNS_MAX)
        return ERR_LIMIT;
    writer->sheet = workbook_add_worksheet(writer->workbook, name);
    if (!writer->sheet)
        return ERR_STATE;
    writer->next = 0;
    for (size_t i = 0; i < count; i++) {
        lxw_row_col_options hidden = {0};
        hidden.hidden = LXW_TRUE;
        double width = columns[i].width > 0 ? columns[i].width : LXW_DEF_COL_WIDTH;
        headings[i] = columns[i].heading;
        writer->hidden[i] = columns[i].hidden;
        writer->kinds[i] = columns[i].kind;
        if (worksheet_set_column_opt(writer->sheet, (lxw_col_t)i, (lxw_col_t)i, width, columns[i].hidden ? NULL : writer->text,
                                     columns[i].hidden ? &hidden : NULL) != LXW_NO_ERROR)
            return ERR_MEMORY;
    }
    worksheet_freeze_panes(writer->sheet, 1, 0);
    return put(writer, headings, count, writer->heading);
}

enum err xlsx_put(struct xlsx_writer *writer, const char *const *cells, size_t count) {
    return put(writer, cells, count, writer->text);
}

enum err xlsx_close(struct xlsx_writer *writer) {
    lxw_error error = workbook_close(writer->workbook);
    writer->workbook = NULL;
    writer->sheet = NULL;
    return error == LXW_NO_ERROR ? ERR_NONE : error == LXW_ERROR_MEMORY_MALLOC_FAILED ? ERR_MEMORY : ERR_IO;
}

void xlsx_free(struct xlsx_writer *writer) {
    if (!writer)
        return;
    if (writer->workbook)
        lxw_workbook_free(writer->workbook);
    buf_release(&writer->escaped);
    free(writer->path);
    free(writer);
}
