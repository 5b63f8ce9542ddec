#include "handlers.h"

#include "khoacu/result/result.h"

#include "khoacu/base/banned.h"

struct input {
    const char *reason;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, reason, JSON_STRING, true, 1, 2000),
    {0},
};

void api_release_withdraw_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    enum result_withdraw_verdict verdict;
    int64_t run_id = 0;
    if (!api_param_id(request, reply, 0, &run_id) || !api_read(request, reply, FIELDS, &input))
        return;
    enum err err = result_release_withdraw(api->db, request->arena, api->actor.staff_id, run_id, input.reason, api->now_us, &verdict);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (verdict) {
    case RESULT_WITHDRAWN:
        api_no_content(reply);
        return;
    case RESULT_WITHDRAW_NO_TIME:
        api_problem(reply, request, 409, "no-time", "No time is set for this list");
        return;
    case RESULT_WITHDRAW_LATE:
        api_problem(reply, request, 409, "time-over", "The time has come; a published list is corrected by a new version");
        return;
    }
}
