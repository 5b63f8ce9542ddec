#include "khoacu/psych/classical.h"

#include "khoacu/psych/matrix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define GROUP_SHARE 0.27

const struct psych_thresholds PSYCH_THRESHOLDS_DEFAULT = {
#define X(name, value, least, most) .name = value,
    PSYCH_THRESHOLD_TABLE(X)
#undef X
};

const char *psych_flag_key(enum psych_flag flag) {
    static const char *const KEYS[PSYCH_FLAG_COUNT] = {
#define X(name, key) key,
        PSYCH_FLAG_TABLE(X)
#undef X
    };
    return KEYS[flag];
}

double psych_sem_at(double x, double k) {
    return k > 1 && x >= 0 && x <= k ? sqrt(x * (k - x) / (k - 1)) : NAN;
}

/* What all steps share. */
struct work {
    const struct psych_responses *in;
    const struct psych_thresholds *limits;
    struct arena *arena;
    double *totals;     /* by person */
    double *means;      /* by item */
    double *variances;  /* by item, n − 1 */
    double *with_total; /* by item: covariance with the total */
    double mean, variance;
    struct psych_test *test;
};

static double point(const struct work *w, size_t person, size_t item) {
    return w->in->points[person * w->in->items + item];
}

static bool is_upper(const struct work *w, size_t person) {
    return w->totals[person] >= w->test->upper_cut;
}

static bool is_lower(const struct work *w, size_t person) {
    return w->totals[person] <= w->test->lower_cut;
}

static void sum_up(struct work *w) {
    const struct psych_responses *in = w->in;
    double n = (double)in->persons;
    for (size_t i = 0; i < in->persons; i++)
        for (size_t j = 0; j < in->items; j++) {
            w->totals[i] += point(w, i, j);
            w->means[j] += point(w, i, j);
        }
    for (size_t i = 0; i < in->persons; i++)
        w->mean += w->totals[i];
    w->mean /= n;
    for (size_t j = 0; j < in->items; j++)
        w->means[j] /= n;
    for (size_t i = 0; i < in->persons; i++) {
        double total = w->totals[i] - w->mean;
        w->variance += total * total;
        for (size_t j = 0; j < in->items; j++) {
            double own = point(w, i, j) - w->means[j];
            w->variances[j] += own * own;
            w->with_total[j] += own * total;
        }
    }
    w->variance /= n - 1;
    for (size_t j = 0; j < in->items; j++) {
        w->variances[j] /= n - 1;
        w->with_total[j] /= n - 1;
    }
}

static double alpha_of(double items, double item_variances, double variance) {
    return items > 1 && variance > 0 ? items / (items - 1) * (1 - item_variances / variance) : NAN;
}

static double correlation(double covariance, double variance1, double variance2) {
    return variance1 > 0 && variance2 > 0 ? covariance / sqrt(variance1 * variance2) : NAN;
}

static int compare_doubles(const void *a, const void *b) {
    double one = *(const double *)a, two = *(const double *)b;
    return (one > two) - (one < two);
}

static enum err find_groups(struct work *w) {
    size_t n = w->in->persons, k = (size_t)(GROUP_SHARE * (double)n + 0.5);
    double *sorted = ARENA_ARRAY(w->arena, n, double);
    if (!sorted)
        return ERR_MEMORY;
    memcpy(sorted, w->totals, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, compare_doubles);
    if (k == 0)
        k = 1;
    w->test->upper_cut = sorted[n - k];
    w->test->lower_cut = sorted[k - 1];
    for (size_t i = 0; i < n; i++) {
        w->test->upper_count += is_upper(w, i);
        w->test->lower_count += is_lower(w, i);
    }
    return ERR_NONE;
}

/* Halves by odd and even place, stepped up by Spearman and Brown. */
static double split_half(const struct work *w) {
    double n = (double)w->in->persons, sums[2] = {0, 0}, squares[2] = {0, 0}, product = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < w->in->persons; i++) {
            double half[2] = {0, 0};
            for (size_t j = 0; j < w->in->items; j++)
                half[j % 2] += point(w, i, j);
            if (pass == 0) {
                sums[0] += half[0];
                sums[1] += half[1];
                continue;
            }
            double odd = half[0] - sums[0] / n, even = half[1] - sums[1] / n;
            squares[0] += odd * odd;
            squares[1] += even * even;
            product += odd * even;
        }
    double r = correlation(product, squares[0], squares[1]);
    return 2 * r / (1 + r);
}

/* Of standardised items: 1 − Σ e² / Σ correlations, where e² is what the regression of an item on the others leaves. */
static enum err lambda6(const struct work *w, double *ret_lambda6) {
    size_t k = w->in->items;
    double *r = ARENA_ARRAY(w->arena, k * k, double), sum = 0, left = 0;
    bool varied = true;
    if (!r)
        return ERR_MEMORY;
    for (size_t i = 0; i < w->in->persons; i++)
        for (size_t j = 0; j < k; j++) {
            double own = point(w, i, j) - w->means[j];
            for (size_t l = 0; own != 0 && l <= j; l++)
                r[j * k + l] += own * (point(w, i, l) - w->means[l]);
        }
    for (size_t j = 0; j < k; j++) {
        varied = varied && w->variances[j] > 0;
        for (size_t l = 0; varied && l <= j; l++) {
            r[j * k + l] /= ((double)w->in->persons - 1) * sqrt(w->variances[j] * w->variances[l]);
            r[l * k + j] = r[j * k + l];
            sum += l < j ? 2 * r[j * k + l] : r[j * k + l];
        }
    }
    bool inverted = varied && sum > 0 && psych_matrix_invert(r, k);
    for (size_t j = 0; inverted && j < k; j++)
        left += 1 / r[j * k + j];
    *ret_lambda6 = inverted ? 1 - left / sum : NAN;
    return ERR_NONE;
}

static enum err describe_test(struct work *w) {
    struct psych_test *test = w->test;
    double n = (double)w->in->persons, k = (double)w->in->items, cubes = 0, fourths = 0, variances = 0;
    bool plain = true; /* every item is worth 1 */
    for (size_t i = 0; i < w->in->persons; i++) {
        double d = w->totals[i] - w->mean;
        cubes += d * d * d;
        fourths += d * d * d * d;
    }
    for (size_t j = 0; j < w->in->items; j++) {
        variances += w->variances[j];
        plain = plain && w->in->worth[j] == 1;
    }
    test->mean = w->mean;
    test->sd = sqrt(w->variance);
    double square = w->variance * (n - 1) / n;
    test->skew = square > 0 ? cubes / n / (square * sqrt(square)) : NAN;
    test->kurtosis = square > 0 ? fourths / n / (square * square) - 3 : NAN;
    test->alpha = alpha_of(k, variances, w->variance);
    test->kr21 = plain && square > 0 ? k / (k - 1) * (1 - w->mean * (k - w->mean) / (k * square)) : NAN;
    test->split_half = split_half(w);
    test->sem = test->alpha <= 1 ? test->sd * sqrt(1 - test->alpha) : NAN;
    return lambda6(w, &test->lambda6);
}

static void count_cells(const struct work *w, size_t item, struct psych_item *ret) {
    size_t omitted = 0, not_reached = 0;
    double upper = 0, lower = 0;
    for (size_t i = 0; i < w->in->persons; i++) {
        uint8_t cell = w->in->cells ? w->in->cells[i * w->in->items + item] : PSYCH_ANSWERED;
        omitted += cell == PSYCH_OMITTED;
        not_reached += cell == PSYCH_NOT_REACHED;
        upper += is_upper(w, i) ? point(w, i, item) : 0;
        lower += is_lower(w, i) ? point(w, i, item) : 0;
    }
    ret->omit_share = (double)omitted / (double)w->in->persons;
    ret->not_reached_share = (double)not_reached / (double)w->in->persons;
    ret->discrimination = (upper / (double)w->test->upper_count - lower / (double)w->test->lower_count) / w->in->worth[item];
}

static enum err describe_options(const struct work *w, size_t item, double rest_variance, struct psych_item *ret) {
    size_t count = w->in->choices && w->in->options ? w->in->options[item] : 0;
    struct psych_option *options = ARENA_ARRAY(w->arena, count, struct psych_option);
    if (!options || count > PSYCH_OPTIONS_MAX)
        return options ? ERR_RANGE : ERR_MEMORY;
    double n = (double)w->in->persons, rest_mean = w->mean - w->means[item], rests[PSYCH_OPTIONS_MAX] = {0};
    for (size_t i = 0; i < w->in->persons; i++) {
        uint8_t choice = w->in->choices ? w->in->choices[i * w->in->items + item] : 0;
        if (choice == 0 || choice > count)
            continue;
        struct psych_option *option = &options[choice - 1];
        option->count++;
        option->mean_total += w->totals[i];
        option->upper_share += is_upper(w, i);
        option->lower_share += is_lower(w, i);
        rests[choice - 1] += w->totals[i] - point(w, i, item) - rest_mean;
    }
    for (size_t o = 0; o < count; o++) {
        double p = (double)options[o].count / n;
        options[o].share = p;
        options[o].mean_total = options[o].count > 0 ? options[o].mean_total / (double)options[o].count : NAN;
        options[o].upper_share /= (double)w->test->upper_count;
        options[o].lower_share /= (double)w->test->lower_count;
        options[o].r_rest = correlation(rests[o] / (n - 1), p * (1 - p) * n / (n - 1), rest_variance);
    }
    ret->options = options;
    ret->option_count = count;
    return ERR_NONE;
}

static unsigned option_flags(const struct work *w, size_t item, const struct psych_item *of) {
    double key_r = -2, key_upper = 0;
    unsigned flags = 0;
    for (size_t o = 0; o < of->option_count; o++)
        if (w->in->keys && w->in->keys[item] >> o & 1) {
            key_r = of->options[o].r_rest > key_r ? of->options[o].r_rest : key_r;
            key_upper = of->options[o].upper_share > key_upper ? of->options[o].upper_share : key_upper;
        }
    for (size_t o = 0; o < of->option_count && w->in->keys; o++) {
        const struct psych_option *option = &of->options[o];
        if (w->in->keys[item] >> o & 1)
            continue;
        if (option->r_rest > w->limits->option_rest || (key_r >= -1 && option->r_rest > key_r))
            flags |= 1u << PSYCH_FLAG_OPTION_RISES;
        if (option->upper_share > key_upper)
            flags |= 1u << PSYCH_FLAG_OPTION_UPPER;
        if (option->share < w->limits->option_idle)
            flags |= 1u << PSYCH_FLAG_OPTION_IDLE;
    }
    return flags;
}

static unsigned flags_of(const struct work *w, size_t item, const struct psych_item *of) {
    const struct psych_thresholds *limits = w->limits;
    unsigned flags = 0;
    flags |= (unsigned)(of->facility < limits->facility_low) << PSYCH_FLAG_HARD;
    flags |= (unsigned)(of->facility > limits->facility_high) << PSYCH_FLAG_EASY;
    flags |= (unsigned)(of->omit_share > limits->omit_share) << PSYCH_FLAG_OMITTED;
    flags |= (unsigned)(of->not_reached_share > limits->not_reached_share) << PSYCH_FLAG_NOT_REACHED;
    if ((double)w->in->persons < limits->persons_min)
        return flags;
    flags |= (unsigned)(of->r_rest < limits->rest_weak) << PSYCH_FLAG_WEAK;
    flags |= (unsigned)(of->r_rest < 0) << PSYCH_FLAG_NEGATIVE;
    flags |= (unsigned)(of->alpha_deleted > w->test->alpha + limits->alpha_rise) << PSYCH_FLAG_LOWERS_ALPHA;
    return flags | option_flags(w, item, of);
}

static enum err describe_item(const struct work *w, size_t item, double variances, struct psych_item *ret) {
    double own = w->variances[item], shared = w->with_total[item];
    double rest = w->variance - 2 * shared + own; /* variance of the total without the item */
    *ret = (struct psych_item){.facility = w->means[item] / w->in->worth[item],
                               .sd = sqrt(own),
                               .r_total = correlation(shared, own, w->variance),
                               .r_rest = correlation(shared - own, own, rest),
                               .alpha_deleted = alpha_of((double)w->in->items - 1, variances - own, rest)};
    double p = ret->facility;
    ret->r_rest_95 = psych_correlation_interval(ret->r_rest, w->in->persons);
    ret->biserial = p > 0 && p < 1 ? ret->r_rest * sqrt(p * (1 - p)) / psych_normal_density(psych_normal_quantile(p)) : NAN;
    count_cells(w, item, ret);
    enum err err = describe_options(w, item, rest, ret);
    if (err == ERR_NONE)
        ret->flags = flags_of(w, item, ret);
    return err;
}

enum err psych_classical(struct arena *arena, const struct psych_responses *responses, const struct psych_thresholds *thresholds,
                         struct psych_test *ret_test, struct psych_item *ret_items) {
    struct psych_test test = {.persons = responses->persons, .items = responses->items};
    struct work w = {.in = responses, .limits = thresholds, .arena = arena, .test = &test};
    if (responses->persons < 3 || responses->items < 2)
        return ERR_RANGE;
    for (size_t j = 0; j < responses->items; j++)
        if (!(responses->worth[j] > 0))
            return ERR_RANGE;
    w.totals = ARENA_ARRAY(arena, responses->persons, double);
    w.means = ARENA_ARRAY(arena, responses->items, double);
    w.variances = ARENA_ARRAY(arena, responses->items, double);
    w.with_total = ARENA_ARRAY(arena, responses->items, double);
    if (!w.totals || !w.means || !w.variances || !w.with_total)
        return ERR_MEMORY;
    sum_up(&w);
    enum err err = find_groups(&w);
    if (err == ERR_NONE)
        err = describe_test(&w);
    double variances = 0;
    for (size_t j = 0; j < responses->items; j++)
        variances += w.variances[j];
    for (size_t j = 0; err == ERR_NONE && j < responses->items; j++)
        err = describe_item(&w, j, variances, &ret_items[j]);
    if (err == ERR_NONE)
        *ret_test = test;
    return err;
}
