/* severity.h: how generous or severe each marker is, by the additive model mark = script + marker.
 *
 * Least squares with the markers' effects summing to zero. A positive effect is generous: so many points above what the
 * others would have given the same scripts. It can be told only where the plan hangs together: every two markers are
 * joined by a chain of scripts that they share. Where it does not, the groups are named and nothing is computed.
 *
 * Scripts are taken out of the normal equations, so that R markers need an R × R matrix whatever the number of scripts.
 * Standard errors come from the residual variance with (marks − scripts − markers + 1) degrees of freedom.
 *
 * Sources: Searle, Linear Models, ch. 7; connectedness by union-find, Weeks and Williams 1964.
 * Used by: quality. Uses: base. Threads: any.
 */
#ifndef KHOACU_PSYCH_SEVERITY_H
#define KHOACU_PSYCH_SEVERITY_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/psych/distribution.h"

#include <stddef.h>
#include <stdint.h>

#define PSYCH_MARKERS_MAX 1000

struct psych_mark {
    uint32_t script, marker; /* in ascending order of script, at most one mark of each marker */
    double value;
};
struct psych_marker {
    size_t marks;    /* all */
    double raw_mean;
    double effect, se;
    struct psych_interval interval; /* 95 %, of the effect */
    uint32_t group;  /* 0, 1, … markers that are joined by shared scripts */
};
enum psych_severity_verdict {
    PSYCH_SEVERITY_DONE,
    PSYCH_SEVERITY_UNCONNECTED, /* more than one group: effects are not comparable */
    PSYCH_SEVERITY_TOO_FEW      /* no degree of freedom is left for the error */
};
struct psych_severity {
    enum psych_severity_verdict verdict;
    uint32_t groups;
    double residual_sd, df;
};
/* Markers are 0 … markers - 1; `ret_markers` has as many places, of which effect, se and interval are NAN unless DONE.
 * ERR_RANGE: a marker out of range or without a mark, more than PSYCH_MARKERS_MAX of them, or scripts not in ascending order. */
enum err psych_severity(struct arena *arena, const struct psych_mark *marks, size_t count, size_t markers,
                        struct psych_severity *ret_severity, struct psych_marker *ret_markers) MUST_CHECK;

#endif
