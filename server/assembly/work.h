/* work.h: what the solving of one blueprint is made of: the prepared problem, programmes, the solver.
 *
 * A slot is an item in a section that takes it: what a programme decides about. A part of a programme is a form, or the
 * shadow that stands for several. Points are all that is summed in NANO: mean, curve, information.
 *
 * Used by: assembly alone. Threads: one call of assembly_solve.
 */
#ifndef KHOACU_SERVER_ASSEMBLY_WORK_H
#define KHOACU_SERVER_ASSEMBLY_WORK_H

#include "khoacu/assembly/solve.h"

#define NO_INDEX SIZE_MAX
#define FREE_RANGE ((struct assembly_range){ASSEMBLY_NO_MIN, ASSEMBLY_NO_MAX})

/* ---- the list of constraints (constraints.c) ---- */

enum err assembly_constraints_list(struct arena *arena, const struct assembly_blueprint *blueprint, bool any_enemies,
                                   struct assembly_constraint **ret_list, size_t *ret_count) MUST_CHECK;
/* Whether the item counts for the cell, and may stand in the section. */
bool assembly_count_covers(const struct assembly_count *count, const struct assembly_item *item);
bool assembly_section_takes(const struct assembly_section *section, const struct assembly_item *item);
/* The count that a constraint of kind CELL is about. */
const struct assembly_count *assembly_constraint_count(const struct assembly_blueprint *blueprint,
                                                       const struct assembly_constraint *constraint);
/* The target behind a constraint of kind MEAN, CURVE, INFORMATION or one of their differences. */
const struct assembly_target *assembly_constraint_target(const struct assembly_blueprint *blueprint,
                                                         const struct assembly_constraint *constraint);

/* A set of constraints. */
struct constraint_set {
    uint64_t words[(ASSEMBLY_CONSTRAINTS_MAX + 63) / 64];
};
static inline bool set_has(const struct constraint_set *set, size_t index) {
    return set->words[index / 64] >> (index % 64) & 1;
}
static inline void set_add(struct constraint_set *set, size_t index) {
    set->words[index / 64] |= UINT64_C(1) << (index % 64);
}

/* ---- the problem (problem.c) ---- */

struct slot {
    size_t item, section;
};
struct point {
    enum assembly_kind kind;
    size_t constraint, difference_constraint; /* NO_INDEX: none of the kind */
    const struct assembly_target *target;
    int64_t unit; /* a value times unit is a sum over the form: the form's items for means, else 1 */
    bool pursued;
    int64_t aim;        /* NANO */
    int64_t most_apart; /* NANO; ASSEMBLY_UNKNOWN */
    int64_t *values;    /* of each item of the pool, NANO */
};
struct clique {
    size_t *items; /* of which a form has at most one */
    size_t count;
};
struct problem {
    struct arena *arena;
    const struct assembly_pool *pool;
    const struct assembly_blueprint *blueprint;
    struct assembly_result *result;
    struct assembly_constraint *constraints; /* result's */
    size_t constraint_count;
    struct slot *slots; /* in an order that the seed gives */
    size_t slot_count;
    size_t *slots_of; /* item → first in slot_list; item_count + 1 of them */
    size_t *slot_list;
    bool *anchored;     /* per item */
    int64_t *uses_left; /* per item, by exposure */
    size_t *stimulus;   /* per item, or NO_INDEX */
    size_t stimulus_count;
    struct point points[1 + 2 * ASSEMBLY_POINTS_MAX];
    size_t point_count;
    struct clique *cliques;
    size_t clique_count;
    size_t *cliques_of; /* item → first in clique_list */
    size_t *clique_list;
};
/* Verdict ASSEMBLED: prepared; UNKNOWN_ITEM: result->unknown_item. */
enum err problem_prepare(struct problem *problem, enum assembly_verdict *ret_verdict) MUST_CHECK;
/* Index of the item of that code, or NO_INDEX. */
size_t assembly_pool_find(const struct assembly_pool *pool, const char *code);
/* Enemies that the pool names, as cliques over all of its items (problem_enemies.c). */
enum err problem_find_enemies(struct problem *problem) MUST_CHECK;

/* ---- programmes (model.c, lp.c) ---- */

struct term {
    uint32_t variable;
    int64_t factor;
};
struct row {
    int64_t min, max;
    size_t first, count; /* terms */
    bool decimal;        /* factors and bounds are NANO */
};
struct programme {
    struct row *rows;
    size_t row_count, row_size;
    struct term *terms;
    size_t term_count, term_size;
    size_t variable_count;
    int64_t *max;     /* per variable, from 0; ASSEMBLY_NO_MAX: unbounded */
    bool *whole;      /* per variable */
    int64_t *weights; /* objective, NANO when `decimal`; per variable */
    bool maximise, decimal, failed;
};
enum goal { GOAL_NONE, GOAL_LOT, GOAL_NEAREST, GOAL_INFORMATION };
struct fixed_form {
    const size_t *slots;
    size_t count;
};
struct plan {
    size_t copies;                  /* forms that the programme decides */
    int64_t shadow;                 /* further forms, as their sum */
    bool shadow_whole;              /* its variables are whole numbers */
    const struct fixed_form *fixed; /* forms that are made already */
    size_t fixed_count;
    const struct constraint_set *active; /* NULL: all */
    enum goal goal;
    int64_t narrow; /* NANO: decimal bounds are this much narrower for the solver */
};
/* Builds the programme; variable of slot s in copy c: c * slot_count + s. ERR_MEMORY. */
enum err model_build(const struct problem *problem, const struct plan *plan,
                     struct programme *ret_programme) MUST_CHECK;
void programme_release(struct programme *programme);

/* Writes it in CPLEX-LP form: variables x0, x1, …; exact decimals. ERR_IO. */
enum err lp_write(const struct programme *programme, const char *path) MUST_CHECK;

/* ---- the solver (solver.c) ---- */

enum solver_outcome {
    SOLVER_OPTIMAL,    /* within the gap that was asked for */
    SOLVER_SOLUTION,   /* a solution when the time was over */
    SOLVER_INFEASIBLE, /* proven */
    SOLVER_NOTHING,    /* no solution in the time */
    SOLVER_STOPPED,
    SOLVER_FAILED /* crashed, over a limit, not understood */
};
struct solver {
    const char *name; /* "cbc", "glpsol" */
    char program[64];
    char folder[64]; /* temporary, 0700 */
    const struct assembly_options *options;
    int64_t until_us; /* of the monotonic clock */
    int64_t runs, seed;
};
/* False: no solver is there, or the wanted one is not. */
bool solver_find(struct solver *solver, const struct assembly_options *options);
enum err solver_open(struct solver *solver) MUST_CHECK;
void solver_close(struct solver *solver);
/* Solves within `most_ms` (and the solver's own end). `gap` (NANO): the objective may be so far from its optimum;
 * `first`: any solution will do. `taken` gets, of each variable, whether it is over one half. */
enum err solver_run(struct solver *solver, const struct programme *programme, int64_t most_ms, int64_t gap, bool first,
                    bool *taken, enum solver_outcome *ret_outcome) MUST_CHECK;
int64_t solver_left_ms(const struct solver *solver);

/* ---- making forms (solve.c, swap.c, clash.c) ---- */

struct draft {
    size_t *slots; /* blueprint->items of them */
};
/* Exchanges items for unused ones of the same cells while it brings the forms nearer to the aims. */
enum err swap_improve(const struct problem *problem, struct draft *drafts, const struct solver *solver) MUST_CHECK;
/* Finds what clashes by counting alone: result->clash, or leaves it at 0. */
enum err clash_count(struct problem *problem) MUST_CHECK;
/* The smallest set that clashes; the whole is known to. */
enum err clash_find(struct problem *problem, struct solver *solver) MUST_CHECK;

/* Curves for the plot (plot.c). */
enum err plot_fill(struct arena *arena, const struct assembly_pool *pool, const struct assembly_blueprint *blueprint,
                   struct assembly_result *result) MUST_CHECK;

#endif
