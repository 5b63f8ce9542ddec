#include "rich.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "khoacu/base/banned.h"

static const char *const TAGS[] = {
    "a",    "abbr", "audio",  "b",     "big",    "blockquote", "br",   "caption", "center", "cite", "code",  "col",
    "colgroup", "dd",   "del",    "div",   "dl",     "dt",         "em",   "figcaption", "figure", "font", "h1",    "h2",
    "h3",   "h4",   "h5",     "h6",    "hr",     "i",          "iframe", "img",   "ins",    "kbd",  "li",    "math",
    "object", "ol",   "p",      "pre",   "q",      "s",          "script", "small", "source", "span", "strike", "strong",
    "style", "sub",  "sup",    "svg",   "table",  "tbody",      "td",   "tfoot",   "th",     "thead", "tr",   "tt",
    "u",    "ul",   "var",    "video",
    /* MathML, presentation */
    "annotation", "menclose", "merror", "mfenced", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded",
    "mphantom", "mroot", "mrow", "ms", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext",
    "mtr", "munder", "munderover", "semantics"};

/* Longer ones are words: a search that goes further would make texts full of open comments slow. */
enum { COMMENT_MAX = 16384 };

static bool letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool alnum(char c) {
    return letter(c) || (c >= '0' && c <= '9');
}

size_t rich_tag(const char *text, size_t len) {
    if (len > 4 && memcmp(text, "<!--", 4) == 0) {
        size_t within = len - 4 < COMMENT_MAX ? len - 4 : COMMENT_MAX;
        const char *end = memmem(text + 4, within, "-->", 3);
        return end ? (size_t)(end - text) + 3 : 0;
    }
    size_t from = len > 1 && text[1] == '/' ? 2 : 1, to = from;
    while (to < len && alnum(text[to]))
        to++;
    bool known = false;
    for (size_t i = 0; i < sizeof TAGS / sizeof *TAGS; i++)
        known |= strlen(TAGS[i]) == to - from && strncasecmp(TAGS[i], text + from, to - from) == 0;
    if (!known || to == len || !strchr(" \t\r\n/>", text[to]))
        return 0;
    char quote = 0;
    for (; to < len; to++) {
        if (quote)
            quote = text[to] == quote ? 0 : quote;
        else if (text[to] == '>')
            return to + 1;
        else if (text[to] == '<')
            return 0;
        else if (text[to] == '"' || text[to] == '\'')
            quote = text[to];
    }
    return 0;
}

size_t rich_entity(const char *text, size_t len) {
    size_t at = 1;
    if (at < len && text[at] == '#')
        at++;
    size_t from = at;
    while (at < len && at < 34 && alnum(text[at]))
        at++;
    return at > from && at < len && text[at] == ';' ? at + 1 : 0;
}

void rich_put_char(struct buf *out, char c) {
    switch (c) {
    case '<':
        buf_adds(out, "&lt;");
        break;
    case '>':
        buf_adds(out, "&gt;");
        break;
    case '&':
        buf_adds(out, "&amp;");
        break;
    case '"':
        buf_adds(out, "&quot;");
        break;
    default:
        buf_addc(out, c);
    }
}

void rich_put_words(struct buf *out, const char *text, size_t len) {
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\r' && i + 1 < len && text[i + 1] == '\n')
            continue;
        if (text[i] == '\n' || text[i] == '\r')
            buf_adds(out, "<br/>");
        else
            rich_put_char(out, text[i]);
    }
}

void rich_plain(struct buf *out, const char *text) {
    buf_adds(out, "<p>");
    rich_put_words(out, text, strlen(text));
    buf_adds(out, "</p>");
}

void rich_moodle(struct buf *out, const char *text) {
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++) {
        size_t whole = text[i] == '<' ? rich_tag(text + i, len - i) : text[i] == '&' ? rich_entity(text + i, len - i) : 0;
        if (whole) {
            buf_add(out, text + i, whole);
            i += whole - 1;
        } else {
            rich_put_words(out, text + i, 1);
        }
    }
}
