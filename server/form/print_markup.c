#include "print_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define DEPTH_MAX 60
#define CELLS_MAX 2000
#define TALL 30.0 /* a picture taller than this stands alone */

/* ---- reading: markup is well-formed where it is stored; what is not ends the reading ---- */

struct reader {
    struct arena *arena;
    const char *at;
};

/* One character of an entity, or false. */
static bool entity(struct reader *reader, struct buf *out) {
    static const struct {
        const char *name, *text;
    } named[] = {{"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}};
    const char *end = memchr(reader->at, ';', strnlen(reader->at, 12));
    if (!end)
        return false;
    size_t len = (size_t)(end - reader->at - 1);
    const char *name = reader->at + 1;
    reader->at = end + 1;
    if (*name == '#') {
        unsigned long point = name[1] == 'x' ? strtoul(name + 2, NULL, 16) : strtoul(name + 1, NULL, 10);
        if (point < 0x80) {
            buf_addc(out, (char)point);
        } else if (point < 0x800) {
            buf_addc(out, (char)(0xC0 | point >> 6)), buf_addc(out, (char)(0x80 | (point & 63)));
        } else if (point < 0x10000) {
            buf_addc(out, (char)(0xE0 | point >> 12)), buf_addc(out, (char)(0x80 | (point >> 6 & 63)));
            buf_addc(out, (char)(0x80 | (point & 63)));
        } else if (point < 0x110000) {
            buf_addc(out, (char)(0xF0 | point >> 18)), buf_addc(out, (char)(0x80 | (point >> 12 & 63)));
            buf_addc(out, (char)(0x80 | (point >> 6 & 63))), buf_addc(out, (char)(0x80 | (point & 63)));
        }
        return true;
    }
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
        if (strlen(named[i].name) == len && memcmp(named[i].name, name, len) == 0)
            buf_adds(out, named[i].text);
    return true;
}

/* Text up to one of the stops. */
static const char *read_text(struct reader *reader, const char *stops) {
    struct buf out;
    buf_init(&out, 1 << 20);
    while (*reader->at && !strchr(stops, *reader->at)) {
        if (*reader->at != '&' || !entity(reader, &out))
            buf_addc(&out, *reader->at++);
    }
    const char *text = arena_strdup(reader->arena, out.data ? out.data : "");
    buf_release(&out);
    return text;
}

static const char *read_name(struct reader *reader) {
    size_t len = strcspn(reader->at, " \t\r\n/>=");
    const char *name = arena_strndup(reader->arena, reader->at, len);
    reader->at += len;
    const char *colon = name ? strchr(name, ':') : NULL; /* <m:math> is <math> */
    return colon && strncmp(name, "xml", 3) != 0 ? colon + 1 : name;
}

static void skip_blanks(struct reader *reader) {
    reader->at += strspn(reader->at, " \t\r\n");
}

static void read_attributes(struct reader *reader, struct print_node *node) {
    for (skip_blanks(reader); *reader->at && *reader->at != '>' && *reader->at != '/'; skip_blanks(reader)) {
        const char *name = read_name(reader), *value = "";
        skip_blanks(reader);
        if (*reader->at == '=') {
            reader->at++;
            skip_blanks(reader);
            char stop[2] = {*reader->at, '\0'};
            if (*stop != '"' && *stop != '\'')
                return;
            reader->at++;
            value = read_text(reader, stop);
            reader->at += *reader->at != '\0';
        } else if (!name || !*name) {
            return;
        }
        if (node->attribute_count < sizeof node->names / sizeof node->names[0]) {
            node->names[node->attribute_count] = name;
            node->values[node->attribute_count++] = value;
        }
    }
}

static struct print_node *add_node(struct reader *reader, struct print_node *parent) {
    struct print_node *node = ARENA_NEW(reader->arena, struct print_node);
    if (!node)
        return NULL;
    node->last = &node->first;
    *parent->last = node;
    parent->last = &node->next;
    return node;
}

static void read_children(struct reader *reader, struct print_node *parent, int depth) {
    while (*reader->at) {
        if (*reader->at != '<') {
            const char *text = read_text(reader, "<");
            struct print_node *node = add_node(reader, parent);
            if (!node)
                return;
            node->text = text;
            continue;
        }
        if (reader->at[1] == '/' || reader->at[1] == '!' || reader->at[1] == '?') {
            bool closing = reader->at[1] == '/';
            const char *end = strchr(reader->at, '>');
            reader->at = end ? end + 1 : reader->at + strlen(reader->at);
            if (closing)
                return;
            continue;
        }
        reader->at++;
        struct print_node *node = add_node(reader, parent);
        if (!node || depth >= DEPTH_MAX)
            return;
        node->tag = read_name(reader);
        read_attributes(reader, node);
        bool empty = *reader->at == '/';
        const char *end = strchr(reader->at, '>');
        reader->at = end ? end + 1 : reader->at + strlen(reader->at);
        if (!empty)
            read_children(reader, node, depth + 1);
    }
}

static struct print_node *parse(struct print *print, const char *markup) {
    struct reader reader = {.arena = print->arena, .at = markup};
    struct print_node *root = ARENA_NEW(print->arena, struct print_node);
    if (!root)
        return NULL;
    root->tag = "";
    root->last = &root->first;
    read_children(&reader, root, 0);
    return root;
}

const char *print_attribute(const struct print_node *node, const char *name) {
    for (size_t i = 0; i < node->attribute_count; i++)
        if (node->names[i] && strcmp(node->names[i], name) == 0)
            return node->values[i];
    return NULL;
}

bool print_is(const struct print_node *node, const char *tag) {
    return node->tag && strcmp(node->tag, tag) == 0;
}

/* ---- in a line ---- */

struct flow {
    struct print *print;
    const struct print_look *look;
    struct pdf_text *text; /* the paragraph at hand, or NULL */
    bool blank;            /* what was written last ended with a blank, or nothing was */
    bool single;           /* everything into one text */
    bool pre;
    size_t gaps;
    double indent;
};

static struct pdf_text *line(struct flow *flow) {
    if (!flow->text) {
        flow->text = pdf_text(flow->print->pdf);
        flow->blank = true;
    }
    return flow->text;
}

/* Runs of blanks count as one, as on a screen. */
static void put_words(struct flow *flow, const char *words, unsigned style) {
    struct buf out;
    buf_init(&out, 1 << 20);
    for (const char *at = words; *at; at++) {
        bool blank = *at == ' ' || *at == '\t' || *at == '\n' || *at == '\r';
        if (flow->pre && *at == '\n')
            buf_adds(&out, "\xE2\x80\xA8");
        else if (flow->pre && blank)
            buf_adds(&out, "\xC2\xA0");
        else if (!blank)
            buf_addc(&out, *at);
        else if (!flow->blank)
            buf_addc(&out, ' ');
        flow->blank = blank && !flow->pre;
    }
    if (out.len > 0)
        pdf_text_add(line(flow), out.data, style);
    buf_release(&out);
}

static void flush(struct flow *flow, bool last) {
    if (flow->single || !flow->text)
        return;
    struct pdf_look look = {.align = flow->look->align, .indent = flow->indent, .after = flow->look->after,
                            .keep_next = last && flow->look->keep_last, .role = flow->pre ? PDF_CODE : PDF_P};
    if (flow->pre || flow->look->align != PDF_JUSTIFY)
        look.align = PDF_LEFT;
    if (!pdf_text_empty(flow->text))
        pdf_paragraph(flow->print->pdf, flow->text, &look);
    flow->text = NULL;
}

static void break_line(struct flow *flow) {
    if (!pdf_text_empty(line(flow)))
        pdf_text_break(line(flow));
    flow->blank = true;
}

static const struct pdf_image *find_image(struct flow *flow, const struct print_node *node) {
    const struct print_form *form = flow->print->form;
    const char *source = print_attribute(node, "src");
    const void *bytes = NULL;
    size_t len = 0;
    if (!source || strncmp(source, "media:", 6) != 0 || !form->media || !form->media(form->media_ctx, source + 6, &bytes, &len))
        return NULL;
    return pdf_image(flow->print->pdf, bytes, len);
}

static void put_image(struct flow *flow, const struct print_node *node) {
    const char *alt = print_attribute(node, "alt"), *wide = print_attribute(node, "width");
    const struct pdf_image *image = find_image(flow, node);
    if (!image) {
        put_words(flow, print_words(flow->print, PRINT_PICTURE, alt ? alt : ""), PDF_ITALIC);
        return;
    }
    double width, height, points = wide ? strtod(wide, NULL) * 0.75 : 0;
    pdf_image_size(image, &width, &height);
    points = points > 0 ? points : width * 0.75;
    if (flow->single || points * height / width <= TALL) {
        pdf_text_image(line(flow), image, points);
        flow->blank = false;
        return;
    }
    flush(flow, false);
    pdf_figure(flow->print->pdf, image, points, alt);
}

static void put_nodes(struct flow *flow, const struct print_node *node, unsigned style);

static unsigned style_of(const struct print_node *node) {
    static const struct {
        const char *tag;
        unsigned style;
    } styles[] = {{"strong", PDF_BOLD}, {"b", PDF_BOLD}, {"em", PDF_ITALIC}, {"i", PDF_ITALIC}, {"u", PDF_UNDERLINE},
                  {"sub", PDF_SUB},     {"sup", PDF_SUP}, {"code", PDF_MONO}, {"th", PDF_BOLD},  {"caption", PDF_ITALIC}};
    for (size_t i = 0; i < sizeof styles / sizeof styles[0]; i++)
        if (print_is(node, styles[i].tag))
            return styles[i].style;
    return 0;
}

/* Where an inline choice stands: its number and a line. */
static void put_gap(struct flow *flow) {
    char mark[40];
    snprintf(mark, sizeof mark, "(%zu)\xC2\xA0__________", ++flow->gaps);
    pdf_text_add(line(flow), mark, PDF_BOLD);
    flow->blank = false;
}

/* ---- blocks ---- */

static struct pdf_text *text_of(struct flow *flow, const struct print_node *node) {
    struct flow inner = {.print = flow->print, .look = flow->look, .single = true, .blank = true};
    inner.text = pdf_text(flow->print->pdf);
    put_nodes(&inner, node->first, 0);
    return inner.text;
}

static size_t span_of(const struct print_node *cell, const char *name) {
    const char *value = print_attribute(cell, name);
    long number = value ? strtol(value, NULL, 10) : 1;
    return number < 1 ? 1 : number > 40 ? 40 : (size_t)number;
}

struct table_reading {
    struct pdf_cell *cells;
    size_t cell_count, *row_cells, rows, columns, head_rows;
};

static void read_rows(struct flow *flow, const struct print_node *node, bool head, struct table_reading *table) {
    for (; node; node = node->next) {
        if (print_is(node, "thead") || print_is(node, "tbody") || print_is(node, "tfoot")) {
            read_rows(flow, node->first, print_is(node, "thead"), table);
        } else if (print_is(node, "tr") && table->rows < CELLS_MAX) {
            size_t wide = 0, *count = &table->row_cells[table->rows++];
            for (const struct print_node *cell = node->first; cell; cell = cell->next) {
                if ((!print_is(cell, "td") && !print_is(cell, "th")) || table->cell_count >= CELLS_MAX)
                    continue;
                struct pdf_cell *own = &table->cells[table->cell_count++];
                own->text = text_of(flow, cell);
                own->across = (unsigned)span_of(cell, "colspan");
                own->down = (unsigned)span_of(cell, "rowspan");
                own->head = print_is(cell, "th");
                wide += own->across;
                (*count)++;
            }
            table->columns = wide > table->columns ? wide : table->columns;
            table->head_rows += head && table->head_rows + 1 == table->rows;
        }
    }
}

static void put_table(struct flow *flow, const struct print_node *node) {
    struct print *print = flow->print;
    struct table_reading table = {.cells = ARENA_ARRAY(print->arena, CELLS_MAX, struct pdf_cell),
                                  .row_cells = ARENA_ARRAY(print->arena, CELLS_MAX, size_t)};
    flush(flow, false);
    if (!table.cells || !table.row_cells)
        return;
    for (const struct print_node *part = node->first; part; part = part->next)
        if (print_is(part, "caption"))
            pdf_paragraph(print->pdf, text_of(flow, part), &(struct pdf_look){.role = PDF_CAPTION, .align = PDF_CENTRE, .after = 2, .keep_next = true});
    read_rows(flow, node->first, false, &table);
    pdf_table(print->pdf, &(struct pdf_table){.cells = table.cells, .row_cells = table.row_cells, .rows = table.rows,
                                              .columns = table.columns, .head_rows = table.head_rows, .size = pdf_size(print->pdf) - 0.5});
}

static void put_list(struct flow *flow, const struct print_node *node) {
    size_t number = 0;
    flush(flow, false);
    pdf_open(flow->print->pdf, PDF_LIST);
    for (const struct print_node *entry = node->first; entry; entry = entry->next) {
        if (!print_is(entry, "li"))
            continue;
        char label[24] = "–";
        if (print_is(node, "ol"))
            snprintf(label, sizeof label, "%zu.", ++number);
        struct pdf_entry line_of = {.label = arena_strdup(flow->print->arena, label), .text = text_of(flow, entry)};
        pdf_entries(flow->print->pdf, &line_of, 1, flow->indent + 10, 18);
    }
    pdf_close(flow->print->pdf);
}

static void put_block(struct flow *flow, const struct print_node *node, unsigned style) {
    bool outer_pre = flow->pre;
    double outer_indent = flow->indent;
    /* The first paragraph goes on behind the item's number. */
    if (flow->single && !pdf_text_empty(line(flow)) && !flow->blank)
        break_line(flow);
    if (flow->text && !flow->single && !flow->blank)
        flush(flow, false);
    if (print_is(node, "pre")) {
        flush(flow, false);
        flow->pre = true;
        style |= PDF_MONO;
    }
    if (print_is(node, "blockquote")) {
        flush(flow, false);
        flow->indent += 18;
    }
    put_nodes(flow, node->first, style);
    flush(flow, !node->next);
    flow->pre = outer_pre;
    flow->indent = outer_indent;
}

static void put_node(struct flow *flow, const struct print_node *node, unsigned style) {
    if (!node->tag) {
        put_words(flow, node->text, style);
    } else if (print_is(node, "br")) {
        break_line(flow);
    } else if (print_is(node, "img")) {
        put_image(flow, node);
    } else if (print_is(node, "audio")) {
        put_words(flow, print_word(flow->print, PRINT_AUDIO), PDF_ITALIC);
    } else if (print_is(node, "math")) {
        pdf_text_math(line(flow), print_math(flow->print, node));
        flow->blank = false;
    } else if (print_is(node, "span") && print_attribute(node, "data-gap")) {
        put_gap(flow);
    } else if (print_is(node, "p") || print_is(node, "pre") || print_is(node, "blockquote") || print_is(node, "div")) {
        put_block(flow, node, style);
    } else if (print_is(node, "table") && !flow->single) {
        put_table(flow, node);
    } else if ((print_is(node, "ul") || print_is(node, "ol")) && !flow->single) {
        put_list(flow, node);
    } else {
        if (flow->single && (print_is(node, "li") || print_is(node, "tr")))
            break_line(flow);
        put_nodes(flow, node->first, style | style_of(node));
        if (flow->single && (print_is(node, "td") || print_is(node, "th")))
            put_words(flow, " ", style);
    }
}

static void put_nodes(struct flow *flow, const struct print_node *node, unsigned style) {
    for (; node; node = node->next)
        put_node(flow, node, style);
}

void print_markup(struct print *print, const char *markup, struct pdf_text *lead, const struct print_look *look) {
    struct flow flow = {.print = print, .look = look, .text = lead, .blank = true, .indent = look->indent};
    const struct print_node *root = parse(print, markup);
    if (root)
        put_nodes(&flow, root->first, 0);
    flush(&flow, true);
}

void print_inline_into(struct print *print, const char *markup, struct pdf_text *text) {
    static const struct print_look plain = {0};
    struct flow flow = {.print = print, .look = &plain, .single = true, .blank = true, .text = text};
    const struct print_node *root = parse(print, markup);
    if (root)
        put_nodes(&flow, root->first, 0);
}

struct pdf_text *print_inline(struct print *print, const char *markup) {
    struct pdf_text *text = pdf_text(print->pdf);
    print_inline_into(print, markup, text);
    return text;
}
