#include "handlers.h"
#include "limits.h"
#include "result_json.h"

#include "khoacu/base/clock.h"
#include "khoacu/base/text.h"

#include "khoacu/base/banned.h"

struct input {
    const char *roll_number, *birth_date;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, roll_number, JSON_STRING, true, 1, 40),
    JSON_FIELD(struct input, birth_date, JSON_STRING, true, 8, 10),
    {0},
};

void api_release_lookup(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    char date[11];
    int wait_s = api_limit_take(api->state->limits, LIMIT_LOOKUP, api_client(api->state, request), 0, clock_mono_us());
    if (wait_s > 0) {
        api_too_many(reply, request, wait_s);
        return;
    }
    if (!api_read(request, reply, FIELDS, &input))
        return;
    if (!text_parse_date(input.birth_date, date)) {
        api_invalid_field(reply, request, "birth_date", "date");
        return;
    }
    struct result_row row;
    bool found = false;
    enum err err = result_lookup(api->db, request->arena, request->params[0], input.roll_number, date, &found, &row);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (!found) {
        api_problem(reply, request, 404, "no-match", "No published result has this roll number and date of birth");
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_put_key(&writer, "row");
    json_open_object(&writer);
    json_member_text(&writer, "post", row.post);
    api_put_row(&writer, &row);
    json_close_object(&writer);
    json_put_key(&writer, "derivation");
    json_put_raw(&writer, row.derivation);
    json_close_object(&writer);
    api_json(reply, request, 200);
}
