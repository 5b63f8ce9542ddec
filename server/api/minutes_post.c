#include "halls.h"
#include "handlers.h"

#include "khoacu/sitting/minutes.h"

#include <string.h>

#include "khoacu/base/banned.h"

struct input {
    const char *kind, *lang;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, kind, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, lang, JSON_STRING, false, 2, 2),
    {0},
};

void api_minutes_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {.lang = "vi"};
    struct hall_room room;
    struct minutes_making making = {.room = &room, .staff_id = api->actor.staff_id, .now_us = api->now_us};
    bool made = false;
    int64_t minutes_id = 0;
    if (!api_read(request, reply, FIELDS, &input))
        return;
    making.lang = input.lang;
    if (!minutes_kind_parse(input.kind, &making.kind)) {
        api_invalid_field(reply, request, "kind", "form");
        return;
    }
    if (strcmp(input.lang, "vi") != 0 && strcmp(input.lang, "en") != 0) {
        api_invalid_field(reply, request, "lang", "form");
        return;
    }
    if (!api_find_room(api, request, reply, &room))
        return;
    enum err err = minutes_make(api->db, request->arena, &making, &made, &minutes_id);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (!made) {
        api_not_your_hall(reply, request);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_id(&writer, "id", minutes_id);
    json_close_object(&writer);
    api_json(reply, request, 201);
}
