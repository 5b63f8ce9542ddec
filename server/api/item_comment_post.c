/* POST /items/{id}/comments and POST /items/{id}/comments/{number}/answer. */
#include "banks.h"
#include "handlers.h"

#include "khoacu/base/banned.h"

struct input {
    const char *text;
    int64_t version;
};
static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, text, JSON_STRING, true, 1, BANK_NOTE_MAX),
    JSON_FIELD(struct input, version, JSON_INT, true, 1, INT32_MAX),
    {0},
};
static const struct json_field ANSWER_FIELDS[] = {JSON_FIELD(struct input, text, JSON_STRING, true, 1, BANK_NOTE_MAX), {0}};

static void answer(struct http_request *request, struct http_reply *reply, int64_t number, int status) {
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_int(&writer, "number", number);
    json_close_object(&writer);
    api_json(reply, request, status);
}

void api_item_comment_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    int64_t item_id, number;
    struct bank_desk desk;
    enum bank_outcome outcome;
    if (!api_param_id(request, reply, 0, &item_id) || !api_read(request, reply, FIELDS, &input) || !api_desk(api, request, reply, &desk))
        return;
    enum err err = bank_comment_add(&desk, item_id, input.version, input.text, &outcome, &number);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else if (outcome != BANK_OUTCOME_DONE)
        api_outcome(reply, request, outcome, BANK_DRAFT, 0);
    else
        answer(request, reply, number, 201);
}

void api_item_answer_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    int64_t item_id, number;
    struct bank_desk desk;
    enum bank_outcome outcome;
    if (!api_param_id(request, reply, 0, &item_id) || !api_param_int(request, reply, 1, 1, INT32_MAX, &number) ||
        !api_read(request, reply, ANSWER_FIELDS, &input) || !api_desk(api, request, reply, &desk))
        return;
    enum err err = bank_comment_answer(&desk, item_id, number, input.text, &outcome);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else if (outcome == BANK_OUTCOME_UNCHANGED)
        api_problem(reply, request, 409, "already-answered", "The comment has its answer");
    else if (outcome != BANK_OUTCOME_DONE)
        api_outcome(reply, request, outcome, BANK_DRAFT, 0);
    else
        answer(request, reply, number, 201);
}
