#include "handlers.h"

#include "khoacu/cycle/cycle.h"

#include <string.h>

#include "khoacu/base/banned.h"

struct body {
    const char *scope;
};

static const struct json_field BODY[] = {
    JSON_FIELD(struct body, scope, JSON_STRING, true, 3, 7),
    {0},
};

void api_access_codes_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct body body;
    struct cycle cycle;
    if (!api_read(request, reply, BODY, &body))
        return;
    bool all = strcmp(body.scope, "all") == 0;
    if (!all && strcmp(body.scope, "missing") != 0) {
        api_invalid_field(reply, request, "scope", "unknown-value");
        return;
    }
    enum err err = cycle_find(api->db, request->arena, request->params[0], &cycle);
    if (err == ERR_NONE && cycle.cycle_id == 0) {
        api_not_found(reply, request);
        return;
    }
    if (err == ERR_NONE)
        err = cycle_issue_codes(api->db, request->arena, api->state->config.secret, &cycle, all, api->actor.staff_id, api->now_us, &reply->body);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    api_attachment(reply, request, "text/csv; charset=utf-8", "access-codes.csv");
}
