#include "rank_work.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define RADIX_BITS 11
#define RADIX_SIZE (1u << RADIX_BITS)

struct entry {
    uint64_t key; /* post, then how far below the best total */
    uint32_t candidate;
};

static int bits_of(uint64_t value) {
    int bits = 0;
    for (; value; value >>= 1)
        bits++;
    return bits;
}

/* Stable sort by key, least significant digits first. Returns where the result is. */
static struct entry *radix_sort(struct entry *entries, struct entry *spare, uint32_t count, int bits) {
    for (int shift = 0; shift < bits; shift += RADIX_BITS) {
        uint32_t start[RADIX_SIZE] = {0};
        for (uint32_t i = 0; i < count; i++)
            start[entries[i].key >> shift & (RADIX_SIZE - 1)]++;
        for (uint32_t digit = 0, sum = 0; digit < RADIX_SIZE; digit++) {
            uint32_t here = start[digit];
            start[digit] = sum;
            sum += here;
        }
        for (uint32_t i = 0; i < count; i++)
            spare[start[entries[i].key >> shift & (RADIX_SIZE - 1)]++] = entries[i];
        struct entry *swap = entries;
        entries = spare;
        spare = swap;
    }
    return entries;
}

static int compare_rolls(const void *a, const void *b, void *ctx) {
    const struct rank_candidate *candidates = ((const struct rank_inputs *)ctx)->candidates;
    return strcmp(candidates[*(const uint32_t *)a].roll, candidates[*(const uint32_t *)b].roll);
}

/* Fills work->order with those who passed: by post, best total first, equals by roll number. */
static enum err sort_passed(struct rank_work *work) {
    const struct rank_inputs *in = work->inputs;
    int64_t best = INT64_MIN, worst = INT64_MAX;
    for (uint32_t i = 0; i < in->candidate_count; i++) {
        const struct rank_decision *d = &work->decisions[i];
        if (d->passed) {
            work->order_count++;
            best = d->total > best ? d->total : best;
            worst = d->total < worst ? d->total : worst;
        }
    }
    size_t room = work->order_count ? work->order_count : 1;
    struct entry *entries = malloc(room * 2 * sizeof *entries);
    work->order = malloc(room * sizeof *work->order);
    if (!entries || !work->order) {
        free(entries);
        return ERR_MEMORY;
    }
    uint64_t span = work->order_count ? (uint64_t)(best - worst) + 1 : 1;
    uint32_t count = 0;
    for (uint32_t i = 0; i < in->candidate_count; i++)
        if (work->decisions[i].passed)
            entries[count++] = (struct entry){
                .key = in->candidates[i].post * span + (uint64_t)(best - work->decisions[i].total), .candidate = i};
    struct entry *sorted = radix_sort(entries, entries + room, count, bits_of((in->post_count + (uint64_t)1) * span));
    for (uint32_t from = 0, to; from < count; from = to) {
        for (to = from; to < count && sorted[to].key == sorted[from].key; to++)
            work->order[to] = sorted[to].candidate;
        if (to - from > 1)
            qsort_r(work->order + from, to - from, sizeof *work->order, compare_rolls, (void *)in);
    }
    free(entries);
    return ERR_NONE;
}

/* Those of a post whom no seat is left for, in the order of their totals; equals share a place. */
static void list_reserve(const struct rank_work *work, const uint32_t *members, uint32_t count) {
    uint32_t waiting = 0, place = 0;
    int64_t total = 0;
    for (uint32_t i = 0; i < count && work->pack->reserve_size != 0; i++) {
        struct rank_decision *d = &work->decisions[members[i]];
        if (d->outcome != RANK_NOT_SELECTED)
            continue;
        place = waiting > 0 && d->total == total ? place : waiting + 1;
        total = d->total;
        waiting++;
        if (work->pack->reserve_size < 0 || place <= (uint32_t)work->pack->reserve_size)
            d->reserve = place;
    }
}

/* Places and seats, post by post. */
static void decide_posts(struct rank_work *work) {
    const struct rank_inputs *in = work->inputs;
    for (uint32_t from = 0, to; from < work->order_count; from = to) {
        uint32_t post = in->candidates[work->order[from]].post;
        for (to = from; to < work->order_count && in->candidates[work->order[to]].post == post; to++) {
            struct rank_decision *d = &work->decisions[work->order[to]];
            const struct rank_decision *above = to > from ? &work->decisions[work->order[to - 1]] : NULL;
            d->place = above && above->total == d->total ? above->place : to - from + 1;
        }
        rank_allocate_post(work, post, work->order + from, to - from);
        list_reserve(work, work->order + from, to - from);
    }
}

static void count_all(const struct rank_work *work, struct rank_result *result) {
    const struct rank_inputs *in = work->inputs;
    for (uint32_t i = 0; i < in->candidate_count; i++) {
        const struct rank_decision *d = &work->decisions[i];
        struct rank_post_result *post = &work->posts[in->candidates[i].post];
        result->outcomes[d->outcome]++;
        post->candidates++;
        post->passed += d->passed;
        post->selected += d->outcome == RANK_SELECTED;
        post->tied += d->outcome == RANK_TIED;
    }
    for (uint32_t i = 0; i < in->post_count; i++) {
        const struct rank_seat *seats = &in->seats[in->posts[i].first_seat];
        for (uint32_t k = 0; k < in->posts[i].seat_count; k++)
            work->posts[i].seats += (uint32_t)seats[k].quota;
        result->unresolved += work->posts[i].unresolved;
    }
}

static enum err decide_all(struct rank_work *work, struct rank_misfit *misfit) {
    const struct rank_inputs *in = work->inputs;
    enum err err = rank_judge(work, misfit);
    if (err == ERR_NONE)
        err = sort_passed(work);
    if (err != ERR_NONE)
        return err;
    uint32_t seats_max = 1;
    for (uint32_t i = 0; i < in->post_count; i++)
        seats_max = in->posts[i].seat_count > seats_max ? in->posts[i].seat_count : seats_max;
    size_t passed = work->order_count ? work->order_count : 1;
    uint32_t *room = calloc(passed * 3 + (size_t)seats_max * 4, sizeof *room);
    if (!room)
        return ERR_MEMORY;
    work->equals = room;
    work->contenders = room + passed;
    work->seatless = room + passed * 2;
    work->left = (int32_t *)(room + passed * 3);
    work->before = work->left + seats_max;
    work->wanted = work->before + seats_max;
    work->taker = (uint32_t *)(work->wanted + seats_max);
    decide_posts(work);
    free(room);
    for (uint32_t i = 0; i < in->candidate_count; i++)
        if (in->candidates[i].stated && work->decisions[i].compared)
            return rank_refuse(misfit, 0, "withheld-in-tie", "candidates[%s].results", in->candidates[i].roll);
    return ERR_NONE;
}

enum err rank_work_open(struct rank_work *work, const struct rank_inputs *inputs, struct rank_misfit *ret_misfit) {
    *work = (struct rank_work){.inputs = inputs, .pack = inputs->pack, .values = inputs->values, .statuses = inputs->statuses};
    for (uint8_t i = 0; i < work->pack->gate_count; i++) {
        work->gate_applies[i] = rank_gate_applies(work->pack, &work->pack->gates[i]);
        work->gate_bounds[i] = rank_gate_bound(work->pack, &work->pack->gates[i]);
    }
    for (uint8_t i = 0; i < work->pack->formula_count; i++)
        work->formula_may_lack[i] = rank_formula_may_lack(work->pack, &work->pack->formulas[i]);
    work->decisions = malloc((inputs->candidate_count + (size_t)1) * sizeof *work->decisions);
    work->posts = calloc(inputs->post_count + (size_t)1, sizeof *work->posts);
    return work->decisions && work->posts ? rank_derive(work, ret_misfit) : ERR_MEMORY;
}

void rank_work_close(struct rank_work *work) {
    free(work->decisions);
    free(work->posts);
    free(work->order);
    free(work->own_values);
    free(work->own_statuses);
}

enum err rank_run(const struct rank_inputs *inputs, struct rank_result *ret_result, struct rank_misfit *ret_misfit) {
    struct rank_misfit misfit = {0};
    struct rank_work work = {0};
    enum err err = rank_check_shape(inputs, &misfit);
    if (err == ERR_NONE)
        err = rank_work_open(&work, inputs, &misfit);
    if (err == ERR_NONE)
        err = decide_all(&work, &misfit);
    if (err != ERR_NONE) {
        rank_work_close(&work);
        if (ret_misfit)
            *ret_misfit = misfit;
        return err;
    }
    struct rank_result result = {.decisions = work.decisions,
                                 .order = work.order,
                                 .order_count = work.order_count,
                                 .posts = work.posts,
                                 .values = work.own_values,
                                 .statuses = work.own_statuses};
    count_all(&work, &result);
    *ret_result = result;
    return ERR_NONE;
}

void rank_result_release(struct rank_result *result) {
    free(result->decisions);
    free(result->order);
    free(result->posts);
    free(result->values);
    free(result->statuses);
    *result = (struct rank_result){0};
}
