/* rich.h: texts of foreign formats as HTML, before doc/markup.h cleans them.
 *
 * [plain] has no tags; [html] stays as it is. [moodle] has tags where they are tags of HTML; a '<' that begins none is a letter ("a < b").
 * [markdown] is read as far as items use it: paragraphs, hard line breaks, emphasis, code, headings, quotations, lists
 * within lists, tables, pictures; links keep their words and address. What it does not know stays as it stands.
 *
 * Used by: exchange alone. Threads: any.
 */
#ifndef KHOACU_EXCHANGE_RICH_H
#define KHOACU_EXCHANGE_RICH_H

#include "khoacu/base/buf.h"

#include <stddef.h>

/* One letter of a text, escaped for HTML. */
void rich_put_char(struct buf *out, char c);
/* A text escaped for HTML; line breaks become <br/>. */
void rich_put_words(struct buf *out, const char *text, size_t len);
void rich_plain(struct buf *out, const char *text);
void rich_moodle(struct buf *out, const char *text);
void rich_markdown(struct buf *out, const char *text);
/* Length of the HTML tag, comment or end tag that begins with the '<' at `text`, or 0 when it is a letter. */
size_t rich_tag(const char *text, size_t len);
/* Length of the character reference that begins with the '&' at `text`, or 0. */
size_t rich_entity(const char *text, size_t len);

#endif
