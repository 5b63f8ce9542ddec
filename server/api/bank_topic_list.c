#include "banks.h"
#include "handlers.h"

#include "khoacu/base/cleanup.h"

#include "khoacu/base/banned.h"

/* Topics that items of the bank have, as far as the person sees them, the most frequent first. */
void api_bank_topic_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct bank_desk desk;
    struct bank *bank;
    struct bank_index_page page;
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, API_BANK_ARENA_MAX);
    if (!api_desk_in(api, request, reply, &arena, &desk) || !api_find_bank(api, request, reply, &desk, &bank))
        return;
    const struct bank_index_query query = {.search = "",
                                           .bank = bank->code,
                                           .topic = "",
                                           .kind = "",
                                           .tag = "",
                                           .level = -1,
                                           .today = api_today(api->now_us),
                                           .sort = BANK_SORT_CODE,
                                           .after = "",
                                           .limit = 1};
    enum err err = bank_index_find(api->state->items, &desk, &query, &page);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_list_open(reply);
    for (size_t i = 0; i < page.facets.topic_count; i++) {
        json_open_object(&writer);
        json_member_text(&writer, "topic", page.facets.topics[i].name);
        json_member_int(&writer, "items", page.facets.topics[i].count);
        json_close_object(&writer);
    }
    api_list_page(reply, request, &writer, NULL, (int64_t)page.facets.topic_count);
}
