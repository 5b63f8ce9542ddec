#include "pack_read.h"

#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define QUESTIONS_MAX 200 /* of a sitting on computer */

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
    const struct json *statistic;
    int64_t questions, minutes, minutes_prepare;
    bool remark, optional;
};
static const struct json_field COMPONENT_FIELDS[] = {
    JSON_FIELD(struct raw_component, code, JSON_STRING, true, 1, RANK_CODE_SIZE - 1),
    JSON_FIELD(struct raw_component, title, JSON_OBJECT, true, 0, 0),
    JSON_FIELD(struct raw_component, source, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct raw_component, unit, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct raw_component, questions, JSON_INT, false, 1, RANK_VALUE_MAX),
    JSON_FIELD(struct raw_component, mark_max, JSON_STRING, false, 1, 10),
    JSON_FIELD(struct raw_component, step, JSON_STRING, false, 1, 10),
    JSON_FIELD(struct raw_component, minutes, JSON_INT, false, 1, 1000),
    JSON_FIELD(struct raw_component, minutes_prepare, JSON_INT, false, 1, 1000),
    JSON_FIELD(struct raw_component, remark, JSON_BOOL, true, 0, 0),
    JSON_FIELD(struct raw_component, optional, JSON_BOOL, false, 0, 0),
    JSON_FIELD(struct raw_component, statistic, JSON_OBJECT, false, 0, 0),
    {0}};
struct raw_statistic {
    const char *kind, *of, *mean, *deviation, *max, *base, *table;
    int64_t places, base_group;
};
static const struct json_field STATISTIC_FIELDS[] = {
    JSON_FIELD(struct raw_statistic, kind, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct raw_statistic, of, JSON_STRING, true, 1, RANK_CODE_SIZE - 1),
    JSON_FIELD(struct raw_statistic, max, JSON_STRING, true, 1, 16),
    JSON_FIELD(struct raw_statistic, places, JSON_INT, true, 0, 7),
    JSON_FIELD(struct raw_statistic, mean, JSON_STRING, false, 1, 16),
    JSON_FIELD(struct raw_statistic, deviation, JSON_STRING, false, 1, 16),
    JSON_FIELD(struct raw_statistic, base, JSON_STRING, false, 1, 10),
    JSON_FIELD(struct raw_statistic, base_group, JSON_INT, false, 0, 99999),
    JSON_FIELD(struct raw_statistic, table, JSON_STRING, false, 1, 10),
    {0}};

/* What a component is that nobody is marked on: a statistic of the field. */
static void read_statistic(struct pack_reader *r, const struct json *value, struct rank_component *component) {
    struct raw_statistic raw = {0};
    const char *before = pack_enter(r, "statistic");
    if (json_fit(r->arena, value, STATISTIC_FIELDS, &raw, r->misfits)) {
        component->statistic = pack_read_key(r, "kind", raw.kind, rank_statistic_find);
        component->source = rank_component_find(&r->pack->rank, raw.of);
        component->places = (uint8_t)raw.places;
        component->base_group = (uint32_t)raw.base_group;
        component->given_table = raw.table && strcmp(raw.table, "signed") == 0;
        if (raw.table && !component->given_table)
            pack_misfit(r, "table", "unknown");
        component->base_best = raw.base && strcmp(raw.base, "best") == 0;
        pack_read_value(r, "max", raw.max, RANK_UNIT_FINE, &component->max);
        bool standard = component->statistic == RANK_STATISTIC_STANDARD, linear = component->statistic == RANK_STATISTIC_LINEAR;
        if (component->source == RANK_NONE)
            pack_misfit(r, "of", "unknown-quantity");
        if (component->statistic == RANK_STATISTIC_GIVEN)
            pack_misfit(r, "kind", "unknown");
        if (standard != (raw.mean != NULL) || standard != (raw.deviation != NULL))
            pack_misfit(r, "deviation", standard ? "required" : "contradiction");
        if (linear != (raw.base != NULL) || (raw.base && !component->base_best && strcmp(raw.base, "all") != 0))
            pack_misfit(r, "base", linear ? "required" : "contradiction");
        if (raw.mean)
            pack_read_value(r, "mean", raw.mean, RANK_UNIT_FINE, &component->mean);
        if (raw.deviation)
            pack_read_value(r, "deviation", raw.deviation, RANK_UNIT_FINE, &component->deviation);
    }
    pack_leave(r, before);
}

static void read_scale(struct pack_reader *r, const struct raw_component *raw, struct rank_component *component,
                       struct cycle_pack_part *part) {
    if (raw->statistic) {
        part->step = 1;
        read_statistic(r, raw->statistic, component);
        if (raw->questions || raw->mark_max || raw->step)
            pack_misfit(r, "statistic", "contradiction");
        return;
    }
    if (component->unit == RANK_UNIT_COUNT) {
        component->max = raw->questions;
        part->step = 1;
        if (raw->questions > QUESTIONS_MAX && part->source == CYCLE_PACK_COMPUTER)
            json_misfit_add(r->arena, r->misfits, "questions", "range", 1, QUESTIONS_MAX);
        if (!raw->questions)
            pack_misfit(r, "questions", "required"); /* of a record: its highest value */
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
        pack_read_mark(r, "mark_max", raw->mark_max, 1, 1000000, &component->max);
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
    component->optional = raw.optional;
    read_scale(r, &raw, component, part);
    bool counted = part->source == CYCLE_PACK_COMPUTER;
    if ((part->source == CYCLE_PACK_STATISTIC) != (raw.statistic != NULL))
        pack_misfit(r, "source", "contradiction");
    if (part->source != CYCLE_PACK_RECORD && !raw.statistic && counted != (component->unit == RANK_UNIT_COUNT))
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
    const struct json *title, *forms, *components, *gates, *cuts;
};
static const struct json_field STAGE_FIELDS[] = {
    JSON_FIELD(struct raw_stage, code, JSON_STRING, true, 1, RANK_CODE_SIZE - 1),
    JSON_FIELD(struct raw_stage, title, JSON_OBJECT, true, 0, 0),
    JSON_FIELD(struct raw_stage, scale, JSON_STRING, false, 1, 10),
    JSON_FIELD(struct raw_stage, forms, JSON_ARRAY, false, 1, CYCLE_PACK_FORMS_MAX),
    JSON_FIELD(struct raw_stage, components, JSON_ARRAY, true, 1, RANK_COMPONENTS_MAX),
    JSON_FIELD(struct raw_stage, gates, JSON_ARRAY, true, 0, RANK_GATES_MAX),
    JSON_FIELD(struct raw_stage, cuts, JSON_ARRAY, false, 0, RANK_CUTS_MAX),
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
