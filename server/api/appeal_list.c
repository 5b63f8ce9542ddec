#include "appeals.h"
#include "handlers.h"
#include "result_json.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/result/trial.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define MOVES_SHOWN 200

void api_appeal_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    static const char *const STATES[] = {"all", "lodged", "withdrawn", "refused", "marking", "words", "settled", "proposed", "decided"};
    const char *state = http_query(request, "state"), *json = NULL;
    bool known = !state;
    for (size_t i = 0; i < sizeof STATES / sizeof *STATES && state; i++)
        known = known || strcmp(state, STATES[i]) == 0;
    if (!known) {
        api_invalid_field(reply, request, "state", "unknown");
        return;
    }
    enum err err = appeal_list_read(api->db, request->arena, request->params[0], state ? state : "all", &json);
    api_appeal_send(api, request, reply, err, json);
}

void api_appeal_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    int64_t appeal_id = 0;
    const char *json = NULL;
    if (!api_param_id(request, reply, 0, &appeal_id))
        return;
    enum err err = appeal_read(api->db, request->arena, appeal_id, &json);
    api_appeal_send(api, request, reply, err, json);
}

void api_appeal_due_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    const char *json = NULL;
    enum err err = appeal_due_read(api->db, request->arena, api->actor.staff_id, &json);
    api_appeal_send(api, request, reply, err, json);
}

void api_appeal_letter_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    api_appeal_letter(api, request, reply, 0);
}

/* The newest list beside the list as the proposal would make it. */
void api_appeal_preview_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct appeal_place place;
    struct result_comparison *comparison = NULL;
    struct arena arena CLEANUP(arena_release);
    int64_t appeal_id = 0;
    arena_init(&arena, API_LIST_ARENA_MAX);
    if (!api_param_id(request, reply, 0, &appeal_id))
        return;
    enum err err = appeal_place_read(api->db, &arena, appeal_id, &place);
    if (err == ERR_DB_NO_ROW) {
        api_not_found(reply, request);
        return;
    }
    if (err == ERR_NONE && place.run_id != 0 && place.trial_id != 0)
        err = result_compare_stored(api->db, &arena, place.run_id, place.trial_id, &comparison);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (!comparison) {
        api_appeal_refuse(reply, request, APPEAL_NO_PREVIEW);
        return;
    }
    struct json_writer w = api_writer(reply);
    json_open_object(&w);
    result_comparison_write(&w, comparison, 0, MOVES_SHOWN);
    json_close_object(&w);
    api_json(reply, request, 200);
}
