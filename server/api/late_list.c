#include "handlers.h"

#include "khoacu/base/text.h"
#include "khoacu/sitting/late.h"

#include "khoacu/base/banned.h"

static void put_entry(struct json_writer *writer, const struct late_entry *entry) {
    json_open_object(writer);
    json_member_id(writer, "batch_id", entry->batch_id);
    json_member_id(writer, "sitting_id", entry->sitting_id);
    json_member_text(writer, "room", entry->room);
    json_member_text(writer, "roll_number", entry->roll_number);
    json_member_text(writer, "full_name", entry->full_name);
    json_member_text(writer, "source", entry->source);
    json_member_int(writer, "answers", entry->answers);
    json_member_time(writer, "received_at", entry->received_us);
    json_member_time(writer, "made_first_at", entry->made_first_us);
    json_member_time(writer, "made_last_at", entry->made_last_us);
    json_member_time(writer, "closed_at", entry->closes_us);
    json_member_text(writer, "state", entry->state);
    json_member_text(writer, "decision", entry->decision);
    json_member_text(writer, "reason", entry->reason);
    json_member_text(writer, "proposed_by", entry->proposed_by);
    json_member_text(writer, "confirmed_by", entry->confirmed_by);
    json_member_time(writer, "decided_at", entry->decided_us);
    json_close_object(writer);
}

void api_late_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    int64_t shift_id, after = 0;
    struct api_page page;
    struct late_list list;
    if (!api_param_id(request, reply, 0, &shift_id) || !api_query_page_id(request, reply, &page, &after))
        return;
    enum err err = late_list(api->db, request->arena, shift_id, after, page.limit, &list);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    char next[TEXT_ID_LEN + 1];
    struct json_writer writer = api_list_open(reply);
    for (size_t i = 0; i < list.count; i++)
        put_entry(&writer, &list.entries[i]);
    if (list.more)
        text_format_id(list.entries[list.count - 1].batch_id, next);
    api_list_next(reply, request, &writer, list.more ? next : NULL);
}
