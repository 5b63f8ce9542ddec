/* sites.h: halls that stand out: each against all the others together.
 *
 * Means by Welch's interval, shares by Newcombe's. As every site is looked at, the intervals are 1 − 0.05/sites wide
 * (Bonferroni): of a year without anything odd, one report in twenty names a site. A site below `least` values, or
 * without others to compare with, is not judged.
 *
 * Sources: Welch 1947; Newcombe 1998; Spiegelhalter 2005 on comparing institutions.
 * Used by: quality. Uses: base. Threads: any.
 */
#ifndef KHOACU_PSYCH_SITES_H
#define KHOACU_PSYCH_SITES_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/psych/distribution.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct psych_site {
    size_t n;
    double own, rest;               /* mean, or share, here and everywhere else */
    struct psych_interval interval; /* of own − rest */
    bool judged, odd;               /* odd: 0 is outside the interval */
};
/* `groups` are 0 … sites - 1; `ret_sites` has as many places. ERR_RANGE: a group beyond. */
enum err psych_site_means(struct arena *arena, const double *values, const uint32_t *groups, size_t count, size_t sites,
                          size_t least, struct psych_site *ret_sites) MUST_CHECK;
/* The same of yes and no. */
enum err psych_site_shares(struct arena *arena, const bool *values, const uint32_t *groups, size_t count, size_t sites,
                           size_t least, struct psych_site *ret_sites) MUST_CHECK;

#endif
