#include "handlers.h"
#include "keys.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define PROPOSAL_REASON_MAX 1500 /* it becomes part of the cause of a list */

struct input {
    const char *reason;
    const struct json *decisions;
};
static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, reason, JSON_STRING, true, 1, PROPOSAL_REASON_MAX),
    JSON_FIELD(struct input, decisions, JSON_ARRAY, true, 1, SITTING_POSITIONS_MAX),
    {0},
};
struct row_input {
    int64_t position;
    const char *decision, *reason;
    const struct json *keys;
};
static const struct json_field ROW_FIELDS[] = {
    JSON_FIELD(struct row_input, position, JSON_INT, true, 1, SITTING_POSITIONS_MAX),
    JSON_FIELD(struct row_input, decision, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct row_input, reason, JSON_STRING, true, 1, REKEY_REASON_MAX),
    JSON_FIELD(struct row_input, keys, JSON_ARRAY, false, 0, REKEY_KEYS_MAX),
    {0},
};

static void add_faults(struct arena *arena, struct json_misfits *misfits, const struct item_faults *faults) {
    for (size_t i = 0; i < faults->count && i < ITEM_FAULTS_MAX; i++)
        json_misfit_add(arena, misfits, faults->list[i].path, faults->list[i].rule, 0, 0);
}

static void read_row(struct arena *arena, const struct score_key *key, const struct json *value, struct rekey_row *row, struct json_misfits *misfits) {
    struct row_input input = {0};
    struct item_faults faults = {.count = 0};
    if (!json_fit(arena, value, ROW_FIELDS, &input, misfits))
        return;
    int decision = settle_rekey_find(input.decision);
    if (decision < 0) {
        json_misfit_add(arena, misfits, "decision", "unknown", 0, 0);
        return;
    }
    const struct rekey_row given = {.position = input.position, .decision = (uint8_t)decision, .reason = input.reason};
    if (!rekey_row_fits(arena, key, &given, input.keys, &faults, row))
        add_faults(arena, misfits, &faults);
}

/* All rows, or one reply that names each fault with its place. */
static bool read_rows(struct http_request *request, struct http_reply *reply, const struct score_key *key, const struct json *list,
                      struct rekey_row *rows) {
    struct json_misfits misfits = {0};
    bool there[SITTING_POSITIONS_MAX + 1] = {false};
    for (size_t i = 0; i < json_count(list); i++) {
        misfits.prefix = arena_printf(request->arena, "decisions[%zu]", i);
        read_row(request->arena, key, json_at(list, i), &rows[i], &misfits);
        int64_t position = rows[i].position;
        if (position >= 1 && position <= SITTING_POSITIONS_MAX && there[position])
            json_misfit_add(request->arena, &misfits, "position", "unique", 0, 0);
        if (position >= 1 && position <= SITTING_POSITIONS_MAX)
            there[position] = true;
    }
    if (misfits.count > 0)
        api_invalid(reply, request, &misfits);
    return misfits.count == 0;
}

static bool read_key(struct api *api, struct http_request *request, struct http_reply *reply, int64_t review_id, struct score_key *key) {
    struct rekey_review review;
    enum err err = rekey_review_read(api->db, request->arena, review_id, &review);
    if (err == ERR_DB_NO_ROW) {
        api_not_found(reply, request);
        return false;
    }
    if (err == ERR_NONE)
        err = rekey_released_read(api->db, api->state->vault, request->arena, review.form_id, key);
    if (err == ERR_DB_NO_ROW)
        api_key_outcome(reply, request, REKEY_NOT_RELEASED);
    else if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    return err == ERR_NONE;
}

void api_key_proposal_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    struct rekey_proposing proposing = {.staff_id = api->actor.staff_id, .now_us = api->now_us};
    enum rekey_outcome outcome;
    int64_t proposal_id = 0, job_id = 0;
    struct score_key *key = ARENA_NEW(request->arena, struct score_key);
    if (!api_param_id(request, reply, 0, &proposing.review_id) || !api_read(request, reply, FIELDS, &input))
        return;
    struct rekey_row *rows = ARENA_ARRAY(request->arena, json_count(input.decisions), struct rekey_row);
    if (!key || !rows) {
        api_failure(api, reply, request, ERR_MEMORY);
        return;
    }
    if (!read_key(api, request, reply, proposing.review_id, key) || !read_rows(request, reply, key, input.decisions, rows))
        return;
    proposing.reason = input.reason;
    proposing.rows = rows;
    proposing.count = json_count(input.decisions);
    enum err err = rekey_propose(api->db, request->arena, &proposing, &outcome, &proposal_id, &job_id);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (outcome != REKEY_DONE) {
        api_key_outcome(reply, request, outcome);
        return;
    }
    api_accepted(reply, request, job_id, "proposal_id", proposal_id);
}
