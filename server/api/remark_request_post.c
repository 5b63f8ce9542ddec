#include "handlers.h"

#include "khoacu/base/text.h"
#include "khoacu/marking/marking.h"
#include "khoacu/quality/quality.h"

#include "khoacu/base/banned.h"

struct input {
    const char *marker, *reason;
    const struct json *scripts;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, marker, JSON_STRING, true, 1, 40),
    JSON_FIELD(struct input, scripts, JSON_ARRAY, true, 1, QUALITY_SCRIPTS_MAX),
    JSON_FIELD(struct input, reason, JSON_STRING, true, 10, 2000),
    {0},
};

static void refuse_place(struct http_reply *reply, const struct http_request *request, int64_t place, const char *rule) {
    const char *path = arena_printf(request->arena, "scripts[%lld]", (long long)place);
    api_invalid_field(reply, request, path ? path : "scripts", rule);
}

/* A refusal because of one script, which it names. */
static void refuse(struct http_reply *reply, const struct http_request *request, int64_t place, int64_t blind_id, const char *code,
                   const char *title) {
    struct json_writer writer = api_problem_open(reply, request, 409, code, title);
    char text[MARKING_BLIND_CODE_SIZE];
    marking_blind_code(blind_id, text);
    json_member_int(&writer, "place", place);
    json_member_text(&writer, "blind_code", text);
    api_problem_close(reply, request, &writer);
}

/* The blind codes; NULL after it has filled the reply. */
static int64_t *read_scripts(struct api *api, struct http_request *request, struct http_reply *reply, const struct json *list) {
    int64_t *ids = ARENA_ARRAY(request->arena, json_count(list), int64_t);
    if (!ids)
        api_failure(api, reply, request, ERR_MEMORY);
    for (size_t i = 0; ids && i < json_count(list); i++) {
        const char *text = json_text(json_at(list, i));
        if (!text || !text_parse_id(text, &ids[i])) {
            refuse_place(reply, request, (int64_t)i, "kind");
            return NULL;
        }
    }
    return ids;
}

static void answer(struct http_request *request, struct http_reply *reply, enum quality_remark_verdict verdict, int64_t request_id, int64_t place,
                   int64_t blind_id) {
    struct json_writer writer;
    switch (verdict) {
    case QUALITY_REMARK_RECORDED:
        writer = api_writer(reply);
        json_open_object(&writer);
        json_member_id(&writer, "id", request_id);
        json_close_object(&writer);
        api_json(reply, request, 201);
        return;
    case QUALITY_REMARK_FORBIDDEN:
        api_problem(reply, request, 403, "not-permitted", "Only the head of the marking board asks for another marking");
        return;
    case QUALITY_REMARK_OWN:
        api_problem(reply, request, 403, "own-marks", "Nobody asks for another marking of marks of one's own");
        return;
    case QUALITY_REMARK_FROZEN:
        api_problem(reply, request, 409, "marks-frozen", "The marks are frozen: from now on an appeal alone leads to another mark");
        return;
    case QUALITY_REMARK_NO_REPORT:
        api_problem(reply, request, 409, "no-report", "There is no report that shows why: compute one first");
        return;
    case QUALITY_REMARK_NOT_MARKED:
        refuse_place(reply, request, place, "unknown");
        return;
    case QUALITY_REMARK_ASKED_BEFORE:
        refuse(reply, request, place, blind_id, "asked-before", "A mark of this script was doubted before: it is not marked anew twice");
        return;
    case QUALITY_REMARK_ZEROED:
        refuse(reply, request, place, blind_id, "script-zeroed", "The script counts nothing already by a report");
        return;
    case QUALITY_REMARK_NOBODY:
        refuse(reply, request, place, blind_id, "nobody-left", "Nobody else may mark this script: name more examiners");
        return;
    case QUALITY_REMARK_NO_DRAW:
        refuse(reply, request, place, blind_id, "no-draw", "The draw of this part was not held");
        return;
    case QUALITY_REMARK_UNKNOWN:
    case QUALITY_REMARK_COUNT:
        api_not_found(reply, request);
        return;
    }
}

void api_remark_request_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    enum quality_remark_verdict verdict;
    int64_t request_id = 0, place = 0;
    if (!api_read(request, reply, FIELDS, &input))
        return;
    int64_t *scripts = read_scripts(api, request, reply, input.scripts);
    if (!scripts)
        return;
    struct quality_remark remark = {.cycle_code = request->params[0],
                                    .marker = input.marker,
                                    .scripts = scripts,
                                    .script_count = json_count(input.scripts),
                                    .reason = input.reason,
                                    .staff_id = api->actor.staff_id,
                                    .now_us = api->now_us};
    enum err err = quality_remark_request(api->db, request->arena, &remark, &verdict, &request_id, &place);
    if (err == ERR_NONE)
        answer(request, reply, verdict, request_id, place, place < (int64_t)remark.script_count ? scripts[place] : 0);
    else
        api_failure(api, reply, request, err);
}
