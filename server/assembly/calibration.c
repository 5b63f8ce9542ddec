#include "khoacu/assembly/calibration.h"

#include "khoacu/assembly/pool.h"
#include "khoacu/cycle/cycle.h"
#include "khoacu/ledger/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { CODE, A, B, C };
#define A_MAX (20 * ASSEMBLY_NANO)
#define B_MAX (50 * ASSEMBLY_NANO)
#define C_MAX (ASSEMBLY_NANO / 100 * 99)

const struct import_column ASSEMBLY_CALIBRATION_COLUMNS[] = {
    [CODE] = {.name = "code", .aliases = {"mã", "mã câu hỏi"}, .required = true, .example = "HT-001"},
    [A] = {.name = "a", .aliases = {"độ phân biệt"}, .required = true, .example = "1.25"},
    [B] = {.name = "b", .aliases = {"độ khó"}, .required = true, .example = "-0.4"},
    [C] = {.name = "c", .aliases = {"độ đoán mò"}, .example = "0.2"},
    {0},
};

/* ---- reading ---- */

struct listing {
    struct assembly_calibration *list;
    size_t count;
};

static enum err take_item(void *ctx, const struct db_row *row) {
    struct listing *listing = ctx;
    struct assembly_calibration *item = &listing->list[listing->count++];
    *item = (struct assembly_calibration){
        .code = db_text(row, 0), .item_id = db_int(row, 1), .version = db_int(row, 2), .topic = db_text(row, 3), .known = !db_is_null(row, 4)};
    if (item->known) {
        item->a = db_int(row, 4);
        item->b = db_int(row, 5);
        item->c = db_int(row, 6);
    }
    return ERR_NONE;
}

enum err assembly_calibrations_read(const struct bank_desk *desk, int64_t bank_id, struct assembly_calibration **ret_list, size_t *ret_count) {
    struct listing listing = {.list = ARENA_ARRAY(desk->arena, BANK_ITEMS_MAX, struct assembly_calibration)};
    if (!listing.list)
        return ERR_MEMORY;
    enum err err = db_many(desk->db, desk->arena, DB_ASSEMBLY_CALIBRATIONS, DB_PARAMS(P_INT(bank_id)), BANK_ITEMS_MAX, take_item, &listing);
    *ret_list = listing.list;
    *ret_count = listing.count;
    return err;
}

static int by_code(const void *key, const void *item) {
    return strcmp(key, ((const struct assembly_calibration *)item)->code);
}

struct assembly_calibration *assembly_calibration_find(struct assembly_calibration *list, size_t count, const char *code) {
    return bsearch(code, list, count, sizeof *list, by_code);
}

enum err assembly_calibration_of(const struct bank_desk *desk, int64_t item_id, int64_t version, struct assembly_calibration *ret_calibration) {
    const struct db_row *row = NULL;
    enum err err = db_one(desk->db, desk->arena, DB_ASSEMBLY_CALIBRATION_OF, DB_PARAMS(P_INT(item_id), P_INT(version)), &row);
    *ret_calibration = (struct assembly_calibration){.code = "", .topic = "", .item_id = item_id, .version = version, .known = err == ERR_NONE};
    if (err != ERR_NONE)
        return err == ERR_DB_NO_ROW ? ERR_NONE : err;
    ret_calibration->a = db_int(row, 0);
    ret_calibration->b = db_int(row, 1);
    ret_calibration->c = db_int(row, 2);
    return ERR_NONE;
}

/* ---- import ---- */

struct given {
    int64_t a, b, c;
};

struct calibrating {
    const struct bank_desk *desk;
    const struct import_request *request;
    struct import_report *report;
    struct import_table table;
    struct import_mark mark;
    struct given *given; /* by row */
    size_t count;
    /* of the transaction */
    int64_t bank_id;
    struct bank_scope scope;
    struct listing items;
    bool *met; /* by item */
    int64_t *columns[5]; /* item, version, a, b, c of what is written */
    size_t written;
};

static void refuse(struct calibrating *work, size_t row, size_t column, enum import_code code) {
    import_refuse(work->report, &work->table, row, column, code);
}

/* A decimal with point or comma. */
static int64_t read_decimal(struct calibrating *work, size_t row, size_t column, int64_t min, int64_t max) {
    char text[40];
    int64_t value = 0;
    const char *cell = import_cell(&work->table, row, column);
    if (!*cell)
        return 0;
    (void)snprintf(text, sizeof text, "%s", cell);
    char *comma = strchr(text, ',');
    if (comma)
        *comma = '.';
    if (strlen(cell) >= sizeof text || !assembly_decimal_parse(text, &value) || value < min || value > max)
        refuse(work, row, column, IMPORT_SYNTAX);
    return value;
}

static void read_row(struct calibrating *work, size_t row) {
    const char *code = import_cell(&work->table, row, CODE);
    if (*code && !cycle_code_valid(code))
        refuse(work, row, CODE, IMPORT_SYNTAX);
    work->given[row] = (struct given){.a = read_decimal(work, row, A, 1, A_MAX), .b = read_decimal(work, row, B, -B_MAX, B_MAX), .c = read_decimal(work, row, C, 0, C_MAX)};
}

static void decide_row(struct calibrating *work, size_t row) {
    const struct given *given = &work->given[row];
    struct assembly_calibration *item = assembly_calibration_find(work->items.list, work->items.count, import_cell(&work->table, row, CODE));
    if (!item || !bank_scope_rights(&work->scope, work->bank_id, item->topic)) {
        refuse(work, row, CODE, IMPORT_UNKNOWN);
        return;
    }
    bool *met = &work->met[item - work->items.list];
    bool may = bank_scope_rights(&work->scope, work->bank_id, item->topic) & (BANK_RIGHT_ASSEMBLER | BANK_RIGHT_OWNER);
    if (!may || *met) {
        refuse(work, row, CODE, may ? IMPORT_DUPLICATE : IMPORT_LOCKED);
        return;
    }
    *met = true;
    if (item->known && item->a == given->a && item->b == given->b && item->c == given->c) {
        work->report->unchanged++;
        return;
    }
    work->report->changed += item->known;
    work->report->imported += !item->known;
    const int64_t values[] = {item->item_id, item->version, given->a, given->b, given->c};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        work->columns[i][work->written] = values[i];
    work->written++;
}

/* The bank, when who imports has a right in it at all. */
static enum err find_bank(struct calibrating *work, struct db *db) {
    const struct db_row *row = NULL;
    bool seen = false;
    enum err err = bank_find(db, work->desk->arena, work->request->bank_code, &work->bank_id);
    if (err == ERR_NONE)
        err = bank_scope_read(work->desk, &work->scope);
    for (size_t i = 0; err == ERR_NONE && i < work->scope.count; i++)
        seen |= work->scope.rows[i].bank_id == work->bank_id;
    if (err == ERR_NONE && !seen) {
        work->bank_id = 0;
        import_refuse_target(work->report, "bank", IMPORT_UNKNOWN, work->request->bank_code);
    } else if (err == ERR_NONE) {
        err = db_one(db, work->desk->arena, DB_BANK_LOCK, DB_PARAMS(P_INT(work->bank_id)), &row);
    }
    return err;
}

static enum err import_body(void *ctx, struct db *db) {
    struct calibrating *work = ctx;
    struct arena *arena = work->desk->arena;
    import_rewind(work->report, &work->table, &work->mark);
    work->written = 0;
    enum err err = find_bank(work, db);
    if (err != ERR_NONE || work->bank_id == 0)
        return err == ERR_NONE ? DB_ROLLBACK : err;
    err = assembly_calibrations_read(work->desk, work->bank_id, &work->items.list, &work->items.count);
    work->met = ARENA_ARRAY(arena, work->items.count + 1, bool);
    for (size_t i = 0; i < sizeof work->columns / sizeof work->columns[0]; i++)
        work->columns[i] = ARENA_ARRAY(arena, work->count + 1, int64_t);
    if (err != ERR_NONE || arena->failed)
        return err == ERR_NONE ? ERR_MEMORY : err;
    for (size_t row = 0; row < work->count; row++)
        if (!import_row_refused(&work->table, row))
            decide_row(work, row);
    if (!import_may_apply(work->report))
        return DB_ROLLBACK;
    err = db_run(db, DB_ASSEMBLY_CALIBRATION_INSERT,
                 DB_PARAMS(P_INTS(work->columns[0], work->written), P_INTS(work->columns[1], work->written), P_INTS(work->columns[2], work->written),
                           P_INTS(work->columns[3], work->written), P_INTS(work->columns[4], work->written), P_INT(work->desk->staff_id),
                           P_TIME(work->desk->now_us)),
                 NULL);
    return err == ERR_NONE ? ledger_append_import(db, arena, "assembly.calibrations_import", "bank", work->bank_id, work->request, work->report) : err;
}

enum err assembly_import_calibrations(const struct bank_desk *desk, const struct import_request *request, struct import_report *report) {
    struct calibrating work = {.desk = desk, .request = request, .report = report};
    const char *code = request->bank_code ? request->bank_code : "";
    import_report_init(report, desk->arena, request);
    if (!cycle_code_valid(code))
        import_refuse_target(report, "bank", IMPORT_SYNTAX, code);
    bool open = report->fault_count == 0 && import_open(report, request, ASSEMBLY_CALIBRATION_COLUMNS, &work.table);
    work.count = open ? work.table.csv.row_count : 0;
    if (work.count > BANK_ITEMS_MAX) {
        import_refuse_target(report, "", IMPORT_FILE_LIMIT, "");
        open = false;
    }
    if (!open) {
        import_close(report, false);
        return ERR_NONE;
    }
    work.given = ARENA_ARRAY(desk->arena, work.count + 1, struct given);
    for (size_t row = 0; work.given && row < work.count; row++)
        read_row(&work, row);
    if (!work.given || !import_mark(report, &work.table, &work.mark))
        return ERR_MEMORY;
    enum err err = db_transact(desk->db, import_body, &work);
    if (err == ERR_NONE)
        import_close(report, import_may_apply(report));
    return err;
}
