#include "khoacu/base/loop.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

enum { EVENTS_PER_TURN = 256, TURNS_MAX = 16, URGENT_MAX = 4, FD_MAX = 1 << 20 };

struct watch {
    loop_ready_fn *ready; /* NULL: not watched */
    void *ctx;
    uint32_t events;
};

struct post {
    loop_post_fn *run;
    void *ctx;
    struct post *next;
};

struct loop {
    int epoll_fd, wake_fd;
    struct watch *watches; /* by descriptor */
    size_t watch_count;
    struct {
        loop_turn_fn *turn;
        void *ctx;
    } turns[TURNS_MAX];
    size_t turn_count;
    bool again; /* the next wait is none */
    struct pollfd urgent[URGENT_MAX];
    size_t urgent_count;
    pthread_mutex_t lock; /* guards posts */
    struct post *first, *last;
    atomic_bool stopping;
};

enum err loop_new(struct loop **ret_loop) {
    struct loop *loop = calloc(1, sizeof *loop);
    if (!loop)
        return ERR_MEMORY;
    loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = loop->wake_fd};
    if (loop->epoll_fd < 0 || loop->wake_fd < 0 || pthread_mutex_init(&loop->lock, NULL) != 0 ||
        epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, loop->wake_fd, &event) != 0) {
        loop_free(loop);
        return ERR_IO;
    }
    *ret_loop = loop;
    return ERR_NONE;
}

void loop_free(struct loop *loop) {
    if (!loop)
        return;
    while (loop->first) {
        struct post *next = loop->first->next;
        free(loop->first);
        loop->first = next;
    }
    if (loop->epoll_fd >= 0)
        (void)close(loop->epoll_fd);
    if (loop->wake_fd >= 0)
        (void)close(loop->wake_fd);
    free(loop->watches);
    free(loop);
}

static enum err make_room(struct loop *loop, int fd) {
    if (fd < 0 || fd >= FD_MAX)
        return ERR_LIMIT;
    if ((size_t)fd < loop->watch_count)
        return ERR_NONE;
    size_t count = (size_t)fd + 64;
    struct watch *grown = reallocarray(loop->watches, count, sizeof *grown);
    if (!grown)
        return ERR_MEMORY;
    for (size_t i = loop->watch_count; i < count; i++)
        grown[i] = (struct watch){0};
    loop->watches = grown;
    loop->watch_count = count;
    return ERR_NONE;
}

enum err loop_watch(struct loop *loop, int fd, uint32_t events, loop_ready_fn *ready, void *ctx) {
    enum err err = make_room(loop, fd);
    if (err)
        return err;
    struct epoll_event event = {.events = events, .data.fd = fd};
    bool watched = loop->watches[fd].ready != NULL;
    if ((!watched || loop->watches[fd].events != events) &&
        epoll_ctl(loop->epoll_fd, watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event) != 0)
        return ERR_IO;
    loop->watches[fd] = (struct watch){.ready = ready, .ctx = ctx, .events = events};
    return ERR_NONE;
}

void loop_unwatch(struct loop *loop, int fd) {
    if (fd < 0 || (size_t)fd >= loop->watch_count || !loop->watches[fd].ready)
        return;
    loop->watches[fd] = (struct watch){0};
    (void)epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
    for (size_t i = 0; i < loop->urgent_count; i++)
        if (loop->urgent[i].fd == fd)
            loop->urgent[i] = loop->urgent[--loop->urgent_count];
}

void loop_urge(struct loop *loop, int fd) {
    for (size_t i = 0; i < loop->urgent_count; i++)
        if (loop->urgent[i].fd == fd)
            return;
    if (loop->urgent_count < URGENT_MAX)
        loop->urgent[loop->urgent_count++] = (struct pollfd){.fd = fd, .events = POLLIN};
}

void loop_serve_urgent(struct loop *loop) {
    struct pollfd found[URGENT_MAX];
    size_t count = loop->urgent_count;
    for (size_t i = 0; i < count; i++)
        found[i] = loop->urgent[i];
    if (count == 0 || poll(found, count, 0) <= 0)
        return;
    for (size_t i = 0; i < count; i++) {
        const struct watch *watch = &loop->watches[found[i].fd];
        if (found[i].revents != 0 && watch->ready)
            watch->ready(watch->ctx, found[i].fd, EPOLLIN);
    }
}

enum err loop_on_turn(struct loop *loop, loop_turn_fn *turn, void *ctx) {
    if (loop->turn_count == TURNS_MAX)
        return ERR_LIMIT;
    loop->turns[loop->turn_count].turn = turn;
    loop->turns[loop->turn_count++].ctx = ctx;
    return ERR_NONE;
}

void loop_again(struct loop *loop) {
    loop->again = true;
}

static void wake(struct loop *loop) {
    uint64_t one = 1;
    ssize_t ignored = write(loop->wake_fd, &one, sizeof one); /* full means that it is awake already */
    (void)ignored;
}

void loop_post(struct loop *loop, loop_post_fn *run, void *ctx) {
    struct post *post = malloc(sizeof *post);
    assert(post);
    *post = (struct post){.run = run, .ctx = ctx};
    pthread_mutex_lock(&loop->lock);
    bool first = loop->first == NULL;
    if (first)
        loop->first = post;
    else
        loop->last->next = post;
    loop->last = post;
    pthread_mutex_unlock(&loop->lock);
    if (first)
        wake(loop);
}

static void run_posts(struct loop *loop) {
    uint64_t count;
    ssize_t ignored = read(loop->wake_fd, &count, sizeof count);
    (void)ignored;
    pthread_mutex_lock(&loop->lock);
    struct post *post = loop->first;
    loop->first = loop->last = NULL;
    pthread_mutex_unlock(&loop->lock);
    while (post) {
        struct post *next = post->next;
        post->run(post->ctx);
        free(post);
        post = next;
    }
}

/* The shortest wait that a turn callback allows, -1 for ever. */
static int run_turns(struct loop *loop) {
    int wait_ms = -1;
    for (size_t i = 0; i < loop->turn_count; i++) {
        int allowed = loop->turns[i].turn(loop->turns[i].ctx);
        if (allowed >= 0 && (wait_ms < 0 || allowed < wait_ms))
            wait_ms = allowed;
    }
    return wait_ms;
}

void loop_run(struct loop *loop) {
    struct epoll_event events[EVENTS_PER_TURN];
    while (!atomic_load_explicit(&loop->stopping, memory_order_relaxed)) {
        loop->again = false;
        int wait_ms = run_turns(loop);
        int ready = epoll_wait(loop->epoll_fd, events, EVENTS_PER_TURN, loop->again ? 0 : wait_ms);
        assert(ready >= 0 || errno == EINTR);
        bool posts = false;
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;
            if (fd == loop->wake_fd)
                posts = true;
            else if ((size_t)fd < loop->watch_count && loop->watches[fd].ready) /* an earlier callback may have ended it */
                loop->watches[fd].ready(loop->watches[fd].ctx, fd, events[i].events);
        }
        if (posts)
            run_posts(loop);
    }
}

void loop_stop(struct loop *loop) {
    atomic_store(&loop->stopping, true);
    wake(loop);
}
