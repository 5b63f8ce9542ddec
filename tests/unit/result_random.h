/* result_random.h: made-up fields with many ties, as result files. */
#ifndef KHOACU_TESTS_RESULT_RANDOM_H
#define KHOACU_TESTS_RESULT_RANDOM_H

#include "rank_field.h"

#include "khoacu/base/random.h"
#include "khoacu/result/bundle.h"

#define MADE_CANDIDATES 40

struct made {
    struct arena arena;
    struct result_field field, shown; /* all that is known, and what the public gets */
    struct rank_result result, shown_result;
    const char **openings;
    bool again; /* a list after a release: some hold their seats */
};

static inline int64_t made_below(struct random_stream *random, int64_t bound) {
    return (int64_t)random_stream_below(random, (uint64_t)bound);
}

/* A pack of the tree, with the scales of the parts of which it leaves them open. */
struct made_row {
    const char *id;
    int64_t written, interview;
};

static inline void made_pack(struct made *m, const struct made_row *row) {
    size_t len = 0;
    const char *text = cycle_pack_builtin(row->id, &len);
    if (!text)
        text = field_file(&m->arena, arena_printf(&m->arena, "tests/tables/packs/%s.json", row->id), &len);
    struct json_misfits misfits = {0};
    struct rank_misfit misfit;
    m->field = (struct result_field){.pack = ARENA_NEW(&m->arena, struct cycle_pack)};
    m->field.scales.max[CYCLE_PACK_WRITTEN] = row->written;
    m->field.scales.max[CYCLE_PACK_INTERVIEW] = row->interview;
    assert_int_equal(cycle_pack_read(&m->arena, text, len, m->field.pack, &misfits, NULL), ERR_NONE);
    assert_int_equal(cycle_pack_bind(m->field.pack, &m->field.scales, &m->field.rules, &misfit), ERR_NONE);
}

/* One of them. */
static inline void made_any_pack(struct made *m, struct random_stream *random) {
    static const struct made_row rows[] = {
        {"CC-2026", 6000, 4000}, {"CC-2026", 10000, 0}, {"T-VC", 0, 0},       {"T-KD", 0, 0},       {"T-LEAD", 0, 0},
        {"CC-2024", 6000, 4000}, {"VC-2023", 0, 10000}, {"LEAD-2424", 0, 0},  {"T-CUT", 0, 0},      {"T-CAP", 0, 0},
        {"T-NONE", 0, 0},        {"T-RESERVED", 0, 0},  {"T-OPEN", 0, 0},     {"T-BAND", 0, 0},     {"T-WINDOW", 0, 0},
        {"T-NEGATIVE", 0, 0},    {"T-COMPOSITE", 0, 0}, {"T-TRIM", 0, 0},     {"T-VETO", 0, 0},     {"T-DEDUCT", 0, 0},
        {"T-FLOORS", 0, 0},      {"T-BEST", 0, 0},      {"CN-NATIONAL", 0, 0}, {"KR-FLOORS", 0, 0}, {"PH-CSC", 0, 0},
        {"UPSC-CSE", 0, 0},      {"EPSO-AD5", 0, 0},    {"US-CATEGORY", 0, 0}};
    made_pack(m, &rows[made_below(random, LENGTH(rows))]);
}

/* A pack of one's own; false: it contradicts itself. */
static inline bool made_own_pack(struct made *m, const char *pack_text, size_t len) {
    struct json_misfits misfits = {0};
    struct json_error error = {0};
    struct rank_misfit misfit;
    m->field = (struct result_field){.pack = ARENA_NEW(&m->arena, struct cycle_pack)};
    enum err err = cycle_pack_read(&m->arena, pack_text, len, m->field.pack, &misfits, &error);
    if (err != ERR_NONE && err != ERR_RANGE)
        fail_msg("%s: %s", error.reason, pack_text);
    return err == ERR_NONE && cycle_pack_bind(m->field.pack, &m->field.scales, &m->field.rules, &misfit) == ERR_NONE;
}

/* A mean or sum that needs so many marks: all are there. */
static inline bool made_trims(const struct rank_pack *rules) {
    for (uint8_t i = 0; i < rules->formula_count; i++)
        if (rules->formulas[i].kind == RANK_FORMULA_TRIMMED || rules->formulas[i].kind == RANK_FORMULA_BEST)
            return true;
    return false;
}

static inline bool made_shifted(const struct rank_pack *rules) {
    for (uint8_t i = 0; i < rules->component_count; i++)
        if (rules->components[i].statistic != RANK_STATISTIC_GIVEN)
            return true;
    return false;
}

/* Whether every part is one of a cycle, so that an exemption can be left out of the sum. */
static inline bool made_delivered(const struct made *m) {
    for (uint8_t i = 0; i < m->field.rules.component_count; i++)
        if (m->field.pack->parts[i].source > CYCLE_PACK_INTERVIEW)
            return false;
    return m->field.rules.stage_count > 1;
}

/* Few different marks, most of them passes. */
static inline void made_results(struct made *m, struct random_stream *random, uint32_t i) {
    const struct rank_pack *rules = &m->field.rules;
    for (uint8_t k = 0; k < rules->component_count; k++) {
        size_t at = (size_t)i * rules->component_count + k;
        const struct rank_component *component = &rules->components[k];
        if (component->statistic != RANK_STATISTIC_GIVEN)
            continue;
        m->field.groups[at] = made_shifted(rules) ? (uint32_t)made_below(random, 3) : 0;
        if (component->max == 0 || (component->optional && made_below(random, 8) == 0 && m->field.rules.rank_quantity != k && !made_trims(rules)))
            continue;
        int64_t dice = made_below(random, 40);
        uint8_t odd = RANK_STATUS_VALUE;
        if (dice == 0)
            odd = RANK_STATUS_ABSENT;
        else if (dice == 1)
            odd = RANK_STATUS_SUSPENDED;
        else if (dice == 2)
            odd = RANK_STATUS_VOID;
        else if (dice < 6 && component->stage == 0 && !rank_pack_is_relative(rules) && made_delivered(m) && rules->rank_quantity != k && rules->stage_count > 1)
            odd = RANK_STATUS_EXEMPT;
        m->field.statuses[at] = odd;
        if (component->optional && odd != RANK_STATUS_VALUE)
            odd = RANK_STATUS_VALUE; /* a date or a deduction is there or it is not */
        m->field.statuses[at] = odd;
        m->field.values[at] = odd != RANK_STATUS_VALUE ? 0 : component->max * (9 + made_below(random, 6)) / 20;
    }
}

static inline void made_candidate(struct made *m, struct random_stream *random, uint32_t i, uint32_t *preferences) {
    struct result_field *f = &m->field;
    struct rank_candidate *c = &f->candidates[i];
    *c = (struct rank_candidate){.roll = arena_printf(&m->arena, "R%03u", i),
                                 .post = (uint32_t)made_below(random, f->inputs.post_count),
                                 .first_preference = *preferences};
    if (f->rules.class_count && made_below(random, 3) == 0)
        c->classes = 1u << made_below(random, f->rules.class_count);
    const struct rank_post *post = &f->posts[c->post];
    if (f->rules.group_count && made_below(random, 2)) {
        c->groups = (uint16_t)(1u << made_below(random, f->rules.group_count));
        c->relaxed = made_below(random, 3) == 0;
    }
    c->withdrawn = made_below(random, m->again ? 10 : 30) == 0;
    const struct rank_seat *seat = &f->seats[post->first_seat + (uint32_t)made_below(random, post->seat_count)];
    if (m->again && !c->withdrawn && made_below(random, 6) == 0) {
        c->kept = true;
        c->kept_agency = seat->agency;
        c->kept_group = seat->group;
        if (seat->group)
            c->groups |= (uint16_t)(1u << (seat->group - 1));
    }
    if (f->rules.allocation == RANK_ALLOCATE_RESERVED) {
        made_results(m, random, i);
        return;
    }
    uint32_t start = (uint32_t)made_below(random, post->seat_count),
             step = made_below(random, 2) ? 1 : post->seat_count - 1;
    uint32_t count = 1 + (uint32_t)made_below(random, post->seat_count);
    for (uint32_t k = 0; k < count; k++)
        f->preferences[(*preferences)++] = f->seats[post->first_seat + (start + k * step) % post->seat_count].agency;
    c->preference_count = (uint16_t)count;
    if (post->seat_count > 1 && step == 0)
        c->preference_count = 1;
    made_results(m, random, i);
}

/* Some recorded orders, over candidates that may or may not need one. */
static inline void made_ties(struct made *m, struct random_stream *random) {
    struct result_field *f = &m->field;
    for (size_t i = 0; i < f->tie_count; i++) {
        struct result_tie *tie = &f->ties[i];
        *tie = (struct result_tie){.number = (int64_t)i + 1, .reason = "lý do ghi trong biên bản"};
        tie->order = ARENA_ARRAY(&m->arena, f->inputs.candidate_count, const char *);
        uint32_t offset = (uint32_t)made_below(random, 1000);
        for (uint32_t k = 0; k < f->inputs.candidate_count; k++)
            if (made_below(random, 4))
                tie->order[tie->count++] = f->candidates[(k * 7 + offset) % f->inputs.candidate_count].roll;
    }
    const char *roll = NULL;
    if (!result_field_apply_ties(f, &roll))
        fail_msg("tie over %s", roll);
}

/* Decisions on agencies, needed or not. */
static inline void made_placements(struct made *m, struct random_stream *random) {
    struct result_field *f = &m->field;
    f->placements = ARENA_ARRAY(&m->arena, f->inputs.candidate_count + 1, struct result_placement);
    f->placement_count = 0;
    for (uint32_t i = 0; i < f->inputs.candidate_count; i++) {
        const struct rank_post *post = &f->posts[f->candidates[i].post];
        if (made_below(random, 3))
            continue;
        struct result_placement *p = &f->placements[f->placement_count++];
        *p = (struct result_placement){.number = (int64_t)f->placement_count, .roll = f->candidates[i].roll, .reason = "hội đồng quyết định",
                                       .agency = f->seats[post->first_seat + (uint32_t)made_below(random, post->seat_count)].agency};
    }
    const char *roll = NULL;
    if (!result_field_apply_placements(f, &roll))
        fail_msg("placement of %s", roll);
}

/* A whole field for the pack that was read. */
static inline void made_field(struct made *m, struct random_stream *random) {
    bool single = m->field.rules.allocation == RANK_ALLOCATE_POST, reserved = m->field.rules.allocation == RANK_ALLOCATE_RESERVED;
    uint32_t agencies = 1 + (uint32_t)made_below(random, 4), posts = 1 + (uint32_t)made_below(random, 3);
    uint32_t counts[3], seats = 0;
    for (uint32_t i = 0; i < posts; i++) {
        counts[i] = reserved ? 1u + m->field.rules.group_count : single ? 1 : 1 + (uint32_t)made_below(random, agencies);
        seats += counts[i];
    }
    uint32_t candidates = (uint32_t)made_below(random, MADE_CANDIDATES);
    candidates -= candidates && candidates % 7 == 0; /* steps of 7 go through all of them (made_ties) */
    struct result_sizes sizes = {.agencies = agencies,
                                 .seats = seats,
                                 .posts = posts,
                                 .preferences = (size_t)candidates * 4,
                                 .candidates = candidates,
                                 .ties = candidates ? (size_t)made_below(random, 3) : 0};
    assert_int_equal(result_field_init(&m->arena, &sizes, &m->field), ERR_NONE);
    struct result_field *f = &m->field;
    for (uint32_t i = 0; i < agencies; i++) {
        f->agencies[i] = arena_printf(&m->arena, "A%u", i);
        f->agency_names[i] = "Sở Nội vụ";
    }
    for (uint32_t i = 0, at = 0; i < posts; at += counts[i++]) {
        f->posts[i] =
            (struct rank_post){.code = arena_printf(&m->arena, "V%u", i), .first_seat = at, .seat_count = counts[i]};
        f->post_titles[i] = "Chuyên viên";
        for (uint32_t k = 0; k < counts[i]; k++)
            f->seats[at + k] =
                (struct rank_seat){.agency = (reserved ? i : i + k) % agencies, .quota = (int32_t)made_below(random, 4), .group = reserved ? (uint8_t)k : 0};
    }
    uint32_t preferences = 0;
    m->again = made_below(random, 5) == 0;
    for (uint32_t i = 0; i < candidates; i++)
        made_candidate(m, random, i, &preferences);
    f->inputs.preference_count = preferences;
    made_ties(m, random);
    made_placements(m, random);
}

/* And what comes out of it, for everybody and for the public. */
static inline void made_rank(struct made *m) {
    struct result_field *f = &m->field;
    struct rank_misfit misfit;
    if (rank_run(&f->inputs, &m->result, &misfit) != ERR_NONE)
        fail_msg("%s %s", misfit.path, misfit.reason);
    assert_int_equal(result_withhold(&m->arena, f, &m->result, &m->shown, &m->openings), ERR_NONE);
    if (rank_run(&m->shown.inputs, &m->shown_result, &misfit) != ERR_NONE)
        fail_msg("%s %s", misfit.path, misfit.reason);
}

/* A whole field and its result. */
static inline void made_init(struct made *m, struct random_stream *random) {
    arena_init(&m->arena, 16 << 20);
    made_any_pack(m, random);
    made_field(m, random);
    made_rank(m);
}

static inline void made_write(const struct made *m, struct buf *out) {
    static const struct result_head HEAD = {.cycle_code = "THU-2026",
                                            .title_vi = "Kỳ thi thử",
                                            .title_en = "A made-up cycle",
                                            .authority_vi = "Ủy ban nhân dân tỉnh",
                                            .authority_en = "Provincial People's Committee",
                                            .demonstration = true,
                                            .version = 1,
                                            .cause = "Công bố lần đầu"};
    assert_int_equal(result_bundle_write(&HEAD, &m->shown, &m->shown_result, out), ERR_NONE);
}

static inline void made_release(struct made *m) {
    rank_result_release(&m->result);
    rank_result_release(&m->shown_result);
    arena_release(&m->arena);
}

#endif
