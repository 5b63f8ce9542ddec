#include "tags.h"

#include <string.h>

#include "khoacu/base/banned.h"

static bool blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f';
}

static bool letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' || (c & 0x80) != 0;
}

/* Behind the attributes of the tag whose name begins at `at`; NULL: there are too many. HTML goes on over another '<', and in
 * XML there is none. */
static const char *tag_end(const char *at, const char *end) {
    size_t count = 0;
    while (at < end && *at != '>') {
        if (*at == '=') {
            count++;
            for (at++; at < end && blank(*at);)
                at++;
            /* A quote counts as one only here: elsewhere HTML takes it for a part of a name or a bare value. */
            if (at < end && (*at == '"' || *at == '\'')) {
                char quote = *at++;
                while (at < end && *at != quote)
                    at++;
                at += at < end;
            }
        } else {
            bool parts = blank(*at) || *at == '/';
            at++;
            count += parts && at < end && !blank(*at) && *at != '/' && *at != '>';
        }
        if (count > 2 * TAGS_ATTRIBUTES_MAX) /* most have a blank and an equals sign */
            return NULL;
    }
    return at;
}

/* Behind what begins at `at` and holds no tags, or `at`. */
static const char *skip(const char *at, const char *end) {
    static const struct {
        const char *open, *close;
    } PARTS[] = {{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}};
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
        size_t open = strlen(PARTS[i].open), close = strlen(PARTS[i].close);
        if ((size_t)(end - at) < open || memcmp(at, PARTS[i].open, open) != 0)
            continue;
        const char *found = memmem(at + open, (size_t)(end - at) - open, PARTS[i].close, close);
        return found ? found + close : end;
    }
    return at;
}

bool tags_fit(bool xml, const char *text, size_t len, size_t *ret_line) {
    size_t line = 1;
    for (const char *at = text, *end = text + len; at < end;) {
        const char *behind = at + 1;
        if (*at == '<' && behind < end && letter(*behind))
            behind = tag_end(behind, end);
        else if (*at == '<' && xml)
            behind = skip(at, end) > at ? skip(at, end) : behind;
        if (!behind) {
            if (ret_line)
                *ret_line = line;
            return false;
        }
        for (; at < behind; at++)
            line += *at == '\n';
    }
    return true;
}
