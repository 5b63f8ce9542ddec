#include "handlers.h"

#include "khoacu/bank/bank.h"

#include "khoacu/base/banned.h"

static const char *query(const struct http_request *request, const char *name) {
    const char *text = http_query(request, name);
    return text ? text : "";
}

void api_item_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct api_page asked;
    struct bank_item_page page;
    if (!api_query_page(request, reply, &asked))
        return;
    enum err err = bank_items(api->db, request->arena, query(request, "bank"), query(request, "topic"), query(request, "q"), asked.after, asked.limit, &page);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_put_key(&writer, "items");
    json_open_array(&writer);
    for (size_t i = 0; i < page.count; i++) {
        const struct bank_item *item = &page.items[i];
        json_open_object(&writer);
        json_member_text(&writer, "bank", item->bank);
        json_member_text(&writer, "code", item->code);
        json_member_int(&writer, "version", item->version);
        json_member_text(&writer, "topic", item->topic);
        json_member_int(&writer, "level", item->level);
        json_member_text(&writer, "stem", item->stem);
        json_put_key(&writer, "options");
        json_put_raw(&writer, item->options);
        json_member_text(&writer, "source", item->source);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    api_close_list(&writer, page.more ? page.next : NULL, page.total);
    api_json(reply, request, 200);
}
