#include "missing.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

typedef int compare_fn(const void *, const void *, void *);

struct sorting {
    unsigned char *spare; /* as large as what is sorted */
    size_t size;
    compare_fn *compare;
    void *ctx;
};

static void merge_sort(const struct sorting *s, unsigned char *base, size_t count) {
    if (count < 2)
        return;
    size_t half = count / 2, left = 0, right = half, size = s->size;
    merge_sort(s, base, half);
    merge_sort(s, base + half * size, count - half);
    for (size_t out = 0; out < count; out++) {
        bool first = right == count || (left < half && s->compare(base + left * size, base + right * size, s->ctx) <= 0);
        memcpy(s->spare + out * size, base + (first ? left++ : right++) * size, size);
    }
    memcpy(base, s->spare, count * size);
}

void qsort_r(void *base, size_t count, size_t size, compare_fn *compare, void *ctx) {
    struct sorting s = {.spare = malloc(count * size + 1), .size = size, .compare = compare, .ctx = ctx};
    if (!s.spare)
        abort(); /* the page shows that memory is short */
    merge_sort(&s, base, count);
    free(s.spare);
}
