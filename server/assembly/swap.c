#include "work.h"

#include <stdlib.h>

#include "khoacu/base/banned.h"

enum { TURNS_MAX = 400 };
#define FNV_START UINT64_C(14695981039346656037)
#define FNV_PRIME UINT64_C(1099511628211)

struct swapping {
    const struct problem *problem;
    struct draft *drafts;
    size_t form_count;
    uint64_t *cell;   /* per slot: equal for items that the counts, sections and earlier forms do not tell apart */
    int64_t *uses;    /* per item */
    int64_t *met;     /* per clique: items of the form at hand */
    int64_t *sums;    /* form × point */
    int64_t *budgets; /* of the form at hand: seconds and words, whole and per section */
};

static void mix(uint64_t *hash, uint64_t value) {
    *hash = (*hash ^ value) * FNV_PRIME;
}

static void set_cells(const struct swapping *w) {
    const struct problem *problem = w->problem;
    const struct assembly_blueprint *blueprint = problem->blueprint;
    for (size_t s = 0; s < problem->slot_count; s++) {
        const struct slot *slot = &problem->slots[s];
        uint64_t hash = FNV_START;
        mix(&hash, slot->section + 1);
        for (size_t i = 0; i < problem->constraint_count; i++) {
            const struct assembly_constraint *constraint = &problem->constraints[i];
            bool here = constraint->section == ASSEMBLY_NOWHERE || constraint->section == slot->section;
            if (constraint->kind == ASSEMBLY_KIND_CELL && here &&
                assembly_count_covers(assembly_constraint_count(blueprint, constraint),
                                      &problem->pool->items[slot->item]))
                mix(&hash, i + 1000);
        }
        w->cell[s] = hash;
    }
    for (size_t p = 0; p < blueprint->previous_count; p++)
        for (size_t k = 0; k < blueprint->previous[p].item_count; k++) {
            size_t item = assembly_pool_find(problem->pool, blueprint->previous[p].items[k]);
            for (size_t i = item == NO_INDEX ? 1 : problem->slots_of[item];
                 item != NO_INDEX && i < problem->slots_of[item + 1]; i++)
                mix(&w->cell[problem->slot_list[i]], p + 5000);
        }
}

/* ---- one form ---- */

static int64_t *sum_at(const struct swapping *w, size_t form, size_t point) {
    return &w->sums[form * w->problem->point_count + point];
}

static void add_budgets(const struct swapping *w, size_t slot, int sign) {
    const struct slot *place = &w->problem->slots[slot];
    const struct assembly_item *item = &w->problem->pool->items[place->item];
    w->budgets[0] += sign * item->seconds;
    w->budgets[1] += sign * item->words;
    w->budgets[2 + 2 * place->section] += sign * item->seconds;
    w->budgets[3 + 2 * place->section] += sign * item->words;
}

static void add_cliques(const struct swapping *w, size_t item, int sign) {
    for (size_t i = w->problem->cliques_of[item]; i < w->problem->cliques_of[item + 1]; i++)
        w->met[w->problem->clique_list[i]] += sign;
}

static void enter_form(const struct swapping *w, size_t form, int sign) {
    for (size_t i = 0; i < (size_t)w->problem->blueprint->items; i++) {
        add_budgets(w, w->drafts[form].slots[i], sign);
        add_cliques(w, w->problem->slots[w->drafts[form].slots[i]].item, sign);
    }
}

static bool within(int64_t value, const struct assembly_range *range) {
    return (range->min == ASSEMBLY_NO_MIN || value >= range->min) &&
           (range->max == ASSEMBLY_NO_MAX || value <= range->max);
}

static bool budgets_hold(const struct swapping *w, size_t out, size_t in) {
    const struct assembly_blueprint *blueprint = w->problem->blueprint;
    const struct assembly_item *old = &w->problem->pool->items[w->problem->slots[out].item];
    const struct assembly_item *new = &w->problem->pool->items[w->problem->slots[in].item];
    const struct assembly_section *section = &blueprint->sections[w->problem->slots[in].section];
    const int64_t *spent = &w->budgets[2 + 2 * w->problem->slots[in].section];
    int64_t seconds = new->seconds - old->seconds, words = new->words - old->words;
    return within(w->budgets[0] + seconds, &blueprint->seconds) && within(w->budgets[1] + words, &blueprint->words) &&
           within(spent[0] + seconds, &section->seconds) && within(spent[1] + words, &section->words);
}

/* The new item meets no enemy, unless it is the one that goes. */
static bool peaceful(const struct swapping *w, size_t out, size_t in) {
    const struct problem *problem = w->problem;
    size_t old = problem->slots[out].item, new = problem->slots[in].item;
    for (size_t i = problem->cliques_of[new]; i < problem->cliques_of[new + 1]; i++) {
        size_t clique = problem->clique_list[i];
        int64_t met = w->met[clique];
        for (size_t k = problem->cliques_of[old]; k < problem->cliques_of[old + 1]; k++)
            met -= problem->clique_list[k] == clique;
        if (met > 0)
            return false;
    }
    return true;
}

static int64_t size_of(int64_t value) {
    return value < 0 ? -value : value;
}

/* How far the form would be from the aims: the largest distance first, then the sum. INT64_MAX: a bound would break. */
static int64_t cost_with(const struct swapping *w, size_t form, size_t out, size_t in) {
    const struct problem *problem = w->problem;
    int64_t largest = 0, sum = 0, pursued = 1;
    for (size_t p = 0; p < problem->point_count; p++) {
        const struct point *point = &problem->points[p];
        int64_t change = point->values[problem->slots[in].item] - point->values[problem->slots[out].item];
        int64_t value = *sum_at(w, form, p) + change;
        const struct assembly_range *range = &point->target->range;
        bool below = range->min != ASSEMBLY_NO_MIN && value < range->min * point->unit;
        bool above = range->max != ASSEMBLY_NO_MAX && value > range->max * point->unit;
        if (below || above)
            return INT64_MAX;
        for (size_t f = 0; point->most_apart != ASSEMBLY_UNKNOWN && f < w->form_count; f++)
            if (f != form && size_of(value - *sum_at(w, f, p)) > point->most_apart * point->unit)
                return INT64_MAX;
        if (!point->pursued)
            continue;
        int64_t away = size_of(value - point->aim * point->unit);
        largest = away > largest ? away : largest;
        sum += away;
        pursued++;
    }
    return largest * pursued + sum;
}

struct move {
    size_t place, in;
    int64_t cost;
};

static void try_place(const struct swapping *w, size_t form, size_t place, struct move *best) {
    const struct problem *problem = w->problem;
    size_t out = w->drafts[form].slots[place];
    size_t old = problem->slots[out].item;
    if (problem->anchored[old] || problem->stimulus[old] != NO_INDEX)
        return;
    for (size_t in = 0; in < problem->slot_count; in++) {
        size_t item = problem->slots[in].item;
        if (w->cell[in] != w->cell[out] || w->uses[item] > 0 || problem->anchored[item] ||
            problem->stimulus[item] != NO_INDEX)
            continue;
        int64_t cost = cost_with(w, form, out, in);
        if (cost < best->cost && budgets_hold(w, out, in) && peaceful(w, out, in))
            *best = (struct move){.place = place, .in = in, .cost = cost};
    }
}

static void make_move(const struct swapping *w, size_t form, const struct move *move) {
    const struct problem *problem = w->problem;
    size_t out = w->drafts[form].slots[move->place];
    size_t old = problem->slots[out].item, new = problem->slots[move->in].item;
    for (size_t p = 0; p < problem->point_count; p++)
        *sum_at(w, form, p) += problem->points[p].values[new] - problem->points[p].values[old];
    add_budgets(w, out, -1);
    add_budgets(w, move->in, 1);
    add_cliques(w, old, -1);
    add_cliques(w, new, 1);
    w->uses[old]--;
    w->uses[new]++;
    w->drafts[form].slots[move->place] = move->in;
}

static void improve_form(const struct swapping *w, size_t form, const struct solver *solver) {
    size_t first = w->drafts[form].slots[0];
    enter_form(w, form, 1);
    struct move best = {.cost = cost_with(w, form, first, first)};
    for (int turn = 0; turn < TURNS_MAX && solver_left_ms(solver) > 0; turn++) {
        int64_t before = best.cost;
        for (size_t place = 0; place < (size_t)w->problem->blueprint->items; place++)
            try_place(w, form, place, &best);
        if (best.cost >= before)
            break;
        make_move(w, form, &best);
    }
    enter_form(w, form, -1);
}

static enum err prepare(struct swapping *w) {
    const struct problem *problem = w->problem;
    size_t points = problem->point_count;
    w->cell = ARENA_ARRAY(problem->arena, problem->slot_count + 1, uint64_t);
    w->uses = ARENA_ARRAY(problem->arena, problem->pool->count + 1, int64_t);
    w->met = ARENA_ARRAY(problem->arena, problem->clique_count + 1, int64_t);
    w->sums = ARENA_ARRAY(problem->arena, w->form_count * points + 1, int64_t);
    w->budgets = ARENA_ARRAY(problem->arena, 2 + 2 * problem->blueprint->section_count, int64_t);
    if (!w->cell || !w->uses || !w->met || !w->sums || !w->budgets)
        return ERR_MEMORY;
    set_cells(w);
    for (size_t f = 0; f < w->form_count; f++)
        for (size_t i = 0; i < (size_t)problem->blueprint->items; i++) {
            size_t item = problem->slots[w->drafts[f].slots[i]].item;
            w->uses[item]++;
            for (size_t p = 0; p < points; p++)
                *sum_at(w, f, p) += problem->points[p].values[item];
        }
    return ERR_NONE;
}

enum err swap_improve(const struct problem *problem, struct draft *drafts, const struct solver *solver) {
    struct swapping w = {.problem = problem, .drafts = drafts, .form_count = (size_t)problem->blueprint->forms};
    enum err err = prepare(&w);
    for (size_t f = 0; err == ERR_NONE && f < w.form_count; f++)
        improve_form(&w, f, solver);
    return err;
}
