#include "forms.h"
#include "handlers.h"

#include "khoacu/base/text.h"

#include "khoacu/base/banned.h"

struct input {
    int64_t version;
    const char *sha256;
};
static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, version, JSON_INT, true, 1, INT32_MAX),
    JSON_FIELD(struct input, sha256, JSON_STRING, true, 64, 64),
    {0},
};

void api_form_seal_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    struct form_result result;
    struct bank_desk desk;
    uint8_t sha256[32];
    int64_t form_id = 0;
    if (!api_param_id(request, reply, 0, &form_id) || !api_read(request, reply, FIELDS, &input))
        return;
    if (!text_unhex(input.sha256, sha256, sizeof sha256)) {
        api_invalid_field(reply, request, "sha256", "form");
        return;
    }
    if (!api_desk(api, request, reply, &desk))
        return;
    enum err err = form_seal(&desk, form_id, input.version, sha256, &result);
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
    json_member_id(&writer, "id", result.form_id);
    json_member_int(&writer, "seal", result.seal);
    json_member_text(&writer, "state", form_state_key(result.seal == 2 ? FORM_STATE_SEALED : FORM_STATE_HALF_SEALED));
    json_member_text(&writer, "sha256", result.sha256);
    json_close_object(&writer);
    api_json(reply, request, 200);
}
