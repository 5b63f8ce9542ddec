#include "lates.h"

#include "sittings.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/form/paper.h"

#include "khoacu/base/banned.h"

enum err api_read_events(const struct api *api, struct arena *arena, const struct sitting *sitting, const struct json *array,
                         struct late_events *ret_events, struct late_fault *ret_fault) {
    const struct form_paper *paper = NULL;
    struct form_order *order CLEANUP(cleanup_free) = NULL;
    enum err err = form_cache_get(api->state->forms, api->db, sitting->form_id, &paper);
    if (err == ERR_NONE)
        err = form_paper_order(paper, sitting->place.sitting_id, &order);
    return err == ERR_NONE ? late_events_read(arena, order, array, ret_events, ret_fault) : err;
}

void api_late_fault(struct http_reply *reply, const struct http_request *request, const struct late_fault *fault) {
    struct json_writer writer = api_problem_open(reply, request, 422, "chain", "The chain of answers is broken");
    json_member_int(&writer, "n", fault->n);
    json_member_text(&writer, "rule", fault->rule);
    api_problem_close(reply, request, &writer);
}

void api_member_id_or_null(struct json_writer *writer, const char *key, int64_t id) {
    if (id != 0)
        json_member_id(writer, key, id);
    else
        json_member_text(writer, key, NULL);
}

static void put_state(struct http_reply *reply, const struct http_request *request, const char *state, const struct late_outcome *outcome) {
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_text(&writer, "state", state);
    json_member_int(&writer, "counted", outcome->counted);
    json_put_key(&writer, "receipt");
    api_put_receipt(&writer, &outcome->receipt);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

void api_put_late(struct http_reply *reply, const struct http_request *request, const struct late_outcome *outcome) {
    switch (outcome->verdict) {
    case LATE_PROPOSED:
        put_state(reply, request, "proposed", outcome);
        return;
    case LATE_COUNTED:
        put_state(reply, request, "counted", outcome);
        return;
    case LATE_LEFT:
        put_state(reply, request, "left", outcome);
        return;
    case LATE_UNKNOWN:
        api_not_found(reply, request);
        return;
    case LATE_NO_PROPOSAL:
        api_problem(reply, request, 409, "no-proposal", "Nobody has proposed anything yet");
        return;
    case LATE_SAME_PERSON:
        api_problem(reply, request, 409, "same-person", "Another person has to confirm it");
        return;
    case LATE_DECIDED:
        api_problem(reply, request, 409, "decided", "It has been decided already");
        return;
    case LATE_RUNNING:
        api_problem(reply, request, 409, "wrong-state", "The sitting has not ended yet");
        return;
    }
}
