#include "api.h"

#include <string.h>

#include "khoacu/base/banned.h"

bool api_step_up(struct api *api, struct http_request *request, struct http_reply *reply, const char *password, const char *act,
                 int64_t subject_id, int64_t *ret_step_up_id) {
    enum identity_step_up_verdict verdict;
    int wait_s = 0;
    enum err err = identity_step_up(api->db, request->arena, &api->actor, password, act, subject_id, api->now_us, &verdict,
                                    ret_step_up_id, &wait_s);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return false;
    }
    switch (verdict) {
    case IDENTITY_STEP_UP_MADE:
        return true;
    case IDENTITY_STEP_UP_WRONG:
        api_problem(reply, request, 403, "wrong-password", "The password is wrong");
        return false;
    case IDENTITY_STEP_UP_WAIT:
        api_too_many(reply, request, wait_s);
        return false;
    }
    return false;
}

struct confirming {
    const char *verdict, *reason, *password;
};
static const struct json_field CONFIRMING[] = {
    JSON_FIELD(struct confirming, verdict, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct confirming, reason, JSON_STRING, true, 1, 2000),
    JSON_FIELD(struct confirming, password, JSON_STRING, true, 1, IDENTITY_PASSWORD_MAX),
    {0},
};

bool api_read_confirmation(struct api *api, struct http_request *request, struct http_reply *reply, const char *act,
                           struct api_confirmation *ret_confirmation) {
    struct confirming input = {0};
    struct api_confirmation c = {0};
    if (!api_param_id(request, reply, 0, &c.id) || !api_read(request, reply, CONFIRMING, &input))
        return false;
    c.confirm = strcmp(input.verdict, "confirmed") == 0;
    c.reason = input.reason;
    if (!c.confirm && strcmp(input.verdict, "refused") != 0) {
        api_invalid_field(reply, request, "verdict", "unknown");
        return false;
    }
    if (!api_step_up(api, request, reply, input.password, act, c.id, &c.step_up_id))
        return false;
    *ret_confirmation = c;
    return true;
}
