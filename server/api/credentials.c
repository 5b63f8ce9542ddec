#include "cycles.h"
#include "handlers.h"

#include "khoacu/cycle/credential.h"

#include "khoacu/base/banned.h"

/* Certificates that stand in for round 1, proposals to take one back, decisions on them. */

static void put_credential(struct json_writer *w, const struct cycle_credential *c) {
    json_open_object(w);
    json_member_text(w, "roll_number", c->roll_number);
    json_member_text(w, "full_name", c->full_name);
    json_member_text(w, "kind", c->kind);
    json_member_text(w, "issued_on", c->issued_on);
    json_member_text(w, "reference", c->reference);
    json_member_text(w, "recorded_by", c->recorded_by);
    json_member_time(w, "recorded_at", c->recorded_us);
    json_member_bool(w, "in_force", c->in_force);
    json_put_key(w, "withdrawal");
    if (c->withdrawal_id == 0) {
        json_put_null(w);
        json_close_object(w);
        return;
    }
    json_open_object(w);
    json_member_id(w, "id", c->withdrawal_id);
    json_member_text(w, "reason", c->reason);
    json_member_text(w, "login_name", c->proposed_login);
    json_member_text(w, "proposed_by", c->proposed_by);
    json_member_time(w, "proposed_at", c->proposed_us);
    json_put_key(w, "decision");
    if (c->decided_us) {
        json_open_object(w);
        json_member_text(w, "verdict", c->verdict);
        json_member_text(w, "reason", c->decision_reason);
        json_member_text(w, "by", c->decided_by);
        json_member_time(w, "at", c->decided_us);
        json_close_object(w);
    } else {
        json_put_null(w);
    }
    json_close_object(w);
    json_close_object(w);
}

void api_credential_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct cycle cycle;
    struct cycle_credential *credentials = NULL;
    const char *search;
    size_t count = 0;
    if (!api_query_text(request, reply, "q", API_SEARCH_MAX, &search) || !api_find_cycle(api, request, reply, &cycle))
        return;
    enum err err = cycle_credentials_read(api->db, request->arena, cycle.cycle_id, search, CYCLE_CREDENTIALS_MAX, &credentials, &count);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer w = api_list_open(reply);
    for (size_t i = 0; i < count; i++)
        put_credential(&w, &credentials[i]);
    api_list_close(reply, request, &w);
}

struct proposing {
    const char *roll_number, *reason;
};
static const struct json_field PROPOSAL[] = {
    JSON_FIELD(struct proposing, roll_number, JSON_STRING, true, 1, 40),
    JSON_FIELD(struct proposing, reason, JSON_STRING, true, 10, 2000),
    {0},
};

static void answer_proposal(struct http_request *request, struct http_reply *reply, enum cycle_credential_verdict verdict, int64_t withdrawal_id) {
    struct json_writer w;
    switch (verdict) {
    case CYCLE_CREDENTIAL_RECORDED:
        w = api_writer(reply);
        json_open_object(&w);
        json_member_id(&w, "id", withdrawal_id);
        json_close_object(&w);
        api_json(reply, request, 201);
        return;
    case CYCLE_CREDENTIAL_NONE:
        api_invalid_field(reply, request, "roll_number", "no-credential");
        return;
    case CYCLE_CREDENTIAL_CLOSED:
        api_problem(reply, request, 409, "credentials-closed", "Certificates stay as they are from round 2 on");
        return;
    case CYCLE_CREDENTIAL_BEFORE:
        api_problem(reply, request, 409, "proposed-before", "There is a proposal about this candidate");
        return;
    }
}

void api_credential_withdraw_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct proposing input = {0};
    struct cycle cycle;
    enum cycle_credential_verdict verdict;
    int64_t withdrawal_id = 0;
    if (!api_read(request, reply, PROPOSAL, &input) || !api_find_cycle(api, request, reply, &cycle))
        return;
    enum err err = cycle_credential_propose(api->db, request->arena, api->actor.staff_id, &cycle, input.roll_number, input.reason, api->now_us, &verdict,
                                            &withdrawal_id);
    if (err == ERR_NONE)
        answer_proposal(request, reply, verdict, withdrawal_id);
    else
        api_failure(api, reply, request, err);
}

static void answer_decision(struct http_request *request, struct http_reply *reply, enum cycle_credential_decision verdict) {
    switch (verdict) {
    case CYCLE_CREDENTIAL_DECIDED:
        api_no_content(reply);
        return;
    case CYCLE_CREDENTIAL_NO_PROPOSAL:
        api_not_found(reply, request);
        return;
    case CYCLE_CREDENTIAL_DECIDED_BEFORE:
        api_problem(reply, request, 409, "already-decided", "This proposal has been decided");
        return;
    case CYCLE_CREDENTIAL_SAME_OFFICER:
        api_problem(reply, request, 403, "same-officer", "Another person decides than the one who proposes");
        return;
    case CYCLE_CREDENTIAL_TOO_LATE:
        api_problem(reply, request, 409, "credentials-closed", "Certificates stay as they are from round 2 on");
        return;
    }
}

void api_credential_decide_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct api_confirmation c;
    enum cycle_credential_decision verdict;
    if (!api_read_confirmation(api, request, reply, CYCLE_CREDENTIAL_ACT, &c))
        return;
    enum err err = cycle_credential_decide(api->db, request->arena, api->actor.staff_id, c.id, c.confirm, c.reason, c.step_up_id, api->now_us, &verdict);
    if (err == ERR_NONE)
        answer_decision(request, reply, verdict);
    else
        api_failure(api, reply, request, err);
}
