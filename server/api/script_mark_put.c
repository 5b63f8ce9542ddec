#include "handlers.h"
#include "scripts.h"

#include "khoacu/base/text.h"

#include "khoacu/base/banned.h"

struct input {
    const char *status, *value, *note;
    const struct json *criteria;
    int64_t revision, seconds;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, status, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, value, JSON_STRING, false, 1, 12),
    JSON_FIELD(struct input, criteria, JSON_ARRAY, false, 1, MARKING_CRITERIA_MAX),
    JSON_FIELD(struct input, note, JSON_STRING, false, 1, 2000),
    JSON_FIELD(struct input, revision, JSON_INT, true, 0, 999),
    JSON_FIELD(struct input, seconds, JSON_INT, false, 0, 86400),
    {0},
};

/* What does not fit in the entry by itself: *ret_path and the rule, or NULL. */
static const char *judge(struct marking_entry *entry, bool has_value, const char **ret_path) {
    *ret_path = "value";
    switch (marking_entry_judge(entry, has_value)) {
    case MARKING_ENTRY_FINE:
        return NULL;
    case MARKING_ENTRY_NO_VALUE:
        return "required";
    case MARKING_ENTRY_EXTRA_VALUE:
        *ret_path = has_value ? "value" : "criteria";
        return "unknown";
    case MARKING_ENTRY_SUM:
        return "total";
    case MARKING_ENTRY_NO_NOTE:
        *ret_path = "note";
        return "required";
    }
    return NULL;
}

/* False after it has filled the reply with what does not fit. */
static bool read_entry(struct http_request *request, struct http_reply *reply, struct marking_entry *entry) {
    struct input input = {.seconds = -1};
    int64_t *criteria = NULL;
    if (!api_read(request, reply, FIELDS, &input))
        return false;
    if (input.criteria && !api_read_criteria(request, reply, input.criteria, &criteria, &entry->criteria_count))
        return false;
    const char *path = "value", *rule = NULL;
    int status = marking_status_find(input.status);
    entry->status = (enum marking_status)status;
    entry->note = input.note;
    entry->seen_revision = (int32_t)input.revision;
    entry->seconds = input.seconds;
    entry->criteria = criteria;
    if (status < 0) {
        path = "status";
        rule = "unknown";
    } else if (input.value && !text_parse_hundredths(input.value, &entry->value)) {
        rule = "number";
    } else {
        rule = judge(entry, input.value != NULL, &path);
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

static void put_entered(struct http_reply *reply, const struct http_request *request, int64_t blind_id, const struct marking_put *put) {
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_id(&writer, "blind_id", blind_id);
    json_member_int(&writer, "revision", put->revision);
    json_member_time(&writer, "entered_at", put->entered_us);
    json_member_bool(&writer, "quick", put->quick);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

/* A rule that the whole breaks, or one criterion. */
static void put_off(struct http_reply *reply, struct http_request *request, int32_t place, const char *rule) {
    const char *path = place > 0 ? arena_printf(request->arena, "criteria[%d]", place - 1) : "value";
    api_invalid_field(reply, request, path ? path : "criteria", rule);
}

static void answer(struct http_reply *reply, struct http_request *request, int64_t blind_id, const struct marking_put *put) {
    switch (put->verdict) {
    case MARKING_PUT_ENTERED:
        put_entered(reply, request, blind_id, put);
        return;
    case MARKING_PUT_STALE:
        put_stale(reply, request, put->revision);
        return;
    case MARKING_PUT_FROZEN:
        api_problem(reply, request, 409, "frozen", "The marks of this cycle are frozen");
        return;
    case MARKING_PUT_FINAL:
        api_problem(reply, request, 409, "mark-final", "The mark was declared final");
        return;
    case MARKING_PUT_QUALIFY:
    case MARKING_PUT_STOPPED:
        api_held(request, reply, put->verdict == MARKING_PUT_STOPPED);
        return;
    case MARKING_PUT_OFF_SCALE:
        put_off(reply, request, put->place, "range");
        return;
    case MARKING_PUT_OFF_STEP:
        put_off(reply, request, put->place, "step");
        return;
    case MARKING_PUT_CRITERIA_MISSING:
        api_invalid_field(reply, request, "criteria", "required");
        return;
    case MARKING_PUT_CRITERIA_EXTRA:
        api_invalid_field(reply, request, "criteria", "unknown");
        return;
    case MARKING_PUT_CRITERIA_COUNT:
        api_invalid_field(reply, request, "criteria", "count");
        return;
    case MARKING_PUT_CRITERIA_SUM:
        api_invalid_field(reply, request, "value", "total");
        return;
    case MARKING_PUT_NOT_ASSIGNED:
        api_not_found(reply, request);
        return;
    }
}

void api_script_mark_put(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct marking_entry entry = {0};
    struct marking_put put;
    if (!api_param_id(request, reply, 0, &entry.blind_id) || !read_entry(request, reply, &entry))
        return;
    enum err err = marking_mark_put(api->db, request->arena, api->actor.staff_id, &entry, api->now_us, &put);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else
        answer(reply, request, entry.blind_id, &put);
}
