/* score_private.h: exact decimals of answers, and the newest version of a key.
 *
 * Used by: score_item.c, score_number.c, score.c, rekey_key.c. Threads: as score.h.
 */
#ifndef KHOACU_SERVER_SCORE_PRIVATE_H
#define KHOACU_SERVER_SCORE_PRIVATE_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/db/db.h"

#include <stdbool.h>
#include <stdint.h>

struct score_key;

/* What a person wrote as a decimal of at most 18 digits before and behind the point, or NULL: it is none. The unit may
 * stand behind it, blanks anywhere, ',' or '.' once. */
const char *score_number_read(struct arena *arena, const char *text, const char *unit);
/* All are decimals as above. Both ends are in; NULL: no bound. */
bool score_number_within(const char *number, const char *low, const char *high);
/* |number − value| ≤ tolerance, or ≤ |value| × tolerance when it is relative; NULL: none. */
bool score_number_near(const char *number, const char *value, const char *tolerance, bool relative);
/* Lays the newest version of the form's key, where there is one, over its items as sealed. */
enum err rekey_newest_read(struct db *db, struct arena *arena, int64_t form_id, struct score_key *key) MUST_CHECK;

#endif
