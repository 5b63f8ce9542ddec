/* Any bytes as a rule pack: read without fault; a pack that is read has a canonical text that reads as the same pack.
 */
#include "khoacu/cycle/pack.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds) {
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena;
    arena_init(&arena, 1 << 24);
    struct cycle_pack *pack = ARENA_NEW(&arena, struct cycle_pack), *again = ARENA_NEW(&arena, struct cycle_pack);
    struct json_misfits misfits = {0}, none = {0};
    struct json_error error = {0};
    enum err err = cycle_pack_read(&arena, (const char *)data, size, pack, &misfits, &error);
    if (err == ERR_NONE) {
        struct rank_misfit misfit;
        must(misfits.count == 0 && rank_check_pack(&pack->rank, &misfit) == ERR_NONE);
        must(cycle_pack_read(&arena, pack->text, pack->text_len, again, &none, NULL) == ERR_NONE);
        must(strcmp(pack->sha256, again->sha256) == 0 && memcmp(&pack->rank, &again->rank, sizeof pack->rank) == 0);
    } else {
        must(err != ERR_RANGE || misfits.count > 0);
    }
    arena_release(&arena);
    return 0;
}
