#include "cycles.h"
#include "handlers.h"

#include "khoacu/base/clock.h"
#include "khoacu/base/text.h"
#include "khoacu/sitting/schedule.h"

#include <string.h>

#include "khoacu/base/banned.h"

/* A place in the list: room and seat, "P01:25". */
static bool read_place(struct http_request *request, const char *text, struct schedule_live_query *query) {
    const char *colon = strrchr(text, ':');
    query->after_room = "";
    if (text[0] == '\0')
        return true;
    if (!colon || !text_parse_int(colon + 1, 1, SCHEDULE_ROOM_SIZE_MAX, &query->after_seat))
        return false;
    query->after_room = arena_strndup(request->arena, text, (size_t)(colon - text));
    return query->after_room;
}

static void put_seat(struct json_writer *writer, const struct schedule_seat *seat) {
    json_open_object(writer);
    json_member_text(writer, "room", seat->room);
    json_member_int(writer, "seat", seat->seat);
    json_member_text(writer, "roll_number", seat->roll_number);
    json_member_text(writer, "full_name", seat->full_name);
    json_member_text(writer, "state", seat->state);
    json_member_int(writer, "answered", seat->answered);
    json_member_int(writer, "flagged", seat->flagged);
    json_member_time(writer, "last_saved_at", seat->saved_us);
    json_member_time(writer, "closes_at", seat->closes_us);
    json_close_object(writer);
}

static void put_live(struct http_request *request, struct http_reply *reply, const struct schedule_live *live) {
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_time(&writer, "server_now", clock_now_us());
    json_put_key(&writer, "counts");
    json_open_object(&writer);
    for (int state = 0; state < SITTING_STATE_COUNT; state++)
        json_member_int(&writer, sitting_state_key((enum sitting_state)state), live->counts[state]);
    json_close_object(&writer);
    api_put_texts(&writer, "rooms", live->rooms, live->room_count);
    json_put_key(&writer, "rows");
    json_open_array(&writer);
    for (size_t i = 0; i < live->count; i++)
        put_seat(&writer, &live->seats[i]);
    json_close_array(&writer);
    const struct schedule_seat *last = live->more ? &live->seats[live->count - 1] : NULL;
    const char *next = last ? arena_printf(request->arena, "%s:%lld", last->room, (long long)last->seat) : NULL;
    json_member_text(&writer, "next", next);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

void api_shift_live_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct api_page asked;
    struct schedule_live_query query = {0};
    struct schedule_live live;
    if (!api_param_id(request, reply, 0, &query.shift_id) || !api_query_page(request, reply, &asked) ||
        !api_query_text(request, reply, "room", 40, &query.room))
        return;
    query.limit = asked.limit;
    if (!read_place(request, asked.after, &query)) {
        api_invalid_field(reply, request, "after", "kind");
        return;
    }
    enum err err = schedule_live_read(api->db, request->arena, &query, &live);
    if (err == ERR_DB_NO_ROW)
        api_not_found(reply, request);
    else if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else
        put_live(request, reply, &live);
}
