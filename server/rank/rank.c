#include "rank_work.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define RADIX_BITS 11
#define RADIX_SIZE (1u << RADIX_BITS)

void rank_work_bind(struct rank_work *work, const struct rank_inputs *inputs) {
    work->inputs = inputs;
    work->pack = inputs->pack;
    for (uint8_t i = 0; i < work->pack->gate_count; i++) {
        work->gate_applies[i] = rank_gate_applies(work->pack, &work->pack->gates[i]);
        work->gate_bounds[i] = rank_gate_bound(work->pack, &work->pack->gates[i]);
    }
}

static enum rank_reason reason_of_status(uint8_t status) {
    return status == RANK_STATUS_ABSENT ? RANK_BY_ABSENT
                                        : (status == RANK_STATUS_SUSPENDED ? RANK_BY_SUSPENDED : RANK_BY_VOID);
}

/* The components of a stage. ERR_RANGE: one that must be there is missing. */
static enum err judge_parts(const struct rank_work *work, uint32_t candidate, uint8_t stage, struct rank_decision *d,
                            struct rank_misfit *misfit) {
    const struct rank_pack *pack = work->pack;
    const uint8_t *statuses = work->inputs->statuses + (size_t)candidate * pack->component_count;
    for (uint8_t i = 0; i < pack->component_count; i++) {
        if (pack->components[i].stage != stage || pack->components[i].max == 0 || statuses[i] == RANK_STATUS_VALUE ||
            statuses[i] == RANK_STATUS_EXEMPT)
            continue;
        if (statuses[i] == RANK_STATUS_NONE)
            return rank_refuse(misfit, 0, "missing", "candidates[%s].results.%s",
                               work->inputs->candidates[candidate].roll, pack->components[i].code);
        d->reason = (uint8_t)reason_of_status(statuses[i]);
        d->outcome = (uint8_t)rank_reason_outcome(d->reason);
        d->row = i;
        return ERR_NONE;
    }
    return ERR_NONE;
}

/* The gates of a stage; one whose quantity has no value, because its component was exempted, falls away. */
static void judge_gates(const struct rank_work *work, uint32_t candidate, uint8_t stage, struct rank_decision *d) {
    const struct rank_pack *pack = work->pack;
    size_t row = (size_t)candidate * pack->component_count;
    for (uint8_t i = 0; i < pack->gate_count; i++) {
        const struct rank_gate *gate = &pack->gates[i];
        int64_t value = 0, bound = work->gate_bounds[i];
        if (gate->stage != stage || !work->gate_applies[i] ||
            !rank_quantity_value(pack, gate->quantity, work->inputs->values + row, work->inputs->statuses + row,
                                 &value) ||
            (gate->op == RANK_OP_GE ? value >= bound : value > bound))
            continue;
        d->reason = RANK_BY_GATE;
        d->outcome = RANK_FAILED;
        d->row = i;
        d->value = value;
        d->bound = bound;
        return;
    }
}

enum err rank_judge(const struct rank_work *work, uint32_t candidate, struct rank_decision *ret_decision,
                    struct rank_misfit *ret_misfit) {
    const struct rank_pack *pack = work->pack;
    struct rank_decision d = {.agency = RANK_NO_AGENCY,
                              .outcome = RANK_SELECTED, /* until something speaks against it */
                              .row = RANK_NONE,
                              .key = RANK_NONE,
                              .choice_key = RANK_NONE,
                              .class_used = RANK_NONE};
    const struct rank_candidate *c = &work->inputs->candidates[candidate];
    if (c->stated) {
        d.total = c->stated_total;
        d.passed = true;
        *ret_decision = d;
        return ERR_NONE;
    }
    for (uint8_t stage = 0; stage < pack->stage_count && d.outcome == RANK_SELECTED; stage++) {
        enum err err = judge_parts(work, candidate, stage, &d, ret_misfit);
        if (err != ERR_NONE)
            return err;
        if (d.outcome == RANK_SELECTED)
            judge_gates(work, candidate, stage, &d);
    }
    if (d.outcome == RANK_SELECTED) {
        size_t row = (size_t)candidate * pack->component_count;
        if (!rank_quantity_value(pack, pack->rank_quantity, work->inputs->values + row, work->inputs->statuses + row,
                                 &d.raw))
            return rank_refuse(ret_misfit, 0, "no-value-to-rank", "candidates[%s].results", c->roll);
        if (pack->plus_priority)
            d.class_used = rank_class_pick(pack, c->classes);
        if (d.class_used != RANK_NONE)
            d.priority = pack->classes[d.class_used].points;
        d.total = d.raw + d.priority;
        d.passed = true;
    }
    *ret_decision = d;
    return ERR_NONE;
}

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
    struct entry *sorted = radix_sort(entries, entries + room, count, bits_of((in->post_count + 1) * span));
    for (uint32_t from = 0, to; from < count; from = to) {
        for (to = from; to < count && sorted[to].key == sorted[from].key; to++)
            work->order[to] = sorted[to].candidate;
        if (to - from > 1)
            qsort_r(work->order + from, to - from, sizeof *work->order, compare_rolls, (void *)in);
    }
    free(entries);
    return ERR_NONE;
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
    enum err err = ERR_NONE;
    for (uint32_t i = 0; i < in->candidate_count && err == ERR_NONE; i++)
        err = rank_judge(work, i, &work->decisions[i], misfit);
    if (err == ERR_NONE)
        err = sort_passed(work);
    if (err != ERR_NONE)
        return err;
    uint32_t seats_max = 1;
    for (uint32_t i = 0; i < in->post_count; i++)
        seats_max = in->posts[i].seat_count > seats_max ? in->posts[i].seat_count : seats_max;
    size_t passed = work->order_count ? work->order_count : 1;
    uint32_t *room = calloc(passed * 2 + (size_t)seats_max * 4, sizeof *room);
    if (!room)
        return ERR_MEMORY;
    work->equals = room;
    work->contenders = room + passed;
    work->left = (int32_t *)(room + passed * 2);
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

enum err rank_run(const struct rank_inputs *inputs, struct rank_result *ret_result, struct rank_misfit *ret_misfit) {
    enum err err = rank_check_shape(inputs, ret_misfit);
    if (err != ERR_NONE)
        return err;
    struct rank_work work = {0};
    rank_work_bind(&work, inputs);
    work.decisions = calloc(inputs->candidate_count + 1, sizeof *work.decisions);
    work.posts = calloc(inputs->post_count + 1, sizeof *work.posts);
    err = work.decisions && work.posts ? decide_all(&work, ret_misfit) : ERR_MEMORY;
    struct rank_result result = {
        .decisions = work.decisions, .order = work.order, .order_count = work.order_count, .posts = work.posts};
    if (err != ERR_NONE) {
        rank_result_release(&result);
        return err;
    }
    count_all(&work, &result);
    *ret_result = result;
    return ERR_NONE;
}

void rank_result_release(struct rank_result *result) {
    free(result->decisions);
    free(result->order);
    free(result->posts);
    *result = (struct rank_result){0};
}
