/* drift.h: whether a marker changes while he marks: running means and CUSUM of his differences from a yardstick.
 *
 * A difference is his mark − the definitive mark of a seeded script, or − the mean of the others; in order of time. The
 * running mean is over the last `window` differences. The two sums of Page's scheme, in units of `sd` around `target`:
 *
 *     high = max(0, high + z − k)     low = max(0, low − z − k)     z = (difference − target) / sd
 *
 * One of them above h is an alarm; both then begin anew, so that each alarm tells of something new.
 *
 * Sources: Page 1954; h = 4, k = 0.5 find a shift of one sd after about 8 marks and false ones after about 170.
 * Used by: quality. Uses: libm. Threads: any.
 */
#ifndef KHOACU_PSYCH_DRIFT_H
#define KHOACU_PSYCH_DRIFT_H

#include <stdbool.h>
#include <stddef.h>

#define PSYCH_DRIFT_H 4.0
#define PSYCH_DRIFT_K 0.5

struct psych_drift_step {
    double running_mean, high, low; /* sums as they were when an alarm was raised, before they begin anew */
    bool alarm;
};
/* `ret_steps` has `count` places. Returns the number of alarms; none when sd is not above 0. */
size_t psych_drift(const double *differences, size_t count, size_t window, double target, double sd,
                   struct psych_drift_step *ret_steps);

#endif
