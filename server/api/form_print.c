#include "cycles.h"
#include "forms.h"
#include "handlers.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/clock.h"
#include "khoacu/form/print.h"

#include <string.h>

#include "khoacu/base/banned.h"

/* The three documents of a form; ?lang=vi|en, ?minutes= for the head, ?columns=1|2 of the booklet, ?version=. */
struct printing {
    struct api *api;
    struct http_request *request;
    struct http_reply *reply;
    struct bank_desk desk;
    int64_t form_id, version;
    struct form_document *document;
    struct cycle cycle;
    struct print_form form;
};

static bool read_query(struct printing *printing) {
    struct http_request *request = printing->request;
    struct http_reply *reply = printing->reply;
    int64_t columns = 1;
    printing->form.lang = "";
    if (!api_param_id(request, reply, 0, &printing->form_id) ||
        !api_query_int(request, reply, "version", 1, INT32_MAX, &printing->version) ||
        !api_query_int(request, reply, "minutes", 1, 600, &printing->form.minutes) ||
        !api_query_int(request, reply, "columns", 1, 2, &columns) || !api_query_text(request, reply, "lang", 2, &printing->form.lang))
        return false;
    printing->form.columns = (int)columns;
    if (printing->form.lang[0] == '\0')
        printing->form.lang = "vi";
    if (strcmp(printing->form.lang, "vi") != 0 && strcmp(printing->form.lang, "en") != 0) {
        api_invalid_field(reply, request, "lang", "form");
        return false;
    }
    return true;
}

static bool find_media(void *ctx, const char *sha256, const void **ret_bytes, size_t *ret_len) {
    struct printing *printing = ctx;
    struct bank_media media = {0};
    enum err err = bank_media_of(printing->desk.db, printing->desk.vault, printing->desk.arena, printing->document->form.bank_id, sha256, &media);
    *ret_bytes = media.bytes;
    *ret_len = media.len;
    return err == ERR_NONE && media.bytes;
}

static enum err read_places(struct printing *printing) {
    const struct form_document *document = printing->document;
    struct arena *arena = printing->desk.arena;
    const struct item **stimuli = ARENA_ARRAY(arena, document->stimulus_count, const struct item *);
    struct print_item *items = ARENA_ARRAY(arena, document->item_count, struct print_item);
    enum err err = stimuli && items ? ERR_NONE : ERR_MEMORY;
    for (size_t i = 0; err == ERR_NONE && i < document->stimulus_count; i++) {
        const struct bank_version_text *text = &document->stimuli[i].text;
        err = print_read(arena, text->content, text->content_len, NULL, 0, &stimuli[i]);
    }
    for (size_t i = 0; err == ERR_NONE && i < document->item_count; i++) {
        const struct form_place *place = &document->items[i];
        const struct bank_version_text *text = &place->text;
        items[i] = (struct print_item){.code = text->code, .topic = text->topic, .version = text->version,
                                       .stimulus = place->stimulus ? stimuli[place->stimulus - 1] : NULL};
        err = print_read(arena, text->content, text->content_len, text->key, text->key_len, &items[i].item);
    }
    printing->form.items = items;
    printing->form.count = document->item_count;
    printing->form.sections = &document->sections;
    return err;
}

static void describe(struct printing *printing) {
    const struct form_document *document = printing->document;
    const struct form *form = &document->form;
    struct print_form *print = &printing->form;
    bool english = strcmp(print->lang, "en") == 0, newest = document->version == form->version;
    print->authority = english ? printing->cycle.authority_en : printing->cycle.authority_vi;
    print->cycle_title = english ? printing->cycle.title_en : printing->cycle.title_vi;
    print->cycle_code = form->cycle_code;
    print->form_code = form->code;
    print->bank = form->bank_code;
    print->sha256 = document->sha256;
    print->form_id = form->form_id;
    print->version = document->version;
    print->made_us = printing->api->now_us;
    print->sealed = newest && form->state == FORM_STATE_SEALED;
    print->demonstration = printing->cycle.demonstration;
    for (int i = 0; newest && i < 2; i++)
        print->seals[i] = (struct print_seal){form->seals[i].full_name, form->seals[i].at_us};
    print->media = find_media;
    print->media_ctx = printing;
}

typedef enum err print_fn(const struct print_form *form, struct buf *out, size_t *ret_pages);

static void print(struct api *api, struct http_request *request, struct http_reply *reply, enum form_reading reading,
                  print_fn *make, const char *name) {
    struct printing printing = {.api = api, .request = request, .reply = reply};
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, API_FORM_ARENA_MAX);
    if (!read_query(&printing) || !api_desk(api, request, reply, &printing.desk))
        return;
    printing.desk.arena = &arena;
    enum err err = form_read(&printing.desk, printing.form_id, printing.version, reading, &printing.document);
    if (err == ERR_NONE && !printing.document) {
        api_not_found(reply, request);
        return;
    }
    if (err == ERR_NONE)
        err = cycle_find(api->db, &arena, printing.document->form.cycle_code, &printing.cycle);
    if (err == ERR_NONE)
        err = read_places(&printing);
    if (err == ERR_NONE) {
        describe(&printing);
        err = make(&printing.form, &reply->body, NULL);
    }
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    const char *file = arena_printf(request->arena, "%s-%s.pdf", printing.document->form.code, name);
    api_attachment(reply, request, "application/pdf", file ? file : "form.pdf");
}

void api_form_booklet_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    print(api, request, reply, FORM_FOR_BOOKLET, print_booklet, "booklet");
}

void api_form_answer_sheet_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    print(api, request, reply, FORM_FOR_SHEET, print_answer_sheet, "answer-sheet");
}

void api_form_key_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    print(api, request, reply, FORM_FOR_KEY, print_key, "key");
}
