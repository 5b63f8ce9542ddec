#include "pdf_private.h"

#include <string.h>

#include "khoacu/base/banned.h"

/* Parts of the size of a text, as printers set formulas. */
#define ASCENT 0.76
#define DESCENT 0.24
#define AXIS 0.28 /* height of the line of a fraction above the baseline */
#define SMALLER 0.7
#define SMALLEST 0.5
#define THIN 0.05
#define MEASURED 20.0 /* size at which widths are taken */

static struct pdf_math *box(struct pdf *pdf, enum pdf_math_kind kind, struct pdf_math *const *parts, size_t count) {
    struct pdf_math *math = ARENA_NEW(&pdf->arena, struct pdf_math);
    struct pdf_math **own = ARENA_ARRAY(&pdf->arena, count, struct pdf_math *);
    double *x = ARENA_ARRAY(&pdf->arena, count, double), *y = ARENA_ARRAY(&pdf->arena, count, double);
    if (!math || !own || !x || !y)
        return NULL;
    for (size_t i = 0; i < count; i++)
        own[i] = parts[i];
    math->kind = kind;
    math->parts = own;
    math->count = count;
    math->x = x;
    math->y = y;
    return math;
}

struct pdf_math *pdf_math_token(struct pdf *pdf, enum pdf_math_token kind, const char *text) {
    struct pdf_math *math = box(pdf, BOX_GLYPHS, NULL, 0);
    if (!math)
        return NULL;
    math->words = arena_strdup(&pdf->arena, text);
    /* A name of one letter is slanted, «sin» is not. */
    const char *second = *text ? g_utf8_next_char(text) : text;
    math->slanted = kind == PDF_MATH_LETTER && *second == '\0';
    bool bracket = strlen(text) == 1 && strchr("()[]{}|,;!'", *text);
    math->sides = kind != PDF_MATH_OPERATOR || bracket ? 0 : 0.18;
    return math;
}

struct pdf_math *pdf_math_row(struct pdf *pdf, struct pdf_math *const *boxes, size_t count) {
    return box(pdf, BOX_ROW, boxes, count);
}

struct pdf_math *pdf_math_fraction(struct pdf *pdf, struct pdf_math *above, struct pdf_math *below, bool line) {
    struct pdf_math *math = box(pdf, BOX_FRACTION, (struct pdf_math *[]){above, below}, 2);
    if (math)
        math->line = line;
    return math;
}

struct pdf_math *pdf_math_root(struct pdf *pdf, struct pdf_math *of, struct pdf_math *index) {
    return box(pdf, BOX_ROOT, (struct pdf_math *[]){of, index}, 2);
}

struct pdf_math *pdf_math_scripts(struct pdf *pdf, struct pdf_math *base, struct pdf_math *sub, struct pdf_math *sup) {
    return box(pdf, BOX_SCRIPTS, (struct pdf_math *[]){base, sub, sup}, 3);
}

struct pdf_math *pdf_math_limits(struct pdf *pdf, struct pdf_math *base, struct pdf_math *under, struct pdf_math *over) {
    return box(pdf, BOX_LIMITS, (struct pdf_math *[]){base, under, over}, 3);
}

struct pdf_math *pdf_math_table(struct pdf *pdf, struct pdf_math *const *cells, size_t rows, size_t columns) {
    struct pdf_math *math = box(pdf, BOX_TABLE, cells, rows * columns);
    if (math) {
        math->rows = rows;
        math->columns = columns;
    }
    return math;
}

struct pdf_math *pdf_math_fenced(struct pdf *pdf, const char *open, struct pdf_math *of, const char *close) {
    struct pdf_math *math = box(pdf, BOX_FENCED, (struct pdf_math *[]){of}, 1);
    if (math) {
        math->open = open && *open ? arena_strdup(&pdf->arena, open) : NULL;
        math->close = close && *close ? arena_strdup(&pdf->arena, close) : NULL;
    }
    return math;
}

/* ---- measuring: every length for a text of size 1 ---- */

static PangoLayout *glyphs(struct pdf *pdf, const char *words, bool slanted, double size) {
    PangoLayout *layout = pango_layout_new(pdf->context);
    PangoFontDescription *font = pdf_font(size, false, slanted);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_text(layout, words, -1);
    return layout;
}

static double width_of(struct pdf *pdf, const char *words, bool slanted) {
    int width = 0;
    PangoLayout *layout = glyphs(pdf, words, slanted, MEASURED);
    pango_layout_get_size(layout, &width, NULL);
    g_object_unref(layout);
    return width / (double)PANGO_SCALE / MEASURED;
}

static double most(double a, double b) {
    return a > b ? a : b;
}

static void place(struct pdf_math *math, size_t part, double x, double y) {
    const struct pdf_math *inner = math->parts[part];
    math->x[part] = x;
    math->y[part] = y;
    math->ascent = most(math->ascent, inner->ascent - y);
    math->descent = most(math->descent, inner->descent + y);
    math->width = most(math->width, x + inner->width);
}

static void measure_part(struct pdf *pdf, struct pdf_math *math, size_t part, double scale) {
    if (math->parts[part])
        pdf_math_measure(pdf, math->parts[part], most(scale, SMALLEST));
}

static void measure_scripts(struct pdf *pdf, struct pdf_math *math, double scale) {
    struct pdf_math *base = math->parts[0], *sub = math->parts[1], *sup = math->parts[2];
    measure_part(pdf, math, 0, scale);
    measure_part(pdf, math, 1, scale * SMALLER);
    measure_part(pdf, math, 2, scale * SMALLER);
    double at = base ? base->width + THIN / 2 : 0;
    if (base)
        place(math, 0, 0, 0);
    if (sub)
        place(math, 1, at, most(0.2 * scale, (base ? base->descent : 0) + 0.05 * scale));
    if (sup)
        place(math, 2, at, -most(0.36 * scale, (base ? base->ascent : 0) - 0.42 * scale));
}

static void measure_limits(struct pdf *pdf, struct pdf_math *math, double scale) {
    struct pdf_math *base = math->parts[0], *under = math->parts[1], *over = math->parts[2];
    measure_part(pdf, math, 0, scale);
    measure_part(pdf, math, 1, scale * SMALLER);
    measure_part(pdf, math, 2, scale * SMALLER);
    double width = 0;
    for (size_t i = 0; i < 3; i++)
        width = most(width, math->parts[i] ? math->parts[i]->width : 0);
    if (base)
        place(math, 0, (width - base->width) / 2, 0);
    if (under)
        place(math, 1, (width - under->width) / 2, (base ? base->descent : 0) + under->ascent + THIN * scale);
    if (over)
        place(math, 2, (width - over->width) / 2, -((base ? base->ascent : 0) + over->descent + THIN * scale));
}

static void measure_fraction(struct pdf *pdf, struct pdf_math *math, double scale) {
    struct pdf_math *above = math->parts[0], *below = math->parts[1];
    double smaller = scale >= 1 ? 0.9 * scale : scale * SMALLER;
    measure_part(pdf, math, 0, smaller);
    measure_part(pdf, math, 1, smaller);
    double width = most(above ? above->width : 0, below ? below->width : 0) + 0.2 * scale, axis = AXIS * scale;
    if (above)
        place(math, 0, (width - above->width) / 2, -(axis + above->descent + 0.09 * scale));
    if (below)
        place(math, 1, (width - below->width) / 2, below->ascent - axis + 0.12 * scale);
    math->width = width + 0.1 * scale;
}

static void measure_root(struct pdf *pdf, struct pdf_math *math, double scale) {
    struct pdf_math *of = math->parts[0], *index = math->parts[1];
    measure_part(pdf, math, 0, scale);
    measure_part(pdf, math, 1, scale * SMALLEST);
    double before = index ? most(0, index->width - 0.25 * scale) : 0;
    math->fence = 0.62 * scale;
    if (of)
        place(math, 0, before + math->fence, 0);
    if (index)
        place(math, 1, 0, -(of ? of->ascent : 0) * 0.5);
    math->x[1] = 0;
    math->ascent += 0.14 * scale;
    math->width += 0.05 * scale;
    math->sides = before;
}

static void measure_table(struct pdf *pdf, struct pdf_math *math, double scale) {
    double y = 0, height = 0;
    for (size_t i = 0; i < math->count; i++)
        measure_part(pdf, math, i, scale);
    for (int pass = 0; pass < 2; pass++) { /* heights first, then places around the axis */
        y = pass == 0 ? 0 : -height / 2 - AXIS * scale;
        for (size_t row = 0; row < math->rows; row++) {
            double ascent = ASCENT * scale, descent = DESCENT * scale, x = 0;
            for (size_t k = 0; k < math->columns; k++) {
                const struct pdf_math *cell = math->parts[row * math->columns + k];
                ascent = most(ascent, cell ? cell->ascent : 0);
                descent = most(descent, cell ? cell->descent : 0);
            }
            for (size_t k = 0; pass == 1 && k < math->columns; k++) {
                double width = 0;
                for (size_t r = 0; r < math->rows; r++) {
                    const struct pdf_math *other = math->parts[r * math->columns + k];
                    width = most(width, other ? other->width : 0);
                }
                const struct pdf_math *cell = math->parts[row * math->columns + k];
                if (cell)
                    place(math, row * math->columns + k, x + (width - cell->width) / 2, y + ascent);
                x += width + 0.7 * scale;
            }
            y += ascent + descent + 0.15 * scale;
        }
        height = pass == 0 ? y : height;
    }
}

void pdf_math_measure(struct pdf *pdf, struct pdf_math *math, double scale) {
    double x = 0;
    math->scale = scale;
    math->width = math->ascent = math->descent = 0;
    switch (math->kind) {
    case BOX_GLYPHS:
        math->width = (width_of(pdf, math->words ? math->words : "", math->slanted) + 2 * math->sides) * scale;
        math->ascent = ASCENT * scale;
        math->descent = DESCENT * scale;
        return;
    case BOX_ROW:
        for (size_t i = 0; i < math->count; i++) {
            if (!math->parts[i])
                continue;
            measure_part(pdf, math, i, scale);
            place(math, i, x, 0);
            x += math->parts[i]->width + THIN / 2 * scale;
        }
        return;
    case BOX_FRACTION:
        measure_fraction(pdf, math, scale);
        return;
    case BOX_ROOT:
        measure_root(pdf, math, scale);
        return;
    case BOX_SCRIPTS:
        measure_scripts(pdf, math, scale);
        return;
    case BOX_LIMITS:
        measure_limits(pdf, math, scale);
        return;
    case BOX_TABLE:
        measure_table(pdf, math, scale);
        return;
    case BOX_FENCED:
        measure_part(pdf, math, 0, scale);
        math->fence = 0.36 * scale;
        if (math->parts[0])
            place(math, 0, math->open ? math->fence : 0, 0);
        math->width += math->close ? math->fence : 0;
        return;
    }
}

/* ---- drawing ---- */

/* A sign pulled to the height from `top` to `bottom` (downwards from the baseline), at the size of the text. */
static void draw_pulled(struct pdf *pdf, cairo_t *cr, const char *sign, double x, double y, double top, double bottom, double size) {
    PangoLayout *layout = glyphs(pdf, sign, false, size);
    PangoRectangle ink;
    pango_layout_get_extents(layout, &ink, NULL);
    double ink_top = ink.y / (double)PANGO_SCALE, ink_height = ink.height / (double)PANGO_SCALE;
    if (ink_height > 0) {
        double pull = (bottom - top) / ink_height;
        pull = pull < 1 ? 1 : pull;
        cairo_save(cr);
        cairo_translate(cr, x, y + (top + bottom) / 2 - pull * ink_height / 2);
        cairo_scale(cr, 1, pull);
        cairo_move_to(cr, 0, -ink_top);
        pango_cairo_show_layout(cr, layout);
        cairo_restore(cr);
    }
    g_object_unref(layout);
}

static void draw_line(cairo_t *cr, double x, double y, double width, double size) {
    cairo_set_line_width(cr, 0.045 * size);
    cairo_move_to(cr, x, y);
    cairo_line_to(cr, x + width, y);
    cairo_stroke(cr);
}

static void draw_box(struct pdf *pdf, cairo_t *cr, const struct pdf_math *math, double x, double y, double size) {
    double own = size * math->scale;
    const struct pdf_math *first = math->count > 0 ? math->parts[0] : NULL;
    if (math->kind == BOX_GLYPHS) {
        PangoLayout *layout = glyphs(pdf, math->words ? math->words : "", math->slanted, own);
        cairo_move_to(cr, x + math->sides * own, y);
        pango_cairo_show_layout_line(cr, pango_layout_get_line_readonly(layout, 0));
        g_object_unref(layout);
        return;
    }
    if (math->kind == BOX_FRACTION && math->line)
        draw_line(cr, x + 0.05 * own, y - AXIS * own, (math->width - 0.1 * math->scale) * size, own);
    if (math->kind == BOX_ROOT && first) {
        double top = -(first->ascent + 0.1 * math->scale) * size;
        draw_pulled(pdf, cr, "√", x + math->sides * size, y, top, first->descent * size, own);
        draw_line(cr, x + math->x[0] * size - 0.06 * own, y + top + 0.02 * own, (first->width + 0.05) * size, own);
    }
    if (math->kind == BOX_FENCED && first && math->open)
        draw_pulled(pdf, cr, math->open, x, y, -first->ascent * size, first->descent * size, own);
    for (size_t i = 0; i < math->count; i++)
        if (math->parts[i])
            draw_box(pdf, cr, math->parts[i], x + math->x[i] * size, y + math->y[i] * size, size);
    if (math->kind == BOX_FENCED && first && math->close)
        draw_pulled(pdf, cr, math->close, x + (math->width - math->fence) * size, y, -first->ascent * size, first->descent * size, own);
}

void pdf_math_draw(const struct pdf_inline *self, cairo_t *cr) {
    double x, y;
    cairo_get_current_point(cr, &x, &y);
    cairo_new_path(cr);
    draw_box(self->pdf, cr, self->what, x, y, self->size);
}
