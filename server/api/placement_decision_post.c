#include "handlers.h"

#include "khoacu/result/result.h"

#include "khoacu/base/banned.h"

struct input {
    const char *roll_number, *agency, *reason;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, roll_number, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, agency, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, reason, JSON_STRING, true, 10, 2000),
    {0},
};

void api_placement_decision_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    enum result_placement_verdict verdict;
    int64_t number = 0;
    if (!api_read(request, reply, FIELDS, &input))
        return;
    enum err err = result_placement_record(api->db, request->arena, api->actor.staff_id, request->params[0], input.roll_number, input.agency,
                                           input.reason, api->now_us, &verdict, &number);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer;
    switch (verdict) {
    case RESULT_PLACEMENT_RECORDED:
        writer = api_writer(reply);
        json_open_object(&writer);
        json_member_int(&writer, "number", number);
        json_close_object(&writer);
        api_json(reply, request, 200);
        return;
    case RESULT_PLACEMENT_NO_CYCLE:
        api_not_found(reply, request);
        return;
    case RESULT_PLACEMENT_UNKNOWN_ROLL:
        api_invalid_field(reply, request, "roll_number", "unknown");
        return;
    case RESULT_PLACEMENT_UNKNOWN_AGENCY:
        api_invalid_field(reply, request, "agency", "unknown");
        return;
    }
}
