#include "handlers.h"

#include "khoacu/base/text.h"
#include "khoacu/sitting/seb.h"

#include <string.h>

#include "khoacu/base/banned.h"

struct input {
    const char *mode, *quit_password;
    const struct json *browser_exam_keys;
    bool keep_quit_password;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, mode, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, quit_password, JSON_STRING, false, 4, SEB_PASSWORD_MAX),
    JSON_FIELD(struct input, keep_quit_password, JSON_BOOL, false, 0, 1),
    JSON_FIELD(struct input, browser_exam_keys, JSON_ARRAY, false, 0, SEB_BROWSER_KEYS_MAX),
    {0},
};

/* 64 hexadecimal digits each, kept in lower case. */
static bool read_keys(struct arena *arena, const struct json *list, struct seb_setting *setting) {
    const char **keys = ARENA_ARRAY(arena, SEB_BROWSER_KEYS_MAX, const char *);
    setting->browser_keys = keys;
    for (size_t k = 0; keys && list && k < json_count(list); k++) {
        const struct json *entry = json_at(list, k);
        uint8_t bytes[32];
        char *text = arena_alloc(arena, SEB_KEY_SIZE);
        const char *typed = json_kind(entry) == JSON_STRING ? json_text(entry) : "";
        if (!text || strlen(typed) != SEB_KEY_SIZE - 1)
            return false;
        for (size_t i = 0; i < SEB_KEY_SIZE; i++)
            text[i] = (char)(typed[i] >= 'A' && typed[i] <= 'F' ? typed[i] + 32 : typed[i]);
        if (!text_unhex(text, bytes, sizeof bytes))
            return false;
        keys[setting->browser_key_count++] = text;
    }
    return keys;
}

static bool read_input(struct http_request *request, struct http_reply *reply, struct seb_setting *setting) {
    struct input input = {0};
    struct json_misfits misfits = {0};
    if (!api_param_id(request, reply, 0, &setting->shift_id) || !api_read(request, reply, FIELDS, &input))
        return false;
    if (!seb_mode_parse(input.mode, &setting->mode))
        json_misfit_add(request->arena, &misfits, "mode", "form", 0, 0);
    if (!read_keys(request->arena, input.browser_exam_keys, setting))
        json_misfit_add(request->arena, &misfits, "browser_exam_keys", "form", 0, 0);
    setting->quit_password = input.quit_password;
    setting->keep_quit = input.keep_quit_password && !input.quit_password;
    if (misfits.count > 0)
        api_invalid(reply, request, &misfits);
    return misfits.count == 0;
}

void api_seb_put(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct seb_setting setting = {.staff_id = api->actor.staff_id, .now_us = api->now_us};
    enum seb_set_verdict verdict;
    if (!read_input(request, reply, &setting))
        return;
    enum err err = seb_set(api->db, request->arena, &setting, &verdict);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (verdict) {
    case SEB_SET_DONE:
        api_no_content(reply);
        return;
    case SEB_SET_UNKNOWN:
    case SEB_SET_NOT_YOURS:
        api_not_found(reply, request);
        return;
    }
}
