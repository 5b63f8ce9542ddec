/* order.h: the order of items and options that one sitting sees, and the opaque names of its options.
 *
 * Everything follows from the form's secret seed and the sitting's id, so that it is the same on every server and
 * after every reload, and that nobody without the seed can tell a shown option's canonical place. Orders:
 * Fisher-Yates from the top over the stream HMAC-SHA256(seed, "khoacu/order/v1\n" sitting "\n" counter), with rejection,
 * so without bias. An option's name is 40 bits of HMAC-SHA256(seed, "khoacu/option/v1\n" sitting "\n" position "\n"
 * round), in base32; the round is raised until the names of a position differ.
 *
 * Positions and options count from 1; "canonical" is the place in the sealed form, "shown" what the candidate sees.
 * Memory: 4 bytes a position and 6 an option, 1.7 KB for 60 items with 4 options.
 *
 * Used by: form (paper), sitting (saves, receipts), api. Uses: base, crypto. Threads: constant once made.
 */
#ifndef KHOACU_FORM_ORDER_H
#define KHOACU_FORM_ORDER_H

#include "khoacu/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FORM_SEED_LEN 32
#define FORM_POSITIONS_MAX 200
#define FORM_OPTIONS_MAX 8
#define FORM_OPTION_NAME 9 /* 8 symbols and NUL */

struct form_order_position {
    uint8_t canonical, option_count;
    uint16_t first; /* of its options in the list */
};
struct form_order_option {
    uint8_t canonical;
    uint8_t name[5];
};
struct form_order {
    uint16_t count;
    const struct form_order_option *options;
    struct form_order_position positions[]; /* by shown position - 1 */
};

/* `option_counts` by canonical position - 1. One block of memory: free() ends it. ERR_RANGE beyond the limits above. */
enum err form_order_new(const uint8_t seed[FORM_SEED_LEN], int64_t sitting_id, const uint8_t *option_counts, size_t count,
                        struct form_order **ret_order) MUST_CHECK;
/* Canonical position of a shown one, or 0. */
int form_order_canonical(const struct form_order *order, int shown);
/* Shown position of a canonical one, or 0. */
int form_order_shown(const struct form_order *order, int canonical);
/* Canonical option of the named one at a shown position, or 0 when there is none of that name. */
int form_order_choice(const struct form_order *order, int shown, const char *name);
/* Name of the option that stands at place `place` (1 …) of a shown position. */
void form_order_name(const struct form_order *order, int shown, int place, char out[FORM_OPTION_NAME]);
/* Canonical option at that place. */
int form_order_option(const struct form_order *order, int shown, int place);
/* Name of a canonical option at a shown position; false when the position has none such. */
bool form_order_name_of(const struct form_order *order, int shown, int choice, char out[FORM_OPTION_NAME]);

#endif
