#include "rank_work.h"

#include <stdarg.h>
#include <stdio.h>
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

bool rank_code_valid(const char *code) {
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
                  {"ties", pack->key_count, 1, RANK_KEYS_MAX},
                  {"cuts", pack->cut_count, 0, RANK_CUTS_MAX},
                  {"groups", pack->group_count, 0, RANK_GROUPS_MAX}};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (range_bad(tables[i].count, tables[i].min, tables[i].max))
            return rank_refuse(misfit, tables[i].count, "count", "pack.%s", tables[i].name);
    return ERR_NONE;
}

static enum err check_components(const struct rank_pack *pack, struct rank_misfit *misfit) {
    for (int i = 0; i < pack->component_count; i++) {
        const struct rank_component *c = &pack->components[i];
        if (!rank_code_valid(c->code))
            return rank_refuse(misfit, 0, "code", "pack.components[%d].code", i);
        if (rank_quantity_find(pack, c->code) != i)
            return rank_refuse(misfit, 0, "duplicate", "pack.components[%d].code", i);
        if (c->stage >= pack->stage_count)
            return rank_refuse(misfit, c->stage, "unknown-stage", "pack.components[%s].stage", c->code);
        if (c->unit >= RANK_UNIT_COUNT_OF)
            return rank_refuse(misfit, c->unit, "unknown", "pack.components[%s].unit", c->code);
        if (range_bad(c->max, 0, c->unit == RANK_UNIT_FINE ? RANK_FINE_MAX : RANK_VALUE_MAX))
            return rank_refuse(misfit, c->max, "range", "pack.components[%s].max", c->code);
        enum err err = rank_check_statistic(pack, i, misfit);
        if (err != ERR_NONE)
            return err;
    }
    return ERR_NONE;
}

/* The lowest and the highest value with which a gate is passed. */
static void passing(const struct rank_pack *pack, const struct rank_gate *gate, int64_t *ret_low, int64_t *ret_high) {
    int64_t bound = rank_gate_bound(pack, gate);
    bool upward = gate->op == RANK_OP_GE || gate->op == RANK_OP_GT;
    *ret_low = upward ? bound + (gate->op == RANK_OP_GT) : INT64_MIN;
    *ret_high = upward ? INT64_MAX : bound - (gate->op == RANK_OP_LT);
}

/* Whether no value of a quantity passes both gates; one with relief lets in who fails it. */
static bool exclude_each_other(const struct rank_pack *pack, const struct rank_gate *a, const struct rank_gate *b) {
    int64_t low_a, high_a, low_b, high_b;
    if (a->quantity != b->quantity || a->relief || b->relief || !rank_gate_applies(pack, a) || !rank_gate_applies(pack, b))
        return false;
    passing(pack, a, &low_a, &high_a);
    passing(pack, b, &low_b, &high_b);
    return low_a > high_b || low_b > high_a;
}

static enum err check_gates(const struct rank_pack *pack, struct rank_misfit *misfit) {
    int quantities = pack->component_count + pack->formula_count;
    for (int i = 0; i < pack->gate_count; i++) {
        const struct rank_gate *g = &pack->gates[i];
        if (!rank_code_valid(g->code))
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
        if (g->share_den == 0 && range_bad(g->bound, 0, RANK_FINE_MAX))
            return rank_refuse(misfit, g->bound, "range", "pack.gates[%s].value", g->code);
        if (range_bad(g->relief, 0, 1000000))
            return rank_refuse(misfit, g->relief, "range", "pack.gates[%s].relief", g->code);
        if (g->relief > 0 && i + 1 < pack->gate_count && pack->gates[i + 1].stage == g->stage)
            return rank_refuse(misfit, i, "relief-is-last", "pack.gates[%s].relief", g->code);
        int64_t max = rank_quantity_max(pack, g->quantity), bound = rank_gate_bound(pack, g);
        bool upward = g->op == RANK_OP_GE || g->op == RANK_OP_GT;
        if (max > 0 && upward && (bound > max || (bound == max && g->op == RANK_OP_GT)))
            return rank_refuse(misfit, bound, "unreachable", "pack.gates[%s]", g->code);
        for (int k = 0; k < i; k++)
            if (exclude_each_other(pack, &pack->gates[k], g))
                return rank_refuse(misfit, bound, "contradiction", "pack.gates[%s]", g->code);
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
        if (k->kind == RANK_KEY_MANUAL || (k->kind == RANK_KEY_CLASS && pack->class_count > 0))
            continue;
        if (k->quantity >= (k->kind == RANK_KEY_EXEMPT ? pack->component_count : quantities))
            return rank_refuse(misfit, k->quantity, "unknown-quantity", "pack.ties[%d]", i);
        for (int j = 0; j < i; j++)
            if (pack->keys[j].kind == k->kind && pack->keys[j].quantity == k->quantity)
                return rank_refuse(misfit, i, "duplicate", "pack.ties[%d]", i);
    }
    return ERR_NONE;
}

/* Whether the least total lies above the highest result with the most points. */
static bool total_out_of_reach(const struct rank_pack *pack) {
    int64_t scale = rank_quantity_unit(pack, pack->rank_quantity) == RANK_UNIT_FINE ? RANK_FINE / 100 : 1, points = 0;
    int64_t highest = rank_quantity_max(pack, pack->rank_quantity);
    for (int i = 0; i < pack->class_count && pack->plus_priority; i++)
        points = pack->classes[i].points > points ? pack->classes[i].points : points;
    return highest > 0 && highest + points * scale < pack->total_min * scale;
}

static enum err check_rest(const struct rank_pack *pack, struct rank_misfit *misfit) {
    for (int i = 0; i < pack->stage_count; i++) {
        if (!rank_code_valid(pack->stages[i]))
            return rank_refuse(misfit, 0, "code", "pack.stages[%d].code", i);
        for (int k = 0; k < i; k++)
            if (strcmp(pack->stages[k], pack->stages[i]) == 0)
                return rank_refuse(misfit, 0, "duplicate", "pack.stages[%d].code", i);
    }
    for (int i = 0; i < pack->class_count; i++) {
        const struct rank_class *c = &pack->classes[i];
        if (!rank_code_valid(c->code))
            return rank_refuse(misfit, 0, "code", "pack.priority.classes[%d].code", i);
        if (rank_class_find(pack, c->code) != i)
            return rank_refuse(misfit, 0, "duplicate", "pack.priority.classes[%d].code", i);
        if (range_bad(c->points, 1, RANK_VALUE_MAX))
            return rank_refuse(misfit, c->points, "range", "pack.priority.classes[%s].points", c->code);
    }
    if (pack->rank_quantity >= pack->component_count + pack->formula_count)
        return rank_refuse(misfit, pack->rank_quantity, "unknown-quantity", "pack.rank.key");
    if (pack->plus_priority && rank_quantity_unit(pack, pack->rank_quantity) == RANK_UNIT_COUNT)
        return rank_refuse(misfit, 0, "mixed-units", "pack.rank.key");
    if (pack->plus_priority && pack->class_count == 0)
        return rank_refuse(misfit, 0, "contradiction", "pack.rank.plus_priority");
    if (pack->allocation >= RANK_ALLOCATE_COUNT)
        return rank_refuse(misfit, pack->allocation, "unknown", "pack.allocation.mode");
    if (range_bad(pack->window_low, 0, RANK_VALUE_MAX) || range_bad(pack->window_high, pack->window_low, RANK_VALUE_MAX))
        return rank_refuse(misfit, pack->window_high, "range", "pack.priority.window");
    if (range_bad(pack->priority_cap, 0, RANK_VALUE_MAX))
        return rank_refuse(misfit, pack->priority_cap, "range", "pack.priority.cap");
    if (range_bad(pack->total_min, 0, RANK_VALUE_MAX))
        return rank_refuse(misfit, pack->total_min, "range", "pack.rank.min");
    if (pack->total_min && rank_quantity_unit(pack, pack->rank_quantity) == RANK_UNIT_COUNT)
        return rank_refuse(misfit, pack->total_min, "mixed-units", "pack.rank.min");
    if (total_out_of_reach(pack))
        return rank_refuse(misfit, pack->total_min, "unreachable", "pack.rank.min");
    if (pack->admit_equals && pack->allocation != RANK_ALLOCATE_POST)
        return rank_refuse(misfit, 0, "contradiction", "pack.allocation.equals");
    if (range_bad(pack->field_min, 0, 1000000))
        return rank_refuse(misfit, pack->field_min, "range", "pack.field_min");
    if (range_bad(pack->reserve_size, -1, 1000000))
        return rank_refuse(misfit, pack->reserve_size, "range", "pack.reserve.size");
    if ((pack->allocation == RANK_ALLOCATE_RESERVED) != (pack->group_count > 0))
        return rank_refuse(misfit, pack->group_count, "contradiction", "pack.allocation.groups");
    int64_t percents = 0;
    for (int i = 0; i < pack->group_count; i++) {
        if (range_bad(pack->group_percents[i], 0, 10000) || (percents += pack->group_percents[i]) > 10000)
            return rank_refuse(misfit, pack->group_percents[i], "range", "pack.allocation.groups[%d].percent", i);
    }
    if (pack->rest_to_next && pack->allocation != RANK_ALLOCATE_WISHES)
        return rank_refuse(misfit, 0, "contradiction", "pack.allocation.rest");
    if (pack->allocation == RANK_ALLOCATE_WISHES ? range_bad(pack->wishes_max, 1, 20) : pack->wishes_max != 0)
        return rank_refuse(misfit, pack->wishes_max, "range", "pack.allocation.wishes");
    return ERR_NONE;
}

enum err rank_check_pack(const struct rank_pack *pack, struct rank_misfit *ret_misfit) {
    enum err err = check_counts(pack, ret_misfit);
    if (err == ERR_NONE)
        err = check_components(pack, ret_misfit);
    if (err == ERR_NONE)
        err = rank_check_formulas(pack, ret_misfit);
    if (err == ERR_NONE)
        err = check_gates(pack, ret_misfit);
    if (err == ERR_NONE)
        err = rank_check_cuts(pack, ret_misfit);
    if (err == ERR_NONE)
        err = check_keys(pack, ret_misfit);
    return err == ERR_NONE ? check_rest(pack, ret_misfit) : err;
}
