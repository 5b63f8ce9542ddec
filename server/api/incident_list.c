#include "halls.h"
#include "handlers.h"
#include "lates.h"

#include "khoacu/base/banned.h"

static void put_entry(struct json_writer *writer, const struct hall_incident_entry *entry) {
    json_open_object(writer);
    json_member_id(writer, "id", entry->incident_id);
    json_member_text(writer, "roll_number", entry->roll_number);
    json_member_int(writer, "seat", entry->seat);
    json_member_text(writer, "category", entry->category);
    json_member_int(writer, "minutes", entry->minutes);
    json_member_text(writer, "words", entry->words);
    json_member_text(writer, "recorded_by", entry->recorded_by);
    json_member_time(writer, "recorded_at", entry->recorded_us);
    api_member_id_or_null(writer, "corrects", entry->corrects);
    api_member_id_or_null(writer, "adjustment_id", entry->adjustment_id);
    json_member_bool(writer, "corrected", entry->corrected);
    json_close_object(writer);
}

void api_incident_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct hall_room room;
    struct hall_incidents incidents;
    if (!api_own_room(api, request, reply, &room))
        return;
    enum err err = hall_incidents_read(api->db, request->arena, room.room_id, &incidents);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_list_open(reply);
    for (size_t i = 0; i < incidents.count; i++)
        put_entry(&writer, &incidents.entries[i]);
    api_list_close(reply, request, &writer);
}
