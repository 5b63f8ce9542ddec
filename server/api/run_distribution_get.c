#include "handlers.h"
#include "result_json.h"

#include "khoacu/base/cleanup.h"

#include "khoacu/base/banned.h"

#define ARENA_MAX ((size_t)32 << 20)

static void put_seat(struct json_writer *writer, const char *key, const struct result_last_seat *seat) {
    json_put_key(writer, key);
    if (!seat->post) {
        json_put_null(writer);
        return;
    }
    json_open_object(writer);
    json_member_text(writer, "post", seat->post);
    json_member_hundredths(writer, "total", seat->total);
    json_close_object(writer);
}

void api_run_distribution_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct result_run_detail detail;
    struct result_distribution found;
    const char *post = http_query(request, "post");
    int64_t run_id = 0;
    bool there = false;
    if (!api_param_id(request, reply, 0, &run_id))
        return;
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, ARENA_MAX);
    enum err err = result_run_read(api->db, request->arena, run_id, &there, &detail);
    if (err == ERR_NONE && there)
        err = result_distribution_read(api->db, &arena, run_id, post && *post ? post : NULL, &found);
    if (err != ERR_NONE || !there) {
        if (err == ERR_NONE)
            api_not_found(reply, request);
        else
            api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_int(&writer, "passed", found.passed);
    json_put_key(&writer, "bins");
    json_open_array(&writer);
    for (size_t i = 0; i < found.bin_count; i++) {
        json_open_object(&writer);
        json_member_hundredths(&writer, "from", found.bins[i].from);
        json_member_hundredths(&writer, "to", found.bins[i].to);
        json_member_int(&writer, "count", found.bins[i].count);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    put_seat(&writer, "lowest", &found.lowest);
    put_seat(&writer, "highest", &found.highest);
    json_close_object(&writer);
    api_json(reply, request, 200);
}
