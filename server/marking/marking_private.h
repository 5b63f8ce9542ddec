/* marking_private.h: what the files of marking share.
 *
 * Used by: server/marking. Threads: any.
 */
#ifndef KHOACU_SERVER_MARKING_MARKING_PRIVATE_H
#define KHOACU_SERVER_MARKING_MARKING_PRIVATE_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/db/db.h"

#include <stdint.h>

/* Hundredths from a column that is an array of numerics as texts; NULL: no elements. */
enum err marking_criteria_take(struct arena *arena, const struct db_row *row, int column, const int64_t **ret_values,
                               size_t *ret_count) MUST_CHECK;
/* Texts as PostgreSQL reads numerics. */
enum err marking_hundredths_texts(struct arena *arena, const int64_t *values, size_t count, const char **ret_texts) MUST_CHECK;

#endif
