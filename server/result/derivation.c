#include "result_private.h"

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
    char text[RESULT_VALUE_SIZE];
    result_format_value(rules, quantity, value, text);
    json_member_text(w, name, text);
}

static void open_step(struct json_writer *w, const char *step, const char *verdict) {
    json_open_object(w);
    json_member_text(w, "step", step);
    if (verdict)
        json_member_text(w, "verdict", verdict);
}

/* Those of a candidate, with the statistics. */
static const int64_t *values_of(const struct result_field *field, const struct rank_result *result, uint32_t i) {
    return (result->values ? result->values : field->values) + (size_t)i * field->rules.component_count;
}
static const uint8_t *statuses_of(const struct result_field *field, const struct rank_result *result, uint32_t i) {
    return (result->statuses ? result->statuses : field->statuses) + (size_t)i * field->rules.component_count;
}

static void put_parts(struct json_writer *w, const struct result_field *field, const struct rank_result *result, uint32_t i, uint8_t stage) {
    const struct rank_pack *rules = &field->rules;
    const int64_t *values = values_of(field, result, i);
    const uint8_t *statuses = statuses_of(field, result, i);
    for (uint8_t k = 0; k < rules->component_count; k++) {
        uint8_t status = statuses[k];
        if (rules->components[k].stage != stage || status == RANK_STATUS_NONE)
            continue;
        open_step(w, "part", rank_status_key(status));
        json_member_text(w, "component", label_of(field, k));
        if (status == RANK_STATUS_VALUE)
            member_value(w, rules, "value", k, values[k]);
        member_value(w, rules, "max", k, rules->components[k].max);
        json_close_object(w);
    }
}

/* Whether the candidate goes on behind the cuts of a stage. */
static bool put_cuts(struct json_writer *w, const struct result_field *field, const struct rank_decision *d, uint8_t stage) {
    if (d->reason != RANK_BY_CUT || field->rules.cuts[d->row].stage != stage)
        return true;
    const struct rank_cut *cut = &field->rules.cuts[d->row];
    open_step(w, "cut", "failed");
    json_member_text(w, "cut", cut->code);
    json_member_text(w, "component", label_of(field, cut->quantity));
    member_value(w, &field->rules, "value", cut->quantity, d->value);
    member_value(w, &field->rules, "bound", cut->quantity, d->bound);
    json_close_object(w);
    return false;
}

/* The gates of a stage up to the one that failed. Returns whether all were passed. */
static bool put_gates(struct json_writer *w, const struct result_field *field, const struct rank_result *result, uint32_t i, uint8_t stage) {
    const struct rank_pack *rules = &field->rules;
    const int64_t *values = values_of(field, result, i);
    const uint8_t *statuses = statuses_of(field, result, i);
    for (uint8_t k = 0; k < rules->gate_count; k++) {
        const struct rank_gate *gate = &rules->gates[k];
        int64_t value = 0;
        if (gate->stage != stage || !rank_gate_applies(rules, gate) ||
            !rank_quantity_value(rules, gate->quantity, values, statuses, &value))
            continue;
        bool holds = rank_gate_holds(rules, gate, value);
        bool relieved = !holds && result->decisions[i].relieved && gate->relief > 0;
        open_step(w, "gate", holds ? "passed" : (relieved ? "relieved" : "failed"));
        json_member_text(w, "gate", gate->code);
        json_member_text(w, "component", label_of(field, gate->quantity));
        json_member_text(w, "op", rank_op_key(gate->op));
        member_value(w, rules, "value", gate->quantity, value);
        member_value(w, rules, "bound", gate->quantity, rank_gate_bound(rules, gate));
        json_close_object(w);
        if (!holds && !relieved)
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
    member_value(w, &field->rules, "value", field->rules.rank_quantity, d->raw);
    json_close_object(w);
    if (field->rules.plus_priority) {
        open_step(w, "priority", d->priority ? "points" : "none");
        member_value(w, &field->rules, "points", field->rules.rank_quantity, d->priority);
        json_close_object(w);
    }
    open_step(w, "total", NULL);
    member_value(w, &field->rules, "raw", field->rules.rank_quantity, d->raw);
    member_value(w, &field->rules, "priority", field->rules.rank_quantity, d->priority);
    member_value(w, &field->rules, "total", field->rules.rank_quantity, d->total);
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
        if (key->kind == RANK_KEY_CLASS)
            json_member_text(w, "component", "class");
        else if (key->kind != RANK_KEY_MANUAL)
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
        member_value(w, &field->rules, "value", field->rules.rank_quantity, d->value);
        member_value(w, &field->rules, "bound", field->rules.rank_quantity, d->bound);
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
    case RANK_BY_TOTAL_LOW:
    case RANK_BY_EQUAL_ADMITTED:
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
        json_member_text(w, "component", key->kind == RANK_KEY_MANUAL ? "manual" : key->kind == RANK_KEY_CLASS ? "class" : label_of(field, key->quantity));
        json_close_object(w);
    }
    const char *verdict = NULL;
    if (d->reason == RANK_BY_SEAT_KEPT)
        verdict = "kept";
    else if (d->agency != RANK_NO_AGENCY)
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
        if (d->group != RANK_NONE)
            json_member_text(w, "group", field->rules.groups[d->group]);
        json_member_int(w, "preference", d->preference);
    }
    json_close_object(w);
}

static void put_reserve(struct json_writer *w, const struct rank_decision *d) {
    if (d->reserve == 0)
        return;
    open_step(w, "reserve", NULL);
    json_member_int(w, "place", d->reserve);
    json_close_object(w);
}

void result_derivation_write(struct json_writer *w, const struct result_field *field, const struct rank_result *result,
                             uint32_t candidate) {
    const struct rank_decision *d = &result->decisions[candidate];
    bool goes_on = d->outcome != RANK_NOT_HELD;
    json_open_array(w);
    if (!goes_on) {
        open_step(w, "field", "too_small");
        json_member_int(w, "value", d->value);
        json_member_int(w, "bound", d->bound);
        json_close_object(w);
    }
    for (uint8_t stage = 0; stage < field->rules.stage_count && goes_on; stage++) {
        put_parts(w, field, result, candidate, stage);
        goes_on = !stopped_at(field, d, stage) && put_gates(w, field, result, candidate, stage) && put_cuts(w, field, d, stage);
    }
    if (d->passed) {
        put_total(w, field, result, candidate);
        put_last_seat(w, field, d);
        put_seat(w, field, d);
        put_reserve(w, d);
    }
    json_close_array(w);
}
