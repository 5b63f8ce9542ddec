/* zip.h: zip archives: read from memory without trusting them, entry by entry, and written to a file.
 *
 * Reading. An archive is opened only when all of it may be read: nothing encrypted, stored or deflated entries alone, names
 * that are plain relative paths in UTF-8 (no "..", no '\', no leading '/', no drive, no control characters), each name once,
 * no links or devices. The file is the archive and nothing else: it begins with its first entry and ends with its end
 * record, the list right before that, so that no other format hides in front of it, behind it or in between. What an entry says of its size is not believed: reading counts what really comes out, and holds it
 * against the checksum. Archives within an archive are bytes like any other and never opened. Memory is that of the list of
 * names and of the one entry that is being read.
 *
 * Writing. Entries are deflated one at a time and bear a fixed time, so that the same entries give the same bytes. Memory is
 * that of the list of names and of one entry. An entry that is written before its checksum is known cannot be made.
 *
 * Limits, read and written: ZIPFILE_ENTRIES_MAX, ZIPFILE_ENTRY_MAX, names of ZIPFILE_NAME_MAX bytes; read: all entries
 * together ZIPFILE_TOTAL_MAX, each at most ZIPFILE_RATIO_MAX times what it takes in the archive, unless it is smaller than
 * ZIPFILE_SMALL; written: an archive of 2 GiB.
 *
 * Used by: exchange. Uses: base, libzip, zlib. Threads: one owner.
 */
#ifndef KHOACU_DOC_ZIP_H
#define KHOACU_DOC_ZIP_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define ZIPFILE_ENTRIES_MAX 20000
#define ZIPFILE_ENTRY_MAX ((size_t)32 << 20)
#define ZIPFILE_TOTAL_MAX ((size_t)1 << 30)
#define ZIPFILE_RATIO_MAX 200
#define ZIPFILE_SMALL ((size_t)64 << 10)
#define ZIPFILE_NAME_MAX 1000

/* Why an archive is refused. X(name, key) */
#define ZIPFILE_REASONS(X)                                                                                             \
    X(NONE, "none")                                                                                                    \
    X(BROKEN, "broken")       /* no zip, cut off, or its parts contradict each other */                                \
    X(ENCRYPTED, "encrypted")                                                                                          \
    X(METHOD, "method")       /* packed in a way that is not read */                                                   \
    X(NAME, "name")           /* a name that leads elsewhere or is no UTF-8 */                                         \
    X(STRAY, "stray")         /* bytes before its first entry, before its end record or behind that */                \
    X(TWICE, "twice")         /* a name that is there twice */                                                         \
    X(LINK, "link")           /* a link or a device */                                                                 \
    X(LIMIT, "limit")         /* too many entries, too large, or far larger than what is packed */
enum zipfile_reason {
#define X(name, key) ZIPFILE_##name,
    ZIPFILE_REASONS(X)
#undef X
        ZIPFILE_REASON_COUNT
};
const char *zipfile_reason_key(enum zipfile_reason reason);

/* NONE when the bytes are one archive from the first to the last, as far as its end record tells; else STRAY or BROKEN. */
enum zipfile_reason zipfile_frame(const char *bytes, size_t len);

struct zipfile;
/* The bytes stay the caller's and must live as long as the archive. ERR_SYNTAX or ERR_LIMIT with *ret_reason, ERR_MEMORY. */
enum err zipfile_open(const char *bytes, size_t len, struct zipfile **ret_zip, enum zipfile_reason *ret_reason) MUST_CHECK;
void zipfile_free(struct zipfile *zip); /* accepts NULL */
/* Entries in their order in the archive; folders end with '/'. */
size_t zipfile_count(const struct zipfile *zip);
const char *zipfile_name(const struct zipfile *zip, size_t index);
/* The entry of exactly that name, or false. */
bool zipfile_find(const struct zipfile *zip, const char *name, size_t *ret_index);
/* The whole of an entry in the arena, with a NUL behind it. ERR_SYNTAX: broken; ERR_LIMIT: an entry or all those read so
 * far are larger than may be, both with *ret_reason; ERR_MEMORY: the arena is full. */
enum err zipfile_read(struct zipfile *zip, struct arena *arena, size_t index, char **ret_bytes, size_t *ret_len,
                      enum zipfile_reason *ret_reason) MUST_CHECK;

struct zipfile_writer;
/* Takes the open file, which zipfile_writer_free closes. */
enum err zipfile_writer_new(FILE *file, struct zipfile_writer **ret_writer) MUST_CHECK;
/* ERR_STATE: the name cannot be read again or is longer than may be; ERR_LIMIT; ERR_IO; ERR_MEMORY. The names must differ:
 * that is the caller's care. */
enum err zipfile_writer_add(struct zipfile_writer *writer, const char *name, const void *bytes, size_t len) MUST_CHECK;
/* The list of all entries, and everything on its way to the disk. */
enum err zipfile_writer_close(struct zipfile_writer *writer) MUST_CHECK;
void zipfile_writer_free(struct zipfile_writer *writer); /* accepts NULL */

#endif
