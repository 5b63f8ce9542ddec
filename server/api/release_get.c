#include "handlers.h"
#include "result_json.h"

#include "khoacu/base/banned.h"

static void answer(struct api *api, struct http_request *request, struct http_reply *reply, struct arena *arena) {
    struct result_release release;
    struct result_releases versions;
    struct result_release_list list;
    if (!api_find_release(api, request, reply, arena, &release))
        return;
    enum err err = result_release_versions(api->db, arena, release.cycle_code, &versions);
    if (err == ERR_NONE)
        err = result_release_rows(api->db, arena, release.run_id, &list);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_writer(reply);
    api_put_release(&writer, &release, &versions, &list, NULL);
    api_json(reply, request, 200);
}

void api_release_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct arena arena;
    arena_init(&arena, API_LIST_ARENA_MAX);
    answer(api, request, reply, &arena);
    arena_release(&arena);
}
