#include "markup_private.h"
#include "tags.h"

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <limits.h>
#include <string.h>

#include "khoacu/base/banned.h"

const char MARKUP_ELEMENTS[] = "p br em strong sub sup u code pre blockquote ul ol li table caption thead tbody tr th td img audio span";

static const char MATH_ELEMENTS[] =
    "mi mn mo mtext mspace ms mrow mfrac msqrt mroot mstyle mpadded mphantom mfenced menclose msub msup msubsup munder mover "
    "munderover mmultiscripts mprescripts none mtable mtr mtd semantics annotation";
static const char MATH_ATTRIBUTES[] =
    "mathvariant stretchy fence separator form accent accentunder linethickness columnalign rowalign open close separators "
    "notation displaystyle scriptlevel width height depth lspace rspace movablelimits largeop symmetric columnspan rowspan "
    "minsize maxsize columnlines rowlines frame rowspacing columnspacing bevelled numalign denomalign";

bool markup_listed(const char *name, const char *list) {
    size_t len = strlen(name);
    for (const char *at = list; len > 0 && *at;) {
        size_t word = strcspn(at, " ");
        if (word == len && memcmp(at, name, len) == 0)
            return true;
        at += word + (at[word] == ' ');
    }
    return false;
}

bool markup_math_element(const char *name) {
    return markup_listed(name, MATH_ELEMENTS);
}

bool markup_math_attribute(const char *name, const char *value) {
    if (!markup_listed(name, MATH_ATTRIBUTES))
        return false;
    return strlen(value) <= 64;
}

static bool number_of(const char *value, int most) {
    size_t len = strlen(value);
    if (len == 0 || len > 4 || strspn(value, "0123456789") != len || *value == '0')
        return false;
    int number = 0;
    for (; *value; value++)
        number = number * 10 + (*value - '0');
    return number <= most;
}

bool markup_is_media(const char *address) {
    static const char prefix[] = "media:";
    if (strncmp(address, prefix, sizeof prefix - 1) != 0)
        return false;
    const char *hex = address + sizeof prefix - 1;
    return strlen(hex) == 64 && strspn(hex, "0123456789abcdef") == 64;
}

static bool is_language(const char *value) {
    size_t len = strlen(value);
    return len >= 2 && len <= 20 && strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == len;
}

static bool is_id(const char *value) {
    size_t len = strlen(value);
    return len >= 1 && len <= 32 && strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == len;
}

bool markup_attribute(const char *element, const char *name, const char *value) {
    if (strcmp(name, "colspan") == 0 || strcmp(name, "rowspan") == 0)
        return markup_listed(element, "th td") && number_of(value, 100);
    if (strcmp(name, "scope") == 0)
        return strcmp(element, "th") == 0 && markup_listed(value, "row col rowgroup colgroup");
    if (strcmp(name, "src") == 0)
        return markup_listed(element, "img audio") && markup_is_media(value);
    if (strcmp(name, "alt") == 0)
        return strcmp(element, "img") == 0 && strlen(value) <= 2000;
    if (strcmp(name, "width") == 0 || strcmp(name, "height") == 0)
        return strcmp(element, "img") == 0 && number_of(value, 5000);
    if (strcmp(name, "lang") == 0)
        return strcmp(element, "span") == 0 && is_language(value);
    return strcmp(name, "data-gap") == 0 && strcmp(element, "span") == 0 && is_id(value);
}

static bool in_xml(const char *text) {
    unsigned char c = (unsigned char)*text;
    if (c >= 0x20 || c == '\t' || c == '\n' || c == '\r')
        /* U+FFFE and U+FFFF are no letters of XML. */
        return !(c == 0xef && (unsigned char)text[1] == 0xbf && (unsigned char)text[2] >= 0xbe);
    return false;
}

void markup_put_text(struct buf *out, const char *text, bool attribute) {
    for (; *text; text++) {
        if (*text == '<')
            buf_adds(out, "&lt;");
        else if (*text == '>')
            buf_adds(out, "&gt;");
        else if (*text == '&')
            buf_adds(out, "&amp;");
        else if (*text == '"' && attribute)
            buf_adds(out, "&quot;");
        else if (*text == '\r') { /* a reader makes a line break of it */
            if (text[1] != '\n')
                buf_addc(out, attribute ? ' ' : '\n');
        } else if (attribute && (*text == '\n' || *text == '\t'))
            buf_addc(out, ' ');
        else if (in_xml(text))
            buf_addc(out, *text);
        else if ((unsigned char)*text == 0xef)
            text += 2;
    }
}

static const struct {
    const char *code, *vi, *en;
} NOTES[] = {
#define X(code, vi, en) {code, vi, en},
    MARKUP_NOTES(X)
#undef X
};

const char *markup_note_words(const char *code, const char *lang) {
    for (size_t i = 0; i < sizeof NOTES / sizeof *NOTES; i++)
        if (strcmp(NOTES[i].code, code) == 0)
            return strcmp(lang, "vi") == 0 ? NOTES[i].vi : NOTES[i].en;
    return "";
}

void markup_note_add(struct arena *arena, struct markup_notes *notes, const char *code, const char *detail) {
    size_t len = strlen(detail) < 120 ? strlen(detail) : 120;
    while (len > 0 && len < strlen(detail) && ((unsigned char)detail[len] & 0xc0) == 0x80)
        len--;
    for (size_t i = 0; i < notes->count; i++)
        if (strcmp(notes->list[i].code, code) == 0 && strncmp(notes->list[i].detail, detail, len) == 0 && notes->list[i].detail[len] == '\0')
            return;
    if (notes->count == MARKUP_NOTES_MAX)
        return;
    if (!notes->list)
        notes->list = ARENA_ARRAY(arena, MARKUP_NOTES_MAX, struct markup_note);
    const char *copy = arena_strndup(arena, detail, len);
    if (notes->list && copy)
        notes->list[notes->count++] = (struct markup_note){.code = code, .detail = copy};
}

/* ---- parsing ---- */

xmlDocPtr markup_parse_xml(const char *text, size_t len) {
    struct buf whole;
    xmlDocPtr doc = NULL;
    if (len > MARKUP_MAX || !tags_fit(true, text, len, NULL))
        return NULL;
    buf_init(&whole, MARKUP_MAX + 64);
    buf_adds(&whole, "<div>");
    buf_add(&whole, text, len);
    buf_adds(&whole, "</div>");
    if (!whole.failed)
        doc = xmlReadMemory(whole.data, (int)whole.len, NULL, "UTF-8", XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
    buf_release(&whole);
    return doc;
}

xmlDocPtr markup_parse_html(const char *text, size_t len) {
    if (len > INT_MAX / 2 || !tags_fit(false, text, len, NULL))
        return NULL;
    return htmlReadMemory(text, (int)len, NULL, "UTF-8",
                          HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_RECOVER | HTML_PARSE_NODEFDTD);
}

/* ---- formulas ---- */

static const char *local(const xmlNode *node) {
    const char *name = (const char *)node->name, *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

static const char *value_of(const xmlAttr *attribute) {
    const xmlNode *text = attribute->children;
    return text && text->type == XML_TEXT_NODE && text->content && !text->next ? (const char *)text->content : "";
}

static void put_math_attributes(struct buf *out, const xmlNode *node) {
    for (const xmlAttr *a = node->properties; a; a = a->next)
        if (markup_math_attribute((const char *)a->name, value_of(a))) {
            buf_addf(out, " %s=\"", (const char *)a->name);
            markup_put_text(out, value_of(a), true);
            buf_addc(out, '"');
        }
}

static void put_math_children(struct buf *out, const xmlNode *parent, int depth) {
    /* What is deeper than may be is not cut off in silence: the check of the whole refuses it. */
    for (const xmlNode *node = parent->children; node && depth <= MARKUP_DEPTH_MAX; node = node->next) {
        if (node->type == XML_TEXT_NODE && node->content && markup_listed(local(parent), "mi mn mo mtext ms annotation"))
            markup_put_text(out, (const char *)node->content, false);
        if (node->type != XML_ELEMENT_NODE)
            continue;
        const char *name = local(node);
        if (!markup_math_element(name)) {
            put_math_children(out, node, depth); /* the parser itself goes no deeper than 256 */
            continue;
        }
        buf_addf(out, "<%s", name);
        put_math_attributes(out, node);
        if (strcmp(name, "annotation") == 0)
            buf_adds(out, " encoding=\"application/x-tex\"");
        buf_addc(out, '>');
        put_math_children(out, node, depth + 1);
        buf_addf(out, "</%s>", name);
    }
}

void markup_put_math(struct buf *out, const xmlNode *math) {
    buf_adds(out, "<math xmlns=\"" MARKUP_MATHML "\"");
    for (const xmlAttr *a = math->properties; a; a = a->next)
        if (strcmp((const char *)a->name, "display") == 0 && markup_listed(value_of(a), "block inline"))
            buf_addf(out, " display=\"%s\"", value_of(a));
    buf_addc(out, '>');
    put_math_children(out, math, 0);
    buf_adds(out, "</math>");
}
