#include "handlers.h"
#include "lates.h"

#include "khoacu/score/score.h"

#include "khoacu/base/banned.h"

struct input {
    bool confirm;
};
static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, confirm, JSON_BOOL, true, 0, 1),
    {0},
};

void api_late_confirm_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    struct late_confirmation confirmation = {.staff_id = api->actor.staff_id, .now_us = api->now_us};
    struct late_outcome outcome;
    if (!api_param_id(request, reply, 0, &confirmation.batch_id) || !api_read(request, reply, FIELDS, &input))
        return;
    if (!input.confirm) {
        api_invalid_field(reply, request, "confirm", "value");
        return;
    }
    enum err err = score_late_confirm(api->db, request->arena, &confirmation, &outcome);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else
        api_put_late(reply, request, &outcome);
}
