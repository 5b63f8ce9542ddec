#include "khoacu/doc/xml.h"

#include "tags.h"

#include "khoacu/base/text.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "khoacu/base/banned.h"

struct reading {
    struct arena *arena;
    xmlParserCtxtPtr parser;
    struct xml_node *root, *at; /* the element that is open */
    size_t depth, nodes;
    struct buf text; /* not yet a node */
    size_t text_line;
    bool peek; /* ends with the first element */
    enum err err;
    struct xml_error error;
};

static void fail(struct reading *reading, enum err err, const char *reason) {
    if (reading->err != ERR_NONE)
        return;
    reading->err = err;
    reading->error.reason = reason;
    if (reading->parser && reading->parser->input) {
        reading->error.line = (size_t)reading->parser->input->line;
        reading->error.column = (size_t)reading->parser->input->col;
    }
    if (reading->parser)
        xmlStopParser(reading->parser);
}

static struct xml_node *add_node(struct reading *reading, size_t line) {
    struct xml_node *node = ARENA_NEW(reading->arena, struct xml_node), *parent = reading->at;
    if (!node || ++reading->nodes > XML_NODES_MAX) {
        fail(reading, node ? ERR_LIMIT : ERR_MEMORY, "limit");
        return NULL;
    }
    node->parent = parent;
    node->line = line;
    node->ns = "";
    if (parent && parent->last)
        parent->last->next = node;
    else if (parent)
        parent->first = node;
    if (parent)
        parent->last = node;
    else
        reading->root = node;
    return node;
}

static void flush_text(struct reading *reading) {
    if (reading->text.failed)
        fail(reading, ERR_MEMORY, "limit");
    if (reading->text.len == 0 || reading->err != ERR_NONE || !reading->at)
        return;
    struct xml_node *node = add_node(reading, reading->text_line);
    if (node && !(node->text = arena_strndup(reading->arena, reading->text.data, reading->text.len)))
        fail(reading, ERR_MEMORY, "limit");
    buf_reset(&reading->text);
}

/* ---- what the parser tells ---- */

/* The tag ends at the parser's place; it began at the '<' before, which stands in no attribute. */
static size_t line_of_tag(const struct reading *reading) {
    const xmlParserInput *input = reading->parser->input;
    size_t line = (size_t)input->line;
    for (const xmlChar *at = input->cur; at > input->base && *at != '<';)
        if (*--at == '\n' && line > 1)
            line--;
    return line;
}

static const char *keep(struct reading *reading, const xmlChar *text) {
    const char *kept = text ? arena_strdup(reading->arena, (const char *)text) : "";
    if (!kept)
        fail(reading, ERR_MEMORY, "limit");
    return kept;
}

static void add_attrs(struct reading *reading, struct xml_node *node, int count, const xmlChar **list) {
    struct xml_attr **end = &node->attrs;
    for (int i = 0; i < count && reading->err == ERR_NONE; i++, list += 5) {
        struct xml_attr *attr = ARENA_NEW(reading->arena, struct xml_attr);
        if (!attr || ++reading->nodes > XML_NODES_MAX) {
            fail(reading, attr ? ERR_LIMIT : ERR_MEMORY, "limit");
            return;
        }
        attr->name = keep(reading, list[0]);
        attr->ns = keep(reading, list[2]);
        attr->value = arena_strndup(reading->arena, (const char *)list[3], (size_t)(list[4] - list[3]));
        if (!attr->value)
            fail(reading, ERR_MEMORY, "limit");
        *end = attr;
        end = &attr->next;
    }
}

static void open_element(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int ns_count,
                         const xmlChar **namespaces, int attr_count, int defaulted, const xmlChar **attrs) {
    struct reading *reading = ctx;
    (void)prefix;
    (void)ns_count;
    (void)namespaces;
    (void)defaulted;
    if (reading->err != ERR_NONE)
        return;
    flush_text(reading);
    /* Each prefix is looked for among all namespaces that hold here. */
    if (reading->parser->nsNr > 2 * XML_NAMESPACES_MAX) {
        fail(reading, ERR_LIMIT, "limit");
        return;
    }
    if (++reading->depth > XML_DEPTH_MAX) {
        fail(reading, ERR_LIMIT, "depth");
        return;
    }
    struct xml_node *node = add_node(reading, line_of_tag(reading));
    if (!node)
        return;
    node->name = keep(reading, name);
    node->ns = keep(reading, uri);
    reading->at = node;
    if (reading->peek)
        xmlStopParser(reading->parser);
    else
        add_attrs(reading, node, attr_count, attrs);
}

static void close_element(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri) {
    struct reading *reading = ctx;
    (void)name;
    (void)prefix;
    (void)uri;
    if (reading->err != ERR_NONE || !reading->at)
        return;
    flush_text(reading);
    reading->depth--;
    reading->at = reading->at->parent;
}

static void add_text(void *ctx, const xmlChar *text, int len) {
    struct reading *reading = ctx;
    if (reading->err != ERR_NONE)
        return;
    if (reading->text.len == 0)
        reading->text_line = (size_t)reading->parser->input->line;
    buf_add(&reading->text, text, (size_t)len);
}

static void see_doctype(void *ctx, const xmlChar *name, const xmlChar *external, const xmlChar *system_id) {
    (void)name;
    (void)external;
    (void)system_id;
    fail(ctx, ERR_SYNTAX, "doctype");
}

static void see_reference(void *ctx, const xmlChar *name) {
    (void)name;
    fail(ctx, ERR_SYNTAX, "entity");
}

static void see_error(void *ctx, xmlErrorPtr error) {
    struct reading *reading = ctx;
    if (error->level < XML_ERR_ERROR || reading->err != ERR_NONE)
        return;
    bool entity = error->code == XML_ERR_UNDECLARED_ENTITY || error->code == XML_WAR_UNDECLARED_ENTITY;
    bool memory = error->code == XML_ERR_NO_MEMORY;
    fail(reading, memory ? ERR_MEMORY : ERR_SYNTAX, entity ? "entity" : "syntax");
    if (error->line > 0)
        reading->error.line = (size_t)error->line;
    (void)snprintf(reading->error.detail, sizeof reading->error.detail, "%s", error->message ? error->message : "");
    for (char *at = reading->error.detail; *at; at++)
        if (*at == '\n')
            *at = at[1] ? ' ' : '\0';
}

/* ---- encodings ---- */

/* What the declaration says, if there is one: only UTF-8 and its subset are read. */
static bool encoding_fits(const char *bytes, size_t len) {
    const char *end = len > 5 && memcmp(bytes, "<?xml", 5) == 0 ? memmem(bytes, len < 512 ? len : 512, "?>", 2) : NULL;
    const char *at = end ? memmem(bytes, (size_t)(end - bytes), "encoding", 8) : NULL;
    if (!at)
        return true;
    for (at += 8; at < end && *at != '"' && *at != '\'';)
        at++;
    static const char *const NAMES[] = {"utf-8", "utf8", "us-ascii", "ascii"};
    for (size_t i = 0; at < end && i < sizeof NAMES / sizeof *NAMES; i++) {
        size_t name = strlen(NAMES[i]);
        if ((size_t)(end - at) > name + 1 && strncasecmp(at + 1, NAMES[i], name) == 0 && at[name + 1] == *at)
            return true;
    }
    return false;
}

/* Valid UTF-8 up to a character that the end of the piece cuts. */
static bool starts_as_utf8(const char *bytes, size_t len) {
    for (size_t cut = 0; cut < 4 && cut < len; cut++)
        if (text_is_utf8(bytes, len - cut))
            return true;
    return false;
}

/* ---- reading ---- */

static void run(struct reading *reading, const char *bytes, size_t len) {
    if (len == 0) { /* the library takes no empty document */
        fail(reading, ERR_SYNTAX, "syntax");
        return;
    }
    reading->parser = xmlCreateMemoryParserCtxt(bytes, (int)len);
    if (!reading->parser) {
        fail(reading, ERR_MEMORY, "limit");
        return;
    }
    (void)xmlCtxtUseOptions(reading->parser, XML_PARSE_NONET);
    *reading->parser->sax = (xmlSAXHandler){.initialized = XML_SAX2_MAGIC,
                                           .internalSubset = see_doctype,
                                           .externalSubset = see_doctype,
                                           .reference = see_reference,
                                           .startElementNs = open_element,
                                           .endElementNs = close_element,
                                           .characters = add_text,
                                           .ignorableWhitespace = add_text,
                                           .cdataBlock = add_text,
                                           .serror = see_error};
    reading->parser->userData = reading;
    (void)xmlParseDocument(reading->parser);
    if (!reading->parser->wellFormed && !reading->peek)
        fail(reading, ERR_SYNTAX, "syntax");
    if (reading->parser->myDoc)
        xmlFreeDoc(reading->parser->myDoc);
    xmlFreeParserCtxt(reading->parser);
    reading->parser = NULL;
}

static void skip_bom(const char **bytes, size_t *len) {
    if (*len >= 3 && memcmp(*bytes, "\xef\xbb\xbf", 3) == 0) {
        *bytes += 3;
        *len -= 3;
    }
}

enum err xml_read(struct arena *arena, const char *bytes, size_t len, struct xml_node **ret_root,
                  struct xml_error *ret_error) {
    struct reading reading = {.arena = arena};
    skip_bom(&bytes, &len);
    buf_init(&reading.text, XML_BYTES_MAX);
    if (len > XML_BYTES_MAX)
        fail(&reading, ERR_LIMIT, "limit");
    else if (!text_is_utf8(bytes, len) || !encoding_fits(bytes, len))
        fail(&reading, ERR_SYNTAX, "encoding");
    else if (!len) /* the library would take it for a lack of memory */
        fail(&reading, ERR_SYNTAX, "syntax");
    else if (!tags_fit(true, bytes, len, &reading.error.line))
        fail(&reading, ERR_LIMIT, "limit");
    else
        run(&reading, bytes, len);
    if (reading.err == ERR_NONE && !reading.root)
        fail(&reading, ERR_SYNTAX, "syntax");
    buf_release(&reading.text);
    if (reading.err == ERR_NONE)
        *ret_root = reading.root;
    else if (ret_error)
        *ret_error = reading.error;
    return reading.err;
}

bool xml_peek(struct arena *arena, const char *bytes, size_t len, const char **ret_name, const char **ret_ns) {
    struct reading reading = {.arena = arena, .peek = true};
    enum { HEAD = 64 * 1024 };
    skip_bom(&bytes, &len);
    len = len < HEAD ? len : HEAD;
    if (!starts_as_utf8(bytes, len) || !encoding_fits(bytes, len))
        return false;
    if (!tags_fit(true, bytes, len, NULL))
        return false;
    buf_init(&reading.text, HEAD);
    run(&reading, bytes, len);
    buf_release(&reading.text);
    if (!reading.root || !reading.root->name)
        return false;
    *ret_name = reading.root->name;
    *ret_ns = reading.root->ns;
    return true;
}
