/* moodle.h: questions of Moodle XML, type by type.
 *
 * Kept are multichoice, truefalse, shortanswer, numerical, matching, essay and description, with categories as topics and
 * embedded files as media; every other type is refused by its name.
 *
 * Used by: exchange alone. Threads: any.
 */
#ifndef KHOACU_EXCHANGE_MOODLE_H
#define KHOACU_EXCHANGE_MOODLE_H

#include "draft.h"

#include "khoacu/doc/xml.h"

/* Makes the item of a question whose common parts are there already. */
typedef void moodle_put_fn(struct draft *draft, const struct xml_node *question);
/* NULL: the type is none of ours. */
moodle_put_fn *moodle_kind(const char *type);

/* The text of an element or of the <text> in it; "" when there is none. */
const char *moodle_text(struct draft *draft, const struct xml_node *node);
/* The trimmed text of a child; "" when there is none. */
const char *moodle_line(struct draft *draft, const struct xml_node *node, const char *name);
/* Cleaned markup of an element in the format that it names. */
struct item_text moodle_rich(struct draft *draft, const struct xml_node *node);
/* Whether a child holds any words; whether it says 1 or true. */
bool moodle_says(struct draft *draft, const struct xml_node *node, const char *name);
bool moodle_true(struct draft *draft, const struct xml_node *node, const char *name);

#endif
