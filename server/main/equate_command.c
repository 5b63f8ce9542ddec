#include "command.h"
#include "equating.h"

#include "khoacu/base/arena.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/crypto/sign.h"
#include "khoacu/doc/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

#define ARENA_MAX ((size_t)1 << 30)
#define FILE_MAX ((size_t)64 << 20)

static const char help[] =
    "Usage: khoacu equate make --pack PACK --component CODE --scores FILE --out TABLE.json\n"
    "       khoacu equate sign TABLE.json --pack PACK --key FILE --by NAME\n"
    "       khoacu equate check TABLE.json --pack PACK\n"
    "Makes the table by which the scores of several shifts become comparable (equipercentile to the pack's base shift), as a document\n"
    "that two persons sign before `khoacu rank --equating TABLE.json` takes it. For packs whose statistic says \"table\": \"signed\".\n"
    "  --pack       a built-in pack by its id, or a file with one\n"
    "  --component  the equipercentile statistic of the pack\n"
    "  --scores     CSV of what the table is made of: shift, score, count (how many reached it; without the column, one a row)\n"
    "  --key        private key (PEM, Ed25519, readable by its owner alone); made when there is none\n"
    "  --by         who signs\n"
    "The file is canonical JSON: {document, format, signatures}; include/khoacu/result/equating.h says what stands in it.\n"
    "Exit status: 0 done, 1 what was given does not hold and nothing was written, 2 wrong use or a file that cannot be read.\n";

struct equate_use {
    const char *verb, *table, *pack, *component, *scores, *out, *key, *by;
};

static int parse_use(int argc, char **argv, struct equate_use *use) {
    const struct {
        const char *name;
        const char **value;
    } options[] = {{"--pack", &use->pack}, {"--component", &use->component}, {"--scores", &use->scores},
                   {"--out", &use->out},   {"--key", &use->key},             {"--by", &use->by}};
    for (int i = 1; i < argc; i++) {
        size_t k = 0;
        if (command_wants_help(argv[i])) {
            (void)command_print(help);
            return -1;
        }
        while (k < sizeof options / sizeof *options && strcmp(argv[i], options[k].name) != 0)
            k++;
        if (k < sizeof options / sizeof *options && i + 1 < argc)
            *options[k].value = argv[++i];
        else if (argv[i][0] != '-' && !use->verb)
            use->verb = argv[i];
        else if (argv[i][0] != '-' && !use->table)
            use->table = argv[i];
        else
            return command_misuse(help, argv[i]);
    }
    if (!use->verb)
        return command_lacks(help, "equate needs one of make, sign and check");
    bool make = strcmp(use->verb, "make") == 0, sign = strcmp(use->verb, "sign") == 0;
    if (!make && !sign && strcmp(use->verb, "check") != 0)
        return command_misuse(help, use->verb);
    if (!use->pack || (make ? !use->component || !use->scores || !use->out || use->table : !use->table) || (sign && (!use->key || !use->by)))
        return command_lacks(help, "equate %s lacks something", use->verb);
    return EXIT_DONE;
}

/* ---- reading ---- */

static enum err read_file(struct arena *arena, const char *path, const char **ret_bytes, size_t *ret_len) {
    FILE *file CLEANUP(cleanup_file) = fopen(path, "rb");
    char *bytes = file ? arena_alloc(arena, FILE_MAX) : NULL;
    if (!bytes)
        return ERR_IO;
    *ret_len = fread(bytes, 1, FILE_MAX, file);
    *ret_bytes = bytes;
    return ferror(file) || *ret_len == FILE_MAX ? ERR_IO : ERR_NONE;
}

static int read_pack(struct arena *arena, const struct equate_use *use, struct result_field *field) {
    size_t len = 0;
    const char *text = cycle_pack_builtin(use->pack, &len);
    struct json_misfits misfits = {0};
    field->pack = ARENA_NEW(arena, struct cycle_pack);
    if (!field->pack || (!text && read_file(arena, use->pack, &text, &len)))
        return command_fail(EXIT_MISUSE, "%s is neither a built-in pack nor a file that can be read.", use->pack);
    enum err err = cycle_pack_read(arena, text, len, field->pack, &misfits, NULL);
    if (err == ERR_RANGE)
        return command_fail(EXIT_FAILED, "%s: %s: %s", use->pack, misfits.list[0].path, cycle_misfit_words(arena, misfits.list[0].rule, "en"));
    if (err != ERR_NONE)
        return command_fail(EXIT_FAILED, "%s is no pack.", use->pack);
    field->rules = field->pack->rank; /* a table is made of counts, whose scale the pack fixes */
    field->inputs.pack = &field->rules;
    return EXIT_DONE;
}

/* Reads a table into the field; *ret_file is its JSON. */
static int read_table(struct arena *arena, const struct equate_use *use, size_t least, struct result_field *field, const struct json **ret_file) {
    size_t len = 0;
    const char *text = NULL, *line = NULL;
    char why[400];
    if (read_file(arena, use->table, &text, &len))
        return command_fail(EXIT_MISUSE, "%s cannot be read.", use->table);
    struct json_error error = {0};
    if (json_read(arena, text, len, ret_file, &error))
        return command_fail(EXIT_FAILED, "%s: byte %zu: %s", use->table, error.offset, error.reason);
    if (result_equating_read(arena, *ret_file, least, field, &line))
        return command_fail(EXIT_FAILED, "%s: %s", use->table, line ? line : "no memory");
    if (!equating_signed(&field->equatings[0], why, sizeof why))
        return command_fail(EXIT_FAILED, "%s: %s", use->table, why);
    return EXIT_DONE;
}

/* ---- make ---- */

enum { SHIFT, SCORE, COUNT };
static const struct import_column COLUMNS[] = {[SHIFT] = {.name = "shift", .aliases = {"ca thi"}, .required = true, .example = "1"},
                                               [SCORE] = {.name = "score", .aliases = {"điểm", "số câu đúng"}, .required = true, .example = "52"},
                                               [COUNT] = {.name = "count", .aliases = {"số người"}, .example = "7"},
                                               {0}};

static struct result_shift *shift_of(struct arena *arena, struct result_shift *shifts, size_t *count, uint32_t shift, size_t scores) {
    size_t at = 0;
    while (at < *count && shifts[at].shift < shift)
        at++;
    if (at < *count && shifts[at].shift == shift)
        return &shifts[at];
    int64_t *counts = *count < RESULT_SHIFTS_MAX ? ARENA_ARRAY(arena, scores, int64_t) : NULL;
    if (!counts)
        return NULL;
    memmove(&shifts[at + 1], &shifts[at], (*count - at) * sizeof *shifts);
    shifts[at] = (struct result_shift){.shift = shift, .counts = counts};
    (*count)++;
    return &shifts[at];
}

static int gather(struct arena *arena, const struct equate_use *use, int64_t max, struct result_shift *shifts, size_t *ret_count) {
    struct import_request request = {0};
    struct import_report report;
    struct import_table table;
    if (read_file(arena, use->scores, &request.bytes, &request.len))
        return command_fail(EXIT_MISUSE, "%s cannot be read.", use->scores);
    import_report_init(&report, arena, &request);
    bool open = import_open(&report, &request, COLUMNS, &table);
    for (size_t i = 0; open && i < table.csv.row_count; i++) {
        int64_t shift = 0, score = 0, many = 1;
        const char *count = import_cell(&table, i, COUNT);
        if (import_row_refused(&table, i))
            continue;
        if (!text_parse_int(import_cell(&table, i, SHIFT), 0, 99999, &shift))
            import_refuse(&report, &table, i, SHIFT, IMPORT_NUMBER);
        else if (!text_parse_int(import_cell(&table, i, SCORE), 0, max, &score))
            import_refuse(&report, &table, i, SCORE, IMPORT_NUMBER);
        else if (*count && !text_parse_int(count, 0, 10000000, &many))
            import_refuse(&report, &table, i, COUNT, IMPORT_NUMBER);
        else {
            struct result_shift *to = shift_of(arena, shifts, ret_count, (uint32_t)shift, (size_t)max + 1);
            if (!to)
                return command_fail(EXIT_FAILED, "%s has more than %d shifts.", use->scores, RESULT_SHIFTS_MAX);
            to->counts[score] += many;
        }
    }
    for (size_t i = 0; i < report.error_count; i++)
        (void)fprintf(stderr, "%s:%zu: %s: %s %s (%s)\n", use->scores, report.errors[i].line, report.errors[i].column, import_hint_en(report.errors[i].code),
                      import_hint_vi(report.errors[i].code), report.errors[i].value);
    int status = report.fault_count == 0 && open ? EXIT_DONE : command_fail(EXIT_FAILED, "nothing was written");
    if (open)
        import_close(&report, false);
    return status;
}

/* Beside the place, then there, so that no half of a table is ever found. */
static int write_file(const char *path, const struct buf *text) {
    char part[4096];
    if ((size_t)snprintf(part, sizeof part, "%s.part", path) >= sizeof part)
        return command_fail(EXIT_FAILED, "%s is too long a name.", path);
    FILE *file = fopen(part, "wb");
    bool done = file && fwrite(text->data, 1, text->len, file) == text->len;
    done = file && fclose(file) == 0 && done && rename(part, path) == 0;
    if (!done)
        (void)unlink(part);
    return done ? EXIT_DONE : command_fail(EXIT_FAILED, "%s cannot be written.", path);
}

static int make(struct arena *arena, const struct equate_use *use, const struct result_field *field) {
    struct buf out CLEANUP(buf_release);
    buf_init(&out, FILE_MAX);
    const char *line = NULL;
    size_t count = 0;
    uint8_t component = rank_component_find(&field->rules, use->component);
    struct result_shift *shifts = ARENA_ARRAY(arena, RESULT_SHIFTS_MAX + 1, struct result_shift);
    if (component == RANK_NONE || !field->rules.components[component].given_table)
        return command_fail(EXIT_FAILED, "%s of %s is no equipercentile statistic with \"table\": \"signed\".", use->component, use->pack);
    int64_t max = field->rules.components[field->rules.components[component].source].max;
    if (!shifts || max > RESULT_EQUATING_SCORES_MAX)
        return command_fail(EXIT_FAILED, "%s has more than %d scores.", use->component, RESULT_EQUATING_SCORES_MAX);
    int status = gather(arena, use, max, shifts, &count);
    if (status != EXIT_DONE)
        return status;
    if (result_equating_make(arena, &field->rules, component, shifts, count, &out, &line))
        return command_fail(EXIT_FAILED, "%s: %s", use->scores, line ? line : "too large a table");
    return write_file(use->out, &out);
}

/* ---- sign and check ---- */

static int tell(const struct equate_use *use, const struct result_field *field) {
    const struct result_equating *one = &field->equatings[0];
    char signers[2000];
    equating_signers(one, signers, sizeof signers);
    printf("%s: table of %s for %u shifts, sha256 %s\n", use->table, field->rules.components[one->component].code, field->inputs.table_count, one->sha256);
    printf("  every value follows from the counts; %s%s\n", one->signature_count ? "signed by " : "not signed yet", signers);
    return EXIT_DONE;
}

static int sign(struct arena *arena, const struct equate_use *use, const struct result_field *field, const struct json *file) {
    struct crypto_sign_key *key = NULL;
    struct buf pem CLEANUP(buf_release), out CLEANUP(buf_release);
    struct result_signature signature = {.by = use->by};
    struct result_field again = {.pack = field->pack, .rules = field->rules};
    const struct json *signed_file = NULL;
    const char *line = NULL;
    char why[400];
    buf_init(&pem, 10000);
    buf_init(&out, FILE_MAX);
    if (crypto_sign_open(use->key, &key))
        return command_fail(EXIT_MISUSE, "%s is no Ed25519 key that its owner alone may read.", use->key);
    enum err err = crypto_sign_public(key, &pem);
    if (err == ERR_NONE)
        err = crypto_sign(key, field->equatings[0].text, field->equatings[0].text_len, signature.bytes);
    crypto_sign_free(key);
    signature.public_key = pem.data;
    if (err == ERR_NONE)
        err = result_equating_sign(file, &signature, &out);
    if (err != ERR_NONE)
        return command_fail(EXIT_FAILED, "%s could not be signed.", use->table);
    err = json_read(arena, out.data, out.len, &signed_file, NULL);
    if (err == ERR_NONE)
        err = result_equating_read(arena, signed_file, 1, &again, &line);
    if (err != ERR_NONE || !equating_signed(&again.equatings[0], why, sizeof why))
        return command_fail(EXIT_FAILED, "%s: %s", use->table, err == ERR_NONE ? why : line ? line : "no memory");
    int status = write_file(use->table, &out);
    return status == EXIT_DONE ? tell(use, &again) : status;
}

int command_equate(int argc, char **argv) {
    struct equate_use use = {0};
    struct result_field field = {0};
    const struct json *file = NULL;
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, ARENA_MAX);
    int status = parse_use(argc, argv, &use);
    if (status != EXIT_DONE)
        return status < 0 ? EXIT_DONE : status;
    if (crypto_init())
        return command_fail(EXIT_FAILED, "The cryptographic library could not be started.");
    status = read_pack(&arena, &use, &field);
    if (status != EXIT_DONE)
        return status;
    if (strcmp(use.verb, "make") == 0)
        return make(&arena, &use, &field);
    status = read_table(&arena, &use, 0, &field, &file);
    if (status != EXIT_DONE)
        return status;
    return strcmp(use.verb, "sign") == 0 ? sign(&arena, &use, &field, file) : tell(&use, &field);
}
