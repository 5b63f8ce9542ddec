#include "rank_work.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define NO_SEAT UINT32_MAX

/* The seat (row of the post) for an agency. */
static uint32_t seat_of(const struct rank_work *work, const struct rank_post *post, uint32_t agency) {
    for (uint32_t i = 0; i < post->seat_count; i++)
        if (work->inputs->seats[post->first_seat + i].agency == agency)
            return i;
    return NO_SEAT;
}

/* The seat of the n-th preference (0-based). Whoever applies to a post of one agency need not name it. */
static uint32_t wish_of(const struct rank_work *work, const struct rank_post *post, uint32_t candidate, uint32_t n) {
    const struct rank_candidate *c = &work->inputs->candidates[candidate];
    if (c->preference_count == 0 && post->seat_count == 1)
        return n == 0 ? 0 : NO_SEAT;
    return n < c->preference_count ? seat_of(work, post, work->inputs->preferences[c->first_preference + n]) : NO_SEAT;
}

static uint32_t wish_count(const struct rank_work *work, uint32_t candidate) {
    uint16_t count = work->inputs->candidates[candidate].preference_count;
    return count ? count : 1;
}

/* The best liked seat that has places left by `places`, and which preference it is. */
static uint32_t first_choice(const struct rank_work *work, const struct rank_post *post, uint32_t candidate,
                             const int32_t *places, uint8_t *ret_preference) {
    for (uint32_t n = 0; n < wish_count(work, candidate); n++) {
        uint32_t seat = wish_of(work, post, candidate, n);
        if (seat != NO_SEAT && places[seat] > 0) {
            *ret_preference = (uint8_t)(n + 1);
            return seat;
        }
    }
    return NO_SEAT;
}

static void give(const struct rank_work *work, const struct rank_post *post, uint32_t candidate, uint32_t seat,
                 uint8_t preference) {
    work->left[seat]--;
    work->taker[seat] = candidate;
    const struct rank_seat *taken = &work->inputs->seats[post->first_seat + seat];
    work->decisions[candidate].agency = taken->agency;
    work->decisions[candidate].group = taken->group ? (uint8_t)(taken->group - 1) : RANK_NONE;
    work->decisions[candidate].preference = preference;
}

/* Seats a winner at the best agency that is left to her. */
static void choose(const struct rank_work *work, const struct rank_post *post, uint32_t candidate) {
    uint8_t preference = 0;
    uint32_t seat = first_choice(work, post, candidate, work->left, &preference);
    if (seat == NO_SEAT && work->pack->admit_equals) { /* more than there are places */
        seat = 0;
        preference = 1;
    }
    if (seat == NO_SEAT)
        work->decisions[candidate].reason = RANK_BY_LIST_EXHAUSTED;
    else
        give(work, post, candidate, seat, preference);
}

/* Whether each can have her first choice at once, so that no order among them matters. */
static bool all_content(const struct rank_work *work, const struct rank_post *post, const uint32_t *members,
                        uint32_t count) {
    uint8_t preference;
    bool content = true;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t seat = first_choice(work, post, members[i], work->left, &preference);
        if (seat != NO_SEAT && ++work->wanted[seat] > work->left[seat])
            content = false;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t seat = first_choice(work, post, members[i], work->left, &preference);
        if (seat != NO_SEAT)
            work->wanted[seat] = 0;
    }
    return content;
}

/* Notes for each who did not get what she would have chosen first which key let an equal go before her. */
static void note_choice_keys(const struct rank_work *work, const struct rank_post *post, const uint32_t *members,
                             uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        struct rank_decision *d = &work->decisions[members[i]];
        uint8_t preference = 0;
        uint32_t seat = first_choice(work, post, members[i], work->before, &preference);
        if (seat == NO_SEAT || preference == d->preference || d->outcome != RANK_SELECTED)
            continue;
        if (rank_tie_compare(work, work->taker[seat], members[i], &d->choice_key) == 0)
            d->choice_key = (uint8_t)(work->pack->key_count - 1);
    }
}

/* Winners of equal total choose. False: they stand equal where it matters, and everything behind them waits. */
static bool choose_equals(const struct rank_work *work, const struct rank_post *post, uint32_t *members, uint32_t count,
                          struct rank_post_result *result) {
    if (count == 1 || work->pack->admit_equals || all_content(work, post, members, count)) {
        for (uint32_t i = 0; i < count; i++)
            choose(work, post, members[i]);
        return true;
    }
    memcpy(work->before, work->left, post->seat_count * sizeof *work->before);
    rank_tie_sort(work, members, count);
    for (uint32_t i = 0; i < count; i++)
        work->decisions[members[i]].compared = true;
    bool settled = true;
    for (uint32_t from = 0, to; from < count; from = to) {
        uint8_t key;
        for (to = from + 1; to < count && rank_tie_compare(work, members[from], members[to], &key) == 0; to++)
            ;
        if (settled && !all_content(work, post, members + from, to - from) &&
            !rank_tie_sort_manual(work, members + from, to - from)) {
            settled = false;
            result->unresolved++;
            for (uint32_t i = from; i < to; i++) {
                work->decisions[members[i]].reason = RANK_BY_TIED_AGENCY;
                work->decisions[members[i]].outcome = RANK_TIED;
            }
            continue;
        }
        for (uint32_t i = from; i < to; i++)
            if (settled)
                choose(work, post, members[i]);
            else
                work->decisions[members[i]].reason = RANK_BY_AGENCY_WAITS;
    }
    note_choice_keys(work, post, members, settled ? count : 0);
    return settled;
}

static uint32_t seats_left(const struct rank_work *work, const struct rank_post *post) {
    uint32_t seats = 0;
    for (uint32_t i = 0; i < post->seat_count; i++)
        seats += (uint32_t)work->left[i];
    return seats;
}

/* Of two whom decisions send somewhere: the better, then the one whom the chain prefers, then the earlier decision. */
static int compare_placed(const void *a, const void *b, void *ctx) {
    const struct rank_work *work = ctx;
    uint32_t of_a = *(const uint32_t *)a, of_b = *(const uint32_t *)b;
    int64_t total_a = work->decisions[of_a].total, total_b = work->decisions[of_b].total;
    if (total_a != total_b)
        return total_a > total_b ? -1 : 1;
    uint8_t key;
    int order = rank_tie_compare(work, of_a, of_b, &key);
    uint32_t number_a = work->inputs->candidates[of_a].placed, number_b = work->inputs->candidates[of_b].placed;
    return order ? order : (number_a > number_b) - (number_a < number_b);
}

/* Winners on whose lists nothing was left, where a recorded decision sends them and a seat is left. */
static void place_by_decision(const struct rank_work *work, const struct rank_post *post, const uint32_t *members, uint32_t count) {
    uint32_t sent = 0;
    for (uint32_t i = 0; i < count; i++)
        if (work->inputs->candidates[members[i]].placed && work->decisions[members[i]].reason == RANK_BY_LIST_EXHAUSTED)
            work->contenders[sent++] = members[i];
    qsort_r(work->contenders, sent, sizeof *work->contenders, compare_placed, (void *)work);
    for (uint32_t i = 0; i < sent; i++) {
        uint32_t one = work->contenders[i], seat = seat_of(work, post, work->inputs->candidates[one].placed_agency);
        if (seat == NO_SEAT || work->left[seat] == 0)
            continue;
        give(work, post, one, seat, 0);
        work->decisions[one].reason = RANK_BY_PLACED;
    }
}

/* The places of all agencies together go by total; then the winners choose, best first. */
static void allocate_pooled(const struct rank_work *work, const struct rank_post *post, const uint32_t *members,
                            uint32_t count, struct rank_post_result *result) {
    rank_tie_cut(work, members, count, seats_left(work, post), result);
    bool settled = true;
    for (uint32_t from = 0, to; from < count; from = to) {
        uint32_t winners = 0;
        int64_t total = work->decisions[members[from]].total;
        for (to = from; to < count && work->decisions[members[to]].total == total; to++)
            if (work->decisions[members[to]].outcome == RANK_SELECTED)
                work->contenders[winners++] = members[to];
        if (winners == 0)
            break;
        if (settled)
            settled = choose_equals(work, post, work->contenders, winners, result);
        else
            for (uint32_t i = 0; i < winners; i++)
                work->decisions[work->contenders[i]].reason = RANK_BY_AGENCY_WAITS;
    }
    if (settled)
        place_by_decision(work, post, members, count);
}

/* One round for one agency: those not placed yet whose n-th wish it is. */
static void wish_round(const struct rank_work *work, const struct rank_post *post, uint32_t seat, uint32_t n,
                       const uint32_t *members, uint32_t count, struct rank_post_result *result) {
    uint32_t wishing = 0;
    for (uint32_t i = 0; i < count; i++)
        if (work->decisions[members[i]].outcome == RANK_NOT_SELECTED && wish_of(work, post, members[i], n) == seat)
            work->contenders[wishing++] = members[i];
    rank_tie_cut(work, work->contenders, wishing, (uint32_t)work->left[seat], result);
    for (uint32_t i = 0; i < wishing; i++) {
        struct rank_decision *d = &work->decisions[work->contenders[i]];
        if (d->outcome == RANK_SELECTED)
            give(work, post, work->contenders[i], seat, (uint8_t)(n + 1));
    }
    for (uint32_t i = 0; i < wishing; i++)
        if (work->decisions[work->contenders[i]].outcome == RANK_TIED)
            work->left[seat] = 0; /* the places stay theirs until the tie is decided */
}

/* Puts equals, who lie beside each other, into the order of the chain. */
static void sort_equals(const struct rank_work *work, uint32_t *members, uint32_t count) {
    for (uint32_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && work->decisions[members[to]].total == work->decisions[members[from]].total; to++)
            ;
        if (to - from > 1)
            rank_tie_sort(work, members + from, to - from);
    }
}

/* What all wishes have left goes to the best who have none, agency by agency in the order of the post: nobody among them
 * named any of these, so between equals of the whole chain the roll number says which of the seats it is, never whether. */
static void fill_rest(const struct rank_work *work, const struct rank_post *post, const uint32_t *members, uint32_t count,
                      struct rank_post_result *result) {
    uint32_t waiting = 0, seats = seats_left(work, post), seat = 0;
    for (uint32_t i = 0; i < count && seats > 0; i++)
        if (work->decisions[members[i]].outcome == RANK_NOT_SELECTED)
            work->contenders[waiting++] = members[i];
    if (waiting == 0)
        return;
    rank_tie_cut(work, work->contenders, waiting, seats, result);
    sort_equals(work, work->contenders, waiting);
    for (uint32_t i = 0; i < waiting; i++) {
        struct rank_decision *d = &work->decisions[work->contenders[i]];
        if (d->outcome != RANK_SELECTED)
            continue;
        while (work->left[seat] == 0)
            seat++;
        give(work, post, work->contenders[i], seat, 0);
        if (d->reason == RANK_BY_WITHIN_QUOTA)
            d->reason = RANK_BY_SEAT_LEFT;
    }
}

static void allocate_wishes(const struct rank_work *work, const struct rank_post *post, const uint32_t *members,
                            uint32_t count, struct rank_post_result *result) {
    for (uint32_t i = 0; i < count; i++) {
        work->decisions[members[i]].outcome = RANK_NOT_SELECTED;
        work->decisions[members[i]].reason = RANK_BY_NO_SEATS;
    }
    for (uint32_t n = 0; n < work->pack->wishes_max; n++)
        for (uint32_t seat = 0; seat < post->seat_count; seat++)
            if (work->left[seat] > 0)
                wish_round(work, post, seat, n, members, count, result);
    if (work->pack->rest_to_next)
        fill_rest(work, post, members, count, result);
}

/* ---- reserved seats ---- */

/* Gives what is left at one row of seats to the best of those who may have it and have none. */
static void fill(const struct rank_work *work, const struct rank_post *post, uint32_t seat, uint16_t group, const uint32_t *members,
                 uint32_t count, struct rank_post_result *result) {
    uint32_t contending = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct rank_candidate *c = &work->inputs->candidates[members[i]];
        if (work->decisions[members[i]].outcome == RANK_NOT_SELECTED && (group ? c->groups >> (group - 1) & 1 : !c->relaxed))
            work->contenders[contending++] = members[i];
    }
    rank_tie_cut(work, work->contenders, contending, (uint32_t)work->left[seat], result);
    bool waits = false;
    for (uint32_t i = 0; i < contending; i++) {
        if (work->decisions[work->contenders[i]].outcome == RANK_SELECTED)
            give(work, post, work->contenders[i], seat, 0);
        waits = waits || work->decisions[work->contenders[i]].outcome == RANK_TIED;
    }
    if (waits)
        work->left[seat] = 0; /* the places stay theirs until the tie is decided */
}

/* Open seats first, on merit alone and without those whom a relaxed standard let in; then each group's own. */
static void allocate_reserved(const struct rank_work *work, const struct rank_post *post, const uint32_t *members, uint32_t count,
                              struct rank_post_result *result) {
    uint32_t open = NO_SEAT;
    for (uint32_t i = 0; i < count; i++) {
        work->decisions[members[i]].outcome = RANK_NOT_SELECTED;
        work->decisions[members[i]].reason = RANK_BY_NO_SEATS;
    }
    for (uint16_t group = 0; group <= work->pack->group_count; group++)
        for (uint32_t seat = 0; seat < post->seat_count; seat++) {
            if (work->inputs->seats[post->first_seat + seat].group != group)
                continue;
            open = group == 0 ? seat : open;
            if (work->left[seat] > 0)
                fill(work, post, seat, group, members, count, result);
        }
    if (!work->pack->reserved_to_open || open == NO_SEAT || work->left[open] > 0)
        return;
    for (uint32_t seat = 0; seat < post->seat_count; seat++)
        if (seat != open && work->left[seat] > 0) {
            work->left[open] += work->left[seat];
            work->left[seat] = 0;
        }
    if (work->left[open] > 0)
        fill(work, post, open, 0, members, count, result);
}

static uint32_t kept_seat(const struct rank_work *work, const struct rank_post *post, const struct rank_candidate *c) {
    for (uint32_t i = 0; i < post->seat_count; i++) {
        const struct rank_seat *seat = &work->inputs->seats[post->first_seat + i];
        if (seat->agency == c->kept_agency && seat->group == c->kept_group)
            return i;
    }
    return NO_SEAT;
}

/* Those who hold a seat since an earlier release keep it. Returns how many others there are, in work->seatless. */
static uint32_t keep_seats(const struct rank_work *work, const struct rank_post *post, const uint32_t *members, uint32_t count) {
    uint32_t others = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct rank_candidate *c = &work->inputs->candidates[members[i]];
        uint32_t seat = c->kept ? kept_seat(work, post, c) : NO_SEAT;
        if (seat == NO_SEAT || work->left[seat] == 0) {
            work->seatless[others++] = members[i];
            continue;
        }
        give(work, post, members[i], seat, 0);
        work->decisions[members[i]].reason = RANK_BY_SEAT_KEPT;
    }
    return others;
}

void rank_allocate_post(const struct rank_work *work, uint32_t post, const uint32_t *members, uint32_t count) {
    const struct rank_post *p = &work->inputs->posts[post];
    struct rank_post_result *result = &work->posts[post];
    for (uint32_t i = 0; i < p->seat_count; i++)
        work->left[i] = work->inputs->seats[p->first_seat + i].quota;
    count = keep_seats(work, p, members, count);
    members = work->seatless;
    switch ((enum rank_allocation)work->pack->allocation) {
    case RANK_ALLOCATE_POST: /* one agency a post: the choice is made */
    case RANK_ALLOCATE_POOLED:
        allocate_pooled(work, p, members, count, result);
        break;
    case RANK_ALLOCATE_WISHES:
        allocate_wishes(work, p, members, count, result);
        break;
    case RANK_ALLOCATE_RESERVED:
        allocate_reserved(work, p, members, count, result);
        break;
    case RANK_ALLOCATE_COUNT:
        break;
    }
}
