/* buf.h: a growing byte string with a stated maximum.
 *
 * A buf that would pass its maximum, or finds no memory, becomes failed and ignores further
 * appends; the reader checks `failed` once. `data` is NULL until the first append and has a NUL
 * behind its last byte from then on.
 *
 * Used by: every module that builds text. Threads: one owner.
 */
#ifndef KHOACU_BASE_BUF_H
#define KHOACU_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct buf {
    char *data;
    size_t len, size, max;
    bool failed;
};

/* An empty buf that may grow to `max` bytes. */
void buf_init(struct buf *buf, size_t max);
/* Frees the memory; the buf is empty then and may be used again. */
void buf_release(struct buf *buf);
/* Empties it, keeps the memory and the maximum, clears `failed`. */
void buf_reset(struct buf *buf);
/* Appends where memory must be found first, or nothing where there is none. */
void buf_add_growing(struct buf *buf, const void *bytes, size_t len);
static inline void buf_add(struct buf *buf, const void *bytes, size_t len) {
    if (len == 0 || buf->failed || len >= buf->size - buf->len) {
        buf_add_growing(buf, bytes, len);
        return;
    }
    memcpy(buf->data + buf->len, bytes, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}
static inline void buf_adds(struct buf *buf, const char *text) {
    buf_add(buf, text, strlen(text));
}
static inline void buf_addc(struct buf *buf, char c) {
    buf_add(buf, &c, 1);
}
void buf_addf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Room for `len` more bytes at the end, zeroed, or NULL; the caller fills what it needs of it and
 * adds that to buf->len. */
char *buf_room(struct buf *buf, size_t len);

#endif
