/* GET /sittings/own/media/{sha256}: a picture or sound that the candidate's own, open paper shows. */
#include "handlers.h"
#include "sittings.h"

#include "khoacu/bank/bank.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/form/paper.h"

#include "khoacu/base/banned.h"

#define MEDIA_ARENA_MAX ((size_t)64 << 20)

static void send(struct api *api, struct http_request *request, struct http_reply *reply, int64_t bank_id, const char *sha256) {
    struct arena arena CLEANUP(arena_release);
    struct bank_media media = {0};
    arena_init(&arena, MEDIA_ARENA_MAX);
    enum err err = bank_media_of(api->db, api->state->vault, &arena, bank_id, sha256, &media);
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
    reply->type = arena_strdup(request->arena, media.type);
    http_reply_header(reply, "Cache-Control", "private, max-age=21600, immutable");
}

void api_sitting_media_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    const struct identity_actor *actor = &api->actor;
    const struct form_paper *paper = NULL;
    struct sitting_own own;
    int64_t bank_id = 0;
    if (actor->sitting_id == 0) {
        api_not_found(reply, request);
        return;
    }
    struct sitting_place place = {.room_id = actor->room_id, .sitting_id = actor->sitting_id};
    enum err err = sitting_own_read(api->db, request->arena, place, &own);
    if (err == ERR_NONE && own.sitting.state != SITTING_OPEN) {
        api_sitting_not_open(reply, request);
        return;
    }
    if (err == ERR_NONE)
        err = form_cache_get(api->state->forms, api->db, own.sitting.form_id, &paper);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else if (!form_paper_shows(paper, request->params[0], &bank_id))
        api_not_found(reply, request);
    else
        send(api, request, reply, bank_id, request->params[0]);
}
