#include "migrate.h"

#include "command.h"
#include "settings.h"

#include "khoacu/base/arena.h"
#include "khoacu/base/embed.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/db/db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define MIGRATIONS "sql/migrations/"
#define FUNCTIONS "sql/functions/"
enum { OLDEST_SERVER = 150000 }; /* as server_version_num tells it */

/* What the database says it has. */
struct applied {
    struct arena *arena;
    size_t count;
    struct {
        const char *name;
        const uint8_t *sha256;
    } rows[512];
};

static enum err applied_add(void *ctx, const struct db_row *row) {
    struct applied *applied = ctx;
    size_t len;
    applied->rows[applied->count].name = db_text(row, 0);
    applied->rows[applied->count].sha256 = db_bytes(row, 1, &len);
    return len == CRYPTO_SHA256_LEN && applied->rows[applied->count++].name ? ERR_NONE : ERR_MEMORY;
}

static enum err truth(void *ctx, const struct db_row *row) {
    *(bool *)ctx = db_bool(row, 0);
    return ERR_NONE;
}

/* What must be so before anything is read or made. */
struct ground {
    const char *name;
    int64_t version;
    bool may_create;
};

static enum err ground_row(void *ctx, const struct db_row *row) {
    *(struct ground *)ctx = (struct ground){.name = db_text(row, 0), .version = db_int(row, 1), .may_create = db_bool(row, 2)};
    return ERR_NONE;
}

static enum err check_ground(struct db *db, struct arena *arena, bool will_make, char *sentence, size_t size) {
    struct ground ground = {.name = ""};
    enum err err = db_ask(db, arena,
                          "SELECT current_database()::text, current_setting('server_version_num')::int8, "
                          "has_database_privilege(current_database(), 'CREATE') OR to_regnamespace('khoacu') IS NOT NULL",
                          DB_NO_PARAMS, 1, ground_row, &ground);
    if (err) {
        snprintf(sentence, size, "The database did not answer (%s); check its log.", db_last_error(db));
        return err;
    }
    if (ground.version < OLDEST_SERVER) {
        snprintf(sentence, size, "The database runs PostgreSQL %lld and Khoacu needs %d or later. Upgrade it with pg_upgrade, or name another by KHOACU_DB.",
                 (long long)(ground.version / 10000), OLDEST_SERVER / 10000);
        return ERR_CONFIG;
    }
    if (will_make && !ground.may_create) {
        snprintf(sentence, size, "khoacu_owner may not make the schema in the database %s. As its administrator run: ALTER DATABASE \"%s\" OWNER TO khoacu_owner.",
                 ground.name, ground.name);
        return ERR_CONFIG;
    }
    return ERR_NONE;
}

static enum err read_applied(struct db *db, struct applied *applied) {
    bool exists = false;
    enum err err = db_ask(db, applied->arena, "SELECT to_regclass('khoacu.migration') IS NOT NULL", DB_NO_PARAMS, 1, truth, &exists);
    if (err || !exists)
        return err;
    return db_ask(db, applied->arena, "SELECT name, sha256 FROM khoacu.migration ORDER BY name", DB_NO_PARAMS, 512, applied_add, applied);
}

static const char *name_of(const struct embed_file *file) {
    return strrchr(file->path, '/') + 1;
}

enum step { STEP_APPLIED, STEP_MISSING, STEP_CHANGED };

static enum step step_of(const struct applied *applied, const struct embed_file *file, uint8_t sha256[CRYPTO_SHA256_LEN]) {
    crypto_sha256(file->bytes, file->len, sha256);
    for (size_t i = 0; i < applied->count; i++) {
        if (strcmp(applied->rows[i].name, name_of(file)) == 0)
            return memcmp(applied->rows[i].sha256, sha256, CRYPTO_SHA256_LEN) == 0 ? STEP_APPLIED : STEP_CHANGED;
    }
    return STEP_MISSING;
}

/* Every registered migration must be one of ours, unchanged. */
static enum err check_known(const struct applied *applied, size_t *ret_missing, char *sentence, size_t size) {
    size_t known = 0;
    *ret_missing = 0;
    for (const struct embed_file *file = embed_first(MIGRATIONS); file; file = embed_next(file, MIGRATIONS)) {
        uint8_t sha256[CRYPTO_SHA256_LEN];
        enum step step = step_of(applied, file, sha256);
        known += step != STEP_MISSING;
        *ret_missing += step == STEP_MISSING;
        if (step == STEP_CHANGED) {
            snprintf(sentence, size, "The database was made with another text of %s. Use the program that made it, or a new database.",
                     name_of(file));
            return ERR_CONFIG;
        }
    }
    if (known < applied->count) {
        snprintf(sentence, size, "The database is newer than this program (it has %zu migrations, this program knows %zu). Upgrade the program.",
                 applied->count, known);
        return ERR_CONFIG;
    }
    return ERR_NONE;
}

struct migration_step {
    const struct embed_file *file;
    const uint8_t *sha256; /* NULL: not registered (functions) */
};

static enum err run_file(void *ctx, struct db *db) {
    const struct migration_step *step = ctx;
    enum err err = db_script(db, (const char *)step->file->bytes);
    if (err || !step->sha256)
        return err;
    return db_ask(db, NULL, "INSERT INTO khoacu.migration (name, sha256) VALUES ($1, $2)",
                  DB_PARAMS(P_TEXT(name_of(step->file)), P_BYTES(step->sha256, CRYPTO_SHA256_LEN)), 0, NULL, NULL);
}

static enum err apply_all(struct db *db, const struct applied *applied, bool quiet, char *sentence, size_t size) {
    enum err err = ERR_NONE;
    const struct embed_file *file;
    for (file = embed_first(MIGRATIONS); !err && file; file = embed_next(file, MIGRATIONS)) {
        uint8_t sha256[CRYPTO_SHA256_LEN];
        struct migration_step step = {.file = file, .sha256 = sha256};
        if (step_of(applied, file, sha256) == STEP_APPLIED)
            continue;
        if (!quiet)
            printf("Migrating: %s\n", name_of(step.file));
        err = db_transact(db, run_file, &step);
        if (err)
            snprintf(sentence, size, "Migration %s failed and was undone: %s", name_of(step.file), db_last_error(db));
    }
    for (file = embed_first(FUNCTIONS); !err && file; file = embed_next(file, FUNCTIONS)) {
        struct migration_step step = {.file = file};
        err = db_transact(db, run_file, &step);
        if (err)
            snprintf(sentence, size, "The functions of %s could not be made: %s", name_of(step.file), db_last_error(db));
    }
    return err;
}

static enum err open_owner(const char *conninfo, struct db **ret_db, char *sentence, size_t size) {
    char why[300];
    enum err err = db_open(conninfo, DB_ROLE_OWNER, ret_db, why, sizeof why);
    if (err)
        snprintf(sentence, size,
                 "The database cannot be reached as khoacu_owner: %s. Check KHOACU_DB, and that sql/roles/roles.sql and login.sql were run.", why);
    return err;
}

enum err migrate_apply(const char *conninfo, bool quiet, char *ret_sentence, size_t size) {
    struct db *db = NULL;
    enum err err = open_owner(conninfo, &db, ret_sentence, size);
    if (err)
        return err;
    struct arena arena;
    arena_init(&arena, 8u << 20);
    struct applied applied = {.arena = &arena};
    size_t missing;
    err = check_ground(db, &arena, true, ret_sentence, size);
    if (!err) {
        snprintf(ret_sentence, size, "The database did not answer; check its log.");
        err = db_ask(db, &arena, "SELECT true FROM pg_advisory_lock(5207021)", DB_NO_PARAMS, 1, truth, &(bool){false});
    }
    if (!err)
        err = read_applied(db, &applied);
    if (!err)
        err = check_known(&applied, &missing, ret_sentence, size);
    if (!err)
        err = apply_all(db, &applied, quiet, ret_sentence, size);
    arena_release(&arena);
    db_close(db);
    return err;
}

enum err migrate_check(const char *conninfo, char *ret_sentence, size_t size) {
    struct db *db = NULL;
    char why[300];
    enum err err = db_open(conninfo, DB_ROLE_LOGIN, &db, why, sizeof why);
    if (err) {
        snprintf(ret_sentence, size, "The database of KHOACU_DB cannot be reached: %s. Check the setting, and that PostgreSQL runs there.", why);
        return err;
    }
    struct arena arena;
    arena_init(&arena, 1u << 20);
    struct applied applied = {.arena = &arena};
    size_t missing = 0;
    err = check_ground(db, &arena, false, ret_sentence, size);
    if (!err && db_script(db, "SET ROLE khoacu_server")) {
        snprintf(ret_sentence, size, "The login of KHOACU_DB may not act as khoacu_server (%s): sql/roles/roles.sql and login.sql make it so.", db_last_error(db));
        err = ERR_CONFIG;
    }
    if (!err) {
        snprintf(ret_sentence, size, "The database of KHOACU_DB has no readable register of migrations. Run `khoacu migrate` first.");
        err = read_applied(db, &applied);
    }
    if (!err)
        err = check_known(&applied, &missing, ret_sentence, size);
    if (!err && missing > 0) {
        snprintf(ret_sentence, size, "The database lacks %zu migrations of this program. Run `khoacu migrate` first.", missing);
        err = ERR_CONFIG;
    }
    arena_release(&arena);
    db_close(db);
    return err;
}

int command_migrate(int argc, char **argv) {
    static const char help[] =
        "Usage: khoacu migrate\n"
        "Brings the database of KHOACU_DB to this program's schema, functions and rule packs. May be run again.\n"
        "An administrator of the PostgreSQL prepares it once, in the database that is to be used: sql/roles/roles.sql makes the\n"
        "roles, sql/roles/login.sql a login that may act as them. The private cluster of `khoacu serve` needs none of this.\n"
        "Exit status: 0 done, 1 the database refused, 2 wrong use.\n";
    for (int i = 1; i < argc; i++)
        return command_wants_help(argv[i]) ? command_print(help) : command_misuse(help, argv[i]);
    struct settings settings;
    char sentence[600];
    if (settings_read(&settings, sentence, sizeof sentence))
        return command_fail(EXIT_MISUSE, "%s", sentence);
    if (!*settings.db)
        return command_fail(EXIT_MISUSE, "KHOACU_DB is empty; the private cluster is migrated by `khoacu serve`.");
    if (crypto_init() || migrate_apply(settings.db, false, sentence, sizeof sentence))
        return command_fail(EXIT_FAILED, "%s", sentence);
    printf("The database is up to date.\n");
    return EXIT_DONE;
}
