#include "handlers.h"
#include "result_json.h"

#include "khoacu/base/text.h"
#include "khoacu/result/follow.h"
#include "khoacu/result/letter.h"

#include <string.h>

#include "khoacu/base/banned.h"

/* What follows a release: terms, proposals to strike off and decisions on them, days off. */

/* Refuses with the day and the provision that it rests on. */
static void refuse_bound(struct http_request *request, struct http_reply *reply, const char *code, const char *title, const struct result_bound *bound) {
    struct json_writer w = api_problem_open(reply, request, 409, code, title);
    json_member_text(&w, "until", bound->until);
    json_member_text(&w, "basis", bound->basis);
    api_problem_close(reply, request, &w);
}

struct proposing {
    const char *roll_number, *ground, *article, *reason;
};
static const struct json_field PROPOSAL[] = {
    JSON_FIELD(struct proposing, roll_number, JSON_STRING, true, 1, 40),
    JSON_FIELD(struct proposing, ground, JSON_STRING, true, 1, 40),
    JSON_FIELD(struct proposing, article, JSON_STRING, true, 3, 300),
    JSON_FIELD(struct proposing, reason, JSON_STRING, true, 10, 2000),
    {0},
};
static const char *const GROUNDS[] = {"no_file", "false_statement", "bad_diploma", "no_report", "gave_up"};

static void answer_proposal(struct http_request *request, struct http_reply *reply, enum result_strike_verdict verdict, int64_t strike_id,
                            const struct result_bound *bound) {
    struct json_writer w;
    switch (verdict) {
    case RESULT_STRIKE_PROPOSED:
        w = api_writer(reply);
        json_open_object(&w);
        json_member_id(&w, "id", strike_id);
        json_close_object(&w);
        api_json(reply, request, 201);
        return;
    case RESULT_STRIKE_NO_CYCLE:
        api_not_found(reply, request);
        return;
    case RESULT_STRIKE_NO_RELEASE:
        api_problem(reply, request, 409, "not-published", "No list of this cycle is published");
        return;
    case RESULT_STRIKE_NO_WINNER:
        api_invalid_field(reply, request, "roll_number", "no-winner");
        return;
    case RESULT_STRIKE_BEFORE:
        api_problem(reply, request, 409, "proposed-before", "There is a proposal about this candidate");
        return;
    case RESULT_STRIKE_EARLY:
        refuse_bound(request, reply, "term-runs", "The candidate's term is not over", bound);
        return;
    case RESULT_STRIKE_LATE:
        refuse_bound(request, reply, "reserve-expired", "The reserve has expired", bound);
        return;
    }
}

void api_strike_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct proposing input = {0};
    enum result_strike_verdict verdict;
    struct result_bound bound = {"", ""};
    int64_t strike_id = 0;
    bool known = false;
    if (!api_read(request, reply, PROPOSAL, &input))
        return;
    for (size_t i = 0; i < sizeof GROUNDS / sizeof *GROUNDS; i++)
        known = known || strcmp(input.ground, GROUNDS[i]) == 0;
    if (!known) {
        api_invalid_field(reply, request, "ground", "unknown");
        return;
    }
    enum err err = result_strike_propose(api->db, request->arena, api->actor.staff_id,
                                         &(struct result_strike_proposal){request->params[0], input.roll_number, input.ground, input.article, input.reason},
                                         api->now_us, &verdict, &strike_id, &bound);
    if (err == ERR_NONE)
        answer_proposal(request, reply, verdict, strike_id, &bound);
    else
        api_failure(api, reply, request, err);
}

static void answer_decision(struct http_request *request, struct http_reply *reply, enum result_strike_decision verdict, const struct result_bound *bound) {
    switch (verdict) {
    case RESULT_STRIKE_DECIDED:
        api_no_content(reply);
        return;
    case RESULT_STRIKE_NO_PROPOSAL:
        api_not_found(reply, request);
        return;
    case RESULT_STRIKE_DECIDED_BEFORE:
        api_problem(reply, request, 409, "already-decided", "This proposal has been decided");
        return;
    case RESULT_STRIKE_SAME_OFFICER:
        api_problem(reply, request, 403, "same-officer", "Another person decides than the one who proposes");
        return;
    case RESULT_STRIKE_EXPIRED:
        refuse_bound(request, reply, "reserve-expired", "The reserve has expired", bound);
        return;
    }
}

void api_strike_decide_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct api_confirmation c;
    enum result_strike_decision verdict;
    struct result_bound bound = {"", ""};
    if (!api_read_confirmation(api, request, reply, RESULT_STRIKE_ACT, &c))
        return;
    enum err err = result_strike_decide(api->db, request->arena, api->actor.staff_id, c.id, c.confirm, c.reason, c.step_up_id, api->now_us, &verdict, &bound);
    if (err == ERR_NONE)
        answer_decision(request, reply, verdict, &bound);
    else
        api_failure(api, reply, request, err);
}

/* ---- how it stands ---- */

static void put_person(struct json_writer *w, const char *name, const struct result_person *person) {
    json_put_key(w, name);
    json_open_object(w);
    json_member_id(w, "id", person->staff_id);
    json_member_text(w, "login_name", person->login_name);
    json_member_text(w, "full_name", person->full_name);
    json_close_object(w);
}

static void put_strike(struct json_writer *w, const struct result_strike *s) {
    json_open_object(w);
    json_member_id(w, "id", s->strike_id);
    json_member_text(w, "roll_number", s->roll_number);
    json_member_text(w, "full_name", s->full_name);
    json_member_text(w, "ground", s->ground);
    json_member_text(w, "article", s->article);
    json_member_text(w, "reason", s->reason);
    put_person(w, "proposed_by", &s->proposed_by);
    json_member_time(w, "proposed_at", s->proposed_us);
    json_put_key(w, "decision");
    if (s->decision.at_us) {
        json_open_object(w);
        put_person(w, "by", &s->decision.by);
        json_member_time(w, "at", s->decision.at_us);
        json_member_text(w, "verdict", s->decision.verdict);
        json_member_text(w, "reason", s->decision.reason);
        json_close_object(w);
    } else {
        json_put_null(w);
    }
    json_member_text(w, "publish_until", s->publish_until);
    json_member_int(w, "replaced_version", s->replaced_version);
    json_close_object(w);
}

static void put_terms(struct json_writer *w, const struct result_terms *t) {
    json_put_key(w, "terms");
    json_open_object(w);
    json_member_text(w, "published", t->published);
    json_member_text(w, "appeal", t->appeal);
    json_member_text(w, "file", t->file);
    json_member_text(w, "decision", t->decision);
    json_member_text(w, "report", t->report);
    json_member_text(w, "reserve", t->reserve);
    json_member_int(w, "notice_days", t->notice_days);
    json_member_text(w, "basis", t->basis);
    json_close_object(w);
}

void api_strike_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct result_strikes strikes = {0};
    struct result_terms terms;
    int64_t run_id = 0;
    bool found = false;
    enum err err = result_strikes_read(api->db, request->arena, request->params[0], &found, &run_id, &strikes);
    if (err == ERR_NONE && !found) {
        api_not_found(reply, request);
        return;
    }
    if (err == ERR_NONE && run_id)
        err = result_terms_read(api->db, request->arena, run_id, 0, &terms);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer w = api_writer(reply);
    json_open_object(&w);
    json_put_key(&w, "run_id");
    if (run_id) {
        char id[TEXT_ID_LEN + 1];
        text_format_id(run_id, id);
        json_put_text(&w, id);
        put_terms(&w, &terms);
    } else {
        json_put_null(&w);
    }
    json_put_key(&w, "items");
    json_open_array(&w);
    for (size_t i = 0; i < strikes.count; i++)
        put_strike(&w, &strikes.strikes[i]);
    json_close_array(&w);
    json_close_object(&w);
    api_json(reply, request, 200);
}

/* ---- days off ---- */

void api_calendar_day_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct result_days days;
    int64_t year = 2026;
    if (!api_query_int(request, reply, "year", 2000, 2200, &year))
        return;
    enum err err = result_days_read(api->db, request->arena, year, &days);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer w = api_list_open(reply);
    for (size_t i = 0; i < days.count; i++) {
        json_open_object(&w);
        json_member_text(&w, "day", days.days[i].day);
        json_member_text(&w, "kind", days.days[i].kind);
        json_member_text(&w, "name", days.days[i].name);
        json_close_object(&w);
    }
    api_list_close(reply, request, &w);
}

struct daying {
    const char *day, *kind, *name;
};
static const struct json_field DAY[] = {
    JSON_FIELD(struct daying, day, JSON_STRING, true, 8, 10),
    JSON_FIELD(struct daying, kind, JSON_STRING, true, 1, 10),
    JSON_FIELD(struct daying, name, JSON_STRING, true, 1, 200),
    {0},
};

void api_calendar_day_put(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct daying input = {0};
    char day[11];
    if (!api_read(request, reply, DAY, &input))
        return;
    if (!text_parse_date(input.day, day)) {
        api_invalid_field(reply, request, "day", "date");
        return;
    }
    if (strcmp(input.kind, "off") != 0 && strcmp(input.kind, "work") != 0 && strcmp(input.kind, "plain") != 0) {
        api_invalid_field(reply, request, "kind", "unknown");
        return;
    }
    enum err err = result_day_write(api->db, request->arena, api->actor.staff_id, &(struct result_day){day, input.kind, input.name}, api->now_us);
    if (err == ERR_NONE)
        api_no_content(reply);
    else
        api_failure(api, reply, request, err);
}
