#include "command.h"
#include "settings.h"

#include "../api/api.h"
#include "../api/packs.h"

#include "khoacu/base/arena.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/base/clock.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/db/db.h"
#include "khoacu/identity/identity.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { FILE_MAX = 1 << 20 }; /* a pack has at most 64 KiB: what is longer is refused as such, not as a broken file */

static const char help[] =
    "Usage: khoacu pack import FILE --as LOGIN [--dry-run] [--json]\n"
    "       khoacu pack list [--json]\n"
    "       khoacu pack show ID [--version N]\n"
    "Rule packs of the database: the dated rules that a cycle pins when it is made. A version that was brought in never changes.\n"
    "  import   reads a pack (JSON, khoacu-pack/1; include/khoacu/cycle/pack.h), names every fault by path and value in both\n"
    "           languages, and stores it whole or not at all. Its id is none of a built-in pack, its version higher than those stored\n"
    "  list     every pack and version with its hash, who brought it in and when, and how many cycles are examined by it\n"
    "  show     prints a pack's text; without --version the built-in one, from which one of one's own is written\n"
    "  --as     the account in whose name it is done; it must hold the right that the screen asks for\n"
    "Works on the database of KHOACU_DB, or on the private cluster that `khoacu serve` runs; showing a built-in pack needs none.\n"
    "Exit status: 0 stored (there already, or the dry run found no fault), 1 faults found and nothing stored, 2 wrong use, or a\n"
    "LOGIN without the right.\n";

enum verb { IMPORT, LIST, SHOW, VERB_COUNT };
static const char *const VERBS[VERB_COUNT] = {"import", "list", "show"};

struct pack_use {
    enum verb verb;
    const char *subject, *login; /* subject: FILE or ID */
    int64_t version;
    bool json, dry_run;
};

static int parse_use(int argc, char **argv, struct pack_use *use) {
    if (argc > 1 && command_wants_help(argv[1])) {
        (void)command_print(help);
        return -1;
    }
    use->verb = 0;
    while (argc > 1 && use->verb < VERB_COUNT && strcmp(argv[1], VERBS[use->verb]) != 0)
        use->verb++;
    if (argc < 2)
        return command_lacks(help, "pack needs one of import, list and show");
    if (use->verb == VERB_COUNT)
        return command_misuse(help, argv[1]);
    for (int i = 2; i < argc; i++) {
        bool value = i + 1 < argc;
        if (command_wants_help(argv[i])) {
            (void)command_print(help);
            return -1;
        }
        if (value && use->verb == IMPORT && strcmp(argv[i], "--as") == 0)
            use->login = argv[++i];
        else if (value && use->verb == SHOW && strcmp(argv[i], "--version") == 0 && text_parse_int(argv[i + 1], 1, 1000000, &use->version))
            i++;
        else if (use->verb == IMPORT && strcmp(argv[i], "--dry-run") == 0)
            use->dry_run = true;
        else if (use->verb != SHOW && strcmp(argv[i], "--json") == 0)
            use->json = true;
        else if (use->verb != LIST && !use->subject && argv[i][0] != '-')
            use->subject = argv[i];
        else
            return command_misuse(help, argv[i]);
    }
    if (use->verb != LIST && !use->subject)
        return command_lacks(help, "pack %s needs %s", VERBS[use->verb], use->verb == IMPORT ? "a FILE" : "an ID");
    if (use->verb == IMPORT && !use->login)
        return command_lacks(help, "pack import needs --as LOGIN");
    return EXIT_DONE;
}

static void print_json(struct buf *out) {
    puts(out->data ? out->data : "");
    buf_release(out);
}

/* ---- import ---- */

static enum err read_file(struct arena *arena, const char *path, struct cycle_pack_file *ret_file) {
    FILE *file CLEANUP(cleanup_file) = fopen(path, "rb");
    char *bytes = file ? arena_alloc(arena, FILE_MAX) : NULL;
    if (!bytes)
        return ERR_IO;
    ret_file->text = bytes;
    ret_file->len = fread(bytes, 1, FILE_MAX, file);
    return ferror(file) ? ERR_IO : ERR_NONE;
}

static void print_report(struct arena *arena, const struct pack_use *use, const struct cycle_pack_report *report) {
    if (use->json) {
        struct buf out;
        struct json_writer w;
        buf_init(&out, 1u << 20);
        json_writer_init(&w, &out);
        api_put_pack_report(arena, &w, report);
        print_json(&out);
        return;
    }
    for (size_t i = 0; i < report->fault_count; i++) {
        const struct cycle_pack_fault *fault = &report->faults[i];
        printf("%s: %s: %s · %s (%s%s%s)\n", use->subject, fault->path, cycle_misfit_words(arena, fault->reason, "vi"),
               cycle_misfit_words(arena, fault->reason, "en"), fault->reason, fault->value ? ": " : "", fault->value ? fault->value : "");
    }
    if (report->pack)
        printf("%s version %lld, sha256 %s: ", report->pack->id, (long long)report->pack->version, report->pack->sha256);
    puts(report->fault_count > 0                        ? "nothing stored"
         : report->outcome == CYCLE_PACK_UNCHANGED      ? "stored already"
         : report->applied                              ? "stored"
                                                        : "dry run, nothing stored");
}

static int import(const struct pack_use *use, struct db *db, struct arena *arena) {
    struct cycle_pack_file file = {.dry_run = use->dry_run, .now_us = clock_now_us()};
    struct cycle_pack_report report;
    struct identity_staff staff = {0};
    if (read_file(arena, use->subject, &file))
        return command_fail(EXIT_MISUSE, "%s cannot be read.", use->subject);
    if (identity_staff_find(db, arena, use->login, &staff))
        return command_fail(EXIT_FAILED, "The database refused: %s", db_last_error(db));
    struct identity_actor actor = {.kind = IDENTITY_STAFF, .staff_id = staff.staff_id, .roles = staff.roles};
    if (staff.staff_id == 0 || strcmp(staff.state, "active") != 0 || !api_permitted(&actor, PERM_PACK_WRITE))
        return command_fail(EXIT_MISUSE, "%s has no account with the right to bring in rule packs.", use->login);
    file.staff_id = staff.staff_id;
    if (cycle_pack_import(db, arena, &file, &report))
        return command_fail(EXIT_FAILED, "The database refused: %s", db_last_error(db));
    print_report(arena, use, &report);
    return report.fault_count == 0 ? EXIT_DONE : EXIT_FAILED;
}

/* ---- list and show ---- */

static int list(const struct pack_use *use, struct db *db, struct arena *arena) {
    struct cycle_pack_list packs;
    struct buf out;
    struct json_writer w;
    if (cycle_pack_list_read(db, arena, &packs))
        return command_fail(EXIT_FAILED, "The database refused: %s", db_last_error(db));
    buf_init(&out, 4u << 20);
    json_writer_init(&w, &out);
    json_open_array(&w);
    for (size_t i = 0; i < packs.count; i++) {
        const struct cycle_pack_row *row = &packs.rows[i];
        char at[25] = "";
        if (row->brought_us > 0)
            text_format_time(row->brought_us, at);
        api_put_pack(&w, row);
        if (!use->json)
            printf("%-20s %7lld  %.16s…  %s – %s  %s  %lld cycles%s%s %s\n", row->id, (long long)row->version, row->sha256, row->valid_from,
                   row->valid_to ? row->valid_to : "…", row->brought_by ? row->brought_by : "built in", (long long)row->cycles,
                   row->deliverable ? "" : ", for khoacu rank alone", *at ? "," : "", at);
    }
    json_close_array(&w);
    if (use->json)
        print_json(&out);
    else
        buf_release(&out);
    return EXIT_DONE;
}

static int show(const struct pack_use *use, struct db *db, struct arena *arena) {
    const char *text = NULL;
    if (cycle_pack_text(db, arena, use->subject, use->version, &text))
        return command_fail(EXIT_FAILED, "The database refused: %s", db_last_error(db));
    if (!text)
        return command_fail(EXIT_MISUSE, "There is no pack %s of version %lld.", use->subject, (long long)use->version);
    puts(text);
    return EXIT_DONE;
}

/* As it is written, so that it can be read and changed. */
static int show_builtin(const char *id) {
    size_t len = 0;
    const char *text = cycle_pack_builtin(id, &len);
    if (!text)
        return command_fail(EXIT_MISUSE, "There is no built-in pack %s; `khoacu pack list` names all, --version shows one of the database.", id);
    (void)fwrite(text, 1, len, stdout);
    return EXIT_DONE;
}

int command_pack(int argc, char **argv) {
    struct pack_use use = {0};
    struct settings settings;
    struct db *db = NULL;
    char sentence[400];
    int status = parse_use(argc, argv, &use);
    if (status != EXIT_DONE)
        return status < 0 ? EXIT_DONE : status;
    if (use.verb == SHOW && use.version == 0)
        return show_builtin(use.subject);
    if (settings_read_database(&settings, sentence, sizeof sentence))
        return command_fail(EXIT_MISUSE, "%s", sentence);
    if (crypto_init())
        return command_fail(EXIT_FAILED, "The cryptographic library could not be started.");
    if (db_open(settings.db, DB_ROLE_SERVER, &db, sentence, sizeof sentence))
        return command_fail(EXIT_FAILED, "The database cannot be reached: %s", sentence);
    struct arena arena;
    arena_init(&arena, 256u << 20);
    status = use.verb == IMPORT ? import(&use, db, &arena) : use.verb == LIST ? list(&use, db, &arena) : show(&use, db, &arena);
    arena_release(&arena);
    db_close(db);
    return status;
}
