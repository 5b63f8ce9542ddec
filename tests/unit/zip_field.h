/* zip_field.h: zip archives of stored entries made by hand, so that they can lie.
 *
 * Used by: test_xlsx.c, fuzz_xlsx.c.
 */
#ifndef KHOACU_TESTS_ZIP_FIELD_H
#define KHOACU_TESTS_ZIP_FIELD_H

#include "khoacu/base/buf.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct zip_field {
    struct buf out, central;
    unsigned count;
    /* Lies of the entries that are added next: flags, added to the checksum, the size that is said (when not 0), the
     * offset of another entry (when `elsewhere`). */
    unsigned flags;
    uint32_t crc_lie, size_lie, offset_lie;
    bool elsewhere;
};

static inline void zip_field_init(struct zip_field *zip) {
    *zip = (struct zip_field){0};
    buf_init(&zip->out, (size_t)64 << 20);
    buf_init(&zip->central, (size_t)1 << 20);
}

static inline void zip_field_release(struct zip_field *zip) {
    buf_release(&zip->out);
    buf_release(&zip->central);
}

static inline uint32_t zip_field_crc(const uint8_t *bytes, size_t len) {
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < len; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc;
}

static inline void zip_field_put(struct buf *out, uint64_t number, size_t bytes) {
    for (size_t i = 0; i < bytes; i++)
        buf_addc(out, (char)(i < 8 ? number >> (8 * i) & 0xff : 0));
}

static inline void zip_field_head(const struct zip_field *zip, struct buf *out, const char *name, uint32_t crc, size_t len) {
    zip_field_put(out, 20, 2);
    zip_field_put(out, zip->flags, 2);
    zip_field_put(out, 0, 2 + 4);
    zip_field_put(out, crc + zip->crc_lie, 4);
    zip_field_put(out, len, 4);
    zip_field_put(out, zip->size_lie ? zip->size_lie : len, 4);
    zip_field_put(out, strlen(name), 2);
    zip_field_put(out, 0, 2);
}

static inline void zip_field_add(struct zip_field *zip, const char *name, const void *bytes, size_t len) {
    uint32_t crc = zip_field_crc(bytes, len);
    size_t offset = zip->elsewhere ? zip->offset_lie : zip->out.len;
    zip_field_put(&zip->out, 0x04034b50, 4);
    zip_field_head(zip, &zip->out, name, crc, len);
    buf_adds(&zip->out, name);
    buf_add(&zip->out, bytes, len);
    zip_field_put(&zip->central, 0x02014b50, 4);
    zip_field_put(&zip->central, 20, 2);
    zip_field_head(zip, &zip->central, name, crc, len);
    zip_field_put(&zip->central, 0, 2 + 2 + 2 + 4);
    zip_field_put(&zip->central, offset, 4);
    buf_adds(&zip->central, name);
    zip->count++;
}

static inline void zip_field_end(struct zip_field *zip) {
    size_t start = zip->out.len;
    buf_add(&zip->out, zip->central.data, zip->central.len);
    zip_field_put(&zip->out, 0x06054b50, 4);
    zip_field_put(&zip->out, 0, 4);
    zip_field_put(&zip->out, zip->count, 2);
    zip_field_put(&zip->out, zip->count, 2);
    zip_field_put(&zip->out, zip->central.len, 4);
    zip_field_put(&zip->out, start, 4);
    zip_field_put(&zip->out, 0, 2);
}

#endif
