#include "handlers.h"
#include "scripts.h"

#include "khoacu/base/banned.h"

struct input {
    const char *article, *reason;
};
static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, article, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, reason, JSON_STRING, true, 1, 2000),
    {0},
};

void api_script_report_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    int64_t blind_id = 0, reported_us = 0;
    enum marking_act act = MARKING_ACT_NOT_ASSIGNED;
    if (!api_param_id(request, reply, 0, &blind_id) || !api_read(request, reply, FIELDS, &input))
        return;
    if (!marking_article_known(input.article)) {
        api_invalid_field(reply, request, "article", "unknown-value");
        return;
    }
    enum err err = marking_report_put(api->db, request->arena, api->actor.staff_id, blind_id, input.article, input.reason,
                                      api->now_us, &act, &reported_us);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (api_act_refused(request, reply, act, 0))
        return;
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_text(&writer, "article", input.article);
    json_member_time(&writer, "reported_at", reported_us);
    json_close_object(&writer);
    api_json(reply, request, 200);
}
