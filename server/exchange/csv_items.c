#include "table.h"

#include "khoacu/doc/csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { FILE_ARENA = 768 << 20 };

static enum err refuse_csv(struct exchange_reading *reading, const struct csv_error *error) {
    static const struct {
        const char *reason, *code, *vi, *en;
    } REASONS[] = {
        {"quote", "csv-quote", "Dấu ngoặc kép không khép kín.", "A quotation mark is not closed."},
        {"limit", "csv-limit", "Tệp vượt quá giới hạn về số dòng, số cột hoặc độ dài ô.",
         "The file is over the limit of rows, columns or cell length."},
        {"duplicate-column", "table-column-twice", "Một cột xuất hiện hai lần.", "A column stands twice."},
        {"empty", "file-empty", "Không tìm thấy câu hỏi nào trong tệp.", "No item stands in the file."}};
    const char *place = error->line ? exchange_line(reading->arena, error->line) : "";
    for (size_t i = 0; i < sizeof REASONS / sizeof *REASONS; i++)
        if (error->reason && strcmp(REASONS[i].reason, error->reason) == 0)
            return exchange_refuse_file(reading, REASONS[i].code, REASONS[i].vi, REASONS[i].en, place);
    return exchange_refuse_file(reading, "csv-broken", "Tệp CSV không đọc được.", "The CSV file cannot be read.", place);
}

static enum err give_row(struct exchange_reading *reading, const struct csv *csv, const struct table_heads *heads,
                         size_t index, bool guessed) {
    const struct csv_row *row = &csv->rows[index];
    struct table_row given = {.place = exchange_line(reading->arena, row->line), .beyond = row->extra > 0};
    for (size_t i = 0; i < heads->count; i++) {
        if (heads->fields[i] >= 0)
            given.cells[heads->fields[i]] = row->cells[i];
        else if (heads->fields[i] == -1 && row->cells[i][strspn(row->cells[i], " \t")])
            table_ignore(reading->arena, &given, heads->names[i]);
    }
    return table_give(reading, &given, guessed);
}

static enum err give_rows(struct exchange_reading *reading, const struct csv *csv, bool guessed) {
    struct table_heads heads;
    int twice;
    table_heads_read(csv->columns, csv->column_count, reading->options, &heads, &twice);
    if (twice >= 0)
        return exchange_refuse_file(reading, "table-column-twice", "Một cột xuất hiện hai lần.", "A column stands twice.",
                                    table_column((enum table_field)twice));
    if (!table_heads_fit(&heads))
        return exchange_refuse_file(reading, "table-no-stem", "Không có cột nào là câu hỏi; hãy chọn cột tương ứng.",
                                    "No column holds the stem; say which one does.", "line 1");
    enum err err = ERR_NONE;
    for (size_t i = 0; i < csv->row_count && err == ERR_NONE; i++) {
        err = give_row(reading, csv, &heads, i, guessed);
        if (err == ERR_NONE && !exchange_progress(reading, i + 1, csv->row_count))
            err = ERR_STATE;
    }
    return err;
}

static enum err read_all(struct exchange_reading *reading, const struct charset_text *text) {
    struct arena arena;
    struct csv csv;
    struct csv_error error = {0};
    arena_init(&arena, FILE_ARENA);
    enum err err = csv_read(&arena, text->text, text->len, &csv, &error);
    if (err == ERR_NONE)
        err = give_rows(reading, &csv, charset_guessed(text->charset));
    else if (err == ERR_SYNTAX || err == ERR_LIMIT)
        err = refuse_csv(reading, &error);
    arena_release(&arena);
    return err;
}

enum err exchange_csv_read(const char *path, const char *bytes, size_t len, const struct exchange_options *options,
                           exchange_sink_fn *sink, void *ctx) {
    return exchange_read_text(EXCHANGE_CSV, path, bytes, len, options, sink, ctx, read_all);
}

/* ---- writing ---- */

static enum err put_row(FILE *file, const char *const *cells) {
    struct buf out;
    buf_init(&out, EXCHANGE_ITEM_BYTES_MAX);
    for (size_t i = 0; i < TABLE_FIELDS; i++)
        csv_put(&out, cells[i], i == 0);
    csv_end_row(&out);
    enum err err = out.failed ? ERR_LIMIT : fwrite(out.data, 1, out.len, file) == out.len ? ERR_NONE : ERR_IO;
    buf_release(&out);
    return err;
}

static enum err put_heads(FILE *file) {
    const char *names[TABLE_FIELDS];
    for (int i = 0; i < TABLE_FIELDS; i++)
        names[i] = table_column((enum table_field)i);
    return fputs("\xef\xbb\xbf", file) < 0 ? ERR_IO : put_row(file, names);
}

static enum err open_file(struct exchange_writer *writer) {
    FILE *file = exchange_create(writer->path);
    writer->state = file;
    return file ? put_heads(file) : ERR_IO;
}

static enum err add_item(struct exchange_writer *writer, const struct item *item, const struct item_media *media,
                         size_t media_count) {
    struct table_cells cells;
    (void)media;
    (void)media_count;
    table_render(&writer->arena, item, &cells);
    enum err err = table_render_own(&writer->arena, item, &cells);
    return err == ERR_NONE ? put_row(writer->state, cells.cells) : err;
}

static enum err close_file(struct exchange_writer *writer) {
    FILE *file = writer->state;
    writer->state = NULL;
    bool flushed = fflush(file) == 0;
    return fclose(file) == 0 && flushed ? ERR_NONE : ERR_IO;
}

static void clear(struct exchange_writer *writer) {
    if (writer->state)
        (void)fclose(writer->state);
}

const struct exchange_writer_ops EXCHANGE_CSV_OPS = {
    .open = open_file, .add = add_item, .close = close_file, .clear = clear};
