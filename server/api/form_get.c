#include "forms.h"
#include "handlers.h"

#include "khoacu/base/cleanup.h"

#include "khoacu/base/banned.h"

static void put_history(struct json_writer *writer, const struct form_document *document) {
    json_put_key(writer, "versions");
    json_open_array(writer);
    for (size_t i = 0; i < document->version_count; i++) {
        const struct form_version_line *line = &document->versions[i];
        json_open_object(writer);
        json_member_int(writer, "version", line->version);
        json_member_int(writer, "item_count", line->item_count);
        json_member_text(writer, "sha256", line->sha256);
        json_member_time(writer, "created_at", line->created_at_us);
        json_member_text(writer, "author", line->author);
        json_member_text(writer, "reason", line->reason);
        json_close_object(writer);
    }
    json_close_array(writer);
    json_put_key(writer, "reviews");
    json_open_array(writer);
    for (size_t i = 0; i < document->review_count; i++) {
        const struct form_review_line *line = &document->reviews[i];
        json_open_object(writer);
        json_member_int(writer, "version", line->version);
        json_member_text(writer, "verdict", line->verdict);
        json_member_text(writer, "reviewer", line->reviewer);
        json_member_text(writer, "reason", line->reason);
        json_member_time(writer, "at", line->at_us);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_place(struct json_writer *writer, const struct form_document *document, const struct form_place *place) {
    const struct bank_version_text *text = &place->text;
    json_open_object(writer);
    if (place->position > 0)
        json_member_int(writer, "position", place->position);
    json_member_id(writer, "id", text->item_id);
    json_member_text(writer, "code", text->code);
    json_member_int(writer, "version", text->version);
    json_member_text(writer, "kind", text->kind);
    json_member_text(writer, "topic", text->topic);
    if (place->position > 0)
        json_member_text(writer, "stimulus", place->stimulus ? document->stimuli[place->stimulus - 1].text.code : NULL);
    json_put_key(writer, "content");
    json_put_raw(writer, text->content);
    json_close_object(writer);
}

static void put_places(struct json_writer *writer, const char *key, const struct form_document *document,
                       const struct form_place *places, size_t count) {
    json_put_key(writer, key);
    json_open_array(writer);
    for (size_t i = 0; i < count; i++)
        put_place(writer, document, &places[i]);
    json_close_array(writer);
}

static void answer(struct http_request *request, struct http_reply *reply, const struct form_document *document) {
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    api_put_form(&writer, &document->form);
    json_member_int(&writer, "shown_version", document->version);
    json_member_text(&writer, "shown_sha256", document->sha256);
    put_history(&writer, document);
    api_put_form_sections(&writer, &document->sections);
    put_places(&writer, "items", document, document->items, document->item_count);
    put_places(&writer, "stimuli", document, document->stimuli, document->stimulus_count);
    json_put_key(&writer, "rights");
    json_open_object(&writer);
    json_member_bool(&writer, "may_change", document->may_change);
    json_member_bool(&writer, "may_review", document->may_review);
    json_member_bool(&writer, "may_seal", document->may_seal);
    json_member_bool(&writer, "may_read_key", document->may_read_key);
    json_close_object(&writer);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

void api_form_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    int64_t form_id = 0, version = 0;
    struct bank_desk desk;
    struct form_document *document = NULL;
    if (!api_param_id(request, reply, 0, &form_id) || !api_query_int(request, reply, "version", 1, INT32_MAX, &version) ||
        !api_desk(api, request, reply, &desk))
        return;
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, API_FORM_ARENA_MAX);
    desk.arena = &arena;
    enum err err = form_read(&desk, form_id, version, FORM_FOR_SCREEN, &document);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else if (!document)
        api_not_found(reply, request);
    else
        answer(request, reply, document);
}
