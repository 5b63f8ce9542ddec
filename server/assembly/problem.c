#include "work.h"

#include "khoacu/base/random.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

size_t assembly_pool_find(const struct assembly_pool *pool, const char *code) {
    size_t low = 0, high = pool->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(pool->items[middle].code, code);
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NO_INDEX;
}

/* ---- which items may be drawn ---- */

static bool wants_facility(const struct problem *problem, const struct assembly_item *item) {
    return problem->blueprint->facility &&
           (item->facility == ASSEMBLY_UNKNOWN || assembly_item_curve(item, 0, ASSEMBLY_NANO) == ASSEMBLY_UNKNOWN);
}

/* The counter of why the item may not be drawn, or NULL: it may. */
static size_t *refusal(struct problem *problem, const bool *left_out, size_t index) {
    const struct assembly_blueprint *blueprint = problem->blueprint;
    const struct assembly_item *item = &problem->pool->items[index];
    struct assembly_result *result = problem->result;
    if (left_out[index])
        return &result->refused.left_out;
    if (problem->uses_left[index] <= 0)
        return &result->refused.exposed;
    if (wants_facility(problem, item))
        return &result->refused.no_facility;
    if (blueprint->information && !item->calibrated)
        return &result->refused.no_information;
    for (size_t i = 0; i < blueprint->section_count; i++)
        if (assembly_section_takes(&blueprint->sections[i], item))
            return NULL;
    return &result->refused.no_section;
}

static enum err choose_slots(struct problem *problem) {
    const struct assembly_blueprint *blueprint = problem->blueprint;
    size_t count = problem->pool->count;
    bool *left_out = ARENA_ARRAY(problem->arena, count + 1, bool);
    problem->slots = ARENA_ARRAY(problem->arena, count * blueprint->section_count + 1, struct slot);
    if (!left_out || !problem->slots)
        return ERR_MEMORY;
    for (size_t i = 0; i < blueprint->leave_out_count; i++) {
        size_t index = assembly_pool_find(problem->pool, blueprint->leave_out[i]);
        if (index != NO_INDEX)
            left_out[index] = true;
    }
    for (size_t i = 0; i < count; i++) {
        size_t *counter = refusal(problem, left_out, i);
        if (counter) {
            ++*counter;
            continue;
        }
        problem->result->drawable++;
        for (size_t k = 0; k < blueprint->section_count; k++)
            if (assembly_section_takes(&blueprint->sections[k], &problem->pool->items[i]))
                problem->slots[problem->slot_count++] = (struct slot){.item = i, .section = k};
    }
    return ERR_NONE;
}

/* The solver meets the slots in this order, and among equal solutions tends to the first. */
static void shuffle_slots(struct problem *problem) {
    struct random_stream stream;
    random_stream_init(&stream, (uint64_t)problem->blueprint->seed);
    for (size_t i = problem->slot_count; i > 1; i--) {
        size_t k = (size_t)random_stream_below(&stream, i);
        struct slot slot = problem->slots[i - 1];
        problem->slots[i - 1] = problem->slots[k];
        problem->slots[k] = slot;
    }
}

static enum err index_slots(struct problem *problem) {
    size_t count = problem->pool->count;
    problem->slots_of = ARENA_ARRAY(problem->arena, count + 2, size_t);
    problem->slot_list = ARENA_ARRAY(problem->arena, problem->slot_count + 1, size_t);
    if (!problem->slots_of || !problem->slot_list)
        return ERR_MEMORY;
    for (size_t i = 0; i < problem->slot_count; i++)
        problem->slots_of[problem->slots[i].item + 2]++;
    for (size_t i = 2; i < count + 2; i++)
        problem->slots_of[i] += problem->slots_of[i - 1];
    for (size_t i = 0; i < problem->slot_count; i++)
        problem->slot_list[problem->slots_of[problem->slots[i].item + 1]++] = i;
    return ERR_NONE;
}

/* ---- what is fixed ---- */

static enum err set_uses(struct problem *problem) {
    const struct assembly_blueprint *blueprint = problem->blueprint;
    problem->uses_left = ARENA_ARRAY(problem->arena, problem->pool->count + 1, int64_t);
    problem->anchored = ARENA_ARRAY(problem->arena, problem->pool->count + 1, bool);
    if (!problem->uses_left || !problem->anchored)
        return ERR_MEMORY;
    for (size_t i = 0; i < problem->pool->count; i++)
        problem->uses_left[i] = blueprint->exposure_max == ASSEMBLY_NO_MAX
                                    ? blueprint->forms
                                    : blueprint->exposure_max - problem->pool->items[i].exposure;
    return ERR_NONE;
}

static bool find_slot(const struct problem *problem, size_t item, size_t section) {
    for (size_t i = problem->slots_of[item]; i < problem->slots_of[item + 1]; i++)
        if (problem->slots[problem->slot_list[i]].section == section)
            return true;
    return false;
}

/* False: an anchor that is not there or may not stand in its section. */
static bool find_anchors(struct problem *problem) {
    const struct assembly_blueprint *blueprint = problem->blueprint;
    for (size_t i = 0; i < blueprint->anchor_count; i++) {
        size_t item = assembly_pool_find(problem->pool, blueprint->anchors[i].item);
        if (item == NO_INDEX || !find_slot(problem, item, blueprint->anchors[i].section)) {
            problem->result->unknown_item = blueprint->anchors[i].item;
            return false;
        }
        problem->anchored[item] = true;
    }
    return true;
}

struct named {
    const char *name;
    size_t item;
};

static int by_name(const void *a, const void *b) {
    const struct named *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order ? order : (x->item > y->item) - (x->item < y->item);
}

static enum err find_stimuli(struct problem *problem) {
    size_t count = problem->pool->count, named_count = 0;
    struct named *list = ARENA_ARRAY(problem->arena, count + 1, struct named);
    problem->stimulus = ARENA_ARRAY(problem->arena, count + 1, size_t);
    if (!list || !problem->stimulus)
        return ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        problem->stimulus[i] = NO_INDEX;
        if (problem->pool->items[i].stimulus)
            list[named_count++] = (struct named){problem->pool->items[i].stimulus, i};
    }
    if (named_count > 1)
        qsort(list, named_count, sizeof *list, by_name);
    for (size_t i = 0; i < named_count; i++) {
        if (i == 0 || strcmp(list[i].name, list[i - 1].name) != 0)
            problem->stimulus_count++;
        problem->stimulus[list[i].item] = problem->stimulus_count - 1;
    }
    return ERR_NONE;
}

/* ---- points ---- */

static size_t find_constraint(const struct problem *problem, enum assembly_kind kind, size_t index) {
    for (size_t i = 0; i < problem->constraint_count; i++)
        if (problem->constraints[i].kind == kind && problem->constraints[i].index == index)
            return i;
    return NO_INDEX;
}

static int64_t value_at(const struct problem *problem, const struct point *point, size_t item) {
    const struct assembly_item *fact = &problem->pool->items[item];
    int64_t scale = problem->blueprint->scale, theta = point->target->theta;
    int64_t value = point->kind == ASSEMBLY_KIND_MEAN    ? fact->facility
                    : point->kind == ASSEMBLY_KIND_CURVE ? assembly_item_curve(fact, theta, scale)
                                                         : assembly_item_information(fact, theta, scale);
    return value == ASSEMBLY_UNKNOWN ? 0 : value; /* such an item has no slot */
}

static enum err add_point(struct problem *problem, enum assembly_kind kind, enum assembly_kind difference, size_t index,
                          const struct assembly_target *target, int64_t most_apart) {
    struct point *point = &problem->points[problem->point_count++];
    *point = (struct point){
        .kind = kind, .target = target, .pursued = target->pursued, .aim = target->target, .most_apart = most_apart};
    point->unit = kind == ASSEMBLY_KIND_INFORMATION ? 1 : problem->blueprint->items;
    point->constraint = find_constraint(problem, kind, index);
    point->difference_constraint = find_constraint(problem, difference, index);
    point->values = ARENA_ARRAY(problem->arena, problem->pool->count + 1, int64_t);
    if (!point->values)
        return ERR_MEMORY;
    for (size_t i = 0; i < problem->pool->count; i++)
        if (problem->slots_of[i] < problem->slots_of[i + 1])
            point->values[i] = value_at(problem, point, i);
    return ERR_NONE;
}

static enum err set_points(struct problem *problem) {
    const struct assembly_blueprint *blueprint = problem->blueprint;
    enum err err = ERR_NONE;
    if (blueprint->facility)
        err = add_point(problem, ASSEMBLY_KIND_MEAN, ASSEMBLY_KIND_MEAN_DIFFERENCE, ASSEMBLY_NOWHERE,
                        &blueprint->mean_target, blueprint->facility_difference);
    for (size_t i = 0; err == ERR_NONE && i < blueprint->curve_count; i++)
        err = add_point(problem, ASSEMBLY_KIND_CURVE, ASSEMBLY_KIND_CURVE_DIFFERENCE, i, &blueprint->curve[i],
                        blueprint->facility_difference);
    for (size_t i = 0; err == ERR_NONE && i < blueprint->point_count; i++)
        err = add_point(problem, ASSEMBLY_KIND_INFORMATION, ASSEMBLY_KIND_INFORMATION_DIFFERENCE, i,
                        &blueprint->points[i], blueprint->information_difference);
    return err;
}

/* How many of the drawable items there are for each constraint that counts items. */
static void set_supplies(struct problem *problem) {
    for (size_t i = 0; i < problem->constraint_count; i++) {
        struct assembly_constraint *constraint = &problem->constraints[i];
        bool all = constraint->kind == ASSEMBLY_KIND_ITEMS || constraint->kind == ASSEMBLY_KIND_SECTION_ITEMS;
        if (!all && constraint->kind != ASSEMBLY_KIND_CELL)
            continue;
        constraint->supply = 0;
        size_t last = NO_INDEX;
        for (size_t k = 0; k < problem->slots_of[problem->pool->count]; k++) {
            const struct slot *slot = &problem->slots[problem->slot_list[k]];
            if (slot->item == last || (constraint->section != ASSEMBLY_NOWHERE && constraint->section != slot->section))
                continue;
            if (!all && !assembly_count_covers(assembly_constraint_count(problem->blueprint, constraint),
                                               &problem->pool->items[slot->item]))
                continue;
            last = slot->item;
            constraint->supply++;
        }
    }
}

enum err problem_prepare(struct problem *problem, enum assembly_verdict *ret_verdict) {
    struct assembly_result *result = problem->result;
    result->pool_count = problem->pool->count;
    enum err err = set_uses(problem);
    if (err == ERR_NONE)
        err = choose_slots(problem);
    if (err != ERR_NONE)
        return err;
    shuffle_slots(problem);
    err = index_slots(problem);
    if (err == ERR_NONE)
        err = find_stimuli(problem);
    if (err == ERR_NONE)
        err = problem_find_enemies(problem);
    if (err == ERR_NONE)
        err = assembly_constraints_list(problem->arena, problem->blueprint, problem->clique_count > 0,
                                        &result->constraints, &result->constraint_count);
    if (err != ERR_NONE)
        return err;
    problem->constraints = result->constraints;
    problem->constraint_count = result->constraint_count;
    *ret_verdict = find_anchors(problem) ? ASSEMBLY_ASSEMBLED : ASSEMBLY_UNKNOWN_ITEM;
    set_supplies(problem);
    return *ret_verdict == ASSEMBLY_ASSEMBLED ? set_points(problem) : ERR_NONE;
}
