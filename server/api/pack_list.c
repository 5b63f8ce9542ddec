#include "handlers.h"
#include "packs.h"

#include "khoacu/base/cleanup.h"

#include "khoacu/base/banned.h"

/* Texts of 300 packs, one of them at a time as a tree. */
#define ARENA_MAX ((size_t)64 << 20)

void api_pack_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct cycle_pack_list list;
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, ARENA_MAX);
    enum err err = cycle_pack_list_read(api->db, &arena, &list);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_list_open(reply);
    for (size_t i = 0; i < list.count; i++)
        api_put_pack(&writer, &list.rows[i]);
    api_list_page(reply, request, &writer, NULL, (int64_t)list.count);
}
