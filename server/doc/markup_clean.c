#include "markup_private.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

struct cleaner {
    struct arena *arena;
    struct buf *out;
    markup_media_fn *media;
    void *ctx;
    struct markup_notes *notes;
    int nodes;
    bool over;
};

/* What foreign elements become; those that are nowhere are left out and their content kept. */
static const struct {
    const char *from, *to;
} RENAMED[] = {{"b", "strong"},   {"i", "em"},   {"cite", "em"},   {"dfn", "em"},     {"var", "em"},     {"tt", "code"},   {"kbd", "code"},
               {"samp", "code"},  {"ins", "u"},  {"tfoot", "tbody"}, {"center", "p"}, {"h1", "p"},       {"h2", "p"},      {"h3", "p"},
               {"h4", "p"},       {"h5", "p"},   {"h6", "p"},      {"dt", "p"},       {"dd", "p"},       {"figcaption", "p"}, {"address", "p"}};
static const char DROPPED[] = "script style iframe object embed svg video canvas form input select textarea button noscript template head meta link "
                              "title applet frame frameset map area";
static const char SILENT[] = "html body div section article main figure tbody colgroup col span font";
static const char BLOCKS[] = "p pre blockquote ul ol table";

static const char *attribute_of(const xmlNode *node, const char *name) {
    for (const xmlAttr *a = node->properties; a; a = a->next)
        if (strcmp((const char *)a->name, name) == 0)
            return a->children && a->children->content && !a->children->next ? (const char *)a->children->content : "";
    return NULL;
}

static void clean_children(struct cleaner *c, const xmlNode *parent, int depth, bool tex);

/* ---- formulas in words ---- */

/* The end of a formula that begins at `at` with "\(" or "\[", or NULL. */
static const char *formula_end(const char *at) {
    return strstr(at + 2, at[1] == '(' ? "\\)" : "\\]");
}

/* At most `most` bytes of a text, not within a letter. */
static int cut_at(const char *text, int most) {
    int len = (int)strnlen(text, (size_t)most);
    while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
        len--;
    return len;
}

static void put_words(struct cleaner *c, const char *text, bool tex) {
    while (*text) {
        const char *at = text;
        while (tex && *at && !(at[0] == '\\' && (at[1] == '(' || at[1] == '[') && formula_end(at)))
            at++;
        const char *plain = tex ? arena_strndup(c->arena, text, (size_t)(at - text)) : text;
        if (plain)
            markup_put_text(c->out, plain, false);
        if (!tex || !*at)
            return;
        const char *end = formula_end(at), *source = arena_strndup(c->arena, at + 2, (size_t)(end - at - 2));
        struct markup_note note = {0};
        const char *mathml = source ? markup_tex(c->arena, source, at[1] == '[', &note) : NULL;
        if (mathml) {
            buf_adds(c->out, mathml);
        } else if (source) {
            const char *why = note.detail && strcmp(note.detail, source) != 0 ? note.detail : NULL;
            const char *detail = why ? arena_printf(c->arena, "%.*s: %s", cut_at(source, 60), source, why) : source;
            markup_note_add(c->arena, c->notes, note.code ? note.code : "formula", detail ? detail : source);
            markup_put_text(c->out, source, false);
        }
        text = end + 2;
    }
}

/* ---- elements ---- */

/* Without a prefix: programs write m:math. */
static const char *own_name(const xmlNode *node) {
    const char *colon = strrchr((const char *)node->name, ':');
    return colon ? colon + 1 : (const char *)node->name;
}

static const char *renamed(const char *name) {
    for (size_t i = 0; i < sizeof RENAMED / sizeof *RENAMED; i++)
        if (strcmp(RENAMED[i].from, name) == 0)
            return RENAMED[i].to;
    return name;
}

static void put_attributes(struct cleaner *c, const xmlNode *node, const char *element) {
    for (const xmlAttr *a = node->properties; a; a = a->next) {
        const char *name = (const char *)a->name, *value = attribute_of(node, name);
        if (markup_attribute(element, name, value)) {
            buf_addf(c->out, " %s=\"", name);
            markup_put_text(c->out, value, true);
            buf_addc(c->out, '"');
        } else if (!markup_listed(name, "src alt") || !markup_listed(element, "img audio")) {
            markup_note_add(c->arena, c->notes, "attribute-dropped", name);
        }
    }
}

/* A picture or sound whose file is there, or its description. */
static void put_media(struct cleaner *c, const xmlNode *node, const char *name) {
    const char *address = attribute_of(node, "src"), *alt = attribute_of(node, "alt"), *found = NULL;
    for (const xmlNode *child = node->children; child && !address; child = child->next)
        if (child->type == XML_ELEMENT_NODE && strcmp((const char *)child->name, "source") == 0)
            address = attribute_of(child, "src");
    if (address && markup_is_media(address))
        found = address;
    else if (address && c->media)
        found = c->media(c->ctx, c->arena, address);
    if (!found) {
        markup_note_add(c->arena, c->notes, "media-missing", address ? address : name);
        markup_put_text(c->out, alt ? alt : "", false);
        return;
    }
    buf_addf(c->out, "<%s", name);
    if (strcmp(name, "img") == 0) {
        buf_adds(c->out, " alt=\"");
        markup_put_text(c->out, alt && strlen(alt) <= 2000 ? alt : "", true);
        buf_addc(c->out, '"');
        for (const char *const *size = (const char *const[]){"height", "width", NULL}; *size; size++) {
            const char *value = attribute_of(node, *size);
            if (value && markup_attribute(name, *size, value))
                buf_addf(c->out, " %s=\"%s\"", *size, value);
        }
    }
    buf_addf(c->out, " src=\"%s\"/>", found);
}

/* Whether a block is to come out of it, however deep within what is left out. */
static bool holds_block(const xmlNode *parent) {
    for (const xmlNode *node = parent->children; node; node = node->next) {
        const char *name = node->type == XML_ELEMENT_NODE ? renamed(own_name(node)) : "script";
        if (markup_listed(name, BLOCKS) || strcmp(name, "div") == 0 || (!markup_listed(name, DROPPED) && holds_block(node)))
            return true;
    }
    return false;
}

static void put_link(struct cleaner *c, const xmlNode *node, int depth, bool tex) {
    const char *address = attribute_of(node, "href");
    clean_children(c, node, depth, tex);
    if (!address)
        return;
    markup_note_add(c->arena, c->notes, "link-dropped", address);
    buf_adds(c->out, " (");
    markup_put_text(c->out, address, false);
    buf_addc(c->out, ')');
}

/* A span that says nothing is left out without a word; a block within that has only words becomes a paragraph. */
static void put_silent(struct cleaner *c, const xmlNode *node, const char *name, int depth, bool tex) {
    const char *lang = attribute_of(node, "lang"), *gap = attribute_of(node, "data-gap");
    bool span = strcmp(name, "span") == 0;
    if (span && gap && markup_attribute("span", "data-gap", gap)) {
        buf_addf(c->out, "<span data-gap=\"%s\"/>", gap);
        return;
    }
    bool paragraph = strcmp(name, "div") == 0 && node->children && !holds_block(node) && depth > 0;
    const char *open = paragraph ? "p" : (span && lang && markup_attribute("span", "lang", lang) ? "span" : NULL);
    if (strcmp(name, "tbody") == 0)
        open = "tbody";
    for (const xmlAttr *a = node->properties; a; a = a->next)
        if (strcmp((const char *)a->name, "lang") != 0 && depth > 0)
            markup_note_add(c->arena, c->notes, "attribute-dropped", (const char *)a->name);
    if (open && strcmp(open, "span") == 0)
        buf_addf(c->out, "<span lang=\"%s\">", lang);
    else if (open)
        buf_addf(c->out, "<%s>", open);
    clean_children(c, node, depth, tex);
    if (open)
        buf_addf(c->out, "</%s>", open);
}

static void put_known(struct cleaner *c, const xmlNode *node, const char *name, int depth, bool tex) {
    bool heading = own_name(node)[0] == 'h' && isdigit((unsigned char)own_name(node)[1]);
    if (strcmp(name, "p") == 0 && holds_block(node)) { /* a paragraph holds no blocks */
        clean_children(c, node, depth, tex);
        return;
    }
    buf_addf(c->out, "<%s", name);
    put_attributes(c, node, name);
    if (strcmp(name, "br") == 0) {
        buf_adds(c->out, "/>");
        return;
    }
    buf_adds(c->out, heading ? "><strong>" : ">");
    clean_children(c, node, depth, tex && !markup_listed(name, "code pre"));
    buf_addf(c->out, "%s</%s>", heading ? "</strong>" : "", name);
}

static void clean_element(struct cleaner *c, const xmlNode *node, int depth, bool tex) {
    const char *own = own_name(node), *name = renamed(own);
    if (strcmp(name, "math") == 0)
        markup_put_math(c->out, node);
    else if (markup_listed(name, "img audio"))
        put_media(c, node, name);
    else if (strcmp(name, "a") == 0)
        put_link(c, node, depth + 1, tex);
    else if (markup_listed(name, DROPPED))
        markup_note_add(c->arena, c->notes, "content-dropped", name);
    else if (markup_listed(name, SILENT))
        put_silent(c, node, name, depth + 1, tex);
    else if (markup_listed(name, MARKUP_ELEMENTS))
        put_known(c, node, name, depth + 1, tex);
    else {
        markup_note_add(c->arena, c->notes, "element-dropped", own);
        clean_children(c, node, depth + 1, tex);
    }
}

static void clean_children(struct cleaner *c, const xmlNode *parent, int depth, bool tex) {
    for (const xmlNode *node = parent->children; node && !c->over; node = node->next) {
        if (depth > MARKUP_DEPTH_MAX || ++c->nodes > MARKUP_NODES_MAX) {
            c->over = true;
            markup_note_add(c->arena, c->notes, "limit", "");
            return;
        }
        if (node->type == XML_ELEMENT_NODE)
            clean_element(c, node, depth, tex);
        else if ((node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) && node->content)
            put_words(c, (const char *)node->content, tex);
    }
}

/* Cleaning may make more elements than it read, formulas above all. What is shorter than SMALL can pass no limit. */
enum { SMALL = 250 };

static const char *within_limits(struct cleaner *c, const char *markup) {
    struct markup_note note;
    if (!markup || strlen(markup) < SMALL || markup_check(c->arena, markup, &note))
        return markup;
    markup_note_add(c->arena, c->notes, note.code, note.detail ? note.detail : "");
    return arena_strdup(c->arena, "");
}

/* Plain words in one go: nothing to parse. */
static bool is_words(const char *text) {
    return !strpbrk(text, "<&");
}

const char *markup_clean(struct arena *arena, const char *html, markup_media_fn *media, void *ctx, struct markup_notes *notes) {
    struct markup_notes none = {0};
    struct buf out CLEANUP(buf_release);
    struct cleaner c = {.arena = arena, .out = &out, .media = media, .ctx = ctx, .notes = notes ? notes : &none};
    size_t len = strlen(html);
    buf_init(&out, 4 * MARKUP_MAX);
    if (!text_is_utf8(html, len)) {
        markup_note_add(arena, c.notes, "not-markup", "");
        return arena_strdup(arena, "");
    }
    if (is_words(html)) {
        put_words(&c, html, true);
    } else {
        xmlDocPtr doc = markup_parse_xml(html, len);
        if (!doc)
            doc = markup_parse_html(html, len);
        xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
        if (root)
            clean_children(&c, root, 0, true);
        else
            markup_note_add(arena, c.notes, "limit", "");
        xmlFreeDoc(doc);
    }
    if (!out.failed && out.len <= MARKUP_MAX)
        return within_limits(&c, arena_strndup(arena, out.data ? out.data : "", out.len));
    markup_note_add(arena, c.notes, "limit", "");
    return arena_strdup(arena, "");
}
