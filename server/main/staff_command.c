#include "command.h"
#include "serve.h"

#include "khoacu/base/arena.h"
#include "khoacu/base/clock.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/db/db.h"
#include "khoacu/identity/identity.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

static const char help[] =
    "Usage: khoacu staff add LOGIN --name NAME --roles ROLE[;ROLE…] [--unit UNIT]\n"
    "Makes an account with a generated password, printed once. Roles: administrator, hr_officer, item_officer,\n"
    "examiner, invigilator, inspector. The first administrator is made this way; further accounts come by import.\n"
    "Works on the database of KHOACU_DB; a private cluster is reached while `khoacu serve` runs on it, by\n"
    "KHOACU_DB=\"host=VAR/run dbname=khoacu user=khoacu_server\".\n"
    "Exit status: 0 made, 1 refused, 2 wrong use.\n";

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

enum err staff_create_first(const char *conninfo, const char *login_name, const char *password, char *ret_sentence, size_t size) {
    struct identity_staff staff = {.login_name = login_name, .full_name = "Quản trị hệ thống", .unit = "", .roles = IDENTITY_ADMINISTRATOR};
    return add(conninfo, &staff, password, ret_sentence, size);
}

int command_staff(int argc, char **argv) {
    struct identity_staff staff = {.full_name = NULL, .unit = ""};
    if (argc > 1 && command_wants_help(argv[1]))
        return command_print(help);
    if (argc < 3 || strcmp(argv[1], "add") != 0)
        return command_misuse(help, argc > 1 ? argv[1] : "nothing");
    staff.login_name = argv[2];
    for (int i = 3; i < argc; i++) {
        if (i + 1 < argc && strcmp(argv[i], "--name") == 0)
            staff.full_name = argv[++i];
        else if (i + 1 < argc && strcmp(argv[i], "--unit") == 0)
            staff.unit = argv[++i];
        else if (i + 1 < argc && strcmp(argv[i], "--roles") == 0 && identity_roles_parse(argv[i + 1], &staff.roles))
            i++;
        else
            return command_misuse(help, argv[i]);
    }
    if (!staff.full_name || !staff.roles)
        return command_misuse(help, "an account without --name or --roles");
    struct settings settings;
    char sentence[600], password[IDENTITY_PASSWORD_MADE_SIZE];
    if (settings_read(&settings, sentence, sizeof sentence))
        return command_fail(EXIT_MISUSE, "%s", sentence);
    if (!*settings.db)
        return command_fail(EXIT_MISUSE, "KHOACU_DB is empty; `khoacu staff --help` says how to reach a private cluster.");
    if (crypto_init())
        return command_fail(EXIT_FAILED, "The cryptographic library could not be started.");
    identity_password_make(password);
    if (add(settings.db, &staff, password, sentence, sizeof sentence))
        return command_fail(EXIT_FAILED, "%s", sentence);
    printf("%s %s\n", staff.login_name, password);
    crypto_wipe(password, sizeof password);
    return EXIT_DONE;
}
