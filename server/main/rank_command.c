#include "command.h"
#include "equating.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/doc/csv.h"
#include "khoacu/doc/xlsx.h"
#include "khoacu/result/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

#define ARENA_MAX ((size_t)16 << 30)
#define FILE_MAX ((size_t)4 << 30)

static const char HELP[] =
    "Usage: khoacu rank --pack PACK --posts FILE --candidates FILE --out FILE [--written-max M] [--interview-max M]\n"
    "                   [--code CODE] [--title TEXT] [--cause TEXT] [--steps] [--reservations FILE] [--equating TABLE]\n"
    "                   [--json]\n"
    "Ranks a field by a rule pack, without any database or network, and says why each stands where she stands.\n"
    "  --pack        a built-in pack by its id (see `khoacu rank --packs`), or a file with one\n"
    "  --posts       CSV or JSON: post_code, post_title, agency_code, agency_name, quota, group (a row a post × agency; where the\n"
    "                pack gives groups a percentage, the whole quota without a group), carried_over (GROUP/PLACES, brought\n"
    "                over from a recruitment before)\n"
    "  --candidates  CSV or JSON: roll_number, post_code, a column for each component of the pack in lower case,\n"
    "                priority_classes, agency_preferences, groups, relaxed, withdrawn, kept, recorded_order, placed,\n"
    "                decision_reason, and COMPONENT_group (session, shift or marker of a statistic); codes in a cell\n"
    "                stand apart by ';'; relaxed and withdrawn are 1 or empty; kept is an agency (of a reserved seat\n"
    "                AGENCY/GROUP); recorded_order is DECISION/PLACE; placed the agency that the council gives\n"
    "                A result is a value, or absent, suspended, void, exempt; empty: the part was not reached\n"
    "  --out         .json: a result file that `khoacu verify` checks; .csv or .xlsx: a row for each candidate with\n"
    "                rank, total, outcome, reason and the sentence for the candidate in Vietnamese and English\n"
    "  --written-max, --interview-max  scales that a pack leaves to the cycle (\"100.00\")\n"
    "  --steps       two more columns in .csv and .xlsx: every step of each result in Vietnamese and English\n"
    "  --reservations  a CSV of what came of seats reserved for groups, a row a post × group: seats, brought (over from\n"
    "                before), filled, opened (to merit), carried (over to the next recruitment); .xlsx has it as a second\n"
    "                sheet, .json as the member reservations\n"
    "  --equating    a signed table of `khoacu equate`, where the pack's statistic says \"table\": \"signed\"; the result file keeps it\n"
    "                with its hash and signatures; once for each such statistic\n"
    "  --json        the report of the run, or of the faults, as one JSON object on standard output\n"
    "Exit status: 0 ranked, 1 faults found and nothing written, 2 wrong use or a file that cannot be read.\n";

struct rank_use {
    const char *pack, *posts, *candidates, *out, *written_max, *interview_max, *code, *title, *cause, *reservations;
    const char *equatings[RESULT_EQUATINGS_MAX];
    size_t equating_count;
    bool json, steps;
};

static int list_packs(bool json) {
    struct arena arena;
    const char *id;
    struct buf out CLEANUP(buf_release);
    struct json_writer w;
    arena_init(&arena, 1 << 20);
    buf_init(&out, 1 << 16);
    json_writer_init(&w, &out);
    json_open_array(&w);
    for (size_t i = 0; (id = cycle_pack_builtin_id(&arena, i)); i++) {
        json_put_text(&w, id);
        if (!json)
            puts(id);
    }
    json_close_array(&w);
    if (json)
        puts(out.data);
    arena_release(&arena);
    return -1;
}

static int parse_use(int argc, char **argv, struct rank_use *use) {
    const struct {
        const char *name;
        const char **value;
    } options[] = {{"--pack", &use->pack},
                   {"--posts", &use->posts},
                   {"--candidates", &use->candidates},
                   {"--out", &use->out},
                   {"--written-max", &use->written_max},
                   {"--interview-max", &use->interview_max},
                   {"--code", &use->code},
                   {"--title", &use->title},
                   {"--cause", &use->cause},
                   {"--reservations", &use->reservations}};
    bool packs = false;
    for (int i = 1; i < argc; i++) {
        size_t k = 0;
        while (k < sizeof options / sizeof *options && strcmp(argv[i], options[k].name) != 0)
            k++;
        if (command_wants_help(argv[i])) {
            (void)command_print(HELP);
            return -1;
        }
        if (strcmp(argv[i], "--equating") == 0 && i + 1 < argc && use->equating_count < RESULT_EQUATINGS_MAX)
            use->equatings[use->equating_count++] = argv[++i];
        else if (strcmp(argv[i], "--packs") == 0)
            packs = true;
        else if (strcmp(argv[i], "--json") == 0)
            use->json = true;
        else if (strcmp(argv[i], "--steps") == 0)
            use->steps = true;
        else if (k < sizeof options / sizeof *options && i + 1 < argc)
            *options[k].value = argv[++i];
        else
            return command_misuse(HELP, argv[i]);
    }
    if (packs)
        return list_packs(use->json);
    for (size_t k = 0; k < 4; k++)
        if (!*options[k].value)
            return command_lacks(HELP, "rank needs %s", options[k].name);
    return EXIT_DONE;
}

/* ---- reading ---- */

static enum err read_file(struct arena *arena, const char *path, const char **ret_bytes, size_t *ret_len) {
    FILE *file CLEANUP(cleanup_file) = fopen(path, "rb");
    struct stat info;
    if (!file || fstat(fileno(file), &info) != 0 || !S_ISREG(info.st_mode))
        return ERR_IO;
    if ((size_t)info.st_size > FILE_MAX)
        return ERR_LIMIT;
    char *bytes = arena_alloc(arena, (size_t)info.st_size + 1);
    if (!bytes)
        return ERR_MEMORY;
    *ret_len = fread(bytes, 1, (size_t)info.st_size, file);
    bytes[*ret_len] = '\0';
    *ret_bytes = bytes;
    return ferror(file) ? ERR_IO : ERR_NONE;
}

static void print_json(struct buf *out) {
    puts(out->data ? out->data : "");
    buf_release(out);
}

/* One fault with its path and value, where the tables themselves fit. */
struct fault {
    const char *file, *path, *code;
    const char *value; /* what stands there, or NULL */
};

static void put_faults_json(struct arena *arena, const struct fault *faults, size_t count) {
    struct buf out;
    struct json_writer w;
    buf_init(&out, 1u << 20);
    json_writer_init(&w, &out);
    json_open_object(&w);
    json_member_bool(&w, "ranked", false);
    json_put_key(&w, "errors");
    json_open_array(&w);
    for (size_t i = 0; i < count; i++) {
        json_open_object(&w);
        json_member_text(&w, "file", faults[i].file);
        json_member_text(&w, "path", faults[i].path);
        json_member_text(&w, "code", faults[i].code);
        if (faults[i].value)
            json_member_text(&w, "value", faults[i].value);
        json_member_text(&w, "hint_vi", cycle_misfit_words(arena, faults[i].code, "vi"));
        json_member_text(&w, "hint_en", cycle_misfit_words(arena, faults[i].code, "en"));
        json_close_object(&w);
    }
    json_close_array(&w);
    json_close_object(&w);
    print_json(&out);
}

/* Says what does not fit, on standard error in both languages, and with --json on standard output too. */
static int refuse_faults(struct arena *arena, const struct rank_use *use, const struct fault *faults, size_t count) {
    if (use->json)
        put_faults_json(arena, faults, count);
    for (size_t i = 0; i < count; i++) {
        (void)fprintf(stderr, "%s: %s: %s %s (%s", faults[i].file, faults[i].path, cycle_misfit_words(arena, faults[i].code, "en"),
                      cycle_misfit_words(arena, faults[i].code, "vi"), faults[i].code);
        (void)fprintf(stderr, "%s%s)\n", faults[i].value ? " " : "", faults[i].value ? faults[i].value : "");
    }
    return command_fail(EXIT_FAILED, "nothing was ranked");
}

static int refuse_misfit(struct arena *arena, const struct rank_use *use, const char *file, const struct rank_misfit *misfit) {
    return refuse_faults(arena, use,
                         &(struct fault){.file = file, .path = misfit->path, .code = misfit->reason, .value = arena_printf(arena, "%lld", (long long)misfit->value)}, 1);
}

static int refuse_pack(struct arena *arena, const struct rank_use *use, const char *text, size_t len, const struct json_misfits *misfits) {
    size_t count = misfits->count < sizeof misfits->list / sizeof *misfits->list ? misfits->count : sizeof misfits->list / sizeof *misfits->list;
    struct fault *faults = ARENA_ARRAY(arena, count, struct fault);
    for (size_t i = 0; faults && i < count; i++)
        faults[i] = (struct fault){.file = use->pack, .path = misfits->list[i].path, .code = misfits->list[i].rule,
                                   .value = cycle_pack_value(arena, text, len, misfits->list[i].path)};
    return refuse_faults(arena, use, faults, faults ? count : 0);
}

/* What is no pack at all: where its JSON ends to be JSON, or that it is too long. */
static int refuse_bytes(struct arena *arena, const struct rank_use *use, const struct json_error *error) {
    const char *path = arena_printf(arena, "byte %zu%s%s", error->offset, *error->reason ? ": " : "", error->reason);
    return refuse_faults(arena, use, &(struct fault){.file = use->pack, .path = path ? path : "", .code = *error->reason ? "syntax" : "limit"}, 1);
}

static int read_scale(const char *name, const char *text, int64_t *ret_max) {
    if (text && !text_parse_hundredths(text, ret_max))
        return command_fail(EXIT_MISUSE, "%s: \"%s\" is no mark such as 100.00", name, text);
    return EXIT_DONE;
}

static int read_pack(struct arena *arena, const struct rank_use *use, struct result_field *field) {
    size_t len = 0;
    const char *text = cycle_pack_builtin(use->pack, &len);
    struct json_misfits misfits = {0};
    struct json_error error = {0};
    struct rank_misfit misfit;
    field->pack = ARENA_NEW(arena, struct cycle_pack);
    if (!text && read_file(arena, use->pack, &text, &len) != ERR_NONE)
        return command_fail(EXIT_MISUSE, "%s is neither a built-in pack nor a file that can be read", use->pack);
    enum err err = field->pack ? cycle_pack_read(arena, text, len, field->pack, &misfits, &error) : ERR_MEMORY;
    if (err == ERR_RANGE)
        return refuse_pack(arena, use, text, len, &misfits);
    if (err != ERR_NONE)
        return refuse_bytes(arena, use, &error);
    int status = read_scale("--written-max", use->written_max, &field->scales.max[CYCLE_PACK_WRITTEN]);
    if (status == EXIT_DONE)
        status = read_scale("--interview-max", use->interview_max, &field->scales.max[CYCLE_PACK_INTERVIEW]);
    if (status != EXIT_DONE)
        return status;
    if (cycle_pack_bind(field->pack, &field->scales, &field->rules, &misfit) == ERR_NONE)
        return EXIT_DONE;
    (void)fputs("--written-max and --interview-max set the scales that a pack leaves open\n", stderr);
    return refuse_misfit(arena, use, use->pack, &misfit);
}

/* A signed table, once the field is there. */
static int read_equating(struct arena *arena, const struct rank_use *use, const char *path, struct result_field *field) {
    const struct json *file = NULL;
    struct json_error error = {0};
    const char *text = NULL, *line = NULL;
    char why[400];
    size_t len = 0;
    if (read_file(arena, path, &text, &len) != ERR_NONE)
        return command_fail(EXIT_MISUSE, "%s cannot be read", path);
    if (json_read(arena, text, len, &file, &error) != ERR_NONE)
        line = arena_printf(arena, "byte %zu: %s", error.offset, error.reason);
    else if (result_equating_read(arena, file, 2, field, &line) == ERR_NONE)
        line = equating_signed(&field->equatings[field->equating_count - 1], why, sizeof why) ? NULL : why;
    else if (!line)
        line = "no memory";
    if (!line)
        return EXIT_DONE;
    return refuse_faults(arena, use, &(struct fault){.file = path, .path = "", .code = "equating", .value = line}, 1);
}

static void put_faults(struct json_writer *w, const char *file, const struct import_report *report) {
    for (size_t i = 0; i < report->error_count; i++) {
        json_open_object(w);
        json_member_text(w, "file", file);
        json_member_int(w, "line", (int64_t)report->errors[i].line);
        json_member_text(w, "column", report->errors[i].column);
        json_member_text(w, "code", import_code_key(report->errors[i].code));
        json_member_text(w, "value", report->errors[i].value);
        json_member_text(w, "hint_vi", import_hint_vi(report->errors[i].code));
        json_member_text(w, "hint_en", import_hint_en(report->errors[i].code));
        json_close_object(w);
    }
}

static void print_faults(const char *file, const struct import_report *report) {
    for (size_t i = 0; i < report->error_count; i++) {
        const struct import_error *e = &report->errors[i];
        (void)fprintf(stderr, "%s:%zu: %s%s%s %s", file, e->line, e->column, *e->column ? ": " : "", import_hint_en(e->code), import_hint_vi(e->code));
        (void)fprintf(stderr, "%s%s%s\n", *e->value ? " (" : "", e->value, *e->value ? ")" : "");
    }
    if (report->fault_count > report->error_count)
        (void)fprintf(stderr, "%s: %zu more faults\n", file, report->fault_count - report->error_count);
}

static int refuse_tables(const struct rank_use *use, struct import_report *posts, struct import_report *candidates) {
    import_close(posts, false);
    import_close(candidates, false);
    if (use->json) {
        struct buf out;
        struct json_writer w;
        buf_init(&out, 16u << 20);
        json_writer_init(&w, &out);
        json_open_object(&w);
        json_member_bool(&w, "ranked", false);
        json_put_key(&w, "errors");
        json_open_array(&w);
        put_faults(&w, use->posts, posts);
        put_faults(&w, use->candidates, candidates);
        json_close_array(&w);
        json_close_object(&w);
        print_json(&out);
    } else {
        print_faults(use->posts, posts);
        print_faults(use->candidates, candidates);
    }
    return command_fail(EXIT_FAILED, "nothing was ranked");
}

static int read_field(struct arena *arena, const struct rank_use *use, struct result_field *field) {
    struct import_request posts = {0}, candidates = {0};
    struct import_report posts_report, candidates_report;
    if (read_file(arena, use->posts, &posts.bytes, &posts.len) != ERR_NONE)
        return command_fail(EXIT_MISUSE, "%s cannot be read", use->posts);
    if (read_file(arena, use->candidates, &candidates.bytes, &candidates.len) != ERR_NONE)
        return command_fail(EXIT_MISUSE, "%s cannot be read", use->candidates);
    enum err err = result_table_read(arena, &posts, &candidates, field, &posts_report, &candidates_report);
    if (err == ERR_RANGE)
        return refuse_tables(use, &posts_report, &candidates_report);
    return err == ERR_NONE ? EXIT_DONE : command_fail(EXIT_FAILED, "the tables are too large for the memory of this machine");
}

/* ---- writing ---- */

static bool ends_with(const char *path, const char *suffix) {
    size_t len = strlen(path), tail = strlen(suffix);
    return len > tail && strcmp(path + len - tail, suffix) == 0;
}

static enum err write_bundle(const struct rank_use *use, const struct result_field *field, const struct rank_result *result, FILE *file) {
    struct buf out CLEANUP(buf_release);
    const char *title = use->title ? use->title : "Khoacu rank";
    struct result_head head = {.cycle_code = use->code ? use->code : "RANK",
                               .title_vi = title,
                               .title_en = title,
                               .authority_vi = "khoacu rank",
                               .authority_en = "khoacu rank",
                               .version = 1,
                               .cause = use->cause ? use->cause : "khoacu rank"};
    buf_init(&out, RESULT_BUNDLE_MAX);
    enum err err = result_bundle_write(&head, field, result, &out);
    if (err == ERR_NONE && fwrite(out.data, 1, out.len, file) != out.len)
        err = ERR_IO;
    return err;
}

static size_t columns_of(const struct rank_use *use) {
    return use->steps ? RESULT_TABLE_COLUMNS : RESULT_TABLE_SHORT;
}

static bool reserves(const struct result_field *field) {
    return field->rules.allocation == RANK_ALLOCATE_RESERVED;
}

struct csv_out {
    FILE *file;
    size_t columns;
    struct buf line;
};

static enum err put_csv(void *ctx, const char *const *cells) {
    struct csv_out *out = ctx;
    buf_reset(&out->line);
    for (size_t i = 0; i < out->columns; i++)
        csv_put(&out->line, cells[i], i == 0);
    csv_end_row(&out->line);
    return fwrite(out->line.data, 1, out->line.len, out->file) == out->line.len ? ERR_NONE : ERR_IO;
}

static enum err write_csv(const struct rank_use *use, const struct result_field *field, const struct rank_result *result, FILE *file) {
    struct csv_out out = {.file = file, .columns = columns_of(use)};
    buf_init(&out.line, 1 << 20);
    enum err err = fputs("\xEF\xBB\xBF", file) < 0 ? ERR_IO : put_csv(&out, RESULT_TABLE_HEADINGS);
    if (err == ERR_NONE)
        err = result_table_rows(field, result, use->steps, put_csv, &out);
    buf_release(&out.line);
    return err;
}

static enum err write_reservations_csv(const struct result_field *field, const struct rank_result *result, FILE *file) {
    struct csv_out out = {.file = file, .columns = RESULT_RESERVATION_COLUMNS};
    buf_init(&out.line, 1 << 20);
    enum err err = fputs("\xEF\xBB\xBF", file) < 0 ? ERR_IO : put_csv(&out, RESULT_RESERVATION_HEADINGS);
    if (err == ERR_NONE)
        err = result_reservation_rows(field, result, put_csv, &out);
    buf_release(&out.line);
    return err;
}

struct xlsx_out {
    struct xlsx_writer *writer;
    size_t columns;
};

static enum err put_xlsx(void *ctx, const char *const *cells) {
    const struct xlsx_out *out = ctx;
    return xlsx_put(out->writer, cells, out->columns);
}

/* The second sheet. */
static enum err put_reservations(const struct result_field *field, const struct rank_result *result, struct xlsx_writer *writer) {
    struct xlsx_out out = {.writer = writer, .columns = RESULT_RESERVATION_COLUMNS};
    struct xlsx_column columns[RESULT_RESERVATION_COLUMNS];
    for (size_t i = 0; i < RESULT_RESERVATION_COLUMNS; i++)
        columns[i] = (struct xlsx_column){.heading = RESULT_RESERVATION_HEADINGS[i], .width = 14, .kind = i < 3 ? XLSX_TEXTS : XLSX_COUNTS};
    enum err err = xlsx_sheet(writer, "reservations", columns, RESULT_RESERVATION_COLUMNS);
    return err == ERR_NONE ? result_reservation_rows(field, result, put_xlsx, &out) : err;
}

static enum xlsx_kind kind_of(const char *heading) {
    static const char *const COUNTS[] = {"rank", "reserve"}, *const MARKS[] = {"raw", "priority", "total", "value", "bound"};
    for (size_t i = 0; i < sizeof COUNTS / sizeof *COUNTS; i++)
        if (strcmp(heading, COUNTS[i]) == 0)
            return XLSX_COUNTS;
    for (size_t i = 0; i < sizeof MARKS / sizeof *MARKS; i++)
        if (strcmp(heading, MARKS[i]) == 0)
            return XLSX_MARKS;
    return XLSX_TEXTS;
}

static enum err write_xlsx(const struct rank_use *use, const struct result_field *field, const struct rank_result *result, const char *path) {
    struct xlsx_out out = {.columns = columns_of(use)};
    struct xlsx_column columns[RESULT_TABLE_COLUMNS];
    for (size_t i = 0; i < RESULT_TABLE_COLUMNS; i++)
        columns[i] = (struct xlsx_column){.heading = RESULT_TABLE_HEADINGS[i], .width = i < 15 ? 14 : 80, .kind = kind_of(RESULT_TABLE_HEADINGS[i])};
    enum err err = xlsx_new(path, &out.writer);
    if (err == ERR_NONE)
        err = xlsx_sheet(out.writer, "result", columns, out.columns);
    if (err == ERR_NONE)
        err = result_table_rows(field, result, use->steps, put_xlsx, &out);
    if (err == ERR_NONE && reserves(field))
        err = put_reservations(field, result, out.writer);
    if (err == ERR_NONE)
        err = xlsx_close(out.writer);
    xlsx_free(out.writer);
    return err;
}

typedef enum err write_fn(const struct rank_use *use, const struct result_field *field, const struct rank_result *result, const char *path);

static enum err write_file(const struct rank_use *use, const struct result_field *field, const struct rank_result *result, const char *path) {
    FILE *file = fopen(path, "wb");
    if (!file)
        return ERR_IO;
    enum err err = ends_with(use->out, ".csv") ? write_csv(use, field, result, file) : write_bundle(use, field, result, file);
    return fclose(file) != 0 && err == ERR_NONE ? ERR_IO : err;
}

static enum err write_reservations(const struct rank_use *use, const struct result_field *field, const struct rank_result *result, const char *path) {
    (void)use;
    FILE *file = fopen(path, "wb");
    if (!file)
        return ERR_IO;
    enum err err = write_reservations_csv(field, result, file);
    return fclose(file) != 0 && err == ERR_NONE ? ERR_IO : err;
}

/* Writes beside the place and moves it there, so that no half-written file is ever found. */
static enum err write_out(const struct rank_use *use, const struct result_field *field, const struct rank_result *result, const char *out, write_fn *write) {
    char path[4096];
    if ((size_t)snprintf(path, sizeof path, "%s.part", out) >= sizeof path)
        return ERR_LIMIT;
    enum err err = write(use, field, result, path);
    if (err == ERR_NONE && rename(path, out) != 0)
        err = ERR_IO;
    if (err != ERR_NONE)
        (void)unlink(path);
    return err;
}

static void report(const struct rank_use *use, const struct result_field *field, const struct rank_result *result) {
    if (use->json) {
        struct buf out;
        struct json_writer w;
        buf_init(&out, 65536);
        json_writer_init(&w, &out);
        json_open_object(&w);
        json_member_bool(&w, "ranked", true);
        json_member_int(&w, "candidates", field->inputs.candidate_count);
        json_member_int(&w, "posts", field->inputs.post_count);
        for (int i = 0; i < RANK_OUTCOME_COUNT; i++)
            json_member_int(&w, rank_outcome_key((enum rank_outcome)i), result->outcomes[i]);
        json_member_int(&w, "unresolved", result->unresolved);
        json_member_text(&w, "out", use->out);
        json_close_object(&w);
        print_json(&out);
        return;
    }
    printf("%u candidates, %u posts:", field->inputs.candidate_count, field->inputs.post_count);
    for (int i = 0; i < RANK_OUTCOME_COUNT; i++)
        if (result->outcomes[i] > 0)
            printf(" %u %s", result->outcomes[i], rank_outcome_key((enum rank_outcome)i));
    printf("; %u ties wait for a decision\n%s\n", result->unresolved, use->out);
}

static int rank_field(struct arena *arena, const struct rank_use *use) {
    struct result_field field = {0};
    struct rank_result result = {0};
    struct rank_misfit misfit = {0};
    int status = read_pack(arena, use, &field);
    if (status == EXIT_DONE)
        status = read_field(arena, use, &field);
    for (size_t i = 0; i < use->equating_count && status == EXIT_DONE; i++)
        status = read_equating(arena, use, use->equatings[i], &field);
    if (status != EXIT_DONE)
        return status;
    enum err err = rank_run(&field.inputs, &result, &misfit);
    if (err == ERR_RANGE)
        return refuse_misfit(arena, use, strncmp(misfit.path, "posts", 5) == 0 ? use->posts : strncmp(misfit.path, "pack", 4) == 0 ? use->pack : use->candidates, &misfit);
    if (err == ERR_NONE && use->reservations)
        err = write_out(use, &field, &result, use->reservations, write_reservations);
    if (err == ERR_NONE)
        err = write_out(use, &field, &result, use->out, ends_with(use->out, ".xlsx") ? write_xlsx : write_file);
    if (err == ERR_NONE)
        report(use, &field, &result);
    rank_result_release(&result);
    return err == ERR_NONE ? EXIT_DONE : command_fail(EXIT_FAILED, "%s cannot be written", use->out);
}

int command_rank(int argc, char **argv) {
    struct rank_use use = {0};
    struct arena arena;
    int status = parse_use(argc, argv, &use);
    if (status != EXIT_DONE)
        return status < 0 ? EXIT_DONE : status;
    if (use.reservations && !ends_with(use.reservations, ".csv"))
        return command_misuse(HELP, use.reservations);
    if (!ends_with(use.out, ".json") && !ends_with(use.out, ".csv") && !ends_with(use.out, ".xlsx"))
        return command_misuse(HELP, use.out);
    if (crypto_init() != ERR_NONE)
        return command_fail(EXIT_FAILED, "the cryptographic library could not be started");
    arena_init(&arena, ARENA_MAX);
    status = rank_field(&arena, &use);
    arena_release(&arena);
    return status;
}
