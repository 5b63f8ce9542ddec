#include "qti.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define MATHML "http://www.w3.org/1998/Math/MathML"

const char *const QTI_MEDIA_SUFFIXES[] = {".png", ".jpg", ".gif", ".webp", ".wav", ".ogg", ".mp3", ".m4a", NULL};

const char *qti_media_file(struct arena *arena, const char *sha256, const char *type) {
    static const char *const TYPES[] = {"image/png", "image/jpeg", "image/gif", "image/webp", "audio/wav", "audio/ogg", "audio/mpeg", "audio/mp4"};
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++)
        if (type && strcmp(TYPES[i], type) == 0)
            return arena_printf(arena, "media/%s%s", sha256, QTI_MEDIA_SUFFIXES[i]);
    return NULL;
}

/* ---- elements ---- */

static void put_name(struct qti_put *put, const char *name) {
    if (!put->three) {
        buf_adds(put->out, name);
        return;
    }
    buf_adds(put->out, "qti-");
    qti_put_kebab(put->out, name);
}

void qti_open(struct qti_put *put, const char *name) {
    buf_addc(put->out, '<');
    put_name(put, name);
}

void qti_end(struct qti_put *put, const char *name) {
    buf_adds(put->out, "</");
    put_name(put, name);
    buf_addc(put->out, '>');
}

void qti_attr(struct qti_put *put, const char *name, const char *value) {
    if (!value)
        return;
    buf_addc(put->out, ' ');
    if (put->three)
        qti_put_kebab(put->out, name);
    else
        buf_adds(put->out, name);
    buf_adds(put->out, "=\"");
    xml_put_value(put->out, value);
    buf_addc(put->out, '"');
}

void qti_attr_number(struct qti_put *put, const char *name, int64_t value) {
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)value);
    qti_attr(put, name, text);
}

void qti_element(struct qti_put *put, const char *name, const char *text) {
    qti_open(put, name);
    buf_addc(put->out, '>');
    xml_put_text(put->out, text);
    qti_end(put, name);
}

const char *qti_id(struct qti_put *put, const char *id) {
    if (isalpha((unsigned char)id[0]) || id[0] == '_')
        return id;
    const char *made = arena_printf(put->arena, "o.%s", id);
    return made ? made : "";
}

/* ---- markup ---- */

struct text {
    struct qti_put *put;
    qti_gap_fn *gap;
    const void *ctx;
};

static void put_nodes(const struct text *text, const struct xml_node *parent);

static const char *address_of(struct qti_put *put, const struct xml_node *node) {
    const char *src = xml_attr(node, "src"), *found = NULL;
    if (src && strncmp(src, "media:", 6) == 0)
        found = put->media(put->ctx, put->arena, src + 6);
    return found ? found : src;
}

static void put_attributes(const struct text *text, const struct xml_node *node) {
    struct buf *out = text->put->out;
    for (const struct xml_attr *attr = node->attrs; attr; attr = attr->next) {
        const char *value = strcmp(attr->name, "src") == 0 ? address_of(text->put, node) : attr->value;
        bool lang = strcmp(attr->name, "lang") == 0 && !text->put->three;
        xml_put_attr(out, lang ? "xml:lang" : attr->name, value);
    }
}

static void put_element(const struct text *text, const struct xml_node *node) {
    struct buf *out = text->put->out;
    const char *gap = xml_attr(node, "data-gap"), *name = node->name;
    bool three = text->put->three;
    if (gap && text->gap) {
        text->gap(text->put, text->ctx, gap);
        return;
    }
    /* QTI 2.1 is older than HTML 5. */
    if (!three && strcmp(name, "audio") == 0) {
        buf_adds(out, "<object type=\"audio/*\"");
        xml_put_attr(out, "data", address_of(text->put, node));
        buf_adds(out, "/>");
        return;
    }
    bool under = !three && strcmp(name, "u") == 0;
    buf_addf(out, "<%s", under ? "span" : name);
    if (under)
        xml_put_attr(out, "class", "underline");
    if (strcmp(name, "math") == 0)
        xml_put_attr(out, "xmlns", MATHML);
    put_attributes(text, node);
    if (!node->first) {
        buf_adds(out, "/>");
        return;
    }
    buf_addc(out, '>');
    put_nodes(text, node);
    buf_addf(out, "</%s>", under ? "span" : name);
}

static void put_nodes(const struct text *text, const struct xml_node *parent) {
    for (const struct xml_node *node = parent->first; node; node = node->next)
        if (node->text)
            xml_put_text(text->put->out, node->text);
        else
            put_element(text, node);
}

void qti_put_text(struct qti_put *put, const struct item_text *from, qti_gap_fn *gap, const void *ctx) {
    const char *markup = exchange_in_lang(from, put->lang);
    struct text text = {.put = put, .gap = gap, .ctx = ctx};
    struct xml_node *root = NULL;
    struct buf whole;
    if (!markup || !*markup)
        return;
    buf_init(&whole, EXCHANGE_ITEM_BYTES_MAX);
    buf_adds(&whole, "<m>");
    buf_adds(&whole, markup);
    buf_adds(&whole, "</m>");
    enum err err = whole.failed ? ERR_MEMORY : xml_read(put->arena, whole.data, whole.len, &root, NULL);
    buf_release(&whole);
    if (err == ERR_NONE)
        put_nodes(&text, root);
    else if (err == ERR_MEMORY)
        put->out->failed = true;
    else
        xml_put_text(put->out, markup);
}
