#include "pack_read.h"

#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define X(name, key) key,
static const char *const SOURCES[] = {CYCLE_PACK_SOURCE_TABLE(X)};
#undef X

const char *cycle_pack_source_key(enum cycle_pack_source source) {
    return SOURCES[source];
}

static int find_source(const char *key) {
    for (int i = 0; key && i < CYCLE_PACK_SOURCE_COUNT; i++)
        if (strcmp(SOURCES[i], key) == 0)
            return i;
    return -1;
}

struct raw_component {
    const char *code, *source, *unit, *mark_max, *step;
    const struct json *title;
    int64_t questions, minutes, minutes_prepare;
    bool remark;
};
static const struct json_field COMPONENT_FIELDS[] = {
    JSON_FIELD(struct raw_component, code, JSON_STRING, true, 1, RANK_CODE_SIZE - 1),
    JSON_FIELD(struct raw_component, title, JSON_OBJECT, true, 0, 0),
    JSON_FIELD(struct raw_component, source, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct raw_component, unit, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct raw_component, questions, JSON_INT, false, 1, 200),
    JSON_FIELD(struct raw_component, mark_max, JSON_STRING, false, 1, 10),
    JSON_FIELD(struct raw_component, step, JSON_STRING, false, 1, 10),
    JSON_FIELD(struct raw_component, minutes, JSON_INT, false, 1, 1000),
    JSON_FIELD(struct raw_component, minutes_prepare, JSON_INT, false, 1, 1000),
    JSON_FIELD(struct raw_component, remark, JSON_BOOL, true, 0, 0),
    {0}};

static void read_scale(struct pack_reader *r, const struct raw_component *raw, struct rank_component *component,
                       struct cycle_pack_part *part) {
    if (component->unit == RANK_UNIT_COUNT) {
        component->max = raw->questions;
        part->step = 1;
        if (!raw->questions)
            pack_misfit(r, "questions", "required");
        if (raw->mark_max || raw->step)
            pack_misfit(r, raw->mark_max ? "mark_max" : "step", "contradiction");
        return;
    }
    if (raw->questions)
        pack_misfit(r, "questions", "contradiction");
    if (!raw->mark_max)
        pack_misfit(r, "mark_max", "required");
    else if (strcmp(raw->mark_max, "cycle") == 0)
        part->scale_from_cycle = true;
    else
        pack_read_mark(r, "mark_max", raw->mark_max, 1, 100000, &component->max);
    part->step = 1;
    if (raw->step)
        pack_read_mark(r, "step", raw->step, 1, 10000, &part->step);
}

static void read_component(struct pack_reader *r, const struct json *value, uint8_t stage) {
    struct rank_pack *rules = &r->pack->rank;
    struct raw_component raw = {0};
    if (!json_fit(r->arena, value, COMPONENT_FIELDS, &raw, r->misfits))
        return;
    if (rules->component_count == RANK_COMPONENTS_MAX) {
        pack_misfit(r, "", "count");
        return;
    }
    struct rank_component *component = &rules->components[rules->component_count];
    struct cycle_pack_part *part = &r->pack->parts[rules->component_count];
    pack_read_code(r, "code", raw.code, component->code);
    pack_read_words(r, "title", raw.title, &part->title);
    component->stage = stage;
    component->unit = pack_read_key(r, "unit", raw.unit, rank_unit_find);
    part->source = pack_read_key(r, "source", raw.source, find_source);
    part->minutes = raw.minutes;
    part->minutes_prepare = raw.minutes_prepare;
    part->remark = raw.remark;
    read_scale(r, &raw, component, part);
    if ((part->source == CYCLE_PACK_COMPUTER) != (component->unit == RANK_UNIT_COUNT))
        pack_misfit(r, "unit", "contradiction");
    rules->component_count++;
}

static void read_forms(struct pack_reader *r, const struct json *forms, uint8_t stage) {
    struct cycle_pack_stage *s = &r->pack->stages[stage];
    const struct rank_pack *rules = &r->pack->rank;
    for (size_t i = 0; i < json_count(forms) && i < CYCLE_PACK_FORMS_MAX; i++) {
        const struct json *form = json_at(forms, i);
        const char *before = pack_enter(r, "forms[%zu]", i);
        if (json_kind(form) != JSON_ARRAY || json_count(form) == 0)
            pack_misfit(r, "", "kind");
        for (size_t k = 0; k < json_count(form); k++) {
            const char *code = json_text(json_at(form, k));
            uint8_t component = code ? rank_component_find(rules, code) : RANK_NONE;
            if (component == RANK_NONE || rules->components[component].stage != stage || (s->forms[i] >> component & 1))
                pack_misfit(r, code ? code : "", "unknown-quantity");
            else
                s->forms[i] |= 1u << component;
        }
        pack_leave(r, before);
        s->form_count = i + 1;
    }
}

struct raw_stage {
    const char *code, *scale;
    const struct json *title, *forms, *components, *gates;
};
static const struct json_field STAGE_FIELDS[] = {
    JSON_FIELD(struct raw_stage, code, JSON_STRING, true, 1, RANK_CODE_SIZE - 1),
    JSON_FIELD(struct raw_stage, title, JSON_OBJECT, true, 0, 0),
    JSON_FIELD(struct raw_stage, scale, JSON_STRING, false, 1, 10),
    JSON_FIELD(struct raw_stage, forms, JSON_ARRAY, false, 1, CYCLE_PACK_FORMS_MAX),
    JSON_FIELD(struct raw_stage, components, JSON_ARRAY, true, 1, RANK_COMPONENTS_MAX),
    JSON_FIELD(struct raw_stage, gates, JSON_ARRAY, true, 0, RANK_GATES_MAX),
    {0}};

static void read_stage(struct pack_reader *r, const struct json *value, uint8_t stage) {
    struct raw_stage raw = {0};
    if (!json_fit(r->arena, value, STAGE_FIELDS, &raw, r->misfits))
        return;
    struct cycle_pack_stage *s = &r->pack->stages[stage];
    struct rank_pack *rules = &r->pack->rank;
    pack_read_code(r, "code", raw.code, rules->stages[stage]);
    pack_read_words(r, "title", raw.title, &s->title);
    bool shared = false;
    uint8_t first = rules->component_count;
    for (size_t i = 0; i < json_count(raw.components); i++) {
        const char *before = pack_enter(r, "components[%zu]", i);
        read_component(r, json_at(raw.components, i), stage);
        pack_leave(r, before);
    }
    for (uint8_t i = first; i < rules->component_count; i++)
        shared = shared || r->pack->parts[i].scale_from_cycle;
    read_forms(r, raw.forms, stage);
    if (raw.scale)
        pack_read_mark(r, "scale", raw.scale, 1, 100000, &s->scale);
    if (shared != (raw.scale != NULL) || shared != (raw.forms != NULL))
        pack_misfit(r, "scale", shared ? "required" : "contradiction");
}

void pack_read_stages(struct pack_reader *r, const struct json *stages) {
    for (size_t i = 0; i < json_count(stages); i++) {
        const char *before = pack_enter(r, "stages[%zu]", i);
        read_stage(r, json_at(stages, i), (uint8_t)i);
        pack_leave(r, before);
    }
    r->pack->rank.stage_count = (uint8_t)json_count(stages);
}

struct raw_term {
    const char *of;
    int64_t weight;
};
static const struct json_field TERM_FIELDS[] = {
    JSON_FIELD(struct raw_term, of, JSON_STRING, true, 1, RANK_CODE_SIZE - 1),
    JSON_FIELD(struct raw_term, weight, JSON_INT, false, -10000, 10000),
    {0}};
struct raw_round {
    const char *to, *mode;
};
static const struct json_field ROUND_FIELDS[] = {JSON_FIELD(struct raw_round, to, JSON_STRING, true, 1, 10),
                                                 JSON_FIELD(struct raw_round, mode, JSON_STRING, true, 1, 20),
                                                 {0}};
struct raw_formula {
    const char *code, *unit;
    const struct json *terms, *round;
    int64_t divisor;
};
static const struct json_field FORMULA_FIELDS[] = {
    JSON_FIELD(struct raw_formula, code, JSON_STRING, true, 1, RANK_CODE_SIZE - 1),
    JSON_FIELD(struct raw_formula, unit, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct raw_formula, terms, JSON_ARRAY, true, 1, RANK_TERMS_MAX),
    JSON_FIELD(struct raw_formula, divisor, JSON_INT, false, 1, 1000000),
    JSON_FIELD(struct raw_formula, round, JSON_OBJECT, false, 0, 0),
    {0}};

static void read_term(struct pack_reader *r, const struct json *value, struct rank_term *term) {
    struct raw_term raw = {.weight = 1};
    if (!json_fit(r->arena, value, TERM_FIELDS, &raw, r->misfits))
        return;
    term->weight = (int32_t)raw.weight;
    term->quantity = rank_quantity_find(&r->pack->rank, raw.of);
    if (term->quantity == RANK_NONE)
        pack_misfit(r, "of", "unknown-quantity");
}

static void read_formula(struct pack_reader *r, const struct json *value, uint8_t index) {
    struct raw_formula raw = {.divisor = 1};
    if (!json_fit(r->arena, value, FORMULA_FIELDS, &raw, r->misfits))
        return;
    struct rank_formula *formula = &r->pack->rank.formulas[index];
    *formula = (struct rank_formula){.divisor = (int32_t)raw.divisor, .round_to = 1, .rounding = RANK_ROUND_EXACT};
    pack_read_code(r, "code", raw.code, formula->code);
    formula->unit = pack_read_key(r, "unit", raw.unit, rank_unit_find);
    for (size_t i = 0; i < json_count(raw.terms); i++) {
        const char *before = pack_enter(r, "terms[%zu]", i);
        read_term(r, json_at(raw.terms, i), &formula->terms[i]);
        pack_leave(r, before);
    }
    formula->term_count = (uint8_t)json_count(raw.terms);
    if (!raw.round)
        return;
    struct raw_round round = {0};
    const char *before = pack_enter(r, "round");
    if (json_fit(r->arena, raw.round, ROUND_FIELDS, &round, r->misfits)) {
        int64_t to = 1;
        pack_read_mark(r, "to", round.to, 1, 10000, &to);
        formula->round_to = (int32_t)to;
        formula->rounding = pack_read_key(r, "mode", round.mode, rank_rounding_find);
    }
    pack_leave(r, before);
}

void pack_read_formulas(struct pack_reader *r, const struct json *formulas) {
    for (size_t i = 0; i < json_count(formulas); i++) {
        const char *before = pack_enter(r, "formulas[%zu]", i);
        read_formula(r, json_at(formulas, i), (uint8_t)i);
        pack_leave(r, before);
        r->pack->rank.formula_count = (uint8_t)(i + 1);
    }
}

struct raw_gate {
    const char *code, *on, *op, *value, *share, *when;
};
static const struct json_field GATE_FIELDS[] = {
    JSON_FIELD(struct raw_gate, code, JSON_STRING, true, 1, RANK_CODE_SIZE - 1),
    JSON_FIELD(struct raw_gate, on, JSON_STRING, true, 1, RANK_CODE_SIZE - 1),
    JSON_FIELD(struct raw_gate, op, JSON_STRING, true, 1, 4),
    JSON_FIELD(struct raw_gate, value, JSON_STRING, false, 1, 12),
    JSON_FIELD(struct raw_gate, share, JSON_STRING, false, 1, 4),
    JSON_FIELD(struct raw_gate, when, JSON_STRING, false, 1, 20),
    {0}};

static void read_gate(struct pack_reader *r, const struct json *value, uint8_t stage) {
    struct rank_pack *rules = &r->pack->rank;
    struct raw_gate raw = {0};
    if (!json_fit(r->arena, value, GATE_FIELDS, &raw, r->misfits))
        return;
    if (rules->gate_count == RANK_GATES_MAX) {
        pack_misfit(r, "", "count");
        return;
    }
    struct rank_gate *gate = &rules->gates[rules->gate_count++];
    *gate = (struct rank_gate){.stage = stage, .quantity = rank_quantity_find(rules, raw.on)};
    pack_read_code(r, "code", raw.code, gate->code);
    gate->op = pack_read_key(r, "op", raw.op, rank_op_find);
    if (gate->quantity == RANK_NONE)
        pack_misfit(r, "on", "unknown-quantity");
    if (raw.when && strcmp(raw.when, "combined") != 0)
        pack_misfit(r, "when", "unknown");
    gate->combined_only = raw.when != NULL;
    if (!raw.value == !raw.share) {
        pack_misfit(r, "value", raw.value ? "contradiction" : "required");
    } else if (raw.share) {
        int64_t share = 0;
        pack_read_mark(r, "share", raw.share, 0, 100, &share);
        gate->share_num = (int32_t)share;
        gate->share_den = 100;
    } else if (gate->quantity != RANK_NONE && rank_quantity_unit(rules, gate->quantity) == RANK_UNIT_COUNT) {
        if (!text_parse_int(raw.value, 0, RANK_VALUE_MAX, &gate->bound))
            pack_misfit(r, "value", "number");
    } else {
        pack_read_mark(r, "value", raw.value, 0, RANK_VALUE_MAX, &gate->bound);
    }
}

void pack_read_gates(struct pack_reader *r, const struct json *stages) {
    for (size_t i = 0; i < json_count(stages); i++) {
        const struct json *gates = json_get(json_at(stages, i), "gates");
        for (size_t k = 0; k < json_count(gates); k++) {
            const char *before = pack_enter(r, "stages[%zu].gates[%zu]", i, k);
            read_gate(r, json_at(gates, k), (uint8_t)i);
            pack_leave(r, before);
        }
    }
}
