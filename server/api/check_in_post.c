#include "halls.h"
#include "handlers.h"

#include <string.h>

#include "khoacu/base/banned.h"

struct input {
    const char *verdict, *document_number, *photo, *reason;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, verdict, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, document_number, JSON_STRING, false, 1, 60),
    JSON_FIELD(struct input, photo, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, reason, JSON_STRING, false, 1, 2000),
    {0},
};

/* Field by field; the number that was typed becomes its keyed hash at once. */
static bool read_input(struct api *api, struct http_request *request, struct http_reply *reply, struct hall_check_in *check, uint8_t hmac[CRYPTO_SHA256_LEN]) {
    struct input input = {0};
    struct json_misfits misfits = {0};
    struct hall_sitting sitting;
    char number[HALL_DOCUMENT_MAX];
    if (!api_param_id(request, reply, 0, &check->sitting_id) || !api_read(request, reply, FIELDS, &input))
        return false;
    check->present = strcmp(input.verdict, "present") == 0;
    check->photo = input.photo;
    check->reason = input.reason;
    if (!check->present && strcmp(input.verdict, "refused") != 0)
        json_misfit_add(request->arena, &misfits, "verdict", "form", 0, 0);
    if (strcmp(input.photo, "alike") != 0 && strcmp(input.photo, "unlike") != 0 && strcmp(input.photo, "not_seen") != 0)
        json_misfit_add(request->arena, &misfits, "photo", "form", 0, 0);
    if (input.document_number && !hall_document_clean(input.document_number, number))
        json_misfit_add(request->arena, &misfits, "document_number", "form", 0, 0);
    if (misfits.count > 0) {
        api_invalid(reply, request, &misfits);
        return false;
    }
    enum err err = hall_sitting_read(api->db, request->arena, check->sitting_id, check->staff_id, &sitting);
    if (err == ERR_DB_NO_ROW)
        api_not_found(reply, request);
    else if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else if (input.document_number) {
        hall_document_hmac(api->state->config.secret, sitting.candidate_id, number, hmac);
        check->hmac = hmac;
    }
    crypto_wipe(number, sizeof number);
    return err == ERR_NONE;
}

static void put_checked(struct json_writer *writer, const struct hall_checked *checked) {
    json_member_text(writer, "document", checked->document);
    json_member_text(writer, "photo", checked->photo);
}

void api_check_in_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    uint8_t hmac[CRYPTO_SHA256_LEN];
    struct hall_check_in check = {.staff_id = api->actor.staff_id, .now_us = api->now_us};
    enum hall_check_in_verdict verdict;
    struct hall_checked checked;
    struct json_writer writer;
    if (!read_input(api, request, reply, &check, hmac))
        return;
    enum err err = hall_check_in(api->db, request->arena, &check, &verdict, &checked);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (verdict) {
    case HALL_CHECK_IN_RECORDED:
        writer = api_writer(reply);
        json_open_object(&writer);
        json_member_text(&writer, "verdict", check.present ? "present" : "refused");
        put_checked(&writer, &checked);
        json_close_object(&writer);
        api_json(reply, request, 201);
        return;
    case HALL_CHECK_IN_REASON:
        writer = api_problem_open(reply, request, 409, "reason-wanted", "This is not plain: say why, and it will be recorded");
        put_checked(&writer, &checked);
        api_problem_close(reply, request, &writer);
        return;
    case HALL_CHECK_IN_SAME_PERSON:
        api_problem(reply, request, 409, "same-person", "Who brought in the photo or the number checks nobody in by it");
        return;
    case HALL_CHECK_IN_NOT_YOURS:
        api_not_your_hall(reply, request);
        return;
    case HALL_CHECK_IN_OPEN:
        api_problem(reply, request, 409, "wrong-state", "The paper is open already; hold the sitting instead");
        return;
    case HALL_CHECK_IN_ENDED:
        api_problem(reply, request, 409, "ended", "This sitting has ended");
        return;
    case HALL_CHECK_IN_UNKNOWN:
        api_not_found(reply, request);
        return;
    }
}
