#include "handlers.h"
#include "sittings.h"

#include "khoacu/base/clock.h"
#include "khoacu/sitting/emergency.h"
#include "khoacu/sitting/late.h"

#include "khoacu/base/banned.h"

static void put_person_and_cycle(struct json_writer *writer, const struct identity_actor *actor,
                                 const struct sitting_own *own) {
    json_put_key(writer, "candidate");
    json_open_object(writer);
    json_member_text(writer, "roll_number", actor->name);
    json_member_text(writer, "full_name", actor->full_name);
    json_close_object(writer);
    json_put_key(writer, "cycle");
    json_open_object(writer);
    json_member_text(writer, "code", own->cycle_code);
    json_member_text(writer, "title_vi", own->title_vi);
    json_member_text(writer, "title_en", own->title_en);
    json_member_bool(writer, "demonstration", own->demonstration);
    json_close_object(writer);
}

static void put_shift(struct json_writer *writer, const struct sitting_own *own) {
    const struct sitting_times *times = &own->sitting.times;
    json_put_key(writer, "shift");
    json_open_object(writer);
    json_member_text(writer, "code", own->shift_code);
    json_member_text(writer, "clock", times->clock == SITTING_CLOCK_COMMON ? "common" : "personal");
    json_member_time(writer, "starts_at", times->starts_us);
    json_member_time(writer, "ends_at", times->ends_us);
    json_member_int(writer, "minutes", times->minutes);
    json_member_int(writer, "grace_s", times->grace_s);
    json_close_object(writer);
}

void api_sitting_own_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    const struct identity_actor *actor = &api->actor;
    if (actor->sitting_id == 0) {
        api_not_found(reply, request);
        return;
    }
    struct sitting_place place = {.room_id = actor->room_id, .sitting_id = actor->sitting_id};
    struct sitting_own own;
    enum err err = sitting_own_read(api->db, request->arena, place, &own);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    const char *emergency_key = NULL;
    int32_t late_s = 0;
    err = emergency_key_get(api->db, request->arena, api->state->config.secret, own.sitting.shift_id, api->now_us, &emergency_key);
    if (err == ERR_NONE)
        err = late_window_read(api->db, request->arena, own.sitting.shift_id, &late_s);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_id(&writer, "id", place.sitting_id);
    json_member_text(&writer, "state", sitting_state_key(own.sitting.state));
    put_person_and_cycle(&writer, actor, &own);
    put_shift(&writer, &own);
    json_member_text(&writer, "room", own.room_code);
    json_member_int(&writer, "seat", own.seat);
    json_member_time(&writer, "started_at", own.sitting.started_us);
    json_member_time(&writer, "closes_at", own.sitting.closes_us);
    json_member_time(&writer, "held_at", own.sitting.times.held_us);
    json_member_bool(&writer, "evacuated", own.evacuated);
    json_member_bool(&writer, "check_in", own.check_in);
    json_member_time(&writer, "server_now", clock_now_us());
    json_member_int(&writer, "item_count", own.item_count);
    json_member_int(&writer, "late_s", late_s);
    json_put_key(&writer, "aids");
    json_open_object(&writer);
    json_member_bool(&writer, "calculator", own.calculator);
    json_close_object(&writer);
    json_member_text(&writer, "emergency_key", emergency_key);
    err = api_put_paper_key(api, &own.sitting, &writer);
    if (err == ERR_NONE)
        err = api_put_sections(api, request->arena, &own.sitting, &writer);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    json_put_key(&writer, "receipt");
    api_put_receipt(&writer, &own.sitting.receipt);
    json_close_object(&writer);
    api_json(reply, request, 200);
}
