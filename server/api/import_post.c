#include "handlers.h"
#include "imports.h"

#include "khoacu/bank/bank.h"
#include "khoacu/base/cleanup.h"

#include <string.h>

#include "khoacu/base/banned.h"

/* A file of 16 MiB in cells, rows and structs. */
#define IMPORT_ARENA_MAX ((size_t)512 * 1024 * 1024)

static bool read_target(struct http_request *request, struct http_reply *reply, const struct api_import *import,
                        struct import_request *asked) {
    if (!api_query_bool(request, reply, "dry_run", &asked->dry_run))
        return false;
    asked->cycle_code = http_query(request, "cycle");
    asked->bank_code = http_query(request, "bank");
    if (import->needs_cycle && !asked->cycle_code) {
        api_invalid_field(reply, request, "cycle", "required");
        return false;
    }
    if (import->needs_bank && !asked->bank_code) {
        api_invalid_field(reply, request, "bank", "required");
        return false;
    }
    return true;
}

void api_import_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    const struct api_import *import = api_import_find(request->params[0]);
    if (!import) {
        api_not_found(reply, request);
        return;
    }
    if (!api_permitted(&api->actor, import->permission)) {
        api_problem(reply, request, 403, "not-permitted", "Your roles do not include this");
        return;
    }
    struct import_request asked = {
        .bytes = request->body, .len = request->body_len, .staff_id = api->actor.staff_id, .now_us = api->now_us};
    if (!read_target(request, reply, import, &asked))
        return;
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, IMPORT_ARENA_MAX);
    struct import_report report;
    struct bank_desk desk;
    if (!import->run && !api_desk(api, request, reply, &desk))
        return;
    desk.arena = &arena;
    enum err err = import->run ? import->run(api->db, &arena, &asked, &report) : import->run_bank(&desk, &asked, &report);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_writer(reply);
    api_put_import_report(&writer, import, &report);
    api_json(reply, request, report.fault_count > 0 && !asked.dry_run ? 422 : 200);
}
