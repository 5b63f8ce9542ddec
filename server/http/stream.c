/* Replies without end: what is sent is kept until the library asks for it; between two events the connection is suspended,
 * so that a listener costs neither a thread nor a turn of the loop. */
#include "http_private.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

struct http_stream {
    struct http_exchange *exchange;
    struct http_stream *before, *after;
    struct buf pending;
    size_t taken; /* of pending, by the library */
    bool asleep, ended;
    http_stream_gone_fn *gone;
    void *ctx;
};

static void wake(struct http_stream *stream) {
    struct http_server *server = stream->exchange->server;
    if (!stream->asleep)
        return;
    stream->asleep = false;
    server->resumed = true;
    loop_again(server->loop);
    MHD_resume_connection(stream->exchange->connection);
}

static ssize_t hand_over(void *ctx, uint64_t position, char *out, size_t size) {
    struct http_stream *stream = ctx;
    size_t left = stream->pending.len - stream->taken;
    (void)position;
    if (left == 0 && stream->ended)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (left == 0) {
        buf_reset(&stream->pending);
        stream->taken = 0;
        stream->asleep = true;
        MHD_suspend_connection(stream->exchange->connection);
        return 0;
    }
    size_t len = left < size ? left : size;
    memcpy(out, stream->pending.data + stream->taken, len);
    stream->taken += len;
    return (ssize_t)len;
}

struct http_stream *http_stream_begin(struct http_exchange *exchange, const char *type, http_stream_gone_fn *gone, void *ctx) {
    struct http_server *server = exchange->server;
    struct http_stream *stream = server->quiescing || exchange->ended || server->stream_count >= HTTP_STREAMS_MAX ? NULL : calloc(1, sizeof *stream);
    if (!stream)
        return NULL;
    *stream = (struct http_stream){.exchange = exchange, .after = server->streams, .gone = gone, .ctx = ctx};
    buf_init(&stream->pending, HTTP_STREAM_PENDING);
    if (server->streams)
        server->streams->before = stream;
    server->streams = stream;
    server->stream_count++;
    exchange->stream = stream;
    exchange->endless = true;
    exchange->reply.status = 200;
    exchange->reply.type = type;
    http_finish(exchange, &exchange->reply);
    return stream;
}

bool http_stream_send(struct http_stream *stream, const void *bytes, size_t len) {
    if (stream->ended)
        return false;
    buf_add(&stream->pending, bytes, len);
    if (stream->pending.failed)
        http_stream_end(stream);
    else
        wake(stream);
    return !stream->ended;
}

void http_stream_end(struct http_stream *stream) {
    stream->ended = true;
    stream->exchange->endless = false;
    wake(stream);
}

struct MHD_Response *http_stream_response(struct http_exchange *exchange) {
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, HTTP_STREAM_BLOCK, hand_over, exchange->stream, NULL);
}

void http_stream_gone(struct http_exchange *exchange) {
    struct http_stream *stream = exchange->stream;
    struct http_server *server = exchange->server;
    *(stream->before ? &stream->before->after : &server->streams) = stream->after;
    if (stream->after)
        stream->after->before = stream->before;
    server->stream_count--;
    exchange->stream = NULL;
    stream->gone(stream->ctx, stream);
    buf_release(&stream->pending);
    free(stream);
}

void http_streams_end(struct http_server *server) {
    for (struct http_stream *stream = server->streams; stream; stream = stream->after)
        http_stream_end(stream);
}
