#include "handlers.h"
#include "result_json.h"

#include "khoacu/result/trial.h"

#include "khoacu/base/banned.h"

#define MOVES_MAX 500

void api_run_compare_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct result_comparison *comparison = NULL;
    struct arena arena;
    int64_t before = 0, after = 0, first = 0;
    if (!api_param_id(request, reply, 0, &before) || !api_query_id(request, reply, "with", &after) ||
        !api_query_int(request, reply, "after", 0, 10000000, &first))
        return;
    arena_init(&arena, API_LIST_ARENA_MAX);
    enum err err = result_compare_stored(api->db, &arena, before, after, &comparison);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else if (!comparison)
        api_not_found(reply, request);
    else {
        struct json_writer writer = api_writer(reply);
        json_open_object(&writer);
        result_comparison_write(&writer, comparison, (size_t)first, MOVES_MAX);
        json_close_object(&writer);
        api_json(reply, request, 200);
    }
    arena_release(&arena);
}
