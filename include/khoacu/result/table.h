/* table.h: a field from two tables, without any database, and its result as a table with a sentence for everybody.
 *
 * Posts, a row for each post × agency (× group):
 *   post_code, post_title?, agency_code, agency_name?, quota, group?
 * Candidates, a row each:
 *   roll_number, post_code, one column for each component of the pack (its code in lower case), priority_classes?,
 *   agency_preferences?, groups?, relaxed?, withdrawn?, kept?, recorded_order?, and for each component that a statistic
 *   is made of CODE_group?
 * A result is a value ("41", "57.50") or a status: absent, suspended, void, exempt; an empty cell says that the part was
 * not reached. Several codes in a cell stand apart by ';'. relaxed and withdrawn are 1 or empty; kept is an agency;
 * recorded_order is "DECISION/PLACE", whole numbers.
 *
 * Used by: main. Uses: cycle (pack), rank, doc. Threads: any.
 */
#ifndef KHOACU_RESULT_TABLE_H
#define KHOACU_RESULT_TABLE_H

#include "khoacu/doc/import.h"
#include "khoacu/result/bundle.h"

/* Reads both files (CSV as csv.h, or a JSON array of flat objects). Requires: ret_field->pack, scales and rules are set.
 * ERR_RANGE: the reports say what does not fit, by line and column. The field's texts live in `arena`. */
enum err result_table_read(struct arena *arena, const struct import_request *posts, const struct import_request *candidates,
                           struct result_field *field, struct import_report *ret_posts, struct import_report *ret_candidates) MUST_CHECK;

/* One sentence that says what decided about the candidate, `lang` "vi" or "en". NULL: no memory. */
const char *result_sentence(struct arena *arena, const struct result_field *field, const struct rank_result *result, uint32_t candidate,
                            const char *lang);

/* Rows in the order of posts and ranks, those who did not pass last, by roll number. */
#define RESULT_TABLE_COLUMNS 17
extern const char *const RESULT_TABLE_HEADINGS[RESULT_TABLE_COLUMNS];
/* Calls `row` with the cells of each. Stops at, and returns, what is not ERR_NONE. */
typedef enum err result_table_row_fn(void *ctx, const char *const cells[RESULT_TABLE_COLUMNS]);
enum err result_table_rows(const struct result_field *field, const struct rank_result *result, result_table_row_fn *row, void *ctx) MUST_CHECK;

#endif
