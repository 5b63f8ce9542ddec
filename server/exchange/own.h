/* own.h: the whole of an item as JSON beside a foreign text of it: {"content":…,"key":…,"meta":…}.
 *
 * A reader takes it when the foreign text beside it is what a writer makes of that item, byte for byte; otherwise
 * somebody edited the text, which then counts.
 *
 * Used by: exchange alone. Threads: any.
 */
#ifndef KHOACU_EXCHANGE_OWN_H
#define KHOACU_EXCHANGE_OWN_H

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"
#include "khoacu/item/item.h"

#include <stdbool.h>

void own_put(struct buf *out, const struct item *item);
/* The same for files: where a program that brings texts into NFC would change something, all letters beyond ASCII are
 * written as \uXXXX. */
void own_put_stable(struct arena *arena, struct buf *out, const struct item *item);
/* False: no JSON, or no item that even a draft may be. */
bool own_read(struct arena *arena, const char *text, struct item *ret_item);

#endif
