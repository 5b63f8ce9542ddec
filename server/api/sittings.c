#include "sittings.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/clock.h"
#include "khoacu/base/text.h"
#include "khoacu/form/answer.h"
#include "khoacu/form/order.h"
#include "khoacu/crypto/seal.h"
#include "khoacu/form/paper.h"
#include "khoacu/sitting/section.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

bool api_own_sitting(const struct api *api, struct http_request *request, struct http_reply *reply,
                     struct sitting_place *ret_place) {
    int64_t sitting_id;
    if (!api_param_id(request, reply, 0, &sitting_id))
        return false;
    if (api->actor.sitting_id != sitting_id) {
        api_not_found(reply, request);
        return false;
    }
    *ret_place = (struct sitting_place){.room_id = api->actor.room_id, .sitting_id = sitting_id};
    return true;
}

void api_put_receipt(struct json_writer *writer, const struct sitting_receipt *receipt) {
    char sha256[2 * CRYPTO_SHA256_LEN + 1];
    if (receipt->issued_us == 0) {
        json_put_null(writer);
        return;
    }
    text_hex(receipt->answers_sha256, CRYPTO_SHA256_LEN, sha256);
    json_open_object(writer);
    json_member_text(writer, "code", receipt->code);
    json_member_text(writer, "answers_sha256", sha256);
    json_member_int(writer, "answered", receipt->answered);
    json_member_time(writer, "issued_at", receipt->issued_us);
    json_close_object(writer);
}

/* A sitting's paper in its own order. */
struct view {
    struct arena *arena;
    const struct form_paper *paper;
    struct form_order *order;
};

/* One response as her screen takes it. */
static void put_response(const struct view *view, struct json_writer *writer, int shown, const struct sitting_response *response) {
    const struct form_order *order = view->order;
    char name[FORM_OPTION_NAME];
    bool chosen = response->choice != 0 && form_order_name_of(order, shown, response->choice, name);
    json_open_object(writer);
    json_member_int(writer, "position", shown);
    json_member_int(writer, "seq", response->seq);
    json_member_text(writer, "choice", chosen ? name : NULL);
    if (!form_answer_is_choice(form_order_shape(order, shown)->kind)) {
        size_t gap_count = 0;
        const struct form_gap *gaps = form_paper_gaps(view->paper, response->position, &gap_count);
        json_put_key(writer, "answer");
        form_answer_put(view->arena, order, shown, response->answer, gaps, gap_count, writer);
    }
    json_member_bool(writer, "flagged", response->flagged);
    json_close_object(writer);
}

static void put_responses(const struct view *view, struct json_writer *writer, const struct sitting *sitting) {
    const struct form_order *order = view->order;
    const struct sitting_response *by_position[SITTING_POSITIONS_MAX + 1] = {0};
    for (size_t i = 0; i < sitting->response_count; i++)
        by_position[sitting->responses[i].position] = &sitting->responses[i];
    json_put_key(writer, "responses");
    json_open_array(writer);
    for (int shown = 1; shown <= order->count; shown++) {
        const struct sitting_response *response = by_position[form_order_canonical(order, shown)];
        if (response)
            put_response(view, writer, shown, response);
    }
    json_close_array(writer);
}

static enum err find_view(const struct api *api, struct arena *arena, const struct sitting *sitting, struct view *ret_view) {
    *ret_view = (struct view){.arena = arena};
    enum err err = form_cache_get(api->state->forms, api->db, sitting->form_id, &ret_view->paper);
    return err == ERR_NONE ? form_paper_order(ret_view->paper, sitting->place.sitting_id, &ret_view->order) : err;
}

enum err api_put_responses(const struct api *api, struct arena *arena, const struct sitting *sitting, struct json_writer *writer) {
    struct view view;
    enum err err = find_view(api, arena, sitting, &view);
    if (err == ERR_NONE)
        put_responses(&view, writer, sitting);
    free(view.order);
    return err;
}

void api_send_paper(const struct api *api, struct http_request *request, struct http_reply *reply,
                    const struct sitting *sitting) {
    struct view view;
    enum err err = find_view(api, request->arena, sitting, &view);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_id(&writer, "sitting_id", sitting->place.sitting_id);
    json_member_time(&writer, "closes_at", sitting->closes_us);
    json_member_time(&writer, "server_now", clock_now_us());
    err = api_put_paper_key(api, sitting, &writer);
    if (err == ERR_NONE)
        err = api_put_sections(api, request->arena, sitting, &writer);
    if (err == ERR_NONE) {
        form_paper_put(view.paper, view.order, &writer);
        put_responses(&view, &writer, sitting);
    }
    free(view.order);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    json_close_object(&writer);
    api_json(reply, request, 200);
}

#define PAPER_MAX ((size_t)8 << 20)

/* "khoacu/paper/v1|" and the sitting's id: what a sealed paper is bound to. */
static const char *paper_words(struct arena *arena, int64_t sitting_id) {
    char id[TEXT_ID_LEN + 1];
    text_format_id(sitting_id, id);
    return arena_printf(arena, "khoacu/paper/v1|%s", id);
}

static enum err seal_text(struct arena *arena, const struct form_paper *paper, int64_t sitting_id, const struct buf *text,
                          const char **ret_sealed) {
    uint8_t key[CRYPTO_KEY_LEN];
    const char *words = paper_words(arena, sitting_id);
    size_t len = text->len + CRYPTO_SEAL_EXTRA;
    uint8_t *sealed = arena_alloc(arena, len);
    char *out = arena_alloc(arena, len * 4 / 3 + 4);
    if (!words || !sealed || !out)
        return ERR_MEMORY;
    form_paper_key(paper, sitting_id, key);
    enum err err = crypto_seal(key, words, strlen(words), text->data, text->len, sealed);
    crypto_wipe(key, sizeof key);
    text_base64url(sealed, len, out);
    *ret_sealed = out;
    return err;
}

enum err api_seal_paper(const struct api *api, struct arena *arena, const struct sitting *sitting, const char **ret_sealed) {
    struct view view;
    struct buf text CLEANUP(buf_release);
    struct json_writer writer;
    buf_init(&text, PAPER_MAX);
    json_writer_init(&writer, &text);
    enum err err = find_view(api, arena, sitting, &view);
    if (err != ERR_NONE)
        return err;
    json_open_object(&writer);
    form_paper_put(view.paper, view.order, &writer);
    json_close_object(&writer);
    free(view.order);
    return text.failed ? ERR_LIMIT : seal_text(arena, view.paper, sitting->place.sitting_id, &text, ret_sealed);
}

enum err api_put_paper_key(const struct api *api, const struct sitting *sitting, struct json_writer *writer) {
    const struct form_paper *paper = NULL;
    uint8_t key[CRYPTO_KEY_LEN];
    char text[(CRYPTO_KEY_LEN * 4 + 2) / 3 + 1];
    if (sitting->state != SITTING_OPEN || sitting->times.held_us != 0) {
        json_member_text(writer, "paper_key", NULL);
        return ERR_NONE;
    }
    enum err err = form_cache_get(api->state->forms, api->db, sitting->form_id, &paper);
    if (err != ERR_NONE)
        return err;
    form_paper_key(paper, sitting->place.sitting_id, key);
    text_base64url(key, sizeof key, text);
    json_member_text(writer, "paper_key", text);
    crypto_wipe(key, sizeof key);
    crypto_wipe(text, sizeof text);
    return ERR_NONE;
}

enum err api_put_sections(const struct api *api, struct arena *arena, const struct sitting *sitting, struct json_writer *writer) {
    struct section_clock *clock = NULL;
    enum err err = sitting->has_parts ? section_clock_read(api->db, arena, sitting->place, &clock) : ERR_NONE;
    if (err != ERR_NONE)
        return err;
    json_put_key(writer, "sections");
    json_open_array(writer);
    for (size_t i = 0; clock && i < clock->count; i++) {
        json_open_object(writer);
        json_member_int(writer, "first", clock->windows[i].first);
        json_member_int(writer, "last", clock->windows[i].last);
        json_member_time(writer, "opens_at", clock->windows[i].opens_us);
        json_member_time(writer, "closes_at", clock->windows[i].closes_us);
        json_close_object(writer);
    }
    json_close_array(writer);
    free(clock);
    return ERR_NONE;
}

void api_sitting_ended(struct http_reply *reply, const struct http_request *request) {
    api_problem(reply, request, 409, "ended", "This sitting has ended");
}

void api_sitting_held(struct http_reply *reply, const struct http_request *request) {
    api_problem(reply, request, 409, "held", "The clock of this sitting stands");
}

void api_sitting_not_open(struct http_reply *reply, const struct http_request *request) {
    api_problem(reply, request, 409, "not-open", "This sitting has not been opened");
}
