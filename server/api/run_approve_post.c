#include "handlers.h"

#include "khoacu/result/result.h"

#include <string.h>

#include "khoacu/base/banned.h"

struct input {
    const char *verdict, *reason;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, verdict, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, reason, JSON_STRING, true, 1, 2000),
    {0},
};

void api_run_approve_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    enum result_approve_verdict verdict;
    int64_t run_id = 0;
    if (!api_param_id(request, reply, 0, &run_id) || !api_read(request, reply, FIELDS, &input))
        return;
    bool approve = strcmp(input.verdict, "approved") == 0;
    if (!approve && strcmp(input.verdict, "refused") != 0) {
        api_invalid_field(reply, request, "verdict", "unknown");
        return;
    }
    enum err err = result_run_approve(api->db, request->arena, api->actor.staff_id, run_id, approve, input.reason,
                                      api->now_us, &verdict);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer;
    switch (verdict) {
    case RESULT_APPROVED:
        writer = api_writer(reply);
        json_open_object(&writer);
        json_member_text(&writer, "verdict", input.verdict);
        json_close_object(&writer);
        api_json(reply, request, 200);
        return;
    case RESULT_APPROVE_NO_RUN:
        api_not_found(reply, request);
        return;
    case RESULT_APPROVE_SAME_OFFICER:
        api_problem(reply, request, 403, "same-officer",
                    "A list is approved by another officer than the one who ran it");
        return;
    case RESULT_APPROVE_TIES:
        api_problem(reply, request, 409, "ties-unresolved", "A tie at a last seat waits for a recorded decision");
        return;
    case RESULT_APPROVE_DECIDED:
        api_problem(reply, request, 409, "already-decided", "This run has been decided");
        return;
    }
}
