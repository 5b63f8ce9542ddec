#include "own.h"
#include "table.h"

#include "khoacu/base/text.h"
#include "khoacu/doc/fold.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { LIST_MAX = 50 };

struct row_reading {
    struct draft draft;
    const struct table_row *row;
    bool changed[TABLE_FIELDS];
    enum table_field field; /* at which a fault lies */
};

static const char *cell(struct row_reading *reading, enum table_field field) {
    return table_cell(&reading->draft, reading->row, field);
}

/* ---- kinds ---- */

static const char *folded(struct draft *draft, const char *text) {
    struct buf buf;
    buf_init(&buf, 1 << 16);
    fold_words(text, strnlen(text, 1024), &buf, NULL);
    const char *words = arena_strndup(draft->arena, buf.data ? buf.data : "", buf.len);
    buf_release(&buf);
    return words ? words : "";
}

static bool find_kind(struct draft *draft, const char *text, enum item_kind *ret_kind) {
    static const struct {
        const char *words;
        enum item_kind kind;
    } NAMES[] = {{"mot dap an", ITEM_SINGLE},      {"chon mot", ITEM_SINGLE},      {"trac nghiem", ITEM_SINGLE},
                 {"nhieu dap an", ITEM_MULTIPLE},  {"chon nhieu", ITEM_MULTIPLE},  {"dung sai", ITEM_TRUEFALSE},
                 {"true false", ITEM_TRUEFALSE},   {"sap xep", ITEM_ORDERING},     {"thu tu", ITEM_ORDERING},
                 {"ghep", ITEM_MATCHING},          {"ghep doi", ITEM_MATCHING},    {"noi cot", ITEM_MATCHING},
                 {"so", ITEM_NUMERIC},             {"dien so", ITEM_NUMERIC},      {"numerical", ITEM_NUMERIC},
                 {"tra loi ngan", ITEM_TEXT},      {"dien tu", ITEM_TEXT},         {"short answer", ITEM_TEXT},
                 {"tinh huong", ITEM_GRADED},      {"tu luan", ITEM_ESSAY},        {"nop tep", ITEM_UPLOAD},
                 {"ngu lieu", ITEM_STIMULUS},      {"multiple choice", ITEM_SINGLE}, {"multiple response", ITEM_MULTIPLE}};
    if (item_kind_find(text, ret_kind))
        return true;
    const char *words = folded(draft, text);
    if (item_kind_find(words, ret_kind))
        return true;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (strcmp(NAMES[i].words, words) == 0) {
            *ret_kind = NAMES[i].kind;
            return true;
        }
    return false;
}

/* Without a word on it: options and a key of letters are a choice. */
static bool guess_kind(struct row_reading *reading, enum item_kind *ret_kind) {
    const char *key = cell(reading, TABLE_KEY);
    if (!cell(reading, TABLE_OPTION_A)[0] && !cell(reading, TABLE_OPTION_A_EN)[0])
        return false;
    if (!cell(reading, TABLE_OPTION_B)[0] && !cell(reading, TABLE_OPTION_B_EN)[0])
        return false;
    *ret_kind = strlen(key) > 1 && strpbrk(key, ";,&/ ") ? ITEM_MULTIPLE : ITEM_SINGLE;
    return key[0] != '\0';
}

/* An empty item of the kind that the row says; what it was before keeps only its metadata. */
static enum table_fault begin_kind(struct row_reading *reading) {
    struct item *item = &reading->draft.item;
    const char *text = cell(reading, TABLE_KIND);
    enum item_kind kind;
    reading->field = TABLE_KIND;
    if (text[0] && !find_kind(&reading->draft, text, &kind))
        return TABLE_FAULT_KIND;
    if (!text[0] && !guess_kind(reading, &kind)) {
        bool options = cell(reading, TABLE_OPTION_A)[0] && cell(reading, TABLE_OPTION_B)[0];
        reading->field = options ? TABLE_KEY : TABLE_KIND;
        return options ? TABLE_FAULT_KEY : TABLE_FAULT_KIND_MISSING;
    }
    if (kind == ITEM_INLINE || kind == ITEM_UPLOAD)
        return TABLE_FAULT_KIND_OWN;
    struct item_meta meta = item->meta;
    item_init(item, kind);
    item->meta = meta;
    item->fold_case = item->fold_spaces = kind == ITEM_TEXT;
    bool choice = kind == ITEM_SINGLE || kind == ITEM_MULTIPLE || kind == ITEM_MATCHING;
    item->shuffle = choice && !reading->row->cells[TABLE_SHUFFLE];
    if (kind == ITEM_MATCHING) {
        item->rule = ITEM_RULE_PER_OPTION;
        item->choices_max = 1;
    }
    if (kind == ITEM_GRADED || (choice && kind != ITEM_MATCHING && cell(reading, TABLE_CREDITS)[0])) {
        item->rule = ITEM_RULE_MAP;
        item->points_min = "0";
    }
    for (int i = TABLE_TITLE; i < TABLE_OWN; i++)
        if (i < TABLE_SOURCE || i > TABLE_EXTERNAL_ID)
            reading->changed[i] = cell(reading, (enum table_field)i)[0] != '\0';
    return TABLE_FINE;
}

/* ---- plain fields ---- */

static bool put_number(const char *text, int64_t max, int64_t *ret_number) {
    if (text[0])
        return text_parse_int(text, 0, max, ret_number);
    *ret_number = 0;
    return true;
}

static bool put_level(struct draft *draft, const char *text) {
    static const char *const NAMES[] = {"nhan biet", "thong hieu", "van dung", "van dung cao"};
    const char *words = folded(draft, text);
    for (int i = 0; i < 4; i++)
        if (strcmp(words, NAMES[i]) == 0) {
            draft->item.meta.level = i + 1;
            return true;
        }
    return put_number(text, 4, &draft->item.meta.level);
}

/* "0.65", "0,65" or "65%" as thousandths. */
static bool put_facility(struct draft *draft, const char *text) {
    size_t len = strlen(text);
    bool percent = len && text[len - 1] == '%', rounded = false;
    char *number = arena_strndup(draft->arena, text, percent ? len - 1 : len);
    int64_t units = 0;
    draft->item.meta.facility = -1;
    if (!len || !number)
        return true;
    if (!draft_decimal(text_trim(number), &units, &rounded))
        return false;
    units = percent ? units / 100 : units;
    draft->item.meta.facility = units / (DRAFT_WHOLE / 1000);
    return units >= 0 && units <= DRAFT_WHOLE;
}

static bool put_day(struct draft *draft, const char *text) {
    char date[11], time[32];
    int64_t us = 0;
    draft->item.meta.source_expires_day = 0;
    if (!text[0])
        return true;
    if (!text_parse_date(text, date))
        return false;
    (void)snprintf(time, sizeof time, "%sT00:00:00Z", date);
    if (!text_parse_time(time, &us))
        return false;
    draft->item.meta.source_expires_day = us / 1000000 / 86400;
    return true;
}

static size_t put_list(struct draft *draft, const char *text, const char *const **ret_list) {
    const char **list = ARENA_ARRAY(draft->arena, LIST_MAX, const char *);
    size_t count = 0;
    while (list && *text && count < LIST_MAX) {
        size_t len = strcspn(text, ";");
        char *part = arena_strndup(draft->arena, text, len);
        part = part ? text_trim(part) : NULL;
        if (part && part[0])
            list[count++] = part;
        text += len + (text[len] == ';');
    }
    *ret_list = list;
    return count;
}

static bool topic_fits(const char *topic) {
    if (strspn(topic, "abcdefghijklmnopqrstuvwxyz0123456789-/") != strlen(topic) || strstr(topic, "//"))
        return false;
    return topic[0] != '/' && topic[strlen(topic) - 1] != '/';
}

static void put_topic(struct draft *draft, const char *text) {
    draft->item.meta.topic = NULL;
    if (text[0] && topic_fits(text))
        draft->item.meta.topic = text;
    else if (text[0])
        draft_topic(draft, text);
}

static bool yes(struct draft *draft, const char *text) {
    static const char *const WORDS[] = {"x", "1", "yes", "true", "co", "y"};
    const char *words = folded(draft, text);
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (strcmp(WORDS[i], words) == 0)
            return true;
    return false;
}

static bool put_rule(struct item *item, const char *text) {
    return !text[0] || item_rule_find(text, &item->rule);
}

static const char *or_none(const char *text) {
    return text && text[0] ? text : NULL;
}

static bool put_points(struct draft *draft, const char *text) {
    int64_t units = DRAFT_WHOLE;
    bool rounded = false;
    if (text[0] && (!draft_decimal(text, &units, &rounded) || rounded || units < 0))
        return false;
    if (draft->item.kind != ITEM_STIMULUS)
        draft->item.points = draft_format(draft->arena, units);
    return true;
}

static void put_body(struct row_reading *reading, struct item_text *text, enum table_field field,
                     enum table_field english) {
    struct item_text read = table_text(&reading->draft, cell(reading, field), cell(reading, english));
    if (reading->changed[field])
        text->vi = read.vi;
    if (reading->changed[english] || (reading->changed[field] && read.en))
        text->en = read.en;
}

static enum table_fault put_meta(struct draft *draft, enum table_field field, const char *text) {
    struct item_meta *meta = &draft->item.meta;
    bool changed = false;
    const char *const *tags = NULL;
    switch ((int)field) {
    case TABLE_CODE:
        meta->code = or_none(text);
        break;
    case TABLE_SUBJECT:
        meta->subject = text[0] ? or_none(draft_slug(draft, text, &changed)) : NULL;
        if (changed)
            draft_note(draft, DRAFT_TOPIC, NULL);
        break;
    case TABLE_TOPIC:
        put_topic(draft, text);
        break;
    case TABLE_LEVEL:
        return put_level(draft, text) ? TABLE_FINE : TABLE_FAULT_NUMBER;
    case TABLE_SOURCE:
        meta->source = or_none(text);
        break;
    case TABLE_SOURCE_EXPIRES:
        return put_day(draft, text) ? TABLE_FINE : TABLE_FAULT_DATE;
    case TABLE_TAGS: {
        size_t count = put_list(draft, text, &tags);
        draft_tags(draft, tags, count);
        break;
    }
    case TABLE_ENEMIES:
        meta->enemy_count = put_list(draft, text, &meta->enemies);
        break;
    case TABLE_FACILITY:
        return put_facility(draft, text) ? TABLE_FINE : TABLE_FAULT_NUMBER;
    case TABLE_SECONDS:
        return put_number(text, 86400, &meta->seconds) ? TABLE_FINE : TABLE_FAULT_NUMBER;
    case TABLE_EXTERNAL_ID:
        meta->external_id = or_none(text);
        break;
    default:
        break;
    }
    return TABLE_FINE;
}

static enum table_fault put_field(struct row_reading *reading, enum table_field field) {
    struct draft *draft = &reading->draft;
    struct item *item = &draft->item;
    const char *text = cell(reading, field);
    switch ((int)field) {
    case TABLE_TITLE:
        item->title = or_none(text);
        break;
    case TABLE_STEM:
    case TABLE_STEM_EN:
        put_body(reading, &item->body, TABLE_STEM, TABLE_STEM_EN);
        break;
    case TABLE_EXPLANATION:
    case TABLE_EXPLANATION_EN:
        put_body(reading, &item->rationale, TABLE_EXPLANATION, TABLE_EXPLANATION_EN);
        break;
    case TABLE_POINTS:
        return put_points(draft, text) ? TABLE_FINE : TABLE_FAULT_NUMBER;
    case TABLE_RULE:
        return put_rule(item, text) ? TABLE_FINE : TABLE_FAULT_RULE;
    case TABLE_UNIT:
        item->unit = or_none(text);
        break;
    case TABLE_CHOICES_MIN:
        return put_number(text, 100, &item->choices_min) ? TABLE_FINE : TABLE_FAULT_NUMBER;
    case TABLE_CHOICES_MAX:
        return put_number(text, 100, &item->choices_max) ? TABLE_FINE : TABLE_FAULT_NUMBER;
    case TABLE_SHUFFLE:
        item->shuffle = yes(draft, text);
        break;
    case TABLE_WORDS_MAX:
        return put_number(text, 100000, &item->words_max) ? TABLE_FINE : TABLE_FAULT_NUMBER;
    case TABLE_LINES:
        return put_number(text, 1000, &item->lines) ? TABLE_FINE : TABLE_FAULT_NUMBER;
    case TABLE_STIMULUS:
        item->stimulus = or_none(text);
        break;
    default:
        return put_meta(draft, field, text);
    }
    return TABLE_FINE;
}

/* ---- a row ---- */

static bool blank_text(const struct item_text *text) {
    return !text->vi && !text->en;
}

static enum table_fault put_answers(struct row_reading *reading) {
    struct draft *draft = &reading->draft;
    struct item *item = &draft->item;
    enum table_fault fault = table_put_options(draft, reading->row, reading->changed, &reading->field);
    if (fault != TABLE_FINE)
        return fault;
    if (item->kind == ITEM_TRUEFALSE && !item->option_count) {
        bool english = strcmp(draft->reading->options->lang, "en") == 0;
        item->options = ARENA_ARRAY(draft->arena, 2, struct item_option);
        if (!item->options)
            return TABLE_FINE;
        item->option_count = 2;
        item->options[0] = (struct item_option){.id = "true", .text = draft_lang(draft, english ? "True" : "Đúng")};
        item->options[1] = (struct item_option){.id = "false", .text = draft_lang(draft, english ? "False" : "Sai")};
    }
    const char *credits = cell(reading, TABLE_CREDITS), *key = cell(reading, TABLE_KEY);
    bool choice = item->kind == ITEM_SINGLE || item->kind == ITEM_MULTIPLE || item->kind == ITEM_GRADED;
    bool said = reading->changed[TABLE_KEY] || reading->changed[TABLE_CREDITS];
    if (!said || !choice || !credits[0]) {
        reading->field = TABLE_KEY;
        return reading->changed[TABLE_KEY] ? table_put_key(draft, key) : TABLE_FINE;
    }
    reading->field = TABLE_CREDITS;
    item->rule = ITEM_RULE_MAP;
    fault = table_put_credits(draft, credits);
    return fault != TABLE_FINE || table_key_agrees(draft, key) ? fault : TABLE_FAULT_KEY_CREDITS;
}

/* What a spreadsheet has instead of words. */
static enum table_fault look_at_cells(struct row_reading *reading) {
    for (int i = 0; i < TABLE_FIELDS; i++) {
        reading->field = (enum table_field)i;
        if (reading->row->broken[i])
            return TABLE_FAULT_BROKEN;
        if (!reading->row->date[i] && !reading->row->styled[i])
            continue;
        const char *place = arena_printf(reading->draft.arena, "%s, %s", reading->row->place, table_column(reading->field));
        if (reading->row->date[i] && i != TABLE_SOURCE_EXPIRES)
            draft_note(&reading->draft, DRAFT_DATE_CELL, place);
        if (reading->row->styled[i])
            draft_note(&reading->draft, DRAFT_STYLED, place);
    }
    return TABLE_FINE;
}

static enum table_fault put_all(struct row_reading *reading) {
    enum table_fault fault = TABLE_FINE;
    for (int i = 0; i < TABLE_OWN && fault == TABLE_FINE; i++) {
        reading->field = (enum table_field)i;
        if (reading->changed[i])
            fault = put_field(reading, reading->field);
    }
    if (fault != TABLE_FINE)
        return fault;
    reading->field = TABLE_STEM;
    if (blank_text(&reading->draft.item.body))
        return TABLE_FAULT_STEM;
    return put_answers(reading);
}

static bool same_cell(struct row_reading *reading, enum table_field field, const char *rendered) {
    struct table_row other = {.cells = {[TABLE_CODE] = rendered}};
    const char *raw = reading->row->cells[field];
    return !raw || strcmp(raw, rendered) == 0 ||
           strcmp(cell(reading, field), table_cell(&reading->draft, &other, TABLE_CODE)) == 0;
}

/* Joins the JSON and takes the item that it holds. False: there is none. */
static bool read_own(struct row_reading *reading, struct item *ret_item) {
    struct buf json;
    buf_init(&json, EXCHANGE_ITEM_BYTES_MAX);
    for (int i = TABLE_OWN; i < TABLE_FIELDS; i++) {
        const char *piece = reading->row->cells[i] ? reading->row->cells[i] : "";
        buf_adds(&json, piece);
    }
    bool some = json.len > 0;
    bool fine = some && !json.failed && own_read(reading->draft.arena, json.data, ret_item);
    buf_release(&json);
    if (some && !fine)
        draft_note(&reading->draft, DRAFT_OWN_BROKEN, NULL);
    return fine;
}

static enum err refuse(struct row_reading *reading, enum table_fault fault) {
    static const struct {
        const char *code, *vi, *en;
    } FAULTS[] = {
        {.code = "", .vi = "", .en = ""},
#define X(name, code_, vi_, en_) {.code = code_, .vi = vi_, .en = en_},
        TABLE_FAULT_TABLE(X)
#undef X
    };
    const char *place =
        arena_printf(reading->draft.arena, "%s, %s", reading->row->place, table_column(reading->field));
    return draft_refuse(&reading->draft, FAULTS[fault].code, FAULTS[fault].vi, FAULTS[fault].en, place);
}

static bool foreign(const struct table_row *row) {
    for (size_t i = 0; i < TABLE_FIELDS; i++)
        for (const char *at = row->cells[i]; at && *at; at++)
            if (*at & 0x80)
                return true;
    return false;
}

static enum err give_row(struct exchange_reading *exchange, const struct table_row *row, bool guessed) {
    struct row_reading reading = {.row = row};
    struct draft *draft = &reading.draft;
    struct item own = {0};
    struct table_cells rendered = {0};
    struct exchange_options own_options = *exchange->options;
    draft_init(draft, exchange, NULL, row->place);
    if (cell(&reading, TABLE_CODE)[0])
        draft->name = cell(&reading, TABLE_CODE);
    if (guessed && foreign(row))
        draft_note(draft, DRAFT_ENCODING, NULL);
    if (row->ignored)
        draft_note(draft, DRAFT_COLUMN, arena_printf(draft->arena, "%s, %s", row->place, row->ignored));
    if (row->beyond)
        draft_note(draft, DRAFT_CELLS, NULL);
    bool have = read_own(&reading, &own), any = false;
    if (have) {
        /* What we wrote ourselves has Vietnamese in the plain columns, whatever the rest of the file has. */
        own_options.lang = "vi";
        exchange->options = &own_options;
        table_render(draft->arena, &own, &rendered);
    }
    for (int i = 0; i < TABLE_OWN; i++) {
        reading.changed[i] = !same_cell(&reading, (enum table_field)i, have ? rendered.cells[i] : "");
        any |= reading.changed[i];
    }
    if (have && !any)
        return draft_give_own(draft, &own);
    if (have)
        draft->item = own;
    enum table_fault fault = look_at_cells(&reading);
    if (fault == TABLE_FINE && (!have || reading.changed[TABLE_KIND]))
        fault = begin_kind(&reading);
    if (fault == TABLE_FINE)
        fault = put_all(&reading);
    return fault == TABLE_FINE ? draft_give(draft) : refuse(&reading, fault);
}

void table_ignore(struct arena *arena, struct table_row *row, const char *heading) {
    const char *before = row->ignored ? row->ignored : "", *between = row->ignored ? ", " : "";
    row->ignored = arena_printf(arena, "%s%s«%s»", before, between, heading[0] ? heading : "?");
}

enum err table_give(struct exchange_reading *reading, const struct table_row *row, bool guessed) {
    const struct exchange_options *options = reading->options;
    enum err err = give_row(reading, row, guessed);
    reading->options = options;
    return err;
}
