#include "handlers.h"
#include "keys.h"
#include "lates.h"

#include "khoacu/bank/bank.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/form/form.h"

#include <stdlib.h>

#include "khoacu/base/banned.h"

/* All of one review. */
struct view {
    struct arena *arena;
    struct rekey_review review;
    const struct form_paper *paper;
    struct form_order *order; /* of no sitting: officers see canonical places */
    struct score_key *key; /* for the ids by which documents name options */
    struct rekey_position *positions;
    size_t position_count;
    const char *statistics;
    int64_t sittings;
    struct rekey_challenge_line *challenges;
    size_t challenge_count;
    struct rekey_proposal_line *proposals;
    size_t proposal_count;
};

static enum err read_view(struct api *api, struct arena *arena, int64_t review_id, struct view *v) {
    enum err err = rekey_review_read(api->db, arena, review_id, &v->review);
    if (err == ERR_NONE && v->review.version > 0)
        err = form_cache_get(api->state->forms, api->db, v->review.form_id, &v->paper);
    if (err == ERR_NONE && v->paper)
        err = form_paper_order(v->paper, 0, &v->order);
    v->key = ARENA_NEW(arena, struct score_key);
    if (err == ERR_NONE && v->paper)
        err = v->key ? rekey_released_read(api->db, api->state->vault, arena, v->review.form_id, v->key) : ERR_MEMORY;
    if (err == ERR_NONE)
        err = rekey_positions(api->db, arena, v->review.form_id, &v->positions, &v->position_count);
    if (err == ERR_NONE)
        err = rekey_statistics_read(api->db, arena, v->review.form_id, &v->statistics, &v->sittings);
    if (err == ERR_NONE)
        err = rekey_challenges(api->db, arena, review_id, 0, &v->challenges, &v->challenge_count);
    return err == ERR_NONE ? rekey_proposals(api->db, arena, review_id, &v->proposals, &v->proposal_count) : err;
}

static void put_position(const struct view *v, struct json_writer *w, const struct rekey_position *position) {
    char name[FORM_OPTION_NAME];
    int shown = form_order_shown(v->order, (int)position->position);
    json_open_object(w);
    json_member_int(w, "position", position->position);
    json_member_int(w, "shown", shown);
    json_member_text(w, "decision", position->decision);
    json_put_key(w, "keys");
    json_put_raw(w, position->key_texts);
    api_put_right(v->arena, v->paper, v->order, position, w);
    json_put_key(w, "marks");
    json_open_array(w);
    for (int mark = 1; mark <= FORM_MARKS_MAX && form_order_name_of(v->order, shown, mark, name); mark++)
        json_put_text(w, name);
    json_close_array(w);
    json_put_key(w, "ids");
    json_open_array(w);
    const struct item *item = &v->key->items[position->position];
    for (size_t i = 0; i < item->option_count; i++)
        json_put_text(w, item->options[i].id);
    json_close_array(w);
    json_member_text(w, "decided", position->decided);
    json_member_text(w, "decision_reason", position->reason);
    json_member_time(w, "decided_at", position->decided_us);
    json_close_object(w);
}

static void put_challenge(struct json_writer *w, const struct rekey_challenge_line *line) {
    json_open_object(w);
    json_member_id(w, "challenge_id", line->challenge_id);
    json_member_int(w, "position", line->position);
    json_member_text(w, "reason", line->reason);
    json_member_text(w, "source", line->source);
    json_member_time(w, "filed_at", line->filed_us);
    json_member_time(w, "withdrawn_at", line->withdrawn_us);
    json_close_object(w);
}

static void put_rows(struct json_writer *w, const struct rekey_proposal *proposal) {
    json_put_key(w, "decisions");
    json_open_array(w);
    for (size_t i = 0; i < proposal->count; i++) {
        json_open_object(w);
        json_member_int(w, "position", proposal->rows[i].position);
        json_member_text(w, "decision", rekey_decision_key(proposal->rows[i].decision));
        json_put_key(w, "keys");
        json_put_raw(w, proposal->rows[i].key_texts);
        json_member_text(w, "reason", proposal->rows[i].reason);
        json_close_object(w);
    }
    json_close_array(w);
}

static enum err put_proposal(struct api *api, const struct view *v, struct json_writer *w, const struct rekey_proposal_line *line) {
    struct rekey_proposal proposal;
    enum err err = rekey_proposal_read(api->db, v->arena, line->proposal_id, &proposal);
    if (err != ERR_NONE)
        return err;
    json_open_object(w);
    json_member_id(w, "proposal_id", line->proposal_id);
    json_member_int(w, "base_version", line->base_version);
    json_member_text(w, "reason", line->reason);
    json_member_text(w, "proposed_by", line->proposed_by);
    json_member_id(w, "proposed_by_id", line->proposed_by_id);
    json_member_time(w, "proposed_at", line->proposed_us);
    json_member_text(w, "verdict", line->verdict);
    json_member_text(w, "decided_by", line->decided_by);
    json_member_text(w, "verdict_reason", line->verdict_reason);
    json_member_time(w, "decided_at", line->decided_us);
    json_member_int(w, "version", line->version);
    json_member_bool(w, "applied", line->applied);
    json_put_key(w, "preview");
    if (line->report)
        json_put_raw(w, line->report);
    else
        json_put_null(w);
    put_rows(w, &proposal);
    json_close_object(w);
    return ERR_NONE;
}

static enum err put_view(struct api *api, const struct view *v, struct json_writer *w) {
    enum err err = ERR_NONE;
    json_open_object(w);
    json_put_key(w, "review");
    api_put_key_review(w, &v->review);
    json_put_key(w, "paper");
    if (v->paper) {
        json_open_object(w);
        form_paper_put(v->paper, v->order, w);
        json_close_object(w);
    } else {
        json_put_null(w);
    }
    json_put_key(w, "positions");
    json_open_array(w);
    for (size_t i = 0; v->paper && i < v->position_count; i++)
        put_position(v, w, &v->positions[i]);
    json_close_array(w);
    json_put_key(w, "statistics");
    json_put_raw(w, v->statistics ? v->statistics : "[]");
    json_member_int(w, "sittings", v->sittings);
    json_put_key(w, "challenges");
    json_open_array(w);
    for (size_t i = 0; i < v->challenge_count; i++)
        put_challenge(w, &v->challenges[i]);
    json_close_array(w);
    json_put_key(w, "proposals");
    json_open_array(w);
    for (size_t i = 0; i < v->proposal_count && err == ERR_NONE; i++)
        err = put_proposal(api, v, w, &v->proposals[i]);
    json_close_array(w);
    json_close_object(w);
    return err;
}

void api_key_review_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct view view = {.arena = request->arena};
    int64_t review_id = 0;
    if (!api_param_id(request, reply, 0, &review_id))
        return;
    enum err err = read_view(api, request->arena, review_id, &view);
    if (err == ERR_DB_NO_ROW) {
        api_not_found(reply, request);
        return;
    }
    struct bank_desk desk;
    if (err == ERR_NONE && view.paper) {
        if (!api_desk(api, request, reply, &desk)) {
            free(view.order);
            return;
        }
        err = form_shown_note(&desk, view.review.form_id, BANK_PURPOSE_REVIEW); /* before anything is shown */
    }
    struct json_writer writer = api_writer(reply);
    if (err == ERR_NONE)
        err = put_view(api, &view, &writer);
    free(view.order);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else
        api_json(reply, request, 200);
}
