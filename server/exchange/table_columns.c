#include "table.h"

#include "khoacu/doc/csv.h"
#include "khoacu/doc/xlsx.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { SAMPLE_MAX = 200, FILE_ARENA = 768 << 20 };

struct columns {
    struct arena *arena;
    struct exchange_columns *columns;
    struct table_heads heads;
    char sheet[128];
};

static const char *sample(struct arena *arena, const char *cell) {
    size_t end = strlen(cell);
    if (end > SAMPLE_MAX) {
        end = SAMPLE_MAX;
        while (end && (cell[end] & 0xc0) == 0x80)
            end--;
    }
    return arena_strndup(arena, cell, end);
}

static const struct exchange_options PLAIN = {.lang = "vi"};

static void add_heads(struct columns *columns, const char *const *names, size_t count) {
    int twice;
    const char **copies = ARENA_ARRAY(columns->arena, count + 1, const char *);
    columns->columns->list = ARENA_ARRAY(columns->arena, count + 1, struct exchange_column);
    if (!copies || !columns->columns->list)
        return;
    for (size_t i = 0; i < count; i++)
        copies[i] = sample(columns->arena, names[i]);
    if (columns->arena->failed)
        return;
    table_heads_read(copies, count, &PLAIN, &columns->heads, &twice);
    columns->columns->count = columns->heads.count;
    for (size_t i = 0; i < columns->heads.count; i++) {
        int field = columns->heads.fields[i];
        columns->columns->list[i] = (struct exchange_column){
            .heading = copies[i], .field = field >= 0 ? table_column((enum table_field)field) : ""};
    }
}

static void add_row(struct columns *columns, const char *const *cells, size_t count) {
    columns->columns->rows++;
    for (size_t i = 0; i < count && i < columns->columns->count; i++) {
        const char **samples = columns->columns->list[i].samples;
        size_t used = 0;
        while (used < 3 && samples[used])
            used++;
        if (used < 3 && cells[i][0])
            samples[used] = sample(columns->arena, cells[i]);
    }
}

/* Headings are the first row that has known ones, or else the first row of all. */
static enum err take_row(void *ctx, const struct xlsx_row *row) {
    struct columns *columns = ctx;
    bool first = !columns->columns->list;
    if (table_is_guide(row->sheet))
        return ERR_NONE;
    if (first || (columns->columns->rows < 20 && !table_heads_fit(&columns->heads))) {
        struct table_heads heads;
        int twice;
        table_heads_read(row->cells, row->count, &PLAIN, &heads, &twice);
        if (first || table_heads_fit(&heads)) {
            columns->columns->rows = 0;
            (void)snprintf(columns->sheet, sizeof columns->sheet, "%s", row->sheet);
            add_heads(columns, row->cells, row->count);
            return columns->arena->failed ? ERR_MEMORY : ERR_NONE;
        }
    }
    if (strcmp(columns->sheet, row->sheet) != 0) {
        struct table_heads heads;
        int twice;
        (void)snprintf(columns->sheet, sizeof columns->sheet, "%s", row->sheet);
        table_heads_read(row->cells, row->count, &PLAIN, &heads, &twice);
        if (table_heads_fit(&heads))
            return ERR_NONE;
    }
    add_row(columns, row->cells, row->count);
    return columns->arena->failed ? ERR_MEMORY : ERR_NONE;
}

static enum err csv_columns(struct columns *columns, const char *bytes, size_t len) {
    struct arena arena;
    struct charset_text text = {0};
    struct csv csv;
    struct csv_error error;
    enum err err = charset_decode(bytes, len, &text);
    arena_init(&arena, FILE_ARENA);
    if (err == ERR_NONE)
        err = csv_read(&arena, text.text, text.len, &csv, &error);
    if (err == ERR_NONE) {
        add_heads(columns, csv.columns, csv.column_count);
        for (size_t i = 0; i < csv.row_count && !columns->arena->failed; i++)
            add_row(columns, csv.rows[i].cells, csv.column_count);
    }
    arena_release(&arena);
    charset_release(&text);
    return err;
}

enum err exchange_table_columns(struct arena *arena, enum exchange_format format, const char *bytes, size_t len,
                                struct exchange_columns *ret_columns) {
    struct exchange_columns found = {0};
    struct xlsx_error error;
    struct columns *columns = calloc(1, sizeof *columns);
    if (!columns)
        return ERR_MEMORY;
    columns->arena = arena;
    columns->columns = &found;
    enum err err = ERR_STATE;
    if (len > EXCHANGE_BYTES_MAX)
        err = ERR_LIMIT;
    else if (format == EXCHANGE_CSV)
        err = csv_columns(columns, bytes, len);
    else if (format == EXCHANGE_XLSX)
        err = xlsx_read(bytes, len, take_row, columns, &error);
    free(columns);
    if (err == ERR_NONE && arena->failed)
        err = ERR_MEMORY;
    if (err == ERR_NONE)
        *ret_columns = found;
    return err;
}
