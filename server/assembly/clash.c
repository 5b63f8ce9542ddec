#include "work.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/clock.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { QUESTION_MS = 5000, SEARCH_MS = 45000, KNOWN_MAX = 512, BLOCKS = 4, WHOLE_SHADOW_MAX = 500 };

static enum err keep(struct problem *problem, const size_t *list, size_t count, bool smallest) {
    struct assembly_result *result = problem->result;
    result->clash = ARENA_ARRAY(problem->arena, count + 1, size_t);
    if (!result->clash)
        return ERR_MEMORY;
    if (count > 0)
        memcpy(result->clash, list, count * sizeof *list);
    result->clash_count = count;
    result->clash_smallest = smallest;
    result->clash_irreducible = smallest;
    return ERR_NONE;
}

/* ---- by counting ---- */

struct capacity {
    int64_t items, by_uses, by_exposure, by_both;
    bool anchors;
};

static struct capacity count_capacity(const struct problem *problem, const struct assembly_constraint *constraint) {
    const struct assembly_blueprint *blueprint = problem->blueprint;
    struct capacity found = {0};
    size_t last = NO_INDEX;
    for (size_t k = 0; k < problem->slots_of[problem->pool->count]; k++) {
        const struct slot *slot = &problem->slots[problem->slot_list[k]];
        if (slot->item == last || (constraint->section != ASSEMBLY_NOWHERE && constraint->section != slot->section))
            continue;
        if (constraint->kind == ASSEMBLY_KIND_CELL &&
            !assembly_count_covers(assembly_constraint_count(blueprint, constraint), &problem->pool->items[slot->item]))
            continue;
        last = slot->item;
        int64_t uses = problem->anchored[slot->item] ? blueprint->forms : blueprint->uses_max;
        int64_t left =
            problem->uses_left[slot->item] < blueprint->forms ? problem->uses_left[slot->item] : blueprint->forms;
        found.items++;
        found.by_uses += uses;
        found.by_exposure += left;
        found.by_both += uses < left ? uses : left;
        found.anchors |= problem->anchored[slot->item];
    }
    return found;
}

static size_t find_kind(const struct problem *problem, enum assembly_kind kind) {
    for (size_t i = 0; i < problem->constraint_count; i++)
        if (problem->constraints[i].kind == kind)
            return i;
    return NO_INDEX;
}

/* Spread as evenly as can be, `total` uses of `items` items still make more pairs than the forms may share. */
static bool pairs_exceed(int64_t total, int64_t items, int64_t forms, int64_t overlap_max) {
    int64_t each = total / items, more = total % items;
    return items * (each * (each - 1) / 2) + more * each > overlap_max * (forms * (forms - 1) / 2);
}

/* The constraints that keep this one from being met, by counting alone; 0: counting does not show it. */
static size_t count_one(const struct problem *problem, size_t index, size_t list[3]) {
    const struct assembly_constraint *constraint = &problem->constraints[index];
    const struct assembly_blueprint *blueprint = problem->blueprint;
    size_t uses = find_kind(problem, ASSEMBLY_KIND_USES), exposure = find_kind(problem, ASSEMBLY_KIND_EXPOSURE);
    size_t overlap = find_kind(problem, ASSEMBLY_KIND_OVERLAP);
    int64_t need = constraint->range.min;
    list[0] = index;
    if (constraint->supply == ASSEMBLY_UNKNOWN || need == ASSEMBLY_NO_MIN)
        return 0;
    struct capacity found = count_capacity(problem, constraint);
    if (found.items < need)
        return 1;
    need *= blueprint->forms;
    list[1] = uses != NO_INDEX && found.by_uses < need           ? uses
              : exposure != NO_INDEX && found.by_exposure < need ? exposure
                                                                 : NO_INDEX;
    if (list[1] != NO_INDEX)
        return 2;
    list[1] = overlap;
    if (overlap != NO_INDEX && blueprint->overlap_max > 0 && !found.anchors && found.items > 0 &&
        pairs_exceed(need, found.items, blueprint->forms, blueprint->overlap_max))
        return 2;
    list[1] = uses;
    list[2] = exposure;
    return uses != NO_INDEX && exposure != NO_INDEX && found.by_both < need ? 3 : 0;
}

enum err clash_count(struct problem *problem) {
    size_t best[3] = {0}, best_count = 0;
    for (size_t i = 0; i < problem->constraint_count; i++) {
        size_t list[3], count = count_one(problem, i, list);
        /* of two that fall short, the narrower one says more */
        bool narrower =
            count > 0 && count == best_count && problem->constraints[i].supply < problem->constraints[best[0]].supply;
        if (count > 0 && (best_count == 0 || count < best_count || narrower)) {
            memcpy(best, list, sizeof best);
            best_count = count;
        }
    }
    return best_count > 0 ? keep(problem, best, best_count, best_count == 1) : ERR_NONE;
}

/* ---- by asking the solver ---- */

struct search {
    struct problem *problem;
    struct solver *solver;
    bool whole; /* all forms are asked about, else one and the shadow of the rest */
    int64_t until_us;
    struct constraint_set known[KNOWN_MAX]; /* sets that can be met */
    size_t known_count;
    bool over; /* the time is over: answers are no longer asked for */
    enum err err;
};

static struct constraint_set join(const struct constraint_set *a, const struct constraint_set *b) {
    struct constraint_set both = *a;
    for (size_t i = 0; i < sizeof both.words / sizeof both.words[0]; i++)
        both.words[i] |= b->words[i];
    return both;
}

static bool is_within(const struct constraint_set *small, const struct constraint_set *large) {
    for (size_t i = 0; i < sizeof small->words / sizeof small->words[0]; i++)
        if (small->words[i] & ~large->words[i])
            return false;
    return true;
}

/* Proven to clash. What is not proven in time counts as possible, which makes the set larger, never wrong. */
static bool clashes(struct search *search, const struct constraint_set *set) {
    const struct problem *problem = search->problem;
    for (size_t i = 0; i < search->known_count; i++)
        if (is_within(set, &search->known[i]))
            return false;
    search->over |= clock_mono_us() >= search->until_us || search->err != ERR_NONE;
    if (search->over)
        return false;
    int64_t forms = problem->blueprint->forms;
    struct plan plan = {.copies = search->whole ? (size_t)forms : 1,
                        .shadow = search->whole ? 0 : forms - 1,
                        .shadow_whole = problem->slot_count <= WHOLE_SHADOW_MAX,
                        .active = set,
                        .goal = GOAL_NONE};
    struct programme programme = {0};
    enum solver_outcome outcome = SOLVER_NOTHING;
    search->err = model_build(problem, &plan, &programme);
    if (search->err != ERR_NONE)
        return false;
    bool *taken CLEANUP(cleanup_free) = calloc(programme.variable_count + 1, sizeof *taken);
    search->err = taken ? solver_run(search->solver, &programme, QUESTION_MS, 0, true, taken, &outcome) : ERR_MEMORY;
    programme_release(&programme);
    search->over |= outcome == SOLVER_STOPPED;
    if (outcome == SOLVER_OPTIMAL || outcome == SOLVER_SOLUTION) {
        size_t place = search->known_count < KNOWN_MAX ? search->known_count++ : KNOWN_MAX - 1;
        search->known[place] = *set;
    }
    return outcome == SOLVER_INFEASIBLE;
}

/* Junker's QuickXplain: of list[first..first+count) those that clash with the background and none of which can be left
 * out, given that all of them do. `added`: the background has grown since it was last asked about. */
static struct constraint_set explain(struct search *search, const struct constraint_set *background, bool added,
                                     const size_t *list, size_t count) {
    struct constraint_set none = {0};
    if (added && clashes(search, background))
        return none;
    if (count == 1) {
        set_add(&none, list[0]);
        return none;
    }
    size_t half = count / 2;
    struct constraint_set left = {0}, with_left, with_right, from_left, from_right;
    for (size_t i = 0; i < half; i++)
        set_add(&left, list[i]);
    with_left = join(background, &left);
    from_right = explain(search, &with_left, true, list + half, count - half);
    with_right = join(background, &from_right);
    bool any = !is_within(&from_right, &none);
    from_left = explain(search, &with_right, any, list, half);
    return join(&from_left, &from_right);
}

/* Makes a set that can be met larger, so that it covers more of the sets still to be asked about. */
static void enlarge(struct search *search, const struct constraint_set *set) {
    struct constraint_set large = *set;
    size_t count = search->problem->constraint_count;
    for (size_t b = 0; b < BLOCKS; b++) {
        struct constraint_set block = {0}, both;
        for (size_t i = count * b / BLOCKS; i < count * (b + 1) / BLOCKS; i++)
            set_add(&block, i);
        both = join(&large, &block);
        if (!is_within(&both, &large) && !clashes(search, &both) && !search->over)
            large = both;
    }
}

/* Steps to the next choice of `size` out of `count`; false: there is none. */
static bool next_choice(size_t *choice, size_t size, size_t count) {
    size_t i = size;
    while (i > 0 && choice[i - 1] == count - size + i - 1)
        i--;
    if (i == 0)
        return false;
    choice[i - 1]++;
    for (; i < size; i++)
        choice[i] = choice[i - 1] + 1;
    return true;
}

/* A smaller set that clashes, in `list`; false: there is none, or the time is over. */
static bool find_smaller(struct search *search, size_t below, size_t *list, size_t *ret_count) {
    size_t count = search->problem->constraint_count;
    for (size_t size = 1; size < below; size++) {
        for (size_t i = 0; i < size; i++)
            list[i] = i;
        do {
            struct constraint_set set = {0};
            for (size_t i = 0; i < size; i++)
                set_add(&set, list[i]);
            size_t known = search->known_count;
            if (clashes(search, &set)) {
                *ret_count = size;
                return true;
            }
            if (search->known_count > known)
                enlarge(search, &set);
        } while (!search->over && next_choice(list, size, count));
    }
    return false;
}

/* How to ask: of the whole the answer must be that it clashes. */
static bool choose_question(struct search *search, size_t *list) {
    struct constraint_set all = {0};
    for (size_t i = 0; i < search->problem->constraint_count; i++) {
        list[i] = i;
        set_add(&all, i);
    }
    if (clashes(search, &all))
        return true;
    search->known_count = 0;
    search->whole = true;
    return search->problem->blueprint->forms > 1 && clashes(search, &all);
}

enum err clash_find(struct problem *problem, struct solver *solver) {
    struct search *search = ARENA_NEW(problem->arena, struct search);
    size_t *list = ARENA_ARRAY(problem->arena, problem->constraint_count + 1, size_t);
    if (!search || !list)
        return ERR_MEMORY;
    *search = (struct search){.problem = problem, .solver = solver, .until_us = clock_mono_us() + SEARCH_MS * 1000};
    size_t count = problem->result->clash_count;
    bool irreducible = false;
    if (count == 0) {
        struct constraint_set none = {0};
        if (!choose_question(search, list))
            return search->err;
        struct constraint_set found = explain(search, &none, false, list, problem->constraint_count);
        for (size_t i = 0; i < problem->constraint_count; i++)
            if (set_has(&found, i))
                list[count++] = i;
        irreducible = !search->over;
        enum err err = keep(problem, list, count, false);
        if (err != ERR_NONE)
            return err;
    } else {
        irreducible = true; /* counting needs each of them */
    }
    problem->result->clash_irreducible = irreducible;
    bool smaller = irreducible && find_smaller(search, count, list, &count);
    if (smaller)
        return keep(problem, list, count, true);
    problem->result->clash_smallest = irreducible && !search->over;
    return search->err;
}
