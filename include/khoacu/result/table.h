/* table.h: a field from two tables, without any database, and its result as a table with a sentence for everybody.
 *
 * Posts, a row for each post × agency (× group):
 *   post_code, post_title?, agency_code, agency_name?, quota, group?, carried_over?
 * Candidates, a row each:
 *   roll_number, post_code, one column for each component of the pack (its code in lower case), priority_classes?,
 *   agency_preferences?, groups?, relaxed?, withdrawn?, kept?, recorded_order?, placed?, decision_reason?, and for each component that a statistic
 *   is made of CODE_group?
 * Where the pack gives each group a percentage, a row is a post's whole quota, without a group; carried_over ("GROUP/PLACES;…") adds
 * what a recruitment before had left.
 * A result is a value ("41", "57.50") or a status: absent, suspended, void, exempt; an empty cell says that the part was
 * not reached. Several codes in a cell stand apart by ';'. relaxed and withdrawn are 1 or empty; kept is an agency, of a
 * reserved seat AGENCY/GROUP; recorded_order is "DECISION/PLACE", whole numbers; placed is the agency that a decision gives
 * where the own list is exhausted; decision_reason the reason of either.
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

/* Every step of her result, from the marks to the seat, as the screens tell them, one after the other; in both languages.
 * The texts live until the next call. */
struct result_teller;
enum err result_teller_open(struct arena *arena, struct result_teller **ret_teller) MUST_CHECK;
enum err result_steps_tell(struct result_teller *teller, const struct result_field *field, const struct rank_result *result, uint32_t candidate,
                           const char **ret_vi, const char **ret_en) MUST_CHECK;
void result_teller_close(struct result_teller *teller);

/* Rows in the order of posts and ranks, those who did not pass last, by roll number. The last two columns hold every step;
 * they cost ten times the rest, and are left out without `steps`. */
#define RESULT_TABLE_COLUMNS 19
#define RESULT_TABLE_SHORT 17
extern const char *const RESULT_TABLE_HEADINGS[RESULT_TABLE_COLUMNS];
/* Calls `row` with the cells of each, one for each heading. Stops at, and returns, what is not ERR_NONE. */
typedef enum err result_table_row_fn(void *ctx, const char *const *cells);
enum err result_table_rows(const struct result_field *field, const struct rank_result *result, bool steps, result_table_row_fn *row,
                           void *ctx) MUST_CHECK;

/* What came of reserved seats (struct result_reservation), a row for each post and group; no row where the pack reserves none. */
#define RESULT_RESERVATION_COLUMNS 8
extern const char *const RESULT_RESERVATION_HEADINGS[RESULT_RESERVATION_COLUMNS];
enum err result_reservation_rows(const struct result_field *field, const struct rank_result *result, result_table_row_fn *row,
                                 void *ctx) MUST_CHECK;

#endif
