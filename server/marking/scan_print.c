#include "scan_private.h"

#include "khoacu/base/text.h"
#include "khoacu/doc/pdf.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define MARGIN 36.0
#define COUNTERFOIL 128.0 /* height of the part that is torn off */
#define QR 80.0
#define STRIP 34.0        /* between code and lines; the cut lies within it */
#define LINE 24.0

struct sheet {
    char code[SCAN_CODE_SIZE], words[40], place[120];
    const char *cycle;
};

static void field(struct pdf_canvas *canvas, double x, double y, double width, const char *words, double words_width) {
    pdf_draw_text(canvas, x, y, words_width, PDF_LEFT, 11, words, 0);
    pdf_draw_line(canvas, x + words_width, y + 13, x + width, y + 13, 0.8, true);
}

static void draw_counterfoil(const struct sheet *sheet, struct pdf_canvas *canvas, double width) {
    pdf_draw_text(canvas, 0, 0, width - 150, PDF_LEFT, 11, "PHẦN CUỐNG PHÁCH – CÁN BỘ COI THI XÉ RỜI, NIÊM PHONG", PDF_BOLD);
    pdf_draw_text(canvas, 0, 17, width - 150, PDF_LEFT, 9.5, sheet->cycle, 0);
    pdf_draw_text(canvas, 0, 30, width - 150, PDF_LEFT, 9.5, sheet->place, 0);
    pdf_draw_box(canvas, width - 140, 0, 140, 42, 1);
    pdf_draw_text(canvas, width - 140, 3, 140, PDF_CENTRE, 9, "Mã tờ", 0);
    pdf_draw_text(canvas, width - 140, 15, 140, PDF_CENTRE, 17, sheet->code, PDF_BOLD | PDF_MONO);
    field(canvas, 0, 54, width * 0.62, "Họ và tên thí sinh:", 104);
    field(canvas, width * 0.65, 54, width * 0.35, "Số báo danh:", 74);
    field(canvas, 0, 78, width * 0.38, "Ngày sinh:", 60);
    field(canvas, width * 0.41, 78, width * 0.21, "Phòng thi:", 58);
    field(canvas, width * 0.65, 78, width * 0.35, "Tờ số / tổng số tờ:", 102);
    field(canvas, 0, 102, width * 0.48, "Chữ ký thí sinh:", 90);
    field(canvas, width * 0.52, 102, width * 0.48, "Chữ ký cán bộ coi thi:", 118);
}

static void draw_sheet(void *ctx, struct pdf_canvas *canvas, double width, size_t page, size_t pages) {
    const struct sheet *sheet = ctx;
    double top = COUNTERFOIL + 14, left = (width - QR) / 2, height = PDF_A4_HEIGHT - 2 * MARGIN - 4;
    (void)page, (void)pages;
    draw_counterfoil(sheet, canvas, width);
    pdf_draw_line(canvas, 0, COUNTERFOIL, width, COUNTERFOIL, 1, true);
    pdf_draw_text(canvas, 0, COUNTERFOIL + 2, width, PDF_CENTRE, 8, "xé theo đường này", PDF_ITALIC);
    pdf_draw_text(canvas, 0, top + 14, left - 12, PDF_RIGHT, 13, "TỜ GIẤY THI", PDF_BOLD);
    pdf_draw_text(canvas, 0, top + 34, left - 12, PDF_RIGHT, 8.5, "Không ghi họ tên, số báo danh, ký hiệu riêng trên phần này.", 0);
    pdf_draw_qr(canvas, left, top, QR, sheet->words);
    pdf_draw_text(canvas, left + QR + 12, top + 22, left - 12, PDF_LEFT, 16, sheet->code, PDF_BOLD | PDF_MONO);
    pdf_draw_text(canvas, left + QR + 12, top + 46, left - 12, PDF_LEFT, 8.5, "Chỉ viết trên các dòng kẻ, một mặt giấy.", 0);
    for (double y = top + QR + STRIP + LINE; y < height; y += LINE)
        pdf_draw_line(canvas, 0, y, width, y, 0.5, true);
}

static enum err put_sheets(struct pdf *pdf, const struct scan_bag *bag, const int64_t *ids, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct sheet *sheet = ARENA_NEW(pdf_arena(pdf), struct sheet);
        if (!sheet)
            return ERR_MEMORY;
        sheet->cycle = bag->cycle_code;
        scan_code_format(ids[i], sheet->code);
        (void)snprintf(sheet->words, sizeof sheet->words, SCAN_QR_PREFIX "%s", sheet->code);
        (void)snprintf(sheet->place, sizeof sheet->place, "Túi %s · tờ %zu/%zu của bản in", bag->code, i + 1, count);
        if (i > 0)
            pdf_new_page(pdf);
        pdf_canvas(pdf, PDF_A4_HEIGHT - 2 * MARGIN - 4, draw_sheet, sheet, NULL);
    }
    return ERR_NONE;
}

enum err scan_sheets_print(struct db *db, struct arena *arena, int64_t bag_id, int64_t now_us, struct buf *out, const char **ret_bag_code) {
    struct scan_state *state = NULL;
    struct pdf *pdf = NULL;
    int64_t *ids = ARENA_ARRAY(arena, SCAN_SHEETS_MAX, int64_t);
    size_t count = 0;
    char made_at[25];
    *ret_bag_code = NULL;
    if (!ids)
        return ERR_MEMORY;
    enum err err = scan_state_read(db, arena, bag_id, &state);
    if (err != ERR_NONE || !state)
        return err;
    err = scan_codes(db, arena, bag_id, ids, &count);
    if (err != ERR_NONE)
        return err;
    text_format_time(now_us, made_at);
    const char *title = arena_printf(arena, "Tờ giấy thi · %s · túi %s", state->bag.cycle_code, state->bag.code);
    const struct pdf_setup setup = {.title = title ? title : "", .lang = "vi", .made_at = made_at, .left = MARGIN, .right = MARGIN, .top = MARGIN, .bottom = MARGIN};
    err = pdf_new(&setup, &pdf);
    if (err == ERR_NONE)
        err = put_sheets(pdf, &state->bag, ids, count);
    if (err == ERR_NONE)
        err = pdf_finish(pdf, out, NULL);
    pdf_free(pdf);
    *ret_bag_code = state->bag.code;
    return err;
}
