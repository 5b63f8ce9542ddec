#include "handlers.h"

#include "khoacu/base/text.h"
#include "khoacu/sitting/adjust.h"

#include "khoacu/base/banned.h"

static void put_entry(struct json_writer *writer, const struct adjust_entry *entry) {
    json_open_object(writer);
    json_member_id(writer, "id", entry->adjustment_id);
    json_member_text(writer, "kind", entry->kind);
    json_member_text(writer, "cause", entry->cause);
    json_member_int(writer, "seconds", entry->seconds);
    json_member_text(writer, "reason", entry->reason);
    json_member_text(writer, "room", entry->room);
    json_member_text(writer, "roll_number", entry->roll_number);
    json_member_text(writer, "state", entry->state);
    json_member_int(writer, "sittings", entry->sittings);
    json_member_text(writer, "requested_by", entry->requested_by);
    json_member_time(writer, "requested_at", entry->requested_us);
    json_member_text(writer, "decided_by", entry->decided_by);
    json_member_time(writer, "decided_at", entry->decided_us);
    json_close_object(writer);
}

void api_adjustment_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    int64_t shift_id, after = 0;
    struct api_page page;
    struct adjust_list list;
    if (!api_param_id(request, reply, 0, &shift_id) || !api_query_page_id(request, reply, &page, &after))
        return;
    enum err err = adjust_list(api->db, request->arena, shift_id, after, page.limit, &list);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    char next[TEXT_ID_LEN + 1];
    struct json_writer writer = api_list_open(reply);
    for (size_t i = 0; i < list.count; i++)
        put_entry(&writer, &list.entries[i]);
    if (list.more)
        text_format_id(list.entries[list.count - 1].adjustment_id, next);
    api_list_next(reply, request, &writer, list.more ? next : NULL);
}
