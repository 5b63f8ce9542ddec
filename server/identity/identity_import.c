#include "identity_db.h"

#include "khoacu/base/random.h"
#include "khoacu/base/text.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define ROWS_MAX 5000
/* Each new account costs one password hash (0.3 s): what one request may take. */
#define NEW_ACCOUNTS_MAX 200

enum { LOGIN_NAME, FULL_NAME, UNIT, ROLES };

const struct import_column IDENTITY_OFFICER_COLUMNS[] = {
    [LOGIN_NAME] = {.name = "login_name",
                    .aliases = {"tên đăng nhập", "tài khoản"},
                    .required = true,
                    .example = "nguyen.an"},
    [FULL_NAME] = {.name = "full_name", .aliases = {"họ và tên", "họ tên"}, .required = true, .example = "Nguyễn An"},
    [UNIT] = {.name = "unit", .aliases = {"đơn vị", "đơn vị công tác"}, .example = "Sở Nội vụ"},
    [ROLES] = {.name = "roles", .aliases = {"vai trò"}, .required = true, .example = "hr_officer;inspector"},
    {0},
};

enum fate { FATE_REFUSED, FATE_NEW, FATE_CHANGED, FATE_SAME };

struct officer {
    struct identity_staff staff;
    size_t row;
    enum fate fate;
    char password[IDENTITY_PASSWORD_MADE_SIZE];
    char hash[CRYPTO_PASSWORD_MAX];
};

struct officer_import {
    struct arena *arena;
    const struct import_request *request;
    struct import_report *report;
    struct import_table table;
    struct officer *officers;
    size_t count;
};

static void read_officer(struct officer_import *import, size_t row, struct officer *officer) {
    const struct import_table *table = &import->table;
    struct identity_staff *staff = &officer->staff;
    officer->row = row;
    staff->login_name = import_cell(table, row, LOGIN_NAME);
    staff->full_name = import_cell(table, row, FULL_NAME);
    staff->unit = import_cell(table, row, UNIT);
    if (staff->login_name[0] && !identity_login_name_valid(staff->login_name))
        import_refuse(import->report, table, row, LOGIN_NAME, IMPORT_SYNTAX);
    if (text_utf8_len(staff->full_name) > 120)
        import_refuse(import->report, table, row, FULL_NAME, IMPORT_LENGTH);
    if (text_utf8_len(staff->unit) > 200)
        import_refuse(import->report, table, row, UNIT, IMPORT_LENGTH);
    const char *roles = import_cell(table, row, ROLES);
    if (roles[0] && (!identity_roles_parse(roles, &staff->roles) || staff->roles == 0))
        import_refuse(import->report, table, row, ROLES, IMPORT_UNKNOWN);
}

static int by_name(const void *a, const void *b) {
    const struct officer *x = *(const struct officer *const *)a, *y = *(const struct officer *const *)b;
    int order = strcmp(x->staff.login_name, y->staff.login_name);
    return order != 0 ? order : x->row < y->row ? -1 : 1;
}

static bool refuse_duplicates(struct officer_import *import) {
    struct officer **sorted = ARENA_ARRAY(import->arena, import->count + 1, struct officer *);
    if (!sorted)
        return false;
    for (size_t i = 0; i < import->count; i++)
        sorted[i] = &import->officers[i];
    qsort(sorted, import->count, sizeof(struct officer *), by_name);
    for (size_t i = 1; i < import->count; i++)
        if (sorted[i]->staff.login_name[0] && strcmp(sorted[i]->staff.login_name, sorted[i - 1]->staff.login_name) == 0)
            import_refuse(import->report, &import->table, sorted[i]->row, LOGIN_NAME, IMPORT_DUPLICATE);
    return true;
}

static enum err decide_fate(struct db *db, struct officer_import *import, struct officer *officer) {
    struct identity_staff known = {0};
    struct identity_staff *staff = &officer->staff;
    enum err err = identity_staff_find(db, import->arena, staff->login_name, &known);
    if (err != ERR_NONE)
        return err;
    staff->staff_id = known.staff_id != 0 ? known.staff_id : random_id();
    if (known.staff_id == 0)
        officer->fate = FATE_NEW;
    else if (strcmp(known.full_name, staff->full_name) == 0 && strcmp(known.unit, staff->unit) == 0 &&
             known.roles == staff->roles)
        officer->fate = FATE_SAME;
    else
        officer->fate = FATE_CHANGED;
    return ERR_NONE;
}

static enum err decide_fates(struct db *db, struct officer_import *import) {
    struct import_report *report = import->report;
    for (size_t i = 0; i < import->count; i++) {
        struct officer *officer = &import->officers[i];
        if (import_row_refused(&import->table, officer->row))
            continue;
        enum err err = decide_fate(db, import, officer);
        if (err != ERR_NONE)
            return err;
        if (officer->fate == FATE_NEW && report->imported == NEW_ACCOUNTS_MAX) {
            import_refuse_value(report, &import->table, officer->row, "", IMPORT_FILE_LIMIT, "");
            continue;
        }
        report->imported += officer->fate == FATE_NEW;
        report->changed += officer->fate == FATE_CHANGED;
        report->unchanged += officer->fate == FATE_SAME;
    }
    return ERR_NONE;
}

/* Hashing takes long: it is done before the transaction. */
static enum err make_passwords(struct officer_import *import) {
    for (size_t i = 0; i < import->count; i++) {
        struct officer *officer = &import->officers[i];
        if (officer->fate != FATE_NEW)
            continue;
        identity_password_make(officer->password);
        enum err err = crypto_password_hash(officer->password, officer->hash);
        if (err != ERR_NONE)
            return err;
        if (!import_add_secret(import->report, officer->staff.login_name, officer->password))
            return ERR_MEMORY;
    }
    return ERR_NONE;
}

static enum err change_officer(struct db *db, struct officer_import *import, const struct identity_staff *staff) {
    char roles[IDENTITY_ROLES_TEXT];
    identity_db_roles_text(staff->roles, roles);
    struct db_param id = P_INT(staff->staff_id);
    enum err err =
        db_run(db, DB_IDENTITY_STAFF_UPDATE, DB_PARAMS(id, P_TEXT(staff->full_name), P_TEXT(staff->unit)), NULL);
    if (err == ERR_NONE)
        err = db_run(db, DB_IDENTITY_STAFF_ROLES_DELETE, DB_PARAMS(id), NULL);
    if (err == ERR_NONE)
        err = db_run(db, DB_IDENTITY_STAFF_ROLES_INSERT, DB_PARAMS(id, P_TEXT(roles)), NULL);
    const char *details = arena_printf(import->arena, "{\"roles\":\"%s\"}", roles);
    if (err == ERR_NONE && !details)
        err = ERR_MEMORY;
    if (err != ERR_NONE)
        return err;
    return ledger_append(db, import->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(import->request->staff_id),
                                                .act = "identity.staff_change",
                                                .subject_kind = "staff",
                                                .subject_id = staff->staff_id,
                                                .details = details,
                                                .at_us = import->request->now_us});
}

static enum err apply_officer(struct db *db, struct officer_import *import, const struct officer *officer) {
    bool taken = false;
    switch (officer->fate) {
    case FATE_REFUSED:
    case FATE_SAME:
        return ERR_NONE;
    case FATE_CHANGED:
        return change_officer(db, import, &officer->staff);
    case FATE_NEW:
        break;
    }
    enum err err = identity_db_staff_insert(db, import->arena, LEDGER_STAFF(import->request->staff_id), &officer->staff,
                                            officer->hash, import->request->now_us, &taken);
    return err == ERR_NONE && taken ? ERR_DB_CONFLICT : err;
}

static enum err import_body(void *ctx, struct db *db) {
    struct officer_import *import = ctx;
    for (size_t i = 0; i < import->count; i++) {
        enum err err = apply_officer(db, import, &import->officers[i]);
        if (err != ERR_NONE)
            return err;
    }
    return ledger_append_import(db, import->arena, "identity.officers_import", "staff", 0, import->request,
                                import->report);
}

enum err identity_import_officers(struct db *db, struct arena *arena, const struct import_request *request,
                                  struct import_report *report) {
    struct officer_import import = {.arena = arena, .request = request, .report = report};
    import_report_init(report, arena, request);
    if (!import_open(report, request, IDENTITY_OFFICER_COLUMNS, &import.table)) {
        import_close(report, false);
        return ERR_NONE;
    }
    import.count = import.table.csv.row_count;
    if (import.count > ROWS_MAX)
        return ERR_LIMIT;
    import.officers = ARENA_ARRAY(arena, import.count + 1, struct officer);
    if (!import.officers)
        return ERR_MEMORY;
    for (size_t i = 0; i < import.count; i++)
        read_officer(&import, i, &import.officers[i]);
    if (!refuse_duplicates(&import))
        return ERR_MEMORY;
    enum err err = decide_fates(db, &import);
    bool apply = err == ERR_NONE && import_may_apply(report);
    if (apply)
        err = make_passwords(&import);
    if (apply && err == ERR_NONE)
        err = db_transact(db, import_body, &import);
    for (size_t i = 0; i < import.count; i++)
        crypto_wipe(import.officers[i].password, sizeof import.officers[i].password);
    if (err == ERR_NONE)
        import_close(report, apply);
    return err;
}
