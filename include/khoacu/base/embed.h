/* embed.h: files of the source tree that travel inside the program.
 *
 * The schema, the web applications, the rule packs and the demonstration are built into the
 * executable under the path they have in the source tree ("sql/roles/roles.sql"), so that one file
 * is all there is to install. The table is sorted by path in byte order.
 *
 * Used by: api (assets), cycle (packs), main (migrations, demonstration). Uses: libc. Threads: any.
 */
#ifndef KHOACU_BASE_EMBED_H
#define KHOACU_BASE_EMBED_H

#include <stddef.h>

struct embed_file {
    const char *path;
    const unsigned char *bytes; /* a NUL follows the last byte */
    size_t len;
};

/* The file of that path, or NULL. */
const struct embed_file *embed_find(const char *path);
/* The first file whose path begins with `prefix`, or NULL. */
const struct embed_file *embed_first(const char *prefix);
/* The file after `file` whose path begins with `prefix`, or NULL:
 * for (f = embed_first("sql/migrations/"); f; f = embed_next(f, "sql/migrations/")) … */
const struct embed_file *embed_next(const struct embed_file *file, const char *prefix);

#endif
