#include "cycles.h"
#include "handlers.h"

#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

struct input {
    const char *code, *title_vi, *title_en, *authority_vi, *authority_en, *notice, *notice_on, *applications_until, *pack_id, *written_max,
        *interview_max;
    int64_t pack_version;
    bool demonstration;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, code, JSON_STRING, true, 2, 40),
    JSON_FIELD(struct input, title_vi, JSON_STRING, true, 1, 300),
    JSON_FIELD(struct input, title_en, JSON_STRING, true, 1, 300),
    JSON_FIELD(struct input, authority_vi, JSON_STRING, true, 1, 300),
    JSON_FIELD(struct input, authority_en, JSON_STRING, true, 1, 300),
    JSON_FIELD(struct input, notice, JSON_STRING, true, 1, 20000),
    JSON_FIELD(struct input, notice_on, JSON_STRING, true, 10, 10),
    JSON_FIELD(struct input, applications_until, JSON_STRING, false, 10, 10),
    JSON_FIELD(struct input, pack_id, JSON_STRING, true, 2, 40),
    JSON_FIELD(struct input, pack_version, JSON_INT, false, 1, 1000000),
    JSON_FIELD(struct input, written_max, JSON_STRING, true, 1, 6),
    JSON_FIELD(struct input, interview_max, JSON_STRING, true, 1, 6),
    JSON_FIELD(struct input, demonstration, JSON_BOOL, false, 0, 0),
    {0},
};

/* What the table cannot judge. */
static bool fit(struct http_request *request, struct http_reply *reply, const struct input *input,
                struct cycle *cycle) {
    struct json_misfits misfits = {0};
    struct arena *arena = request->arena;
    char *date = arena_alloc(arena, 11), *until = input->applications_until ? arena_alloc(arena, 11) : NULL;
    bool written = text_parse_hundredths(input->written_max, &cycle->written_max);
    bool interview = text_parse_hundredths(input->interview_max, &cycle->interview_max);
    if (!cycle_code_valid(input->code))
        json_misfit_add(arena, &misfits, "code", "form", 0, 0);
    if (!cycle_code_valid(input->pack_id))
        json_misfit_add(arena, &misfits, "pack_id", "form", 0, 0);
    if (!date || !text_parse_date(input->notice_on, date))
        json_misfit_add(arena, &misfits, "notice_on", "form", 0, 0);
    if (input->applications_until && (!until || !text_parse_date(input->applications_until, until)))
        json_misfit_add(arena, &misfits, "applications_until", "form", 0, 0);
    cycle->applications_until = until;
    if (!written)
        json_misfit_add(arena, &misfits, "written_max", "form", 0, 0);
    if (!interview)
        json_misfit_add(arena, &misfits, "interview_max", "form", 0, 0);
    cycle->notice_on = date;
    if (misfits.count > 0)
        api_invalid(reply, request, &misfits);
    return misfits.count == 0;
}

static void created(struct http_request *request, struct http_reply *reply, int64_t cycle_id, const char *code) {
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_id(&writer, "id", cycle_id);
    json_member_text(&writer, "code", code);
    json_close_object(&writer);
    api_json(reply, request, 201);
}

void api_cycle_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    if (!api_read(request, reply, FIELDS, &input))
        return;
    struct cycle cycle = {.code = input.code,
                          .title_vi = input.title_vi,
                          .title_en = input.title_en,
                          .authority_vi = input.authority_vi,
                          .authority_en = input.authority_en,
                          .notice = input.notice,
                          .pack_id = input.pack_id,
                          .pack_version = input.pack_version,
                          .demonstration = input.demonstration};
    if (!fit(request, reply, &input, &cycle))
        return;
    enum cycle_create_verdict verdict;
    struct rank_misfit misfit;
    int64_t cycle_id;
    enum err err =
        cycle_create(api->db, request->arena, &cycle, api->actor.staff_id, api->now_us, &verdict, &cycle_id, &misfit);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (verdict) {
    case CYCLE_CREATED:
        created(request, reply, cycle_id, cycle.code);
        return;
    case CYCLE_CODE_TAKEN:
        api_problem(reply, request, 409, "code-taken", "There is a cycle of this code");
        return;
    case CYCLE_PACK_UNKNOWN:
        api_invalid_field(reply, request, input.pack_version > 0 ? "pack_version" : "pack_id", "unknown-value");
        return;
    case CYCLE_SCALES_UNFIT:
        api_invalid_field(reply, request, strcmp(misfit.reason, "not-delivered") == 0 ? "pack_id" : "interview_max", misfit.reason);
        return;
    }
}
