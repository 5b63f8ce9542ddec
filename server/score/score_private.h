/* score_private.h: exact decimals of answers. Used by: score_item.c, score_number.c. */
#ifndef KHOACU_SERVER_SCORE_PRIVATE_H
#define KHOACU_SERVER_SCORE_PRIVATE_H

#include "khoacu/base/arena.h"

#include <stdbool.h>

/* What a person wrote as a decimal of at most 18 digits before and behind the point, or NULL: it is none. The unit may
 * stand behind it, blanks anywhere, ',' or '.' once. */
const char *score_number_read(struct arena *arena, const char *text, const char *unit);
/* All are decimals as above. Both ends are in; NULL: no bound. */
bool score_number_within(const char *number, const char *low, const char *high);
/* |number − value| ≤ tolerance, or ≤ |value| × tolerance when it is relative; NULL: none. */
bool score_number_near(const char *number, const char *value, const char *tolerance, bool relative);

#endif
