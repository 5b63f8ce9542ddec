/* pdf_private.h: what the files of doc/pdf share.
 *
 * pdf.c holds the document and its blocks, pdf_text.c texts and what stands in their lines, pdf_math.c formulas,
 * pdf_image.c pictures, pdf_table.c tables, pdf_layout.c puts blocks on pages, pdf_draw.c draws them, pdf_file.c adds
 * to the file what the library has no call for.
 */
#ifndef KHOACU_SERVER_DOC_PDF_PRIVATE_H
#define KHOACU_SERVER_DOC_PDF_PRIVATE_H

#include "khoacu/doc/pdf.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#define PDF_TEXT_MAX ((size_t)1 << 20)
#define PDF_BLOCKS_MAX 200000

/* ---- things in a line ---- */

struct pdf_inline {
    double width, ascent, descent; /* of a formula at a size of 1 */
    double size;                   /* of the text it stands in; 0 while it is not laid out */
    void (*draw)(const struct pdf_inline *self, cairo_t *cr); /* at the current point, on the baseline */
    struct pdf *pdf;
    const void *what;
};
enum pdf_math_kind { BOX_GLYPHS, BOX_ROW, BOX_FRACTION, BOX_ROOT, BOX_SCRIPTS, BOX_LIMITS, BOX_TABLE, BOX_FENCED };
struct pdf_math {
    enum pdf_math_kind kind;
    double scale, width, ascent, descent; /* for text of size 1 */
    double sides, fence;                  /* room beside a token; width of the brackets or of the root's sign */
    const char *words, *open, *close;
    bool slanted, line;
    struct pdf_math **parts; /* with NULL where one is missing */
    size_t count, rows, columns;
    double *x, *y; /* of the parts; y downwards from the baseline */
};
struct pdf_image {
    cairo_surface_t *surface;
    double width, height;
    struct pdf_image *next;
};
void pdf_math_draw(const struct pdf_inline *self, cairo_t *cr);
void pdf_math_measure(struct pdf *pdf, struct pdf_math *math, double scale);
/* The picture as a surface of cairo's; NULL: neither PNG nor JPEG, broken or too large. A JPEG goes into a PDF as it is, its
 * pixels are not there. */
cairo_surface_t *pdf_surface(const void *bytes, size_t len);
/* Width and height of a JPEG; false: it is none, or too large. */
bool pdf_jpeg_size(const uint8_t *bytes, size_t len, int *ret_width, int *ret_height);
void pdf_image_draw(const struct pdf_image *image, cairo_t *cr, double x, double y, double width);

/* ---- texts ---- */

struct pdf_span {
    size_t from, to;
    unsigned style;
    struct pdf_inline *thing; /* or NULL */
    struct pdf_span *next;
};
struct pdf_text {
    struct pdf *pdf;
    struct buf words;
    struct pdf_span *first, **last;
    struct pdf_text *next;
};
/* A layout of the text, owned by the document. `width` < 0: one line. */
PangoLayout *pdf_layout_of(struct pdf_text *text, double width, double size, enum pdf_align align, bool bold);

/* ---- blocks ---- */

enum pdf_kind { PDF_BLOCK_PARAGRAPH, PDF_BLOCK_CELLS, PDF_BLOCK_FIGURE, PDF_BLOCK_LINES, PDF_BLOCK_SPACE, PDF_BLOCK_RULE,
                PDF_BLOCK_CANVAS, PDF_BLOCK_OPEN, PDF_BLOCK_CLOSE, PDF_BLOCK_COLUMNS, PDF_BLOCK_PAGE };

struct pdf_piece { /* of a row of cells */
    PangoLayout *label, *text;
    double x, y, label_y, label_width, width, height;
    const char *tag; /* LI, TD, TH */
};
struct pdf_block {
    enum pdf_kind kind;
    enum pdf_part part;
    const char *tag;    /* of the structure, or NULL */
    const char *alt;
    double height, indent, before, after, width;
    bool keep_next;
    PangoLayout *layout;
    struct pdf_piece *pieces;
    size_t piece_count;
    bool framed;              /* cells with borders */
    const struct pdf_block *heads; /* rows repeated above it on a new page */
    size_t head_count;
    const struct pdf_image *image;
    double image_width;
    size_t lines;
    double distance;
    int columns;
    pdf_draw_fn *draw;
    void *ctx;
    size_t end; /* of OPEN: place of its CLOSE; of CLOSE: of its OPEN */
};
struct pdf_place { /* a block, or some lines of it, on a page */
    const struct pdf_block *block;
    size_t page;
    double x, y;
    int from, to; /* lines of a paragraph; to < 0: all */
    bool again;   /* repeated heads: not part of the structure */
};

struct pdf {
    struct arena arena;
    struct pdf_setup setup;
    enum err err;
    PangoFontMap *fonts;
    PangoContext *context;
    double column_width, gap;
    int columns;
    struct pdf_block *blocks;
    size_t count, size;
    size_t open[16], depth;
    struct pdf_place *places;
    size_t place_count, place_size;
    size_t pages;
    GPtrArray *layouts;
    struct pdf_text *texts;
    struct pdf_image *images;
    const char **alts; /* of the figures in their order */
    size_t alt_count, alt_size;
};
struct pdf_canvas {
    struct pdf *pdf;
    cairo_t *cr;
    double x, y;
    size_t page;
};

struct pdf_block *pdf_add(struct pdf *pdf, enum pdf_kind kind);
void pdf_fail(struct pdf *pdf, enum err err);
double pdf_page_width(const struct pdf *pdf);
void pdf_lay_out(struct pdf *pdf);
/* Height of lines [from, to) of a layout, and where the first begins in it. */
double pdf_lines_height(PangoLayout *layout, int from, int to, double *ret_top);
enum err pdf_draw_pages(struct pdf *pdf, struct buf *out);
void pdf_mend(struct pdf *pdf, struct buf *out, size_t start);
char *pdf_numbered(struct pdf *pdf, const char *words, size_t page);
PangoFontDescription *pdf_font(double size, bool bold, bool slanted);

#endif
