/* Connections, and their end when a request takes too long: an attacker that sends or reads byte by byte is never idle. */
#include "http_private.h"

#include "khoacu/base/clock.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "khoacu/base/banned.h"

static void unlink_peer(struct http_server *server, struct http_peer *peer) {
    *(peer->older ? &peer->older->newer : &server->oldest) = peer->newer;
    *(peer->newer ? &peer->newer->older : &server->newest) = peer->older;
}

static void append_peer(struct http_server *server, struct http_peer *peer) {
    peer->older = server->newest;
    peer->newer = NULL;
    *(peer->older ? &peer->older->newer : &server->oldest) = peer;
    server->newest = peer;
}

void http_connected(void *ctx, struct MHD_Connection *connection, void **socket_context, enum MHD_ConnectionNotificationCode code) {
    struct http_server *server = ctx;
    struct http_peer *peer = *socket_context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        peer = calloc(1, sizeof *peer);
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        if (!peer || !info) {
            free(peer);
            return;
        }
        *peer = (struct http_peer){.fd = info->connect_fd, .done_us = clock_mono_us()};
        append_peer(server, peer);
        server->peer_count++;
        *socket_context = peer;
    } else if (peer) {
        *socket_context = NULL;
        unlink_peer(server, peer);
        server->peer_count--;
        free(peer);
    }
}

void http_peer_begins(struct http_exchange *exchange) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    exchange->peer = info ? info->socket_context : NULL;
    if (exchange->peer)
        exchange->peer->exchange = exchange;
}

void http_peer_done(struct http_exchange *exchange) {
    struct http_peer *peer = exchange->peer;
    if (!peer)
        return;
    peer->exchange = NULL;
    peer->done_us = clock_mono_us();
}

/* What we ourselves take long for is not the peer's fault. */
static bool is_ours(const struct http_peer *peer) {
    return peer->exchange && (peer->exchange->state == EXCHANGE_RUNNING || peer->exchange->endless);
}

void http_end_slow_peers(struct http_server *server) {
    int64_t now_us = clock_mono_us(), most_us = server->config.request_most_s * INT64_C(1000000);
    if (now_us < server->swept_us + 1000000)
        return;
    server->swept_us = now_us;
    size_t count = server->peer_count < PEERS_SWEPT ? server->peer_count : PEERS_SWEPT;
    for (size_t i = 0; i < count; i++) {
        struct http_peer *peer = server->oldest;
        if (now_us - peer->done_us > most_us) {
            if (!is_ours(peer))
                (void)shutdown(peer->fd, SHUT_RDWR); /* the library finds it ended and takes it down */
            peer->done_us = now_us;
        }
        unlink_peer(server, peer);
        append_peer(server, peer);
    }
}

void http_server_end_idle(struct http_server *server) {
    for (struct http_peer *peer = server->oldest; peer; peer = peer->newer)
        if (!peer->exchange)
            (void)shutdown(peer->fd, SHUT_RDWR);
}
