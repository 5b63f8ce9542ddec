#include "qti.h"

#include "khoacu/doc/fold.h"

#include <string.h>
#include <strings.h>

#include "khoacu/base/banned.h"

static const struct qti_refusal NONE = {0};

static struct qti_refusal refuse_response(const struct xml_node *at) {
    return (struct qti_refusal){"qti-response", "Khai báo câu trả lời không hợp với cách trả lời.", "The declaration does not fit the interaction.", at};
}

static struct qti_refusal refuse_many(const struct xml_node *at) {
    return (struct qti_refusal){"qti-many", "Câu hỏi có quá nhiều phương án.", "The item has too many options.", at};
}

static size_t count_of(const struct xml_node *node, const char *name) {
    size_t count = 0;
    for (const struct xml_node *child = xml_child(node, name); child; child = xml_next(child, name))
        count++;
    return count;
}

/* ---- options ---- */

/* Foreign identifiers may say what is right: ours are letters in the order in which the options stand. */
struct names {
    const char *list[ITEM_OPTIONS_MAX]; /* foreign ones */
    size_t count;
};

static bool find_name(const struct names *names, const char *id, size_t len, size_t *ret_index) {
    for (size_t i = 0; i < names->count; i++)
        if (strlen(names->list[i]) == len && strncmp(names->list[i], id, len) == 0) {
            *ret_index = i;
            return true;
        }
    return false;
}

/* The choices of that name below `list`. NULL: there are more than may be, or no memory. */
static struct item_option *take_options(struct qti_item *item, const struct xml_node *list, const char *element, bool words, struct names *names) {
    size_t count = count_of(list, element);
    struct draft *draft = &item->draft;
    names->count = 0;
    struct item_option *options = count <= ITEM_OPTIONS_MAX ? ARENA_ARRAY(draft->arena, count + 1, struct item_option) : NULL;
    for (const struct xml_node *node = xml_child(list, element); options && node; node = xml_next(node, element)) {
        const char *id = xml_attr(node, "identifier");
        struct item_text text = qti_text(item, node);
        if (!text.vi && !text.en && words)
            text = draft_lang(draft, "&#160;");
        options[names->count] = (struct item_option){.id = draft_id(draft, names->count), .text = text, .note = qti_feedback(item, node)};
        names->list[names->count++] = id ? id : "";
    }
    return options;
}

/* Options that have their places may not be shuffled at all here. */
static void take_shuffle(struct qti_item *item, const struct xml_node *interaction) {
    struct draft *draft = &item->draft;
    draft->item.shuffle = qti_true(interaction, "shuffle");
    for (const struct xml_node *node = interaction; draft->item.shuffle && (node = xml_walk(interaction, node));)
        if (qti_true(node, "fixed")) {
            draft->item.shuffle = false;
            exchange_note(draft->reading, "shuffle-dropped", "Câu có phương án cố định vị trí nên không đảo phương án nào.",
                          "Some options have fixed places, so none are shuffled.", exchange_line(draft->arena, node->line));
        }
}

static void note_assumed(struct qti_item *item) {
    if (item->scoring.kind == QTI_UNSCORED)
        exchange_note(item->draft.reading, "scoring-assumed", "Câu hỏi có đáp án nhưng không nói cách chấm; trả lời đúng được trọn điểm.",
                      "The item has a key but does not say how it is scored; the right answer earns all points.", item->draft.place);
}

/* The points of what is mapped: what the item says, the upper bound, or the most that can be earned. */
static void take_bounds(struct qti_item *item, const struct qti_response *response, int64_t most) {
    struct item *to = &item->draft.item;
    int64_t units = 0;
    bool rounded = false;
    to->rule = ITEM_RULE_MAP;
    to->points_min = response->lower;
    to->points_max = response->upper;
    if (qti_maximum(item, &units) || (response->upper && draft_decimal(response->upper, &units, &rounded) && units >= 0))
        most = units;
    to->points = draft_format(item->draft.arena, most);
}

/* ---- choices ---- */

static bool is_word(const char *text, const char *const *words) {
    for (; *words; words++)
        if (strcasecmp(text, *words) == 0)
            return true;
    return false;
}

/* Two options that say so. */
static bool is_truefalse(struct qti_item *item, const struct xml_node *interaction) {
    static const char *const YES[] = {"true", "Đúng", "đúng", "ĐÚNG", NULL}, *const NO[] = {"false", "Sai", NULL};
    const struct xml_node *first = xml_child(interaction, "simpleChoice"), *second = xml_next(first, "simpleChoice");
    if (!second || xml_next(second, "simpleChoice"))
        return false;
    const char *a = qti_words(item, first), *b = qti_words(item, second);
    return (is_word(a, YES) && is_word(b, NO)) || (is_word(a, NO) && is_word(b, YES));
}

static struct qti_refusal choose_correct(struct qti_item *item, const struct xml_node *interaction, const struct qti_response *response,
                                         const struct names *names) {
    struct item *to = &item->draft.item;
    size_t index = 0;
    if (!response->correct_count)
        return qti_no_key(interaction);
    for (size_t i = 0; i < response->correct_count; i++) {
        if (!find_name(names, response->correct[i], strlen(response->correct[i]), &index))
            return refuse_response(interaction);
        to->options[index].credit = "1";
    }
    to->points = item->scoring.points;
    note_assumed(item);
    return NONE;
}

static struct qti_refusal choose_mapped(struct qti_item *item, const struct xml_node *interaction, const struct qti_response *response,
                                        const struct names *names) {
    struct item *to = &item->draft.item;
    int64_t most = 0, sum = 0;
    size_t right = 0, other = 0, best = 0;
    if (!response->mapped)
        return qti_no_key(interaction);
    for (size_t i = 0; i < names->count; i++) {
        int64_t units = qti_mapped(response, names->list[i]);
        to->options[i].credit = units ? draft_format(item->draft.arena, units) : NULL;
        right += units > 0;
        other += units < 0;
        sum += units > 0 ? units : 0;
        if (units > most) {
            most = units;
            best = i;
        }
    }
    if (!right)
        return qti_no_key(interaction);
    if (to->kind == ITEM_SINGLE && right == 1 && !other && !response->lower && !response->upper) {
        to->options[best].credit = "1";
        to->points = draft_format(item->draft.arena, most);
        return NONE;
    }
    if (to->kind == ITEM_TRUEFALSE)
        to->kind = ITEM_SINGLE;
    if (to->kind == ITEM_SINGLE && right > 1)
        to->kind = ITEM_GRADED;
    take_bounds(item, response, to->kind == ITEM_MULTIPLE ? sum : most);
    return NONE;
}

struct qti_refusal qti_put_choice(struct qti_item *item, const struct xml_node *interaction) {
    const struct qti_response *response = qti_response_of(item, interaction);
    struct draft *draft = &item->draft;
    struct names names;
    if (!response || strcmp(response->base, "identifier") != 0)
        return refuse_response(interaction);
    if (item->scoring.kind == QTI_OTHER || item->scoring.each)
        return qti_not_scored(item->scoring.odd);
    bool single = strcmp(response->cardinality, "single") == 0;
    if (!single && strcmp(response->cardinality, "multiple") != 0)
        return refuse_response(interaction);
    bool mapped = item->scoring.kind == QTI_MAP || (item->scoring.kind == QTI_UNSCORED && !response->correct_count && response->mapped);
    draft_kind(draft, !single ? ITEM_MULTIPLE : !mapped && is_truefalse(item, interaction) ? ITEM_TRUEFALSE : ITEM_SINGLE);
    draft->item.options = take_options(item, interaction, "simpleChoice", true, &names);
    if (!draft->item.options)
        return refuse_many(interaction);
    draft->item.option_count = names.count;
    if (draft->item.kind != ITEM_TRUEFALSE)
        take_shuffle(item, interaction);
    if (!single) {
        int64_t least = qti_number(interaction, "minChoices", 0), most = qti_number(interaction, "maxChoices", 0);
        draft->item.choices_max = most >= (int64_t)names.count ? 0 : most;
        draft->item.choices_min = least > (int64_t)names.count ? (int64_t)names.count : least;
    }
    return mapped ? choose_mapped(item, interaction, response, &names) : choose_correct(item, interaction, response, &names);
}

/* ---- order ---- */

struct qti_refusal qti_put_order(struct qti_item *item, const struct xml_node *interaction) {
    const struct qti_response *response = qti_response_of(item, interaction);
    struct draft *draft = &item->draft;
    struct names names;
    size_t index = 0;
    if (!response || strcmp(response->cardinality, "ordered") != 0)
        return refuse_response(interaction);
    if (item->scoring.kind == QTI_OTHER || item->scoring.kind == QTI_MAP || item->scoring.each)
        return qti_not_scored(item->scoring.odd);
    draft_kind(draft, ITEM_ORDERING);
    draft->item.options = take_options(item, interaction, "simpleChoice", true, &names);
    if (!draft->item.options)
        return refuse_many(interaction);
    draft->item.option_count = names.count;
    if (!response->correct_count)
        return qti_no_key(interaction);
    if (response->correct_count != names.count)
        return (struct qti_refusal){"qti-order", "Chỉ sắp xếp một phần các phương án thì không nhập được.",
                                    "Only a part of the options is put in order, which cannot be read.", interaction};
    const char **order = ARENA_ARRAY(draft->arena, names.count, const char *);
    for (size_t i = 0; order && i < names.count; i++) {
        if (!find_name(&names, response->correct[i], strlen(response->correct[i]), &index))
            return refuse_response(interaction);
        order[i] = draft->item.options[index].id;
    }
    draft->item.order = order;
    draft->item.order_count = order ? names.count : 0;
    draft->item.points = item->scoring.points;
    take_shuffle(item, interaction);
    note_assumed(item);
    return NONE;
}

/* ---- pairs ---- */

/* "row column" as a pair, from either side. */
static bool add_pair(struct item *to, const struct names *rows, const struct names *columns, const char *text, const char *credit) {
    size_t row = 0, column = 0, len = strcspn(text, " ");
    const char *other = text + len + strspn(text + len, " ");
    if (!find_name(rows, text, len, &row) || !find_name(columns, other, strlen(other), &column))
        if (!find_name(columns, text, len, &column) || !find_name(rows, other, strlen(other), &row))
            return false;
    to->pairs[to->pair_count++] = (struct item_pair){.row = to->options[row].id, .column = to->columns[column].id, .credit = credit};
    return true;
}

static bool is_pair(const struct item *item, const char *row, const char *column) {
    for (size_t i = 0; i < item->pair_count; i++)
        if (strcmp(item->pairs[i].row, row) == 0 && strcmp(item->pairs[i].column, column) == 0)
            return true;
    return false;
}

/* Every pair that the mapping does not name earns the same. False: they are too many. */
static bool add_others(struct qti_item *item, int64_t units) {
    struct item *to = &item->draft.item;
    const char *credit = draft_format(item->draft.arena, units);
    if (to->option_count * to->column_count > ITEM_PAIRS_MAX)
        return false;
    struct item_pair *pairs = ARENA_ARRAY(item->draft.arena, to->option_count * to->column_count + to->pair_count, struct item_pair);
    if (!pairs)
        return true;
    if (to->pair_count)
        memcpy(pairs, to->pairs, to->pair_count * sizeof *pairs);
    to->pairs = pairs;
    for (size_t row = 0; row < to->option_count; row++)
        for (size_t column = 0; column < to->column_count; column++)
            if (!is_pair(to, to->options[row].id, to->columns[column].id))
                to->pairs[to->pair_count++] = (struct item_pair){.row = to->options[row].id, .column = to->columns[column].id, .credit = credit};
    return true;
}

static struct qti_refusal pairs_mapped(struct qti_item *item, const struct xml_node *interaction, const struct qti_response *response,
                                       const struct names *rows, const struct names *columns) {
    struct item *to = &item->draft.item;
    int64_t sum = 0;
    if (!response->mapped)
        return qti_no_key(interaction);
    for (size_t i = 0; i < response->entry_count; i++) {
        const struct qti_entry *entry = &response->entries[i];
        sum += entry->units > 0 ? entry->units : 0;
        if ((entry->units || response->fallback) && !add_pair(to, rows, columns, entry->key, draft_format(item->draft.arena, entry->units)))
            return refuse_response(interaction);
    }
    if (response->fallback && !add_others(item, response->fallback))
        return refuse_many(interaction);
    if (sum <= 0)
        return qti_no_key(interaction);
    take_bounds(item, response, sum);
    return NONE;
}

static struct qti_refusal pairs_correct(struct qti_item *item, const struct xml_node *interaction, const struct qti_response *response,
                                        const struct names *rows, const struct names *columns) {
    struct item *to = &item->draft.item;
    if (!response->correct_count)
        return qti_no_key(interaction);
    for (size_t i = 0; i < response->correct_count; i++)
        if (!add_pair(to, rows, columns, response->correct[i], NULL))
            return refuse_response(interaction);
    to->points = item->scoring.points;
    note_assumed(item);
    return NONE;
}

/* How many columns a row may have: the most that any row may. */
static int64_t row_choices(const struct xml_node *rows, size_t columns) {
    int64_t most = 0;
    for (const struct xml_node *node = xml_child(rows, "simpleAssociableChoice"); node; node = xml_next(node, "simpleAssociableChoice")) {
        int64_t max = qti_number(node, "matchMax", 1);
        if (!max || max >= (int64_t)columns)
            return columns == 1 ? 1 : 0;
        most = max > most ? max : most;
    }
    return most;
}

/* Says it when a row, a column or the whole may take fewer pairs than can be asked for here. */
static void note_limits(struct qti_item *item, const struct xml_node *interaction, const struct xml_node *rows, const struct xml_node *columns) {
    const struct item *to = &item->draft.item;
    int64_t all = qti_number(interaction, "maxAssociations", 0), each = to->choices_max ? to->choices_max : (int64_t)to->column_count;
    bool lost = all && all < each * (int64_t)to->option_count;
    for (const struct xml_node *node = xml_child(columns, "simpleAssociableChoice"); node; node = xml_next(node, "simpleAssociableChoice")) {
        int64_t most = qti_number(node, "matchMax", 1);
        lost |= most && most < (int64_t)to->option_count;
    }
    for (const struct xml_node *node = xml_child(rows, "simpleAssociableChoice"); node; node = xml_next(node, "simpleAssociableChoice")) {
        int64_t most = qti_number(node, "matchMax", 1);
        lost |= most && most < each;
    }
    if (lost)
        draft_note(&item->draft, DRAFT_LIMITS, exchange_line(item->draft.arena, interaction->line));
}

struct qti_refusal qti_put_match(struct qti_item *item, const struct xml_node *interaction) {
    const struct qti_response *response = qti_response_of(item, interaction);
    const struct xml_node *first = xml_child(interaction, "simpleMatchSet"), *second = xml_next(first, "simpleMatchSet");
    struct draft *draft = &item->draft;
    struct names rows, columns;
    if (!response || strcmp(response->base, "directedPair") != 0 || !second)
        return refuse_response(interaction);
    if (item->scoring.kind == QTI_OTHER || item->scoring.each)
        return qti_not_scored(item->scoring.odd);
    draft_kind(draft, ITEM_MATCHING);
    draft->item.options = take_options(item, first, "simpleAssociableChoice", true, &rows);
    draft->item.columns = take_options(item, second, "simpleAssociableChoice", true, &columns);
    if (!draft->item.options || !draft->item.columns || response->entry_count + response->correct_count > ITEM_PAIRS_MAX)
        return refuse_many(interaction);
    draft->item.option_count = rows.count;
    draft->item.column_count = columns.count;
    draft->item.choices_max = row_choices(first, columns.count);
    draft->item.pairs = ARENA_ARRAY(draft->arena, response->entry_count + response->correct_count + 1, struct item_pair);
    if (!draft->item.pairs)
        return NONE;
    take_shuffle(item, interaction);
    if (interaction->parent) /* gaps that stand in as a match say so themselves */
        note_limits(item, interaction, first, second);
    for (size_t i = 0; i < rows.count + columns.count; i++) {
        struct item_option *option = i < rows.count ? &draft->item.options[i] : &draft->item.columns[i - rows.count];
        if (option->note.vi || option->note.en)
            draft_note(draft, DRAFT_FEEDBACK, NULL);
        option->note = (struct item_text){0};
    }
    bool mapped = item->scoring.kind == QTI_MAP || (item->scoring.kind == QTI_UNSCORED && !response->correct_count);
    return mapped ? pairs_mapped(item, interaction, response, &rows, &columns) : pairs_correct(item, interaction, response, &rows, &columns);
}

/* ---- gaps ---- */

/* The only right choice of a gap and what it earns; false: there is none, or several. */
static bool gap_key(const struct qti_item *item, const struct qti_response *response, const struct names *names, size_t *ret_index, int64_t *ret_units) {
    size_t right = 0;
    if (item->scoring.kind != QTI_MAP)
        return response->correct_count == 1 && find_name(names, response->correct[0], strlen(response->correct[0]), ret_index);
    for (size_t i = 0; i < names->count; i++) {
        int64_t units = qti_mapped(response, names->list[i]);
        if (units < 0)
            return false;
        if (units > 0) {
            *ret_index = i;
            *ret_units = units;
            right++;
        }
    }
    return right == 1;
}

static struct qti_refusal put_gap(struct qti_item *item, const struct xml_node *interaction, int64_t *units) {
    const struct qti_response *response = qti_response_of(item, interaction);
    struct item_gap *gap = &item->draft.item.gaps[item->draft.item.gap_count];
    struct names names;
    size_t index = 0;
    if (!response || strcmp(response->cardinality, "single") != 0)
        return refuse_response(interaction);
    gap->id = arena_printf(item->draft.arena, "g%zu", ++item->draft.item.gap_count);
    gap->options = take_options(item, interaction, "inlineChoice", true, &names);
    if (!gap->options)
        return refuse_many(interaction);
    gap->option_count = names.count;
    if (!response->correct_count && !response->mapped)
        return qti_no_key(interaction);
    if (!gap_key(item, response, &names, &index, units))
        return qti_not_scored(interaction);
    gap->correct = gap->options[index].id;
    for (size_t i = 0; i < names.count; i++) {
        if (gap->options[i].note.vi || gap->options[i].note.en)
            draft_note(&item->draft, DRAFT_FEEDBACK, NULL);
        gap->options[i].note = (struct item_text){0};
    }
    item->draft.item.shuffle |= qti_true(interaction, "shuffle");
    return NONE;
}

struct qti_refusal qti_put_inline(struct qti_item *item) {
    struct item *to = &item->draft.item;
    size_t count = item->interaction_count;
    int64_t sum = 0, each = 0, first = 0;
    bool rounded = false;
    if (item->scoring.kind == QTI_OTHER)
        return qti_not_scored(item->scoring.odd);
    draft_kind(&item->draft, ITEM_INLINE);
    to->gaps = ARENA_ARRAY(item->draft.arena, count, struct item_gap);
    if (!to->gaps)
        return NONE;
    for (size_t i = 0; i < count; i++, sum += each) {
        struct qti_refusal refusal = put_gap(item, item->interactions[i], &each);
        if (refusal.code)
            return refusal;
        first = i ? first : each;
        /* Gaps that count for more than others have no counterpart. */
        if (item->scoring.kind == QTI_MAP && each != first)
            return qti_not_scored(item->interactions[i]);
    }
    to->rule = count > 1 && (item->scoring.kind == QTI_MAP || item->scoring.each) ? ITEM_RULE_PER_OPTION : ITEM_RULE_ALL;
    /* The templates look at one response alone. */
    if (item->scoring.kind == QTI_MATCH && item->scoring.matched != count)
        return qti_not_scored(item->scoring.odd);
    if (item->scoring.kind == QTI_MAP)
        to->points = draft_format(item->draft.arena, sum);
    else if (item->scoring.each && draft_decimal(item->scoring.points, &each, &rounded))
        to->points = draft_format(item->draft.arena, each * (int64_t)count);
    else
        to->points = item->scoring.points;
    note_assumed(item);
    return NONE;
}
