#include "handlers.h"
#include "sittings.h"

#include "khoacu/base/clock.h"

#include "khoacu/base/banned.h"

#define BEFORE_US (60 * 60 * 1000000LL)

static void too_early(struct http_reply *reply, const struct http_request *request, const struct sitting *sitting) {
    struct json_writer writer = api_problem_open(reply, request, 409, "too-early", "The sealed paper is given an hour before the start");
    json_member_time(&writer, "opens_at", sitting->times.starts_us - BEFORE_US);
    json_member_time(&writer, "server_now", clock_now_us());
    api_problem_close(reply, request, &writer);
}

static void send_sealed(struct api *api, struct http_request *request, struct http_reply *reply, const struct sitting *sitting) {
    const char *sealed = NULL;
    enum err err = api_seal_paper(api, request->arena, sitting, &sealed);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_id(&writer, "sitting_id", sitting->place.sitting_id);
    json_member_text(&writer, "sealed", sealed);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

void api_sealed_paper_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct sitting_place place;
    struct sitting sitting;
    if (!api_own_sitting(api, request, reply, &place))
        return;
    enum err err = sitting_read(api->db, request->arena, place, &sitting);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (api->now_us < sitting.times.starts_us - BEFORE_US) {
        too_early(reply, request, &sitting);
        return;
    }
    /* It says nothing without the key, so it is given while the clock stands too. */
    switch (sitting_time_judge(&sitting.times, sitting.shift_closed, sitting.state, sitting.closes_us, api->now_us)) {
    case SITTING_TIME_EARLY:
    case SITTING_TIME_START:
    case SITTING_TIME_WORKING:
    case SITTING_TIME_HELD:
        send_sealed(api, request, reply, &sitting);
        return;
    case SITTING_TIME_ENDED:
        api_sitting_ended(reply, request);
        return;
    }
}
