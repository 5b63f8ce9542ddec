/* score_item.h: one answer against the key of its item: points, exactly.
 *
 * Points are whole numbers of ten-millionths. Where a rule gives each of n parts its equal share, k right parts earn
 * points × k / n, rounded half up once, at the end: all parts earn the whole. Nothing answered earns nothing, also where
 * leaving something out would be right.
 *
 *   rule                 earned
 *   all                  the points, or nothing; of accepted answers the best credit as a part of the points
 *   per_option           points × (options, rows or gaps decided rightly) / (all of them)
 *   right_minus_wrong    points × (right ones chosen − wrong ones chosen) / (right ones), never below 0
 *   map                  the sum of the credits of what was chosen, held between points_min and points_max
 *   adjacent, position   points × (neighbours, places) in right order / (all of them)
 *
 * A number is compared as an exact decimal: blanks and the unit behind it do not count, a comma is a point. A text is
 * compared in NFC without blanks around it, folded as the key says; '*' in the key is any characters.
 *
 * Used by: score. Uses: item, json, doc, base. Threads: any.
 */
#ifndef KHOACU_SCORE_SCORE_ITEM_H
#define KHOACU_SCORE_SCORE_ITEM_H

#include "khoacu/base/arena.h"
#include "khoacu/item/item.h"

#include <stdbool.h>
#include <stdint.h>

struct score_item {
    int64_t points_e7;
    bool answered;
    bool right;   /* it earned all that the item is worth */
    bool pending; /* a person has to mark it: essays and files that were handed in */
};
/* What the item is worth. */
int64_t score_item_worth(const struct item *item);
/* Requires: an item with its key that passed item_check. `choice` and `answer` as they stand in the log (form/answer.h). The
 * arena is for the work alone. What cannot be read earns nothing. */
struct score_item score_item(struct arena *arena, const struct item *item, int16_t choice, const char *answer);

#endif
