#include "command.h"
#include "settings.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/db/db.h"
#include "khoacu/result/bundle.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define ARENA_MAX ((size_t)8 << 30)
#define RUNS_MAX 100000

static const char HELP[] =
    "Usage: khoacu replay [--cycle CODE] [--json]\n"
    "Computes every list that the database of KHOACU_DB keeps again, from the inputs, the pack and the version of the engine that\n"
    "are stored with it, and compares to the last digit. Lists are never edited: one that differs was changed behind the program.\n"
    "Exit status: 0 all come out as they were, 1 one does not, 2 wrong use.\n";

struct stored_run {
    int64_t run_id, version, release_version;
    const char *cycle_code, *engine, *sha256;
};
struct replaying {
    struct db *db;
    struct arena *arena;
    const char *cycle_code;
    struct stored_run *runs;
    size_t count;
    bool json;
    struct buf out;
    struct json_writer writer;
};

static enum err take_run(void *ctx, const struct db_row *row) {
    struct replaying *r = ctx;
    r->runs[r->count++] = (struct stored_run){.run_id = db_int(row, 0),
                                              .cycle_code = db_text(row, 1),
                                              .version = db_int(row, 2),
                                              .release_version = db_int(row, 3),
                                              .engine = db_text(row, 4),
                                              .sha256 = db_text(row, 5)};
    return ERR_NONE;
}

static void report(struct replaying *r, const struct stored_run *run, const struct result_check *check, bool holds) {
    if (!r->json) {
        printf("%-24s run %lld (version %lld, %s): %s\n", run->cycle_code, (long long)run->version, (long long)run->release_version,
               run->engine, holds ? "the same" : "DIFFERS");
        if (!holds)
            printf("  %s\n", *check->line ? check->line : "its SHA-256 is not the one stored");
        return;
    }
    json_open_object(&r->writer);
    json_member_text(&r->writer, "cycle", run->cycle_code);
    json_member_int(&r->writer, "run", run->version);
    json_member_text(&r->writer, "engine", run->engine);
    json_member_bool(&r->writer, "same", holds);
    json_member_text(&r->writer, "line", *check->line ? check->line : NULL);
    json_member_text(&r->writer, "sha256", check->sha256);
    json_close_object(&r->writer);
}

/* One list, computed again. *ret_same false: it differs. */
static enum err replay_run(struct replaying *r, const struct stored_run *run, bool *ret_same) {
    struct arena arena;
    struct result_check check;
    const struct db_row *row = NULL;
    arena_init(&arena, ARENA_MAX);
    enum err err = db_one(r->db, &arena, DB_TRIAL_COMPARED, DB_PARAMS(P_INT(run->run_id)), &row);
    if (err == ERR_NONE) {
        const char *text = db_text(row, 1);
        err = result_verify(&arena, text, strlen(text), &check);
    }
    if (err == ERR_NONE) {
        *ret_same = check.failed == RESULT_STEP_COUNT && strcmp(check.sha256, run->sha256) == 0;
        report(r, run, &check, *ret_same);
    }
    arena_release(&arena);
    return err;
}

static int replay(struct replaying *r, const struct settings *settings) {
    char why[400];
    size_t differing = 0;
    if (db_open(settings->db, DB_ROLE_SERVER, &r->db, why, sizeof why))
        return command_fail(EXIT_FAILED, "The database cannot be reached: %s", why);
    r->runs = ARENA_ARRAY(r->arena, RUNS_MAX, struct stored_run);
    enum err err = r->runs ? db_many(r->db, r->arena, DB_TRIAL_REPLAYED, DB_PARAMS(P_TEXT(r->cycle_code)), RUNS_MAX, take_run, r) : ERR_MEMORY;
    buf_init(&r->out, 64u << 20);
    json_writer_init(&r->writer, &r->out);
    json_open_array(&r->writer);
    for (size_t i = 0; i < r->count && err == ERR_NONE; i++) {
        bool same = false;
        err = replay_run(r, &r->runs[i], &same);
        differing += !same;
    }
    json_close_array(&r->writer);
    db_close(r->db);
    if (err == ERR_NONE && r->json)
        puts(r->out.data);
    else if (err == ERR_NONE)
        printf("%zu lists computed again, %zu differ\n", r->count, differing);
    buf_release(&r->out);
    if (err != ERR_NONE)
        return command_fail(EXIT_FAILED, "the lists could not be read (%s)", err_key(err));
    return differing ? EXIT_FAILED : EXIT_DONE;
}

int command_replay(int argc, char **argv) {
    struct replaying r = {.cycle_code = ""};
    struct settings settings;
    struct arena arena;
    char sentence[400];
    for (int i = 1; i < argc; i++) {
        if (command_wants_help(argv[i]))
            return command_print(HELP);
        if (strcmp(argv[i], "--json") == 0)
            r.json = true;
        else if (strcmp(argv[i], "--cycle") == 0 && i + 1 < argc)
            r.cycle_code = argv[++i];
        else
            return command_misuse(HELP, argv[i]);
    }
    if (settings_read_database(&settings, sentence, sizeof sentence))
        return command_fail(EXIT_MISUSE, "%s", sentence);
    if (crypto_init())
        return command_fail(EXIT_FAILED, "The cryptographic library could not be started.");
    arena_init(&arena, ARENA_MAX);
    r.arena = &arena;
    int status = replay(&r, &settings);
    arena_release(&arena);
    return status;
}
