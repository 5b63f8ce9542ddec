/* Preloaded into a server or into PostgreSQL: bad luck on demand. FAULT_SHIM names a file of three 64-bit numbers that the test
 * writes while we run: microseconds by which the wall clock is wrong; microseconds that a sync of a file takes longer;
 * and n, where every n-th allocation of 256 bytes or more finds no memory (0: none). */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

enum { LARGE = 256 };

static volatile int64_t none[3];
static volatile int64_t *luck = none;
static _Atomic int64_t allocations;

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *at, size_t size);

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("FAULT_SHIM");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    void *shared = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    if (shared != MAP_FAILED)
        luck = shared;
    close(fd);
}

static int fails(size_t size) {
    int64_t every = luck[2];
    return every > 0 && size >= LARGE && atomic_fetch_add(&allocations, 1) % every == every - 1;
}

void *malloc(size_t size) {
    return fails(size) ? (errno = ENOMEM, NULL) : __libc_malloc(size);
}
void *calloc(size_t count, size_t size) {
    return fails(count * size) ? (errno = ENOMEM, NULL) : __libc_calloc(count, size);
}
void *realloc(void *at, size_t size) {
    return fails(size) ? (errno = ENOMEM, NULL) : __libc_realloc(at, size);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && clock == CLOCK_REALTIME)
        now->tv_sec += luck[0] / 1000000;
    return result;
}
time_t time(time_t *out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out)
        *out = now.tv_sec;
    return now.tv_sec;
}
int gettimeofday(struct timeval *now, void *zone) {
    struct timespec precise;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &precise);
    *now = (struct timeval){precise.tv_sec, precise.tv_nsec / 1000};
    return 0;
}

static void take_longer(void) {
    if (luck[1] > 0)
        usleep((useconds_t)luck[1]);
}
int fdatasync(int fd) {
    take_longer();
    return (int)syscall(SYS_fdatasync, fd);
}
int fsync(int fd) {
    take_longer();
    return (int)syscall(SYS_fsync, fd);
}
