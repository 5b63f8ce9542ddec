#include "khoacu/rank/statistic.h"

#include "rank_wide.h"

#include <assert.h>
#include <stdlib.h>

#include "khoacu/base/banned.h"

#define TOP_SHARE 1000

static int64_t power_of_ten(int places) {
    int64_t power = 1;
    assert(places >= 0 && places <= 9);
    while (places-- > 0)
        power *= 10;
    return power;
}

/* ---- a sample in order ---- */

struct item {
    int64_t value;
    uint32_t group, place;
};

static uint32_t group_of(const struct rank_sample *sample, size_t i) {
    return sample->groups ? sample->groups[i] : 0;
}

static int compare_items(const void *a, const void *b) {
    const struct item *x = a, *y = b;
    if (x->group != y->group)
        return x->group < y->group ? -1 : 1;
    return x->value == y->value ? 0 : x->value < y->value ? -1 : 1;
}

/* By group, lowest value first; to be freed. ERR_LIMIT: too many, or a value or group out of range. */
static enum err sort_sample(const struct rank_sample *sample, struct item **ret_items) {
    if (sample->count > RANK_SAMPLE_MAX)
        return ERR_LIMIT;
    struct item *items = malloc((sample->count + 1) * sizeof *items);
    if (!items)
        return ERR_MEMORY;
    for (size_t i = 0; i < sample->count; i++) {
        items[i] = (struct item){.value = sample->values[i], .group = group_of(sample, i), .place = (uint32_t)i};
        if (items[i].value < -RANK_SAMPLE_VALUE_MAX || items[i].value > RANK_SAMPLE_VALUE_MAX ||
            (sample->groups && items[i].group >= sample->group_count)) {
            free(items);
            return ERR_LIMIT;
        }
    }
    qsort(items, sample->count, sizeof *items, compare_items);
    *ret_items = items;
    return ERR_NONE;
}

static size_t end_of_group(const struct item *items, size_t count, size_t from) {
    size_t to = from;
    while (to < count && items[to].group == items[from].group)
        to++;
    return to;
}

enum err rank_percentiles(const struct rank_sample *sample, int places, int64_t *ret_results) {
    struct item *items;
    enum err err = sort_sample(sample, &items);
    if (err != ERR_NONE)
        return err;
    int64_t scale = 100 * power_of_ten(places);
    for (size_t from = 0, to; from < sample->count; from = to) {
        to = end_of_group(items, sample->count, from);
        for (size_t at = from, next; at < to; at = next) {
            for (next = at; next < to && items[next].value == items[at].value; next++)
                ;
            int64_t percent = (int64_t)rank_divide((rank_i128)(next - from) * scale, (rank_i128)(to - from));
            for (size_t i = at; i < next; i++)
                ret_results[items[i].place] = percent;
        }
    }
    free(items);
    return ERR_NONE;
}

/* ---- moments ---- */

/* Of sorted items: everything that means and deviations need, exact. */
struct moments {
    uint64_t count;
    rank_i128 sum;
    rank_u128 squares;
};

static void add(struct moments *m, int64_t value) {
    m->count++;
    m->sum += value;
    m->squares += (rank_u128)((rank_i128)value * value);
}

/* n * sum of squares - square of the sum: n (n - 1) times the variance. */
static rank_u128 spread(const struct moments *m) {
    return m->count * m->squares - (rank_u128)(m->sum * m->sum);
}

static int64_t mean_nano(rank_i128 sum, uint64_t count) {
    return (int64_t)rank_divide(sum * RANK_NANO, (rank_i128)count);
}

static int64_t sd_nano(const struct moments *m) {
    struct rank_wide a = rank_wide_times(rank_wide_times(rank_wide_of(spread(m)), RANK_NANO), RANK_NANO);
    return rank_wide_root(a, rank_wide_of((rank_u128)m->count * (m->count - 1)));
}

/* `sorted` lowest first. */
static enum err measure(const struct item *sorted, size_t count, struct rank_shift *ret_shift) {
    struct moments m = {0};
    rank_i128 top = 0;
    size_t best = (count + TOP_SHARE - 1) / TOP_SHARE;
    if (count < 2)
        return ERR_RANGE;
    for (size_t i = 0; i < count; i++)
        add(&m, sorted[i].value);
    for (size_t i = count - best; i < count; i++)
        top += sorted[i].value;
    *ret_shift = (struct rank_shift){
        .mean_nano = mean_nano(m.sum, m.count), .sd_nano = sd_nano(&m), .top_nano = mean_nano(top, best), .count = count};
    return ERR_NONE;
}

static int compare_values(const void *a, const void *b) {
    const struct item *x = a, *y = b;
    return x->value == y->value ? 0 : x->value < y->value ? -1 : 1;
}

enum err rank_shifts(const struct rank_sample *sample, struct rank_shift *ret_shifts, struct rank_shift *ret_all) {
    struct item *items;
    enum err err = sort_sample(sample, &items);
    if (err != ERR_NONE)
        return err;
    for (size_t from = 0, to; err == ERR_NONE && from < sample->count; from = to) {
        to = end_of_group(items, sample->count, from);
        err = measure(items + from, to - from, &ret_shifts[items[from].group]);
    }
    if (err == ERR_NONE && ret_all) {
        qsort(items, sample->count, sizeof *items, compare_values);
        err = measure(items, sample->count, ret_all);
    }
    free(items);
    return err;
}

bool rank_normalise_by(int64_t own_top_nano, int64_t own_q_nano, int64_t all_top_nano, int64_t all_q_nano, int64_t base_nano,
                       int64_t value, int places, int64_t *ret_result) {
    rank_i128 width = (rank_i128)own_top_nano - own_q_nano;
    if (width <= 0)
        return false;
    rank_i128 above = (rank_i128)value * RANK_NANO - own_q_nano;
    /* (all_width * above / width + base) / 10^(9 - places), as one division; widths are below 10^18 nano */
    rank_i128 unit = power_of_ten(9 - places);
    rank_i128 all_width = (rank_i128)all_top_nano - all_q_nano;
    rank_i128 result = rank_divide(all_width * above + width * base_nano, width * unit), most = INT64_MAX;
    *ret_result = (int64_t)(result > most ? most : result < -most ? -most : result);
    return true;
}

bool rank_normalise(const struct rank_shift *own, const struct rank_shift *all, int64_t base_nano, int64_t value, int places,
                    int64_t *ret_result) {
    return rank_normalise_by(own->top_nano, own->mean_nano + own->sd_nano, all->top_nano, all->mean_nano + all->sd_nano,
                             base_nano, value, places, ret_result);
}

/* ---- standard scores ---- */

/* deviation * |value - mean| / sd, rounded half up in its size: sqrt(deviation² d² (n - 1) / (n spread)), d = n value - sum. */
static int64_t distance(const struct moments *m, int64_t value, int64_t deviation, bool *ret_below) {
    rank_i128 d = (rank_i128)m->count * value - m->sum;
    uint64_t size = (uint64_t)(d < 0 ? -d : d), n = m->count;
    struct rank_wide a = rank_wide_times(rank_wide_of((rank_u128)size * size), (uint64_t)deviation);
    a = rank_wide_times(rank_wide_times(a, (uint64_t)deviation), n - 1);
    *ret_below = d < 0;
    return rank_wide_root(a, rank_wide_times(rank_wide_of(spread(m)), n));
}

enum err rank_standard_scores(const struct rank_sample *sample, int64_t mean, int64_t deviation, int places,
                              int64_t *ret_results, uint32_t *ret_group) {
    struct item *items;
    (void)places; /* where assertions are off */
    enum err err = sort_sample(sample, &items);
    if (err != ERR_NONE)
        return err;
    assert(places <= RANK_PLACES_MAX && deviation > 0);
    for (size_t from = 0, to; err == ERR_NONE && from < sample->count; from = to) {
        struct moments m = {0};
        to = end_of_group(items, sample->count, from);
        for (size_t i = from; i < to; i++)
            add(&m, items[i].value);
        if (m.count < 2 || spread(&m) == 0) {
            if (ret_group)
                *ret_group = items[from].group;
            err = ERR_RANGE;
        }
        for (size_t i = from; err == ERR_NONE && i < to; i++) {
            bool below;
            int64_t far = distance(&m, items[i].value, deviation, &below);
            ret_results[items[i].place] = below ? mean - far : mean + far;
        }
    }
    free(items);
    return err;
}

/* ---- equipercentile equating ---- */

static int64_t total_of(const struct rank_scores *scores) {
    int64_t total = 0;
    for (int64_t i = 0; i <= scores->max; i++)
        total += scores->counts[i];
    return total;
}

/* With F the share below a score and f the share on it, the percentile rank of x is F(x) + f(x) / 2. The result is where
 * the base reaches the same rank, each of its scores spread evenly from half a point below to half a point above. */
bool rank_equipercentile(const struct rank_scores *own, const struct rank_scores *base, int64_t score, int places,
                         int64_t *ret_result) {
    int64_t own_total = total_of(own), base_total = total_of(base), below = 0, reached = 0, at = 0;
    if (own_total == 0 || base_total == 0 || score < 0 || score > own->max)
        return false;
    for (int64_t i = 0; i < score; i++)
        below += own->counts[i];
    /* both ranks over the common denominator 2 own_total base_total */
    rank_i128 rank = (rank_i128)(2 * below + own->counts[score]) * base_total;
    if (rank == 0) { /* nobody is as low: the lower end of the scale */
        *ret_result = (int64_t)rank_divide(-(rank_i128)power_of_ten(places), 2);
        return true;
    }
    while (at < base->max && (rank_i128)2 * own_total * (reached + base->counts[at]) <= rank)
        reached += base->counts[at++];
    rank_i128 rest = rank - (rank_i128)2 * own_total * reached, here = (rank_i128)2 * own_total * base->counts[at];
    int64_t scale = power_of_ten(places);
    if (here == 0) /* the rank is that of the very top, and nobody has the highest score */
        *ret_result = (int64_t)rank_divide((rank_i128)(2 * at - 1) * scale, 2);
    else
        *ret_result = (int64_t)rank_divide(((rank_i128)(2 * at - 1) * here + 2 * rest) * scale, 2 * here);
    return true;
}
