#include "handlers.h"
#include "result_json.h"

#include "khoacu/base/banned.h"

void api_release_json(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct arena arena;
    struct result_release release;
    const char *text = NULL;
    arena_init(&arena, API_LIST_ARENA_MAX);
    if (api_find_release(api, request, reply, &arena, &release)) {
        enum err err = result_release_file(api->db, &arena, release.run_id, &text);
        if (err == ERR_NONE) {
            const char *name =
                arena_printf(request->arena, "%s-v%lld.json", release.cycle_code, (long long)release.version);
            buf_reset(&reply->body);
            buf_adds(&reply->body, text);
            api_attachment(reply, request, "application/json", name ? name : "list.json");
        } else {
            api_failure(api, reply, request, err);
        }
    }
    arena_release(&arena);
}
