/* classical.h: classical item analysis: how hard each item was, whether it tells strong from weak candidates, whether a
 * wrong option behaves like a key, and how exactly the whole test measures.
 *
 * The matrix is one form as it was sat: a row a person, a column an item. What is not defined (an item that everybody has
 * right has no correlation) is NAN. Sums run over persons, then items, in the order given.
 *
 *   facility        mean of points / worth
 *   r_total         correlation of the item's points with the total; r_rest: with the total without the item
 *   biserial        r_rest · sqrt(pq) / φ(z_p), for items that are right or wrong
 *   discrimination  facility in the best 27 % less that in the weakest 27 %, ties at the cut in on both sides
 *   alpha           k/(k-1) · (1 − Σ var(item) / var(total)); of right-or-wrong items this is KR-20
 *   lambda6         Guttman's bound by the squared multiple correlations of the standardised items; NAN where the others fix one
 *   sem             sd · sqrt(1 − alpha)
 *
 * Flags point at items for people to look at; none changes a mark. Those that rest on correlations or on rare options
 * are not raised below `persons_min` persons; a 95 % interval stands beside each correlation.
 *
 * Sources: Crocker and Algina, Introduction to Classical and Modern Test Theory, ch. 7 and 14; Guttman 1945.
 * Used by: quality. Uses: base. Threads: any.
 */
#ifndef KHOACU_PSYCH_CLASSICAL_H
#define KHOACU_PSYCH_CLASSICAL_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/psych/distribution.h"

#include <stddef.h>
#include <stdint.h>

#define PSYCH_OPTIONS_MAX 32

enum psych_cell { PSYCH_ANSWERED, PSYCH_OMITTED, PSYCH_NOT_REACHED };
struct psych_responses {
    size_t persons, items;  /* at least 3 and 2 */
    const double *points;   /* persons × items, row by row: what was earned, 0 of an empty answer */
    const double *worth;    /* of each item, above 0 */
    const uint8_t *cells;   /* persons × items, enum psych_cell; NULL: all are answered */
    const uint8_t *choices; /* persons × items: option chosen, from 1; 0: none; NULL: no item has options */
    const uint8_t *options; /* of each item, at most PSYCH_OPTIONS_MAX; 0: it is no choice of one; NULL: as choices */
    const uint32_t *keys;   /* of each item: bit (option − 1) of every option that is right; NULL: as choices */
};

/* X(name, stable key): why an item should be looked at. */
#define PSYCH_FLAG_TABLE(X)                                                                                            \
    X(HARD, "hard")                       /* facility below facility_low */                                            \
    X(EASY, "easy")                       /* facility above facility_high */                                           \
    X(WEAK, "weak")                       /* r_rest below rest_weak */                                                 \
    X(NEGATIVE, "negative")               /* r_rest below 0: suspect */                                                \
    X(OPTION_RISES, "option-rises")       /* a wrong option's r above the key's, or above option_rest */               \
    X(OPTION_UPPER, "option-upper")       /* the best 27 % chose a wrong option more often than the key */             \
    X(OPTION_IDLE, "option-idle")         /* a wrong option that hardly anybody chose */                               \
    X(OMITTED, "omitted")                 /* omit share above omit_share */                                            \
    X(NOT_REACHED, "not-reached")         /* not-reached share above not_reached_share */                              \
    X(LOWERS_ALPHA, "lowers-alpha")       /* alpha rises by more than alpha_rise without it */
enum psych_flag {
#define X(name, key) PSYCH_FLAG_##name,
    PSYCH_FLAG_TABLE(X)
#undef X
        PSYCH_FLAG_COUNT
};
const char *psych_flag_key(enum psych_flag flag);

/* X(name, default, least, most) */
#define PSYCH_THRESHOLD_TABLE(X)                                                                                       \
    X(facility_low, 0.10, 0, 1)                                                                                        \
    X(facility_high, 0.95, 0, 1)                                                                                       \
    X(rest_weak, 0.10, -1, 1)                                                                                          \
    X(option_rest, 0.05, -1, 1)                                                                                        \
    X(option_idle, 0.02, 0, 1)                                                                                         \
    X(omit_share, 0.15, 0, 1)                                                                                          \
    X(not_reached_share, 0.10, 0, 1)                                                                                   \
    X(alpha_rise, 0.005, 0, 1)                                                                                         \
    X(persons_min, 100, 5, 100000)
struct psych_thresholds {
#define X(name, value, least, most) double name;
    PSYCH_THRESHOLD_TABLE(X)
#undef X
};
extern const struct psych_thresholds PSYCH_THRESHOLDS_DEFAULT;

struct psych_option {
    size_t count;
    double share, r_rest, mean_total, upper_share, lower_share;
};
struct psych_item {
    double facility, sd, r_total, r_rest;
    struct psych_interval r_rest_95;
    double biserial, alpha_deleted, discrimination, omit_share, not_reached_share;
    const struct psych_option *options; /* option − 1 */
    size_t option_count;
    unsigned flags; /* bit 1 << enum psych_flag */
};
struct psych_test {
    size_t persons, items;
    double mean, sd, skew, kurtosis; /* kurtosis: above that of the normal distribution */
    double alpha, kr21, lambda6, split_half, sem;
    double upper_cut, lower_cut; /* totals at the edges of the two groups of 27 % */
    size_t upper_count, lower_count;
};

/* `ret_items` has responses->items places; what they point to is in the arena. ERR_RANGE: fewer than 3 persons or 2
 * items, or an item without worth. */
enum err psych_classical(struct arena *arena, const struct psych_responses *responses, const struct psych_thresholds *thresholds,
                         struct psych_test *ret_test, struct psych_item *ret_items) MUST_CHECK;
/* Standard error of measurement at a raw score x of a test of k right-or-wrong items: sqrt(x (k − x) / (k − 1)). */
double psych_sem_at(double x, double k);

#endif
