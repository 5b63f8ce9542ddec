#include "rank_work.h"

#include <string.h>

#include "khoacu/base/banned.h"

static const struct rank_formula *formula_of(const struct rank_pack *pack, uint8_t quantity) {
    return &pack->formulas[quantity - pack->component_count];
}

static bool is_component(const struct rank_pack *pack, uint8_t quantity) {
    return quantity < pack->component_count;
}

enum rank_unit rank_quantity_unit(const struct rank_pack *pack, uint8_t quantity) {
    return is_component(pack, quantity) ? pack->components[quantity].unit : formula_of(pack, quantity)->unit;
}

const char *rank_quantity_code(const struct rank_pack *pack, uint8_t quantity) {
    return is_component(pack, quantity) ? pack->components[quantity].code : formula_of(pack, quantity)->code;
}

uint8_t rank_quantity_stage(const struct rank_pack *pack, uint8_t quantity) {
    if (is_component(pack, quantity))
        return pack->components[quantity].stage;
    const struct rank_formula *formula = formula_of(pack, quantity);
    uint8_t stage = 0;
    for (uint8_t i = 0; i < formula->term_count; i++) {
        uint8_t of_term = rank_quantity_stage(pack, formula->terms[i].quantity);
        stage = of_term > stage ? of_term : stage;
    }
    return stage;
}

int64_t rank_quantity_max(const struct rank_pack *pack, uint8_t quantity) {
    return is_component(pack, quantity) ? pack->components[quantity].max : rank_formula_max(pack, formula_of(pack, quantity));
}

bool rank_quantity_value(const struct rank_pack *pack, uint8_t quantity, const int64_t *values, const uint8_t *statuses,
                         int64_t *ret_value) {
    if (!is_component(pack, quantity))
        return rank_formula_value(pack, formula_of(pack, quantity), values, statuses, ret_value);
    if (statuses[quantity] != RANK_STATUS_VALUE)
        return false;
    *ret_value = values[quantity];
    return true;
}

uint8_t rank_component_find(const struct rank_pack *pack, const char *code) {
    for (uint8_t i = 0; i < pack->component_count; i++)
        if (strcmp(pack->components[i].code, code) == 0)
            return i;
    return RANK_NONE;
}

uint8_t rank_quantity_find(const struct rank_pack *pack, const char *code) {
    uint8_t component = rank_component_find(pack, code);
    if (component != RANK_NONE)
        return component;
    for (uint8_t i = 0; i < pack->formula_count; i++)
        if (strcmp(pack->formulas[i].code, code) == 0)
            return (uint8_t)(pack->component_count + i);
    return RANK_NONE;
}

uint8_t rank_class_find(const struct rank_pack *pack, const char *code) {
    for (uint8_t i = 0; i < pack->class_count; i++)
        if (strcmp(pack->classes[i].code, code) == 0)
            return i;
    return RANK_NONE;
}

uint8_t rank_group_find(const struct rank_pack *pack, const char *code) {
    for (uint8_t i = 0; i < pack->group_count; i++)
        if (strcmp(pack->groups[i], code) == 0)
            return i;
    return RANK_NONE;
}

uint8_t rank_class_pick(const struct rank_pack *pack, uint32_t classes) {
    uint8_t best = RANK_NONE;
    for (uint8_t i = 0; i < pack->class_count; i++)
        if ((classes >> i & 1) && (best == RANK_NONE || pack->classes[i].points > pack->classes[best].points))
            best = i;
    return best;
}

bool rank_component_stops(const struct rank_component *component, uint8_t status) {
    if (component->max == 0 || component->statistic != RANK_STATISTIC_GIVEN || status == RANK_STATUS_VALUE || status == RANK_STATUS_EXEMPT)
        return false;
    return !(component->optional && status == RANK_STATUS_NONE);
}

bool rank_pack_is_relative(const struct rank_pack *pack) {
    bool relative = pack->cut_count > 0 || pack->field_min > 0;
    for (uint8_t i = 0; i < pack->gate_count; i++)
        relative = relative || pack->gates[i].relief > 0;
    for (uint8_t i = 0; i < pack->component_count; i++)
        relative = relative || pack->components[i].statistic != RANK_STATISTIC_GIVEN;
    return relative;
}

/* Whether a stage has two or more components in this cycle. */
static bool combined(const struct rank_pack *pack, uint8_t stage) {
    int count = 0;
    for (uint8_t i = 0; i < pack->component_count; i++)
        count += pack->components[i].stage == stage && pack->components[i].max > 0 && !pack->components[i].optional &&
                 pack->components[i].statistic == RANK_STATISTIC_GIVEN;
    return count >= 2;
}

bool rank_gate_applies(const struct rank_pack *pack, const struct rank_gate *gate) {
    return (!gate->combined_only || combined(pack, gate->stage)) && rank_quantity_max(pack, gate->quantity) > 0;
}

bool rank_key_applies(const struct rank_pack *pack, const struct rank_key *key) {
    if (key->kind == RANK_KEY_MANUAL || key->kind == RANK_KEY_CLASS)
        return true;
    return (!key->combined_only || combined(pack, rank_quantity_stage(pack, key->quantity))) &&
           rank_quantity_max(pack, key->quantity) > 0;
}

int64_t rank_gate_bound(const struct rank_pack *pack, const struct rank_gate *gate) {
    if (gate->share_den == 0)
        return gate->bound;
    int64_t product = rank_quantity_max(pack, gate->quantity) * gate->share_num;
    int64_t down = product / gate->share_den;
    /* value * den >= product <=> value >= ceil; > goes with the floor; <= with the floor, < with the ceiling. */
    bool up = gate->op == RANK_OP_GE || gate->op == RANK_OP_LT;
    return up && product % gate->share_den != 0 ? down + 1 : down;
}

bool rank_gate_holds(const struct rank_pack *pack, const struct rank_gate *gate, int64_t value) {
    return rank_op_holds((enum rank_op)gate->op, value, rank_gate_bound(pack, gate));
}

/* Whether a formula should have a value and has none: nobody passes a gate by that (rank_run refuses such a field). */
static bool lacks(const struct rank_pack *pack, uint8_t quantity, const int64_t *values, const uint8_t *statuses) {
    return !is_component(pack, quantity) && rank_formula_lack(pack, formula_of(pack, quantity), values, statuses);
}

bool rank_stage_passed(const struct rank_pack *pack, uint8_t stage, const int64_t *values, const uint8_t *statuses) {
    for (uint8_t i = 0; i < pack->component_count; i++)
        if (pack->components[i].stage == stage && rank_component_stops(&pack->components[i], statuses[i]))
            return false;
    for (uint8_t i = 0; i < pack->gate_count; i++) {
        const struct rank_gate *gate = &pack->gates[i];
        int64_t value = 0;
        if (gate->stage != stage || !rank_gate_applies(pack, gate))
            continue;
        if (rank_quantity_value(pack, gate->quantity, values, statuses, &value) ? !rank_gate_holds(pack, gate, value) : lacks(pack, gate->quantity, values, statuses))
            return false;
    }
    return true;
}

bool rank_pack_apportions(const struct rank_pack *pack) {
    for (uint8_t i = 0; i < pack->group_count; i++)
        if (pack->group_percents[i] > 0)
            return true;
    return false;
}

void rank_apportion(const struct rank_pack *pack, int32_t places, int32_t ret_seats[RANK_GROUPS_MAX + 1]) {
    int32_t left = places;
    for (uint8_t i = 0; i < pack->group_count; i++) {
        int32_t own = (int32_t)(((int64_t)places * pack->group_percents[i] + 5000) / 10000);
        ret_seats[i + 1] = own < left ? own : left;
        left -= ret_seats[i + 1];
    }
    ret_seats[0] = left;
}
