#include "handlers.h"
#include "keys.h"
#include "sittings.h"

#include "khoacu/base/cleanup.h"

#include "khoacu/base/banned.h"

struct input {
    int64_t position;
    const char *reason, *source;
};
static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, position, JSON_INT, true, 1, SITTING_POSITIONS_MAX),
    JSON_FIELD(struct input, reason, JSON_STRING, true, 10, REKEY_REASON_MAX),
    JSON_FIELD(struct input, source, JSON_STRING, true, 3, REKEY_SOURCE_MAX),
    {0},
};

/* The canonical place of the question that she sees there; 0: none. */
static enum err find_position(struct api *api, const struct sitting *sitting, int shown, int64_t *ret_position) {
    const struct form_paper *paper = NULL;
    struct form_order *order CLEANUP(cleanup_free) = NULL;
    enum err err = form_cache_get(api->state->forms, api->db, sitting->form_id, &paper);
    if (err == ERR_NONE)
        err = form_paper_order(paper, sitting->place.sitting_id, &order);
    *ret_position = err == ERR_NONE ? form_order_canonical(order, shown) : 0;
    return err;
}

void api_sitting_challenge_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    struct sitting_place place;
    struct sitting sitting;
    enum rekey_outcome outcome = REKEY_NOT_SAT;
    int64_t challenge_id = 0;
    struct rekey_challenging challenging = {.candidate_id = api->actor.candidate_id, .now_us = api->now_us};
    if (!api_own_sitting(api, request, reply, &place) || !api_read(request, reply, FIELDS, &input))
        return;
    enum err err = sitting_read(api->db, request->arena, place, &sitting);
    if (err == ERR_NONE)
        err = find_position(api, &sitting, (int)input.position, &challenging.position);
    if (err == ERR_NONE && challenging.position == 0) {
        api_invalid_field(reply, request, "position", "range");
        return;
    }
    challenging.form_id = sitting.form_id;
    challenging.reason = input.reason;
    challenging.source = input.source;
    if (err == ERR_NONE)
        err = rekey_challenge(api->db, request->arena, &challenging, &outcome, &challenge_id);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (outcome != REKEY_DONE) {
        api_key_outcome(reply, request, outcome);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_id(&writer, "challenge_id", challenge_id);
    json_close_object(&writer);
    api_json(reply, request, 201);
}
