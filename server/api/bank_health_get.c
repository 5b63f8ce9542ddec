#include "banks.h"
#include "handlers.h"

#include "khoacu/assembly/assembly.h"
#include "khoacu/base/cleanup.h"

#include <string.h>

#include "khoacu/base/banned.h"

/* ---- what blueprints want and the bank lacks ---- */

enum { GAPS_MAX = 200, BLUEPRINTS_MAX = 100 };

struct gap {
    int64_t blueprint_id, needed;
    const char *blueprint, *section;
};
struct gaps {
    struct bank_cell cells[GAPS_MAX];
    struct gap list[GAPS_MAX];
    size_t count;
};

/* Different items that all forms together take of a cell: each may stand in `uses_max` of them. */
static int64_t needed_of(const struct assembly_blueprint *blueprint, int64_t least) {
    int64_t uses = blueprint->uses_max > 0 ? blueprint->uses_max : 1;
    return least > 0 && least <= ASSEMBLY_FORM_ITEMS_MAX ? (least * blueprint->forms + uses - 1) / uses : 0;
}

static void want(struct gaps *gaps, const struct assembly_stored *stored, const struct assembly_blueprint *blueprint,
                 const char *section, const struct assembly_count *count) {
    int64_t needed = needed_of(blueprint, count->items.min);
    if (needed == 0 || gaps->count == GAPS_MAX)
        return;
    gaps->cells[gaps->count] = (struct bank_cell){.topic = count->topic, .kind = count->kind, .level = count->level};
    gaps->list[gaps->count++] =
        (struct gap){.blueprint_id = stored->blueprint_id, .needed = needed, .blueprint = stored->code, .section = section};
}

static enum err want_all(const struct bank_desk *desk, int64_t blueprint_id, struct gaps *gaps) {
    struct assembly_stored *stored = NULL;
    const struct json *document = NULL;
    struct assembly_blueprint *blueprint = ARENA_NEW(desk->arena, struct assembly_blueprint);
    struct json_misfits misfits = {0};
    enum err err = blueprint ? assembly_blueprint_get(desk, blueprint_id, 0, &stored) : ERR_MEMORY;
    if (err != ERR_NONE || !stored)
        return err;
    err = json_read(desk->arena, stored->document, strlen(stored->document), &document, NULL);
    if (err != ERR_NONE || !assembly_blueprint_read(desk->arena, document, blueprint, &misfits))
        return err;
    const struct assembly_count whole = {.topic = "", .kind = "", .items = {.min = blueprint->items, .max = blueprint->items}};
    want(gaps, stored, blueprint, "", &whole);
    for (size_t i = 0; i < blueprint->count_count; i++)
        want(gaps, stored, blueprint, "", &blueprint->counts[i]);
    for (size_t i = 0; i < blueprint->section_count; i++)
        for (size_t k = 0; k < blueprint->sections[i].count_count; k++)
            want(gaps, stored, blueprint, blueprint->sections[i].code, &blueprint->sections[i].counts[k]);
    return ERR_NONE;
}

static enum err find_gaps(const struct api *api, const struct bank_desk *desk, const char *bank, struct gaps **ret_gaps) {
    struct assembly_listed *list;
    size_t count;
    struct gaps *gaps = ARENA_NEW(desk->arena, struct gaps);
    enum err err = gaps ? assembly_blueprints_list(desk, bank, &list, &count) : ERR_MEMORY;
    for (size_t i = 0; err == ERR_NONE && i < count && i < BLUEPRINTS_MAX; i++)
        err = want_all(desk, list[i].blueprint_id, gaps);
    if (err == ERR_NONE)
        err = bank_index_supply(api->state->items, desk, bank, api_today(api->now_us), gaps->cells, gaps->count);
    if (err == ERR_NONE)
        *ret_gaps = gaps;
    return err;
}

static void put_gaps(struct json_writer *writer, const struct gaps *gaps) {
    int64_t total = 0;
    json_put_key(writer, "gaps");
    json_open_object(writer);
    json_put_key(writer, "items");
    json_open_array(writer);
    for (size_t i = 0; i < gaps->count; i++) {
        const struct bank_cell *cell = &gaps->cells[i];
        if (cell->supply >= gaps->list[i].needed)
            continue;
        total++;
        json_open_object(writer);
        json_member_id(writer, "blueprint_id", gaps->list[i].blueprint_id);
        json_member_text(writer, "blueprint", gaps->list[i].blueprint);
        json_member_text(writer, "section", gaps->list[i].section);
        json_member_text(writer, "topic", cell->topic);
        json_member_text(writer, "kind", cell->kind);
        json_member_int(writer, "level", cell->level);
        json_member_int(writer, "needed", gaps->list[i].needed);
        json_member_int(writer, "have", cell->supply);
        json_close_object(writer);
    }
    json_close_array(writer);
    json_member_int(writer, "total", total);
    json_close_object(writer);
}

/* ---- the reply ---- */

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

static void answer(struct http_request *request, struct http_reply *reply, const struct bank *bank, const struct bank_index_health *health,
                   const struct gaps *gaps) {
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_text(&writer, "bank", bank->code);
    json_put_key(&writer, "state_counts");
    json_open_object(&writer);
    for (int i = 0; i < BANK_STATE_COUNT; i++)
        json_member_int(&writer, bank_state_key((enum bank_state)i), bank->state_counts[i]);
    json_close_object(&writer);
    put_gaps(&writer, gaps);
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
    struct gaps *gaps = NULL;
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, API_BANK_ARENA_MAX);
    if (!api_desk_in(api, request, reply, &arena, &desk) || !api_find_bank(api, request, reply, &desk, &bank))
        return;
    enum err err = bank_index_health(api->state->items, &desk, bank->code, api_today(api->now_us), &health);
    if (err == ERR_NONE)
        err = find_gaps(api, &desk, bank->code, &gaps);
    if (err == ERR_NONE)
        err = api_note_rows(&desk, BANK_PURPOSE_LIST, health.stale_rows, health.stale_count);
    if (err == ERR_NONE)
        err = api_note_rows(&desk, BANK_PURPOSE_LIST, health.exposed_rows, health.exposed_count);
    if (err == ERR_NONE)
        err = api_note_rows(&desk, BANK_PURPOSE_LIST, health.waiting_rows, health.waiting_count);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else
        answer(request, reply, bank, &health, gaps);
}
