/* exchange_fuzz.h: what the fuzzers of the exchange share: whatever a reader gives is an item that may be kept, each call
 * has its words, and the item read again from its own JSON is the same.
 *
 * Used by: fuzz_*.c.
 */
#ifndef KHOACU_TESTS_EXCHANGE_FUZZ_H
#define KHOACU_TESTS_EXCHANGE_FUZZ_H

#include "exchange/own.h"

#include "khoacu/exchange/exchange.h"
#include "khoacu/item/item.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static inline void fuzz_must(bool holds) {
    if (!holds)
        abort();
}

static inline enum err fuzz_take(void *ctx, struct arena *arena, const struct exchange_item *item) {
    struct item_faults faults = {0};
    struct item again = {0};
    struct buf first, second;
    ++*(size_t *)ctx;
    fuzz_must(item->path && (item->name || !item->item));
    for (size_t i = 0; i < item->note_count; i++)
        fuzz_must(item->notes[i].code && item->notes[i].message_vi && item->notes[i].message_en && item->notes[i].place);
    if (!item->item) {
        const struct exchange_note *refusal = &item->refusal;
        fuzz_must(refusal->code && refusal->message_vi && refusal->message_en && refusal->place);
        return ERR_NONE;
    }
    fuzz_must(item_check(arena, item->item, &faults) || !faults.grave);
    buf_init(&first, 1 << 26);
    buf_init(&second, 1 << 26);
    own_put(&first, item->item);
    buf_addc(&first, '\0');
    fuzz_must(own_read(arena, first.data, &again));
    own_put(&second, &again);
    fuzz_must(first.len == second.len + 1 && memcmp(first.data, second.data, second.len) == 0);
    buf_release(&first);
    buf_release(&second);
    return ERR_NONE;
}

/* Reads the bytes in that format; something is always said. */
static inline void fuzz_exchange(enum exchange_format format, const uint8_t *data, size_t size) {
    size_t calls = 0;
    enum exchange_format found = EXCHANGE_AUTO;
    (void)exchange_detect(NULL, (const char *)data, size, &found);
    fuzz_must(exchange_read(format, "fuzz", (const char *)data, size, NULL, fuzz_take, &calls) == ERR_NONE);
    fuzz_must(calls > 0);
}

#endif
