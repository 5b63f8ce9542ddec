#include "table.h"

#include "khoacu/base/text.h"

#include <string.h>
#include <strings.h>

#include "khoacu/base/banned.h"

enum { PARTS_MAX = 100 };

/* The parts of a cell between separators, trimmed; empty ones are left out. Returns PARTS_MAX + 1 for too many. */
static size_t split(struct arena *arena, const char *cell, const char *separators, const char **parts) {
    size_t count = 0;
    while (*cell) {
        size_t len = strcspn(cell, separators);
        char *part = arena_strndup(arena, cell, len);
        part = part ? text_trim(part) : NULL;
        if (part && part[0]) {
            if (count == PARTS_MAX)
                return PARTS_MAX + 1;
            parts[count++] = part;
        }
        cell += len + (cell[len] != '\0');
    }
    return count;
}

/* "C", "c.", "3" -> 2. */
static bool read_letter(const char *part, size_t option_count, size_t *ret_index) {
    int64_t number;
    if (text_parse_int(part, 1, (int64_t)option_count, &number)) {
        *ret_index = (size_t)number - 1;
        return true;
    }
    char c = (char)(part[0] | 0x20);
    if (c < 'a' || c > 'z' || (part[1] && (part[2] || !strchr(".)", part[1]))))
        return false;
    *ret_index = (size_t)(c - 'a');
    return *ret_index < option_count;
}

static size_t read_letters(struct draft *draft, const char *cell, size_t *indexes) {
    const char *parts[PARTS_MAX];
    size_t count = split(draft->arena, cell, ";,&/ \t\n", parts);
    /* "ACD" without separators */
    if (count == 1 && strlen(parts[0]) > 1 && strlen(parts[0]) <= 26 &&
        strspn(parts[0], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(parts[0])) {
        const char *letters = parts[0];
        for (count = 0; letters[count]; count++)
            parts[count] = arena_strndup(draft->arena, letters + count, 1);
    }
    if (count > PARTS_MAX || draft->arena->failed)
        return 0;
    for (size_t i = 0; i < count; i++) {
        if (!read_letter(parts[i], draft->item.option_count, &indexes[i]))
            return 0;
        for (size_t k = 0; k < i; k++)
            if (indexes[k] == indexes[i])
                return 0;
    }
    return count;
}

static bool positive(const char *credit) {
    int64_t units = 0;
    bool rounded = false;
    return credit && draft_decimal(credit, &units, &rounded) && units > 0;
}

/* ---- options ---- */

static bool read_truth(const char *cell, bool *ret_truth) {
    static const char *const WORDS[] = {"true", "t", "đúng", "Đúng", "ĐÚNG", "dung", "1", "false", "f", "sai", "0"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (strcasecmp(cell, WORDS[i]) == 0) {
            *ret_truth = i < 7;
            return true;
        }
    return false;
}

static enum table_fault put_choices(struct draft *draft, const char *cell) {
    struct item *item = &draft->item;
    size_t indexes[PARTS_MAX], count = 0;
    bool truth = false;
    if (item->kind == ITEM_TRUEFALSE && read_truth(cell, &truth)) {
        indexes[0] = truth ? 0 : 1;
        count = item->option_count == 2;
    } else {
        count = read_letters(draft, cell, indexes);
    }
    if (!count || (count > 1 && (item->kind == ITEM_SINGLE || item->kind == ITEM_TRUEFALSE) && item->rule != ITEM_RULE_MAP))
        return TABLE_FAULT_KEY;
    for (size_t i = 0; i < item->option_count; i++) {
        bool right = false;
        for (size_t k = 0; k < count; k++)
            right |= indexes[k] == i;
        const char **credit = &item->options[i].credit;
        if (right != positive(*credit))
            *credit = right ? "1" : NULL;
    }
    return TABLE_FINE;
}

static enum table_fault put_order(struct draft *draft, const char *cell) {
    struct item *item = &draft->item;
    size_t indexes[PARTS_MAX], count = read_letters(draft, cell, indexes);
    const char **order = ARENA_ARRAY(draft->arena, count + 1, const char *);
    if (!count || count != item->option_count || !order)
        return TABLE_FAULT_KEY;
    for (size_t i = 0; i < count; i++)
        order[i] = item->options[indexes[i]].id;
    item->order = order;
    item->order_count = count;
    return TABLE_FINE;
}

enum table_fault table_put_credits(struct draft *draft, const char *cell) {
    const char *parts[PARTS_MAX];
    struct item *item = &draft->item;
    size_t count = split(draft->arena, cell, ";", parts);
    if (!count || count > PARTS_MAX)
        return TABLE_FAULT_CREDITS;
    for (size_t i = 0; i < item->option_count; i++)
        item->options[i].credit = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t index, len = strcspn(parts[i], "=");
        int64_t units = 0;
        bool rounded = false;
        char *letter = arena_strndup(draft->arena, parts[i], len);
        if (!letter || !parts[i][len] || !read_letter(text_trim(letter), item->option_count, &index) ||
            !draft_decimal(parts[i] + len + 1, &units, &rounded) || rounded)
            return TABLE_FAULT_CREDITS;
        item->options[index].credit = draft_format(draft->arena, units);
    }
    return TABLE_FINE;
}

bool table_key_agrees(struct draft *draft, const char *cell) {
    size_t indexes[PARTS_MAX], count = read_letters(draft, cell, indexes), right = 0;
    for (size_t i = 0; i < draft->item.option_count; i++)
        right += positive(draft->item.options[i].credit);
    for (size_t i = 0; i < count; i++)
        if (!positive(draft->item.options[indexes[i]].credit))
            return false;
    return !cell[0] || count == right;
}

/* ---- numbers and words ---- */

static const char *decimal(struct draft *draft, const char *from, size_t len, int64_t divisor) {
    char *text = arena_strndup(draft->arena, from, len);
    int64_t units = 0;
    bool rounded = false;
    if (!text || !draft_decimal(text_trim(text), &units, &rounded))
        return NULL;
    if (rounded || units % divisor)
        draft_note(draft, DRAFT_ROUNDED, NULL);
    if (strchr(text, ','))
        draft_note(draft, DRAFT_COMMA, NULL);
    return draft_format(draft->arena, units / divisor);
}

/* "3,14", "3.14±0.01", "3.14±5%", "3.1..3.2", each with "=0.5" behind it for part of the points. */
static bool read_number(struct draft *draft, const char *part, struct item_accepted *accepted) {
    size_t len = strcspn(part, "=");
    accepted->credit = part[len] ? decimal(draft, part + len + 1, strlen(part + len + 1), 1) : "1";
    const char *range = memmem(part, len, "..", 2), *plus = memmem(part, len, "±", strlen("±"));
    if (range) {
        accepted->low = decimal(draft, part, (size_t)(range - part), 1);
        accepted->high = decimal(draft, range + 2, (size_t)(part + len - range) - 2, 1);
        return accepted->low && accepted->high && accepted->credit;
    }
    accepted->value = decimal(draft, part, plus ? (size_t)(plus - part) : len, 1);
    if (plus) {
        const char *from = plus + strlen("±");
        size_t rest = (size_t)(part + len - from);
        while (rest && from[rest - 1] == ' ')
            rest--;
        accepted->relative = rest && from[rest - 1] == '%';
        accepted->tolerance = decimal(draft, from, accepted->relative ? rest - 1 : rest, accepted->relative ? 100 : 1);
    }
    return accepted->value && accepted->credit && (!plus || accepted->tolerance);
}

static enum table_fault put_accepted(struct draft *draft, const char *cell) {
    struct item *item = &draft->item;
    const char *parts[PARTS_MAX];
    bool numeric = item->kind == ITEM_NUMERIC;
    size_t count = split(draft->arena, cell, numeric ? ";" : "|", parts);
    struct item_accepted *accepted = ARENA_ARRAY(draft->arena, count + 1, struct item_accepted);
    if (!count || count > PARTS_MAX || !accepted)
        return TABLE_FAULT_KEY;
    for (size_t i = 0; i < count; i++) {
        if (!numeric)
            accepted[i] = (struct item_accepted){.value = parts[i], .credit = "1"};
        else if (!read_number(draft, parts[i], &accepted[i]))
            return TABLE_FAULT_NUMBER;
    }
    item->accepted = accepted;
    item->accepted_count = count;
    return TABLE_FINE;
}

/* ---- pairs ---- */

static size_t column_of(struct draft *draft, struct item_text text) {
    struct item *item = &draft->item;
    for (size_t i = 0; i < item->column_count; i++) {
        const struct item_text *there = &item->columns[i].text;
        const char *a = text.vi ? text.vi : text.en, *b = text.vi ? there->vi : there->en;
        if (a && b && strcmp(a, b) == 0)
            return i;
    }
    struct item_option *columns = ARENA_ARRAY(draft->arena, item->column_count + 1, struct item_option);
    if (!columns)
        return 0;
    if (item->column_count)
        memcpy(columns, item->columns, item->column_count * sizeof *columns);
    columns[item->column_count] = (struct item_option){.id = draft_id(draft, item->column_count), .text = text};
    item->columns = columns;
    return item->column_count++;
}

/* The two sides of "left -> right", cut at the last arrow. */
static bool cut_pair(struct draft *draft, const char *cell, const char **ret_left, const char **ret_right) {
    const char *arrow = NULL;
    for (const char *at = strstr(cell, "->"); at; at = strstr(at + 2, "->"))
        arrow = at;
    char *left = arrow ? arena_strndup(draft->arena, cell, (size_t)(arrow - cell)) : NULL;
    char *right = arrow ? arena_strdup(draft->arena, arrow + 2) : NULL;
    if (!left || !right)
        return false;
    *ret_left = text_trim(left);
    *ret_right = text_trim(right);
    return true;
}

enum table_fault table_put_pair(struct draft *draft, const char *cell, const char *cell_en) {
    struct item *item = &draft->item;
    const char *left = "", *right = "", *left_en = "", *right_en = "";
    if ((cell[0] && !cut_pair(draft, cell, &left, &right)) || (cell_en[0] && !cut_pair(draft, cell_en, &left_en, &right_en)))
        return TABLE_FAULT_PAIR;
    struct item_text column_text = table_text(draft, right, right_en), row_text = table_text(draft, left, left_en);
    if (!column_text.vi && !column_text.en)
        return TABLE_FAULT_PAIR;
    size_t column = column_of(draft, column_text);
    if ((!row_text.vi && !row_text.en) || draft->arena->failed)
        return TABLE_FINE;
    struct item_option *row = &item->options[item->option_count];
    *row = (struct item_option){.id = draft_id(draft, item->option_count), .text = row_text};
    item->option_count++;
    item->pairs[item->pair_count++] = (struct item_pair){.row = row->id, .column = item->columns[column].id};
    return TABLE_FINE;
}

enum table_fault table_put_key(struct draft *draft, const char *cell) {
    switch (draft->item.kind) {
    case ITEM_SINGLE:
    case ITEM_MULTIPLE:
    case ITEM_TRUEFALSE:
    case ITEM_GRADED:
        return put_choices(draft, cell);
    case ITEM_ORDERING:
        return put_order(draft, cell);
    case ITEM_NUMERIC:
    case ITEM_TEXT:
        return put_accepted(draft, cell);
    case ITEM_MATCHING:
    case ITEM_INLINE:
    case ITEM_ESSAY:
    case ITEM_UPLOAD:
    case ITEM_STIMULUS:
    case ITEM_KIND_COUNT:
        break;
    }
    return cell[0] ? TABLE_FAULT_KEY : TABLE_FINE;
}
