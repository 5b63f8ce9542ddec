#include "handlers.h"

#include "khoacu/marking/lead.h"

#include "khoacu/base/banned.h"

struct input {
    const char *marker, *roll_number, *relation;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, marker, JSON_STRING, true, 1, 40),
    JSON_FIELD(struct input, roll_number, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, relation, JSON_STRING, true, 1, 200),
    {0},
};

static enum err put_cycle(void *ctx, const struct marking_cycle *cycle) {
    struct json_writer *w = ctx;
    json_open_object(w);
    json_member_text(w, "code", cycle->code);
    json_member_text(w, "title_vi", cycle->title_vi);
    json_member_text(w, "title_en", cycle->title_en);
    json_member_text(w, "state", cycle->state);
    json_member_bool(w, "opened", cycle->opened);
    json_member_bool(w, "frozen", cycle->frozen);
    json_close_object(w);
    return ERR_NONE;
}

static enum err put_kinship(void *ctx, const struct marking_kinship *kinship) {
    struct json_writer *w = ctx;
    json_open_object(w);
    json_member_text(w, "marker", kinship->login_name);
    json_member_text(w, "roll_number", kinship->roll_number);
    json_member_text(w, "relation", kinship->relation);
    json_member_text(w, "declared_by", kinship->declared_by);
    json_member_time(w, "declared_at", kinship->declared_us);
    json_close_object(w);
    return ERR_NONE;
}

static void answer(struct api *api, struct http_request *request, struct http_reply *reply, struct json_writer *w, enum err err) {
    if (err == ERR_NONE) {
        api_list_close(reply, request, w);
        return;
    }
    buf_reset(&reply->body);
    api_failure(api, reply, request, err);
}

void api_marking_cycle_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct json_writer w = api_list_open(reply);
    answer(api, request, reply, &w, marking_cycles_each(api->db, request->arena, put_cycle, &w));
}

void api_marking_kinship_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct json_writer w = api_list_open(reply);
    answer(api, request, reply, &w, marking_kinships_each(api->db, request->arena, request->params[0], put_kinship, &w));
}

void api_marking_kinship_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    enum marking_kinship_verdict verdict;
    if (!api_read(request, reply, FIELDS, &input))
        return;
    struct marking_kinship kinship = {.login_name = input.marker, .roll_number = input.roll_number, .relation = input.relation};
    enum err err = marking_kinship_declare(api->db, request->arena, api->actor.staff_id, request->params[0], &kinship, api->now_us, &verdict);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (verdict) {
    case MARKING_KINSHIP_DECLARED:
        api_no_content(reply);
        return;
    case MARKING_KINSHIP_NO_CYCLE:
        api_not_found(reply, request);
        return;
    case MARKING_KINSHIP_NO_MARKER:
        api_invalid_field(reply, request, "marker", "unknown");
        return;
    case MARKING_KINSHIP_NO_CANDIDATE:
        api_invalid_field(reply, request, "roll_number", "unknown");
        return;
    case MARKING_KINSHIP_LATE:
        api_problem(reply, request, 409, "scripts-open", "The scripts of this cycle have codes already; a marker who finds a tie now refuses the script");
        return;
    case MARKING_KINSHIP_OWN:
        api_problem(reply, request, 409, "own-declaration", "Somebody else enters what you declare");
        return;
    }
}
