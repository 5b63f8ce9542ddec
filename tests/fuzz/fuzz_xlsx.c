/* Any bytes as a workbook. What does not begin as a zip is taken for the parts of one, each up to a byte 0x1e: workbook,
 * its relations, the first sheet, shared strings, styles. */
#include "exchange_fuzz.h"

#include "khoacu/base/buf.h"

#include "khoacu/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t crc32_of(const uint8_t *bytes, size_t len) {
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < len; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc;
}

static void put(struct buf *out, uint64_t number, size_t bytes) {
    for (size_t i = 0; i < bytes; i++)
        buf_addc(out, (char)(i < 8 ? number >> (8 * i) & 0xff : 0));
}

static void put_head(struct buf *out, const char *name, const uint8_t *bytes, size_t len) {
    put(out, 20, 2);
    put(out, 0, 2 + 2 + 4);
    put(out, crc32_of(bytes, len), 4);
    put(out, (uint32_t)len, 4);
    put(out, (uint32_t)len, 4);
    put(out, (uint32_t)strlen(name), 2);
    put(out, 0, 2);
}

static void zip_parts(struct buf *zip, const uint8_t *data, size_t size) {
    static const char *const NAMES[] = {"xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml",
                                        "xl/sharedStrings.xml", "xl/styles.xml"};
    struct buf central;
    uint32_t count = 0;
    buf_init(&central, 1 << 20);
    for (; count < 5; count++) {
        const uint8_t *end = size ? memchr(data, 0x1e, size) : NULL;
        size_t len = end ? (size_t)(end - data) : size;
        uint32_t offset = (uint32_t)zip->len;
        put(zip, 0x04034b50, 4);
        put_head(zip, NAMES[count], data, len);
        buf_adds(zip, NAMES[count]);
        buf_add(zip, data, len);
        put(&central, 0x02014b50, 4);
        put(&central, 20, 2);
        put_head(&central, NAMES[count], data, len);
        put(&central, 0, 2 + 2 + 2 + 4);
        put(&central, offset, 4);
        buf_adds(&central, NAMES[count]);
        size_t taken = end ? len + 1 : len;
        data += taken;
        size -= taken;
    }
    uint32_t start = (uint32_t)zip->len;
    buf_add(zip, central.data, central.len);
    put(zip, 0x06054b50, 4);
    put(zip, 0, 4);
    put(zip, count, 2);
    put(zip, count, 2);
    put(zip, (uint32_t)central.len, 4);
    put(zip, start, 4);
    put(zip, 0, 2);
    buf_release(&central);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct buf zip;
    buf_init(&zip, 1 << 24);
    if (size >= 2 && memcmp(data, "PK", 2) == 0) {
        fuzz_exchange(EXCHANGE_XLSX, data, size);
    } else {
        zip_parts(&zip, data, size);
        fuzz_exchange(EXCHANGE_XLSX, (const uint8_t *)zip.data, zip.len);
    }
    buf_release(&zip);
    return 0;
}
