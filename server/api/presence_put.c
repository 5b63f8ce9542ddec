/* A sign of life of a candidate's machine; the answer tells whether her clock stands, and why. On the loop, from memory; only
 * where nothing is known of her clock does a worker read it. */
#include "handlers.h"
#include "sittings.h"

#include "khoacu/base/clock.h"
#include "khoacu/sitting/journal.h"
#include "khoacu/sitting/presence.h"
#include "khoacu/sitting/seb.h"
#include "khoacu/sitting/section.h"

#include <stdlib.h>

#include "khoacu/base/banned.h"

struct body {
    int64_t position;
};

static const struct json_field BODY[] = {
    JSON_FIELD(struct body, position, JSON_INT, true, 0, SITTING_POSITIONS_MAX),
    {0},
};

/* The more there are, the rarer each asks: some thousand signs a second at most. */
static int64_t again_s(const struct api *api, bool open) {
    size_t known = presence_known(api->state->presence);
    int64_t most = open ? 3 : 10;
    return known > 20000 ? 15 : known > 5000 ? 10 : most;
}

static void answer(const struct api *api, struct http_request *request, struct http_reply *reply, const struct section_clock *clock) {
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_bool(&writer, "held", clock->held_us != 0);
    json_member_bool(&writer, "evacuated", clock->evacuated);
    json_member_time(&writer, "closes_at", clock->closes_us);
    json_member_time(&writer, "server_now", clock_now_us());
    json_member_int(&writer, "again_s", again_s(api, clock->state == SITTING_OPEN));
    json_close_object(&writer);
    api_json(reply, request, 200);
}

/* What the worker has read, for the loop to keep. */
struct kept {
    struct http_request *request;
    struct http_reply *reply;
    struct sitting_journal *journal;
    struct section_clock *clock;
    int64_t sitting_id;
    uint64_t told;
};

static void keep(void *ctx) {
    struct kept *kept = ctx;
    sitting_journal_keep_clock(kept->journal, kept->sitting_id, kept->clock, kept->told);
    http_finish(kept->request->exchange, kept->reply);
}

static void read_clock(struct api *api, struct http_request *request, struct http_reply *reply, struct sitting_place place) {
    struct kept *kept = ARENA_NEW(request->arena, struct kept);
    struct sitting_journal *journal = api_journal(api, request);
    uint64_t told = sitting_journal_told(journal);
    struct section_clock *clock = NULL;
    enum err err = kept ? section_clock_read(api->db, request->arena, place, &clock) : ERR_MEMORY;
    if (err == ERR_DB_NO_ROW) {
        api_not_found(reply, request);
    } else if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
    } else {
        answer(api, request, reply, clock);
        *kept = (struct kept){.request = request, .reply = reply, .journal = journal, .clock = clock, .sitting_id = place.sitting_id, .told = told};
        api->kept = true;
        loop_post(request->loop, keep, kept);
    }
}

void api_presence_put(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct sitting_place place;
    struct body body;
    if (!api_own_sitting(api, request, reply, &place) || !api_read(request, reply, BODY, &body))
        return;
    presence_note(api->state->presence, &(struct presence_sign){.room_id = place.room_id, .sitting_id = place.sitting_id, .seen_us = api->now_us,
                                                                .position = (int)body.position,
                                                                .seb = api->seb ? api->seb->seb : PRESENCE_SEB_NONE,
                                                                .received = api->seb ? api->seb->received : NULL,
                                                                .expected = api->seb && api->seb->seb != PRESENCE_SEB_MATCH ? api->seb->expected : NULL});
    if (api->db) {
        read_clock(api, request, reply, place);
        return;
    }
    const struct section_clock *clock = sitting_journal_clock(api_journal(api, request), place.sitting_id);
    if (clock)
        answer(api, request, reply, clock);
    else if (http_retry_on_worker(request->exchange))
        api->kept = true;
    else
        api_overload(reply, request);
}
