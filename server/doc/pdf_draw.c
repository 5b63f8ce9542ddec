#include "pdf_private.h"

#include <math.h>
#include <qrencode.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define FOOT_SIZE 8.5
#define QUIET 4 /* modules of white around a QR code */

/* {page} and {pages} in their numbers. */
char *pdf_numbered(struct pdf *pdf, const char *words, size_t page) {
    struct buf out;
    buf_init(&out, 4096);
    for (const char *at = words; *at;) {
        if (strncmp(at, "{page}", 6) == 0) {
            buf_addf(&out, "%zu", page + 1);
            at += 6;
        } else if (strncmp(at, "{pages}", 7) == 0) {
            buf_addf(&out, "%zu", pdf->pages);
            at += 7;
        } else {
            buf_addc(&out, *at++);
        }
    }
    char *text = arena_strdup(&pdf->arena, out.data ? out.data : "");
    buf_release(&out);
    return text;
}

static void begin_tag(cairo_t *cr, const char *tag) {
    if (tag)
        cairo_tag_begin(cr, tag, "");
}

static void end_tag(cairo_t *cr, const char *tag) {
    if (tag)
        cairo_tag_end(cr, tag);
}

static void show(cairo_t *cr, PangoLayout *layout, double x, double y) {
    cairo_move_to(cr, x, y);
    pango_cairo_show_layout(cr, layout);
}

static void draw_lines(cairo_t *cr, const struct pdf_place *place) {
    PangoLayout *layout = place->block->layout;
    PangoLayoutIter *iter = pango_layout_get_iter(layout);
    double top = 0;
    int line = 0, to = place->to < 0 ? pango_layout_get_line_count(layout) : place->to;
    (void)pdf_lines_height(layout, place->from, to, &top);
    do {
        if (line >= place->from && line < to) {
            PangoRectangle logical;
            pango_layout_iter_get_line_extents(iter, NULL, &logical);
            cairo_move_to(cr, place->x + logical.x / (double)PANGO_SCALE,
                          place->y - top + pango_layout_iter_get_baseline(iter) / (double)PANGO_SCALE);
            pango_cairo_show_layout_line(cr, pango_layout_iter_get_line_readonly(iter));
        }
        line++;
    } while (pango_layout_iter_next_line(iter));
    pango_layout_iter_free(iter);
}

static void draw_pieces(cairo_t *cr, const struct pdf_place *place) {
    const struct pdf_block *block = place->block;
    double padding = block->framed ? 4 : 0;
    for (size_t i = 0; i < block->piece_count; i++) {
        const struct pdf_piece *piece = &block->pieces[i];
        double x = place->x + piece->x, y = place->y + piece->y;
        if (block->framed) {
            cairo_set_line_width(cr, 0.5);
            cairo_rectangle(cr, x, y, piece->width, piece->height);
            cairo_stroke(cr);
        }
        if (!place->again)
            begin_tag(cr, piece->tag);
        if (piece->label) {
            begin_tag(cr, "Lbl");
            show(cr, piece->label, x, place->y + piece->label_y);
            end_tag(cr, "Lbl");
            begin_tag(cr, "LBody");
        }
        show(cr, piece->text, x + piece->label_width + padding, y + padding);
        if (piece->label)
            end_tag(cr, "LBody");
        if (!place->again)
            end_tag(cr, piece->tag);
    }
}

static void draw_dots(cairo_t *cr, double x1, double y1, double x2, double y2, double thick) {
    double round[] = {0, 2.6};
    cairo_save(cr);
    cairo_set_line_width(cr, thick);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_dash(cr, round, 2, 0);
    cairo_move_to(cr, x1, y1);
    cairo_line_to(cr, x2, y2);
    cairo_stroke(cr);
    cairo_restore(cr);
}

static void note_alt(struct pdf *pdf, const char *alt) {
    if (pdf->alt_count == pdf->alt_size) {
        size_t size = pdf->alt_size ? pdf->alt_size * 2 : 32;
        const char **more = realloc(pdf->alts, size * sizeof *more);
        if (!more) {
            pdf_fail(pdf, ERR_MEMORY);
            return;
        }
        pdf->alts = more;
        pdf->alt_size = size;
    }
    pdf->alts[pdf->alt_count++] = alt;
}

static void draw_canvas(struct pdf *pdf, cairo_t *cr, const struct pdf_place *place) {
    struct pdf_canvas canvas = {.pdf = pdf, .cr = cr, .x = place->x, .y = place->y, .page = place->page};
    place->block->draw(place->block->ctx, &canvas, place->block->width, place->page, pdf->pages);
}

static void draw_content(struct pdf *pdf, cairo_t *cr, const struct pdf_place *place) {
    const struct pdf_block *block = place->block;
    switch (block->kind) {
    case PDF_BLOCK_PARAGRAPH:
        draw_lines(cr, place);
        return;
    case PDF_BLOCK_CELLS:
        draw_pieces(cr, place);
        return;
    case PDF_BLOCK_FIGURE:
        pdf_image_draw(block->image, cr, place->x + (block->width - block->indent - block->image_width) / 2, place->y, block->image_width);
        return;
    case PDF_BLOCK_LINES:
        draw_dots(cr, place->x, place->y + block->height - 2, place->x + block->width - block->indent, place->y + block->height - 2, 0.8);
        return;
    case PDF_BLOCK_RULE:
        cairo_set_line_width(cr, 0.6);
        cairo_move_to(cr, place->x, place->y);
        cairo_line_to(cr, place->x + block->width - block->indent, place->y);
        cairo_stroke(cr);
        return;
    case PDF_BLOCK_CANVAS:
        draw_canvas(pdf, cr, place);
        return;
    case PDF_BLOCK_SPACE:
    case PDF_BLOCK_OPEN:
    case PDF_BLOCK_CLOSE:
    case PDF_BLOCK_COLUMNS:
    case PDF_BLOCK_PAGE:
        return;
    }
}

static void draw_place(struct pdf *pdf, cairo_t *cr, const struct pdf_place *place) {
    const struct pdf_block *block = place->block;
    if (block->kind == PDF_BLOCK_OPEN) {
        begin_tag(cr, block->tag);
    } else if (block->kind == PDF_BLOCK_CLOSE) {
        end_tag(cr, block->tag);
    } else {
        const char *tag = place->again ? NULL : block->tag;
        if (tag && block->alt)
            note_alt(pdf, block->alt);
        begin_tag(cr, tag);
        draw_content(pdf, cr, place);
        end_tag(cr, tag);
    }
}

/* ---- what every page has ---- */

static void edge_text(struct pdf *pdf, cairo_t *cr, const char *words, size_t page, double y, PangoAlignment align) {
    if (!words)
        return;
    PangoLayout *layout = pango_layout_new(pdf->context);
    PangoFontDescription *font = pdf_font(FOOT_SIZE, false, false);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_width(layout, (int)(pdf_page_width(pdf) * PANGO_SCALE));
    pango_layout_set_alignment(layout, align);
    pango_layout_set_text(layout, pdf_numbered(pdf, words, page), -1);
    show(cr, layout, pdf->setup.left, y);
    g_object_unref(layout);
}

static void draw_watermark(struct pdf *pdf, cairo_t *cr) {
    PangoLayout *layout = pango_layout_new(pdf->context);
    PangoFontDescription *font = pdf_font(58, true, false);
    int width, height;
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_text(layout, pdf->setup.watermark, -1);
    pango_layout_get_size(layout, &width, &height);
    double wide = width / (double)PANGO_SCALE, fit = wide > 620 ? 620 / wide : 1;
    cairo_save(cr);
    cairo_translate(cr, PDF_A4_WIDTH / 2, PDF_A4_HEIGHT / 2);
    cairo_rotate(cr, -M_PI / 3.6);
    cairo_scale(cr, fit, fit);
    cairo_set_source_rgb(cr, 0.9, 0.9, 0.9);
    /* As a shape, so that whoever copies the text of the page does not get its letters in between. */
    cairo_move_to(cr, -wide / 2, -height / (double)PANGO_SCALE / 2);
    pango_cairo_layout_path(cr, layout);
    cairo_fill(cr);
    cairo_restore(cr);
    cairo_set_source_rgb(cr, 0, 0, 0);
    g_object_unref(layout);
}

static void draw_edges(struct pdf *pdf, cairo_t *cr, size_t page) {
    const struct pdf_setup *setup = &pdf->setup;
    double foot = PDF_A4_HEIGHT - setup->bottom + 10;
    if (page > 0) {
        edge_text(pdf, cr, setup->head_left, page, setup->top - 18, PANGO_ALIGN_LEFT);
        edge_text(pdf, cr, setup->head_middle, page, setup->top - 18, PANGO_ALIGN_CENTER);
        edge_text(pdf, cr, setup->head_right, page, setup->top - 18, PANGO_ALIGN_RIGHT);
    }
    edge_text(pdf, cr, setup->foot_left, page, foot, PANGO_ALIGN_LEFT);
    edge_text(pdf, cr, setup->foot_middle, page, foot, PANGO_ALIGN_CENTER);
    edge_text(pdf, cr, setup->foot_right, page, foot, PANGO_ALIGN_RIGHT);
}

static cairo_status_t write_out(void *ctx, const unsigned char *bytes, unsigned len) {
    struct buf *out = ctx;
    buf_add(out, bytes, len);
    return out->failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static void set_metadata(struct pdf *pdf, cairo_surface_t *surface) {
    const struct pdf_setup *setup = &pdf->setup;
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, setup->title);
    if (setup->author)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, setup->author);
    if (setup->subject)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, setup->subject);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Khoacu");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, setup->made_at);
}

enum err pdf_draw_pages(struct pdf *pdf, struct buf *out) {
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(write_out, out, PDF_A4_WIDTH, PDF_A4_HEIGHT);
    cairo_t *cr = cairo_create(surface);
    size_t at = 0;
    set_metadata(pdf, surface);
    begin_tag(cr, "Document");
    for (size_t page = 0; page < pdf->pages; page++) {
        if (pdf->setup.watermark)
            draw_watermark(pdf, cr);
        for (; at < pdf->place_count && pdf->places[at].page == page; at++)
            draw_place(pdf, cr, &pdf->places[at]);
        draw_edges(pdf, cr, page);
        cairo_show_page(cr);
    }
    end_tag(cr, "Document");
    cairo_status_t drawn = cairo_status(cr);
    cairo_destroy(cr);
    cairo_surface_finish(surface);
    cairo_status_t written = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    if (drawn == CAIRO_STATUS_NO_MEMORY || written == CAIRO_STATUS_NO_MEMORY)
        return ERR_MEMORY;
    if (written == CAIRO_STATUS_WRITE_ERROR)
        return ERR_LIMIT;
    return drawn == CAIRO_STATUS_SUCCESS && written == CAIRO_STATUS_SUCCESS ? ERR_NONE : ERR_STATE;
}

/* ---- by hand ---- */

double pdf_draw_text(struct pdf_canvas *canvas, double x, double y, double width, enum pdf_align align, double size,
                     const char *words, unsigned style) {
    struct pdf *pdf = canvas->pdf;
    PangoLayout *layout = pdf_layout_of(pdf_words(pdf, pdf_numbered(pdf, words, canvas->page), style), width, size, align, false);
    int height = 0;
    pango_layout_get_size(layout, NULL, &height);
    show(canvas->cr, layout, canvas->x + x, canvas->y + y);
    return height / (double)PANGO_SCALE;
}

void pdf_draw_line(struct pdf_canvas *canvas, double x1, double y1, double x2, double y2, double thick, bool dotted) {
    cairo_t *cr = canvas->cr;
    if (dotted) {
        draw_dots(cr, canvas->x + x1, canvas->y + y1, canvas->x + x2, canvas->y + y2, thick);
        return;
    }
    cairo_set_line_width(cr, thick);
    cairo_move_to(cr, canvas->x + x1, canvas->y + y1);
    cairo_line_to(cr, canvas->x + x2, canvas->y + y2);
    cairo_stroke(cr);
}

void pdf_draw_box(struct pdf_canvas *canvas, double x, double y, double width, double height, double thick) {
    cairo_set_line_width(canvas->cr, thick);
    cairo_rectangle(canvas->cr, canvas->x + x, canvas->y + y, width, height);
    cairo_stroke(canvas->cr);
}

void pdf_draw_fill(struct pdf_canvas *canvas, double x, double y, double width, double height) {
    cairo_rectangle(canvas->cr, canvas->x + x, canvas->y + y, width, height);
    cairo_fill(canvas->cr);
}

void pdf_draw_circle(struct pdf_canvas *canvas, double x, double y, double radius, double thick) {
    cairo_set_line_width(canvas->cr, thick);
    cairo_new_sub_path(canvas->cr);
    cairo_arc(canvas->cr, canvas->x + x, canvas->y + y, radius, 0, 2 * M_PI);
    cairo_stroke(canvas->cr);
}

void pdf_draw_qr(struct pdf_canvas *canvas, double x, double y, double size, const char *words) {
    QRcode *code = QRcode_encodeString(words, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (!code) {
        pdf_fail(canvas->pdf, ERR_RANGE);
        return;
    }
    double module = size / (code->width + 2 * QUIET), left = canvas->x + x + QUIET * module, top = canvas->y + y + QUIET * module;
    for (int row = 0; row < code->width; row++) {
        const unsigned char *dots = code->data + row * code->width;
        for (int column = 0, end; column < code->width; column = end + 1) { /* neighbours in one, without seams */
            for (end = column; end < code->width && (dots[end] & 1); end++)
                ;
            if (end > column)
                cairo_rectangle(canvas->cr, left + column * module, top + row * module, (end - column) * module, module);
        }
    }
    cairo_fill(canvas->cr);
    QRcode_free(code);
}
