#include "db_private.h"

#include "khoacu/base/text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* A cell that does not have the asked shape is a bug in the statement or its caller: these assert. */

static const struct db_cell *cell_at(const struct db_row *row, int column) {
    assert(column >= 0 && column < row->columns);
    return &row->cells[column];
}

bool db_is_null(const struct db_row *row, int column) {
    return !cell_at(row, column)->text;
}

int64_t db_int(const struct db_row *row, int column) {
    const char *text = cell_at(row, column)->text;
    int64_t number = 0;
    bool fits = !text || text_parse_int(text, INT64_MIN, INT64_MAX, &number);
    assert(fits);
    return number;
}

bool db_bool(const struct db_row *row, int column) {
    const char *text = cell_at(row, column)->text;
    assert(!text || ((text[0] == 't' || text[0] == 'f') && !text[1]));
    return text && text[0] == 't';
}

const char *db_text(const struct db_row *row, int column) {
    const struct db_cell *cell = cell_at(row, column);
    return cell->text && !row->owned ? arena_strndup(row->arena, cell->text, cell->len) : cell->text;
}

int64_t db_time(const struct db_row *row, int column) {
    const struct db_cell *cell = cell_at(row, column);
    if (!cell->text)
        return 0;
    /* "2026-11-23 07:00:00.123456+00" becomes "2026-11-23T07:00:00.123456Z" */
    char text[40];
    assert(cell->len >= 22 && cell->len < sizeof(text));
    memcpy(text, cell->text, cell->len + 1);
    assert(strcmp(text + cell->len - 3, "+00") == 0);
    text[10] = 'T';
    memcpy(text + cell->len - 3, "Z", 2);
    int64_t us = 0;
    bool fits = text_parse_time(text, &us);
    assert(fits);
    return us;
}

int64_t db_hundredths(const struct db_row *row, int column) {
    const char *text = cell_at(row, column)->text;
    int64_t value = 0;
    if (!text)
        return 0;
    bool negative = *text == '-';
    bool fits = text_parse_hundredths(text + negative, &value);
    assert(fits);
    return negative ? -value : value;
}

static uint8_t hex_pair(const char *text) {
    uint8_t byte = 0;
    char pair[3] = {text[0], text[1], '\0'};
    bool fits = text_unhex(pair, &byte, 1);
    assert(fits);
    return byte;
}

const uint8_t *db_bytes(const struct db_row *row, int column, size_t *ret_len) {
    const struct db_cell *cell = cell_at(row, column);
    *ret_len = 0;
    if (!cell->text)
        return NULL;
    assert(cell->len >= 2 && cell->text[0] == '\\' && cell->text[1] == 'x');
    size_t len = (cell->len - 2) / 2;
    uint8_t *bytes = arena_alloc(row->arena, len + 1);
    if (!bytes)
        return NULL;
    for (size_t i = 0; i < len; i++)
        bytes[i] = hex_pair(cell->text + 2 + 2 * i);
    *ret_len = len;
    return bytes;
}

/* Upper bound of the elements of an array literal of one dimension. */
static size_t count_elements(const char *literal) {
    size_t count = 0;
    if (strcmp(literal, "{}") == 0)
        return 0;
    for (const char *c = literal; *c; c++)
        count += *c == ',';
    return count + 1;
}

const int64_t *db_ints(const struct db_row *row, int column, size_t *ret_count) {
    const char *text = cell_at(row, column)->text;
    *ret_count = 0;
    if (!text)
        return NULL;
    size_t count = count_elements(text);
    int64_t *numbers = ARENA_ARRAY(row->arena, count, int64_t);
    if (!numbers)
        return NULL;
    assert(*text == '{');
    const char *at = text + 1;
    for (size_t i = 0; i < count; i++) {
        char *end;
        numbers[i] = strtoll(at, &end, 10);
        if (end == at && strncmp(at, "NULL", 4) == 0)
            end += 4;
        assert(end > at && (*end == ',' || *end == '}'));
        at = end + 1;
    }
    *ret_count = count;
    return numbers;
}

/* Reads the element at *at into `out`, without quotes and backslashes; moves behind it. */
static char *read_element(const char **at, char *out) {
    const char *c = *at;
    bool quoted = *c == '"';
    for (c += quoted; *c && (quoted ? *c != '"' : *c != ',' && *c != '}'); c++) {
        if (*c == '\\')
            c++;
        *out++ = *c;
    }
    *out++ = '\0';
    c += quoted;
    assert(*c == ',' || *c == '}');
    *at = c + 1;
    return out;
}

const char *const *db_texts(const struct db_row *row, int column, size_t *ret_count) {
    const struct db_cell *cell = cell_at(row, column);
    *ret_count = 0;
    if (!cell->text)
        return NULL;
    size_t bound = count_elements(cell->text), count = 0;
    const char **texts = ARENA_ARRAY(row->arena, bound, const char *);
    char *room = arena_alloc(row->arena, cell->len + 2);
    if (!texts || !room)
        return NULL;
    const char *at = cell->text + 1, *end = cell->text + cell->len;
    while (bound > 0 && at < end) {
        bool null = strncmp(at, "NULL", 4) == 0 && (at[4] == ',' || at[4] == '}');
        texts[count++] = null ? NULL : room;
        room = read_element(&at, room);
    }
    *ret_count = count;
    return texts;
}

int db_meaning(const struct db_word *words, size_t count, const char *word) {
    for (size_t i = 0; word && i < count; i++)
        if (strcmp(words[i].word, word) == 0)
            return words[i].meaning;
    return -1;
}
