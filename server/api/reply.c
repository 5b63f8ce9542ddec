#include "api.h"

#include "khoacu/base/log.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

struct json_writer api_writer(struct http_reply *reply) {
    struct json_writer writer;
    buf_reset(&reply->body);
    json_writer_init(&writer, &reply->body);
    return writer;
}

static void finish(struct http_reply *reply, const struct http_request *request, int status, const char *type) {
    if (reply->body.failed) {
        buf_reset(&reply->body);
        http_problem(reply, request, err_status(ERR_MEMORY), err_key(ERR_MEMORY), "The answer does not fit");
    } else {
        reply->status = status;
        reply->type = type;
    }
    http_reply_header(reply, "Cache-Control", "no-store");
}

void api_json(struct http_reply *reply, const struct http_request *request, int status) {
    finish(reply, request, status, "application/json");
}

void api_accepted(struct http_reply *reply, const struct http_request *request, int64_t job_id, const char *name, int64_t id) {
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_id(&writer, "job_id", job_id);
    if (name)
        json_member_id(&writer, name, id);
    json_close_object(&writer);
    api_json(reply, request, 202);
}

struct json_writer api_list_open(struct http_reply *reply) {
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_put_key(&writer, "items");
    json_open_array(&writer);
    return writer;
}

void api_list_close(struct http_reply *reply, const struct http_request *request, struct json_writer *writer) {
    json_close_array(writer);
    json_close_object(writer);
    api_json(reply, request, 200);
}

void api_list_next(struct http_reply *reply, const struct http_request *request, struct json_writer *writer, const char *next) {
    json_close_array(writer);
    json_member_text(writer, "next", next);
    json_close_object(writer);
    api_json(reply, request, 200);
}

void api_list_page(struct http_reply *reply, const struct http_request *request, struct json_writer *writer, const char *next,
                   int64_t total) {
    json_close_array(writer);
    api_close_list(writer, next, total);
    api_json(reply, request, 200);
}

void api_close_list(struct json_writer *writer, const char *next, int64_t total) {
    json_member_text(writer, "next", next);
    json_member_int(writer, "total", total);
    json_close_object(writer);
}

void api_attachment(struct http_reply *reply, const struct http_request *request, const char *type, const char *name) {
    finish(reply, request, 200, type);
    const char *disposition = arena_printf(request->arena, "attachment; filename=\"%s\"", name);
    http_reply_header(reply, "Content-Disposition", disposition ? disposition : "attachment");
}

void api_no_content(struct http_reply *reply) {
    buf_reset(&reply->body);
    reply->status = 204;
    reply->type = NULL;
    http_reply_header(reply, "Cache-Control", "no-store");
}

/* ---- problems ---- */

struct json_writer api_problem_open(struct http_reply *reply, const struct http_request *request, int status,
                                    const char *code, const char *title) {
    struct json_writer writer = api_writer(reply);
    reply->status = status;
    json_open_object(&writer);
    const char *type = arena_printf(request->arena, "urn:khoacu:problem:%s", code);
    json_member_text(&writer, "type", type ? type : "about:blank");
    json_member_text(&writer, "title", title);
    json_member_int(&writer, "status", status);
    json_member_text(&writer, "code", code);
    json_member_text(&writer, "request_id", request->id);
    return writer;
}

void api_problem_close(struct http_reply *reply, const struct http_request *request, struct json_writer *writer) {
    json_close_object(writer);
    finish(reply, request, reply->status, "application/problem+json");
}

void api_problem(struct http_reply *reply, const struct http_request *request, int status, const char *code,
                 const char *title) {
    struct json_writer writer = api_problem_open(reply, request, status, code, title);
    api_problem_close(reply, request, &writer);
}

void api_not_found(struct http_reply *reply, const struct http_request *request) {
    api_problem(reply, request, 404, "not-found", "There is nothing at this address");
}

static bool has_range(const char *rule) {
    static const char *const RULES[] = {"range", "length", "count", "total"};
    for (size_t i = 0; i < sizeof RULES / sizeof RULES[0]; i++)
        if (strcmp(RULES[i], rule) == 0)
            return true;
    return false;
}

void api_invalid(struct http_reply *reply, const struct http_request *request, const struct json_misfits *misfits) {
    struct json_writer writer = api_problem_open(reply, request, 400, "invalid", "Some fields do not fit");
    json_put_key(&writer, "errors");
    json_open_array(&writer);
    size_t listed = sizeof misfits->list / sizeof misfits->list[0];
    for (size_t i = 0; i < misfits->count && i < listed; i++) {
        const struct json_misfit *misfit = &misfits->list[i];
        json_open_object(&writer);
        json_member_text(&writer, "path", misfit->path);
        json_member_text(&writer, "rule", misfit->rule);
        if (misfit->max >= misfit->min && misfit->max != 0 && has_range(misfit->rule)) {
            json_member_int(&writer, "min", misfit->min);
            json_member_int(&writer, "max", misfit->max);
        }
        json_close_object(&writer);
    }
    json_close_array(&writer);
    api_problem_close(reply, request, &writer);
}

void api_invalid_field(struct http_reply *reply, const struct http_request *request, const char *path,
                       const char *rule) {
    struct json_misfits misfits = {.list[0] = {.path = path, .rule = rule}, .count = 1};
    api_invalid(reply, request, &misfits);
}

static void retry_after(struct http_reply *reply, const struct http_request *request, int seconds) {
    const char *value = arena_printf(request->arena, "%d", seconds);
    http_reply_header(reply, "Retry-After", value ? value : "1");
}

void api_too_many(struct http_reply *reply, const struct http_request *request, int retry_after_s) {
    struct json_writer writer = api_problem_open(reply, request, 429, "too-many-requests", "Too many requests");
    json_member_int(&writer, "retry_after_s", retry_after_s);
    api_problem_close(reply, request, &writer);
    retry_after(reply, request, retry_after_s);
}

void api_overload(struct http_reply *reply, const struct http_request *request) {
    api_problem(reply, request, 503, "overload", "The server has too much to do right now");
    retry_after(reply, request, 1);
}

static const char *title_of(int status) {
    switch (status) {
    case 400:
        return "The request cannot be read";
    case 409:
        return "This contradicts what is there";
    case 413:
        return "This is too large";
    case 503:
        return "Not available right now; try again";
    default:
        return "The server failed; the failure is in its log";
    }
}

void api_failure(const struct api *api, struct http_reply *reply, const struct http_request *request, enum err err) {
    int status = err_status(err);
    LOG(status >= 500 ? LOG_ERROR : LOG_INFO, "failure", LOG_TEXT("request", request->id),
        LOG_TEXT("route", request->route->name), LOG_TEXT("key", err_key(err)),
        LOG_TEXT("database", api->db ? db_last_error(api->db) : ""),
        LOG_TEXT("bank", api->slot && api->slot->bank ? db_last_error(api->slot->bank) : ""));
    api_problem(reply, request, status, err_key(err), title_of(status));
    if (status == 503)
        retry_after(reply, request, 1);
}

/* ---- cookies ---- */

void api_other_device(struct http_reply *reply, const struct http_request *request, bool decided) {
    struct json_writer writer = api_problem_open(reply, request, 401, "not-signed-in", "This sitting is at another device now");
    json_member_text(&writer, "reason", "other-device");
    json_member_bool(&writer, "decided", decided);
    api_problem_close(reply, request, &writer);
}

void api_set_cookie(struct http_reply *reply, const struct http_request *request, const char *name, const char *token,
                    int64_t max_age_s) {
    const char *cookie = arena_printf(request->arena, "%s=%s; Path=/; Max-Age=%lld; Secure; HttpOnly; SameSite=Strict",
                                      name, token, (long long)max_age_s);
    if (cookie)
        http_reply_header(reply, "Set-Cookie", cookie);
}

void api_clear_cookie(struct http_reply *reply, const struct http_request *request, const char *name) {
    api_set_cookie(reply, request, name, "", 0);
}
