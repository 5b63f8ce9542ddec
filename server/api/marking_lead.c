#include "handlers.h"

#include "marking_cases.h"
#include "scripts.h"

#include "khoacu/marking/marking.h"

#include <string.h>

#include "khoacu/base/banned.h"

struct input {
    const char *marker, *reason;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, marker, JSON_STRING, false, 1, 40),
    JSON_FIELD(struct input, reason, JSON_STRING, true, 1, 2000),
    {0},
};

static void put_part(struct json_writer *w, const struct marking_progress_part *part) {
    json_open_object(w);
    json_member_text(w, "component", part->component);
    json_member_int(w, "question", part->question);
    json_member_int(w, "scripts", part->scripts);
    json_member_int(w, "settled", part->settled);
    json_member_int(w, "assigned", part->assigned);
    json_member_int(w, "final", part->final);
    json_member_int(w, "waiting_marks", part->waiting_marks);
    json_member_int(w, "dialogues", part->dialogues);
    json_member_int(w, "heads", part->heads);
    json_member_int(w, "chairs", part->chairs);
    json_member_int(w, "collectives", part->collectives);
    json_member_int(w, "seconds_left", part->seconds_left);
    json_close_object(w);
}

static void put_marker(struct json_writer *w, const struct marking_progress_marker *marker) {
    json_open_object(w);
    json_member_text(w, "login_name", marker->login_name);
    json_member_text(w, "full_name", marker->full_name);
    json_member_text(w, "component", marker->component);
    json_member_int(w, "assigned", marker->assigned);
    json_member_int(w, "marked", marker->marked);
    json_member_int(w, "final", marker->final);
    json_member_int(w, "leased", marker->leased);
    json_member_int(w, "given_back", marker->given_back);
    json_member_int(w, "median_seconds", marker->median_s);
    json_member_int(w, "seconds_left", marker->seconds_left);
    json_member_time(w, "last_final_at", marker->last_final_us);
    json_close_object(w);
}

void api_marking_progress_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct marking_progress progress;
    struct marking_freeze freeze;
    enum err err = marking_progress_read(api->db, request->arena, request->params[0], &progress);
    if (err == ERR_NONE)
        err = marking_freeze_read(api->db, request->arena, request->params[0], &freeze);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (!progress.found) {
        api_not_found(reply, request);
        return;
    }
    struct json_writer w = api_writer(reply);
    json_open_object(&w);
    json_put_key(&w, "parts");
    json_open_array(&w);
    for (size_t i = 0; i < progress.part_count; i++)
        put_part(&w, &progress.parts[i]);
    json_close_array(&w);
    json_put_key(&w, "markers");
    json_open_array(&w);
    for (size_t i = 0; i < progress.marker_count; i++)
        put_marker(&w, &progress.markers[i]);
    json_close_array(&w);
    json_member_int(&w, "scripts", freeze.scripts);
    json_member_int(&w, "unsettled", freeze.missing);
    json_member_time(&w, "frozen_at", freeze.frozen_us);
    json_member_text(&w, "sha256", freeze.frozen ? freeze.sha256 : NULL);
    json_close_object(&w);
    api_json(reply, request, 200);
}

void api_marking_case_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    static const char *const NEXTS[] = {"marks", "dialogue", "minutes", "head", "chair", "collective"};
    const char *state = http_query(request, "state");
    struct marking_case_query query = {.view = MARKING_CASES_LEAD, .cycle_code = request->params[0], .staff_id = api->actor.staff_id};
    query.settled = state && strcmp(state, "settled") == 0;
    for (size_t i = 0; state && i < sizeof NEXTS / sizeof *NEXTS; i++)
        if (strcmp(NEXTS[i], state) == 0)
            query.next = NEXTS[i];
    if (state && !query.next && !query.settled && strcmp(state, "open") != 0) {
        api_invalid_field(reply, request, "state", "unknown");
        return;
    }
    marking_cases_answer(api, request, reply, &query, 0);
}

void api_marking_replacement_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    int64_t blind_id = 0;
    enum marking_replace_verdict verdict;
    if (!api_param_id(request, reply, 0, &blind_id) || !api_read(request, reply, FIELDS, &input))
        return;
    enum err err = input.marker ? marking_lead_replace(api->db, request->arena, api->actor.staff_id, blind_id, input.marker, input.reason,
                                                       api->now_us, &verdict)
                                : marking_lead_draw_again(api->db, request->arena, api->actor.staff_id, blind_id, input.reason,
                                                          api->now_us, &verdict);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    api_handed_over(request, reply, verdict);
}
