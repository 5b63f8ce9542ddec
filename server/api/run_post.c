#include "handlers.h"

#include "khoacu/result/result.h"

#include "khoacu/base/banned.h"

struct input {
    const char *cause;
    bool substitution;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, cause, JSON_STRING, true, 1, 2000),
    JSON_FIELD(struct input, substitution, JSON_BOOL, false, 0, 0),
    {0},
};

void api_run_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    enum result_run_verdict verdict;
    int64_t job_id = 0, run_id = 0;
    if (!api_read(request, reply, FIELDS, &input))
        return;
    enum err err = result_run_request(api->db, request->arena, api->actor.staff_id, request->params[0], input.cause, input.substitution,
                                      api->now_us, &verdict, &job_id, &run_id);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (verdict) {
    case RESULT_RUN_REQUESTED:
        api_accepted(reply, request, job_id, "run_id", run_id);
        return;
    case RESULT_RUN_NO_CYCLE:
        api_not_found(reply, request);
        return;
    case RESULT_RUN_NO_STRIKE:
        api_problem(reply, request, 409, "nobody-struck-off", "Nobody was struck off since the newest release");
        return;
    case RESULT_RUN_NOT_FROZEN:
        api_problem(reply, request, 409, "not-frozen", "The marks of this cycle are not frozen");
        return;
    }
}
