#include "command.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/doc/csv.h"
#include "khoacu/result/bundle.h"
#include "khoacu/result/compare.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

#define ARENA_MAX ((size_t)16 << 30)
#define SHOWN_MAX 40

static const char HELP[] =
    "Usage: khoacu compare BEFORE.json AFTER.json [--out FILE.csv] [--json]\n"
    "Says how two result files differ: which rules, who moved from where to where, by which rule, and what of her inputs\n"
    "had changed. Two versions of a list, or one field ranked by two packs (khoacu rank). Both files are checked first.\n"
    "  --out FILE.csv  a row for each person who moved\n"
    "  --json          the whole comparison as one JSON object\n"
    "Exit status: 0 compared, 1 a file does not hold, 2 wrong use or a file that cannot be read.\n";

struct compare_use {
    const char *files[2], *out;
    bool json;
};

static int parse_use(int argc, char **argv, struct compare_use *use) {
    size_t given = 0;
    for (int i = 1; i < argc; i++) {
        if (command_wants_help(argv[i])) {
            (void)command_print(HELP);
            return -1;
        }
        if (strcmp(argv[i], "--json") == 0)
            use->json = true;
        else if (strcmp(argv[i], "--out") == 0 && i + 1 < argc)
            use->out = argv[++i];
        else if (*argv[i] != '-' && given < 2)
            use->files[given++] = argv[i];
        else
            return command_misuse(HELP, argv[i]);
    }
    return given == 2 ? EXIT_DONE : command_lacks(HELP, "compare needs two files");
}

/* A file that holds, as a tree; else it says why not. */
static int read_side(struct arena *arena, const char *path, const struct json **ret_file) {
    FILE *file CLEANUP(cleanup_file) = fopen(path, "rb");
    struct stat info;
    struct result_check check;
    if (!file || fstat(fileno(file), &info) != 0 || !S_ISREG(info.st_mode) || (size_t)info.st_size > RESULT_BUNDLE_MAX)
        return command_fail(EXIT_MISUSE, "%s cannot be read, or is over 1 GiB", path);
    char *bytes = arena_alloc(arena, (size_t)info.st_size + 1);
    size_t len = bytes ? fread(bytes, 1, (size_t)info.st_size, file) : 0;
    if (!bytes || ferror(file))
        return command_fail(EXIT_MISUSE, "%s cannot be read", path);
    if (result_verify(arena, bytes, len, &check) != ERR_NONE)
        return command_fail(EXIT_FAILED, "there is not enough memory for %s", path);
    if (check.failed != RESULT_STEP_COUNT)
        return command_fail(EXIT_FAILED, "%s does not hold (%s): %s", path, result_step_key(check.failed), check.line);
    return json_read(arena, bytes, len, ret_file, NULL) == ERR_NONE ? EXIT_DONE : command_fail(EXIT_FAILED, "there is not enough memory for %s", path);
}

/* ---- showing ---- */

static void print_json(const struct result_comparison *comparison) {
    struct buf out CLEANUP(buf_release);
    struct json_writer w;
    buf_init(&out, (size_t)4 << 30);
    json_writer_init(&w, &out);
    json_open_object(&w);
    result_comparison_write(&w, comparison, 0, comparison->move_count);
    json_close_object(&w);
    puts(out.failed ? "{}" : out.data);
}

static const char *fact(struct arena *arena, const struct json *decision, const char *name) {
    const struct json *value = json_get(decision, name);
    int64_t number = 0;
    if (json_int(value, &number))
        return arena_printf(arena, "%lld", (long long)number);
    const char *text = json_text(value);
    return text ? text : "";
}

/* "R2_WRITTEN 31.00 -> 33.00; …" */
static const char *changes_text(struct arena *arena, const struct result_move *move) {
    const char *text = "";
    for (size_t i = 0; i < move->change_count && text; i++)
        text = arena_printf(arena, "%s%s%s: %s -> %s", text, i ? "; " : "", move->changes[i].path, move->changes[i].before ? move->changes[i].before : "-",
                            move->changes[i].after ? move->changes[i].after : "-");
    return text;
}

#define COLUMNS 12
static const char *const HEADINGS[COLUMNS] = {"move", "roll_number", "outcome_before", "outcome_after", "place_before", "place_after",
                                              "total_before", "total_after", "agency_before", "agency_after", "reason_after", "changed_inputs"};

static void move_cells(struct arena *arena, const struct result_move *move, const char *cells[COLUMNS]) {
    static const char *const FACTS[] = {"outcome", "place", "total", "agency"};
    cells[0] = result_move_key(move->kind);
    cells[1] = move->roll_number;
    for (size_t i = 0; i < 4; i++) {
        cells[2 + 2 * i] = fact(arena, move->before, FACTS[i]);
        cells[3 + 2 * i] = fact(arena, move->after, FACTS[i]);
    }
    cells[10] = fact(arena, move->after, "reason");
    cells[11] = changes_text(arena, move);
}

static enum err write_csv(struct arena *arena, const struct result_comparison *comparison, const char *path) {
    FILE *file CLEANUP(cleanup_file) = fopen(path, "wb");
    struct buf line CLEANUP(buf_release);
    buf_init(&line, 1 << 20);
    if (!file || fputs("\xEF\xBB\xBF", file) < 0)
        return ERR_IO;
    for (size_t i = 0; i <= comparison->move_count; i++) {
        const char *cells[COLUMNS];
        buf_reset(&line);
        if (i > 0)
            move_cells(arena, &comparison->moves[i - 1], cells);
        for (size_t k = 0; k < COLUMNS; k++)
            csv_put(&line, i == 0 ? HEADINGS[k] : (cells[k] ? cells[k] : ""), k == 0);
        csv_end_row(&line);
        if (line.failed || fwrite(line.data, 1, line.len, file) != line.len)
            return ERR_IO;
    }
    return fflush(file) == 0 ? ERR_NONE : ERR_IO;
}

static void print_plain(struct arena *arena, const struct result_comparison *c) {
    printf("%s: version %lld by %s, %lld candidates (%s)\n", c->cycle_code, (long long)c->before_version, c->before_pack,
           (long long)c->before_candidates, c->before_cause);
    printf("  with version %lld by %s, %lld candidates (%s)\n", (long long)c->after_version, c->after_pack, (long long)c->after_candidates,
           c->after_cause);
    printf("%zu values of the rules differ\n", c->rule_count);
    for (size_t i = 0; i < c->rule_count && i < SHOWN_MAX; i++)
        printf("  %s: %s -> %s\n", c->rules[i].path, c->rules[i].before ? c->rules[i].before : "-", c->rules[i].after ? c->rules[i].after : "-");
    printf("%zu persons moved:", c->move_count);
    for (int kind = 0; kind < RESULT_MOVE_COUNT; kind++)
        if (c->counts[kind] > 0)
            printf(" %zu %s", c->counts[kind], result_move_key((enum result_move_kind)kind));
    putchar('\n');
    for (size_t i = 0; i < c->move_count && i < SHOWN_MAX; i++) {
        const char *cells[COLUMNS];
        move_cells(arena, &c->moves[i], cells);
        printf("  %-18s %-12s %s %s %s -> %s %s %s (%s)%s%s\n", cells[0], cells[1], cells[2], cells[4], cells[6], cells[3], cells[5], cells[7],
               cells[10], cells[11] && *cells[11] ? "; " : "", cells[11] ? cells[11] : "");
    }
    if (c->move_count > SHOWN_MAX)
        printf("  … and %zu more: --out FILE.csv has them all\n", c->move_count - SHOWN_MAX);
}

static int compare(struct arena *arena, const struct compare_use *use) {
    const struct json *before = NULL, *after = NULL;
    struct result_comparison *comparison = NULL;
    int status = read_side(arena, use->files[0], &before);
    if (status == EXIT_DONE)
        status = read_side(arena, use->files[1], &after);
    if (status != EXIT_DONE)
        return status;
    if (result_compare(arena, before, after, &comparison) != ERR_NONE)
        return command_fail(EXIT_FAILED, "there is not enough memory to compare them");
    if (use->out && write_csv(arena, comparison, use->out) != ERR_NONE)
        return command_fail(EXIT_FAILED, "%s cannot be written", use->out);
    if (use->json)
        print_json(comparison);
    else
        print_plain(arena, comparison);
    return EXIT_DONE;
}

int command_compare(int argc, char **argv) {
    struct compare_use use = {0};
    struct arena arena;
    int status = parse_use(argc, argv, &use);
    if (status != EXIT_DONE)
        return status < 0 ? EXIT_DONE : status;
    arena_init(&arena, ARENA_MAX);
    status = compare(&arena, &use);
    arena_release(&arena);
    return status;
}
