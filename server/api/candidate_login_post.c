#include "handlers.h"
#include "limits.h"
#include "metrics.h"
#include "tokens.h"

#include "khoacu/base/clock.h"

#include "khoacu/base/banned.h"

struct input {
    const char *cycle, *roll_number, *access_code;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, cycle, JSON_STRING, false, 1, 60),
    JSON_FIELD(struct input, roll_number, JSON_STRING, true, 1, 60),
    JSON_FIELD(struct input, access_code, JSON_STRING, true, 1, 60),
    {0},
};

static void signed_in(struct api *api, struct http_request *request, struct http_reply *reply,
                      struct identity_login *login) {
    const struct identity_actor *actor = &login->actor;
    api_metric_add(api->state->metrics, METRIC_LOGINS_CANDIDATE, 1);
    api_token_remember(api->state->tokens, actor, api->now_us);
    api_set_cookie(reply, request, API_COOKIE_CANDIDATE, login->token, (actor->expires_us - api->now_us) / 1000000);
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_put_key(&writer, "candidate");
    json_open_object(&writer);
    json_member_text(&writer, "roll_number", actor->name);
    json_member_text(&writer, "full_name", actor->full_name);
    json_member_text(&writer, "cycle_code", actor->cycle_code);
    json_close_object(&writer);
    if (actor->sitting_id != 0)
        json_member_id(&writer, "sitting_id", actor->sitting_id);
    else
        json_member_text(&writer, "sitting_id", NULL);
    json_member_time(&writer, "server_now", clock_now_us());
    json_close_object(&writer);
    api_json(reply, request, 200);
}

#define DEVICE_LIFE_S (365 * 86400)

/* The number of the machine that asks; one that comes for the first time is given one to keep. */
static const char *know_device(struct http_request *request, struct http_reply *reply) {
    uint8_t sha256[CRYPTO_SHA256_LEN];
    char text[IDENTITY_TOKEN_TEXT];
    const char *device = http_cookie(request, API_COOKIE_DEVICE);
    if (identity_token_sha256(device, sha256))
        return device;
    identity_token_new(text, sha256);
    api_set_cookie(reply, request, API_COOKIE_DEVICE, text, DEVICE_LIFE_S);
    return arena_strdup(request->arena, text);
}

void api_candidate_login_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    struct api_limits *limits = api->state->limits;
    const char *client = api_client(api->state, request);
    int wait_s = api_limit_peek(limits, LIMIT_CODE_FAILURE, client, 0, clock_mono_us());
    if (wait_s > 0) {
        api_too_many(reply, request, wait_s);
        return;
    }
    if (!api_read(request, reply, FIELDS, &input))
        return;
    enum identity_login_verdict verdict;
    struct identity_login login = {0};
    const char *device = know_device(request, reply);
    enum err err = device ? identity_candidate_login(api->db, request->arena, api->state->config.secret, input.cycle, input.roll_number,
                                                     input.access_code, device, api->now_us, &verdict, &login, &wait_s)
                          : ERR_MEMORY;
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (verdict) {
    case IDENTITY_LOGIN_MADE:
        signed_in(api, request, reply, &login);
        crypto_wipe(login.token, sizeof login.token);
        return;
    case IDENTITY_LOGIN_WRONG:
        (void)api_limit_take(limits, LIMIT_CODE_FAILURE, client, 0, clock_mono_us());
        api_metric_add(api->state->metrics, METRIC_LOGINS_CANDIDATE_WRONG, 1);
        api_problem(reply, request, 401, "wrong-code", "The roll number or the access code is wrong");
        return;
    case IDENTITY_LOGIN_WAIT:
        (void)api_limit_take(limits, LIMIT_CODE_FAILURE, client, 0, clock_mono_us());
        api_too_many(reply, request, wait_s);
        return;
    case IDENTITY_LOGIN_FROZEN:
        api_problem(reply, request, 409, "device-frozen", "This sitting is at another machine, and an invigilator has not decided yet");
        return;
    }
}
