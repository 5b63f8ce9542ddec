#include "pack_read.h"

#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

/* Formulas, gates and cuts: what is computed of the components, and what it is good for. */

#define FINE_PLACES 7

/* A decimal of at most 7 places in 10^-7. */
static bool parse_fine(const char *text, int64_t *ret_value) {
    int64_t whole = 0, part = 0;
    const char *point = strchr(text, '.');
    char digits[16];
    size_t len = point ? (size_t)(point - text) : strlen(text), places = point ? strlen(point + 1) : 0;
    if (len == 0 || len >= sizeof digits || places > FINE_PLACES || (point && places == 0))
        return false;
    memcpy(digits, text, len);
    digits[len] = '\0';
    if (!text_parse_int(digits, 0, RANK_FINE_MAX / RANK_FINE, &whole) || (places && !text_parse_int(point + 1, 0, RANK_FINE, &part)))
        return false;
    for (size_t i = places; i < FINE_PLACES; i++)
        part *= 10;
    *ret_value = whole * RANK_FINE + part;
    return true;
}

void pack_read_value(struct pack_reader *r, const char *name, const char *text, enum rank_unit unit, int64_t *ret_value) {
    bool fits = unit == RANK_UNIT_COUNT ? text_parse_int(text, 0, RANK_VALUE_MAX, ret_value)
                                        : (unit == RANK_UNIT_FINE && parse_fine(text, ret_value));
    if (unit == RANK_UNIT_MARK)
        pack_read_mark(r, name, text, 0, RANK_VALUE_MAX, ret_value);
    else if (!fits)
        pack_misfit(r, name, "number");
}

struct raw_term {
    const char *of, *pass, *deviation;
    int64_t weight;
};
static const struct json_field TERM_FIELDS[] = {
    JSON_FIELD(struct raw_term, of, JSON_STRING, true, 1, RANK_CODE_SIZE - 1),
    JSON_FIELD(struct raw_term, weight, JSON_INT, false, -10000, 10000),
    JSON_FIELD(struct raw_term, pass, JSON_STRING, false, 1, 16),
    JSON_FIELD(struct raw_term, deviation, JSON_STRING, false, 1, 16),
    {0}};
struct raw_round {
    const char *to, *mode;
};
static const struct json_field ROUND_FIELDS[] = {JSON_FIELD(struct raw_round, to, JSON_STRING, true, 1, 10),
                                                 JSON_FIELD(struct raw_round, mode, JSON_STRING, true, 1, 20),
                                                 {0}};
struct raw_formula {
    const char *code, *unit, *kind, *op, *value, *base, *span;
    const struct json *title, *terms, *round, *drop, *bounds;
    int64_t divisor, take;
};
static const struct json_field FORMULA_FIELDS[] = {
    JSON_FIELD(struct raw_formula, code, JSON_STRING, true, 1, RANK_CODE_SIZE - 1),
    JSON_FIELD(struct raw_formula, title, JSON_OBJECT, false, 0, 0),
    JSON_FIELD(struct raw_formula, unit, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct raw_formula, kind, JSON_STRING, false, 1, 20),
    JSON_FIELD(struct raw_formula, terms, JSON_ARRAY, true, 1, RANK_TERMS_MAX),
    JSON_FIELD(struct raw_formula, divisor, JSON_INT, false, 1, 1000000),
    JSON_FIELD(struct raw_formula, round, JSON_OBJECT, false, 0, 0),
    JSON_FIELD(struct raw_formula, take, JSON_INT, false, 1, RANK_TERMS_MAX),
    JSON_FIELD(struct raw_formula, drop, JSON_OBJECT, false, 0, 0),
    JSON_FIELD(struct raw_formula, op, JSON_STRING, false, 1, 4),
    JSON_FIELD(struct raw_formula, value, JSON_STRING, false, 1, 16),
    JSON_FIELD(struct raw_formula, bounds, JSON_ARRAY, false, 1, RANK_BOUNDS_MAX),
    JSON_FIELD(struct raw_formula, base, JSON_STRING, false, 1, 16),
    JSON_FIELD(struct raw_formula, span, JSON_STRING, false, 1, 16),
    {0}};
struct raw_drop {
    int64_t high, low, least;
};
static const struct json_field DROP_FIELDS[] = {JSON_FIELD(struct raw_drop, high, JSON_INT, false, 0, RANK_TERMS_MAX),
                                                JSON_FIELD(struct raw_drop, low, JSON_INT, false, 0, RANK_TERMS_MAX),
                                                JSON_FIELD(struct raw_drop, least, JSON_INT, false, 1, RANK_TERMS_MAX),
                                                {0}};

static void read_term(struct pack_reader *r, const struct json *value, const struct rank_formula *formula, struct rank_term *term) {
    struct raw_term raw = {.weight = 1};
    if (!json_fit(r->arena, value, TERM_FIELDS, &raw, r->misfits))
        return;
    term->weight = (int32_t)raw.weight;
    term->quantity = rank_quantity_find(&r->pack->rank, raw.of);
    bool composite = formula->kind == RANK_FORMULA_COMPOSITE;
    if (term->quantity == RANK_NONE) {
        pack_misfit(r, "of", "unknown-quantity");
        return;
    }
    if (composite != (raw.pass != NULL) || composite != (raw.deviation != NULL)) {
        pack_misfit(r, "deviation", composite ? "required" : "contradiction");
        return;
    }
    enum rank_unit unit = rank_quantity_unit(&r->pack->rank, term->quantity);
    if (composite) {
        pack_read_value(r, "pass", raw.pass, unit, &term->pass);
        pack_read_value(r, "deviation", raw.deviation, unit, &term->deviation);
    }
}

static void read_round(struct pack_reader *r, const struct json *value, struct rank_formula *formula) {
    struct raw_round round = {0};
    const char *before = pack_enter(r, "round");
    if (json_fit(r->arena, value, ROUND_FIELDS, &round, r->misfits)) {
        int64_t to = 1;
        pack_read_value(r, "to", round.to, (enum rank_unit)formula->unit, &to);
        if (to < 1 || to > 100000000)
            pack_misfit(r, "to", "range");
        formula->round_to = (int32_t)to;
        formula->rounding = pack_read_key(r, "mode", round.mode, rank_rounding_find);
    }
    pack_leave(r, before);
}

/* Which member goes with which kind; each says whether it is there. */
static void check_members(struct pack_reader *r, const struct raw_formula *raw, enum rank_formula_kind kind) {
    const struct {
        const char *name;
        bool there, wanted, required;
    } members[] = {{"divisor", raw->divisor != 0, kind == RANK_FORMULA_SUM || kind == RANK_FORMULA_BEST, false},
                   {"take", raw->take != 0, kind == RANK_FORMULA_BEST, true},
                   {"drop", raw->drop != NULL, kind == RANK_FORMULA_TRIMMED, true},
                   {"op", raw->op != NULL, kind == RANK_FORMULA_COUNT, true},
                   {"value", raw->value != NULL, kind == RANK_FORMULA_COUNT, true},
                   {"bounds", raw->bounds != NULL, kind == RANK_FORMULA_BAND, true},
                   {"base", raw->base != NULL, kind == RANK_FORMULA_COMPOSITE, true},
                   {"span", raw->span != NULL, kind == RANK_FORMULA_COMPOSITE, true}};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        if (members[i].there && !members[i].wanted)
            pack_misfit(r, members[i].name, "contradiction");
        if (!members[i].there && members[i].wanted && members[i].required)
            pack_misfit(r, members[i].name, "required");
    }
}

static void read_parameters(struct pack_reader *r, const struct raw_formula *raw, struct rank_formula *formula) {
    enum rank_unit unit = rank_quantity_unit(&r->pack->rank, formula->terms[0].quantity);
    struct raw_drop drop = {.least = 1};
    const char *before = pack_enter(r, "drop");
    if (raw->drop && json_fit(r->arena, raw->drop, DROP_FIELDS, &drop, r->misfits)) {
        formula->drop_high = (uint8_t)drop.high;
        formula->drop_low = (uint8_t)drop.low;
        formula->least = (uint8_t)drop.least;
    }
    pack_leave(r, before);
    if (raw->op)
        formula->op = pack_read_key(r, "op", raw->op, rank_op_find);
    if (raw->value)
        pack_read_value(r, "value", raw->value, unit, &formula->bound);
    if (raw->base)
        pack_read_value(r, "base", raw->base, (enum rank_unit)formula->unit, &formula->base);
    if (raw->span)
        pack_read_value(r, "span", raw->span, (enum rank_unit)formula->unit, &formula->span);
    formula->take = (uint8_t)raw->take;
    for (size_t i = 0; i < json_count(raw->bounds); i++) {
        const char *text = json_text(json_at(raw->bounds, i));
        if (text)
            pack_read_value(r, "bounds", text, unit, &formula->bounds[i]);
        else
            pack_misfit(r, "bounds", "kind");
    }
    formula->bound_count = (uint8_t)json_count(raw->bounds);
}

static void read_formula(struct pack_reader *r, const struct json *value, uint8_t index) {
    struct raw_formula raw = {0};
    size_t before_all = r->misfits->count;
    if (!json_fit(r->arena, value, FORMULA_FIELDS, &raw, r->misfits))
        return;
    struct rank_formula *formula = &r->pack->rank.formulas[index];
    *formula = (struct rank_formula){.divisor = raw.divisor ? (int32_t)raw.divisor : 1, .round_to = 1, .rounding = RANK_ROUND_EXACT};
    pack_read_code(r, "code", raw.code, formula->code);
    if (raw.title)
        pack_read_words(r, "title", raw.title, &r->pack->formula_titles[index]);
    formula->unit = pack_read_key(r, "unit", raw.unit, rank_unit_find);
    formula->kind = raw.kind ? pack_read_key(r, "kind", raw.kind, rank_formula_find) : RANK_FORMULA_SUM;
    for (size_t i = 0; i < json_count(raw.terms); i++) {
        const char *before = pack_enter(r, "terms[%zu]", i);
        read_term(r, json_at(raw.terms, i), formula, &formula->terms[i]);
        pack_leave(r, before);
    }
    formula->term_count = (uint8_t)json_count(raw.terms);
    check_members(r, &raw, (enum rank_formula_kind)formula->kind);
    if (r->misfits->count == before_all)
        read_parameters(r, &raw, formula);
    if (raw.round)
        read_round(r, raw.round, formula);
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
    int64_t relief;
};
static const struct json_field GATE_FIELDS[] = {
    JSON_FIELD(struct raw_gate, code, JSON_STRING, true, 1, RANK_CODE_SIZE - 1),
    JSON_FIELD(struct raw_gate, on, JSON_STRING, true, 1, RANK_CODE_SIZE - 1),
    JSON_FIELD(struct raw_gate, op, JSON_STRING, true, 1, 4),
    JSON_FIELD(struct raw_gate, value, JSON_STRING, false, 1, 16),
    JSON_FIELD(struct raw_gate, share, JSON_STRING, false, 1, 4),
    JSON_FIELD(struct raw_gate, when, JSON_STRING, false, 1, 20),
    JSON_FIELD(struct raw_gate, relief, JSON_INT, false, 1, 1000000),
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
    *gate = (struct rank_gate){.stage = stage, .quantity = rank_quantity_find(rules, raw.on), .relief = (int32_t)raw.relief};
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
    } else if (gate->quantity != RANK_NONE) {
        pack_read_value(r, "value", raw.value, rank_quantity_unit(rules, gate->quantity), &gate->bound);
    }
}

struct raw_cut {
    const char *code, *on, *per_seat, *ties, *scope;
    int64_t count, least, cap;
};
static const struct json_field CUT_FIELDS[] = {
    JSON_FIELD(struct raw_cut, code, JSON_STRING, true, 1, RANK_CODE_SIZE - 1),
    JSON_FIELD(struct raw_cut, on, JSON_STRING, true, 1, RANK_CODE_SIZE - 1),
    JSON_FIELD(struct raw_cut, ties, JSON_STRING, true, 1, 10),
    JSON_FIELD(struct raw_cut, scope, JSON_STRING, true, 1, 10),
    JSON_FIELD(struct raw_cut, per_seat, JSON_STRING, false, 1, 10),
    JSON_FIELD(struct raw_cut, count, JSON_INT, false, 1, 100000000),
    JSON_FIELD(struct raw_cut, least, JSON_INT, false, 1, 100000000),
    JSON_FIELD(struct raw_cut, cap, JSON_INT, false, 1, 100000000),
    {0}};

static void read_cut(struct pack_reader *r, const struct json *value, uint8_t stage) {
    struct rank_pack *rules = &r->pack->rank;
    struct raw_cut raw = {0};
    int64_t per_seat = 0;
    if (!json_fit(r->arena, value, CUT_FIELDS, &raw, r->misfits))
        return;
    if (rules->cut_count == RANK_CUTS_MAX) {
        pack_misfit(r, "", "count");
        return;
    }
    struct rank_cut *cut = &rules->cuts[rules->cut_count++];
    *cut = (struct rank_cut){.stage = stage,
                             .quantity = rank_quantity_find(rules, raw.on),
                             .count = (int32_t)raw.count,
                             .least = (int32_t)raw.least,
                             .cap = (int32_t)raw.cap,
                             .whole = strcmp(raw.scope, "all") == 0,
                             .seats_den = 100};
    pack_read_code(r, "code", raw.code, cut->code);
    cut->ties = pack_read_key(r, "ties", raw.ties, rank_cut_ties_find);
    if (!cut->whole && strcmp(raw.scope, "post") != 0)
        pack_misfit(r, "scope", "unknown");
    if (cut->quantity == RANK_NONE)
        pack_misfit(r, "on", "unknown-quantity");
    if (!raw.per_seat == !raw.count)
        pack_misfit(r, "per_seat", raw.count ? "contradiction" : "required");
    else if (raw.per_seat)
        pack_read_mark(r, "per_seat", raw.per_seat, 1, 100000, &per_seat);
    cut->seats_num = (int32_t)per_seat;
}

static void read_each(struct pack_reader *r, const struct json *stages, const char *name,
                      void (*read)(struct pack_reader *, const struct json *, uint8_t)) {
    for (size_t i = 0; i < json_count(stages); i++) {
        const struct json *list = json_get(json_at(stages, i), name);
        for (size_t k = 0; k < json_count(list); k++) {
            const char *before = pack_enter(r, "stages[%zu].%s[%zu]", i, name, k);
            read(r, json_at(list, k), (uint8_t)i);
            pack_leave(r, before);
        }
    }
}

void pack_read_gates(struct pack_reader *r, const struct json *stages) {
    read_each(r, stages, "gates", read_gate);
    read_each(r, stages, "cuts", read_cut);
}
