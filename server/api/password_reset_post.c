#include "handlers.h"
#include "staff_json.h"

#include "khoacu/base/banned.h"

struct input {
    const char *reason;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, reason, JSON_STRING, true, 1, 2000),
    {0},
};

void api_password_reset_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    int64_t staff_id;
    if (!api_param_id(request, reply, 0, &staff_id) || !api_read(request, reply, FIELDS, &input))
        return;
    char password[IDENTITY_PASSWORD_MADE_SIZE];
    const char *login_name = NULL;
    enum identity_account_verdict verdict;
    enum err err = identity_password_reset(api->db, request->arena, LEDGER_STAFF(api->actor.staff_id), staff_id, input.reason, api->now_us, &verdict,
                                           &login_name, password);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
    } else if (api_account_done(request, reply, verdict)) {
        struct json_writer writer = api_writer(reply);
        json_open_object(&writer);
        json_member_text(&writer, "login_name", login_name);
        json_member_text(&writer, "password", password);
        json_close_object(&writer);
        api_json(reply, request, 200);
    }
    crypto_wipe(password, sizeof password);
}
