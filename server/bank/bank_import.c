#include "khoacu/bank/bank.h"

#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/cycle/cycle.h"
#include "khoacu/ledger/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { CODE, TOPIC, LEVEL, STEM, OPTION_A, OPTION_B, OPTION_C, OPTION_D, KEY, SOURCE, NEW_VERSION };
enum { OPTIONS = OPTION_D - OPTION_A + 1, STEM_MAX = 4000, OPTION_MAX = 1000, SOURCE_MAX = 500 };

const struct import_column BANK_ITEM_COLUMNS[] = {
    [CODE] = {.name = "code", .aliases = {"mã", "mã câu hỏi"}, .required = true, .example = "HT-001"},
    [TOPIC] = {.name = "topic", .aliases = {"chủ đề"}, .required = true, .example = "he-thong-chinh-tri"},
    [LEVEL] = {.name = "level", .aliases = {"mức độ"}, .required = true, .example = "2"},
    [STEM] = {.name = "stem",
              .aliases = {"câu hỏi", "nội dung"},
              .required = true,
              .example = "Cơ quan nào có quyền lập hiến, quyền lập pháp?"},
    [OPTION_A] = {.name = "option_a", .aliases = {"phương án a"}, .required = true, .example = "Quốc hội"},
    [OPTION_B] = {.name = "option_b", .aliases = {"phương án b"}, .required = true, .example = "Chính phủ"},
    [OPTION_C] = {.name = "option_c", .aliases = {"phương án c"}, .example = "Chủ tịch nước"},
    [OPTION_D] = {.name = "option_d", .aliases = {"phương án d"}, .example = "Tòa án nhân dân tối cao"},
    [KEY] = {.name = "key", .aliases = {"đáp án"}, .required = true, .example = "A"},
    [SOURCE] = {.name = "source",
                .aliases = {"căn cứ", "nguồn"},
                .required = true,
                .example = "Hiến pháp 2013, Điều 69"},
    [NEW_VERSION] = {.name = "new_version", .aliases = {"phiên bản mới"}, .example = ""},
    {0},
};

struct items_import {
    struct arena *arena;
    const struct import_request *request;
    struct import_report *report;
    struct import_table table;
    size_t count;
    int64_t bank_id;
    const char **texts[SOURCE + 1]; /* by column; NULL for those that are numbers */
    int64_t *ids, *levels, *keys, *forced;
};

static const char *cell(const struct items_import *import, size_t row, size_t column) {
    return import_cell(&import->table, row, column);
}

static void refuse(struct items_import *import, size_t row, size_t column, enum import_code code) {
    import_refuse(import->report, &import->table, row, column, code);
}

static void check_length(struct items_import *import, size_t row, size_t column, size_t max) {
    if (text_utf8_len(cell(import, row, column)) > max)
        refuse(import, row, column, IMPORT_LENGTH);
}

/* Options stand without a gap and differ; the key is one of them. */
static void check_options(struct items_import *import, size_t row) {
    const char *key = cell(import, row, KEY);
    int place = key[0] && !key[1] ? (key[0] | 0x20) - 'a' : -1;
    for (size_t i = OPTION_A; i <= OPTION_D; i++) {
        const char *option = cell(import, row, i);
        check_length(import, row, i, OPTION_MAX);
        if (i > OPTION_B && option[0] && !cell(import, row, i - 1)[0])
            refuse(import, row, i - 1, IMPORT_REQUIRED);
        for (size_t j = OPTION_A; option[0] && j < i; j++)
            if (strcmp(option, cell(import, row, j)) == 0)
                refuse(import, row, i, IMPORT_DUPLICATE);
    }
    if (key[0] && (place < 0 || place >= OPTIONS))
        refuse(import, row, KEY, IMPORT_SYNTAX);
    else if (key[0] && !cell(import, row, OPTION_A + (size_t)place)[0])
        refuse(import, row, KEY, IMPORT_UNKNOWN);
}

static void check_row(struct items_import *import, size_t row) {
    const char *code = cell(import, row, CODE), *topic = cell(import, row, TOPIC), *level = cell(import, row, LEVEL);
    const char *forced = cell(import, row, NEW_VERSION);
    int64_t number;
    if (code[0] && !cycle_code_valid(code))
        refuse(import, row, CODE, IMPORT_SYNTAX);
    if (topic[0] && !bank_topic_valid(topic))
        refuse(import, row, TOPIC, IMPORT_SYNTAX);
    if (level[0] && !text_parse_int(level, 1, 4, &number))
        refuse(import, row, LEVEL, IMPORT_NUMBER);
    if (forced[0] && strcmp(forced, "x") != 0 && strcmp(forced, "X") != 0)
        refuse(import, row, NEW_VERSION, IMPORT_SYNTAX);
    check_length(import, row, STEM, STEM_MAX);
    check_length(import, row, SOURCE, SOURCE_MAX);
    check_options(import, row);
}

struct coded {
    const char *code;
    size_t row;
};

static int by_code(const void *a, const void *b) {
    const struct coded *x = a, *y = b;
    int order = strcmp(x->code, y->code);
    return order != 0 ? order : x->row < y->row ? -1 : 1;
}

static enum err check_rows(struct items_import *import) {
    struct coded *list = ARENA_ARRAY(import->arena, import->count + 1, struct coded);
    if (!list)
        return ERR_MEMORY;
    for (size_t i = 0; i < import->count; i++) {
        check_row(import, i);
        list[i] = (struct coded){.code = cell(import, i, CODE), .row = i};
    }
    qsort(list, import->count, sizeof *list, by_code);
    for (size_t i = 1; i < import->count; i++)
        if (list[i].code[0] && strcmp(list[i].code, list[i - 1].code) == 0)
            refuse(import, list[i].row, CODE, IMPORT_DUPLICATE);
    return ERR_NONE;
}

/* ---- storing ---- */

/* The columns of the rows that were not refused; gives their number. */
static enum err gather(struct items_import *import, size_t *ret_count) {
    size_t size = import->count;
    import->ids = ARENA_ARRAY(import->arena, size, int64_t);
    import->levels = ARENA_ARRAY(import->arena, size, int64_t);
    import->keys = ARENA_ARRAY(import->arena, size, int64_t);
    import->forced = ARENA_ARRAY(import->arena, size, int64_t);
    for (size_t column = CODE; column <= SOURCE; column++)
        import->texts[column] = ARENA_ARRAY(import->arena, size, const char *);
    if (import->arena->failed)
        return ERR_MEMORY;
    size_t count = 0;
    for (size_t row = 0; row < size; row++) {
        if (import_row_refused(&import->table, row))
            continue;
        import->ids[count] = random_id();
        (void)text_parse_int(cell(import, row, LEVEL), 1, 4, &import->levels[count]);
        import->keys[count] = (cell(import, row, KEY)[0] | 0x20) - 'a' + 1;
        import->forced[count] = cell(import, row, NEW_VERSION)[0] != '\0';
        for (size_t column = CODE; column <= SOURCE; column++)
            import->texts[column][count] = cell(import, row, column);
        count++;
    }
    *ret_count = count;
    return ERR_NONE;
}

static enum err store(struct items_import *import, struct db *db) {
    const struct db_row *row = NULL;
    size_t count = 0;
    enum err err = gather(import, &count);
    if (err != ERR_NONE)
        return err;
#define COLUMN(column) P_TEXTS(import->texts[column], count)
    err = db_one(db, import->arena, DB_BANK_ITEMS_STORE,
                 DB_PARAMS(P_INT(import->bank_id), P_INTS(import->ids, count), COLUMN(CODE), COLUMN(TOPIC),
                           P_INTS(import->levels, count), COLUMN(STEM), COLUMN(OPTION_A), COLUMN(OPTION_B),
                           COLUMN(OPTION_C), COLUMN(OPTION_D), P_INTS(import->keys, count), COLUMN(SOURCE),
                           P_INTS(import->forced, count), P_INT(import->request->staff_id),
                           P_TIME(import->request->now_us)),
                 &row);
#undef COLUMN
    if (err != ERR_NONE)
        return err;
    import->report->imported = (size_t)db_int(row, 0);
    import->report->changed = (size_t)db_int(row, 1);
    import->report->unchanged = (size_t)db_int(row, 2);
    if (db_int(row, 3) > BANK_ITEMS_MAX)
        import_refuse_target(import->report, "bank", IMPORT_FILE_LIMIT, import->request->bank_code);
    return ERR_NONE;
}

/* A dry run stores too, and is rolled back: so it says exactly what would happen. */
static enum err import_body(void *ctx, struct db *db) {
    struct items_import *import = ctx;
    const char *bank = import->request->bank_code;
    enum err err = db_run(db, DB_BANK_MAKE, DB_PARAMS(P_INT(random_id()), P_TEXT(bank)), NULL);
    if (err == ERR_NONE)
        err = bank_find(db, import->arena, bank, &import->bank_id);
    if (err == ERR_NONE)
        err = store(import, db);
    if (err == ERR_NONE && !import_may_apply(import->report))
        return DB_ROLLBACK;
    if (err != ERR_NONE)
        return err;
    return ledger_append_import(db, import->arena, "bank.items_import", "bank", import->bank_id, import->request,
                                import->report);
}

enum err bank_import_items(struct db *db, struct arena *arena, const struct import_request *request,
                           struct import_report *report) {
    struct items_import import = {.arena = arena, .request = request, .report = report};
    const char *code = request->bank_code ? request->bank_code : "";
    import_report_init(report, arena, request);
    if (!cycle_code_valid(code))
        import_refuse_target(report, "bank", IMPORT_SYNTAX, code);
    bool open = report->fault_count == 0 && import_open(report, request, BANK_ITEM_COLUMNS, &import.table);
    if (open && import.table.csv.row_count > BANK_ITEMS_MAX) {
        import_refuse_target(report, "", IMPORT_FILE_LIMIT, "");
        open = false;
    }
    if (!open) {
        import_close(report, false);
        return ERR_NONE;
    }
    import.count = import.table.csv.row_count;
    enum err err = check_rows(&import);
    if (err == ERR_NONE)
        err = db_transact(db, import_body, &import);
    if (err == ERR_NONE)
        import_close(report, import_may_apply(report));
    return err;
}
