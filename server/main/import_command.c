#include "command.h"
#include "settings.h"

#include "../api/imports.h"

#include "khoacu/bank/bank.h"
#include "khoacu/base/arena.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/base/clock.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/db/db.h"
#include "khoacu/identity/identity.h"
#include "khoacu/json/json.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { FILE_MAX = 32 << 20 };

static const char help[] =
    "Usage: khoacu import KIND FILE --as LOGIN [--cycle CODE] [--bank CODE] [--dry-run] [--json]\n"
    "Reads a CSV file (UTF-8; comma, semicolon or tab) all or nothing and reports every fault by line and column.\n"
    "  officers    login_name, full_name, unit, roles\n"
    "  posts       post_code, post_title, agency_code, agency_name, quota          (--cycle)\n"
    "  candidates  roll_number, full_name, birth_date, post_code, priority_classes, agency_preferences  (--cycle); where\n"
    "              they are known also extra_time_percent, email\n"
    "  credentials  roll_number, credential, issued_on, reference; also mark       (--cycle)\n"
    "  items       code, topic, level, stem, option_a … option_d, key, source      (--bank); also new_version, facility\n"
    "  calibrations  code, a, b, c: parameters of items                            (--bank)\n"
    "LOGIN is the account in whose name it is done; it must hold the right that the screen asks for.\n"
    "Works on the database of KHOACU_DB, or on the private cluster that `khoacu serve` runs.\n"
    "Exit status: 0 applied (or the dry run found no fault), 1 faults found and nothing applied, 2 wrong use, or a LOGIN\n"
    "without the right.\n";

struct import_use {
    const struct api_import *kind;
    const char *file, *login;
    bool json;
    struct import_request request;
};

static int parse_use(int argc, char **argv, struct import_use *use) {
    if (argc > 1 && command_wants_help(argv[1])) {
        (void)command_print(help);
        return -1;
    }
    use->kind = argc > 1 ? api_import_find(argv[1]) : NULL;
    if (argc > 1 && !use->kind)
        return command_misuse(help, argv[1]);
    if (argc < 3)
        return command_lacks(help, "import needs a KIND and a FILE");
    use->file = argv[2];
    for (int i = 3; i < argc; i++) {
        bool value = i + 1 < argc;
        if (value && strcmp(argv[i], "--as") == 0)
            use->login = argv[++i];
        else if (value && strcmp(argv[i], "--cycle") == 0)
            use->request.cycle_code = argv[++i];
        else if (value && strcmp(argv[i], "--bank") == 0)
            use->request.bank_code = argv[++i];
        else if (strcmp(argv[i], "--dry-run") == 0)
            use->request.dry_run = true;
        else if (strcmp(argv[i], "--json") == 0)
            use->json = true;
        else
            return command_misuse(help, argv[i]);
    }
    if (!use->login)
        return command_lacks(help, "import needs --as LOGIN");
    if (use->kind->needs_cycle && !use->request.cycle_code)
        return command_lacks(help, "%s go into a cycle: --cycle CODE is missing", use->kind->kind);
    if (use->kind->needs_bank && !use->request.bank_code)
        return command_lacks(help, "%s go into a bank: --bank CODE is missing", use->kind->kind);
    return EXIT_DONE;
}

static enum err read_file(struct arena *arena, const char *path, struct import_request *request) {
    FILE *file CLEANUP(cleanup_file) = fopen(path, "rb");
    char *bytes = file ? arena_alloc(arena, FILE_MAX + 1) : NULL;
    if (!bytes)
        return ERR_IO;
    request->bytes = bytes;
    request->len = fread(bytes, 1, FILE_MAX + 1, file);
    return ferror(file) ? ERR_IO : request->len > FILE_MAX ? ERR_LIMIT : ERR_NONE;
}

static void print_report(const struct import_use *use, const struct import_report *report) {
    if (use->json) {
        struct buf out;
        struct json_writer w;
        buf_init(&out, 8u << 20);
        json_writer_init(&w, &out);
        api_put_import_report(&w, use->kind, report);
        puts(out.data ? out.data : "");
        buf_release(&out);
        return;
    }
    for (size_t i = 0; i < report->error_count; i++)
        printf("%s:%zu: %s: %s · %s (%s)\n", use->file, report->errors[i].line, report->errors[i].column, import_hint_vi(report->errors[i].code),
               import_hint_en(report->errors[i].code), report->errors[i].value);
    for (size_t i = 0; i < report->secret_count; i++)
        printf("%s %s\n", report->secrets[i].name, report->secrets[i].secret);
    printf("%zu rows: %zu imported, %zu changed, %zu unchanged, %zu refused; %s\n", report->rows, report->imported, report->changed,
           report->unchanged, report->refused, report->applied ? "applied" : use->request.dry_run ? "dry run, nothing applied" : "nothing applied");
}

static bool may(const struct identity_staff *staff, enum api_permission permission) {
    struct identity_actor actor = {.kind = IDENTITY_STAFF, .staff_id = staff->staff_id, .roles = staff->roles};
    return api_permitted(&actor, permission);
}

/* Items need a connection as khoacu_bank, and the vault. */
static enum err run_kind(const struct import_use *use, const struct settings *settings, struct db *db, struct arena *arena,
                         struct import_report *report) {
    if (use->kind->run)
        return use->kind->run(db, arena, &use->request, report);
    struct db *bank = NULL;
    struct bank_vault *vault = NULL;
    char path[4096], why[400];
    settings_bank_key(settings, path, sizeof path);
    enum err err = bank_vault_open(path, &vault, why, sizeof why);
    if (!err)
        err = db_open(settings->db, DB_ROLE_BANK, &bank, why, sizeof why);
    if (err)
        (void)command_fail(EXIT_FAILED, "%s", why);
    const struct bank_desk desk = {.db = bank, .vault = vault, .arena = arena, .staff_id = use->request.staff_id, .now_us = use->request.now_us};
    if (!err)
        err = use->kind->run_bank(&desk, &use->request, report);
    db_close(bank);
    bank_vault_free(vault);
    return err;
}

static int import(struct import_use *use, const struct settings *settings, struct arena *arena) {
    struct db *db = NULL;
    char why[300];
    if (read_file(arena, use->file, &use->request))
        return command_fail(EXIT_MISUSE, "%s cannot be read, or is over 32 MiB.", use->file);
    if (db_open(settings->db, DB_ROLE_SERVER, &db, why, sizeof why))
        return command_fail(EXIT_FAILED, "The database cannot be reached: %s", why);
    struct identity_staff staff = {0};
    struct import_report report = {0};
    int status = EXIT_FAILED;
    use->request.now_us = clock_now_us();
    if (identity_staff_find(db, arena, use->login, &staff))
        (void)command_fail(EXIT_FAILED, "The database refused: %s", db_last_error(db));
    else if (staff.staff_id == 0 || strcmp(staff.state, "active") != 0 || !may(&staff, use->kind->permission))
        status = command_fail(EXIT_MISUSE, "%s has no account with the right to import %s.", use->login, use->kind->kind);
    else {
        use->request.staff_id = staff.staff_id;
        if (run_kind(use, settings, db, arena, &report))
            (void)command_fail(EXIT_FAILED, "The database refused: %s", db_last_error(db));
        else {
            print_report(use, &report);
            status = report.fault_count == 0 ? EXIT_DONE : EXIT_FAILED;
        }
    }
    db_close(db);
    return status;
}

int command_import(int argc, char **argv) {
    struct import_use use = {0};
    int status = parse_use(argc, argv, &use);
    if (status != EXIT_DONE)
        return status < 0 ? EXIT_DONE : status;
    struct settings settings;
    char sentence[400];
    if (settings_read_database(&settings, sentence, sizeof sentence))
        return command_fail(EXIT_MISUSE, "%s", sentence);
    if (crypto_init())
        return command_fail(EXIT_FAILED, "The cryptographic library could not be started.");
    struct arena arena;
    arena_init(&arena, 512u << 20);
    status = import(&use, &settings, &arena);
    arena_release(&arena);
    return status;
}
