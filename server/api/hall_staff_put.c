#include "halls.h"
#include "handlers.h"

#include "khoacu/base/banned.h"

struct input {
    const char *login_name;
    bool assigned;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, login_name, JSON_STRING, true, 2, 40),
    JSON_FIELD(struct input, assigned, JSON_BOOL, true, 0, 1),
    {0},
};

void api_hall_staff_put(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input;
    struct hall_room room;
    enum hall_assign_verdict verdict;
    if (!api_read(request, reply, FIELDS, &input) || !api_find_room(api, request, reply, &room))
        return;
    const struct hall_assign assign = {.room_id = room.room_id, .shift_id = room.shift_id, .staff_id = api->actor.staff_id, .now_us = api->now_us,
                                       .login_name = input.login_name, .assigned = input.assigned};
    enum err err = hall_assign(api->db, request->arena, &assign, &verdict);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (verdict) {
    case HALL_ASSIGN_SET:
    case HALL_ASSIGN_SAME:
        api_no_content(reply);
        return;
    case HALL_ASSIGN_NOT_YOURS:
        api_problem(reply, request, 409, "same-person", "Nobody puts herself in a hall, or in one whose shift is over");
        return;
    case HALL_ASSIGN_UNKNOWN_PERSON:
        api_invalid_field(reply, request, "login_name", "unknown-value");
        return;
    }
}
