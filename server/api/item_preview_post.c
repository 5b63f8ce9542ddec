/* POST /item-preview and POST /formulas: what an author sees while he writes; nothing is stored. */
#include "handlers.h"
#include "items.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/doc/markup.h"
#include "khoacu/item/item.h"

#include "khoacu/base/banned.h"

struct input {
    const struct json *content, *key;
};
static const struct json_field FIELDS[] = {JSON_FIELD(struct input, content, JSON_OBJECT, true, 1, 64),
                                           JSON_FIELD(struct input, key, JSON_OBJECT, false, 0, 64),
                                           {0}};

static void put_faults(struct json_writer *writer, const struct item_faults *faults) {
    json_put_key(writer, "faults");
    json_open_array(writer);
    for (size_t i = 0; i < faults->count && i < ITEM_FAULTS_MAX; i++) {
        const struct item_fault *fault = &faults->list[i];
        json_open_object(writer);
        json_member_text(writer, "path", fault->path);
        json_member_text(writer, "rule", fault->rule);
        json_member_text(writer, "detail", fault->detail);
        json_member_text(writer, "message_vi", item_fault_words(fault->rule, "vi"));
        json_member_text(writer, "message_en", item_fault_words(fault->rule, "en"));
        json_member_bool(writer, "grave", !fault->open);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_notes(struct json_writer *writer, const struct api_item_notes *notes) {
    json_put_key(writer, "notes");
    json_open_array(writer);
    for (size_t i = 0; i < notes->count; i++) {
        json_open_object(writer);
        json_member_text(writer, "path", notes->list[i].path);
        json_member_text(writer, "code", notes->list[i].code);
        json_member_text(writer, "detail", notes->list[i].detail);
        json_member_text(writer, "message_vi", markup_note_words(notes->list[i].code, "vi"));
        json_member_text(writer, "message_en", markup_note_words(notes->list[i].code, "en"));
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_words(struct json_writer *writer, struct arena *arena, const struct item *item) {
    static const char *const LANGS[] = {"vi", "en"};
    json_put_key(writer, "plain");
    json_open_object(writer);
    for (size_t i = 0; i < 2; i++)
        json_member_text(writer, LANGS[i], item_plain(arena, item, LANGS[i]));
    json_close_object(writer);
    json_put_key(writer, "words");
    json_open_object(writer);
    for (size_t i = 0; i < 2; i++)
        json_member_int(writer, LANGS[i], (int64_t)item_words(arena, item, LANGS[i]));
    json_close_object(writer);
}

void api_item_preview_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    struct item_faults faults;
    struct api_item_notes notes;
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, API_BANK_ARENA_MAX);
    struct item *item = ARENA_NEW(&arena, struct item);
    if (!api_read(request, reply, FIELDS, &input))
        return;
    if (!item || !api_read_document(&arena, input.content, input.key, item, &faults, &notes)) {
        api_failure(api, reply, request, ERR_MEMORY);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_put_key(&writer, "content");
    item_put_content(&writer, item);
    json_put_key(&writer, "key");
    item_put_key(&writer, item);
    put_faults(&writer, &faults);
    put_notes(&writer, &notes);
    put_words(&writer, &arena, item);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

struct formula {
    const char *tex;
    bool display;
};
static const struct json_field FORMULA_FIELDS[] = {JSON_FIELD(struct formula, tex, JSON_STRING, true, 1, MARKUP_TEX_MAX),
                                                   JSON_FIELD(struct formula, display, JSON_BOOL, false, 0, 0),
                                                   {0}};

void api_formula_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct formula formula = {0};
    struct markup_note note = {0};
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, API_BANK_ARENA_MAX);
    if (!api_read(request, reply, FORMULA_FIELDS, &formula))
        return;
    const char *mathml = markup_tex(&arena, formula.tex, formula.display, &note);
    if (!mathml && !note.code) {
        api_failure(api, reply, request, ERR_MEMORY);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_text(&writer, "mathml", mathml);
    json_put_key(&writer, "fault");
    if (mathml) {
        json_put_null(&writer);
    } else {
        json_open_object(&writer);
        json_member_text(&writer, "code", note.code);
        json_member_text(&writer, "detail", note.detail);
        json_member_text(&writer, "message_vi", markup_note_words(note.code, "vi"));
        json_member_text(&writer, "message_en", markup_note_words(note.code, "en"));
        json_close_object(&writer);
    }
    json_close_object(&writer);
    api_json(reply, request, 200);
}
