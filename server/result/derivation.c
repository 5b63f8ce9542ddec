#include "result_private.h"

#include "khoacu/base/text.h"

#include <stdio.h>

#include "khoacu/base/banned.h"

/* Where a number in a derivation comes from, in words that the catalogues of the pages know. */
static const char *label_of(const struct result_field *field, uint8_t quantity) {
    if (quantity < field->rules.component_count)
        return cycle_pack_source_key(field->pack->parts[quantity].source);
    return quantity == field->rules.rank_quantity ? "raw" : rank_quantity_code(&field->rules, quantity);
}

/* Numbers are texts here: the pages put them into sentences. */
static void member_value(struct json_writer *w, const struct rank_pack *rules, const char *name, uint8_t quantity,
                         int64_t value) {
    char text[24];
    if (rank_quantity_unit(rules, quantity) == RANK_UNIT_MARK)
        text_format_hundredths(value, text);
    else
        (void)snprintf(text, sizeof text, "%lld", (long long)value);
    json_member_text(w, name, text);
}

static void open_step(struct json_writer *w, const char *step, const char *verdict) {
    json_open_object(w);
    json_member_text(w, "step", step);
    if (verdict)
        json_member_text(w, "verdict", verdict);
}

static void put_parts(struct json_writer *w, const struct result_field *field, uint32_t i, uint8_t stage) {
    const struct rank_pack *rules = &field->rules;
    size_t row = (size_t)i * rules->component_count;
    for (uint8_t k = 0; k < rules->component_count; k++) {
        uint8_t status = field->statuses[row + k];
        if (rules->components[k].stage != stage || status == RANK_STATUS_NONE)
            continue;
        open_step(w, "part", rank_status_key(status));
        json_member_text(w, "component", label_of(field, k));
        if (status == RANK_STATUS_VALUE)
            member_value(w, rules, "value", k, field->values[row + k]);
        member_value(w, rules, "max", k, rules->components[k].max);
        json_close_object(w);
    }
}

/* The gates of a stage up to the one that failed. Returns whether all were passed. */
static bool put_gates(struct json_writer *w, const struct result_field *field, uint32_t i, uint8_t stage) {
    const struct rank_pack *rules = &field->rules;
    size_t row = (size_t)i * rules->component_count;
    for (uint8_t k = 0; k < rules->gate_count; k++) {
        const struct rank_gate *gate = &rules->gates[k];
        int64_t value = 0;
        if (gate->stage != stage || !rank_gate_applies(rules, gate) ||
            !rank_quantity_value(rules, gate->quantity, field->values + row, field->statuses + row, &value))
            continue;
        bool holds = rank_gate_holds(rules, gate, value);
        open_step(w, "gate", holds ? "passed" : "failed");
        json_member_text(w, "gate", gate->code);
        json_member_text(w, "component", label_of(field, gate->quantity));
        json_member_text(w, "op", rank_op_key(gate->op));
        member_value(w, rules, "value", gate->quantity, value);
        member_value(w, rules, "bound", gate->quantity, rank_gate_bound(rules, gate));
        json_close_object(w);
        if (!holds)
            return false;
    }
    return true;
}

static bool stopped_at(const struct result_field *field, const struct rank_decision *d, uint8_t stage) {
    return (d->outcome == RANK_ABSENT || d->outcome == RANK_SUSPENDED || d->outcome == RANK_VOID) &&
           field->rules.components[d->row].stage == stage;
}

static void put_total(struct json_writer *w, const struct result_field *field, const struct rank_result *result,
                      uint32_t i) {
    const struct rank_decision *d = &result->decisions[i];
    const struct rank_post_result *post = &result->posts[field->candidates[i].post];
    open_step(w, "raw", NULL);
    json_member_hundredths(w, "value", d->raw);
    json_close_object(w);
    if (field->rules.plus_priority) {
        open_step(w, "priority", d->priority ? "points" : "none");
        json_member_hundredths(w, "points", d->priority);
        json_close_object(w);
    }
    open_step(w, "total", NULL);
    json_member_hundredths(w, "raw", d->raw);
    json_member_hundredths(w, "priority", d->priority);
    json_member_hundredths(w, "total", d->total);
    json_close_object(w);
    open_step(w, "place", NULL);
    json_member_int(w, "place", d->place);
    json_member_int(w, "passed", post->passed);
    json_member_int(w, "seats", post->seats);
    json_close_object(w);
}

static void put_tie_value(struct json_writer *w, const struct rank_pack *rules, const char *name, uint8_t key,
                          int64_t value) {
    if (value == INT64_MIN)
        json_member_text(w, name, NULL);
    else if (rules->keys[key].kind == RANK_KEY_VALUE)
        member_value(w, rules, name, rules->keys[key].quantity, value);
    else
        json_member_int(w, name, value);
}

static void put_tie(struct json_writer *w, const struct result_field *field, const struct rank_decision *d,
                    const char *verdict) {
    open_step(w, "tie", verdict);
    if (d->key != RANK_NONE) {
        const struct rank_key *key = &field->rules.keys[d->key];
        if (key->kind != RANK_KEY_MANUAL)
            json_member_text(w, "component", label_of(field, key->quantity));
        put_tie_value(w, &field->rules, "value", d->key, d->value);
        put_tie_value(w, &field->rules, "bound", d->key, d->bound);
    }
    json_close_object(w);
}

static void put_last_seat(struct json_writer *w, const struct result_field *field, const struct rank_decision *d) {
    switch ((enum rank_reason)d->reason) {
    case RANK_BY_BELOW_LAST_SEAT:
        open_step(w, "last_seat", NULL);
        json_member_hundredths(w, "value", d->value);
        json_member_hundredths(w, "bound", d->bound);
        json_close_object(w);
        break;
    case RANK_BY_TIE_WON:
        put_tie(w, field, d, "won");
        break;
    case RANK_BY_TIE_LOST:
        put_tie(w, field, d, "lost");
        break;
    case RANK_BY_TIE_WON_MANUAL:
        put_tie(w, field, d, "won_manual");
        break;
    case RANK_BY_TIE_LOST_MANUAL:
        put_tie(w, field, d, "lost_manual");
        break;
    case RANK_BY_TIED_LAST_SEAT:
        put_tie(w, field, d, "open");
        break;
    case RANK_BY_WITHIN_QUOTA:
    case RANK_BY_NO_SEATS:
    case RANK_BY_LIST_EXHAUSTED:
    case RANK_BY_AGENCY_WAITS:
    case RANK_BY_TIED_AGENCY:
    case RANK_BY_GATE:
    case RANK_BY_ABSENT:
    case RANK_BY_SUSPENDED:
    case RANK_BY_VOID:
    case RANK_BY_SEAT_KEPT:
    case RANK_BY_CUT:
    case RANK_BY_FIELD_SMALL:
    case RANK_BY_WITHDRAWN:
    case RANK_REASON_COUNT:
        break;
    }
}

static void put_seat(struct json_writer *w, const struct result_field *field, const struct rank_decision *d) {
    if (d->choice_key != RANK_NONE) {
        const struct rank_key *key = &field->rules.keys[d->choice_key];
        open_step(w, "choice", "equal");
        json_member_text(w, "component", key->kind == RANK_KEY_MANUAL ? "manual" : label_of(field, key->quantity));
        json_close_object(w);
    }
    const char *verdict = NULL;
    if (d->agency != RANK_NO_AGENCY)
        verdict = "taken";
    else if (d->reason == RANK_BY_LIST_EXHAUSTED)
        verdict = "exhausted";
    else if (d->reason == RANK_BY_AGENCY_WAITS)
        verdict = "waits";
    else if (d->reason == RANK_BY_TIED_AGENCY)
        verdict = "open";
    if (!verdict)
        return;
    open_step(w, "seat", verdict);
    if (d->agency != RANK_NO_AGENCY) {
        json_member_text(w, "agency", field->agencies[d->agency]);
        json_member_int(w, "preference", d->preference);
    }
    json_close_object(w);
}

void result_derivation_write(struct json_writer *w, const struct result_field *field, const struct rank_result *result,
                             uint32_t candidate) {
    const struct rank_decision *d = &result->decisions[candidate];
    bool goes_on = true;
    json_open_array(w);
    for (uint8_t stage = 0; stage < field->rules.stage_count && goes_on; stage++) {
        put_parts(w, field, candidate, stage);
        goes_on = !stopped_at(field, d, stage) && put_gates(w, field, candidate, stage);
    }
    if (d->passed) {
        put_total(w, field, result, candidate);
        put_last_seat(w, field, d);
        put_seat(w, field, d);
    }
    json_close_array(w);
}
