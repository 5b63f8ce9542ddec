#include "pack_read.h"

#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

/* How marks are settled, vetoes, ballots, and credentials that stand in for a part. */

struct raw_marking {
    int64_t markers;
    const struct json *schemes, *veto;
};
static const struct json_field MARKING_FIELDS[] = {
    JSON_FIELD(struct raw_marking, markers, JSON_INT, true, 1, 99),
    JSON_FIELD(struct raw_marking, schemes, JSON_ARRAY, true, 0, CYCLE_PACK_SCHEMES_MAX),
    JSON_FIELD(struct raw_marking, veto, JSON_OBJECT, false, 0, 0),
    {0}};

struct raw_tier {
    const char *op, *value, *share, *act;
    bool across, equal;
};
static const struct json_field TIER_FIELDS[] = {JSON_FIELD(struct raw_tier, op, JSON_STRING, false, 1, 4),
                                                JSON_FIELD(struct raw_tier, value, JSON_STRING, false, 1, 10),
                                                JSON_FIELD(struct raw_tier, share, JSON_STRING, false, 1, 4),
                                                JSON_FIELD(struct raw_tier, across, JSON_BOOL, false, 0, 0),
                                                JSON_FIELD(struct raw_tier, equal, JSON_BOOL, false, 0, 0),
                                                {"do", JSON_STRING, true, 1, 40, offsetof(struct raw_tier, act)},
                                                {0}};

static void read_tier(struct pack_reader *r, const struct json *value, struct settle_tier *tier) {
    struct raw_tier raw = {0};
    int64_t share = 0;
    if (!json_fit(r->arena, value, TIER_FIELDS, &raw, r->misfits))
        return;
    *tier = (struct settle_tier){.bounded = raw.op != NULL, .across = raw.across, .equal = raw.equal};
    tier->act = pack_read_key(r, "do", raw.act, settle_do_find);
    if (raw.op)
        tier->op = pack_read_key(r, "op", raw.op, rank_op_find);
    if (raw.op && !raw.value == !raw.share)
        pack_misfit(r, "value", raw.value ? "contradiction" : "required");
    if (!raw.op && (raw.value || raw.share))
        pack_misfit(r, "op", "required");
    if (raw.value)
        pack_read_mark(r, "value", raw.value, 0, 100000, &tier->value);
    if (raw.share) {
        pack_read_mark(r, "share", raw.share, 0, 100, &share);
        tier->share_num = (int32_t)share;
        tier->share_den = 100;
    }
}

static void read_tiers(struct pack_reader *r, struct settle_scheme *scheme, enum settle_round round, const struct json *list) {
    for (size_t i = 0; i < json_count(list); i++) {
        const char *before = pack_enter(r, "%s[%zu]", settle_round_key(round), i);
        read_tier(r, json_at(list, i), &scheme->tiers[round][i]);
        pack_leave(r, before);
    }
    scheme->tier_count[round] = (uint8_t)json_count(list);
}

struct raw_scheme {
    const char *code;
    const struct json *sources, *title, *round, *tiers, *third, *pair, *change, *trim, *suspected, *panel;
    int64_t marks;
};
static const struct json_field SCHEME_FIELDS[] = {
    JSON_FIELD(struct raw_scheme, code, JSON_STRING, true, 1, SETTLE_CODE_SIZE - 1),
    {"for", JSON_ARRAY, true, 1, CYCLE_PACK_SOURCE_COUNT, offsetof(struct raw_scheme, sources)},
    JSON_FIELD(struct raw_scheme, title, JSON_OBJECT, true, 0, 0),
    JSON_FIELD(struct raw_scheme, marks, JSON_INT, true, 1, SETTLE_MARKS_MAX),
    JSON_FIELD(struct raw_scheme, round, JSON_OBJECT, true, 0, 0),
    JSON_FIELD(struct raw_scheme, tiers, JSON_ARRAY, true, 1, SETTLE_TIERS_MAX),
    JSON_FIELD(struct raw_scheme, third, JSON_ARRAY, false, 1, SETTLE_TIERS_MAX),
    JSON_FIELD(struct raw_scheme, pair, JSON_ARRAY, false, 1, SETTLE_TIERS_MAX),
    JSON_FIELD(struct raw_scheme, change, JSON_ARRAY, false, 1, SETTLE_TIERS_MAX),
    JSON_FIELD(struct raw_scheme, trim, JSON_OBJECT, false, 0, 0),
    JSON_FIELD(struct raw_scheme, suspected, JSON_OBJECT, false, 0, 0),
    JSON_FIELD(struct raw_scheme, panel, JSON_OBJECT, false, 0, 0),
    {0}};
struct raw_numbers {
    int64_t high, low, least, marks, deduct;
};
static const struct json_field TRIM_FIELDS[] = {JSON_FIELD(struct raw_numbers, high, JSON_INT, true, 0, SETTLE_MARKS_MAX),
                                                JSON_FIELD(struct raw_numbers, low, JSON_INT, true, 0, SETTLE_MARKS_MAX),
                                                JSON_FIELD(struct raw_numbers, least, JSON_INT, true, 1, SETTLE_MARKS_MAX),
                                                {0}};
static const struct json_field SUSPECTED_FIELDS[] = {JSON_FIELD(struct raw_numbers, marks, JSON_INT, true, 1, SETTLE_SUSPECT_MARKS_MAX),
                                                     JSON_FIELD(struct raw_numbers, deduct, JSON_INT, true, 1, 100),
                                                     {0}};
struct raw_round {
    const char *to, *mode;
};
static const struct json_field ROUND_FIELDS[] = {JSON_FIELD(struct raw_round, to, JSON_STRING, true, 1, 10),
                                                 JSON_FIELD(struct raw_round, mode, JSON_STRING, true, 1, 20),
                                                 {0}};

static void read_numbers(struct pack_reader *r, const struct raw_scheme *raw, struct settle_scheme *scheme) {
    struct raw_numbers trim = {0}, suspected = {0};
    struct raw_round round = {0};
    int64_t to = 0;
    const char *before = pack_enter(r, "round");
    if (json_fit(r->arena, raw->round, ROUND_FIELDS, &round, r->misfits)) {
        pack_read_mark(r, "to", round.to, 1, 10000, &to);
        scheme->rounding = pack_read_key(r, "mode", round.mode, rank_rounding_find);
    }
    scheme->round_to = (int32_t)to;
    pack_leave(r, before);
    before = pack_enter(r, "trim");
    if (raw->trim && json_fit(r->arena, raw->trim, TRIM_FIELDS, &trim, r->misfits)) {
        scheme->drop_high = (uint8_t)trim.high;
        scheme->drop_low = (uint8_t)trim.low;
        scheme->least = (uint8_t)trim.least;
    }
    pack_leave(r, before);
    before = pack_enter(r, "suspected");
    if (raw->suspected && json_fit(r->arena, raw->suspected, SUSPECTED_FIELDS, &suspected, r->misfits)) {
        scheme->suspect_marks = (uint8_t)suspected.marks;
        scheme->suspect_deduct = (uint8_t)suspected.deduct;
    }
    pack_leave(r, before);
}

struct raw_panel {
    int64_t most, present, questions_least, questions;
    const struct json *committee;
};
static const struct json_field PANEL_FIELDS[] = {JSON_FIELD(struct raw_panel, most, JSON_INT, true, 1, SETTLE_MARKS_MAX - 1),
                                                 JSON_FIELD(struct raw_panel, present, JSON_INT, true, 0, 600),
                                                 JSON_FIELD(struct raw_panel, questions_least, JSON_INT, true, 0, 600),
                                                 JSON_FIELD(struct raw_panel, questions, JSON_INT, true, 0, 600),
                                                 JSON_FIELD(struct raw_panel, committee, JSON_OBJECT, false, 0, 0),
                                                 {0}};
struct raw_committee {
    const char *share;
    const struct json *title;
};
static const struct json_field COMMITTEE_FIELDS[] = {JSON_FIELD(struct raw_committee, share, JSON_STRING, true, 1, 4),
                                                     JSON_FIELD(struct raw_committee, title, JSON_OBJECT, true, 0, 0),
                                                     {0}};

/* A panel that may not have as many members as the scheme needs marks, or must ask longer than it may, is none. */
static void read_panel(struct pack_reader *r, const struct json *value, struct cycle_pack_scheme *of) {
    struct raw_panel raw = {0};
    struct raw_committee committee = {0};
    const char *before = pack_enter(r, "panel");
    if (json_fit(r->arena, value, PANEL_FIELDS, &raw, r->misfits)) {
        of->panel = (struct cycle_pack_panel){
            .most = raw.most, .present = raw.present, .questions_least = raw.questions_least, .questions = raw.questions};
        if (raw.most < of->rules.marks)
            pack_misfit(r, "most", "range");
        if (raw.questions_least > raw.questions)
            pack_misfit(r, "questions_least", "range");
    }
    const char *inside = pack_enter(r, "committee");
    if (raw.committee && json_fit(r->arena, raw.committee, COMMITTEE_FIELDS, &committee, r->misfits)) {
        pack_read_mark(r, "share", committee.share, 1, 100, &of->panel.committee_share);
        pack_read_words(r, "title", committee.title, &of->panel.committee);
    }
    pack_leave(r, inside);
    pack_leave(r, before);
}

static int source_find(const char *key) {
    for (int i = 0; i < CYCLE_PACK_SOURCE_COUNT; i++)
        if (strcmp(cycle_pack_source_key((enum cycle_pack_source)i), key) == 0)
            return i;
    return -1;
}

static void read_scheme(struct pack_reader *r, const struct json *value, size_t index) {
    struct raw_scheme raw = {0};
    struct cycle_pack_scheme *of = &r->pack->schemes[index];
    struct rank_misfit misfit;
    size_t before = r->misfits->count;
    if (!json_fit(r->arena, value, SCHEME_FIELDS, &raw, r->misfits))
        return;
    pack_read_code(r, "code", raw.code, of->rules.code);
    pack_read_words(r, "title", raw.title, &of->title);
    for (size_t i = 0; i < json_count(raw.sources); i++) {
        const char *text = json_text(json_at(raw.sources, i));
        if (text)
            of->sources |= 1u << pack_read_key(r, "for", text, source_find);
        else
            pack_misfit(r, "for", "kind");
    }
    of->rules.marks = (uint8_t)raw.marks;
    read_numbers(r, &raw, &of->rules);
    if (raw.panel)
        read_panel(r, raw.panel, of);
    const struct json *rounds[] = {raw.tiers, raw.third, raw.pair, raw.change};
    for (int i = 0; i < SETTLE_ROUND_COUNT; i++)
        if (rounds[i])
            read_tiers(r, &of->rules, (enum settle_round)i, rounds[i]);
    if (r->misfits->count == before && !settle_scheme_fits(&of->rules, &misfit))
        pack_misfit(r, arena_strdup(r->arena, misfit.path), arena_strdup(r->arena, misfit.reason));
    for (size_t i = 0; i < index; i++)
        if (strcmp(r->pack->schemes[i].rules.code, of->rules.code) == 0)
            pack_misfit(r, "code", "duplicate");
}

struct raw_veto {
    const char *op, *value, *share_op, *share;
};
static const struct json_field VETO_FIELDS[] = {JSON_FIELD(struct raw_veto, op, JSON_STRING, true, 1, 4),
                                                JSON_FIELD(struct raw_veto, value, JSON_STRING, true, 1, 10),
                                                JSON_FIELD(struct raw_veto, share_op, JSON_STRING, true, 1, 4),
                                                JSON_FIELD(struct raw_veto, share, JSON_STRING, true, 1, 4),
                                                {0}};

static void read_veto(struct pack_reader *r, const struct json *value) {
    struct raw_veto raw = {0};
    struct settle_veto *veto = &r->pack->veto;
    int64_t share = 0;
    const char *before = pack_enter(r, "veto");
    if (json_fit(r->arena, value, VETO_FIELDS, &raw, r->misfits)) {
        veto->op = pack_read_key(r, "op", raw.op, rank_op_find);
        veto->share_op = pack_read_key(r, "share_op", raw.share_op, rank_op_find);
        pack_read_mark(r, "value", raw.value, 0, 100000, &veto->low);
        pack_read_mark(r, "share", raw.share, 0, 100, &share);
        veto->share_num = (int32_t)share;
        veto->share_den = 100;
        if (veto->share_op == RANK_OP_LE || veto->share_op == RANK_OP_LT)
            pack_misfit(r, "share_op", "contradiction"); /* whom nobody rates low would fall */
    }
    pack_leave(r, before);
}

void pack_read_marking(struct pack_reader *r, const struct json *value) {
    struct raw_marking marking = {0};
    const char *before = pack_enter(r, "marking");
    if (json_fit(r->arena, value, MARKING_FIELDS, &marking, r->misfits)) {
        r->pack->markers = marking.markers;
        r->pack->scheme_count = json_count(marking.schemes);
        for (size_t i = 0; i < r->pack->scheme_count; i++) {
            const char *outer = pack_enter(r, "schemes[%zu]", i);
            read_scheme(r, json_at(marking.schemes, i), i);
            pack_leave(r, outer);
        }
        if (marking.veto)
            read_veto(r, marking.veto);
    }
    pack_leave(r, before);
}

struct raw_ballot {
    const char *code, *of, *above, *fallback;
    const struct json *title;
    bool half_to_head;
};
static const struct json_field BALLOT_FIELDS[] = {JSON_FIELD(struct raw_ballot, code, JSON_STRING, true, 1, SETTLE_CODE_SIZE - 1),
                                                  JSON_FIELD(struct raw_ballot, title, JSON_OBJECT, true, 0, 0),
                                                  JSON_FIELD(struct raw_ballot, of, JSON_STRING, true, 1, 20),
                                                  JSON_FIELD(struct raw_ballot, above, JSON_STRING, true, 1, 4),
                                                  JSON_FIELD(struct raw_ballot, fallback, JSON_STRING, false, 1, 4),
                                                  JSON_FIELD(struct raw_ballot, half_to_head, JSON_BOOL, false, 0, 0),
                                                  {0}};

static void read_ballot(struct pack_reader *r, const struct json *value, struct cycle_pack_ballot *ballot) {
    struct raw_ballot raw = {0};
    int64_t above = 0, fallback = 0;
    if (!json_fit(r->arena, value, BALLOT_FIELDS, &raw, r->misfits))
        return;
    pack_read_code(r, "code", raw.code, ballot->rules.code);
    pack_read_words(r, "title", raw.title, &ballot->title);
    ballot->rules.of_present = strcmp(raw.of, "present") == 0;
    ballot->rules.half_to_head = raw.half_to_head;
    if (!ballot->rules.of_present && strcmp(raw.of, "summoned") != 0)
        pack_misfit(r, "of", "unknown");
    pack_read_mark(r, "above", raw.above, 1, 99, &above);
    ballot->rules.above_num = (int32_t)above;
    ballot->rules.above_den = 100;
    if (!raw.fallback)
        return;
    pack_read_mark(r, "fallback", raw.fallback, 1, 99, &fallback);
    ballot->rules.fallback_num = (int32_t)fallback;
    ballot->rules.fallback_den = 100;
    if (fallback > above)
        pack_misfit(r, "fallback", "contradiction");
}

struct raw_waiver {
    const char *part, *credential;
    int64_t months;
};
static const struct json_field WAIVER_FIELDS[] = {JSON_FIELD(struct raw_waiver, part, JSON_STRING, true, 1, RANK_CODE_SIZE - 1),
                                                  JSON_FIELD(struct raw_waiver, credential, JSON_STRING, true, 1, RANK_CODE_SIZE - 1),
                                                  JSON_FIELD(struct raw_waiver, months, JSON_INT, true, 1, 1200),
                                                  {0}};

void pack_read_procedures(struct pack_reader *r, const struct json *ballots, const struct json *waivers) {
    for (size_t i = 0; i < json_count(ballots); i++) {
        const char *before = pack_enter(r, "ballots[%zu]", i);
        read_ballot(r, json_at(ballots, i), &r->pack->ballots[i]);
        pack_leave(r, before);
    }
    for (size_t i = 0; i < json_count(waivers); i++) {
        struct raw_waiver raw = {0};
        struct cycle_pack_waiver *waiver = &r->pack->waivers[i];
        const char *before = pack_enter(r, "waivers[%zu]", i);
        if (json_fit(r->arena, json_at(waivers, i), WAIVER_FIELDS, &raw, r->misfits)) {
            pack_read_code(r, "credential", raw.credential, waiver->credential);
            waiver->months = (int32_t)raw.months;
            waiver->component = rank_component_find(&r->pack->rank, raw.part);
            if (waiver->component == RANK_NONE)
                pack_misfit(r, "part", "unknown-quantity");
        }
        pack_leave(r, before);
    }
    r->pack->ballot_count = json_count(ballots);
    r->pack->waiver_count = json_count(waivers);
}
