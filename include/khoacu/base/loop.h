/* loop.h: one thread's event loop over epoll.
 *
 * Sockets, timers and messages from other threads are served in turn by callbacks on the loop's
 * thread. Nothing that blocks may run there. `http` and `db` register their descriptors here;
 * neither knows the other.
 *
 * Used by: db, http, sitting's journal, main. Uses: libc.
 * Threads: loop_post and loop_stop from any thread; everything else from the loop's own.
 */
#ifndef KHOACU_BASE_LOOP_H
#define KHOACU_BASE_LOOP_H

#include "khoacu/base/err.h"

#include <stdint.h>

struct loop;

/* Called with the epoll events that are ready on `fd`. */
typedef void loop_ready_fn(void *ctx, int fd, uint32_t events);
/* Called once per turn after all ready descriptors and messages were served: where a batch that
 * was collected during the turn is sent. Returns the milliseconds it can wait, or -1 for ever. */
typedef int loop_turn_fn(void *ctx);
/* A message posted from another thread. */
typedef void loop_post_fn(void *ctx);

enum err loop_new(struct loop **ret_loop) MUST_CHECK;
void loop_free(struct loop *loop);
/* Watches `fd` for `events` (EPOLLIN, EPOLLOUT, …), or changes what is watched; loop_unwatch ends it. */
enum err loop_watch(struct loop *loop, int fd, uint32_t events, loop_ready_fn *ready, void *ctx) MUST_CHECK;
void loop_unwatch(struct loop *loop, int fd);
/* Declares a watched descriptor urgent, until loop_unwatch; at most 4 are. A callback that has served many others calls
 * loop_serve_urgent, which serves the urgent ones that are ready: so the database never waits for a long row of
 * requests before it gets its next batch. */
void loop_urge(struct loop *loop, int fd);
void loop_serve_urgent(struct loop *loop);
/* Adds a turn callback (at most 16), called in the order of adding. */
enum err loop_on_turn(struct loop *loop, loop_turn_fn *turn, void *ctx) MUST_CHECK;
/* Another turn follows without waiting: for whoever leaves work behind for a turn callback that may have been called
 * already. */
void loop_again(struct loop *loop);
/* Runs `post` on the loop's thread soon. Never fails: memory for it comes with the first call, the
 * process stops when there is none. */
void loop_post(struct loop *loop, loop_post_fn *post, void *ctx);
/* Serves until loop_stop. */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

#endif
