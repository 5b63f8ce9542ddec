#include "markup_private.h"

#include "khoacu/base/text.h"

#include <libxml/parser.h>
#include <string.h>

#include "khoacu/base/banned.h"

struct check {
    struct arena *arena;
    struct markup_note note;
    int nodes;
    const char **gaps; /* counted when NULL */
    size_t gap_count;
};

static bool fault(struct check *c, const char *code, const char *detail) {
    if (!c->note.code)
        c->note = (struct markup_note){.code = code, .detail = arena_strndup(c->arena, detail, strnlen(detail, 120))};
    return false;
}

static const char *value_of(const xmlAttr *attribute) {
    const xmlNode *text = attribute->children;
    return text && text->type == XML_TEXT_NODE && text->content && !text->next ? (const char *)text->content : "";
}

static bool is_math(const xmlNode *node) {
    return node->ns && node->ns->href && strcmp((const char *)node->ns->href, MARKUP_MATHML) == 0 && !node->ns->prefix;
}

static bool check_attributes(struct check *c, const xmlNode *node, bool math) {
    const char *name = (const char *)node->name;
    for (const xmlAttr *a = node->properties; a; a = a->next) {
        const char *attribute = (const char *)a->name, *value = value_of(a);
        bool listed = math ? markup_math_attribute(attribute, value) : markup_attribute(name, attribute, value);
        if (math && strcmp(name, "math") == 0)
            listed = strcmp(attribute, "display") == 0 && markup_listed(value, "block inline");
        if (math && strcmp(name, "annotation") == 0)
            listed = strcmp(attribute, "encoding") == 0 && strcmp(value, "application/x-tex") == 0;
        if (a->ns || !listed)
            return fault(c, "attribute-dropped", attribute);
    }
    return true;
}

/* A picture without its file, a gap that holds something. */
static bool check_parts(struct check *c, const xmlNode *node) {
    const char *name = (const char *)node->name;
    bool gap = false, source = false;
    for (const xmlAttr *a = node->properties; a; a = a->next) {
        gap = gap || strcmp((const char *)a->name, "data-gap") == 0;
        source = source || strcmp((const char *)a->name, "src") == 0;
        if (strcmp((const char *)a->name, "data-gap") == 0) {
            if (c->gaps)
                c->gaps[c->gap_count] = arena_strdup(c->arena, value_of(a));
            c->gap_count++;
        }
    }
    if (markup_listed(name, "img audio") && !source)
        return fault(c, "media-missing", name);
    if ((gap || markup_listed(name, "img audio br")) && node->children)
        return fault(c, "not-markup", name);
    return true;
}

static bool check_nodes(struct check *c, const xmlNode *parent, int depth, bool math) {
    for (const xmlNode *node = parent->children; node; node = node->next) {
        if (++c->nodes > MARKUP_NODES_MAX || depth > MARKUP_DEPTH_MAX)
            return fault(c, "limit", "");
        if (node->type == XML_TEXT_NODE)
            continue;
        if (node->type != XML_ELEMENT_NODE)
            return fault(c, "not-markup", "");
        const char *name = (const char *)node->name;
        bool here = math || strcmp(name, "math") == 0;
        if (here ? !is_math(node) || (strcmp(name, "math") == 0 ? math : !markup_math_element(name))
                 : node->ns || !markup_listed(name, MARKUP_ELEMENTS))
            return fault(c, "element-dropped", name);
        if (!check_attributes(c, node, here) || (!here && !check_parts(c, node)) || !check_nodes(c, node, depth + 1, here))
            return false;
    }
    return true;
}

static bool walk(struct check *c, const char *markup) {
    size_t len = strlen(markup);
    if (len > MARKUP_MAX)
        return fault(c, "limit", "");
    if (!text_is_utf8(markup, len))
        return fault(c, "not-markup", "");
    xmlDocPtr doc = markup_parse_xml(markup, len);
    if (!doc)
        return fault(c, "not-markup", "");
    const xmlNode *root = xmlDocGetRootElement(doc);
    bool holds = root && !root->next && check_nodes(c, root, 0, false);
    xmlFreeDoc(doc);
    return holds;
}

bool markup_check(struct arena *arena, const char *markup, struct markup_note *ret_note) {
    struct check c = {.arena = arena};
    bool holds = walk(&c, markup);
    if (ret_note)
        *ret_note = c.note;
    return holds;
}

bool markup_gaps(struct arena *arena, const char *markup, const char *const **ret_ids, size_t *ret_count) {
    struct check c = {.arena = arena};
    (void)walk(&c, markup);
    size_t count = c.gap_count;
    *ret_count = 0;
    const char **ids = ARENA_ARRAY(arena, count + 1, const char *);
    if (!ids)
        return false;
    c = (struct check){.arena = arena, .gaps = ids};
    if (count > 0)
        (void)walk(&c, markup);
    *ret_ids = ids;
    *ret_count = count;
    return !arena->failed;
}
