#include "item_private.h"

#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

static bool said(const char *text) {
    return text && *text;
}

static bool said_text(const struct item_text *text) {
    return said(text->vi) || said(text->en);
}

static void put_said(struct json_writer *writer, const char *key, const char *text) {
    if (said(text))
        json_member_text(writer, key, text);
}

static void put_count(struct json_writer *writer, const char *key, int64_t number) {
    if (number != 0)
        json_member_int(writer, key, number);
}

static void put_true(struct json_writer *writer, const char *key, bool truth) {
    if (truth)
        json_member_bool(writer, key, true);
}

/* What is no decimal is written as it is, so that nothing is lost. */
static void put_decimal(struct json_writer *writer, const char *key, const char *text, int places) {
    char out[ITEM_DECIMAL_SIZE];
    if (said(text))
        json_member_text(writer, key, item_decimal_short(text, places, out) ? out : text);
}

static void put_text(struct json_writer *writer, const char *key, const struct item_text *text) {
    if (!said_text(text))
        return;
    json_put_key(writer, key);
    json_open_object(writer);
    put_said(writer, "en", text->en);
    put_said(writer, "vi", text->vi);
    json_close_object(writer);
}

static void put_words(struct json_writer *writer, const char *key, const char *const *list, size_t count) {
    if (count == 0)
        return;
    json_put_key(writer, key);
    json_open_array(writer);
    for (size_t i = 0; i < count; i++)
        json_put_text(writer, list[i]);
    json_close_array(writer);
}

static void put_options(struct json_writer *writer, const char *key, const struct item_option *options, size_t count) {
    if (count == 0)
        return;
    json_put_key(writer, key);
    json_open_array(writer);
    for (size_t i = 0; i < count; i++) {
        json_open_object(writer);
        json_member_text(writer, "id", options[i].id);
        put_text(writer, "text", &options[i].text);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_gaps(struct json_writer *writer, const struct item *item) {
    if (item->gap_count == 0)
        return;
    json_put_key(writer, "gaps");
    json_open_array(writer);
    for (size_t i = 0; i < item->gap_count; i++) {
        json_open_object(writer);
        json_member_text(writer, "id", item->gaps[i].id);
        put_options(writer, "options", item->gaps[i].options, item->gaps[i].option_count);
        json_close_object(writer);
    }
    json_close_array(writer);
}

void item_put_content(struct json_writer *writer, const struct item *item) {
    json_open_object(writer);
    put_text(writer, "body", &item->body);
    put_count(writer, "choices_max", item->choices_max);
    put_count(writer, "choices_min", item->choices_min);
    put_options(writer, "columns", item->columns, item->column_count);
    put_gaps(writer, item);
    json_member_text(writer, "kind", item_kind_key(item->kind));
    put_count(writer, "lines", item->lines);
    put_options(writer, "options", item->options, item->option_count);
    put_true(writer, "shuffle", item->shuffle);
    put_said(writer, "stimulus", item->stimulus);
    put_said(writer, "title", item->title);
    put_said(writer, "unit", item->unit);
    put_count(writer, "upload_bytes_max", item->upload_bytes_max);
    put_count(writer, "upload_files_max", item->upload_files_max);
    put_words(writer, "upload_types", item->upload_types, item->upload_type_count);
    put_count(writer, "words_max", item->words_max);
    json_close_object(writer);
}

/* ---- key ---- */

static void put_accepted(struct json_writer *writer, const struct item *item) {
    if (item->accepted_count == 0)
        return;
    json_put_key(writer, "accepted");
    json_open_array(writer);
    for (size_t i = 0; i < item->accepted_count; i++) {
        const struct item_accepted *accepted = &item->accepted[i];
        json_open_object(writer);
        put_decimal(writer, "credit", said(accepted->credit) ? accepted->credit : "1", ITEM_PLACES);
        put_decimal(writer, "high", accepted->high, ITEM_VALUE_PLACES);
        put_decimal(writer, "low", accepted->low, ITEM_VALUE_PLACES);
        put_text(writer, "note", &accepted->note);
        put_true(writer, "relative", accepted->relative);
        put_decimal(writer, "tolerance", accepted->tolerance, ITEM_VALUE_PLACES);
        if (item->kind == ITEM_NUMERIC)
            put_decimal(writer, "value", accepted->value, ITEM_VALUE_PLACES);
        else
            put_said(writer, "value", accepted->value);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_correct(struct json_writer *writer, const struct item *item) {
    bool any = false;
    for (size_t i = 0; i < item->gap_count; i++)
        any |= said(item->gaps[i].correct);
    if (!any)
        return;
    json_put_key(writer, "gaps");
    json_open_array(writer);
    for (size_t i = 0; i < item->gap_count; i++) {
        if (!said(item->gaps[i].correct))
            continue;
        json_open_object(writer);
        json_member_text(writer, "correct", item->gaps[i].correct);
        json_member_text(writer, "id", item->gaps[i].id);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static bool credited(const struct item_option *option) {
    return !item_decimal_zero(option->credit);
}

static void put_credits(struct json_writer *writer, const struct item_option *options, size_t count) {
    bool any = false;
    for (size_t i = 0; i < count; i++)
        any |= credited(&options[i]) || said_text(&options[i].note);
    if (!any)
        return;
    json_put_key(writer, "options");
    json_open_array(writer);
    for (size_t i = 0; i < count; i++) {
        if (!credited(&options[i]) && !said_text(&options[i].note))
            continue;
        json_open_object(writer);
        if (credited(&options[i]))
            put_decimal(writer, "credit", options[i].credit, ITEM_PLACES);
        json_member_text(writer, "id", options[i].id);
        put_text(writer, "note", &options[i].note);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_pairs(struct json_writer *writer, const struct item *item) {
    if (item->pair_count == 0)
        return;
    json_put_key(writer, "pairs");
    json_open_array(writer);
    for (size_t i = 0; i < item->pair_count; i++) {
        json_open_object(writer);
        json_member_text(writer, "column", item->pairs[i].column);
        put_decimal(writer, "credit", said(item->pairs[i].credit) ? item->pairs[i].credit : "1", ITEM_PLACES);
        json_member_text(writer, "row", item->pairs[i].row);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_levels(struct json_writer *writer, const struct item_criterion *criterion) {
    if (criterion->level_count == 0)
        return;
    json_put_key(writer, "levels");
    json_open_array(writer);
    for (size_t i = 0; i < criterion->level_count; i++) {
        json_open_object(writer);
        put_decimal(writer, "credit", criterion->levels[i].credit, ITEM_PLACES);
        json_member_text(writer, "id", criterion->levels[i].id);
        put_text(writer, "text", &criterion->levels[i].text);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_rubric(struct json_writer *writer, const struct item *item) {
    if (item->criterion_count == 0)
        return;
    json_put_key(writer, "rubric");
    json_open_array(writer);
    for (size_t i = 0; i < item->criterion_count; i++) {
        json_open_object(writer);
        json_member_text(writer, "id", item->rubric[i].id);
        put_levels(writer, &item->rubric[i]);
        put_decimal(writer, "max", item->rubric[i].max, ITEM_PLACES);
        put_text(writer, "text", &item->rubric[i].text);
        json_close_object(writer);
    }
    json_close_array(writer);
}

void item_put_key(struct json_writer *writer, const struct item *item) {
    json_open_object(writer);
    put_accepted(writer, item);
    put_true(writer, "fold_case", item->fold_case);
    put_true(writer, "fold_marks", item->fold_marks);
    put_true(writer, "fold_spaces", item->fold_spaces);
    put_correct(writer, item);
    json_member_text(writer, "kind", item_kind_key(item->kind));
    put_credits(writer, item->options, item->option_count);
    put_words(writer, "order", item->order, item->order_count);
    put_pairs(writer, item);
    put_decimal(writer, "points", item->points, ITEM_PLACES);
    put_decimal(writer, "points_max", item->points_max, ITEM_PLACES);
    put_decimal(writer, "points_min", item->points_min, ITEM_PLACES);
    put_text(writer, "rationale", &item->rationale);
    put_rubric(writer, item);
    if (item->rule != ITEM_RULE_ALL)
        json_member_text(writer, "rule", item_rule_key(item->rule));
    json_close_object(writer);
}

/* ---- metadata ---- */

static void put_day(struct json_writer *writer, const char *key, int64_t day) {
    char time[25];
    if (day <= 0)
        return;
    text_format_time(day * 86400 * 1000000, time);
    time[10] = '\0';
    json_member_text(writer, key, time);
}

void item_put_meta(struct json_writer *writer, const struct item *item) {
    const struct item_meta *meta = &item->meta;
    json_open_object(writer);
    put_said(writer, "code", meta->code);
    put_words(writer, "enemies", meta->enemies, meta->enemy_count);
    put_said(writer, "external_id", meta->external_id);
    if (meta->facility >= 0)
        json_member_int(writer, "facility", meta->facility);
    put_count(writer, "level", meta->level);
    put_count(writer, "seconds", meta->seconds);
    put_said(writer, "source", meta->source);
    put_day(writer, "source_expires_on", meta->source_expires_day);
    put_said(writer, "subject", meta->subject);
    put_words(writer, "tags", meta->tags, meta->tag_count);
    put_said(writer, "topic", meta->topic);
    json_close_object(writer);
}
