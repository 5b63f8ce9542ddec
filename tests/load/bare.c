/* The bare library: libmicrohttpd on our own loop in external mode with the options of server/http, one handler that
 * reads the body and answers 200 without one. A thread a loop.
 *
 *   bare PORT [LOOPS] */
#include "khoacu/base/loop.h"
#include "khoacu/base/text.h"
#include "khoacu/http/http.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "khoacu/base/banned.h"

static struct MHD_Response *empty;

static enum MHD_Result handle(void *ctx, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
                              const char *upload, size_t *upload_size, void **con_cls) {
    static char seen;
    (void)ctx, (void)url, (void)method, (void)version, (void)upload;
    if (!*con_cls) {
        *con_cls = &seen;
        return MHD_YES;
    }
    if (*upload_size > 0) {
        *upload_size = 0;
        return MHD_YES;
    }
    return MHD_queue_response(connection, 200, empty);
}

static void ready(void *ctx, int fd, uint32_t events) {
    (void)fd, (void)events;
    (void)MHD_run(ctx);
}

static int turn(void *ctx) {
    MHD_UNSIGNED_LONG_LONG wait_ms;
    if (MHD_get_timeout(ctx, &wait_ms) == MHD_YES && wait_ms == 0)
        (void)MHD_run(ctx);
    return MHD_get_timeout(ctx, &wait_ms) == MHD_YES ? (int)(wait_ms > 60000 ? 60000 : wait_ms) : -1;
}

static void *serve(void *ctx) {
    int fd = *(const int *)ctx;
    struct loop *loop;
    if (loop_new(&loop))
        exit(2);
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_SUPPRESS_DATE_NO_CLOCK, 0, NULL, NULL, handle, NULL, MHD_OPTION_LISTEN_SOCKET, fd,
                         MHD_OPTION_CONNECTION_LIMIT, 32768u, MHD_OPTION_CONNECTION_TIMEOUT, 75u, MHD_OPTION_END);
    const union MHD_DaemonInfo *info = daemon ? MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
    if (!info || loop_watch(loop, info->epoll_fd, EPOLLIN, ready, daemon) || loop_on_turn(loop, turn, daemon))
        exit(2);
    loop_run(loop);
    return NULL;
}

int main(int argc, char **argv) {
    int64_t port, loops = 1;
    int fd;
    char why[200];
    pthread_t thread;
    if (argc < 2 || !text_parse_int(argv[1], 1, 65535, &port) || (argc > 2 && !text_parse_int(argv[2], 1, 16, &loops)) ||
        http_listen("127.0.0.1", (int)port, "the argument", &fd, why, sizeof why))
        return 2;
    empty = MHD_create_response_from_buffer(0, (void *)(uintptr_t)"", MHD_RESPMEM_PERSISTENT);
    static int fds[16];
    for (int64_t i = 1; i < loops; i++)
        if (http_listen_beside(fd, &fds[i]) || pthread_create(&thread, NULL, serve, &fds[i]) != 0)
            return 2;
    (void)serve(&fd);
    return 2;
}
