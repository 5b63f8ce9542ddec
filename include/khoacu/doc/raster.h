/* raster.h: files of strangers drawn anew as plain pictures: what comes out are pixels and nothing else.
 *
 * PNG, JPEG and PDF are read; pages come out as JPEG of at most RASTER_SIDE_MAX pixels a side. Names, dates, places,
 * colour profiles, comments, scripts and attachments of the file are gone, because only what was drawn is kept. The drawing
 * is done by pdftoppm (poppler-utils) as a limited child: 20 s and 1 GiB a page, no files.
 *
 * Used by: marking, result, main. Uses: base, cairo. Threads: any; a call blocks until the child is gone.
 * Why: what an examiner is shown must not tell whose it is; a broken picture must not reach our own process.
 */
#ifndef KHOACU_DOC_RASTER_H
#define KHOACU_DOC_RASTER_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"

#include <stddef.h>
#include <stdint.h>

#define RASTER_SIDE_MAX 2400
#define RASTER_PAGES_MAX 60
#define RASTER_BYTES_MAX ((size_t)20 << 20) /* of what goes in, and of each page that comes out */

struct raster_page {
    const uint8_t *bytes; /* JPEG, in the arena */
    size_t len;
    int width, height;
};
enum raster_end {
    RASTER_DONE,
    RASTER_UNKNOWN,   /* none of the three kinds */
    RASTER_BROKEN,    /* or too large, or it took too long */
    RASTER_TOO_MANY,  /* pages: more than RASTER_PAGES_MAX */
    RASTER_NO_PROGRAM /* pdftoppm is not there */
};
/* `ret_pages` has room for RASTER_PAGES_MAX. Whatever is not DONE leaves *ret_count 0. */
enum err raster_pages(struct arena *arena, const void *bytes, size_t len, struct raster_page *ret_pages, size_t *ret_count,
                      enum raster_end *ret_end) MUST_CHECK;

/* Of a page that raster_pages gave: turned `turns` quarters (0..3) clockwise, then without the upper `cut` of
 * RASTER_CUT_WHOLE parts. Requires: 0 <= cut < RASTER_CUT_WHOLE. */
#define RASTER_CUT_WHOLE 10000
enum err raster_turn(struct arena *arena, const struct raster_page *page, int turns, int cut, struct raster_page *ret_page,
                     enum raster_end *ret_end) MUST_CHECK;
/* The same page as grey pixels, row by row, 0 black. */
struct raster_grey {
    const uint8_t *pixels;
    int width, height;
};
enum err raster_grey(struct arena *arena, const struct raster_page *page, struct raster_grey *ret_grey, enum raster_end *ret_end) MUST_CHECK;

#endif
