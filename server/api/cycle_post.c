#include "handlers.h"

#include "khoacu/base/text.h"
#include "khoacu/cycle/cycle.h"

#include "khoacu/base/banned.h"

struct body {
    const char *code, *title_vi, *title_en, *authority_vi, *authority_en, *notice, *notice_on, *pack_id, *written_max, *interview_max;
    bool demonstration;
};

static const struct json_field BODY[] = {
    JSON_FIELD(struct body, code, JSON_STRING, true, 2, 40),
    JSON_FIELD(struct body, title_vi, JSON_STRING, true, 1, 300),
    JSON_FIELD(struct body, title_en, JSON_STRING, true, 1, 300),
    JSON_FIELD(struct body, authority_vi, JSON_STRING, true, 1, 300),
    JSON_FIELD(struct body, authority_en, JSON_STRING, true, 1, 300),
    JSON_FIELD(struct body, notice, JSON_STRING, true, 1, 20000),
    JSON_FIELD(struct body, notice_on, JSON_STRING, true, 10, 10),
    JSON_FIELD(struct body, pack_id, JSON_STRING, true, 2, 40),
    JSON_FIELD(struct body, written_max, JSON_STRING, true, 1, 6),
    JSON_FIELD(struct body, interview_max, JSON_STRING, true, 1, 6),
    JSON_FIELD(struct body, demonstration, JSON_BOOL, false, 0, 1),
    {0},
};

static void answer(struct http_request *request, struct http_reply *reply, enum cycle_create_verdict verdict, const char *code, int64_t cycle_id) {
    struct json_writer writer;
    switch (verdict) {
    case CYCLE_CREATED:
        writer = api_writer(reply);
        json_open_object(&writer);
        json_member_id(&writer, "id", cycle_id);
        json_member_text(&writer, "code", code);
        json_close_object(&writer);
        api_json(reply, request, 201);
        return;
    case CYCLE_CODE_WRONG:
        api_invalid_field(reply, request, "code", "form");
        return;
    case CYCLE_CODE_TAKEN:
        api_problem(reply, request, 409, "code-taken", "A cycle of this code exists already");
        return;
    case CYCLE_PACK_UNKNOWN:
        api_invalid_field(reply, request, "pack_id", "unknown-value");
        return;
    case CYCLE_SHARES_WRONG:
        api_invalid_field(reply, request, "interview_max", "sum");
        return;
    case CYCLE_DATE_WRONG:
        api_invalid_field(reply, request, "notice_on", "form");
        return;
    }
}

void api_cycle_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct body body = {0};
    if (!api_read(request, reply, BODY, &body))
        return;
    struct cycle cycle = {.code = body.code, .title_vi = body.title_vi, .title_en = body.title_en, .authority_vi = body.authority_vi,
                          .authority_en = body.authority_en, .notice = body.notice, .notice_on = body.notice_on, .pack_id = body.pack_id,
                          .demonstration = body.demonstration};
    if (!text_parse_hundredths(body.written_max, &cycle.written_max)) {
        api_invalid_field(reply, request, "written_max", "form");
        return;
    }
    if (!text_parse_hundredths(body.interview_max, &cycle.interview_max)) {
        api_invalid_field(reply, request, "interview_max", "form");
        return;
    }
    enum cycle_create_verdict verdict;
    int64_t cycle_id = 0;
    enum err err = cycle_create(api->db, request->arena, &cycle, api->actor.staff_id, api->now_us, &verdict, &cycle_id);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else
        answer(request, reply, verdict, body.code, cycle_id);
}
