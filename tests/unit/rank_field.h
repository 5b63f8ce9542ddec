/* rank_field.h: a field for the ranking as the tables of tests/tables write it down. */
#ifndef KHOACU_TESTS_RANK_FIELD_H
#define KHOACU_TESTS_RANK_FIELD_H

#include "khoacu/base/text.h"
#include "khoacu/cycle/pack.h"
#include "khoacu/rank/rank.h"

#include <stdlib.h>

#define FIELD_ROWS 64

struct field {
    struct arena arena;
    struct cycle_pack pack;
    struct rank_pack rules;
    const char *agencies[FIELD_ROWS];
    struct rank_seat seats[FIELD_ROWS];
    struct rank_post posts[FIELD_ROWS];
    uint32_t preferences[FIELD_ROWS * 4];
    struct rank_candidate candidates[FIELD_ROWS];
    int64_t values[FIELD_ROWS * RANK_COMPONENTS_MAX];
    uint8_t statuses[FIELD_ROWS * RANK_COMPONENTS_MAX];
    uint32_t groups[FIELD_ROWS * RANK_COMPONENTS_MAX];
    struct rank_inputs inputs;
};

static inline char *field_file(struct arena *arena, const char *path, size_t *ret_len) {
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("cannot open %s", path);
    char *bytes = arena_alloc(arena, 1 << 20);
    *ret_len = fread(bytes, 1, (1 << 20) - 1, file);
    (void)fclose(file);
    return bytes;
}

/* A reason of a misfit is told to people in both languages. */
static inline void field_told(struct arena *arena, const char *reason) {
    const char *vi = cycle_misfit_words(arena, reason, "vi"), *en = cycle_misfit_words(arena, reason, "en");
    if (strcmp(vi, reason) == 0 || strcmp(en, reason) == 0 || strcmp(vi, en) == 0)
        fail_msg("nothing explains «%s»", reason);
}

static inline int field_split(char *line, char separator, char **parts, int max);

/* tests/tables/rules35_words.tsv: what people are told. Rows of one table (rank, settle, catalogue). */
struct field_word {
    long rule;
    const char *at, *who, *vi, *en;
    int met;
};
static inline size_t field_words(struct arena *arena, const char *table, struct field_word *words, size_t max) {
    size_t len = 0, count = 0;
    char *line = NULL, *next = NULL;
    FILE *file = fopen("tests/tables/rules35_words.tsv", "rb");
    assert_non_null(file);
    line = arena_alloc(arena, 1 << 20);
    len = fread(line, 1, (1 << 20) - 1, file);
    line[len] = '\0';
    (void)fclose(file);
    for (; line && *line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        char *parts[6];
        if (*line == '#' || field_split(line, '\t', parts, 6) != 6 || strcmp(parts[1], table) != 0)
            continue;
        assert_true(count < max);
        words[count++] = (struct field_word){.rule = strtol(parts[0], NULL, 10), .at = parts[2], .who = parts[3], .vi = parts[4], .en = parts[5]};
    }
    return count;
}

/* Splits at a separator in place; returns the number of parts. */
static inline int field_split(char *line, char separator, char **parts, int max) {
    int count = 0;
    while (count < max) {
        parts[count++] = line;
        line = strchr(line, separator);
        if (!line)
            break;
        *line++ = '\0';
    }
    return count;
}

static inline void field_pack(struct field *f, const char *id, const char *written, const char *interview) {
    size_t len = 0;
    const char *text = cycle_pack_builtin(id, &len);
    if (!text)
        text = field_file(&f->arena, arena_printf(&f->arena, "tests/tables/packs/%s.json", id), &len);
    struct json_misfits misfits = {0};
    struct json_error error = {0};
    enum err err = cycle_pack_read(&f->arena, text, len, &f->pack, &misfits, &error);
    if (err != ERR_NONE)
        fail_msg("pack %s: %s %s %s", id, misfits.count ? misfits.list[0].path : "",
                 misfits.count ? misfits.list[0].rule : "", error.reason);
    struct cycle_pack_scales scales = {0};
    if (*written != '-')
        assert_true(text_parse_hundredths(written, &scales.max[CYCLE_PACK_WRITTEN]));
    if (*interview != '-')
        assert_true(text_parse_hundredths(interview, &scales.max[CYCLE_PACK_INTERVIEW]));
    struct rank_misfit misfit;
    if (cycle_pack_bind(&f->pack, &scales, &f->rules, &misfit) != ERR_NONE)
        fail_msg("pack %s: %s %s", id, misfit.path, misfit.reason);
    f->inputs = (struct rank_inputs){.pack = &f->rules,
                                     .agencies = f->agencies,
                                     .seats = f->seats,
                                     .posts = f->posts,
                                     .preferences = f->preferences,
                                     .candidates = f->candidates,
                                     .values = f->values,
                                     .statuses = f->statuses,
                                     .groups = f->groups};
}

static inline uint32_t field_agency(struct field *f, const char *code) {
    for (uint32_t i = 0; i < f->inputs.agency_count; i++)
        if (strcmp(f->agencies[i], code) == 0)
            return i;
    f->agencies[f->inputs.agency_count] = arena_strdup(&f->arena, code);
    return f->inputs.agency_count++;
}

/* post CODE A=1 B=2, of reserved seats A=4 A/OBC=3 */
static inline void field_post(struct field *f, char **parts, int count) {
    struct rank_post *post = &f->posts[f->inputs.post_count++];
    *post = (struct rank_post){.code = arena_strdup(&f->arena, parts[1]), .first_seat = f->inputs.seat_count};
    for (int i = 2; i < count; i++) {
        char *quota = strchr(parts[i], '=');
        *quota++ = '\0';
        char *group = strchr(parts[i], '/');
        if (group)
            *group++ = '\0';
        f->seats[f->inputs.seat_count++] = (struct rank_seat){.agency = field_agency(f, parts[i]),
                                                              .quota = (int32_t)strtol(quota, NULL, 10),
                                                              .group = group ? (uint8_t)(rank_group_find(&f->rules, group) + 1) : 0};
        post->seat_count++;
    }
}

/* CODE=value, in a statistic's group CODE=value/2 */
static inline void field_results(struct field *f, char *text, int64_t *values, uint8_t *statuses, uint32_t *groups) {
    char *parts[RANK_COMPONENTS_MAX];
    int count = strcmp(text, "-") == 0 ? 0 : field_split(text, ' ', parts, RANK_COMPONENTS_MAX);
    for (int i = 0; i < count; i++) {
        char *value = strchr(parts[i], '=');
        *value++ = '\0';
        uint8_t component = rank_component_find(&f->rules, parts[i]);
        if (component == RANK_NONE)
            fail_msg("no component %s", parts[i]);
        char *group = strchr(value, '/');
        if (group)
            *group++ = '\0';
        groups[component] = group ? (uint32_t)strtol(group, NULL, 10) : 0;
        int status = rank_status_find(value);
        statuses[component] = status >= 0 ? (uint8_t)status : RANK_STATUS_VALUE;
        if (status < 0 && f->rules.components[component].unit == RANK_UNIT_COUNT)
            assert_true(text_parse_int(value, -1000, 1000000, &values[component]));
        else if (status < 0)
            assert_true(text_parse_hundredths(value, &values[component]));
    }
}

/* "@relaxed", "@withdrawn", "@kept=A", "@placed=A", "@OBC" a group */
static inline void field_mark(struct field *f, char *word, struct rank_candidate *c) {
    if (strcmp(word, "relaxed") == 0) {
        c->relaxed = true;
    } else if (strcmp(word, "withdrawn") == 0) {
        c->withdrawn = true;
    } else if (strncmp(word, "kept=", 5) == 0) {
        c->kept = true;
        c->kept_agency = field_agency(f, word + 5);
    } else if (strncmp(word, "placed=", 7) == 0) {
        c->placed = 1;
        c->placed_agency = field_agency(f, word + 7);
    } else {
        uint8_t group = rank_group_find(&f->rules, word);
        assert_int_not_equal(group, RANK_NONE);
        c->groups |= (uint16_t)(1u << group);
    }
}

/* cand ROLL POST RESULTS CLASSES AGENCIES MANUAL */
static inline void field_candidate(struct field *f, char **parts) {
    uint32_t row = f->inputs.candidate_count++;
    struct rank_candidate *c = &f->candidates[row];
    *c = (struct rank_candidate){.roll = arena_strdup(&f->arena, parts[1]),
                                 .first_preference = f->inputs.preference_count};
    if (*parts[6] != '-') {
        char *place = NULL;
        c->manual_set = (uint32_t)strtol(parts[6], &place, 10);
        c->manual = (uint32_t)strtol(place + 1, NULL, 10);
    }
    while (c->post < f->inputs.post_count && strcmp(f->posts[c->post].code, parts[2]) != 0)
        c->post++;
    size_t at = (size_t)row * f->rules.component_count;
    memset(f->statuses + at, RANK_STATUS_NONE, f->rules.component_count);
    memset(f->groups + at, 0, f->rules.component_count * sizeof *f->groups);
    field_results(f, parts[3], f->values + at, f->statuses + at, f->groups + at);
    char *words[8];
    int count = strcmp(parts[4], "-") == 0 ? 0 : field_split(parts[4], ' ', words, 8);
    for (int i = 0; i < count; i++) {
        if (*words[i] == '@') {
            field_mark(f, words[i] + 1, c);
            continue;
        }
        uint8_t class = rank_class_find(&f->rules, words[i]);
        assert_int_not_equal(class, RANK_NONE);
        c->classes |= 1u << class;
    }
    count = strcmp(parts[5], "-") == 0 ? 0 : field_split(parts[5], ' ', words, 8);
    for (int i = 0; i < count; i++) {
        f->preferences[f->inputs.preference_count++] = field_agency(f, words[i]);
        c->preference_count++;
    }
}

#endif
