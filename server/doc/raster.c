#include "khoacu/doc/raster.h"

#include "khoacu/base/buf.h"
#include "khoacu/base/child.h"
#include "khoacu/base/cleanup.h"
#include "pdf_private.h"

#include <cairo-pdf.h>
#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define DOTS 150.0 /* to the inch, of what comes out */
#define QUARTER 1.57079632679489662
#define WALL_MS 20000
#define MEMORY_BYTES ((int64_t)1 << 30)

static cairo_status_t write_some(void *ctx, const unsigned char *bytes, unsigned len) {
    struct buf *out = ctx;
    buf_add(out, bytes, len);
    return out->failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

/* Upright after `turns` quarters clockwise, and moved up by what is cut off. */
static void place(cairo_t *cr, double width, double height, int turns, double above) {
    cairo_translate(cr, 0, -above);
    if (turns == 1)
        cairo_translate(cr, height, 0);
    else if (turns == 2)
        cairo_translate(cr, width, height);
    else if (turns == 3)
        cairo_translate(cr, 0, width);
    cairo_rotate(cr, turns * QUARTER);
}

/* A PDF whose one page is the picture, so large that it is drawn pixel by pixel or made smaller. */
static bool wrap(const void *bytes, size_t len, int turns, int cut, struct buf *out) {
    cairo_surface_t *picture = pdf_surface(bytes, len);
    if (!picture)
        return false;
    double width = cairo_image_surface_get_width(picture), height = cairo_image_surface_get_height(picture);
    double longest = width > height ? width : height, scale = 72.0 / DOTS;
    if (longest > RASTER_SIDE_MAX)
        scale *= RASTER_SIDE_MAX / longest;
    bool good = cairo_surface_status(picture) == CAIRO_STATUS_SUCCESS && width > 0 && height > 0;
    if (good) {
        double across = turns % 2 ? height : width, down = turns % 2 ? width : height, above = down * cut / RASTER_CUT_WHOLE;
        cairo_surface_t *page = cairo_pdf_surface_create_for_stream(write_some, out, across * scale, (down - above) * scale);
        cairo_t *cr = cairo_create(page);
        cairo_scale(cr, scale, scale);
        place(cr, width, height, turns, above);
        cairo_set_source_surface(cr, picture, 0, 0);
        cairo_paint(cr);
        cairo_show_page(cr);
        cairo_destroy(cr);
        cairo_surface_finish(page);
        good = cairo_surface_status(page) == CAIRO_STATUS_SUCCESS && !out->failed;
        cairo_surface_destroy(page);
    }
    cairo_surface_destroy(picture);
    return good;
}

/* One page as JPEG into `out`; RASTER_BROKEN also behind the last page. */
static enum err draw_page(const char *program, const void *pdf, size_t len, int page, bool whole, struct buf *out, enum raster_end *ret_end) {
    char number[16], side[16];
    struct child_result result;
    (void)snprintf(number, sizeof number, "%d", page);
    (void)snprintf(side, sizeof side, "%d", RASTER_SIDE_MAX);
    const char *by_side[] = {program, "-q", "-jpeg", "-jpegopt", "quality=85", "-f", number, "-l", number, "-scale-to", side, "-", NULL};
    const char *by_dots[] = {program, "-q", "-jpeg", "-jpegopt", "quality=85", "-f", number, "-l", number, "-r", "150", "-", NULL};
    struct child child = {
        .argv = whole ? by_dots : by_side, .input = pdf, .input_len = len, .wall_ms = WALL_MS, .memory_bytes = MEMORY_BYTES};
    buf_reset(out);
    enum err err = child_run(&child, out, &result);
    if (err != ERR_NONE)
        return err;
    int width = 0, height = 0;
    bool drawn = result.end == CHILD_EXITED && result.status == 0 && pdf_jpeg_size((const uint8_t *)out->data, out->len, &width, &height);
    *ret_end = result.end == CHILD_ABSENT ? RASTER_NO_PROGRAM : drawn ? RASTER_DONE : RASTER_BROKEN;
    return ERR_NONE;
}

static enum err keep_page(struct arena *arena, const struct buf *out, struct raster_page *ret_page) {
    uint8_t *copy = ARENA_ARRAY(arena, out->len, uint8_t);
    if (!copy)
        return ERR_MEMORY;
    memcpy(copy, out->data, out->len);
    *ret_page = (struct raster_page){.bytes = copy, .len = out->len};
    (void)pdf_jpeg_size(copy, out->len, &ret_page->width, &ret_page->height);
    return ERR_NONE;
}

enum err raster_pages(struct arena *arena, const void *bytes, size_t len, struct raster_page *ret_pages, size_t *ret_count,
                      enum raster_end *ret_end) {
    struct buf wrapped CLEANUP(buf_release), out CLEANUP(buf_release);
    char program[256];
    bool is_pdf = len > 5 && memcmp(bytes, "%PDF-", 5) == 0;
    buf_init(&wrapped, 3 * RASTER_BYTES_MAX);
    buf_init(&out, RASTER_BYTES_MAX);
    *ret_count = 0;
    *ret_end = RASTER_UNKNOWN;
    if (len > RASTER_BYTES_MAX)
        *ret_end = RASTER_BROKEN;
    if (len > RASTER_BYTES_MAX || (!is_pdf && !wrap(bytes, len, 0, 0, &wrapped)))
        return ERR_NONE;
    *ret_end = RASTER_NO_PROGRAM;
    if (!child_find("pdftoppm", program, sizeof program))
        return ERR_NONE;
    const void *pdf = is_pdf ? bytes : wrapped.data;
    size_t pdf_len = is_pdf ? len : wrapped.len, count = 0;
    enum raster_end end = RASTER_DONE;
    enum err err = ERR_NONE;
    while (err == ERR_NONE && end == RASTER_DONE && count <= RASTER_PAGES_MAX && (is_pdf || count == 0)) {
        err = draw_page(program, pdf, pdf_len, (int)count + 1, !is_pdf, &out, &end);
        if (err == ERR_NONE && end == RASTER_DONE && count < RASTER_PAGES_MAX)
            err = keep_page(arena, &out, &ret_pages[count]);
        count += err == ERR_NONE && end == RASTER_DONE;
    }
    if (err != ERR_NONE)
        return err;
    *ret_end = count > RASTER_PAGES_MAX ? RASTER_TOO_MANY : count > 0 ? RASTER_DONE : end;
    *ret_count = *ret_end == RASTER_DONE ? count : 0;
    return ERR_NONE;
}

/* ---- pages that were drawn before ---- */

enum err raster_turn(struct arena *arena, const struct raster_page *page, int turns, int cut, struct raster_page *ret_page, enum raster_end *ret_end) {
    struct buf wrapped CLEANUP(buf_release), out CLEANUP(buf_release);
    char program[256];
    buf_init(&wrapped, 3 * RASTER_BYTES_MAX);
    buf_init(&out, RASTER_BYTES_MAX);
    *ret_end = RASTER_BROKEN;
    if (!wrap(page->bytes, page->len, turns, cut, &wrapped))
        return ERR_NONE;
    *ret_end = RASTER_NO_PROGRAM;
    if (!child_find("pdftoppm", program, sizeof program))
        return ERR_NONE;
    enum err err = draw_page(program, wrapped.data, wrapped.len, 1, true, &out, ret_end);
    return err == ERR_NONE && *ret_end == RASTER_DONE ? keep_page(arena, &out, ret_page) : err;
}

/* "P5 WIDTH HEIGHT 255", one white space, and the pixels. */
static bool read_grey(struct arena *arena, const struct buf *out, struct raster_grey *ret_grey) {
    int width = 0, height = 0, head = 0;
    char line[64] = "";
    memcpy(line, out->data, out->len < sizeof line - 1 ? out->len : sizeof line - 1);
    if (sscanf(line, "P5 %5d %5d 255%n", &width, &height, &head) != 2 || head == 0 || width < 1 || height < 1 ||
        out->len != (size_t)head + 1 + (size_t)width * (size_t)height)
        return false;
    uint8_t *pixels = ARENA_ARRAY(arena, (size_t)width * (size_t)height, uint8_t);
    if (!pixels)
        return false;
    memcpy(pixels, out->data + head + 1, (size_t)width * (size_t)height);
    *ret_grey = (struct raster_grey){.pixels = pixels, .width = width, .height = height};
    return true;
}

enum err raster_grey(struct arena *arena, const struct raster_page *page, struct raster_grey *ret_grey, enum raster_end *ret_end) {
    struct buf wrapped CLEANUP(buf_release), out CLEANUP(buf_release);
    struct child_result result;
    char program[256];
    buf_init(&wrapped, 3 * RASTER_BYTES_MAX);
    buf_init(&out, RASTER_BYTES_MAX);
    *ret_end = RASTER_BROKEN;
    if (!wrap(page->bytes, page->len, 0, 0, &wrapped))
        return ERR_NONE;
    *ret_end = RASTER_NO_PROGRAM;
    if (!child_find("pdftoppm", program, sizeof program))
        return ERR_NONE;
    const char *argv[] = {program, "-q", "-gray", "-f", "1", "-l", "1", "-r", "150", "-", NULL};
    struct child child = {.argv = argv, .input = wrapped.data, .input_len = wrapped.len, .wall_ms = WALL_MS, .memory_bytes = MEMORY_BYTES};
    enum err err = child_run(&child, &out, &result);
    if (err != ERR_NONE)
        return err;
    bool good = result.end == CHILD_EXITED && result.status == 0 && read_grey(arena, &out, ret_grey);
    *ret_end = result.end == CHILD_ABSENT ? RASTER_NO_PROGRAM : good ? RASTER_DONE : RASTER_BROKEN;
    return ERR_NONE;
}
