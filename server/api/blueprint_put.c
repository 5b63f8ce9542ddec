#include "blueprints.h"
#include "handlers.h"

#include "khoacu/base/banned.h"

struct input {
    int64_t base_version;
    const char *reason;
    const struct json *document;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, document, JSON_OBJECT, true, 0, 0),
    JSON_FIELD(struct input, base_version, JSON_INT, true, 1, 10000),
    JSON_FIELD(struct input, reason, JSON_STRING, false, 0, 2000),
    {0},
};

static void saved(struct http_request *request, struct http_reply *reply, int64_t blueprint_id, int64_t version) {
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_id(&writer, "id", blueprint_id);
    json_member_int(&writer, "version", version);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

static void stale(struct http_request *request, struct http_reply *reply, int64_t version) {
    struct json_writer writer =
        api_problem_open(reply, request, 409, "stale-version", "The blueprint has been changed since");
    json_member_int(&writer, "version", version);
    api_problem_close(reply, request, &writer);
}

void api_blueprint_put(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {.reason = ""};
    struct bank_desk desk;
    enum assembly_save_verdict verdict;
    int64_t blueprint_id = 0, version = 0;
    if (!api_param_id(request, reply, 0, &blueprint_id) || !api_read(request, reply, FIELDS, &input) ||
        !api_blueprint_fits(request, reply, input.document) || !api_desk(api, request, reply, &desk))
        return;
    enum err err = assembly_blueprint_save(&desk, blueprint_id, input.base_version, input.document, input.reason,
                                           &verdict, &version);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (verdict) {
    case ASSEMBLY_SAVED:
        saved(request, reply, blueprint_id, version);
        return;
    case ASSEMBLY_SAVE_UNKNOWN:
        api_not_found(reply, request);
        return;
    case ASSEMBLY_SAVE_FORBIDDEN:
        api_problem(reply, request, 403, "not-permitted", "Assembling in this bank is not among your rights");
        return;
    case ASSEMBLY_SAVE_STALE:
    case ASSEMBLY_SAVE_CODE_TAKEN:
        stale(request, reply, version);
        return;
    }
}
