/* The limit of the load generator: reads a request and writes constant bytes. One thread.
 *
 *   respond PORT */
#include "khoacu/base/text.h"
#include "khoacu/http/http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

enum { EVENTS = 512 };

static void answer(int epoll_fd, int fd) {
    static const char REPLY[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    char bytes[4096];
    ssize_t got = recv(fd, bytes, sizeof bytes, 0);
    if (got > 0 && memmem(bytes, (size_t)got, "\r\n\r\n", 4)) {
        ssize_t ignored = send(fd, REPLY, sizeof REPLY - 1, MSG_NOSIGNAL);
        (void)ignored;
    } else if (got <= 0) {
        (void)epoll_ctl(epoll_fd, EPOLL_CTL_DEL, fd, NULL);
        (void)close(fd);
    }
}

int main(int argc, char **argv) {
    int64_t port;
    int listen_fd, epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    char why[200];
    if (argc != 2 || !text_parse_int(argv[1], 1, 65535, &port) || http_listen("127.0.0.1", (int)port, "the argument", &listen_fd, why, sizeof why))
        return 2;
    struct epoll_event events[EVENTS], event = {.events = EPOLLIN, .data.fd = listen_fd};
    (void)epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listen_fd, &event);
    for (;;) {
        int count = epoll_wait(epoll_fd, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd != listen_fd) {
                answer(epoll_fd, events[i].data.fd);
                continue;
            }
            event.data.fd = accept4(listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (event.data.fd >= 0)
                (void)epoll_ctl(epoll_fd, EPOLL_CTL_ADD, event.data.fd, &event);
        }
    }
}
