#include "handlers.h"
#include "sittings.h"

#include "khoacu/base/banned.h"

struct input {
    bool confirm;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, confirm, JSON_BOOL, true, 0, 1),
    {0},
};

static void handed_in(struct http_request *request, struct http_reply *reply, const struct sitting_receipt *receipt) {
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_put_key(&writer, "receipt");
    api_put_receipt(&writer, receipt);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

void api_sitting_submit_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    struct sitting_place place;
    struct sitting_receipt receipt;
    enum sitting_submit_verdict verdict;
    if (!api_own_sitting(api, request, reply, &place) || !api_read(request, reply, FIELDS, &input))
        return;
    if (!input.confirm) {
        api_invalid_field(reply, request, "confirm", "value");
        return;
    }
    enum err err = sitting_submit(api->db, request->arena, place, api->now_us, &verdict, &receipt);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (verdict) {
    case SITTING_SUBMIT_DONE:
        handed_in(request, reply, &receipt);
        return;
    case SITTING_SUBMIT_NOT_OPEN:
        api_sitting_not_open(reply, request);
        return;
    case SITTING_SUBMIT_HELD:
        api_sitting_held(reply, request);
        return;
    case SITTING_SUBMIT_ENDED:
        api_sitting_ended(reply, request);
        return;
    }
}
