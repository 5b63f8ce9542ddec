#include "blueprints.h"
#include "handlers.h"

#include "khoacu/base/banned.h"

struct input {
    int64_t version;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, version, JSON_INT, false, 1, 10000),
    {0},
};

void api_blueprint_assemble_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    struct bank_desk desk;
    enum assembly_request_verdict verdict;
    int64_t blueprint_id = 0, assembly_id = 0, job_id = 0;
    if (!api_param_id(request, reply, 0, &blueprint_id) || !api_read(request, reply, FIELDS, &input) ||
        !api_desk(api, request, reply, &desk))
        return;
    enum err err = assembly_request(&desk, blueprint_id, input.version, &verdict, &assembly_id, &job_id);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (verdict) {
    case ASSEMBLY_REQUESTED:
        api_accepted(reply, request, job_id, "assembly_id", assembly_id);
        return;
    case ASSEMBLY_REQUEST_UNKNOWN:
        api_not_found(reply, request);
        return;
    case ASSEMBLY_REQUEST_FORBIDDEN:
        api_problem(reply, request, 403, "not-permitted", "Assembling in this bank is not among your rights");
        return;
    }
}
