#include "command.h"
#include "paths.h"
#include "settings.h"

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/base/clock.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/db/db.h"
#include "khoacu/identity/identity.h"
#include "khoacu/json/json.h"
#include "khoacu/marking/scan.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define FILES_MAX 20000
#define ARENA_MAX ((size_t)256 << 20)

static const char help[] =
    "Usage: khoacu scripts import --cycle CODE --bag CODE --as LOGIN [--json] PATH…\n"
    "Takes scans of paper scripts into a bag: PNG, JPEG, PDF, zip archives of them, and folders (their files, by name). Sheets are known\n"
    "by their printed codes; pages without a readable one are kept aside for the script officer's page. What was taken before changes\n"
    "nothing. LOGIN is a script officer. Works on the database of KHOACU_DB, or on the private cluster that `khoacu serve` runs.\n"
    "Exit status: 0 done, 1 something was refused or failed, 2 wrong use.\n";

struct scan_use {
    const char *cycle, *bag, *login;
    struct paths paths;
    bool json;
    struct arena *arena;
    struct db *db;
    struct scan_actor actor;
    int64_t bag_id;
    struct scan_report report;
};

static int parse(struct scan_use *use, int argc, char **argv) {
    for (int i = 2; i < argc; i++) {
        bool value = i + 1 < argc;
        if (command_wants_help(argv[i])) {
            (void)command_print(help);
            return -1;
        }
        if (value && strcmp(argv[i], "--cycle") == 0)
            use->cycle = argv[++i];
        else if (value && strcmp(argv[i], "--bag") == 0)
            use->bag = argv[++i];
        else if (value && strcmp(argv[i], "--as") == 0)
            use->login = argv[++i];
        else if (strcmp(argv[i], "--json") == 0)
            use->json = true;
        else if (argv[i][0] == '-')
            return command_misuse(help, argv[i]);
        else if (!paths_add(&use->paths, argv[i]))
            return command_fail(EXIT_MISUSE, "%s cannot be read, or these are more than %d files.", argv[i], FILES_MAX);
    }
    if (!use->cycle || !use->bag || !use->login || use->paths.count == 0)
        return command_lacks(help, "scripts import needs --cycle, --bag, --as and a path");
    return EXIT_DONE;
}

static enum err import_file(struct scan_use *use, const char *path) {
    struct buf bytes CLEANUP(buf_release);
    buf_init(&bytes, SCAN_FILE_MAX + 2 * 65536);
    enum err err = paths_read(path, SCAN_FILE_MAX + 1, &bytes); /* one byte too many, for scan_import to refuse */
    if (err != ERR_NONE && err != ERR_LIMIT)
        return err;
    return scan_import(use->db, &use->actor, use->arena, use->bag_id, path, bytes.data ? bytes.data : "", bytes.len, &use->report);
}

static size_t refusals_kept(const struct scan_report *report) {
    size_t most = sizeof report->refusals / sizeof *report->refusals;
    return (size_t)report->refused < most ? (size_t)report->refused : most;
}

static const char *why_refused(enum scan_verdict verdict) {
    switch (verdict) {
    case SCAN_BROKEN:
        return "không đọc được, quá lớn, hoặc không phải PNG, JPEG, PDF hay zip · cannot be read, is too large, or is no PNG, JPEG, PDF or zip";
    case SCAN_OPENED:
        return "bài thi của kỳ này đã mở chấm, không nhận thêm · the scripts of this cycle are open, nothing is taken any more";
    case SCAN_FORBIDDEN:
        return "chỉ ban phách được nhập · script officers only";
    case SCAN_UNKNOWN:
        return "không có túi này · there is no such bag";
    default: /* what the import of files never answers */
        return scan_verdict_key(verdict);
    }
}

static int print_json(const struct scan_report *report) {
    struct buf out CLEANUP(buf_release);
    struct json_writer w;
    buf_init(&out, 1u << 20);
    json_writer_init(&w, &out);
    json_open_object(&w);
    json_member_int(&w, "files", report->files);
    json_member_int(&w, "known", report->known);
    json_member_int(&w, "refused", report->refused);
    json_member_int(&w, "pages", report->pages);
    json_member_int(&w, "kept", report->kept);
    json_member_int(&w, "aside", report->aside);
    json_put_key(&w, "refusals");
    json_open_array(&w);
    for (size_t i = 0; i < refusals_kept(report); i++) {
        json_open_object(&w);
        json_member_text(&w, "file", report->refusals[i].name);
        json_member_text(&w, "outcome", scan_verdict_key(report->refusals[i].verdict));
        json_close_object(&w);
    }
    json_close_array(&w);
    json_close_object(&w);
    puts(out.failed ? "{}" : out.data);
    return report->refused > 0 ? EXIT_FAILED : EXIT_DONE;
}

static int import_all(struct scan_use *use) {
    const struct scan_report *report = &use->report;
    for (size_t i = 0; i < use->paths.count; i++) {
        enum err err = import_file(use, use->paths.list[i]);
        if (err != ERR_NONE)
            return command_fail(EXIT_FAILED, "%s: %s %s", use->paths.list[i], err_key(err), db_last_error(use->db));
        fprintf(stderr, "\r%zu/%zu files", i + 1, use->paths.count);
    }
    fputc('\n', stderr);
    if (use->json)
        return print_json(report);
    for (size_t i = 0; i < refusals_kept(report); i++)
        printf("%s: %s\n", report->refusals[i].name, why_refused(report->refusals[i].verdict));
    printf("%lld files (%lld known, %lld refused): %lld pages, %lld kept, %lld aside\n", (long long)report->files, (long long)report->known,
           (long long)report->refused, (long long)report->pages, (long long)report->kept, (long long)report->aside);
    return report->refused > 0 ? EXIT_FAILED : EXIT_DONE;
}

static int find_and_import(struct scan_use *use) {
    struct identity_staff staff = {0};
    if (identity_staff_find(use->db, use->arena, use->login, &staff))
        return command_fail(EXIT_FAILED, "The database refused: %s", db_last_error(use->db));
    if (staff.staff_id == 0 || strcmp(staff.state, "active") != 0 || !(staff.roles & IDENTITY_SCRIPT_OFFICER))
        return command_fail(EXIT_MISUSE, "%s is no script officer.", use->login);
    use->actor = (struct scan_actor){.staff_id = staff.staff_id, .now_us = clock_now_us()};
    if (scan_bag_find(use->db, use->arena, use->cycle, use->bag, &use->bag_id))
        return command_fail(EXIT_FAILED, "The database refused: %s", db_last_error(use->db));
    if (use->bag_id == 0)
        return command_fail(EXIT_MISUSE, "Cycle %s has no bag %s.", use->cycle, use->bag);
    return import_all(use);
}

int command_scripts(int argc, char **argv) {
    struct arena arena CLEANUP(arena_release);
    struct settings settings;
    char why[400];
    arena_init(&arena, ARENA_MAX);
    struct scan_use *use = ARENA_NEW(&arena, struct scan_use);
    if (argc > 1 && command_wants_help(argv[1]))
        return command_print(help);
    if (argc < 2)
        return command_lacks(help, "scripts needs the word import");
    if (strcmp(argv[1], "import") != 0 || !use)
        return command_misuse(help, argv[1]);
    *use = (struct scan_use){.arena = &arena};
    if (!paths_init(&use->paths, &arena, FILES_MAX))
        return command_fail(EXIT_FAILED, "There is not enough memory.");
    int status = parse(use, argc, argv);
    if (status != EXIT_DONE)
        return status < 0 ? EXIT_DONE : status;
    if (settings_read_database(&settings, why, sizeof why))
        return command_fail(EXIT_MISUSE, "%s", why);
    if (crypto_init())
        return command_fail(EXIT_FAILED, "The cryptographic library could not be started.");
    if (db_open(settings.db, DB_ROLE_SERVER, &use->db, why, sizeof why))
        return command_fail(EXIT_FAILED, "The database cannot be reached: %s", why);
    status = find_and_import(use);
    db_close(use->db);
    return status;
}
