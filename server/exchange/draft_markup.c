#include "draft.h"
#include "rich.h"

#include <string.h>

#include "khoacu/base/banned.h"

const char *draft_markup(struct draft *draft, enum rich format, const char *text, const char *place) {
    struct buf html;
    (void)place;
    buf_init(&html, EXCHANGE_ITEM_BYTES_MAX);
    switch (format) {
    case RICH_PLAIN:
        rich_plain(&html, text);
        break;
    case RICH_MOODLE:
    case RICH_HTML:
        rich_moodle(&html, text);
        break;
    case RICH_MARKDOWN:
        rich_markdown(&html, text);
        break;
    }
    const char *markup = arena_strndup(draft->arena, html.data ? html.data : "", html.len);
    buf_release(&html);
    return markup;
}

const char *draft_words(struct draft *draft, enum rich format, const char *text, const char *place) {
    (void)format;
    (void)place;
    return arena_strdup(draft->arena, text);
}

const char *exchange_words(struct arena *arena, const char *markup) {
    return arena_strdup(arena, markup);
}

const char *exchange_in_lang(const struct item_text *text, const char *lang) {
    const char *first = strcmp(lang, "en") == 0 ? text->en : text->vi;
    return first ? first : text->vi ? text->vi : text->en;
}
