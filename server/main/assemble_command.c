#include "command.h"
#include "settings.h"

#include "../api/api.h"

#include "khoacu/assembly/assembly.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/base/clock.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/identity/identity.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { POOL_FILE_MAX = 32 << 20 };
#define ARENA_MAX ((size_t)2 << 30)
#define RESULT_MAX ((size_t)64 << 20)

static const char help[] =
    "Usage: khoacu assemble --pool POOL.csv --blueprint FILE.json [--out FILE] [--json] [--solver cbc|glpsol]\n"
    "       khoacu assemble --bank CODE --as LOGIN --blueprint FILE.json …\n"
    "Chooses items for parallel forms by a blueprint and shows each constraint with its slack, or says which smallest set\n"
    "of constraints cannot hold together. Needs cbc (Debian: coinor-cbc) or glpsol (glpk-utils).\n"
    "  --pool FILE       items from a CSV file: code, topic, level, kind, facility, a, b, c, words, seconds, exposure,\n"
    "                    enemies, enemy_group, stimulus; all but code and topic may be absent\n"
    "  --bank CODE       what a bank of the database KHOACU_DB offers now: live items in the scope of LOGIN, who must\n"
    "                    hold the right to assemble in it; nothing is stored\n"
    "  --blueprint FILE  \"format\": \"khoacu-blueprint/1\"; include/khoacu/assembly/blueprint.h describes it\n"
    "  --out FILE        writes the whole result as JSON\n"
    "  --json            prints it instead of the table\n"
    "Exit status: 0 the forms are made and hold, 1 there are none (the reason is printed), 2 wrong use or input.\n";

struct assemble_use {
    const char *pool, *bank, *login, *blueprint, *out;
    bool json;
    struct assembly_options options;
};

/* ---- input ---- */

static int parse_use(int argc, char **argv, struct assemble_use *use) {
    for (int i = 1; i < argc; i++) {
        bool value = i + 1 < argc;
        if (command_wants_help(argv[i])) {
            (void)command_print(help);
            return -1;
        }
        if (value && strcmp(argv[i], "--pool") == 0)
            use->pool = argv[++i];
        else if (value && strcmp(argv[i], "--bank") == 0)
            use->bank = argv[++i];
        else if (value && strcmp(argv[i], "--as") == 0)
            use->login = argv[++i];
        else if (value && strcmp(argv[i], "--blueprint") == 0)
            use->blueprint = argv[++i];
        else if (value && strcmp(argv[i], "--out") == 0)
            use->out = argv[++i];
        else if (value && strcmp(argv[i], "--solver") == 0)
            use->options.solver = argv[++i];
        else if (strcmp(argv[i], "--json") == 0)
            use->json = true;
        else
            return command_misuse(help, argv[i]);
    }
    if (!use->blueprint || !use->pool == !use->bank)
        return command_lacks(help, "assemble needs --blueprint FILE and one of --pool FILE and --bank CODE");
    if (use->bank && !use->login)
        return command_lacks(help, "--bank needs --as LOGIN");
    return EXIT_DONE;
}

static char *read_file(struct arena *arena, const char *path, size_t max, size_t *ret_len) {
    FILE *file CLEANUP(cleanup_file) = fopen(path, "rb");
    char *bytes = file ? arena_alloc(arena, max + 1) : NULL;
    if (!bytes)
        return NULL;
    *ret_len = fread(bytes, 1, max + 1, file);
    return ferror(file) || *ret_len > max ? NULL : bytes;
}

static bool read_pool(struct arena *arena, const char *path, struct assembly_pool *pool) {
    struct assembly_pool_faults faults = {0};
    size_t len = 0;
    const char *bytes = read_file(arena, path, POOL_FILE_MAX, &len);
    if (!bytes) {
        (void)command_fail(EXIT_MISUSE, "%s cannot be read, or is over 32 MiB.", path);
        return false;
    }
    enum err err = assembly_pool_read_csv(arena, bytes, len, pool, &faults);
    for (size_t i = 0; i < faults.count && i < ASSEMBLY_POOL_FAULTS_MAX; i++)
        fprintf(stderr, "%s:%zu: %s: %s\n", path, faults.list[i].line, faults.list[i].column, faults.list[i].rule);
    return err == ERR_NONE;
}

static bool read_blueprint(struct arena *arena, const char *path, struct assembly_blueprint *blueprint) {
    struct json_misfits misfits = {0};
    struct json_error error = {0};
    const struct json *document = NULL;
    size_t len = 0;
    const char *bytes = read_file(arena, path, ASSEMBLY_BLUEPRINT_BYTES_MAX, &len);
    if (!bytes) {
        (void)command_fail(EXIT_MISUSE, "%s cannot be read, or is over 256 KiB.", path);
        return false;
    }
    if (json_read(arena, bytes, len, &document, &error)) {
        (void)command_fail(EXIT_MISUSE, "%s is no JSON at byte %zu: %s.", path, error.offset, error.reason);
        return false;
    }
    bool fits = assembly_blueprint_read(arena, document, blueprint, &misfits);
    for (size_t i = 0; i < misfits.count && i < sizeof misfits.list / sizeof misfits.list[0]; i++)
        fprintf(stderr, "%s: %s: %s\n", path, misfits.list[i].path, misfits.list[i].rule);
    return fits;
}

/* ---- the pool of a bank ---- */

/* The person whose log-in it is, when she may assemble. */
static int find_person(struct arena *arena, const struct settings *settings, const char *login, int64_t *ret_staff_id) {
    struct db *db = NULL;
    char why[300];
    struct identity_staff staff = {0};
    if (db_open(settings->db, DB_ROLE_SERVER, &db, why, sizeof why))
        return command_fail(EXIT_FAILED, "The database cannot be reached: %s", why);
    enum err err = identity_staff_find(db, arena, login, &staff);
    struct identity_actor actor = {.kind = IDENTITY_STAFF, .staff_id = staff.staff_id, .roles = staff.roles};
    bool may =
        !err && staff.staff_id != 0 && strcmp(staff.state, "active") == 0 && api_permitted(&actor, PERM_FORM_SEAL);
    db_close(db);
    *ret_staff_id = staff.staff_id;
    return may ? EXIT_DONE : command_fail(EXIT_MISUSE, "%s has no account with the right to assemble forms.", login);
}

static int gather(const struct bank_desk *desk, const char *code, struct assembly_pool *pool, int64_t *exposure_max) {
    struct bank *bank = NULL;
    enum err err = bank_read(desk, code, &bank);
    bool may = !err && bank && (bank->rights & (BANK_RIGHT_ASSEMBLER | BANK_RIGHT_OWNER));
    if (may) {
        *exposure_max = bank->exposure_max > 0 ? bank->exposure_max : ASSEMBLY_NO_MAX;
        err = assembly_pool_of_bank(desk, bank->bank_id, pool);
    }
    if (err)
        return command_fail(EXIT_FAILED, "The bank cannot be read: %s.", err_key(err));
    return may ? EXIT_DONE : command_fail(EXIT_MISUSE, "There is no bank %s in which this person may assemble.", code);
}

static int read_bank(struct arena *arena, const struct assemble_use *use, struct assembly_pool *pool,
                      int64_t *exposure_max) {
    struct settings settings;
    struct bank_desk desk = {.arena = arena, .now_us = clock_now_us()};
    char sentence[400], path[4096];
    if (settings_read_database(&settings, sentence, sizeof sentence))
        return command_fail(EXIT_MISUSE, "%s", sentence);
    if (crypto_init())
        return command_fail(EXIT_FAILED, "The cryptographic library could not be started.");
    int status = find_person(arena, &settings, use->login, &desk.staff_id);
    if (status != EXIT_DONE)
        return status;
    settings_bank_key(&settings, path, sizeof path);
    bool open = !bank_vault_open(path, &desk.vault, sentence, sizeof sentence) &&
                !db_open(settings.db, DB_ROLE_BANK, &desk.db, sentence, sizeof sentence);
    status = open ? gather(&desk, use->bank, pool, exposure_max) : command_fail(EXIT_FAILED, "%s", sentence);
    db_close(desk.db);
    bank_vault_free(desk.vault);
    return status;
}

/* ---- output ---- */

static void print_number(const struct assembly_constraint *constraint, int64_t value) {
    char text[24];
    if (value == INT64_MIN || value == INT64_MAX)
        snprintf(text, sizeof text, "-");
    else if (assembly_kind_decimal(constraint->kind))
        assembly_decimal_format(value, text);
    else
        snprintf(text, sizeof text, "%lld", (long long)value);
    printf(" %14s", text);
}

/* Each constraint once, with the form or pair where it is tightest. */
static void print_constraints(struct arena *arena, const struct assembly_blueprint *blueprint,
                              const struct assembly_result *result) {
    printf("%14s %14s %14s %14s  constraint\n", "value", "min", "max", "slack");
    for (size_t i = 0; i < result->constraint_count; i++) {
        const struct assembly_constraint *constraint = &result->constraints[i];
        const struct assembly_line *tightest = NULL;
        for (size_t k = 0; k < result->line_count; k++)
            if (result->lines[k].constraint == i && (!tightest || result->lines[k].slack < tightest->slack))
                tightest = &result->lines[k];
        if (!tightest)
            continue;
        print_number(constraint, tightest->value);
        print_number(constraint, constraint->range.min);
        print_number(constraint, constraint->range.max);
        print_number(constraint, tightest->slack);
        printf("  %s", assembly_constraint_words(arena, blueprint, constraint, true));
        if (tightest->form_b > 0)
            printf(" (forms %lld and %lld)", (long long)tightest->form_a, (long long)tightest->form_b);
        else if (tightest->form_a > 0 && result->form_count > 1)
            printf(" (form %lld)", (long long)tightest->form_a);
        puts("");
    }
}

static void print_forms(const struct assembly_pool *pool, const struct assembly_result *result) {
    char mean[24] = "-";
    for (size_t f = 0; f < result->form_count; f++) {
        const struct assembly_form *form = &result->forms[f];
        if (form->mean != ASSEMBLY_UNKNOWN)
            assembly_decimal_format(form->mean, mean);
        printf("form %zu: %zu items, mean facility %s, %lld s, %lld words:", f + 1, form->item_count, mean,
               (long long)form->seconds, (long long)form->words);
        for (size_t i = 0; i < form->item_count; i++)
            printf(" %s", pool->items[form->items[i].item].code);
        puts("");
    }
}

static void print_reason(struct arena *arena, const struct assembly_blueprint *blueprint,
                         const struct assembly_result *result) {
    switch (result->verdict) {
    case ASSEMBLY_ASSEMBLED:
        break;
    case ASSEMBLY_INFEASIBLE:
        printf("%s.\n%s.\n", assembly_clash_words(arena, blueprint, result, true),
               assembly_clash_words(arena, blueprint, result, false));
        break;
    case ASSEMBLY_UNSOLVED:
        puts("No forms were found in the time given, and none are excluded; a longer solve_s may help.");
        break;
    case ASSEMBLY_STOPPED:
        puts("Stopped.");
        break;
    case ASSEMBLY_UNKNOWN_ITEM:
        printf("The pool has no item %s that may stand where the blueprint anchors it.\n", result->unknown_item);
        break;
    case ASSEMBLY_NO_SOLVER:
        puts("No solver is installed: cbc (Debian: coinor-cbc) or glpsol (glpk-utils).");
        break;
    case ASSEMBLY_VERDICT_COUNT:
        break;
    }
}

static int write_result(const char *path, const struct buf *text) {
    FILE *file CLEANUP(cleanup_file) = fopen(path, "wb");
    if (!file || fwrite(text->data, 1, text->len, file) != text->len || fputc('\n', file) == EOF || fflush(file) != 0)
        return command_fail(EXIT_FAILED, "%s cannot be written.", path);
    return EXIT_DONE;
}

static int show(struct arena *arena, const struct assemble_use *use, const struct assembly_pool *pool,
                const struct assembly_blueprint *blueprint, const struct assembly_result *result) {
    struct buf text CLEANUP(buf_release);
    struct json_writer writer;
    int status = EXIT_DONE;
    buf_init(&text, RESULT_MAX);
    json_writer_init(&writer, &text);
    assembly_result_write(arena, pool, blueprint, result, &writer);
    if (text.failed)
        return command_fail(EXIT_FAILED, "The result does not fit into memory.");
    if (use->out)
        status = write_result(use->out, &text);
    if (use->json) {
        puts(text.data);
    } else {
        print_forms(pool, result);
        print_constraints(arena, blueprint, result);
        print_reason(arena, blueprint, result);
        printf("%s: %lld runs of %s in %lld ms\n", assembly_verdict_key(result->verdict),
               (long long)result->solver_runs, result->solver ? result->solver : "no solver",
               (long long)result->took_ms);
    }
    return status != EXIT_DONE ? status : result->verdict == ASSEMBLY_ASSEMBLED ? EXIT_DONE : EXIT_FAILED;
}

int command_assemble(int argc, char **argv) {
    struct assemble_use use = {0};
    int status = parse_use(argc, argv, &use);
    if (status != EXIT_DONE)
        return status < 0 ? EXIT_DONE : status;
    struct arena arena CLEANUP(arena_release);
    struct assembly_pool pool;
    struct assembly_blueprint blueprint;
    struct assembly_result result;
    int64_t exposure_max = ASSEMBLY_NO_MAX;
    arena_init(&arena, ARENA_MAX);
    if (!read_blueprint(&arena, use.blueprint, &blueprint) || (use.pool && !read_pool(&arena, use.pool, &pool)))
        return EXIT_MISUSE;
    status = use.bank ? read_bank(&arena, &use, &pool, &exposure_max) : EXIT_DONE;
    if (status != EXIT_DONE)
        return status;
    if (exposure_max < blueprint.exposure_max)
        blueprint.exposure_max = exposure_max;
    enum err err = assembly_solve(&arena, &pool, &blueprint, &use.options, &result);
    if (err != ERR_NONE)
        return command_fail(EXIT_FAILED, "The forms could not be made: %s.", err_key(err));
    return show(&arena, &use, &pool, &blueprint, &result);
}
