#include "handlers.h"

#include "khoacu/assembly/assembly.h"

#include "khoacu/base/banned.h"

void api_assembly_stop_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    static const struct json_field FIELDS[] = {{0}};
    struct bank_desk desk;
    enum assembly_request_verdict verdict;
    int64_t assembly_id = 0;
    char nothing;
    if (!api_param_id(request, reply, 0, &assembly_id) || !api_read(request, reply, FIELDS, &nothing) ||
        !api_desk(api, request, reply, &desk))
        return;
    enum err err = assembly_stop(&desk, assembly_id, &verdict);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else if (verdict == ASSEMBLY_REQUESTED)
        api_no_content(reply);
    else
        api_not_found(reply, request);
}
