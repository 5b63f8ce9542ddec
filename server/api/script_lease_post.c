#include "handlers.h"

#include "khoacu/base/text.h"
#include "khoacu/marking/lease.h"

#include "khoacu/base/banned.h"

struct input {
    const char *blind_id;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, blind_id, JSON_STRING, false, TEXT_ID_LEN, TEXT_ID_LEN),
    {0},
};

void api_script_lease_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    int64_t blind_id = 0, until_us = 0;
    bool taken = false;
    if (!api_read(request, reply, FIELDS, &input))
        return;
    if (input.blind_id && !text_parse_id(input.blind_id, &blind_id)) {
        api_invalid_field(reply, request, "blind_id", "kind");
        return;
    }
    enum err err = ERR_NONE;
    if (blind_id)
        err = marking_lease_take(api->db, request->arena, blind_id, api->actor.staff_id, &taken, &until_us);
    else
        err = marking_lease_next(api->db, request->arena, api->actor.staff_id, &blind_id, &until_us);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (input.blind_id && until_us == 0) {
        api_not_found(reply, request);
        return;
    }
    struct json_writer w = api_writer(reply);
    json_open_object(&w);
    if (blind_id) {
        json_member_id(&w, "blind_id", blind_id);
        json_member_time(&w, "leased_until", until_us);
    } else {
        json_put_key(&w, "blind_id");
        json_put_null(&w);
        json_put_key(&w, "leased_until");
        json_put_null(&w);
    }
    json_close_object(&w);
    api_json(reply, request, 200);
}
