#include "forms.h"
#include "handlers.h"

#include <string.h>

#include "khoacu/base/banned.h"

struct input {
    int64_t version;
    const char *verdict, *reason;
};
static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, version, JSON_INT, true, 1, INT32_MAX),
    JSON_FIELD(struct input, verdict, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, reason, JSON_STRING, false, 0, BANK_NOTE_MAX),
    {0},
};

void api_form_review_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {.reason = ""};
    struct form_result result;
    struct bank_desk desk;
    int64_t form_id = 0;
    if (!api_param_id(request, reply, 0, &form_id) || !api_read(request, reply, FIELDS, &input))
        return;
    bool accept = strcmp(input.verdict, "accept") == 0;
    if (!accept && strcmp(input.verdict, "return") != 0) {
        api_invalid_field(reply, request, "verdict", "form");
        return;
    }
    if (!accept && input.reason[0] == '\0') {
        api_invalid_field(reply, request, "reason", "required");
        return;
    }
    if (!api_desk(api, request, reply, &desk))
        return;
    enum err err = form_review(&desk, form_id, input.version, accept, input.reason, &result);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (result.outcome != FORM_DONE) {
        api_form_refused(request, reply, &result);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_int(&writer, "version", result.version);
    json_member_text(&writer, "verdict", input.verdict);
    json_close_object(&writer);
    api_json(reply, request, 201);
}
