#include "draft.h"

#include <string.h>

#include "khoacu/base/banned.h"

void draft_truefalse(struct draft *draft, bool truth, struct item_text note_true, struct item_text note_false) {
    struct item *item = &draft->item;
    bool english = strcmp(draft->reading->options->lang, "en") == 0;
    draft_kind(draft, ITEM_TRUEFALSE);
    item->options = ARENA_ARRAY(draft->arena, 2, struct item_option);
    if (!item->options)
        return;
    item->option_count = 2;
    item->options[0] = (struct item_option){.id = "true",
                                            .text = draft_lang(draft, english ? "True" : "Đúng"),
                                            .credit = truth ? "1" : NULL,
                                            .note = note_true};
    item->options[1] = (struct item_option){.id = "false",
                                            .text = draft_lang(draft, english ? "False" : "Sai"),
                                            .credit = truth ? NULL : "1",
                                            .note = note_false};
}

/* ---- choices ---- */

/* A part of the points, in the points' own units. */
static int64_t scaled(int64_t units, int64_t points) {
    return (int64_t)((__int128)units * points / DRAFT_WHOLE);
}

static void put_credits(struct draft *draft, const struct draft_choice *choices, size_t count) {
    struct item *item = &draft->item;
    bool rounded = false, exact = item->rule == ITEM_RULE_MAP;
    int64_t points = DRAFT_WHOLE, sum = 0, given = 0;
    size_t last = count;
    (void)draft_decimal(item->points, &points, &rounded);
    for (size_t i = 0; i < count; i++) {
        int64_t units = exact ? scaled(choices[i].units, points) : choices[i].units;
        item->options[i].credit = units ? draft_format(draft->arena, units) : NULL;
        if (choices[i].units > 0) {
            sum += choices[i].units;
            given += units;
            last = i;
        }
    }
    /* What rounding took away from shares that make up the whole. */
    if (exact && item->kind == ITEM_MULTIPLE && sum == DRAFT_WHOLE && given != points && last < count)
        item->options[last].credit = draft_format(draft->arena, scaled(choices[last].units, points) + points - given);
}

void draft_choices(struct draft *draft, bool single, struct draft_choice *choices, size_t count) {
    struct item *item = &draft->item;
    size_t whole = 0, partial = 0;
    int64_t sum = 0, *units = ARENA_ARRAY(draft->arena, count, int64_t);
    item->options = ARENA_ARRAY(draft->arena, count, struct item_option);
    if (!units || !item->options)
        return;
    draft_kind(draft, single ? ITEM_SINGLE : ITEM_MULTIPLE);
    for (size_t i = 0; i < count; i++) {
        units[i] = choices[i].units;
        whole += units[i] == DRAFT_WHOLE;
        partial += units[i] != 0 && units[i] != DRAFT_WHOLE;
        sum += units[i] > 0 ? units[i] : 0;
    }
    if (single && whole > 1)
        draft_note(draft, DRAFT_SEVERAL_RIGHT, NULL);
    if (!single && draft_complete(units, count))
        draft_note(draft, DRAFT_WEIGHTS, NULL);
    else if (single ? !whole : sum != DRAFT_WHOLE)
        draft_note(draft, DRAFT_WEIGHT_SUM, NULL);
    item->rule = single && whole == 1 && !partial ? ITEM_RULE_ALL : ITEM_RULE_MAP;
    if (item->rule == ITEM_RULE_MAP) {
        item->points_min = "0";
        item->points_max = item->points;
    }
    item->shuffle = true;
    item->option_count = count;
    for (size_t i = 0; i < count; i++) {
        choices[i].units = units[i];
        item->options[i] =
            (struct item_option){.id = draft_id(draft, i), .text = choices[i].text, .note = choices[i].note};
    }
    put_credits(draft, choices, count);
}

/* ---- pairs ---- */

bool draft_matching(struct draft *draft, size_t count) {
    struct item *item = &draft->item;
    draft_kind(draft, ITEM_MATCHING);
    item->rule = ITEM_RULE_PER_OPTION;
    item->choices_max = 1;
    item->options = ARENA_ARRAY(draft->arena, count, struct item_option);
    item->columns = ARENA_ARRAY(draft->arena, count, struct item_option);
    item->pairs = ARENA_ARRAY(draft->arena, count, struct item_pair);
    return item->pairs && item->options && item->columns;
}

static bool same(const char *a, const char *b) {
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static size_t column_of(struct draft *draft, struct item_text text) {
    struct item *item = &draft->item;
    for (size_t i = 0; i < item->column_count; i++)
        if (same(item->columns[i].text.vi, text.vi) && same(item->columns[i].text.en, text.en))
            return i;
    item->columns[item->column_count] = (struct item_option){.id = draft_id(draft, item->column_count), .text = text};
    return item->column_count++;
}

void draft_pair(struct draft *draft, struct item_text row, struct item_text column) {
    struct item *item = &draft->item;
    size_t of = column_of(draft, column);
    if (!row.vi && !row.en)
        return;
    struct item_option *option = &item->options[item->option_count];
    *option = (struct item_option){.id = draft_id(draft, item->option_count), .text = row};
    item->option_count++;
    item->pairs[item->pair_count++] = (struct item_pair){.row = option->id, .column = item->columns[of].id};
}
