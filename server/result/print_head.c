#include "print_head.h"

#include "khoacu/base/banned.h"

static double centred(struct pdf_canvas *canvas, double x, double y, double width, double size, const char *words, unsigned style) {
    return y + pdf_draw_text(canvas, x, y, width, PDF_CENTRE, size, words, style);
}

void result_draw_head(struct pdf *pdf, struct pdf_canvas *canvas, double width, const struct result_words *words, const struct result_paper_head *head) {
    const char *motto = result_word(words, "print.motto");
    double left = width * 0.42, right = width - left, half = pdf_text_width(pdf_words(pdf, motto, PDF_BOLD), 12) / 2;
    double y = centred(canvas, 0, 0, left - 10, 11, pdf_upper(pdf, head->authority), 0);
    y = centred(canvas, 0, y, left - 10, 11, result_word(words, "print.council"), PDF_BOLD);
    pdf_draw_line(canvas, left * 0.32, y + 3, left * 0.64, y + 3, 0.7, false);
    if (head->number)
        (void)centred(canvas, 0, y + 8, left - 10, 11, head->number, 0);
    y = centred(canvas, left, 0, right, 11, result_word(words, "print.state"), PDF_BOLD);
    y = centred(canvas, left, y, right, 12, motto, PDF_BOLD);
    pdf_draw_line(canvas, left + right / 2 - half, y + 3, left + right / 2 + half, y + 3, 0.7, false);
    (void)centred(canvas, left, y + 8, right, 11, result_date(words, head->at_us), PDF_ITALIC);
}
