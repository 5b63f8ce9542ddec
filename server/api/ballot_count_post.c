#include "ballots.h"
#include "handlers.h"

#include "khoacu/base/banned.h"

struct input {
    int64_t present;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, present, JSON_INT, true, 0, BALLOT_SUMMONED_MAX),
    {0},
};

void api_ballot_count_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    struct ballot_end end;
    enum ballot_verdict verdict;
    int64_t ballot_id = 0;
    if (!api_param_id(request, reply, 0, &ballot_id) || !api_read(request, reply, FIELDS, &input))
        return;
    enum err err = ballot_count(api->db, request->arena, api->actor.staff_id, ballot_id, (int32_t)input.present, api->now_us, &verdict, &end);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (verdict != BALLOT_DONE) {
        api_ballot_refuse(reply, request, verdict);
        return;
    }
    struct json_writer w = api_writer(reply);
    json_open_object(&w);
    json_member_int(&w, "papers", end.papers);
    json_member_int(&w, "of", end.result.of);
    json_member_int(&w, "bar", end.result.bar);
    json_member_int(&w, "fallback_bar", end.result.fallback_bar);
    json_member_text(&w, "sentence_vi", end.sentence_vi);
    json_member_text(&w, "sentence_en", end.sentence_en);
    json_close_object(&w);
    api_json(reply, request, 200);
}
