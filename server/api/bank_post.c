/* POST /banks and PATCH /banks/{bank}: the same settings. */
#include "banks.h"
#include "cycles.h"
#include "handlers.h"

#include "khoacu/doc/import.h"

#include "khoacu/base/banned.h"

#define EXPOSURE_MAX INT64_C(100000)

struct input {
    const char *code;
    struct bank_settings settings;
};

#define SETTING(member, kind_, min_, max_)                                                                             \
    {.name = #member, .kind = (kind_), .min = (min_), .max = (max_), .offset = offsetof(struct input, settings.member)}
static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, code, JSON_STRING, true, 2, 40),
    SETTING(name, JSON_STRING, 1, 200),
    SETTING(reviewers_needed, JSON_INT, 1, 2),
    SETTING(exposure_max, JSON_INT, 0, EXPOSURE_MAX),
    {0},
};

/* `fields`: with the code, or from behind it. */
static bool read_input(struct http_request *request, struct http_reply *reply, const struct json_field *fields, struct input *input) {
    struct json_misfits misfits = {0};
    *input = (struct input){.settings = {.reviewers_needed = -1, .exposure_max = -1}};
    if (!api_read(request, reply, fields, input))
        return false;
    if (input->code && !cycle_code_valid(input->code))
        json_misfit_add(request->arena, &misfits, "code", "form", 0, 0);
    if (input->settings.name && !import_one_line(input->settings.name))
        json_misfit_add(request->arena, &misfits, "name", "form", 0, 0);
    if (misfits.count > 0)
        api_invalid(reply, request, &misfits);
    return misfits.count == 0;
}

static void answer(struct api *api, struct http_request *request, struct http_reply *reply, const struct bank_desk *desk,
                   const char *code, int status) {
    struct bank *bank = NULL;
    enum err err = bank_read(desk, code, &bank);
    if (err != ERR_NONE || !bank) {
        api_failure(api, reply, request, err != ERR_NONE ? err : ERR_STATE);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    api_put_bank(&writer, bank);
    json_close_object(&writer);
    api_json(reply, request, status);
}

void api_bank_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input;
    struct bank_desk desk;
    enum bank_make_verdict verdict;
    int64_t bank_id;
    if (!read_input(request, reply, FIELDS, &input) || !api_desk(api, request, reply, &desk))
        return;
    enum err err = bank_make(&desk, input.code, &input.settings, &verdict, &bank_id);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (verdict) {
    case BANK_MADE:
        answer(api, request, reply, &desk, input.code, 201);
        return;
    case BANK_CODE_TAKEN:
        api_problem(reply, request, 409, "code-taken", "There is a bank of this code");
        return;
    }
}

void api_bank_patch(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input;
    struct bank_desk desk;
    enum bank_verdict verdict = BANK_UNKNOWN;
    const char *code = request->params[0];
    if (!read_input(request, reply, FIELDS + 1, &input) || !api_desk(api, request, reply, &desk))
        return;
    enum err err = cycle_code_valid(code) ? bank_change(&desk, code, &input.settings, &verdict) : ERR_NONE;
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else if (api_bank_done(reply, request, verdict))
        answer(api, request, reply, &desk, code, 200);
}
