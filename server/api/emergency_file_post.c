#include "handlers.h"
#include "lates.h"

#include "khoacu/sitting/emergency.h"
#include "khoacu/sitting/late.h"

#include "khoacu/base/banned.h"

/* Opens the file and reads its events; false after the reply says what is wrong with it. */
static bool open_file(struct api *api, struct http_request *request, struct http_reply *reply, int64_t shift_id,
                      struct emergency_file *file) {
    enum emergency_verdict verdict;
    enum err err = emergency_open(api->db, request->arena, api->state->config.secret, shift_id, request->body, request->body_len,
                                  &verdict, file);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return false;
    }
    switch (verdict) {
    case EMERGENCY_OPENED:
        return true;
    case EMERGENCY_FORM:
        api_problem(reply, request, 422, "not-a-file", "This is no emergency file");
        return false;
    case EMERGENCY_SEALED:
        api_problem(reply, request, 422, "does-not-open", "The file does not open: of another shift, damaged or changed");
        return false;
    case EMERGENCY_OTHER:
        api_problem(reply, request, 422, "other-shift", "No sitting of this shift");
        return false;
    }
    return false;
}

static bool read_sitting(struct api *api, struct http_request *request, struct http_reply *reply, const struct emergency_file *file,
                         struct sitting *sitting, struct late_events *events) {
    struct late_fault fault = {0};
    enum err err = sitting_read(api->db, request->arena, file->place, sitting);
    if (err == ERR_NONE)
        err = api_read_events(api, request->arena, sitting, file->events, events, &fault);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return false;
    }
    if (fault.rule) {
        api_late_fault(reply, request, &fault);
        return false;
    }
    /* Persons stand by: no window of time is asked of a file. */
    if (sitting->state == SITTING_ASSIGNED || sitting->state == SITTING_ABSENT) {
        api_problem(reply, request, 409, "not-open", "This sitting was never opened");
        return false;
    }
    return true;
}

void api_emergency_file_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    int64_t shift_id;
    uint8_t sha256[CRYPTO_SHA256_LEN];
    struct emergency_file file = {0};
    struct sitting sitting;
    struct late_events events;
    struct late_taken taken = {0};
    if (!api_param_id(request, reply, 0, &shift_id) || !open_file(api, request, reply, shift_id, &file) ||
        !read_sitting(api, request, reply, &file, &sitting, &events))
        return;
    crypto_sha256(request->body, request->body_len, sha256);
    const struct late_taking taking = {
        .sitting = &sitting, .events = &events, .file_sha256 = sha256, .staff_id = api->actor.staff_id, .now_us = api->now_us};
    enum err err = late_take(api->db, request->arena, &taking, &taken);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_id(&writer, "sitting_id", file.place.sitting_id);
    json_member_int(&writer, "events", (int64_t)events.count);
    json_member_int(&writer, "new", taken.kept);
    json_member_text(&writer, "outcome", taken.kept > 0 ? "waiting" : "repeated");
    api_member_id_or_null(&writer, "batch_id", taken.batch_id);
    json_close_object(&writer);
    api_json(reply, request, 200);
}
