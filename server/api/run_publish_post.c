#include "handlers.h"

#include "khoacu/base/text.h"
#include "khoacu/result/result.h"

#include "khoacu/base/banned.h"

struct input {
    const char *publish_at;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, publish_at, JSON_STRING, false, 20, 40),
    {0},
};

static void answer(struct http_request *request, struct http_reply *reply, enum result_publish_verdict verdict, int64_t version,
                   int64_t at_us) {
    struct json_writer writer = api_writer(reply);
    switch (verdict) {
    case RESULT_PUBLISHED:
        json_open_object(&writer);
        json_member_int(&writer, "version", version);
        json_close_object(&writer);
        api_json(reply, request, 201);
        return;
    case RESULT_PUBLISH_SET:
        json_open_object(&writer);
        json_member_time(&writer, "publish_at", at_us);
        json_close_object(&writer);
        api_json(reply, request, 202);
        return;
    case RESULT_PUBLISH_NO_RUN:
        api_not_found(reply, request);
        return;
    case RESULT_PUBLISH_NOT_SIGNED:
        api_problem(reply, request, 409, "not-signed", "This list has not got both signatures");
        return;
    case RESULT_PUBLISH_HAS_TIME:
        api_problem(reply, request, 409, "time-set", "This list has a time; withdraw that first");
        return;
    case RESULT_PUBLISH_PAST:
        api_invalid_field(reply, request, "publish_at", "past");
        return;
    case RESULT_PUBLISH_OVERTAKEN:
        api_problem(reply, request, 409, "overtaken", "Another run was published as this version, or a key was corrected since; compute a new one");
        return;
    }
}

void api_run_publish_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    enum result_publish_verdict verdict;
    int64_t run_id = 0, version = 0, at_us = 0;
    if (!api_param_id(request, reply, 0, &run_id) || !api_read(request, reply, FIELDS, &input))
        return;
    if (input.publish_at && (!text_parse_time(input.publish_at, &at_us) || at_us <= 0)) {
        api_invalid_field(reply, request, "publish_at", "form");
        return;
    }
    enum err err =
        result_run_publish(api->db, request->arena, api->actor.staff_id, run_id, at_us, api->now_us, &verdict, &version);
    if (err == ERR_NONE)
        answer(request, reply, verdict, version, at_us);
    else
        api_failure(api, reply, request, err);
}
