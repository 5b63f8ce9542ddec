#include "khoacu/score/score_item.h"

#include "score_private.h"

#include "khoacu/doc/fold.h"
#include "khoacu/json/json.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define WHOLE INT64_C(10000000)

__extension__ typedef __int128 wide;

static int64_t units(const char *text, int64_t otherwise) {
    int64_t value;
    return text && item_decimal_units(text, &value) ? value : otherwise;
}

int64_t score_item_worth(const struct item *item) {
    return units(item->points, WHOLE);
}

/* points × k / n, rounded half up; k is not below 0. */
static int64_t share(const struct item *item, int64_t k, int64_t n) {
    return n > 0 ? (int64_t)(((wide)score_item_worth(item) * k * 2 + n) / (2 * n)) : 0;
}

static int64_t held(const struct item *item, int64_t points) {
    int64_t least = units(item->points_min, INT64_MIN), most = units(item->points_max, INT64_MAX);
    return points < least ? least : points > most ? most : points;
}

/* ---- options ---- */

static int64_t credit_of(const struct item *item, int64_t option) {
    return option >= 1 && option <= (int64_t)item->option_count ? units(item->options[option - 1].credit, 0) : 0;
}

static int64_t of_choice(const struct item *item, int16_t choice) {
    int64_t credit = credit_of(item, choice);
    return item->rule == ITEM_RULE_MAP ? held(item, credit) : credit == WHOLE ? score_item_worth(item) : 0;
}

static int64_t at(const struct json *list, size_t i) {
    int64_t number = 0;
    return json_int(json_at(list, i), &number) ? number : 0;
}

static int64_t of_options(const struct item *item, const struct json *answer) {
    bool chosen[ITEM_OPTIONS_MAX + 1] = {false};
    int64_t right = 0, right_chosen = 0, wrong_chosen = 0, sum = 0;
    for (size_t i = 0; i < json_count(answer); i++)
        if (at(answer, i) >= 1 && at(answer, i) <= (int64_t)item->option_count)
            chosen[at(answer, i)] = true;
    for (size_t i = 1; i <= item->option_count; i++) {
        int64_t credit = credit_of(item, (int64_t)i);
        right += credit == WHOLE;
        right_chosen += chosen[i] && credit == WHOLE;
        wrong_chosen += chosen[i] && credit != WHOLE;
        sum += chosen[i] ? credit : 0;
    }
    int64_t left_right = (int64_t)item->option_count - right - wrong_chosen;
    switch (item->rule) {
    case ITEM_RULE_PER_OPTION:
        return share(item, right_chosen + left_right, (int64_t)item->option_count);
    case ITEM_RULE_RIGHT_MINUS_WRONG:
        return right_chosen > wrong_chosen ? share(item, right_chosen - wrong_chosen, right) : 0;
    case ITEM_RULE_MAP:
        return held(item, sum);
    case ITEM_RULE_ALL:
    case ITEM_RULE_ADJACENT:
    case ITEM_RULE_POSITION:
    case ITEM_RULE_COUNT:
        break;
    }
    return right > 0 && right_chosen == right && wrong_chosen == 0 ? score_item_worth(item) : 0;
}

/* ---- order, rows, gaps ---- */

static int64_t place_of(const struct item_option *options, size_t count, const char *id) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(options[i].id, id) == 0)
            return (int64_t)i + 1;
    return 0;
}

static int64_t of_order(const struct item *item, const struct json *answer) {
    int64_t places = 0, neighbours = 0, count = (int64_t)item->order_count;
    int64_t right[ITEM_OPTIONS_MAX] = {0};
    if ((int64_t)json_count(answer) != count)
        return 0;
    for (int64_t i = 0; i < count; i++)
        right[i] = place_of(item->options, item->option_count, item->order[i]);
    for (int64_t i = 0; i < count; i++) {
        places += at(answer, (size_t)i) == right[i];
        for (int64_t k = 0; i + 1 < count && k + 1 < count; k++)
            neighbours += at(answer, (size_t)i) == right[k] && at(answer, (size_t)i + 1) == right[k + 1];
    }
    if (item->rule == ITEM_RULE_POSITION)
        return share(item, places, count);
    if (item->rule == ITEM_RULE_ADJACENT && count > 1)
        return share(item, neighbours, count - 1);
    return places == count ? score_item_worth(item) : 0;
}

static int64_t of_pairs(const struct item *item, const struct json *answer) {
    enum { CHOSEN = 1, RIGHT = 2 };
    uint8_t cells[ITEM_OPTIONS_MAX + 1][ITEM_OPTIONS_MAX + 1] = {{0}};
    int64_t sum = 0, rows = 0;
    for (size_t i = 0; i < json_count(answer); i++) {
        int64_t row = at(json_at(answer, i), 0), column = at(json_at(answer, i), 1);
        if (row >= 1 && row <= (int64_t)item->option_count && column >= 1 && column <= (int64_t)item->column_count)
            cells[row][column] |= CHOSEN;
    }
    for (size_t i = 0; i < item->pair_count; i++) {
        int64_t row = place_of(item->options, item->option_count, item->pairs[i].row);
        int64_t column = place_of(item->columns, item->column_count, item->pairs[i].column);
        int64_t credit = units(item->pairs[i].credit, WHOLE);
        sum += cells[row][column] & CHOSEN ? credit : 0;
        if (credit == WHOLE)
            cells[row][column] |= RIGHT;
    }
    for (size_t row = 1; row <= item->option_count; row++) {
        bool decided = true;
        for (size_t column = 1; column <= item->column_count; column++)
            decided = decided && (cells[row][column] == 0 || cells[row][column] == (CHOSEN | RIGHT));
        rows += decided;
    }
    if (item->rule == ITEM_RULE_MAP)
        return held(item, sum);
    if (item->rule == ITEM_RULE_PER_OPTION)
        return share(item, rows, (int64_t)item->option_count);
    return rows == (int64_t)item->option_count ? score_item_worth(item) : 0;
}

static int64_t of_gaps(const struct item *item, const struct json *answer) {
    int64_t right = 0, first = 0;
    for (size_t g = 0; g < item->gap_count; g++) {
        const struct item_gap *gap = &item->gaps[g];
        int64_t wanted = first + place_of(gap->options, gap->option_count, gap->correct ? gap->correct : "");
        for (size_t i = 0; i < json_count(answer); i++)
            right += wanted > first && at(answer, i) == wanted;
        first += (int64_t)gap->option_count;
    }
    if (item->rule == ITEM_RULE_PER_OPTION)
        return share(item, right, (int64_t)item->gap_count);
    return item->gap_count > 0 && right == (int64_t)item->gap_count ? score_item_worth(item) : 0;
}

/* ---- numbers and texts ---- */

static int64_t of_accepted(const struct item *item, bool (*fits)(struct arena *, const struct item *, const struct item_accepted *, const char *),
                           struct arena *arena, const char *given) {
    int64_t best = 0;
    for (size_t i = 0; i < item->accepted_count; i++) {
        int64_t credit = units(item->accepted[i].credit, WHOLE);
        if (credit > best && fits(arena, item, &item->accepted[i], given))
            best = credit;
    }
    return (int64_t)(((wide)score_item_worth(item) * best * 2 + WHOLE) / (2 * WHOLE));
}

/* '*' stands for any characters, also none; "\\*" for the sign itself. */
static bool matches(const char *pattern, const char *text) {
    const char *star = NULL, *from = NULL;
    while (*text) {
        bool sign = pattern[0] == '\\' && pattern[1] == '*';
        if (*pattern == '*') {
            star = pattern++;
            from = text;
        } else if (pattern[sign] == *text) {
            pattern += sign ? 2 : 1;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++from;
        } else
            return false;
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

static bool text_fits(struct arena *arena, const struct item *item, const struct item_accepted *accepted, const char *given) {
    struct fold_options options = {.letter_case = item->fold_case, .marks = item->fold_marks, .spaces = item->fold_spaces};
    const char *wanted = fold_text(arena, accepted->value ? accepted->value : "", options), *words = fold_text(arena, given, options);
    return wanted && words && matches(wanted, words);
}

static bool number_fits(struct arena *arena, const struct item *item, const struct item_accepted *accepted, const char *given) {
    (void)arena, (void)item;
    if (accepted->low || accepted->high)
        return score_number_within(given, accepted->low, accepted->high);
    return accepted->value && score_number_near(given, accepted->value, accepted->tolerance, accepted->relative);
}

static int64_t of_words(struct arena *arena, const struct item *item, const char *words) {
    if (item->kind == ITEM_TEXT)
        return of_accepted(item, text_fits, arena, words);
    const char *number = score_number_read(arena, words, item->unit);
    return number ? of_accepted(item, number_fits, arena, number) : 0;
}

/* ---- one item ---- */

static int64_t of_answer(struct arena *arena, const struct item *item, int16_t choice, const struct json *answer) {
    switch (item->kind) {
    case ITEM_SINGLE:
    case ITEM_TRUEFALSE:
    case ITEM_GRADED:
        return of_choice(item, choice);
    case ITEM_MULTIPLE:
        return of_options(item, answer);
    case ITEM_ORDERING:
        return of_order(item, answer);
    case ITEM_MATCHING:
        return of_pairs(item, answer);
    case ITEM_INLINE:
        return of_gaps(item, answer);
    case ITEM_NUMERIC:
    case ITEM_TEXT:
        return json_text(answer) ? of_words(arena, item, json_text(answer)) : 0;
    case ITEM_ESSAY:
    case ITEM_UPLOAD:
    case ITEM_STIMULUS:
    case ITEM_KIND_COUNT:
        break;
    }
    return 0;
}

struct score_item score_item(struct arena *arena, const struct item *item, int16_t choice, const char *answer) {
    struct score_item score = {.answered = choice != 0 || answer != NULL};
    const struct json *value = NULL;
    if (!score.answered)
        return score;
    if (answer && json_read(arena, answer, strlen(answer), &value, NULL) != ERR_NONE)
        return score;
    score.pending = item->kind == ITEM_ESSAY || item->kind == ITEM_UPLOAD;
    score.points_e7 = of_answer(arena, item, choice, value);
    score.right = !score.pending && score.points_e7 > 0 && score.points_e7 >= score_item_worth(item);
    return score;
}
