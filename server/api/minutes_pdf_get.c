/* The document and its signature. Unsigned, it is a draft. */
#include "halls.h"
#include "handlers.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/sitting/minutes.h"

#include "khoacu/base/banned.h"

#define DOCUMENT_ARENA_MAX ((size_t)64 << 20)

/* False after a 403, 404 or failure. */
static bool find(struct api *api, struct http_request *request, struct http_reply *reply, struct arena *arena, struct minutes *minutes,
                 struct minutes_document *document) {
    int64_t minutes_id;
    if (!api_param_id(request, reply, 0, &minutes_id))
        return false;
    enum err err = minutes_read(api->db, arena, minutes_id, api->actor.staff_id, minutes);
    if (err == ERR_NONE && minutes->watches)
        err = minutes_document_read(api->db, arena, minutes_id, document);
    if (err == ERR_DB_NO_ROW)
        api_not_found(reply, request);
    else if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else if (!minutes->watches)
        api_not_your_hall(reply, request);
    return err == ERR_NONE && minutes->watches;
}

static void send_as(struct http_request *request, struct http_reply *reply, const struct minutes *minutes, const char *type, const char *end) {
    const char *name = arena_printf(request->arena, "%s-%s.%s", minutes_kind_key(minutes->kind), minutes->code, end);
    api_attachment(reply, request, type, name ? name : "minutes");
}

void api_minutes_pdf_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct arena arena CLEANUP(arena_release);
    struct minutes minutes;
    struct minutes_document document = {0};
    arena_init(&arena, DOCUMENT_ARENA_MAX);
    if (!find(api, request, reply, &arena, &minutes, &document))
        return;
    enum err err = ERR_NONE;
    buf_reset(&reply->body);
    if (document.pdf)
        buf_add(&reply->body, document.pdf, document.pdf_len);
    else
        err = minutes_print(&minutes, api->state->config.public_url, &reply->body);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else
        send_as(request, reply, &minutes, "application/pdf", document.pdf ? "pdf" : "draft.pdf");
}

void api_minutes_signature_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct arena arena CLEANUP(arena_release);
    struct minutes minutes;
    struct minutes_document document = {0};
    arena_init(&arena, DOCUMENT_ARENA_MAX);
    if (!find(api, request, reply, &arena, &minutes, &document))
        return;
    if (!document.pdf) {
        api_problem(reply, request, 409, "not-signed", "Two persons must confirm it first");
        return;
    }
    buf_reset(&reply->body);
    buf_add(&reply->body, document.signature, CRYPTO_SIGNATURE_LEN);
    send_as(request, reply, &minutes, "application/octet-stream", "sig");
}
