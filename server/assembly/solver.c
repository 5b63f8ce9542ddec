#include "work.h"

#include "khoacu/base/child.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "khoacu/base/banned.h"

#define MEMORY_BYTES (INT64_C(2) << 30)
#define FILE_BYTES (INT64_C(256) << 20)
enum { OUTPUT_MAX = 4 << 20, LINE_MAX_BYTES = 512, GRACE_MS = 3000, PATH_BYTES = 128, NUMBER_MAX = 24 };

bool solver_find(struct solver *solver, const struct assembly_options *options) {
    static const char *const NAMES[] = {"cbc", "glpsol"};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (options->solver && strcmp(options->solver, NAMES[i]) != 0)
            continue;
        if (child_find(NAMES[i], solver->program, sizeof solver->program)) {
            solver->name = NAMES[i];
            return true;
        }
    }
    return false;
}

enum err solver_open(struct solver *solver) {
    snprintf(solver->folder, sizeof solver->folder, "/tmp/khoacu-assembly-XXXXXX");
    if (!mkdtemp(solver->folder)) {
        solver->folder[0] = '\0';
        return ERR_IO;
    }
    return ERR_NONE;
}

static void path_of(const struct solver *solver, const char *name, char out[PATH_BYTES]) {
    snprintf(out, PATH_BYTES, "%s/%s", solver->folder, name);
}

static void forget_files(const struct solver *solver) {
    char path[PATH_BYTES];
    path_of(solver, "problem.lp", path);
    (void)unlink(path);
    path_of(solver, "solution", path);
    (void)unlink(path);
}

void solver_close(struct solver *solver) {
    if (!solver->folder[0])
        return;
    forget_files(solver);
    (void)rmdir(solver->folder);
    solver->folder[0] = '\0';
}

int64_t solver_left_ms(const struct solver *solver) {
    int64_t left = (solver->until_us - clock_mono_us()) / 1000;
    return left > 0 ? left : 0;
}

/* ---- reading solutions ---- */

/* "x12" and a value over one half. */
static void take(const struct programme *programme, bool *taken, const char *name, const char *value) {
    char *end = NULL;
    unsigned long index = *name == 'x' ? strtoul(name + 1, &end, 10) : 0;
    if (end && !*end && index < programme->variable_count)
        taken[index] = strtod(value, NULL) > 0.5;
}

/* cbc: a line of the outcome; then number, name, value and reduced cost of each variable that is not zero, "**" in
 * front of those that break a bound. */
static enum solver_outcome read_cbc(FILE *file, const struct programme *programme, bool *taken) {
    char line[LINE_MAX_BYTES], name[64], value[64];
    bool any = false;
    if (!fgets(line, sizeof line, file))
        return SOLVER_FAILED;
    if (strncmp(line, "Infeasible", 10) == 0 || strncmp(line, "Integer infeasible", 18) == 0)
        return SOLVER_INFEASIBLE;
    enum solver_outcome outcome = strncmp(line, "Optimal", 7) == 0   ? SOLVER_OPTIMAL
                                  : strncmp(line, "Stopped", 7) == 0 ? SOLVER_SOLUTION
                                                                     : SOLVER_FAILED;
    if (strstr(line, "no integer solution") || strstr(line, "objective value 1e+50") ||
        strstr(line, "objective value -1e+50"))
        return SOLVER_NOTHING;
    while (outcome != SOLVER_FAILED && fgets(line, sizeof line, file)) {
        if (sscanf(line, " ** %*u %63s %63s", name, value) == 2 || sscanf(line, " %*u %63s %63s", name, value) == 2) {
            any = true;
            take(programme, taken, name, value);
        }
    }
    return any || outcome == SOLVER_OPTIMAL ? outcome : SOLVER_NOTHING;
}

/* The printable report: rows "  No. Column name  St  Activity …"; a column's line begins with number and name. */
static enum solver_outcome read_glpsol(FILE *file, const struct programme *programme, bool *taken) {
    char line[LINE_MAX_BYTES], name[64], mark[64], value[64];
    enum solver_outcome outcome = SOLVER_FAILED;
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, "Status:", 7) == 0)
            outcome = strstr(line, "NON-OPTIMAL")                           ? SOLVER_SOLUTION
                      : strstr(line, "OPTIMAL")                             ? SOLVER_OPTIMAL
                      : strstr(line, "EMPTY") || strstr(line, "INFEASIBLE") ? SOLVER_INFEASIBLE
                                                                            : SOLVER_NOTHING;
        if (sscanf(line, " %*u %63s %63s %63s", name, mark, value) != 3 || name[0] != 'x')
            continue;
        take(programme, taken, name, strcmp(mark, "*") == 0 || (mark[0] >= 'A' && mark[0] <= 'Z') ? value : mark);
    }
    return outcome;
}

static enum solver_outcome read_solution(const struct solver *solver, const struct programme *programme, bool *taken,
                                         const struct buf *said) {
    char path[PATH_BYTES];
    path_of(solver, "solution", path);
    FILE *file CLEANUP(cleanup_file) = fopen(path, "r");
    bool cbc = strcmp(solver->name, "cbc") == 0;
    if (!cbc && said->data && strstr(said->data, "HAS NO PRIMAL FEASIBLE SOLUTION"))
        return SOLVER_INFEASIBLE;
    if (!file)
        return SOLVER_FAILED;
    enum solver_outcome outcome = cbc ? read_cbc(file, programme, taken) : read_glpsol(file, programme, taken);
    if (!cbc && outcome == SOLVER_INFEASIBLE && said->data && strstr(said->data, "TIME LIMIT"))
        return SOLVER_NOTHING;
    return outcome;
}

/* ---- running ---- */

static enum err run_child(const struct solver *solver, const char *const *argv, int64_t most_ms, struct buf *said,
                          struct child_result *ret_result) {
    const struct assembly_options *options = solver->options;
    struct child child = {.argv = argv,
                          .folder = solver->folder,
                          .wall_ms = most_ms + GRACE_MS,
                          .memory_bytes = options->memory_bytes > 0 ? options->memory_bytes : MEMORY_BYTES,
                          .file_bytes = FILE_BYTES,
                          .keep_on = options->keep_on,
                          .ctx = options->ctx};
    return child_run(&child, said, ret_result);
}

static enum err run_cbc(const struct solver *solver, int64_t most_ms, int64_t gap, bool first, struct buf *said,
                        struct child_result *ret_result) {
    char seconds[32], allowed[NUMBER_MAX], seed[32];
    snprintf(seconds, sizeof seconds, "%lld.%03lld", (long long)(most_ms / 1000), (long long)(most_ms % 1000));
    snprintf(seed, sizeof seed, "%lld", (long long)(solver->seed % 1000000 + 1));
    assembly_decimal_format(gap, allowed);
    const char *const argv[] = {solver->program, "problem.lp",
                                "timeMode",      "elapsed",
                                "sec",           seconds,
                                "randomCbcSeed", seed,
                                "allow",         allowed,
                                "ratio",         "0",
                                "maxSolutions",  first ? "1" : "999999",
                                "solve",         "solution",
                                "solution",      NULL};
    return run_child(solver, argv, most_ms, said, ret_result);
}

static enum err run_glpsol(const struct solver *solver, int64_t most_ms, struct buf *said,
                           struct child_result *ret_result) {
    char seconds[32], seed[32];
    snprintf(seconds, sizeof seconds, "%lld", (long long)(most_ms / 1000 + 1));
    snprintf(seed, sizeof seed, "%lld", (long long)(solver->seed % 1000000 + 1));
    const char *const argv[] = {solver->program, "--lp",     "problem.lp", "--tmlim", seconds, "--seed", seed,
                                "--cuts",        "--output", "solution",   NULL};
    return run_child(solver, argv, most_ms, said, ret_result);
}

enum err solver_run(struct solver *solver, const struct programme *programme, int64_t most_ms, int64_t gap, bool first,
                    bool *taken, enum solver_outcome *ret_outcome) {
    char path[PATH_BYTES];
    struct child_result result = {0};
    struct buf said CLEANUP(buf_release);
    buf_init(&said, OUTPUT_MAX);
    forget_files(solver);
    path_of(solver, "problem.lp", path);
    memset(taken, 0, programme->variable_count * sizeof *taken);
    enum err err = lp_write(programme, path);
    if (err != ERR_NONE)
        return err;
    solver->runs++;
    err = strcmp(solver->name, "cbc") == 0 ? run_cbc(solver, most_ms, gap, first, &said, &result)
                                           : run_glpsol(solver, most_ms, &said, &result);
    if (err != ERR_NONE)
        return err;
    switch (result.end) {
    case CHILD_EXITED:
        *ret_outcome = result.status == 0 ? read_solution(solver, programme, taken, &said) : SOLVER_FAILED;
        break;
    case CHILD_OVER_TIME:
        *ret_outcome = SOLVER_NOTHING;
        break;
    case CHILD_STOPPED:
        *ret_outcome = SOLVER_STOPPED;
        break;
    case CHILD_CRASHED:
    case CHILD_OVER_OUTPUT:
    case CHILD_ABSENT:
        *ret_outcome = SOLVER_FAILED;
        break;
    }
    forget_files(solver);
    return ERR_NONE;
}
