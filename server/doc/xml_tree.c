#include "khoacu/doc/xml.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

bool xml_is(const struct xml_node *node, const char *name) {
    return node && node->name && strcmp(node->name, name) == 0;
}

const char *xml_attr_ns(const struct xml_node *node, const char *ns, const char *name) {
    for (const struct xml_attr *attr = node ? node->attrs : NULL; attr; attr = attr->next)
        if (strcmp(attr->name, name) == 0 && strcmp(attr->ns, ns) == 0)
            return attr->value;
    return NULL;
}

const char *xml_attr(const struct xml_node *node, const char *name) {
    return xml_attr_ns(node, "", name);
}

static struct xml_node *from(struct xml_node *node, const char *name) {
    while (node && (!node->name || (name && strcmp(node->name, name) != 0)))
        node = node->next;
    return node;
}

struct xml_node *xml_child(const struct xml_node *node, const char *name) {
    return node ? from(node->first, name) : NULL;
}

struct xml_node *xml_next(const struct xml_node *node, const char *name) {
    return node ? from(node->next, name) : NULL;
}

struct xml_node *xml_walk(const struct xml_node *top, const struct xml_node *at) {
    struct xml_node *next = xml_child(at, NULL);
    while (!next && at && at != top) {
        next = xml_next(at, NULL);
        at = at->parent;
    }
    return next;
}

struct xml_node *xml_find(const struct xml_node *node, const char *name) {
    for (struct xml_node *at = xml_walk(node, node); at; at = xml_walk(node, at))
        if (strcmp(at->name, name) == 0)
            return at;
    return NULL;
}

static void add_texts(struct buf *out, const struct xml_node *node) {
    for (const struct xml_node *child = node->first; child; child = child->next)
        if (child->text)
            buf_adds(out, child->text);
        else
            add_texts(out, child);
}

const char *xml_text(struct arena *arena, const struct xml_node *node) {
    struct buf text;
    if (!node)
        return "";
    if (node->text)
        return node->text;
    if (node->first && !node->first->next && node->first->text)
        return node->first->text;
    buf_init(&text, XML_BYTES_MAX);
    add_texts(&text, node);
    const char *kept = text.failed ? NULL : arena_strndup(arena, text.data ? text.data : "", text.len);
    buf_release(&text);
    return kept;
}

static void put(struct buf *out, const char *text, const char *special) {
    while (*text) {
        size_t plain = strcspn(text, special);
        buf_add(out, text, plain);
        text += plain;
        switch (*text) {
        case '\0':
            return;
        case '&':
            buf_adds(out, "&amp;");
            break;
        case '<':
            buf_adds(out, "&lt;");
            break;
        case '>':
            buf_adds(out, "&gt;");
            break;
        case '"':
            buf_adds(out, "&quot;");
            break;
        default:
            buf_addf(out, "&#%d;", *text);
        }
        text++;
    }
}

void xml_put_text(struct buf *out, const char *text) {
    put(out, text, "&<>\r");
}

void xml_put_value(struct buf *out, const char *value) {
    put(out, value, "&<>\"\t\r\n");
}

void xml_put_attr(struct buf *out, const char *name, const char *value) {
    if (!value)
        return;
    buf_addf(out, " %s=\"", name);
    xml_put_value(out, value);
    buf_addc(out, '"');
}
