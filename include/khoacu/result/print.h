/* print.h: what is made of a release for people: the official document, the workbook, letters to candidates.
 *
 * The official document has the form of administrative documents (Decree 30/2020/NĐ-CP, annex I): name of the state and
 * motto, authority, number and date, title, legal basis from the pack, a table a post with its total, places for the
 * signatures, pages «Trang x/y», and a QR code that leads to /verify/CODE of the result file. It shows of persons what the
 * public list shows. Document and workbook of a release are made once, at their first use, and kept (release_document).
 *
 * Invariants: the same release gives the same document for ever; texts come out of it as they stand in the list.
 *
 * Used by: api, main. Uses: base, json, doc, db. Threads: any.
 */
#ifndef KHOACU_RESULT_PRINT_H
#define KHOACU_RESULT_PRINT_H

#include "khoacu/base/buf.h"
#include "khoacu/result/result.h"

#define RESULT_DOCUMENT_MAX ((size_t)256 << 20)
/* Rows that the document holds; of a longer list it has those who passed, or those who were selected, and says so. */
#define RESULT_PAPER_ROWS_MAX 8000

struct result_paper {
    const struct result_release *release; /* published_us 0: a draft, and marked as one */
    const struct result_release_list *list;
    const char *public_url; /* "https://thi.example.vn", without a slash at its end */
    const char *lang;       /* "vi" or "en" */
    int64_t made_us;
};
/* Appends the PDF. ERR_LIMIT: even those selected are too many. */
enum err result_paper_print(struct arena *arena, const struct result_paper *paper, struct buf *out) MUST_CHECK;
/* A row's sub-scores in one line, "Viết đề án 34,00/40,00; …", marks with `point`; "" where it has none, NULL: no memory. */
const char *result_parts_line(struct arena *arena, const char *parts, char point);
/* Whether any row of a list has sub-scores: tables have a column of them then. */
bool result_list_has_parts(const struct result_release_list *list);

/* The kept file of a release, made now when there is none yet. `kind`: "pdf" or "xlsx". Requires: it is published. */
enum err result_document(struct db *db, struct arena *arena, const struct result_release *release, const char *kind,
                         const char *public_url, const uint8_t **ret_bytes, size_t *ret_len) MUST_CHECK;
/* The document of a run that is not published, a draft. */
enum err result_draft(struct db *db, struct arena *arena, const struct result_release *release, const char *public_url,
                      const char *lang, struct buf *out) MUST_CHECK;

#endif
