#include "khoacu/cycle/cycle.h"

#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/ledger/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* ---- what both imports share ---- */

enum { ROWS_MAX = 100000, TITLE_MAX = 300, NAME_MAX = 120, AGENCIES_MAX = 20, CLASSES_MAX = 8 };

struct cycle_import {
    struct arena *arena;
    const struct import_request *request;
    struct import_report *report;
    struct import_table table;
    struct cycle cycle;
    const char *act;
    enum err (*store)(struct cycle_import *import, struct db *db, size_t row);
};

static bool code_valid(const char *code, size_t most) {
    size_t len = strlen(code);
    return len >= 1 && len <= most && strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == len && code[0] != '-';
}

static void refuse(struct cycle_import *import, size_t row, size_t column, enum import_code code) {
    import_refuse(import->report, &import->table, row, column, code);
}

static void limit_cell(struct cycle_import *import, size_t row, size_t column, size_t most) {
    if (text_utf8_len(import_cell(&import->table, row, column)) > most)
        refuse(import, row, column, IMPORT_LENGTH);
}

struct keyed {
    const char *key;
    size_t row;
};

static int by_key(const void *a, const void *b) {
    const struct keyed *x = a, *y = b;
    int order = strcmp(x->key, y->key);
    return order != 0 ? order : x->row < y->row ? -1 : 1;
}

/* Refuses rows whose cells of these one or two columns stand in an earlier row already. */
static enum err refuse_duplicates(struct cycle_import *import, size_t first, size_t second) {
    size_t count = import->table.csv.row_count;
    struct keyed *list = ARENA_ARRAY(import->arena, count + 1, struct keyed);
    for (size_t i = 0; list && i < count; i++) {
        const char *key = arena_printf(import->arena, "%s\n%s", import_cell(&import->table, i, first), import_cell(&import->table, i, second));
        if (!key)
            return ERR_MEMORY;
        list[i] = (struct keyed){.key = key, .row = i};
    }
    if (!list)
        return ERR_MEMORY;
    qsort(list, count, sizeof list[0], by_key);
    for (size_t i = 1; i < count; i++) {
        if (list[i].key[0] != '\n' && strcmp(list[i].key, list[i - 1].key) == 0)
            refuse(import, list[i].row, first, IMPORT_DUPLICATE);
    }
    return ERR_NONE;
}

/* What a storing function answered: an outcome, or a fault of the row. */
static void take_outcome(struct cycle_import *import, size_t row, const char *outcome, size_t post_column, size_t agency_column, size_t class_column) {
    struct import_report *report = import->report;
    if (strcmp(outcome, "imported") == 0)
        report->imported++;
    else if (strcmp(outcome, "changed") == 0)
        report->changed++;
    else if (strcmp(outcome, "unchanged") == 0)
        report->unchanged++;
    else if (strcmp(outcome, "post_unknown") == 0)
        refuse(import, row, post_column, IMPORT_UNKNOWN);
    else if (strcmp(outcome, "agency_unknown") == 0)
        refuse(import, row, agency_column, IMPORT_UNKNOWN);
    else if (strcmp(outcome, "agency_missing") == 0)
        refuse(import, row, agency_column, IMPORT_REQUIRED);
    else if (strcmp(outcome, "class_unknown") == 0)
        refuse(import, row, class_column, IMPORT_UNKNOWN);
    else
        import_refuse_value(report, &import->table, row, "", IMPORT_LOCKED, "");
}

static enum err note_import(struct cycle_import *import, struct db *db) {
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
                         &(struct ledger_event){.actor = LEDGER_STAFF(import->request->staff_id), .act = import->act, .subject_kind = "cycle",
                                                .subject_id = import->cycle.cycle_id, .details = details, .at_us = import->request->now_us});
}

static enum err import_body(void *ctx, struct db *db) {
    struct cycle_import *import = ctx;
    struct import_report *report = import->report;
    report->imported = report->changed = report->unchanged = 0;
    for (size_t i = 0; i < import->table.csv.row_count; i++) {
        enum err err = import_row_refused(&import->table, i) ? ERR_NONE : import->store(import, db, i);
        if (err)
            return err;
    }
    return import_may_apply(report) ? note_import(import, db) : DB_ROLLBACK;
}

/* Opens the file for its cycle. False: the report says why. */
static enum err open_import(struct cycle_import *import, struct db *db, const struct import_column *columns, bool *ret_open) {
    import_report_init(import->report, import->arena, import->request);
    enum err err = cycle_find(db, import->arena, import->request->cycle_code, &import->cycle);
    *ret_open = false;
    if (err)
        return err;
    if (import->cycle.cycle_id == 0)
        import_refuse_target(import->report, "cycle", IMPORT_UNKNOWN, import->request->cycle_code);
    else
        *ret_open = import_open(import->report, import->request, columns, &import->table);
    if (!*ret_open)
        import_close(import->report, false);
    return *ret_open && import->table.csv.row_count > ROWS_MAX ? ERR_LIMIT : ERR_NONE;
}

static enum err run_import(struct cycle_import *import, struct db *db) {
    enum err err = db_transact(db, import_body, import);
    import_close(import->report, !err && import_may_apply(import->report));
    return err;
}

/* ---- posts ---- */

enum { POST_CODE, POST_TITLE, AGENCY_CODE, AGENCY_NAME, QUOTA };

const struct import_column CYCLE_POST_COLUMNS[] = {
    [POST_CODE] = {.name = "post_code", .aliases = {"mã vị trí"}, .required = true, .example = "VT-01"},
    [POST_TITLE] = {.name = "post_title", .aliases = {"vị trí việc làm", "tên vị trí"}, .required = true, .example = "Chuyên viên pháp chế"},
    [AGENCY_CODE] = {.name = "agency_code", .aliases = {"mã cơ quan"}, .required = true, .example = "STP"},
    [AGENCY_NAME] = {.name = "agency_name", .aliases = {"cơ quan", "tên cơ quan"}, .required = true, .example = "Sở Tư pháp"},
    [QUOTA] = {.name = "quota", .aliases = {"chỉ tiêu"}, .required = true, .example = "2"},
    {0},
};

static void check_post(struct cycle_import *import, size_t row) {
    const char *post = import_cell(&import->table, row, POST_CODE), *agency = import_cell(&import->table, row, AGENCY_CODE);
    const char *quota = import_cell(&import->table, row, QUOTA);
    int64_t number;
    if (post[0] && !code_valid(post, 20))
        refuse(import, row, POST_CODE, IMPORT_SYNTAX);
    if (agency[0] && !code_valid(agency, 20))
        refuse(import, row, AGENCY_CODE, IMPORT_SYNTAX);
    if (quota[0] && !text_parse_int(quota, 0, 10000, &number))
        refuse(import, row, QUOTA, IMPORT_NUMBER);
    limit_cell(import, row, POST_TITLE, TITLE_MAX);
    limit_cell(import, row, AGENCY_NAME, TITLE_MAX);
}

static enum err store_post(struct cycle_import *import, struct db *db, size_t row) {
    const struct import_table *table = &import->table;
    const struct db_row *result;
    int64_t quota = 0;
    (void)text_parse_int(import_cell(table, row, QUOTA), 0, 10000, &quota);
    enum err err = db_one(db, import->arena, DB_CYCLE_POST_STORE,
                          DB_PARAMS(P_INT(import->cycle.cycle_id), P_INT(random_id()), P_INT(random_id()), P_TEXT(import_cell(table, row, POST_CODE)),
                                    P_TEXT(import_cell(table, row, POST_TITLE)), P_TEXT(import_cell(table, row, AGENCY_CODE)),
                                    P_TEXT(import_cell(table, row, AGENCY_NAME)), P_INT(quota)),
                          &result);
    if (!err)
        take_outcome(import, row, db_text(result, 0), POST_CODE, AGENCY_CODE, QUOTA);
    return err;
}

enum err cycle_import_posts(struct db *db, struct arena *arena, const struct import_request *request, struct import_report *report) {
    struct cycle_import import = {.arena = arena, .request = request, .report = report, .act = "cycle.posts_import", .store = store_post};
    bool open;
    enum err err = open_import(&import, db, CYCLE_POST_COLUMNS, &open);
    if (err || !open)
        return err;
    for (size_t i = 0; i < import.table.csv.row_count; i++)
        check_post(&import, i);
    err = refuse_duplicates(&import, POST_CODE, AGENCY_CODE);
    return err ? err : run_import(&import, db);
}

/* ---- candidates ---- */

enum { ROLL_NUMBER, FULL_NAME, BIRTH_DATE, CANDIDATE_POST, PRIORITY_CLASSES, PREFERENCES };

const struct import_column CYCLE_CANDIDATE_COLUMNS[] = {
    [ROLL_NUMBER] = {.name = "roll_number", .aliases = {"số báo danh", "sbd"}, .required = true, .example = "KC0001"},
    [FULL_NAME] = {.name = "full_name", .aliases = {"họ và tên", "họ tên"}, .required = true, .example = "Nguyễn Văn An"},
    [BIRTH_DATE] = {.name = "birth_date", .aliases = {"ngày sinh"}, .required = true, .example = "28/02/1999"},
    [CANDIDATE_POST] = {.name = "post_code", .aliases = {"mã vị trí"}, .required = true, .example = "VT-01"},
    [PRIORITY_CLASSES] = {.name = "priority_classes", .aliases = {"diện ưu tiên"}, .example = "P2"},
    [PREFERENCES] = {.name = "agency_preferences", .aliases = {"nguyện vọng", "nguyện vọng cơ quan"}, .example = "STP;SNV"},
    {0},
};

static bool roll_valid(const char *roll) {
    size_t len = strlen(roll);
    return len >= 2 && len <= 20 && strspn(roll, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == len;
}

static void check_candidate(struct cycle_import *import, size_t row) {
    const char *roll = import_cell(&import->table, row, ROLL_NUMBER), *birth = import_cell(&import->table, row, BIRTH_DATE);
    const char *parts[AGENCIES_MAX];
    char date[11];
    if (roll[0] && !roll_valid(roll))
        refuse(import, row, ROLL_NUMBER, IMPORT_SYNTAX);
    if (birth[0] && !text_parse_date(birth, date))
        refuse(import, row, BIRTH_DATE, IMPORT_DATE);
    if (import_split(import->arena, import_cell(&import->table, row, PRIORITY_CLASSES), parts, CLASSES_MAX) > CLASSES_MAX)
        refuse(import, row, PRIORITY_CLASSES, IMPORT_LENGTH);
    if (import_split(import->arena, import_cell(&import->table, row, PREFERENCES), parts, AGENCIES_MAX) > AGENCIES_MAX)
        refuse(import, row, PREFERENCES, IMPORT_LENGTH);
    limit_cell(import, row, FULL_NAME, NAME_MAX);
}

static enum err store_candidate(struct cycle_import *import, struct db *db, size_t row) {
    const struct import_table *table = &import->table;
    const char *classes[CLASSES_MAX], *agencies[AGENCIES_MAX];
    char date[11] = "";
    const struct db_row *result;
    size_t class_count = import_split(import->arena, import_cell(table, row, PRIORITY_CLASSES), classes, CLASSES_MAX);
    size_t agency_count = import_split(import->arena, import_cell(table, row, PREFERENCES), agencies, AGENCIES_MAX);
    (void)text_parse_date(import_cell(table, row, BIRTH_DATE), date);
    enum err err = db_one(db, import->arena, DB_CYCLE_CANDIDATE_STORE,
                          DB_PARAMS(P_INT(import->cycle.cycle_id), P_INT(random_id()), P_TEXT(import_cell(table, row, ROLL_NUMBER)),
                                    P_TEXT(import_cell(table, row, FULL_NAME)), P_TEXT(date), P_TEXT(import_cell(table, row, CANDIDATE_POST)),
                                    P_TEXTS(classes, class_count), P_TEXTS(agencies, agency_count)),
                          &result);
    if (!err)
        take_outcome(import, row, db_text(result, 0), CANDIDATE_POST, PREFERENCES, PRIORITY_CLASSES);
    return err;
}

enum err cycle_import_candidates(struct db *db, struct arena *arena, const struct import_request *request, struct import_report *report) {
    struct cycle_import import = {.arena = arena, .request = request, .report = report, .act = "cycle.candidates_import", .store = store_candidate};
    bool open;
    enum err err = open_import(&import, db, CYCLE_CANDIDATE_COLUMNS, &open);
    if (err || !open)
        return err;
    for (size_t i = 0; i < import.table.csv.row_count; i++)
        check_candidate(&import, i);
    err = refuse_duplicates(&import, ROLL_NUMBER, ROLL_NUMBER);
    return err ? err : run_import(&import, db);
}
