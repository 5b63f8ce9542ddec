#include "khoacu/cycle/pack.h"

#include "khoacu/base/embed.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define PACKS "server/cycle/packs/"

static enum err refuse(struct rank_misfit *misfit, const char *code, const char *reason, int64_t value) {
    if (misfit) {
        (void)snprintf(misfit->path, sizeof misfit->path, "scales.%s", code);
        (void)snprintf(misfit->reason, sizeof misfit->reason, "%s", reason);
        misfit->value = value;
    }
    return ERR_RANGE;
}

/* The components of a stage that the cycle uses make up a form of the pack, and their marks its scale. */
static enum err check_stage(const struct cycle_pack *pack, const struct rank_pack *rules, uint8_t stage,
                            struct rank_misfit *misfit) {
    const struct cycle_pack_stage *s = &pack->stages[stage];
    if (s->form_count == 0)
        return ERR_NONE;
    uint32_t used = 0;
    int64_t sum = 0;
    for (uint8_t i = 0; i < rules->component_count; i++)
        if (rules->components[i].stage == stage && rules->components[i].max > 0) {
            used |= 1u << i;
            sum += rules->components[i].max;
        }
    bool allowed = false;
    for (size_t i = 0; i < s->form_count; i++)
        allowed = allowed || s->forms[i] == used;
    if (!allowed)
        return refuse(misfit, rules->stages[stage], "form-not-allowed", used);
    return sum == s->scale ? ERR_NONE : refuse(misfit, rules->stages[stage], "scale-differs", sum);
}

enum err cycle_pack_bind(const struct cycle_pack *pack, const struct cycle_pack_scales *scales,
                         struct rank_pack *ret_rules, struct rank_misfit *ret_misfit) {
    struct rank_pack rules = pack->rank;
    for (uint8_t i = 0; i < rules.component_count; i++) {
        if (pack->parts[i].source == CYCLE_PACK_COMPUTER && scales->max[CYCLE_PACK_COMPUTER] > 0) {
            if (scales->max[CYCLE_PACK_COMPUTER] > pack->rank.components[i].max)
                return refuse(ret_misfit, rules.components[i].code, "range", scales->max[CYCLE_PACK_COMPUTER]);
            rules.components[i].max = scales->max[CYCLE_PACK_COMPUTER];
        }
        if (!pack->parts[i].scale_from_cycle)
            continue;
        rules.components[i].max = scales->max[pack->parts[i].source];
        if (rules.components[i].max % pack->parts[i].step != 0)
            return refuse(ret_misfit, rules.components[i].code, "step", rules.components[i].max);
    }
    enum err err = rank_check_pack(&rules, ret_misfit);
    for (uint8_t stage = 0; stage < rules.stage_count && err == ERR_NONE; stage++)
        err = check_stage(pack, &rules, stage, ret_misfit);
    if (err == ERR_NONE)
        *ret_rules = rules;
    return err;
}

bool cycle_pack_staged(const struct cycle_pack *pack, const struct rank_pack *rules) {
    uint8_t written = cycle_pack_component(pack, CYCLE_PACK_WRITTEN), interview = cycle_pack_component(pack, CYCLE_PACK_INTERVIEW);
    return written != RANK_NONE && interview != RANK_NONE && rules->components[written].max > 0 &&
           rules->components[interview].max > 0 && rules->components[written].stage < rules->components[interview].stage;
}

const struct settle_scheme *cycle_pack_scheme(const struct cycle_pack *pack, enum cycle_pack_source source, bool remark) {
    for (size_t i = 0; i < pack->scheme_count; i++) {
        const struct settle_scheme *rules = &pack->schemes[i].rules;
        if ((pack->schemes[i].sources >> source & 1) && (rules->tier_count[SETTLE_ROUND_CHANGE] > 0) == remark)
            return rules;
    }
    return NULL;
}

const struct cycle_pack_waiver *cycle_pack_waiver(const struct cycle_pack *pack, uint8_t component, const char *credential) {
    for (size_t i = 0; i < pack->waiver_count; i++)
        if (pack->waivers[i].component == component && strcmp(pack->waivers[i].credential, credential) == 0)
            return &pack->waivers[i];
    return NULL;
}

bool cycle_pack_deliverable(const struct cycle_pack *pack, struct rank_misfit *ret_misfit) {
    const struct rank_pack *rules = &pack->rank;
    uint32_t sources = 0;
    for (uint8_t i = 0; i < rules->component_count; i++) {
        uint32_t source = 1u << pack->parts[i].source;
        bool known = pack->parts[i].source <= CYCLE_PACK_INTERVIEW && !(sources & source);
        sources |= source;
        if (!known && !rules->components[i].optional) {
            (void)refuse(ret_misfit, rules->components[i].code, "not-delivered", 0);
            return false;
        }
    }
    bool marks = rank_quantity_unit(rules, rules->rank_quantity) == RANK_UNIT_MARK;
    if (!marks)
        (void)refuse(ret_misfit, rank_quantity_code(rules, rules->rank_quantity), "not-delivered", 0);
    else if (rules->group_count > 0) /* whom a group is for is not known of its candidates */
        (void)refuse(ret_misfit, rules->groups[0], "not-delivered", 0);
    return marks && rules->group_count == 0;
}

uint8_t cycle_pack_component(const struct cycle_pack *pack, enum cycle_pack_source source) {
    for (uint8_t i = 0; i < pack->rank.component_count; i++)
        if (pack->parts[i].source == source)
            return i;
    return RANK_NONE;
}

bool cycle_pack_shares_marks(const struct cycle_pack *pack, const struct rank_pack *rules, int64_t ret_fixed[CYCLE_PACK_SOURCE_COUNT]) {
    int64_t fixed[CYCLE_PACK_SOURCE_COUNT] = {0};
    bool shared = false, any = false;
    for (uint8_t i = 0; i < rules->component_count; i++) {
        uint8_t source = pack->parts[i].source;
        if (source != CYCLE_PACK_WRITTEN && source != CYCLE_PACK_INTERVIEW)
            continue;
        shared = shared || pack->parts[i].scale_from_cycle;
        any = true;
        if (rules->components[i].max > fixed[source])
            fixed[source] = rules->components[i].max;
    }
    memcpy(ret_fixed, fixed, sizeof fixed);
    return shared || !any;
}

const char *cycle_pack_builtin(const char *id, size_t *ret_len) {
    char path[128];
    int len = snprintf(path, sizeof path, PACKS "%s.json", id);
    const struct embed_file *file = len > 0 && (size_t)len < sizeof path ? embed_find(path) : NULL;
    if (!file)
        return NULL;
    *ret_len = file->len;
    return (const char *)file->bytes;
}

const char *cycle_pack_builtin_id(struct arena *arena, size_t i) {
    const struct embed_file *file = embed_first(PACKS);
    while (file && i-- > 0)
        file = embed_next(file, PACKS);
    if (!file)
        return NULL;
    const char *name = file->path + strlen(PACKS);
    return arena_strndup(arena, name, strlen(name) - strlen(".json"));
}
