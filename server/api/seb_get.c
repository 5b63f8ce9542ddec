#include "cycles.h"
#include "handlers.h"

#include "khoacu/sitting/seb.h"

#include "khoacu/base/banned.h"

/* The keys of both configurations, as they are expected. */
static enum err put_keys(const struct api *api, struct arena *arena, const struct seb_shift *shift, struct json_writer *writer) {
    static const char *const names[SEB_PROFILE_COUNT] = {[SEB_STANDARD] = "standard", [SEB_SCREEN_READER] = "screen_reader"};
    char key[SEB_KEY_SIZE];
    json_put_key(writer, "config_keys");
    json_open_object(writer);
    for (int profile = 0; profile < SEB_PROFILE_COUNT; profile++) {
        const struct seb_value *config = seb_config(arena, shift, api->state->config.public_url, (enum seb_profile)profile);
        enum err err = config ? seb_config_key(config, key) : ERR_MEMORY;
        if (err != ERR_NONE)
            return err;
        json_member_text(writer, names[profile], key);
    }
    json_close_object(writer);
    return ERR_NONE;
}

void api_seb_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    int64_t shift_id;
    struct seb_shift shift;
    if (!api_param_id(request, reply, 0, &shift_id))
        return;
    enum err err = seb_read(api->db, request->arena, shift_id, &shift);
    if (err == ERR_DB_NO_ROW) {
        api_not_found(reply, request);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    if (err == ERR_NONE)
        err = put_keys(api, request->arena, &shift, &writer);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    json_member_text(&writer, "mode", seb_mode_key(shift.mode));
    json_member_text(&writer, "origin", api->state->config.public_url);
    json_member_bool(&writer, "quit_password", shift.quit_sha256);
    api_put_texts(&writer, "browser_exam_keys", shift.browser_keys, shift.browser_key_count);
    json_member_text(&writer, "set_by", shift.set_by);
    json_member_time(&writer, "set_at", shift.set_us);
    json_close_object(&writer);
    api_json(reply, request, 200);
}
