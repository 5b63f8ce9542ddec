/* Blueprints and pool files from anywhere: read, listed in words, never solved. A NUL separates the two. */
#include "assembly/work.h"

#include "khoacu/base/cleanup.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void say_all(struct arena *arena, const struct assembly_blueprint *blueprint) {
    struct assembly_constraint *list = NULL;
    size_t count = 0;
    if (assembly_constraints_list(arena, blueprint, true, &list, &count))
        return;
    for (size_t i = 0; i < count; i++)
        if (!assembly_constraint_words(arena, blueprint, &list[i], i % 2 == 0) && !arena->failed)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena CLEANUP(arena_release);
    const char *text = (const char *)data;
    const char *nul = memchr(data, 0, size);
    size_t len = nul ? (size_t)(nul - text) : size;
    const struct json *document = NULL;
    struct json_misfits misfits = {0};
    struct assembly_blueprint blueprint;
    struct assembly_pool pool;
    struct assembly_pool_faults faults = {0};
    arena_init(&arena, (size_t)64 << 20);
    if (json_read(&arena, text, len, &document, NULL) == ERR_NONE &&
        assembly_blueprint_read(&arena, document, &blueprint, &misfits))
        say_all(&arena, &blueprint);
    if (nul)
        (void)!assembly_pool_read_csv(&arena, nul + 1, size - len - 1, &pool, &faults);
    return 0;
}
