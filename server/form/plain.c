#include "khoacu/form/paper.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* Writes a code point as UTF-8. */
static size_t put_code(unsigned long code, char *out) {
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xc0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xe0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3f));
        out[2] = (char)(0x80 | (code & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3f));
    out[2] = (char)(0x80 | (code >> 6 & 0x3f));
    out[3] = (char)(0x80 | (code & 0x3f));
    return 4;
}

/* A reference of XML at `at`, which ends at `end`; gives the bytes written, at most 4; 0: none that is known. */
static size_t put_reference(const char *at, const char *end, char *out) {
    static const struct {
        const char *name;
        unsigned long code;
    } names[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}, {"nbsp", 0xa0}};
    size_t len = (size_t)(end - at);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strlen(names[i].name) == len && memcmp(names[i].name, at, len) == 0)
            return put_code(names[i].code, out);
    if (len < 2 || at[0] != '#')
        return 0;
    char *stop = NULL;
    unsigned long code = at[1] == 'x' ? strtoul(at + 2, &stop, 16) : strtoul(at + 1, &stop, 10);
    return stop == end && code > 0 && code < 0x110000 && (code < 0xd800 || code > 0xdfff) ? put_code(code, out) : 0;
}

const char *form_plain(struct arena *arena, const char *markup) {
    char *plain = arena_alloc(arena, strlen(markup) + 1);
    size_t len = 0;
    if (!plain)
        return "";
    for (const char *c = markup; *c; c++) {
        const char *end = *c == '<' ? strchr(c, '>') : *c == '&' ? strchr(c, ';') : NULL;
        size_t written = end && *c == '&' ? put_reference(c + 1, end, plain + len) : 0;
        if (end && *c == '<') { /* a break of lines or paragraphs stays one */
            bool breaks = strncmp(c, "<br", 3) == 0 || (strncmp(c, "</p>", 4) == 0 && end[1]);
            if (breaks)
                plain[len++] = '\n';
            c = end;
        } else if (written > 0) {
            len += written;
            c = end;
        } else
            plain[len++] = *c;
    }
    plain[len] = '\0';
    return plain;
}
