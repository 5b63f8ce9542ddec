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
 * Limits: MARKUP_MAX bytes, MARKUP_DEPTH_MAX elements deep, MARKUP_NODES_MAX elements and texts, 200 attributes a tag; a formula has
 * MARKUP_TEX_MAX bytes and is converted within 10 s and 512 MiB. Nothing here opens a file or a connection.
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

/* What cleaning changed. X(code, sentence in Vietnamese, in English) */
#define MARKUP_NOTES(X)                                                                                                \
    X("element-dropped", "Một thành phần trình bày không dùng được đã bị bỏ, nội dung bên trong được giữ.",            \
      "An element that cannot be used was left out; what it holds is kept.")                                           \
    X("content-dropped", "Một thành phần cùng nội dung bên trong (như script, video, biểu mẫu) đã bị bỏ.",              \
      "An element was left out with what it holds (such as a script, a video or a form).")                             \
    X("attribute-dropped", "Thuộc tính trình bày không dùng được đã bị bỏ.", "Attributes that cannot be used were left out.") \
    X("link-dropped", "Liên kết đã thành chữ kèm địa chỉ.", "A link became words with its address.")                   \
    X("media-missing", "Không có tệp hình hoặc âm thanh; thay bằng chữ mô tả.",                                         \
      "A picture or sound is not there; its description stands in its place.")                                         \
    X("formula", "Công thức TeX không chuyển được sang MathML.", "A TeX formula cannot be converted to MathML.")       \
    X("formula-tool", "Máy chủ không có công cụ chuyển công thức (blahtexml).",                                         \
      "The converter of formulas (blahtexml) is not on this machine.")                                                 \
    X("not-markup", "Không phải là đoạn trình bày đúng cú pháp XML.", "It is not well-formed XML.")                    \
    X("limit", "Nội dung vượt quá giới hạn về độ dài, độ sâu hoặc số thành phần.",                                      \
      "It is over the limit of length, depth or elements.")
struct markup_note {
    const char *code;   /* one of the list */
    const char *detail; /* the element, attribute, address or formula concerned; at most 120 bytes of it */
};
struct markup_notes {
    struct markup_note *list; /* each code with each detail once */
    size_t count;
};
#define MARKUP_NOTES_MAX 64
/* A sentence for a code; `lang` "vi" or "en". */
const char *markup_note_words(const char *code, const char *lang);

/* Finds what a foreign address of a picture or sound stands for: "media:<64 hex digits>", or NULL: it is not there. */
typedef const char *markup_media_fn(void *ctx, struct arena *arena, const char *address);

/* Makes stored markup of well-formed XHTML or of any HTML: what is known is kept or renamed, the rest left out with a
 * note. Formulas between \( and \), or \[ and \], are converted. `media` may be NULL: only addresses that are media names
 * already stay. The result passes markup_check. NULL: no memory. */
const char *markup_clean(struct arena *arena, const char *html, markup_media_fn *media, void *ctx, struct markup_notes *notes);
/* Whether a text is stored markup as it stands; *ret_note (may be NULL) says what is not. */
bool markup_check(struct arena *arena, const char *markup, struct markup_note *ret_note);

/* The ids of the places where inline choices stand, in their order, each as often as it is there. False: no memory. */
bool markup_gaps(struct arena *arena, const char *markup, const char *const **ret_ids, size_t *ret_count);

/* A formula in TeX as MathML with its source; `display`: on a line of its own. NULL: *ret_note says why (its code NULL: no
 * memory). The converter is blahtexml, run as a limited child; what it lacks of everyday TeX (\dfrac, \tg, \degree, arrays …)
 * is put in words that it knows, the source stays as it was written. */
const char *markup_tex(struct arena *arena, const char *tex, bool display, struct markup_note *ret_note);
#define MARKUP_TEX_MAX 4000 /* bytes of a formula */

#endif
