#include "khoacu/base/embed.h"

#include <string.h>

#include "khoacu/base/banned.h"

extern const struct embed_file embed_files[];
extern const size_t embed_file_count;

/* Index of the first file whose path is not below `path`. */
static size_t embed_lower_bound(const char *path) {
    size_t low = 0, high = embed_file_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(embed_files[middle].path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const struct embed_file *embed_with_prefix(size_t index, const char *prefix) {
    if (index >= embed_file_count || strncmp(embed_files[index].path, prefix, strlen(prefix)) != 0)
        return NULL;
    return &embed_files[index];
}

const struct embed_file *embed_find(const char *path) {
    size_t index = embed_lower_bound(path);
    return index < embed_file_count && strcmp(embed_files[index].path, path) == 0 ? &embed_files[index] : NULL;
}

const struct embed_file *embed_first(const char *prefix) {
    return embed_with_prefix(embed_lower_bound(prefix), prefix);
}

const struct embed_file *embed_next(const struct embed_file *file, const char *prefix) {
    return embed_with_prefix((size_t)(file - embed_files) + 1, prefix);
}
