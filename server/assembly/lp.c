#include "work.h"

#include "khoacu/base/cleanup.h"

#include <stdio.h>

#include "khoacu/base/banned.h"

enum { TERMS_A_LINE = 8, NUMBER_MAX = 24 };

static void number(int64_t value, bool decimal, char out[NUMBER_MAX]) {
    if (decimal)
        assembly_decimal_format(value, out);
    else
        snprintf(out, NUMBER_MAX, "%lld", (long long)value);
}

static void write_term(FILE *file, size_t place, size_t variable, int64_t factor, bool decimal) {
    char text[NUMBER_MAX];
    int64_t size = factor < 0 ? -factor : factor;
    number(size, decimal, text);
    if (size == (decimal ? ASSEMBLY_NANO : 1))
        fprintf(file, "%s%s x%zu", place > 0 && place % TERMS_A_LINE == 0 ? "\n  " : "", factor < 0 ? " -" : " +",
                variable);
    else
        fprintf(file, "%s%s %s x%zu", place > 0 && place % TERMS_A_LINE == 0 ? "\n  " : "", factor < 0 ? " -" : " +",
                text, variable);
}

static void write_objective(FILE *file, const struct programme *programme) {
    size_t place = 0;
    fputs(programme->maximise ? "Maximize\n obj:" : "Minimize\n obj:", file);
    for (size_t i = 0; i < programme->variable_count; i++)
        if (programme->weights[i] != 0 && programme->max[i] != 0)
            write_term(file, place++, i, programme->weights[i], programme->decimal);
    fputs(place == 0 ? " none\n" : "\n", file);
}

/* One side of a row. Readers of the format want a term in every row: "none" stands at zero. */
static void write_side(FILE *file, const struct programme *programme, size_t index, const char *relation,
                       int64_t bound) {
    const struct row *row = &programme->rows[index];
    char text[NUMBER_MAX];
    fprintf(file, " %c%zu:", *relation == '<' ? 'u' : 'l', index);
    for (size_t i = 0; i < row->count; i++)
        write_term(file, i, programme->terms[row->first + i].variable, programme->terms[row->first + i].factor,
                   row->decimal);
    number(bound, row->decimal, text);
    fprintf(file, "%s %s %s\n", row->count == 0 ? " none" : "", relation, text);
}

static void write_rows(FILE *file, const struct programme *programme) {
    fputs("Subject To\n", file);
    size_t written = 0;
    for (size_t i = 0; i < programme->row_count; i++) {
        const struct row *row = &programme->rows[i];
        written += row->min != ASSEMBLY_NO_MIN || row->max != ASSEMBLY_NO_MAX;
        if (row->min == row->max) {
            write_side(file, programme, i, "=", row->min);
            continue;
        }
        if (row->min != ASSEMBLY_NO_MIN)
            write_side(file, programme, i, ">=", row->min);
        if (row->max != ASSEMBLY_NO_MAX)
            write_side(file, programme, i, "<=", row->max);
    }
    if (written == 0)
        fputs(" l0: none >= 0\n", file);
}

/* Only variables that stand somewhere, because readers refuse bounds of others. */
static bool *find_used(const struct programme *programme) {
    bool *used = calloc(programme->variable_count + 1, sizeof *used);
    for (size_t i = 0; used && i < programme->term_count; i++)
        used[programme->terms[i].variable] = true;
    for (size_t i = 0; used && i < programme->variable_count; i++)
        used[i] |= programme->weights[i] != 0 && programme->max[i] != 0;
    return used;
}

enum err lp_write(const struct programme *programme, const char *path) {
    FILE *file CLEANUP(cleanup_file) = fopen(path, "wx");
    bool *used CLEANUP(cleanup_free) = find_used(programme);
    size_t place = 0;
    if (!file || !used)
        return file ? ERR_MEMORY : ERR_IO;
    write_objective(file, programme);
    write_rows(file, programme);
    fputs("Bounds\n none <= 0\n", file);
    for (size_t i = 0; i < programme->variable_count; i++)
        if (used[i] && programme->max[i] != ASSEMBLY_NO_MAX && !(programme->whole[i] && programme->max[i] == 1))
            fprintf(file, " x%zu <= %lld\n", i, (long long)programme->max[i]);
    for (int general = 0; general < 2; general++) {
        place = 0;
        for (size_t i = 0; i < programme->variable_count; i++)
            if (used[i] && programme->whole[i] && (programme->max[i] != 1) == general) {
                fputs(place++ == 0 ? general ? "Integers\n" : "Binaries\n" : "", file);
                fprintf(file, " x%zu%s", i, place % TERMS_A_LINE == 0 ? "\n" : "");
            }
        fputs(place > 0 ? "\n" : "", file);
    }
    fputs("End\n", file);
    return ferror(file) || fflush(file) != 0 ? ERR_IO : ERR_NONE;
}
