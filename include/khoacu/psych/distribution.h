/* distribution.h: quantiles and intervals that the statistics need.
 *
 * Double is enough here: statistics point at something for people to look at, they decide no mark and no place. Every
 * result is computed in a fixed order of operations. Where something is not defined, it is NAN.
 *
 * Sources: the normal quantile, Wichura's algorithm AS 241 (PPND16); the incomplete beta function by its continued
 * fraction (DLMF 8.17.22), its inverse by halving; a share's interval, Wilson 1927; that of the difference of two shares,
 * Newcombe 1998, method 10; that of a correlation, Fisher's z.
 * Used by: psych, quality. Uses: libm. Threads: any.
 */
#ifndef KHOACU_PSYCH_DISTRIBUTION_H
#define KHOACU_PSYCH_DISTRIBUTION_H

#include <stddef.h>

struct psych_interval {
    double low, high; /* NAN both: there is none */
};

/* z with P(Z <= z) = p, 0 < p < 1. */
double psych_normal_quantile(double p);
double psych_normal_density(double z);
/* t with P(T <= t) = p of Student's distribution, 0 < p < 1, df > 0. */
double psych_t_quantile(double p, double df);
/* f with P(F <= f) = p, 0 < p < 1. */
double psych_f_quantile(double p, double df1, double df2);
/* P(F > f). */
double psych_f_tail(double f, double df1, double df2);

/* 95 % of a correlation of n pairs, n > 3. */
struct psych_interval psych_correlation_interval(double r, size_t n);
/* Of hits/n, n > 0, `z` standard errors wide. */
struct psych_interval psych_share_interval(size_t hits, size_t n, double z);
/* Of hits1/n1 - hits2/n2. */
struct psych_interval psych_shares_difference(size_t hits1, size_t n1, size_t hits2, size_t n2, double z);

#endif
