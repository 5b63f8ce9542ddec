/* print.h: a form on paper: the booklet, the answer sheet, the key.
 *
 * All three are PDF of A4 pages in the manner of Viet Nam's examinations: who examines and for what on top, the form's
 * code in a frame, «Câu 1.» and options A to H, an end mark, and on each page its number and the form's code. A part
 * that is not sealed yet is marked as a draft across every page; one of a demonstration says so.
 *
 *   booklet       instructions, then the items in the form's order, each kept whole; a stimulus stands before the first
 *                 item that refers to it; options side by side where all fit. No key, no code of an item.
 *   answer sheet  places for name, roll number and signatures, a QR code that names cycle and form, bubbles for what is
 *                 answered by a letter, lines for what is written, ruled pages for essays. Nothing of the items' texts.
 *   key           marked as secret: a compact table of letters, then every item with code, version, points and answer,
 *                 rubrics of essays; places for two signatures.
 *
 * Letters name options by their canonical order: A is the first.
 *
 * Used by: api. Uses: json, doc/pdf, base. Threads: any.
 */
#ifndef KHOACU_FORM_PRINT_H
#define KHOACU_FORM_PRINT_H

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"
#include "khoacu/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct item;
struct form_sections;
/* An item from its content, and its key or NULL. ERR_SYNTAX, ERR_STATE: that is no item. */
enum err print_read(struct arena *arena, const char *content, size_t content_len, const char *key, size_t key_len,
                    const struct item **ret_item) MUST_CHECK;
struct print_item {
    const struct item *item;     /* with its key for the key alone */
    const struct item *stimulus; /* or NULL; the same pointer in items that share it */
    const char *code, *topic;
    int64_t version;
};
/* Bytes of a picture, or false. They live as long as the call of print_… */
typedef bool print_media_fn(void *ctx, const char *sha256, const void **ret_bytes, size_t *ret_len);
struct print_seal {
    const char *name; /* of the person; NULL: not sealed by a first, a second */
    int64_t at_us;
};
struct print_form {
    const char *lang; /* "vi" or "en": of what is printed around the items, and of items that have it */
    const char *authority, *cycle_title, *cycle_code, *form_code, *bank;
    const char *sha256; /* hexadecimal, of the version */
    int64_t form_id, version, minutes; /* minutes 0: not known, left out */
    int64_t made_us;
    bool sealed, demonstration;
    struct print_seal seals[2];
    int columns; /* of the booklet: 1 or 2 */
    const struct print_item *items;
    size_t count;
    const struct form_sections *sections; /* NULL: none */
    print_media_fn *media;
    void *media_ctx;
};

/* Append the file to `out`; *ret_pages (may be NULL) their number. ERR_LIMIT: too long. */
enum err print_booklet(const struct print_form *form, struct buf *out, size_t *ret_pages) MUST_CHECK;
enum err print_answer_sheet(const struct print_form *form, struct buf *out, size_t *ret_pages) MUST_CHECK;
enum err print_key(const struct print_form *form, struct buf *out, size_t *ret_pages) MUST_CHECK;

#endif
