#include "blueprints.h"
#include "handlers.h"

#include "khoacu/cycle/cycle.h"

#include "khoacu/base/banned.h"

struct input {
    const char *bank, *code, *reason;
    const struct json *document;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, bank, JSON_STRING, true, 2, 40),
    JSON_FIELD(struct input, code, JSON_STRING, true, 2, 40),
    JSON_FIELD(struct input, document, JSON_OBJECT, true, 0, 0),
    JSON_FIELD(struct input, reason, JSON_STRING, false, 0, 2000),
    {0},
};

bool api_blueprint_fits(struct http_request *request, struct http_reply *reply, const struct json *document) {
    struct json_misfits misfits = {.prefix = "document"};
    struct assembly_blueprint blueprint;
    if (assembly_blueprint_read(request->arena, document, &blueprint, &misfits))
        return true;
    api_invalid(reply, request, &misfits);
    return false;
}

static bool codes_fit(struct http_request *request, struct http_reply *reply, const struct input *input) {
    struct json_misfits misfits = {0};
    if (!cycle_code_valid(input->bank))
        json_misfit_add(request->arena, &misfits, "bank", "form", 0, 0);
    if (!cycle_code_valid(input->code))
        json_misfit_add(request->arena, &misfits, "code", "form", 0, 0);
    if (misfits.count > 0)
        api_invalid(reply, request, &misfits);
    return misfits.count == 0;
}

static void made(struct http_request *request, struct http_reply *reply, int64_t blueprint_id) {
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_id(&writer, "id", blueprint_id);
    json_member_int(&writer, "version", 1);
    json_close_object(&writer);
    api_json(reply, request, 201);
}

void api_blueprint_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {.reason = ""};
    struct bank_desk desk;
    enum assembly_save_verdict verdict;
    int64_t blueprint_id = 0;
    if (!api_read(request, reply, FIELDS, &input) || !codes_fit(request, reply, &input) ||
        !api_blueprint_fits(request, reply, input.document) || !api_desk(api, request, reply, &desk))
        return;
    enum err err =
        assembly_blueprint_make(&desk, input.bank, input.code, input.document, input.reason, &verdict, &blueprint_id);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (verdict) {
    case ASSEMBLY_SAVED:
        made(request, reply, blueprint_id);
        return;
    case ASSEMBLY_SAVE_UNKNOWN:
        api_invalid_field(reply, request, "bank", "unknown-value");
        return;
    case ASSEMBLY_SAVE_FORBIDDEN:
        api_problem(reply, request, 403, "not-permitted", "Assembling in this bank is not among your rights");
        return;
    case ASSEMBLY_SAVE_CODE_TAKEN:
    case ASSEMBLY_SAVE_STALE:
        api_problem(reply, request, 409, "code-taken", "The bank has a blueprint of this code");
        return;
    }
}
