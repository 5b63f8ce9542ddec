#include "handlers.h"
#include "result_json.h"

#include "khoacu/sitting/minutes.h"

#include "khoacu/base/banned.h"

/* Signed minutes of a hall; else 404. */
static void answer_minutes(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct minutes_known known;
    bool found = false;
    enum err err = minutes_find(api->db, request->arena, request->params[0], &found, &known);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (!found) {
        api_not_found(reply, request);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_text(&writer, "document", known.kind);
    json_member_text(&writer, "cycle", known.cycle);
    json_member_text(&writer, "shift", known.shift);
    json_member_text(&writer, "room", known.room);
    json_member_text(&writer, "state", known.replaced ? "replaced" : "valid");
    json_member_time(&writer, "made_at", known.made_us);
    json_member_time(&writer, "signed_at", known.signed_us);
    json_member_text(&writer, "sha256", known.sha256);
    json_member_text(&writer, "verify_code", request->params[0]);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

void api_verification_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct result_release release;
    int64_t newest = 0;
    bool found = false;
    enum err err = result_release_find(api->db, request->arena, request->params[0], &found, &release, &newest);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (!found) {
        answer_minutes(api, request, reply);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_text(&writer, "document", "result_list");
    api_put_release_cycle(&writer, &release);
    json_member_int(&writer, "version", release.version);
    json_member_text(&writer, "state", release.version == newest ? "valid" : "replaced");
    json_member_int(&writer, "newest_version", newest);
    json_member_time(&writer, "published_at", release.published_us);
    json_member_text(&writer, "sha256", release.sha256);
    json_member_text(&writer, "verify_code", release.verify_code);
    json_close_object(&writer);
    api_json(reply, request, 200);
}
