#include "handlers.h"

#include "khoacu/score/score.h"

#include "khoacu/base/banned.h"

struct input {
    const char *reason;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, reason, JSON_STRING, true, 1, 2000),
    {0},
};

void api_shift_close_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    int64_t shift_id, job_id = 0;
    enum score_shift_request_verdict verdict;
    if (!api_param_id(request, reply, 0, &shift_id) || !api_read(request, reply, FIELDS, &input))
        return;
    enum err err = score_shift_close_request(api->db, request->arena, api->actor.staff_id, shift_id, input.reason,
                                             api->now_us, &verdict, &job_id);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (verdict) {
    case SCORE_SHIFT_REQUESTED:
        break;
    case SCORE_SHIFT_UNKNOWN:
        api_not_found(reply, request);
        return;
    case SCORE_SHIFT_EARLY:
        api_problem(reply, request, 409, "too-early", "The shift has not begun");
        return;
    }
    api_accepted(reply, request, job_id, NULL, 0);
}
