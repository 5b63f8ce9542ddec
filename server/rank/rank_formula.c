#include "rank_work.h"

#include "rank_wide.h"

#include "khoacu/base/banned.h"

/* How many parts of the finest unit each has: a count of 1 is a mark of 1.00. */
static const int64_t PARTS[] = {[RANK_UNIT_COUNT] = 1, [RANK_UNIT_MARK] = 100, [RANK_UNIT_FINE] = RANK_FINE};

/* What a formula rounds: sum / divisor. */
struct ratio {
    rank_i128 sum, divisor;
};

/* Whether a quotient with that rest (of that step, 0 <= rest < step) goes up. */
static bool goes_up(enum rank_rounding rounding, bool more, bool half, bool odd) {
    if (rounding == RANK_ROUND_HALF_UP)
        return more || half;
    return rounding == RANK_ROUND_HALF_EVEN && (more || (half && odd));
}

/* The same in 64 bits, where nearly every sum of marks stays: three times as fast. */
static bool finish_small(const struct rank_formula *f, int64_t sum, int64_t divisor, int64_t *ret_value) {
    int64_t step = divisor * f->round_to;
    int64_t down = step == 1 ? sum : sum / step - (sum % step < 0);
    int64_t rest = sum - down * step;
    if (rest != 0 && f->rounding == RANK_ROUND_EXACT)
        return false;
    bool up = rest != 0 && goes_up((enum rank_rounding)f->rounding, rest > step - rest, rest == step - rest, down % 2 != 0);
    *ret_value = (down + up) * f->round_to;
    return true;
}

/* Rounds to a multiple of round_to. False: EXACT and there is a remainder. */
static bool finish(const struct rank_formula *f, struct ratio ratio, int64_t *ret_value) {
    const rank_i128 small = INT64_C(1) << 40;
    if (ratio.sum < (small << 20) && ratio.sum > -(small << 20) && ratio.divisor < small / f->round_to)
        return finish_small(f, (int64_t)ratio.sum, (int64_t)ratio.divisor, ret_value);
    rank_i128 step = ratio.divisor * f->round_to;
    rank_i128 down = ratio.sum / step - (ratio.sum % step < 0); /* towards minus infinity */
    rank_i128 rest = ratio.sum - down * step;
    if (rest != 0 && f->rounding == RANK_ROUND_EXACT)
        return false;
    bool up = rest != 0 && goes_up((enum rank_rounding)f->rounding, rest * 2 > step, rest * 2 == step, down % 2 != 0);
    *ret_value = (int64_t)((down + up) * f->round_to);
    return true;
}

/* What makes a value of a unit one of a finer unit. */
static int64_t scale_of(enum rank_unit unit, enum rank_unit finer) {
    return PARTS[finer] / PARTS[unit];
}

/* The finest unit of a formula and its terms. */
static enum rank_unit finest_of(const struct rank_pack *pack, const struct rank_formula *f) {
    enum rank_unit finest = (enum rank_unit)f->unit;
    bool own = f->kind == RANK_FORMULA_COUNT || f->kind == RANK_FORMULA_BAND || f->kind == RANK_FORMULA_COMPOSITE;
    for (uint8_t i = 0; i < f->term_count && !own; i++) {
        enum rank_unit unit = rank_quantity_unit(pack, f->terms[i].quantity);
        finest = PARTS[unit] > PARTS[finest] ? unit : finest;
    }
    return finest;
}

/* The value of a term as the formula adds it: those kinds that compare take it in its own unit. */
static int64_t scaled(const struct rank_pack *pack, const struct rank_formula *f, uint8_t quantity, enum rank_unit finest, int64_t value) {
    bool own = f->kind == RANK_FORMULA_COUNT || f->kind == RANK_FORMULA_BAND || f->kind == RANK_FORMULA_COMPOSITE;
    return own ? value : value * scale_of(rank_quantity_unit(pack, quantity), finest);
}

static bool in_cycle(const struct rank_pack *pack, uint8_t quantity) {
    return quantity >= pack->component_count || pack->components[quantity].max > 0;
}

/* A part that need not be there, and is not. */
static bool is_left_out(const struct rank_pack *pack, uint8_t quantity, const uint8_t *statuses) {
    return quantity < pack->component_count && pack->components[quantity].optional && statuses[quantity] == RANK_STATUS_NONE;
}

/* The values of the terms that are there, in the finer unit; `absent` counts those that should be and are not. */
struct terms {
    int64_t values[RANK_TERMS_MAX];
    uint8_t index[RANK_TERMS_MAX]; /* of the term in the formula */
    int count, absent;
    int64_t divisor; /* of the finer unit, to come back to the formula's */
};
static void read_terms(const struct rank_pack *pack, const struct rank_formula *f, const int64_t *values, const uint8_t *statuses,
                       struct terms *terms) {
    enum rank_unit finest = finest_of(pack, f);
    *terms = (struct terms){.divisor = scale_of((enum rank_unit)f->unit, finest)};
    for (uint8_t i = 0; i < f->term_count; i++) {
        uint8_t quantity = f->terms[i].quantity;
        int64_t value = 0;
        if (!in_cycle(pack, quantity) || is_left_out(pack, quantity, statuses))
            continue; /* adds nothing */
        if (!rank_quantity_value(pack, quantity, values, statuses, &value)) {
            terms->absent++;
            continue;
        }
        terms->values[terms->count] = scaled(pack, f, quantity, finest, value);
        terms->index[terms->count++] = i;
    }
}

/* Highest first; `index` is not kept. */
static void sort_terms(struct terms *terms) {
    for (int i = 1; i < terms->count; i++) {
        int64_t value = terms->values[i];
        int at = i;
        for (; at > 0 && terms->values[at - 1] < value; at--)
            terms->values[at] = terms->values[at - 1];
        terms->values[at] = value;
    }
}

static struct ratio sum_of(const struct rank_formula *f, const struct terms *terms) {
    struct ratio ratio = {.divisor = (rank_i128)f->divisor * terms->divisor};
    for (int i = 0; i < terms->count; i++)
        ratio.sum += (rank_i128)f->terms[terms->index[i]].weight * terms->values[i];
    return ratio;
}

static struct ratio best_of(const struct rank_formula *f, struct terms *terms) {
    struct ratio ratio = {.divisor = (rank_i128)f->divisor * terms->divisor};
    sort_terms(terms);
    for (int i = 0; i < terms->count && i < f->take; i++)
        ratio.sum += terms->values[i];
    return ratio;
}

static bool trimmed_of(const struct rank_formula *f, struct terms *terms, struct ratio *ret_ratio) {
    int left = terms->count - f->drop_high - f->drop_low;
    if (left < 1 || left < f->least)
        return false;
    sort_terms(terms);
    *ret_ratio = (struct ratio){.divisor = (rank_i128)left * terms->divisor};
    for (int i = f->drop_high; i < terms->count - f->drop_low; i++)
        ret_ratio->sum += terms->values[i];
    return true;
}

bool rank_op_holds(enum rank_op op, int64_t value, int64_t bound) {
    switch (op) {
    case RANK_OP_GE:
        return value >= bound;
    case RANK_OP_GT:
        return value > bound;
    case RANK_OP_LE:
        return value <= bound;
    case RANK_OP_LT:
        return value < bound;
    case RANK_OP_COUNT:
        break;
    }
    return false;
}

static int64_t count_of(const struct rank_formula *f, const struct terms *terms) {
    int64_t count = 0;
    for (int i = 0; i < terms->count; i++)
        count += rank_op_holds((enum rank_op)f->op, terms->values[i], f->bound);
    return count;
}

static int64_t band_of(const struct rank_formula *f, const struct terms *terms) {
    int64_t band = 0;
    while (band < f->bound_count && terms->values[0] >= f->bounds[band])
        band++;
    return f->unit == RANK_UNIT_MARK ? band * 100 : band;
}

/* C over the common denominator of all deviations. `values` in the order of the terms. */
static rank_i128 composite_sum(const struct rank_formula *f, const int64_t *values) {
    rank_i128 sum = 0;
    for (uint8_t i = 0; i < f->term_count; i++) {
        rank_i128 part = (rank_i128)f->terms[i].weight * (values[i] - f->terms[i].pass);
        for (uint8_t k = 0; k < f->term_count; k++)
            part *= k == i ? 1 : f->terms[k].deviation;
        sum += part;
    }
    return sum;
}

/* base + span * C / Cmax; false: Cmax is not above 0. */
static bool composite_of(const struct rank_pack *pack, const struct rank_formula *f, const struct terms *terms, struct ratio *ret_ratio) {
    int64_t highest[RANK_TERMS_MAX];
    for (uint8_t i = 0; i < f->term_count; i++)
        highest[i] = rank_quantity_max(pack, f->terms[i].quantity);
    rank_i128 top = composite_sum(f, highest);
    if (top <= 0 || terms->count != f->term_count)
        return false;
    *ret_ratio = (struct ratio){.sum = (rank_i128)f->base * top + (rank_i128)f->span * composite_sum(f, terms->values), .divisor = top};
    return true;
}

static bool deducted(const struct rank_pack *pack, const struct rank_formula *f, const int64_t *values, const uint8_t *statuses,
                     struct ratio *ret_ratio) {
    int64_t value = 0, percent = 0;
    if (!rank_quantity_value(pack, f->terms[0].quantity, values, statuses, &value))
        return false;
    (void)rank_quantity_value(pack, f->terms[1].quantity, values, statuses, &percent);
    *ret_ratio = (struct ratio){.sum = (rank_i128)value * (100 - percent), .divisor = 100};
    return true;
}

/* A weighted sum of given parts in one unit, all there: what most rules rank by. Stays far inside 64 bits. */
static bool add_plain(const struct rank_pack *pack, const struct rank_formula *f, const int64_t *values, const uint8_t *statuses, int64_t *ret_sum) {
    int64_t sum = 0;
    for (uint8_t i = 0; i < f->term_count; i++) {
        uint8_t quantity = f->terms[i].quantity;
        if (quantity >= pack->component_count || pack->components[quantity].unit != f->unit || f->unit == RANK_UNIT_FINE)
            return false;
        if (pack->components[quantity].max == 0)
            continue;
        if (statuses[quantity] != RANK_STATUS_VALUE)
            return false;
        sum += f->terms[i].weight * values[quantity];
    }
    *ret_sum = sum;
    return true;
}

bool rank_formula_value(const struct rank_pack *pack, const struct rank_formula *f, const int64_t *values, const uint8_t *statuses,
                        int64_t *ret_value) {
    struct terms terms;
    struct ratio ratio = {.divisor = 1};
    int64_t plain = 0;
    if (f->kind == RANK_FORMULA_SUM && add_plain(pack, f, values, statuses, &plain))
        return finish_small(f, plain, f->divisor, ret_value);
    read_terms(pack, f, values, statuses, &terms);
    switch ((enum rank_formula_kind)f->kind) {
    case RANK_FORMULA_SUM:
        if (terms.absent)
            return false;
        ratio = sum_of(f, &terms);
        break;
    case RANK_FORMULA_BEST:
        if (terms.count == 0)
            return false;
        ratio = best_of(f, &terms);
        break;
    case RANK_FORMULA_LEAST:
        if (terms.absent || terms.count == 0)
            return false;
        sort_terms(&terms);
        ratio = (struct ratio){.sum = terms.values[terms.count - 1], .divisor = terms.divisor};
        break;
    case RANK_FORMULA_TRIMMED:
        if (!trimmed_of(f, &terms, &ratio))
            return false;
        break;
    case RANK_FORMULA_COUNT:
        *ret_value = count_of(f, &terms);
        return true;
    case RANK_FORMULA_DEDUCT:
        if (!deducted(pack, f, values, statuses, &ratio))
            return false;
        break;
    case RANK_FORMULA_BAND:
        if (terms.count == 0)
            return false;
        *ret_value = band_of(f, &terms);
        return true;
    case RANK_FORMULA_COMPOSITE:
        if (!composite_of(pack, f, &terms, &ratio))
            return false;
        break;
    case RANK_FORMULA_KIND_COUNT:
        return false;
    }
    return finish(f, ratio, ret_value);
}

bool rank_formula_may_lack(const struct rank_pack *pack, const struct rank_formula *f) {
    bool exact = f->rounding == RANK_ROUND_EXACT, whole = f->divisor == 1 && f->round_to == 1 && finest_of(pack, f) == (enum rank_unit)f->unit;
    switch ((enum rank_formula_kind)f->kind) {
    case RANK_FORMULA_TRIMMED:
        return true;
    case RANK_FORMULA_DEDUCT:
    case RANK_FORMULA_COMPOSITE:
        return exact;
    case RANK_FORMULA_SUM:
    case RANK_FORMULA_BEST:
    case RANK_FORMULA_LEAST:
        return exact && !whole;
    case RANK_FORMULA_COUNT:
    case RANK_FORMULA_BAND:
    case RANK_FORMULA_KIND_COUNT:
        break;
    }
    return false;
}

const char *rank_formula_lack(const struct rank_pack *pack, const struct rank_formula *f, const int64_t *values, const uint8_t *statuses) {
    struct rank_formula rounded = *f;
    struct terms terms;
    struct ratio ratio;
    int64_t value = 0;
    if (rank_formula_value(pack, f, values, statuses, &value))
        return NULL;
    if (f->kind == RANK_FORMULA_TRIMMED) {
        read_terms(pack, f, values, statuses, &terms);
        if (terms.count > 0 && !trimmed_of(f, &terms, &ratio))
            return "too-few-to-trim";
    }
    rounded.rounding = RANK_ROUND_DOWN;
    return rank_formula_value(pack, &rounded, values, statuses, &value) ? "remainder" : NULL;
}

/* Of terms at their maxima; where a remainder is refused, what lies below it. */
static int64_t rounded(const struct rank_formula *f, struct ratio ratio) {
    int64_t value = 0;
    return finish(f, ratio, &value) ? value : (int64_t)(ratio.sum / ratio.divisor);
}

int64_t rank_formula_max(const struct rank_pack *pack, const struct rank_formula *f) {
    enum rank_unit finest = finest_of(pack, f);
    struct terms terms = {.divisor = scale_of((enum rank_unit)f->unit, finest)};
    for (uint8_t i = 0; i < f->term_count; i++) {
        uint8_t quantity = f->terms[i].quantity;
        if (!in_cycle(pack, quantity) || (f->kind == RANK_FORMULA_SUM && f->terms[i].weight < 0))
            continue;
        terms.values[terms.count] = scaled(pack, f, quantity, finest, rank_quantity_max(pack, quantity));
        terms.index[terms.count++] = i;
    }
    switch ((enum rank_formula_kind)f->kind) {
    case RANK_FORMULA_SUM:
        return rounded(f, sum_of(f, &terms));
    case RANK_FORMULA_BEST:
        return rounded(f, best_of(f, &terms));
    case RANK_FORMULA_LEAST:
        sort_terms(&terms);
        return terms.count ? rounded(f, (struct ratio){.sum = terms.values[terms.count - 1], .divisor = terms.divisor}) : 0;
    case RANK_FORMULA_TRIMMED:
        sort_terms(&terms);
        return terms.count ? rounded(f, (struct ratio){.sum = terms.values[0], .divisor = terms.divisor}) : 0;
    case RANK_FORMULA_COUNT:
        return terms.count;
    case RANK_FORMULA_DEDUCT:
        return rank_quantity_max(pack, f->terms[0].quantity);
    case RANK_FORMULA_BAND:
        return f->unit == RANK_UNIT_MARK ? f->bound_count * INT64_C(100) : f->bound_count;
    case RANK_FORMULA_COMPOSITE:
        return f->base + f->span;
    case RANK_FORMULA_KIND_COUNT:
        break;
    }
    return 0;
}
