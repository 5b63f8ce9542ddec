/* xml.h: small XML documents as trees, read strictly; and the escapes for writing.
 *
 * A document is read by libxml2 into a tree in an arena: elements with their namespaces, attributes, texts (CDATA is
 * text; comments and instructions are left out), each element with the line where its tag begins. UTF-8 only, with or
 * without BOM; a DOCTYPE ends the reading, so there are no entities but the five of XML and numbers; nothing outside the
 * bytes is read, neither file nor network.
 *
 * Limits: XML_BYTES_MAX, XML_DEPTH_MAX elements deep, XML_NODES_MAX elements, texts and attributes together, 200 attributes
 * a tag, XML_NAMESPACES_MAX declarations of namespaces at one place, and the arena's own.
 *
 * Used by: exchange. Uses: base, libxml2. Threads: any.
 */
#ifndef KHOACU_DOC_XML_H
#define KHOACU_DOC_XML_H

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"
#include "khoacu/base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define XML_BYTES_MAX ((size_t)64 << 20)
#define XML_DEPTH_MAX 100
#define XML_NODES_MAX 1000000
#define XML_NAMESPACES_MAX 256

struct xml_attr {
    const char *name; /* local */
    const char *ns;   /* URI, "" none; "http://www.w3.org/XML/1998/namespace" of xml:lang */
    const char *value;
    struct xml_attr *next;
};
struct xml_node {
    const char *name; /* local; NULL: a text */
    const char *ns;   /* URI, "" none */
    const char *text; /* of a text, else NULL */
    size_t line;      /* 1-based */
    struct xml_attr *attrs;
    struct xml_node *parent, *first, *last, *next;
};
struct xml_error {
    size_t line, column; /* 1-based; 0 unknown */
    const char *reason;  /* "encoding", "doctype", "entity", "syntax", "depth", "limit" */
    char detail[160];    /* what the library says, in English, without line break; may be "" */
};

/* ERR_SYNTAX or ERR_LIMIT with ret_error (may be NULL) filled; ERR_MEMORY. */
enum err xml_read(struct arena *arena, const char *bytes, size_t len, struct xml_node **ret_root,
                  struct xml_error *ret_error) MUST_CHECK;
/* Local name and namespace of the root element from the first bytes of a document, without reading the rest: what kind of
 * file it is. False: no XML that xml_read would begin to read. */
bool xml_peek(struct arena *arena, const char *bytes, size_t len, const char **ret_name, const char **ret_ns);

/* All accept NULL for the node and then find nothing. Names are local ones. */
bool xml_is(const struct xml_node *node, const char *name);
const char *xml_attr(const struct xml_node *node, const char *name); /* without namespace; NULL: none */
const char *xml_attr_ns(const struct xml_node *node, const char *ns, const char *name);
struct xml_node *xml_child(const struct xml_node *node, const char *name); /* first child element; NULL: any name */
struct xml_node *xml_next(const struct xml_node *node, const char *name);  /* next sibling element */
struct xml_node *xml_find(const struct xml_node *node, const char *name);  /* first below it, in document order */
/* The element after `at` below `top` in document order, or NULL; begins with at = top. */
struct xml_node *xml_walk(const struct xml_node *top, const struct xml_node *at);
/* All text below it, one after the other; "" when there is none, NULL: no memory. */
const char *xml_text(struct arena *arena, const struct xml_node *node);

/* Appends text with & < > escaped, and in attributes also the quote, tabs and line breaks. */
void xml_put_text(struct buf *out, const char *text);
void xml_put_value(struct buf *out, const char *value);
/* ` name="value"`; nothing when value is NULL. */
void xml_put_attr(struct buf *out, const char *name, const char *value);

#endif
