#include "handlers.h"
#include "limits.h"
#include "metrics.h"
#include "staff_json.h"

#include "khoacu/base/clock.h"

#include "khoacu/base/banned.h"

struct input {
    const char *login_name, *password;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, login_name, JSON_STRING, true, 1, 64),
    JSON_FIELD(struct input, password, JSON_STRING, true, 1, 256),
    {0},
};

static void signed_in(struct api *api, struct http_request *request, struct http_reply *reply,
                      struct identity_login *login) {
    api_metric_add(api->state->metrics, METRIC_LOGINS_STAFF, 1);
    api_set_cookie(reply, request, API_COOKIE_STAFF, login->token, (login->actor.expires_us - api->now_us) / 1000000);
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_put_key(&writer, "staff");
    api_put_staff_actor(&writer, &login->actor);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

void api_login_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    if (!api_read(request, reply, FIELDS, &input))
        return;
    int wait_s = api_limit_take(api->state->limits, LIMIT_LOGIN, api_client(api->state, request), 0, clock_mono_us());
    if (wait_s > 0) {
        api_too_many(reply, request, wait_s);
        return;
    }
    enum identity_login_verdict verdict;
    struct identity_login login = {0};
    enum err err = identity_staff_login(api->db, request->arena, input.login_name, input.password,
                                        http_cookie(request, API_COOKIE_STAFF), api->now_us, &verdict, &login, &wait_s);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (verdict) {
    case IDENTITY_LOGIN_MADE:
        signed_in(api, request, reply, &login);
        crypto_wipe(login.token, sizeof login.token);
        return;
    case IDENTITY_LOGIN_FROZEN: /* of candidates alone */
    case IDENTITY_LOGIN_WRONG:
        api_metric_add(api->state->metrics, METRIC_LOGINS_STAFF_WRONG, 1);
        api_problem(reply, request, 401, "wrong-password", "The name or the password is wrong");
        return;
    case IDENTITY_LOGIN_WAIT:
        api_too_many(reply, request, wait_s);
        return;
    }
}
