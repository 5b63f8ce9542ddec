#include "http_private.h"

#include "khoacu/base/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

enum { CONNECTIONS_DEFAULT = 32768, IDLE_DEFAULT_S = 75, REQUEST_MOST_S = 120, BACKLOG = 4096, WAITING_TURN_MS = 5, SWEEP_MS = 1000 };

/* Nothing older than TLS 1.2, and there nothing without forward secrecy. */
#define TLS_PRIORITIES "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:%SERVER_PRECEDENCE"

/* The library must not decode paths: it is done once, strictly, in route.c. */
static size_t leave_as_it_is(void *ctx, struct MHD_Connection *connection, char *text) {
    (void)ctx, (void)connection;
    return strlen(text);
}

static void keep_quiet(void *ctx, const char *format, va_list args) {
    (void)ctx, (void)format, (void)args; /* what clients do wrong is counted, not logged */
}

static void run(struct http_server *server) {
    server->ran = true;
    (void)MHD_run(server->daemon);
}

static void ready(void *ctx, int fd, uint32_t events) {
    struct http_server *server = ctx;
    (void)fd, (void)events;
    run(server);
}

static int turn(void *ctx) {
    struct http_server *server = ctx;
    MHD_UNSIGNED_LONG_LONG timeout_ms;
    while (server->resumed) {
        server->resumed = false;
        run(server);
    }
    http_end_slow_peers(server);
    bool ran = server->ran;
    server->ran = false;
    if (server->waiting > 0) {
        /* the library would run without end for those that wait */
        if (!ran)
            (void)MHD_run(server->daemon);
        http_flush_log(server);
        return WAITING_TURN_MS;
    }
    /* Without a ready descriptor too there may be work: an idle connection to close, a refusal that the library queued by itself. */
    if (MHD_get_timeout(server->daemon, &timeout_ms) == MHD_YES && timeout_ms == 0)
        (void)MHD_run(server->daemon);
    http_flush_log(server);
    int wait_ms = server->oldest ? SWEEP_MS : -1; /* slow peers are looked for */
    if (MHD_get_timeout(server->daemon, &timeout_ms) == MHD_YES && (wait_ms < 0 || timeout_ms < (unsigned)wait_ms))
        wait_ms = (int)timeout_ms;
    return wait_ms;
}

static struct MHD_Daemon *start_daemon(struct http_server *server) {
    const struct http_config *config = &server->config;
    unsigned connections = (unsigned)(config->connections_max ? config->connections_max : CONNECTIONS_DEFAULT);
    unsigned idle_s = (unsigned)(config->idle_timeout_s ? config->idle_timeout_s : IDLE_DEFAULT_S);
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_SUPPRESS_DATE_NO_CLOCK | MHD_USE_ERROR_LOG;
    struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)config->tls_cert},
                                   {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)config->tls_key},
                                   {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)TLS_PRIORITIES},
                                   {MHD_OPTION_END, 0, NULL}};
    if (config->tls_cert)
        flags |= MHD_USE_TLS;
    else
        tls[0] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
    return MHD_start_daemon(flags, 0, NULL, NULL, http_access, server, MHD_OPTION_EXTERNAL_LOGGER, keep_quiet, NULL, MHD_OPTION_LISTEN_SOCKET,
                            server->listen_fd, MHD_OPTION_CONNECTION_LIMIT, connections, MHD_OPTION_CONNECTION_TIMEOUT, idle_s,
                            MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)config->per_address_max, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                            (size_t)CONNECTION_MEMORY, MHD_OPTION_UNESCAPE_CALLBACK, leave_as_it_is, NULL, MHD_OPTION_NOTIFY_COMPLETED,
                            http_completed, server, MHD_OPTION_NOTIFY_CONNECTION, http_connected, server, MHD_OPTION_STRICT_FOR_CLIENT, 1,
                            MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
}

enum err http_server_new(const struct http_config *config, struct loop *loop, int listen_fd, struct http_server **ret_server) {
    struct http_server *server = calloc(1, sizeof *server);
    if (!server)
        return ERR_MEMORY;
    server->config = *config;
    if (server->config.request_most_s == 0)
        server->config.request_most_s = REQUEST_MOST_S;
    server->loop = loop;
    buf_init(&server->log, LOG_BUFFER);
    uint64_t seed;
    random_bytes(&seed, sizeof seed);
    random_stream_init(&server->ids, seed);
    enum err err = http_rules_new(server, config->routes);
    server->listen_fd = err ? -1 : dup(listen_fd); /* the library closes its own when it ends */
    if (!err && server->listen_fd < 0)
        err = ERR_IO;
    if (!err) {
        server->daemon = start_daemon(server);
        err = server->daemon ? ERR_NONE : config->tls_cert ? ERR_CONFIG : ERR_IO;
    }
    if (!err) {
        const union MHD_DaemonInfo *info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
        err = info ? loop_watch(loop, info->epoll_fd, EPOLLIN, ready, server) : ERR_IO;
    }
    if (!err)
        err = loop_on_turn(loop, turn, server);
    if (err)
        http_server_free(server);
    else
        *ret_server = server;
    return err;
}

void http_server_quiesce(struct http_server *server) {
    if (server->quiescing)
        return;
    server->quiescing = true;
    http_streams_end(server);
    int fd = MHD_quiesce_daemon(server->daemon);
    if (fd >= 0) {
        (void)shutdown(fd, SHUT_RDWR); /* whoever comes now is refused at once and can go elsewhere */
        (void)close(fd);
    }
}

size_t http_server_connections(const struct http_server *server) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
    return info ? info->num_connections : 0;
}

void http_server_free(struct http_server *server) {
    if (!server)
        return;
    if (server->daemon) {
        const union MHD_DaemonInfo *info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
        if (info)
            loop_unwatch(server->loop, info->epoll_fd);
        http_streams_end(server);
        if (server->resumed)
            (void)MHD_run(server->daemon); /* it may not stop while a connection is suspended */
        MHD_stop_daemon(server->daemon);
    }
    while (server->spare) {
        struct http_exchange *next = server->spare->next;
        http_exchange_free(server->spare);
        server->spare = next;
    }
    http_flush_log(server);
    buf_release(&server->log);
    free(server->rules);
    free(server);
}

static int listen_at(const struct sockaddr_in *in, bool shared) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), one = 1;
    /* what a peer that does not read can make the kernel keep for it, and the longest write of one turn; 4 MB without it */
    static const int send_buffer = 128 * 1024;
    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (shared)
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof send_buffer);
    if (bind(fd, (const struct sockaddr *)in, sizeof *in) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    int why = errno;
    (void)close(fd);
    errno = why;
    return -1;
}

enum err http_listen(const char *address, int port, const char *named_by, int *ret_fd, char *ret_sentence, size_t sentence_size) {
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    if (inet_pton(AF_INET, address, &in.sin_addr) != 1) {
        snprintf(ret_sentence, sentence_size, "%s is not an IPv4 address. %s takes one, such as 127.0.0.1.", address, named_by);
        return ERR_CONFIG;
    }
    /* a port that may be shared would be shared with another server of ours too: first see that it is free */
    int probe = listen_at(&in, false);
    if (probe >= 0) {
        (void)close(probe);
        *ret_fd = listen_at(&in, true);
        if (*ret_fd >= 0)
            return ERR_NONE;
    }
    int why = errno;
    if (why == EADDRINUSE)
        snprintf(ret_sentence, sentence_size, "Port %d of %s is taken. Stop what uses it (`ss -ltnp` shows it), or name another port by %s.", port, address, named_by);
    else if (why == EACCES)
        snprintf(ret_sentence, sentence_size, "There is no right to use port %d. Name a port above 1023 by %s.", port, named_by);
    else
        snprintf(ret_sentence, sentence_size, "%s:%d cannot be listened on: %s. %s names the address.", address, port, strerror(why), named_by);
    return ERR_IO;
}

enum err http_listen_beside(int listen_fd, int *ret_fd) {
    struct sockaddr_in in;
    socklen_t len = sizeof in;
    if (getsockname(listen_fd, (struct sockaddr *)&in, &len) != 0)
        return ERR_IO;
    *ret_fd = listen_at(&in, true);
    return *ret_fd < 0 ? ERR_IO : ERR_NONE;
}
