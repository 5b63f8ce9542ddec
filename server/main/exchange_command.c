/* khoacu bank import and khoacu bank export: items of foreign files into a bank, and a bank's items into a file. */
#include "command.h"
#include "exchange_command.h"
#include "settings.h"

#include "khoacu/bank/bank_exchange.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/base/clock.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/cycle/cycle.h"
#include "khoacu/db/db.h"
#include "khoacu/identity/identity.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

#define ARENA_MAX ((size_t)512 << 20)
#define PATHS_MAX 1000

static const char help[] =
    "Usage: khoacu bank import --bank NAME [--dry-run] [--valid-only] [--format F] [--topic T] [--lang vi|en] [--report FILE.jsonl]\n"
    "                          [--as LOGIN] [--json] PATH...\n"
    "       khoacu bank export --bank NAME --format F --out FILE [--dry-run] [--valid-only] [--report FILE.jsonl] [--as LOGIN] [--json]\n"
    "Import reads files, packages and whole folders, says of every item found what became of it, and stores all of them or,\n"
    "when one is refused, nothing. The bank is made when it is missing. The same source twice changes nothing.\n"
    "  --bank NAME      code of the bank: capital letters, digits, '-'\n"
    "  --dry-run        does everything and stores nothing\n"
    "  --valid-only     stores what is good although others are refused\n"
    "  --format F       qti21 qti30 gift aiken moodle csv xlsx; without it each file is recognised\n"
    "  --topic T        topic of items that name none (\"imported\")\n"
    "  --lang vi|en     language of texts that do not say theirs (vi)\n"
    "  --report FILE    one JSON line for each item: path, item, outcome (imported, changed, refused), code, message_vi,\n"
    "                   message_en, place, notes, stored (imported, new-version, unchanged, …)\n"
    "  --as LOGIN       the item officer in whose name it is done; without it an owner of the bank, or the first item officer\n"
    "Export writes the newest versions of all items but retired ones, with keys: formats qti21 qti30 gift csv xlsx. Its report has\n"
    "one JSON line for each item: item, outcome (exported, changed, left-out, refused), code, message_vi, message_en, place; one that\n"
    "the format does not hold keeps the file from being written, unless --valid-only leaves it behind.\n"
    "Works on the database of KHOACU_DB, or on the private cluster that `khoacu serve` runs. Progress goes to standard error.\n"
    "Exit status: 0 done, 1 something was refused or the work failed, 2 wrong use.\n";

struct exchange_use {
    const char *bank, *format, *topic, *lang, *report, *login, *out;
    const char *paths[PATHS_MAX];
    size_t path_count;
    bool dry_run, valid_only, json;
    enum exchange_format kind;
};

static int parse_use(int argc, char **argv, bool import, struct exchange_use *use) {
    const struct {
        const char *name;
        const char **value;
        bool import, export;
    } options[] = {{"--bank", &use->bank, true, true},      {"--format", &use->format, true, true}, {"--topic", &use->topic, true, false},
                   {"--lang", &use->lang, true, false},     {"--report", &use->report, true, true}, {"--as", &use->login, true, true},
                   {"--out", &use->out, false, true}};
    for (int i = 2; i < argc; i++) {
        size_t k = 0, count = sizeof options / sizeof *options;
        while (k < count && (strcmp(argv[i], options[k].name) != 0 || !(import ? options[k].import : options[k].export)))
            k++;
        if (command_wants_help(argv[i])) {
            (void)command_print(help);
            return -1;
        }
        if (k < count && i + 1 < argc)
            *options[k].value = argv[++i];
        else if (strcmp(argv[i], "--dry-run") == 0)
            use->dry_run = true;
        else if (strcmp(argv[i], "--valid-only") == 0)
            use->valid_only = true;
        else if (strcmp(argv[i], "--json") == 0)
            use->json = true;
        else if (import && argv[i][0] != '-' && use->path_count < PATHS_MAX)
            use->paths[use->path_count++] = argv[i];
        else
            return command_misuse(help, argv[i]);
    }
    if (!use->bank || (import ? use->path_count == 0 : !use->format || !use->out))
        return command_lacks(help, !use->bank ? "--bank NAME is missing" : import ? "bank import needs a path" : "bank export needs --format and --out");
    if (!cycle_code_valid(use->bank))
        return command_misuse(help, use->bank);
    if (use->topic && !bank_topic_valid(use->topic))
        return command_misuse(help, use->topic);
    if (use->format && !exchange_format_find(use->format, &use->kind))
        return command_misuse(help, use->format);
    if (!import && !exchange_format_writable(use->kind))
        return command_misuse(help, use->format);
    if (use->lang && strcmp(use->lang, "vi") != 0 && strcmp(use->lang, "en") != 0)
        return command_misuse(help, use->lang);
    return EXIT_DONE;
}

/* ---- who and where ---- */

static int find_actor(struct db *bank, const struct settings *settings, struct bank_desk *desk, const struct exchange_use *use) {
    if (!use->login) {
        enum err err = bank_actor_find(bank, desk->arena, use->bank, &desk->staff_id);
        if (err != ERR_NONE)
            return command_fail(EXIT_FAILED, "The database refused: %s", db_last_error(bank));
        return desk->staff_id ? EXIT_DONE : command_fail(EXIT_MISUSE, "There is no item officer; make one first (`khoacu import officers`).");
    }
    struct db *db = NULL;
    struct identity_staff staff = {0};
    char why[400];
    if (db_open(settings->db, DB_ROLE_SERVER, &db, why, sizeof why))
        return command_fail(EXIT_FAILED, "The database cannot be reached: %s", why);
    enum err err = identity_staff_find(db, desk->arena, use->login, &staff);
    bool active = err == ERR_NONE && staff.staff_id != 0 && strcmp(staff.state, "active") == 0;
    db_close(db);
    desk->staff_id = staff.staff_id;
    return active ? EXIT_DONE : command_fail(EXIT_MISUSE, "%s has no active account.", use->login);
}

/* ---- import ---- */

struct report {
    FILE *file;
    size_t lines;
    int64_t shown_us;
    bool terminal;
};

static void show(struct report *report) {
    int64_t now = clock_now_us();
    if (now - report->shown_us > 500000) {
        report->shown_us = now;
        (void)fprintf(stderr, report->terminal ? "\r%zu items" : "%zu items\n", report->lines);
    }
}

static void again(void *ctx) {
    struct report *report = ctx;
    report->lines = 0;
    if (report->file)
        (void)(fflush(report->file) == 0 && fseek(report->file, 0, SEEK_SET) == 0 && ftruncate(fileno(report->file), 0) == 0);
}

static enum err take_line(void *ctx, struct arena *arena, const struct bank_exchange_line *line) {
    struct report *report = ctx;
    struct buf out CLEANUP(buf_release);
    struct json_writer writer;
    (void)arena;
    buf_init(&out, 4u << 20);
    report->lines++;
    show(report);
    if (!report->file)
        return ERR_NONE;
    json_writer_init(&writer, &out);
    bank_exchange_put_line(&writer, line);
    buf_addc(&out, '\n');
    return !out.failed && fwrite(out.data, 1, out.len, report->file) == out.len ? ERR_NONE : ERR_IO;
}

static int tell(const struct exchange_use *use, const struct bank_exchange_counts *counts) {
    if (use->json)
        printf("{\"found\":%zu,\"imported\":%zu,\"changed\":%zu,\"refused\":%zu,\"same\":%zu,\"renewed\":%zu,\"repeated\":%zu,\"applied\":%s,\"dry_run\":%s}\n",
               counts->found, counts->imported, counts->changed, counts->refused, counts->same, counts->renewed, counts->repeated,
               counts->applied ? "true" : "false", use->dry_run ? "true" : "false");
    else
        printf("%zu items found: %zu imported, %zu changed, %zu refused; %zu were there already, %zu are new versions, %zu repeat another; %s\n", counts->found,
               counts->imported, counts->changed, counts->refused, counts->same, counts->renewed, counts->repeated,
               counts->applied ? "stored" : use->dry_run ? "dry run, nothing stored" : "nothing stored");
    return counts->refused > 0 ? EXIT_FAILED : EXIT_DONE;
}

static int import_items(const struct exchange_use *use, const struct bank_desk *desk) {
    struct report report = {.terminal = isatty(STDERR_FILENO)};
    struct exchange_options options = {.lang = use->lang};
    struct bank_exchange_counts counts = {0};
    enum bank_load_verdict verdict = BANK_LOAD_UNKNOWN;
    report.file = use->report ? fopen(use->report, "w") : NULL;
    if (use->report && !report.file)
        return command_fail(EXIT_MISUSE, "%s cannot be written.", use->report);
    const struct bank_exchange_import import = {.bank = use->bank,
                                                .make_bank = true,
                                                .dry_run = use->dry_run,
                                                .mode = use->valid_only ? BANK_LOAD_VALID : BANK_LOAD_WHOLE,
                                                .topic = use->topic,
                                                .format = use->kind,
                                                .options = &options,
                                                .paths = use->paths,
                                                .path_count = use->path_count,
                                                .line = take_line,
                                                .again = again,
                                                .ctx = &report};
    enum err err = bank_exchange_import(desk, &import, &verdict, &counts);
    if (report.terminal)
        (void)fputs("\r", stderr);
    if (report.file && fclose(report.file) != 0 && err == ERR_NONE)
        err = ERR_IO;
    if (err != ERR_NONE)
        return command_fail(EXIT_FAILED, "%s: %s", err_key(err), err == ERR_IO ? "a file cannot be read or written" : db_last_error(desk->db));
    if (verdict != BANK_LOAD_DONE)
        return command_fail(EXIT_MISUSE, "%s may not write into the bank %s.", use->login ? use->login : "the officer", use->bank);
    return tell(use, &counts);
}

/* ---- export ---- */

static bool take_progress(void *ctx, const struct exchange_progress *progress) {
    struct report *report = ctx;
    report->lines = progress->done;
    show(report);
    return true;
}

static enum err take_export_line(void *ctx, const struct bank_export_line *line) {
    struct report *report = ctx;
    struct buf out CLEANUP(buf_release);
    struct json_writer writer;
    buf_init(&out, 1u << 16);
    if (!report->file)
        return ERR_NONE;
    json_writer_init(&writer, &out);
    bank_export_put_line(&writer, line);
    buf_addc(&out, '\n');
    return !out.failed && fwrite(out.data, 1, out.len, report->file) == out.len ? ERR_NONE : ERR_IO;
}

static int tell_export(const struct exchange_use *use, const struct bank_export_counts *counts) {
    size_t items = counts->exported + counts->changed;
    if (use->json)
        printf("{\"items\":%zu,\"found\":%zu,\"exported\":%zu,\"changed\":%zu,\"left_out\":%zu,\"refused\":%zu,\"written\":%s,\"dry_run\":%s,\"format\":\"%s\"}\n", items,
               counts->found, counts->exported, counts->changed, counts->left_out, counts->refused, counts->written ? "true" : "false",
               use->dry_run ? "true" : "false", exchange_format_key(use->kind));
    else
        printf("%zu items found: %zu as they are, %zu that other programs see differently, %zu left out, %zu refused; %s%s\n", counts->found, counts->exported,
               counts->changed, counts->left_out, counts->refused, counts->written ? "written to " : use->dry_run ? "dry run, nothing written" : "nothing written",
               counts->written ? use->out : "");
    return counts->refused > 0 ? EXIT_FAILED : EXIT_DONE;
}

static int export_items(const struct exchange_use *use, const struct bank_desk *desk) {
    struct report report = {.terminal = isatty(STDERR_FILENO)};
    const struct exchange_options options = {.progress = take_progress, .progress_ctx = &report};
    enum bank_verdict verdict = BANK_UNKNOWN;
    struct bank_export_counts counts = {0};
    report.file = use->report ? fopen(use->report, "w") : NULL;
    if (use->report && !report.file)
        return command_fail(EXIT_MISUSE, "%s cannot be written.", use->report);
    const struct bank_export_request request = {.bank = use->bank,
                                                .path = use->out,
                                                .format = use->kind,
                                                .options = &options,
                                                .dry_run = use->dry_run,
                                                .valid_only = use->valid_only,
                                                .line = take_export_line,
                                                .ctx = &report};
    enum err err = bank_exchange_export(desk, &request, &verdict, &counts);
    if (report.terminal)
        (void)fputs("\r", stderr);
    if (report.file && fclose(report.file) != 0 && err == ERR_NONE)
        err = ERR_IO;
    if (err != ERR_NONE)
        return command_fail(EXIT_FAILED, "%s: %s", err_key(err), err == ERR_IO ? "a file cannot be written" : db_last_error(desk->db));
    if (verdict != BANK_DONE)
        return command_fail(EXIT_MISUSE, verdict == BANK_UNKNOWN ? "There is no bank %s that the officer sees." : "Only an owner of the bank %s exports it.",
                            use->bank);
    return tell_export(use, &counts);
}

static int run(int argc, char **argv, bool import) {
    struct exchange_use use = {0};
    struct settings settings;
    struct bank_vault *vault = NULL;
    struct db *db = NULL;
    char why[400], key_file[4096];
    int status = parse_use(argc, argv, import, &use);
    if (status != EXIT_DONE)
        return status < 0 ? EXIT_DONE : status;
    if (settings_read_database(&settings, why, sizeof why))
        return command_fail(EXIT_MISUSE, "%s", why);
    settings_bank_key(&settings, key_file, sizeof key_file);
    if (crypto_init())
        return command_fail(EXIT_FAILED, "The cryptographic library could not be started.");
    if (bank_vault_open(key_file, &vault, why, sizeof why))
        return command_fail(EXIT_MISUSE, "%s", why);
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, ARENA_MAX);
    status = db_open(settings.db, DB_ROLE_BANK, &db, why, sizeof why) ? command_fail(EXIT_FAILED, "The database cannot be reached: %s", why) : EXIT_DONE;
    struct bank_desk desk = {.db = db, .vault = vault, .arena = &arena, .now_us = clock_now_us()};
    if (status == EXIT_DONE)
        status = find_actor(db, &settings, &desk, &use);
    if (status == EXIT_DONE)
        status = import ? import_items(&use, &desk) : export_items(&use, &desk);
    db_close(db);
    bank_vault_free(vault);
    return status;
}

int exchange_command_import(int argc, char **argv) {
    return run(argc, argv, true);
}

int exchange_command_export(int argc, char **argv) {
    return run(argc, argv, false);
}
