/* http_private.h: a server on one loop, its exchanges, and who may touch what.
 *
 *   new -> collecting (body) -> running (handler; loop, worker or kept) -> ready (reply filled) -> queued -> done
 *
 * While an exchange runs on a worker its connection is suspended. One that a handler keeps on the loop waits unsuspended:
 * to suspend and resume takes the kernel two changes of its epoll set and the library a walk over all that are
 * suspended. The library then asks for the reply at each of its runs, and the connection may end before the handler
 * has finished; `ended` says so, and the exchange lives on until http_finish. Everything here belongs to the loop's
 * thread, except request and reply while a worker runs the exchange.
 *
 * Used by: http alone.
 */
#ifndef KHOACU_HTTP_PRIVATE_H
#define KHOACU_HTTP_PRIVATE_H

#include "khoacu/base/random.h"
#include "khoacu/http/http.h"

#include <microhttpd.h>
#include <stdatomic.h>

enum {
    EXCHANGE_ARENA = 4 << 20,    /* bytes of texts and results of one request, beside its body */
    REPLY_MAX = 64 << 20,        /* bytes of a reply's body */
    CONNECTION_MEMORY = 8192,    /* request line, headers and our headers, together */
    SEGMENTS_MAX = 8,            /* of a path */
    SPARE_EXCHANGES = 8192,      /* kept for the next requests */
    SPARE_MOST = 4096,           /* bytes that a spare one keeps of its arena, and of each body: enough for a save */
    CALLS_BETWEEN_URGENT = 32,   /* some eight requests: a tenth of a millisecond */
    LOG_BUFFER = 1 << 16,
    PEERS_SWEPT = 8192,          /* looked at in one go */
    KEPT_STEP = 32,              /* bodies of kept responses have a multiple of this */
    HTTP_STREAM_PENDING = 1 << 20, /* bytes that a slow reader of a stream may leave lying */
    HTTP_STREAM_BLOCK = 16384,
};

enum exchange_state { EXCHANGE_COLLECTING, EXCHANGE_RUNNING, EXCHANGE_READY, EXCHANGE_QUEUED };

/* One route with its path cut into segments. */
struct http_rule {
    const struct http_route *route;
    size_t count;
    struct http_segment {
        const char *text; /* not terminated */
        size_t len;
        uint64_t head;    /* its length and first bytes: what most segments differ in */
        bool parameter;
    } segments[SEGMENTS_MAX];
};

/* One connection; its list goes round as it is swept, and no request touches its neighbours. */
struct http_peer {
    struct http_peer *older, *newer;
    struct http_exchange *exchange; /* under way, or NULL */
    int64_t done_us;                /* monotonic: connected, or the last request with its reply was done */
    int fd;
};

struct http_server {
    struct http_config config;
    struct loop *loop;
    struct MHD_Daemon *daemon;
    int listen_fd;
    struct http_rule *rules;
    size_t rule_count;
    size_t rule_first[SEGMENTS_MAX + 2]; /* by number of segments: where its rules begin */
    bool quiescing, resumed; /* resumed: the library must run again */
    bool ran;                /* since the last turn */
    size_t waiting;          /* exchanges kept on the loop */
    struct http_peer *oldest, *newest;
    size_t peer_count;
    int64_t swept_us;        /* monotonic: slow peers were looked for */
    unsigned calls;          /* of http_access */
    struct random_stream ids; /* of requests: distinct, not secret; the kernel's would cost a system call each */
    struct http_stream *streams;
    size_t stream_count;
    struct http_exchange *spare;
    size_t spare_count;
    struct buf log;          /* request lines of this turn */
    char date[40];           /* the Date header, made once a second */
    int64_t date_s;
    int64_t date_checked_us;
};

struct http_exchange {
    struct http_server *server;
    struct MHD_Connection *connection;
    struct http_exchange *next; /* in the list of spare ones */
    enum exchange_state state;
    bool suspended, on_worker;
    bool waiting, ended;        /* kept on the loop; ended: the client has gone meanwhile */
    bool close_after;
    bool endless;               /* the reply is a stream that the server ends */
    struct http_stream *stream; /* or NULL */
    struct http_peer *peer;
    struct arena arena;
    struct buf body;
    size_t body_max;
    struct http_request request;
    struct http_reply reply;
    int64_t began_us; /* monotonic */
    struct {          /* the response made for the reply before, see reply.c */
        struct MHD_Response *response;
        const char *data;
        size_t size;
        int64_t date_s;
    } kept;
    char client[46];
};

/* ---- route.c ---- */
/* Fills server->rules: by number of segments, in the order of the table among equals. */
enum err http_rules_new(struct http_server *server, const struct http_route *routes) MUST_CHECK;
enum http_match { HTTP_MATCHED, HTTP_NO_PATH, HTTP_NO_METHOD, HTTP_BAD_PATH };
/* Finds the route of a raw path and fills request->route, path and params. `allow` gets the methods on NO_METHOD. */
enum http_match http_match(struct http_server *server, struct http_request *request, const char *raw, char *allow, size_t allow_size);
/* Decodes %XX once; false: bad escape, NUL or invalid UTF-8. */
bool http_decode(struct arena *arena, const char *raw, size_t len, bool plus_is_blank, const char **ret_text);

/* ---- exchange.c ---- */
enum MHD_Result http_access(void *ctx, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
                            const char *upload, size_t *upload_size, void **con_cls);
void http_completed(void *ctx, struct MHD_Connection *connection, void **con_cls, enum MHD_RequestTerminationCode code);
void http_exchange_free(struct http_exchange *exchange);

/* ---- peer.c ---- */
void http_connected(void *ctx, struct MHD_Connection *connection, void **socket_context, enum MHD_ConnectionNotificationCode code);
void http_peer_begins(struct http_exchange *exchange);
void http_peer_done(struct http_exchange *exchange);
/* Once a second: ends connections whose request or reading of the reply takes longer than request_most_s. */
void http_end_slow_peers(struct http_server *server);

/* ---- stream.c ---- */
struct MHD_Response *http_stream_response(struct http_exchange *exchange);
/* The request of a stream is over: says so to its owner and frees it. */
void http_stream_gone(struct http_exchange *exchange);
void http_streams_end(struct http_server *server);

/* ---- reply.c ---- */
/* Queues the reply that stands in the exchange and notes the request line. */
enum MHD_Result http_queue(struct http_exchange *exchange);
/* Lets go of the kept response; before the reply's buffer goes. */
void http_forget_response(struct http_exchange *exchange);
/* Writes the request lines of this turn. */
void http_flush_log(struct http_server *server);

#endif
