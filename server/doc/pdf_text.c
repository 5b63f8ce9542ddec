#include "pdf_private.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define SERIF "Noto Serif,Noto Sans Math,Noto Sans Symbols2"
#define MONO "Noto Sans Mono,Noto Serif"
#define OBJECT "\xEF\xBF\xBC" /* U+FFFC, where a picture or formula stands */

PangoFontDescription *pdf_font(double size, bool bold, bool slanted) {
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, SERIF);
    pango_font_description_set_size(font, (int)(size * PANGO_SCALE + 0.5));
    pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_style(font, slanted ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL);
    return font;
}

struct pdf_text *pdf_text(struct pdf *pdf) {
    struct pdf_text *text = ARENA_NEW(&pdf->arena, struct pdf_text);
    if (!text) { /* the arena stays failed, so that what is written here is never seen */
        static _Thread_local struct pdf_text lost;
        pdf_fail(pdf, ERR_MEMORY);
        lost = (struct pdf_text){.pdf = pdf, .last = &lost.first};
        buf_init(&lost.words, 0);
        return &lost;
    }
    text->pdf = pdf;
    text->last = &text->first;
    buf_init(&text->words, PDF_TEXT_MAX);
    text->next = pdf->texts;
    pdf->texts = text;
    return text;
}

static void add_span(struct pdf_text *text, const char *words, size_t len, unsigned style, struct pdf_inline *thing) {
    struct pdf_span *span = ARENA_NEW(&text->pdf->arena, struct pdf_span);
    if (!span || text->words.max == 0)
        return;
    *span = (struct pdf_span){.from = text->words.len, .style = style, .thing = thing};
    buf_add(&text->words, words, len);
    span->to = text->words.len;
    if (text->words.failed)
        pdf_fail(text->pdf, ERR_LIMIT);
    *text->last = span;
    text->last = &span->next;
}

void pdf_text_add(struct pdf_text *text, const char *words, unsigned style) {
    if (words && *words)
        add_span(text, words, strlen(words), style, NULL);
}

void pdf_text_break(struct pdf_text *text) {
    add_span(text, "\n", 1, 0, NULL); /* not U+2028, before which a justified line is stretched */
}

static void draw_image(const struct pdf_inline *self, cairo_t *cr) {
    double x, y;
    cairo_get_current_point(cr, &x, &y);
    pdf_image_draw(self->what, cr, x, y - self->ascent, self->width);
}

static void draw_box(const struct pdf_inline *self, cairo_t *cr) {
    double x, y;
    cairo_get_current_point(cr, &x, &y);
    cairo_new_path(cr);
    cairo_set_line_width(cr, 0.6);
    cairo_rectangle(cr, x + 1, y - self->ascent * self->size, self->width - 2, (self->ascent + self->descent) * self->size);
    cairo_stroke(cr);
}

static struct pdf_inline *add_thing(struct pdf_text *text, const void *what, void (*draw)(const struct pdf_inline *, cairo_t *)) {
    struct pdf_inline *thing = ARENA_NEW(&text->pdf->arena, struct pdf_inline);
    if (!thing)
        return NULL;
    thing->pdf = text->pdf;
    thing->what = what;
    thing->draw = draw;
    add_span(text, OBJECT, sizeof OBJECT - 1, 0, thing);
    return thing;
}

void pdf_text_image(struct pdf_text *text, const struct pdf_image *image, double width) {
    struct pdf_inline *thing = add_thing(text, image, draw_image);
    if (!thing)
        return;
    thing->width = width > 0 ? width : image->width * 0.75;
    thing->ascent = thing->width * image->height / image->width;
}

void pdf_text_math(struct pdf_text *text, struct pdf_math *math) {
    struct pdf_inline *thing = math ? add_thing(text, math, pdf_math_draw) : NULL;
    if (!thing)
        return;
    pdf_math_measure(text->pdf, math, 1);
    thing->width = math->width;
    /* What is taller than letters keeps a distance from the lines above and below. */
    thing->ascent = math->ascent > 0.9 ? math->ascent + 0.2 : math->ascent;
    thing->descent = math->descent > 0.35 ? math->descent + 0.15 : math->descent;
}

void pdf_text_box(struct pdf_text *text, double width) {
    struct pdf_inline *thing = add_thing(text, NULL, draw_box);
    if (!thing)
        return;
    thing->width = width;
    thing->ascent = 0.85;
    thing->descent = 0.25;
}

bool pdf_text_empty(const struct pdf_text *text) {
    return text->words.len == 0;
}

struct pdf_text *pdf_words(struct pdf *pdf, const char *words, unsigned style) {
    struct pdf_text *text = pdf_text(pdf);
    pdf_text_add(text, words, style);
    return text;
}

/* ---- layouts ---- */

static void put(PangoAttrList *list, const struct pdf_span *span, PangoAttribute *attribute) {
    attribute->start_index = (guint)span->from;
    attribute->end_index = (guint)span->to;
    pango_attr_list_insert(list, attribute);
}

static void put_style(PangoAttrList *list, const struct pdf_span *span, double size) {
    unsigned style = span->style;
    if (style & PDF_BOLD)
        put(list, span, pango_attr_weight_new(PANGO_WEIGHT_BOLD));
    if (style & PDF_ITALIC)
        put(list, span, pango_attr_style_new(PANGO_STYLE_ITALIC));
    if (style & PDF_UNDERLINE)
        put(list, span, pango_attr_underline_new(PANGO_UNDERLINE_SINGLE));
    if (style & PDF_STRIKE)
        put(list, span, pango_attr_strikethrough_new(TRUE));
    if (style & PDF_MONO)
        put(list, span, pango_attr_family_new(MONO));
    if (style & PDF_PALE)
        put(list, span, pango_attr_foreground_new(0x5555, 0x5555, 0x5555));
    if (style & (PDF_SUB | PDF_SUP)) {
        put(list, span, pango_attr_rise_new((int)((style & PDF_SUP ? 0.35 : -0.15) * size * PANGO_SCALE)));
        put(list, span, pango_attr_scale_new(0.7));
    } else if (style & PDF_SMALL) {
        put(list, span, pango_attr_scale_new(0.85));
    }
}

static void put_thing(struct pdf *pdf, PangoAttrList *list, const struct pdf_span *span, double width, double size) {
    struct pdf_inline *thing = ARENA_NEW(&pdf->arena, struct pdf_inline);
    if (!thing)
        return;
    *thing = *span->thing;
    thing->size = size;
    double unit = thing->draw == draw_image ? 1 : size;
    if (thing->draw == pdf_math_draw)
        thing->width *= size;
    if (thing->draw == draw_image && width > 0 && thing->width > width) {
        thing->ascent *= width / thing->width;
        thing->width = width;
    }
    PangoRectangle room = {.y = -(int)(thing->ascent * unit * PANGO_SCALE),
                           .width = (int)(thing->width * PANGO_SCALE),
                           .height = (int)((thing->ascent + thing->descent) * unit * PANGO_SCALE)};
    put(list, span, pango_attr_shape_new_with_data(&room, &room, thing, NULL, NULL));
}

PangoLayout *pdf_layout_of(struct pdf_text *text, double width, double size, enum pdf_align align, bool bold) {
    static const PangoAlignment aligned[] = {PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER, PANGO_ALIGN_RIGHT, PANGO_ALIGN_LEFT};
    struct pdf *pdf = text->pdf;
    PangoLayout *layout = pango_layout_new(pdf->context);
    PangoAttrList *list = pango_attr_list_new();
    double points = size > 0 ? size : pdf->setup.size;
    PangoFontDescription *font = pdf_font(points, bold, false);
    g_ptr_array_add(pdf->layouts, layout);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    /* A break at the end begins no line. */
    size_t len = text->words.len, shown = len && text->words.data[len - 1] == '\n' ? len - 1 : len;
    pango_layout_set_text(layout, text->words.data ? text->words.data : "", (int)shown);
    for (const struct pdf_span *span = text->first; span; span = span->next) {
        if (span->thing)
            put_thing(pdf, list, span, width, points);
        else
            put_style(list, span, points);
    }
    pango_layout_set_attributes(layout, list);
    pango_attr_list_unref(list);
    pango_layout_set_auto_dir(layout, FALSE);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(layout, aligned[align]);
    pango_layout_set_justify(layout, align == PDF_JUSTIFY);
    pango_layout_set_width(layout, width >= 0 ? (int)(width * PANGO_SCALE) : -1);
    return layout;
}

double pdf_text_width(struct pdf_text *text, double size) {
    int width = 0;
    pango_layout_get_size(pdf_layout_of(text, -1, size, PDF_LEFT, false), &width, NULL);
    return width / (double)PANGO_SCALE;
}

char *pdf_upper(struct pdf *pdf, const char *words) {
    gchar *upper = g_utf8_strup(words, -1);
    char *text = arena_strdup(&pdf->arena, upper);
    g_free(upper);
    return text;
}
