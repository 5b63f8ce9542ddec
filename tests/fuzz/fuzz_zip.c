/* Any bytes as an archive: refused, or every entry is read within the limits. */
#include "khoacu/base/arena.h"
#include "khoacu/doc/zip.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct zipfile *zip = NULL;
    enum zipfile_reason reason = ZIPFILE_NONE;
    struct arena arena;
    if (zipfile_open((const char *)data, size, &zip, &reason) != ERR_NONE) {
        if (reason == ZIPFILE_NONE)
            abort();
        return 0;
    }
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < zipfile_count(zip) && i < 100; i++) {
        char *bytes = NULL;
        size_t len = 0, found = zipfile_count(zip);
        const char *name = zipfile_name(zip, i);
        if (name[0] == '/' || strncmp(name, "../", 3) == 0 || strstr(name, "/../") || strchr(name, '\\') || !zipfile_find(zip, name, &found) || found != i)
            abort();
        if (zipfile_read(zip, &arena, i, &bytes, &len, &reason) == ERR_NONE && bytes[len] != '\0')
            abort();
        arena_reset(&arena);
    }
    arena_release(&arena);
    zipfile_free(zip);
    return 0;
}
