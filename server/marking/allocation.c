#include "khoacu/marking/allocation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define NOBODY UINT32_MAX

/* Scripts and examiners by their places in the field. */
struct deal {
    const struct marking_field *field;
    const uint8_t *seed;
    int64_t *order;    /* scripts as shuffled */
    uint32_t *offsets; /* of a script's excluded examiners, and one more */
    uint32_t *barred;  /* examiners, by script */
    uint32_t *slots;   /* script * per_script + i: who marks it */
    uint32_t *loads;
    /* The row: a ring of links through NOBODY's place `markers`. */
    uint32_t *next, *before;
    bool *stands;
    uint32_t standing;
    int64_t *joining;
    unsigned joined; /* times */
};

static int compare_ids(const void *a, const void *b) {
    const int64_t *of_a = a, *of_b = b;
    return (*of_a > *of_b) - (*of_a < *of_b);
}

static bool ascend(const int64_t *ids, size_t count) {
    for (size_t i = 1; i < count; i++)
        if (ids[i - 1] >= ids[i])
            return false;
    return true;
}

/* Puts the excluded pairs beside their scripts; pairs of other scripts or examiners are not in order. */
static enum err index_excluded(struct deal *d) {
    const struct marking_field *f = d->field;
    size_t pair = 0;
    for (size_t i = 0; i < f->script_count; i++) {
        d->offsets[i] = (uint32_t)pair;
        for (; pair < f->excluded_count && f->excluded[pair].blind_id == f->scripts[i]; pair++) {
            const int64_t *found = bsearch(&f->excluded[pair].marker_id, f->markers, f->marker_count, sizeof *f->markers, compare_ids);
            if (!found || (pair > d->offsets[i] && f->excluded[pair].marker_id <= f->excluded[pair - 1].marker_id))
                return ERR_RANGE;
            d->barred[pair] = (uint32_t)(found - f->markers);
        }
    }
    d->offsets[f->script_count] = (uint32_t)pair;
    return pair == f->excluded_count ? ERR_NONE : ERR_RANGE;
}

static bool may(const struct deal *d, uint32_t script, uint32_t marker) {
    for (uint32_t i = d->offsets[script]; i < d->offsets[script + 1]; i++)
        if (d->barred[i] == marker)
            return false;
    for (uint32_t i = 0; i < d->field->per_script; i++)
        if (d->slots[script * d->field->per_script + i] == marker)
            return false;
    return true;
}

static void stand_last(struct deal *d, uint32_t marker) {
    uint32_t head = (uint32_t)d->field->marker_count, last = d->before[head];
    d->next[last] = marker;
    d->before[marker] = last;
    d->next[marker] = head;
    d->before[head] = marker;
    d->stands[marker] = true;
    d->standing++;
}

static void step_out(struct deal *d, uint32_t marker) {
    d->next[d->before[marker]] = d->next[marker];
    d->before[d->next[marker]] = d->before[marker];
    d->stands[marker] = false;
    d->standing--;
}

static void join_row(struct deal *d) {
    struct marking_stream stream;
    char label[MARKING_DRAW_LABEL_SIZE];
    size_t count = 0;
    for (uint32_t i = 0; i < d->field->marker_count; i++)
        if (!d->stands[i])
            d->joining[count++] = i;
    (void)snprintf(label, sizeof label, "markers/%u", d->joined++);
    marking_stream_init(&stream, d->seed, label);
    marking_stream_shuffle(&stream, d->joining, count);
    for (size_t i = 0; i < count; i++)
        stand_last(d, (uint32_t)d->joining[i]);
}

/* The first in the row who may mark it; NOBODY: the row holds nobody. */
static uint32_t first_who_may(const struct deal *d, uint32_t script) {
    uint32_t head = (uint32_t)d->field->marker_count;
    for (uint32_t at = d->next[head]; at != head; at = d->next[at])
        if (may(d, script, at))
            return at;
    return NOBODY;
}

static void deal_script(struct deal *d, uint32_t script) {
    for (uint32_t i = 0; i < d->field->per_script; i++) {
        uint32_t marker = first_who_may(d, script);
        if (marker == NOBODY) {
            /* Whoever has it stands outside, and may() keeps it from coming back to him. */
            join_row(d);
            marker = first_who_may(d, script);
        }
        step_out(d, marker);
        d->slots[script * d->field->per_script + i] = marker;
        d->loads[marker]++;
    }
}

/* ---- changing hands ---- */

struct search {
    bool *closed;     /* reaches nobody with fewer */
    bool *seen;
    uint32_t *queue;
    uint32_t *through; /* the slot that an examiner would take over */
};

/* Searches from `from`; the examiner reached, or NOBODY with *ret_seen of them in the queue. */
static uint32_t find_taker(const struct deal *d, struct search *s, uint32_t from, uint32_t *ret_seen) {
    uint32_t markers = (uint32_t)d->field->marker_count, per = d->field->per_script, head = 0, tail = 0;
    memset(s->seen, 0, markers * sizeof *s->seen);
    s->seen[from] = true;
    s->queue[tail++] = from;
    while (head < tail && tail < markers + 1) {
        uint32_t giver = s->queue[head++];
        for (size_t i = 0; i < d->field->script_count && tail < markers; i++) {
            uint32_t script = (uint32_t)d->order[i];
            for (uint32_t k = 0; k < per; k++) {
                if (d->slots[script * per + k] != giver)
                    continue;
                for (uint32_t taker = 0; taker < markers; taker++) {
                    if (s->seen[taker] || !may(d, script, taker))
                        continue;
                    s->seen[taker] = true;
                    s->through[taker] = script * per + k;
                    if (d->loads[taker] + 2 <= d->loads[from])
                        return taker;
                    s->queue[tail++] = taker;
                }
            }
        }
    }
    *ret_seen = tail;
    return NOBODY;
}

static void hand_on(struct deal *d, const struct search *s, uint32_t from, uint32_t taker) {
    d->loads[taker]++;
    d->loads[from]--;
    while (taker != from) {
        uint32_t slot = s->through[taker], giver = d->slots[slot];
        d->slots[slot] = taker;
        taker = giver;
    }
}

static void even_out(struct deal *d, struct search *s) {
    uint32_t markers = (uint32_t)d->field->marker_count;
    for (;;) {
        uint32_t from = NOBODY, seen = 0;
        for (uint32_t i = 0; i < markers; i++)
            if (!s->closed[i] && (from == NOBODY || d->loads[i] > d->loads[from]))
                from = i;
        if (from == NOBODY)
            return;
        uint32_t least = UINT32_MAX;
        for (uint32_t i = 0; i < markers; i++)
            least = !s->closed[i] && d->loads[i] < least ? d->loads[i] : least;
        if (d->loads[from] < least + 2)
            return;
        uint32_t taker = find_taker(d, s, from, &seen);
        if (taker != NOBODY)
            hand_on(d, s, from, taker);
        for (uint32_t i = 0; taker == NOBODY && i < seen; i++)
            s->closed[s->queue[i]] = true;
    }
}

/* ---- the whole ---- */

static bool prepare(struct arena *arena, struct deal *d, struct search *s) {
    size_t scripts = d->field->script_count, markers = d->field->marker_count, slots = scripts * d->field->per_script;
    d->order = ARENA_ARRAY(arena, scripts, int64_t);
    d->offsets = ARENA_ARRAY(arena, scripts + 1, uint32_t);
    d->barred = ARENA_ARRAY(arena, d->field->excluded_count + 1, uint32_t);
    d->slots = ARENA_ARRAY(arena, slots, uint32_t);
    d->loads = ARENA_ARRAY(arena, markers, uint32_t);
    d->next = ARENA_ARRAY(arena, markers + 1, uint32_t);
    d->before = ARENA_ARRAY(arena, markers + 1, uint32_t);
    d->stands = ARENA_ARRAY(arena, markers, bool);
    d->joining = ARENA_ARRAY(arena, markers, int64_t);
    s->closed = ARENA_ARRAY(arena, markers, bool);
    s->seen = ARENA_ARRAY(arena, markers, bool);
    s->queue = ARENA_ARRAY(arena, markers + 1, uint32_t);
    s->through = ARENA_ARRAY(arena, markers, uint32_t);
    if (arena->failed)
        return false;
    for (size_t i = 0; i < scripts; i++)
        d->order[i] = (int64_t)i;
    memset(d->slots, 0xff, slots * sizeof *d->slots);
    d->next[markers] = d->before[markers] = (uint32_t)markers;
    return true;
}

/* Scripts that too few may mark, whatever falls on whom. */
static void find_barred(const struct deal *d, struct marking_allocation *allocation) {
    const struct marking_field *f = d->field;
    for (size_t i = 0; i < f->script_count; i++) {
        uint32_t eligible = (uint32_t)f->marker_count - (d->offsets[i + 1] - d->offsets[i]);
        if (eligible >= f->per_script)
            continue;
        if (allocation->barred++ == 0) {
            allocation->first_barred = f->scripts[i];
            allocation->first_eligible = eligible;
        }
    }
    if (allocation->barred > 0)
        allocation->end = MARKING_ALLOCATION_BARRED;
}

static enum err report(struct arena *arena, const struct deal *d, struct marking_allocation *allocation) {
    size_t slots = d->field->script_count * d->field->per_script;
    allocation->marker_ids = ARENA_ARRAY(arena, slots, int64_t);
    if (!allocation->marker_ids)
        return ERR_MEMORY;
    for (size_t i = 0; i < slots; i++)
        allocation->marker_ids[i] = d->field->markers[d->slots[i]];
    allocation->least = UINT32_MAX;
    for (size_t i = 0; i < d->field->marker_count; i++) {
        allocation->least = d->loads[i] < allocation->least ? d->loads[i] : allocation->least;
        allocation->most = d->loads[i] > allocation->most ? d->loads[i] : allocation->most;
    }
    return ERR_NONE;
}

enum err marking_allocate(struct arena *arena, const struct marking_field *field, const uint8_t seed[CRYPTO_SHA256_LEN],
                          struct marking_allocation *ret_allocation) {
    struct deal deal = {.field = field, .seed = seed};
    struct search search = {0};
    struct marking_allocation allocation = {.end = MARKING_ALLOCATED};
    struct marking_stream stream;
    if (field->per_script < 1 || field->per_script > 2 || field->marker_count > MARKING_MARKERS_MAX ||
        field->script_count > UINT32_MAX / 4 || field->excluded_count > UINT32_MAX / 4 ||
        !ascend(field->scripts, field->script_count) || !ascend(field->markers, field->marker_count))
        return ERR_RANGE;
    if (field->marker_count < field->per_script) {
        allocation.end = MARKING_ALLOCATION_TOO_FEW;
        *ret_allocation = allocation;
        return ERR_NONE;
    }
    if (!prepare(arena, &deal, &search))
        return ERR_MEMORY;
    enum err err = index_excluded(&deal);
    if (err != ERR_NONE)
        return err;
    find_barred(&deal, &allocation);
    if (allocation.end == MARKING_ALLOCATED) {
        marking_stream_init(&stream, seed, "scripts");
        marking_stream_shuffle(&stream, deal.order, field->script_count);
        for (size_t i = 0; i < field->script_count; i++)
            deal_script(&deal, (uint32_t)deal.order[i]);
        even_out(&deal, &search);
        err = report(arena, &deal, &allocation);
    }
    if (err == ERR_NONE)
        *ret_allocation = allocation;
    return err;
}
