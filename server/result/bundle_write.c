#include "result_private.h"

#include "khoacu/result/equating.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* Members are written in the order of their names, so that the text is canonical as it is written; the writer's escapes
 * are those of RFC 8785. */

void result_format_value(const struct rank_pack *rules, uint8_t quantity, int64_t value, char out[RESULT_VALUE_SIZE]) {
    uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;
    switch (rank_quantity_unit(rules, quantity)) {
    case RANK_UNIT_MARK:
        text_format_hundredths(value, out);
        break;
    case RANK_UNIT_FINE:
        (void)snprintf(out, RESULT_VALUE_SIZE, "%s%llu.%07llu", value < 0 ? "-" : "", (unsigned long long)(size / RANK_FINE),
                       (unsigned long long)(size % RANK_FINE));
        break;
    case RANK_UNIT_COUNT:
    case RANK_UNIT_COUNT_OF:
        (void)snprintf(out, RESULT_VALUE_SIZE, "%lld", (long long)value);
        break;
    }
}

void result_put_value(struct json_writer *writer, const struct rank_pack *rules, uint8_t quantity, int64_t value) {
    char text[RESULT_VALUE_SIZE];
    if (rank_quantity_unit(rules, quantity) == RANK_UNIT_COUNT) {
        json_put_int(writer, value);
        return;
    }
    result_format_value(rules, quantity, value, text);
    json_put_text(writer, text);
}

static void member_total(struct json_writer *w, const struct rank_pack *rules, const char *name, int64_t value) {
    json_put_key(w, name);
    result_put_value(w, rules, rules->rank_quantity, value);
}

void result_put_key_value(struct json_writer *writer, const struct rank_pack *rules, uint8_t key, int64_t value) {
    if (value == INT64_MIN)
        json_put_null(writer);
    else if (rules->keys[key].kind == RANK_KEY_VALUE)
        result_put_value(writer, rules, rules->keys[key].quantity, value);
    else
        json_put_int(writer, value);
}

void result_key_code(const struct rank_pack *rules, uint8_t key, char out[RANK_CODE_SIZE + 8]) {
    const struct rank_key *k = &rules->keys[key];
    const char *code = k->kind == RANK_KEY_MANUAL ? "manual" : (k->kind == RANK_KEY_CLASS ? "class" : rank_quantity_code(rules, k->quantity));
    (void)snprintf(out, RANK_CODE_SIZE + 8, "%s%s", k->kind == RANK_KEY_EXEMPT ? "exempt:" : "", code);
}

/* bound and value of the reason, or nothing. */
static void put_fact(struct json_writer *w, const struct result_field *field, const struct rank_decision *d,
                     const char *name, int64_t fact) {
    const struct rank_pack *rules = &field->rules;
    if (d->reason == RANK_BY_GATE) {
        json_put_key(w, name);
        result_put_value(w, rules, rules->gates[d->row].quantity, fact);
    } else if (d->reason == RANK_BY_CUT) {
        json_put_key(w, name);
        result_put_value(w, rules, rules->cuts[d->row].quantity, fact);
    } else if (d->reason == RANK_BY_FIELD_SMALL) {
        json_member_int(w, name, fact);
    } else if (d->reason == RANK_BY_BELOW_LAST_SEAT || d->reason == RANK_BY_TOTAL_LOW) {
        json_put_key(w, name);
        result_put_value(w, rules, rules->rank_quantity, fact);
    } else if (d->key != RANK_NONE) {
        json_put_key(w, name);
        result_put_key_value(w, rules, d->key, fact);
    }
}

static const char *code_at(const struct rank_pack *rules, const struct rank_decision *d) {
    if (d->reason == RANK_BY_GATE)
        return rules->gates[d->row].code;
    return d->reason == RANK_BY_CUT ? rules->cuts[d->row].code : rules->components[d->row].code;
}

void result_decision_write(struct json_writer *w, const struct result_field *field, const struct rank_result *result,
                           uint32_t candidate) {
    const struct rank_decision *d = &result->decisions[candidate];
    const struct rank_pack *rules = &field->rules;
    char key[RANK_CODE_SIZE + 8];
    json_open_object(w);
    if (d->agency != RANK_NO_AGENCY)
        json_member_text(w, "agency", field->agencies[d->agency]);
    if (d->row != RANK_NONE)
        json_member_text(w, "at", code_at(rules, d));
    put_fact(w, field, d, "bound", d->bound);
    if (d->choice_key != RANK_NONE) {
        result_key_code(rules, d->choice_key, key);
        json_member_text(w, "choice_key", key);
    }
    if (d->group != RANK_NONE)
        json_member_text(w, "group", rules->groups[d->group]);
    if (d->key != RANK_NONE) {
        result_key_code(rules, d->key, key);
        json_member_text(w, "key", key);
    }
    json_member_text(w, "outcome", rank_outcome_key(d->outcome));
    if (d->passed)
        json_member_int(w, "place", d->place);
    if (d->preference)
        json_member_int(w, "preference", d->preference);
    if (d->passed && !field->candidates[candidate].stated) {
        member_total(w, rules, "priority", d->priority);
        member_total(w, rules, "raw", d->raw);
    }
    json_member_text(w, "reason", rank_reason_key(d->reason));
    if (d->relieved)
        json_member_bool(w, "relieved", true);
    if (d->reserve)
        json_member_int(w, "reserve", d->reserve);
    json_member_text(w, "roll_number", field->candidates[candidate].roll);
    if (d->passed)
        member_total(w, rules, "total", d->total);
    put_fact(w, field, d, "value", d->value);
    json_close_object(w);
}

/* Codes of the components in order of their names. */
static uint8_t sorted_components(const struct rank_pack *rules, uint8_t order[RANK_COMPONENTS_MAX]) {
    for (uint8_t i = 0; i < rules->component_count; i++) {
        uint8_t at = i;
        for (; at > 0 && strcmp(rules->components[order[at - 1]].code, rules->components[i].code) > 0; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    return rules->component_count;
}

void result_results_write(struct json_writer *w, const struct result_field *field, uint32_t candidate) {
    const struct rank_pack *rules = &field->rules;
    uint8_t order[RANK_COMPONENTS_MAX];
    uint8_t count = sorted_components(rules, order);
    size_t row = (size_t)candidate * rules->component_count;
    json_open_object(w);
    for (uint8_t k = 0; k < count; k++) {
        uint8_t component = order[k], status = field->statuses[row + component];
        if (status == RANK_STATUS_NONE || rules->components[component].statistic != RANK_STATISTIC_GIVEN)
            continue;
        json_put_key(w, rules->components[component].code);
        if (status == RANK_STATUS_VALUE)
            result_put_value(w, rules, component, field->values[row + component]);
        else
            json_put_text(w, rank_status_key(status));
    }
    json_close_object(w);
}

/* The points of the highest class claimed: published where they decided something. */
static int64_t points_stated(const struct result_field *field, const struct rank_decision *d, uint32_t i) {
    const struct rank_pack *rules = &field->rules;
    bool asked = d->priority > 0;
    for (uint8_t k = 0; k < rules->key_count; k++)
        asked = asked || (rules->keys[k].kind == RANK_KEY_CLASS && d->compared);
    bool windowed = rules->priority_cap || rules->window_low || rules->window_high || rules->total_min;
    uint8_t class = rank_class_pick(rules, field->candidates[i].classes);
    bool reached = d->passed || d->reason == RANK_BY_TOTAL_LOW || d->reason == RANK_BY_WITHDRAWN;
    return class != RANK_NONE && (asked || (windowed && reached)) ? rules->classes[class].points : 0;
}

/* Sessions, shifts or markers of what statistics are made of. */
static void put_shifts(struct json_writer *w, const struct result_field *field, uint32_t i, const uint8_t *order, uint8_t count) {
    const struct rank_pack *rules = &field->rules;
    const uint32_t *groups = field->inputs.groups ? field->inputs.groups + (size_t)i * rules->component_count : NULL;
    bool any = false;
    for (uint8_t k = 0; groups && k < count; k++)
        any = any || groups[k] > 0;
    if (!any)
        return;
    json_put_key(w, "shifts");
    json_open_object(w);
    for (uint8_t k = 0; k < count; k++)
        if (groups[order[k]] > 0)
            json_member_int(w, rules->components[order[k]].code, groups[order[k]]);
    json_close_object(w);
}

static void put_candidate(struct json_writer *w, const struct result_field *field, const struct rank_decision *d,
                          uint32_t i) {
    const struct rank_candidate *c = &field->candidates[i];
    uint8_t order[RANK_COMPONENTS_MAX];
    uint8_t count = sorted_components(&field->rules, order);
    json_open_object(w);
    json_put_key(w, "agencies");
    json_open_array(w);
    for (uint16_t k = 0; k < c->preference_count; k++)
        json_put_text(w, field->agencies[field->preferences[c->first_preference + k]]);
    json_close_array(w);
    if (c->groups) {
        json_put_key(w, "groups");
        json_open_array(w);
        for (uint8_t k = 0; k < field->rules.group_count; k++)
            if (c->groups >> k & 1)
                json_put_text(w, field->rules.groups[k]);
        json_close_array(w);
    }
    if (c->kept)
        json_member_text(w, "kept", field->agencies[c->kept_agency]);
    if (c->kept && c->kept_group)
        json_member_text(w, "kept_group", field->rules.groups[c->kept_group - 1]);
    if (field->given && field->given[i]) {
        json_put_key(w, "panel");
        result_given_write(w, field->given[i]);
    }
    json_member_text(w, "post", field->posts[c->post].code);
    if (points_stated(field, d, i) > 0)
        json_member_hundredths(w, "priority", points_stated(field, d, i));
    if (c->relaxed)
        json_member_bool(w, "relaxed", true);
    if (!c->stated) {
        json_put_key(w, "results");
        result_results_write(w, field, i);
    }
    json_member_text(w, "roll_number", c->roll);
    put_shifts(w, field, i, order, count);
    if (c->withdrawn)
        json_member_bool(w, "withdrawn", true);
    if (c->stated) {
        json_put_key(w, "withheld");
        json_open_object(w);
        json_member_text(w, "sha256", field->withheld[i]);
        json_member_hundredths(w, "total", c->stated_total);
        json_close_object(w);
    }
    json_close_object(w);
}

static void put_posts(struct json_writer *w, const struct result_field *field) {
    json_open_array(w);
    for (uint32_t i = 0; i < field->inputs.post_count; i++) {
        const struct rank_post *post = &field->posts[i];
        json_open_object(w);
        json_member_text(w, "code", post->code);
        json_put_key(w, "seats");
        json_open_array(w);
        for (uint32_t k = 0; k < post->seat_count; k++) {
            json_open_object(w);
            const struct rank_seat *seat = &field->seats[post->first_seat + k];
            json_member_text(w, "agency", field->agencies[seat->agency]);
            if (seat->carried)
                json_member_int(w, "carried", seat->carried);
            if (seat->group)
                json_member_text(w, "group", field->rules.groups[seat->group - 1]);
            json_member_int(w, "quota", seat->quota);
            json_close_object(w);
        }
        json_close_array(w);
        json_member_text(w, "title", field->post_titles[i]);
        json_close_object(w);
    }
    json_close_array(w);
}

static void put_ties(struct json_writer *w, const struct result_field *field) {
    json_open_array(w);
    for (size_t i = 0; i < field->tie_count; i++) {
        json_open_object(w);
        json_member_int(w, "number", field->ties[i].number);
        json_put_key(w, "order");
        json_open_array(w);
        for (size_t k = 0; k < field->ties[i].count; k++)
            json_put_text(w, field->ties[i].order[k]);
        json_close_array(w);
        json_member_text(w, "reason", field->ties[i].reason);
        json_close_object(w);
    }
    json_close_array(w);
}

static void put_placements(struct json_writer *w, const struct result_field *field) {
    if (field->placement_count == 0)
        return;
    json_put_key(w, "placements");
    json_open_array(w);
    for (size_t i = 0; i < field->placement_count; i++) {
        json_open_object(w);
        json_member_text(w, "agency", field->agencies[field->placements[i].agency]);
        json_member_int(w, "number", field->placements[i].number);
        json_member_text(w, "reason", field->placements[i].reason);
        json_member_text(w, "roll_number", field->placements[i].roll);
        json_close_object(w);
    }
    json_close_array(w);
}

static void put_keys(struct json_writer *w, const struct result_field *field) {
    if (field->key_count == 0)
        return;
    json_put_key(w, "keys");
    json_open_array(w);
    for (size_t i = 0; i < field->key_count; i++) {
        json_open_object(w);
        json_member_text(w, "form", field->keys[i].form);
        json_member_text(w, "sha256", field->keys[i].sha256);
        json_member_int(w, "version", field->keys[i].version);
        json_close_object(w);
    }
    json_close_array(w);
}

void result_inputs_write(struct json_writer *w, const struct result_field *field, const struct rank_result *result) {
    uint8_t order[RANK_COMPONENTS_MAX];
    uint8_t count = sorted_components(&field->rules, order);
    json_open_object(w);
    json_put_key(w, "agencies");
    json_open_array(w);
    for (uint32_t i = 0; i < field->inputs.agency_count; i++) {
        json_open_object(w);
        json_member_text(w, "code", field->agencies[i]);
        json_member_text(w, "name", field->agency_names[i]);
        json_close_object(w);
    }
    json_close_array(w);
    json_put_key(w, "candidates");
    json_open_array(w);
    for (uint32_t i = 0; i < field->inputs.candidate_count; i++)
        put_candidate(w, field, &result->decisions[i], i);
    json_close_array(w);
    result_equatings_write(w, field);
    put_keys(w, field);
    json_put_key(w, "pack");
    json_put_raw(w, field->pack->text);
    result_panels_write(w, field);
    put_placements(w, field);
    json_put_key(w, "posts");
    put_posts(w, field);
    json_put_key(w, "scales");
    json_open_object(w);
    for (uint8_t k = 0; k < count; k++)
        if (field->pack->parts[order[k]].scale_from_cycle)
            json_member_hundredths(w, field->rules.components[order[k]].code, field->rules.components[order[k]].max);
        else if (field->rules.components[order[k]].max != field->pack->rank.components[order[k]].max)
            json_member_int(w, field->rules.components[order[k]].code, field->rules.components[order[k]].max);
    json_close_object(w);
    json_put_key(w, "ties");
    put_ties(w, field);
    json_close_object(w);
}

void result_counts_write(struct json_writer *w, const struct result_field *field, const struct rank_result *result) {
    int64_t seats = 0, withheld = 0;
    for (uint32_t i = 0; i < field->inputs.post_count; i++)
        seats += result->posts[i].seats;
    for (uint32_t i = 0; i < field->inputs.candidate_count; i++)
        withheld += field->candidates[i].stated;
    json_open_object(w);
    json_member_int(w, "absent", result->outcomes[RANK_ABSENT]);
    json_member_int(w, "candidates", field->inputs.candidate_count);
    json_member_int(w, "failed", result->outcomes[RANK_FAILED]);
    if (result->outcomes[RANK_NOT_HELD])
        json_member_int(w, "not_held", result->outcomes[RANK_NOT_HELD]);
    json_member_int(w, "not_selected", result->outcomes[RANK_NOT_SELECTED]);
    if (result->outcomes[RANK_NOT_SHORTLISTED])
        json_member_int(w, "not_shortlisted", result->outcomes[RANK_NOT_SHORTLISTED]);
    json_member_int(w, "passed", result->order_count);
    json_member_int(w, "seats", seats);
    json_member_int(w, "selected", result->outcomes[RANK_SELECTED]);
    json_member_int(w, "suspended", result->outcomes[RANK_SUSPENDED]);
    json_member_int(w, "tied", result->outcomes[RANK_TIED]);
    json_member_int(w, "unresolved", result->unresolved);
    json_member_int(w, "void", result->outcomes[RANK_VOID]);
    if (result->outcomes[RANK_WITHDRAWN])
        json_member_int(w, "withdrawn", result->outcomes[RANK_WITHDRAWN]);
    json_member_int(w, "withheld", withheld);
    json_close_object(w);
}

static void put_hash(struct json_writer *w, const char *name, const struct buf *section) {
    uint8_t sha256[CRYPTO_SHA256_LEN];
    char text[2 * CRYPTO_SHA256_LEN + 1];
    crypto_sha256(section->data, section->len, sha256);
    text_hex(sha256, sizeof sha256, text);
    json_member_text(w, name, text);
}

static void put_cycle(struct json_writer *w, const struct result_head *head) {
    json_put_key(w, "cycle");
    json_open_object(w);
    json_member_text(w, "authority_en", head->authority_en);
    json_member_text(w, "authority_vi", head->authority_vi);
    json_member_text(w, "code", head->cycle_code);
    json_member_text(w, "title_en", head->title_en);
    json_member_text(w, "title_vi", head->title_vi);
    json_close_object(w);
}

/* The members of the file that are no section, in three runs between which the sections stand. */
static void put_head_1(struct json_writer *w, const struct result_head *head, const struct result_field *field,
                       const struct rank_result *result) {
    json_member_text(w, "cause", head->cause);
    json_put_key(w, "counts");
    result_counts_write(w, field, result);
    put_cycle(w, head);
}

static void put_head_2(struct json_writer *w, const struct result_head *head) {
    json_member_bool(w, "demonstration", head->demonstration);
    json_member_text(w, "engine", RANK_ENGINE);
    json_member_text(w, "format", RESULT_BUNDLE_FORMAT);
}

static void put_head_3(struct json_writer *w, const struct result_head *head, const struct result_field *field,
                       const struct rank_result *result) {
    json_member_text(w, "previous_sha256", head->previous_sha256);
    if (field->rules.allocation == RANK_ALLOCATE_RESERVED) {
        json_put_key(w, "reservations");
        result_reservations_write(w, field, result);
    }
    json_member_int(w, "version", head->version);
}

static void put_sections(const struct result_field *field, const struct rank_result *result, struct buf *inputs,
                         struct buf *decisions) {
    struct json_writer w;
    json_writer_init(&w, inputs);
    result_inputs_write(&w, field, result);
    json_writer_init(&w, decisions);
    json_open_array(&w);
    for (uint32_t i = 0; i < field->inputs.candidate_count; i++)
        result_decision_write(&w, field, result, i);
    json_close_array(&w);
}

enum err result_bundle_write(const struct result_head *head, const struct result_field *field,
                             const struct rank_result *result, struct buf *out) {
    struct buf inputs CLEANUP(buf_release), decisions CLEANUP(buf_release), front CLEANUP(buf_release);
    struct json_writer w;
    buf_init(&inputs, RESULT_BUNDLE_MAX);
    buf_init(&decisions, RESULT_BUNDLE_MAX);
    buf_init(&front, 16u << 20);
    put_sections(field, result, &inputs, &decisions);
    json_writer_init(&w, &front);
    json_open_object(&w);
    put_head_1(&w, head, field, result);
    put_head_2(&w, head);
    put_head_3(&w, head, field, result);
    json_close_object(&w);
    if (inputs.failed || decisions.failed || front.failed)
        return ERR_LIMIT;

    json_writer_init(&w, out);
    json_open_object(&w);
    put_head_1(&w, head, field, result);
    json_put_key(&w, "decisions");
    json_put_raw(&w, decisions.data);
    put_head_2(&w, head);
    json_put_key(&w, "hashes");
    json_open_object(&w);
    put_hash(&w, "decisions", &decisions);
    put_hash(&w, "head", &front);
    put_hash(&w, "inputs", &inputs);
    json_close_object(&w);
    json_put_key(&w, "inputs");
    json_put_raw(&w, inputs.data);
    put_head_3(&w, head, field, result);
    json_close_object(&w);
    return out->failed ? ERR_LIMIT : ERR_NONE;
}
