#include "handlers.h"

#include "khoacu/result/result.h"

#include "khoacu/base/banned.h"

static const struct json_field FIELDS[] = {{0}};

void api_run_publish_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    enum result_publish_verdict verdict;
    int64_t run_id = 0, version = 0;
    char nothing = 0;
    if (!api_param_id(request, reply, 0, &run_id) || !api_read(request, reply, FIELDS, &nothing))
        return;
    enum err err =
        result_run_publish(api->db, request->arena, api->actor.staff_id, run_id, api->now_us, &verdict, &version);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer;
    switch (verdict) {
    case RESULT_PUBLISHED:
        writer = api_writer(reply);
        json_open_object(&writer);
        json_member_int(&writer, "version", version);
        json_close_object(&writer);
        api_json(reply, request, 201);
        return;
    case RESULT_PUBLISH_NO_RUN:
        api_not_found(reply, request);
        return;
    case RESULT_PUBLISH_NOT_APPROVED:
        api_problem(reply, request, 409, "not-approved", "This run has not been approved");
        return;
    case RESULT_PUBLISH_OVERTAKEN:
        api_problem(reply, request, 409, "overtaken", "Another run was published as this version; compute a new one");
        return;
    }
}
