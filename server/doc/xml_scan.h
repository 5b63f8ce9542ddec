/* xml_scan.h: XML tag by tag while it arrives, for what is too large for a tree: the sheets of workbooks.
 *
 * Names come without their namespace prefix. UTF-8 only; a DOCTYPE, an entity that XML does not have of itself, tags
 * deeper than 64 or a token of more than `max` bytes end the scan. End tags are counted, their names are not compared.
 *
 * Used by: xlsx alone. Threads: one owner.
 */
#ifndef KHOACU_DOC_XML_SCAN_H
#define KHOACU_DOC_XML_SCAN_H

#include "khoacu/base/buf.h"

#include <stdbool.h>
#include <stddef.h>

enum scan_event { SCAN_END, SCAN_OPEN, SCAN_CLOSE, SCAN_TEXT, SCAN_BROKEN, SCAN_TOO_LONG };
/* Fills up to `size` bytes; 0 at the end, negative when the part is broken. */
typedef long scan_fill_fn(void *ctx, char *bytes, size_t size);

struct scan {
    scan_fill_fn *fill;
    void *ctx;
    char *bytes;
    size_t at, len, size;
    bool ended, begun;
    size_t depth; /* tags that are open; that of SCAN_OPEN counts unless it is empty */
    size_t line;  /* where the token at hand begins */
    size_t next_line, max;
    const char *name; /* of the tag at hand, not ended by NUL */
    size_t name_len;
    const char *rest; /* its attributes */
    size_t rest_len;
    bool empty;      /* <tag/>: SCAN_OPEN, then SCAN_CLOSE by itself */
    bool closing;
    struct buf text; /* of SCAN_TEXT, and of scan_attribute */
};
/* False: no memory. */
bool scan_init(struct scan *scan, scan_fill_fn *fill, void *ctx, size_t max);
void scan_release(struct scan *scan);
enum scan_event scan_next(struct scan *scan);
bool scan_is(const struct scan *scan, const char *name);
/* The attribute of the tag at hand, decoded, until the next call; NULL: it has none. */
const char *scan_attribute(struct scan *scan, const char *name);

#endif
