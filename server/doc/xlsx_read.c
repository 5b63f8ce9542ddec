#include "khoacu/doc/xlsx.h"

#include "khoacu/base/arena.h"
#include "khoacu/base/text.h"
#include "khoacu/doc/zip.h"
#include "xlsx_cells.h"
#include "xml_scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zip.h>

#include "khoacu/base/banned.h"

enum { PATH_BYTES = 256, ENTRIES_MAX = 10000, ROWS_MAX = 1 << 20, TOKEN_MAX = 1 << 20 };

struct sheet {
    char *name, *id, *path;
};

struct reader {
    zip_t *zip;
    zip_file_t *part;
    size_t unpacked, part_unpacked, part_max;
    bool over; /* XLSX_PARTS_MAX, XLSX_RATIO_MAX */
    struct arena arena;
    struct sheet sheets[XLSX_SHEETS_MAX];
    size_t sheet_count;
    struct xlsx_strings strings;
    struct xlsx_formats formats;
    xlsx_row_fn *row;
    void *ctx;
    struct xlsx_error *error;
};

static enum err fail(struct reader *reader, enum err err, const char *reason) {
    reader->error->reason = reason;
    return err;
}

/* ---- parts ---- */

static long fill(void *ctx, char *bytes, size_t size) {
    struct reader *reader = ctx;
    zip_int64_t got = zip_fread(reader->part, bytes, size);
    if (got > 0) {
        reader->unpacked += (size_t)got;
        reader->part_unpacked += (size_t)got;
    }
    if (reader->unpacked > XLSX_PARTS_MAX || reader->part_unpacked > reader->part_max)
        reader->over = true;
    return reader->over ? -1 : got;
}

static bool open_part(struct reader *reader, const char *path, struct scan *scan) {
    zip_stat_t stat;
    zip_stat_init(&stat);
    reader->part = zip_stat(reader->zip, path, ZIP_FL_NOCASE, &stat) == 0 ? zip_fopen(reader->zip, path, ZIP_FL_NOCASE) : NULL;
    if (!reader->part)
        return false;
    reader->part_unpacked = 0;
    reader->part_max = stat.comp_size < XLSX_PARTS_MAX ? (size_t)stat.comp_size * XLSX_RATIO_MAX : XLSX_PARTS_MAX;
    if (reader->part_max < XLSX_PART_SMALL)
        reader->part_max = XLSX_PART_SMALL;
    if (scan_init(scan, fill, reader, TOKEN_MAX))
        return true;
    (void)zip_fclose(reader->part);
    reader->part = NULL;
    return false;
}

/* The scan's last event as a failure; also whether the part's checksum held. */
static enum err close_part(struct reader *reader, struct scan *scan, enum scan_event event) {
    bool broken = event == SCAN_BROKEN;
    if (zip_error_code_zip(zip_file_get_error(reader->part)) != ZIP_ER_OK)
        broken = true;
    (void)zip_fclose(reader->part);
    reader->part = NULL;
    scan_release(scan);
    if (reader->over || event == SCAN_TOO_LONG)
        return fail(reader, ERR_LIMIT, "limit");
    if (reader->arena.failed)
        return fail(reader, ERR_LIMIT, "limit");
    return broken ? fail(reader, ERR_SYNTAX, "xml") : ERR_NONE;
}

/* ---- the workbook ---- */

static enum err read_workbook(struct reader *reader) {
    struct scan scan;
    enum scan_event event;
    if (!open_part(reader, "xl/workbook.xml", &scan))
        return fail(reader, ERR_SYNTAX, "part");
    while ((event = scan_next(&scan)) < SCAN_BROKEN && event != SCAN_END) {
        if (event != SCAN_OPEN)
            continue;
        if (scan_is(&scan, "workbookPr")) {
            const char *old = scan_attribute(&scan, "date1904");
            reader->formats.from_1904 = old && (strcmp(old, "1") == 0 || strcmp(old, "true") == 0);
        } else if (scan_is(&scan, "sheet")) {
            if (reader->sheet_count == XLSX_SHEETS_MAX) {
                event = SCAN_TOO_LONG;
                break;
            }
            struct sheet *sheet = &reader->sheets[reader->sheet_count++];
            const char *name = scan_attribute(&scan, "name");
            sheet->name = arena_strdup(&reader->arena, name ? name : "");
            const char *id = scan_attribute(&scan, "id");
            sheet->id = arena_strdup(&reader->arena, id ? id : "");
        }
    }
    return close_part(reader, &scan, event);
}

/* "worksheets/sheet1.xml" beside xl/workbook.xml; "/xl/…" from the root. */
static char *part_path(struct arena *arena, const char *target) {
    if (strstr(target, "..") || strlen(target) > PATH_BYTES)
        return NULL;
    return target[0] == '/' ? arena_strdup(arena, target + 1) : arena_printf(arena, "xl/%s", target);
}

static enum err read_relations(struct reader *reader, char **ret_strings, char **ret_styles) {
    struct scan scan;
    enum scan_event event;
    if (!open_part(reader, "xl/_rels/workbook.xml.rels", &scan))
        return fail(reader, ERR_SYNTAX, "part");
    while ((event = scan_next(&scan)) < SCAN_BROKEN && event != SCAN_END) {
        if (event != SCAN_OPEN || !scan_is(&scan, "Relationship"))
            continue;
        const char *text = scan_attribute(&scan, "Id");
        char *id = arena_strdup(&reader->arena, text ? text : "");
        text = scan_attribute(&scan, "Type");
        const char *slash = text ? strrchr(text, '/') : NULL;
        char *type = arena_strdup(&reader->arena, slash ? slash + 1 : "");
        text = scan_attribute(&scan, "Target");
        char *path = text ? part_path(&reader->arena, text) : NULL;
        if (!id || !type || !path)
            continue;
        if (strcmp(type, "sharedStrings") == 0)
            *ret_strings = path;
        else if (strcmp(type, "styles") == 0)
            *ret_styles = path;
        for (size_t i = 0; strcmp(type, "worksheet") == 0 && i < reader->sheet_count; i++)
            if (reader->sheets[i].id && strcmp(reader->sheets[i].id, id) == 0)
                reader->sheets[i].path = path;
    }
    return close_part(reader, &scan, event);
}

/* ---- shared strings ---- */

/* How the runs of a string look: bold, slanted, underlined, struck out, raised or lowered. */
struct looks {
    unsigned run, first;
    size_t runs;
    bool differ;
};

static void look_at(struct looks *looks, const struct scan *scan, enum scan_event event) {
    static const char *const NAMES[] = {"b", "i", "u", "strike", "vertAlign"};
    for (unsigned i = 0; event == SCAN_OPEN && i < sizeof NAMES / sizeof *NAMES; i++)
        looks->run |= scan_is(scan, NAMES[i]) ? 1u << i : 0;
    if (event != SCAN_CLOSE || !scan_is(scan, "r"))
        return;
    looks->first = looks->runs++ ? looks->first : looks->run;
    looks->differ |= looks->run != looks->first;
    looks->run = 0;
}

/* The texts of what is open now up to its end: <t>, <r><t>, without the reading aids of <rPh>. */
static enum scan_event read_string(struct scan *scan, struct buf *out, bool *ret_styled) {
    size_t depth = scan->depth, phonetic = 0;
    bool in_text = false;
    struct looks looks = {0};
    *ret_styled = false;
    if (scan->closing)
        return scan_next(scan);
    for (;;) {
        enum scan_event event = scan_next(scan);
        if (event == SCAN_END || event >= SCAN_BROKEN)
            return event == SCAN_END ? SCAN_BROKEN : event;
        look_at(&looks, scan, event);
        *ret_styled = looks.differ;
        if (event == SCAN_OPEN && scan_is(scan, "rPh") && !scan->closing)
            phonetic = phonetic ? phonetic : scan->depth;
        else if (event == SCAN_OPEN)
            in_text = scan_is(scan, "t") && !scan->closing;
        else if (event == SCAN_CLOSE)
            in_text = false;
        else if (in_text && !phonetic)
            xlsx_put_string(out, scan->text.data ? scan->text.data : "", scan->text.len);
        if (event == SCAN_CLOSE && phonetic && scan->depth < phonetic)
            phonetic = 0;
        if (event == SCAN_CLOSE && scan->depth < depth)
            return out->failed ? SCAN_TOO_LONG : SCAN_CLOSE;
    }
}

static enum err read_strings(struct reader *reader, const char *path) {
    struct scan scan;
    struct buf text;
    enum scan_event event;
    bool styled = false;
    if (!path || !open_part(reader, path, &scan))
        return path ? fail(reader, ERR_SYNTAX, "part") : ERR_NONE;
    buf_init(&text, TOKEN_MAX);
    while ((event = scan_next(&scan)) < SCAN_BROKEN && event != SCAN_END) {
        if (event != SCAN_OPEN || !scan_is(&scan, "si"))
            continue;
        buf_reset(&text);
        event = read_string(&scan, &text, &styled);
        if (event >= SCAN_BROKEN)
            break;
        if (!xlsx_strings_add(&reader->strings, text.data ? text.data : "", text.len, styled)) {
            event = SCAN_TOO_LONG;
            break;
        }
    }
    buf_release(&text);
    return close_part(reader, &scan, event);
}

static enum err read_styles(struct reader *reader, const char *path) {
    struct scan scan;
    enum scan_event event;
    bool inside = false;
    if (!path || !open_part(reader, path, &scan))
        return ERR_NONE;
    while ((event = scan_next(&scan)) < SCAN_BROKEN && event != SCAN_END) {
        if (scan_is(&scan, "cellXfs") && event != SCAN_TEXT)
            inside = event == SCAN_OPEN;
        if (event != SCAN_OPEN)
            continue;
        int64_t id = 0;
        const char *number = scan_is(&scan, "numFmt") || (inside && scan_is(&scan, "xf")) ? scan_attribute(&scan, "numFmtId")
                                                                                         : NULL;
        if (number && !text_parse_int(number, 0, 100000, &id))
            continue;
        if (scan_is(&scan, "numFmt")) {
            const char *code = scan_attribute(&scan, "formatCode");
            xlsx_formats_define(&reader->formats, (int)id, code ? code : "");
        } else if (inside && scan_is(&scan, "xf")) {
            xlsx_formats_add(&reader->formats, (int)id);
        }
    }
    return close_part(reader, &scan, event);
}

/* ---- sheets ---- */

struct row_state {
    size_t number, column, count;
    const char *cells[XLSX_COLUMNS_MAX];
    enum xlsx_mark marks[XLSX_COLUMNS_MAX];
    struct arena arena; /* of the row's cells */
    struct buf text;
    enum err err;
};

/* "AB12" -> 27. */
static bool column_of(const char *reference, size_t *ret_column) {
    size_t column = 0, letters = 0;
    for (; reference[letters] >= 'A' && reference[letters] <= 'Z' && letters < 4; letters++)
        column = column * 26 + (size_t)(reference[letters] - 'A' + 1);
    if (!letters)
        return false;
    *ret_column = column - 1;
    return true;
}

/* Keeps what the cell says. False: it says what cannot be. */
static bool put_cell(struct reader *reader, struct row_state *row, size_t column, const char *type, const char *style, bool formula, bool styled) {
    const char *text = row->text.data ? row->text.data : "";
    const char *cell = xlsx_cell_text(&row->arena, &reader->strings, &reader->formats, type, style, text, row->text.len);
    if (!cell)
        return false;
    for (; row->count <= column; row->count++) {
        row->cells[row->count] = "";
        row->marks[row->count] = XLSX_PLAIN;
    }
    bool broken = strcmp(type, "e") == 0 || (formula && !row->text.len && strcmp(type, "str") != 0);
    bool date = row->text.len && strcmp(type, "n") == 0 && xlsx_shown_as(&reader->formats, style) == XLSX_AS_DATE;
    row->cells[column] = cell;
    styled |= strcmp(type, "s") == 0 && xlsx_strings_styled(&reader->strings, text);
    row->marks[column] = broken ? XLSX_BROKEN : date ? XLSX_DATE : styled ? XLSX_STYLED : XLSX_PLAIN;
    return true;
}

static enum scan_event read_cell(struct reader *reader, struct scan *scan, struct row_state *row) {
    char type[16], style[16];
    const char *text = scan_attribute(scan, "r");
    if (text && !column_of(text, &row->column))
        return SCAN_BROKEN;
    text = scan_attribute(scan, "t");
    (void)snprintf(type, sizeof type, "%s", text ? text : "n");
    text = scan_attribute(scan, "s");
    (void)snprintf(style, sizeof style, "%s", text ? text : "0");
    buf_reset(&row->text);
    size_t depth = scan->depth, column = row->column++;
    enum scan_event event = scan->closing ? scan_next(scan) : SCAN_OPEN;
    bool value = false, formula = false, styled = false;
    while (scan->depth >= depth && event != SCAN_CLOSE) {
        event = scan_next(scan);
        if (event == SCAN_END || event >= SCAN_BROKEN)
            return event == SCAN_END ? SCAN_BROKEN : event;
        if (event == SCAN_OPEN && scan_is(scan, "is")) {
            event = read_string(scan, &row->text, &styled);
            if (event >= SCAN_BROKEN)
                return event;
            event = SCAN_OPEN;
        } else if (event == SCAN_OPEN) {
            value = scan_is(scan, "v") && !scan->closing;
            formula |= scan_is(scan, "f");
        } else if (event == SCAN_TEXT && value) {
            buf_add(&row->text, scan->text.data, scan->text.len);
        } else if (event == SCAN_CLOSE) {
            value = false;
            if (scan->depth >= depth)
                event = SCAN_OPEN;
        }
    }
    if (row->text.failed || column >= XLSX_COLUMNS_MAX)
        return column >= XLSX_COLUMNS_MAX && !row->text.len ? SCAN_CLOSE : SCAN_TOO_LONG;
    if (put_cell(reader, row, column, type, style, formula, styled))
        return SCAN_CLOSE;
    return row->arena.failed ? SCAN_TOO_LONG : SCAN_BROKEN;
}

static enum err end_row(struct reader *reader, struct row_state *row, const struct sheet *sheet) {
    while (row->count && !row->cells[row->count - 1][0] && row->marks[row->count - 1] != XLSX_BROKEN)
        row->count--;
    if (!row->count)
        return ERR_NONE;
    struct xlsx_row given = {.sheet = sheet->name, .number = row->number, .cells = row->cells, .marks = row->marks, .count = row->count};
    return reader->row(reader->ctx, &given);
}

static bool begin_row(struct scan *scan, struct row_state *row) {
    const char *text = scan_attribute(scan, "r");
    int64_t number = (int64_t)row->number + 1;
    if (text && !text_parse_int(text, number, ROWS_MAX, &number))
        return false;
    row->number = (size_t)number;
    row->count = row->column = 0;
    arena_reset(&row->arena);
    return number <= ROWS_MAX;
}

static enum scan_event read_rows(struct reader *reader, struct scan *scan, const struct sheet *sheet,
                                 struct row_state *row) {
    enum scan_event event;
    bool data = false, in_row = false;
    while ((event = scan_next(scan)) < SCAN_BROKEN && event != SCAN_END && row->err == ERR_NONE) {
        if (event != SCAN_TEXT && scan_is(scan, "sheetData"))
            data = event == SCAN_OPEN;
        if (event == SCAN_OPEN && data && scan_is(scan, "row")) {
            in_row = !scan->closing;
            if (!begin_row(scan, row))
                return SCAN_BROKEN;
        } else if (event == SCAN_OPEN && in_row && scan_is(scan, "c")) {
            event = read_cell(reader, scan, row);
            if (event >= SCAN_BROKEN)
                return event;
        } else if (event == SCAN_CLOSE && in_row && scan_is(scan, "row")) {
            in_row = false;
            row->err = end_row(reader, row, sheet);
        }
    }
    return event;
}

static enum err read_sheet(struct reader *reader, const struct sheet *sheet) {
    struct scan scan;
    struct row_state row = {0};
    (void)snprintf(reader->error->sheet, sizeof reader->error->sheet, "%s", sheet->name);
    if (!sheet->path) /* a chart, a dialogue */
        return ERR_NONE;
    if (!open_part(reader, sheet->path, &scan))
        return fail(reader, ERR_SYNTAX, "part");
    arena_init(&row.arena, (size_t)64 << 20);
    buf_init(&row.text, TOKEN_MAX);
    enum scan_event event = read_rows(reader, &scan, sheet, &row);
    reader->error->row = row.number;
    arena_release(&row.arena);
    buf_release(&row.text);
    if (row.err == ERR_NONE)
        return close_part(reader, &scan, event);
    (void)close_part(reader, &scan, SCAN_END);
    return row.err;
}

/* ---- the whole ---- */

static enum err read_all(struct reader *reader) {
    char *strings = NULL, *styles = NULL;
    if (zip_get_num_entries(reader->zip, 0) > ENTRIES_MAX)
        return fail(reader, ERR_LIMIT, "limit");
    enum err err = read_workbook(reader);
    if (err == ERR_NONE)
        err = read_relations(reader, &strings, &styles);
    if (err == ERR_NONE)
        err = read_styles(reader, styles);
    if (err == ERR_NONE)
        err = read_strings(reader, strings);
    for (size_t i = 0; i < reader->sheet_count && err == ERR_NONE; i++)
        err = read_sheet(reader, &reader->sheets[i]);
    return err;
}

enum err xlsx_read(const char *bytes, size_t len, xlsx_row_fn *row, void *ctx, struct xlsx_error *ret_error) {
    zip_error_t zip_error;
    *ret_error = (struct xlsx_error){0};
    /* Workbooks with a password, and those before 2007, are OLE files. */
    ret_error->reason = len > 8 && memcmp(bytes, "\xd0\xcf\x11\xe0", 4) == 0 ? "encrypted" : "zip";
    if (zipfile_frame(bytes, len) == ZIPFILE_STRAY) {
        ret_error->reason = "stray";
        return ERR_SYNTAX;
    }
    struct reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return ERR_MEMORY;
    zip_error_init(&zip_error);
    zip_source_t *source = zip_source_buffer_create(bytes, len, 0, &zip_error);
    reader->zip = source ? zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &zip_error) : NULL;
    if (!reader->zip && source)
        zip_source_free(source);
    zip_error_fini(&zip_error);
    enum err err = ERR_SYNTAX;
    if (reader->zip) {
        reader->row = row;
        reader->ctx = ctx;
        reader->error = ret_error;
        arena_init(&reader->arena, (size_t)16 << 20);
        xlsx_strings_init(&reader->strings, XLSX_STRINGS_MAX);
        err = read_all(reader);
        xlsx_strings_release(&reader->strings);
        xlsx_formats_release(&reader->formats);
        arena_release(&reader->arena);
        zip_discard(reader->zip);
    }
    free(reader);
    return err;
}
