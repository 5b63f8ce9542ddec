#include "handlers.h"

#include "khoacu/result/result.h"

#include <string.h>

#include "khoacu/base/banned.h"

struct input {
    const char *place, *verdict, *reason, *password;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, place, JSON_STRING, true, 1, 1),
    JSON_FIELD(struct input, verdict, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, reason, JSON_STRING, true, 1, 2000),
    JSON_FIELD(struct input, password, JSON_STRING, true, 1, IDENTITY_PASSWORD_MAX),
    {0},
};

static bool read_input(struct http_request *request, struct http_reply *reply, struct input *input, struct result_signing *signing) {
    if (!api_param_id(request, reply, 0, &signing->run_id) || !api_read(request, reply, FIELDS, input))
        return false;
    signing->second = input->place[0] == 'B';
    signing->approve = strcmp(input->verdict, "approved") == 0;
    signing->reason = input->reason;
    if (!signing->second && input->place[0] != 'A')
        api_invalid_field(reply, request, "place", "unknown");
    else if (!signing->approve && (!signing->second || strcmp(input->verdict, "refused") != 0))
        api_invalid_field(reply, request, "verdict", "unknown");
    else
        return true;
    return false;
}

static void answer(struct http_request *request, struct http_reply *reply, enum result_sign_verdict verdict, const char *word) {
    struct json_writer writer;
    switch (verdict) {
    case RESULT_SIGNED:
        writer = api_writer(reply);
        json_open_object(&writer);
        json_member_text(&writer, "verdict", word);
        json_close_object(&writer);
        api_json(reply, request, 200);
        return;
    case RESULT_SIGN_NO_RUN:
        api_not_found(reply, request);
        return;
    case RESULT_SIGN_NOT_FROZEN:
        api_problem(reply, request, 409, "list-not-frozen", "This list is not frozen yet");
        return;
    case RESULT_SIGN_NOT_FIRST:
        api_problem(reply, request, 409, "signature-a-missing", "Signature A comes first");
        return;
    case RESULT_SIGN_SAME_OFFICER:
        api_problem(reply, request, 403, "same-officer", "Two persons sign, and signature B is not given by whoever computed the list");
        return;
    case RESULT_SIGN_DECIDED:
        api_problem(reply, request, 409, "already-decided", "This signature has been given, or the list was refused");
        return;
    }
}

void api_run_sign_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    struct result_signing signing = {.staff_id = api->actor.staff_id};
    enum result_sign_verdict verdict;
    if (!read_input(request, reply, &input, &signing) ||
        !api_step_up(api, request, reply, input.password, RESULT_SIGN_ACT, signing.run_id, &signing.step_up_id))
        return;
    enum err err = result_run_sign(api->db, request->arena, &signing, api->now_us, &verdict);
    if (err == ERR_NONE)
        answer(request, reply, verdict, input.verdict);
    else
        api_failure(api, reply, request, err);
}
