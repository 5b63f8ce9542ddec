#include "handlers.h"

#include "khoacu/sitting/seb.h"

#include "khoacu/base/banned.h"

struct input {
    const char *profile, *password;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, profile, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, password, JSON_STRING, false, 4, SEB_PASSWORD_MAX),
    {0},
};

void api_seb_config_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    int64_t shift_id;
    struct input input = {0};
    struct seb_shift shift;
    enum seb_profile profile;
    if (!api_param_id(request, reply, 0, &shift_id) || !api_read(request, reply, FIELDS, &input))
        return;
    if (!seb_profile_parse(input.profile, &profile)) {
        api_invalid_field(reply, request, "profile", "form");
        return;
    }
    enum err err = seb_read(api->db, request->arena, shift_id, &shift);
    if (err == ERR_DB_NO_ROW) {
        api_not_found(reply, request);
        return;
    }
    const struct seb_value *config = err == ERR_NONE ? seb_config(request->arena, &shift, api->state->config.public_url, profile) : NULL;
    buf_reset(&reply->body);
    if (err == ERR_NONE)
        err = config ? seb_file(config, input.password, &reply->body) : ERR_MEMORY;
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    const char *name = arena_printf(request->arena, "%s-%s-%s.seb", shift.cycle_code, shift.shift_code, input.profile);
    api_attachment(reply, request, "application/seb", name ? name : "khoacu.seb");
}
