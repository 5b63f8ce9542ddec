/* What the candidate herself does: looks, lodges, takes back, reads the letter. */
#include "appeals.h"
#include "handlers.h"

#include "khoacu/base/cleanup.h"

#include "khoacu/base/banned.h"

#define PAGE_ARENA_MAX ((size_t)32 << 20)

struct input {
    const char *component, *reason;
};
static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, component, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, reason, JSON_STRING, true, 10, APPEAL_REASON_MAX),
    {0},
};

void api_appeal_own_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    const char *json = NULL;
    enum err err = appeal_own_read(api->db, request->arena, api->actor.candidate_id, &json);
    api_appeal_send(api, request, reply, err, json);
}

void api_appeal_own_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    struct appeal_receipt receipt;
    if (!api_read(request, reply, FIELDS, &input))
        return;
    enum err err = appeal_lodge(api->db, request->arena,
                                &(struct appeal_lodging){.candidate_id = api->actor.candidate_id,
                                                         .component = input.component,
                                                         .reason = input.reason,
                                                         .now_us = api->now_us},
                                &receipt);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else
        api_appeal_receipt(reply, request, &receipt);
}

void api_appeal_withdraw_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    enum appeal_outcome outcome;
    int64_t appeal_id = 0;
    if (!api_param_id(request, reply, 0, &appeal_id))
        return;
    enum err err = appeal_withdraw(api->db, request->arena, api->actor.candidate_id, appeal_id, api->now_us, &outcome);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else if (outcome == APPEAL_DONE || outcome == APPEAL_REPEATED)
        api_no_content(reply);
    else
        api_appeal_refuse(reply, request, outcome);
}

void api_appeal_own_letter_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    api_appeal_letter(api, request, reply, api->actor.candidate_id);
}

void api_appeal_own_page_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct arena arena CLEANUP(arena_release);
    int64_t question = 0, page = 0;
    const char *type = NULL;
    const uint8_t *bytes = NULL;
    size_t len = 0;
    arena_init(&arena, PAGE_ARENA_MAX);
    if (!api_param_int(request, reply, 1, 0, 50, &question) || !api_param_int(request, reply, 2, 1, 400, &page))
        return;
    enum err err = appeal_own_page_read(api->db, &arena, api->actor.candidate_id, request->params[0], question, page, &type, &bytes, &len);
    if (err == ERR_DB_NO_ROW) {
        api_not_found(reply, request);
        return;
    }
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    buf_reset(&reply->body);
    buf_add(&reply->body, bytes, len);
    api_attachment(reply, request, type, "page");
}
