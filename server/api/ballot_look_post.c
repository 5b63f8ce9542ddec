#include "ballots.h"
#include "handlers.h"

#include "khoacu/base/banned.h"

struct input {
    const char *slip;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, slip, JSON_STRING, true, 1, 60),
    {0},
};

void api_ballot_look_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    struct ballot_view view;
    bool found = false;
    if (!api_read(request, reply, FIELDS, &input))
        return;
    enum err err = ballot_look(api->db, request->arena, api->state->config.secret, input.slip, &found, &view);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (!found) {
        api_ballot_refuse(reply, request, BALLOT_NO_SLIP);
        return;
    }
    struct json_writer w = api_writer(reply);
    json_open_object(&w);
    json_member_id(&w, "ballot_id", view.ballot_id);
    json_member_text(&w, "state", view.state);
    json_member_text(&w, "post", view.post);
    json_member_text(&w, "title", view.title);
    json_member_text(&w, "title_vi", view.ballot.vi);
    json_member_text(&w, "title_en", view.ballot.en);
    json_put_key(&w, "names");
    json_open_array(&w);
    for (size_t i = 0; i < view.count; i++) {
        json_open_object(&w);
        json_member_int(&w, "number", view.numbers[i]);
        json_member_text(&w, "full_name", view.names[i]);
        json_close_object(&w);
    }
    json_close_array(&w);
    json_close_object(&w);
    api_json(reply, request, 200);
}
