/* cleanup.h: handles that live within one function close themselves.
 *
 * Used by: every module. Uses: libc. Threads: any.
 */
#ifndef KHOACU_BASE_CLEANUP_H
#define KHOACU_BASE_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* CLEANUP(fn): when the variable leaves its scope, fn(&variable) runs; fn accepts an empty handle. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

static inline void cleanup_fd(int *fd) {
    if (*fd >= 0)
        (void)close(*fd);
}
static inline void cleanup_file(FILE **file) {
    if (*file)
        (void)fclose(*file);
}
static inline void cleanup_free(void *pointer) {
    free(*(void **)pointer);
}

#endif
