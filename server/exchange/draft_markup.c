#include "draft.h"
#include "rich.h"

#include "khoacu/doc/markup.h"

#include <string.h>

#include "khoacu/base/banned.h"

/* "@@PLUGINFILE@@/b%20c.png" -> "b c.png". */
static char *file_name(struct arena *arena, const char *src) {
    static const char ROOT[] = "@@PLUGINFILE@@/", DIGITS[] = "0123456789abcdef";
    char *name = strncmp(src, ROOT, strlen(ROOT)) == 0 ? arena_strdup(arena, src + strlen(ROOT)) : NULL;
    if (!name)
        return NULL;
    char *out = name;
    for (const char *at = name; *at; at++) {
        const char *high = at[0] == '%' && at[1] ? strchr(DIGITS, at[1] | 0x20) : NULL;
        const char *low = high && at[2] ? strchr(DIGITS, at[2] | 0x20) : NULL;
        if (low && *high && *low) {
            *out++ = (char)((high - DIGITS) << 4 | (low - DIGITS));
            at += 2;
        } else {
            *out++ = *at;
        }
    }
    *out = '\0';
    name[strcspn(name, "?")] = '\0';
    return name;
}

static const char *find_file(void *ctx, struct arena *arena, const char *address) {
    struct draft *draft = ctx;
    if (strncmp(address, "media:", 6) == 0 && strlen(address) == 70 && strspn(address + 6, "0123456789abcdef") == 64)
        return address;
    const char *name = file_name(arena, address);
    const struct draft_file *found = NULL;
    for (const struct draft_file *file = draft->files; name && file; file = file->next)
        if (strcmp(file->name, name) == 0 && (!found || file->scope == draft->scope))
            found = file;
    return found ? arena_printf(arena, "media:%s", found->media->sha256) : NULL;
}

static void put_html(enum rich format, const char *text, struct buf *out) {
    switch (format) {
    case RICH_PLAIN:
        rich_plain(out, text);
        break;
    case RICH_MOODLE:
        rich_moodle(out, text);
        break;
    case RICH_HTML:
        buf_adds(out, text);
        break;
    case RICH_MARKDOWN:
        rich_markdown(out, text);
        break;
    }
}

/* Each kind of change is said once an item. */
static void pass_notes(struct draft *draft, const struct markup_notes *notes, const char *place) {
    const struct exchange_reading *reading = draft->reading;
    for (size_t i = 0; i < notes->count; i++) {
        const char *code = notes->list[i].code;
        bool told = false;
        for (size_t k = 0; k < reading->note_count && !told; k++)
            told = strcmp(reading->notes[k].code, code) == 0;
        if (!told)
            exchange_note(draft->reading, code, markup_note_words(code, "vi"), markup_note_words(code, "en"),
                          place ? place : draft->place);
    }
}

void draft_note_control(struct draft *draft, const char *text, bool markup, const char *place) {
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if ((*c < ' ' && !strchr("\t\r\n", *c)) || (*c == 0x7f && !markup) ||
            (*c == 0xef && c[1] == 0xbf && c[2] >= 0xbe && markup)) { /* U+FFFE and U+FFFF */
            draft_note(draft, DRAFT_CONTROL, place);
            return;
        }
}

const char *draft_markup(struct draft *draft, enum rich format, const char *text, const char *place) {
    struct markup_notes notes = {0};
    struct buf html;
    const char *composed = charset_nfc(draft->arena, text);
    if (!composed)
        return NULL;
    draft_note_control(draft, composed, true, place);
    buf_init(&html, EXCHANGE_ITEM_BYTES_MAX);
    put_html(format, composed, &html);
    buf_addc(&html, '\0');
    const char *markup = html.failed ? NULL : markup_clean(draft->arena, html.data, find_file, draft, &notes);
    buf_release(&html);
    if (!markup) {
        draft->arena->failed = true;
        return NULL;
    }
    pass_notes(draft, &notes, place);
    const char *dollars = format == RICH_PLAIN ? NULL : strstr(composed, "$$");
    if (dollars && strstr(dollars + 2, "$$"))
        draft_note(draft, DRAFT_DOLLARS, place);
    return markup[0] ? markup : NULL;
}

/* Whether there is anything but letters in a text that may have tags. */
static bool formatted(const char *text) {
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++)
        if ((text[i] == '<' && rich_tag(text + i, len - i)) || (text[i] == '&' && rich_entity(text + i, len - i)))
            return true;
    return false;
}

const char *draft_words(struct draft *draft, enum rich format, const char *text, const char *place) {
    if (format != RICH_PLAIN && formatted(text)) {
        const char *markup = draft_markup(draft, format, text, place);
        draft_note(draft, DRAFT_ANSWER_PLAIN, place);
        return markup ? markup_plain(draft->arena, markup) : NULL;
    }
    const char *composed = charset_nfc(draft->arena, text);
    char *words = composed ? arena_strdup(draft->arena, composed) : NULL;
    if (words)
        draft_note_control(draft, words, false, place);
    for (char *c = words; c && *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = ' ';
    return words;
}

const char *exchange_words(struct arena *arena, const char *markup) {
    return markup_plain(arena, markup);
}

const char *exchange_in_lang(const struct item_text *text, const char *lang) {
    const char *first = strcmp(lang, "en") == 0 ? text->en : text->vi;
    return first ? first : text->vi ? text->vi : text->en;
}
