/* photo.h: a photo of a person as JPEG (ITU T.81), taken apart and put together again without what a camera writes beside it.
 *
 * Nothing is believed: every segment is walked, the size of the picture stands in the one frame header and is limited, only
 * what draws the picture is kept (tables, frame, scans); places, dates, previews, comments and whatever lies behind the end
 * are left out. Baseline, extended and progressive pictures of 1 or 3 components with 8 bits are read.
 *
 * Used by: sitting. Uses: base. Threads: any.
 */
#ifndef KHOACU_DOC_PHOTO_H
#define KHOACU_DOC_PHOTO_H

#include "khoacu/base/buf.h"

#include <stddef.h>

#define PHOTO_BYTES_MAX ((size_t)1 << 20)
#define PHOTO_SIDE_MIN 60
#define PHOTO_SIDE_MAX 2400

enum photo_verdict {
    PHOTO_GOOD,
    PHOTO_NOT_JPEG,
    PHOTO_BROKEN,    /* cut off, or its parts contradict each other */
    PHOTO_TOO_LARGE, /* in bytes or pixels */
    PHOTO_TOO_SMALL
};
/* Appends the cleaned picture to `out`, which is as it was unless the verdict is PHOTO_GOOD. */
enum photo_verdict photo_clean(const void *bytes, size_t len, struct buf *out, int *ret_width, int *ret_height);
const char *photo_verdict_key(enum photo_verdict verdict);

#endif
