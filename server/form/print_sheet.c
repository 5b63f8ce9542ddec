#include "print_private.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/text.h"

#include "khoacu/base/banned.h"

#define BUBBLES_A_COLUMN 25 /* on the first page; 35 on others */
#define BUBBLE 5.4      /* radius */
#define ROW 17.2        /* distance of rows */
#define LETTERS_MAX 8   /* of one row of bubbles */
#define TOP 30.0
#define BOTTOM 44.0
#define MARK 11.0       /* side of the squares by which a scanner finds the sheet */

/* One row of bubbles: an item, or a part of one. */
struct row {
    char label[48];
    size_t letters;
};
struct sheet {
    struct print *print;
    struct row *rows;
    size_t count;
    size_t from, to, columns, widest; /* rows of one canvas */
};

static void add_row(struct sheet *sheet, const char *label, size_t letters) {
    struct row *row = &sheet->rows[sheet->count++];
    snprintf(row->label, sizeof row->label, "%s", label);
    row->letters = letters;
}

/* Longest lists are cut to what a row holds; the rest is written by hand in part II. */
static bool by_bubbles(const struct item *item) {
    switch (item->kind) {
    case ITEM_SINGLE:
    case ITEM_MULTIPLE:
    case ITEM_TRUEFALSE:
    case ITEM_GRADED:
        return item->option_count <= LETTERS_MAX;
    case ITEM_MATCHING:
        return item->column_count <= LETTERS_MAX;
    case ITEM_INLINE:
        for (size_t i = 0; i < item->gap_count; i++)
            if (item->gaps[i].option_count > LETTERS_MAX)
                return false;
        return true;
    case ITEM_ORDERING:
    case ITEM_NUMERIC:
    case ITEM_TEXT:
    case ITEM_ESSAY:
    case ITEM_UPLOAD:
    case ITEM_STIMULUS:
    case ITEM_KIND_COUNT:
        return false;
    }
    return false;
}

static bool by_essay(const struct item *item) {
    return item->kind == ITEM_ESSAY || (item->kind == ITEM_TEXT && item->lines > 3);
}

static size_t rows_of(const struct item *item) {
    return item->kind == ITEM_MATCHING ? item->option_count : item->kind == ITEM_INLINE ? item->gap_count : 1;
}

static void collect(struct sheet *sheet) {
    const struct print_form *form = sheet->print->form;
    for (size_t i = 0; i < form->count; i++) {
        const struct item *item = form->items[i].item;
        char label[48];
        if (!by_bubbles(item))
            continue;
        for (size_t part = 0; part < rows_of(item); part++) {
            size_t letters = item->kind == ITEM_MATCHING ? item->column_count
                             : item->kind == ITEM_INLINE ? item->gaps[part].option_count : item->option_count;
            if (item->kind == ITEM_MATCHING || item->kind == ITEM_INLINE)
                snprintf(label, sizeof label, "%zu.%zu", i + 1, part + 1);
            else
                snprintf(label, sizeof label, "%zu%s", i + 1, item->kind == ITEM_MULTIPLE ? "*" : "");
            add_row(sheet, label, letters);
        }
    }
}

/* ---- drawing ---- */

static void field(struct pdf_canvas *canvas, double x, double y, double width, const char *words, double words_width) {
    pdf_draw_text(canvas, x, y, words_width + 4, PDF_LEFT, 10, words, 0);
    pdf_draw_line(canvas, x + words_width, y + 12, x + width, y + 12, 0.8, true);
}

static double width_of(struct print *print, enum print_word word) {
    return pdf_text_width(pdf_words(print->pdf, print_word(print, word), 0), 10) + 4;
}

static void line_of(struct print *print, struct pdf_canvas *canvas, double x, double y, double width, enum print_word word) {
    field(canvas, x, y, width, print_word(print, word), width_of(print, word));
}

/* In the corners of the page, for a canvas that begins it. */
static void draw_corners(struct pdf_canvas *canvas, double width) {
    double low = PDF_A4_HEIGHT - TOP - BOTTOM - MARK;
    pdf_draw_fill(canvas, 0, 0, MARK, MARK);
    pdf_draw_fill(canvas, width - MARK, 0, MARK, MARK);
    pdf_draw_fill(canvas, 0, low, MARK, MARK);
    pdf_draw_fill(canvas, width - MARK, low, MARK, MARK);
}

static void draw_head(void *ctx, struct pdf_canvas *canvas, double width, size_t page, size_t pages) {
    struct print *print = ctx;
    const struct print_form *form = print->form;
    char id[TEXT_ID_LEN + 1], qr[200];
    double x = MARK + 8, qr_size = 96, fields = width - 2 * MARK - 16 - qr_size - 12;
    (void)page, (void)pages;
    text_format_id(form->form_id, id);
    snprintf(qr, sizeof qr, "KHOACU:1:%s:%s:%s:%.16s", form->cycle_code, form->form_code, id, form->sha256);
    draw_corners(canvas, width);
    pdf_draw_text(canvas, x, 0, fields, PDF_LEFT, 10, pdf_upper(print->pdf, form->authority), PDF_BOLD);
    double y = 15 + pdf_draw_text(canvas, x, 15, fields, PDF_LEFT, 9.5, form->cycle_title, 0);
    pdf_draw_text(canvas, x, y + 3, fields, PDF_LEFT, 17, print_word(print, PRINT_SHEET), PDF_BOLD);
    y += 34;
    line_of(print, canvas, x, y, fields, PRINT_NAME);
    line_of(print, canvas, x, y + 20, fields / 2 - 6, PRINT_BIRTH);
    line_of(print, canvas, x + fields / 2, y + 20, fields / 2, PRINT_ROLL);
    line_of(print, canvas, x, y + 40, fields / 2 - 6, PRINT_COUNCIL);
    line_of(print, canvas, x + fields / 2, y + 40, fields / 4 - 2, PRINT_ROOM);
    line_of(print, canvas, x + fields * 0.75 + 4, y + 40, fields / 4 - 4, PRINT_DATE);
    double right = width - MARK - 8 - qr_size;
    pdf_draw_qr(canvas, right, 0, qr_size, qr);
    pdf_draw_box(canvas, right + 2, qr_size + 4, qr_size - 4, 26, 1.2);
    pdf_draw_text(canvas, right + 2, qr_size + 8, qr_size - 4, PDF_CENTRE, 11.5, print_words(print, PRINT_FORM, form->form_code), PDF_BOLD);
}

static void draw_signatures(void *ctx, struct pdf_canvas *canvas, double width, size_t page, size_t pages) {
    static const enum print_word who[] = {PRINT_SIGN_CANDIDATE, PRINT_SIGN_FIRST, PRINT_SIGN_SECOND};
    struct print *print = ctx;
    double part = (width - 2 * MARK - 16) / 3;
    (void)page, (void)pages;
    for (int i = 0; i < 3; i++) {
        double x = MARK + 8 + part * i;
        pdf_draw_box(canvas, x, 0, part, 56, 0.6);
        pdf_draw_text(canvas, x, 3, part, PDF_CENTRE, 9.5, print_word(print, who[i]), PDF_BOLD);
        pdf_draw_text(canvas, x, 16, part, PDF_CENTRE, 8, print_word(print, PRINT_SIGN_HOW), PDF_ITALIC);
    }
}

/* Rows of a column: fives, as they are ruled. */
static size_t lines_of(const struct sheet *sheet) {
    size_t lines = (sheet->to - sheet->from + sheet->columns - 1) / sheet->columns;
    return (lines + 4) / 5 * 5;
}

static void draw_rows(void *ctx, struct pdf_canvas *canvas, double width, size_t page, size_t pages) {
    struct sheet *sheet = ctx;
    double left = MARK + 8, part = (width - 2 * left) / (double)sheet->columns;
    size_t a_column = lines_of(sheet);
    (void)page, (void)pages;
    if (sheet->from > 0)
        draw_corners(canvas, width);
    for (size_t i = sheet->from; i < sheet->to; i++) {
        size_t at = i - sheet->from, column = at / a_column, line = at % a_column;
        const struct row *row = &sheet->rows[i];
        double x = left + part * (double)column, y = 4 + ROW * (double)line, middle = y + ROW / 2;
        double step = (part - 46) / (double)sheet->widest, first = x + 36;
        step = step > 18 ? 18 : step < 2 * BUBBLE + 0.8 ? 2 * BUBBLE + 0.8 : step;
        if (line % 5 == 0)
            pdf_draw_line(canvas, x, y, x + part - 8, y, 0.3, false);
        pdf_draw_text(canvas, x, middle - 7, 30, PDF_RIGHT, 9.5, row->label, PDF_BOLD);
        for (size_t k = 0; k < row->letters; k++) {
            double at_x = first + step * (double)k + BUBBLE;
            pdf_draw_circle(canvas, at_x, middle, BUBBLE, 0.6);
            pdf_draw_text(canvas, at_x - 8, middle - 5.2, 16, PDF_CENTRE, 7.2, print_letter(k), PDF_PALE);
        }
    }
}

static void put_heading(struct print *print, enum print_word word) {
    struct pdf_look look = {.role = PDF_H2, .size = 11.5, .indent = MARK + 8, .before = 6, .after = 3, .keep_next = true};
    pdf_paragraph(print->pdf, pdf_words(print->pdf, print_word(print, word), 0), &look);
}

/* Canvases of whole pages of bubbles; fewer letters let more columns stand side by side. */
static bool put_rows(struct print *print, struct sheet *all) {
    size_t widest = 0, from = 0;
    for (size_t i = 0; i < all->count; i++)
        widest = all->rows[i].letters > widest ? all->rows[i].letters : widest;
    size_t columns = widest <= 5 ? 4 : widest <= 6 ? 3 : 2, first = BUBBLES_A_COLUMN * columns, later = 35 * columns;
    while (from < all->count) {
        struct sheet *sheet = arena_alloc(print->arena, sizeof *sheet);
        size_t most = from == 0 ? first : later;
        if (!sheet)
            return false;
        *sheet = *all;
        sheet->columns = columns;
        sheet->from = from;
        sheet->to = all->count - from > most ? from + most : all->count;
        sheet->widest = widest;
        if (from > 0)
            pdf_new_page(print->pdf);
        pdf_canvas(print->pdf, (double)lines_of(sheet) * ROW + 8, draw_rows, sheet, NULL);
        from = sheet->to;
    }
    return true;
}

static void put_written(struct print *print) {
    const struct print_form *form = print->form;
    bool heading = false;
    for (size_t i = 0; i < form->count; i++) {
        const struct item *item = form->items[i].item;
        if (by_bubbles(item) || by_essay(item) || item->kind == ITEM_UPLOAD)
            continue;
        if (!heading)
            put_heading(print, PRINT_PART_WRITTEN);
        heading = true;
        struct pdf_text *text = pdf_words(print->pdf, print_words(print, PRINT_ITEM, i + 1), PDF_BOLD);
        pdf_text_add(text, "  ", 0);
        if (item->kind == ITEM_ORDERING) {
            for (size_t k = 0; k < item->option_count; k++) {
                if (k > 0)
                    pdf_text_add(text, " → ", 0);
                pdf_text_box(text, 22);
            }
        } else {
            pdf_text_box(text, item->kind == ITEM_NUMERIC ? 160 : pdf_width(print->pdf) - 110);
            if (item->unit && *item->unit)
                pdf_text_add(text, arena_printf(print->arena, " %s", item->unit), 0);
        }
        pdf_paragraph(print->pdf, text, &(struct pdf_look){.indent = MARK + 8, .after = 9, .size = 12});
    }
}

static void put_essays(struct print *print) {
    const struct print_form *form = print->form;
    bool heading = false;
    for (size_t i = 0; i < form->count; i++) {
        const struct item *item = form->items[i].item;
        if (!by_essay(item))
            continue;
        pdf_new_page(print->pdf);
        if (!heading)
            put_heading(print, PRINT_PART_ESSAY);
        heading = true;
        pdf_paragraph(print->pdf, pdf_words(print->pdf, print_words(print, PRINT_ITEM, i + 1), PDF_BOLD), &(struct pdf_look){.keep_next = true});
        /* About eight words a line of handwriting; a page has thirty-one lines. */
        int64_t lines = item->lines > 0 ? item->lines : item->words_max > 0 ? item->words_max / 8 + 4 : 62;
        pdf_lines(print->pdf, (size_t)(lines < 10 ? 10 : lines > 310 ? 310 : lines), 24);
    }
}

enum err print_answer_sheet(const struct print_form *form, struct buf *out, size_t *ret_pages) {
    struct print print;
    struct pdf_setup setup = {.size = 10.5, .left = 36, .right = 36, .top = TOP, .bottom = BOTTOM};
    enum err err = print_open(&print, form, PRINT_SHEET_TITLE, &setup);
    if (err != ERR_NONE)
        return err;
    struct sheet all = {.print = &print};
    size_t count = 0;
    for (size_t i = 0; i < form->count; i++)
        count += rows_of(form->items[i].item);
    all.rows = ARENA_ARRAY(print.arena, count, struct row);
    pdf_canvas(print.pdf, 132, draw_head, &print, NULL);
    pdf_canvas(print.pdf, 62, draw_signatures, &print, NULL);
    pdf_paragraph(print.pdf, pdf_words(print.pdf, print_word(&print, PRINT_SHEET_HOW), PDF_ITALIC | PDF_SMALL),
                  &(struct pdf_look){.indent = MARK + 8, .after = 2});
    if (all.rows)
        collect(&all);
    if (all.count > 0) {
        put_heading(&print, PRINT_PART_LETTERS);
        (void)put_rows(&print, &all);
    }
    put_written(&print);
    put_essays(&print);
    err = pdf_finish(print.pdf, out, ret_pages);
    pdf_free(print.pdf);
    return err;
}
