#include "handlers.h"

#include "khoacu/score/job.h"

#include "khoacu/base/banned.h"

void api_job_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    int64_t job_id;
    struct score_job job;
    if (!api_param_id(request, reply, 0, &job_id))
        return;
    enum err err = score_job_read(api->db, request->arena, job_id, &job);
    if (err == ERR_DB_NO_ROW) {
        api_not_found(reply, request);
        return;
    }
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_text(&writer, "state", score_job_state_key(job.state));
    json_member_text(&writer, "kind", score_job_kind_key(job.kind));
    json_member_int(&writer, "done_count", job.done_count);
    json_member_int(&writer, "total_count", job.total_count);
    json_member_text(&writer, "message", job.message);
    json_close_object(&writer);
    api_json(reply, request, 200);
}
