#include "item_private.h"

#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

struct texts {
    struct arena *arena;
    struct item_faults *faults;
};

static void check_one(struct texts *texts, const char *path, const char *lang, const char *text) {
    if (!text)
        return;
    size_t len = strlen(text);
    if (len > ITEM_MARKUP_MAX)
        item_fault_add(texts->arena, texts->faults, ITEM_FAULT_LENGTH, NULL, "%s.%s", path, lang);
    else if (!text_is_utf8(text, len))
        item_fault_add(texts->arena, texts->faults, ITEM_FAULT_TEXT, NULL, "%s.%s", path, lang);
}

static bool check_text(void *ctx, const char *path, const struct item_text *text, unsigned where) {
    (void)where;
    check_one(ctx, path, "vi", text->vi);
    check_one(ctx, path, "en", text->en);
    return true;
}

void item_check_markup(struct arena *arena, const struct item *item, struct item_faults *faults) {
    struct texts texts = {.arena = arena, .faults = faults};
    (void)item_walk(item, check_text, &texts);
}
