/* tags.h: whether text may be given to libxml2, which compares each attribute of a tag with all those before it.
 *
 * A tag of 40,000 attributes costs its XML and HTML readers seconds, one of 300,000 minutes; no item needs 200.
 *
 * Used by: xml.c, markup*.c. Uses: libc. Threads: pure.
 */
#ifndef KHOACU_SERVER_DOC_TAGS_H
#define KHOACU_SERVER_DOC_TAGS_H

#include <stdbool.h>
#include <stddef.h>

#define TAGS_ATTRIBUTES_MAX 200

/* Whether no tag has more attributes than that. What is counted is never less than what the reader finds: pieces between blanks
 * or slashes, and equals signs. `xml`: comments, CDATA and instructions hold no tags; HTML is too loose to say where they end.
 * False: *ret_line (may be NULL) is the line where the tag begins. */
bool tags_fit(bool xml, const char *text, size_t len, size_t *ret_line);

#endif
