#include "banks.h"
#include "handlers.h"

#include "khoacu/base/text.h"

#include "khoacu/base/banned.h"

static void answer(struct http_request *request, struct http_reply *reply, const struct bank_access_page *page, size_t limit) {
    struct json_writer writer = api_list_open(reply);
    for (size_t i = 0; i < page->count; i++) {
        const struct bank_access *row = &page->rows[i];
        json_open_object(&writer);
        json_member_time(&writer, "at", row->at_us);
        json_member_int(&writer, "version", row->version);
        json_member_text(&writer, "login_name", row->login_name);
        json_member_text(&writer, "full_name", row->full_name);
        json_member_text(&writer, "purpose", row->purpose);
        json_close_object(&writer);
    }
    bool more = page->count == limit && page->count > 0;
    api_list_page(reply, request, &writer, more ? arena_printf(request->arena, "%lld", (long long)page->rows[page->count - 1].at_us) : NULL, page->total);
}

void api_item_access_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    int64_t item_id, after_us = 0;
    struct api_page asked;
    struct bank_desk desk;
    enum bank_verdict verdict;
    struct bank_access_page page = {0};
    if (!api_param_id(request, reply, 0, &item_id) || !api_query_page(request, reply, &asked))
        return;
    if (asked.after[0] && !text_parse_int(asked.after, 1, INT64_MAX, &after_us)) {
        api_invalid_field(reply, request, "after", "kind");
        return;
    }
    if (!api_desk(api, request, reply, &desk))
        return;
    enum err err = bank_access_read(&desk, item_id, after_us, asked.limit, &verdict, &page);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else if (api_bank_done(reply, request, verdict))
        answer(request, reply, &page, asked.limit);
}
