#include "pdf_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define MM (72 / 25.4)
#define ARENA_MAX ((size_t)64 << 20)
#define COLUMN_GAP 18.0

void pdf_fail(struct pdf *pdf, enum err err) {
    if (pdf->err == ERR_NONE)
        pdf->err = err;
}

static const char *kept(struct pdf *pdf, const char *words) {
    return words ? arena_strdup(&pdf->arena, words) : NULL;
}

/* What is in a line beside letters draws itself. */
static void draw_shape(cairo_t *cr, PangoAttrShape *shape, gboolean path_only, gpointer data) {
    const struct pdf_inline *thing = shape->data;
    (void)data;
    if (thing && !path_only)
        thing->draw(thing, cr);
}

static void open_fonts(struct pdf *pdf) {
    pdf->fonts = pango_cairo_font_map_new();
    pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(pdf->fonts), 72);
    pdf->context = pango_font_map_create_context(pdf->fonts);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(pdf->context, options);
    cairo_font_options_destroy(options);
    pango_cairo_context_set_shape_renderer(pdf->context, draw_shape, NULL, NULL);
    pango_context_set_language(pdf->context, pango_language_from_string(pdf->setup.lang));
    pango_context_set_round_glyph_positions(pdf->context, FALSE);
}

enum err pdf_new(const struct pdf_setup *setup, struct pdf **ret_pdf) {
    struct pdf *pdf = calloc(1, sizeof *pdf);
    if (!pdf)
        return ERR_MEMORY;
    arena_init(&pdf->arena, ARENA_MAX);
    struct pdf_setup *own = &pdf->setup;
    *own = *setup;
    const char **words[] = {&own->title, &own->author, &own->subject, &own->lang, &own->made_at, &own->head_left, &own->head_middle,
                            &own->head_right, &own->foot_left, &own->foot_middle, &own->foot_right, &own->watermark};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        *words[i] = kept(pdf, *words[i]);
    own->size = setup->size > 0 ? setup->size : 11;
    own->left = setup->left > 0 ? setup->left : 20 * MM;
    own->right = setup->right > 0 ? setup->right : 15 * MM;
    own->top = setup->top > 0 ? setup->top : 15 * MM;
    own->bottom = setup->bottom > 0 ? setup->bottom : 18 * MM;
    pdf->layouts = g_ptr_array_new_with_free_func(g_object_unref);
    pdf->columns = 1;
    pdf->gap = COLUMN_GAP;
    pdf->column_width = pdf_page_width(pdf);
    open_fonts(pdf);
    if (pdf->arena.failed) {
        pdf_free(pdf);
        return ERR_MEMORY;
    }
    *ret_pdf = pdf;
    return ERR_NONE;
}

void pdf_free(struct pdf *pdf) {
    if (!pdf)
        return;
    g_ptr_array_unref(pdf->layouts);
    for (struct pdf_text *text = pdf->texts; text; text = text->next)
        buf_release(&text->words);
    for (struct pdf_image *image = pdf->images; image; image = image->next)
        cairo_surface_destroy(image->surface);
    g_object_unref(pdf->context);
    g_object_unref(pdf->fonts);
    free(pdf->blocks);
    free(pdf->places);
    free(pdf->alts);
    arena_release(&pdf->arena);
    free(pdf);
}

struct arena *pdf_arena(struct pdf *pdf) {
    return &pdf->arena;
}

double pdf_page_width(const struct pdf *pdf) {
    return PDF_A4_WIDTH - pdf->setup.left - pdf->setup.right;
}

double pdf_width(const struct pdf *pdf) {
    return pdf->column_width;
}

double pdf_size(const struct pdf *pdf) {
    return pdf->setup.size;
}

enum err pdf_finish(struct pdf *pdf, struct buf *out, size_t *ret_pages) {
    size_t start = out->len;
    assert(pdf->depth == 0);
    if (pdf->arena.failed)
        pdf_fail(pdf, ERR_MEMORY);
    if (pdf->err == ERR_NONE)
        pdf_lay_out(pdf);
    if (pdf->err == ERR_NONE)
        pdf_fail(pdf, pdf_draw_pages(pdf, out));
    if (pdf->err == ERR_NONE)
        pdf_mend(pdf, out, start);
    if (out->failed)
        pdf_fail(pdf, ERR_LIMIT);
    if (pdf->err == ERR_NONE && ret_pages)
        *ret_pages = pdf->pages;
    return pdf->err;
}

/* ---- blocks ---- */

/* A new block at the end. When that fails, one that nobody will see. */
struct pdf_block *pdf_add(struct pdf *pdf, enum pdf_kind kind) {
    static _Thread_local struct pdf_block lost;
    if (pdf->err == ERR_NONE && pdf->count == pdf->size) {
        size_t size = pdf->size ? pdf->size * 2 : 256;
        struct pdf_block *more = size <= PDF_BLOCKS_MAX ? realloc(pdf->blocks, size * sizeof *more) : NULL;
        if (!more)
            pdf_fail(pdf, size <= PDF_BLOCKS_MAX ? ERR_MEMORY : ERR_LIMIT);
        else
            pdf->blocks = more, pdf->size = size;
    }
    struct pdf_block *block = pdf->err == ERR_NONE ? &pdf->blocks[pdf->count++] : &lost;
    *block = (struct pdf_block){.kind = kind, .width = pdf->column_width};
    return block;
}

static double height_of(PangoLayout *layout) {
    int height = 0;
    pango_layout_get_size(layout, NULL, &height);
    return height / (double)PANGO_SCALE;
}

void pdf_paragraph(struct pdf *pdf, struct pdf_text *text, const struct pdf_look *look) {
    static const char *const tags[] = {[PDF_P] = "P",   [PDF_H1] = "H1",     [PDF_H2] = "H2",
                                       [PDF_H3] = "H3", [PDF_CODE] = "Code", [PDF_CAPTION] = "P"};
    static const struct pdf_look plain = {.align = PDF_LEFT, .after = 4};
    const struct pdf_look *as = look ? look : &plain;
    struct pdf_block *block = pdf_add(pdf, PDF_BLOCK_PARAGRAPH);
    bool heading = as->role == PDF_H1 || as->role == PDF_H2 || as->role == PDF_H3;
    block->tag = tags[as->role];
    block->indent = as->indent;
    block->before = as->before;
    block->after = as->after;
    block->keep_next = as->keep_next || heading;
    block->layout = pdf_layout_of(text, pdf->column_width - as->indent, as->size, as->align, heading);
    block->height = height_of(block->layout);
}

void pdf_entries(struct pdf *pdf, const struct pdf_entry *entries, size_t count, double indent, double label_width) {
    struct pdf_block *block = pdf_add(pdf, PDF_BLOCK_CELLS);
    struct pdf_piece *pieces = ARENA_ARRAY(&pdf->arena, count, struct pdf_piece);
    double part = (pdf->column_width - indent) / (double)(count ? count : 1), gap = count > 1 ? 8 : 0;
    block->indent = indent;
    block->after = 2;
    block->pieces = pieces;
    int deepest = 0;
    for (size_t i = 0; pieces && i < count; i++) {
        struct pdf_piece *piece = &pieces[i];
        piece->tag = "LI";
        piece->x = part * (double)i;
        piece->label_width = label_width;
        piece->label = pdf_layout_of(pdf_words(pdf, entries[i].label, PDF_BOLD), -1, 0, PDF_LEFT, false);
        piece->text = pdf_layout_of(entries[i].text, part - label_width - gap, 0, PDF_LEFT, false);
        int baseline = pango_layout_get_baseline(piece->text);
        deepest = baseline > deepest ? baseline : deepest;
        block->piece_count++;
    }
    for (size_t i = 0; i < block->piece_count; i++) { /* a tall thing in one lowers the first lines of all */
        struct pdf_piece *piece = &pieces[i];
        piece->y = (deepest - pango_layout_get_baseline(piece->text)) / (double)PANGO_SCALE;
        piece->label_y = (deepest - pango_layout_get_baseline(piece->label)) / (double)PANGO_SCALE;
        piece->height = height_of(piece->text) + piece->y;
        block->height = piece->height > block->height ? piece->height : block->height;
    }
}

void pdf_figure(struct pdf *pdf, const struct pdf_image *image, double width, const char *alt) {
    struct pdf_block *block = pdf_add(pdf, PDF_BLOCK_FIGURE);
    double natural = width > 0 ? width : image->width * 0.75, most = PDF_A4_HEIGHT * 0.55;
    natural = natural > pdf->column_width ? pdf->column_width : natural;
    if (natural * image->height / image->width > most)
        natural = most * image->width / image->height;
    block->tag = "Figure";
    block->alt = kept(pdf, alt && *alt ? alt : " ");
    block->image = image;
    block->image_width = natural;
    block->height = natural * image->height / image->width;
    block->before = block->after = 4;
}

void pdf_lines(struct pdf *pdf, size_t count, double distance) {
    /* A block each, so that they may go on in the next column. */
    for (size_t i = 0; i < count; i++) {
        struct pdf_block *block = pdf_add(pdf, PDF_BLOCK_LINES);
        block->height = distance;
    }
}

void pdf_space(struct pdf *pdf, double height) {
    pdf_add(pdf, PDF_BLOCK_SPACE)->height = height;
}

void pdf_rule(struct pdf *pdf) {
    struct pdf_block *block = pdf_add(pdf, PDF_BLOCK_RULE);
    block->height = 1;
    block->before = block->after = 4;
}

void pdf_open(struct pdf *pdf, enum pdf_part part) {
    struct pdf_block *block = pdf_add(pdf, PDF_BLOCK_OPEN);
    assert(pdf->depth < sizeof pdf->open / sizeof pdf->open[0]);
    block->part = part;
    block->tag = part == PDF_LIST ? "L" : "Sect";
    pdf->open[pdf->depth++] = pdf->err == ERR_NONE ? pdf->count - 1 : 0;
}

void pdf_close(struct pdf *pdf) {
    struct pdf_block *block = pdf_add(pdf, PDF_BLOCK_CLOSE);
    assert(pdf->depth > 0);
    size_t from = pdf->open[--pdf->depth];
    if (pdf->err != ERR_NONE)
        return;
    block->end = from;
    block->tag = pdf->blocks[from].tag;
    pdf->blocks[from].end = pdf->count - 1;
}

void pdf_columns(struct pdf *pdf, int count) {
    assert(count == 1 || count == 2);
    pdf->columns = count;
    pdf->column_width = (pdf_page_width(pdf) - (count - 1) * pdf->gap) / count;
    pdf_add(pdf, PDF_BLOCK_COLUMNS)->columns = count;
}

void pdf_new_page(struct pdf *pdf) {
    (void)pdf_add(pdf, PDF_BLOCK_PAGE);
}

void pdf_canvas(struct pdf *pdf, double height, pdf_draw_fn *draw, void *ctx, const char *alt) {
    struct pdf_block *block = pdf_add(pdf, PDF_BLOCK_CANVAS);
    block->height = height;
    block->draw = draw;
    block->ctx = ctx;
    block->alt = kept(pdf, alt);
    block->tag = alt ? "Figure" : "P";
}
