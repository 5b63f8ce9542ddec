/* solve.h: from a pool and a blueprint to forms, or to the reason why there are none.
 *
 * The blueprint becomes a mixed-integer programme in CPLEX-LP form, which a kept solver (cbc, else glpsol) solves as a
 * limited child process (base/child.h); names of items never reach it. One form, or a few from a small pool, are one
 * programme. More are assembled form after form: each programme holds the next form and a shadow, the sum of all forms
 * still to come, so that no form takes what a later one needs (van der Linden and Adema 1998); then items are exchanged
 * for unused ones of the same cells while that brings the forms nearer to the targets and to each other. What comes out
 * is checked against pool and blueprint by code that shares nothing with the programme, in integers; only what passes
 * is an ASSEMBLED result.
 *
 * When nothing can come out, the smallest set of constraints that clash is looked for: by counting, then by leaving
 * constraints out (Junker 2004, then all smaller sets that no known solution covers); the result says what is proven.
 *
 * Verdicts: ASSEMBLED; INFEASIBLE (proven); UNSOLVED (no solution within the time, none excluded); STOPPED (by
 * keep_on); UNKNOWN_ITEM (anchor or so on that the pool does not hold or that may not stand there); NO_SOLVER.
 *
 * The same pool, blueprint, solver and enough time give the same forms.
 *
 * Used by: assembly.h, main. Uses: base, json, pool.h, blueprint.h. Threads: any; one call blocks for up to solve_s.
 */
#ifndef KHOACU_ASSEMBLY_SOLVE_H
#define KHOACU_ASSEMBLY_SOLVE_H

#include "khoacu/assembly/blueprint.h"

/* X(name, key) */
#define ASSEMBLY_VERDICT_TABLE(X)                                                                                      \
    X(ASSEMBLED, "assembled")                                                                                          \
    X(INFEASIBLE, "infeasible")                                                                                        \
    X(UNSOLVED, "unsolved")                                                                                            \
    X(STOPPED, "stopped")                                                                                              \
    X(UNKNOWN_ITEM, "unknown-item")                                                                                    \
    X(NO_SOLVER, "no-solver")
enum assembly_verdict {
#define X(name, key) ASSEMBLY_##name,
    ASSEMBLY_VERDICT_TABLE(X)
#undef X
        ASSEMBLY_VERDICT_COUNT
};
const char *assembly_verdict_key(enum assembly_verdict verdict);

/* What a constraint is about: X(name, key, unit: 0 a whole number, 1 NANO) */
#define ASSEMBLY_KIND_TABLE(X)                                                                                         \
    X(ITEMS, "items", 0)                                                                                               \
    X(SECTION_ITEMS, "section-items", 0)                                                                               \
    X(SECTION_SECONDS, "section-seconds", 0)                                                                           \
    X(SECTION_WORDS, "section-words", 0)                                                                               \
    X(CELL, "count", 0)                                                                                                \
    X(SECONDS, "seconds", 0)                                                                                           \
    X(WORDS, "words", 0)                                                                                               \
    X(MEAN, "facility-mean", 1)                                                                                        \
    X(CURVE, "facility-curve", 1)                                                                                      \
    X(INFORMATION, "information", 1)                                                                                   \
    X(ENEMIES, "enemies", 0)                                                                                           \
    X(ANCHOR, "anchor", 0)                                                                                             \
    X(STIMULUS_ITEMS, "stimulus-items", 0)                                                                             \
    X(STIMULUS_COUNT, "stimulus-count", 0)                                                                             \
    X(PREVIOUS, "previous-overlap", 0)                                                                                 \
    X(USES, "uses", 0)                                                                                                 \
    X(EXPOSURE, "exposure", 0)                                                                                         \
    X(OVERLAP, "overlap", 0)                                                                                           \
    X(MEAN_DIFFERENCE, "facility-mean-difference", 1)                                                                  \
    X(CURVE_DIFFERENCE, "facility-curve-difference", 1)                                                                \
    X(INFORMATION_DIFFERENCE, "information-difference", 1)
enum assembly_kind {
#define X(name, key, unit) ASSEMBLY_KIND_##name,
    ASSEMBLY_KIND_TABLE(X)
#undef X
        ASSEMBLY_KIND_COUNT
};
const char *assembly_kind_key(enum assembly_kind kind);
bool assembly_kind_decimal(enum assembly_kind kind);

#define ASSEMBLY_NOWHERE SIZE_MAX
/* One constraint of the blueprint; it holds for every form, or between forms. */
struct assembly_constraint {
    enum assembly_kind kind;
    size_t section; /* index, or ASSEMBLY_NOWHERE: the whole form */
    size_t index;   /* of the count, point, anchor or earlier form; ASSEMBLY_NOWHERE */
    struct assembly_range range;
    int64_t supply; /* of counts and items: how many items the pool has for it; ASSEMBLY_UNKNOWN otherwise */
};
/* What a constraint came to in one form, between two (form_b > 0), or over all (form_a 0). Forms count from 1. */
struct assembly_line {
    size_t constraint;
    int64_t form_a, form_b;
    int64_t value;
    int64_t slack; /* to the nearer bound; negative: it does not hold */
};
struct assembly_chosen {
    size_t item;    /* index in the pool */
    size_t section; /* index in the blueprint */
};
struct assembly_form {
    struct assembly_chosen *items; /* section by section, topic, stimulus, level, code */
    size_t item_count;
    int64_t seconds, words;
    int64_t mean;      /* NANO of the facility, of the items where it is known; ASSEMBLY_UNKNOWN: of none */
    size_t mean_known; /* items whose facility is known */
};
/* The curves of all forms on one grid, for the plot: values[form * theta_count + k], NANO. */
#define ASSEMBLY_PLOT_POINTS 25
struct assembly_plot {
    bool facility, information; /* known for all items of all forms */
    int64_t theta[ASSEMBLY_PLOT_POINTS];
    int64_t *facility_values, *information_values;
};
struct assembly_result {
    enum assembly_verdict verdict;
    const char *unknown_item;                /* UNKNOWN_ITEM: which */
    struct assembly_constraint *constraints; /* all that the blueprint asks for */
    size_t constraint_count;
    size_t pool_count, drawable; /* items, and those that may be drawn */
    struct {
        size_t left_out, exposed, no_facility, no_information, no_section;
    } refused; /* why others may not */
    struct assembly_form *forms;
    size_t form_count; /* ASSEMBLED: all of them, else 0 */
    struct assembly_line *lines;
    size_t line_count;
    struct assembly_plot plot;
    int64_t distance;       /* largest to a pursued target, NANO; ASSEMBLY_UNKNOWN: none pursued */
    int64_t reached;        /* maximise: the smallest information, NANO; ASSEMBLY_UNKNOWN */
    bool optimal;           /* one programme, solved to its proven optimum */
    size_t *clash;          /* INFEASIBLE: indexes of constraints */
    size_t clash_count;     /* 0: not found in time */
    bool clash_irreducible; /* none of them can be left out */
    bool clash_smallest;    /* and no smaller set clashes */
    const char *solver;     /* "cbc", "glpsol" */
    int64_t solver_runs, took_ms;
};

struct assembly_options {
    bool (*keep_on)(void *ctx);                               /* about every 100 ms; false stops; may be NULL */
    void (*progress)(void *ctx, int32_t done, int32_t total); /* may be NULL */
    void *ctx;
    const char *solver;   /* "cbc" or "glpsol"; NULL: the first that is there */
    int64_t memory_bytes; /* of the child; 0: 2 GiB */
};

/* ERR_MEMORY, ERR_IO (no temporary folder, no processes), ERR_STATE (the solver's answers do not pass the check). All
 * of the result is in the arena. */
enum err assembly_solve(struct arena *arena, const struct assembly_pool *pool,
                        const struct assembly_blueprint *blueprint, const struct assembly_options *options,
                        struct assembly_result *ret_result) MUST_CHECK;

/* Checks forms against pool and blueprint alone and makes the lines; true: every constraint holds. This is the check
 * that assembly_solve applies; it knows nothing of programmes and solvers. `result` has forms and constraints. */
bool assembly_check(struct arena *arena, const struct assembly_pool *pool, const struct assembly_blueprint *blueprint,
                    struct assembly_result *result);

/* The constraint in words, with its bounds: «Topic law, level 3: 12 to 14 items». NULL: no memory. */
const char *assembly_constraint_words(struct arena *arena, const struct assembly_blueprint *blueprint,
                                      const struct assembly_constraint *constraint, bool english);
/* Why there is no form, in words: «topic law needs 12 live items of level 3, the bank has 9». */
const char *assembly_clash_words(struct arena *arena, const struct assembly_blueprint *blueprint,
                                 const struct assembly_result *result, bool english);

/* The result as JSON ("format": "khoacu-assembly/1"): verdict, forms, constraints with value, bounds and slack, curves,
 * differences, clash. Quantities that are not whole are decimal strings. */
void assembly_result_write(struct arena *arena, const struct assembly_pool *pool,
                           const struct assembly_blueprint *blueprint, const struct assembly_result *result,
                           struct json_writer *writer);

#endif
