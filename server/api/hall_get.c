#include "halls.h"
#include "handlers.h"

#include "khoacu/base/clock.h"

#include "khoacu/base/banned.h"

static void put_room(struct json_writer *writer, const struct hall_room *room) {
    json_member_id(writer, "shift_id", room->shift_id);
    json_member_text(writer, "shift", room->shift_code);
    json_member_text(writer, "shift_state", room->shift_state);
    json_member_text(writer, "room", room->code);
    json_member_text(writer, "cycle", room->cycle_code);
    json_member_text(writer, "clock", room->clock);
    json_member_time(writer, "starts_at", room->starts_us);
    json_member_time(writer, "ends_at", room->ends_us);
    json_member_int(writer, "minutes", room->minutes);
    json_member_int(writer, "grace_s", room->grace_s);
    json_member_int(writer, "item_count", room->item_count);
    json_member_bool(writer, "check_in", room->check_in);
    json_member_bool(writer, "two_persons", room->two_persons);
    json_member_bool(writer, "yours", room->watches);
}

static void put_staff(struct json_writer *writer, const struct hall_staff *staff) {
    json_put_key(writer, "staff");
    json_open_array(writer);
    for (size_t i = 0; i < staff->count; i++) {
        json_open_object(writer);
        json_member_text(writer, "login_name", staff->persons[i].login_name);
        json_member_text(writer, "full_name", staff->persons[i].full_name);
        json_close_object(writer);
    }
    json_close_array(writer);
}

void api_hall_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct hall_room room;
    struct hall_staff staff;
    struct hall_seats seats;
    if (!api_find_room(api, request, reply, &room))
        return;
    enum err err = hall_staff_read(api->db, request->arena, room.room_id, &staff);
    if (err == ERR_NONE)
        err = hall_seats_read(api->db, request->arena, room.room_id, &seats);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_time(&writer, "server_now", clock_now_us());
    put_room(&writer, &room);
    put_staff(&writer, &staff);
    json_put_key(&writer, "seats");
    json_open_array(&writer);
    for (size_t i = 0; i < seats.count; i++)
        api_put_seat(&writer, &seats.seats[i], api->now_us);
    json_close_array(&writer);
    json_close_object(&writer);
    api_json(reply, request, 200);
}
