/* media.h: which pictures and sounds items may show, known by their first bytes, whatever names and senders say.
 *
 * Used by: exchange, api. Uses: nothing. Threads: any.
 */
#ifndef KHOACU_DOC_MEDIA_H
#define KHOACU_DOC_MEDIA_H

#include <stddef.h>

/* "image/png"; NULL: nothing that may be shown. */
const char *media_type(const void *bytes, size_t len);

#endif
