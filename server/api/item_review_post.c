#include "banks.h"
#include "handlers.h"

#include <string.h>

#include "khoacu/base/banned.h"

struct input {
    const char *verdict, *reason;
    int64_t version;
};
static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, verdict, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, reason, JSON_STRING, false, 0, BANK_NOTE_MAX),
    JSON_FIELD(struct input, version, JSON_INT, true, 1, INT32_MAX),
    {0},
};

void api_item_review_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {.reason = ""};
    int64_t item_id;
    if (!api_param_id(request, reply, 0, &item_id) || !api_read(request, reply, FIELDS, &input))
        return;
    bool accepts = strcmp(input.verdict, "accept") == 0;
    if (!accepts && strcmp(input.verdict, "return") != 0) {
        api_invalid_field(reply, request, "verdict", "unknown-value");
        return;
    }
    if (!accepts && !input.reason[0]) {
        api_invalid_field(reply, request, "reason", "required");
        return;
    }
    api_act_one(api, request, reply, accepts ? BANK_ACT_APPROVE : BANK_ACT_RETURN, item_id, input.version, input.reason);
}
