#include "handlers.h"
#include "lates.h"
#include "sittings.h"

#include "khoacu/base/banned.h"

struct input {
    const struct json *events;
};
static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, events, JSON_ARRAY, true, 1, LATE_EVENTS_MAX),
    {0},
};

/* Whether the sitting takes late answers now; otherwise the reply says why not. */
static bool in_time(struct api *api, struct http_request *request, struct http_reply *reply, const struct sitting *sitting) {
    int32_t late_s = 0;
    enum err err = late_window_read(api->db, request->arena, sitting->shift_id, &late_s);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return false;
    }
    switch (late_time_judge(sitting, late_s, api->now_us)) {
    case LATE_TAKEN:
        return true;
    case LATE_STILL_OPEN:
        api_problem(reply, request, 409, "open", "The sitting is open: save in the ordinary way");
        return false;
    case LATE_NOT_OPEN:
        api_sitting_not_open(reply, request);
        return false;
    case LATE_TOO_LATE:
        api_problem(reply, request, 409, "too-late", "Late answers are not taken any more");
        return false;
    }
    return false;
}

static bool read_events(struct api *api, struct http_request *request, struct http_reply *reply, const struct sitting *sitting,
                        struct late_events *events) {
    struct input input = {0};
    struct late_fault fault = {0};
    if (!api_read(request, reply, FIELDS, &input))
        return false;
    enum err err = api_read_events(api, request->arena, sitting, input.events, events, &fault);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return false;
    }
    if (fault.rule)
        api_late_fault(reply, request, &fault);
    return !fault.rule;
}

void api_sitting_late_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct sitting_place place;
    struct sitting sitting;
    struct late_events events;
    struct late_taken taken = {0};
    if (!api_own_sitting(api, request, reply, &place))
        return;
    enum err err = sitting_read(api->db, request->arena, place, &sitting);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (!in_time(api, request, reply, &sitting) || !read_events(api, request, reply, &sitting, &events))
        return;
    const struct late_taking taking = {.sitting = &sitting, .events = &events, .now_us = api->now_us};
    err = late_take(api->db, request->arena, &taking, &taken);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_text(&writer, "outcome", taken.kept > 0 ? "waiting" : "repeated");
    api_member_id_or_null(&writer, "batch_id", taken.batch_id);
    json_member_int(&writer, "kept", taken.kept);
    json_close_object(&writer);
    api_json(reply, request, 200);
}
