/* Whatever comes in, cleaned markup is stored markup, and cleaning it again changes nothing. */
#include "khoacu/doc/markup.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena;
    struct markup_notes notes = {0}, again = {0};
    if (size > 20000 || memchr(data, '\\', size)) /* no formula: a child process for each input would be slow */
        return 0;
    arena_init(&arena, (size_t)1 << 26);
    char *text = arena_strndup(&arena, (const char *)data, size);
    const char *markup = text ? markup_clean(&arena, text, NULL, NULL, &notes) : NULL;
    if (markup) {
        if (!markup_check(&arena, markup, NULL))
            abort();
        const char *second = markup_clean(&arena, markup, NULL, NULL, &again);
        if (second && strcmp(second, markup) != 0)
            abort();
        (void)markup_plain(&arena, markup);
    }
    arena_release(&arena);
    return 0;
}
