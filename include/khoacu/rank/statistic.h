/* statistic.h: marks made comparable over a field: percentiles of a session, linear and equipercentile normalisation of
 * shifts, standard scores of markers.
 *
 * A sample is every value with the group (session, shift, marker) that it belongs to. All arithmetic is whole numbers of
 * up to 256 bits: square roots are rounded from exact comparisons, so that each result is the true value rounded
 * half up at the stated place, the same on every machine. What a normalisation takes from the field (means, tops,
 * tables) is given as numbers of stated places before it is used: it can be printed, signed and used again as data.
 *
 * Units: values as they come (counts, or hundredths of marks); results in 10^-places; parameters in 10^-9 ("nano").
 * Sources: percentile and its 7 places, NTA's rule; linear form, GATE's; percentile ranks and their inverse, Kolen and
 * Brennan, Test Equating, Scaling, and Linking, ch. 2; standard scores, Korea's marker standardisation.
 * Used by: rank, result, main. Uses: base (err). Threads: any.
 */
#ifndef KHOACU_RANK_STATISTIC_H
#define KHOACU_RANK_STATISTIC_H

#include "khoacu/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RANK_NANO 1000000000
#define RANK_PLACES_MAX 7
/* Beyond, a sum could leave the range: ERR_LIMIT. */
#define RANK_SAMPLE_MAX 20000000
#define RANK_SAMPLE_VALUE_MAX 1000000000

struct rank_sample {
    const int64_t *values;  /* within RANK_SAMPLE_VALUE_MAX of 0 */
    const uint32_t *groups; /* 0 … group_count - 1; NULL: all are one */
    size_t count;
    uint32_t group_count;
};

/* Percent of the own group with a value not above the own one: equals share it. ERR_LIMIT, ERR_MEMORY. */
enum err rank_percentiles(const struct rank_sample *sample, int places, int64_t *ret_results) MUST_CHECK;

/* Mean plus standard deviation (n - 1), and mean of the best thousandth (at least one), of a group. */
struct rank_shift {
    int64_t mean_nano, sd_nano, top_nano;
    size_t count;
};
/* Of each group, and of all together in *ret_all (may be NULL). A group of one has no deviation: ERR_RANGE. */
enum err rank_shifts(const struct rank_sample *sample, struct rank_shift *ret_shifts, struct rank_shift *ret_all) MUST_CHECK;
/* (all.top - all.q) / (own.top - own.q) * (value - own.q) + base, q = mean + sd. What leaves 64 bits ends there. False:
 * own.top is not above own.q. */
bool rank_normalise(const struct rank_shift *own, const struct rank_shift *all, int64_t base_nano, int64_t value, int places,
                    int64_t *ret_result);
/* The same from the four parameters, as a published table states them. */
bool rank_normalise_by(int64_t own_top_nano, int64_t own_q_nano, int64_t all_top_nano, int64_t all_q_nano, int64_t base_nano,
                       int64_t value, int places, int64_t *ret_result);

/* mean + deviation * (value - mean of the own group) / standard deviation (n - 1) of it. Groups of one, or whose values
 * are all equal, have none: ERR_RANGE, with *ret_group (may be NULL). `mean` and `deviation` in 10^-places. */
enum err rank_standard_scores(const struct rank_sample *sample, int64_t mean, int64_t deviation, int places,
                              int64_t *ret_results, uint32_t *ret_group) MUST_CHECK;

/* How often each score 0 … max was reached. */
struct rank_scores {
    const int64_t *counts;
    int64_t max;
};
/* The score of `base` with the percentile rank that `score` has in `own` (uniform within half a point each way). False:
 * one of the two is empty. */
bool rank_equipercentile(const struct rank_scores *own, const struct rank_scores *base, int64_t score, int places,
                         int64_t *ret_result);

#endif
