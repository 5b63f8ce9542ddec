/* settlement_db.h: rows of marks and words as facts, and what settled a script as JSON; for the module alone.
 *
 * Used by: settlement_act, marking_freeze. Uses: as settlement.h. Threads: that of the struct db.
 */
#ifndef KHOACU_MARKING_SETTLEMENT_DB_H
#define KHOACU_MARKING_SETTLEMENT_DB_H

#include "khoacu/marking/settlement.h"

/* Final marks of rounds 1 to 5 and words of one script. */
enum err marking_db_facts(struct db *db, struct arena *arena, int64_t blind_id, struct marking_facts *ret_facts) MUST_CHECK;
/* One row of marks (round, marker, status, value) from `column` on, and one of words (kind, said, staff, status, value, words,
 * when). ERR_STATE: a key that this program does not know. */
enum err marking_db_final(const struct db_row *row, int column, struct marking_final *ret_final) MUST_CHECK;
enum err marking_db_word(const struct db_row *row, int column, struct marking_word *ret_word) MUST_CHECK;
/* {"gap","marks" [{"round","status","value"} …],"stage","tier"}; NULL: no memory. */
const char *marking_derivation(struct arena *arena, const struct marking_facts *facts, const struct marking_verdict *verdict);

#endif
