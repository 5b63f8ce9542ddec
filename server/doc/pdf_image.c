#include "pdf_private.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define PIXELS_MAX 40e6

struct source {
    const uint8_t *bytes;
    size_t len, at;
};

static cairo_status_t read_some(void *ctx, unsigned char *out, unsigned len) {
    struct source *source = ctx;
    if (len > source->len - source->at)
        return CAIRO_STATUS_READ_ERROR;
    memcpy(out, source->bytes + source->at, len);
    source->at += len;
    return CAIRO_STATUS_SUCCESS;
}

static uint32_t big_endian(const uint8_t *at, int bytes) {
    uint32_t number = 0;
    for (int i = 0; i < bytes; i++)
        number = number << 8 | at[i];
    return number;
}

static bool fits(double width, double height) {
    return width >= 1 && height >= 1 && width <= 30000 && height <= 30000 && width * height <= PIXELS_MAX;
}

/* The size stands at a fixed place; it is looked at before anything is unpacked. */
static cairo_surface_t *open_png(const uint8_t *bytes, size_t len) {
    struct source source = {bytes, len, 0};
    if (len < 33 || memcmp(bytes + 12, "IHDR", 4) != 0 || !fits(big_endian(bytes + 16, 4), big_endian(bytes + 20, 4)))
        return NULL;
    return cairo_image_surface_create_from_png_stream(read_some, &source);
}

/* Walks the segments to the one that begins a frame and holds the size. */
bool pdf_jpeg_size(const uint8_t *bytes, size_t len, int *ret_width, int *ret_height) {
    size_t at = 2;
    while (at + 9 < len && bytes[at] == 0xFF) {
        uint8_t marker = bytes[at + 1];
        if (marker == 0xFF) {
            at++;
            continue;
        }
        bool frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
        if (frame) {
            *ret_height = (int)big_endian(bytes + at + 5, 2);
            *ret_width = (int)big_endian(bytes + at + 7, 2);
            return fits(*ret_width, *ret_height);
        }
        if (marker == 0xD9 || marker == 0xDA)
            return false;
        at += 2 + big_endian(bytes + at + 2, 2);
    }
    return false;
}

/* The file goes into the PDF as it is; the surface only stands for it. */
static cairo_surface_t *open_jpeg(const uint8_t *bytes, size_t len) {
    int width = 0, height = 0;
    if (!pdf_jpeg_size(bytes, len, &width, &height))
        return NULL;
    unsigned char *copy = malloc(len);
    if (!copy)
        return NULL;
    memcpy(copy, bytes, len);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    if (cairo_surface_set_mime_data(surface, CAIRO_MIME_TYPE_JPEG, copy, len, free, copy) != CAIRO_STATUS_SUCCESS)
        free(copy);
    return surface;
}

cairo_surface_t *pdf_surface(const void *bytes, size_t len) {
    static const uint8_t png[] = {0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A};
    const uint8_t *file = bytes;
    if (len > sizeof png && memcmp(file, png, sizeof png) == 0)
        return open_png(file, len);
    return len > 4 && file[0] == 0xFF && file[1] == 0xD8 ? open_jpeg(file, len) : NULL;
}

const struct pdf_image *pdf_image(struct pdf *pdf, const void *bytes, size_t len) {
    cairo_surface_t *surface = pdf_surface(bytes, len);
    if (!surface)
        return NULL;
    struct pdf_image *image = ARENA_NEW(&pdf->arena, struct pdf_image);
    if (!image || cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS) {
        cairo_surface_destroy(surface);
        return NULL;
    }
    image->surface = surface;
    image->width = cairo_image_surface_get_width(surface);
    image->height = cairo_image_surface_get_height(surface);
    image->next = pdf->images;
    pdf->images = image;
    return image;
}

void pdf_image_size(const struct pdf_image *image, double *ret_width, double *ret_height) {
    *ret_width = image->width;
    *ret_height = image->height;
}

void pdf_image_draw(const struct pdf_image *image, cairo_t *cr, double x, double y, double width) {
    cairo_save(cr);
    cairo_new_path(cr);
    cairo_translate(cr, x, y);
    cairo_scale(cr, width / image->width, width / image->width);
    cairo_set_source_surface(cr, image->surface, 0, 0);
    /* Not cairo_paint: an opaque picture that comes first on a page would make cairo forget the tags opened before it. */
    cairo_rectangle(cr, 0, 0, image->width, image->height);
    cairo_fill(cr);
    cairo_restore(cr);
}
