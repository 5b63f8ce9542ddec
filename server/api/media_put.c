/* PUT /media and GET /media/{sha256}: pictures and sounds of items. What they are is read from their bytes, never from
 * what the sender says, and they are served under that type alone. */
#include "banks.h"
#include "cycles.h"
#include "handlers.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/doc/media.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define MEDIA_ARENA_MAX ((size_t)64 << 20)

void api_media_put(struct api *api, struct http_request *request, struct http_reply *reply) {
    const char *bank = "";
    struct bank_desk desk;
    enum bank_verdict verdict = BANK_UNKNOWN;
    char sha256[65];
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, MEDIA_ARENA_MAX);
    if (!api_query_text(request, reply, "bank", 40, &bank))
        return;
    if (!bank[0]) {
        api_invalid_field(reply, request, "bank", "required");
        return;
    }
    struct bank_media media = {.type = media_type(request->body, request->body_len), .bytes = request->body, .len = request->body_len};
    if (!media.type) {
        api_problem(reply, request, 415, "body-type", "Only PNG, JPEG, GIF and WebP pictures and MP3, Ogg, WAV and M4A sounds are kept");
        return;
    }
    if (!api_desk_in(api, request, reply, &arena, &desk))
        return;
    enum err err = cycle_code_valid(bank) ? bank_media_put(&desk, bank, &media, &verdict, sha256) : ERR_NONE;
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (!api_bank_done(reply, request, verdict))
        return;
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_text(&writer, "sha256", sha256);
    json_member_text(&writer, "type", media.type);
    json_member_int(&writer, "bytes", (int64_t)media.len);
    json_close_object(&writer);
    api_json(reply, request, 201);
}

void api_media_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    const char *sha256 = request->params[0];
    uint8_t raw[32];
    struct bank_desk desk;
    struct bank_media media = {0};
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, MEDIA_ARENA_MAX);
    if (!text_unhex(sha256, raw, sizeof raw)) {
        api_not_found(reply, request);
        return;
    }
    if (!api_desk_in(api, request, reply, &arena, &desk))
        return;
    enum err err = bank_media_read(&desk, sha256, &media);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (!media.bytes) {
        api_not_found(reply, request);
        return;
    }
    buf_reset(&reply->body);
    buf_add(&reply->body, media.bytes, media.len);
    reply->status = 200;
    reply->type = media_type(media.bytes, media.len);
    if (!reply->type)
        reply->type = "application/octet-stream";
    http_reply_header(reply, "Cache-Control", "no-store");
}
