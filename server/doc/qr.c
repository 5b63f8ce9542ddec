#include "khoacu/doc/qr.h"

#include <string.h>
#include <zbar.h>

#include "khoacu/base/banned.h"

enum { CORNERS = 4 }; /* from the upper left one of the code counterclockwise */

/* The way in which the upper edge of the code runs tells how the page lies. */
static int turns_of(const zbar_symbol_t *symbol) {
    int across = zbar_symbol_get_loc_x(symbol, 3) - zbar_symbol_get_loc_x(symbol, 0);
    int down = zbar_symbol_get_loc_y(symbol, 3) - zbar_symbol_get_loc_y(symbol, 0);
    if (across * across >= down * down)
        return across >= 0 ? 0 : 2;
    return down >= 0 ? 3 : 1;
}

static void measure(const zbar_symbol_t *symbol, const struct raster_grey *grey, struct qr_found *found) {
    int low = INT32_MAX, high = 0, tall = found->turns % 2 ? grey->width : grey->height;
    for (unsigned i = 0; i < CORNERS; i++) {
        int x = zbar_symbol_get_loc_x(symbol, i), y = zbar_symbol_get_loc_y(symbol, i);
        int at = found->turns == 0 ? y : found->turns == 1 ? x : found->turns == 2 ? grey->height - y : grey->width - x;
        low = at < low ? at : low;
        high = at > high ? at : high;
    }
    found->bottom = (int)((int64_t)high * RASTER_CUT_WHOLE / tall);
    found->height = (int)((int64_t)(high - low) * RASTER_CUT_WHOLE / tall);
}

static void take(const zbar_symbol_t *symbol, const struct raster_grey *grey, const char *prefix, struct qr_found *found) {
    const char *words = zbar_symbol_get_data(symbol);
    size_t len = zbar_symbol_get_data_length(symbol), head = strlen(prefix);
    if (zbar_symbol_get_type(symbol) != ZBAR_QRCODE || zbar_symbol_get_loc_size(symbol) != CORNERS || !words || len < head ||
        len - head > QR_WORDS_MAX || memcmp(words, prefix, head) != 0 || memchr(words, '\0', len))
        return;
    if (found->count > 0 && strlen(found->words) == len - head && memcmp(found->words, words + head, len - head) == 0)
        return;
    if (found->count++ > 0)
        return;
    memcpy(found->words, words + head, len - head);
    found->words[len - head] = '\0';
    found->turns = turns_of(symbol);
    measure(symbol, grey, found);
}

enum err qr_find(const struct raster_grey *grey, const char *prefix, struct qr_found *ret_found) {
    zbar_image_scanner_t *scanner = zbar_image_scanner_create();
    zbar_image_t *image = zbar_image_create();
    *ret_found = (struct qr_found){0};
    bool good = scanner && image && zbar_image_scanner_set_config(scanner, 0, ZBAR_CFG_ENABLE, 0) == 0 &&
                zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1) == 0;
    if (good) {
        zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
        zbar_image_set_size(image, (unsigned)grey->width, (unsigned)grey->height);
        zbar_image_set_data(image, grey->pixels, (unsigned long)grey->width * (unsigned long)grey->height, NULL);
        good = zbar_scan_image(scanner, image) >= 0;
        for (const zbar_symbol_t *symbol = zbar_image_first_symbol(image); good && symbol; symbol = zbar_symbol_next(symbol))
            take(symbol, grey, prefix, ret_found);
    }
    if (image)
        zbar_image_destroy(image);
    if (scanner)
        zbar_image_scanner_destroy(scanner);
    return good ? ERR_NONE : ERR_MEMORY;
}
