#include "imports.h"

#include "khoacu/assembly/calibration.h"
#include "khoacu/bank/bank.h"
#include "khoacu/cycle/cycle.h"

#include <string.h>

#include "khoacu/base/banned.h"

static const struct api_import IMPORTS[] = {
    {"officers", PERM_ACCOUNTS, false, false, identity_import_officers, IDENTITY_OFFICER_COLUMNS, NULL},
    {"posts", PERM_CYCLE_WRITE, true, false, cycle_import_posts, CYCLE_POST_COLUMNS, NULL},
    {"candidates", PERM_CYCLE_WRITE, true, false, cycle_import_candidates, CYCLE_CANDIDATE_COLUMNS, NULL},
    {"credentials", PERM_CYCLE_WRITE, true, false, cycle_import_credentials, CYCLE_CREDENTIAL_COLUMNS, NULL},
    {"items", PERM_BANK_WRITE, false, true, NULL, BANK_ITEM_COLUMNS, bank_import_items},
    {"calibrations", PERM_FORM_SEAL, false, true, NULL, ASSEMBLY_CALIBRATION_COLUMNS, assembly_import_calibrations},
};

const struct api_import *api_import_find(const char *kind) {
    for (size_t i = 0; i < sizeof IMPORTS / sizeof IMPORTS[0]; i++)
        if (strcmp(IMPORTS[i].kind, kind) == 0)
            return &IMPORTS[i];
    return NULL;
}

static void put_errors(struct json_writer *writer, const struct import_report *report) {
    json_put_key(writer, "errors");
    json_open_array(writer);
    for (size_t i = 0; i < report->error_count; i++) {
        const struct import_error *error = &report->errors[i];
        json_open_object(writer);
        json_member_int(writer, "line", (int64_t)error->line);
        json_member_text(writer, "column", error->column);
        json_member_text(writer, "code", import_code_key(error->code));
        json_member_text(writer, "value", error->value);
        json_member_text(writer, "hint_vi", import_hint_vi(error->code));
        json_member_text(writer, "hint_en", import_hint_en(error->code));
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_secrets(struct json_writer *writer, const struct import_report *report) {
    json_put_key(writer, "secrets");
    json_open_array(writer);
    for (size_t i = 0; i < report->secret_count; i++) {
        json_open_object(writer);
        json_member_text(writer, "login_name", report->secrets[i].name);
        json_member_text(writer, "password", report->secrets[i].secret);
        json_close_object(writer);
    }
    json_close_array(writer);
}

void api_put_import_report(struct json_writer *writer, const struct api_import *import,
                           const struct import_report *report) {
    json_open_object(writer);
    json_member_text(writer, "kind", import->kind);
    json_member_bool(writer, "dry_run", report->dry_run);
    json_member_bool(writer, "applied", report->applied);
    json_member_int(writer, "rows", (int64_t)report->rows);
    json_member_int(writer, "imported", (int64_t)report->imported);
    json_member_int(writer, "changed", (int64_t)report->changed);
    json_member_int(writer, "unchanged", (int64_t)report->unchanged);
    json_member_int(writer, "refused", (int64_t)report->refused);
    json_member_int(writer, "faults", (int64_t)report->fault_count);
    put_errors(writer, report);
    if (report->secret_count > 0)
        put_secrets(writer, report);
    json_close_object(writer);
}
