#include "item_private.h"

#include "khoacu/base/text.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* Reading: each object by its table; json_fit finds what does not fit, we keep it under the document's own paths. */
struct reading {
    struct arena *arena;
    struct item_faults *faults;
};

#define TEXT(type, member) JSON_FIELD(type, member, JSON_STRING, false, 0, ITEM_MARKUP_MAX)
#define NUMBER(type, member, max) JSON_FIELD(type, member, JSON_INT, false, 0, max)
#define PART(type, member) JSON_FIELD(type, member, JSON_OBJECT, false, 0, 0)
#define LIST(type, member, max) JSON_FIELD(type, member, JSON_ARRAY, false, 0, max)
#define TRUTH(type, member) JSON_FIELD(type, member, JSON_BOOL, false, 0, 0)
#define END {.name = NULL}

static void fault_of_misfit(struct reading *reading, const struct json_misfit *misfit) {
    static const struct {
        const char *rule;
        enum item_rule_broken broken;
    } rules[] = {{"required", ITEM_FAULT_REQUIRED}, {"unknown", ITEM_FAULT_UNKNOWN}, {"kind", ITEM_FAULT_KIND},
                 {"range", ITEM_FAULT_RANGE},       {"length", ITEM_FAULT_LENGTH},   {"count", ITEM_FAULT_MANY}};
    enum item_rule_broken broken = ITEM_FAULT_KIND;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (strcmp(rules[i].rule, misfit->rule) == 0)
            broken = rules[i].broken;
    item_fault_add(reading->arena, reading->faults, broken, NULL, "%s", misfit->path);
}

static void fit(struct reading *reading, const struct json *object, const char *path, const struct json_field *fields, void *target) {
    struct json_misfits misfits = {.count = 0, .prefix = path};
    if (json_fit(reading->arena, object, fields, target, &misfits))
        return;
    size_t listed = sizeof misfits.list / sizeof misfits.list[0];
    for (size_t i = 0; i < misfits.count && i < listed; i++)
        fault_of_misfit(reading, &misfits.list[i]);
    if (misfits.count > listed) {
        reading->faults->count += misfits.count - listed;
        reading->faults->grave = true;
    }
}

static const char *said(const char *text) {
    return text && *text ? text : NULL;
}

static struct item_text take_text(struct reading *reading, const struct json *object, const char *path) {
    static const struct json_field fields[] = {TEXT(struct item_text, vi), TEXT(struct item_text, en), END};
    struct item_text text = {0};
    if (object)
        fit(reading, object, path, fields, &text);
    return (struct item_text){.vi = said(text.vi), .en = said(text.en)};
}

static const char *const *take_words(struct reading *reading, const struct json *list, const char *path, size_t *ret_count) {
    size_t count = json_count(list);
    const char **words = ARENA_ARRAY(reading->arena, count, const char *);
    *ret_count = 0;
    for (size_t i = 0; words && i < count; i++) {
        const char *word = json_text(json_at(list, i));
        if (word)
            words[(*ret_count)++] = word;
        else
            item_fault_add(reading->arena, reading->faults, ITEM_FAULT_KIND, NULL, "%s[%zu]", path, i);
    }
    return words;
}

/* One shape serves the options of content, key and rubric; what may not stand in one of them is a fault. */
struct raw_option {
    const char *id, *credit;
    const struct json *text, *note;
};
enum { IN_CONTENT, IN_KEY, IN_LEVEL };

static struct item_option take_option(struct reading *reading, const struct json *object, const char *path, int where) {
    static const struct json_field content[] = {
        JSON_FIELD(struct raw_option, id, JSON_STRING, true, 1, ITEM_ID_MAX), PART(struct raw_option, text), END};
    static const struct json_field key[] = {JSON_FIELD(struct raw_option, id, JSON_STRING, true, 1, ITEM_ID_MAX),
                                            TEXT(struct raw_option, credit), PART(struct raw_option, note), END};
    static const struct json_field level[] = {JSON_FIELD(struct raw_option, id, JSON_STRING, true, 1, ITEM_ID_MAX),
                                              TEXT(struct raw_option, credit), PART(struct raw_option, text), END};
    struct raw_option raw = {.id = ""};
    char part[2 * ITEM_PATH_SIZE];
    fit(reading, object, path, where == IN_CONTENT ? content : where == IN_KEY ? key : level, &raw);
    struct item_option option = {.id = raw.id, .credit = said(raw.credit)};
    (void)snprintf(part, sizeof part, "%s.text", path);
    option.text = take_text(reading, raw.text, part);
    (void)snprintf(part, sizeof part, "%s.note", path);
    option.note = take_text(reading, raw.note, part);
    return option;
}

static struct item_option *take_options(struct reading *reading, const struct json *list, const char *path, int where, size_t *ret_count) {
    size_t count = json_count(list);
    struct item_option *options = ARENA_ARRAY(reading->arena, count, struct item_option);
    char place[ITEM_PATH_SIZE];
    *ret_count = 0;
    for (size_t i = 0; options && i < count; i++) {
        (void)snprintf(place, sizeof place, "%s[%zu]", path, i);
        options[(*ret_count)++] = take_option(reading, json_at(list, i), place, where);
    }
    return options;
}

/* ---- content ---- */

struct raw_gap {
    const char *id;
    const struct json *options;
};

static void take_gaps(struct reading *reading, const struct json *list, struct item *item) {
    static const struct json_field fields[] = {JSON_FIELD(struct raw_gap, id, JSON_STRING, true, 1, ITEM_ID_MAX),
                                               LIST(struct raw_gap, options, ITEM_OPTIONS_MAX), END};
    size_t count = json_count(list);
    char path[ITEM_PATH_SIZE];
    item->gaps = ARENA_ARRAY(reading->arena, count, struct item_gap);
    for (size_t i = 0; item->gaps && i < count; i++) {
        struct raw_gap raw = {.id = ""};
        (void)snprintf(path, sizeof path, "gaps[%zu]", i);
        fit(reading, json_at(list, i), path, fields, &raw);
        struct item_gap *gap = &item->gaps[item->gap_count++];
        gap->id = raw.id;
        (void)snprintf(path, sizeof path, "gaps[%zu].options", i);
        gap->options = take_options(reading, raw.options, path, IN_CONTENT, &gap->option_count);
    }
}

struct raw_content {
    const char *kind, *title, *stimulus, *unit;
    const struct json *body, *options, *columns, *gaps, *upload_types;
    int64_t choices_min, choices_max, words_max, lines, upload_bytes_max, upload_files_max;
    bool shuffle;
};

static void take_content(struct reading *reading, const struct json *content, struct item *item) {
    static const struct json_field fields[] = {JSON_FIELD(struct raw_content, kind, JSON_STRING, true, 1, 20),
                                               JSON_FIELD(struct raw_content, title, JSON_STRING, false, 0, ITEM_TITLE_MAX),
                                               JSON_FIELD(struct raw_content, stimulus, JSON_STRING, false, 0, 40),
                                               JSON_FIELD(struct raw_content, unit, JSON_STRING, false, 0, ITEM_UNIT_MAX),
                                               PART(struct raw_content, body),
                                               LIST(struct raw_content, options, ITEM_OPTIONS_MAX),
                                               LIST(struct raw_content, columns, ITEM_OPTIONS_MAX),
                                               LIST(struct raw_content, gaps, ITEM_GAPS_MAX),
                                               LIST(struct raw_content, upload_types, ITEM_UPLOAD_TYPES_MAX),
                                               NUMBER(struct raw_content, choices_min, ITEM_OPTIONS_MAX),
                                               NUMBER(struct raw_content, choices_max, ITEM_OPTIONS_MAX),
                                               NUMBER(struct raw_content, words_max, ITEM_WORDS_MAX),
                                               NUMBER(struct raw_content, lines, ITEM_LINES_MAX),
                                               NUMBER(struct raw_content, upload_bytes_max, ITEM_UPLOAD_BYTES_MAX),
                                               NUMBER(struct raw_content, upload_files_max, ITEM_UPLOAD_FILES_MAX),
                                               TRUTH(struct raw_content, shuffle),
                                               END};
    struct raw_content raw = {.kind = NULL};
    fit(reading, content, NULL, fields, &raw);
    if (raw.kind && !item_kind_find(raw.kind, &item->kind))
        item_fault_add(reading->arena, reading->faults, ITEM_FAULT_WORD, NULL, "kind");
    item->title = said(raw.title);
    item->stimulus = said(raw.stimulus);
    item->unit = said(raw.unit);
    item->body = take_text(reading, raw.body, "body");
    item->options = take_options(reading, raw.options, "options", IN_CONTENT, &item->option_count);
    item->columns = take_options(reading, raw.columns, "columns", IN_CONTENT, &item->column_count);
    take_gaps(reading, raw.gaps, item);
    item->upload_types = take_words(reading, raw.upload_types, "upload_types", &item->upload_type_count);
    item->choices_min = raw.choices_min;
    item->choices_max = raw.choices_max;
    item->words_max = raw.words_max;
    item->lines = raw.lines;
    item->upload_bytes_max = raw.upload_bytes_max;
    item->upload_files_max = raw.upload_files_max;
    item->shuffle = raw.shuffle;
}

/* ---- key ---- */

static size_t place_of(const struct item_option *options, size_t count, const char *id) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(options[i].id, id) == 0)
            return i;
    return count;
}

static void take_credits(struct reading *reading, const struct json *list, bool alone, struct item *item) {
    size_t count = 0;
    if (alone) {
        item->options = take_options(reading, list, "options", IN_KEY, &item->option_count);
        return;
    }
    struct item_option *credits = take_options(reading, list, "options", IN_KEY, &count);
    for (size_t i = 0; credits && i < count; i++) {
        size_t place = place_of(item->options, item->option_count, credits[i].id);
        if (place == item->option_count)
            item_fault_add(reading->arena, reading->faults, ITEM_FAULT_REFERENCE, NULL, "options.%s", credits[i].id);
        else if (item->options[place].credit || item->options[place].note.vi || item->options[place].note.en)
            item_fault_add(reading->arena, reading->faults, ITEM_FAULT_UNIQUE, NULL, "options[%zu].credit", place);
        else {
            item->options[place].credit = credits[i].credit;
            item->options[place].note = credits[i].note;
        }
    }
}

static void take_correct(struct reading *reading, const struct json *list, bool alone, struct item *item) {
    static const struct json_field fields[] = {JSON_FIELD(struct item_gap, id, JSON_STRING, true, 1, ITEM_ID_MAX),
                                               JSON_FIELD(struct item_gap, correct, JSON_STRING, false, 0, ITEM_ID_MAX), END};
    size_t count = json_count(list);
    char path[ITEM_PATH_SIZE];
    if (alone)
        item->gaps = ARENA_ARRAY(reading->arena, count, struct item_gap);
    for (size_t i = 0; i < count && item->gaps; i++) {
        struct item_gap raw = {.id = ""};
        (void)snprintf(path, sizeof path, "gaps[%zu]", i);
        fit(reading, json_at(list, i), path, fields, &raw);
        size_t place = 0;
        while (place < item->gap_count && strcmp(item->gaps[place].id, raw.id) != 0)
            place++;
        if (alone)
            item->gaps[item->gap_count++] = raw;
        else if (place == item->gap_count)
            item_fault_add(reading->arena, reading->faults, ITEM_FAULT_REFERENCE, NULL, "gaps.%s", raw.id);
        else if (item->gaps[place].correct)
            item_fault_add(reading->arena, reading->faults, ITEM_FAULT_UNIQUE, NULL, "gaps[%zu].correct", place);
        else
            item->gaps[place].correct = said(raw.correct);
    }
}

static void take_pairs(struct reading *reading, const struct json *list, struct item *item) {
    static const struct json_field fields[] = {JSON_FIELD(struct item_pair, row, JSON_STRING, true, 1, ITEM_ID_MAX),
                                               JSON_FIELD(struct item_pair, column, JSON_STRING, true, 1, ITEM_ID_MAX),
                                               TEXT(struct item_pair, credit), END};
    char path[ITEM_PATH_SIZE];
    item->pairs = ARENA_ARRAY(reading->arena, json_count(list), struct item_pair);
    for (size_t i = 0; item->pairs && i < json_count(list); i++) {
        struct item_pair *pair = &item->pairs[item->pair_count++];
        *pair = (struct item_pair){.row = "", .column = ""};
        (void)snprintf(path, sizeof path, "pairs[%zu]", i);
        fit(reading, json_at(list, i), path, fields, pair);
        pair->credit = said(pair->credit);
    }
}

struct raw_accepted {
    const char *value, *tolerance, *low, *high, *credit;
    const struct json *note;
    bool relative;
};

static void take_accepted(struct reading *reading, const struct json *list, struct item *item) {
    static const struct json_field fields[] = {JSON_FIELD(struct raw_accepted, value, JSON_STRING, false, 0, ITEM_VALUE_MAX),
                                               TEXT(struct raw_accepted, tolerance),
                                               TEXT(struct raw_accepted, low),
                                               TEXT(struct raw_accepted, high),
                                               TEXT(struct raw_accepted, credit),
                                               PART(struct raw_accepted, note),
                                               TRUTH(struct raw_accepted, relative),
                                               END};
    char path[ITEM_PATH_SIZE];
    item->accepted = ARENA_ARRAY(reading->arena, json_count(list), struct item_accepted);
    for (size_t i = 0; item->accepted && i < json_count(list); i++) {
        struct raw_accepted raw = {.value = NULL};
        (void)snprintf(path, sizeof path, "accepted[%zu]", i);
        fit(reading, json_at(list, i), path, fields, &raw);
        struct item_accepted *accepted = &item->accepted[item->accepted_count++];
        *accepted = (struct item_accepted){.value = said(raw.value), .tolerance = said(raw.tolerance), .relative = raw.relative,
                                           .low = said(raw.low),     .high = said(raw.high),           .credit = said(raw.credit)};
        (void)snprintf(path, sizeof path, "accepted[%zu].note", i);
        accepted->note = take_text(reading, raw.note, path);
    }
}

struct raw_criterion {
    const char *id, *max;
    const struct json *text, *levels;
};

static void take_rubric(struct reading *reading, const struct json *list, struct item *item) {
    static const struct json_field fields[] = {JSON_FIELD(struct raw_criterion, id, JSON_STRING, true, 1, ITEM_ID_MAX),
                                               TEXT(struct raw_criterion, max), PART(struct raw_criterion, text),
                                               LIST(struct raw_criterion, levels, ITEM_OPTIONS_MAX), END};
    char path[ITEM_PATH_SIZE];
    item->rubric = ARENA_ARRAY(reading->arena, json_count(list), struct item_criterion);
    for (size_t i = 0; item->rubric && i < json_count(list); i++) {
        struct raw_criterion raw = {.id = ""};
        (void)snprintf(path, sizeof path, "rubric[%zu]", i);
        fit(reading, json_at(list, i), path, fields, &raw);
        struct item_criterion *criterion = &item->rubric[item->criterion_count++];
        *criterion = (struct item_criterion){.id = raw.id, .max = said(raw.max)};
        (void)snprintf(path, sizeof path, "rubric[%zu].text", i);
        criterion->text = take_text(reading, raw.text, path);
        (void)snprintf(path, sizeof path, "rubric[%zu].levels", i);
        criterion->levels = take_options(reading, raw.levels, path, IN_LEVEL, &criterion->level_count);
    }
}

struct raw_key {
    const char *kind, *points, *points_min, *points_max, *rule;
    const struct json *options, *gaps, *order, *pairs, *accepted, *rubric, *rationale;
    bool fold_case, fold_marks, fold_spaces;
};

static void take_kind_and_rule(struct reading *reading, const struct raw_key *raw, bool alone, struct item *item) {
    enum item_kind kind;
    if (raw->kind && !item_kind_find(raw->kind, &kind))
        item_fault_add(reading->arena, reading->faults, ITEM_FAULT_WORD, NULL, "kind");
    else if (raw->kind && alone)
        item->kind = kind;
    else if (raw->kind && item->kind != kind)
        item_fault_add(reading->arena, reading->faults, ITEM_FAULT_NOT_HERE, NULL, "kind");
    if (!raw->rule)
        item->rule = ITEM_RULE_ALL;
    else if (!item_rule_find(raw->rule, &item->rule))
        item_fault_add(reading->arena, reading->faults, ITEM_FAULT_WORD, NULL, "rule");
}

static void take_key(struct reading *reading, const struct json *key, bool alone, struct item *item) {
    static const struct json_field fields[] = {JSON_FIELD(struct raw_key, kind, JSON_STRING, false, 0, 20),
                                               JSON_FIELD(struct raw_key, rule, JSON_STRING, false, 1, 20),
                                               TEXT(struct raw_key, points),
                                               TEXT(struct raw_key, points_min),
                                               TEXT(struct raw_key, points_max),
                                               LIST(struct raw_key, options, ITEM_OPTIONS_MAX),
                                               LIST(struct raw_key, gaps, ITEM_GAPS_MAX),
                                               LIST(struct raw_key, order, ITEM_OPTIONS_MAX),
                                               LIST(struct raw_key, pairs, ITEM_PAIRS_MAX),
                                               LIST(struct raw_key, accepted, ITEM_OPTIONS_MAX),
                                               LIST(struct raw_key, rubric, ITEM_OPTIONS_MAX),
                                               PART(struct raw_key, rationale),
                                               TRUTH(struct raw_key, fold_case),
                                               TRUTH(struct raw_key, fold_marks),
                                               TRUTH(struct raw_key, fold_spaces),
                                               END};
    struct raw_key raw = {.kind = NULL};
    fit(reading, key, NULL, fields, &raw);
    take_kind_and_rule(reading, &raw, alone, item);
    item->points = said(raw.points);
    item->points_min = said(raw.points_min);
    item->points_max = said(raw.points_max);
    take_credits(reading, raw.options, alone, item);
    take_correct(reading, raw.gaps, alone, item);
    item->order = take_words(reading, raw.order, "order", &item->order_count);
    take_pairs(reading, raw.pairs, item);
    take_accepted(reading, raw.accepted, item);
    take_rubric(reading, raw.rubric, item);
    item->rationale = take_text(reading, raw.rationale, "rationale");
    item->fold_case = raw.fold_case;
    item->fold_marks = raw.fold_marks;
    item->fold_spaces = raw.fold_spaces;
}

/* ---- metadata ---- */

struct raw_meta {
    const char *code, *subject, *topic, *source, *source_expires_on, *external_id;
    const struct json *tags, *enemies;
    int64_t level, facility, seconds;
};

static void take_meta(struct reading *reading, const struct json *meta, struct item_meta *ret) {
    static const struct json_field fields[] = {JSON_FIELD(struct raw_meta, code, JSON_STRING, false, 0, 40),
                                               JSON_FIELD(struct raw_meta, subject, JSON_STRING, false, 0, 60),
                                               JSON_FIELD(struct raw_meta, topic, JSON_STRING, false, 0, 120),
                                               JSON_FIELD(struct raw_meta, source, JSON_STRING, false, 0, ITEM_SOURCE_MAX),
                                               JSON_FIELD(struct raw_meta, source_expires_on, JSON_STRING, false, 0, 10),
                                               JSON_FIELD(struct raw_meta, external_id, JSON_STRING, false, 0, 300),
                                               LIST(struct raw_meta, tags, ITEM_TAGS_MAX),
                                               LIST(struct raw_meta, enemies, ITEM_ENEMIES_MAX),
                                               NUMBER(struct raw_meta, level, 4),
                                               JSON_FIELD(struct raw_meta, facility, JSON_INT, false, -1, 1000),
                                               NUMBER(struct raw_meta, seconds, 86400),
                                               END};
    struct raw_meta raw = {.facility = -1};
    char date[11];
    int64_t us = 0;
    fit(reading, meta, "meta", fields, &raw);
    *ret = (struct item_meta){.code = said(raw.code), .subject = said(raw.subject), .topic = said(raw.topic), .source = said(raw.source),
                              .external_id = said(raw.external_id), .level = raw.level, .facility = raw.facility, .seconds = raw.seconds};
    ret->tags = take_words(reading, raw.tags, "meta.tags", &ret->tag_count);
    ret->enemies = take_words(reading, raw.enemies, "meta.enemies", &ret->enemy_count);
    if (!said(raw.source_expires_on))
        return;
    char midnight[40] = "";
    if (text_parse_date(raw.source_expires_on, date))
        (void)snprintf(midnight, sizeof midnight, "%sT00:00:00Z", date);
    if (text_parse_time(midnight, &us) && us > 0)
        ret->source_expires_day = us / ((int64_t)86400 * 1000000);
    else
        item_fault_add(reading->arena, reading->faults, ITEM_FAULT_DATE, NULL, "meta.source_expires_on");
}

bool item_read(struct arena *arena, const struct json *content, const struct json *key, const struct json *meta, struct item *ret,
               struct item_faults *faults) {
    struct reading reading = {.arena = arena, .faults = faults};
    size_t before = faults->count;
    *ret = (struct item){.meta = {.facility = -1}};
    if (content)
        take_content(&reading, content, ret);
    if (key)
        take_key(&reading, key, content == NULL, ret);
    if (meta)
        take_meta(&reading, meta, &ret->meta);
    if (arena->failed)
        item_fault_add(arena, faults, ITEM_FAULT_LENGTH, NULL, " ");
    return faults->count == before;
}
