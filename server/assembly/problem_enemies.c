#include "work.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

struct pair {
    size_t low, high;
};
struct grouped {
    const char *group;
    size_t item;
};

static bool drawable(const struct problem *problem, size_t item) {
    return problem->slots_of[item] < problem->slots_of[item + 1];
}

static int by_pair(const void *a, const void *b) {
    const struct pair *x = a, *y = b;
    if (x->low != y->low)
        return x->low < y->low ? -1 : 1;
    return (x->high > y->high) - (x->high < y->high);
}

static int by_group(const void *a, const void *b) {
    const struct grouped *x = a, *y = b;
    int order = strcmp(x->group, y->group);
    return order ? order : (x->item > y->item) - (x->item < y->item);
}

static enum err collect_pairs(struct problem *problem, struct pair **ret_pairs, size_t *ret_count) {
    size_t most = 0, count = 0, kept = 0;
    for (size_t i = 0; i < problem->pool->count; i++)
        most += drawable(problem, i) ? problem->pool->items[i].enemy_count : 0;
    struct pair *pairs = ARENA_ARRAY(problem->arena, most + 1, struct pair);
    if (!pairs)
        return ERR_MEMORY;
    for (size_t i = 0; i < problem->pool->count; i++)
        for (size_t k = 0; drawable(problem, i) && k < problem->pool->items[i].enemy_count; k++) {
            size_t other = assembly_pool_find(problem->pool, problem->pool->items[i].enemies[k]);
            if (other != NO_INDEX && other != i && drawable(problem, other))
                pairs[count++] = (struct pair){i < other ? i : other, i < other ? other : i};
        }
    if (count > 1)
        qsort(pairs, count, sizeof *pairs, by_pair);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || by_pair(&pairs[i - 1], &pairs[i]) != 0)
            pairs[kept++] = pairs[i];
    *ret_pairs = pairs;
    *ret_count = kept;
    return ERR_NONE;
}

static enum err collect_groups(struct problem *problem, struct grouped **ret_list, size_t *ret_count) {
    struct grouped *list = ARENA_ARRAY(problem->arena, problem->pool->count + 1, struct grouped);
    size_t count = 0;
    if (!list)
        return ERR_MEMORY;
    for (size_t i = 0; i < problem->pool->count; i++)
        if (drawable(problem, i) && problem->pool->items[i].enemy_group)
            list[count++] = (struct grouped){problem->pool->items[i].enemy_group, i};
    if (count > 1)
        qsort(list, count, sizeof *list, by_group);
    *ret_list = list;
    *ret_count = count;
    return ERR_NONE;
}

static enum err add_clique(struct problem *problem, size_t count, size_t **ret_items) {
    struct clique *clique = &problem->cliques[problem->clique_count++];
    clique->items = *ret_items = ARENA_ARRAY(problem->arena, count, size_t);
    clique->count = count;
    return clique->items ? ERR_NONE : ERR_MEMORY;
}

/* Which cliques an item is in, for the exchange of items. */
static enum err index_cliques(struct problem *problem) {
    size_t total = 0, count = problem->pool->count;
    problem->cliques_of = ARENA_ARRAY(problem->arena, count + 2, size_t);
    if (!problem->cliques_of)
        return ERR_MEMORY;
    for (size_t i = 0; i < problem->clique_count; i++)
        for (size_t k = 0; k < problem->cliques[i].count; k++, total++)
            problem->cliques_of[problem->cliques[i].items[k] + 2]++;
    for (size_t i = 2; i < count + 2; i++)
        problem->cliques_of[i] += problem->cliques_of[i - 1];
    problem->clique_list = ARENA_ARRAY(problem->arena, total + 1, size_t);
    if (!problem->clique_list)
        return ERR_MEMORY;
    for (size_t i = 0; i < problem->clique_count; i++)
        for (size_t k = 0; k < problem->cliques[i].count; k++)
            problem->clique_list[problem->cliques_of[problem->cliques[i].items[k] + 1]++] = i;
    return ERR_NONE;
}

enum err problem_find_enemies(struct problem *problem) {
    struct pair *pairs = NULL;
    struct grouped *grouped = NULL;
    size_t pair_count = 0, grouped_count = 0;
    size_t *items = NULL;
    enum err err = collect_pairs(problem, &pairs, &pair_count);
    if (err == ERR_NONE)
        err = collect_groups(problem, &grouped, &grouped_count);
    if (err != ERR_NONE)
        return err;
    problem->cliques = ARENA_ARRAY(problem->arena, pair_count + grouped_count + 1, struct clique);
    if (!problem->cliques)
        return ERR_MEMORY;
    for (size_t i = 0; i < pair_count && err == ERR_NONE; i++) {
        err = add_clique(problem, 2, &items);
        if (err == ERR_NONE) {
            items[0] = pairs[i].low;
            items[1] = pairs[i].high;
        }
    }
    for (size_t i = 0, end; i < grouped_count && err == ERR_NONE; i = end) {
        for (end = i + 1; end < grouped_count && strcmp(grouped[i].group, grouped[end].group) == 0;)
            end++;
        if (end - i < 2)
            continue;
        err = add_clique(problem, end - i, &items);
        for (size_t k = i; k < end && err == ERR_NONE; k++)
            items[k - i] = grouped[k].item;
    }
    return err == ERR_NONE ? index_cliques(problem) : err;
}
