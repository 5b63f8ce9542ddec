#include "pdf_private.h"

#include <stdlib.h>

#include "khoacu/base/banned.h"

#define KEPT_SHARE 0.72    /* a part longer than this share of a column may break between its blocks */
#define LINES_TOGETHER 2   /* of a paragraph, on either side of a break */

/* Where the next block goes. */
struct pen {
    struct pdf *pdf;
    size_t page;
    int column, columns;
    double top;    /* of the columns on this page */
    double y;      /* below what stands in this column */
    double lowest; /* of all columns of this band on this page */
    double after;  /* space that the last block wants below it */
    bool fresh;    /* nothing stands in the column yet */
};

static double page_top(const struct pen *pen) {
    return pen->pdf->setup.top;
}

static double page_bottom(const struct pen *pen) {
    return PDF_A4_HEIGHT - pen->pdf->setup.bottom;
}

static double room(const struct pen *pen) {
    return page_bottom(pen) - pen->y;
}

static double full_column(const struct pen *pen) {
    return page_bottom(pen) - page_top(pen);
}

static void next_page(struct pen *pen) {
    if (++pen->page >= PDF_PAGES_MAX)
        pdf_fail(pen->pdf, ERR_LIMIT);
    pen->column = 0;
    pen->top = pen->y = pen->lowest = page_top(pen);
    pen->after = 0;
    pen->fresh = true;
}

static void next_column(struct pen *pen) {
    if (pen->column + 1 >= pen->columns) {
        next_page(pen);
        return;
    }
    pen->column++;
    pen->y = pen->top;
    pen->after = 0;
    pen->fresh = true;
}

static double column_x(const struct pen *pen) {
    const struct pdf *pdf = pen->pdf;
    double width = (pdf_page_width(pdf) - (pen->columns - 1) * pdf->gap) / pen->columns;
    return pdf->setup.left + pen->column * (width + pdf->gap);
}

static void put(struct pen *pen, const struct pdf_block *block, int from, int to, double height, bool again) {
    struct pdf *pdf = pen->pdf;
    if (pdf->place_count == pdf->place_size) {
        size_t size = pdf->place_size ? pdf->place_size * 2 : 512;
        struct pdf_place *more = realloc(pdf->places, size * sizeof *more);
        if (!more) {
            pdf_fail(pdf, ERR_MEMORY);
            return;
        }
        pdf->places = more;
        pdf->place_size = size;
    }
    pdf->places[pdf->place_count++] = (struct pdf_place){.block = block, .page = pen->page, .x = column_x(pen) + block->indent,
                                                         .y = pen->y, .from = from, .to = to, .again = again};
    pen->y += height;
    pen->lowest = pen->y > pen->lowest ? pen->y : pen->lowest;
    if (height > 0)
        pen->fresh = false;
}

static double space_before(const struct pen *pen, const struct pdf_block *block) {
    if (pen->fresh)
        return 0;
    return block->before > pen->after ? block->before : pen->after;
}

/* Height of blocks [from, to), as if nothing stood above. */
static double extent(const struct pdf *pdf, size_t from, size_t to) {
    double height = 0, after = 0;
    bool first = true;
    for (size_t i = from; i < to; i++) {
        const struct pdf_block *block = &pdf->blocks[i];
        if (block->kind == PDF_BLOCK_OPEN || block->kind == PDF_BLOCK_CLOSE || block->kind == PDF_BLOCK_COLUMNS)
            continue;
        height += (first ? 0 : block->before > after ? block->before : after) + block->height;
        after = block->after;
        first = false;
    }
    return height;
}

double pdf_lines_height(PangoLayout *layout, int from, int to, double *ret_top) {
    PangoLayoutIter *iter = pango_layout_get_iter(layout);
    int top = 0, bottom = 0, line = 0, y0, y1;
    do {
        pango_layout_iter_get_line_yrange(iter, &y0, &y1);
        if (line == from)
            top = y0;
        if (line < to)
            bottom = y1;
        line++;
    } while (pango_layout_iter_next_line(iter));
    pango_layout_iter_free(iter);
    if (ret_top)
        *ret_top = top / (double)PANGO_SCALE;
    return (bottom - top) / (double)PANGO_SCALE;
}

/* What must stand in the same column from block `at` on: itself, or its first lines, and what it may not leave. */
static double least(const struct pdf *pdf, size_t at) {
    const struct pdf_block *block = &pdf->blocks[at];
    if (block->kind == PDF_BLOCK_PARAGRAPH && !block->keep_next) {
        int lines = pango_layout_get_line_count(block->layout);
        return lines > 2 * LINES_TOGETHER - 1 ? pdf_lines_height(block->layout, 0, LINES_TOGETHER, NULL) : block->height;
    }
    if (!block->keep_next)
        return block->height;
    size_t next = at + 1;
    while (next < pdf->count && (pdf->blocks[next].kind == PDF_BLOCK_OPEN || pdf->blocks[next].kind == PDF_BLOCK_CLOSE))
        next++;
    return block->height + block->after + (next < pdf->count ? least(pdf, next) : 0);
}

static void begin(struct pen *pen, const struct pdf_block *block) {
    pen->y += space_before(pen, block);
    pen->after = block->after;
}

static void place_paragraph(struct pen *pen, const struct pdf_block *block) {
    int lines = pango_layout_get_line_count(block->layout), from = 0;
    begin(pen, block);
    while (from < lines && pen->pdf->err == ERR_NONE) {
        int to = lines;
        while (to > from && pdf_lines_height(block->layout, from, to, NULL) > room(pen) + 0.01)
            to--;
        if (to < lines && to > lines - LINES_TOGETHER)
            to = lines - LINES_TOGETHER;
        bool whole = from == 0 && to == lines, lonely = to - from < LINES_TOGETHER && to < lines;
        if (!whole && (to <= from || lonely || lines < 2 * LINES_TOGETHER)) {
            if (pen->fresh) /* nothing is gained by going on: a line taller than the page, or four lines in it */
                to = to > from ? to : from + 1;
            else {
                next_column(pen);
                continue;
            }
        }
        put(pen, block, from, to, pdf_lines_height(block->layout, from, to, NULL), false);
        from = to;
        if (from < lines)
            next_column(pen);
    }
    pen->after = block->after;
}

static void place_solid(struct pen *pen, size_t at) {
    const struct pdf_block *block = &pen->pdf->blocks[at];
    double need = space_before(pen, block) + (block->keep_next ? least(pen->pdf, at) : block->height);
    if (need > room(pen) + 0.01 && !pen->fresh)
        next_column(pen);
    if (pen->fresh)
        for (size_t i = 0; i < block->head_count; i++)
            put(pen, &block->heads[i], 0, -1, block->heads[i].height, true);
    if (block->kind == PDF_BLOCK_SPACE && pen->fresh)
        return;
    begin(pen, block);
    put(pen, block, 0, -1, block->height, false);
}

static void switch_columns(struct pen *pen, int columns) {
    if (pen->column > 0 || pen->y > pen->top) {
        pen->y = pen->top = pen->lowest + pen->after;
        if (room(pen) < full_column(pen) * 0.08)
            next_page(pen);
    }
    pen->column = 0;
    pen->columns = columns;
    pen->top = pen->y;
    pen->lowest = pen->y;
    pen->fresh = true;
    pen->after = 0;
}

static void place_open(struct pen *pen, size_t at) {
    const struct pdf_block *block = &pen->pdf->blocks[at];
    if (block->part == PDF_KEPT && !pen->fresh) {
        double height = extent(pen->pdf, at + 1, block->end);
        size_t first = at + 1;
        while (first < block->end && pen->pdf->blocks[first].kind == PDF_BLOCK_OPEN)
            first++;
        double gap = space_before(pen, &pen->pdf->blocks[first]);
        if (height + gap > room(pen) && height <= KEPT_SHARE * full_column(pen))
            next_column(pen);
    }
    put(pen, block, 0, -1, 0, false);
}

void pdf_lay_out(struct pdf *pdf) {
    struct pen pen = {.pdf = pdf, .columns = 1, .top = pdf->setup.top, .y = pdf->setup.top, .lowest = pdf->setup.top, .fresh = true};
    for (size_t i = 0; i < pdf->count && pdf->err == ERR_NONE; i++) {
        const struct pdf_block *block = &pdf->blocks[i];
        switch (block->kind) {
        case PDF_BLOCK_OPEN:
            place_open(&pen, i);
            break;
        case PDF_BLOCK_CLOSE:
            put(&pen, block, 0, -1, 0, false);
            break;
        case PDF_BLOCK_COLUMNS:
            switch_columns(&pen, block->columns);
            break;
        case PDF_BLOCK_PAGE:
            next_page(&pen);
            break;
        case PDF_BLOCK_PARAGRAPH:
            if (block->keep_next && space_before(&pen, block) + least(pdf, i) > room(&pen) && !pen.fresh)
                next_column(&pen);
            place_paragraph(&pen, block);
            break;
        case PDF_BLOCK_CELLS:
        case PDF_BLOCK_FIGURE:
        case PDF_BLOCK_LINES:
        case PDF_BLOCK_SPACE:
        case PDF_BLOCK_RULE:
        case PDF_BLOCK_CANVAS:
            place_solid(&pen, i);
            break;
        }
    }
    pdf->pages = pen.page + (pen.fresh && pen.page > 0 && pdf->place_count > 0 && pdf->places[pdf->place_count - 1].page < pen.page ? 0 : 1);
}
