/* psych_reference.h: values of established software in KHOACU_TEST_DATA/psychometrics: tables of numbers and flat JSON. */
#ifndef KHOACU_TESTS_PSYCH_REFERENCE_H
#define KHOACU_TESTS_PSYCH_REFERENCE_H

#include "unit.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "khoacu/base/banned.h"

enum { REFERENCE_TEXT = 400000 };

static char *reference_text(const char *name) {
    char path[300];
    const char *folder = getenv("KHOACU_TEST_DATA");
    (void)snprintf(path, sizeof path, "%s/psychometrics/%s", folder ? folder : "/nowhere", name);
    FILE *file = fopen(path, "r");
    if (!file)
        return NULL;
    char *text = calloc(1, REFERENCE_TEXT);
    assert_non_null(text);
    assert_true(fread(text, 1, REFERENCE_TEXT - 1, file) < REFERENCE_TEXT - 1);
    (void)fclose(file);
    return text;
}

/* The rows below the heading, `columns` numbers each; a cell may begin with one letter. NULL: the folder is not there. */
static double *reference_table(const char *name, size_t columns, size_t *ret_rows) {
    char *text = reference_text(name), *at = text ? strchr(text, '\n') : NULL;
    if (!at)
        return NULL;
    double *cells = calloc(strlen(at) / 2 + 1, sizeof *cells);
    assert_non_null(cells);
    size_t count = 0;
    for (at++; *at != '\0'; at += *at != '\0') {
        bool letter = (*at >= 'a' && *at <= 'z') || *at == 'R';
        bool missing = strncmp(at, "NA", 2) == 0;
        cells[count++] = missing ? NAN : strtod(at + letter, &at);
        at += missing ? 2 : 0;
        assert_true(*at == ',' || *at == '\n' || *at == '\0');
    }
    assert_int_equal(count % columns, 0);
    *ret_rows = count / columns;
    free(text);
    return cells;
}

/* The number behind "key": in a JSON text, the n-th behind it when that is a list. */
static double reference_number(const char *text, const char *key, int n) {
    char quoted[80];
    (void)snprintf(quoted, sizeof quoted, "\"%s\":", key);
    const char *at = strstr(text, quoted);
    assert_non_null(at);
    at += strlen(quoted);
    at += strspn(at, " [");
    for (; n > 0; n--)
        at = strchr(at, ',') + 1;
    return strtod(at, NULL);
}

#define NEAR(value, expected, tolerance, what)                                                                         \
    do {                                                                                                               \
        double near_value = (value), near_expected = (expected);                                                       \
        if (!(isnan(near_value) && isnan(near_expected)) && !(fabs(near_value - near_expected) <= (tolerance) * fmax(1, fabs(near_expected))))                         \
            fail_msg("%s: %.12g, not %.12g", (what), near_value, near_expected);                                       \
    } while (0)

#endif
