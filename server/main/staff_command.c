#include "command.h"
#include "serve.h"

#include "../api/staff_json.h"

#include "khoacu/base/arena.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/base/clock.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/db/db.h"
#include "khoacu/identity/identity.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

static const char help[] =
    "Usage: khoacu staff add LOGIN --name NAME --roles ROLE[;ROLE…] [--unit UNIT]\n"
    "       khoacu staff list [--json]\n"
    "       khoacu staff reset|disable|enable LOGIN --reason TEXT\n"
    "  add      makes an account with a generated password, printed once. Roles: administrator, hr_officer, item_officer,\n"
    "           examiner, invigilator, inspector, chief_marker (head of the marking board), council_chair, script_officer\n"
    "           (blind codes). The first administrator is made this way; further accounts come by import.\n"
    "  list     every account with its roles and state\n"
    "  reset    gives the account a new password, printed once; its owner must change it before she can do anything else\n"
    "  disable  signs its owner out and lets her in no more, until enable\n"
    "Works on the database of KHOACU_DB, or on the private cluster that `khoacu serve` runs.\n"
    "Exit status: 0 done, 1 refused, 2 wrong use or a LOGIN that nobody has.\n";

static const char *refusal(enum identity_staff_add_verdict verdict) {
    switch (verdict) {
    case IDENTITY_STAFF_ADDED:
        return "";
    case IDENTITY_STAFF_NAME_INVALID:
        return "The login name must begin with a letter and have 2 to 40 of a-z 0-9 . _ -";
    case IDENTITY_STAFF_NAME_TAKEN:
        return "This login name is taken.";
    case IDENTITY_STAFF_ROLES_EMPTY:
        return "Name at least one role with --roles.";
    case IDENTITY_STAFF_PASSWORD_UNFIT:
        return "The password is too easy to guess.";
    }
    return "";
}

static enum err add(const char *conninfo, const struct identity_staff *staff, const char *password, char *sentence, size_t size) {
    struct db *db = NULL;
    char why[300];
    enum err err = db_open(conninfo, DB_ROLE_SERVER, &db, why, sizeof why);
    if (err) {
        snprintf(sentence, size, "The database cannot be reached: %s", why);
        return err;
    }
    struct arena arena;
    arena_init(&arena, 1u << 20);
    enum identity_staff_add_verdict verdict = IDENTITY_STAFF_ADDED;
    int64_t staff_id;
    err = identity_staff_add(db, &arena, LEDGER_COMMAND, staff, password, clock_now_us(), &verdict, &staff_id);
    if (err) {
        snprintf(sentence, size, "The database refused the account: %s", db_last_error(db));
    } else if (verdict != IDENTITY_STAFF_ADDED) {
        snprintf(sentence, size, "%s", refusal(verdict));
        err = ERR_STATE;
    }
    arena_release(&arena);
    db_close(db);
    return err;
}

enum err staff_exist(const char *conninfo, bool *ret_exist, char *ret_sentence, size_t size) {
    struct db *db = NULL;
    char why[300];
    enum err err = db_open(conninfo, DB_ROLE_SERVER, &db, why, sizeof why);
    if (err) {
        snprintf(ret_sentence, size, "The database cannot be reached: %s", why);
        return err;
    }
    struct arena arena;
    struct identity_staff_page page = {0};
    arena_init(&arena, 1u << 20);
    err = identity_staff_list(db, &arena, "", 1, &page);
    if (err)
        snprintf(ret_sentence, size, "The database refused: %s", db_last_error(db));
    *ret_exist = page.count > 0;
    arena_release(&arena);
    db_close(db);
    return err;
}

enum err staff_create_first(const char *conninfo, const char *login_name, const char *password, char *ret_sentence, size_t size) {
    struct identity_staff staff = {.login_name = login_name, .full_name = "Quản trị hệ thống", .unit = "", .roles = IDENTITY_ADMINISTRATOR};
    return add(conninfo, &staff, password, ret_sentence, size);
}

struct staff_use {
    const char *reason;
    struct identity_staff staff;
    bool json;
};

static const char *const VERBS[] = {"add", "list", "reset", "disable", "enable"};
enum { ADD, LIST, RESET, DISABLE, ENABLE, VERB_COUNT };

static int verb_of(const char *word) {
    int verb = 0;
    while (verb < VERB_COUNT && strcmp(word, VERBS[verb]) != 0)
        verb++;
    return verb;
}

/* EXIT_DONE: go on; -1: the help was wanted and given. */
static int parse(int argc, char **argv, int verb, struct staff_use *use) {
    for (int i = 2; i < argc; i++) {
        bool value = i + 1 < argc;
        if (command_wants_help(argv[i])) {
            (void)command_print(help);
            return -1;
        }
        if (verb == ADD && value && strcmp(argv[i], "--name") == 0)
            use->staff.full_name = argv[++i];
        else if (verb == ADD && value && strcmp(argv[i], "--unit") == 0)
            use->staff.unit = argv[++i];
        else if (verb == ADD && value && strcmp(argv[i], "--roles") == 0 && identity_roles_parse(argv[i + 1], &use->staff.roles))
            i++;
        else if (verb == LIST && strcmp(argv[i], "--json") == 0)
            use->json = true;
        else if (verb > LIST && value && strcmp(argv[i], "--reason") == 0)
            use->reason = argv[++i];
        else if (verb != LIST && !use->staff.login_name && argv[i][0] != '-')
            use->staff.login_name = argv[i];
        else
            return command_misuse(help, argv[i]);
    }
    if (verb != LIST && !use->staff.login_name)
        return command_lacks(help, "staff %s needs a LOGIN", argv[1]);
    if (verb == ADD && (!use->staff.full_name || !use->staff.roles))
        return command_lacks(help, "staff add needs --name and --roles");
    if (verb > LIST && (!use->reason || !*use->reason))
        return command_lacks(help, "staff %s needs --reason", argv[1]);
    return EXIT_DONE;
}

static int add_one(const char *conninfo, const struct staff_use *use) {
    char sentence[600], password[IDENTITY_PASSWORD_MADE_SIZE];
    identity_password_make(password);
    if (add(conninfo, &use->staff, password, sentence, sizeof sentence))
        return command_fail(EXIT_FAILED, "%s", sentence);
    printf("%s %s\n", use->staff.login_name, password);
    crypto_wipe(password, sizeof password);
    return EXIT_DONE;
}

static void put_staff(struct json_writer *w, const struct identity_staff *staff) {
    json_open_object(w);
    json_member_text(w, "login_name", staff->login_name);
    json_member_text(w, "full_name", staff->full_name);
    json_member_text(w, "unit", staff->unit);
    json_member_text(w, "state", staff->state);
    api_put_roles(w, staff->roles);
    json_member_time(w, "created_at", staff->created_us);
    json_member_bool(w, "password_reset", staff->reset_us != 0);
    json_close_object(w);
}

static void print_staff(const struct identity_staff *staff) {
    printf("%-24s %-8s %s%s%s;", staff->login_name, staff->state, staff->full_name, *staff->unit ? ", " : "", staff->unit);
    for (int i = 0; i < IDENTITY_ROLE_COUNT; i++)
        if (staff->roles & 1u << i)
            printf(" %s", identity_role_key((enum identity_role_number)i));
    printf("%s\n", staff->reset_us ? "; must change the password" : "");
}

static int list_all(struct db *db, struct arena *arena, bool json) {
    struct identity_staff_page page = {.more = true};
    const char *after = "";
    struct buf out CLEANUP(buf_release);
    struct json_writer w;
    buf_init(&out, 64u << 20);
    json_writer_init(&w, &out);
    json_open_array(&w);
    while (page.more) {
        enum err err = identity_staff_list(db, arena, after, 200, &page);
        if (err)
            return command_fail(EXIT_FAILED, "The database refused: %s", db_last_error(db));
        for (size_t i = 0; i < page.count; i++)
            json ? put_staff(&w, &page.staff[i]) : print_staff(&page.staff[i]);
        after = page.count > 0 ? page.staff[page.count - 1].login_name : after;
    }
    json_close_array(&w);
    if (json)
        puts(out.failed ? "[]" : out.data);
    return EXIT_DONE;
}

static int act_on(struct db *db, struct arena *arena, int verb, const struct staff_use *use) {
    struct identity_staff staff = {0};
    enum identity_account_verdict verdict = IDENTITY_ACCOUNT_DONE;
    const char *login_name = NULL;
    char password[IDENTITY_PASSWORD_MADE_SIZE];
    enum err err = identity_staff_find(db, arena, use->staff.login_name, &staff);
    if (!err && staff.staff_id == 0)
        return command_fail(EXIT_MISUSE, "There is no account %s.", use->staff.login_name);
    if (!err && verb == RESET)
        err = identity_password_reset(db, arena, LEDGER_COMMAND, staff.staff_id, use->reason, clock_now_us(), &verdict, &login_name, password);
    else if (!err)
        err = identity_account_enable(db, arena, LEDGER_COMMAND, staff.staff_id, verb == ENABLE, use->reason, clock_now_us(), &verdict);
    if (err)
        return command_fail(EXIT_FAILED, "The database refused: %s", db_last_error(db));
    if (verdict != IDENTITY_ACCOUNT_DONE)
        return command_fail(EXIT_FAILED, "%s is %s already.", staff.login_name, staff.state);
    if (verb == RESET)
        printf("%s %s\n", login_name, password);
    crypto_wipe(password, sizeof password);
    return EXIT_DONE;
}

int command_staff(int argc, char **argv) {
    struct staff_use use = {.staff = {.full_name = NULL, .unit = ""}};
    if (argc > 1 && command_wants_help(argv[1]))
        return command_print(help);
    if (argc < 2)
        return command_lacks(help, "staff needs one of add, list, reset, disable and enable");
    int verb = verb_of(argv[1]);
    if (verb == VERB_COUNT)
        return command_misuse(help, argv[1]);
    int status = parse(argc, argv, verb, &use);
    if (status != EXIT_DONE)
        return status < 0 ? EXIT_DONE : status;
    struct settings settings;
    struct db *db = NULL;
    char sentence[600];
    if (settings_read_database(&settings, sentence, sizeof sentence))
        return command_fail(EXIT_MISUSE, "%s", sentence);
    if (crypto_init())
        return command_fail(EXIT_FAILED, "The cryptographic library could not be started.");
    if (verb == ADD)
        return add_one(settings.db, &use);
    if (db_open(settings.db, DB_ROLE_SERVER, &db, sentence, sizeof sentence))
        return command_fail(EXIT_FAILED, "The database cannot be reached: %s", sentence);
    struct arena arena;
    arena_init(&arena, 64u << 20);
    status = verb == LIST ? list_all(db, &arena, use.json) : act_on(db, &arena, verb, &use);
    arena_release(&arena);
    db_close(db);
    return status;
}
