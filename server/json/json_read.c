#include "json_private.h"

#include "khoacu/base/text.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define DEPTH_MAX 32
#define PENDING_FIRST 64
#define LOOK_AT_PAIRS_MAX 16

struct reader {
    struct arena *arena;
    const char *start, *at, *end;
    int depth;
    /* Values whose containers are still open, innermost last. */
    struct json *pending, *pending_heap;
    size_t pending_count, pending_size;
    struct json_error *error;
};

static enum err fail(struct reader *reader, enum err err, const char *reason) {
    if (reader->error) {
        reader->error->offset = (size_t)(reader->at - reader->start);
        (void)snprintf(reader->error->reason, sizeof(reader->error->reason), "%s", reason);
    }
    return err;
}

static void skip_blanks(struct reader *reader) {
    while (reader->at < reader->end &&
           (*reader->at == ' ' || *reader->at == '\n' || *reader->at == '\r' || *reader->at == '\t'))
        reader->at++;
}

static bool next_is(const struct reader *reader, char c) {
    return reader->at < reader->end && *reader->at == c;
}

/* ---- strings ---- */

static int hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int32_t read_hex4(struct reader *reader) {
    int32_t unit = 0;
    if (reader->end - reader->at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(reader->at[i]);
        if (digit < 0)
            return -1;
        unit = unit << 4 | digit;
    }
    reader->at += 4;
    return unit;
}

static char *put_utf8(char *out, int32_t point) {
    if (point < 0x80) {
        *out++ = (char)point;
        return out;
    }
    int tails = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    static const unsigned char leads[] = {0, 0xc0, 0xe0, 0xf0};
    *out++ = (char)(leads[tails] | point >> (6 * tails));
    while (tails-- > 0)
        *out++ = (char)(0x80 | (point >> (6 * tails) & 0x3f));
    return out;
}

/* After "\u": one code point, from two units where the first is a high surrogate. */
static enum err read_code_point(struct reader *reader, char **out) {
    int32_t point = read_hex4(reader);
    if (point < 0)
        return fail(reader, ERR_SYNTAX, "bad \\u escape");
    if (point == 0)
        return fail(reader, ERR_SYNTAX, "NUL in a string");
    if (point >= 0xd800 && point <= 0xdbff && reader->end - reader->at >= 2 && reader->at[0] == '\\' && reader->at[1] == 'u') {
        reader->at += 2;
        int32_t low = read_hex4(reader);
        if (low < 0xdc00 || low > 0xdfff)
            return fail(reader, ERR_SYNTAX, "lone surrogate");
        point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
    }
    if (point >= 0xd800 && point <= 0xdfff)
        return fail(reader, ERR_SYNTAX, "lone surrogate");
    *out = put_utf8(*out, point);
    return ERR_NONE;
}

static enum err read_escape(struct reader *reader, char **out) {
    static const char names[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    if (reader->at == reader->end)
        return fail(reader, ERR_SYNTAX, "unfinished string");
    char c = *reader->at++;
    if (c == 'u')
        return read_code_point(reader, out);
    const char *found = memchr(names, c, sizeof(names) - 1);
    if (!found)
        return fail(reader, ERR_SYNTAX, "unknown escape");
    *(*out)++ = meanings[found - names];
    return ERR_NONE;
}

/* Moves to the closing quote; tells whether there are escapes on the way. */
static enum err find_string_end(struct reader *reader, bool *ret_escaped) {
    bool escaped = false;
    for (; reader->at < reader->end && *reader->at != '"'; reader->at++) {
        if ((unsigned char)*reader->at < 0x20)
            return fail(reader, ERR_SYNTAX, "control character in a string");
        if (*reader->at == '\\') {
            escaped = true;
            if (++reader->at == reader->end)
                break;
        }
    }
    if (reader->at == reader->end)
        return fail(reader, ERR_SYNTAX, "unfinished string");
    *ret_escaped = escaped;
    return ERR_NONE;
}

static enum err read_string(struct reader *reader, const char **ret_text, size_t *ret_len) {
    const char *first = ++reader->at;
    bool escaped = false;
    enum err err = find_string_end(reader, &escaped);
    if (err != ERR_NONE)
        return err;
    const char *last = reader->at;
    size_t len = (size_t)(last - first);
    char *text = arena_alloc(reader->arena, len + 1); /* no escape is shorter than what it means */
    if (!text)
        return fail(reader, ERR_MEMORY, "memory");
    char *out = text;
    if (!escaped) {
        memcpy(text, first, len);
        out += len;
    } else {
        for (reader->at = first; reader->at < last;) {
            if (*reader->at != '\\') {
                *out++ = *reader->at++;
                continue;
            }
            reader->at++;
            err = read_escape(reader, &out);
            if (err != ERR_NONE)
                return err;
        }
    }
    reader->at = last + 1;
    *ret_text = text;
    *ret_len = (size_t)(out - text);
    return ERR_NONE;
}

/* ---- numbers and words ---- */

static enum err read_number(struct reader *reader, struct json *value) {
    bool negative = next_is(reader, '-');
    int64_t number = 0;
    reader->at += negative;
    const char *first = reader->at;
    for (; reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9'; reader->at++) {
        int digit = *reader->at - '0';
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, negative ? -digit : digit, &number))
            return fail(reader, ERR_SYNTAX, "number out of range");
    }
    if (reader->at == first || (*first == '0' && reader->at - first > 1))
        return fail(reader, ERR_SYNTAX, "bad number");
    if (next_is(reader, '.') || next_is(reader, 'e') || next_is(reader, 'E'))
        return fail(reader, ERR_SYNTAX, "numbers are whole here");
    value->kind = JSON_INT;
    value->as.number = number;
    return ERR_NONE;
}

static enum err read_word(struct reader *reader, struct json *value) {
    static const struct {
        const char *word;
        size_t len;
        struct json value;
    } words[] = {{"true", 4, {.kind = JSON_BOOL, .as.number = 1}},
                 {"false", 5, {.kind = JSON_BOOL}},
                 {"null", 4, {.kind = JSON_NULL}}};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if ((size_t)(reader->end - reader->at) >= words[i].len && memcmp(reader->at, words[i].word, words[i].len) == 0) {
            reader->at += words[i].len;
            value->kind = words[i].value.kind;
            value->as = words[i].value.as;
            return ERR_NONE;
        }
    }
    return fail(reader, ERR_SYNTAX, "a value is expected");
}

/* ---- containers ---- */

static enum err pend(struct reader *reader, const struct json *value) {
    if (reader->pending_count == reader->pending_size) {
        size_t size = reader->pending_size * 2;
        struct json *grown = realloc(reader->pending_heap, size * sizeof(*grown));
        if (!grown)
            return fail(reader, ERR_MEMORY, "memory");
        if (!reader->pending_heap)
            memcpy(grown, reader->pending, reader->pending_count * sizeof(*grown));
        reader->pending = reader->pending_heap = grown;
        reader->pending_size = size;
    }
    reader->pending[reader->pending_count++] = *value;
    return ERR_NONE;
}

static int compare_keys(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum err check_duplicates(struct reader *reader, const struct json *members, size_t count) {
    bool twice = false;
    if (count <= LOOK_AT_PAIRS_MAX) {
        for (size_t i = 1; i < count && !twice; i++)
            for (size_t k = 0; k < i && !twice; k++)
                twice = strcmp(members[i].key, members[k].key) == 0;
    } else {
        const char **keys = malloc(count * sizeof(*keys));
        if (!keys)
            return fail(reader, ERR_MEMORY, "memory");
        for (size_t i = 0; i < count; i++)
            keys[i] = members[i].key;
        qsort(keys, count, sizeof(*keys), compare_keys);
        for (size_t i = 1; i < count && !twice; i++)
            twice = strcmp(keys[i - 1], keys[i]) == 0;
        free(keys);
    }
    return twice ? fail(reader, ERR_SYNTAX, "duplicate key") : ERR_NONE;
}

/* Moves the values from `first` on out of the pending ones into the closed container. */
static enum err close_container(struct reader *reader, size_t first, struct json *container) {
    size_t count = reader->pending_count - first;
    const struct json *values = reader->pending + first;
    if (container->kind == JSON_OBJECT) {
        enum err err = check_duplicates(reader, values, count);
        if (err != ERR_NONE)
            return err;
    }
    struct json *items = ARENA_ARRAY(reader->arena, count, struct json);
    if (!items)
        return fail(reader, ERR_MEMORY, "memory");
    if (count)
        memcpy(items, values, count * sizeof(*items));
    container->count = (uint32_t)count;
    container->as.items = items;
    reader->pending_count = first;
    return ERR_NONE;
}

static enum err read_value(struct reader *reader, struct json *value);

static enum err read_key(struct reader *reader, struct json *member) {
    size_t len;
    if (!next_is(reader, '"'))
        return fail(reader, ERR_SYNTAX, "a key is expected");
    enum err err = read_string(reader, &member->key, &len);
    if (err != ERR_NONE)
        return err;
    skip_blanks(reader);
    if (!next_is(reader, ':'))
        return fail(reader, ERR_SYNTAX, "':' is expected");
    reader->at++;
    return ERR_NONE;
}

static enum err read_container(struct reader *reader, struct json *container) {
    bool object = *reader->at == '{';
    char close = object ? '}' : ']';
    size_t first = reader->pending_count;
    container->kind = object ? JSON_OBJECT : JSON_ARRAY;
    if (++reader->depth > DEPTH_MAX)
        return fail(reader, ERR_LIMIT, "too deep");
    reader->at++;
    skip_blanks(reader);
    for (bool more = !next_is(reader, close); more; more = !next_is(reader, close)) {
        struct json item = {0};
        enum err err = ERR_NONE;
        skip_blanks(reader);
        if (object)
            err = read_key(reader, &item);
        if (err == ERR_NONE)
            err = read_value(reader, &item);
        if (err == ERR_NONE)
            err = pend(reader, &item);
        if (err != ERR_NONE)
            return err;
        skip_blanks(reader);
        if (next_is(reader, close))
            break;
        if (!next_is(reader, ','))
            return fail(reader, ERR_SYNTAX, object ? "',' or '}' is expected" : "',' or ']' is expected");
        reader->at++;
        skip_blanks(reader);
        if (next_is(reader, close))
            return fail(reader, ERR_SYNTAX, "a value is expected");
    }
    reader->at++;
    reader->depth--;
    return close_container(reader, first, container);
}

static enum err read_value(struct reader *reader, struct json *value) {
    skip_blanks(reader);
    if (reader->at == reader->end)
        return fail(reader, ERR_SYNTAX, "unfinished");
    char c = *reader->at;
    if (c == '{' || c == '[')
        return read_container(reader, value);
    if (c == '-' || (c >= '0' && c <= '9'))
        return read_number(reader, value);
    if (c != '"')
        return read_word(reader, value);
    size_t len = 0;
    enum err err = read_string(reader, &value->as.text, &len);
    value->kind = JSON_STRING;
    value->count = (uint32_t)len;
    return err;
}

enum err json_read(struct arena *arena, const char *text, size_t len, const struct json **ret_value, struct json_error *ret_error) {
    struct json pending[PENDING_FIRST];
    struct reader reader = {.arena = arena, .start = text, .at = text, .end = text + len, .error = ret_error,
                            .pending = pending, .pending_size = PENDING_FIRST};
    if (len > UINT32_MAX)
        return fail(&reader, ERR_LIMIT, "too long");
    if (!text_is_utf8(text, len))
        return fail(&reader, ERR_SYNTAX, "not UTF-8, or NUL");
    struct json *root = ARENA_NEW(arena, struct json);
    enum err err = root ? read_value(&reader, root) : fail(&reader, ERR_MEMORY, "memory");
    if (err == ERR_NONE) {
        skip_blanks(&reader);
        if (reader.at != reader.end)
            err = fail(&reader, ERR_SYNTAX, "text behind the value");
    }
    free(reader.pending_heap);
    if (err == ERR_NONE)
        *ret_value = root;
    return err;
}
