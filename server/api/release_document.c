#include "handlers.h"
#include "result_json.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/result/print.h"

#include "khoacu/base/banned.h"

/* The official document and the workbook of a release, and the document of a run as a draft. */

static void send_kept(struct api *api, struct http_request *request, struct http_reply *reply, const char *kind, const char *type) {
    struct result_release release;
    struct arena arena CLEANUP(arena_release);
    const uint8_t *bytes = NULL;
    size_t len = 0;
    arena_init(&arena, API_LIST_ARENA_MAX);
    if (!api_find_release(api, request, reply, &arena, &release))
        return;
    enum err err = result_document(api->db, &arena, &release, kind, api->state->config.public_url, &bytes, &len);
    const char *name = arena_printf(request->arena, "%s-v%lld.%s", release.cycle_code, (long long)release.version, kind);
    if (err == ERR_LIMIT)
        api_problem(reply, request, 413, "list-too-long", "This list is too long for one document; take the CSV or JSON file");
    else if (err != ERR_NONE || !name)
        api_failure(api, reply, request, err == ERR_NONE ? ERR_MEMORY : err);
    else {
        buf_reset(&reply->body);
        buf_add(&reply->body, bytes, len);
        api_attachment(reply, request, type, name);
    }
}

void api_release_pdf(struct api *api, struct http_request *request, struct http_reply *reply) {
    send_kept(api, request, reply, "pdf", "application/pdf");
}

void api_release_xlsx(struct api *api, struct http_request *request, struct http_reply *reply) {
    send_kept(api, request, reply, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
}

void api_run_pdf(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct result_release release;
    struct arena arena CLEANUP(arena_release);
    const char *lang = "vi";
    int64_t run_id = 0;
    bool found = false;
    arena_init(&arena, API_LIST_ARENA_MAX);
    if (!api_param_id(request, reply, 0, &run_id) || !api_query_lang(request, reply, &lang))
        return;
    enum err err = result_run_release(api->db, &arena, run_id, &found, &release);
    if (err == ERR_NONE && !found) {
        api_not_found(reply, request);
        return;
    }
    buf_reset(&reply->body);
    if (err == ERR_NONE)
        err = result_draft(api->db, &arena, &release, api->state->config.public_url, lang, &reply->body);
    const char *name = arena_printf(request->arena, "%s-v%lld%s.pdf", release.cycle_code, (long long)release.version, release.published_us ? "" : "-draft");
    if (err == ERR_LIMIT)
        api_problem(reply, request, 413, "list-too-long", "This list is too long for one document; take the CSV or JSON file");
    else if (err != ERR_NONE || !name)
        api_failure(api, reply, request, err == ERR_NONE ? ERR_MEMORY : err);
    else
        api_attachment(reply, request, "application/pdf", name);
}
