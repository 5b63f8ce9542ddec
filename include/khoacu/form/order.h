/* order.h: the order of items and options that one sitting sees, and the opaque names of its options.
 *
 * Everything follows from the form's secret seed and the sitting's id, so that it is the same on every server and
 * after every reload, and that nobody without the seed can tell a shown option's canonical place. Orders:
 * Fisher-Yates from the top over the stream HMAC-SHA256(seed, "khoacu/order/v1\n" sitting "\n" counter), with rejection,
 * so without bias. An option's name is 40 bits of HMAC-SHA256(seed, "khoacu/option/v1\n" sitting "\n" position "\n"
 * round), in base32; the round is raised until the names of a position differ.
 *
 * What can be chosen of a position are its marks: the options, then the columns of matching, then the choices of all
 * gaps. Options and columns are shuffled among themselves where the item allows it; the choices of gaps never are.
 *
 * Positions and marks count from 1; "canonical" is the place in the sealed form, "shown" what the candidate sees.
 * Sections keep their places: positions are drawn within theirs.
 * Memory: 4 bytes a position and 6 a mark, 1.7 KB for 60 items with 4 options.
 *
 * Used by: form (paper, answer), sitting (saves, receipts), api. Uses: base, crypto. Threads: constant once made.
 */
#ifndef KHOACU_FORM_ORDER_H
#define KHOACU_FORM_ORDER_H

#include "khoacu/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FORM_SEED_LEN 32
#define FORM_POSITIONS_MAX 200
#define FORM_MARKS_MAX 250 /* of one position */
#define FORM_OPTION_NAME 9 /* 8 symbols and NUL */

/* What a position is, as far as an answer to it must be known. */
struct form_shape {
    uint8_t kind;                      /* enum item_kind */
    uint8_t options, columns, choices; /* how many marks of each sort; together at most FORM_MARKS_MAX */
    uint8_t choices_max;               /* of multiple: how many may be chosen; 0: no limit */
    uint8_t group;                     /* positions of one number (a shared stimulus) stay together, in order; 0: alone */
    uint8_t section;                   /* ascending; positions stay within theirs */
    bool shuffled;
};
struct form_order_position {
    uint8_t canonical;
    uint16_t first; /* of its marks in the list */
};
struct form_order_mark {
    uint8_t canonical;
    uint8_t name[5];
};
struct form_order {
    uint16_t count;
    const struct form_shape *shapes; /* by canonical position - 1: those that it was made of */
    const struct form_order_mark *marks;
    struct form_order_position positions[]; /* by shown position - 1 */
};

/* `shapes` by canonical position - 1; they must live as long as the order. One block of memory: free() ends it. ERR_RANGE beyond the limits above. */
enum err form_order_new(const uint8_t seed[FORM_SEED_LEN], int64_t sitting_id, const struct form_shape *shapes, size_t count,
                        struct form_order **ret_order) MUST_CHECK;
/* Canonical position of a shown one, or 0. */
int form_order_canonical(const struct form_order *order, int shown);
/* Shown position of a canonical one, or 0. */
int form_order_shown(const struct form_order *order, int canonical);
/* The shape of a shown position, or NULL. */
const struct form_shape *form_order_shape(const struct form_order *order, int shown);
/* How many marks a shape has. */
int form_shape_marks(const struct form_shape *shape);
/* Canonical mark of the named one at a shown position, or 0 when there is none of that name. */
int form_order_mark(const struct form_order *order, int shown, const char *name);
/* Name of the mark that stands at place `place` (1 …) of a shown position. */
void form_order_name(const struct form_order *order, int shown, int place, char out[FORM_OPTION_NAME]);
/* Canonical mark at that place. */
int form_order_mark_at(const struct form_order *order, int shown, int place);
/* Name of a canonical mark at a shown position; false when the position has none such. */
bool form_order_name_of(const struct form_order *order, int shown, int mark, char out[FORM_OPTION_NAME]);

#endif
