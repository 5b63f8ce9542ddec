#include "khoacu/doc/csv.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <utf8proc.h>

#include "khoacu/base/banned.h"

#define ROWS_MAX 2000000
#define COLUMNS_MAX 64
#define EXTRA_MAX 1000
#define CELL_MAX 65536

struct reader {
    struct arena *arena;
    const char *at, *end;
    char separator;
    bool bare_cr; /* rows end with CR alone, as old programs for the Macintosh write */
    size_t line, column; /* of the cell that is being read */
    struct buf cell;
    struct csv_error *error;
};

static enum err fail(struct reader *reader, enum err err, size_t line, size_t column, const char *reason) {
    if (reader->error)
        *reader->error = (struct csv_error){.line = line, .column = column, .reason = reason};
    return err;
}

/* ---- one cell ---- */

static bool at_row_end(const struct reader *reader) {
    return reader->at == reader->end || *reader->at == '\n' ||
           (*reader->at == '\r' && (reader->bare_cr || reader->at + 1 == reader->end || reader->at[1] == '\n'));
}

/* Whether a line of the file ends with this character, be it within a cell. */
static bool ends_line(const struct reader *reader, const char *c) {
    return *c == '\n' || (reader->bare_cr && *c == '\r' && !(c + 1 < reader->end && c[1] == '\n'));
}

static enum err read_quoted(struct reader *reader) {
    size_t first_line = reader->line;
    for (reader->at++; reader->at < reader->end; reader->at++) {
        if (*reader->at == '"') {
            if (reader->at + 1 == reader->end || reader->at[1] != '"')
                break;
            reader->at++;
        }
        reader->line += ends_line(reader, reader->at);
        buf_addc(&reader->cell, *reader->at);
    }
    if (reader->at == reader->end)
        return fail(reader, ERR_SYNTAX, first_line, reader->column, "quote");
    reader->at++;
    if (!at_row_end(reader) && *reader->at != reader->separator)
        return fail(reader, ERR_SYNTAX, reader->line, reader->column, "quote");
    return ERR_NONE;
}

static enum err read_bare(struct reader *reader) {
    const char *start = reader->at;
    while (!at_row_end(reader) && *reader->at != reader->separator) {
        if (*reader->at == '"')
            return fail(reader, ERR_SYNTAX, reader->line, reader->column, "quote");
        reader->at++;
    }
    buf_add(&reader->cell, start, (size_t)(reader->at - start));
    return ERR_NONE;
}

/* Whether every character is one that normal form C keeps as it is: below U+0300, or U+1E00 to U+1EFF,
 * where the Vietnamese letters are. */
static bool is_composed(const char *text) {
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if (*c >= 0xcc && !(*c == 0xe1 && c[1] >= 0xb8 && c[1] <= 0xbb))
            return false;
    return true;
}

static const char *composed(struct arena *arena, const char *text) {
    if (is_composed(text))
        return arena_strdup(arena, text);
    utf8proc_uint8_t *result CLEANUP(cleanup_free) = utf8proc_NFC((const utf8proc_uint8_t *)text);
    return result ? arena_strdup(arena, (const char *)result) : NULL;
}

static enum err read_cell(struct reader *reader, const char **ret_cell) {
    size_t line = reader->line;
    buf_reset(&reader->cell);
    bool quoted = !at_row_end(reader) && *reader->at == '"';
    enum err err = quoted ? read_quoted(reader) : read_bare(reader);
    if (err != ERR_NONE)
        return err;
    if (reader->cell.failed)
        return fail(reader, ERR_LIMIT, line, reader->column, "limit");
    *ret_cell = reader->cell.len ? composed(reader->arena, reader->cell.data) : "";
    return *ret_cell ? ERR_NONE : ERR_MEMORY;
}

/* ---- rows ---- */

static void end_row(struct reader *reader) {
    if (reader->at == reader->end)
        return;
    reader->at += reader->at[0] == '\r' && reader->at + 1 < reader->end && reader->at[1] == '\n' ? 2 : 1;
    reader->line++;
}

/* Reads one row: up to `wanted` cells into `cells`, the rest counted. */
static enum err read_row(struct reader *reader, size_t wanted, const char **cells, size_t *ret_count) {
    size_t count = 0;
    for (;;) {
        const char *cell = NULL;
        reader->column = count + 1;
        enum err err = read_cell(reader, &cell);
        if (err != ERR_NONE)
            return err;
        if (count < wanted)
            cells[count] = cell;
        if (++count > EXTRA_MAX)
            return fail(reader, ERR_LIMIT, reader->line, count, "limit");
        if (at_row_end(reader))
            break;
        reader->at++;
    }
    end_row(reader);
    *ret_count = count;
    return ERR_NONE;
}

static bool is_blank_row(const char **cells, size_t count) {
    for (size_t i = 0; i < count; i++)
        for (const char *c = cells[i]; *c; c++)
            if (*c != ' ' && *c != '\t')
                return false;
    return true;
}

/* ---- the header ---- */

static void skip_blank_lines(struct reader *reader) {
    for (const char *c = reader->at; c < reader->end; c++) {
        if (ends_line(reader, c)) {
            reader->at = c + 1;
            reader->line++;
        } else if (*c != ' ' && *c != '\t' && *c != '\r') {
            return;
        }
    }
    reader->at = reader->end;
}

/* Whether the first line with words in it ends with CR alone. */
static bool ends_bare(const struct reader *reader) {
    bool quoted = false, said = false;
    for (const char *c = reader->at; c < reader->end; c++) {
        quoted ^= *c == '"';
        if (said && !quoted && (*c == '\n' || *c == '\r'))
            return *c == '\r' && c + 1 < reader->end && c[1] != '\n';
        said |= !strchr(" \t\r\n", *c);
    }
    return false;
}

/* "sep=;", which spreadsheets write and read in front of the header and show to nobody, sometimes in quotes. The cells are
 * separated by what it says. False: the line is another and was left alone. */
static bool read_sep(struct reader *reader) {
    const char *at = reader->at;
    bool quoted = at < reader->end && *at == '"';
    at += quoted;
    if (reader->end - at < 5 || strncasecmp(at, "sep=", 4) != 0)
        return false;
    struct reader behind = *reader;
    behind.separator = at[4];
    behind.at = at + 5;
    if (quoted && (behind.at == behind.end || *behind.at++ != '"'))
        return false;
    if (!strchr(",;\t|:^~!#$%&*/ ", behind.separator) || !behind.separator || !at_row_end(&behind))
        return false;
    end_row(&behind);
    *reader = behind;
    return true;
}

/* The separator that occurs most often, outside quotes, in the first line. */
static char find_separator(const struct reader *reader) {
    static const char candidates[] = {',', ';', '\t'};
    size_t counts[sizeof(candidates)] = {0}, best = 0;
    bool quoted = false;
    for (const char *c = reader->at; c < reader->end && (quoted || !ends_line(reader, c)); c++) {
        quoted ^= *c == '"';
        for (size_t i = 0; i < sizeof(candidates) && !quoted; i++)
            counts[i] += *c == candidates[i];
    }
    for (size_t i = 1; i < sizeof(candidates); i++)
        if (counts[i] > counts[best])
            best = i;
    return candidates[best];
}

static const char *lower_trimmed(struct arena *arena, const char *cell) {
    char *copy = arena_strdup(arena, cell);
    if (!copy)
        return NULL;
    const char *text = text_trim(copy);
    size_t len = strlen(text);
    /* a lower-case letter takes at most 3 bytes where its capital took 2 */
    char *lower = arena_alloc(arena, len * 3 / 2 + 5);
    if (!lower)
        return NULL;
    utf8proc_uint8_t *out = (utf8proc_uint8_t *)lower;
    for (const utf8proc_uint8_t *in = (const utf8proc_uint8_t *)text; *in;) {
        utf8proc_int32_t point = 0;
        in += utf8proc_iterate(in, -1, &point);
        out += utf8proc_encode_char(utf8proc_tolower(point), out);
    }
    return lower;
}

static enum err read_header(struct reader *reader, struct csv *csv) {
    const char *cells[COLUMNS_MAX];
    skip_blank_lines(reader);
    bool told = read_sep(reader);
    skip_blank_lines(reader);
    if (reader->at == reader->end)
        return fail(reader, ERR_SYNTAX, 1, 0, "empty");
    if (!told)
        reader->separator = find_separator(reader);
    size_t line = reader->line, count = 0;
    enum err err = read_row(reader, COLUMNS_MAX, cells, &count);
    if (err != ERR_NONE)
        return err;
    if (count > COLUMNS_MAX)
        return fail(reader, ERR_LIMIT, line, count, "limit");
    csv->columns = ARENA_ARRAY(reader->arena, count, const char *);
    if (!csv->columns)
        return ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        csv->columns[i] = lower_trimmed(reader->arena, cells[i]);
        if (!csv->columns[i])
            return ERR_MEMORY;
        csv->column_count = i;
        if (*csv->columns[i] && csv_column(csv, csv->columns[i]) >= 0) {
            err = fail(reader, ERR_SYNTAX, line, i + 1, "duplicate-column");
            if (reader->error)
                reader->error->name = csv->columns[i];
            return err;
        }
    }
    csv->column_count = count;
    return ERR_NONE;
}

/* ---- the whole ---- */

static enum err check_encoding(struct reader *reader) {
    const char *line_start = reader->at;
    for (size_t line = 1; line_start < reader->end; line++) {
        const char *newline = memchr(line_start, reader->bare_cr ? '\r' : '\n', (size_t)(reader->end - line_start));
        const char *line_end = newline ? newline + 1 : reader->end;
        if (!text_is_utf8(line_start, (size_t)(line_end - line_start)))
            return fail(reader, ERR_SYNTAX, line, 0, "utf8");
        line_start = line_end;
    }
    return ERR_NONE;
}

static size_t count_lines(const struct reader *reader) {
    size_t count = 1;
    for (const char *c = reader->at; c < reader->end; c++)
        count += ends_line(reader, c);
    return count;
}

static enum err read_rows(struct reader *reader, struct csv *csv) {
    size_t room = count_lines(reader);
    csv->rows = ARENA_ARRAY(reader->arena, room < ROWS_MAX ? room : ROWS_MAX, struct csv_row);
    if (!csv->rows)
        return ERR_MEMORY;
    while (reader->at < reader->end) {
        size_t line = reader->line, count = 0;
        const char **cells = ARENA_ARRAY(reader->arena, csv->column_count, const char *);
        if (!cells)
            return ERR_MEMORY;
        for (size_t i = 0; i < csv->column_count; i++)
            cells[i] = "";
        enum err err = read_row(reader, csv->column_count, cells, &count);
        if (err != ERR_NONE)
            return err;
        size_t extra = count > csv->column_count ? count - csv->column_count : 0;
        if (extra == 0 && is_blank_row(cells, csv->column_count))
            continue;
        if (csv->row_count == ROWS_MAX)
            return fail(reader, ERR_LIMIT, line, 0, "limit");
        csv->rows[csv->row_count++] = (struct csv_row){.line = line, .cells = cells, .extra = extra};
    }
    return ERR_NONE;
}

enum err csv_read(struct arena *arena, const char *bytes, size_t len, struct csv *ret_csv, struct csv_error *ret_error) {
    struct reader reader = {.arena = arena, .at = bytes, .end = bytes + len, .line = 1, .error = ret_error};
    struct csv csv = {0};
    while (reader.end - reader.at >= 3 && memcmp(reader.at, "\xef\xbb\xbf", 3) == 0)
        reader.at += 3;
    reader.bare_cr = ends_bare(&reader);
    buf_init(&reader.cell, CELL_MAX);
    enum err err = check_encoding(&reader);
    if (err == ERR_NONE)
        err = read_header(&reader, &csv);
    if (err == ERR_NONE)
        err = read_rows(&reader, &csv);
    buf_release(&reader.cell);
    if (err == ERR_NONE)
        *ret_csv = csv;
    else if (err == ERR_MEMORY)
        (void)fail(&reader, err, reader.line, 0, "limit");
    return err;
}

int csv_column(const struct csv *csv, const char *name) {
    for (size_t i = 0; i < csv->column_count; i++)
        if (strcmp(csv->columns[i], name) == 0)
            return (int)i;
    return -1;
}

/* ---- writing ---- */

static void put(struct buf *out, const char *cell, bool first, bool guard) {
    size_t len = strlen(cell);
    bool blank_edge = len > 0 && (cell[0] == ' ' || cell[len - 1] == ' ');
    if (!first)
        buf_addc(out, ',');
    if (!blank_edge && !strpbrk(cell, ",;\t\"\r\n")) {
        if (guard)
            buf_addc(out, '\'');
        buf_add(out, cell, len);
        return;
    }
    buf_addc(out, '"');
    if (guard)
        buf_addc(out, '\'');
    for (const char *c = cell; *c; c++) {
        if (*c == '"')
            buf_addc(out, '"');
        buf_addc(out, *c);
    }
    buf_addc(out, '"');
}

void csv_put(struct buf *out, const char *cell, bool first) {
    put(out, cell, first, *cell && strchr("=+-@\t\r", *cell));
}

void csv_put_plain(struct buf *out, const char *cell, bool first) {
    put(out, cell, first, false);
}

void csv_end_row(struct buf *out) {
    buf_adds(out, "\r\n");
}
