#include "handlers.h"
#include "items.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/item/item.h"

#include "khoacu/base/banned.h"

/* The document of a version with what of its meta data belongs to versions. */
static enum err document_of(struct arena *arena, const struct bank_document *from, struct item *ret_item) {
    const struct json *content = NULL, *key = NULL;
    struct item_faults faults = {0};
    enum err err = json_read(arena, from->text.content, from->text.content_len, &content, NULL);
    if (err == ERR_NONE)
        err = json_read(arena, from->text.key, from->text.key_len, &key, NULL);
    if (err != ERR_NONE)
        return err;
    (void)item_read(arena, content, key, NULL, ret_item, &faults);
    const struct bank_meta *meta = &from->item.meta;
    ret_item->meta = (struct item_meta){.subject = meta->subject,
                                        .topic = meta->topic,
                                        .level = meta->level,
                                        .facility = meta->facility,
                                        .seconds = meta->seconds,
                                        .source = from->text.source,
                                        .source_expires_day = meta->source_expires_day};
    return arena->failed ? ERR_MEMORY : ERR_NONE;
}

static void answer(struct http_request *request, struct http_reply *reply, const struct item_changes *changes) {
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_put_key(&writer, "changes");
    json_open_array(&writer);
    for (size_t i = 0; i < changes->count; i++) {
        json_open_object(&writer);
        json_member_text(&writer, "path", changes->list[i].path);
        json_member_text(&writer, "before", changes->list[i].before);
        json_member_text(&writer, "after", changes->list[i].after);
        json_member_bool(&writer, "markup", changes->list[i].markup);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

void api_item_diff_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    int64_t item_id, from = 0, to = 0;
    struct bank_desk desk;
    struct bank_document *before = NULL, *after = NULL;
    struct item_changes changes = {0};
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, API_BANK_ARENA_MAX);
    if (!api_param_id(request, reply, 0, &item_id) || !api_query_int(request, reply, "from", 1, INT32_MAX, &from) ||
        !api_query_int(request, reply, "to", 1, INT32_MAX, &to) || !api_desk_in(api, request, reply, &arena, &desk))
        return;
    struct item *old = ARENA_NEW(&arena, struct item), *new = ARENA_NEW(&arena, struct item);
    enum err err = old && new ? bank_item_read(&desk, item_id, to, BANK_PURPOSE_DIFF, &after) : ERR_MEMORY;
    if (err == ERR_NONE && after && from == 0)
        from = after->version > 1 ? after->version - 1 : 1;
    if (err == ERR_NONE && after)
        err = bank_item_read(&desk, item_id, from, BANK_PURPOSE_DIFF, &before);
    if (err == ERR_NONE && (!before || !after)) {
        api_not_found(reply, request);
        return;
    }
    if (err == ERR_NONE)
        err = document_of(&arena, before, old);
    if (err == ERR_NONE)
        err = document_of(&arena, after, new);
    if (err == ERR_NONE && !item_diff(&arena, old, new, &changes))
        err = ERR_MEMORY;
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else
        answer(request, reply, &changes);
}
