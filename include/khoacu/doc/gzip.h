/* gzip.h: one file as a gzip stream (RFC 1952) for web servers that send it as it lies.
 *
 * The same bytes give the same stream: no time and no name is in it.
 *
 * Used by: main (publish), api (the pages), sitting (Safe Exam Browser). Uses: base, zlib. Threads: any.
 */
#ifndef KHOACU_DOC_GZIP_H
#define KHOACU_DOC_GZIP_H

#include "khoacu/base/buf.h"
#include "khoacu/base/err.h"

#include <stddef.h>

/* Appends the stream to `out`. ERR_MEMORY, ERR_LIMIT (over 1 GiB, or `out` is full). */
enum err gzip_write(const void *bytes, size_t len, struct buf *out) MUST_CHECK;

#endif
