#include "handlers.h"

#include "khoacu/result/result.h"

#include "khoacu/base/banned.h"

struct input {
    const char *reason, *document_number;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, reason, JSON_STRING, true, 1, 2000),
    JSON_FIELD(struct input, document_number, JSON_STRING, false, 0, 60),
    {0},
};

void api_run_freeze_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    enum result_freeze_verdict verdict;
    int64_t run_id = 0;
    if (!api_param_id(request, reply, 0, &run_id) || !api_read(request, reply, FIELDS, &input))
        return;
    const char *number = input.document_number && *input.document_number ? input.document_number : NULL;
    enum err err = result_list_freeze(api->db, request->arena, api->actor.staff_id, run_id, input.reason, number, api->now_us, &verdict);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (verdict) {
    case RESULT_FROZEN:
        api_no_content(reply);
        return;
    case RESULT_FREEZE_NO_RUN:
        api_not_found(reply, request);
        return;
    case RESULT_FREEZE_TIES:
        api_problem(reply, request, 409, "ties-unresolved", "A tie at a last seat waits for a recorded decision");
        return;
    case RESULT_FREEZE_OVERTAKEN:
        api_problem(reply, request, 409, "overtaken", "Another run was published as this version, or a key was corrected since; compute a new one");
        return;
    case RESULT_FREEZE_OTHER:
        api_problem(reply, request, 409, "other-frozen", "Another list of this cycle waits for its signatures or its publication");
        return;
    case RESULT_FREEZE_NO_QUALITY:
        api_problem(reply, request, 409, "quality-missing", "The quality page of this list has not been computed yet");
        return;
    }
}
