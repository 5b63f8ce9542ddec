#include "khoacu/doc/import.h"

#include "khoacu/base/text.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define VALUE_SHOWN_MAX 80

static const struct code_text {
    const char *key, *vi, *en;
} CODE_TEXTS[IMPORT_CODE_COUNT] = {
#define X(name, key, vi, en) {key, vi, en},
    IMPORT_CODE_TABLE(X)
#undef X
};

const char *import_code_key(enum import_code code) {
    return CODE_TEXTS[code].key;
}

const char *import_hint_vi(enum import_code code) {
    return CODE_TEXTS[code].vi;
}

const char *import_hint_en(enum import_code code) {
    return CODE_TEXTS[code].en;
}

/* ---- column names without case, tone marks and separators ---- */

/* Base letters of U+1EA0 to U+1EF9, the Vietnamese block, one for each pair of capital and small letter. */
static const char VIETNAMESE_BASE[] = "aaaaaaaaaaaa"
                                      "eeeeeeee"
                                      "ii"
                                      "oooooooooooo"
                                      "uuuuuuu"
                                      "yyyy";

static char base_of(unsigned point) {
    if (point >= 0x1EA0 && point <= 0x1EF9)
        return VIETNAMESE_BASE[(point - 0x1EA0) / 2];
    if (point < 0x80)
        return (char)(point >= 'A' && point <= 'Z' ? point - 'A' + 'a' : point);
    switch (point | 0x20) {
    case 0xE0:
    case 0xE1:
    case 0xE2:
    case 0xE3:
        return 'a';
    case 0xE8:
    case 0xE9:
    case 0xEA:
        return 'e';
    case 0xEC:
    case 0xED:
        return 'i';
    case 0xF2:
    case 0xF3:
    case 0xF4:
    case 0xF5:
        return 'o';
    case 0xF9:
    case 0xFA:
        return 'u';
    case 0xFD:
        return 'y';
    }
    switch (point) {
    case 0x102:
    case 0x103:
        return 'a';
    case 0x110:
    case 0x111:
        return 'd';
    case 0x128:
    case 0x129:
        return 'i';
    case 0x168:
    case 0x169:
    case 0x1AF:
    case 0x1B0:
        return 'u';
    case 0x1A0:
    case 0x1A1:
        return 'o';
    }
    return '?';
}

/* Next code point of valid UTF-8. */
static unsigned next_point(const unsigned char **text) {
    const unsigned char *p = *text;
    unsigned point = *p;
    int more = point < 0x80 ? 0 : point < 0xE0 ? 1 : point < 0xF0 ? 2 : 3;
    if (more > 0)
        point &= 0x3Fu >> more;
    for (p++; more > 0 && (*p & 0xC0) == 0x80; more--, p++)
        point = point << 6 | (*p & 0x3Fu);
    *text = p;
    return point;
}

/* The name reduced to base letters and digits, in `out`. */
static void fold_name(const char *name, char *out, size_t size) {
    size_t len = 0;
    for (const unsigned char *p = (const unsigned char *)name; *p && len + 1 < size;) {
        unsigned point = next_point(&p);
        if (point >= 0x300 && point <= 0x36F)
            continue;
        if (point == ' ' || point == '_' || point == '-' || point == 0xA0)
            continue;
        out[len++] = base_of(point);
    }
    out[len] = '\0';
}

static bool same_name(const char *a, const char *b) {
    char folded_a[96], folded_b[96];
    fold_name(a, folded_a, sizeof folded_a);
    fold_name(b, folded_b, sizeof folded_b);
    return strcmp(folded_a, folded_b) == 0;
}

static int column_of(const struct import_column *columns, const char *name) {
    for (int i = 0; columns[i].name; i++) {
        if (same_name(columns[i].name, name))
            return i;
        for (int j = 0; j < IMPORT_ALIASES_MAX && columns[i].aliases[j]; j++)
            if (same_name(columns[i].aliases[j], name))
                return i;
    }
    return -1;
}

/* ---- the report ---- */

void import_report_init(struct import_report *report, struct arena *arena, const struct import_request *request) {
    *report = (struct import_report){.arena = arena, .dry_run = request->dry_run};
}

static const char *shown(struct arena *arena, const char *value) {
    const unsigned char *p = (const unsigned char *)value;
    for (int i = 0; i < VALUE_SHOWN_MAX && *p; i++)
        (void)next_point(&p);
    const char *copy = arena_strndup(arena, value, (size_t)((const char *)p - value));
    return copy ? copy : "";
}

static void add_error(struct import_report *report, size_t line, const char *column, enum import_code code,
                      const char *value) {
    report->fault_count++;
    if (!report->errors)
        report->errors = ARENA_ARRAY(report->arena, IMPORT_ERRORS_MAX, struct import_error);
    if (!report->errors || report->error_count == IMPORT_ERRORS_MAX)
        return;
    report->errors[report->error_count++] = (struct import_error){
        .line = line, .column = shown(report->arena, column), .code = code, .value = shown(report->arena, value)};
}

void import_refuse_target(struct import_report *report, const char *column, enum import_code code, const char *value) {
    add_error(report, 0, column, code, value);
}

void import_refuse_value(struct import_report *report, const struct import_table *table, size_t row, const char *column,
                         enum import_code code, const char *value) {
    if (!table->refused[row]) {
        table->refused[row] = true;
        report->refused++;
    }
    add_error(report, table->csv.rows[row].line, column, code, value);
}

void import_refuse(struct import_report *report, const struct import_table *table, size_t row, size_t column,
                   enum import_code code) {
    import_refuse_value(report, table, row, table->columns[column].name, code, import_cell(table, row, column));
}

bool import_row_refused(const struct import_table *table, size_t row) {
    return table->refused[row];
}

bool import_mark(const struct import_report *report, const struct import_table *table, struct import_mark *ret_mark) {
    size_t count = table->csv.row_count;
    bool *rows = ARENA_ARRAY(report->arena, count + 1, bool);
    if (!rows)
        return false;
    memcpy(rows, table->refused, count * sizeof *rows);
    *ret_mark = (struct import_mark){.refused = report->refused,
                                     .error_count = report->error_count,
                                     .fault_count = report->fault_count,
                                     .rows = rows};
    return true;
}

void import_rewind(struct import_report *report, struct import_table *table, const struct import_mark *mark) {
    report->imported = report->changed = report->unchanged = 0;
    report->refused = mark->refused;
    report->error_count = mark->error_count;
    report->fault_count = mark->fault_count;
    memcpy(table->refused, mark->rows, table->csv.row_count * sizeof *mark->rows);
}

bool import_add_secret(struct import_report *report, const char *name, const char *secret) {
    if (report->secret_count == report->secret_size) {
        size_t size = report->secret_size ? report->secret_size * 2 : 64;
        struct import_secret *wider = ARENA_ARRAY(report->arena, size, struct import_secret);
        if (!wider)
            return false;
        if (report->secret_count > 0)
            memcpy(wider, report->secrets, report->secret_count * sizeof *wider);
        report->secrets = wider;
        report->secret_size = size;
    }
    struct import_secret *added = &report->secrets[report->secret_count];
    added->name = arena_strdup(report->arena, name);
    added->secret = arena_strdup(report->arena, secret);
    if (!added->name || !added->secret)
        return false;
    report->secret_count++;
    return true;
}

bool import_may_apply(const struct import_report *report) {
    return !report->dry_run && report->fault_count == 0;
}

static int by_line(const void *a, const void *b) {
    const struct import_error *x = a, *y = b;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    int column = strcmp(x->column, y->column);
    return column != 0 ? column : (int)x->code - (int)y->code;
}

void import_close(struct import_report *report, bool committed) {
    report->applied = committed;
    if (!committed)
        report->secret_count = 0;
    if (report->error_count > 1)
        qsort(report->errors, report->error_count, sizeof *report->errors, by_line);
}

/* ---- the table ---- */

static enum import_code code_of_file_fault(enum err err, const struct csv_error *error) {
    static const struct {
        const char *reason;
        enum import_code code;
    } REASONS[] = {{"utf8", IMPORT_FILE_UTF8},
                   {"quote", IMPORT_FILE_QUOTE},
                   {"limit", IMPORT_FILE_LIMIT},
                   {"empty", IMPORT_FILE_EMPTY},
                   {"duplicate-column", IMPORT_COLUMN_TWICE}};
    for (size_t i = 0; error->reason && i < sizeof REASONS / sizeof REASONS[0]; i++)
        if (strcmp(error->reason, REASONS[i].reason) == 0)
            return REASONS[i].code;
    return err == ERR_LIMIT ? IMPORT_FILE_LIMIT : IMPORT_SYNTAX;
}

static void find_columns(struct import_report *report, struct import_table *table) {
    for (int i = 0; i < IMPORT_COLUMNS_MAX; i++)
        table->place[i] = -1;
    for (size_t i = 0; i < table->csv.column_count; i++) {
        const char *name = table->csv.columns[i];
        int column = column_of(table->columns, name);
        if (column < 0)
            add_error(report, 1, name, IMPORT_COLUMN_UNKNOWN, name);
        else if (table->place[column] >= 0)
            add_error(report, 1, name, IMPORT_COLUMN_TWICE, name);
        else
            table->place[column] = (int)i;
    }
    for (size_t i = 0; table->columns[i].name; i++)
        if (table->columns[i].required && table->place[i] < 0)
            add_error(report, 1, table->columns[i].name, IMPORT_COLUMN_MISSING, "");
}

static void check_rows(struct import_report *report, const struct import_table *table) {
    for (size_t row = 0; row < table->csv.row_count; row++) {
        if (table->csv.rows[row].extra > 0)
            import_refuse_value(report, table, row, "", IMPORT_EXTRA, "");
        for (size_t i = 0; table->columns[i].name; i++)
            if (table->columns[i].required && import_cell(table, row, i)[0] == '\0')
                import_refuse(report, table, row, i, IMPORT_REQUIRED);
    }
}

bool import_open(struct import_report *report, const struct import_request *request,
                 const struct import_column *columns, struct import_table *ret_table) {
    struct import_table table = {.columns = columns};
    struct csv_error error = {0};
    enum err err = csv_read(report->arena, request->bytes, request->len, &table.csv, &error);
    if (err != ERR_NONE) {
        const char *name = error.name ? error.name : "";
        add_error(report, error.line, name, code_of_file_fault(err, &error), name);
        return false;
    }
    report->rows = table.csv.row_count;
    find_columns(report, &table);
    if (table.csv.row_count == 0)
        add_error(report, 0, "", IMPORT_FILE_EMPTY, "");
    table.refused = ARENA_ARRAY(report->arena, table.csv.row_count + 1, bool);
    if (!table.refused)
        add_error(report, 0, "", IMPORT_FILE_LIMIT, "");
    if (report->fault_count > 0) {
        report->refused = report->rows;
        return false;
    }
    for (size_t row = 0; row < table.csv.row_count; row++)
        for (size_t i = 0; i < table.csv.column_count; i++)
            table.csv.rows[row].cells[i] = text_trim((char *)table.csv.rows[row].cells[i]);
    check_rows(report, &table);
    *ret_table = table;
    return true;
}

const char *import_cell(const struct import_table *table, size_t row, size_t column) {
    int place = table->place[column];
    return place < 0 ? "" : table->csv.rows[row].cells[place];
}

bool import_one_line(const char *text) {
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            return false;
    return true;
}

size_t import_split(struct arena *arena, const char *cell, const char **parts, size_t max) {
    size_t count = 0;
    for (const char *p = cell;; p++) {
        size_t len = strcspn(p, ";");
        char *copy = arena_strndup(arena, p, len);
        const char *part = copy ? text_trim(copy) : "";
        if (part[0] != '\0') {
            if (count == max)
                return max + 1;
            parts[count++] = part;
        }
        p += len;
        if (*p == '\0')
            return count;
    }
}

void import_template(struct buf *out, const struct import_column *columns) {
    buf_adds(out, "\xEF\xBB\xBF");
    for (size_t i = 0; columns[i].name; i++)
        csv_put_plain(out, columns[i].name, i == 0);
    csv_end_row(out);
    for (size_t i = 0; columns[i].name; i++)
        csv_put_plain(out, columns[i].example ? columns[i].example : "", i == 0);
    csv_end_row(out);
}
