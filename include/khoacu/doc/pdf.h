/* pdf.h: printed documents: A4 pages of paragraphs, lists, tables, pictures and formulas, as tagged PDF.
 *
 * A document is a list of blocks, given from top to bottom. Pages are made at the end, when all is known: blocks flow
 * into one or two columns, what is kept together moves on whole to the next column when it does not fit, a paragraph
 * breaks only where two lines stand on either side, and a table repeats its heads. Every block says what it is
 * (heading, paragraph, list, table, figure), so that a screen reader finds the document's structure; title, language
 * and author are in the metadata. Texts are UTF-8 in NFC and come out of the PDF as they went in.
 *
 * Measures are points (1/72 inch); the origin of a canvas is its upper left corner. Texts of setup and cells may hold
 * "{page}" and "{pages}" where it is said so. The same calls with the same `made_at` give the same bytes on the same
 * machine.
 *
 * Failures stick: every call after one does nothing, pdf_finish tells. Limits: PDF_PAGES_MAX pages, 64 MiB of texts,
 * pictures of 40 megapixels. A picture that cannot be read is a failure of pdf_image alone.
 *
 * Used by: form. Uses: base, pango, cairo, libqrencode; fonts Noto Serif, Noto Sans Mono and Noto Sans Math by
 * fontconfig. Threads: a document belongs to one thread.
 */
#ifndef KHOACU_DOC_PDF_H
#define KHOACU_DOC_PDF_H

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"
#include "khoacu/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PDF_PAGES_MAX 400
#define PDF_A4_WIDTH 595.276
#define PDF_A4_HEIGHT 841.89

struct pdf;

struct pdf_setup {
    const char *title, *author, *subject; /* metadata; author and subject may be NULL */
    const char *lang;                     /* "vi" or "en" */
    const char *made_at;                  /* "2026-11-23T07:00:00Z" */
    const char *head_left, *head_middle, *head_right; /* running head from the second page on, or NULL; {page} {pages} */
    const char *foot_left, *foot_middle, *foot_right; /* of every page, or NULL; {page} {pages} */
    const char *watermark;                /* large and pale across every page, or NULL */
    double size;                          /* of the text; 0: 11 */
    double left, right, top, bottom;      /* margins; 0: 20 mm, 15 mm, 15 mm, 18 mm */
};
enum err pdf_new(const struct pdf_setup *setup, struct pdf **ret_pdf) MUST_CHECK;
void pdf_free(struct pdf *pdf); /* accepts NULL */
/* Makes the pages and appends the file to `out`; *ret_pages (may be NULL) their number. Once. ERR_LIMIT: too long. */
enum err pdf_finish(struct pdf *pdf, struct buf *out, size_t *ret_pages) MUST_CHECK;
/* Memory that lives as long as the document. */
struct arena *pdf_arena(struct pdf *pdf);
/* Width of the column that the next block goes into. */
double pdf_width(const struct pdf *pdf);
double pdf_size(const struct pdf *pdf); /* of the text */

/* ---- pictures ---- */

struct pdf_image;
/* PNG or JPEG. NULL: it is neither, broken or too large. Width and height in pixels. */
const struct pdf_image *pdf_image(struct pdf *pdf, const void *bytes, size_t len);
void pdf_image_size(const struct pdf_image *image, double *ret_width, double *ret_height);

/* ---- formulas: boxes within boxes ---- */

struct pdf_math; /* NULL stands for nothing and is accepted everywhere */
enum pdf_math_token { PDF_MATH_NUMBER, PDF_MATH_LETTER, PDF_MATH_OPERATOR, PDF_MATH_TEXT };
struct pdf_math *pdf_math_token(struct pdf *pdf, enum pdf_math_token kind, const char *text);
struct pdf_math *pdf_math_row(struct pdf *pdf, struct pdf_math *const *boxes, size_t count);
struct pdf_math *pdf_math_fraction(struct pdf *pdf, struct pdf_math *above, struct pdf_math *below, bool line);
struct pdf_math *pdf_math_root(struct pdf *pdf, struct pdf_math *of, struct pdf_math *index);
struct pdf_math *pdf_math_scripts(struct pdf *pdf, struct pdf_math *base, struct pdf_math *sub, struct pdf_math *sup);
struct pdf_math *pdf_math_limits(struct pdf *pdf, struct pdf_math *base, struct pdf_math *under, struct pdf_math *over);
struct pdf_math *pdf_math_table(struct pdf *pdf, struct pdf_math *const *cells, size_t rows, size_t columns);
/* Brackets as tall as what they hold; "" or NULL: none on that side. */
struct pdf_math *pdf_math_fenced(struct pdf *pdf, const char *open, struct pdf_math *of, const char *close);

/* ---- texts ---- */

enum pdf_style {
    PDF_BOLD = 1, PDF_ITALIC = 2, PDF_UNDERLINE = 4, PDF_SUB = 8, PDF_SUP = 16, PDF_MONO = 32, PDF_STRIKE = 64,
    PDF_SMALL = 128, PDF_PALE = 256
};
struct pdf_text;
struct pdf_text *pdf_text(struct pdf *pdf);
void pdf_text_add(struct pdf_text *text, const char *words, unsigned style);
void pdf_text_break(struct pdf_text *text);
/* Pictures are made smaller when they are wider than the column; `width` 0: by its pixels at 96 to the inch. */
void pdf_text_image(struct pdf_text *text, const struct pdf_image *image, double width);
void pdf_text_math(struct pdf_text *text, struct pdf_math *math);
/* An empty box to write in or to mark, as high as the line. */
void pdf_text_box(struct pdf_text *text, double width);
bool pdf_text_empty(const struct pdf_text *text);
/* One text in one style. */
struct pdf_text *pdf_words(struct pdf *pdf, const char *words, unsigned style);
/* Upper case by the rules of Unicode, in the document's memory. */
char *pdf_upper(struct pdf *pdf, const char *words);
/* Width of the text on one line. */
double pdf_text_width(struct pdf_text *text, double size);

/* ---- blocks ---- */

enum pdf_align { PDF_LEFT, PDF_CENTRE, PDF_RIGHT, PDF_JUSTIFY };
enum pdf_role { PDF_P, PDF_H1, PDF_H2, PDF_H3, PDF_CODE, PDF_CAPTION };
struct pdf_look {
    enum pdf_role role;
    enum pdf_align align;
    double size;          /* 0: the document's */
    double indent;        /* from the left */
    double before, after; /* space around; of two neighbours the larger counts */
    bool keep_next;       /* never the last one of a column */
};
/* `look` NULL: a plain paragraph. */
void pdf_paragraph(struct pdf *pdf, struct pdf_text *text, const struct pdf_look *look);

/* Labelled texts side by side in equal parts of the column, the label hanging: options of an item, entries of a list.
 * Each is an entry of the list that pdf_open(PDF_LIST) began. */
struct pdf_entry {
    const char *label;
    struct pdf_text *text;
};
void pdf_entries(struct pdf *pdf, const struct pdf_entry *entries, size_t count, double indent, double label_width);

struct pdf_cell {
    struct pdf_text *text; /* NULL: empty */
    unsigned across, down; /* columns and rows that it takes; 0 and 1: one */
    bool head;
    enum pdf_align align;
};
struct pdf_table {
    const struct pdf_cell *cells; /* row by row; every cell once, spanned places have none */
    const size_t *row_cells;      /* how many each row has */
    size_t rows, columns, head_rows; /* the first head_rows are repeated on each page; at most 40 columns */
    const double *shares;         /* widths relative to each other, or NULL: by what they hold */
    double size;                  /* 0: the document's */
};
void pdf_table(struct pdf *pdf, const struct pdf_table *table);
void pdf_figure(struct pdf *pdf, const struct pdf_image *image, double width, const char *alt);
/* `count` dotted lines to write on. */
void pdf_lines(struct pdf *pdf, size_t count, double distance);
void pdf_space(struct pdf *pdf, double height);
void pdf_rule(struct pdf *pdf);

/* What is between open and close is one part: kept together when it is not longer than most of a column. */
enum pdf_part { PDF_SECTION, PDF_KEPT, PDF_LIST };
void pdf_open(struct pdf *pdf, enum pdf_part part);
void pdf_close(struct pdf *pdf);
/* From here on, 1 or 2 columns, below all that is there. */
void pdf_columns(struct pdf *pdf, int count);
void pdf_new_page(struct pdf *pdf);

/* ---- drawing by hand ---- */

struct pdf_canvas;
/* Called when the page is made: the canvas is `width` by the height asked for. */
typedef void pdf_draw_fn(void *ctx, struct pdf_canvas *canvas, double width, size_t page, size_t pages);
/* A block of fixed height in the flow. `ctx` lives as long as the document. `alt` NULL: its texts are read. */
void pdf_canvas(struct pdf *pdf, double height, pdf_draw_fn *draw, void *ctx, const char *alt);
/* A text in a box `width` wide with its upper edge at y; returns its height. {page} {pages}. */
double pdf_draw_text(struct pdf_canvas *canvas, double x, double y, double width, enum pdf_align align, double size,
                     const char *words, unsigned style);
void pdf_draw_line(struct pdf_canvas *canvas, double x1, double y1, double x2, double y2, double thick, bool dotted);
void pdf_draw_box(struct pdf_canvas *canvas, double x, double y, double width, double height, double thick);
void pdf_draw_fill(struct pdf_canvas *canvas, double x, double y, double width, double height);
void pdf_draw_circle(struct pdf_canvas *canvas, double x, double y, double radius, double thick);
/* A QR code (ISO/IEC 18004, level M) with its quiet zone inside `size`. */
void pdf_draw_qr(struct pdf_canvas *canvas, double x, double y, double size, const char *words);

#endif
