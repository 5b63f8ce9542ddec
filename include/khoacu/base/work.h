/* work.h: a bounded pool of threads for work that may block.
 *
 * Each thread has a slot of its own (a leased database connection, say), made by a callback when
 * the thread starts. The queue is bounded: work_submit refuses when it is full, so that an
 * overload becomes an honest 503 and never a hang.
 *
 * Used by: http, main. Uses: libc. Threads: work_submit from any.
 */
#ifndef KHOACU_BASE_WORK_H
#define KHOACU_BASE_WORK_H

#include "khoacu/base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct work_pool;
/* Runs on a pool thread; `slot` is the thread's own. */
typedef void work_fn(void *slot, void *job);

struct work_config {
    size_t threads;   /* 1 .. 256 */
    size_t queue_max; /* jobs waiting beside those running */
    void *(*slot_new)(void *ctx); /* may be NULL; NULL result stops the pool from starting */
    void (*slot_free)(void *slot);
    void *ctx;
};

enum err work_pool_new(const struct work_config *config, struct work_pool **ret_pool) MUST_CHECK;
/* False: the queue is full or the pool is ending; the job was not taken. */
bool work_submit(struct work_pool *pool, work_fn *run, void *job) MUST_CHECK;
/* Jobs that wait. */
size_t work_waiting(struct work_pool *pool);
/* Takes no more jobs, runs those that wait, joins the threads, frees. */
void work_pool_free(struct work_pool *pool);

#endif
