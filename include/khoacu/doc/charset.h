/* charset.h: bytes of text files as UTF-8, and texts in Unicode's NFC.
 *
 * UTF-8 (with or without BOM) is what is expected; UTF-16 is known by its BOM; anything else can only be guessed. Bytes
 * that all have a letter in Windows-1252 are read so, and the reader says of each item with letters beyond ASCII that
 * they were guessed. Texts that Vietnamese programs wrote in Windows-1258 are told apart by the tone marks that stand
 * behind vowels there.
 *
 * Used by: exchange. Uses: base, utf8proc. Threads: any.
 */
#ifndef KHOACU_DOC_CHARSET_H
#define KHOACU_DOC_CHARSET_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"

#include <stdbool.h>
#include <stddef.h>

enum charset { CHARSET_UTF8, CHARSET_UTF16, CHARSET_1252, CHARSET_1258 };
struct charset_text {
    const char *text; /* UTF-8 without BOM, in `own` or in the bytes given; no NUL within */
    size_t len;
    enum charset charset;
    char *own; /* to be freed, or NULL */
};
/* What was UTF-8 stays the same bytes. ERR_SYNTAX: no text in any of them; ERR_MEMORY. */
enum err charset_decode(const char *bytes, size_t len, struct charset_text *ret_text) MUST_CHECK;
void charset_release(struct charset_text *text);
/* The text in NFC: itself when it is so already. NULL: no memory, or it is no UTF-8. */
const char *charset_nfc(struct arena *arena, const char *text);
/* Whether the charset was guessed. */
bool charset_guessed(enum charset charset);

#endif
