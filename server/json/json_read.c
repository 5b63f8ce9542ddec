#include "json_private.h"

#include "khoacu/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define DEPTH_MAX 32
#define FEW_MEMBERS 12 /* up to so many, names are compared each with each */

/* A text under reading. Items of open containers wait on a stack until their number is known. */
struct reading {
    struct arena *arena;
    const char *text, *at, *end;
    struct json *stack;
    size_t count, size;
    const char *reason; /* of a refusal */
};

static enum err refuse(struct reading *r, enum err err, const char *reason) {
    r->reason = reason;
    return err;
}

static enum err no_memory(struct reading *r) {
    return refuse(r, ERR_MEMORY, "memory");
}

static void skip_blanks(struct reading *r) {
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t'))
        r->at++;
}

static bool next_is(const struct reading *r, char c) {
    return r->at < r->end && *r->at == c;
}

static enum err push(struct reading *r, const struct json *item) {
    if (r->count == r->size) {
        size_t size = r->size ? 2 * r->size : 64;
        struct json *stack = size <= SIZE_MAX / sizeof *stack ? realloc(r->stack, size * sizeof *stack) : NULL;
        if (!stack)
            return no_memory(r);
        r->stack = stack;
        r->size = size;
    }
    r->stack[r->count++] = *item;
    return ERR_NONE;
}

/* Takes the items above `first` off the stack, as the contents of `container`. */
static enum err settle(struct reading *r, size_t first, struct json *container) {
    size_t count = r->count - first;
    struct json *items = ARENA_ARRAY(r->arena, count, struct json);
    if (!items)
        return no_memory(r);
    if (count > 0)
        memcpy(items, r->stack + first, count * sizeof *items);
    container->count = (uint32_t)count;
    container->as.items = items;
    r->count = first;
    return ERR_NONE;
}

/* ---- strings ---- */

static int hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Four digits behind "\u", or -1. */
static int32_t take_unit(struct reading *r) {
    int32_t unit = 0;
    if (r->end - r->at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(*r->at++);
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

static char *put_code_point(char *out, uint32_t c) {
    if (c < 0x80) {
        *out++ = (char)c;
        return out;
    }
    if (c < 0x800) {
        *out++ = (char)(0xc0 | c >> 6);
    } else {
        if (c < 0x10000) {
            *out++ = (char)(0xe0 | c >> 12);
        } else {
            *out++ = (char)(0xf0 | c >> 18);
            *out++ = (char)(0x80 | (c >> 12 & 0x3f));
        }
        *out++ = (char)(0x80 | (c >> 6 & 0x3f));
    }
    *out++ = (char)(0x80 | (c & 0x3f));
    return out;
}

static enum err take_code_point(struct reading *r, char **out) {
    int32_t unit = take_unit(r), low = 0;
    if (unit < 0)
        return refuse(r, ERR_SYNTAX, "an escape without four digits");
    if (unit == 0)
        return refuse(r, ERR_SYNTAX, "NUL in a string");
    if (unit >= 0xd800 && unit <= 0xdfff) {
        bool paired = unit < 0xdc00 && r->end - r->at >= 6 && r->at[0] == '\\' && r->at[1] == 'u';
        if (paired) {
            r->at += 2;
            low = take_unit(r);
        }
        if (low < 0xdc00 || low > 0xdfff)
            return refuse(r, ERR_SYNTAX, "half of a surrogate pair");
        unit = 0x10000 + (unit - 0xd800) * 0x400 + (low - 0xdc00);
    }
    *out = put_code_point(*out, (uint32_t)unit);
    return ERR_NONE;
}

static enum err take_escape(struct reading *r, char **out) {
    static const char NAMES[] = "\"\\/bfnrt", MEANT[] = "\"\\/\b\f\n\r\t";
    if (r->at == r->end)
        return refuse(r, ERR_SYNTAX, "a string without an end");
    char c = *r->at++;
    if (c == 'u')
        return take_code_point(r, out);
    const char *name = c ? strchr(NAMES, c) : NULL;
    if (!name)
        return refuse(r, ERR_SYNTAX, "an unknown escape");
    *(*out)++ = MEANT[name - NAMES];
    return ERR_NONE;
}

/* What stands between r->at and `last`, the closing quote, with escapes undone: never longer than it was written. */
static enum err unescape(struct reading *r, const char *last, const char **ret_text, size_t *ret_len) {
    char *text = arena_alloc(r->arena, (size_t)(last - r->at) + 1), *out = text;
    if (!text)
        return no_memory(r);
    while (r->at < last) {
        const char *escape = memchr(r->at, '\\', (size_t)(last - r->at));
        size_t plain = (size_t)((escape ? escape : last) - r->at);
        memcpy(out, r->at, plain);
        out += plain;
        r->at += plain;
        if (!escape)
            break;
        r->at++;
        enum err err = take_escape(r, &out);
        if (err != ERR_NONE)
            return err;
    }
    *out = '\0';
    *ret_text = text;
    *ret_len = (size_t)(out - text);
    return ERR_NONE;
}

static enum err take_string(struct reading *r, const char **ret_text, size_t *ret_len) {
    const char *first = ++r->at, *last = first;
    bool escapes = false;
    while (last < r->end && *last != '"' && (unsigned char)*last >= 0x20) {
        bool escape = *last == '\\' && last + 1 < r->end;
        escapes = escapes || *last == '\\';
        last += escape ? 2 : 1;
    }
    if (last >= r->end || *last != '"') {
        r->at = last < r->end ? last : r->end;
        return refuse(r, ERR_SYNTAX, last >= r->end ? "a string without an end" : "a control character in a string");
    }
    if (!text_is_utf8(first, (size_t)(last - first)))
        return refuse(r, ERR_SYNTAX, "not UTF-8");
    if (escapes) {
        enum err err = unescape(r, last, ret_text, ret_len);
        if (err != ERR_NONE)
            return err;
    } else {
        *ret_len = (size_t)(last - first);
        *ret_text = arena_strndup(r->arena, first, *ret_len);
        if (!*ret_text)
            return no_memory(r);
    }
    r->at = last + 1;
    return ERR_NONE;
}

/* ---- other values ---- */

static enum err take_number(struct reading *r, struct json *value) {
    bool negative = next_is(r, '-');
    const char *digits = r->at + negative, *at = digits;
    uint64_t number = 0, most = (uint64_t)INT64_MAX + negative;
    bool over = false;
    for (; at < r->end && *at >= '0' && *at <= '9'; at++) {
        unsigned digit = (unsigned)(*at - '0');
        over = over || number > (most - digit) / 10;
        number = over ? 0 : number * 10 + digit;
    }
    if (at == digits || (*digits == '0' && at - digits > 1))
        return refuse(r, ERR_SYNTAX, "not a number");
    if (at < r->end && (*at == '.' || *at == 'e' || *at == 'E'))
        return refuse(r, ERR_SYNTAX, "numbers are whole here");
    if (over)
        return refuse(r, ERR_SYNTAX, "a number of more than 63 bits");
    r->at = at;
    value->kind = JSON_INT;
    value->as.number = negative ? (int64_t)(0 - number) : (int64_t)number;
    return ERR_NONE;
}

static enum err take_word(struct reading *r, const char *word, enum json_kind kind, int64_t number, struct json *value) {
    size_t len = strlen(word);
    if ((size_t)(r->end - r->at) < len || memcmp(r->at, word, len) != 0)
        return refuse(r, ERR_SYNTAX, "not a value");
    r->at += len;
    value->kind = kind;
    value->as.number = number;
    return ERR_NONE;
}

static int compare_names(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* No two of the members above `first` may have one name. */
static enum err check_names(struct reading *r, size_t first) {
    size_t count = r->count - first;
    bool twice = false;
    if (count < 2)
        return ERR_NONE;
    const struct json *members = r->stack + first;
    if (count <= FEW_MEMBERS) {
        for (size_t i = 1; i < count; i++)
            for (size_t k = 0; k < i; k++)
                twice = twice || strcmp(members[i].key, members[k].key) == 0;
    } else {
        const char **names = malloc(count * sizeof *names);
        if (!names)
            return no_memory(r);
        for (size_t i = 0; i < count; i++)
            names[i] = members[i].key;
        qsort(names, count, sizeof *names, compare_names);
        for (size_t i = 1; i < count; i++)
            twice = twice || strcmp(names[i - 1], names[i]) == 0;
        free(names);
    }
    return twice ? refuse(r, ERR_SYNTAX, "one name twice in an object") : ERR_NONE;
}

static enum err take_value(struct reading *r, int depth, struct json *value);

static enum err take_name(struct reading *r, const char **ret_name) {
    size_t len;
    if (!next_is(r, '"'))
        return refuse(r, ERR_SYNTAX, "a name in quotes is missing");
    enum err err = take_string(r, ret_name, &len);
    if (err != ERR_NONE)
        return err;
    skip_blanks(r);
    if (!next_is(r, ':'))
        return refuse(r, ERR_SYNTAX, "a colon is missing");
    r->at++;
    skip_blanks(r);
    return ERR_NONE;
}

static enum err take_container(struct reading *r, int depth, struct json *value) {
    bool object = *r->at++ == '{', more = false;
    char close = object ? '}' : ']';
    size_t first = r->count;
    if (depth > DEPTH_MAX)
        return refuse(r, ERR_LIMIT, "too deep");
    value->kind = object ? JSON_OBJECT : JSON_ARRAY;
    skip_blanks(r);
    while (more || !next_is(r, close)) {
        struct json item = {0};
        enum err err = object ? take_name(r, &item.key) : ERR_NONE;
        if (err == ERR_NONE)
            err = take_value(r, depth, &item);
        if (err == ERR_NONE)
            err = push(r, &item);
        if (err != ERR_NONE)
            return err;
        skip_blanks(r);
        more = next_is(r, ',');
        if (!more)
            break;
        r->at++;
        skip_blanks(r);
    }
    if (!next_is(r, close))
        return refuse(r, ERR_SYNTAX, object ? "a comma or } is missing" : "a comma or ] is missing");
    r->at++;
    enum err err = object ? check_names(r, first) : ERR_NONE;
    return err == ERR_NONE ? settle(r, first, value) : err;
}

static enum err take_value(struct reading *r, int depth, struct json *value) {
    size_t len = 0;
    enum err err;
    switch (r->at < r->end ? *r->at : '\0') {
    case '{':
    case '[':
        return take_container(r, depth + 1, value);
    case '"':
        err = take_string(r, &value->as.text, &len);
        value->kind = JSON_STRING;
        value->count = (uint32_t)len;
        return err;
    case 't':
        return take_word(r, "true", JSON_BOOL, 1, value);
    case 'f':
        return take_word(r, "false", JSON_BOOL, 0, value);
    case 'n':
        return take_word(r, "null", JSON_NULL, 0, value);
    default:
        return r->at < r->end ? take_number(r, value) : refuse(r, ERR_SYNTAX, "the text ends too early");
    }
}

static enum err take_whole(struct reading *r, struct json *root) {
    skip_blanks(r);
    enum err err = take_value(r, 0, root);
    if (err != ERR_NONE)
        return err;
    skip_blanks(r);
    return r->at == r->end ? ERR_NONE : refuse(r, ERR_SYNTAX, "something follows the value");
}

enum err json_read(struct arena *arena, const char *text, size_t len, const struct json **ret_value, struct json_error *ret_error) {
    text = text ? text : "";
    struct reading r = {.arena = arena, .text = text, .at = text, .end = text + len};
    struct json *root = ARENA_NEW(arena, struct json);
    enum err err = !root ? no_memory(&r) : (uint64_t)len > UINT32_MAX ? refuse(&r, ERR_LIMIT, "too long") : take_whole(&r, root);
    free(r.stack);
    if (err == ERR_NONE) {
        *ret_value = root;
    } else if (ret_error) {
        ret_error->offset = (size_t)(r.at - r.text);
        (void)snprintf(ret_error->reason, sizeof ret_error->reason, "%s", r.reason);
    }
    return err;
}
