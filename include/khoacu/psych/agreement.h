/* agreement.h: how far two or more markers of the same scripts agree.
 *
 * Pairs: share of equal marks and of marks at most `near` apart, mean difference (first − second), limits of agreement
 * (mean ± 1.96 sd), Dahlberg's error sqrt(Σd² / 2n), Pearson's r; kappa over categories 0 … k − 1, where k is the whole
 * scale even when a category was never given. Intraclass correlations of a whole n × k table, single and of the mean of
 * k: (1) every script by other markers, (2) markers are a sample, (3) these markers alone. Rotating pairs want (1).
 *
 * Sources: Bland and Altman 1986; Dahlberg 1940; Cohen 1968; Shrout and Fleiss 1979 (with their intervals).
 * Used by: quality. Uses: base. Threads: any.
 */
#ifndef KHOACU_PSYCH_AGREEMENT_H
#define KHOACU_PSYCH_AGREEMENT_H

#include "khoacu/base/err.h"
#include "khoacu/psych/distribution.h"

#include <stddef.h>
#include <stdint.h>

struct psych_agreement {
    size_t n;
    double exact_share, near_share;
    double mean_difference, sd_difference;
    struct psych_interval limits;
    double dahlberg, pearson;
};
/* n > 0; of a single pair the deviations are NAN. */
struct psych_agreement psych_agreement(const double *first, const double *second, size_t n, double near);

enum psych_kappa { PSYCH_KAPPA_PLAIN, PSYCH_KAPPA_LINEAR, PSYCH_KAPPA_QUADRATIC };
/* Marks as categories below `categories` (at most PSYCH_CATEGORIES_MAX). NAN: no pairs, or no disagreement was
 * possible. */
#define PSYCH_CATEGORIES_MAX 2001
double psych_kappa(const uint16_t *first, const uint16_t *second, size_t n, size_t categories, enum psych_kappa weights);

enum psych_icc_kind { PSYCH_ICC1, PSYCH_ICC2, PSYCH_ICC3, PSYCH_ICC1K, PSYCH_ICC2K, PSYCH_ICC3K, PSYCH_ICC_COUNT };
struct psych_icc {
    double value, f, df1, df2, p;
    struct psych_interval interval; /* 95 % */
};
/* `marks` is n × k, row by row, whole. ERR_RANGE: fewer than 2 scripts or markers. */
enum err psych_icc(const double *marks, size_t n, size_t k, struct psych_icc ret_icc[PSYCH_ICC_COUNT]) MUST_CHECK;

#endif
