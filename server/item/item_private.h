/* item_private.h: what the files of this module share: which kind has which parts, decimals, the walk over all texts.
 *
 * Used by: item*.c.
 */
#ifndef KHOACU_SERVER_ITEM_PRIVATE_H
#define KHOACU_SERVER_ITEM_PRIVATE_H

#include "khoacu/item/item.h"

enum item_part {
    ITEM_HAS_OPTIONS = 1,
    ITEM_HAS_COLUMNS = 2,
    ITEM_HAS_GAPS = 4,
    ITEM_HAS_CHOICES = 8,
    ITEM_HAS_SHUFFLE = 16,
    ITEM_HAS_UNIT = 32,
    ITEM_HAS_LENGTH = 64, /* words_max, lines */
    ITEM_HAS_UPLOAD = 128,
    ITEM_HAS_POINTS = 256,
    ITEM_HAS_CLAMPS = 512,
    ITEM_HAS_ORDER = 1024,
    ITEM_HAS_PAIRS = 2048,
    ITEM_HAS_ACCEPTED = 4096,
    ITEM_HAS_FOLDS = 8192,
    ITEM_HAS_RUBRIC = 16384
};
bool item_has(enum item_kind kind, unsigned parts);

#define ITEM_DECIMAL_SIZE 48
/* The shortest form of a decimal, or false. */
bool item_decimal_short(const char *text, int places, char out[ITEM_DECIMAL_SIZE]);
/* Whether it is a decimal that is nothing, or is absent. */
bool item_decimal_zero(const char *text);
/* A day since 1970 as "2026-12-31"; NULL: 0 or no memory. */
const char *item_day(struct arena *arena, int64_t day);
/* Compares two decimals in their shortest form: below 0, 0, above 0. */
int item_decimal_compare(const char *a, const char *b);

#define ITEM_PATH_SIZE 96
enum { ITEM_IN_CONTENT = 1, ITEM_IN_KEY = 2, ITEM_IS_BODY = 4 };
/* Called for every text of a document, empty ones too, in the order of reading. False stops. */
typedef bool item_text_fn(void *ctx, const char *path, const struct item_text *text, unsigned where);
bool item_walk(const struct item *item, item_text_fn *call, void *ctx);

/* The part of item_check that is about markup. */
void item_check_markup(struct arena *arena, const struct item *item, struct item_faults *faults);

#endif
