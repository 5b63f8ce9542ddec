#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Bytes of the sequence at `at`, or 0 when it is not valid (RFC 3629, section 4). */
static size_t utf8_sequence(const unsigned char *at, size_t len) {
    static const struct {
        unsigned char first_low, first_high, second_low, second_high, size;
    } forms[] = {
        {0x01, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (at[0] < forms[i].first_low || at[0] > forms[i].first_high)
            continue;
        if (forms[i].size > len)
            return 0;
        if (forms[i].size > 1 && (at[1] < forms[i].second_low || at[1] > forms[i].second_high))
            return 0;
        for (size_t k = 2; k < forms[i].size; k++)
            if ((at[k] & 0xc0) != 0x80)
                return 0;
        return forms[i].size;
    }
    return 0;
}

bool text_is_utf8(const char *text, size_t len) {
    const unsigned char *at = (const unsigned char *)text, *end = at + len;
    while (at < end) {
        uint64_t word;
        while (end - at >= 8) { /* eight ASCII bytes at a time, none of them NUL */
            memcpy(&word, at, sizeof(word));
            if ((word | (word - 0x0101010101010101)) & 0x8080808080808080)
                break;
            at += 8;
        }
        if (at == end)
            break;
        size_t size = utf8_sequence(at, (size_t)(end - at));
        if (size == 0)
            return false;
        at += size;
    }
    return true;
}

size_t text_utf8_len(const char *text) {
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

bool text_parse_int(const char *text, int64_t min, int64_t max, int64_t *ret_value) {
    bool negative = *text == '-';
    const char *digits = text + negative;
    if (!is_digit(*digits) || (*digits == '0' && (digits[1] || negative)))
        return false;
    int64_t value = 0;
    for (; is_digit(*digits); digits++) {
        int digit = *digits - '0';
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, negative ? -digit : digit, &value))
            return false;
    }
    if (*digits || value < min || value > max)
        return false;
    *ret_value = value;
    return true;
}

bool text_parse_hundredths(const char *text, int64_t *ret_value) {
    int64_t whole = 0;
    size_t count = 0;
    for (; is_digit(text[count]); count++) {
        if (count == 9)
            return false;
        whole = whole * 10 + (text[count] - '0');
    }
    if (count == 0 || (text[0] == '0' && count > 1))
        return false;
    int64_t part = 0;
    const char *rest = text + count;
    if (*rest == '.' || *rest == ',') {
        if (!is_digit(rest[1]))
            return false;
        part = (rest[1] - '0') * 10;
        rest += 2;
        if (is_digit(*rest))
            part += *rest++ - '0';
    }
    if (*rest)
        return false;
    *ret_value = whole * 100 + part;
    return true;
}

/* Writes `digits` decimal digits without NUL; returns the end. */
static char *put_digits(char *out, uint64_t value, size_t digits) {
    for (size_t i = digits; i-- > 0; value /= 10)
        out[i] = (char)('0' + value % 10);
    return out + digits;
}

void text_format_hundredths(int64_t value, char *out) {
    uint64_t absolute = value < 0 ? -(uint64_t)value : (uint64_t)value, whole = absolute / 100;
    size_t digits = 1;
    for (uint64_t rest = whole; rest >= 10; rest /= 10)
        digits++;
    if (value < 0)
        *out++ = '-';
    out = put_digits(out, whole, digits);
    *out++ = '.';
    out = put_digits(out, absolute % 100, 2);
    *out = '\0';
}

/* Bytes of the blank (ASCII or U+00A0) at `text`, or 0. */
static size_t blank_at(const char *text) {
    if (*text == ' ' || (*text >= '\t' && *text <= '\r'))
        return 1;
    return (unsigned char)text[0] == 0xc2 && (unsigned char)text[1] == 0xa0 ? 2 : 0;
}

char *text_trim(char *text) {
    for (size_t blank; (blank = blank_at(text)) > 0;)
        text += blank;
    size_t len = strlen(text);
    for (;;) {
        if (len >= 1 && blank_at(text + len - 1) == 1)
            len -= 1;
        else if (len >= 2 && blank_at(text + len - 2) == 2)
            len -= 2;
        else
            break;
        text[len] = '\0';
    }
    return text;
}

bool text_same_secret(const void *a, const void *b, size_t len) {
    const volatile unsigned char *left = a, *right = b;
    unsigned char difference = 0;
    for (size_t i = 0; i < len; i++)
        difference |= left[i] ^ right[i];
    return difference == 0;
}
