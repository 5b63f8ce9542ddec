#include "khoacu/assembly/assembly.h"
#include "khoacu/assembly/calibration.h"

#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define DAY_US (INT64_C(86400) * 1000000)
#define THOUSANDTH (ASSEMBLY_NANO / 1000)

struct gathering {
    const struct bank_desk *desk;
    struct bank_scope scope;
    struct assembly_calibration *calibrations;
    size_t calibration_count;
    struct assembly_item *items;
    size_t count;
};

static bool may_be_drawn(const struct gathering *gathering, const struct bank_item *item) {
    int64_t today = gathering->desk->now_us / DAY_US; /* as the database counts days, in UTC */
    unsigned rights = bank_scope_rights(&gathering->scope, item->bank_id, item->meta.topic);
    bool expired = item->meta.source_expires_day > 0 && item->meta.source_expires_day <= today;
    bool exposed = item->exposure_max > 0 && item->exposure >= item->exposure_max;
    return item->state == BANK_LIVE && !expired && !exposed && (rights & (BANK_RIGHT_ASSEMBLER | BANK_RIGHT_OWNER));
}

/* Words of a text without its markup. */
static int64_t count_words(const char *markup) {
    int64_t words = 0;
    bool inside = false, tag = false;
    for (; *markup; markup++) {
        bool blank = strchr(" \t\n\r", *markup) != NULL;
        if (*markup == '<')
            tag = true;
        if (!tag && !blank && !inside)
            words++;
        inside = !tag && !blank;
        if (*markup == '>')
            tag = false;
    }
    return words;
}

/* Of the Vietnamese text where there is one: the other language is the same text. */
static int64_t words_of(const struct json *text) {
    const char *vi = json_text(json_get(text, "vi")), *en = json_text(json_get(text, "en"));
    return vi ? count_words(vi) : en ? count_words(en) : 0;
}

static int64_t words_in(const struct json *content) {
    static const char *const LISTS[] = {"options", "columns"};
    int64_t words = words_of(json_get(content, "body"));
    for (size_t k = 0; k < sizeof LISTS / sizeof LISTS[0]; k++) {
        const struct json *list = json_get(content, LISTS[k]);
        for (size_t i = 0; i < json_count(list); i++)
            words += words_of(json_get(json_at(list, i), "text"));
    }
    return words;
}

static const char *const *keep_codes(struct arena *arena, const char *const *codes, size_t count, size_t *ret_count) {
    const char **kept = ARENA_ARRAY(arena, count + 1, const char *);
    for (size_t i = 0; kept && i < count; i++)
        kept[i] = arena_strdup(arena, codes[i]);
    *ret_count = kept ? count : 0;
    return kept;
}

static enum err take_entry(void *ctx, struct arena *scratch, const struct bank_entry *entry) {
    struct gathering *gathering = ctx;
    struct arena *arena = gathering->desk->arena;
    const struct bank_item *item = &entry->item;
    const struct json *content = NULL;
    if (!may_be_drawn(gathering, item) || gathering->count == ASSEMBLY_POOL_MAX)
        return ERR_NONE;
    enum err err = json_read(scratch, entry->text.content, entry->text.content_len, &content, NULL);
    if (err != ERR_NONE)
        return err;
    if (strcmp(item->meta.kind, "stimulus") == 0)
        return ERR_NONE; /* stands with its items, not by itself */
    const char *stimulus = json_text(json_get(content, "stimulus"));
    struct assembly_item *fact = &gathering->items[gathering->count++];
    *fact = (struct assembly_item){.item_id = item->item_id,
                                   .version = item->version,
                                   .code = arena_strdup(arena, item->code),
                                   .topic = arena_strdup(arena, item->meta.topic),
                                   .kind = arena_strdup(arena, item->meta.kind),
                                   .level = item->meta.level,
                                   .facility =
                                       item->meta.facility < 0 ? ASSEMBLY_UNKNOWN : item->meta.facility * THOUSANDTH,
                                   .words = words_in(content),
                                   .seconds = item->meta.seconds,
                                   .exposure = item->exposure,
                                   .stimulus = stimulus ? arena_strdup(arena, stimulus) : NULL};
    const struct assembly_calibration *known = assembly_calibration_find(gathering->calibrations, gathering->calibration_count, item->code);
    if (known && known->known && known->version == item->version) {
        fact->calibrated = true;
        fact->a = known->a;
        fact->b = known->b;
        fact->c = known->c;
    }
    fact->enemies = keep_codes(arena, item->meta.enemies, item->meta.enemy_count, &fact->enemy_count);
    return arena->failed ? ERR_MEMORY : ERR_NONE;
}

enum err assembly_pool_of_bank(const struct bank_desk *desk, int64_t bank_id, struct assembly_pool *ret_pool) {
    struct gathering gathering = {.desk = desk,
                                  .items = ARENA_ARRAY(desk->arena, ASSEMBLY_POOL_MAX, struct assembly_item)};
    if (!gathering.items)
        return ERR_MEMORY;
    enum err err = bank_scope_read(desk, &gathering.scope);
    if (err == ERR_NONE)
        err = assembly_calibrations_read(desk, bank_id, &gathering.calibrations, &gathering.calibration_count);
    if (err == ERR_NONE)
        err = bank_index_read(desk, bank_id, 0, false, take_entry, &gathering);
    if (err != ERR_NONE)
        return err;
    if (!assembly_pool_sort(gathering.items, gathering.count))
        return ERR_STATE;
    *ret_pool = (struct assembly_pool){.items = gathering.items, .count = gathering.count};
    return ERR_NONE;
}
