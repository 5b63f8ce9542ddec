#include "table.h"

#include "khoacu/doc/xlsx.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* How far down a sheet its headings are looked for; a sheet of SPILL_ROWS rows goes on in the next one without. */
enum { PREFACE_MAX = 20, SPILL_ROWS = 65536 };

struct sheets {
    struct exchange_reading *reading;
    struct arena arena; /* headings */
    struct table_heads heads;
    bool have;              /* headings of the sheet at hand are known */
    bool told;              /* that there are none */
    char sheet[128];
    size_t number, preface; /* of the last row; rows seen before headings */
    bool begun;
};

static enum err tell(struct sheets *sheets) {
    sheets->told = true;
    return exchange_refuse_file(sheets->reading, "table-no-stem", "Không có cột nào là câu hỏi; hãy chọn cột tương ứng.",
                                "No column holds the stem; say which one does.", sheets->sheet);
}

static enum err look_for_heads(struct sheets *sheets, const struct xlsx_row *row, bool spilled, bool *ret_taken) {
    struct table_heads heads;
    int twice;
    const char **names = ARENA_ARRAY(&sheets->arena, row->count, const char *);
    for (size_t i = 0; names && i < row->count; i++)
        names[i] = arena_strdup(&sheets->arena, row->cells[i]);
    if (!names || sheets->arena.failed)
        return ERR_MEMORY;
    table_heads_read(names, row->count, sheets->reading->options, &heads, &twice);
    *ret_taken = table_heads_fit(&heads);
    if (!*ret_taken) {
        sheets->have = spilled;
        sheets->preface++;
        return !spilled && sheets->preface == PREFACE_MAX ? tell(sheets) : ERR_NONE;
    }
    if (twice >= 0) {
        sheets->told = true;
        return exchange_refuse_file(sheets->reading, "table-column-twice", "Một cột xuất hiện hai lần.",
                                    "A column stands twice.", table_column((enum table_field)twice));
    }
    sheets->heads = heads;
    sheets->have = true;
    return ERR_NONE;
}

static enum err give_row(struct sheets *sheets, const struct xlsx_row *row) {
    struct table_row given = {.place = arena_printf(sheets->reading->arena, "%s!%zu", row->sheet, row->number)};
    for (size_t i = 0; i < row->count; i++) {
        int field = i < sheets->heads.count ? sheets->heads.fields[i] : -1;
        bool said = row->cells[i][strspn(row->cells[i], " \t\r\n")] != '\0';
        if (field >= 0) {
            given.cells[field] = row->cells[i];
            given.broken[field] = row->marks[i] == XLSX_BROKEN;
            given.date[field] = row->marks[i] == XLSX_DATE;
            given.styled[field] = row->marks[i] == XLSX_STYLED;
        } else if (field == -1 && said)
            table_ignore(sheets->reading->arena, &given, i < sheets->heads.count ? sheets->heads.names[i] : "");
    }
    /* A column that the file has is an empty cell here, not a missing column. */
    for (size_t i = 0; i < TABLE_FIELDS; i++)
        if (sheets->heads.known[i] && !given.cells[i])
            given.cells[i] = "";
    return table_give(sheets->reading, &given, false);
}

static enum err end_sheet(struct sheets *sheets) {
    return sheets->begun && !sheets->have && !sheets->told ? tell(sheets) : ERR_NONE;
}

static enum err take_row(void *ctx, const struct xlsx_row *row) {
    struct sheets *sheets = ctx;
    bool fresh = !sheets->begun || strcmp(sheets->sheet, row->sheet) != 0, spilled = false, taken = false;
    enum err err = ERR_NONE;
    if (fresh) {
        err = end_sheet(sheets);
        spilled = sheets->have && sheets->number >= SPILL_ROWS;
        (void)snprintf(sheets->sheet, sizeof sheets->sheet, "%s", row->sheet);
        sheets->begun = true;
        sheets->have = false;
        sheets->told = table_is_guide(row->sheet);
        sheets->preface = 0;
    }
    sheets->number = row->number;
    if (err == ERR_NONE && !sheets->have && !sheets->told)
        err = look_for_heads(sheets, row, spilled, &taken);
    if (err != ERR_NONE || taken || !sheets->have)
        return err;
    if (!exchange_progress(sheets->reading, sheets->reading->found, 0))
        return ERR_STATE;
    return give_row(sheets, row);
}

static enum err refuse_workbook(struct exchange_reading *reading, const struct xlsx_error *error) {
    static const struct {
        const char *reason, *code, *vi, *en;
    } REASONS[] = {
        {"zip", "xlsx-zip", "Tệp không phải XLSX hoặc bị hỏng.", "The file is no XLSX or is damaged."},
        {"stray", "xlsx-stray", "Tệp không chỉ là một XLSX: có phần thừa ở đầu, ở cuối hoặc ở giữa. Hãy mở rồi lưu lại thành XLSX, và kiểm tra nguồn của tệp.",
         "The file is not just an XLSX: something stands before it, behind it or in between. Open it, save it again as XLSX, and ask where it came from."},
        {"encrypted", "xlsx-encrypted", "Tệp có mật khẩu hoặc là dạng XLS cũ; hãy lưu lại thành XLSX không mật khẩu.",
         "The file has a password or is an old XLS; save it as XLSX without a password."},
        {"part", "xlsx-part", "Tệp XLSX thiếu một phần bên trong.", "A part of the XLSX is missing."},
        {"xml", "xlsx-xml", "Một phần bên trong tệp XLSX không đọc được.", "A part of the XLSX cannot be read."},
        {"limit", "xlsx-limit", "Tệp vượt quá giới hạn về số trang tính, số cột, độ dài ô hoặc dung lượng giải nén.",
         "The file is over the limit of sheets, columns, cell length or unpacked size."}};
    const char *place = error->sheet[0] ? arena_printf(reading->arena, "%s!%zu", error->sheet, error->row) : "";
    for (size_t i = 0; i < sizeof REASONS / sizeof *REASONS; i++)
        if (error->reason && strcmp(error->reason, REASONS[i].reason) == 0)
            return exchange_refuse_file(reading, REASONS[i].code, REASONS[i].vi, REASONS[i].en, place ? place : "");
    return ERR_MEMORY;
}

enum err exchange_xlsx_read(const char *path, const char *bytes, size_t len, const struct exchange_options *options,
                            exchange_sink_fn *sink, void *ctx) {
    struct arena arena;
    struct exchange_reading reading;
    struct sheets *sheets = calloc(1, sizeof *sheets);
    struct xlsx_error error = {0};
    if (!sheets)
        return ERR_MEMORY;
    arena_init(&arena, EXCHANGE_ITEM_BYTES_MAX);
    arena_init(&sheets->arena, 1 << 24);
    exchange_reading_init(&reading, EXCHANGE_XLSX, path, options, sink, ctx, &arena);
    sheets->reading = &reading;
    enum err err = xlsx_read(bytes, len, take_row, sheets, &error);
    if ((err == ERR_SYNTAX || err == ERR_LIMIT) && error.reason && !reading.stopped)
        err = refuse_workbook(&reading, &error);
    else if (err == ERR_NONE)
        err = end_sheet(sheets);
    if (err == ERR_NONE && !reading.found && !reading.refused)
        err = exchange_refuse_file(&reading, "file-empty", "Không tìm thấy câu hỏi nào trong tệp.",
                                   "No item stands in the file.", "");
    arena_release(&sheets->arena);
    arena_release(&arena);
    free(sheets);
    return err;
}

/* ---- writing ---- */

static enum err open_book(struct exchange_writer *writer) {
    struct xlsx_writer *book = NULL;
    struct xlsx_column columns[TABLE_FIELDS];
    enum err err = xlsx_new(writer->path, &book);
    if (err != ERR_NONE)
        return err;
    writer->state = book;
    for (int i = 0; i < TABLE_FIELDS; i++)
        columns[i] = (struct xlsx_column){.heading = table_column((enum table_field)i),
                                          .width = table_width((enum table_field)i),
                                          .hidden = i >= TABLE_OWN};
    return xlsx_sheet(book, "items", columns, TABLE_FIELDS);
}

static enum err add_item(struct exchange_writer *writer, const struct item *item, const struct item_media *media,
                         size_t media_count) {
    struct table_cells cells;
    (void)media;
    (void)media_count;
    table_render(&writer->arena, item, &cells);
    enum err err = table_render_own(&writer->arena, item, &cells);
    return err == ERR_NONE ? xlsx_put(writer->state, cells.cells, TABLE_FIELDS) : err;
}

static enum err close_book(struct exchange_writer *writer) {
    return xlsx_close(writer->state);
}

static void clear(struct exchange_writer *writer) {
    xlsx_free(writer->state);
}

const struct exchange_writer_ops EXCHANGE_XLSX_OPS = {
    .open = open_book, .add = add_item, .close = close_book, .clear = clear};
