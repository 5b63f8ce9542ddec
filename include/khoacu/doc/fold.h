/* fold.h: texts as searches and comparisons see them: words in lower case, with and without marks.
 *
 * A text becomes words of letters and digits with one blank between. `marked` keeps the marks, taken apart by Unicode
 * (NFD), so that what is typed of a word so far is a prefix of it; `plain` is without any mark and with d for đ, as
 * khoacu.fold() of the database has it. Markup is not known here: what comes in is plain text.
 *
 * Used by: bank, score. Uses: base, utf8proc. Threads: any.
 */
#ifndef KHOACU_DOC_FOLD_H
#define KHOACU_DOC_FOLD_H

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* Appends the words of `len` bytes of UTF-8 to both; `marked` may be NULL. A blank goes before the first word when the
 * buf has words already. Bytes that are no UTF-8 end a word. */
void fold_words(const char *text, size_t len, struct buf *plain, struct buf *marked);

/* The text as far as it counts in a comparison: in NFC without blanks around it; without the difference of upper and lower
 * case, of marks (and đ), of how many blanks stand together, where those make none. NULL: no memory, or no UTF-8. */
struct fold_options {
    bool letter_case, marks, spaces;
};
const char *fold_text(struct arena *arena, const char *text, struct fold_options options);

#endif
