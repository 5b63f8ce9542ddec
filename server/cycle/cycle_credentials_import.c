#include "cycle_import.h"

#include "khoacu/base/text.h"
#include "khoacu/cycle/pack.h"
#include "khoacu/ledger/ledger.h"
#include "khoacu/settle/settle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define REFERENCE_MAX 200
#define NO_MARK (-1)

enum { ROLL_NUMBER, CREDENTIAL, ISSUED_ON, REFERENCE, MARK };

const struct import_column CYCLE_CREDENTIAL_COLUMNS[] = {
    [ROLL_NUMBER] = {.name = "roll_number", .aliases = {"số báo danh", "SBD"}, .required = true, .example = "TC-0001"},
    [CREDENTIAL] = {.name = "credential", .aliases = {"loại chứng nhận", "chứng nhận"}, .required = true, .example = "KD"},
    [ISSUED_ON] = {.name = "issued_on", .aliases = {"ngày cấp", "ngày phê duyệt"}, .required = true, .example = "2024-07-20"},
    [REFERENCE] = {.name = "reference", .aliases = {"số quyết định", "số chứng nhận"}, .required = true, .example = "123/QĐ-BNV"},
    [MARK] = {.name = "mark", .aliases = {"kết quả", "điểm"}, .example = "72"},
    {0},
};

/* Rows that fit, as they will be stored. */
struct credentials_import {
    struct cycle_import base;
    const struct cycle_rules *rules;
    struct cycle_pack *pack;
    const char **rolls, **kinds, **issued, **references;
    int64_t *months, *marks;
    size_t *rows, count;
    bool *fresh;
};

static const char *cell(const struct credentials_import *import, size_t row, size_t column) {
    return import_cell(&import->base.table, row, column);
}

static void refuse(struct credentials_import *import, size_t row, size_t column, enum import_code code) {
    import_refuse(import->base.report, &import->base.table, row, column, code);
}

static struct settle_date date_of(const char *date) {
    return (struct settle_date){.year = (int32_t)strtol(date, NULL, 10), .month = (int32_t)strtol(date + 5, NULL, 10), .day = (int32_t)strtol(date + 8, NULL, 10)};
}

/* Where the tie chain asks for what was reached in a certificate: the component of its type with _MARK behind it. */
static uint8_t mark_component(const struct credentials_import *import, const char *kind) {
    char code[RANK_CODE_SIZE];
    int len = snprintf(code, sizeof code, "%s" CYCLE_CREDENTIAL_MARK, kind);
    return len > 0 && (size_t)len < sizeof code ? rank_component_find(&import->rules->rank, code) : RANK_NONE;
}

static void check_mark(struct credentials_import *import, size_t row, int64_t *ret_mark) {
    const char *text = cell(import, row, MARK);
    uint8_t component = mark_component(import, cell(import, row, CREDENTIAL));
    *ret_mark = NO_MARK;
    if (!text[0])
        return;
    if (component == RANK_NONE)
        refuse(import, row, MARK, IMPORT_CONFLICT);
    else if (!text_parse_int(text, 0, import->rules->rank.components[component].max, ret_mark))
        refuse(import, row, MARK, IMPORT_NUMBER);
}

static void check_row(struct credentials_import *import, size_t row) {
    struct cycle_import *base = &import->base;
    const char *kind = cell(import, row, CREDENTIAL), *roll = cell(import, row, ROLL_NUMBER);
    const struct cycle_pack_waiver *waiver = import->rules->computer == RANK_NONE ? NULL : cycle_pack_waiver(import->pack, import->rules->computer, kind);
    char date[11] = "";
    int64_t mark = NO_MARK;
    if (roll[0] && !cycle_roll_number_valid(roll))
        refuse(import, row, ROLL_NUMBER, IMPORT_SYNTAX);
    if (kind[0] && !waiver)
        refuse(import, row, CREDENTIAL, IMPORT_UNKNOWN);
    cycle_import_check_text(base, row, REFERENCE, REFERENCE_MAX);
    check_mark(import, row, &mark);
    if (!cell(import, row, ISSUED_ON)[0])
        return;
    if (!text_parse_date(cell(import, row, ISSUED_ON), date))
        refuse(import, row, ISSUED_ON, IMPORT_DATE);
    else if (waiver && !settle_credential_holds(date_of(date), waiver->months, date_of(base->cycle.applications_until)))
        refuse(import, row, ISSUED_ON, IMPORT_EXPIRED);
    if (import_row_refused(&base->table, row) || !waiver)
        return;
    size_t i = import->count++;
    import->rolls[i] = roll;
    import->kinds[i] = kind;
    import->issued[i] = arena_strdup(base->arena, date);
    import->references[i] = cell(import, row, REFERENCE);
    import->months[i] = waiver->months;
    import->marks[i] = mark;
    import->rows[i] = row;
}

static enum err check_rows(struct credentials_import *import) {
    struct cycle_import *base = &import->base;
    const struct cycle_import_key *keys = cycle_import_sorted(base, ROLL_NUMBER, ROLL_NUMBER);
    for (size_t i = 1; keys && i < base->count; i++)
        if (keys[i].text[0] && strcmp(keys[i].text, keys[i - 1].text) == 0)
            refuse(import, keys[i].row, ROLL_NUMBER, IMPORT_DUPLICATE);
    for (size_t i = 0; keys && i < base->count; i++)
        check_row(import, i);
    return keys && !base->arena->failed ? ERR_NONE : ERR_MEMORY;
}

/* ---- against the database ---- */

static enum err judge_row(void *ctx, const struct db_row *row) {
    struct credentials_import *import = ctx;
    struct import_report *report = import->base.report;
    size_t i = (size_t)db_int(row, 0) - 1;
    bool known = db_bool(row, 1), same = db_bool(row, 2), another = db_bool(row, 3), begun = db_bool(row, 4);
    import->fresh[i] = false;
    if (!known)
        refuse(import, import->rows[i], ROLL_NUMBER, IMPORT_UNKNOWN);
    else if (same)
        report->unchanged++;
    else if (another || begun || !cycle_applications_free(import->base.state))
        refuse(import, import->rows[i], ROLL_NUMBER, IMPORT_LOCKED);
    else {
        import->fresh[i] = true;
        report->imported++;
    }
    return ERR_NONE;
}

/* Arrays of their own: the body of a transaction may run again. */
static enum err store(struct credentials_import *import, struct db *db) {
    struct arena *arena = import->base.arena;
    const struct db_row *row = NULL;
    size_t room = import->count + 1, kept = 0;
    const char **rolls = ARENA_ARRAY(arena, room, const char *), **kinds = ARENA_ARRAY(arena, room, const char *);
    const char **issued = ARENA_ARRAY(arena, room, const char *), **references = ARENA_ARRAY(arena, room, const char *);
    int64_t *months = ARENA_ARRAY(arena, room, int64_t), *marks = ARENA_ARRAY(arena, room, int64_t);
    if (arena->failed)
        return ERR_MEMORY;
    for (size_t i = 0; i < import->count; i++) {
        if (!import->fresh[i])
            continue;
        rolls[kept] = import->rolls[i];
        kinds[kept] = import->kinds[i];
        issued[kept] = import->issued[i];
        references[kept] = import->references[i];
        months[kept] = import->months[i];
        marks[kept++] = import->marks[i];
    }
    return db_one(db, arena, DB_CYCLE_CREDENTIALS_STORE,
                  DB_PARAMS(P_INT(import->base.cycle.cycle_id), P_TEXTS(rolls, kept), P_TEXTS(kinds, kept), P_TEXTS(issued, kept), P_INTS(months, kept),
                            P_INTS(marks, kept), P_TEXTS(references, kept), P_INT(import->rules->questions), P_INT(import->base.request->staff_id),
                            P_TIME(import->base.request->now_us)),
                  &row);
}

static enum err import_body(void *ctx, struct db *db) {
    struct credentials_import *import = ctx;
    struct cycle_import *base = &import->base;
    enum err err = cycle_import_begin(base, db);
    if (err == ERR_NONE)
        err = db_many(db, base->arena, DB_CYCLE_CREDENTIALS_COMPARE,
                      DB_PARAMS(P_INT(base->cycle.cycle_id), P_TEXTS(import->rolls, import->count), P_TEXTS(import->kinds, import->count),
                                P_TEXTS(import->issued, import->count), P_INTS(import->marks, import->count), P_TEXTS(import->references, import->count)),
                      CYCLE_CANDIDATES_MAX, judge_row, import);
    if (err != ERR_NONE)
        return err;
    if (!import_may_apply(base->report))
        return DB_ROLLBACK;
    err = store(import, db);
    if (err != ERR_NONE)
        return err;
    return ledger_append_import(db, base->arena, "cycle.credentials_import", "cycle", base->cycle.cycle_id, base->request, base->report);
}

static bool make_room(struct credentials_import *import) {
    struct arena *arena = import->base.arena;
    size_t size = import->base.count + 1;
    import->pack = ARENA_NEW(arena, struct cycle_pack);
    import->rolls = ARENA_ARRAY(arena, size, const char *);
    import->kinds = ARENA_ARRAY(arena, size, const char *);
    import->issued = ARENA_ARRAY(arena, size, const char *);
    import->references = ARENA_ARRAY(arena, size, const char *);
    import->months = ARENA_ARRAY(arena, size, int64_t);
    import->marks = ARENA_ARRAY(arena, size, int64_t);
    import->rows = ARENA_ARRAY(arena, size, size_t);
    import->fresh = ARENA_ARRAY(arena, size, bool);
    return !arena->failed;
}

enum err cycle_import_credentials(struct db *db, struct arena *arena, const struct import_request *request, struct import_report *report) {
    struct credentials_import import = {.base = {.arena = arena, .request = request, .report = report}};
    struct cycle_import *base = &import.base;
    bool open = false;
    enum err err = cycle_import_open(base, db, CYCLE_CREDENTIAL_COLUMNS, CYCLE_CANDIDATES_MAX, &open);
    if (err != ERR_NONE || !open)
        return err;
    if (!base->cycle.applications_until) {
        import_refuse_target(report, "applications_until", IMPORT_REQUIRED, base->cycle.code);
        import_close(report, false);
        return ERR_NONE;
    }
    if (!make_room(&import))
        return ERR_MEMORY;
    err = cycle_rules_read(db, arena, &base->cycle, &import.rules);
    if (err == ERR_NONE)
        err = cycle_pack_load(db, arena, base->cycle.pack_id, base->cycle.pack_version, import.pack);
    if (err == ERR_NONE)
        err = check_rows(&import);
    if (err == ERR_NONE && !import_mark(report, &base->table, &base->mark))
        err = ERR_MEMORY;
    if (err == ERR_NONE)
        err = db_transact(db, import_body, &import);
    if (err == ERR_NONE)
        import_close(report, import_may_apply(report));
    return err;
}
