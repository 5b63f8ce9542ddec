#include "halls.h"
#include "handlers.h"

#include "khoacu/base/text.h"

#include "khoacu/base/banned.h"

struct input {
    const char *category, *words, *sitting_id, *adjustment_id, *corrects;
    int64_t minutes;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, category, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, minutes, JSON_INT, true, 0, 600),
    JSON_FIELD(struct input, words, JSON_STRING, true, 1, 2000),
    JSON_FIELD(struct input, sitting_id, JSON_STRING, false, TEXT_ID_LEN, TEXT_ID_LEN),
    JSON_FIELD(struct input, adjustment_id, JSON_STRING, false, TEXT_ID_LEN, TEXT_ID_LEN),
    JSON_FIELD(struct input, corrects, JSON_STRING, false, TEXT_ID_LEN, TEXT_ID_LEN),
    {0},
};

static bool read_input(struct http_request *request, struct http_reply *reply, struct hall_incident *incident) {
    struct input input = {0};
    struct json_misfits misfits = {0};
    if (!api_read(request, reply, FIELDS, &input))
        return false;
    if (!hall_category_known(input.category))
        json_misfit_add(request->arena, &misfits, "category", "form", 0, 0);
    if (input.sitting_id && !text_parse_id(input.sitting_id, &incident->sitting_id))
        json_misfit_add(request->arena, &misfits, "sitting_id", "form", 0, 0);
    if (input.adjustment_id && !text_parse_id(input.adjustment_id, &incident->adjustment_id))
        json_misfit_add(request->arena, &misfits, "adjustment_id", "form", 0, 0);
    if (input.corrects && !text_parse_id(input.corrects, &incident->corrects))
        json_misfit_add(request->arena, &misfits, "corrects", "form", 0, 0);
    incident->category = input.category;
    incident->words = input.words;
    incident->minutes = input.minutes;
    if (misfits.count > 0)
        api_invalid(reply, request, &misfits);
    return misfits.count == 0;
}

void api_incident_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct hall_room room;
    struct hall_incident incident = {.staff_id = api->actor.staff_id, .now_us = api->now_us};
    enum hall_incident_verdict verdict;
    int64_t incident_id = 0;
    if (!read_input(request, reply, &incident) || !api_find_room(api, request, reply, &room))
        return;
    incident.room_id = room.room_id;
    enum err err = hall_incident_add(api->db, request->arena, &incident, &verdict, &incident_id);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (verdict) {
    case HALL_INCIDENT_RECORDED: {
        struct json_writer writer = api_writer(reply);
        json_open_object(&writer);
        json_member_id(&writer, "id", incident_id);
        json_close_object(&writer);
        api_json(reply, request, 201);
        return;
    }
    case HALL_INCIDENT_CORRECTED:
        api_problem(reply, request, 409, "decided", "Another stands in its place already; correct that one");
        return;
    case HALL_INCIDENT_NOT_YOURS:
        api_not_your_hall(reply, request);
        return;
    case HALL_INCIDENT_SITTING_UNKNOWN:
        api_invalid_field(reply, request, "sitting_id", "unknown-value");
        return;
    case HALL_INCIDENT_ADJUSTMENT_UNKNOWN:
        api_invalid_field(reply, request, "adjustment_id", "unknown-value");
        return;
    case HALL_INCIDENT_UNKNOWN:
        api_invalid_field(reply, request, "corrects", "unknown-value");
        return;
    }
}
