#include "khoacu/assembly/blueprint.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define WHOLE_MAX INT64_C(1000000)
#define SEED_MAX INT64_C(9007199254740991)
#define TEXT_MAX 2000
#define ABSENT INT64_MIN

struct reading {
    struct arena *arena;
    struct json_misfits *misfits;
    struct assembly_blueprint *blueprint;
};

static void misfit(struct reading *reading, const char *name, const char *rule) {
    json_misfit_add(reading->arena, reading->misfits, name, rule, 0, 0);
}

/* Sets the prefix of misfits to `outer` + `name`; returns what it was. */
static const char *enter(struct reading *reading, const char *name, size_t index) {
    const char *outer = reading->misfits->prefix;
    const char *dot = outer ? "." : "";
    reading->misfits->prefix = index == ASSEMBLY_CODES_MAX
                                   ? arena_printf(reading->arena, "%s%s%s", outer ? outer : "", dot, name)
                                   : arena_printf(reading->arena, "%s%s%s[%zu]", outer ? outer : "", dot, name, index);
    return outer;
}
#define NO_INDEX ((size_t)ASSEMBLY_CODES_MAX)

/* ---- small parts ---- */

static void read_range(struct reading *reading, const struct json *value, const char *name,
                       struct assembly_range *range) {
    static const struct json_field FIELDS[] = {
        JSON_FIELD(struct assembly_range, min, JSON_INT, false, 0, WHOLE_MAX),
        JSON_FIELD(struct assembly_range, max, JSON_INT, false, 0, WHOLE_MAX),
        {0},
    };
    if (!value)
        return;
    const char *outer = enter(reading, name, NO_INDEX);
    if (json_fit(reading->arena, value, FIELDS, range, reading->misfits) && range->min != ASSEMBLY_NO_MIN &&
        range->max != ASSEMBLY_NO_MAX && range->min > range->max)
        misfit(reading, "min", "order");
    reading->misfits->prefix = outer;
}

static int64_t read_decimal(struct reading *reading, const char *text, const char *name, int64_t min, int64_t max) {
    int64_t value = 0;
    if (!assembly_decimal_parse(text, &value) || value < min || value > max)
        misfit(reading, name, "decimal");
    return value;
}

static void read_topic(struct reading *reading, const char *topic) {
    if (*topic && !assembly_topic_valid(topic))
        misfit(reading, "topic", "form");
}

static bool kind_valid(const char *kind) {
    size_t len = strlen(kind);
    return len >= 1 && len <= 20 && strspn(kind, "abcdefghijklmnopqrstuvwxyz") == len;
}

/* A list of texts that `valid` accepts, each once. */
static const char *const *read_texts(struct reading *reading, const struct json *list, const char *name, size_t max,
                                     bool (*valid)(const char *), size_t *ret_count) {
    size_t count = json_count(list);
    const char **texts = ARENA_ARRAY(reading->arena, count + 1, const char *);
    if (count > max) {
        misfit(reading, name, "count");
        return NULL;
    }
    for (size_t i = 0; texts && i < count; i++) {
        texts[i] = json_text(json_at(list, i));
        const char *outer = enter(reading, name, i);
        if (!texts[i] || !valid(texts[i]))
            misfit(reading, "", "form");
        reading->misfits->prefix = outer;
        texts[i] = texts[i] ? texts[i] : "";
    }
    *ret_count = texts ? count : 0;
    return texts;
}

/* ---- counts ---- */

struct count_input {
    const char *topic, *kind;
    int64_t level, min, max;
};

static void read_counts(struct reading *reading, const struct json *list, struct assembly_count **ret_counts,
                        size_t *ret_count) {
    static const struct json_field FIELDS[] = {
        JSON_FIELD(struct count_input, topic, JSON_STRING, false, 1, 120),
        JSON_FIELD(struct count_input, kind, JSON_STRING, false, 1, 20),
        JSON_FIELD(struct count_input, level, JSON_INT, false, 1, 4),
        JSON_FIELD(struct count_input, min, JSON_INT, false, 0, ASSEMBLY_FORM_ITEMS_MAX),
        JSON_FIELD(struct count_input, max, JSON_INT, false, 0, ASSEMBLY_FORM_ITEMS_MAX),
        {0},
    };
    size_t count = json_count(list);
    if (count > ASSEMBLY_COUNTS_MAX) {
        misfit(reading, "counts", "count");
        return;
    }
    struct assembly_count *counts = ARENA_ARRAY(reading->arena, count + 1, struct assembly_count);
    for (size_t i = 0; counts && i < count; i++) {
        struct count_input input = {.topic = "", .kind = "", .min = ASSEMBLY_NO_MIN, .max = ASSEMBLY_NO_MAX};
        const char *outer = enter(reading, "counts", i);
        (void)json_fit(reading->arena, json_at(list, i), FIELDS, &input, reading->misfits);
        read_topic(reading, input.topic);
        if (*input.kind && !kind_valid(input.kind))
            misfit(reading, "kind", "form");
        if (input.min == ASSEMBLY_NO_MIN && input.max == ASSEMBLY_NO_MAX)
            misfit(reading, "min", "required");
        else if (input.min > input.max)
            misfit(reading, "min", "order");
        counts[i] = (struct assembly_count){input.topic, input.kind, input.level, {input.min, input.max}};
        reading->misfits->prefix = outer;
    }
    *ret_counts = counts;
    *ret_count = counts ? count : 0;
}

/* ---- sections ---- */

static const struct assembly_range FREE = {ASSEMBLY_NO_MIN, ASSEMBLY_NO_MAX};

struct section_input {
    const char *code, *title_vi, *title_en;
    const struct json *topics, *kinds, *levels, *items, *seconds, *words, *counts;
};
static const struct json_field SECTION_FIELDS[] = {
    JSON_FIELD(struct section_input, code, JSON_STRING, true, 1, 40),
    JSON_FIELD(struct section_input, title_vi, JSON_STRING, false, 0, 200),
    JSON_FIELD(struct section_input, title_en, JSON_STRING, false, 0, 200),
    JSON_FIELD(struct section_input, topics, JSON_ARRAY, false, 0, 40),
    JSON_FIELD(struct section_input, kinds, JSON_ARRAY, false, 0, 20),
    JSON_FIELD(struct section_input, levels, JSON_ARRAY, false, 0, 4),
    JSON_FIELD(struct section_input, items, JSON_OBJECT, false, 0, 2),
    JSON_FIELD(struct section_input, seconds, JSON_OBJECT, false, 0, 2),
    JSON_FIELD(struct section_input, words, JSON_OBJECT, false, 0, 2),
    JSON_FIELD(struct section_input, counts, JSON_ARRAY, false, 0, ASSEMBLY_COUNTS_MAX),
    {0},
};

static unsigned read_levels(struct reading *reading, const struct json *list) {
    unsigned levels = 0;
    for (size_t i = 0; i < json_count(list); i++) {
        int64_t level = 0;
        if (!json_int(json_at(list, i), &level) || level < 1 || level > 4)
            misfit(reading, "levels", "range");
        else
            levels |= 1u << level;
    }
    return levels;
}

static void read_section(struct reading *reading, const struct json *value, struct assembly_section *section) {
    struct section_input input = {.code = "", .title_vi = "", .title_en = ""};
    *section = (struct assembly_section){.items = FREE, .seconds = FREE, .words = FREE};
    (void)json_fit(reading->arena, value, SECTION_FIELDS, &input, reading->misfits);
    section->code = input.code;
    section->title_vi = input.title_vi;
    section->title_en = input.title_en;
    if (*input.code && !assembly_code_valid(input.code))
        misfit(reading, "code", "form");
    section->topics = read_texts(reading, input.topics, "topics", 40, assembly_topic_valid, &section->topic_count);
    section->kinds = read_texts(reading, input.kinds, "kinds", 20, kind_valid, &section->kind_count);
    section->levels = read_levels(reading, input.levels);
    read_range(reading, input.items, "items", &section->items);
    read_range(reading, input.seconds, "seconds", &section->seconds);
    read_range(reading, input.words, "words", &section->words);
    read_counts(reading, input.counts, &section->counts, &section->count_count);
}

static void read_sections(struct reading *reading, const struct json *list) {
    struct assembly_blueprint *blueprint = reading->blueprint;
    size_t count = json_count(list);
    struct assembly_section *sections = ARENA_ARRAY(reading->arena, count > 0 ? count : 1, struct assembly_section);
    if (!sections)
        return;
    if (count == 0)
        sections[0] = (struct assembly_section){
            .code = "", .title_vi = "", .title_en = "", .items = FREE, .seconds = FREE, .words = FREE};
    for (size_t i = 0; i < count; i++) {
        const char *outer = enter(reading, "sections", i);
        read_section(reading, json_at(list, i), &sections[i]);
        for (size_t k = 0; k < i; k++)
            if (strcmp(sections[k].code, sections[i].code) == 0)
                misfit(reading, "code", "unique");
        reading->misfits->prefix = outer;
    }
    blueprint->sections = sections;
    blueprint->section_count = count > 0 ? count : 1;
}

/* ---- targets ---- */

struct target_input {
    const char *theta, *target, *tolerance, *min, *max;
};

/* Reads {target, tolerance} or {min, max}, with theta when `at_theta`. Values lie in 0..max. */
static void read_target(struct reading *reading, const struct json *value, bool at_theta, int64_t max,
                        struct assembly_target *target) {
    const struct json_field fields[] = {
        JSON_FIELD(struct target_input, target, JSON_STRING, false, 1, 20),
        JSON_FIELD(struct target_input, tolerance, JSON_STRING, false, 1, 20),
        JSON_FIELD(struct target_input, min, JSON_STRING, false, 1, 20),
        JSON_FIELD(struct target_input, max, JSON_STRING, false, 1, 20),
        at_theta ? (struct json_field)JSON_FIELD(struct target_input, theta, JSON_STRING, true, 1, 20)
                 : (struct json_field){0},
        {0},
    };
    struct target_input input = {0};
    *target = (struct assembly_target){.range = FREE};
    if (!json_fit(reading->arena, value, fields, &input, reading->misfits))
        return;
    if (input.theta)
        target->theta = read_decimal(reading, input.theta, "theta", -6 * ASSEMBLY_NANO, 6 * ASSEMBLY_NANO);
    if ((input.target && (input.min || input.max)) || (input.tolerance && !input.target)) {
        misfit(reading, "target", "contradiction");
        return;
    }
    if (input.target) {
        target->pursued = true;
        target->target = read_decimal(reading, input.target, "target", 0, max);
        if (input.tolerance) {
            int64_t tolerance = read_decimal(reading, input.tolerance, "tolerance", 0, max);
            target->range = (struct assembly_range){target->target - tolerance, target->target + tolerance};
        }
    }
    if (input.min)
        target->range.min = read_decimal(reading, input.min, "min", 0, max);
    if (input.max)
        target->range.max = read_decimal(reading, input.max, "max", 0, max);
    if (target->range.min > target->range.max)
        misfit(reading, "min", "order");
}

static size_t read_points(struct reading *reading, const struct json *list, const char *name, int64_t max,
                          struct assembly_target *points) {
    size_t count = json_count(list);
    if (count > ASSEMBLY_POINTS_MAX) {
        misfit(reading, name, "count");
        return 0;
    }
    for (size_t i = 0; i < count; i++) {
        const char *outer = enter(reading, name, i);
        read_target(reading, json_at(list, i), true, max, &points[i]);
        for (size_t k = 0; k < i; k++)
            if (points[k].theta == points[i].theta)
                misfit(reading, "theta", "unique");
        reading->misfits->prefix = outer;
    }
    return count;
}

struct facility_input {
    const struct json *mean, *curve;
    const char *difference;
};
static const struct json_field FACILITY_FIELDS[] = {
    JSON_FIELD(struct facility_input, mean, JSON_OBJECT, false, 0, 2),
    JSON_FIELD(struct facility_input, curve, JSON_ARRAY, false, 0, ASSEMBLY_POINTS_MAX),
    JSON_FIELD(struct facility_input, difference, JSON_STRING, false, 1, 20),
    {0},
};

static void read_facility(struct reading *reading, const struct json *value) {
    struct assembly_blueprint *blueprint = reading->blueprint;
    struct facility_input input = {0};
    const char *outer = enter(reading, "facility", NO_INDEX);
    blueprint->facility = true;
    (void)json_fit(reading->arena, value, FACILITY_FIELDS, &input, reading->misfits);
    blueprint->mean_target.range = FREE;
    if (input.mean) {
        const char *here = enter(reading, "mean", NO_INDEX);
        blueprint->mean = true;
        read_target(reading, input.mean, false, ASSEMBLY_NANO, &blueprint->mean_target);
        reading->misfits->prefix = here;
    }
    blueprint->curve_count = read_points(reading, input.curve, "curve", ASSEMBLY_NANO, blueprint->curve);
    if (blueprint->curve_count == 0) {
        blueprint->curve_assumed = true;
        for (int64_t theta = -2; theta <= 2; theta++)
            blueprint->curve[blueprint->curve_count++] =
                (struct assembly_target){.theta = theta * ASSEMBLY_NANO, .range = FREE};
    }
    if (input.difference)
        blueprint->facility_difference = read_decimal(reading, input.difference, "difference", 0, ASSEMBLY_NANO);
    reading->misfits->prefix = outer;
}

struct information_input {
    const struct json *points;
    const char *difference, *scale;
    bool maximise;
};
static const struct json_field INFORMATION_FIELDS[] = {
    JSON_FIELD(struct information_input, points, JSON_ARRAY, true, 1, ASSEMBLY_POINTS_MAX),
    JSON_FIELD(struct information_input, difference, JSON_STRING, false, 1, 20),
    JSON_FIELD(struct information_input, scale, JSON_STRING, false, 1, 20),
    JSON_FIELD(struct information_input, maximise, JSON_BOOL, false, 0, 0),
    {0},
};

static void read_information(struct reading *reading, const struct json *value) {
    struct assembly_blueprint *blueprint = reading->blueprint;
    struct information_input input = {0};
    const int64_t most = 10000 * ASSEMBLY_NANO;
    const char *outer = enter(reading, "information", NO_INDEX);
    blueprint->information = true;
    (void)json_fit(reading->arena, value, INFORMATION_FIELDS, &input, reading->misfits);
    blueprint->point_count = read_points(reading, input.points, "points", most, blueprint->points);
    blueprint->maximise = input.maximise;
    if (input.difference)
        blueprint->information_difference = read_decimal(reading, input.difference, "difference", 0, most);
    if (input.scale)
        blueprint->scale = read_decimal(reading, input.scale, "scale", ASSEMBLY_NANO / 10, 10 * ASSEMBLY_NANO);
    for (size_t i = 0; input.maximise && i < blueprint->point_count; i++)
        if (blueprint->points[i].pursued)
            misfit(reading, "maximise", "contradiction");
    reading->misfits->prefix = outer;
}

/* ---- forms among each other, fixed items ---- */

struct previous_input {
    const char *code;
    const struct json *items;
    int64_t overlap_max;
};

static void read_previous(struct reading *reading, const struct json *list) {
    static const struct json_field FIELDS[] = {
        JSON_FIELD(struct previous_input, code, JSON_STRING, true, 1, 60),
        JSON_FIELD(struct previous_input, items, JSON_ARRAY, true, 1, ASSEMBLY_FORM_ITEMS_MAX),
        JSON_FIELD(struct previous_input, overlap_max, JSON_INT, true, 0, ASSEMBLY_FORM_ITEMS_MAX),
        {0},
    };
    struct assembly_blueprint *blueprint = reading->blueprint;
    size_t count = json_count(list);
    blueprint->previous = ARENA_ARRAY(reading->arena, count + 1, struct assembly_previous);
    for (size_t i = 0; blueprint->previous && i < count; i++) {
        struct previous_input input = {.code = ""};
        struct assembly_previous *previous = &blueprint->previous[i];
        const char *outer = enter(reading, "previous", i);
        (void)json_fit(reading->arena, json_at(list, i), FIELDS, &input, reading->misfits);
        *previous = (struct assembly_previous){.code = input.code, .overlap_max = input.overlap_max};
        previous->items = read_texts(reading, input.items, "items", ASSEMBLY_FORM_ITEMS_MAX, assembly_code_valid,
                                     &previous->item_count);
        reading->misfits->prefix = outer;
    }
    blueprint->previous_count = blueprint->previous ? count : 0;
}

struct anchor_input {
    const char *item, *section;
};

static size_t find_section(const struct assembly_blueprint *blueprint, const char *code) {
    for (size_t i = 0; i < blueprint->section_count; i++)
        if (strcmp(blueprint->sections[i].code, code) == 0)
            return i;
    return blueprint->section_count;
}

static void read_anchors(struct reading *reading, const struct json *list) {
    static const struct json_field FIELDS[] = {
        JSON_FIELD(struct anchor_input, item, JSON_STRING, true, 1, 60),
        JSON_FIELD(struct anchor_input, section, JSON_STRING, false, 1, 40),
        {0},
    };
    struct assembly_blueprint *blueprint = reading->blueprint;
    size_t count = json_count(list);
    blueprint->anchors = ARENA_ARRAY(reading->arena, count + 1, struct assembly_anchor);
    for (size_t i = 0; blueprint->anchors && i < count; i++) {
        struct anchor_input input = {.item = ""};
        const char *outer = enter(reading, "anchors", i);
        (void)json_fit(reading->arena, json_at(list, i), FIELDS, &input, reading->misfits);
        struct assembly_anchor anchor = {.item = input.item};
        anchor.section = input.section ? find_section(blueprint, input.section) : 0;
        if (anchor.section == blueprint->section_count || (!input.section && blueprint->section_count > 1)) {
            misfit(reading, "section", input.section ? "absent" : "required");
            anchor.section = 0;
        }
        for (size_t k = 0; k < i; k++)
            if (strcmp(blueprint->anchors[k].item, input.item) == 0)
                misfit(reading, "item", "unique");
        blueprint->anchors[i] = anchor;
        reading->misfits->prefix = outer;
    }
    blueprint->anchor_count = blueprint->anchors ? count : 0;
}

struct stimuli_input {
    const struct json *items, *count;
};

static void read_stimuli(struct reading *reading, const struct json *value) {
    static const struct json_field FIELDS[] = {
        JSON_FIELD(struct stimuli_input, items, JSON_OBJECT, false, 0, 2),
        JSON_FIELD(struct stimuli_input, count, JSON_OBJECT, false, 0, 2),
        {0},
    };
    struct stimuli_input input = {0};
    const char *outer = enter(reading, "stimuli", NO_INDEX);
    (void)json_fit(reading->arena, value, FIELDS, &input, reading->misfits);
    read_range(reading, input.items, "items", &reading->blueprint->stimulus_items);
    read_range(reading, input.count, "count", &reading->blueprint->stimulus_count);
    reading->blueprint->stimuli = true;
    reading->misfits->prefix = outer;
}

/* ---- the whole ---- */

struct input {
    const char *format, *title, *note;
    int64_t items, forms, seed, solve_s, exposure_max, uses_max, overlap_max;
    const struct json *sections, *counts, *seconds, *words, *facility, *information, *previous, *anchors, *leave_out,
        *stimuli;
};
static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, format, JSON_STRING, true, 1, 40),
    JSON_FIELD(struct input, title, JSON_STRING, false, 0, 200),
    JSON_FIELD(struct input, note, JSON_STRING, false, 0, TEXT_MAX),
    JSON_FIELD(struct input, items, JSON_INT, true, 1, ASSEMBLY_FORM_ITEMS_MAX),
    JSON_FIELD(struct input, forms, JSON_INT, false, 1, ASSEMBLY_FORMS_MAX),
    JSON_FIELD(struct input, seed, JSON_INT, false, 0, SEED_MAX),
    JSON_FIELD(struct input, solve_s, JSON_INT, false, 1, 3600),
    JSON_FIELD(struct input, exposure_max, JSON_INT, false, 0, WHOLE_MAX),
    JSON_FIELD(struct input, uses_max, JSON_INT, false, 1, ASSEMBLY_FORMS_MAX),
    JSON_FIELD(struct input, overlap_max, JSON_INT, false, 0, ASSEMBLY_FORM_ITEMS_MAX),
    JSON_FIELD(struct input, sections, JSON_ARRAY, false, 0, ASSEMBLY_SECTIONS_MAX),
    JSON_FIELD(struct input, counts, JSON_ARRAY, false, 0, ASSEMBLY_COUNTS_MAX),
    JSON_FIELD(struct input, seconds, JSON_OBJECT, false, 0, 2),
    JSON_FIELD(struct input, words, JSON_OBJECT, false, 0, 2),
    JSON_FIELD(struct input, facility, JSON_OBJECT, false, 0, 3),
    JSON_FIELD(struct input, information, JSON_OBJECT, false, 0, 4),
    JSON_FIELD(struct input, previous, JSON_ARRAY, false, 0, ASSEMBLY_PREVIOUS_MAX),
    JSON_FIELD(struct input, anchors, JSON_ARRAY, false, 0, ASSEMBLY_ANCHORS_MAX),
    JSON_FIELD(struct input, leave_out, JSON_ARRAY, false, 0, ASSEMBLY_CODES_MAX),
    JSON_FIELD(struct input, stimuli, JSON_OBJECT, false, 0, 2),
    {0},
};

static void take_plain(struct assembly_blueprint *blueprint, const struct input *input) {
    blueprint->title = input->title;
    blueprint->note = input->note;
    blueprint->items = input->items;
    blueprint->forms = input->forms;
    blueprint->seed = input->seed;
    blueprint->solve_s = input->solve_s;
    blueprint->exposure_max = input->exposure_max == ABSENT ? ASSEMBLY_NO_MAX : input->exposure_max;
    blueprint->overlap_max = input->overlap_max == ABSENT ? ASSEMBLY_NO_MAX : input->overlap_max;
    int64_t uses = input->overlap_max == ABSENT || input->overlap_max == 0 ? 1 : input->forms;
    if (input->uses_max != ABSENT)
        uses = input->uses_max < input->forms ? input->uses_max : input->forms;
    blueprint->uses_max = input->overlap_max == 0 ? 1 : uses;
}

static void check_size(struct reading *reading) {
    const struct assembly_blueprint *blueprint = reading->blueprint;
    size_t count = 12 + blueprint->count_count + blueprint->curve_count * 2 + blueprint->point_count * 2 +
                   blueprint->previous_count + blueprint->anchor_count;
    for (size_t i = 0; i < blueprint->section_count; i++)
        count += 3 + blueprint->sections[i].count_count;
    if (count > ASSEMBLY_CONSTRAINTS_MAX)
        misfit(reading, "counts", "count");
    if (blueprint->anchor_count > (size_t)blueprint->items)
        misfit(reading, "anchors", "count");
}

bool assembly_blueprint_read(struct arena *arena, const struct json *document, struct assembly_blueprint *ret_blueprint,
                             struct json_misfits *misfits) {
    size_t before = misfits->count;
    struct assembly_blueprint blueprint = {.seconds = FREE,
                                           .words = FREE,
                                           .stimulus_items = FREE,
                                           .stimulus_count = FREE,
                                           .mean_target.range = FREE,
                                           .scale = ASSEMBLY_NANO,
                                           .facility_difference = ASSEMBLY_UNKNOWN,
                                           .information_difference = ASSEMBLY_UNKNOWN};
    struct reading reading = {.arena = arena, .misfits = misfits, .blueprint = &blueprint};
    struct input input = {.format = "",
                          .title = "",
                          .note = "",
                          .forms = 1,
                          .seed = 1,
                          .solve_s = 60,
                          .exposure_max = ABSENT,
                          .uses_max = ABSENT,
                          .overlap_max = ABSENT};
    if (!json_fit(arena, document, FIELDS, &input, misfits) && json_kind(document) != JSON_OBJECT)
        return false;
    if (*input.format && strcmp(input.format, "khoacu-blueprint/1") != 0)
        misfit(&reading, "format", "form");
    take_plain(&blueprint, &input);
    read_sections(&reading, input.sections);
    read_counts(&reading, input.counts, &blueprint.counts, &blueprint.count_count);
    read_range(&reading, input.seconds, "seconds", &blueprint.seconds);
    read_range(&reading, input.words, "words", &blueprint.words);
    if (input.facility)
        read_facility(&reading, input.facility);
    if (input.information)
        read_information(&reading, input.information);
    read_previous(&reading, input.previous);
    read_anchors(&reading, input.anchors);
    blueprint.leave_out = read_texts(&reading, input.leave_out, "leave_out", ASSEMBLY_CODES_MAX, assembly_code_valid,
                                     &blueprint.leave_out_count);
    if (input.stimuli)
        read_stimuli(&reading, input.stimuli);
    check_size(&reading);
    if (arena->failed && misfits->count == before)
        json_misfit_add(arena, misfits, "", "count", 0, 0);
    if (misfits->count > before)
        return false;
    *ret_blueprint = blueprint;
    return true;
}
