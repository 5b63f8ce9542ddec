#include "handlers.h"

#include "khoacu/base/banned.h"

struct input {
    const char *old_password, *new_password;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, old_password, JSON_STRING, true, 1, IDENTITY_PASSWORD_MAX),
    JSON_FIELD(struct input, new_password, JSON_STRING, true, IDENTITY_PASSWORD_MIN, IDENTITY_PASSWORD_MAX),
    {0},
};

static const char *rule_of(enum identity_password_verdict verdict) {
    switch (verdict) {
    case IDENTITY_PASSWORD_SHORT:
    case IDENTITY_PASSWORD_LONG:
        return "length";
    case IDENTITY_PASSWORD_GUESSABLE:
        return "guessable";
    case IDENTITY_PASSWORD_FINE:
        break;
    }
    return "unknown";
}

void api_password_put(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    if (!api_read(request, reply, FIELDS, &input))
        return;
    enum identity_password_change_verdict verdict;
    enum identity_password_verdict unfit = IDENTITY_PASSWORD_FINE;
    int wait_s = 0;
    enum err err = identity_password_change(api->db, request->arena, &api->actor, input.old_password,
                                            input.new_password, api->now_us, &verdict, &unfit, &wait_s);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (verdict) {
    case IDENTITY_PASSWORD_CHANGED:
        api_no_content(reply);
        return;
    case IDENTITY_PASSWORD_WRONG:
        api_problem(reply, request, 403, "wrong-password", "The old password is wrong");
        return;
    case IDENTITY_PASSWORD_WAIT:
        api_too_many(reply, request, wait_s);
        return;
    case IDENTITY_PASSWORD_UNFIT:
        api_invalid(reply, request,
                    &(struct json_misfits){.list[0] = {.path = "new_password",
                                                       .rule = rule_of(unfit),
                                                       .min = IDENTITY_PASSWORD_MIN,
                                                       .max = IDENTITY_PASSWORD_MAX},
                                           .count = 1});
        return;
    }
}
