#include "halls.h"
#include "handlers.h"

#include "khoacu/sitting/minutes.h"

#include "khoacu/base/banned.h"

static void put_entry(struct json_writer *writer, const struct minutes_entry *entry) {
    json_open_object(writer);
    json_member_id(writer, "id", entry->minutes_id);
    json_member_text(writer, "kind", entry->kind);
    json_member_text(writer, "lang", entry->lang);
    json_member_text(writer, "code", entry->code);
    json_member_text(writer, "made_by", entry->made_by);
    json_member_time(writer, "made_at", entry->made_us);
    json_member_text(writer, "first_by", entry->confirmed_by[0]);
    json_member_time(writer, "first_at", entry->confirmed_us[0]);
    json_member_text(writer, "second_by", entry->confirmed_by[1]);
    json_member_time(writer, "second_at", entry->confirmed_us[1]);
    json_member_text(writer, "sha256", entry->sha256);
    json_close_object(writer);
}

void api_minutes_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct hall_room room;
    struct minutes_list list;
    if (!api_own_room(api, request, reply, &room))
        return;
    enum err err = minutes_list(api->db, request->arena, room.room_id, &list);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_list_open(reply);
    for (size_t i = 0; i < list.count; i++)
        put_entry(&writer, &list.entries[i]);
    api_list_close(reply, request, &writer);
}
