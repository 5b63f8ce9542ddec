#include "halls.h"

#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

bool api_find_room(const struct api *api, struct http_request *request, struct http_reply *reply, struct hall_room *ret_room) {
    int64_t shift_id;
    if (!api_param_id(request, reply, 0, &shift_id))
        return false;
    enum err err = hall_room_read(api->db, request->arena, shift_id, request->params[1], api->actor.staff_id, ret_room);
    if (err == ERR_DB_NO_ROW)
        api_not_found(reply, request);
    else if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    return err == ERR_NONE;
}

void api_not_your_hall(struct http_reply *reply, const struct http_request *request) {
    api_problem(reply, request, 403, "not-your-hall", "You are not assigned to this hall");
}

bool api_own_room(const struct api *api, struct http_request *request, struct http_reply *reply, struct hall_room *ret_room) {
    if (!api_find_room(api, request, reply, ret_room))
        return false;
    if (!ret_room->watches)
        api_not_your_hall(reply, request);
    return ret_room->watches;
}

static int64_t later(int64_t one, int64_t other) {
    return one > other ? one : other;
}

static void put_connection(struct json_writer *writer, const struct hall_seat *seat, int64_t now_us) {
    int64_t seen_us = later(seat->seen_us, seat->saved_us);
    bool working = strcmp(seat->state, "open") == 0 || strcmp(seat->state, "assigned") == 0;
    bool online = working && seen_us != 0 && now_us - seen_us <= HALL_OFFLINE_US;
    json_member_text(writer, "connection", !working || seen_us == 0 ? "none" : online ? "online" : "offline");
    json_member_time(writer, "seen_at", online ? 0 : seen_us);
}

void api_put_seat(struct json_writer *writer, const struct hall_seat *seat, int64_t now_us) {
    json_open_object(writer);
    json_member_id(writer, "sitting_id", seat->sitting_id);
    json_member_int(writer, "seat", seat->seat);
    json_member_text(writer, "roll_number", seat->roll_number);
    json_member_text(writer, "full_name", seat->full_name);
    json_member_text(writer, "state", seat->state);
    json_member_time(writer, "started_at", seat->started_us);
    json_member_time(writer, "closes_at", seat->closes_us);
    json_member_time(writer, "held_at", seat->held_us);
    json_member_int(writer, "holds", seat->holds);
    json_member_bool(writer, "evacuated", seat->evacuated);
    json_member_int(writer, "extra_s", seat->extra_s + seat->accommodation_s);
    json_member_int(writer, "answered", seat->answered);
    json_member_int(writer, "flagged", seat->flagged);
    json_member_int(writer, "position", seat->position);
    json_member_time(writer, "last_saved_at", seat->saved_us);
    put_connection(writer, seat, now_us);
    json_member_text(writer, "seb", seat->seb ? seat->seb : "none");
    json_member_text(writer, "seb_received", seat->seb_received);
    json_member_text(writer, "seb_expected", seat->seb_expected);
    json_member_text(writer, "check_in", seat->check_in);
    json_member_int(writer, "incidents", seat->incidents);
    json_member_bool(writer, "second_machine", seat->second_machine);
    json_member_bool(writer, "photo", seat->photo);
    json_close_object(writer);
}
