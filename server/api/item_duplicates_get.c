#include "banks.h"
#include "handlers.h"

#include "khoacu/base/cleanup.h"

#include "khoacu/base/banned.h"

static enum err note(const struct bank_desk *desk, const struct bank_like *likes, size_t count) {
    struct bank_index_row *rows = ARENA_ARRAY(desk->arena, count, struct bank_index_row);
    for (size_t i = 0; rows && i < count; i++)
        rows[i] = likes[i].row;
    return rows ? api_note_rows(desk, BANK_PURPOSE_DUPLICATES, rows, count) : ERR_MEMORY;
}

void api_item_duplicates_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    int64_t item_id;
    bool found = false;
    struct bank_like *likes = NULL;
    size_t count = 0;
    struct bank_desk desk;
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, API_BANK_ARENA_MAX);
    if (!api_param_id(request, reply, 0, &item_id) || !api_desk_in(api, request, reply, &arena, &desk))
        return;
    enum err err = bank_index_like(api->state->items, &desk, item_id, &found, &likes, &count);
    if (err == ERR_NONE && !found) {
        api_not_found(reply, request);
        return;
    }
    if (err == ERR_NONE)
        err = note(&desk, likes, count);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_list_open(reply);
    for (size_t i = 0; i < count; i++) {
        json_open_object(&writer);
        api_put_item_row(&writer, &likes[i].row);
        json_member_int(&writer, "likeness", likes[i].likeness);
        json_close_object(&writer);
    }
    api_list_page(reply, request, &writer, NULL, (int64_t)count);
}
