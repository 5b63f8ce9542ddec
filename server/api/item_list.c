#include "banks.h"
#include "cycles.h"
#include "handlers.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

/* "draft,in_review" as a set. */
static bool read_states(struct http_request *request, struct http_reply *reply, unsigned *ret_states) {
    const char *text = http_query(request, "state");
    char *rest = text && text[0] ? arena_strdup(request->arena, text) : NULL;
    while (rest) {
        enum bank_state state;
        if (!bank_state_parse(strsep(&rest, ","), &state)) {
            api_invalid_field(reply, request, "state", "unknown-value");
            return false;
        }
        *ret_states |= 1u << state;
    }
    return true;
}

/* "me" or a staff id. */
static bool read_author(const struct api *api, struct http_request *request, struct http_reply *reply, int64_t *ret_author) {
    const char *text = http_query(request, "author");
    if (!text || !text[0] || text_parse_id(text, ret_author))
        return true;
    if (strcmp(text, "me") == 0) {
        *ret_author = api->actor.staff_id;
        return true;
    }
    api_invalid_field(reply, request, "author", "kind");
    return false;
}

static bool read_order(struct http_request *request, struct http_reply *reply, struct bank_index_query *query) {
    const char *sort = http_query(request, "sort"), *queue = http_query(request, "queue");
    if (sort && sort[0] && !bank_sort_parse(sort, &query->sort, &query->down)) {
        api_invalid_field(reply, request, "sort", "unknown-value");
        return false;
    }
    if (queue && queue[0] && !bank_queue_parse(queue, &query->queue)) {
        api_invalid_field(reply, request, "queue", "unknown-value");
        return false;
    }
    return true;
}

static bool read_query(const struct api *api, struct http_request *request, struct http_reply *reply, struct bank_index_query *query) {
    struct api_page asked;
    *query = (struct bank_index_query){.level = -1, .today = api_today(api->now_us), .sort = BANK_SORT_UPDATED, .down = true};
    if (!api_query_page(request, reply, &asked) || !api_query_text(request, reply, "q", BANK_SEARCH_MAX, &query->search) ||
        !api_query_text(request, reply, "bank", 40, &query->bank) || !api_query_text(request, reply, "topic", 120, &query->topic) ||
        !api_query_text(request, reply, "kind", 20, &query->kind) || !api_query_text(request, reply, "tag", 40, &query->tag) ||
        !api_query_int(request, reply, "level", 0, 4, &query->level) || !api_query_bool(request, reply, "stale", &query->stale) ||
        !api_query_bool(request, reply, "exposed", &query->exposed) || !read_states(request, reply, &query->states) ||
        !read_author(api, request, reply, &query->author) || !read_order(request, reply, query))
        return false;
    query->after = asked.after;
    query->limit = asked.limit;
    return true;
}

static void put_facet(struct json_writer *writer, const char *key, const struct bank_facet *list, size_t count) {
    json_put_key(writer, key);
    json_open_array(writer);
    for (size_t i = 0; i < count; i++) {
        json_open_object(writer);
        json_member_text(writer, "name", list[i].name);
        json_member_int(writer, "count", list[i].count);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_facets(struct json_writer *writer, const struct bank_facets *facets) {
    json_put_key(writer, "facets");
    json_open_object(writer);
    json_put_key(writer, "states");
    json_open_object(writer);
    for (int i = 0; i < BANK_STATE_COUNT; i++)
        json_member_int(writer, bank_state_key((enum bank_state)i), facets->states[i]);
    json_close_object(writer);
    json_put_key(writer, "levels");
    json_open_array(writer);
    for (size_t i = 0; i < sizeof facets->levels / sizeof facets->levels[0]; i++)
        json_put_int(writer, facets->levels[i]);
    json_close_array(writer);
    put_facet(writer, "kinds", facets->kinds, facets->kind_count);
    put_facet(writer, "topics", facets->topics, facets->topic_count);
    put_facet(writer, "tags", facets->tags, facets->tag_count);
    put_facet(writer, "banks", facets->banks, facets->bank_count);
    json_close_object(writer);
}

static void answer(struct http_request *request, struct http_reply *reply, const struct bank_index_page *page) {
    struct json_writer writer = api_list_open(reply);
    for (size_t i = 0; i < page->count; i++) {
        json_open_object(&writer);
        api_put_item_row(&writer, &page->rows[i]);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    put_facets(&writer, &page->facets);
    api_close_list(&writer, page->next, page->total);
    api_json(reply, request, 200);
}

void api_item_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct bank_desk desk;
    struct bank_index_query query;
    struct bank_index_page page = {0};
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, API_BANK_ARENA_MAX);
    if (!read_query(api, request, reply, &query) || !api_desk_in(api, request, reply, &arena, &desk))
        return;
    enum err err = bank_index_find(api->state->items, &desk, &query, &page);
    if (err == ERR_NONE && page.place_wrong) {
        api_invalid_field(reply, request, "after", "kind");
        return;
    }
    if (err == ERR_NONE)
        err = api_note_rows(&desk, BANK_PURPOSE_LIST, page.rows, page.count);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else
        answer(request, reply, &page);
}
