/* clock.h: the one time of the platform, in microseconds since 1970 (UTC).
 *
 * The database's clock rules: clock_adjust fixes "now" to a reading of it, and from there the
 * monotonic clock of this machine carries on, so that a wall clock that is wrong or is stepped
 * moves no deadline. Before the first adjustment the wall clock is used.
 *
 * Used by: every module that asks for the time. Threads: any.
 */
#ifndef KHOACU_BASE_CLOCK_H
#define KHOACU_BASE_CLOCK_H

#include <stdint.h>

/* The platform's time in microseconds since 1970. */
int64_t clock_now_us(void);
/* Monotonic microseconds since the machine started, sleep included, for durations only. */
int64_t clock_mono_us(void);
/* States that the database read `db_us` when the monotonic clock stood at `mono_us`.
 * Returns the step in microseconds by which "now" moved. */
int64_t clock_adjust(int64_t db_us, int64_t mono_us);

#endif
