#include "item_private.h"

#include "khoacu/doc/markup.h"

#include <stdio.h>

#include "khoacu/base/banned.h"

struct cleaning {
    struct arena *arena;
    item_clean_fn *note;
    void *ctx;
};

static bool clean_one(const struct cleaning *c, const char *path, const char *lang, const char **text) {
    struct markup_notes notes = {0};
    char place[ITEM_PATH_SIZE + 8];
    if (!*text)
        return true;
    *text = markup_clean(c->arena, *text, NULL, NULL, &notes);
    (void)snprintf(place, sizeof place, "%s.%s", path, lang);
    for (size_t i = 0; c->note && i < notes.count; i++)
        c->note(c->ctx, place, &notes.list[i]);
    return *text != NULL;
}

/* The texts belong to the item, which the caller may change. */
static bool clean_text(void *ctx, const char *path, const struct item_text *text, unsigned where) {
    struct item_text *own = (struct item_text *)(uintptr_t)text;
    (void)where;
    return clean_one(ctx, path, "vi", &own->vi) && clean_one(ctx, path, "en", &own->en);
}

bool item_clean(struct arena *arena, struct item *item, item_clean_fn *note, void *ctx) {
    struct cleaning cleaning = {.arena = arena, .note = note, .ctx = ctx};
    return item_walk(item, clean_text, &cleaning);
}
