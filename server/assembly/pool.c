#include "khoacu/assembly/pool.h"

#include "khoacu/assembly/blueprint.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { WHOLE_DIGITS = 6, PLACES = 9, TOPIC_MAX = 120, CODE_MAX = 60 };

/* ---- texts ---- */

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool assembly_decimal_parse(const char *text, int64_t *ret_nano) {
    bool negative = *text == '-';
    int64_t value = 0;
    int whole = 0, places = 0;
    text += negative;
    for (; is_digit(*text) && whole <= WHOLE_DIGITS; text++, whole++)
        value = value * 10 + (*text - '0');
    if (whole == 0 || whole > WHOLE_DIGITS)
        return false;
    if (*text == '.') {
        for (text++; is_digit(*text) && places <= PLACES; text++, places++)
            value = value * 10 + (*text - '0');
        if (places == 0 || places > PLACES)
            return false;
    }
    if (*text)
        return false;
    for (; places < PLACES; places++)
        value *= 10;
    *ret_nano = negative ? -value : value;
    return true;
}

void assembly_decimal_format(int64_t nano, char *out) {
    uint64_t size = nano < 0 ? 0 - (uint64_t)nano : (uint64_t)nano;
    int len = snprintf(out, 24, "%s%llu", nano < 0 ? "-" : "", (unsigned long long)(size / (uint64_t)ASSEMBLY_NANO));
    uint64_t rest = size % (uint64_t)ASSEMBLY_NANO;
    if (rest == 0)
        return;
    out[len++] = '.';
    while (rest > 0) {
        rest *= 10;
        out[len++] = (char)('0' + rest / (uint64_t)ASSEMBLY_NANO);
        rest %= (uint64_t)ASSEMBLY_NANO;
    }
    out[len] = '\0';
}

bool assembly_topic_valid(const char *topic) {
    size_t len = strlen(topic);
    if (len < 1 || len > TOPIC_MAX || topic[0] == '/' || topic[len - 1] == '/' || strstr(topic, "//"))
        return false;
    return strspn(topic, "abcdefghijklmnopqrstuvwxyz0123456789-/") == len;
}

bool assembly_topic_within(const char *topic, const char *above) {
    size_t len = strlen(above);
    return len == 0 || (strncmp(topic, above, len) == 0 && (topic[len] == '\0' || topic[len] == '/'));
}

bool assembly_code_valid(const char *code) {
    size_t len = strlen(code);
    return len >= 1 && len <= CODE_MAX &&
           strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") == len;
}

/* ---- curves ---- */

static double real(int64_t nano) {
    return (double)nano / (double)ASSEMBLY_NANO;
}

static double logistic(double x) {
    return 1.0 / (1.0 + exp(-x));
}

int64_t assembly_item_curve(const struct assembly_item *item, int64_t theta, int64_t scale) {
    double p;
    if (item->calibrated) {
        p = real(item->c) +
            (1.0 - real(item->c)) * logistic(real(scale) * real(item->a) * (real(theta) - real(item->b)));
    } else if (item->facility != ASSEMBLY_UNKNOWN) {
        double facility = fmin(0.99, fmax(0.01, real(item->facility)));
        p = logistic(real(theta) + log(facility / (1.0 - facility)));
    } else {
        return ASSEMBLY_UNKNOWN;
    }
    return llround(p * (double)ASSEMBLY_NANO);
}

int64_t assembly_item_information(const struct assembly_item *item, int64_t theta, int64_t scale) {
    if (!item->calibrated)
        return ASSEMBLY_UNKNOWN;
    double slope = real(scale) * real(item->a), guessing = real(item->c);
    double star = logistic(slope * (real(theta) - real(item->b)));
    double p = guessing + (1.0 - guessing) * star;
    /* (P-c)/(1-c) is the curve without guessing; P = 0 only where its slope is lost too */
    double information = p > 0.0 ? slope * slope * ((1.0 - p) / p) * star * star : 0.0;
    return llround(information * (double)ASSEMBLY_NANO);
}

/* ---- order ---- */

static int by_code(const void *a, const void *b) {
    return strcmp(((const struct assembly_item *)a)->code, ((const struct assembly_item *)b)->code);
}

bool assembly_pool_sort(struct assembly_item *items, size_t count) {
    if (count > 1)
        qsort(items, count, sizeof *items, by_code);
    for (size_t i = 1; i < count; i++)
        if (strcmp(items[i - 1].code, items[i].code) == 0)
            return false;
    return true;
}
