#include "rank_work.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

int64_t rank_tie_value(const struct rank_work *work, uint8_t key, uint32_t candidate) {
    const struct rank_key *k = &work->pack->keys[key];
    size_t row = (size_t)candidate * work->pack->component_count;
    const uint8_t *statuses = work->statuses + row;
    if (k->kind == RANK_KEY_EXEMPT)
        return statuses[k->quantity] == RANK_STATUS_EXEMPT;
    if (k->kind == RANK_KEY_CLASS) {
        uint8_t class = rank_class_pick(work->pack, work->inputs->candidates[candidate].classes);
        return class == RANK_NONE ? 0 : work->pack->classes[class].points;
    }
    int64_t value = RANK_WORK_NO_VALUE;
    if (!rank_quantity_value(work->pack, k->quantity, work->values + row, statuses, &value))
        return RANK_WORK_NO_VALUE;
    return value;
}

int rank_tie_compare(const struct rank_work *work, uint32_t a, uint32_t b, uint8_t *ret_key) {
    for (uint8_t i = 0; i + 1 < work->pack->key_count; i++) {
        const struct rank_key *key = &work->pack->keys[i];
        if (!rank_key_applies(work->pack, key))
            continue;
        int64_t of_a = rank_tie_value(work, i, a), of_b = rank_tie_value(work, i, b);
        if (of_a == of_b)
            continue;
        *ret_key = i;
        if (of_a == RANK_WORK_NO_VALUE || of_b == RANK_WORK_NO_VALUE)
            return of_b == RANK_WORK_NO_VALUE ? -1 : 1;
        return (of_a < of_b) == key->ascending ? -1 : 1;
    }
    *ret_key = RANK_NONE;
    return 0;
}

static int compare_chain(const void *a, const void *b, void *ctx) {
    const struct rank_work *work = ctx;
    const uint32_t *of_a = a, *of_b = b;
    uint8_t key;
    int order = rank_tie_compare(work, *of_a, *of_b, &key);
    return order ? order : strcmp(work->inputs->candidates[*of_a].roll, work->inputs->candidates[*of_b].roll);
}

void rank_tie_sort(const struct rank_work *work, uint32_t *members, uint32_t count) {
    qsort_r(members, count, sizeof *members, compare_chain, (void *)work);
}

static int compare_manual(const void *a, const void *b, void *ctx) {
    const struct rank_candidate *candidates = ((const struct rank_work *)ctx)->inputs->candidates;
    uint32_t of_a = candidates[*(const uint32_t *)a].manual, of_b = candidates[*(const uint32_t *)b].manual;
    return (of_a > of_b) - (of_a < of_b);
}

bool rank_tie_sort_manual(const struct rank_work *work, uint32_t *members, uint32_t count) {
    const struct rank_candidate *candidates = work->inputs->candidates;
    for (uint32_t i = 0; i < count; i++)
        if (candidates[members[i]].manual == 0 ||
            candidates[members[i]].manual_set != candidates[members[0]].manual_set)
            return false;
    qsort_r(members, count, sizeof *members, compare_manual, (void *)work);
    bool distinct = true;
    for (uint32_t i = 1; i < count; i++)
        distinct = distinct && candidates[members[i - 1]].manual != candidates[members[i]].manual;
    return distinct;
}

static void decide(const struct rank_work *work, uint32_t candidate, enum rank_reason reason, int64_t value,
                   int64_t bound, uint8_t key) {
    struct rank_decision *d = &work->decisions[candidate];
    d->reason = (uint8_t)reason;
    d->outcome = (uint8_t)rank_reason_outcome(reason);
    d->value = value;
    d->bound = bound;
    d->key = key;
}

static void decide_plain(const struct rank_work *work, const uint32_t *members, uint32_t from, uint32_t to,
                         enum rank_reason reason) {
    for (uint32_t i = from; i < to; i++)
        decide(work, members[i], reason, 0, 0, RANK_NONE);
}

/* The candidate was told apart by the chain from `rival`, who stands on the other side of the last seat. */
static void decide_by_chain(const struct rank_work *work, uint32_t candidate, uint32_t rival, bool won) {
    uint8_t key;
    (void)rank_tie_compare(work, candidate, rival, &key);
    decide(work, candidate, won ? RANK_BY_TIE_WON : RANK_BY_TIE_LOST, rank_tie_value(work, key, candidate),
           rank_tie_value(work, key, rival), key);
}

/* Those whom the chain cannot tell apart, members [from, to) with the last seat between them. */
static void cut_by_hand(const struct rank_work *work, uint32_t *members, uint32_t from, uint32_t to, uint32_t seats,
                        struct rank_post_result *post) {
    if (!rank_tie_sort_manual(work, members + from, to - from)) {
        decide_plain(work, members, from, to, RANK_BY_TIED_LAST_SEAT);
        post->unresolved++;
        return;
    }
    const struct rank_candidate *candidates = work->inputs->candidates;
    uint8_t key = (uint8_t)(work->pack->key_count - 1);
    for (uint32_t i = from; i < to; i++) {
        bool won = i < seats;
        uint32_t rival = members[won ? seats : seats - 1];
        decide(work, members[i], won ? RANK_BY_TIE_WON_MANUAL : RANK_BY_TIE_LOST_MANUAL, candidates[members[i]].manual,
               candidates[rival].manual, key);
    }
}

/* Equals of whom only the first `seats` (at least one, not all) get a place. */
static void cut_equals(const struct rank_work *work, const uint32_t *equals, uint32_t count, uint32_t seats,
                       struct rank_post_result *post) {
    uint32_t *members = work->equals;
    memcpy(members, equals, count * sizeof *members);
    rank_tie_sort(work, members, count);
    post->contested = true;
    for (uint32_t i = 0; i < count; i++)
        work->decisions[members[i]].compared = true;
    uint32_t from = seats, to = seats;
    uint8_t key;
    if (rank_tie_compare(work, members[seats - 1], members[seats], &key) == 0) {
        while (from > 0 && rank_tie_compare(work, members[from - 1], members[seats], &key) == 0)
            from--;
        while (to < count && rank_tie_compare(work, members[to], members[seats], &key) == 0)
            to++;
    }
    for (uint32_t i = 0; i < from; i++)
        decide_by_chain(work, members[i], members[seats], true);
    for (uint32_t i = to; i < count; i++)
        decide_by_chain(work, members[i], members[seats - 1], false);
    if (from < to)
        cut_by_hand(work, members, from, to, seats, post);
}

void rank_tie_cut(const struct rank_work *work, const uint32_t *members, uint32_t count, uint32_t seats,
                  struct rank_post_result *post) {
    if (count <= seats || seats == 0) {
        decide_plain(work, members, 0, count, seats == 0 ? RANK_BY_NO_SEATS : RANK_BY_WITHIN_QUOTA);
        return;
    }
    int64_t last = work->decisions[members[seats - 1]].total;
    uint32_t from = seats - 1, to = seats;
    while (from > 0 && work->decisions[members[from - 1]].total == last)
        from--;
    while (to < count && work->decisions[members[to]].total == last)
        to++;
    decide_plain(work, members, 0, from, RANK_BY_WITHIN_QUOTA);
    for (uint32_t i = to; i < count; i++)
        decide(work, members[i], RANK_BY_BELOW_LAST_SEAT, work->decisions[members[i]].total, last, RANK_NONE);
    if (to == seats)
        decide_plain(work, members, from, to, RANK_BY_WITHIN_QUOTA);
    else if (work->pack->admit_equals)
        decide_plain(work, members, from, to, RANK_BY_EQUAL_ADMITTED);
    else
        cut_equals(work, members + from, to - from, seats - from, post);
}
