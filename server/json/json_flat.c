#include "json_private.h"

#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

enum { FIELDS_MAX = 32 };

/* What is left to read. */
struct scan {
    const char *at, *end;
};

static void skip_blanks(struct scan *scan) {
    while (scan->at < scan->end && (*scan->at == ' ' || *scan->at == '\n' || *scan->at == '\r' || *scan->at == '\t'))
        scan->at++;
}

static bool take(struct scan *scan, char c) {
    skip_blanks(scan);
    if (scan->at == scan->end || *scan->at != c)
        return false;
    scan->at++;
    return true;
}

static bool take_word(struct scan *scan, const char *word, size_t len) {
    if ((size_t)(scan->end - scan->at) < len || memcmp(scan->at, word, len) != 0)
        return false;
    scan->at += len;
    return true;
}

/* A string of plain ASCII without escapes. */
static bool take_string(struct scan *scan, const char **ret_text, size_t *ret_len) {
    if (!take(scan, '"'))
        return false;
    const char *first = scan->at;
    while (scan->at < scan->end && *scan->at >= 0x20 && *scan->at < 0x7f && *scan->at != '"' && *scan->at != '\\')
        scan->at++;
    if (scan->at == scan->end || *scan->at != '"')
        return false;
    *ret_text = first;
    *ret_len = (size_t)(scan->at++ - first);
    return true;
}

/* A whole number of at most 18 digits. What may not follow it, a fraction or an exponent, the caller finds. */
static bool take_int(struct scan *scan, int64_t *ret_number) {
    bool negative = scan->at < scan->end && *scan->at == '-';
    const char *first = scan->at + negative, *at = first;
    int64_t number = 0;
    for (; at < scan->end && *at >= '0' && *at <= '9' && at - first < 18; at++)
        number = number * 10 + (*at - '0');
    if (at == first || (*first == '0' && (at - first > 1 || negative)))
        return false;
    scan->at = at;
    *ret_number = negative ? -number : number;
    return true;
}

static bool take_value(struct scan *scan, struct arena *arena, const struct json_field *field, char *target) {
    void *place = target + field->offset;
    skip_blanks(scan);
    if (take_word(scan, "null", 4))
        return !field->required;
    if (field->kind == JSON_INT) {
        int64_t number;
        if (!take_int(scan, &number) || number < field->min || number > field->max)
            return false;
        memcpy(place, &number, sizeof number);
        return true;
    }
    if (field->kind == JSON_BOOL) {
        bool truth = take_word(scan, "true", 4);
        if (!truth && !take_word(scan, "false", 5))
            return false;
        memcpy(place, &truth, sizeof truth);
        return true;
    }
    const char *text, *copy;
    size_t len;
    if (field->kind != JSON_STRING || !take_string(scan, &text, &len) || (int64_t)len < field->min || (int64_t)len > field->max)
        return false;
    copy = arena_strndup(arena, text, len);
    memcpy(place, &copy, sizeof copy);
    return copy != NULL;
}

static const struct json_field *take_name(struct scan *scan, const struct json_field *fields, size_t *ret_index) {
    const char *name;
    size_t len;
    if (!take_string(scan, &name, &len) || !take(scan, ':'))
        return NULL;
    for (size_t i = 0; i < FIELDS_MAX && fields[i].name; i++) {
        if (strncmp(fields[i].name, name, len) == 0 && fields[i].name[len] == '\0') {
            *ret_index = i;
            return &fields[i];
        }
    }
    return NULL;
}

bool json_fit_flat(struct arena *arena, const char *text, size_t len, const struct json_field *fields, void *target) {
    struct scan scan = {.at = text, .end = text + len};
    uint32_t seen = 0;
    if (!take(&scan, '{'))
        return false;
    do {
        size_t i;
        const struct json_field *field = take_name(&scan, fields, &i);
        if (!field || (seen & UINT32_C(1) << i) || !take_value(&scan, arena, field, target))
            return false;
        seen |= UINT32_C(1) << i;
    } while (take(&scan, ','));
    if (!take(&scan, '}'))
        return false;
    skip_blanks(&scan);
    if (scan.at != scan.end)
        return false;
    for (size_t i = 0; fields[i].name; i++)
        if (fields[i].required && (i >= FIELDS_MAX || !(seen & UINT32_C(1) << i)))
            return false;
    return true;
}
