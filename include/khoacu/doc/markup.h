/* markup.h: the small XHTML in which items are written: cleaned from foreign HTML, checked, and read as plain words.
 *
 * Stored markup is a piece of well-formed XML without declarations, its elements and attributes from a short list:
 *
 *   p br em strong sub sup u code pre blockquote ul ol li
 *   table caption thead tbody tr, th(scope colspan rowspan), td(colspan rowspan)
 *   img(src alt width height), audio(src), span(lang), span(data-gap) that is empty: where an inline choice stands
 *   math(xmlns display) with the presentation elements of MathML 3, and the TeX source of a formula in
 *   semantics/annotation(encoding="application/x-tex")
 *
 * Media are named by src="media:<64 hex digits>". Entities are the five of XML and numbers.
 *
 * Limits: MARKUP_MAX bytes, MARKUP_DEPTH_MAX elements deep, MARKUP_NODES_MAX elements and texts. Nothing here opens a
 * file or a connection.
 *
 * Used by: item, exchange, form, api. Uses: base, libxml2. Threads: any.
 */
#ifndef KHOACU_DOC_MARKUP_H
#define KHOACU_DOC_MARKUP_H

#include "khoacu/base/arena.h"

#include <stdbool.h>
#include <stddef.h>

#define MARKUP_MAX 200000
#define MARKUP_DEPTH_MAX 40
#define MARKUP_NODES_MAX 20000

/* The words of stored markup: blocks and cells apart, blanks drawn together, the alt text of pictures, formulas as their
 * TeX source or, without one, as their tokens. Of what is no markup, all that is not within '<' and '>'. NULL: no memory. */
const char *markup_plain(struct arena *arena, const char *markup);

#endif
