#include "khoacu/base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

void buf_init(struct buf *buf, size_t max) {
    *buf = (struct buf){.max = max};
}

void buf_release(struct buf *buf) {
    free(buf->data);
    *buf = (struct buf){.max = buf->max};
}

void buf_reset(struct buf *buf) {
    buf->len = 0;
    buf->failed = false;
    if (buf->data)
        buf->data[0] = '\0';
}

/* Memory for `len` more bytes and the NUL. */
static bool buf_grow(struct buf *buf, size_t len) {
    if (buf->failed || len > buf->max - buf->len || buf->max == SIZE_MAX) {
        buf->failed = true;
        return false;
    }
    size_t need = buf->len + len + 1;
    if (need <= buf->size)
        return true;
    size_t size = buf->size < 128 ? 256 : buf->size * 2;
    if (size > buf->max + 1)
        size = buf->max + 1;
    if (size < need)
        size = need;
    char *data = realloc(buf->data, size);
    if (!data) {
        buf->failed = true;
        return false;
    }
    buf->data = data;
    buf->size = size;
    return true;
}

char *buf_room(struct buf *buf, size_t len) {
    if (!buf_grow(buf, len))
        return NULL;
    return memset(buf->data + buf->len, 0, len + 1);
}

void buf_add_growing(struct buf *buf, const void *bytes, size_t len) {
    if (!buf_grow(buf, len))
        return;
    if (len)
        memcpy(buf->data + buf->len, bytes, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}

void buf_addf(struct buf *buf, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    if (len < 0) {
        buf->failed = true;
    } else if (buf_grow(buf, (size_t)len)) {
        (void)vsnprintf(buf->data + buf->len, (size_t)len + 1, format, again);
        buf->len += (size_t)len;
    }
    va_end(again);
    va_end(args);
}
