#include "xml_scan.h"

#include "khoacu/base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { CHUNK = 1 << 16, DEPTH_MAX = 64 };

bool scan_init(struct scan *scan, scan_fill_fn *fill, void *ctx, size_t max) {
    *scan = (struct scan){
        .fill = fill, .ctx = ctx, .size = CHUNK * 2, .bytes = malloc(CHUNK * 2), .line = 1, .next_line = 1, .max = max};
    buf_init(&scan->text, max);
    return scan->bytes != NULL;
}

void scan_release(struct scan *scan) {
    free(scan->bytes);
    buf_release(&scan->text);
}

static void advance(struct scan *scan, size_t len) {
    for (size_t i = 0; i < len; i++)
        scan->next_line += scan->bytes[scan->at + i] == '\n';
    scan->at += len;
}

/* More bytes behind those at hand. False: there are none, or the token is too long (then size is at its limit). */
static bool more(struct scan *scan) {
    if (scan->ended)
        return false;
    if (scan->at) {
        memmove(scan->bytes, scan->bytes + scan->at, scan->len - scan->at);
        scan->len -= scan->at;
        scan->at = 0;
    }
    if (scan->size - scan->len < CHUNK) {
        char *larger = scan->size < scan->max + CHUNK ? realloc(scan->bytes, scan->size * 2) : NULL;
        if (!larger)
            return false;
        scan->bytes = larger;
        scan->size *= 2;
    }
    long got = scan->fill(scan->ctx, scan->bytes + scan->len, CHUNK);
    if (got <= 0) {
        scan->ended = true;
        return false;
    }
    scan->len += (size_t)got;
    return true;
}

/* Offset from scan->at of `word`, reading on as far as needed; (size_t)-1: it does not come. */
static size_t find(struct scan *scan, const char *word, size_t from) {
    size_t len = strlen(word);
    for (;;) {
        size_t there = scan->len - scan->at;
        const char *found =
            there > from ? memmem(scan->bytes + scan->at + from, there - from, word, len) : NULL;
        if (found)
            return (size_t)(found - scan->bytes) - scan->at;
        if (there >= scan->max)
            return (size_t)-1;
        if (there >= from + len)
            from = there - len + 1;
        if (!more(scan))
            return (size_t)-1;
    }
}

/* ---- letters ---- */

static void put_code(struct buf *out, uint32_t code) {
    if (code < 0x80) {
        buf_addc(out, (char)code);
        return;
    }
    if (code < 0x800) {
        buf_addc(out, (char)(0xc0 | code >> 6));
    } else {
        if (code < 0x10000) {
            buf_addc(out, (char)(0xe0 | code >> 12));
        } else {
            buf_addc(out, (char)(0xf0 | code >> 18));
            buf_addc(out, (char)(0x80 | (code >> 12 & 0x3f)));
        }
        buf_addc(out, (char)(0x80 | (code >> 6 & 0x3f)));
    }
    buf_addc(out, (char)(0x80 | (code & 0x3f)));
}

static bool put_reference(struct buf *out, const char *name, size_t len) {
    static const struct {
        const char *name;
        char c;
    } KNOWN[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++)
        if (strlen(KNOWN[i].name) == len && memcmp(KNOWN[i].name, name, len) == 0) {
            buf_addc(out, KNOWN[i].c);
            return true;
        }
    if (len < 2 || len > 8 || name[0] != '#')
        return false;
    uint32_t code = 0, base = name[1] == 'x' ? 16 : 10;
    for (size_t i = base == 16 ? 2 : 1; i < len; i++) {
        const char *digits = "0123456789abcdef";
        const char *digit = memchr(digits, name[i] >= 'A' && name[i] <= 'F' ? name[i] | 0x20 : name[i], base);
        if (!digit)
            return false;
        code = code * base + (uint32_t)(digit - digits);
    }
    if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return false;
    put_code(out, code);
    return true;
}

/* Text or an attribute's value into scan->text. */
static bool decode(struct scan *scan, const char *text, size_t len) {
    buf_reset(&scan->text);
    buf_add(&scan->text, "", 0);
    if (!text_is_utf8(text, len))
        return false;
    for (size_t i = 0; i < len;) {
        const char *amp = memchr(text + i, '&', len - i);
        size_t plain = amp ? (size_t)(amp - text) - i : len - i;
        buf_add(&scan->text, text + i, plain);
        i += plain;
        if (!amp)
            break;
        const char *end = memchr(amp, ';', len - i < 12 ? len - i : 12);
        if (!end || !put_reference(&scan->text, amp + 1, (size_t)(end - amp) - 1))
            return false;
        i = (size_t)(end - text) + 1;
    }
    return !scan->text.failed;
}

/* ---- tags ---- */

static void take_name(struct scan *scan, const char *tag, size_t len) {
    size_t end = 0, prefix = 0;
    while (end < len && !strchr(" \t\r\n/>", tag[end])) {
        if (tag[end] == ':')
            prefix = end + 1;
        end++;
    }
    scan->name = tag + prefix;
    scan->name_len = end - prefix;
    scan->rest = tag + end;
    scan->rest_len = len - end;
}

/* A '>' may stand in an attribute's value. */
static size_t tag_end(struct scan *scan) {
    char quote = 0;
    for (size_t i = 1;; i++) {
        while (scan->at + i >= scan->len)
            if (i >= scan->max || !more(scan))
                return (size_t)-1;
        char c = scan->bytes[scan->at + i];
        if (quote)
            quote = c == quote ? 0 : quote;
        else if (c == '>')
            return i;
        else if (c == '<')
            return (size_t)-1;
        else if (c == '"' || c == '\'')
            quote = c;
    }
}

static enum scan_event take_tag(struct scan *scan) {
    size_t end = tag_end(scan);
    if (end == (size_t)-1)
        return SCAN_BROKEN;
    const char *tag = scan->bytes + scan->at + 1;
    size_t len = end - 1;
    advance(scan, end + 1);
    bool closes = len && tag[0] == '/';
    if (closes) {
        take_name(scan, tag + 1, len - 1);
        if (!scan->depth)
            return SCAN_BROKEN;
        scan->depth--;
        return SCAN_CLOSE;
    }
    scan->empty = len && tag[len - 1] == '/';
    take_name(scan, tag, scan->empty ? len - 1 : len);
    scan->closing = scan->empty;
    if (!scan->name_len || scan->depth == DEPTH_MAX)
        return SCAN_BROKEN;
    scan->depth += !scan->empty;
    return SCAN_OPEN;
}

static bool ahead(struct scan *scan, const char *word) {
    size_t len = strlen(word);
    while (scan->len - scan->at < len)
        if (!more(scan))
            return false;
    return memcmp(scan->bytes + scan->at, word, len) == 0;
}

static enum scan_event skip_to(struct scan *scan, const char *word, size_t from) {
    size_t end = find(scan, word, from);
    if (end == (size_t)-1)
        return SCAN_BROKEN;
    advance(scan, end + strlen(word));
    return SCAN_END;
}

static enum scan_event take_text(struct scan *scan) {
    size_t end = find(scan, "<", 0);
    if (end == (size_t)-1) {
        if (scan->len - scan->at >= scan->max)
            return SCAN_TOO_LONG;
        end = scan->len - scan->at;
        /* Behind the last tag there are blanks only. */
        for (size_t i = 0; i < end; i++)
            if (!strchr(" \t\r\n", scan->bytes[scan->at + i]))
                return SCAN_BROKEN;
        advance(scan, end);
        return scan->depth ? SCAN_BROKEN : SCAN_END;
    }
    bool fine = decode(scan, scan->bytes + scan->at, end);
    advance(scan, end);
    return fine ? SCAN_TEXT : scan->text.failed ? SCAN_TOO_LONG : SCAN_BROKEN;
}

static enum scan_event take_cdata(struct scan *scan) {
    size_t end = find(scan, "]]>", 9);
    if (end == (size_t)-1)
        return SCAN_BROKEN;
    const char *text = scan->bytes + scan->at + 9;
    buf_reset(&scan->text);
    buf_add(&scan->text, text, end - 9);
    bool fine = text_is_utf8(text, end - 9) && !scan->text.failed;
    advance(scan, end + 3);
    return fine ? SCAN_TEXT : SCAN_BROKEN;
}

enum scan_event scan_next(struct scan *scan) {
    if (scan->closing) {
        scan->closing = false;
        return SCAN_CLOSE;
    }
    if (!scan->begun && ahead(scan, "\xef\xbb\xbf"))
        advance(scan, 3);
    scan->begun = true;
    for (;;) {
        scan->line = scan->next_line;
        if (!ahead(scan, "<"))
            return take_text(scan);
        enum scan_event skipped = SCAN_END;
        if (ahead(scan, "<?"))
            skipped = skip_to(scan, "?>", 2);
        else if (ahead(scan, "<!--"))
            skipped = skip_to(scan, "-->", 4);
        else if (ahead(scan, "<![CDATA["))
            return take_cdata(scan);
        else if (ahead(scan, "<!"))
            return SCAN_BROKEN;
        else
            return take_tag(scan);
        if (skipped != SCAN_END)
            return skipped;
    }
}

bool scan_is(const struct scan *scan, const char *name) {
    return strlen(name) == scan->name_len && memcmp(name, scan->name, scan->name_len) == 0;
}

const char *scan_attribute(struct scan *scan, const char *name) {
    size_t wanted = strlen(name);
    for (size_t i = 0; i < scan->rest_len;) {
        while (i < scan->rest_len && strchr(" \t\r\n", scan->rest[i]))
            i++;
        size_t from = i;
        while (i < scan->rest_len && !strchr("= \t\r\n", scan->rest[i])) {
            if (scan->rest[i] == ':')
                from = i + 1;
            i++;
        }
        size_t len = i - from;
        const char *attribute = scan->rest + from;
        while (i < scan->rest_len && strchr(" \t\r\n=", scan->rest[i]))
            i++;
        if (i >= scan->rest_len || !strchr("\"'", scan->rest[i]))
            return NULL;
        const char *end = memchr(scan->rest + i + 1, scan->rest[i], scan->rest_len - i - 1);
        if (!end)
            return NULL;
        if (len == wanted && memcmp(attribute, name, len) == 0)
            return decode(scan, scan->rest + i + 1, (size_t)(end - scan->rest) - i - 1) && scan->text.data ? scan->text.data
                                                                                                         : "";
        i = (size_t)(end - scan->rest) + 1;
    }
    return NULL;
}
