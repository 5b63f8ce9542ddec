#include "handlers.h"
#include "result_json.h"

#include "khoacu/base/banned.h"

void api_release_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct result_releases list;
    enum err err = result_release_list(api->db, request->arena, &list);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_list_open(reply);
    for (size_t i = 0; i < list.count; i++) {
        const struct result_release *release = &list.releases[i];
        json_open_object(&writer);
        api_put_release_cycle(&writer, release);
        json_member_int(&writer, "version", release->version);
        json_member_time(&writer, "published_at", release->published_us);
        json_member_int(&writer, "candidates", release->candidates);
        json_member_int(&writer, "selected", release->selected);
        json_member_text(&writer, "cause", release->cause);
        json_member_text(&writer, "sha256", release->sha256);
        json_member_text(&writer, "verify_code", release->verify_code);
        json_close_object(&writer);
    }
    api_list_close(reply, request, &writer);
}
