#include "rank_work.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum err rank_refuse(struct rank_misfit *misfit, int64_t value, const char *reason, const char *format, ...) {
    if (misfit) {
        va_list args;
        va_start(args, format);
        (void)vsnprintf(misfit->path, sizeof misfit->path, format, args);
        va_end(args);
        (void)snprintf(misfit->reason, sizeof misfit->reason, "%s", reason);
        misfit->value = value;
    }
    return ERR_RANGE;
}

static bool code_valid(const char *code) {
    size_t len = strnlen(code, RANK_CODE_SIZE);
    return len > 0 && len < RANK_CODE_SIZE;
}

static bool range_bad(int64_t value, int64_t min, int64_t max) {
    return value < min || value > max;
}

static enum err check_counts(const struct rank_pack *pack, struct rank_misfit *misfit) {
    const struct {
        const char *name;
        int count, min, max;
    } tables[] = {{"stages", pack->stage_count, 1, RANK_STAGES_MAX},
                  {"components", pack->component_count, 1, RANK_COMPONENTS_MAX},
                  {"formulas", pack->formula_count, 0, RANK_FORMULAS_MAX},
                  {"gates", pack->gate_count, 0, RANK_GATES_MAX},
                  {"classes", pack->class_count, 0, RANK_CLASSES_MAX},
                  {"ties", pack->key_count, 1, RANK_KEYS_MAX}};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (range_bad(tables[i].count, tables[i].min, tables[i].max))
            return rank_refuse(misfit, tables[i].count, "count", "pack.%s", tables[i].name);
    return ERR_NONE;
}

static enum err check_components(const struct rank_pack *pack, struct rank_misfit *misfit) {
    for (int i = 0; i < pack->component_count; i++) {
        const struct rank_component *c = &pack->components[i];
        if (!code_valid(c->code))
            return rank_refuse(misfit, 0, "code", "pack.components[%d].code", i);
        if (rank_quantity_find(pack, c->code) != i)
            return rank_refuse(misfit, 0, "duplicate", "pack.components[%d].code", i);
        if (c->stage >= pack->stage_count)
            return rank_refuse(misfit, c->stage, "unknown-stage", "pack.components[%s].stage", c->code);
        if (c->unit >= RANK_UNIT_COUNT_OF)
            return rank_refuse(misfit, c->unit, "unknown", "pack.components[%s].unit", c->code);
        if (range_bad(c->max, 0, RANK_VALUE_MAX))
            return rank_refuse(misfit, c->max, "range", "pack.components[%s].max", c->code);
    }
    return ERR_NONE;
}

static enum err check_terms(const struct rank_pack *pack, const struct rank_formula *f, int quantity,
                            struct rank_misfit *misfit) {
    int64_t low = 0;
    for (int i = 0; i < f->term_count; i++) {
        const struct rank_term *term = &f->terms[i];
        if (term->quantity >= quantity)
            return rank_refuse(misfit, term->quantity, "unknown-quantity", "pack.formulas[%s].terms[%d]", f->code, i);
        if (term->weight == 0 || range_bad(term->weight, -10000, 10000))
            return rank_refuse(misfit, term->weight, "range", "pack.formulas[%s].terms[%d].weight", f->code, i);
        if (rank_quantity_unit(pack, term->quantity) != f->unit)
            return rank_refuse(misfit, 0, "mixed-units", "pack.formulas[%s].terms[%d]", f->code, i);
        for (int k = 0; k < i; k++)
            if (f->terms[k].quantity == term->quantity)
                return rank_refuse(misfit, 0, "duplicate", "pack.formulas[%s].terms[%d]", f->code, i);
        if (term->weight < 0)
            low -= term->weight * rank_quantity_max(pack, term->quantity);
    }
    int64_t high = rank_quantity_max(pack, (uint8_t)quantity);
    if (high > RANK_VALUE_MAX || low / f->divisor > RANK_VALUE_MAX)
        return rank_refuse(misfit, high, "range", "pack.formulas[%s]", f->code);
    return ERR_NONE;
}

static enum err check_formulas(const struct rank_pack *pack, struct rank_misfit *misfit) {
    for (int i = 0; i < pack->formula_count; i++) {
        const struct rank_formula *f = &pack->formulas[i];
        int quantity = pack->component_count + i;
        if (!code_valid(f->code))
            return rank_refuse(misfit, 0, "code", "pack.formulas[%d].code", i);
        if (rank_quantity_find(pack, f->code) != quantity)
            return rank_refuse(misfit, 0, "duplicate", "pack.formulas[%d].code", i);
        if (f->unit >= RANK_UNIT_COUNT_OF || f->rounding >= RANK_ROUND_COUNT)
            return rank_refuse(misfit, 0, "unknown", "pack.formulas[%s]", f->code);
        if (range_bad(f->term_count, 1, RANK_TERMS_MAX))
            return rank_refuse(misfit, f->term_count, "count", "pack.formulas[%s].terms", f->code);
        if (range_bad(f->divisor, 1, 1000000))
            return rank_refuse(misfit, f->divisor, "range", "pack.formulas[%s].divisor", f->code);
        if (range_bad(f->round_to, 1, 1000000))
            return rank_refuse(misfit, f->round_to, "range", "pack.formulas[%s].round_to", f->code);
        enum err err = check_terms(pack, f, quantity, misfit);
        if (err != ERR_NONE)
            return err;
    }
    return ERR_NONE;
}

static enum err check_gates(const struct rank_pack *pack, struct rank_misfit *misfit) {
    int quantities = pack->component_count + pack->formula_count;
    for (int i = 0; i < pack->gate_count; i++) {
        const struct rank_gate *g = &pack->gates[i];
        if (!code_valid(g->code))
            return rank_refuse(misfit, 0, "code", "pack.gates[%d].code", i);
        for (int k = 0; k < i; k++)
            if (strcmp(pack->gates[k].code, g->code) == 0)
                return rank_refuse(misfit, 0, "duplicate", "pack.gates[%d].code", i);
        if (g->stage >= pack->stage_count)
            return rank_refuse(misfit, g->stage, "unknown-stage", "pack.gates[%s].stage", g->code);
        if (g->quantity >= quantities)
            return rank_refuse(misfit, g->quantity, "unknown-quantity", "pack.gates[%s].on", g->code);
        if (rank_quantity_stage(pack, g->quantity) > g->stage)
            return rank_refuse(misfit, g->stage, "later-stage", "pack.gates[%s].on", g->code);
        if (g->op >= RANK_OP_COUNT)
            return rank_refuse(misfit, g->op, "unknown", "pack.gates[%s].op", g->code);
        if (range_bad(g->share_den, 0, 1000000) || range_bad(g->share_num, 0, g->share_den))
            return rank_refuse(misfit, g->share_num, "range", "pack.gates[%s].share", g->code);
        if (g->share_den == 0 && range_bad(g->bound, 0, RANK_VALUE_MAX))
            return rank_refuse(misfit, g->bound, "range", "pack.gates[%s].value", g->code);
        int64_t max = rank_quantity_max(pack, g->quantity), bound = rank_gate_bound(pack, g);
        if (max > 0 && (bound > max || (bound == max && g->op == RANK_OP_GT)))
            return rank_refuse(misfit, bound, "unreachable", "pack.gates[%s]", g->code);
    }
    return ERR_NONE;
}

static enum err check_keys(const struct rank_pack *pack, struct rank_misfit *misfit) {
    int quantities = pack->component_count + pack->formula_count;
    for (int i = 0; i < pack->key_count; i++) {
        const struct rank_key *k = &pack->keys[i];
        if (k->kind >= RANK_KEY_COUNT)
            return rank_refuse(misfit, k->kind, "unknown", "pack.ties[%d]", i);
        if ((k->kind == RANK_KEY_MANUAL) != (i == pack->key_count - 1))
            return rank_refuse(misfit, i, "manual-ends-the-chain", "pack.ties[%d]", i);
        if (k->kind == RANK_KEY_MANUAL)
            continue;
        if (k->quantity >= (k->kind == RANK_KEY_EXEMPT ? pack->component_count : quantities))
            return rank_refuse(misfit, k->quantity, "unknown-quantity", "pack.ties[%d]", i);
        for (int j = 0; j < i; j++)
            if (pack->keys[j].kind == k->kind && pack->keys[j].quantity == k->quantity)
                return rank_refuse(misfit, i, "duplicate", "pack.ties[%d]", i);
    }
    return ERR_NONE;
}

static enum err check_rest(const struct rank_pack *pack, struct rank_misfit *misfit) {
    for (int i = 0; i < pack->stage_count; i++) {
        if (!code_valid(pack->stages[i]))
            return rank_refuse(misfit, 0, "code", "pack.stages[%d].code", i);
        for (int k = 0; k < i; k++)
            if (strcmp(pack->stages[k], pack->stages[i]) == 0)
                return rank_refuse(misfit, 0, "duplicate", "pack.stages[%d].code", i);
    }
    for (int i = 0; i < pack->class_count; i++) {
        const struct rank_class *c = &pack->classes[i];
        if (!code_valid(c->code))
            return rank_refuse(misfit, 0, "code", "pack.priority.classes[%d].code", i);
        if (rank_class_find(pack, c->code) != i)
            return rank_refuse(misfit, 0, "duplicate", "pack.priority.classes[%d].code", i);
        if (range_bad(c->points, 1, RANK_VALUE_MAX))
            return rank_refuse(misfit, c->points, "range", "pack.priority.classes[%s].points", c->code);
    }
    if (pack->rank_quantity >= pack->component_count + pack->formula_count)
        return rank_refuse(misfit, pack->rank_quantity, "unknown-quantity", "pack.rank.key");
    if (rank_quantity_unit(pack, pack->rank_quantity) != RANK_UNIT_MARK)
        return rank_refuse(misfit, 0, "mixed-units", "pack.rank.key");
    if (pack->plus_priority && pack->class_count == 0)
        return rank_refuse(misfit, 0, "contradiction", "pack.rank.plus_priority");
    if (pack->allocation >= RANK_ALLOCATE_COUNT)
        return rank_refuse(misfit, pack->allocation, "unknown", "pack.allocation.mode");
    if (pack->allocation == RANK_ALLOCATE_WISHES ? range_bad(pack->wishes_max, 1, 20) : pack->wishes_max != 0)
        return rank_refuse(misfit, pack->wishes_max, "range", "pack.allocation.wishes");
    return ERR_NONE;
}

enum err rank_check_pack(const struct rank_pack *pack, struct rank_misfit *ret_misfit) {
    enum err err = check_counts(pack, ret_misfit);
    if (err == ERR_NONE)
        err = check_components(pack, ret_misfit);
    if (err == ERR_NONE)
        err = check_formulas(pack, ret_misfit);
    if (err == ERR_NONE)
        err = check_gates(pack, ret_misfit);
    if (err == ERR_NONE)
        err = check_keys(pack, ret_misfit);
    return err == ERR_NONE ? check_rest(pack, ret_misfit) : err;
}
