#include "result_private.h"

#include "khoacu/base/banned.h"

/* Apart from the engine: what no list may show, whatever its rules. */

struct tally {
    const struct result_field *field;
    const struct rank_result *result;
    uint32_t *taken; /* by row of seats */
    uint32_t *held;  /* by post */
};

static void count(const struct tally *t) {
    const struct rank_inputs *in = &t->field->inputs;
    for (uint32_t i = 0; i < in->candidate_count; i++) {
        const struct rank_decision *d = &t->result->decisions[i];
        const struct rank_post *post = &in->posts[in->candidates[i].post];
        uint8_t group = d->group == RANK_NONE ? 0 : (uint8_t)(d->group + 1);
        t->held[in->candidates[i].post] += d->outcome == RANK_SELECTED;
        for (uint32_t k = post->first_seat; k < post->first_seat + post->seat_count; k++)
            t->taken[k] += in->seats[k].agency == d->agency && in->seats[k].group == group;
    }
}

/* Reserved seats that went to merit are filled from the open row. */
static int64_t places_of(const struct tally *t, const struct rank_post *post, uint32_t seat) {
    const struct rank_seat *seats = t->field->inputs.seats;
    int64_t places = seats[seat].quota;
    if (!t->field->rules.reserved_to_open || seats[seat].group)
        return places;
    for (uint32_t k = post->first_seat; k < post->first_seat + post->seat_count; k++)
        if (seats[k].group && (int64_t)t->taken[k] < seats[k].quota)
            places += seats[k].quota - t->taken[k];
    return places;
}

static const char *overfull(struct arena *arena, const struct tally *t) {
    const struct rank_inputs *in = &t->field->inputs;
    for (uint32_t i = 0; i < in->post_count && !t->field->rules.admit_equals; i++) {
        const struct rank_post *post = &in->posts[i];
        int64_t places = 0;
        for (uint32_t k = post->first_seat; k < post->first_seat + post->seat_count; k++) {
            places += in->seats[k].quota;
            if (t->taken[k] > places_of(t, post, k))
                return arena_printf(arena, "post %s: %u persons for %d places at %s", post->code, t->taken[k], in->seats[k].quota,
                                    in->agencies[in->seats[k].agency]);
        }
        if (t->held[i] > places)
            return arena_printf(arena, "post %s: %u persons for %lld places", post->code, t->held[i], (long long)places);
    }
    return NULL;
}

static bool wishes(const struct tally *t, const struct rank_candidate *c, uint32_t agency) {
    for (uint16_t p = 0; p < c->preference_count && p < t->field->rules.wishes_max; p++)
        if (t->field->inputs.preferences[c->first_preference + p] == agency)
            return true;
    return false;
}

/* Whether a place that the candidate might have had stays empty. */
static bool left_empty(const struct tally *t, const struct rank_candidate *c) {
    const struct rank_inputs *in = &t->field->inputs;
    const struct rank_post *post = &in->posts[c->post];
    enum rank_allocation allocation = (enum rank_allocation)t->field->rules.allocation;
    if (allocation == RANK_ALLOCATE_POST || allocation == RANK_ALLOCATE_POOLED || t->field->rules.rest_to_next)
        return t->held[c->post] < t->result->posts[c->post].seats;
    for (uint32_t k = post->first_seat; k < post->first_seat + post->seat_count; k++) {
        const struct rank_seat *seat = &in->seats[k];
        bool may = allocation == RANK_ALLOCATE_WISHES ? wishes(t, c, seat->agency)
                                                      : (seat->group ? c->groups >> (seat->group - 1) & 1 : !c->relaxed);
        if (may && (int64_t)t->taken[k] < places_of(t, post, k))
            return true;
    }
    return false;
}

enum err result_check_quotas(struct arena *arena, const struct result_field *field, const struct rank_result *result,
                             const char **ret_line) {
    const struct rank_inputs *in = &field->inputs;
    struct tally t = {.field = field,
                      .result = result,
                      .taken = ARENA_ARRAY(arena, (size_t)in->seat_count + 1, uint32_t),
                      .held = ARENA_ARRAY(arena, (size_t)in->post_count + 1, uint32_t)};
    if (!t.taken || !t.held)
        return ERR_MEMORY;
    count(&t);
    *ret_line = overfull(arena, &t);
    for (uint32_t i = 0; i < in->candidate_count && !*ret_line; i++) {
        const struct rank_candidate *c = &in->candidates[i];
        if (result->decisions[i].outcome == RANK_NOT_SELECTED && result->posts[c->post].tied == 0 && left_empty(&t, c))
            *ret_line = arena_printf(arena, "post %s: a place stays empty while candidate %s waits", in->posts[c->post].code, c->roll);
    }
    return arena->failed ? ERR_MEMORY : (*ret_line ? ERR_RANGE : ERR_NONE);
}
