#include "handlers.h"

#include "khoacu/marking/marking.h"
#include "khoacu/result/result.h"

#include "khoacu/base/banned.h"

struct input {
    const char *reason;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, reason, JSON_STRING, true, 1, 2000),
    {0},
};

static void put_frozen(struct http_reply *reply, const struct http_request *request,
                       const struct marking_freeze *freeze) {
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_time(&writer, "frozen_at", freeze->frozen_us);
    json_member_text(&writer, "sha256", freeze->sha256);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

static void put_missing(struct http_reply *reply, const struct http_request *request,
                        const struct marking_freeze *freeze) {
    struct json_writer writer = api_problem_open(reply, request, 409, "marks-missing", "Some scripts are not settled yet");
    json_member_int(&writer, "missing", freeze->missing);
    json_member_int(&writer, "scripts", freeze->scripts);
    api_problem_close(reply, request, &writer);
}

void api_marks_freeze_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    struct marking_freeze freeze;
    int64_t job_id = 0;
    if (!api_read(request, reply, FIELDS, &input))
        return;
    enum err err = result_freeze_request(api->db, request->arena, api->actor.staff_id, request->params[0], input.reason,
                                         api->now_us, &freeze, &job_id);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
    } else if (job_id != 0) {
        api_accepted(reply, request, job_id, NULL, 0);
    } else if (!freeze.found) {
        api_not_found(reply, request);
    } else if (freeze.frozen) {
        put_frozen(reply, request, &freeze);
    } else if (freeze.scripts == 0) {
        api_problem(reply, request, 409, "no-scripts", "Round 2 has not been opened");
    } else {
        put_missing(reply, request, &freeze);
    }
}
