#include "handlers.h"
#include "scripts.h"

#include "khoacu/appeal/appeal.h"
#include "khoacu/base/text.h"

#include "khoacu/base/banned.h"

struct input {
    const struct json *scripts;
};
static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, scripts, JSON_ARRAY, true, 1, MARKING_FINALS_AT_ONCE),
    {0},
};
struct one {
    const char *blind_id;
    int64_t revision;
};
static const struct json_field ONE_FIELDS[] = {
    JSON_FIELD(struct one, blind_id, JSON_STRING, true, TEXT_ID_LEN, TEXT_ID_LEN),
    JSON_FIELD(struct one, revision, JSON_INT, true, 1, 1000),
    {0},
};

/* False after it has filled the reply. */
static bool read_list(struct http_request *request, struct http_reply *reply, const struct json *list, struct marking_declaration *out) {
    struct json_misfits misfits = {0};
    for (size_t i = 0; i < json_count(list); i++) {
        struct one one = {0};
        misfits.prefix = arena_printf(request->arena, "scripts[%zu]", i);
        if (!json_fit(request->arena, json_at(list, i), ONE_FIELDS, &one, &misfits))
            continue;
        out[i].revision = (int32_t)one.revision;
        if (!text_parse_id(one.blind_id, &out[i].blind_id))
            json_misfit_add(request->arena, &misfits, "blind_id", "form", 0, 0);
        for (size_t k = 0; k < i; k++)
            if (out[k].blind_id == out[i].blind_id)
                json_misfit_add(request->arena, &misfits, "blind_id", "unique", 0, 0);
    }
    if (misfits.count > 0)
        api_invalid(reply, request, &misfits);
    return misfits.count == 0;
}

/* Those among them that are marked on appeal go on their way. */
static enum err advance_appeals(struct api *api, struct http_request *request, const struct marking_declaration *list, size_t count) {
    int64_t script_ids[MARKING_FINALS_AT_ONCE];
    size_t declared = 0;
    for (size_t i = 0; i < count; i++)
        if (list[i].final_us != 0 && list[i].script_id != 0)
            script_ids[declared++] = list[i].script_id;
    return appeal_advance(api->db, request->arena, script_ids, declared, api->now_us);
}

void api_script_finals_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    struct marking_declaration list[MARKING_FINALS_AT_ONCE] = {0};
    if (!api_read(request, reply, FIELDS, &input) || !read_list(request, reply, input.scripts, list))
        return;
    size_t count = json_count(input.scripts);
    enum err err = marking_finals_declare(api->db, request->arena, api->actor.staff_id, list, count, api->now_us);
    if (err == ERR_NONE)
        err = advance_appeals(api, request, list, count);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_put_key(&writer, "scripts");
    json_open_array(&writer);
    for (size_t i = 0; i < count; i++) {
        json_open_object(&writer);
        json_member_id(&writer, "blind_id", list[i].blind_id);
        json_member_text(&writer, "outcome", list[i].outcome);
        json_member_time(&writer, "final_at", list[i].final_us);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    json_close_object(&writer);
    api_json(reply, request, 200);
}
