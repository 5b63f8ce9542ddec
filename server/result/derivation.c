#include "result_private.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define TERMS_MAX 4096
#define ROUND_2 1 /* index of the stage whose result the pages call so */

/* Whether the catalogues of the pages name the part by its source; others are named by the pack. */
static bool has_own_name(const struct result_field *field, uint8_t quantity) {
    uint8_t source = field->pack->parts[quantity].source, same = 0;
    for (uint8_t k = 0; k < field->rules.component_count; k++)
        if (field->pack->parts[k].source == source)
            same++;
    return source <= CYCLE_PACK_INTERVIEW && same == 1;
}

/* Where a number in a derivation comes from, in words that the catalogues of the pages know. */
static const char *label_of(const struct result_field *field, uint8_t quantity) {
    for (size_t i = 0; i < field->panel_count; i++)
        if (field->panels[i].component == quantity && strcmp(field->panels[i].kind, RESULT_PANEL_PUBLIC) == 0)
            return RESULT_PANEL_PUBLIC;
    if (quantity < field->rules.component_count)
        return has_own_name(field, quantity) ? cycle_pack_source_key(field->pack->parts[quantity].source) : field->rules.components[quantity].code;
    if (quantity != field->rules.rank_quantity)
        return rank_quantity_code(&field->rules, quantity);
    return rank_quantity_stage(&field->rules, quantity) == ROUND_2 ? "raw" : "result";
}

/* What the pack calls a part or a formula, or NULL: the catalogues know the part, or the formula has no name. */
static const struct cycle_words *title_of(const struct result_field *field, uint8_t quantity) {
    if (quantity < field->rules.component_count)
        return has_own_name(field, quantity) ? NULL : &field->pack->parts[quantity].title;
    const struct cycle_words *title = &field->pack->formula_titles[quantity - field->rules.component_count];
    return title->vi ? title : NULL;
}

static void member_quantity(struct json_writer *w, const struct result_field *field, uint8_t quantity) {
    const struct cycle_words *title = title_of(field, quantity);
    json_member_text(w, "component", label_of(field, quantity));
    if (!title)
        return;
    json_member_text(w, "title_vi", title->vi);
    json_member_text(w, "title_en", title->en);
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

/* What a statistic of the field made of her own value. */
static void put_statistic(struct json_writer *w, const struct result_field *field, const int64_t *values, uint8_t k) {
    static const char *const KINDS[] = {[RANK_STATISTIC_PERCENTILE] = "percentile", [RANK_STATISTIC_LINEAR] = "linear",
                                        [RANK_STATISTIC_EQUIPERCENTILE] = "equipercentile", [RANK_STATISTIC_STANDARD] = "standard"};
    const struct rank_component *c = &field->rules.components[k];
    open_step(w, "statistic", KINDS[c->statistic]);
    member_quantity(w, field, k);
    member_value(w, &field->rules, "own", c->source, values[c->source]);
    member_value(w, &field->rules, "value", k, values[k]);
    json_close_object(w);
}

/* What the members of a panel gave, and how it became the mark; then each criterion with its mean. */
static void put_panel(struct json_writer *w, const struct result_field *field, uint32_t i, uint8_t component) {
    const struct result_given *given = field->given ? field->given[i] : NULL;
    char text[24];
    if (!given || given->panel->component != component)
        return;
    int64_t high = INT64_MIN, low = INT64_MAX, all = 0;
    for (uint8_t m = 0; m < given->member_count; m++) {
        int64_t sum = 0;
        for (uint8_t k = 0; k < given->panel->criterion_count; k++)
            sum += given->marks[(size_t)m * given->panel->criterion_count + k];
        high = sum > high ? sum : high;
        low = sum < low ? sum : low;
        all += sum;
    }
    open_step(w, "panel", given->way);
    json_member_int(w, "members", given->member_count);
    text_format_hundredths(all, text);
    json_member_text(w, "sum", text);
    text_format_hundredths(high - low, text);
    json_member_text(w, "gap", text);
    member_value(w, &field->rules, "value", component, field->values[(size_t)i * field->rules.component_count + component]);
    json_close_object(w);
    for (uint8_t k = 0; k < given->panel->criterion_count; k++) {
        open_step(w, "criterion", NULL);
        json_member_text(w, "title", given->panel->titles[k]);
        text_format_hundredths(result_given_mean(given, k), text);
        json_member_text(w, "value", text);
        text_format_hundredths(given->panel->maxes[k], text);
        json_member_text(w, "max", text);
        json_close_object(w);
    }
}

static void put_parts(struct json_writer *w, const struct result_field *field, const struct rank_result *result, uint32_t i, uint8_t stage) {
    const struct rank_pack *rules = &field->rules;
    const int64_t *values = values_of(field, result, i);
    const uint8_t *statuses = statuses_of(field, result, i);
    for (uint8_t k = 0; k < rules->component_count; k++) {
        uint8_t status = statuses[k];
        if (rules->components[k].stage != stage || status == RANK_STATUS_NONE)
            continue;
        if (rules->components[k].statistic != RANK_STATISTIC_GIVEN) {
            if (status == RANK_STATUS_VALUE)
                put_statistic(w, field, values, k);
            continue;
        }
        open_step(w, "part", rank_status_key(status));
        member_quantity(w, field, k);
        if (status == RANK_STATUS_VALUE)
            member_value(w, rules, "value", k, values[k]);
        member_value(w, rules, "max", k, rules->components[k].max);
        json_close_object(w);
        put_panel(w, field, i, k);
    }
}

/* "60 + 40", "6 × 60 - 2 × 30", "90.00; 85.00; 60.00": the terms that are there, as the formula takes them. */
static void write_terms(const struct rank_pack *rules, const struct rank_formula *f, const int64_t *values, const uint8_t *statuses,
                        struct buf *out) {
    bool sum = f->kind == RANK_FORMULA_SUM, divided = sum && f->divisor != 1 && f->term_count > 1;
    int there = 0;
    buf_adds(out, divided ? "(" : "");
    for (uint8_t i = 0; i < f->term_count; i++) {
        char text[RESULT_VALUE_SIZE];
        int64_t value = 0;
        if (!rank_quantity_value(rules, f->terms[i].quantity, values, statuses, &value))
            continue;
        bool less = sum && f->terms[i].weight < 0, percent = f->kind == RANK_FORMULA_DEDUCT && there > 0;
        result_format_value(rules, f->terms[i].quantity, value, text);
        buf_adds(out, less || percent ? (there ? " - " : "-") : !there ? "" : sum ? " + " : "; ");
        if (sum && f->terms[i].weight != 1 && f->terms[i].weight != -1)
            buf_addf(out, "%d × ", less ? -f->terms[i].weight : f->terms[i].weight);
        buf_addf(out, "%s%s", text, percent ? " %" : "");
        there++;
    }
    buf_adds(out, divided ? ")" : "");
    if (sum && f->divisor != 1)
        buf_addf(out, " / %d", f->divisor);
}

/* Whether the formula does more than hand on one number. */
static bool makes_something(const struct rank_pack *rules, const struct rank_formula *f) {
    uint8_t terms = 0;
    bool weighted = f->divisor != 1;
    for (uint8_t i = 0; i < f->term_count; i++) {
        uint8_t quantity = f->terms[i].quantity;
        if (quantity >= rules->component_count || rules->components[quantity].max > 0)
            terms++;
        weighted = weighted || f->terms[i].weight != 1;
    }
    return f->kind != RANK_FORMULA_SUM || terms > 1 || weighted || f->round_to > 1;
}

static void put_formula(struct json_writer *w, const struct result_field *field, const int64_t *values, const uint8_t *statuses, uint8_t index) {
    static const char *const KINDS[] = {
#define X(name, key) key,
        RANK_FORMULA_TABLE(X)
#undef X
    };
    const struct rank_pack *rules = &field->rules;
    const struct rank_formula *f = &rules->formulas[index];
    uint8_t quantity = (uint8_t)(rules->component_count + index);
    struct buf terms CLEANUP(buf_release);
    int64_t value = 0;
    buf_init(&terms, TERMS_MAX);
    if (!makes_something(rules, f) || !rank_quantity_value(rules, quantity, values, statuses, &value))
        return;
    write_terms(rules, f, values, statuses, &terms);
    bool rounds = f->kind == RANK_FORMULA_SUM && (f->round_to > 1 || f->divisor > 1);
    open_step(w, "formula", rounds ? "rounded" : KINDS[f->kind]);
    member_quantity(w, field, quantity);
    json_member_text(w, "terms", terms.data ? terms.data : "");
    if (rounds)
        member_value(w, rules, "to", quantity, f->round_to);
    if (f->kind == RANK_FORMULA_BEST)
        json_member_int(w, "take", f->take);
    if (f->kind == RANK_FORMULA_TRIMMED) {
        json_member_int(w, "high", f->drop_high);
        json_member_int(w, "low", f->drop_low);
    }
    if (f->kind == RANK_FORMULA_COUNT) {
        json_member_text(w, "op", rank_op_key((enum rank_op)f->op));
        member_value(w, rules, "bound", f->terms[0].quantity, f->bound);
    }
    member_value(w, rules, "value", quantity, value);
    json_close_object(w);
}

static void put_formulas(struct json_writer *w, const struct result_field *field, const struct rank_result *result, uint32_t i, uint8_t stage) {
    const struct rank_pack *rules = &field->rules;
    for (uint8_t k = 0; k < rules->formula_count; k++)
        if (rank_quantity_stage(rules, (uint8_t)(rules->component_count + k)) == stage)
            put_formula(w, field, values_of(field, result, i), statuses_of(field, result, i), k);
}

/* Whether the candidate goes on behind the cuts of a stage. */
static bool put_cuts(struct json_writer *w, const struct result_field *field, const struct rank_decision *d, uint8_t stage) {
    if (d->reason != RANK_BY_CUT || field->rules.cuts[d->row].stage != stage)
        return true;
    const struct rank_cut *cut = &field->rules.cuts[d->row];
    open_step(w, "cut", d->cut_empty ? "empty" : "failed");
    json_member_text(w, "cut", cut->code);
    member_quantity(w, field, cut->quantity);
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
        member_quantity(w, field, gate->quantity);
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

/* Points of the highest class; fewer where a cap cuts them, none where the result lies outside their window. */
static void put_priority(struct json_writer *w, const struct result_field *field, const struct rank_decision *d, uint32_t i) {
    const struct rank_pack *rules = &field->rules;
    uint8_t class = rank_class_pick(rules, field->candidates[i].classes);
    int64_t scale = rank_quantity_unit(rules, rules->rank_quantity) == RANK_UNIT_FINE ? RANK_FINE / 100 : 1;
    int64_t whole = class == RANK_NONE ? 0 : rules->classes[class].points * scale;
    bool outside = whole > 0 && d->priority == 0 && (rules->window_low || rules->window_high);
    bool capped = whole > d->priority && !outside;
    open_step(w, "priority", outside ? "outside" : capped ? "capped" : d->priority ? "points" : "none");
    member_value(w, rules, "points", rules->rank_quantity, d->priority);
    if (outside) {
        member_value(w, rules, "low", rules->rank_quantity, rules->window_low * scale);
        member_value(w, rules, "high", rules->rank_quantity, rules->window_high * scale);
    } else if (capped) {
        member_value(w, rules, "whole", rules->rank_quantity, whole);
        member_value(w, rules, "cap", rules->rank_quantity, rules->priority_cap * scale);
    }
    json_close_object(w);
}

/* What was reached, the points that count, and both together. */
static void put_sum(struct json_writer *w, const struct result_field *field, const struct rank_decision *d, uint32_t i) {
    open_step(w, "raw", NULL);
    member_value(w, &field->rules, "value", field->rules.rank_quantity, d->raw);
    json_close_object(w);
    if (field->rules.plus_priority)
        put_priority(w, field, d, i);
    open_step(w, "total", NULL);
    member_value(w, &field->rules, "raw", field->rules.rank_quantity, d->raw);
    member_value(w, &field->rules, "priority", field->rules.rank_quantity, d->priority);
    member_value(w, &field->rules, "total", field->rules.rank_quantity, d->total);
    json_close_object(w);
}

static void put_total(struct json_writer *w, const struct result_field *field, const struct rank_result *result, uint32_t i) {
    const struct rank_post_result *post = &result->posts[field->candidates[i].post];
    const struct rank_decision *d = &result->decisions[i];
    put_sum(w, field, d, i);
    open_step(w, "place", NULL);
    json_member_int(w, "place", d->place);
    json_member_int(w, "passed", post->passed);
    json_member_int(w, "seats", post->seats);
    json_close_object(w);
}

/* How a total that is too low came about: the decision itself keeps no sum of who has not passed. */
static void put_total_low(struct json_writer *w, const struct result_field *field, const struct rank_result *result, uint32_t i) {
    struct rank_decision d = result->decisions[i];
    uint8_t quantity = field->rules.rank_quantity;
    if (!rank_quantity_value(&field->rules, quantity, values_of(field, result, i), statuses_of(field, result, i), &d.raw))
        return;
    d.total = d.value;
    d.priority = d.total - d.raw;
    put_sum(w, field, &d, i);
    open_step(w, "total_low", NULL);
    member_value(w, &field->rules, "value", quantity, d.value);
    member_value(w, &field->rules, "bound", quantity, d.bound);
    json_close_object(w);
}

static void put_tie_value(struct json_writer *w, const struct rank_pack *rules, const char *name, uint8_t key,
                          int64_t value) {
    if (value == INT64_MIN)
        json_member_text(w, name, NULL);
    else if (rules->keys[key].kind == RANK_KEY_VALUE)
        member_value(w, rules, name, rules->keys[key].quantity, value);
    else if (rules->keys[key].kind == RANK_KEY_CLASS)
        json_member_hundredths(w, name, value);
    else
        json_member_int(w, name, value);
}

enum { NAMED_MAX = 6 };

/* Where the persons of a post with a total begin in the order. */
static uint32_t first_equal(const struct result_field *field, const struct rank_result *result, uint32_t post, int64_t total) {
    uint32_t low = 0, high = result->order_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2, at = result->order[middle];
        bool before = field->candidates[at].post < post || (field->candidates[at].post == post && result->decisions[at].total > total);
        low = before ? middle + 1 : low;
        high = before ? high : middle;
    }
    return low;
}

/* The others whom the chain was asked about with her: "B102, B104", "B102, B103, … +4". */
static void put_equals(struct json_writer *w, const struct result_field *field, const struct rank_result *result, uint32_t i) {
    struct buf out CLEANUP(buf_release);
    uint32_t post = field->candidates[i].post, named = 0, more = 0;
    buf_init(&out, 1024);
    for (uint32_t k = first_equal(field, result, post, result->decisions[i].total); k < result->order_count; k++) {
        uint32_t other = result->order[k];
        if (field->candidates[other].post != post || result->decisions[other].total != result->decisions[i].total)
            break;
        if (other == i || !result->decisions[other].compared)
            continue;
        if (named < NAMED_MAX)
            buf_addf(&out, "%s%s", named++ ? ", " : "", field->candidates[other].roll);
        else
            more++;
    }
    if (more > 0)
        buf_addf(&out, ", … +%u", more);
    if (named > 0 && !out.failed)
        json_member_text(w, "with", out.data);
}

static void put_tie(struct json_writer *w, const struct result_field *field, const struct rank_result *result, uint32_t i, const char *verdict) {
    const struct rank_decision *d = &result->decisions[i];
    bool exempt = d->key != RANK_NONE && field->rules.keys[d->key].kind == RANK_KEY_EXEMPT;
    open_step(w, "tie", !exempt ? verdict : d->reason == RANK_BY_TIE_WON ? "won_exempt" : "lost_exempt");
    put_equals(w, field, result, i);
    if (d->key != RANK_NONE) {
        const struct rank_key *key = &field->rules.keys[d->key];
        if (key->kind == RANK_KEY_CLASS)
            json_member_text(w, "component", "class");
        else if (key->kind != RANK_KEY_MANUAL)
            member_quantity(w, field, key->quantity);
        put_tie_value(w, &field->rules, "value", d->key, d->value);
        put_tie_value(w, &field->rules, "bound", d->key, d->bound);
    }
    json_close_object(w);
}

static void put_last_seat(struct json_writer *w, const struct result_field *field, const struct rank_result *result, uint32_t i) {
    const struct rank_decision *d = &result->decisions[i];
    switch ((enum rank_reason)d->reason) {
    case RANK_BY_BELOW_LAST_SEAT:
        open_step(w, "last_seat", NULL);
        member_value(w, &field->rules, "value", field->rules.rank_quantity, d->value);
        member_value(w, &field->rules, "bound", field->rules.rank_quantity, d->bound);
        json_close_object(w);
        break;
    case RANK_BY_TIE_WON:
        put_tie(w, field, result, i, "won");
        break;
    case RANK_BY_TIE_LOST:
        put_tie(w, field, result, i, "lost");
        break;
    case RANK_BY_TIE_WON_MANUAL:
        put_tie(w, field, result, i, "won_manual");
        break;
    case RANK_BY_TIE_LOST_MANUAL:
        put_tie(w, field, result, i, "lost_manual");
        break;
    case RANK_BY_TIED_LAST_SEAT:
        put_tie(w, field, result, i, "open");
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
    case RANK_BY_PLACED:
    case RANK_BY_SEAT_LEFT:
    case RANK_REASON_COUNT:
        break;
    }
}

static void put_seat(struct json_writer *w, const struct result_field *field, const struct rank_decision *d) {
    if (d->choice_key != RANK_NONE) {
        const struct rank_key *key = &field->rules.keys[d->choice_key];
        open_step(w, "choice", "equal");
        if (key->kind == RANK_KEY_VALUE || key->kind == RANK_KEY_EXEMPT)
            member_quantity(w, field, key->quantity);
        else
            json_member_text(w, "component", key->kind == RANK_KEY_MANUAL ? "manual" : "class");
        json_close_object(w);
    }
    const char *verdict = NULL;
    if (d->reason == RANK_BY_SEAT_KEPT)
        verdict = "kept";
    else if (d->agency != RANK_NO_AGENCY)
        verdict = d->group != RANK_NONE ? "reserved" : d->reason == RANK_BY_PLACED ? "placed" : d->reason == RANK_BY_SEAT_LEFT ? "left"
                  : d->preference == 0 ? "merit" : "taken";
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
        if (d->group != RANK_NONE) {
            json_member_text(w, "group", field->rules.groups[d->group]);
            json_member_text(w, "title_vi", field->pack->group_titles[d->group].vi);
            json_member_text(w, "title_en", field->pack->group_titles[d->group].en);
        }
        json_member_int(w, "preference", d->preference);
    }
    json_close_object(w);
}

static void put_reserve(struct json_writer *w, const struct result_field *field, const struct rank_decision *d) {
    if (d->reserve == 0)
        return;
    open_step(w, "reserve", field->pack->reserve_unordered ? "unordered" : field->pack->reserve_months ? "months" : NULL);
    json_member_int(w, "place", d->reserve);
    if (field->pack->reserve_months)
        json_member_int(w, "months", field->pack->reserve_months);
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
        goes_on = !stopped_at(field, d, stage);
        if (goes_on)
            put_formulas(w, field, result, candidate, stage);
        goes_on = goes_on && put_gates(w, field, result, candidate, stage) && put_cuts(w, field, d, stage);
    }
    if (d->reason == RANK_BY_TOTAL_LOW)
        put_total_low(w, field, result, candidate);
    if (d->passed) {
        put_total(w, field, result, candidate);
        put_last_seat(w, field, result, candidate);
        put_seat(w, field, d);
        put_reserve(w, field, d);
    }
    json_close_array(w);
}
