#include "handlers.h"

#include "khoacu/result/letter.h"

#include "khoacu/base/banned.h"

/* The mails of a release: how they stand, and the request to send them. */

void api_letters_mail_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct result_mails mails;
    int64_t run_id = 0;
    if (!api_param_id(request, reply, 0, &run_id))
        return;
    enum err err = result_mails_read(api->db, request->arena, run_id, &mails);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (mails.counts.candidates == 0) {
        api_not_found(reply, request);
        return;
    }
    struct json_writer w = api_writer(reply);
    json_open_object(&w);
    json_member_int(&w, "candidates", mails.counts.candidates);
    json_member_int(&w, "letters_a_file", RESULT_LETTERS_MAX);
    json_member_int(&w, "addresses", mails.counts.addresses);
    json_member_int(&w, "mails", mails.counts.mails);
    json_member_int(&w, "waiting", mails.counts.waiting);
    json_member_int(&w, "sent", mails.counts.sent);
    json_member_int(&w, "refused", mails.counts.refused);
    json_member_int(&w, "deferred", mails.counts.deferred);
    json_member_int(&w, "unsure", mails.counts.unsure);
    json_member_int(&w, "returned", mails.counts.returned);
    json_member_int(&w, "unreached", mails.counts.unreached);
    json_put_key(&w, "troubles");
    json_open_array(&w);
    for (size_t i = 0; i < mails.trouble_count; i++) {
        json_open_object(&w);
        json_member_text(&w, "roll_number", mails.troubles[i].roll_number);
        json_member_text(&w, "address", mails.troubles[i].address);
        json_member_text(&w, "state", mails.troubles[i].state);
        json_member_text(&w, "answer", mails.troubles[i].answer);
        json_member_int(&w, "attempts", mails.troubles[i].attempts);
        json_close_object(&w);
    }
    json_close_array(&w);
    json_close_object(&w);
    api_json(reply, request, 200);
}

struct input {
    bool again;
};
static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, again, JSON_BOOL, false, 0, 0),
    {0},
};

void api_letters_mail_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    enum result_mails_verdict verdict;
    int64_t run_id = 0, job_id = 0;
    if (!api_param_id(request, reply, 0, &run_id) || !api_read(request, reply, FIELDS, &input))
        return;
    enum err err = result_mails_request(api->db, request->arena, api->actor.staff_id, run_id, input.again, api->now_us, &verdict, &job_id);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (verdict) {
    case RESULT_MAILS_REQUESTED:
        api_accepted(reply, request, job_id, NULL, 0);
        return;
    case RESULT_MAILS_NO_RUN:
        api_not_found(reply, request);
        return;
    case RESULT_MAILS_NOT_PUBLISHED:
        api_problem(reply, request, 409, "not-published", "Letters are sent when the list is published");
        return;
    case RESULT_MAILS_NO_ADDRESS:
        api_problem(reply, request, 409, "no-addresses", "No candidate of this list has a mail address");
        return;
    }
}
