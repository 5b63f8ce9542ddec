/* print_head.h: the head of an official paper (Decree 30/2020/NĐ-CP, appendix I): the authority above the council and the number on the
 * left; state, motto, place and date on the right. The place is left to be written, as the document's number may be.
 *
 * Used by: this module. Uses: doc (pdf). Threads: as pdf.h.
 */
#ifndef KHOACU_SERVER_RESULT_PRINT_HEAD_H
#define KHOACU_SERVER_RESULT_PRINT_HEAD_H

#include "khoacu/doc/pdf.h"
#include "words.h"

struct result_paper_head {
    const char *authority, *number; /* number: its whole line, or NULL */
    int64_t at_us;
};
#define RESULT_HEAD_HEIGHT 88
/* Draws it at the top of a canvas RESULT_HEAD_HEIGHT high. */
void result_draw_head(struct pdf *pdf, struct pdf_canvas *canvas, double width, const struct result_words *words, const struct result_paper_head *head);

#endif
