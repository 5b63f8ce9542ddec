#include "khoacu/doc/fold.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "khoacu/base/banned.h"

enum { MARKS_MAX = 16, PARTS_MAX = 32 };
#define LETTER_DJ 0x111 /* đ, which Unicode does not take apart */

struct folder {
    struct buf *plain, *marked;
    bool word; /* within one */
    utf8proc_int32_t marks[MARKS_MAX]; /* of the last letter, still unsorted */
    size_t mark_count;
};

static void put(struct buf *out, utf8proc_int32_t point) {
    utf8proc_uint8_t bytes[4];
    utf8proc_ssize_t len = utf8proc_encode_char(point, bytes);
    buf_add(out, bytes, (size_t)len);
}

static utf8proc_propval_t rank_of(utf8proc_int32_t mark) {
    return utf8proc_get_property(mark)->combining_class;
}

/* Marks in canonical order: by class, stable. */
static void put_marks(struct folder *folder) {
    for (size_t i = 1; i < folder->mark_count; i++) {
        utf8proc_int32_t mark = folder->marks[i];
        size_t k = i;
        for (; k > 0 && rank_of(folder->marks[k - 1]) > rank_of(mark); k--)
            folder->marks[k] = folder->marks[k - 1];
        folder->marks[k] = mark;
    }
    for (size_t i = 0; i < folder->mark_count; i++)
        put(folder->marked, folder->marks[i]);
    folder->mark_count = 0;
}

static void put_letter(struct folder *folder, utf8proc_int32_t point) {
    if (folder->marked)
        put_marks(folder);
    if (!folder->word) {
        if (folder->plain->len > 0)
            buf_addc(folder->plain, ' ');
        if (folder->marked && folder->marked->len > 0)
            buf_addc(folder->marked, ' ');
        folder->word = true;
    }
    put(folder->plain, point == LETTER_DJ ? 'd' : point);
    if (folder->marked)
        put(folder->marked, point);
}

static void end_word(struct folder *folder) {
    if (folder->marked)
        put_marks(folder);
    folder->word = false;
}

static void put_part(struct folder *folder, utf8proc_int32_t point) {
    switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        put_letter(folder, point);
        return;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
        if (folder->word && folder->marked && folder->mark_count < MARKS_MAX)
            folder->marks[folder->mark_count++] = point;
        return;
    default:
        end_word(folder);
    }
}

static void put_point(struct folder *folder, utf8proc_int32_t point) {
    utf8proc_int32_t parts[PARTS_MAX];
    int last_class = 0;
    utf8proc_ssize_t count = utf8proc_decompose_char(point, parts, PARTS_MAX, UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD, &last_class);
    if (count < 0 || count > PARTS_MAX) {
        end_word(folder);
        return;
    }
    for (utf8proc_ssize_t i = 0; i < count; i++)
        put_part(folder, parts[i]);
}

void fold_words(const char *text, size_t len, struct buf *plain, struct buf *marked) {
    struct folder folder = {.plain = plain, .marked = marked};
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)text, *end = at + len;
    while (at < end) {
        if (*at < 0x80) {
            utf8proc_int32_t c = *at++;
            bool upper = c >= 'A' && c <= 'Z';
            if (upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
                put_letter(&folder, upper ? c | 0x20 : c);
            else
                end_word(&folder);
            continue;
        }
        utf8proc_int32_t point = 0;
        utf8proc_ssize_t taken = utf8proc_iterate(at, end - at, &point);
        if (taken <= 0) {
            end_word(&folder);
            at++;
            continue;
        }
        put_point(&folder, point);
        at += taken;
    }
    end_word(&folder);
}

static bool is_blank(const char *at) {
    return *at == ' ' || (*at >= '\t' && *at <= '\r');
}

/* Blanks around it go; within it, each run becomes one where `runs`. In place. */
static void draw_together(char *text, bool runs) {
    size_t len = 0;
    const char *from = text;
    while (is_blank(from))
        from++;
    for (; *from; from++) {
        if (runs && is_blank(from)) {
            if (!is_blank(from + 1) && from[1])
                text[len++] = ' ';
            continue;
        }
        text[len++] = *from;
    }
    while (len > 0 && is_blank(&text[len - 1]))
        len--;
    text[len] = '\0';
}

/* đ and Đ, which have no mark that could be taken off. In place: both are shorter then. */
static void plain_dj(char *text) {
    size_t len = 0;
    for (const char *from = text; *from; from++) {
        bool small = strncmp(from, "\xc4\x91", 2) == 0, large = strncmp(from, "\xc4\x90", 2) == 0;
        text[len++] = small ? 'd' : large ? 'D' : *from;
        from += small || large;
    }
    text[len] = '\0';
}

const char *fold_text(struct arena *arena, const char *text, struct fold_options options) {
    utf8proc_uint8_t *mapped = NULL;
    int how = UTF8PROC_STABLE | UTF8PROC_COMPOSE | (options.letter_case ? UTF8PROC_CASEFOLD : 0) | (options.marks ? UTF8PROC_STRIPMARK : 0);
    utf8proc_ssize_t size = utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)strlen(text), &mapped, (utf8proc_option_t)how);
    char *folded = size >= 0 ? arena_strndup(arena, (const char *)mapped, (size_t)size) : NULL;
    free(mapped);
    if (!folded)
        return NULL;
    if (options.marks)
        plain_dj(folded);
    draw_together(folded, options.spaces);
    return folded;
}
