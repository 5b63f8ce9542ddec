#include "work.h"

#include "khoacu/base/random.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define TERMS_MAX ((size_t)30 * 1000 * 1000)
enum { LOT_MAX = 1000 };

/* ---- growing a programme ---- */

void programme_release(struct programme *programme) {
    free(programme->rows);
    free(programme->terms);
    free(programme->max);
    free(programme->whole);
    free(programme->weights);
    *programme = (struct programme){0};
}

static void *grow(struct programme *programme, void *list, size_t count, size_t *size, size_t width) {
    if (count < *size || programme->failed)
        return list;
    size_t more = *size ? *size * 2 : 1024;
    void *wider = more <= TERMS_MAX ? realloc(list, more * width) : NULL;
    if (!wider) {
        programme->failed = true;
        return list;
    }
    *size = more;
    return wider;
}

static void add_term(struct programme *programme, size_t variable, int64_t factor) {
    if (factor == 0 || programme->max[variable] == 0)
        return;
    programme->terms =
        grow(programme, programme->terms, programme->term_count, &programme->term_size, sizeof(struct term));
    if (!programme->failed)
        programme->terms[programme->term_count++] = (struct term){.variable = (uint32_t)variable, .factor = factor};
}

/* Ends the row whose terms were added since the last one. */
static void end_row(struct programme *programme, int64_t min, int64_t max, bool decimal) {
    size_t first = programme->row_count ? programme->rows[programme->row_count - 1].first +
                                              programme->rows[programme->row_count - 1].count
                                        : 0;
    programme->rows = grow(programme, programme->rows, programme->row_count, &programme->row_size, sizeof(struct row));
    if (!programme->failed)
        programme->rows[programme->row_count++] = (struct row){
            .min = min, .max = max, .first = first, .count = programme->term_count - first, .decimal = decimal};
}

/* ---- what is built ---- */

struct building {
    const struct problem *problem;
    const struct plan *plan;
    struct programme *programme;
    size_t parts;       /* copies and the shadow */
    size_t stimulus_at; /* variables: per part, per stimulus */
    size_t level_at;    /* per point with a difference: the lowest of the forms */
    size_t distance;    /* the objective's variable */
    int64_t *caps;      /* per item: first its uses in fixed forms, then what is left to it */
    const struct constraint_set *active;
};

static bool in_force(const struct building *b, size_t constraint) {
    return constraint != NO_INDEX && (!b->active || set_has(b->active, constraint));
}

static bool kind_in_force(const struct building *b, enum assembly_kind kind) {
    for (size_t i = 0; i < b->problem->constraint_count; i++)
        if (b->problem->constraints[i].kind == kind && in_force(b, i))
            return true;
    return false;
}

/* How many forms the part stands for. */
static int64_t forms_of(const struct building *b, size_t part) {
    return part < b->plan->copies ? 1 : b->plan->shadow;
}

static int64_t times(int64_t bound, int64_t factor) {
    return bound == ASSEMBLY_NO_MIN || bound == ASSEMBLY_NO_MAX ? bound : bound * factor;
}

static size_t variable_of(const struct building *b, size_t part, size_t slot) {
    return part * b->problem->slot_count + slot;
}

/* ---- constraints on each form ---- */

static int64_t factor_of(const struct problem *problem, const struct assembly_constraint *constraint,
                         const struct slot *slot) {
    const struct assembly_item *item = &problem->pool->items[slot->item];
    bool elsewhere = constraint->section != ASSEMBLY_NOWHERE && constraint->section != slot->section;
    if (elsewhere)
        return 0;
    switch (constraint->kind) {
    case ASSEMBLY_KIND_ITEMS:
    case ASSEMBLY_KIND_SECTION_ITEMS:
        return 1;
    case ASSEMBLY_KIND_SECTION_SECONDS:
    case ASSEMBLY_KIND_SECONDS:
        return item->seconds;
    case ASSEMBLY_KIND_SECTION_WORDS:
    case ASSEMBLY_KIND_WORDS:
        return item->words;
    case ASSEMBLY_KIND_CELL:
        return assembly_count_covers(assembly_constraint_count(problem->blueprint, constraint), item);
    case ASSEMBLY_KIND_ANCHOR:
        return strcmp(item->code, problem->blueprint->anchors[constraint->index].item) == 0;
    case ASSEMBLY_KIND_MEAN:
    case ASSEMBLY_KIND_CURVE:
    case ASSEMBLY_KIND_INFORMATION:
    case ASSEMBLY_KIND_ENEMIES:
    case ASSEMBLY_KIND_STIMULUS_ITEMS:
    case ASSEMBLY_KIND_STIMULUS_COUNT:
    case ASSEMBLY_KIND_PREVIOUS:
    case ASSEMBLY_KIND_USES:
    case ASSEMBLY_KIND_EXPOSURE:
    case ASSEMBLY_KIND_OVERLAP:
    case ASSEMBLY_KIND_MEAN_DIFFERENCE:
    case ASSEMBLY_KIND_CURVE_DIFFERENCE:
    case ASSEMBLY_KIND_INFORMATION_DIFFERENCE:
    case ASSEMBLY_KIND_COUNT:
    default:
        return 0;
    }
}

static bool is_plain(enum assembly_kind kind) {
    return kind <= ASSEMBLY_KIND_WORDS || kind == ASSEMBLY_KIND_ANCHOR;
}

static void add_plain(const struct building *b, size_t index) {
    const struct assembly_constraint *constraint = &b->problem->constraints[index];
    for (size_t part = 0; part < b->parts; part++) {
        for (size_t i = 0; i < b->problem->slot_count; i++)
            add_term(b->programme, variable_of(b, part, i), factor_of(b->problem, constraint, &b->problem->slots[i]));
        int64_t forms = forms_of(b, part);
        end_row(b->programme, times(constraint->range.min, forms), times(constraint->range.max, forms), false);
    }
}

static void add_point_terms(const struct building *b, const struct point *point, size_t part) {
    for (size_t i = 0; i < b->problem->slot_count; i++)
        add_term(b->programme, variable_of(b, part, i), point->values[b->problem->slots[i].item]);
}

static void add_point_bounds(const struct building *b, const struct point *point) {
    if (!in_force(b, point->constraint))
        return;
    for (size_t part = 0; part < b->parts; part++) {
        int64_t forms = forms_of(b, part) * point->unit, narrow = b->plan->narrow;
        int64_t min = times(point->target->range.min, forms), max = times(point->target->range.max, forms);
        add_point_terms(b, point, part);
        end_row(b->programme, min == ASSEMBLY_NO_MIN ? min : min + narrow, max == ASSEMBLY_NO_MAX ? max : max - narrow,
                true);
    }
}

static void add_enemies(const struct building *b) {
    const struct problem *problem = b->problem;
    for (size_t part = 0; part < b->parts; part++)
        for (size_t c = 0; c < problem->clique_count; c++) {
            const struct clique *clique = &problem->cliques[c];
            for (size_t k = 0; k < clique->count; k++)
                for (size_t s = problem->slots_of[clique->items[k]]; s < problem->slots_of[clique->items[k] + 1]; s++)
                    add_term(b->programme, variable_of(b, part, problem->slot_list[s]), 1);
            end_row(b->programme, ASSEMBLY_NO_MIN, forms_of(b, part), false);
        }
}

/* Σ of a stimulus' items lies within its range times whether it is used. */
static void add_stimuli(const struct building *b, bool items, bool count, const struct assembly_range *range,
                        const struct assembly_range *number) {
    const struct problem *problem = b->problem;
    for (size_t part = 0; part < b->parts; part++) {
        size_t at = b->stimulus_at + part * problem->stimulus_count;
        int64_t most = range->max != ASSEMBLY_NO_MAX && items ? range->max : problem->blueprint->items;
        int64_t least = range->min != ASSEMBLY_NO_MIN && items && range->min > 1 ? range->min : 1;
        for (size_t s = 0; s < problem->stimulus_count; s++)
            for (int upper = 0; upper < 2; upper++) {
                for (size_t i = 0; i < problem->slots_of[problem->pool->count]; i++) {
                    size_t slot = problem->slot_list[i];
                    if (problem->stimulus[problem->slots[slot].item] == s)
                        add_term(b->programme, variable_of(b, part, slot), 1);
                }
                add_term(b->programme, at + s, upper ? -most : -least);
                end_row(b->programme, upper ? ASSEMBLY_NO_MIN : 0, upper ? 0 : ASSEMBLY_NO_MAX, false);
            }
        if (!count)
            continue;
        for (size_t s = 0; s < problem->stimulus_count; s++)
            add_term(b->programme, at + s, 1);
        end_row(b->programme, times(number->min, forms_of(b, part)), times(number->max, forms_of(b, part)), false);
    }
}

static void add_shared(const struct building *b, const bool *shared, int64_t most) {
    for (size_t part = 0; part < b->parts; part++) {
        for (size_t i = 0; i < b->problem->slot_count; i++)
            if (shared[b->problem->slots[i].item])
                add_term(b->programme, variable_of(b, part, i), 1);
        end_row(b->programme, ASSEMBLY_NO_MIN, times(most, forms_of(b, part)), false);
    }
}

static void add_previous(const struct building *b, const struct assembly_previous *previous, bool *shared) {
    memset(shared, 0, b->problem->pool->count * sizeof *shared);
    for (size_t i = 0; i < previous->item_count; i++) {
        size_t item = assembly_pool_find(b->problem->pool, previous->items[i]);
        if (item != NO_INDEX)
            shared[item] = true;
    }
    add_shared(b, shared, previous->overlap_max);
}

/* ---- constraints between forms ---- */

/* In how many of the forms still to come each item may stand: in `still` or more when nothing binds it. */
static void set_caps(const struct building *b) {
    const struct problem *problem = b->problem;
    bool uses = kind_in_force(b, ASSEMBLY_KIND_USES), exposure = kind_in_force(b, ASSEMBLY_KIND_EXPOSURE);
    bool apart = kind_in_force(b, ASSEMBLY_KIND_OVERLAP) && problem->blueprint->overlap_max == 0;
    for (size_t i = 0; i < problem->pool->count; i++) {
        int64_t most = problem->blueprint->forms;
        if (uses && !problem->anchored[i])
            most = problem->blueprint->uses_max;
        if (apart && !problem->anchored[i])
            most = 1;
        if (exposure && problem->uses_left[i] < most)
            most = problem->uses_left[i];
        b->caps[i] = most > b->caps[i] ? most - b->caps[i] : 0;
        for (size_t part = 0; b->caps[i] == 0 && part < b->parts; part++)
            for (size_t s = problem->slots_of[i]; s < problem->slots_of[i + 1]; s++)
                b->programme->max[variable_of(b, part, problem->slot_list[s])] = 0;
    }
}

static void add_uses(const struct building *b) {
    const struct problem *problem = b->problem;
    int64_t still = (int64_t)b->plan->copies + b->plan->shadow;
    for (size_t i = 0; i < problem->pool->count; i++) {
        if (b->caps[i] == 0 || b->caps[i] >= still || problem->slots_of[i] == problem->slots_of[i + 1])
            continue;
        for (size_t part = 0; part < b->parts; part++)
            for (size_t s = problem->slots_of[i]; s < problem->slots_of[i + 1]; s++)
                add_term(b->programme, variable_of(b, part, problem->slot_list[s]), 1);
        end_row(b->programme, ASSEMBLY_NO_MIN, b->caps[i], false);
    }
}

/* An item stands once in a form, in whatever section. */
static void add_once(const struct building *b) {
    const struct problem *problem = b->problem;
    for (size_t i = 0; i < problem->pool->count; i++)
        for (size_t part = 0; problem->slots_of[i + 1] - problem->slots_of[i] > 1 && part < b->parts; part++) {
            for (size_t s = problem->slots_of[i]; s < problem->slots_of[i + 1]; s++)
                add_term(b->programme, variable_of(b, part, problem->slot_list[s]), 1);
            end_row(b->programme, ASSEMBLY_NO_MIN, forms_of(b, part), false);
        }
}

static void add_overlap_fixed(const struct building *b, bool *shared) {
    const struct problem *problem = b->problem;
    for (size_t f = 0; f < b->plan->fixed_count; f++) {
        memset(shared, 0, problem->pool->count * sizeof *shared);
        for (size_t k = 0; k < b->plan->fixed[f].count; k++) {
            size_t item = problem->slots[b->plan->fixed[f].slots[k]].item;
            shared[item] = !problem->anchored[item];
        }
        add_shared(b, shared, problem->blueprint->overlap_max);
    }
}

static size_t pair_count(size_t copies) {
    return copies * (copies - 1) / 2;
}

/* Both of two copies hold an item: a variable that is at least x + y - 1. */
static void add_overlap_copies(const struct building *b, size_t at) {
    const struct problem *problem = b->problem;
    size_t pair = 0;
    for (size_t f = 0; f < b->plan->copies; f++)
        for (size_t g = f + 1; g < b->plan->copies; g++, pair++) {
            size_t base = at + pair * problem->pool->count;
            for (size_t i = 0; i < problem->pool->count; i++) {
                if (problem->anchored[i] || problem->slots_of[i] == problem->slots_of[i + 1])
                    continue;
                for (size_t s = problem->slots_of[i]; s < problem->slots_of[i + 1]; s++) {
                    add_term(b->programme, variable_of(b, f, problem->slot_list[s]), 1);
                    add_term(b->programme, variable_of(b, g, problem->slot_list[s]), 1);
                }
                add_term(b->programme, base + i, -1);
                end_row(b->programme, ASSEMBLY_NO_MIN, 1, false);
            }
            for (size_t i = 0; i < problem->pool->count; i++)
                if (!problem->anchored[i] && problem->slots_of[i] < problem->slots_of[i + 1])
                    add_term(b->programme, base + i, 1);
            end_row(b->programme, ASSEMBLY_NO_MIN, problem->blueprint->overlap_max, false);
        }
}

static int64_t sum_of(const struct problem *problem, const struct point *point, const struct fixed_form *form) {
    int64_t sum = 0;
    for (size_t i = 0; i < form->count; i++)
        sum += point->values[problem->slots[form->slots[i]].item];
    return sum;
}

/* All forms lie between a level, which is free, and the level plus what they may differ. */
static void add_difference(const struct building *b, size_t index) {
    const struct point *point = &b->problem->points[index];
    size_t level = b->level_at + index;
    int64_t most = point->most_apart * point->unit, narrow = b->plan->narrow;
    for (size_t part = 0; part < b->parts; part++) {
        int64_t forms = forms_of(b, part);
        add_point_terms(b, point, part);
        add_term(b->programme, level, -forms * ASSEMBLY_NANO);
        end_row(b->programme, narrow, most * forms - narrow, true);
    }
    for (size_t f = 0; f < b->plan->fixed_count; f++) {
        int64_t sum = sum_of(b->problem, point, &b->plan->fixed[f]);
        add_term(b->programme, level, ASSEMBLY_NANO);
        end_row(b->programme, sum > most ? sum - most : 0, sum, true);
    }
}

/* ---- objectives ---- */

static void add_distance(const struct building *b) {
    for (size_t i = 0; i < b->problem->point_count; i++) {
        const struct point *point = &b->problem->points[i];
        for (size_t part = 0; point->pursued && part < b->parts; part++) {
            int64_t forms = forms_of(b, part), aim = point->aim * point->unit * forms;
            for (int side = -1; side <= 1; side += 2) {
                add_point_terms(b, point, part);
                add_term(b->programme, b->distance, side * forms * ASSEMBLY_NANO);
                end_row(b->programme, side > 0 ? aim : ASSEMBLY_NO_MIN, side > 0 ? ASSEMBLY_NO_MAX : aim, true);
            }
        }
    }
    b->programme->weights[b->distance] = ASSEMBLY_NANO;
    b->programme->decimal = true;
}

static void add_smallest(const struct building *b) {
    for (size_t i = 0; i < b->problem->point_count; i++) {
        const struct point *point = &b->problem->points[i];
        for (size_t part = 0; point->kind == ASSEMBLY_KIND_INFORMATION && part < b->parts; part++) {
            add_point_terms(b, point, part);
            add_term(b->programme, b->distance, -forms_of(b, part) * ASSEMBLY_NANO);
            end_row(b->programme, 0, ASSEMBLY_NO_MAX, true);
        }
    }
    b->programme->weights[b->distance] = ASSEMBLY_NANO;
    b->programme->decimal = b->programme->maximise = true;
}

static void add_goal(const struct building *b) {
    struct random_stream stream;
    switch (b->plan->goal) {
    case GOAL_NONE:
        break;
    case GOAL_LOT:
        random_stream_init(&stream, (uint64_t)b->problem->blueprint->seed + (b->plan->fixed_count << 32) + 1);
        for (size_t i = 0; i < b->plan->copies * b->problem->slot_count; i++)
            b->programme->weights[i] = (int64_t)random_stream_below(&stream, LOT_MAX);
        break;
    case GOAL_NEAREST:
        add_distance(b);
        break;
    case GOAL_INFORMATION:
        add_smallest(b);
        break;
    }
}

/* ---- the whole ---- */

static void add_between(const struct building *b, bool *shared, size_t overlap_at) {
    const struct assembly_blueprint *blueprint = b->problem->blueprint;
    bool overlap = kind_in_force(b, ASSEMBLY_KIND_OVERLAP);
    add_once(b);
    add_uses(b);
    if (overlap && blueprint->overlap_max > 0) {
        add_overlap_fixed(b, shared);
        if (b->plan->copies > 1)
            add_overlap_copies(b, overlap_at);
    }
    for (size_t i = 0; i < b->problem->point_count; i++)
        if (b->problem->points[i].most_apart != ASSEMBLY_UNKNOWN &&
            in_force(b, b->problem->points[i].difference_constraint))
            add_difference(b, i);
}

static void add_all(const struct building *b, bool *shared, size_t overlap_at) {
    const struct assembly_blueprint *blueprint = b->problem->blueprint;
    bool items = false, count = false;
    for (size_t i = 0; i < b->problem->constraint_count; i++) {
        const struct assembly_constraint *constraint = &b->problem->constraints[i];
        if (!in_force(b, i))
            continue;
        items |= constraint->kind == ASSEMBLY_KIND_STIMULUS_ITEMS;
        count |= constraint->kind == ASSEMBLY_KIND_STIMULUS_COUNT;
        if (is_plain(constraint->kind))
            add_plain(b, i);
        else if (constraint->kind == ASSEMBLY_KIND_ENEMIES)
            add_enemies(b);
        else if (constraint->kind == ASSEMBLY_KIND_PREVIOUS)
            add_previous(b, &blueprint->previous[constraint->index], shared);
    }
    for (size_t i = 0; i < b->problem->point_count; i++)
        add_point_bounds(b, &b->problem->points[i]);
    if (items || count)
        add_stimuli(b, items, count, &blueprint->stimulus_items, &blueprint->stimulus_count);
    add_between(b, shared, overlap_at);
    add_goal(b);
}

static bool make_variables(struct building *b, size_t overlap_at, size_t overlaps) {
    struct programme *programme = b->programme;
    size_t count = overlap_at + overlaps, slots = b->problem->slot_count;
    programme->variable_count = count;
    programme->max = calloc(count + 1, sizeof *programme->max);
    programme->whole = calloc(count + 1, sizeof *programme->whole);
    programme->weights = calloc(count + 1, sizeof *programme->weights);
    if (!programme->max || !programme->whole || !programme->weights)
        return false;
    for (size_t i = 0; i < count; i++)
        programme->max[i] = i >= b->level_at && i < overlap_at ? ASSEMBLY_NO_MAX : 1;
    for (size_t part = 0; part < b->parts; part++) {
        bool whole = part < b->plan->copies || b->plan->shadow_whole;
        for (size_t i = 0; i < slots; i++) {
            programme->max[variable_of(b, part, i)] = forms_of(b, part);
            programme->whole[variable_of(b, part, i)] = whole;
        }
        for (size_t i = 0; i < b->problem->stimulus_count; i++) {
            programme->max[b->stimulus_at + part * b->problem->stimulus_count + i] = forms_of(b, part);
            programme->whole[b->stimulus_at + part * b->problem->stimulus_count + i] = whole;
        }
    }
    return true;
}

enum err model_build(const struct problem *problem, const struct plan *plan, struct programme *ret_programme) {
    struct programme programme = {0};
    struct building b = {.problem = problem, .plan = plan, .programme = &programme, .active = plan->active};
    b.parts = plan->copies + (plan->shadow > 0);
    b.stimulus_at = b.parts * problem->slot_count;
    b.level_at = b.stimulus_at + b.parts * problem->stimulus_count;
    b.distance = b.level_at + problem->point_count;
    size_t overlap_at = b.distance + 1;
    bool pairs =
        plan->copies > 1 && problem->blueprint->overlap_max != ASSEMBLY_NO_MAX && problem->blueprint->overlap_max > 0;
    bool *shared = calloc(problem->pool->count + 1, sizeof *shared);
    b.caps = calloc(problem->pool->count + 1, sizeof *b.caps);
    programme.failed = !shared || !b.caps ||
                       !make_variables(&b, overlap_at, pairs ? pair_count(plan->copies) * problem->pool->count : 0);
    for (size_t f = 0; !programme.failed && f < plan->fixed_count; f++)
        for (size_t i = 0; i < plan->fixed[f].count; i++)
            b.caps[problem->slots[plan->fixed[f].slots[i]].item]++;
    if (!programme.failed) {
        set_caps(&b);
        add_all(&b, shared, overlap_at);
    }
    free(shared);
    free(b.caps);
    if (programme.failed) {
        programme_release(&programme);
        return ERR_MEMORY;
    }
    *ret_programme = programme;
    return ERR_NONE;
}
