#include "khoacu/base/clock.h"

#include <assert.h>
#include <stdatomic.h>
#include <time.h>

#include "khoacu/base/banned.h"

#define NOT_ADJUSTED INT64_MIN

/* Platform time minus monotonic time. */
static _Atomic int64_t offset_us = NOT_ADJUSTED;

static int64_t read_us(clockid_t clock) {
    struct timespec now;
    int result = clock_gettime(clock, &now);
    assert(result == 0);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_mono_us(void) {
    return read_us(CLOCK_BOOTTIME); /* goes on while the machine sleeps */
}

int64_t clock_now_us(void) {
    int64_t offset = atomic_load_explicit(&offset_us, memory_order_relaxed);
    return offset == NOT_ADJUSTED ? read_us(CLOCK_REALTIME) : clock_mono_us() + offset;
}

int64_t clock_adjust(int64_t db_us, int64_t mono_us) {
    int64_t offset = db_us - mono_us;
    int64_t before = atomic_exchange(&offset_us, offset);
    if (before == NOT_ADJUSTED)
        before = read_us(CLOCK_REALTIME) - clock_mono_us();
    return offset - before;
}
