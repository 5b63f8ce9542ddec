#include "ballots.h"
#include "handlers.h"

#include "khoacu/base/banned.h"

struct input {
    const char *post, *reason;
    const struct json *roll_numbers;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, post, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, reason, JSON_STRING, true, 1, 2000),
    JSON_FIELD(struct input, roll_numbers, JSON_ARRAY, true, 1, BALLOT_NAMES_MAX),
    {0},
};

void api_appointment_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    enum ballot_verdict verdict;
    int64_t appointment_id = 0;
    size_t place = 0;
    if (!api_read(request, reply, FIELDS, &input))
        return;
    size_t count = json_count(input.roll_numbers);
    const char **rolls = ARENA_ARRAY(request->arena, count, const char *);
    for (size_t i = 0; rolls && i < count; i++) {
        rolls[i] = json_text(json_at(input.roll_numbers, i));
        if (!rolls[i]) {
            api_invalid_field(reply, request, "roll_numbers", "kind");
            return;
        }
    }
    enum err err = rolls ? ballot_appoint(api->db, request->arena, api->actor.staff_id, request->params[0], input.post, rolls, count, input.reason,
                                          api->now_us, &verdict, &appointment_id, &place)
                         : ERR_MEMORY;
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (verdict == BALLOT_NOT_PASSED) {
        const char *path = arena_printf(request->arena, "roll_numbers[%zu]", place - 1);
        api_invalid_field(reply, request, path ? path : "roll_numbers", "unknown");
        return;
    }
    if (verdict != BALLOT_DONE) {
        api_ballot_refuse(reply, request, verdict);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_id(&writer, "id", appointment_id);
    json_close_object(&writer);
    api_json(reply, request, 201);
}
