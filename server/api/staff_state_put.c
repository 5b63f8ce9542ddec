#include "handlers.h"
#include "staff_json.h"

#include <string.h>

#include "khoacu/base/banned.h"

struct input {
    const char *state, *reason;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, state, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, reason, JSON_STRING, true, 1, 2000),
    {0},
};

void api_staff_state_put(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    int64_t staff_id;
    if (!api_param_id(request, reply, 0, &staff_id) || !api_read(request, reply, FIELDS, &input))
        return;
    bool enabled = strcmp(input.state, "active") == 0;
    if (!enabled && strcmp(input.state, "disabled") != 0) {
        api_invalid_field(reply, request, "state", "unknown-value");
        return;
    }
    enum identity_account_verdict verdict;
    enum err err = identity_account_enable(api->db, request->arena, LEDGER_STAFF(api->actor.staff_id), staff_id, enabled, input.reason, api->now_us, &verdict);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else if (api_account_done(request, reply, verdict))
        api_no_content(reply);
}
