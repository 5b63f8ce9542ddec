#include "cycles.h"
#include "halls.h"
#include "handlers.h"

#include "khoacu/base/cleanup.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define BRING_ARENA_MAX ((size_t)512 << 20)

static void put_lines(struct http_request *request, struct http_reply *reply, const struct hall_brought_list *list) {
    static const char *const outcomes[] = {"stored", "replaced", "unchanged", "refused"};
    int64_t counts[4] = {0};
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_put_key(&writer, "lines");
    json_open_array(&writer);
    for (size_t i = 0; i < list->count; i++) {
        json_open_object(&writer);
        json_member_text(&writer, "name", list->lines[i].name);
        json_member_text(&writer, "outcome", list->lines[i].outcome);
        json_member_text(&writer, "reason", list->lines[i].reason);
        json_close_object(&writer);
        for (int k = 0; k < 4; k++)
            counts[k] += strcmp(list->lines[i].outcome, outcomes[k]) == 0;
    }
    json_close_array(&writer);
    for (int k = 0; k < 4; k++)
        json_member_int(&writer, outcomes[k], counts[k]);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

void api_identity_files_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct cycle cycle;
    const char *roll_number = "", *reason = "broken";
    struct hall_brought_list list;
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, BRING_ARENA_MAX);
    if (!api_query_text(request, reply, "roll_number", 20, &roll_number) || !api_find_cycle(api, request, reply, &cycle))
        return;
    const struct hall_bringing bringing = {.secret = api->state->config.secret, .cycle_id = cycle.cycle_id, .staff_id = api->actor.staff_id, .now_us = api->now_us};
    enum err err = hall_bring(api->db, &arena, &bringing, roll_number, request->body, request->body_len, &list, &reason);
    if (err == ERR_SYNTAX) {
        struct json_writer writer = api_problem_open(reply, request, 422, "not-a-file", "This archive is not read");
        json_member_text(&writer, "reason", reason);
        api_problem_close(reply, request, &writer);
    } else if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
    } else {
        put_lines(request, reply, &list);
    }
}
