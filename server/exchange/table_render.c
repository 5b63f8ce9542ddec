#include "own.h"
#include "rich.h"
#include "table.h"

#include "khoacu/base/text.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* Bytes of JSON in one cell: below what a spreadsheet and our reader of CSV take. */
enum { OWN_BYTES = 30000, CELL_BYTES = 30000 };

/* ---- texts ---- */

bool table_cell_is_markup(const char *cell) {
    size_t len = strlen(cell);
    return cell[0] == '<' && len > 3 && cell[len - 1] == '>' && rich_tag(cell, len) > 0;
}

/* One paragraph of words and line breaks: its words. False: there is more to it. */
static bool simple_words(const char *markup, struct buf *out) {
    static const struct {
        const char *entity;
        char c;
    } ENTITIES[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&#39;", '\''}, {"&apos;", '\''}};
    size_t len = strlen(markup);
    if (len >= 7 && memcmp(markup, "<p>", 3) == 0 && memcmp(markup + len - 4, "</p>", 4) == 0) {
        markup += 3;
        len -= 7;
    }
    for (size_t i = 0; i < len;) {
        size_t taken = 1;
        char c = markup[i];
        if (len - i >= 5 && memcmp(markup + i, "<br/>", 5) == 0) {
            taken = 5;
            c = '\n';
        } else if (c == '<') {
            return false;
        }
        bool known = c != '&';
        for (size_t k = 0; k < sizeof ENTITIES / sizeof *ENTITIES && !known; k++)
            if (strncmp(markup + i, ENTITIES[k].entity, strlen(ENTITIES[k].entity)) == 0) {
                c = ENTITIES[k].c;
                taken = strlen(ENTITIES[k].entity);
                known = true;
            }
        if (!known)
            return false;
        buf_addc(out, c);
        i += taken;
    }
    return true;
}

const char *table_text_cell(struct arena *arena, const char *markup) {
    struct buf words;
    if (!markup)
        return "";
    buf_init(&words, EXCHANGE_ITEM_BYTES_MAX);
    bool simple = simple_words(markup, &words) && !words.failed && words.data && !table_cell_is_markup(words.data) &&
                  !strchr(" \n", words.data[0]) && !strchr(" \n", words.data[words.len - 1]);
    const char *cell = simple ? arena_strndup(arena, words.data, words.len) : markup;
    buf_release(&words);
    return cell ? cell : "";
}

/* ---- keys ---- */

static void put_letter(struct buf *out, size_t index) {
    if (out->len)
        buf_addc(out, ';');
    if (index < 26)
        buf_addc(out, (char)('A' + index));
    else
        buf_addf(out, "%zu", index + 1);
}

static bool positive(const char *credit) {
    int64_t units = 0;
    bool rounded = false;
    return credit && draft_decimal(credit, &units, &rounded) && units > 0;
}

static void render_choices(const struct item *item, struct buf *key, struct buf *credits) {
    for (size_t i = 0; i < item->option_count; i++) {
        const char *credit = item->options[i].credit;
        if (positive(credit))
            put_letter(key, i);
        if (credit && (item->rule == ITEM_RULE_MAP || item->kind == ITEM_GRADED)) {
            put_letter(credits, i);
            buf_addf(credits, "=%s", credit);
        }
    }
}

static void render_order(const struct item *item, struct buf *key) {
    for (size_t i = 0; i < item->order_count; i++)
        for (size_t k = 0; k < item->option_count; k++)
            if (strcmp(item->order[i], item->options[k].id) == 0)
                put_letter(key, k);
}

static void render_number(struct arena *arena, const struct item_accepted *accepted, struct buf *key) {
    int64_t units = 0;
    bool rounded = false;
    if (accepted->low)
        buf_addf(key, "%s..%s", accepted->low, accepted->high ? accepted->high : "");
    else
        buf_adds(key, accepted->value ? accepted->value : "");
    if (accepted->tolerance && !accepted->relative)
        buf_addf(key, "±%s", accepted->tolerance);
    else if (accepted->tolerance && draft_decimal(accepted->tolerance, &units, &rounded))
        buf_addf(key, "±%s%%", draft_format(arena, units * 100));
}

static void render_accepted(struct arena *arena, const struct item *item, struct buf *key) {
    bool numeric = item->kind == ITEM_NUMERIC;
    for (size_t i = 0; i < item->accepted_count; i++) {
        const struct item_accepted *accepted = &item->accepted[i];
        if (i)
            buf_adds(key, numeric ? "; " : " | ");
        if (numeric)
            render_number(arena, accepted, key);
        else
            buf_adds(key, accepted->value ? accepted->value : "");
        if (numeric && accepted->credit && strcmp(accepted->credit, "1") != 0)
            buf_addf(key, "=%s", accepted->credit);
    }
}

static const char *cell_of(struct arena *arena, struct buf *buf) {
    const char *cell = buf->len ? arena_strndup(arena, buf->data, buf->len) : "";
    buf_release(buf);
    return cell ? cell : "";
}

static void render_key(struct arena *arena, const struct item *item, struct table_cells *cells) {
    struct buf key, credits;
    buf_init(&key, 1 << 20);
    buf_init(&credits, 1 << 20);
    switch (item->kind) {
    case ITEM_SINGLE:
    case ITEM_MULTIPLE:
    case ITEM_TRUEFALSE:
    case ITEM_GRADED:
        render_choices(item, &key, &credits);
        break;
    case ITEM_ORDERING:
        render_order(item, &key);
        break;
    case ITEM_NUMERIC:
    case ITEM_TEXT:
        render_accepted(arena, item, &key);
        break;
    case ITEM_MATCHING:
    case ITEM_INLINE:
    case ITEM_ESSAY:
    case ITEM_UPLOAD:
    case ITEM_STIMULUS:
    case ITEM_KIND_COUNT:
        break;
    }
    cells->cells[TABLE_KEY] = cell_of(arena, &key);
    cells->cells[TABLE_CREDITS] = cell_of(arena, &credits);
}

/* ---- options ---- */

static const struct item_option *column_of(const struct item *item, const struct item_option *row) {
    for (size_t i = 0; i < item->pair_count; i++)
        for (size_t k = 0; k < item->column_count; k++)
            if (strcmp(item->pairs[i].row, row->id) == 0 && strcmp(item->pairs[i].column, item->columns[k].id) == 0)
                return &item->columns[k];
    return NULL;
}

static const char *pair_cell(struct arena *arena, const struct item_option *row, const struct item_option *column,
                             bool english) {
    const char *left = !row ? NULL : english ? row->text.en : row->text.vi;
    const char *right = !column ? NULL : english ? column->text.en : column->text.vi;
    if (!left && !right)
        return "";
    const char *cell = arena_printf(arena, "%s%s-> %s", table_text_cell(arena, left), left ? " " : "",
                                    table_text_cell(arena, right));
    return cell ? cell : "";
}

static void render_pairs(struct arena *arena, const struct item *item, struct table_cells *cells) {
    size_t at = 0;
    for (size_t i = 0; i < item->option_count && at < TABLE_OPTIONS; i++, at++) {
        const struct item_option *row = &item->options[i], *column = column_of(item, row);
        cells->cells[TABLE_OPTION_A + at] = pair_cell(arena, row, column, false);
        cells->cells[TABLE_OPTION_A_EN + at] = pair_cell(arena, row, column, true);
    }
    for (size_t k = 0; k < item->column_count && at < TABLE_OPTIONS; k++) {
        bool used = false;
        for (size_t i = 0; i < item->option_count && !used; i++)
            used = column_of(item, &item->options[i]) == &item->columns[k];
        if (used)
            continue;
        cells->cells[TABLE_OPTION_A + at] = pair_cell(arena, NULL, &item->columns[k], false);
        cells->cells[TABLE_OPTION_A_EN + at] = pair_cell(arena, NULL, &item->columns[k], true);
        at++;
    }
}

static void render_options(struct arena *arena, const struct item *item, struct table_cells *cells) {
    if (item->kind == ITEM_MATCHING) {
        render_pairs(arena, item, cells);
        return;
    }
    for (size_t i = 0; i < item->option_count && i < TABLE_OPTIONS; i++) {
        cells->cells[TABLE_OPTION_A + i] = table_text_cell(arena, item->options[i].text.vi);
        cells->cells[TABLE_OPTION_A_EN + i] = table_text_cell(arena, item->options[i].text.en);
    }
}

/* ---- the rest ---- */

static const char *number_cell(struct arena *arena, int64_t number, int64_t none) {
    const char *cell = number == none ? "" : arena_printf(arena, "%lld", (long long)number);
    return cell ? cell : "";
}

static const char *list_cell(struct arena *arena, const char *const *list, size_t count) {
    struct buf buf;
    buf_init(&buf, 1 << 20);
    for (size_t i = 0; i < count; i++)
        buf_addf(&buf, "%s%s", i ? ";" : "", list[i]);
    return cell_of(arena, &buf);
}

static const char *day_cell(struct arena *arena, int64_t day) {
    char time[25];
    if (!day)
        return "";
    text_format_time(day * 86400 * 1000000, time);
    const char *cell = arena_strndup(arena, time, 10);
    return cell ? cell : "";
}

static const char *rule_cell(const struct item *item) {
    switch (item->kind) {
    case ITEM_SINGLE:
    case ITEM_MULTIPLE:
    case ITEM_ORDERING:
    case ITEM_MATCHING:
    case ITEM_GRADED:
    case ITEM_INLINE:
        return item_rule_key(item->rule);
    case ITEM_TRUEFALSE:
    case ITEM_NUMERIC:
    case ITEM_TEXT:
    case ITEM_ESSAY:
    case ITEM_UPLOAD:
    case ITEM_STIMULUS:
    case ITEM_KIND_COUNT:
        break;
    }
    return "";
}

static void render_meta(struct arena *arena, const struct item *item, struct table_cells *cells) {
    cells->cells[TABLE_CODE] = item->meta.code;
    cells->cells[TABLE_SUBJECT] = item->meta.subject;
    cells->cells[TABLE_TOPIC] = item->meta.topic;
    cells->cells[TABLE_LEVEL] = number_cell(arena, item->meta.level, 0);
    cells->cells[TABLE_SOURCE] = item->meta.source;
    cells->cells[TABLE_SOURCE_EXPIRES] = day_cell(arena, item->meta.source_expires_day);
    cells->cells[TABLE_TAGS] = list_cell(arena, item->meta.tags, item->meta.tag_count);
    cells->cells[TABLE_ENEMIES] = list_cell(arena, item->meta.enemies, item->meta.enemy_count);
    cells->cells[TABLE_FACILITY] =
        item->meta.facility < 0 ? "" : draft_format(arena, item->meta.facility * (DRAFT_WHOLE / 1000));
    cells->cells[TABLE_SECONDS] = number_cell(arena, item->meta.seconds, 0);
    cells->cells[TABLE_EXTERNAL_ID] = item->meta.external_id;
}

/* A spreadsheet holds no longer texts; the JSON beside them has them whole. */
static const char *shortened(struct arena *arena, const char *cell) {
    size_t end = CELL_BYTES;
    if (strlen(cell) <= end)
        return cell;
    while (end && (cell[end] & 0xc0) == 0x80)
        end--;
    const char *shorter = arena_strndup(arena, cell, end);
    return shorter ? shorter : "";
}

void table_render(struct arena *arena, const struct item *item, struct table_cells *ret_cells) {
    struct table_cells *cells = ret_cells;
    *cells = (struct table_cells){0};
    cells->cells[TABLE_KIND] = item_kind_key(item->kind);
    cells->cells[TABLE_TITLE] = item->title;
    cells->cells[TABLE_STEM] = table_text_cell(arena, item->body.vi);
    cells->cells[TABLE_STEM_EN] = table_text_cell(arena, item->body.en);
    cells->cells[TABLE_EXPLANATION] = table_text_cell(arena, item->rationale.vi);
    cells->cells[TABLE_EXPLANATION_EN] = table_text_cell(arena, item->rationale.en);
    cells->cells[TABLE_POINTS] = item->points;
    cells->cells[TABLE_RULE] = rule_cell(item);
    cells->cells[TABLE_UNIT] = item->unit;
    cells->cells[TABLE_CHOICES_MIN] = number_cell(arena, item->choices_min, 0);
    cells->cells[TABLE_CHOICES_MAX] = number_cell(arena, item->choices_max, 0);
    cells->cells[TABLE_SHUFFLE] = item->shuffle ? "x" : "";
    cells->cells[TABLE_WORDS_MAX] = number_cell(arena, item->words_max, 0);
    cells->cells[TABLE_LINES] = number_cell(arena, item->lines, 0);
    cells->cells[TABLE_STIMULUS] = item->stimulus;
    render_options(arena, item, cells);
    render_key(arena, item, cells);
    render_meta(arena, item, cells);
    for (size_t i = 0; i < TABLE_FIELDS; i++)
        cells->cells[i] = cells->cells[i] ? shortened(arena, cells->cells[i]) : "";
}

/* ---- the whole item ---- */

static bool word_char(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '"';
}

/* Where to cut so that neither piece begins or ends with what a spreadsheet might touch. */
static size_t cut_at(const char *text, size_t len) {
    if (len <= OWN_BYTES)
        return len;
    for (size_t at = OWN_BYTES; at > OWN_BYTES / 2; at--)
        if (word_char(text[at]) && word_char(text[at - 1]))
            return at;
    size_t at = OWN_BYTES;
    while (at > 1 && (text[at] & 0xc0) == 0x80)
        at--;
    return at;
}

enum err table_render_own(struct arena *arena, const struct item *item, struct table_cells *cells) {
    struct buf json;
    buf_init(&json, EXCHANGE_ITEM_BYTES_MAX);
    own_put_stable(arena, &json, item);
    enum err err = json.failed ? ERR_LIMIT : ERR_NONE;
    size_t at = 0;
    for (size_t i = TABLE_OWN; i < TABLE_FIELDS && err == ERR_NONE; i++) {
        size_t len = at < json.len ? cut_at(json.data + at, json.len - at) : 0;
        cells->cells[i] = len ? arena_strndup(arena, json.data + at, len) : "";
        at += len;
    }
    if (err == ERR_NONE && at < json.len)
        err = ERR_LIMIT;
    buf_release(&json);
    return arena->failed ? ERR_MEMORY : err;
}
