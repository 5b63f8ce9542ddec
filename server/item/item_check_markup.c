#include "item_private.h"

#include "khoacu/base/text.h"
#include "khoacu/doc/markup.h"

#include <string.h>

#include "khoacu/base/banned.h"

struct texts {
    struct arena *arena;
    struct item_faults *faults;
    const struct item *item;
};

/* Each gap of the document stands in the body once, and the body has no other. */
static void check_gaps(struct texts *texts, const char *lang, const char *body) {
    const char *const *ids = NULL;
    size_t count = 0;
    if (!markup_gaps(texts->arena, body, &ids, &count))
        return;
    for (size_t i = 0; i < texts->item->gap_count; i++) {
        const char *id = texts->item->gaps[i].id;
        size_t found = 0;
        for (size_t k = 0; k < count && id; k++)
            found += strcmp(ids[k], id) == 0;
        if (id && found != 1)
            item_fault_add(texts->arena, texts->faults, found ? ITEM_FAULT_GAP_TWICE : ITEM_FAULT_GAP_ABSENT, lang, "gaps[%zu]", i);
    }
    for (size_t k = 0; k < count; k++) {
        bool known = false;
        for (size_t i = 0; i < texts->item->gap_count; i++)
            known = known || (texts->item->gaps[i].id && strcmp(texts->item->gaps[i].id, ids[k]) == 0);
        if (!known)
            item_fault_add(texts->arena, texts->faults, ITEM_FAULT_REFERENCE, ids[k], "body.%s", lang);
    }
}

static void check_one(struct texts *texts, const char *path, const char *lang, const char *text, bool body) {
    struct markup_note note;
    if (!text)
        return;
    size_t len = strlen(text);
    if (len > ITEM_MARKUP_MAX)
        item_fault_add(texts->arena, texts->faults, ITEM_FAULT_LENGTH, NULL, "%s.%s", path, lang);
    else if (!text_is_utf8(text, len))
        item_fault_add(texts->arena, texts->faults, ITEM_FAULT_TEXT, NULL, "%s.%s", path, lang);
    else if (!markup_check(texts->arena, text, &note))
        item_fault_add(texts->arena, texts->faults, ITEM_FAULT_MARKUP, note.detail, "%s.%s", path, lang);
    else if (body)
        check_gaps(texts, lang, text);
}

static bool check_text(void *ctx, const char *path, const struct item_text *text, unsigned where) {
    check_one(ctx, path, "vi", text->vi, where & ITEM_IS_BODY);
    check_one(ctx, path, "en", text->en, where & ITEM_IS_BODY);
    return true;
}

void item_check_markup(struct arena *arena, const struct item *item, struct item_faults *faults) {
    struct texts texts = {.arena = arena, .faults = faults, .item = item};
    (void)item_walk(item, check_text, &texts);
}
