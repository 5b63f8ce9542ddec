#include "cycles.h"
#include "handlers.h"

#include "khoacu/bank/bank.h"
#include "khoacu/form/paper.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* One page of the items that the person may see, by bank and code. */
struct listing {
    struct arena *arena;
    const char *topic, *search;
    const char *after_bank, *after_code;
    struct listed {
        int64_t item_id, version, level;
        const char *bank, *code, *topic, *stem, *source;
        const char **options;
        size_t option_count;
    } *items;
    size_t count, size;
};

/* A place in the list: bank and item, with a blank between, which no code has. */
static bool read_place(struct http_request *request, const char *text, struct listing *listing) {
    const char *blank = strchr(text, ' ');
    listing->after_bank = listing->after_code = "";
    if (text[0] == '\0')
        return true;
    if (!blank)
        return false;
    listing->after_bank = arena_strndup(request->arena, text, (size_t)(blank - text));
    listing->after_code = blank + 1;
    return listing->after_bank && cycle_code_valid(listing->after_bank) && cycle_code_valid(listing->after_code);
}

static const char *plain_of(struct arena *arena, const struct json *text) {
    const char *markup = json_text(json_get(text, "vi"));
    if (!markup)
        markup = json_text(json_get(text, "en"));
    return markup ? form_plain(arena, markup) : "";
}

static enum err take_entry(void *ctx, struct arena *arena, const struct bank_entry *entry) {
    struct listing *listing = ctx;
    const struct json *content = NULL;
    if (listing->topic[0] && strcmp(listing->topic, entry->item.meta.topic) != 0)
        return ERR_NONE;
    enum err err = json_read(arena, entry->text.content, entry->text.content_len, &content, NULL);
    if (err != ERR_NONE)
        return err;
    const char *stem = plain_of(listing->arena, json_get(content, "body"));
    if (listing->search[0] && !strstr(stem, listing->search) && !strstr(entry->item.code, listing->search))
        return ERR_NONE;
    if (listing->count == listing->size)
        return ERR_LIMIT;
    const struct json *options = json_get(content, "options");
    struct listed *item = &listing->items[listing->count++];
    *item = (struct listed){.item_id = entry->item.item_id,
                            .version = entry->item.version,
                            .level = entry->item.meta.level,
                            .bank = arena_strdup(listing->arena, entry->item.bank),
                            .code = arena_strdup(listing->arena, entry->item.code),
                            .topic = arena_strdup(listing->arena, entry->item.meta.topic),
                            .stem = stem,
                            .source = arena_strdup(listing->arena, entry->text.source),
                            .options = ARENA_ARRAY(listing->arena, json_count(options), const char *)};
    for (size_t i = 0; item->options && i < json_count(options); i++)
        item->options[item->option_count++] = plain_of(listing->arena, json_get(json_at(options, i), "text"));
    return listing->arena->failed ? ERR_MEMORY : ERR_NONE;
}

static int by_place(const void *a, const void *b) {
    const struct listed *x = a, *y = b;
    int order = strcmp(x->bank, y->bank);
    return order ? order : strcmp(x->code, y->code);
}

static void put_item(struct json_writer *writer, const struct listed *item) {
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

static enum err read_items(const struct bank_desk *desk, const char *bank, struct listing *listing) {
    struct bank *banks = NULL;
    size_t count = 0;
    listing->size = BANK_ITEMS_MAX;
    listing->items = ARENA_ARRAY(desk->arena, listing->size, struct listed);
    enum err err = listing->items ? bank_list(desk, &banks, &count) : ERR_MEMORY;
    for (size_t i = 0; err == ERR_NONE && i < count; i++)
        if (!bank[0] || strcmp(bank, banks[i].code) == 0)
            err = bank_index_read(desk, banks[i].bank_id, 0, false, take_entry, listing);
    if (err == ERR_NONE)
        qsort(listing->items, listing->count, sizeof *listing->items, by_place);
    return err;
}

static void answer(struct http_request *request, struct http_reply *reply, const struct listing *listing, size_t first, size_t count) {
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_put_key(&writer, "items");
    json_open_array(&writer);
    for (size_t i = first; i < first + count; i++)
        put_item(&writer, &listing->items[i]);
    json_close_array(&writer);
    const struct listed *last = first + count < listing->count ? &listing->items[first + count - 1] : NULL;
    api_close_list(&writer, last ? arena_printf(request->arena, "%s %s", last->bank, last->code) : NULL, (int64_t)listing->count);
    api_json(reply, request, 200);
}

void api_item_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct api_page asked;
    struct bank_desk desk;
    struct listing listing = {.arena = request->arena};
    const char *bank = "";
    if (!api_query_page(request, reply, &asked) || !api_query_text(request, reply, "bank", 40, &bank) ||
        !api_query_text(request, reply, "topic", 60, &listing.topic) ||
        !api_query_text(request, reply, "q", API_SEARCH_MAX, &listing.search))
        return;
    if (!read_place(request, asked.after, &listing)) {
        api_invalid_field(reply, request, "after", "kind");
        return;
    }
    if (!api_desk(api, request, reply, &desk))
        return;
    enum err err = read_items(&desk, bank, &listing);
    size_t first = 0, count = 0;
    while (err == ERR_NONE && first < listing.count &&
           (strcmp(listing.items[first].bank, listing.after_bank) < 0 ||
            (strcmp(listing.items[first].bank, listing.after_bank) == 0 && strcmp(listing.items[first].code, listing.after_code) <= 0)))
        first++;
    count = listing.count - first < asked.limit ? listing.count - first : asked.limit;
    int64_t *ids = ARENA_ARRAY(request->arena, count, int64_t), *versions = ARENA_ARRAY(request->arena, count, int64_t);
    for (size_t i = 0; ids && versions && i < count; i++) {
        ids[i] = listing.items[first + i].item_id;
        versions[i] = listing.items[first + i].version;
    }
    if (err == ERR_NONE)
        err = ids && versions ? bank_access_note(&desk, BANK_PURPOSE_LIST, ids, versions, count) : ERR_MEMORY;
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else
        answer(request, reply, &listing, first, count);
}
