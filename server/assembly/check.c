#include "khoacu/assembly/solve.h"

#include "work.h"

#include <string.h>

#include "khoacu/base/banned.h"

/* The check stands by itself: it knows forms, pool and blueprint, and nothing of slots, parts and programmes. */
struct checking {
    const struct assembly_pool *pool;
    const struct assembly_blueprint *blueprint;
    struct assembly_result *result;
    struct arena *arena;
    size_t line_size;
    int64_t *uses; /* per item of the pool */
    bool holds;
};

static void put_line(struct checking *c, size_t constraint, size_t form_a, size_t form_b, int64_t value) {
    struct assembly_result *result = c->result;
    const struct assembly_range *range = &result->constraints[constraint].range;
    int64_t below = range->min == ASSEMBLY_NO_MIN ? INT64_MAX : value - range->min;
    int64_t above = range->max == ASSEMBLY_NO_MAX ? INT64_MAX : range->max - value;
    struct assembly_line line = {.constraint = constraint,
                                 .form_a = (int64_t)form_a,
                                 .form_b = (int64_t)form_b,
                                 .value = value,
                                 .slack = below < above ? below : above};
    if (line.slack < 0)
        c->holds = false;
    if (result->line_count == c->line_size) {
        size_t size = c->line_size ? c->line_size * 2 : 256;
        struct assembly_line *lines = ARENA_ARRAY(c->arena, size, struct assembly_line);
        if (!lines) {
            c->holds = false;
            return;
        }
        if (result->line_count > 0)
            memcpy(lines, result->lines, result->line_count * sizeof *lines);
        result->lines = lines;
        c->line_size = size;
    }
    result->lines[result->line_count++] = line;
}

static const struct assembly_item *item_at(const struct checking *c, const struct assembly_form *form, size_t place) {
    return &c->pool->items[form->items[place].item];
}

/* ---- one form ---- */

static bool in_section(const struct assembly_constraint *constraint, const struct assembly_chosen *chosen) {
    return constraint->section == ASSEMBLY_NOWHERE || constraint->section == chosen->section;
}

static int64_t count_cell(const struct checking *c, const struct assembly_constraint *constraint,
                          const struct assembly_form *form) {
    const struct assembly_count *cell = constraint->section == ASSEMBLY_NOWHERE
                                            ? &c->blueprint->counts[constraint->index]
                                            : &c->blueprint->sections[constraint->section].counts[constraint->index];
    int64_t count = 0;
    for (size_t i = 0; i < form->item_count; i++) {
        const struct assembly_item *item = item_at(c, form, i);
        bool topic = assembly_topic_within(item->topic, cell->topic);
        bool level = cell->level == 0 || cell->level == item->level;
        bool kind = *cell->kind == '\0' || strcmp(cell->kind, item->kind) == 0;
        count += in_section(constraint, &form->items[i]) && topic && level && kind;
    }
    return count;
}

static int64_t sum_budget(const struct checking *c, const struct assembly_constraint *constraint,
                          const struct assembly_form *form) {
    bool seconds = constraint->kind == ASSEMBLY_KIND_SECONDS || constraint->kind == ASSEMBLY_KIND_SECTION_SECONDS;
    int64_t sum = 0;
    for (size_t i = 0; i < form->item_count; i++)
        if (in_section(constraint, &form->items[i]))
            sum += seconds ? item_at(c, form, i)->seconds : item_at(c, form, i)->words;
    return sum;
}

static int64_t count_items(const struct assembly_constraint *constraint, const struct assembly_form *form) {
    int64_t count = 0;
    for (size_t i = 0; i < form->item_count; i++)
        count += in_section(constraint, &form->items[i]);
    return count;
}

/* Sum over the form, NANO. */
static int64_t sum_point(const struct checking *c, enum assembly_kind kind, const struct assembly_target *target,
                         const struct assembly_form *form) {
    int64_t sum = 0;
    for (size_t i = 0; i < form->item_count; i++) {
        const struct assembly_item *item = item_at(c, form, i);
        int64_t value = kind == ASSEMBLY_KIND_MEAN || kind == ASSEMBLY_KIND_MEAN_DIFFERENCE ? item->facility
                        : kind == ASSEMBLY_KIND_CURVE || kind == ASSEMBLY_KIND_CURVE_DIFFERENCE
                            ? assembly_item_curve(item, target->theta, c->blueprint->scale)
                            : assembly_item_information(item, target->theta, c->blueprint->scale);
        if (value == ASSEMBLY_UNKNOWN)
            return ASSEMBLY_UNKNOWN;
        sum += value;
    }
    return sum;
}

static bool is_mean(enum assembly_kind kind) {
    return kind != ASSEMBLY_KIND_INFORMATION && kind != ASSEMBLY_KIND_INFORMATION_DIFFERENCE;
}

/* A mean is shown rounded to the nearest, but judged as a sum against bounds times the number of items. */
static void check_point(struct checking *c, size_t index, size_t number, const struct assembly_form *form) {
    const struct assembly_constraint *constraint = &c->result->constraints[index];
    int64_t sum = sum_point(c, constraint->kind, assembly_constraint_target(c->blueprint, constraint), form);
    int64_t unit = is_mean(constraint->kind) ? (int64_t)form->item_count : 1;
    if (sum == ASSEMBLY_UNKNOWN || unit == 0) {
        c->holds = false;
        return;
    }
    int64_t value = (sum + unit / 2) / unit;
    put_line(c, index, number, 0, value);
    const struct assembly_range *range = &constraint->range;
    bool below = range->min != ASSEMBLY_NO_MIN && sum < range->min * unit;
    bool above = range->max != ASSEMBLY_NO_MAX && sum > range->max * unit;
    if (below || above)
        c->holds = false;
}

static bool names_code(const struct assembly_item *item, const char *code) {
    for (size_t i = 0; i < item->enemy_count; i++)
        if (strcmp(item->enemies[i], code) == 0)
            return true;
    return false;
}

static bool are_enemies(const struct assembly_item *a, const struct assembly_item *b) {
    bool group = a->enemy_group && b->enemy_group && strcmp(a->enemy_group, b->enemy_group) == 0;
    return group || names_code(a, b->code) || names_code(b, a->code);
}

static int64_t count_enemies(const struct checking *c, const struct assembly_form *form) {
    int64_t count = 0;
    for (size_t i = 0; i < form->item_count; i++)
        for (size_t k = i + 1; k < form->item_count; k++)
            count += are_enemies(item_at(c, form, i), item_at(c, form, k));
    return count;
}

static int64_t count_anchor(const struct checking *c, const struct assembly_anchor *anchor,
                            const struct assembly_form *form) {
    int64_t count = 0;
    for (size_t i = 0; i < form->item_count; i++)
        count += form->items[i].section == anchor->section && strcmp(item_at(c, form, i)->code, anchor->item) == 0;
    return count;
}

/* How many stimuli the form uses; the fewest and the most items of one. */
static int64_t count_stimuli(const struct checking *c, const struct assembly_form *form, int64_t *ret_fewest,
                             int64_t *ret_most) {
    int64_t stimuli = 0, fewest = INT64_MAX, most = 0;
    for (size_t i = 0; i < form->item_count; i++) {
        const char *stimulus = item_at(c, form, i)->stimulus;
        int64_t items = 0, before = 0;
        for (size_t k = 0; stimulus && k < form->item_count; k++) {
            const char *other = item_at(c, form, k)->stimulus;
            bool same = other && strcmp(stimulus, other) == 0;
            items += same;
            before += same && k < i;
        }
        if (!stimulus || before > 0)
            continue;
        stimuli++;
        fewest = items < fewest ? items : fewest;
        most = items > most ? items : most;
    }
    *ret_fewest = fewest;
    *ret_most = most;
    return stimuli;
}

static void check_stimulus_items(struct checking *c, size_t index, size_t number, const struct assembly_form *form) {
    const struct assembly_range *range = &c->result->constraints[index].range;
    int64_t fewest = 0, most = 0;
    if (count_stimuli(c, form, &fewest, &most) == 0)
        return;
    bool tighter_below =
        range->min != ASSEMBLY_NO_MIN && (range->max == ASSEMBLY_NO_MAX || fewest - range->min < range->max - most);
    put_line(c, index, number, 0, tighter_below ? fewest : most);
}

static int64_t count_previous(const struct checking *c, const struct assembly_previous *previous,
                              const struct assembly_form *form) {
    int64_t count = 0;
    for (size_t i = 0; i < form->item_count; i++) {
        bool shared = false;
        for (size_t k = 0; k < previous->item_count && !shared; k++)
            shared = strcmp(previous->items[k], item_at(c, form, i)->code) == 0;
        count += shared;
    }
    return count;
}

static void check_in_form(struct checking *c, size_t index, size_t number, const struct assembly_form *form) {
    const struct assembly_constraint *constraint = &c->result->constraints[index];
    int64_t fewest, most;
    switch (constraint->kind) {
    case ASSEMBLY_KIND_ITEMS:
    case ASSEMBLY_KIND_SECTION_ITEMS:
        put_line(c, index, number, 0, count_items(constraint, form));
        break;
    case ASSEMBLY_KIND_SECTION_SECONDS:
    case ASSEMBLY_KIND_SECTION_WORDS:
    case ASSEMBLY_KIND_SECONDS:
    case ASSEMBLY_KIND_WORDS:
        put_line(c, index, number, 0, sum_budget(c, constraint, form));
        break;
    case ASSEMBLY_KIND_CELL:
        put_line(c, index, number, 0, count_cell(c, constraint, form));
        break;
    case ASSEMBLY_KIND_MEAN:
    case ASSEMBLY_KIND_CURVE:
    case ASSEMBLY_KIND_INFORMATION:
        check_point(c, index, number, form);
        break;
    case ASSEMBLY_KIND_ENEMIES:
        put_line(c, index, number, 0, count_enemies(c, form));
        break;
    case ASSEMBLY_KIND_ANCHOR:
        put_line(c, index, number, 0, count_anchor(c, &c->blueprint->anchors[constraint->index], form));
        break;
    case ASSEMBLY_KIND_STIMULUS_ITEMS:
        check_stimulus_items(c, index, number, form);
        break;
    case ASSEMBLY_KIND_STIMULUS_COUNT:
        put_line(c, index, number, 0, count_stimuli(c, form, &fewest, &most));
        break;
    case ASSEMBLY_KIND_PREVIOUS:
        put_line(c, index, number, 0, count_previous(c, &c->blueprint->previous[constraint->index], form));
        break;
    case ASSEMBLY_KIND_USES:
    case ASSEMBLY_KIND_EXPOSURE:
    case ASSEMBLY_KIND_OVERLAP:
    case ASSEMBLY_KIND_MEAN_DIFFERENCE:
    case ASSEMBLY_KIND_CURVE_DIFFERENCE:
    case ASSEMBLY_KIND_INFORMATION_DIFFERENCE:
    case ASSEMBLY_KIND_COUNT:
        break;
    }
}

/* ---- between forms ---- */

static bool is_anchor(const struct checking *c, const char *code) {
    for (size_t i = 0; i < c->blueprint->anchor_count; i++)
        if (strcmp(c->blueprint->anchors[i].item, code) == 0)
            return true;
    return false;
}

static int64_t count_shared(const struct checking *c, const struct assembly_form *a, const struct assembly_form *b) {
    int64_t count = 0;
    for (size_t i = 0; i < a->item_count; i++)
        for (size_t k = 0; k < b->item_count; k++)
            count += a->items[i].item == b->items[k].item && !is_anchor(c, item_at(c, a, i)->code);
    return count;
}

/* The most that any item comes to: uses in these forms, or with its exposure. */
static int64_t most_uses(const struct checking *c, bool exposure) {
    int64_t most = 0;
    for (size_t i = 0; i < c->pool->count; i++) {
        int64_t uses = c->uses[i] + (exposure ? c->pool->items[i].exposure : 0);
        if (c->uses[i] > 0 && uses > most && (exposure || !is_anchor(c, c->pool->items[i].code)))
            most = uses;
    }
    return most;
}

static void check_difference(struct checking *c, size_t index) {
    const struct assembly_constraint *constraint = &c->result->constraints[index];
    int64_t low = INT64_MAX, high = INT64_MIN, unit = is_mean(constraint->kind) ? c->blueprint->items : 1;
    size_t low_form = 0, high_form = 0;
    for (size_t f = 0; f < c->result->form_count; f++) {
        int64_t sum =
            sum_point(c, constraint->kind, assembly_constraint_target(c->blueprint, constraint), &c->result->forms[f]);
        if (sum == ASSEMBLY_UNKNOWN)
            c->holds = false;
        if (sum < low) {
            low = sum;
            low_form = f + 1;
        }
        if (sum > high) {
            high = sum;
            high_form = f + 1;
        }
    }
    bool ordered = low_form < high_form;
    put_line(c, index, ordered ? low_form : high_form, ordered ? high_form : low_form, (high - low + unit / 2) / unit);
    if (high - low > constraint->range.max * unit)
        c->holds = false;
}

static void check_between(struct checking *c, size_t index) {
    const struct assembly_constraint *constraint = &c->result->constraints[index];
    if (constraint->kind == ASSEMBLY_KIND_USES || constraint->kind == ASSEMBLY_KIND_EXPOSURE)
        put_line(c, index, 0, 0, most_uses(c, constraint->kind == ASSEMBLY_KIND_EXPOSURE));
    if (constraint->kind >= ASSEMBLY_KIND_MEAN_DIFFERENCE && constraint->kind <= ASSEMBLY_KIND_INFORMATION_DIFFERENCE)
        check_difference(c, index);
    for (size_t a = 0; constraint->kind == ASSEMBLY_KIND_OVERLAP && a < c->result->form_count; a++)
        for (size_t b = a + 1; b < c->result->form_count; b++)
            put_line(c, index, a + 1, b + 1, count_shared(c, &c->result->forms[a], &c->result->forms[b]));
}

/* What no line shows: an item that may not be drawn, stands twice, or is in a section that does not take it. */
static bool drawn_rightly(const struct checking *c, const struct assembly_form *form) {
    for (size_t i = 0; i < form->item_count; i++) {
        const struct assembly_chosen *chosen = &form->items[i];
        if (chosen->item >= c->pool->count || chosen->section >= c->blueprint->section_count)
            return false;
        if (!assembly_section_takes(&c->blueprint->sections[chosen->section], &c->pool->items[chosen->item]))
            return false;
        for (size_t k = 0; k < c->blueprint->leave_out_count; k++)
            if (strcmp(c->blueprint->leave_out[k], c->pool->items[chosen->item].code) == 0)
                return false;
        for (size_t k = 0; k < i; k++)
            if (form->items[k].item == chosen->item)
                return false;
    }
    return true;
}

bool assembly_check(struct arena *arena, const struct assembly_pool *pool, const struct assembly_blueprint *blueprint,
                    struct assembly_result *result) {
    struct checking c = {.pool = pool, .blueprint = blueprint, .result = result, .arena = arena, .holds = true};
    c.uses = ARENA_ARRAY(arena, pool->count + 1, int64_t);
    if (!c.uses || result->form_count != (size_t)blueprint->forms)
        return false;
    result->lines = NULL;
    result->line_count = 0;
    for (size_t f = 0; f < result->form_count; f++) {
        if (!drawn_rightly(&c, &result->forms[f]))
            return false;
        for (size_t i = 0; i < result->forms[f].item_count; i++)
            c.uses[result->forms[f].items[i].item]++;
    }
    for (size_t i = 0; i < result->constraint_count; i++) {
        for (size_t f = 0; f < result->form_count; f++)
            check_in_form(&c, i, f + 1, &result->forms[f]);
        check_between(&c, i);
    }
    return c.holds;
}
