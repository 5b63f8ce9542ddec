#include "http_private.h"

#include "khoacu/base/clock.h"
#include "khoacu/base/log.h"
#include "khoacu/base/text.h"
#include "khoacu/json/json.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

#define PAGE_POLICY                                                                                                    \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; font-src 'self'; " \
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'"
/* Of a worker's script, whose policy is its own: it may compile what it fetches from here, and the page may not. */
#define WORKER_POLICY "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; frame-ancestors 'none'"
/* Of the worker that keeps the candidate's pages: it fetches them, and nothing else. */
#define SHELL_POLICY "default-src 'none'; connect-src 'self'; frame-ancestors 'none'"
#define DATA_POLICY "default-src 'none'; frame-ancestors 'none'"

void http_reply_header(struct http_reply *reply, const char *name, const char *value) {
    assert(reply->header_count < sizeof reply->headers / sizeof reply->headers[0]);
    reply->headers[reply->header_count].name = name;
    reply->headers[reply->header_count++].value = value;
}

void http_problem(struct http_reply *reply, const struct http_request *request, int status, const char *code, const char *title) {
    char type[96];
    struct json_writer w;
    buf_reset(&reply->body);
    reply->body.max = REPLY_MAX;
    reply->fixed = NULL;
    reply->status = status;
    reply->type = "application/problem+json";
    snprintf(type, sizeof type, "urn:khoacu:problem:%.60s", code);
    json_writer_init(&w, &reply->body);
    json_open_object(&w);
    json_member_text(&w, "type", type);
    json_member_text(&w, "title", title);
    json_member_int(&w, "status", status);
    json_member_text(&w, "code", code);
    json_member_text(&w, "request_id", request->id);
    json_close_object(&w);
}

static const char *date_header(struct http_server *server) {
    int64_t now_us = clock_now_us();
    if (now_us / 1000000 != server->date_s) {
        time_t now_s = (time_t)(now_us / 1000000);
        struct tm tm;
        server->date_s = now_us / 1000000;
        (void)strftime(server->date, sizeof server->date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&now_s, &tm));
    }
    return server->date;
}

static bool has_header(const struct http_reply *reply, const char *name) {
    for (size_t i = 0; i < reply->header_count; i++) {
        if (strcmp(reply->headers[i].name, name) == 0)
            return true;
    }
    return false;
}

static const char *policy_of(const struct http_exchange *exchange, bool page) {
    const char *path = exchange->request.path;
    size_t len = path ? strlen(path) : 0;
    bool worker = len > 10 && strcmp(path + len - 10, ".worker.js") == 0;
    bool shell = path && strcmp(path, "/thi/shell.worker.js") == 0;
    return page ? PAGE_POLICY : shell ? SHELL_POLICY : worker ? WORKER_POLICY : DATA_POLICY;
}

static void add_headers(struct http_exchange *exchange, struct MHD_Response *response) {
    struct http_reply *reply = &exchange->reply;
    bool page = reply->type && strncmp(reply->type, "text/html", 9) == 0;
    (void)MHD_add_response_header(response, "Date", date_header(exchange->server));
    if (reply->type)
        (void)MHD_add_response_header(response, "Content-Type", reply->type);
    for (size_t i = 0; i < reply->header_count; i++)
        (void)MHD_add_response_header(response, reply->headers[i].name, reply->headers[i].value);
    if (!has_header(reply, "Cache-Control"))
        (void)MHD_add_response_header(response, "Cache-Control", "no-store");
    (void)MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    (void)MHD_add_response_header(response, "Content-Security-Policy", policy_of(exchange, page));
    (void)MHD_add_response_header(response, "Cross-Origin-Resource-Policy", "same-origin");
    (void)MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
    if (page)
        (void)MHD_add_response_header(response, "Cross-Origin-Opener-Policy", "same-origin");
    if (page || reply->status >= 400)
        (void)MHD_add_response_header(response, "Strict-Transport-Security", "max-age=31536000; includeSubDomains");
    if (exchange->close_after || exchange->server->quiescing)
        (void)MHD_add_response_header(response, "Connection", "close");
}

/* ---- kept responses ----
 *
 * A response with its headers takes the library some thirty allocations. Replies of LANE_LOOP handlers that succeed differ in
 * their body alone, so the response stays with the exchange, over the same buffer, and serves again until the second of
 * its Date is over. Blanks behind the value bring the body to one of few lengths. */

static bool may_keep(const struct http_exchange *exchange) {
    const struct http_reply *reply = &exchange->reply;
    const struct http_route *route = exchange->request.route;
    return route && route->lane == LANE_LOOP && reply->status == 200 && !reply->fixed && !exchange->close_after &&
           !exchange->server->quiescing && reply->type && strcmp(reply->type, "application/json") == 0 && reply->header_count == 1 &&
           strcmp(reply->headers[0].name, "Cache-Control") == 0 && strcmp(reply->headers[0].value, "no-store") == 0;
}

void http_forget_response(struct http_exchange *exchange) {
    if (exchange->kept.response)
        MHD_destroy_response(exchange->kept.response);
    exchange->kept.response = NULL;
}

static void pad(struct buf *body) {
    static const char blanks[KEPT_STEP + 1] = "                                ";
    buf_add(body, blanks, (KEPT_STEP - body->len % KEPT_STEP) % KEPT_STEP);
}

static enum MHD_Result queue_kept(struct http_exchange *exchange) {
    const struct buf *body = &exchange->reply.body;
    pad(&exchange->reply.body);
    (void)date_header(exchange->server);
    if (exchange->kept.data != body->data || exchange->kept.size != body->len || exchange->kept.date_s != exchange->server->date_s)
        http_forget_response(exchange);
    if (!exchange->kept.response) {
        exchange->kept.response = MHD_create_response_from_buffer(body->len, body->data, MHD_RESPMEM_PERSISTENT);
        if (!exchange->kept.response)
            return MHD_NO;
        exchange->kept.data = body->data;
        exchange->kept.size = body->len;
        exchange->kept.date_s = exchange->server->date_s;
        add_headers(exchange, exchange->kept.response);
    }
    return MHD_queue_response(exchange->connection, (unsigned)exchange->reply.status, exchange->kept.response);
}

static void note(struct http_exchange *exchange, size_t size) {
    struct http_server *server = exchange->server;
    int64_t duration_us = clock_mono_us() - exchange->began_us;
    const struct http_route *route = exchange->request.route;
    static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"};
    if (server->config.observe && route)
        server->config.observe(server->config.ctx, route, exchange->reply.status, duration_us);
    log_append(&server->log, LOG_INFO, "request",
               (const struct log_pair[]){LOG_TEXT("id", exchange->request.id), LOG_TEXT("route", route ? route->name : "none"),
                                         LOG_TEXT("method", methods[exchange->request.method]), LOG_NUM("status", exchange->reply.status),
                                         LOG_NUM("bytes", (int64_t)size), LOG_NUM("us", duration_us), LOG_END});
    if (server->log.len > LOG_BUFFER / 2)
        http_flush_log(server);
}

void http_flush_log(struct http_server *server) {
    if (server->log.len == 0)
        return;
    ssize_t ignored = write(STDERR_FILENO, server->log.data, server->log.len);
    (void)ignored;
    buf_reset(&server->log);
}

static enum MHD_Result queue_once(struct http_exchange *exchange) {
    const struct http_reply *reply = &exchange->reply;
    const void *bytes = reply->fixed ? reply->fixed : reply->body.data;
    size_t size = reply->fixed ? reply->fixed_len : reply->body.len;
    /* the exchange, and with it the body, lives until the library says that the request is completed */
    struct MHD_Response *response = exchange->stream ? http_stream_response(exchange)
                                                     : MHD_create_response_from_buffer(size, (void *)(uintptr_t)(bytes ? bytes : ""), MHD_RESPMEM_PERSISTENT);
    if (!response)
        return MHD_NO;
    add_headers(exchange, response);
    enum MHD_Result queued = MHD_queue_response(exchange->connection, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    return queued;
}

/* Without memory a cookie or a path looks as if it were not there. A client who is told that she is wrong gives her answer
 * up, so she is told to come again. */
static bool blames_client_for_us(const struct http_exchange *exchange) {
    return exchange->arena.starved && exchange->reply.status >= 400 && exchange->reply.status < 500;
}

/* Who followed an address in a browser is shown a page with the way back; scripts never ask for text/html. */
static void show_absence(struct http_exchange *exchange) {
    const struct http_config *config = &exchange->server->config;
    struct http_reply *reply = &exchange->reply;
    if (reply->status != 404 || !config->absent_page || exchange->request.method > HTTP_HEAD)
        return;
    const char *takes = http_header(&exchange->request, "Accept");
    if (!takes || !strstr(takes, "text/html"))
        return;
    reply->fixed = config->absent_page;
    reply->fixed_len = config->absent_page_len;
    reply->type = "text/html; charset=utf-8";
}

enum MHD_Result http_queue(struct http_exchange *exchange) {
    struct http_reply *reply = &exchange->reply;
    if (blames_client_for_us(exchange)) {
        reply->header_count = 0;
        http_problem(reply, &exchange->request, 503, "memory", "The server has no memory; try again");
        http_reply_header(reply, "Retry-After", "1");
    }
    if (reply->body.failed || reply->status == 0)
        http_problem(reply, &exchange->request, 500, "memory", "The reply could not be built");
    show_absence(exchange);
    enum MHD_Result queued = may_keep(exchange) ? queue_kept(exchange) : queue_once(exchange);
    exchange->state = EXCHANGE_QUEUED;
    note(exchange, reply->fixed ? reply->fixed_len : reply->body.len);
    return queued;
}
