/* markup_private.h: what cleaning and checking share: the list of what may be, and the walk over a parsed piece.
 *
 * Used by: markup*.c.
 */
#ifndef KHOACU_SERVER_DOC_MARKUP_PRIVATE_H
#define KHOACU_SERVER_DOC_MARKUP_PRIVATE_H

#include "khoacu/base/buf.h"
#include "khoacu/doc/markup.h"

#include <libxml/tree.h>

#define MARKUP_MATHML "http://www.w3.org/1998/Math/MathML"

/* Whether a name stands in a list of words with blanks between. */
bool markup_listed(const char *name, const char *list);
extern const char MARKUP_ELEMENTS[]; /* of stored markup, without math */
bool markup_math_element(const char *name);
bool markup_math_attribute(const char *name, const char *value);
/* Whether the attribute may stand at the element of stored markup. */
bool markup_attribute(const char *element, const char *name, const char *value);
bool markup_is_media(const char *address);

/* Escaped for XML; quotes too when `attribute`. Letters that XML does not have are left out. */
void markup_put_text(struct buf *out, const char *text, bool attribute);

void markup_note_add(struct arena *arena, struct markup_notes *notes, const char *code, const char *detail);

/* The piece within a <div>, read as XML without any declaration; NULL: it is not well-formed. To be freed. */
xmlDocPtr markup_parse_xml(const char *text, size_t len);
xmlDocPtr markup_parse_html(const char *text, size_t len);
/* Writes the formula at a math element, cleaned to what is listed. */
void markup_put_math(struct buf *out, const xmlNode *math);

#endif
