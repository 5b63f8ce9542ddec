/* http.h: HTTP/1.1 on our own event loops; requests in, filled replies out.
 *
 * The only module that knows the HTTP library, which it drives in external mode from base's loop. A
 * request is matched against one constant route table; what has no route, wrong method, too large a
 * body or the wrong media type is refused here (404 405 413 415). Everything else is handed to the
 * one dispatch callback, which answers at once or later. The reply is queued once, with the security
 * headers, and one log line is written with the request id.
 *
 * Lanes: LANE_LOOP handlers run on the loop's thread and must not block; they may keep the exchange
 * and finish it later on the same thread. LANE_WORK handlers run on a worker thread. LANE_SLOW runs on
 * a second, small pool (password hashing, large imports), so that it cannot starve the first.
 *
 * Used by: api, main. Uses: base, json, libmicrohttpd. Threads: see each call.
 */
#ifndef KHOACU_HTTP_HTTP_H
#define KHOACU_HTTP_HTTP_H

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"
#include "khoacu/base/err.h"
#include "khoacu/base/loop.h"
#include "khoacu/base/work.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PUT, HTTP_DELETE, HTTP_PATCH, HTTP_METHOD_COUNT };
enum http_lane { LANE_LOOP, LANE_WORK, LANE_SLOW };

#define HTTP_PATH_PARAMS 4

struct http_exchange; /* one request and its reply under way */

/* What a handler may know of a request. Texts live in the request's arena. */
struct http_request {
    struct arena *arena;
    struct loop *loop;              /* the loop that serves it */
    const struct http_route *route;
    enum http_method method;
    const char *path;               /* decoded once, without the query */
    const char *params[HTTP_PATH_PARAMS]; /* values of {…} in order */
    const char *body;
    size_t body_len;
    char id[17];                    /* request id, 16 hex digits */
    int64_t received_us;            /* platform time when the headers were complete */
    struct http_exchange *exchange;
};
/* Query parameter, header (case-insensitive) and cookie by name, or NULL. */
const char *http_query(const struct http_request *request, const char *name);
const char *http_header(const struct http_request *request, const char *name);
/* Accept-Encoding names gzip and does not refuse it by a weight of nought (RFC 9110, 12.5.3). */
bool http_takes_gzip(const struct http_request *request);
const char *http_cookie(const struct http_request *request, const char *name);

/* The peer's address as text. */
const char *http_client(const struct http_request *request);

struct http_reply {
    int status;
    const char *type;     /* Content-Type; NULL with an empty body */
    struct buf body;      /* filled by the handler */
    const void *fixed;    /* or: bytes that outlive the server (assets, papers kept in memory) */
    size_t fixed_len;
    struct http_reply_header { const char *name, *value; } headers[8]; /* values in the arena or constant */
    size_t header_count;
};
/* Adds a header; asserts the count. */
void http_reply_header(struct http_reply *reply, const char *name, const char *value);

/* A row of the route table. */
struct http_route {
    enum http_method method;
    const char *path;       /* "/api/v1/sittings/{id}/responses/{position}" */
    int permission;         /* of api's enum; 0 stops the server at start */
    size_t body_max;        /* bytes; 0: no body */
    const char *body_type;  /* "application/json", "text/csv"; NULL: none */
    enum http_lane lane;
    const char *name;       /* operation id, metric label */
    void (*handle)(void); /* api's own handler type, cast by api alone */
};

struct http_config {
    const struct http_route *routes; /* ended by a row without path */
    /* Called for every matched request, on the loop's thread for LANE_LOOP and on a pool's thread
     * otherwise (then `slot` is the thread's own). For LANE_WORK and LANE_SLOW the reply is sent when it returns.
     * For LANE_LOOP it either fills the reply and returns true, or keeps request->exchange, returns
     * false, and calls http_finish later on the same thread; soon, for while any is kept the loop looks in every 5 ms. */
    bool (*dispatch)(void *ctx, void *slot, struct http_request *request, struct http_reply *reply);
    void *ctx;
    /* One finished request, for metrics: on the loop's thread. */
    void (*observe)(void *ctx, const struct http_route *route, int status, int64_t duration_us);
    struct work_pool *work, *slow;
    size_t connections_max; /* default 32,768 */
    int idle_timeout_s;     /* default 75 */
    int request_most_s;     /* for a request to come whole and its reply to be read; default 120 */
    size_t per_address_max; /* connections of one address; 0: no limit */
    const char *tls_cert, *tls_key; /* both in PEM: HTTPS; both NULL: HTTP */
    /* Where nothing is, a person whose browser asks for text/html gets this page, all others the problem document. NULL: all. It
     * outlives the server. */
    const void *absent_page;
    size_t absent_page_len;
};

struct http_server;
/* One server per loop, on a listening socket of which it takes a copy. Call on the loop's thread or before it runs. ERR_CONFIG: the
 * certificate and its key are not good. */
enum err http_server_new(const struct http_config *config, struct loop *loop, int listen_fd, struct http_server **ret_server) MUST_CHECK;
/* Takes no more connections, closes each after the request under way. */
void http_server_quiesce(struct http_server *server);
/* Ends the connections on which no request is under way: what clients keep open for later. Call after some patience, for
 * a request may be on its way. */
void http_server_end_idle(struct http_server *server);
/* Connections that are open. */
size_t http_server_connections(const struct http_server *server);
void http_server_free(struct http_server *server);

/* Finishes an exchange that a LANE_LOOP handler kept. The reply's body is taken over. Loop's thread only. */
void http_finish(struct http_exchange *exchange, struct http_reply *reply);
/* Hands an exchange that a LANE_LOOP handler kept over to the worker pool, where `dispatch` is called again
 * with a slot; when it returns false there too, the handler has posted the rest of the work to request->loop and calls
 * http_finish from there. False: the queue is full. */
bool http_retry_on_worker(struct http_exchange *exchange) MUST_CHECK;

/* ---- streams: replies that go on, such as server-sent events ---- */

#define HTTP_STREAMS_MAX 256 /* of one server */
struct http_stream;
/* Called once, on the loop's thread, when the stream is over; it is gone then. */
typedef void http_stream_gone_fn(void *ctx, struct http_stream *stream);
/* Makes an exchange that a LANE_LOOP handler kept a stream of the given type. Between two sendings it costs no thread and no
 * turn of the loop. NULL: there are too many, or the server ends; the caller answers by http_finish. Loop's thread only, as all
 * here. */
struct http_stream *http_stream_begin(struct http_exchange *exchange, const char *type, http_stream_gone_fn *gone, void *ctx);
/* False: it is at its end, or the reader has left a mebibyte lying, which ends it. */
bool http_stream_send(struct http_stream *stream, const void *bytes, size_t len);
/* Ends it when what was sent has gone out. A client that has left is noticed when something is sent. */
void http_stream_end(struct http_stream *stream);

/* Binds a listening TCP socket. ERR_IO with `ret_sentence` saying what to do (port taken, no right); `named_by` is the setting or
 * option by which another address is given. */
enum err http_listen(const char *address, int port, const char *named_by, int *ret_fd, char *ret_sentence, size_t sentence_size) MUST_CHECK;

/* A second socket for the same address, for a loop of its own: the kernel then gives each loop its share of the
 * connections, where one socket that all loops watch gives most to whichever is idle, and its clients wait longest. */
enum err http_listen_beside(int listen_fd, int *ret_fd) MUST_CHECK;

/* Fills a reply with an RFC 9457 problem document: type "urn:khoacu:problem:<code>", title, status, code, request id. */
void http_problem(struct http_reply *reply, const struct http_request *request, int status, const char *code, const char *title);

#endif
