#include "handlers.h"
#include "scripts.h"

#include "khoacu/base/banned.h"

struct input {
    int64_t revision, page;
    const struct json *place;
    const char *body;
};
static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, revision, JSON_INT, true, 0, 999),
    JSON_FIELD(struct input, page, JSON_INT, true, 1, MARKING_PAGES_MAX),
    JSON_FIELD(struct input, place, JSON_ARRAY, true, 2, 4),
    JSON_FIELD(struct input, body, JSON_STRING, true, 0, 2000),
    {0},
};

void api_script_annotation_put(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    int64_t blind_id = 0, number = 0, place[4] = {0};
    enum marking_act act = MARKING_ACT_NOT_ASSIGNED;
    if (!api_param_id(request, reply, 0, &blind_id) || !api_param_int(request, reply, 1, 1, MARKING_ANNOTATIONS_MAX, &number) ||
        !api_read(request, reply, FIELDS, &input))
        return;
    size_t count = json_count(input.place);
    for (size_t i = 0; i < count; i++)
        if (!json_int(json_at(input.place, i), &place[i]) || place[i] < 0 || place[i] > INT32_MAX || count == 3) {
            api_invalid_field(reply, request, "place", "range");
            return;
        }
    struct marking_annotation annotation = {.number = (int32_t)number,
                                            .revision = (int32_t)input.revision,
                                            .page = (int32_t)input.page,
                                            .place = place,
                                            .place_count = count,
                                            .body = input.body};
    enum err err =
        marking_annotation_put(api->db, request->arena, api->actor.staff_id, blind_id, &annotation, api->now_us, &act);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (api_act_refused(request, reply, act, annotation.revision))
        return;
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_int(&writer, "number", number);
    json_member_int(&writer, "revision", annotation.revision);
    json_close_object(&writer);
    api_json(reply, request, 200);
}
