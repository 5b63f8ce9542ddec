#include "metrics.h"

#include "khoacu/base/log.h"

#include <string.h>

#include "khoacu/base/banned.h"

static void plain(struct http_reply *reply, int status, const char *text) {
    buf_reset(&reply->body);
    buf_adds(&reply->body, text);
    reply->status = status;
    reply->type = "text/plain; charset=utf-8";
    http_reply_header(reply, "Cache-Control", "no-store");
}

/* The process answers. */
static void admin_health(struct api *api, struct http_request *request, struct http_reply *reply) {
    (void)api;
    (void)request;
    plain(reply, 200, "ok\n");
}

/* Requests may be sent here: the database answers, its schema is there, the server is not ending. */
static void admin_ready(struct api *api, struct http_request *request, struct http_reply *reply) {
    const struct db_row *row = NULL;
    if (api->state->draining) {
        plain(reply, 503, "draining\n");
        return;
    }
    enum err err = db_one(api->db, request->arena, DB_API_READY, DB_NO_PARAMS, &row);
    if (err != ERR_NONE) {
        plain(reply, 503, "database\n");
        LOG(LOG_WARN, "not-ready", LOG_TEXT("key", err_key(err)), LOG_TEXT("database", db_last_error(api->db)));
    } else if (db_int(row, 0) == 0)
        plain(reply, 503, "schema\n");
    else
        plain(reply, 200, "ready\n");
}

static void admin_metrics(struct api *api, struct http_request *request, struct http_reply *reply) {
    (void)request;
    buf_reset(&reply->body);
    api_metrics_write(api->state, &reply->body);
    reply->status = 200;
    reply->type = "text/plain; version=0.0.4; charset=utf-8";
    http_reply_header(reply, "Cache-Control", "no-store");
}

#define ADMIN(path_, lane_, name_)                                                                                     \
    {                                                                                                                  \
        .method = HTTP_GET, .path = path_, .permission = PERM_PUBLIC, .lane = LANE_##lane_, .name = #name_,            \
        .handle = (void (*)(void))name_                                                                                \
    }

const struct http_route API_ADMIN_ROUTES[] = {
    ADMIN("/healthz", LOOP, admin_health),
    ADMIN("/readyz", WORK, admin_ready),
    ADMIN("/metrics", LOOP, admin_metrics),
    {0},
};
