/* gift_write.h: an item as GIFT. Used by: exchange alone. */
#ifndef KHOACU_EXCHANGE_GIFT_WRITE_H
#define KHOACU_EXCHANGE_GIFT_WRITE_H

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"
#include "khoacu/item/item.h"

#include <stdbool.h>

/* The question without comments: "::title::[html]stem{…}". Texts in `lang` where there are, else in the other. What
 * GIFT does not know (order, gaps, files) stands as an essay there. */
void gift_put(struct arena *arena, struct buf *out, const struct item *item, const char *lang);
/* Whether `block` is what gift_put makes of the item in one of the languages. */
bool gift_same(struct arena *arena, const struct item *item, const char *block);

#endif
