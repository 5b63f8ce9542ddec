#include "handlers.h"

#include "khoacu/base/text.h"
#include "khoacu/marking/marking.h"

#include "khoacu/base/banned.h"

struct input {
    const char *status, *value, *note;
    int64_t revision;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, status, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, value, JSON_STRING, false, 1, 12),
    JSON_FIELD(struct input, note, JSON_STRING, false, 1, 2000),
    JSON_FIELD(struct input, revision, JSON_INT, true, 0, 999),
    {0},
};

/* False after it has filled the reply with what does not fit. */
static bool read_entry(struct http_request *request, struct http_reply *reply, struct marking_entry *entry) {
    struct input input = {0};
    if (!api_read(request, reply, FIELDS, &input))
        return false;
    const char *path = "value", *rule = NULL;
    int status = marking_status_find(input.status);
    entry->status = (enum marking_status)status;
    entry->note = input.note;
    entry->seen_revision = (int32_t)input.revision;
    if (status < 0) {
        path = "status";
        rule = "unknown";
    } else if (input.value && !text_parse_hundredths(input.value, &entry->value)) {
        rule = "number";
    } else {
        switch (marking_entry_judge(entry, input.value != NULL)) {
        case MARKING_ENTRY_FINE:
            break;
        case MARKING_ENTRY_NO_VALUE:
            rule = "required";
            break;
        case MARKING_ENTRY_EXTRA_VALUE:
            rule = "unknown";
            break;
        case MARKING_ENTRY_NO_NOTE:
            path = "note";
            rule = "required";
            break;
        }
    }
    if (rule)
        api_invalid_field(reply, request, path, rule);
    return !rule;
}

static void put_stale(struct http_reply *reply, const struct http_request *request, int32_t revision) {
    struct json_writer writer =
        api_problem_open(reply, request, 409, "stale-revision", "The mark was changed in the meantime");
    json_member_int(&writer, "revision", revision);
    api_problem_close(reply, request, &writer);
}

void api_script_mark_put(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct marking_entry entry = {0};
    enum marking_put_verdict verdict;
    int32_t revision = 0;
    int64_t entered_us = 0;
    if (!api_param_id(request, reply, 0, &entry.blind_id) || !read_entry(request, reply, &entry))
        return;
    enum err err = marking_mark_put(api->db, request->arena, api->actor.staff_id, &entry, api->now_us, &verdict,
                                    &revision, &entered_us);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (verdict) {
    case MARKING_PUT_ENTERED: {
        struct json_writer writer = api_writer(reply);
        json_open_object(&writer);
        json_member_id(&writer, "blind_id", entry.blind_id);
        json_member_int(&writer, "revision", revision);
        json_member_time(&writer, "entered_at", entered_us);
        json_close_object(&writer);
        api_json(reply, request, 200);
        return;
    }
    case MARKING_PUT_STALE:
        put_stale(reply, request, revision);
        return;
    case MARKING_PUT_FROZEN:
        api_problem(reply, request, 409, "frozen", "The marks of this cycle are frozen");
        return;
    case MARKING_PUT_OFF_SCALE:
        api_invalid_field(reply, request, "value", "range");
        return;
    case MARKING_PUT_OFF_STEP:
        api_invalid_field(reply, request, "value", "step");
        return;
    case MARKING_PUT_NOT_ASSIGNED:
        api_not_found(reply, request);
        return;
    }
}
