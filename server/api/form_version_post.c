#include "forms.h"
#include "handlers.h"

#include "khoacu/base/cleanup.h"

#include "khoacu/base/banned.h"

struct input {
    int64_t base_version;
    const struct json *items, *sections;
    const char *reason;
};
static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, base_version, JSON_INT, true, 1, INT32_MAX),
    JSON_FIELD(struct input, items, JSON_ARRAY, true, 1, FORM_POSITIONS_MAX),
    JSON_FIELD(struct input, sections, JSON_ARRAY, false, 1, FORM_SECTIONS_MAX),
    JSON_FIELD(struct input, reason, JSON_STRING, true, 1, FORM_REASON_MAX),
    {0},
};

void api_form_version_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    struct json_misfits misfits = {0};
    struct form_item items[FORM_POSITIONS_MAX] = {0};
    struct form_change change = {.items = items};
    struct form_result result;
    struct bank_desk desk;
    if (!api_param_id(request, reply, 0, &change.form_id) || !api_read(request, reply, FIELDS, &input))
        return;
    if (!api_read_form_items(request->arena, input.items, items, &change.item_count, &misfits) ||
        !api_read_form_sections(request->arena, input.sections, change.item_count, &change.sections, &misfits)) {
        api_invalid(reply, request, &misfits);
        return;
    }
    if (!api_desk(api, request, reply, &desk))
        return;
    change.base_version = input.base_version;
    change.reason = input.reason;
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, API_FORM_ARENA_MAX);
    desk.arena = &arena;
    enum err err = form_change(&desk, &change, &result);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (result.outcome != FORM_DONE) {
        api_form_refused(request, reply, &result);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_id(&writer, "id", result.form_id);
    json_member_int(&writer, "version", result.version);
    json_member_int(&writer, "item_count", result.item_count);
    json_member_text(&writer, "sha256", result.sha256);
    json_close_object(&writer);
    api_json(reply, request, 201);
}
