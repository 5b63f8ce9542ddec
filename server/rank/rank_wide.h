/* rank_wide.h: products of up to 256 bits, for comparisons that decide a rounding. Used by: rank alone. */
#ifndef KHOACU_RANK_WIDE_H
#define KHOACU_RANK_WIDE_H

#include <stdbool.h>
#include <stdint.h>

typedef unsigned __int128 rank_u128;
typedef __int128 rank_i128;

struct rank_wide {
    uint64_t limbs[4]; /* least first */
};

struct rank_wide rank_wide_of(rank_u128 value);
/* Requires: the product is below 2^256. */
struct rank_wide rank_wide_times(struct rank_wide a, uint64_t b);
int rank_wide_compare(const struct rank_wide *a, const struct rank_wide *b);

/* sqrt(a / b), rounded half up. Requires: b > 0, 4 a below 2^256, the root below 2^63. */
int64_t rank_wide_root(struct rank_wide a, struct rank_wide b);

/* value / divisor rounded half up (towards plus infinity at the half). Requires: divisor > 0. */
rank_i128 rank_divide(rank_i128 value, rank_i128 divisor);

#endif
