#include "khoacu/form/answer.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/item/item.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

bool form_answer_is_choice(uint8_t kind) {
    return kind == ITEM_SINGLE || kind == ITEM_TRUEFALSE || kind == ITEM_GRADED;
}

/* ---- from the screen ---- */

struct reading {
    struct arena *arena;
    const struct form_order *order;
    int shown;
    const struct form_shape *shape;
    struct buf out;
};

/* The mark that a value names, counted from `first`, if it is one of `count`; 0: it is none. */
static int mark_of(const struct reading *reading, const struct json *value, int first, int count) {
    const char *name = json_text(value);
    int mark = name ? form_order_mark(reading->order, reading->shown, name) : 0;
    return mark > first && mark <= first + count ? mark - first : 0;
}

static int compare_ints(const void *a, const void *b) {
    return *(const int *)a - *(const int *)b;
}

static const char *put_list(struct reading *reading, int *marks, size_t count, bool in_order) {
    int sorted[FORM_MARKS_MAX];
    memcpy(sorted, marks, count * sizeof *marks);
    qsort(sorted, count, sizeof *sorted, compare_ints);
    for (size_t i = 1; i < count; i++)
        if (sorted[i] == sorted[i - 1])
            return "unique";
    for (size_t i = 0; i < count; i++)
        buf_addf(&reading->out, "%s%d", i ? "," : "[", in_order ? marks[i] : sorted[i]);
    buf_addc(&reading->out, ']');
    return NULL;
}

static const char *read_list(struct reading *reading, const struct json *value) {
    const struct form_shape *shape = reading->shape;
    int marks[FORM_MARKS_MAX];
    size_t count = json_count(value);
    bool ordering = shape->kind == ITEM_ORDERING;
    if (json_kind(value) != JSON_ARRAY)
        return "kind";
    if (count > shape->options || (ordering && count != shape->options) || (shape->choices_max > 0 && count > shape->choices_max))
        return "count";
    for (size_t i = 0; i < count; i++) {
        marks[i] = mark_of(reading, json_at(value, i), 0, shape->options);
        if (marks[i] == 0)
            return "unknown";
    }
    return put_list(reading, marks, count, ordering);
}

static const char *read_gaps(struct reading *reading, const struct json *value) {
    const struct form_shape *shape = reading->shape;
    int marks[FORM_MARKS_MAX];
    size_t count = json_count(value), chosen = 0;
    if (json_kind(value) != JSON_OBJECT)
        return "kind";
    if (count > shape->choices)
        return "count";
    for (size_t i = 0; i < count; i++) {
        if (json_kind(json_at(value, i)) == JSON_NULL)
            continue;
        marks[chosen] = mark_of(reading, json_at(value, i), shape->options + shape->columns, shape->choices);
        if (marks[chosen++] == 0)
            return "unknown";
    }
    return chosen > 0 ? put_list(reading, marks, chosen, false) : NULL;
}

static const char *read_pairs(struct reading *reading, const struct json *value) {
    const struct form_shape *shape = reading->shape;
    bool chosen[FORM_MARKS_MAX + 1][FORM_MARKS_MAX + 1] = {{false}};
    size_t count = json_count(value), put = 0;
    if (json_kind(value) != JSON_ARRAY)
        return "kind";
    if (count > (size_t)shape->options * shape->columns)
        return "count";
    for (size_t i = 0; i < count; i++) {
        const struct json *pair = json_at(value, i);
        if (json_kind(pair) != JSON_ARRAY || json_count(pair) != 2)
            return "kind";
        int row = mark_of(reading, json_at(pair, 0), 0, shape->options);
        int column = mark_of(reading, json_at(pair, 1), shape->options, shape->columns);
        if (row == 0 || column == 0)
            return "unknown";
        if (chosen[row][column])
            return "unique";
        chosen[row][column] = true;
    }
    for (int row = 1; row <= shape->options; row++)
        for (int column = 1; column <= shape->columns; column++)
            if (chosen[row][column])
                buf_addf(&reading->out, "%s[%d,%d]", put++ ? "," : "[", row, column);
    buf_addc(&reading->out, ']');
    return NULL;
}

static const char *read_words(struct reading *reading, const struct json *value) {
    const char *words = json_text(value);
    size_t most = reading->shape->kind == ITEM_ESSAY ? FORM_ANSWER_ESSAY_MAX : FORM_ANSWER_TEXT_MAX;
    if (!words)
        return "kind";
    if (text_utf8_len(words) > most)
        return "length";
    struct json_writer writer;
    json_writer_init(&writer, &reading->out);
    json_put_text(&writer, words);
    return NULL;
}

static const char *read_files(struct reading *reading, const struct json *value) {
    struct json_writer writer;
    uint8_t raw[32];
    json_writer_init(&writer, &reading->out);
    if (json_kind(value) != JSON_ARRAY)
        return "kind";
    if (json_count(value) > FORM_ANSWER_FILES_MAX)
        return "count";
    json_open_array(&writer);
    for (size_t i = 0; i < json_count(value); i++) {
        const struct json *file = json_at(value, i);
        const char *name = json_text(json_get(file, "name")), *sha256 = json_text(json_get(file, "sha256"));
        if (!name || !sha256 || json_count(file) != 2 || !text_unhex(sha256, raw, sizeof raw))
            return "kind";
        if (!*name || text_utf8_len(name) > 200)
            return "length";
        json_open_object(&writer);
        json_member_text(&writer, "name", name);
        json_member_text(&writer, "sha256", sha256);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    return NULL;
}

static const char *read_value(struct reading *reading, const struct json *value) {
    switch ((enum item_kind)reading->shape->kind) {
    case ITEM_MULTIPLE:
    case ITEM_ORDERING:
        return read_list(reading, value);
    case ITEM_MATCHING:
        return read_pairs(reading, value);
    case ITEM_INLINE:
        return read_gaps(reading, value);
    case ITEM_NUMERIC:
    case ITEM_TEXT:
    case ITEM_ESSAY:
        return read_words(reading, value);
    case ITEM_UPLOAD:
        return read_files(reading, value);
    case ITEM_SINGLE:
    case ITEM_TRUEFALSE:
    case ITEM_GRADED:
    case ITEM_STIMULUS:
    case ITEM_KIND_COUNT:
        break;
    }
    return "kind"; /* such a position is answered by a choice */
}

static bool is_nothing(const struct json *value) {
    const char *words = json_text(value);
    if (words)
        return *words == '\0';
    return json_kind(value) == JSON_NULL || ((json_kind(value) == JSON_ARRAY || json_kind(value) == JSON_OBJECT) && json_count(value) == 0);
}

const char *form_answer_read(struct arena *arena, const struct form_order *order, int shown, const struct json *value,
                             const char **ret_answer) {
    struct reading reading = {.arena = arena, .order = order, .shown = shown, .shape = form_order_shape(order, shown)};
    *ret_answer = NULL;
    if (is_nothing(value))
        return NULL;
    buf_init(&reading.out, FORM_ANSWER_BYTES_MAX);
    const char *rule = read_value(&reading, value);
    if (!rule && (reading.out.failed || reading.out.len > FORM_ANSWER_BYTES_MAX))
        rule = "length";
    if (!rule && reading.out.len > 0)
        *ret_answer = arena_strndup(arena, reading.out.data, reading.out.len);
    buf_release(&reading.out);
    return rule;
}

/* ---- to the screen ---- */

static void put_name(const struct form_order *order, int shown, int64_t mark, struct json_writer *writer) {
    char name[FORM_OPTION_NAME];
    bool known = mark > 0 && mark <= FORM_MARKS_MAX && form_order_name_of(order, shown, (int)mark, name);
    json_put_text(writer, known ? name : NULL);
}

static int64_t number_of(const struct json *value) {
    int64_t number = 0;
    return json_int(value, &number) ? number : 0;
}

static void put_gaps(const struct form_order *order, int shown, const struct json *value, const struct form_gap *gaps, size_t gap_count,
                     struct json_writer *writer) {
    const struct form_shape *shape = form_order_shape(order, shown);
    json_open_object(writer);
    for (size_t i = 0; i < json_count(value); i++) {
        int64_t choice = number_of(json_at(value, i)), first = 0;
        size_t gap = 0;
        while (gap < gap_count && choice > first + gaps[gap].choices)
            first += gaps[gap++].choices;
        if (gap == gap_count || choice < 1)
            continue;
        json_put_key(writer, gaps[gap].id);
        put_name(order, shown, shape->options + shape->columns + choice, writer);
    }
    json_close_object(writer);
}

static void put_pair(const struct form_order *order, int shown, const struct json *pair, struct json_writer *writer) {
    json_open_array(writer);
    put_name(order, shown, number_of(json_at(pair, 0)), writer);
    put_name(order, shown, form_order_shape(order, shown)->options + number_of(json_at(pair, 1)), writer);
    json_close_array(writer);
}

void form_answer_put(struct arena *arena, const struct form_order *order, int shown, const char *answer, const struct form_gap *gaps,
                     size_t gap_count, struct json_writer *writer) {
    const struct form_shape *shape = form_order_shape(order, shown);
    const struct json *value = NULL;
    bool marks = shape && (shape->kind == ITEM_MULTIPLE || shape->kind == ITEM_ORDERING || shape->kind == ITEM_MATCHING ||
                           shape->kind == ITEM_INLINE);
    if (!answer || !shape || (marks && json_read(arena, answer, strlen(answer), &value, NULL) != ERR_NONE)) {
        json_put_null(writer);
        return;
    }
    if (!marks) {
        json_put_raw(writer, answer);
        return;
    }
    if (shape->kind == ITEM_INLINE) {
        put_gaps(order, shown, value, gaps, gap_count, writer);
        return;
    }
    json_open_array(writer);
    for (size_t i = 0; i < json_count(value); i++) {
        if (shape->kind == ITEM_MATCHING)
            put_pair(order, shown, json_at(value, i), writer);
        else
            put_name(order, shown, number_of(json_at(value, i)), writer);
    }
    json_close_array(writer);
}
