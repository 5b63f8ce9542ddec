#include "handlers.h"
#include "keys.h"
#include "sittings.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/clock.h"

#include <string.h>

#include "khoacu/base/banned.h"

/* The key of the paper that she sat, in her own order. */
struct view {
    struct arena *arena;
    const struct sitting *sitting;
    const struct form_paper *paper;
    struct rekey_review review;
    struct rekey_position *positions;
    size_t position_count;
    struct rekey_challenge_line *challenges;
    size_t challenge_count;
};

static const char *state_of(const struct rekey_review *review, int64_t now_us) {
    if (review->review_id == 0)
        return "none";
    return now_us < review->opens_us ? "waiting" : now_us <= review->closes_us ? "open" : "closed";
}

static void put_keys(const struct view *v, const struct form_order *order, struct json_writer *w) {
    json_put_key(w, "keys");
    json_open_array(w);
    for (size_t i = 0; i < v->position_count; i++) {
        const struct rekey_position *p = &v->positions[i];
        json_open_object(w);
        json_member_int(w, "position", form_order_shown(order, (int)p->position));
        json_member_text(w, "decision", p->decision);
        api_put_right(v->arena, v->paper, order, p, w);
        json_member_text(w, "decided", p->decided);
        json_member_text(w, "decision_reason", p->reason);
        json_close_object(w);
    }
    json_close_array(w);
}

static void put_challenges(const struct view *v, const struct form_order *order, struct json_writer *w) {
    json_put_key(w, "challenges");
    json_open_array(w);
    for (size_t i = 0; i < v->challenge_count; i++) {
        const struct rekey_challenge_line *line = &v->challenges[i];
        json_open_object(w);
        json_member_id(w, "challenge_id", line->challenge_id);
        json_member_int(w, "position", form_order_shown(order, (int)line->position));
        json_member_text(w, "reason", line->reason);
        json_member_text(w, "source", line->source);
        json_member_time(w, "filed_at", line->filed_us);
        json_member_time(w, "withdrawn_at", line->withdrawn_us);
        json_close_object(w);
    }
    json_close_array(w);
}

static enum err put_paper(struct api *api, struct view *v, struct json_writer *w) {
    struct form_order *order CLEANUP(cleanup_free) = NULL;
    enum err err = form_cache_get(api->state->forms, api->db, v->sitting->form_id, &v->paper);
    if (err == ERR_NONE)
        err = form_paper_order(v->paper, v->sitting->place.sitting_id, &order);
    if (err == ERR_NONE)
        err = rekey_positions(api->db, v->arena, v->sitting->form_id, &v->positions, &v->position_count);
    if (err == ERR_NONE)
        err = rekey_challenges(api->db, v->arena, v->review.review_id, v->sitting->candidate_id, &v->challenges, &v->challenge_count);
    if (err != ERR_NONE)
        return err;
    json_put_key(w, "paper");
    json_open_object(w);
    form_paper_put(v->paper, order, w);
    err = api_put_responses(api, v->arena, v->sitting, w);
    json_close_object(w);
    put_keys(v, order, w);
    put_challenges(v, order, w);
    return err;
}

static enum err put_view(struct api *api, struct view *v, struct json_writer *w) {
    int64_t now_us = clock_now_us();
    const char *state = state_of(&v->review, now_us);
    bool there = v->review.review_id != 0, visible = there && strcmp(state, "waiting") != 0;
    json_open_object(w);
    json_member_text(w, "state", state);
    json_member_time(w, "opens_at", v->review.opens_us);
    json_member_time(w, "closes_at", v->review.closes_us);
    json_member_text(w, "reason", there ? v->review.reason : NULL);
    json_member_time(w, "server_now", now_us);
    enum err err = visible ? put_paper(api, v, w) : ERR_NONE;
    if (!visible) {
        json_member_text(w, "paper", NULL);
        json_put_key(w, "keys");
        json_put_raw(w, "[]");
        json_put_key(w, "challenges");
        json_put_raw(w, "[]");
    }
    json_close_object(w);
    return err;
}

void api_sitting_key_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct sitting_place place;
    struct sitting sitting;
    struct view view = {.arena = request->arena, .sitting = &sitting};
    if (!api_own_sitting(api, request, reply, &place))
        return;
    enum err err = sitting_read(api->db, request->arena, place, &sitting);
    bool sat = err == ERR_NONE && (sitting.state == SITTING_SUBMITTED || sitting.state == SITTING_CLOSED);
    if (sat)
        err = rekey_review_own(api->db, request->arena, sitting.form_id, &view.review);
    struct json_writer writer = api_writer(reply);
    if (err == ERR_NONE)
        err = put_view(api, &view, &writer);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else
        api_json(reply, request, 200);
}
