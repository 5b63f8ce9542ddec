/* POST /item-acts and POST /item-acts/{id}/undo: one act on many items, and back. */
#include "banks.h"
#include "handlers.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/doc/import.h"

#include "khoacu/base/banned.h"

enum { TAG_MAX = 40 };

struct input {
    const struct json *ids, *versions;
    const char *act, *value, *reason;
};
static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, ids, JSON_ARRAY, true, 1, BANK_ACT_ITEMS_MAX),
    JSON_FIELD(struct input, versions, JSON_ARRAY, false, 1, BANK_ACT_ITEMS_MAX),
    JSON_FIELD(struct input, act, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, value, JSON_STRING, false, 0, 120),
    JSON_FIELD(struct input, reason, JSON_STRING, false, 0, BANK_NOTE_MAX),
    {0},
};

static int by_id(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static const int64_t *read_ids(struct arena *arena, const struct json *list, struct json_misfits *misfits) {
    size_t count = json_count(list);
    int64_t *ids = ARENA_ARRAY(arena, count, int64_t), *sorted = ARENA_ARRAY(arena, count, int64_t);
    for (size_t i = 0; ids && sorted && i < count; i++) {
        const char *text = json_text(json_at(list, i));
        if (!text || !text_parse_id(text, &ids[i]))
            json_misfit_add(arena, misfits, arena_printf(arena, "ids[%zu]", i), "kind", 0, 0);
        sorted[i] = ids[i];
    }
    if (!ids || !sorted || misfits->count > 0)
        return ids;
    qsort(sorted, count, sizeof *sorted, by_id);
    for (size_t i = 1; i < count; i++) {
        if (sorted[i] == sorted[i - 1]) {
            json_misfit_add(arena, misfits, "ids", "unique", 0, 0);
            break;
        }
    }
    return ids;
}

static const int64_t *read_versions(struct arena *arena, const struct input *input, struct json_misfits *misfits) {
    size_t count = json_count(input->versions);
    int64_t *versions = ARENA_ARRAY(arena, count, int64_t);
    if (!input->versions)
        return NULL;
    if (count != json_count(input->ids))
        json_misfit_add(arena, misfits, "versions", "count", (int64_t)json_count(input->ids), (int64_t)json_count(input->ids));
    for (size_t i = 0; versions && i < count; i++)
        if (!json_int(json_at(input->versions, i), &versions[i]) || versions[i] < 1)
            json_misfit_add(arena, misfits, arena_printf(arena, "versions[%zu]", i), "kind", 0, 0);
    return versions;
}

static void check_act(struct arena *arena, const struct input *input, struct json_misfits *misfits, enum bank_act *ret_act) {
    if (!bank_act_parse(input->act, ret_act)) {
        json_misfit_add(arena, misfits, "act", "unknown-value", 0, 0);
        return;
    }
    bool tags = *ret_act == BANK_ACT_TAG || *ret_act == BANK_ACT_UNTAG;
    if ((tags || *ret_act == BANK_ACT_TOPIC) && !input->value[0])
        json_misfit_add(arena, misfits, "value", "required", 0, 0);
    else if (tags && (text_utf8_len(input->value) > TAG_MAX || !import_one_line(input->value)))
        json_misfit_add(arena, misfits, "value", "length", 1, TAG_MAX);
    else if (*ret_act == BANK_ACT_TOPIC && !bank_topic_valid(input->value))
        json_misfit_add(arena, misfits, "value", "form", 0, 0);
    if ((*ret_act == BANK_ACT_RETURN || *ret_act == BANK_ACT_RETIRE) && !input->reason[0])
        json_misfit_add(arena, misfits, "reason", "required", 0, 0);
}

static void answer(struct http_request *request, struct http_reply *reply, const int64_t *ids, size_t count,
                   const struct bank_act_result *result) {
    struct json_writer writer = api_list_open(reply);
    for (size_t i = 0; i < count; i++) {
        json_open_object(&writer);
        json_member_id(&writer, "id", ids[i]);
        json_member_text(&writer, "outcome", bank_outcome_key(result->outcomes[i]));
        json_member_text(&writer, "state",
                         result->outcomes[i] == BANK_OUTCOME_UNKNOWN ? NULL : bank_state_key(result->states[i]));
        json_close_object(&writer);
    }
    json_close_array(&writer);
    json_member_int(&writer, "done", (int64_t)result->done);
    json_put_key(&writer, "undo");
    if (result->act_id)
        json_put_id(&writer, result->act_id);
    else
        json_put_null(&writer);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

void api_item_act_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {.value = "", .reason = ""};
    struct json_misfits misfits = {0};
    struct bank_act_request asked = {0};
    struct bank_act_result result;
    struct bank_desk desk;
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, API_BANK_ARENA_MAX);
    if (!api_read(request, reply, FIELDS, &input))
        return;
    asked.item_ids = read_ids(&arena, input.ids, &misfits);
    asked.versions = read_versions(&arena, &input, &misfits);
    check_act(&arena, &input, &misfits, &asked.act);
    if (misfits.count > 0) {
        api_invalid(reply, request, &misfits);
        return;
    }
    asked.count = json_count(input.ids);
    asked.value = input.value;
    asked.reason = input.reason;
    if (!api_desk_in(api, request, reply, &arena, &desk))
        return;
    enum err err = arena.failed ? ERR_MEMORY : bank_act(&desk, &asked, &result);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else
        answer(request, reply, asked.item_ids, asked.count, &result);
}

void api_item_act_undo_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    int64_t act_id;
    const int64_t *ids;
    size_t count;
    bool found;
    struct bank_act_result result;
    struct bank_desk desk;
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, API_BANK_ARENA_MAX);
    if (!api_param_id(request, reply, 0, &act_id) || !api_desk_in(api, request, reply, &arena, &desk))
        return;
    enum err err = bank_act_undo(&desk, act_id, &found, &ids, &count, &result);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else if (!found)
        api_not_found(reply, request);
    else
        answer(request, reply, ids, count, &result);
}
