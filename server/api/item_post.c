/* POST /items and POST /items/{id}/versions: what an author writes. */
#include "cycles.h"
#include "handlers.h"
#include "items.h"

#include "khoacu/base/cleanup.h"

#include "khoacu/base/banned.h"

struct input {
    const char *bank, *code, *reason;
    const struct json *content, *key, *meta;
    int64_t base_version;
};
static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, bank, JSON_STRING, true, 2, 40),
    JSON_FIELD(struct input, code, JSON_STRING, false, 1, 40),
    JSON_FIELD(struct input, reason, JSON_STRING, false, 0, BANK_NOTE_MAX),
    JSON_FIELD(struct input, content, JSON_OBJECT, true, 1, 64),
    JSON_FIELD(struct input, key, JSON_OBJECT, true, 0, 64),
    JSON_FIELD(struct input, meta, JSON_OBJECT, true, 1, 64),
    {0},
};
static const struct json_field VERSION_FIELDS[] = {
    JSON_FIELD(struct input, base_version, JSON_INT, true, 1, INT32_MAX),
    JSON_FIELD(struct input, reason, JSON_STRING, false, 0, BANK_NOTE_MAX),
    JSON_FIELD(struct input, content, JSON_OBJECT, true, 1, 64),
    JSON_FIELD(struct input, key, JSON_OBJECT, true, 0, 64),
    JSON_FIELD(struct input, meta, JSON_OBJECT, true, 1, 64),
    {0},
};

static bool read_input(struct http_request *request, struct http_reply *reply, struct arena *arena, const struct json_field *fields,
                       struct input *input, struct api_item *ret_item) {
    struct json_misfits misfits = {0};
    *input = (struct input){.reason = ""};
    if (!api_read(request, reply, fields, input))
        return false;
    if (input->bank && !cycle_code_valid(input->bank))
        json_misfit_add(arena, &misfits, "bank", "form", 0, 0);
    if (input->code && !cycle_code_valid(input->code))
        json_misfit_add(arena, &misfits, "code", "form", 0, 0);
    bool good = api_read_item(arena, input->content, input->key, input->meta, &misfits, ret_item);
    if (!good || misfits.count > 0)
        api_invalid(reply, request, &misfits);
    return good && misfits.count == 0;
}

static void stale(struct http_request *request, struct http_reply *reply, const struct bank_item_saved *saved) {
    struct json_writer writer = api_problem_open(reply, request, 409, "stale-version", "There is a newer version of the item");
    json_member_int(&writer, "version", saved->version);
    api_problem_close(reply, request, &writer);
}

static void answer(struct http_request *request, struct http_reply *reply, enum bank_item_verdict verdict,
                   const struct bank_item_saved *saved) {
    struct json_writer writer;
    switch (verdict) {
    case BANK_ITEM_DONE:
        writer = api_writer(reply);
        json_open_object(&writer);
        json_member_id(&writer, "id", saved->item_id);
        json_member_text(&writer, "code", saved->code);
        json_member_int(&writer, "version", saved->version);
        json_close_object(&writer);
        api_json(reply, request, 201);
        return;
    case BANK_ITEM_UNKNOWN:
        api_not_found(reply, request);
        return;
    case BANK_ITEM_FORBIDDEN:
        api_right_missing(reply, request);
        return;
    case BANK_ITEM_CODE_TAKEN:
        api_problem(reply, request, 409, "code-taken", "The bank has an item of this code");
        return;
    case BANK_ITEM_STALE:
        stale(request, reply, saved);
        return;
    case BANK_ITEM_RETIRED:
        api_problem(reply, request, 409, "retired", "The item is retired; restore it first");
        return;
    case BANK_ITEM_MEDIA:
        api_problem(reply, request, 409, "media-missing", "The item names a picture or sound that the bank does not have");
        return;
    case BANK_ITEM_FULL:
        api_problem(reply, request, 409, "bank-full", "The bank has as many items as it may have");
        return;
    }
}

void api_item_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input;
    struct api_item item;
    struct bank_desk desk;
    enum bank_item_verdict verdict;
    struct bank_item_saved saved = {0};
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, API_BANK_ARENA_MAX);
    if (!read_input(request, reply, &arena, FIELDS, &input, &item) || !api_desk_in(api, request, reply, &arena, &desk))
        return;
    enum err err = bank_item_make(&desk, input.bank, input.code, &item.meta, &item.text, input.reason, &verdict, &saved);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else
        answer(request, reply, verdict, &saved);
}

void api_item_version_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    int64_t item_id;
    struct input input;
    struct api_item item;
    struct bank_desk desk;
    enum bank_item_verdict verdict;
    struct bank_item_saved saved = {0};
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, API_BANK_ARENA_MAX);
    if (!api_param_id(request, reply, 0, &item_id) || !read_input(request, reply, &arena, VERSION_FIELDS, &input, &item) ||
        !api_desk_in(api, request, reply, &arena, &desk))
        return;
    enum err err = bank_item_save(&desk, item_id, input.base_version, &item.meta, &item.text, input.reason, &verdict, &saved);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else
        answer(request, reply, verdict, &saved);
}
