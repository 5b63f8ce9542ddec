/* import.h: one engine for every import of CSV, and the report that it gives.
 *
 * An import is a table of columns (English names with Vietnamese aliases) and a function that takes each row.
 * The engine reads the file, finds the columns, and collects every fault with its line, column and value. All or
 * nothing: one refused row, or a dry run, and the caller's transaction is rolled back. The report is the same for the
 * command, the interface and the screen.
 *
 * Invariants: rows = imported + changed + unchanged + refused once an import has gone through all rows. A row is
 * counted as refused once, however many faults it has. At most IMPORT_ERRORS_MAX faults are listed, all are counted.
 * Used by: identity, cycle, bank, api, main. Uses: base, csv. Threads: one owner.
 */
#ifndef KHOACU_DOC_IMPORT_H
#define KHOACU_DOC_IMPORT_H

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"
#include "khoacu/base/err.h"
#include "khoacu/doc/csv.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMPORT_ERRORS_MAX 500
#define IMPORT_COLUMNS_MAX 48
#define IMPORT_ALIASES_MAX 4

/* Why a row or a file is refused. X(name, stable code, hint in Vietnamese, hint in English) */
#define IMPORT_CODE_TABLE(X)                                                                                           \
    X(REQUIRED, "required", "Ô này không được để trống.", "This cell must not be empty.")                              \
    X(LENGTH, "length", "Nội dung quá dài hoặc quá ngắn.", "The text is too long or too short.")                       \
    X(SYNTAX, "syntax", "Nội dung không đúng dạng quy định của cột.",                                                  \
      "The text does not have the form of this "                                                                       \
      "column.")                                                                                                       \
    X(NUMBER, "number", "Phải là một số nguyên trong khoảng cho phép.",                                                \
      "A whole number within the range is "                                                                            \
      "expected.")                                                                                                     \
    X(MARK, "mark", "Cần một điểm như 57.50 (dấu chấm, tối đa hai chữ số sau dấu chấm), hoặc absent, suspended, void, exempt.",   \
      "A mark such as 57.50 is expected (a point, at most two places), or absent, suspended, void, exempt.")           \
    X(SCALE, "scale", "Vượt thang điểm hoặc số câu của phần này.", "It is beyond the scale or the questions of this part.") \
    X(DATE, "date", "Phải là ngày có thật, dạng 2001-02-28 hoặc 28/02/2001.",                                          \
      "A real date is expected, as 2001-02-28 or 28/02/2001.")                                                         \
    X(UNKNOWN, "unknown", "Giá trị này không có trong hệ thống.", "Nothing of this name exists.")                      \
    X(DUPLICATE, "duplicate", "Giá trị này lặp lại trong tệp.", "The same value stands twice in the file.")            \
    X(CONFLICT, "conflict", "Dòng này mâu thuẫn với dữ liệu khác.", "This row contradicts other data.")                \
    X(LOCKED, "locked", "Dữ liệu đã khóa, không thể thay đổi nữa.", "This can no longer be changed.")                  \
    X(EXPIRED, "expired", "Không có hiệu lực vào ngày cuối nhận hồ sơ theo bộ quy tắc.",                                \
      "By the rule pack it is not in force on the last day of applications.")                                          \
    X(EXTRA, "extra-cells", "Dòng có nhiều ô hơn tiêu đề.", "The row has more cells than the header.")                 \
    X(COLUMN_MISSING, "missing-column", "Thiếu cột bắt buộc.", "A required column is missing.")                        \
    X(COLUMN_UNKNOWN, "unknown-column", "Cột này không có trong mẫu.", "The template has no such column.")             \
    X(COLUMN_TWICE, "duplicate-column", "Cột này xuất hiện hai lần.", "This column stands twice.")                     \
    X(FILE_EMPTY, "empty", "Tệp không có dòng dữ liệu nào.", "The file has no rows.")                                  \
    X(FILE_UTF8, "utf8", "Tệp không phải UTF-8. Hãy lưu lại dạng «CSV UTF-8».",                                        \
      "The file is not UTF-8; save it as \"CSV UTF-8\".")                                                              \
    X(FILE_QUOTE, "quote", "Dấu ngoặc kép không khép kín.", "A quotation mark is not closed.")                         \
    X(FILE_LIMIT, "limit", "Tệp vượt quá giới hạn về số dòng, số cột hoặc độ dài ô.",                                  \
      "The file is over the limit of rows, columns or cell length.")

enum import_code {
#define X(name, key, vi, en) IMPORT_##name,
    IMPORT_CODE_TABLE(X)
#undef X
        IMPORT_CODE_COUNT
};
const char *import_code_key(enum import_code code);
const char *import_hint_vi(enum import_code code);
const char *import_hint_en(enum import_code code);

/* A column that an import knows. A table of these ends with a row without name. */
struct import_column {
    const char *name;                        /* "roll_number" */
    const char *aliases[IMPORT_ALIASES_MAX]; /* "số báo danh", …: compared without case, tone marks and '_' */
    bool required;                           /* the column must exist and no cell of it may be empty */
    const char *example;                     /* cell of the template's example row */
};

/* What is asked for. */
struct import_request {
    const char *bytes; /* the file */
    size_t len;
    bool dry_run;
    int64_t staff_id;       /* who imports; the actor of the audit event */
    const char *cycle_code; /* posts, candidates; else NULL */
    const char *bank_code;  /* items; else NULL */
    int64_t now_us;         /* platform time */
};

struct import_error {
    size_t line;        /* 1-based line of the file; 0: the file as a whole */
    const char *column; /* the import's name of the column, or the file's when it is unknown; "" for the row */
    enum import_code code;
    const char *value; /* the cell, cut after 80 code points */
};

/* A generated secret that is shown this once. */
struct import_secret {
    const char *name, *secret;
};

struct import_report {
    struct arena *arena;
    size_t rows, imported, changed, unchanged, refused;
    bool dry_run;
    bool applied; /* the changes were committed */
    struct import_error *errors;
    size_t error_count; /* listed */
    size_t fault_count; /* found */
    struct import_secret *secrets;
    size_t secret_count, secret_size;
};

/* The file as rows under the import's own columns. */
struct import_table {
    struct csv csv;
    const struct import_column *columns;
    int place[IMPORT_COLUMNS_MAX]; /* column of the file by index of the import's column, or -1 */
    bool *refused;                 /* by row */
};

/* The signature of every import, e.g. identity_import_officers(). Afterwards `report` is filled; `report->applied` says
 * whether anything was changed. ERR_* only for failures; refused rows are no failure. Runs its own transaction; in it
 * an audit event. Calls import_report_init itself. */
struct db;
typedef enum err import_fn(struct db *db, struct arena *arena, const struct import_request *request,
                           struct import_report *report);

/* Empties the report. All its texts will live in `arena`. */
void import_report_init(struct import_report *report, struct arena *arena, const struct import_request *request);
/* Reads the file and finds the columns; faults of the file go into the report. Returns whether the rows may be gone
 * through. Refuses rows with extra cells and empty cells of required columns by itself. Sets report->rows. */
bool import_open(struct import_report *report, const struct import_request *request,
                 const struct import_column *columns, struct import_table *ret_table);
/* The cell of row `row` (0-based) under the import's column number `column`, trimmed; "" when the file lacks the
 * column. */
const char *import_cell(const struct import_table *table, size_t row, size_t column);
/* Whether a fault of the row was found, by import_open or by one of the calls below. */
bool import_row_refused(const struct import_table *table, size_t row);
/* Adds a fault of a cell. */
void import_refuse(struct import_report *report, const struct import_table *table, size_t row, size_t column,
                   enum import_code code);
/* Adds a fault of a row that concerns no single cell (`column` "") or one part of a cell (`value`). */
void import_refuse_value(struct import_report *report, const struct import_table *table, size_t row, const char *column,
                         enum import_code code, const char *value);
/* Adds a fault of what the file is meant for, such as a cycle that does not exist (`column` "cycle"). */
void import_refuse_target(struct import_report *report, const char *column, enum import_code code, const char *value);
/* The faults found so far. The body of a transaction may run again and would find its own twice: mark before it, rewind
 * at its beginning, which also sets imported, changed and unchanged to nothing. False: no memory. */
struct import_mark {
    size_t refused, error_count, fault_count;
    const bool *rows;
};
bool import_mark(const struct import_report *report, const struct import_table *table,
                 struct import_mark *ret_mark) MUST_CHECK;
void import_rewind(struct import_report *report, struct import_table *table, const struct import_mark *mark);
/* Notes a secret for the person who imports. False: no memory. */
bool import_add_secret(struct import_report *report, const char *name, const char *secret) MUST_CHECK;
/* Whether the changes may be committed: no fault, no dry run. */
bool import_may_apply(const struct import_report *report);
/* After the transaction: with `committed` false, imported and changed say what would have happened. */
void import_close(struct import_report *report, bool committed);

/* Whether the text is free of control characters, line breaks and tabs among them. */
bool import_one_line(const char *text);
/* Splits a cell at ';' into trimmed, non-empty parts. Returns their number, at most `max`; more give max + 1. */
size_t import_split(struct arena *arena, const char *cell, const char **parts, size_t max);

/* Header row and example row of a template, UTF-8 with BOM so that spreadsheets read it right. */
void import_template(struct buf *out, const struct import_column *columns);

#endif
