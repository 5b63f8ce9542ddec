#include "rank_work.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define COMPOSITE_DEVIATION_MAX 1000000

static bool range_bad(int64_t value, int64_t min, int64_t max) {
    return value < min || value > max;
}

enum err rank_check_statistic(const struct rank_pack *pack, int component, struct rank_misfit *misfit) {
    const struct rank_component *c = &pack->components[component];
    if (c->statistic >= RANK_STATISTIC_COUNT)
        return rank_refuse(misfit, c->statistic, "unknown", "pack.components[%s].statistic", c->code);
    if (c->statistic == RANK_STATISTIC_GIVEN)
        return c->unit == RANK_UNIT_FINE ? rank_refuse(misfit, 0, "mixed-units", "pack.components[%s].unit", c->code) : ERR_NONE;
    if (c->source >= component || pack->components[c->source].statistic != RANK_STATISTIC_GIVEN ||
        pack->components[c->source].stage != c->stage)
        return rank_refuse(misfit, c->source, "unknown-quantity", "pack.components[%s].of", c->code);
    const struct rank_component *source = &pack->components[c->source];
    if (c->unit != RANK_UNIT_FINE || (c->statistic == RANK_STATISTIC_EQUIPERCENTILE && source->unit != RANK_UNIT_COUNT))
        return rank_refuse(misfit, 0, "mixed-units", "pack.components[%s].unit", c->code);
    bool hundredths = c->statistic == RANK_STATISTIC_LINEAR && source->unit == RANK_UNIT_MARK;
    if (range_bad(c->places, hundredths ? 2 : 0, 7))
        return rank_refuse(misfit, c->places, "range", "pack.components[%s].places", c->code);
    if (c->given_table && c->statistic != RANK_STATISTIC_EQUIPERCENTILE)
        return rank_refuse(misfit, 0, "contradiction", "pack.components[%s].table", c->code);
    int64_t step = 1;
    for (int i = c->places; i < 7; i++)
        step *= 10;
    if (c->statistic == RANK_STATISTIC_STANDARD &&
        (range_bad(c->mean, 0, RANK_FINE_MAX) || range_bad(c->deviation, 1, RANK_FINE_MAX) || c->mean % step || c->deviation % step))
        return rank_refuse(misfit, c->deviation, "range", "pack.components[%s].deviation", c->code);
    return ERR_NONE;
}

/* Whether a term's unit can stand in a formula of that kind and unit. */
static bool unit_fits(const struct rank_pack *pack, const struct rank_formula *f, int term) {
    enum rank_unit unit = rank_quantity_unit(pack, f->terms[term].quantity);
    switch ((enum rank_formula_kind)f->kind) {
    case RANK_FORMULA_COUNT:
        return f->unit == RANK_UNIT_COUNT && unit == rank_quantity_unit(pack, f->terms[0].quantity);
    case RANK_FORMULA_BAND:
        return f->unit != RANK_UNIT_FINE;
    case RANK_FORMULA_DEDUCT:
        return term == 0 ? unit == f->unit : unit == RANK_UNIT_COUNT;
    case RANK_FORMULA_COMPOSITE:
        return f->unit != RANK_UNIT_COUNT;
    case RANK_FORMULA_SUM:
    case RANK_FORMULA_BEST:
    case RANK_FORMULA_LEAST:
    case RANK_FORMULA_TRIMMED:
    case RANK_FORMULA_KIND_COUNT:
        break;
    }
    /* Counts become marks only where the formula says how many make one. */
    bool rescaled = f->kind == RANK_FORMULA_SUM && f->divisor > 1;
    return unit == RANK_UNIT_COUNT ? f->unit == RANK_UNIT_COUNT || rescaled : f->unit != RANK_UNIT_COUNT;
}

static enum err check_terms(const struct rank_pack *pack, const struct rank_formula *f, int quantity, struct rank_misfit *misfit) {
    for (int i = 0; i < f->term_count; i++) {
        const struct rank_term *term = &f->terms[i];
        if (term->quantity >= quantity)
            return rank_refuse(misfit, term->quantity, "unknown-quantity", "pack.formulas[%s].terms[%d]", f->code, i);
        bool weighed = f->kind == RANK_FORMULA_SUM || f->kind == RANK_FORMULA_COMPOSITE;
        if (weighed ? term->weight == 0 || range_bad(term->weight, -10000, 10000) : term->weight != 1)
            return rank_refuse(misfit, term->weight, "range", "pack.formulas[%s].terms[%d].weight", f->code, i);
        if (!unit_fits(pack, f, i))
            return rank_refuse(misfit, 0, "mixed-units", "pack.formulas[%s].terms[%d]", f->code, i);
        bool composite = f->kind == RANK_FORMULA_COMPOSITE;
        if (composite && (term->weight < 0 || range_bad(term->deviation, 1, COMPOSITE_DEVIATION_MAX) || range_bad(term->pass, 0, RANK_VALUE_MAX)))
            return rank_refuse(misfit, term->deviation, "range", "pack.formulas[%s].terms[%d]", f->code, i);
        for (int k = 0; k < i; k++)
            if (f->terms[k].quantity == term->quantity)
                return rank_refuse(misfit, 0, "duplicate", "pack.formulas[%s].terms[%d]", f->code, i);
    }
    return ERR_NONE;
}

static enum err check_parameters(const struct rank_pack *pack, const struct rank_formula *f, struct rank_misfit *misfit) {
    const char *wrong = NULL;
    switch ((enum rank_formula_kind)f->kind) {
    case RANK_FORMULA_BEST:
        wrong = range_bad(f->take, 1, f->term_count) ? "take" : NULL;
        break;
    case RANK_FORMULA_TRIMMED:
        wrong = f->drop_high + f->drop_low + (f->least ? f->least : 1) > f->term_count ? "drop" : NULL;
        break;
    case RANK_FORMULA_COUNT:
        wrong = f->op >= RANK_OP_COUNT ? "op" : (range_bad(f->bound, 0, RANK_FINE_MAX) ? "value" : NULL);
        break;
    case RANK_FORMULA_DEDUCT:
        wrong = f->term_count != 2 || rank_quantity_max(pack, f->terms[1].quantity) > 100 ? "terms" : NULL;
        break;
    case RANK_FORMULA_BAND:
        wrong = f->term_count != 1 ? "terms" : (range_bad(f->bound_count, 1, RANK_BOUNDS_MAX) ? "bounds" : NULL);
        for (int i = 1; i < f->bound_count && !wrong; i++)
            wrong = f->bounds[i] <= f->bounds[i - 1] ? "bounds" : NULL;
        break;
    case RANK_FORMULA_COMPOSITE:
        wrong = f->term_count > 4 ? "terms" : (range_bad(f->base, 0, RANK_VALUE_MAX) || range_bad(f->span, 1, RANK_VALUE_MAX) ? "span" : NULL);
        break;
    case RANK_FORMULA_SUM:
    case RANK_FORMULA_LEAST:
    case RANK_FORMULA_KIND_COUNT:
        break;
    }
    return wrong ? rank_refuse(misfit, 0, "range", "pack.formulas[%s].%s", f->code, wrong) : ERR_NONE;
}

/* No value can leave the range in which sums are safe. */
static enum err check_reach(const struct rank_pack *pack, const struct rank_formula *f, struct rank_misfit *misfit) {
    int64_t low = 0, limit = f->unit == RANK_UNIT_FINE ? RANK_FINE_MAX : RANK_VALUE_MAX, high = rank_formula_max(pack, f);
    for (int i = 0; i < f->term_count && f->kind == RANK_FORMULA_SUM; i++)
        if (f->terms[i].weight < 0)
            low -= f->terms[i].weight * (rank_quantity_max(pack, f->terms[i].quantity) / f->divisor + 1);
    return high > limit || low > limit ? rank_refuse(misfit, high, "range", "pack.formulas[%s]", f->code) : ERR_NONE;
}

enum err rank_check_formulas(const struct rank_pack *pack, struct rank_misfit *misfit) {
    for (int i = 0; i < pack->formula_count; i++) {
        const struct rank_formula *f = &pack->formulas[i];
        int quantity = pack->component_count + i;
        if (!rank_code_valid(f->code))
            return rank_refuse(misfit, 0, "code", "pack.formulas[%d].code", i);
        if (rank_quantity_find(pack, f->code) != quantity)
            return rank_refuse(misfit, 0, "duplicate", "pack.formulas[%d].code", i);
        if (f->kind >= RANK_FORMULA_KIND_COUNT || f->unit >= RANK_UNIT_COUNT_OF || f->rounding >= RANK_ROUND_COUNT)
            return rank_refuse(misfit, 0, "unknown", "pack.formulas[%s]", f->code);
        if (range_bad(f->term_count, 1, RANK_TERMS_MAX))
            return rank_refuse(misfit, f->term_count, "count", "pack.formulas[%s].terms", f->code);
        if (range_bad(f->divisor, 1, 1000000))
            return rank_refuse(misfit, f->divisor, "range", "pack.formulas[%s].divisor", f->code);
        if (range_bad(f->round_to, 1, 100000000))
            return rank_refuse(misfit, f->round_to, "range", "pack.formulas[%s].round_to", f->code);
        enum err err = check_terms(pack, f, quantity, misfit);
        if (err == ERR_NONE)
            err = check_parameters(pack, f, misfit);
        if (err == ERR_NONE)
            err = check_reach(pack, f, misfit);
        if (err != ERR_NONE)
            return err;
    }
    return ERR_NONE;
}

enum err rank_check_cuts(const struct rank_pack *pack, struct rank_misfit *misfit) {
    for (int i = 0; i < pack->cut_count; i++) {
        const struct rank_cut *c = &pack->cuts[i];
        if (!rank_code_valid(c->code))
            return rank_refuse(misfit, 0, "code", "pack.cuts[%d].code", i);
        if (c->stage >= pack->stage_count)
            return rank_refuse(misfit, c->stage, "unknown-stage", "pack.cuts[%s].stage", c->code);
        if (c->quantity >= pack->component_count + pack->formula_count)
            return rank_refuse(misfit, c->quantity, "unknown-quantity", "pack.cuts[%s].on", c->code);
        if (rank_quantity_stage(pack, c->quantity) > c->stage)
            return rank_refuse(misfit, c->stage, "later-stage", "pack.cuts[%s].on", c->code);
        if (range_bad(c->count, 0, 100000000) || (c->count == 0 && (range_bad(c->seats_num, 1, 100000) || range_bad(c->seats_den, 1, 1000))))
            return rank_refuse(misfit, c->count, "range", "pack.cuts[%s]", c->code);
        if (range_bad(c->least, 0, 100000000) || range_bad(c->cap, 0, 100000000) || c->ties >= RANK_CUT_TIES_COUNT)
            return rank_refuse(misfit, c->least, "range", "pack.cuts[%s]", c->code);
        if (c->cap && (c->ties != RANK_CUT_ALL || c->cap < c->count || c->cap < c->least))
            return rank_refuse(misfit, c->cap, "contradiction", "pack.cuts[%s].cap", c->code);
    }
    for (int i = 0; i < pack->group_count; i++)
        if (!rank_code_valid(pack->groups[i]) || rank_group_find(pack, pack->groups[i]) != i)
            return rank_refuse(misfit, i, "code", "pack.allocation.groups[%d]", i);
    return ERR_NONE;
}
