#include "khoacu/ballot/ballot.h"

#include "khoacu/doc/pdf.h"

#include <stdio.h>

#include "khoacu/base/banned.h"

#define ROW_HEIGHT 178.0 /* four rows of two slips a page */
#define QR_SIZE 76.0
#define INSET 10.0

/* Two slips side by side, with lines to cut along. */
struct row {
    const struct ballot_slips *slips;
    const char *address;
    size_t first;
};

static void draw_slip(struct pdf_canvas *canvas, const struct row *row, const char *code, double x, double width) {
    char qr[256];
    double text = x + INSET, room = width - QR_SIZE - 3 * INSET, y = INSET;
    snprintf(qr, sizeof qr, "%s#%s", row->address, code);
    pdf_draw_box(canvas, x, 0, width, ROW_HEIGHT - 8, 0.5);
    y += pdf_draw_text(canvas, text, y, width - 2 * INSET, PDF_LEFT, 8, row->slips->cycle_title, PDF_PALE) + 2;
    y += pdf_draw_text(canvas, text, y, width - 2 * INSET, PDF_LEFT, 11, "PHIẾU BỎ PHIẾU KÍN", PDF_BOLD) + 2;
    y += pdf_draw_text(canvas, text, y, width - 2 * INSET, PDF_LEFT, 9, row->slips->title_vi, 0) + 4;
    y += pdf_draw_text(canvas, text, y, room, PDF_LEFT, 8, "Mở địa chỉ dưới đây trên máy bất kỳ, nhập mã, chọn một người rồi giữ lại mã biên nhận:", 0) + 2;
    y += pdf_draw_text(canvas, text, y, room, PDF_LEFT, 8, row->address, PDF_MONO) + 4;
    pdf_draw_text(canvas, text, y, room, PDF_LEFT, 10, code, PDF_MONO | PDF_BOLD);
    pdf_draw_qr(canvas, x + width - QR_SIZE - INSET, ROW_HEIGHT - 8 - QR_SIZE - INSET, QR_SIZE, qr);
}

static void draw_row(void *ctx, struct pdf_canvas *canvas, double width, size_t page, size_t pages) {
    const struct row *row = ctx;
    (void)page, (void)pages;
    for (size_t i = 0; i < 2 && row->first + i < row->slips->count; i++)
        draw_slip(canvas, row, row->slips->codes[row->first + i], (double)i * (width / 2 + 4), width / 2 - 4);
}

enum err ballot_slips_print(const struct ballot_slips *slips, const char *address, const char *made_at, struct buf *out) {
    struct pdf *pdf = NULL;
    const struct pdf_setup setup = {.title = "Phiếu bỏ phiếu kín", .lang = "vi", .made_at = made_at, .foot_right = "{page}/{pages}", .top = 36, .bottom = 40};
    enum err err = pdf_new(&setup, &pdf);
    for (size_t i = 0; err == ERR_NONE && i < slips->count; i += 2) {
        struct row *row = ARENA_NEW(pdf_arena(pdf), struct row);
        if (!row) {
            err = ERR_MEMORY;
            break;
        }
        *row = (struct row){.slips = slips, .address = address, .first = i};
        pdf_canvas(pdf, ROW_HEIGHT, draw_row, row, NULL);
    }
    if (err == ERR_NONE)
        err = pdf_finish(pdf, out, NULL);
    pdf_free(pdf);
    return err;
}
