#include "cycles.h"
#include "handlers.h"

#include "khoacu/bank/bank.h"

#include <string.h>

#include "khoacu/base/banned.h"

/* A place in the list: bank and item, with a blank between, which no code has. */
static bool read_place(struct http_request *request, const char *text, struct bank_query *query) {
    const char *blank = strchr(text, ' ');
    query->after_bank = query->after_code = "";
    if (text[0] == '\0')
        return true;
    if (!blank)
        return false;
    query->after_bank = arena_strndup(request->arena, text, (size_t)(blank - text));
    query->after_code = blank + 1;
    return query->after_bank && cycle_code_valid(query->after_bank) && cycle_code_valid(query->after_code);
}

static void put_item(struct json_writer *writer, const struct bank_item *item) {
    json_open_object(writer);
    json_member_id(writer, "id", item->item_id);
    json_member_text(writer, "bank", item->bank);
    json_member_text(writer, "code", item->code);
    json_member_int(writer, "version", item->version);
    json_member_text(writer, "topic", item->topic);
    json_member_int(writer, "level", item->level);
    json_member_text(writer, "stem", item->stem);
    api_put_texts(writer, "options", item->options, item->option_count);
    json_member_text(writer, "source", item->source);
    json_close_object(writer);
}

void api_item_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct api_page asked;
    struct bank_query query = {0};
    struct bank_item_page page;
    if (!api_query_page(request, reply, &asked) || !api_query_text(request, reply, "bank", 40, &query.bank) ||
        !api_query_text(request, reply, "topic", 60, &query.topic) ||
        !api_query_text(request, reply, "q", API_SEARCH_MAX, &query.search))
        return;
    query.limit = asked.limit;
    if (!read_place(request, asked.after, &query)) {
        api_invalid_field(reply, request, "after", "kind");
        return;
    }
    enum err err = bank_items_read(api->db, request->arena, &query, &page);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_put_key(&writer, "items");
    json_open_array(&writer);
    for (size_t i = 0; i < page.count; i++)
        put_item(&writer, &page.items[i]);
    json_close_array(&writer);
    const struct bank_item *last = page.more ? &page.items[page.count - 1] : NULL;
    api_close_list(&writer, last ? arena_printf(request->arena, "%s %s", last->bank, last->code) : NULL, page.total);
    api_json(reply, request, 200);
}
