#include "cycles.h"
#include "handlers.h"
#include "items.h"

#include "khoacu/assembly/calibration.h"
#include "khoacu/assembly/pool.h"
#include "khoacu/base/cleanup.h"

#include "khoacu/base/banned.h"

static void put_versions(struct json_writer *writer, const struct bank_document *document) {
    json_put_key(writer, "versions");
    json_open_array(writer);
    for (size_t i = 0; i < document->version_count; i++) {
        const struct bank_version *version = &document->versions[i];
        json_open_object(writer);
        json_member_int(writer, "version", version->version);
        json_member_time(writer, "created_at", version->created_at_us);
        json_member_text(writer, "author", version->author);
        json_member_text(writer, "reason", version->reason);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_comments(struct json_writer *writer, const struct bank_document *document) {
    json_put_key(writer, "comments");
    json_open_array(writer);
    for (size_t i = 0; i < document->comment_count; i++) {
        const struct bank_comment *comment = &document->comments[i];
        json_open_object(writer);
        json_member_int(writer, "number", comment->number);
        json_member_int(writer, "version", comment->version);
        json_member_time(writer, "at", comment->at_us);
        json_member_text(writer, "author", comment->author);
        json_member_text(writer, "text", comment->text);
        json_member_text(writer, "answer", comment->answer);
        json_member_text(writer, "answerer", comment->answerer);
        json_member_time(writer, "answered_at", comment->answered_at_us);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_reviews(struct json_writer *writer, const struct bank_document *document) {
    json_put_key(writer, "reviews");
    json_open_array(writer);
    for (size_t i = 0; i < document->review_count; i++) {
        const struct bank_review *review = &document->reviews[i];
        json_open_object(writer);
        json_member_int(writer, "version", review->version);
        json_member_time(writer, "at", review->at_us);
        json_member_text(writer, "reviewer", review->reviewer);
        json_member_text(writer, "verdict", review->verdict);
        json_member_text(writer, "reason", review->reason);
        json_close_object(writer);
    }
    json_close_array(writer);
    json_put_key(writer, "passages");
    json_open_array(writer);
    for (size_t i = 0; i < document->passage_count; i++) {
        const struct bank_passage *passage = &document->passages[i];
        json_open_object(writer);
        json_member_text(writer, "from", passage->from);
        json_member_text(writer, "to", passage->to);
        json_member_int(writer, "version", passage->version);
        json_member_time(writer, "at", passage->at_us);
        json_member_text(writer, "staff", passage->staff);
        json_member_text(writer, "reason", passage->reason);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_rights(struct json_writer *writer, const struct bank_document *document) {
    json_put_key(writer, "rights");
    json_open_object(writer);
    json_put_key(writer, "in_bank");
    api_put_rights(writer, document->item.rights);
    json_member_bool(writer, "own", document->item.own);
    json_member_bool(writer, "may_edit", document->may_edit);
    json_member_bool(writer, "may_submit", document->may_submit);
    json_member_bool(writer, "may_withdraw", document->may_withdraw);
    json_member_bool(writer, "may_review", document->may_review);
    json_member_bool(writer, "may_publish", document->may_publish);
    json_member_bool(writer, "may_retire", document->may_retire);
    json_member_bool(writer, "may_restore", document->may_restore);
    json_member_bool(writer, "may_comment", document->may_comment);
    json_close_object(writer);
}

static void put_decimal(struct json_writer *writer, const char *key, int64_t nano) {
    char text[32];
    assembly_decimal_format(nano, text);
    json_member_text(writer, key, text);
}

static void put_calibration(struct json_writer *writer, const struct assembly_calibration *calibration) {
    json_put_key(writer, "calibration");
    if (!calibration->known) {
        json_put_null(writer);
        return;
    }
    json_open_object(writer);
    put_decimal(writer, "a", calibration->a);
    put_decimal(writer, "b", calibration->b);
    put_decimal(writer, "c", calibration->c);
    json_close_object(writer);
}

static void answer(struct http_request *request, struct http_reply *reply, const struct bank_document *document, const struct assembly_calibration *calibration) {
    const struct bank_item *item = &document->item;
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_id(&writer, "id", item->item_id);
    json_member_text(&writer, "bank", item->bank);
    json_member_text(&writer, "code", item->code);
    json_member_text(&writer, "kind", item->meta.kind);
    json_member_text(&writer, "state", bank_state_key(item->state));
    json_member_int(&writer, "version", item->version);
    json_member_int(&writer, "shown", document->version);
    json_member_text(&writer, "author", item->author);
    json_member_time(&writer, "created_at", item->created_at_us);
    json_member_time(&writer, "updated_at", item->updated_at_us);
    json_member_int(&writer, "exposure", item->exposure);
    json_member_int(&writer, "exposure_max", item->exposure_max);
    json_put_key(&writer, "content");
    json_put_raw(&writer, document->text.content);
    json_put_key(&writer, "key");
    json_put_raw(&writer, document->text.key);
    json_put_key(&writer, "meta");
    api_put_meta(&writer, &item->meta, document->text.source);
    json_member_bool(&writer, "comments_open", document->comments_open);
    put_calibration(&writer, calibration);
    put_versions(&writer, document);
    put_comments(&writer, document);
    put_reviews(&writer, document);
    put_rights(&writer, document);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

void api_item_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    int64_t item_id, version = 0;
    struct bank_desk desk;
    struct bank_document *document = NULL;
    struct assembly_calibration calibration = {.known = false};
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, API_BANK_ARENA_MAX);
    if (!api_param_id(request, reply, 0, &item_id) || !api_query_int(request, reply, "version", 1, INT32_MAX, &version) ||
        !api_desk_in(api, request, reply, &arena, &desk))
        return;
    enum err err = bank_item_read(&desk, item_id, version, BANK_PURPOSE_VIEW, &document);
    if (err == ERR_NONE && document)
        err = assembly_calibration_of(&desk, item_id, document->version, &calibration);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else if (!document)
        api_not_found(reply, request);
    else
        answer(request, reply, document, &calibration);
}
