#include "khoacu/bank/bank.h"

#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/ledger/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { CODE, TOPIC, LEVEL, STEM, OPTION_A, OPTION_B, OPTION_C, OPTION_D, KEY, SOURCE, NEW_VERSION };
enum { OPTIONS = 4, ROWS_MAX = 50000, STEM_MAX = 4000, OPTION_MAX = 1000, SOURCE_MAX = 500 };

const struct import_column BANK_ITEM_COLUMNS[] = {
    [CODE] = {.name = "code", .aliases = {"mã", "mã câu hỏi"}, .required = true, .example = "HT-001"},
    [TOPIC] = {.name = "topic", .aliases = {"chủ đề"}, .required = true, .example = "he-thong-chinh-tri"},
    [LEVEL] = {.name = "level", .aliases = {"mức độ"}, .required = true, .example = "2"},
    [STEM] = {.name = "stem", .aliases = {"câu hỏi", "nội dung"}, .required = true, .example = "Cơ quan nào …?"},
    [OPTION_A] = {.name = "option_a", .aliases = {"phương án a"}, .required = true, .example = "Quốc hội"},
    [OPTION_B] = {.name = "option_b", .aliases = {"phương án b"}, .required = true, .example = "Chính phủ"},
    [OPTION_C] = {.name = "option_c", .aliases = {"phương án c"}, .required = true, .example = "Chủ tịch nước"},
    [OPTION_D] = {.name = "option_d", .aliases = {"phương án d"}, .required = true, .example = "Tòa án nhân dân tối cao"},
    [KEY] = {.name = "key", .aliases = {"đáp án"}, .required = true, .example = "A"},
    [SOURCE] = {.name = "source", .aliases = {"căn cứ", "nguồn"}, .required = true, .example = "Hiến pháp 2013, Điều 69"},
    [NEW_VERSION] = {.name = "new_version", .aliases = {"phiên bản mới"}, .example = ""},
    {0},
};

struct item_import {
    struct arena *arena;
    const struct import_request *request;
    struct import_report *report;
    struct import_table table;
    int64_t bank_id;
};

static bool code_valid(const char *code) {
    size_t len = strlen(code);
    return len >= 2 && len <= 40 && strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == len && code[0] != '-';
}

static bool topic_valid(const char *topic) {
    size_t len = strlen(topic);
    return len >= 2 && len <= 60 && strspn(topic, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

static void limit_cell(struct item_import *import, size_t row, size_t column, size_t most) {
    if (text_utf8_len(import_cell(&import->table, row, column)) > most)
        import_refuse(import->report, &import->table, row, column, IMPORT_LENGTH);
}

static void check_options(struct item_import *import, size_t row) {
    for (size_t i = OPTION_A; i <= OPTION_D; i++) {
        limit_cell(import, row, i, OPTION_MAX);
        for (size_t j = OPTION_A; j < i; j++) {
            const char *text = import_cell(&import->table, row, i);
            if (text[0] && strcmp(text, import_cell(&import->table, row, j)) == 0)
                import_refuse(import->report, &import->table, row, i, IMPORT_DUPLICATE);
        }
    }
}

static void check_row(struct item_import *import, size_t row) {
    const struct import_table *table = &import->table;
    const char *code = import_cell(table, row, CODE), *topic = import_cell(table, row, TOPIC), *key = import_cell(table, row, KEY);
    const char *level = import_cell(table, row, LEVEL);
    int64_t number;
    if (code[0] && !code_valid(code))
        import_refuse(import->report, table, row, CODE, IMPORT_SYNTAX);
    if (topic[0] && !topic_valid(topic))
        import_refuse(import->report, table, row, TOPIC, IMPORT_SYNTAX);
    if (level[0] && !text_parse_int(level, 1, 4, &number))
        import_refuse(import->report, table, row, LEVEL, IMPORT_NUMBER);
    if (key[0] && (strlen(key) != 1 || !strchr("ABCD", key[0])))
        import_refuse(import->report, table, row, KEY, IMPORT_SYNTAX);
    const char *forced = import_cell(table, row, NEW_VERSION);
    if (forced[0] && strcmp(forced, "x") != 0)
        import_refuse(import->report, table, row, NEW_VERSION, IMPORT_SYNTAX);
    limit_cell(import, row, STEM, STEM_MAX);
    limit_cell(import, row, SOURCE, SOURCE_MAX);
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

static enum err refuse_duplicates(struct item_import *import, size_t count) {
    struct coded *list = ARENA_ARRAY(import->arena, count + 1, struct coded);
    if (!list)
        return ERR_MEMORY;
    for (size_t i = 0; i < count; i++)
        list[i] = (struct coded){.code = import_cell(&import->table, i, CODE), .row = i};
    qsort(list, count, sizeof list[0], by_code);
    for (size_t i = 1; i < count; i++) {
        if (list[i].code[0] && strcmp(list[i].code, list[i - 1].code) == 0)
            import_refuse(import->report, &import->table, list[i].row, CODE, IMPORT_DUPLICATE);
    }
    return ERR_NONE;
}

static enum err store_row(struct item_import *import, struct db *db, size_t row) {
    const struct import_table *table = &import->table;
    const char *options[OPTIONS];
    const struct db_row *result;
    int64_t level = 1;
    (void)text_parse_int(import_cell(table, row, LEVEL), 1, 4, &level);
    for (size_t i = 0; i < OPTIONS; i++)
        options[i] = import_cell(table, row, OPTION_A + i);
    enum err err = db_one(db, import->arena, DB_BANK_ITEM_STORE,
                          DB_PARAMS(P_INT(import->bank_id), P_INT(random_id()), P_TEXT(import_cell(table, row, CODE)), P_TEXT(import_cell(table, row, TOPIC)),
                                    P_INT(level), P_TEXT(import_cell(table, row, STEM)), P_TEXTS(options, OPTIONS), P_INT(import_cell(table, row, KEY)[0] - 'A' + 1),
                                    P_TEXT(import_cell(table, row, SOURCE)), P_INT(import->request->staff_id), P_TIME(import->request->now_us),
                                    P_BOOL(import_cell(table, row, NEW_VERSION)[0] == 'x')),
                          &result);
    if (err)
        return err;
    const char *outcome = db_text(result, 0);
    if (strcmp(outcome, "imported") == 0)
        import->report->imported++;
    else if (strcmp(outcome, "changed") == 0)
        import->report->changed++;
    else
        import->report->unchanged++;
    return ERR_NONE;
}

static enum err note_import(struct item_import *import, struct db *db) {
    const struct import_report *report = import->report;
    uint8_t sha256[CRYPTO_SHA256_LEN];
    char hex[2 * CRYPTO_SHA256_LEN + 1];
    crypto_sha256(import->request->bytes, import->request->len, sha256);
    text_hex(sha256, sizeof sha256, hex);
    const char *details = arena_printf(import->arena, "{\"changed\":%zu,\"file_sha256\":\"%s\",\"imported\":%zu,\"rows\":%zu}", report->changed, hex,
                                       report->imported, report->rows);
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, import->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(import->request->staff_id), .act = "bank.items_import", .subject_kind = "bank",
                                                .subject_id = import->bank_id, .details = details, .at_us = import->request->now_us});
}

static enum err import_body(void *ctx, struct db *db) {
    struct item_import *import = ctx;
    struct import_report *report = import->report;
    const struct db_row *row;
    report->imported = report->changed = report->unchanged = 0;
    enum err err = db_one(db, import->arena, DB_BANK_ENSURE, DB_PARAMS(P_INT(random_id()), P_TEXT(import->request->bank_code)), &row);
    if (err)
        return err;
    import->bank_id = db_int(row, 0);
    for (size_t i = 0; !err && i < import->table.csv.row_count; i++) {
        if (!import_row_refused(&import->table, i))
            err = store_row(import, db, i);
    }
    if (err)
        return err;
    if (!import_may_apply(report))
        return DB_ROLLBACK;
    return note_import(import, db);
}

enum err bank_import_items(struct db *db, struct arena *arena, const struct import_request *request, struct import_report *report) {
    struct item_import import = {.arena = arena, .request = request, .report = report};
    import_report_init(report, arena, request);
    if (!code_valid(request->bank_code)) {
        import_refuse_target(report, "bank", IMPORT_SYNTAX, request->bank_code);
        import_close(report, false);
        return ERR_NONE;
    }
    if (!import_open(report, request, BANK_ITEM_COLUMNS, &import.table)) {
        import_close(report, false);
        return ERR_NONE;
    }
    size_t count = import.table.csv.row_count;
    if (count > ROWS_MAX)
        return ERR_LIMIT;
    for (size_t i = 0; i < count; i++)
        check_row(&import, i);
    enum err err = refuse_duplicates(&import, count);
    if (!err)
        err = db_transact(db, import_body, &import);
    import_close(report, !err && import_may_apply(report));
    return err;
}
