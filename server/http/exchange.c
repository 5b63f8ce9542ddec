#include "http_private.h"

#include "khoacu/base/clock.h"
#include "khoacu/base/text.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "khoacu/base/banned.h"

static struct http_exchange *exchange_new(struct http_server *server, struct MHD_Connection *connection) {
    struct http_exchange *exchange = server->spare;
    if (exchange) {
        server->spare = exchange->next;
        server->spare_count--;
    } else {
        exchange = calloc(1, sizeof *exchange);
        if (!exchange)
            return NULL;
        arena_init(&exchange->arena, EXCHANGE_ARENA);
        buf_init(&exchange->body, 0);
        buf_init(&exchange->reply.body, REPLY_MAX);
    }
    exchange->server = server;
    exchange->connection = connection;
    exchange->began_us = clock_mono_us();
    exchange->request = (struct http_request){.arena = &exchange->arena, .loop = server->loop, .exchange = exchange,
                                              .received_us = clock_now_us()};
    text_format_id((int64_t)(random_stream_next(&server->ids) >> 1), exchange->request.id);
    return exchange;
}

/* Makes it as new; what a save does not need is given back to the system. */
static void exchange_recycle(struct http_exchange *exchange) {
    struct http_server *server = exchange->server;
    if (server->spare_count == SPARE_EXCHANGES) {
        http_exchange_free(exchange);
        return;
    }
    arena_reset_to(&exchange->arena, SPARE_MOST);
    if (exchange->body.size > SPARE_MOST)
        buf_release(&exchange->body);
    if (exchange->reply.body.size > SPARE_MOST) {
        http_forget_response(exchange);
        buf_release(&exchange->reply.body);
    }
    struct buf body = exchange->body, reply = exchange->reply.body;
    struct arena arena = exchange->arena;
    typeof(exchange->kept) kept = exchange->kept;
    *exchange = (struct http_exchange){.arena = arena, .body = body, .reply.body = reply, .next = server->spare, .kept = kept};
    buf_reset(&exchange->body);
    buf_reset(&exchange->reply.body);
    exchange->reply.body.max = REPLY_MAX;
    server->spare = exchange;
    server->spare_count++;
}

void http_exchange_free(struct http_exchange *exchange) {
    http_forget_response(exchange);
    arena_release(&exchange->arena);
    buf_release(&exchange->body);
    buf_release(&exchange->reply.body);
    free(exchange);
}

static bool read_method(const char *text, enum http_method *ret_method) {
    static const char *const names[HTTP_METHOD_COUNT] = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"};
    for (int i = 0; i < HTTP_METHOD_COUNT; i++) {
        if (strcmp(text, names[i]) == 0) {
            *ret_method = (enum http_method)i;
            return true;
        }
    }
    return false;
}

const char *http_client(const struct http_request *request) {
    struct http_exchange *exchange = request->exchange;
    if (exchange->client[0])
        return exchange->client;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *address = info ? info->client_addr : NULL;
    if (address && address->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr, exchange->client, sizeof exchange->client);
    else if (address && address->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, exchange->client, sizeof exchange->client);
    return exchange->client;
}

static void refuse(struct http_exchange *exchange, int status, const char *code, const char *title) {
    http_problem(&exchange->reply, &exchange->request, status, code, title);
    exchange->state = EXCHANGE_READY;
    exchange->close_after = true; /* what is left of the body is not read */
}

/* The media type before any parameter. */
static bool type_is(const char *header, const char *want) {
    size_t len = strlen(want);
    return header && strncasecmp(header, want, len) == 0 && (header[len] == '\0' || header[len] == ';' || header[len] == ' ');
}

/* Everything that can be refused before the body is read. */
static void judge_head(struct http_exchange *exchange, const char *url, const char *method) {
    struct http_request *request = &exchange->request;
    char allow[64];
    int64_t length = 0;
    const char *length_text = http_header(request, "Content-Length"), *coding = http_header(request, "Transfer-Encoding");
    if (!read_method(method, &request->method)) {
        refuse(exchange, 501, "method-unknown", "This method is not known");
        return;
    }
    switch (http_match(exchange->server, request, url, allow, sizeof allow)) {
    case HTTP_MATCHED:
        break;
    case HTTP_NO_PATH:
        refuse(exchange, 404, "not-found", "Nothing is here");
        return;
    case HTTP_BAD_PATH:
        refuse(exchange, 400, "bad-path", "The address is not well formed");
        return;
    case HTTP_NO_METHOD:
        refuse(exchange, 405, "method-not-allowed", "This address does not take this method");
        http_reply_header(&exchange->reply, "Allow", arena_strdup(&exchange->arena, allow));
        return;
    }
    const struct http_route *route = request->route;
    exchange->body_max = route->body_max;
    exchange->body.max = route->body_max;
    if (length_text && coding)
        refuse(exchange, 400, "two-lengths", "A request has either a length or a transfer coding");
    else if (length_text && !text_parse_int(length_text, 0, INT64_MAX, &length))
        refuse(exchange, 400, "bad-length", "The length of the body is not a number");
    else if ((size_t)length > route->body_max)
        refuse(exchange, 413, "body-too-large", "The body is larger than this address takes");
    else if (route->body_type && (length > 0 || coding) && !type_is(http_header(request, "Content-Type"), route->body_type))
        refuse(exchange, 415, "body-type", "The body has another media type than this address takes");
}

static void suspend(struct http_exchange *exchange) {
    exchange->suspended = true;
    MHD_suspend_connection(exchange->connection);
}

static void resume(struct http_exchange *exchange) {
    exchange->suspended = false;
    exchange->server->resumed = true;
    loop_again(exchange->server->loop);
    MHD_resume_connection(exchange->connection);
}

static void wait_for_finish(struct http_exchange *exchange) {
    exchange->waiting = true;
    exchange->server->waiting++;
}

static void stop_waiting(struct http_exchange *exchange) {
    exchange->waiting = false;
    exchange->server->waiting--;
    exchange->server->resumed = true;
    loop_again(exchange->server->loop);
    if (exchange->ended)
        exchange_recycle(exchange);
}

/* Back on the loop's thread after a worker. */
static void worker_done(void *ctx) {
    struct http_exchange *exchange = ctx;
    exchange->state = EXCHANGE_READY;
    resume(exchange);
}

static void run_on_worker(void *slot, void *job) {
    struct http_exchange *exchange = job;
    const struct http_config *config = &exchange->server->config;
    if (config->dispatch(config->ctx, slot, &exchange->request, &exchange->reply))
        loop_post(exchange->server->loop, worker_done, exchange);
}

static void overload(struct http_exchange *exchange) {
    http_problem(&exchange->reply, &exchange->request, 503, "overload", "The server is busy; try again");
    http_reply_header(&exchange->reply, "Retry-After", "1");
    exchange->state = EXCHANGE_READY;
}

static void start(struct http_exchange *exchange) {
    struct http_server *server = exchange->server;
    struct http_request *request = &exchange->request;
    request->body = exchange->body.data ? exchange->body.data : "";
    request->body_len = exchange->body.len;
    exchange->state = EXCHANGE_RUNNING;
    if (exchange->body.failed) {
        overload(exchange);
        return;
    }
    if (request->route->lane == LANE_LOOP) {
        if (server->config.dispatch(server->config.ctx, NULL, request, &exchange->reply))
            exchange->state = EXCHANGE_READY;
        else if (exchange->state == EXCHANGE_RUNNING && exchange->on_worker)
            suspend(exchange);
        else if (exchange->state == EXCHANGE_RUNNING)
            wait_for_finish(exchange);
        return;
    }
    struct work_pool *pool = request->route->lane == LANE_SLOW ? server->config.slow : server->config.work;
    if (!pool || !work_submit(pool, run_on_worker, exchange))
        overload(exchange);
    else
        suspend(exchange);
}

enum MHD_Result http_access(void *ctx, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
                            const char *upload, size_t *upload_size, void **con_cls) {
    struct http_server *server = ctx;
    struct http_exchange *exchange = *con_cls;
    (void)version;
    if (++server->calls % CALLS_BETWEEN_URGENT == 0)
        loop_serve_urgent(server->loop);
    if (!exchange) {
        exchange = exchange_new(server, connection);
        if (!exchange)
            return MHD_NO;
        *con_cls = exchange;
        http_peer_begins(exchange);
        judge_head(exchange, url, method);
        return exchange->state == EXCHANGE_READY ? http_queue(exchange) : MHD_YES;
    }
    if (*upload_size > 0) {
        if (exchange->state == EXCHANGE_COLLECTING) {
            if (exchange->body.len + *upload_size > exchange->body_max)
                refuse(exchange, 413, "body-too-large", "The body is larger than this address takes");
            else
                buf_add(&exchange->body, upload, *upload_size);
        }
        *upload_size = 0;
        return MHD_YES;
    }
    if (exchange->state == EXCHANGE_COLLECTING)
        start(exchange);
    return exchange->state == EXCHANGE_READY ? http_queue(exchange) : MHD_YES;
}

void http_completed(void *ctx, struct MHD_Connection *connection, void **con_cls, enum MHD_RequestTerminationCode code) {
    struct http_exchange *exchange = *con_cls;
    (void)ctx, (void)connection, (void)code;
    *con_cls = NULL;
    if (exchange)
        http_peer_done(exchange);
    if (exchange && exchange->stream)
        http_stream_gone(exchange);
    if (exchange && exchange->waiting)
        exchange->ended = true;
    else if (exchange)
        exchange_recycle(exchange);
}

void http_finish(struct http_exchange *exchange, struct http_reply *reply) {
    if (reply != &exchange->reply) {
        http_forget_response(exchange);
        buf_release(&exchange->reply.body);
        exchange->reply = *reply;
        buf_init(&reply->body, 0);
    }
    exchange->state = EXCHANGE_READY;
    if (exchange->suspended)
        resume(exchange);
    else if (exchange->waiting)
        stop_waiting(exchange);
}

bool http_retry_on_worker(struct http_exchange *exchange) {
    exchange->on_worker = exchange->server->config.work && work_submit(exchange->server->config.work, run_on_worker, exchange);
    return exchange->on_worker;
}
