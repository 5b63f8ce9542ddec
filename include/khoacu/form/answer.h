/* answer.h: what a candidate answers, between her screen and the log.
 *
 * On the screen every mark has its opaque name (order.h); the log holds canonical marks. One of several (single,
 * truefalse, graded) is a choice: a mark, 0 for nothing. Everything else is a text of JSON, NULL for nothing:
 *
 *   kind                    on the screen                    in the log
 *   multiple                ["NAME", …]                      [1,3]           options, ascending
 *   ordering                ["NAME", …] every option         [3,1,2]         options in the candidate's order
 *   matching                [["ROW","COLUMN"], …]            [[1,2],[2,1]]   rows and columns, ascending
 *   inline                  {"g1":"NAME", …}                 [2,5]           choices of all gaps, ascending
 *   numeric, text, essay    "…"                              "…"             as it was written
 *   upload                  [{"name":"a.pdf","sha256":"…"}]  the same
 *
 * Limits: 1,000 code points in numeric and text, 20,000 in an essay, 20 files.
 *
 * Used by: api, sitting (receipt), score. Uses: order, item, json, base. Threads: any.
 */
#ifndef KHOACU_FORM_ANSWER_H
#define KHOACU_FORM_ANSWER_H

#include "khoacu/base/arena.h"
#include "khoacu/form/order.h"
#include "khoacu/json/json.h"

#define FORM_ANSWER_TEXT_MAX 1000
#define FORM_ANSWER_ESSAY_MAX 20000
#define FORM_ANSWER_FILES_MAX 20
#define FORM_ANSWER_BYTES_MAX 131072 /* of the text in the log */

/* Whether positions of that kind are answered by a choice. */
bool form_answer_is_choice(uint8_t kind);
/* What came from the screen as it stands in the log: `value` JSON as above, NULL or empty: *ret_answer NULL. Returns the
 * rule that it breaks (kind, unknown, unique, count, length), or NULL. */
const char *form_answer_read(struct arena *arena, const struct form_order *order, int shown, const struct json *value,
                             const char **ret_answer);
/* Writes what stands in the log as the screen takes it; `gap_ids` of the position, in order, with their numbers of
 * choices: of inline alone. What cannot be read is written as null. */
struct form_gap {
    const char *id;
    uint8_t choices;
};
void form_answer_put(struct arena *arena, const struct form_order *order, int shown, const char *answer, const struct form_gap *gaps,
                     size_t gap_count, struct json_writer *writer);

#endif
