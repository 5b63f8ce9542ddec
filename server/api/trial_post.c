#include "handlers.h"

#include "khoacu/result/trial.h"

#include "khoacu/base/banned.h"

struct input {
    const char *pack, *cause;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, pack, JSON_STRING, true, 2, 40),
    JSON_FIELD(struct input, cause, JSON_STRING, true, 1, 2000),
    {0},
};

void api_trial_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    enum result_trial_verdict verdict;
    int64_t job_id = 0, trial_id = 0;
    if (!api_read(request, reply, FIELDS, &input))
        return;
    enum err err = result_trial_request(api->db, request->arena, api->actor.staff_id, request->params[0], input.pack, input.cause,
                                        api->now_us, &verdict, &job_id, &trial_id);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (verdict) {
    case RESULT_TRIAL_REQUESTED:
        api_accepted(reply, request, job_id, "trial_id", trial_id);
        return;
    case RESULT_TRIAL_NO_CYCLE:
        api_not_found(reply, request);
        return;
    case RESULT_TRIAL_NOT_FROZEN:
        api_problem(reply, request, 409, "not-frozen", "The marks of this cycle are not frozen");
        return;
    case RESULT_TRIAL_NO_PACK:
        api_invalid_field(reply, request, "pack", "unknown");
        return;
    }
}
