#include "khoacu/psych/sites.h"

#include <math.h>

#include "khoacu/base/banned.h"

#define LEVEL 0.05

/* Number, sum and sum of squares about the grand mean. */
struct moments {
    double n, sum, squares;
};

static double mean_of(struct moments m) {
    return m.sum / m.n;
}

static double variance_of(struct moments m) {
    double squares = m.squares - m.sum * m.sum / m.n;
    return squares > 0 ? squares / (m.n - 1) : 0;
}

static double level_of(size_t sites) {
    return 1 - LEVEL / (2 * (double)sites);
}

static bool is_odd(struct psych_interval interval) {
    return interval.low > 0 || interval.high < 0;
}

enum err psych_site_means(struct arena *arena, const double *values, const uint32_t *groups, size_t count, size_t sites,
                          size_t least, struct psych_site *ret_sites) {
    struct moments *own = ARENA_ARRAY(arena, sites, struct moments), all = {0};
    double grand = 0;
    if (!own)
        return ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        if (groups[i] >= sites)
            return ERR_RANGE;
        grand += values[i] / (double)count;
    }
    for (size_t i = 0; i < count; i++) {
        struct moments *of = &own[groups[i]];
        double d = values[i] - grand;
        of->n++;
        of->sum += d;
        of->squares += d * d;
        all.n++;
        all.sum += d;
        all.squares += d * d;
    }
    for (size_t s = 0; s < sites; s++) {
        struct moments rest = {all.n - own[s].n, all.sum - own[s].sum, all.squares - own[s].squares};
        struct psych_site site = {.n = (size_t)own[s].n, .own = grand + mean_of(own[s]), .rest = grand + mean_of(rest), .interval = {NAN, NAN}};
        if (own[s].n >= 2 && rest.n >= 2 && site.n >= least) {
            double here = variance_of(own[s]) / own[s].n, there = variance_of(rest) / rest.n, both = here + there;
            double df = both > 0 ? both * both / (here * here / (own[s].n - 1) + there * there / (rest.n - 1)) : 1;
            double half = both > 0 ? psych_t_quantile(level_of(sites), df) * sqrt(both) : 0;
            site.interval = (struct psych_interval){site.own - site.rest - half, site.own - site.rest + half};
            site.judged = true;
            site.odd = is_odd(site.interval);
        }
        ret_sites[s] = site;
    }
    return ERR_NONE;
}

enum err psych_site_shares(struct arena *arena, const bool *values, const uint32_t *groups, size_t count, size_t sites,
                           size_t least, struct psych_site *ret_sites) {
    size_t *own = ARENA_ARRAY(arena, sites, size_t), *hits = ARENA_ARRAY(arena, sites, size_t), all = 0;
    if (!own || !hits)
        return ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        if (groups[i] >= sites)
            return ERR_RANGE;
        own[groups[i]]++;
        hits[groups[i]] += values[i];
        all += values[i];
    }
    double z = psych_normal_quantile(level_of(sites));
    for (size_t s = 0; s < sites; s++) {
        size_t rest = count - own[s], others = all - hits[s];
        struct psych_site site = {.n = own[s],
                                  .own = (double)hits[s] / (double)own[s],
                                  .rest = (double)others / (double)rest,
                                  .interval = {NAN, NAN}};
        if (own[s] >= 2 && rest >= 2 && own[s] >= least) {
            site.interval = psych_shares_difference(hits[s], own[s], others, rest, z);
            site.judged = true;
            site.odd = is_odd(site.interval);
        }
        ret_sites[s] = site;
    }
    return ERR_NONE;
}
