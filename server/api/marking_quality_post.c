#include "handlers.h"

#include "khoacu/quality/quality.h"

#include "khoacu/base/banned.h"

static const struct json_field FIELDS[] = {{0}};

void api_marking_quality_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    int64_t job_id = 0;
    bool found = false;
    char nothing;
    if (!api_read(request, reply, FIELDS, &nothing))
        return;
    enum err err =
        quality_marking_request(api->db, request->arena, api->actor.staff_id, request->params[0], api->now_us, &found, &job_id);
    if (err != ERR_NONE || !found) {
        if (err == ERR_NONE)
            api_not_found(reply, request);
        else
            api_failure(api, reply, request, err);
        return;
    }
    api_accepted(reply, request, job_id, NULL, 0);
}
