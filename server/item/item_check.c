#include "item_private.h"

#include "khoacu/base/text.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

struct check {
    struct arena *arena;
    struct item_faults *faults;
    const struct item *item;
};
#define FAULT(check, name, ...) item_fault_add((check)->arena, (check)->faults, ITEM_FAULT_##name, NULL, __VA_ARGS__)

static bool said(const char *text) {
    return text && *text;
}

static bool said_text(const struct item_text *text) {
    return said(text->vi) || said(text->en);
}

/* ---- small texts ---- */

static bool good_id(const char *id) {
    size_t len = id ? strlen(id) : 0;
    return len >= 1 && len <= ITEM_ID_MAX && strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == len;
}

static bool good_code(const char *code) {
    size_t len = strlen(code);
    return len >= 2 && len <= 40 && *code != '-' && strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == len;
}

/* Valid UTF-8 of at most `max` code points without control characters. */
static void check_line(struct check *check, const char *text, size_t max, const char *path) {
    if (!text)
        return;
    size_t len = strlen(text);
    bool good = text_is_utf8(text, len);
    for (const char *c = text; good && *c; c++)
        good = (unsigned char)*c >= 0x20 && *c != 0x7f;
    if (!good)
        FAULT(check, TEXT, "%s", path);
    else if (text_utf8_len(text) > max)
        FAULT(check, LENGTH, "%s", path);
}

static bool check_decimal(struct check *check, const char *text, int places, const char *path, const char *member) {
    char out[ITEM_DECIMAL_SIZE];
    int64_t units;
    if (!said(text))
        return false;
    if (places == ITEM_PLACES ? item_decimal_units(text, &units) : item_decimal_short(text, places, out))
        return true;
    FAULT(check, DECIMAL, "%s%s", path, member);
    return false;
}

static int64_t units_of(const char *text) {
    int64_t units = 0;
    return said(text) && item_decimal_units(text, &units) ? units : 0;
}

static void check_range(struct check *check, int64_t value, int64_t min, int64_t max, const char *path) {
    if (value < min || value > max)
        FAULT(check, RANGE, "%s", path);
}

/* ---- lists ---- */

static void check_ids(struct check *check, const struct item_option *options, size_t count, const char *path) {
    for (size_t i = 0; i < count; i++) {
        if (!good_id(options[i].id)) {
            FAULT(check, ID, "%s[%zu].id", path, i);
            continue;
        }
        for (size_t k = 0; k < i; k++) {
            if (options[k].id && strcmp(options[k].id, options[i].id) == 0) {
                FAULT(check, UNIQUE, "%s[%zu].id", path, i);
                break;
            }
        }
    }
}

static bool has_id(const struct item_option *options, size_t count, const char *id) {
    for (size_t i = 0; id && i < count; i++)
        if (options[i].id && strcmp(options[i].id, id) == 0)
            return true;
    return false;
}

/* Options that candidates read: a text each, in every language of the body. */
static void check_options(struct check *check, const struct item_option *options, size_t count, size_t least, const char *path) {
    const struct item_text *body = &check->item->body;
    if (count > ITEM_OPTIONS_MAX) {
        FAULT(check, MANY, "%s", path);
        return;
    }
    if (count < least)
        FAULT(check, FEW, "%s", path);
    check_ids(check, options, count, path);
    for (size_t i = 0; i < count; i++) {
        if (!said_text(&options[i].text))
            FAULT(check, REQUIRED, "%s[%zu].text", path, i);
        else if (said(body->vi) && !said(options[i].text.vi))
            FAULT(check, LANGUAGE, "%s[%zu].text.vi", path, i);
        else if (said(body->en) && !said(options[i].text.en))
            FAULT(check, LANGUAGE, "%s[%zu].text.en", path, i);
    }
}

/* A key where there can be none. */
static void check_no_key(struct check *check, const struct item_option *options, size_t count, const char *path) {
    for (size_t i = 0; i < count; i++) {
        if (said(options[i].credit))
            FAULT(check, NOT_HERE, "%s[%zu].credit", path, i);
        if (said_text(&options[i].note))
            FAULT(check, NOT_HERE, "%s[%zu].note", path, i);
    }
}

/* ---- the key of options ---- */

static void check_credits(struct check *check) {
    const struct item *item = check->item;
    bool choice = item->kind != ITEM_ORDERING && item->kind != ITEM_MATCHING;
    size_t right = 0, bad = 0;
    for (size_t i = 0; i < item->option_count; i++) {
        char path[ITEM_PATH_SIZE];
        (void)snprintf(path, sizeof path, "options[%zu].credit", i);
        if (!check_decimal(check, item->options[i].credit, ITEM_PLACES, path, "")) {
            bad += said(item->options[i].credit);
            continue;
        }
        int64_t units = units_of(item->options[i].credit);
        right += units > 0;
        if (!choice)
            FAULT(check, NOT_HERE, "%s", path);
        else if (item->rule != ITEM_RULE_MAP && units != 0 && units != units_of("1"))
            FAULT(check, RANGE, "%s", path);
    }
    if (!choice || bad > 0)
        return;
    if (item->rule == ITEM_RULE_MAP || item->kind == ITEM_MULTIPLE) {
        if (right == 0)
            FAULT(check, SOME_RIGHT, "options");
    } else if (right != 1)
        FAULT(check, ONE_RIGHT, "options");
}

static void check_order(struct check *check) {
    const struct item *item = check->item;
    if (item->order_count != item->option_count)
        FAULT(check, PERMUTATION, "order");
    for (size_t i = 0; i < item->order_count; i++) {
        if (!has_id(item->options, item->option_count, item->order[i]))
            FAULT(check, REFERENCE, "order[%zu]", i);
        for (size_t k = 0; k < i; k++)
            if (strcmp(item->order[k], item->order[i]) == 0)
                FAULT(check, UNIQUE, "order[%zu]", i);
    }
}

static void check_pairs(struct check *check) {
    const struct item *item = check->item;
    if (item->pair_count == 0)
        FAULT(check, SOME_RIGHT, "pairs");
    if (item->pair_count > ITEM_PAIRS_MAX) {
        FAULT(check, MANY, "pairs");
        return;
    }
    for (size_t i = 0; i < item->pair_count; i++) {
        const struct item_pair *pair = &item->pairs[i];
        char path[ITEM_PATH_SIZE];
        (void)snprintf(path, sizeof path, "pairs[%zu]", i);
        if (!has_id(item->options, item->option_count, pair->row))
            FAULT(check, REFERENCE, "%s.row", path);
        if (!has_id(item->columns, item->column_count, pair->column))
            FAULT(check, REFERENCE, "%s.column", path);
        if (check_decimal(check, pair->credit, ITEM_PLACES, path, ".credit") && item->rule != ITEM_RULE_MAP &&
            units_of(pair->credit) != units_of("1"))
            FAULT(check, RANGE, "%s.credit", path);
        for (size_t k = 0; k < i; k++) {
            if (strcmp(item->pairs[k].row, pair->row) == 0 && strcmp(item->pairs[k].column, pair->column) == 0) {
                FAULT(check, UNIQUE, "%s", path);
                break;
            }
        }
    }
}

static void check_gaps(struct check *check) {
    const struct item *item = check->item;
    char path[ITEM_PATH_SIZE];
    if (item->gap_count == 0)
        FAULT(check, FEW, "gaps");
    if (item->gap_count > ITEM_GAPS_MAX) {
        FAULT(check, MANY, "gaps");
        return;
    }
    for (size_t i = 0; i < item->gap_count; i++) {
        const struct item_gap *gap = &item->gaps[i];
        if (!good_id(gap->id))
            FAULT(check, ID, "gaps[%zu].id", i);
        for (size_t k = 0; k < i; k++)
            if (gap->id && item->gaps[k].id && strcmp(item->gaps[k].id, gap->id) == 0)
                FAULT(check, UNIQUE, "gaps[%zu].id", i);
        (void)snprintf(path, sizeof path, "gaps[%zu].options", i);
        check_options(check, gap->options, gap->option_count, 2, path);
        check_no_key(check, gap->options, gap->option_count, path);
        if (!said(gap->correct))
            FAULT(check, ONE_RIGHT, "gaps[%zu].correct", i);
        else if (!has_id(gap->options, gap->option_count, gap->correct))
            FAULT(check, REFERENCE, "gaps[%zu].correct", i);
    }
}

/* ---- accepted answers and rubrics ---- */

static void check_numeric(struct check *check, const struct item_accepted *accepted, const char *path) {
    bool range = said(accepted->low) || said(accepted->high);
    check_decimal(check, accepted->value, ITEM_VALUE_PLACES, path, ".value");
    check_decimal(check, accepted->low, ITEM_VALUE_PLACES, path, ".low");
    check_decimal(check, accepted->high, ITEM_VALUE_PLACES, path, ".high");
    if (check_decimal(check, accepted->tolerance, ITEM_VALUE_PLACES, path, ".tolerance") && *accepted->tolerance == '-')
        FAULT(check, RANGE, "%s.tolerance", path);
    if (!range && !said(accepted->value))
        FAULT(check, REQUIRED, "%s.value", path);
    if (range && !said(accepted->low))
        FAULT(check, REQUIRED, "%s.low", path);
    if (range && !said(accepted->high))
        FAULT(check, REQUIRED, "%s.high", path);
    if (range && said(accepted->value))
        FAULT(check, NOT_HERE, "%s.value", path);
    if (range && said(accepted->tolerance))
        FAULT(check, NOT_HERE, "%s.tolerance", path);
    if (accepted->relative && !said(accepted->tolerance))
        FAULT(check, REQUIRED, "%s.tolerance", path);
    char low[ITEM_DECIMAL_SIZE], high[ITEM_DECIMAL_SIZE];
    if (range && item_decimal_short(accepted->low, ITEM_VALUE_PLACES, low) && item_decimal_short(accepted->high, ITEM_VALUE_PLACES, high) &&
        item_decimal_compare(low, high) > 0)
        FAULT(check, RANGE, "%s.high", path);
}

static void check_accepted(struct check *check) {
    const struct item *item = check->item;
    bool whole = item->accepted_count == 0;
    char path[ITEM_PATH_SIZE];
    if (item->accepted_count == 0)
        FAULT(check, SOME_RIGHT, "accepted");
    if (item->accepted_count > ITEM_OPTIONS_MAX) {
        FAULT(check, MANY, "accepted");
        return;
    }
    for (size_t i = 0; i < item->accepted_count; i++) {
        const struct item_accepted *accepted = &item->accepted[i];
        (void)snprintf(path, sizeof path, "accepted[%zu]", i);
        if (check_decimal(check, accepted->credit, ITEM_PLACES, path, ".credit") &&
            (units_of(accepted->credit) < 0 || units_of(accepted->credit) > units_of("1")))
            FAULT(check, RANGE, "%s.credit", path);
        whole |= !said(accepted->credit) || units_of(accepted->credit) == units_of("1");
        if (item->kind == ITEM_NUMERIC) {
            check_numeric(check, accepted, path);
            continue;
        }
        if (!said(accepted->value))
            FAULT(check, REQUIRED, "%s.value", path);
        if (said(accepted->low) || said(accepted->high) || said(accepted->tolerance) || accepted->relative)
            FAULT(check, NOT_HERE, "%s.tolerance", path);
        (void)snprintf(path, sizeof path, "accepted[%zu].value", i);
        check_line(check, accepted->value, ITEM_VALUE_MAX, path);
    }
    if (!whole)
        FAULT(check, SOME_RIGHT, "accepted");
}

static void check_rubric(struct check *check) {
    const struct item *item = check->item;
    char path[ITEM_PATH_SIZE];
    if (item->criterion_count > ITEM_OPTIONS_MAX) {
        FAULT(check, MANY, "rubric");
        return;
    }
    for (size_t i = 0; i < item->criterion_count; i++) {
        const struct item_criterion *criterion = &item->rubric[i];
        (void)snprintf(path, sizeof path, "rubric[%zu]", i);
        if (!good_id(criterion->id))
            FAULT(check, ID, "%s.id", path);
        for (size_t k = 0; k < i; k++)
            if (criterion->id && item->rubric[k].id && strcmp(item->rubric[k].id, criterion->id) == 0)
                FAULT(check, UNIQUE, "%s.id", path);
        if (!said_text(&criterion->text))
            FAULT(check, REQUIRED, "%s.text", path);
        if (!said(criterion->max))
            FAULT(check, REQUIRED, "%s.max", path);
        else if (check_decimal(check, criterion->max, ITEM_PLACES, path, ".max") && units_of(criterion->max) <= 0)
            FAULT(check, RANGE, "%s.max", path);
        (void)snprintf(path, sizeof path, "rubric[%zu].levels", i);
        if (criterion->level_count > ITEM_OPTIONS_MAX) {
            FAULT(check, MANY, "%s", path);
            continue;
        }
        check_ids(check, criterion->levels, criterion->level_count, path);
        for (size_t k = 0; k < criterion->level_count; k++) {
            (void)snprintf(path, sizeof path, "rubric[%zu].levels[%zu]", i, k);
            if (!said_text(&criterion->levels[k].text))
                FAULT(check, REQUIRED, "%s.text", path);
            if (!said(criterion->levels[k].credit))
                FAULT(check, REQUIRED, "%s.credit", path);
            else
                check_decimal(check, criterion->levels[k].credit, ITEM_PLACES, path, ".credit");
        }
    }
}

/* ---- what does not belong to the kind ---- */

static void check_belongs(struct check *check) {
    const struct item *item = check->item;
    const struct {
        unsigned part;
        bool there;
        const char *path;
    } parts[] = {
        {ITEM_HAS_OPTIONS, item->option_count > 0, "options"},
        {ITEM_HAS_COLUMNS, item->column_count > 0, "columns"},
        {ITEM_HAS_GAPS, item->gap_count > 0, "gaps"},
        {ITEM_HAS_CHOICES, item->choices_min != 0, "choices_min"},
        {ITEM_HAS_CHOICES, item->choices_max != 0, "choices_max"},
        {ITEM_HAS_SHUFFLE, item->shuffle, "shuffle"},
        {ITEM_HAS_UNIT, said(item->unit), "unit"},
        {ITEM_HAS_LENGTH, item->words_max != 0, "words_max"},
        {ITEM_HAS_LENGTH, item->lines != 0, "lines"},
        {ITEM_HAS_UPLOAD, item->upload_type_count > 0, "upload_types"},
        {ITEM_HAS_UPLOAD, item->upload_bytes_max != 0, "upload_bytes_max"},
        {ITEM_HAS_UPLOAD, item->upload_files_max != 0, "upload_files_max"},
        {ITEM_HAS_POINTS, said(item->points), "points"},
        {ITEM_HAS_POINTS, said(item->stimulus), "stimulus"},
        {ITEM_HAS_POINTS, said_text(&item->rationale), "rationale"},
        {ITEM_HAS_CLAMPS, said(item->points_min), "points_min"},
        {ITEM_HAS_CLAMPS, said(item->points_max), "points_max"},
        {ITEM_HAS_ORDER, item->order_count > 0, "order"},
        {ITEM_HAS_PAIRS, item->pair_count > 0, "pairs"},
        {ITEM_HAS_ACCEPTED, item->accepted_count > 0, "accepted"},
        {ITEM_HAS_FOLDS, item->fold_case, "fold_case"},
        {ITEM_HAS_FOLDS, item->fold_marks, "fold_marks"},
        {ITEM_HAS_FOLDS, item->fold_spaces, "fold_spaces"},
        {ITEM_HAS_RUBRIC, item->criterion_count > 0, "rubric"},
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i].there && !item_has(item->kind, parts[i].part))
            FAULT(check, NOT_HERE, "%s", parts[i].path);
    if (!item_rule_fits(item->kind, item->rule))
        FAULT(check, NOT_HERE, "rule");
    if (item->rule != ITEM_RULE_MAP && (said(item->points_min) || said(item->points_max)))
        FAULT(check, NOT_HERE, said(item->points_min) ? "points_min" : "points_max");
}

static void check_points(struct check *check) {
    const struct item *item = check->item;
    if (!item_has(item->kind, ITEM_HAS_POINTS))
        return;
    if (!said(item->points))
        FAULT(check, REQUIRED, "points");
    else if (check_decimal(check, item->points, ITEM_PLACES, "points", "") && units_of(item->points) < 0)
        FAULT(check, RANGE, "points");
    bool low = check_decimal(check, item->points_min, ITEM_PLACES, "points_min", "");
    bool high = check_decimal(check, item->points_max, ITEM_PLACES, "points_max", "");
    if (low && high && units_of(item->points_min) > units_of(item->points_max))
        FAULT(check, RANGE, "points_max");
}

static void check_numbers(struct check *check) {
    const struct item *item = check->item;
    check_range(check, item->choices_min, 0, ITEM_OPTIONS_MAX, "choices_min");
    check_range(check, item->choices_max, 0, ITEM_OPTIONS_MAX, "choices_max");
    if (item->choices_max > 0 && item->choices_min > item->choices_max)
        FAULT(check, RANGE, "choices_min");
    check_range(check, item->words_max, 0, ITEM_WORDS_MAX, "words_max");
    check_range(check, item->lines, 0, ITEM_LINES_MAX, "lines");
    check_range(check, item->upload_bytes_max, 0, ITEM_UPLOAD_BYTES_MAX, "upload_bytes_max");
    check_range(check, item->upload_files_max, 0, ITEM_UPLOAD_FILES_MAX, "upload_files_max");
    if (item->upload_type_count > ITEM_UPLOAD_TYPES_MAX)
        FAULT(check, MANY, "upload_types");
    for (size_t i = 0; i < item->upload_type_count && i < ITEM_UPLOAD_TYPES_MAX; i++) {
        const char *type = item->upload_types[i], *slash = strchr(type, '/');
        size_t good = strspn(type, "abcdefghijklmnopqrstuvwxyz0123456789.+-/*");
        if (!slash || slash == type || !slash[1] || strchr(slash + 1, '/') || type[good] != '\0' || good > 100)
            FAULT(check, WORD, "upload_types[%zu]", i);
    }
}

static void check_parts(struct check *check) {
    const struct item *item = check->item;
    if (item_has(item->kind, ITEM_HAS_OPTIONS)) {
        check_options(check, item->options, item->option_count, item->kind == ITEM_MATCHING ? 1 : 2, "options");
        if (item->kind == ITEM_TRUEFALSE && item->option_count > 2)
            FAULT(check, MANY, "options");
        if (item->option_count <= ITEM_OPTIONS_MAX)
            check_credits(check);
    }
    if (item_has(item->kind, ITEM_HAS_COLUMNS) && item->column_count <= ITEM_OPTIONS_MAX)
        check_no_key(check, item->columns, item->column_count, "columns");
    if (item_has(item->kind, ITEM_HAS_COLUMNS))
        check_options(check, item->columns, item->column_count, 2, "columns");
    if (item_has(item->kind, ITEM_HAS_GAPS))
        check_gaps(check);
    if (item_has(item->kind, ITEM_HAS_ORDER) && item->order_count <= ITEM_OPTIONS_MAX)
        check_order(check);
    if (item_has(item->kind, ITEM_HAS_PAIRS))
        check_pairs(check);
    if (item_has(item->kind, ITEM_HAS_ACCEPTED))
        check_accepted(check);
    if (item_has(item->kind, ITEM_HAS_RUBRIC))
        check_rubric(check);
}

/* ---- metadata ---- */

static bool good_topic(const char *topic) {
    size_t len = strlen(topic);
    return len >= 2 && len <= 120 && strspn(topic, "abcdefghijklmnopqrstuvwxyz0123456789-/") == len && topic[0] != '/' &&
           topic[len - 1] != '/' && !strstr(topic, "//");
}

static void check_words(struct check *check, const char *const *list, size_t count, size_t max, bool codes, const char *path) {
    char place[ITEM_PATH_SIZE];
    if (count > max) {
        FAULT(check, MANY, "%s", path);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(place, sizeof place, "%s[%zu]", path, i);
        if (!said(list[i]))
            FAULT(check, LENGTH, "%s", place);
        else if (codes && !good_code(list[i]))
            FAULT(check, ID, "%s", place);
        else
            check_line(check, list[i], 40, place);
        for (size_t k = 0; k < i; k++)
            if (strcmp(list[k], list[i]) == 0)
                FAULT(check, UNIQUE, "%s", place);
    }
}

static void check_meta(struct check *check) {
    const struct item_meta *meta = &check->item->meta;
    if (said(meta->code) && !good_code(meta->code))
        FAULT(check, ID, "meta.code");
    if (said(meta->subject) &&
        (strlen(meta->subject) > 60 || strspn(meta->subject, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(meta->subject)))
        FAULT(check, ID, "meta.subject");
    if (said(meta->topic) && !good_topic(meta->topic))
        FAULT(check, ID, "meta.topic");
    check_line(check, meta->source, ITEM_SOURCE_MAX, "meta.source");
    check_line(check, meta->external_id, 300, "meta.external_id");
    check_range(check, meta->level, 0, 4, "meta.level");
    check_range(check, meta->facility, -1, 1000, "meta.facility");
    check_range(check, meta->seconds, 0, 86400, "meta.seconds");
    check_range(check, meta->source_expires_day, 0, 199999, "meta.source_expires_on");
    check_words(check, meta->tags, meta->tag_count, ITEM_TAGS_MAX, false, "meta.tags");
    check_words(check, meta->enemies, meta->enemy_count, ITEM_ENEMIES_MAX, true, "meta.enemies");
}

bool item_check(struct arena *arena, const struct item *item, struct item_faults *faults) {
    struct check check = {.arena = arena, .faults = faults, .item = item};
    size_t before = faults->count;
    if ((unsigned)item->kind >= ITEM_KIND_COUNT) {
        FAULT(&check, WORD, "kind");
        return false;
    }
    check_line(&check, item->title, ITEM_TITLE_MAX, "title");
    check_line(&check, item->unit, ITEM_UNIT_MAX, "unit");
    if (!said_text(&item->body))
        FAULT(&check, REQUIRED, "body");
    if (said(item->stimulus) && !good_code(item->stimulus))
        FAULT(&check, ID, "stimulus");
    check_belongs(&check);
    check_points(&check);
    check_numbers(&check);
    check_parts(&check);
    item_check_markup(arena, item, faults);
    check_meta(&check);
    return faults->count == before;
}
