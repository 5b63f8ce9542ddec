#include "result_private.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* Decisions of people that stand in a table, as a result file keeps them. */

static int compare_recorded(const void *a, const void *b) {
    const struct result_recorded *x = a, *y = b;
    if (x->decision != y->decision)
        return x->decision < y->decision ? -1 : 1;
    return x->place == y->place ? 0 : x->place < y->place ? -1 : 1;
}

static const char *reason_of(const struct result_recorded *rows, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (*rows[i].reason)
            return rows[i].reason;
    return "khoacu rank";
}

enum err result_recorded_orders(struct arena *arena, struct result_field *field, struct result_recorded *rows, size_t count,
                                const struct result_recorded **ret_twice) {
    *ret_twice = NULL;
    if (count > 0)
        qsort(rows, count, sizeof *rows, compare_recorded);
    for (size_t i = 1; i < count; i++)
        if (compare_recorded(&rows[i - 1], &rows[i]) == 0) {
            *ret_twice = &rows[i];
            return ERR_NONE;
        }
    field->ties = ARENA_ARRAY(arena, count, struct result_tie);
    field->tie_count = 0;
    for (size_t from = 0, to; from < count && field->ties; from = to) {
        for (to = from; to < count && rows[to].decision == rows[from].decision; to++)
            ;
        struct result_tie *tie = &field->ties[field->tie_count++];
        *tie = (struct result_tie){.number = rows[from].decision, .reason = reason_of(rows + from, to - from), .count = to - from,
                                   .order = ARENA_ARRAY(arena, to - from, const char *)};
        for (size_t i = from; i < to && tie->order; i++)
            tie->order[i - from] = rows[i].roll;
    }
    const char *roll = NULL;
    if (arena->failed)
        return ERR_MEMORY;
    return result_field_apply_ties(field, &roll) ? ERR_NONE : ERR_STATE;
}
