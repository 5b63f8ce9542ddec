/* child.h: another program run as a limited child: time, memory, output, nothing inherited.
 *
 * The child gets an absolute path and arguments (no shell), an environment of LANG=C.UTF-8 and PATH alone, standard
 * input from given bytes, standard output and error into one buffer with a maximum, no other descriptor of ours, a
 * process group of its own, lower priority, no new privileges, no core dump. It dies with the thread that waits for it.
 * Limits of memory, processor time and size of files are the kernel's (setrlimit); the clock and the amount of output
 * are watched here, and who passes them is killed with all that it started.
 *
 * Used by: whoever runs a kept tool (solver, converter). Uses: base. Threads: any; a call blocks until the child is
 * gone.
 */
#ifndef KHOACU_BASE_CHILD_H
#define KHOACU_BASE_CHILD_H

#include "khoacu/base/buf.h"
#include "khoacu/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct child {
    const char *const *argv; /* argv[0]: absolute path; ends with NULL */
    const char *folder;      /* working folder; NULL: "/" */
    const void *input;       /* what it reads from standard input; NULL: nothing */
    size_t input_len;
    int64_t wall_ms;            /* most time by the clock; > 0 */
    int64_t memory_bytes;       /* address space; > 0 */
    int64_t file_bytes;         /* largest file it may write; 0: none at all */
    bool (*keep_on)(void *ctx); /* asked at the start and about every 100 ms; false ends the child; may be NULL */
    void *ctx;
};
enum child_end {
    CHILD_EXITED,  /* by itself: ret->status */
    CHILD_CRASHED, /* by a signal: ret->status; also what the kernel's limits end */
    CHILD_OVER_TIME,
    CHILD_OVER_OUTPUT, /* more than out->max */
    CHILD_STOPPED,     /* keep_on said so */
    CHILD_ABSENT       /* the program is not there or cannot be run */
};
struct child_result {
    enum child_end end;
    int status;
};

/* Runs the program to its end. `out` receives standard output and error, up to its maximum; NULL: they go nowhere.
 * ERR_IO: pipes or processes cannot be made. Why a memory file for input: nothing secret touches the disk, and the
 * child may read at its own pace. */
enum err child_run(const struct child *child, struct buf *out, struct child_result *ret_result) MUST_CHECK;

/* The first of the usual folders (/usr/local/bin, /usr/bin, /bin) that has the program, as a path in `out`. */
bool child_find(const char *program, char *out, size_t size);

#endif
