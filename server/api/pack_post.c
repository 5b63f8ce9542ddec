#include "handlers.h"
#include "packs.h"

#include "khoacu/base/cleanup.h"

#include "khoacu/base/banned.h"

/* A pack as a tree, once for each fault whose value is shown, and the words for them. */
#define ARENA_MAX ((size_t)256 << 20)

void api_pack_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct cycle_pack_file file = {
        .text = request->body, .len = request->body_len, .staff_id = api->actor.staff_id, .now_us = api->now_us};
    if (!api_query_bool(request, reply, "dry_run", &file.dry_run))
        return;
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, ARENA_MAX);
    struct cycle_pack_report report;
    enum err err = cycle_pack_import(api->db, &arena, &file, &report);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_writer(reply);
    api_put_pack_report(&arena, &writer, &report);
    api_json(reply, request, report.fault_count > 0 && !file.dry_run ? 422 : 200);
}
