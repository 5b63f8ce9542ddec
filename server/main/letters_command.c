#include "command.h"
#include "paths.h"
#include "settings.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/clock.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/db/db.h"
#include "khoacu/doc/mail.h"
#include "khoacu/identity/identity.h"
#include "khoacu/json/json.h"
#include "khoacu/result/bounce.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define FILES_MAX 100000
#define ARENA_MAX ((size_t)256 << 20)
#define LINE_MAX_BYTES 8192

static const char help[] =
    "Usage: khoacu letters bounces --as LOGIN [--json] PATH…\n"
    "Takes what mail servers report about letters that had left the house (RFC 3464): mails, mailboxes (mbox), folders of mails, maildirs,\n"
    "or - for the standard input, so that a mail server can hand each report to this command. A letter that could not be delivered counts\n"
    "as returned: its page shows why, and an officer sends it again or prints it. The same report twice is one; what is no report is named\n"
    "and changes nothing. A report is known by the address it came back to (KHOACU_SMTP_RETURN), or by the letter's Message-ID in it.\n"
    "  --as      an HR officer, in whose name it is done\n"
    "  --json    one JSON object a line: file, mail, outcome, why, cycle, version, roll_number, address, action, status, diagnostic\n"
    "Works on the database of KHOACU_DB. Exit status: 0 done, 1 something was no report or could not be read, 2 wrong use.\n";

struct letters_use {
    struct arena *arena;
    struct db *db;
    struct paths paths;
    const char *login;
    bool json;
    int64_t staff_id, mails, counts[RESULT_BOUNCE_COUNT];
};

static int parse(struct letters_use *use, int argc, char **argv) {
    for (int i = 2; i < argc; i++) {
        if (i + 1 < argc && strcmp(argv[i], "--as") == 0)
            use->login = argv[++i];
        else if (strcmp(argv[i], "--json") == 0)
            use->json = true;
        else if (argv[i][0] == '-' && argv[i][1])
            return command_misuse(help, argv[i]);
        else if (!paths_add(&use->paths, argv[i]))
            return command_fail(EXIT_MISUSE, "%s cannot be read, or these are more than %d files.", argv[i], FILES_MAX);
    }
    if (!use->login || use->paths.count == 0)
        return command_lacks(help, "letters bounces needs --as and a path");
    return EXIT_DONE;
}

static void print_json(const char *path, const struct result_bounce *b) {
    struct buf out CLEANUP(buf_release);
    struct json_writer w;
    buf_init(&out, LINE_MAX_BYTES);
    json_writer_init(&w, &out);
    json_open_object(&w);
    json_member_text(&w, "file", path);
    json_member_int(&w, "mail", (int64_t)b->mail);
    json_member_text(&w, "outcome", result_bounce_key(b->outcome));
    json_member_text(&w, "why", b->why);
    json_member_text(&w, "cycle", b->cycle_code);
    json_member_int(&w, "version", b->version);
    json_member_text(&w, "roll_number", b->roll_number);
    json_member_text(&w, "address", b->address);
    json_member_text(&w, "action", b->action);
    json_member_text(&w, "status", b->status);
    json_member_text(&w, "diagnostic", b->diagnostic);
    json_close_object(&w);
    puts(out.failed ? "{}" : out.data);
}

/* "letter of B105 in CC-THU, version 1" and what happened to it. */
static void print_line(const char *path, const struct result_bounce *b) {
    printf("%s: mail %zu: %s", path, b->mail, result_bounce_key(b->outcome));
    if (*b->why)
        printf(" (%s)", b->why);
    if (*b->roll_number)
        printf(", letter of %s in %s, version %lld", b->roll_number, b->cycle_code, (long long)b->version);
    if (*b->address)
        printf(", %s: %s %s %s", b->address, b->action, b->status, b->diagnostic);
    putchar('\n');
}

static int take_file(struct letters_use *use, const char *path) {
    struct buf bytes CLEANUP(buf_release);
    struct result_bounces bounces = {0};
    buf_init(&bytes, MAIL_FILE_MAX + 2 * 65536);
    enum err err = paths_read(path, MAIL_FILE_MAX, &bytes);
    if (err != ERR_NONE)
        return command_fail(EXIT_FAILED, "%s: %s", path, err == ERR_LIMIT ? "longer than 16 MiB; split the mailbox" : "cannot be read");
    err = result_bounces_take(use->db, use->arena, use->staff_id, bytes.data ? bytes.data : "", bytes.len, clock_now_us(), &bounces);
    if (err != ERR_NONE)
        return command_fail(EXIT_FAILED, "%s: %s %s", path, err_key(err), db_last_error(use->db));
    for (size_t i = 0; i < bounces.listed; i++)
        (use->json ? print_json : print_line)(path, &bounces.list[i]);
    use->mails += bounces.mails;
    for (size_t i = 0; i < RESULT_BOUNCE_COUNT; i++)
        use->counts[i] += bounces.counts[i];
    arena_reset(use->arena);
    return EXIT_DONE;
}

static int take_all(struct letters_use *use) {
    struct identity_staff staff = {0};
    if (identity_staff_find(use->db, use->arena, use->login, &staff))
        return command_fail(EXIT_FAILED, "The database refused: %s", db_last_error(use->db));
    if (staff.staff_id == 0 || strcmp(staff.state, "active") != 0 || !(staff.roles & IDENTITY_HR_OFFICER))
        return command_fail(EXIT_MISUSE, "%s is no HR officer.", use->login);
    use->staff_id = staff.staff_id;
    int status = EXIT_DONE;
    for (size_t i = 0; i < use->paths.count; i++) {
        int one = take_file(use, use->paths.list[i]);
        status = one != EXIT_DONE ? one : status;
    }
    if (!use->json) {
        printf("%lld mails", (long long)use->mails);
        for (size_t i = 0; i < RESULT_BOUNCE_COUNT; i++)
            printf("%s %lld %s", i ? "," : ":", (long long)use->counts[i], result_bounce_key((enum result_bounce_outcome)i));
        putchar('\n');
    }
    return status != EXIT_DONE || use->counts[RESULT_BOUNCE_UNREADABLE] > 0 ? EXIT_FAILED : EXIT_DONE;
}

int command_letters(int argc, char **argv) {
    struct arena arena CLEANUP(arena_release), names CLEANUP(arena_release);
    struct settings settings;
    char why[400];
    struct letters_use use = {.arena = &arena};
    arena_init(&arena, ARENA_MAX);
    arena_init(&names, ARENA_MAX);
    for (int i = 1; i < argc; i++)
        if (command_wants_help(argv[i]))
            return command_print(help);
    if (argc < 2)
        return command_lacks(help, "letters needs the word bounces");
    if (strcmp(argv[1], "bounces") != 0)
        return command_misuse(help, argv[1]);
    if (!paths_init(&use.paths, &names, FILES_MAX))
        return command_fail(EXIT_FAILED, "There is not enough memory.");
    int status = parse(&use, argc, argv);
    if (status != EXIT_DONE)
        return status;
    if (settings_read_database(&settings, why, sizeof why))
        return command_fail(EXIT_MISUSE, "%s", why);
    if (crypto_init())
        return command_fail(EXIT_FAILED, "The cryptographic library could not be started.");
    if (db_open(settings.db, DB_ROLE_SERVER, &use.db, why, sizeof why))
        return command_fail(EXIT_FAILED, "The database cannot be reached: %s", why);
    status = take_all(&use);
    db_close(use.db);
    return status;
}
