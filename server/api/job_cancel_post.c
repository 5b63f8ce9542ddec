#include "handlers.h"

#include "khoacu/score/job.h"

#include "khoacu/base/banned.h"

void api_job_cancel_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    int64_t job_id;
    enum score_job_cancelling end;
    if (!api_param_id(request, reply, 0, &job_id))
        return;
    enum err err = score_job_cancel(api->db, request->arena, job_id, api->actor.staff_id, api->now_us, &end);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (end == SCORE_CANCEL_NO_JOB) {
        api_not_found(reply, request);
        return;
    }
    if (end == SCORE_CANCEL_ENDED) {
        api_problem(reply, request, 409, "job-ended", "The job has ended or was cancelled before");
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_text(&writer, "state", score_job_state_key(end == SCORE_CANCEL_DONE ? SCORE_JOB_IS_CANCELLED : SCORE_JOB_IS_RUNNING));
    json_close_object(&writer);
    api_json(reply, request, 202);
}
