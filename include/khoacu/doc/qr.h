/* qr.h: codes on scanned pages found again: what they say, which way the page lies, where its strip ends.
 *
 * Only QR codes are looked for, in grey pixels that raster.h has drawn, so that no format of a stranger's file is read here.
 *
 * Used by: marking. Uses: base, zbar. Threads: any; nothing is shared.
 */
#ifndef KHOACU_DOC_QR_H
#define KHOACU_DOC_QR_H

#include "khoacu/doc/raster.h"

#define QR_WORDS_MAX 200

struct qr_found {
    int count;                   /* different codes on the page that begin with the prefix; what follows is of the first */
    char words[QR_WORDS_MAX + 1]; /* behind the prefix */
    int turns;                   /* quarters clockwise after which the code stands upright */
    int bottom;                  /* lower edge of the code on the upright page, in RASTER_CUT_WHOLE parts of its height, */
    int height;                  /* and how tall it is, the same way */
};
/* ERR_MEMORY. */
enum err qr_find(const struct raster_grey *grey, const char *prefix, struct qr_found *ret_found) MUST_CHECK;

#endif
