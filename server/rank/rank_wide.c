#include "rank_wide.h"

#include "khoacu/base/banned.h"

struct rank_wide rank_wide_of(rank_u128 value) {
    return (struct rank_wide){{(uint64_t)value, (uint64_t)(value >> 64)}};
}

struct rank_wide rank_wide_times(struct rank_wide a, uint64_t b) {
    rank_u128 carry = 0;
    for (int i = 0; i < 4; i++) {
        carry += (rank_u128)a.limbs[i] * b;
        a.limbs[i] = (uint64_t)carry;
        carry >>= 64;
    }
    return a;
}

int rank_wide_compare(const struct rank_wide *a, const struct rank_wide *b) {
    for (int i = 3; i >= 0; i--)
        if (a->limbs[i] != b->limbs[i])
            return a->limbs[i] > b->limbs[i] ? 1 : -1;
    return 0;
}

/* Whether k - 1/2 <= sqrt(a / b), given 4 a. */
static bool reaches(uint64_t k, const struct rank_wide *four_a, const struct rank_wide *b) {
    struct rank_wide square = rank_wide_times(rank_wide_times(*b, 2 * k - 1), 2 * k - 1);
    return rank_wide_compare(&square, four_a) <= 0;
}

int64_t rank_wide_root(struct rank_wide a, struct rank_wide b) {
    struct rank_wide four_a = rank_wide_times(a, 4);
    uint64_t root = 0;
    /* from the highest bit whose square cannot leave the range: the first that is too much is seen before it could */
    uint64_t bit = 1;
    while (bit < (uint64_t)1 << 62 && reaches(bit, &four_a, &b))
        bit <<= 1;
    for (; bit > 0; bit >>= 1)
        if (reaches(root + bit, &four_a, &b))
            root += bit;
    return (int64_t)root;
}

rank_i128 rank_divide(rank_i128 value, rank_i128 divisor) {
    rank_i128 twice = 2 * value + divisor, whole = twice / (2 * divisor);
    return twice % (2 * divisor) < 0 ? whole - 1 : whole;
}
