#include "banks.h"
#include "handlers.h"

#include "khoacu/base/cleanup.h"

#include "khoacu/base/banned.h"

static void put_rows(struct json_writer *writer, const char *key, const struct bank_index_row *rows, size_t count, int64_t total) {
    json_put_key(writer, key);
    json_open_object(writer);
    json_member_int(writer, "total", total);
    json_put_key(writer, "items");
    json_open_array(writer);
    for (size_t i = 0; i < count; i++) {
        json_open_object(writer);
        api_put_item_row(writer, &rows[i]);
        json_close_object(writer);
    }
    json_close_array(writer);
    json_close_object(writer);
}

static void put_one(struct json_writer *writer, const char *key, int64_t item_id, const char *code) {
    json_put_key(writer, key);
    json_open_object(writer);
    json_member_id(writer, "id", item_id);
    json_member_text(writer, "code", code);
    json_close_object(writer);
}

static void put_twins(struct json_writer *writer, const struct bank_index_health *health) {
    json_put_key(writer, "duplicates");
    json_open_object(writer);
    json_member_int(writer, "total", health->twin_total);
    json_put_key(writer, "items");
    json_open_array(writer);
    for (size_t i = 0; i < health->twin_count; i++) {
        json_open_object(writer);
        put_one(writer, "a", health->twins[i].item_id, health->twins[i].code);
        put_one(writer, "b", health->twins[i].other_id, health->twins[i].other_code);
        json_member_int(writer, "likeness", health->twins[i].likeness);
        json_close_object(writer);
    }
    json_close_array(writer);
    json_close_object(writer);
}

static void answer(struct http_request *request, struct http_reply *reply, const struct bank *bank, const struct bank_index_health *health) {
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_text(&writer, "bank", bank->code);
    json_put_key(&writer, "state_counts");
    json_open_object(&writer);
    for (int i = 0; i < BANK_STATE_COUNT; i++)
        json_member_int(&writer, bank_state_key((enum bank_state)i), bank->state_counts[i]);
    json_close_object(&writer);
    put_rows(&writer, "stale", health->stale_rows, health->stale_count, health->stale);
    put_rows(&writer, "exposed", health->exposed_rows, health->exposed_count, health->exposed);
    put_rows(&writer, "waiting", health->waiting_rows, health->waiting_count, health->drafts + health->in_review);
    put_twins(&writer, health);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

void api_bank_health_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct bank_desk desk;
    struct bank *bank;
    struct bank_index_health health;
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, API_BANK_ARENA_MAX);
    if (!api_desk_in(api, request, reply, &arena, &desk) || !api_find_bank(api, request, reply, &desk, &bank))
        return;
    enum err err = bank_index_health(api->state->items, &desk, bank->code, api_today(api->now_us), &health);
    if (err == ERR_NONE)
        err = api_note_rows(&desk, BANK_PURPOSE_LIST, health.stale_rows, health.stale_count);
    if (err == ERR_NONE)
        err = api_note_rows(&desk, BANK_PURPOSE_LIST, health.exposed_rows, health.exposed_count);
    if (err == ERR_NONE)
        err = api_note_rows(&desk, BANK_PURPOSE_LIST, health.waiting_rows, health.waiting_count);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else
        answer(request, reply, bank, &health);
}
