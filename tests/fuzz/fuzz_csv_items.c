/* Any bytes as a table of items: every row gives an item that may be kept or words on why not; what an import wizard shows
 * of it can be made too. */
#include "exchange_fuzz.h"

#include "khoacu/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena;
    struct exchange_columns columns = {0};
    arena_init(&arena, 1 << 26);
    if (exchange_table_columns(&arena, EXCHANGE_CSV, (const char *)data, size, &columns) == ERR_NONE)
        for (size_t i = 0; i < columns.count; i++)
            fuzz_must(columns.list[i].heading && columns.list[i].field);
    arena_release(&arena);
    fuzz_exchange(EXCHANGE_CSV, data, size);
    return 0;
}
