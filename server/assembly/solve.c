#include "work.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/clock.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define NARROW 2000 /* NANO: more than what solvers take for equal */
enum { SPARE_MS = 300, SMALL_SLOTS = 300 };

struct solving {
    struct problem problem;
    struct solver solver;
    struct draft *drafts;
    struct fixed_form *fixed;
    int64_t narrow;
    enum assembly_verdict verdict;
};

/* ---- aims ---- */

static bool pursues(const struct problem *problem) {
    for (size_t i = 0; i < problem->point_count; i++)
        if (problem->points[i].pursued)
            return true;
    return false;
}

static enum goal goal_of(const struct problem *problem) {
    if (problem->blueprint->maximise)
        return GOAL_INFORMATION;
    return pursues(problem) ? GOAL_NEAREST : GOAL_LOT;
}

/* How far from the optimum a programme may stop: what is within this is made up for by the exchange of items. */
static int64_t gap_of(const struct problem *problem, enum goal goal) {
    const struct assembly_blueprint *blueprint = problem->blueprint;
    bool one = blueprint->forms == 1;
    int64_t parts = !one ? 500 : problem->slot_count <= SMALL_SLOTS ? 10000 : 1500;
    int64_t gap = INT64_MAX;
    if (goal == GOAL_LOT)
        return blueprint->items * 20 * ASSEMBLY_NANO;
    if (goal == GOAL_INFORMATION)
        return one ? 0 : ASSEMBLY_NANO / 50;
    for (size_t i = 0; goal == GOAL_NEAREST && i < problem->point_count; i++) {
        const struct point *point = &problem->points[i];
        int64_t share = (point->kind == ASSEMBLY_KIND_INFORMATION ? point->aim : point->unit * ASSEMBLY_NANO) / parts;
        if (point->pursued && share < gap)
            gap = share;
    }
    return gap == INT64_MAX ? 0 : gap;
}

static int64_t sum_of(const struct problem *problem, const struct point *point, const struct draft *draft) {
    int64_t sum = 0;
    for (size_t i = 0; i < (size_t)problem->blueprint->items; i++)
        sum += point->values[problem->slots[draft->slots[i]].item];
    return sum;
}

/* Parallel forms without targets are drawn near to the first one. */
static void aim_at_first(struct solving *s) {
    const struct assembly_blueprint *blueprint = s->problem.blueprint;
    if (blueprint->forms == 1 || blueprint->maximise)
        return;
    for (size_t i = 0; i < s->problem.point_count; i++) {
        struct point *point = &s->problem.points[i];
        bool bounded = point->target->range.min != ASSEMBLY_NO_MIN || point->target->range.max != ASSEMBLY_NO_MAX;
        if (point->pursued || (bounded && point->most_apart == ASSEMBLY_UNKNOWN))
            continue;
        point->pursued = true;
        point->aim = (sum_of(&s->problem, point, &s->drafts[0]) + point->unit / 2) / point->unit;
    }
}

/* ---- programmes ---- */

/* Takes copy c of a solution as form `number`; false: it has not the right number of items. */
static bool take_draft(struct solving *s, const bool *taken, size_t copy, size_t number) {
    size_t count = 0, items = (size_t)s->problem.blueprint->items;
    for (size_t i = 0; i < s->problem.slot_count; i++) {
        if (!taken[copy * s->problem.slot_count + i])
            continue;
        if (count == items)
            return false;
        s->drafts[number].slots[count++] = i;
    }
    s->fixed[number] = (struct fixed_form){.slots = s->drafts[number].slots, .count = count};
    return count == items;
}

static enum err run_plan(struct solving *s, const struct plan *plan, int64_t most_ms, int64_t gap, bool first,
                         size_t number, enum solver_outcome *ret_outcome) {
    struct programme programme = {0};
    enum err err = model_build(&s->problem, plan, &programme);
    if (err != ERR_NONE)
        return err;
    bool *taken CLEANUP(cleanup_free) = calloc(programme.variable_count + 1, sizeof *taken);
    enum solver_outcome outcome = SOLVER_FAILED;
    err = taken ? solver_run(&s->solver, &programme, most_ms, gap, first, taken, &outcome) : ERR_MEMORY;
    programme_release(&programme);
    bool solved = outcome == SOLVER_OPTIMAL || outcome == SOLVER_SOLUTION;
    for (size_t c = 0; err == ERR_NONE && solved && c < plan->copies; c++)
        if (!take_draft(s, taken, c, number + c))
            outcome = SOLVER_FAILED;
    *ret_outcome = outcome;
    return err;
}

static void say(const struct solving *s, int64_t done) {
    const struct assembly_options *options = s->solver.options;
    if (options->progress)
        options->progress(options->ctx, (int32_t)done, (int32_t)(s->problem.blueprint->forms + 1));
}

static enum assembly_verdict verdict_of(const struct solving *s, enum solver_outcome outcome) {
    if (outcome == SOLVER_OPTIMAL || outcome == SOLVER_SOLUTION)
        return ASSEMBLY_ASSEMBLED;
    if (outcome == SOLVER_STOPPED)
        return ASSEMBLY_STOPPED;
    return outcome == SOLVER_INFEASIBLE && s->narrow == 0 ? ASSEMBLY_INFEASIBLE : ASSEMBLY_UNSOLVED;
}

/* The next form, and the shadow of those behind it. */
static enum err make_next(struct solving *s, size_t number, enum solver_outcome *ret_outcome) {
    const struct assembly_blueprint *blueprint = s->problem.blueprint;
    int64_t behind = blueprint->forms - (int64_t)number - 1;
    enum goal goal = goal_of(&s->problem);
    struct plan plan = {
        .copies = 1, .shadow = behind, .fixed = s->fixed, .fixed_count = number, .goal = goal, .narrow = s->narrow};
    int64_t share_ms = solver_left_ms(&s->solver) * 9 / 10 / (behind + 1);
    enum err err = run_plan(s, &plan, share_ms, gap_of(&s->problem, goal), false, number, ret_outcome);
    bool none = *ret_outcome == SOLVER_NOTHING || *ret_outcome == SOLVER_FAILED;
    if (err != ERR_NONE || !none || solver_left_ms(&s->solver) < SPARE_MS)
        return err;
    plan.goal = GOAL_NONE;
    return run_plan(s, &plan, solver_left_ms(&s->solver) / 2, 0, true, number, ret_outcome);
}

/* All forms at once, any solution: for what form after form does not find. */
static enum err make_together(struct solving *s) {
    struct plan plan = {.copies = (size_t)s->problem.blueprint->forms, .goal = GOAL_NONE, .narrow = s->narrow};
    enum solver_outcome outcome = SOLVER_NOTHING;
    enum err err = ERR_NONE;
    if (solver_left_ms(&s->solver) > SPARE_MS)
        err = run_plan(s, &plan, solver_left_ms(&s->solver), 0, true, 0, &outcome);
    s->verdict = verdict_of(s, outcome);
    return err;
}

static enum err make_forms(struct solving *s) {
    size_t forms = (size_t)s->problem.blueprint->forms;
    enum solver_outcome outcome = SOLVER_NOTHING;
    for (size_t f = 0; f < forms; f++) {
        enum err err = make_next(s, f, &outcome);
        if (err != ERR_NONE)
            return err;
        bool solved = outcome == SOLVER_OPTIMAL || outcome == SOLVER_SOLUTION;
        if (!solved && f > 0 && outcome != SOLVER_STOPPED) {
            err = make_together(s);
            if (err != ERR_NONE || s->verdict != ASSEMBLY_ASSEMBLED)
                return err;
            aim_at_first(s);
            break;
        }
        s->verdict = verdict_of(s, outcome);
        if (!solved)
            return ERR_NONE;
        if (f == 0)
            aim_at_first(s);
        say(s, (int64_t)f + 1);
    }
    enum goal goal = goal_of(&s->problem);
    s->problem.result->optimal =
        forms == 1 && outcome == SOLVER_OPTIMAL && (goal == GOAL_INFORMATION || goal == GOAL_NONE);
    return goal == GOAL_NEAREST ? swap_improve(&s->problem, s->drafts, &s->solver) : ERR_NONE;
}

/* ---- the result ---- */

static int compare_texts(const char *a, const char *b) {
    return strcmp(a ? a : "", b ? b : "");
}

static int by_place(const void *a, const void *b, void *ctx) {
    const struct assembly_chosen *x = a, *y = b;
    const struct assembly_item *items = ctx;
    const struct assembly_item *i = &items[x->item], *k = &items[y->item];
    if (x->section != y->section)
        return x->section < y->section ? -1 : 1;
    int order = strcmp(i->topic, k->topic);
    if (order == 0)
        order = compare_texts(i->stimulus, k->stimulus);
    if (order == 0 && i->level != k->level)
        order = i->level < k->level ? -1 : 1;
    return order ? order : strcmp(i->code, k->code);
}

static enum err make_form(const struct solving *s, const struct draft *draft, struct assembly_form *form) {
    const struct problem *problem = &s->problem;
    int64_t facility = 0;
    form->item_count = (size_t)problem->blueprint->items;
    form->items = ARENA_ARRAY(problem->arena, form->item_count, struct assembly_chosen);
    if (!form->items)
        return ERR_MEMORY;
    for (size_t i = 0; i < form->item_count; i++) {
        const struct slot *slot = &problem->slots[draft->slots[i]];
        const struct assembly_item *item = &problem->pool->items[slot->item];
        form->items[i] = (struct assembly_chosen){.item = slot->item, .section = slot->section};
        form->seconds += item->seconds;
        form->words += item->words;
        form->mean_known += item->facility != ASSEMBLY_UNKNOWN;
        facility += item->facility == ASSEMBLY_UNKNOWN ? 0 : item->facility;
    }
    int64_t known = (int64_t)form->mean_known;
    form->mean = known == 0 ? ASSEMBLY_UNKNOWN : (facility + known / 2) / known;
    qsort_r(form->items, form->item_count, sizeof *form->items, by_place, (void *)(uintptr_t)problem->pool->items);
    return ERR_NONE;
}

static void measure(const struct solving *s) {
    struct assembly_result *result = s->problem.result;
    for (size_t i = 0; i < s->problem.point_count; i++) {
        const struct point *point = &s->problem.points[i];
        for (size_t f = 0; f < result->form_count; f++) {
            int64_t sum = sum_of(&s->problem, point, &s->drafts[f]), away = sum - point->aim * point->unit;
            away = ((away < 0 ? -away : away) + point->unit / 2) / point->unit;
            if (point->pursued && (result->distance == ASSEMBLY_UNKNOWN || away > result->distance))
                result->distance = away;
            if (s->problem.blueprint->maximise && point->kind == ASSEMBLY_KIND_INFORMATION &&
                (result->reached == ASSEMBLY_UNKNOWN || sum < result->reached))
                result->reached = sum;
        }
    }
}

/* *ret_holds: the check passed. */
static enum err finish(struct solving *s, bool *ret_holds) {
    struct assembly_result *result = s->problem.result;
    size_t forms = (size_t)s->problem.blueprint->forms;
    result->forms = ARENA_ARRAY(s->problem.arena, forms, struct assembly_form);
    if (!result->forms)
        return ERR_MEMORY;
    for (size_t f = 0; f < forms; f++) {
        enum err err = make_form(s, &s->drafts[f], &result->forms[f]);
        if (err != ERR_NONE)
            return err;
    }
    result->form_count = forms;
    *ret_holds = assembly_check(s->problem.arena, s->problem.pool, s->problem.blueprint, result);
    if (*ret_holds) {
        measure(s);
        return plot_fill(s->problem.arena, s->problem.pool, s->problem.blueprint, result);
    }
    result->form_count = result->line_count = 0;
    return ERR_NONE;
}

/* Solvers take values for equal that differ by a millionth; where that breaks a bound, the bounds are narrowed. */
static enum err assemble(struct solving *s) {
    for (int attempt = 0; attempt < 2; attempt++) {
        bool holds = false;
        s->narrow = attempt * NARROW;
        enum err err = make_forms(s);
        if (err == ERR_NONE && s->verdict == ASSEMBLY_ASSEMBLED)
            err = finish(s, &holds);
        if (err != ERR_NONE || s->verdict != ASSEMBLY_ASSEMBLED || holds)
            return err;
    }
    return ERR_STATE;
}

static enum err prepare_drafts(struct solving *s) {
    size_t forms = (size_t)s->problem.blueprint->forms;
    s->drafts = ARENA_ARRAY(s->problem.arena, forms, struct draft);
    s->fixed = ARENA_ARRAY(s->problem.arena, forms, struct fixed_form);
    for (size_t f = 0; s->drafts && f < forms; f++)
        s->drafts[f].slots = ARENA_ARRAY(s->problem.arena, (size_t)s->problem.blueprint->items, size_t);
    return s->problem.arena->failed ? ERR_MEMORY : ERR_NONE;
}

static enum err solve(struct solving *s) {
    struct assembly_result *result = s->problem.result;
    enum err err = problem_prepare(&s->problem, &s->verdict);
    if (err != ERR_NONE || s->verdict != ASSEMBLY_ASSEMBLED)
        return err;
    err = prepare_drafts(s);
    if (err == ERR_NONE)
        err = clash_count(&s->problem);
    if (err != ERR_NONE)
        return err;
    s->verdict = result->clash_count > 0 ? ASSEMBLY_INFEASIBLE : ASSEMBLY_NO_SOLVER;
    if (result->clash_smallest || !solver_find(&s->solver, s->solver.options))
        return ERR_NONE;
    err = solver_open(&s->solver);
    if (err == ERR_NONE && result->clash_count == 0)
        err = assemble(s);
    if (err == ERR_NONE && s->verdict == ASSEMBLY_INFEASIBLE)
        err = clash_find(&s->problem, &s->solver);
    solver_close(&s->solver);
    return err;
}

enum err assembly_solve(struct arena *arena, const struct assembly_pool *pool,
                        const struct assembly_blueprint *blueprint, const struct assembly_options *options,
                        struct assembly_result *ret_result) {
    struct assembly_result *result = ARENA_NEW(arena, struct assembly_result);
    struct solving *s = ARENA_NEW(arena, struct solving);
    if (!result || !s)
        return ERR_MEMORY;
    int64_t began_us = clock_mono_us();
    *result = (struct assembly_result){.distance = ASSEMBLY_UNKNOWN, .reached = ASSEMBLY_UNKNOWN};
    s->problem = (struct problem){.arena = arena, .pool = pool, .blueprint = blueprint, .result = result};
    s->solver = (struct solver){
        .options = options, .seed = blueprint->seed, .until_us = began_us + blueprint->solve_s * 1000000};
    enum err err = solve(s);
    if (err != ERR_NONE)
        return err;
    result->verdict = s->verdict;
    result->solver = s->solver.name;
    result->solver_runs = s->solver.runs;
    result->took_ms = (clock_mono_us() - began_us) / 1000;
    *ret_result = *result;
    return ERR_NONE;
}
