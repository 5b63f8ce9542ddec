#include "command.h"
#include "exchange_command.h"
#include "settings.h"

#include "khoacu/bank/bank.h"
#include "khoacu/base/arena.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/base/clock.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/db/db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

enum { BATCH = 200, OTHERS_LEARN_S = 6 /* a server believes its newest key for 5 s */, PATH_SIZE = 4096 };

static const char help[] =
    "Usage: khoacu bank import … and khoacu bank export …: see their own --help\n"
    "       khoacu bank rotate [--bank CODE] [--json]\n"
    "       khoacu bank rotate --master FILE [--json]\n"
    "Gives every bank, or one, a new data key and seals all its texts again with it, in small steps, while servers run.\n"
    "  --master FILE   instead wraps the data keys with another master key: FILE, 32 random bytes, made when it is not\n"
    "                  there. It then takes the place of the key file, which stays beside it with the ending .old.\n"
    "  --json          a JSON line for each bank, or one with the number of keys\n"
    "Either may be interrupted and begun again. Works on the database of KHOACU_DB as khoacu_bank, or on the private cluster that\n"
    "`khoacu serve` runs.\n"
    "Exit status: 0 done, 1 the work failed, 2 wrong use.\n";

struct rotate_use {
    const char *bank, *master;
    bool json;
    char key_file[PATH_SIZE];
    struct bank_vault *vault;
    struct db *db;
};

/* ---- data keys ---- */

static int rotate_one(const struct rotate_use *use, const struct bank_change_row *bank) {
    struct bank_rotation rotation, rest;
    enum err err = bank_rotate(use->vault, use->db, bank->bank_id, true, BATCH, clock_now_us(), &rotation);
    if (err == ERR_NONE) { /* what a server sealed with the older key before it learned of the new one */
        (void)nanosleep(&(struct timespec){.tv_sec = OTHERS_LEARN_S}, NULL);
        err = bank_rotate(use->vault, use->db, bank->bank_id, false, BATCH, clock_now_us(), &rest);
    }
    if (err != ERR_NONE)
        return command_fail(EXIT_FAILED, "%s: %s %s", bank->code, err_key(err), db_last_error(use->db));
    int64_t texts = rotation.texts + rest.texts;
    if (use->json) /* a line for each bank as it is done: this may take hours */
        printf("{\"bank\":\"%s\",\"generation\":%lld,\"texts\":%lld}\n", bank->code, (long long)rotation.generation, (long long)texts);
    else
        printf("%s: generation %lld, %lld texts sealed again\n", bank->code, (long long)rotation.generation, (long long)texts);
    (void)fflush(stdout);
    return EXIT_DONE;
}

static int rotate_banks(const struct rotate_use *use) {
    struct arena arena CLEANUP(arena_release);
    struct bank_change_row *banks = NULL;
    size_t count = 0, found = 0;
    arena_init(&arena, 16u << 20);
    const struct bank_desk desk = {.db = use->db, .vault = use->vault, .arena = &arena};
    if (bank_changes_read(&desk, &banks, &count))
        return command_fail(EXIT_FAILED, "The database refused: %s", db_last_error(use->db));
    int status = EXIT_DONE;
    for (size_t i = 0; i < count && status == EXIT_DONE; i++) {
        if (use->bank && strcmp(use->bank, banks[i].code) != 0)
            continue;
        found++;
        status = rotate_one(use, &banks[i]);
    }
    return use->bank && found == 0 ? command_fail(EXIT_MISUSE, "There is no bank %s.", use->bank) : status;
}

/* ---- the master key ---- */

/* The new file takes the old one's place, its owner's too, so that the server can read it. */
static int put_in_place(const struct rotate_use *use) {
    char kept[PATH_SIZE + 8];
    struct stat facts;
    (void)snprintf(kept, sizeof kept, "%s.old", use->key_file);
    (void)unlink(kept);
    if (stat(use->key_file, &facts) != 0 || chown(use->master, facts.st_uid, facts.st_gid) != 0 || link(use->key_file, kept) != 0 ||
        rename(use->master, use->key_file) != 0)
        return command_fail(EXIT_FAILED, "The keys are wrapped anew, but %s could not take the place of %s (%s): put it there by hand.",
                            use->master, use->key_file, strerror(errno));
    printf("%s is the new master key; the old one is in %s.\n", use->key_file, kept);
    return EXIT_DONE;
}

static int rotate_master(const struct rotate_use *use) {
    struct bank_vault *next = NULL;
    char why[400];
    int64_t keys = 0;
    if (bank_vault_create(use->master, why, sizeof why) || bank_vault_open(use->master, &next, why, sizeof why))
        return command_fail(EXIT_FAILED, "%s", why);
    enum err err = bank_rewrap(use->vault, next, use->db, clock_now_us(), &keys);
    bank_vault_free(next);
    if (err != ERR_NONE)
        return command_fail(EXIT_FAILED, "The keys could not be wrapped anew: %s %s", err_key(err), db_last_error(use->db));
    printf(use->json ? "{\"keys\":%lld}\n" : "%lld data keys wrapped anew\n", (long long)keys);
    return put_in_place(use);
}

/* ---- the command ---- */

static int rotate(int argc, char **argv) {
    struct rotate_use use = {0};
    struct settings settings;
    char why[400];
    for (int i = 2; i < argc; i++) {
        bool value = i + 1 < argc;
        if (command_wants_help(argv[i]))
            return command_print(help);
        if (value && strcmp(argv[i], "--bank") == 0)
            use.bank = argv[++i];
        else if (value && strcmp(argv[i], "--master") == 0)
            use.master = argv[++i];
        else if (strcmp(argv[i], "--json") == 0)
            use.json = true;
        else
            return command_misuse(help, argv[i]);
    }
    if (use.bank && use.master)
        return command_lacks(help, "--master is for all banks and does not go with --bank");
    if (settings_read_database(&settings, why, sizeof why))
        return command_fail(EXIT_MISUSE, "%s", why);
    settings_bank_key(&settings, use.key_file, sizeof use.key_file);
    if (crypto_init())
        return command_fail(EXIT_FAILED, "The cryptographic library could not be started.");
    if (bank_vault_open(use.key_file, &use.vault, why, sizeof why))
        return command_fail(EXIT_MISUSE, "%s", why);
    int status = db_open(settings.db, DB_ROLE_BANK, &use.db, why, sizeof why)
                     ? command_fail(EXIT_FAILED, "The database cannot be reached: %s", why)
                 : use.master ? rotate_master(&use)
                              : rotate_banks(&use);
    db_close(use.db);
    bank_vault_free(use.vault);
    return status;
}

/* To add a subcommand: a row. */
static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} SUBCOMMANDS[] = {{"rotate", rotate}, {"import", exchange_command_import}, {"export", exchange_command_export}};

int command_bank(int argc, char **argv) {
    if (argc < 2)
        return command_lacks(help, "bank needs one of import, export and rotate");
    if (command_wants_help(argv[1]))
        return command_print(help);
    for (size_t i = 0; i < sizeof SUBCOMMANDS / sizeof SUBCOMMANDS[0]; i++)
        if (strcmp(argv[1], SUBCOMMANDS[i].name) == 0)
            return SUBCOMMANDS[i].run(argc, argv);
    return command_misuse(help, argv[1]);
}
