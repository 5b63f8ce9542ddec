/* paths.h: the files that a command is told to read: files, folders of them, mailboxes.
 *
 * Used by: main. Threads: one.
 */
#ifndef KHOACU_MAIN_PATHS_H
#define KHOACU_MAIN_PATHS_H

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"
#include "khoacu/base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct paths {
    struct arena *arena;
    const char **list;
    size_t count, max;
};
/* Room for `max` paths. False: no memory. */
bool paths_init(struct paths *paths, struct arena *arena, size_t max);
/* A file, "-" for the standard input, or the regular files of a folder in the order of their names, hidden ones left out; of a
 * maildir those of its `new` and `cur`. False: it cannot be read, or there is no room. */
bool paths_add(struct paths *paths, const char *path);
/* Appends a whole file, or the standard input, to `out`. ERR_IO; ERR_LIMIT: longer than `max`. */
enum err paths_read(const char *path, size_t max, struct buf *out) MUST_CHECK;

#endif
