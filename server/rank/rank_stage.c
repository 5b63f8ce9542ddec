#include "rank_work.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

static const int64_t *values_of(const struct rank_work *work, uint32_t candidate) {
    return work->values + (size_t)candidate * work->pack->component_count;
}

static const uint8_t *statuses_of(const struct rank_work *work, uint32_t candidate) {
    return work->statuses + (size_t)candidate * work->pack->component_count;
}

static void stop(struct rank_decision *d, enum rank_reason reason, uint8_t row, int64_t value, int64_t bound) {
    d->reason = (uint8_t)reason;
    d->outcome = (uint8_t)rank_reason_outcome(reason);
    d->row = row;
    d->value = value;
    d->bound = bound;
}

static enum rank_reason reason_of_status(uint8_t status) {
    return status == RANK_STATUS_ABSENT ? RANK_BY_ABSENT : (status == RANK_STATUS_SUSPENDED ? RANK_BY_SUSPENDED : RANK_BY_VOID);
}

/* Nothing has spoken against the candidate so far. */
static bool goes_on(const struct rank_work *work, uint32_t candidate) {
    return work->decisions[candidate].outcome == RANK_SELECTED && !work->inputs->candidates[candidate].stated;
}

/* The components of a stage. ERR_RANGE: one that must be there is missing. */
static enum err judge_parts(const struct rank_work *work, uint32_t candidate, uint8_t stage, struct rank_misfit *misfit) {
    const struct rank_pack *pack = work->pack;
    const uint8_t *statuses = statuses_of(work, candidate);
    for (uint8_t i = 0; i < pack->component_count; i++) {
        if (pack->components[i].stage != stage || !rank_component_stops(&pack->components[i], statuses[i]))
            continue;
        if (statuses[i] == RANK_STATUS_NONE)
            return rank_refuse(misfit, 0, "missing", "candidates[%s].results.%s", work->inputs->candidates[candidate].roll,
                               pack->components[i].code);
        stop(&work->decisions[candidate], reason_of_status(statuses[i]), i, 0, 0);
        return ERR_NONE;
    }
    return ERR_NONE;
}

/* The formulas that are whole with a stage: what cannot be computed passes no gate unseen, it is refused. */
static enum err judge_formulas(const struct rank_work *work, uint32_t candidate, uint8_t stage, struct rank_misfit *misfit) {
    const struct rank_pack *pack = work->pack;
    for (uint8_t i = 0; i < pack->formula_count; i++) {
        if (!work->formula_may_lack[i] || rank_quantity_stage(pack, (uint8_t)(pack->component_count + i)) != stage)
            continue;
        const char *lack = rank_formula_lack(pack, &pack->formulas[i], values_of(work, candidate), statuses_of(work, candidate));
        if (lack)
            return rank_refuse(misfit, 0, lack, "candidates[%s].results.%s", work->inputs->candidates[candidate].roll, pack->formulas[i].code);
    }
    return ERR_NONE;
}

/* The gates of a stage; one whose quantity has no value, because its component was exempted, falls away. */
static void judge_gates(const struct rank_work *work, uint32_t candidate, uint8_t stage) {
    const struct rank_pack *pack = work->pack;
    for (uint8_t i = 0; i < pack->gate_count; i++) {
        const struct rank_gate *gate = &pack->gates[i];
        int64_t value = 0;
        if (gate->stage != stage || !work->gate_applies[i] ||
            !rank_quantity_value(pack, gate->quantity, values_of(work, candidate), statuses_of(work, candidate), &value) ||
            rank_op_holds((enum rank_op)gate->op, value, work->gate_bounds[i]))
            continue;
        stop(&work->decisions[candidate], RANK_BY_GATE, i, value, work->gate_bounds[i]);
        return;
    }
}

/* ---- what hangs on the others ---- */

struct standing {
    int64_t value;
    uint32_t post, candidate;
};

static int compare_standings(const void *a, const void *b) {
    const struct standing *x = a, *y = b;
    if (x->post != y->post)
        return x->post < y->post ? -1 : 1;
    return x->value == y->value ? 0 : x->value > y->value ? -1 : 1;
}

static int64_t seats_of(const struct rank_work *work, uint32_t post) {
    const struct rank_post *p = &work->inputs->posts[post];
    int64_t seats = 0;
    for (uint32_t k = 0; k < p->seat_count; k++)
        seats += work->inputs->seats[p->first_seat + k].quota;
    return seats;
}

/* Best first within each post. A candidate without a value is not among them. */
static uint32_t stand(const struct rank_work *work, uint8_t quantity, bool whole, bool (*wanted)(const struct rank_work *, uint32_t, uint8_t),
                      uint8_t row, struct standing *list) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < work->inputs->candidate_count; i++) {
        int64_t value = 0;
        if (wanted(work, i, row) && rank_quantity_value(work->pack, quantity, values_of(work, i), statuses_of(work, i), &value))
            list[count++] = (struct standing){.value = value, .post = whole ? 0 : work->inputs->candidates[i].post, .candidate = i};
    }
    qsort(list, count, sizeof *list, compare_standings);
    return count;
}

static bool is_on(const struct rank_work *work, uint32_t candidate, uint8_t row) {
    (void)row;
    return goes_on(work, candidate);
}

static bool failed_gate(const struct rank_work *work, uint32_t candidate, uint8_t gate) {
    const struct rank_decision *d = &work->decisions[candidate];
    return d->reason == RANK_BY_GATE && d->outcome == RANK_FAILED && d->row == gate;
}

/* How many of `count`, best first, a cut lets in. */
static uint32_t cut_size(const struct rank_work *work, const struct rank_cut *cut, const struct standing *list, uint32_t count) {
    int64_t size = cut->count;
    if (size == 0) {
        int64_t seats = 0;
        for (uint32_t post = 0; post < work->inputs->post_count; post++)
            seats += cut->whole || post == list->post ? seats_of(work, post) : 0;
        size = (seats * cut->seats_num + cut->seats_den - 1) / cut->seats_den;
    }
    size = size < cut->least ? cut->least : size;
    if (size == 0 || size >= count)
        return size == 0 ? 0 : count;
    uint32_t above = (uint32_t)size, with = (uint32_t)size;
    if (list[size].value != list[size - 1].value)
        return (uint32_t)size;
    while (above > 0 && list[above - 1].value == list[size].value)
        above--;
    while (with < count && list[with].value == list[size].value)
        with++;
    return cut->ties == RANK_CUT_NONE || (cut->cap && with > (uint32_t)cut->cap) ? above : with;
}

static void apply_cut(const struct rank_work *work, uint8_t row, struct standing *list) {
    const struct rank_cut *cut = &work->pack->cuts[row];
    uint32_t count = stand(work, cut->quantity, cut->whole, is_on, row, list);
    for (uint32_t from = 0, to; from < count; from = to) {
        for (to = from; to < count && list[to].post == list[from].post; to++)
            ;
        uint32_t in = cut_size(work, cut, list + from, to - from);
        for (uint32_t i = from + in; i < to; i++) {
            struct rank_decision *d = &work->decisions[list[i].candidate];
            stop(d, RANK_BY_CUT, row, list[i].value, in ? list[from + in - 1].value : list[from].value + 1);
            d->cut_empty = in == 0;
        }
    }
}

/* Lets the best of those who fail this gate alone in, where fewer than `relief` have passed. */
static void apply_relief(struct rank_work *work, uint8_t row, struct standing *list) {
    const struct rank_gate *gate = &work->pack->gates[row];
    uint32_t count = stand(work, gate->quantity, false, failed_gate, row, list);
    for (uint32_t i = 0; i < work->inputs->post_count; i++)
        work->posts[i].passed = 0;
    for (uint32_t i = 0; i < work->inputs->candidate_count; i++)
        work->posts[work->inputs->candidates[i].post].passed += goes_on(work, i);
    bool before = false; /* whoever stands before in the list came in by this gate */
    for (uint32_t i = 0, place = 0; i < count; i++) {
        place = i > 0 && list[i].post == list[i - 1].post ? place + 1 : 0;
        bool equal = place > 0 && list[i].value == list[i - 1].value && before;
        before = equal || work->posts[list[i].post].passed + place < (uint32_t)gate->relief;
        if (!before)
            continue;
        struct rank_decision *d = &work->decisions[list[i].candidate];
        stop(d, RANK_BY_WITHIN_QUOTA, RANK_NONE, 0, 0);
        d->relieved = true;
    }
    for (uint32_t i = 0; i < work->inputs->post_count; i++)
        work->posts[i].passed = 0;
}

/* A post with too few candidates is not held at all. */
static void judge_field(struct rank_work *work) {
    const struct rank_inputs *in = work->inputs;
    for (uint32_t i = 0; i < in->candidate_count; i++)
        work->posts[in->candidates[i].post].candidates += !in->candidates[i].withdrawn;
    for (uint32_t i = 0; i < in->candidate_count; i++) {
        int64_t here = work->posts[in->candidates[i].post].candidates;
        if (here < work->pack->field_min)
            stop(&work->decisions[i], RANK_BY_FIELD_SMALL, RANK_NONE, here, work->pack->field_min);
    }
    for (uint32_t i = 0; i < in->post_count; i++)
        work->posts[i].candidates = 0;
}

static enum err judge_stage(struct rank_work *work, uint8_t stage, struct standing *list, struct rank_misfit *misfit) {
    for (uint32_t i = 0; i < work->inputs->candidate_count; i++) {
        if (!goes_on(work, i))
            continue;
        enum err err = judge_parts(work, i, stage, misfit);
        if (err == ERR_NONE && goes_on(work, i))
            err = judge_formulas(work, i, stage, misfit);
        if (err != ERR_NONE)
            return err;
        if (goes_on(work, i))
            judge_gates(work, i, stage);
    }
    for (uint8_t i = 0; i < work->pack->gate_count; i++)
        if (work->pack->gates[i].stage == stage && work->pack->gates[i].relief > 0 && work->gate_applies[i])
            apply_relief(work, i, list);
    for (uint8_t i = 0; i < work->pack->cut_count; i++)
        if (work->pack->cuts[i].stage == stage)
            apply_cut(work, i, list);
    return ERR_NONE;
}

/* ---- the total ---- */

static int64_t in_unit(enum rank_unit unit, int64_t hundredths) {
    return unit == RANK_UNIT_FINE ? hundredths * (RANK_FINE / 100) : hundredths;
}

static int64_t priority_points(const struct rank_pack *pack, int64_t raw, int64_t hundredths) {
    enum rank_unit unit = rank_quantity_unit(pack, pack->rank_quantity);
    int64_t points = in_unit(unit, hundredths), cap = in_unit(unit, pack->priority_cap);
    bool windowed = pack->window_low || pack->window_high;
    if (windowed && (raw < in_unit(unit, pack->window_low) || raw > in_unit(unit, pack->window_high)))
        return 0;
    if (cap && raw + points > cap)
        points = cap > raw ? cap - raw : 0;
    return points;
}

static enum err judge_total(const struct rank_work *work, uint32_t candidate, struct rank_misfit *misfit) {
    const struct rank_pack *pack = work->pack;
    const struct rank_candidate *c = &work->inputs->candidates[candidate];
    struct rank_decision *d = &work->decisions[candidate];
    d->passed = d->outcome == RANK_SELECTED;
    if (!d->passed)
        return ERR_NONE;
    if (c->stated) {
        d->total = c->stated_total;
        return ERR_NONE;
    }
    if (!rank_quantity_value(pack, pack->rank_quantity, values_of(work, candidate), statuses_of(work, candidate), &d->raw))
        return rank_refuse(misfit, 0, "no-value-to-rank", "candidates[%s].results", c->roll);
    uint8_t class = pack->plus_priority ? rank_class_pick(pack, c->classes) : RANK_NONE;
    if (class != RANK_NONE)
        d->priority = priority_points(pack, d->raw, pack->classes[class].points);
    d->class_used = d->priority > 0 ? class : RANK_NONE;
    d->total = d->raw + d->priority;
    int64_t least = in_unit(rank_quantity_unit(pack, pack->rank_quantity), pack->total_min);
    if (least && d->total < least) {
        stop(d, RANK_BY_TOTAL_LOW, RANK_NONE, d->total, least);
        d->passed = false;
    }
    if (c->withdrawn && d->passed) {
        stop(d, RANK_BY_WITHDRAWN, RANK_NONE, 0, 0);
        d->passed = false;
    }
    if (!d->passed) {
        d->raw = d->priority = d->total = 0;
        d->class_used = RANK_NONE;
    }
    return ERR_NONE;
}

enum err rank_judge(struct rank_work *work, struct rank_misfit *ret_misfit) {
    const struct rank_inputs *in = work->inputs;
    for (uint32_t i = 0; i < in->candidate_count; i++)
        work->decisions[i] = (struct rank_decision){.agency = RANK_NO_AGENCY,
                                                    .outcome = RANK_SELECTED, /* until something speaks against it */
                                                    .row = RANK_NONE,
                                                    .key = RANK_NONE,
                                                    .choice_key = RANK_NONE,
                                                    .class_used = RANK_NONE,
                                                    .group = RANK_NONE};
    struct standing *list = NULL;
    if (rank_pack_is_relative(work->pack)) {
        list = malloc((in->candidate_count + (size_t)1) * sizeof *list);
        if (!list)
            return ERR_MEMORY;
    }
    if (work->pack->field_min > 0)
        judge_field(work);
    enum err err = ERR_NONE;
    for (uint8_t stage = 0; stage < work->pack->stage_count && err == ERR_NONE; stage++)
        err = judge_stage(work, stage, list, ret_misfit);
    for (uint32_t i = 0; i < in->candidate_count && err == ERR_NONE; i++)
        err = judge_total(work, i, ret_misfit);
    free(list);
    return err;
}
