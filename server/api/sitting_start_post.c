#include "handlers.h"
#include "sittings.h"

#include "khoacu/base/clock.h"
#include "khoacu/sitting/opening.h"

#include "khoacu/base/banned.h"

/* A body is not needed; one that is there says nothing. */
static const struct json_field NO_FIELDS[] = {{0}};

static void too_early(struct http_reply *reply, const struct http_request *request, const struct sitting *sitting) {
    struct json_writer writer = api_problem_open(reply, request, 409, "too-early", "The shift has not begun");
    json_member_time(&writer, "starts_at", sitting->times.starts_us);
    json_member_time(&writer, "server_now", clock_now_us());
    api_problem_close(reply, request, &writer);
}

void api_sitting_start_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct sitting_place place;
    struct sitting sitting;
    enum sitting_start_verdict verdict;
    if (!api_own_sitting(api, request, reply, &place))
        return;
    if (request->body_len > 0 && !api_read(request, reply, NO_FIELDS, &sitting))
        return;
    enum err err = opening_start(api->state->opening, api->db, request->arena, place, api->now_us, &verdict, &sitting);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (verdict) {
    case SITTING_START_OPEN:
        api_send_paper(api, request, reply, &sitting);
        return;
    case SITTING_START_EARLY:
        too_early(reply, request, &sitting);
        return;
    case SITTING_START_HELD:
        api_sitting_held(reply, request);
        return;
    case SITTING_START_NOT_CHECKED_IN:
        api_problem(reply, request, 409, "not-checked-in", "An invigilator has to check the candidate in first");
        return;
    case SITTING_START_ENDED:
        api_sitting_ended(reply, request);
        return;
    }
}
