#include "handlers.h"

#include "khoacu/sitting/device.h"

#include "khoacu/base/banned.h"

static void put_entry(struct json_writer *writer, const struct device_entry *entry) {
    json_open_object(writer);
    json_member_id(writer, "sitting_id", entry->sitting_id);
    json_member_text(writer, "room", entry->room);
    json_member_int(writer, "seat", entry->seat);
    json_member_text(writer, "roll_number", entry->roll_number);
    json_member_text(writer, "full_name", entry->full_name);
    json_member_text(writer, "state", entry->state);
    json_member_time(writer, "came_at", entry->came_us);
    json_member_text(writer, "keep", entry->keep);
    json_member_text(writer, "reason", entry->reason);
    json_member_text(writer, "decided_by", entry->decided_by);
    json_member_time(writer, "decided_at", entry->decided_us);
    json_close_object(writer);
}

void api_device_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    int64_t shift_id;
    struct device_list list;
    if (!api_param_id(request, reply, 0, &shift_id))
        return;
    enum err err = device_list(api->db, request->arena, shift_id, &list);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_list_open(reply);
    for (size_t i = 0; i < list.count; i++)
        put_entry(&writer, &list.entries[i]);
    api_list_close(reply, request, &writer);
}
