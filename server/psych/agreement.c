#include "khoacu/psych/agreement.h"

#include <math.h>

#include "khoacu/base/banned.h"

struct psych_agreement psych_agreement(const double *first, const double *second, size_t n, double near) {
    struct psych_agreement out = {.n = n};
    double of = (double)n, mean1 = 0, mean2 = 0, squares1 = 0, squares2 = 0, product = 0, squares = 0, spread = 0;
    size_t exact = 0, close = 0;
    for (size_t i = 0; i < n; i++) {
        double d = first[i] - second[i];
        exact += d == 0;
        close += fabs(d) <= near;
        squares += d * d;
        mean1 += first[i];
        mean2 += second[i];
    }
    mean1 /= of;
    mean2 /= of;
    for (size_t i = 0; i < n; i++) {
        double one = first[i] - mean1, two = second[i] - mean2;
        squares1 += one * one;
        squares2 += two * two;
        product += one * two;
        spread += (one - two) * (one - two);
    }
    out.exact_share = (double)exact / of;
    out.near_share = (double)close / of;
    out.mean_difference = mean1 - mean2;
    out.sd_difference = n > 1 ? sqrt(spread / (of - 1)) : NAN;
    double half = psych_normal_quantile(0.975) * out.sd_difference;
    out.limits = (struct psych_interval){out.mean_difference - half, out.mean_difference + half};
    out.dahlberg = sqrt(squares / (2 * of));
    out.pearson = squares1 > 0 && squares2 > 0 ? product / sqrt(squares1 * squares2) : NAN;
    return out;
}

static double apart(size_t a, size_t b, enum psych_kappa weights) {
    double d = a > b ? (double)(a - b) : (double)(b - a);
    return weights == PSYCH_KAPPA_PLAIN ? d > 0 : weights == PSYCH_KAPPA_LINEAR ? d : d * d;
}

double psych_kappa(const uint16_t *first, const uint16_t *second, size_t n, size_t categories, enum psych_kappa weights) {
    static _Thread_local uint32_t counts[2][PSYCH_CATEGORIES_MAX];
    double seen = 0, chance = 0;
    if (n == 0 || categories < 2 || categories > PSYCH_CATEGORIES_MAX)
        return NAN;
    for (size_t c = 0; c < categories; c++)
        counts[0][c] = counts[1][c] = 0;
    for (size_t i = 0; i < n; i++) {
        if (first[i] >= categories || second[i] >= categories)
            return NAN;
        counts[0][first[i]]++;
        counts[1][second[i]]++;
        seen += apart(first[i], second[i], weights);
    }
    for (size_t a = 0; a < categories; a++)
        for (size_t b = 0; counts[0][a] > 0 && b < categories; b++)
            chance += (double)counts[0][a] * (double)counts[1][b] * apart(a, b, weights);
    return chance > 0 ? 1 - seen * (double)n / chance : NAN;
}

/* Mean squares of the two-way table. */
struct table {
    double n, k, between, within, markers, error;
};

static struct table analyse(const double *marks, size_t n, size_t k) {
    double grand = 0, between = 0, within = 0, markers = 0;
    for (size_t i = 0; i < n * k; i++)
        grand += marks[i];
    grand /= (double)(n * k);
    for (size_t i = 0; i < n; i++) {
        double mean = 0;
        for (size_t j = 0; j < k; j++)
            mean += marks[i * k + j];
        mean /= (double)k;
        between += (mean - grand) * (mean - grand);
        for (size_t j = 0; j < k; j++)
            within += (marks[i * k + j] - mean) * (marks[i * k + j] - mean);
    }
    for (size_t j = 0; j < k; j++) {
        double mean = 0;
        for (size_t i = 0; i < n; i++)
            mean += marks[i * k + j];
        mean /= (double)n;
        markers += (mean - grand) * (mean - grand);
    }
    struct table t = {.n = (double)n, .k = (double)k};
    t.between = t.k * between / (t.n - 1);
    t.within = within / (t.n * (t.k - 1));
    t.markers = t.n * markers / (t.k - 1);
    t.error = (within - t.n * markers) / ((t.n - 1) * (t.k - 1));
    return t;
}

/* Of the single mark and of the mean of k, from one F. */
static void by_f(const struct table *t, double error, double df2, struct psych_icc *single, struct psych_icc *average) {
    double f = t->between / error, df1 = t->n - 1;
    double low = f / psych_f_quantile(0.975, df1, df2), high = f * psych_f_quantile(0.975, df2, df1);
    *single = (struct psych_icc){(t->between - error) / (t->between + (t->k - 1) * error), f, df1, df2, psych_f_tail(f, df1, df2),
                                 {(low - 1) / (low + t->k - 1), (high - 1) / (high + t->k - 1)}};
    *average = (struct psych_icc){(t->between - error) / t->between, f, df1, df2, psych_f_tail(f, df1, df2), {1 - 1 / low, 1 - 1 / high}};
}

/* Markers are a sample too: Shrout and Fleiss's approximate degrees of freedom. */
static void by_sample(const struct table *t, struct psych_icc *single, struct psych_icc *average) {
    double n = t->n, k = t->k, f = t->between / t->error, df2 = (n - 1) * (k - 1), fj = t->markers / t->error;
    double r = (t->between - t->error) / (t->between + (k - 1) * t->error + k * (t->markers - t->error) / n);
    double mean = (t->between - t->error) / (t->between + (t->markers - t->error) / n);
    double part = n * (1 + (k - 1) * r) - k * r;
    double v = (k - 1) * (n - 1) * (k * r * fj + part) * (k * r * fj + part) / ((n - 1) * k * k * r * r * fj * fj + part * part);
    double up = psych_f_quantile(0.975, n - 1, v), down = psych_f_quantile(0.975, v, n - 1), rest = k * t->markers + (k * n - k - n) * t->error;
    double low = n * (t->between - up * t->error) / (up * rest + n * t->between);
    double high = n * (down * t->between - t->error) / (rest + n * down * t->between);
    *single = (struct psych_icc){r, f, n - 1, df2, psych_f_tail(f, n - 1, df2), {low, high}};
    *average = (struct psych_icc){mean, f, n - 1, df2, psych_f_tail(f, n - 1, df2), {low * k / (1 + low * (k - 1)), high * k / (1 + high * (k - 1))}};
}

enum err psych_icc(const double *marks, size_t n, size_t k, struct psych_icc ret_icc[PSYCH_ICC_COUNT]) {
    if (n < 2 || k < 2)
        return ERR_RANGE;
    struct table t = analyse(marks, n, k);
    by_f(&t, t.within, t.n * (t.k - 1), &ret_icc[PSYCH_ICC1], &ret_icc[PSYCH_ICC1K]);
    by_sample(&t, &ret_icc[PSYCH_ICC2], &ret_icc[PSYCH_ICC2K]);
    by_f(&t, t.error, (t.n - 1) * (t.k - 1), &ret_icc[PSYCH_ICC3], &ret_icc[PSYCH_ICC3K]);
    return ERR_NONE;
}
