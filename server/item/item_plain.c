#include "item_private.h"

#include "khoacu/base/buf.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/doc/markup.h"

#include <stdint.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define PLAIN_MAX ((size_t)64 << 20)

struct gather {
    struct arena *arena;
    const char *lang; /* NULL: both */
    struct buf *out;
    bool body_only;
};

static void add(struct gather *gather, const char *markup) {
    const char *plain = markup && *markup ? markup_plain(gather->arena, markup) : NULL;
    if (!plain || !*plain)
        return;
    if (gather->out->len > 0)
        buf_addc(gather->out, '\n');
    buf_adds(gather->out, plain);
}

static bool gather_text(void *ctx, const char *path, const struct item_text *text, unsigned where) {
    struct gather *gather = ctx;
    (void)path;
    if (!(where & ITEM_IN_CONTENT) || (gather->body_only && !(where & ITEM_IS_BODY)))
        return true;
    bool vi = text->vi && *text->vi, en = text->en && *text->en;
    bool english = gather->lang && strcmp(gather->lang, "en") == 0;
    if (vi && (!gather->lang || !english || !en))
        add(gather, text->vi);
    if (en && (!gather->lang || english || !vi))
        add(gather, text->en);
    return true;
}

static const char *plain_of(struct arena *arena, const struct item *item, const char *lang, bool body_only) {
    struct buf out CLEANUP(buf_release);
    struct gather gather = {.arena = arena, .lang = lang, .out = &out, .body_only = body_only};
    buf_init(&out, PLAIN_MAX);
    (void)item_walk(item, gather_text, &gather);
    const char *plain = out.failed ? NULL : arena_strndup(arena, out.data ? out.data : "", out.len);
    return plain ? plain : "";
}

const char *item_plain(struct arena *arena, const struct item *item, const char *lang) {
    return plain_of(arena, item, lang, false);
}

const char *item_plain_body(struct arena *arena, const struct item *item, const char *lang) {
    return plain_of(arena, item, lang, true);
}

/* Letters of other scripts than ASCII begin with a byte over 0xc2 0xbf; what lies below are signs of Latin-1, and what
 * begins with 0xe2 are dashes, quotes and mathematical signs. */
static bool is_wordly(const char *c) {
    unsigned char byte = (unsigned char)*c;
    if (byte < 0x80)
        return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
    return byte >= 0xc3 && byte != 0xe2;
}

size_t item_words(struct arena *arena, const struct item *item, const char *lang) {
    size_t words = 0;
    bool counted = false;
    for (const char *c = item_plain(arena, item, lang); *c; c++) {
        if (*c == ' ' || *c == '\n')
            counted = false;
        else if (!counted && is_wordly(c)) {
            counted = true;
            words++;
        }
    }
    return words;
}

/* ---- media ---- */

struct names {
    struct arena *arena;
    const char **list;
    size_t count, size;
};

static bool add_name(struct names *names, const char *name) {
    for (size_t i = 0; i < names->count; i++)
        if (memcmp(names->list[i], name, 64) == 0)
            return true;
    if (names->count == names->size) {
        size_t size = names->size ? 2 * names->size : 8;
        const char **list = ARENA_ARRAY(names->arena, size, const char *);
        if (!list)
            return false;
        if (names->count > 0)
            memcpy(list, names->list, names->count * sizeof *list);
        names->list = list;
        names->size = size;
    }
    names->list[names->count] = arena_strndup(names->arena, name, 64);
    return names->list[names->count++] != NULL;
}

static bool names_in(struct names *names, const char *markup) {
    static const char mark[] = "src=\"media:";
    for (const char *at = markup ? strstr(markup, mark) : NULL; at; at = strstr(at, mark)) {
        at += sizeof mark - 1;
        if (strspn(at, "0123456789abcdef") == 64 && !add_name(names, at))
            return false;
    }
    return true;
}

static bool names_of(void *ctx, const char *path, const struct item_text *text, unsigned where) {
    (void)path;
    (void)where;
    return names_in(ctx, text->vi) && names_in(ctx, text->en);
}

bool item_media_names(struct arena *arena, const struct item *item, const char *const **ret_names, size_t *ret_count) {
    struct names names = {.arena = arena};
    if (!item_walk(item, names_of, &names))
        return false;
    *ret_names = names.list;
    *ret_count = names.count;
    return true;
}
