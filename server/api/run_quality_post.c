#include "handlers.h"

#include "khoacu/quality/quality.h"

#include "khoacu/base/banned.h"

struct input {
    const struct json *thresholds;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, thresholds, JSON_OBJECT, false, 0, 20),
    {0},
};

/* The thresholds that differ from ours; false after it has filled the reply. */
static bool read_thresholds(struct http_request *request, struct http_reply *reply, const struct json *given, struct psych_thresholds *ret) {
    *ret = PSYCH_THRESHOLDS_DEFAULT;
    for (size_t i = 0; i < json_count(given); i++) {
        const char *rule = NULL;
        quality_threshold_set(ret, json_key_at(given, i), json_text(json_at(given, i)), &rule);
        if (rule) {
            const char *path = arena_printf(request->arena, "thresholds.%s", json_key_at(given, i));
            api_invalid_field(reply, request, path ? path : "thresholds", rule);
            return false;
        }
    }
    return true;
}

void api_run_quality_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {.thresholds = NULL};
    struct psych_thresholds thresholds;
    int64_t run_id = 0, job_id = 0;
    bool found = false;
    if (!api_param_id(request, reply, 0, &run_id) || !api_read(request, reply, FIELDS, &input) ||
        !read_thresholds(request, reply, input.thresholds, &thresholds))
        return;
    enum err err = quality_result_request(api->db, request->arena, api->actor.staff_id, run_id, &thresholds, api->now_us, &found, &job_id);
    if (err != ERR_NONE || !found) {
        if (err == ERR_NONE)
            api_not_found(reply, request);
        else
            api_failure(api, reply, request, err);
        return;
    }
    api_accepted(reply, request, job_id, NULL, 0);
}
