/* Any bytes as a workbook. What does not begin as a zip is taken for the parts of one, each up to a byte 0x1e: workbook,
 * its relations, the first sheet, shared strings, styles. */
#include "../unit/zip_field.h"
#include "exchange_fuzz.h"

#include "khoacu/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void zip_parts(struct zip_field *zip, const uint8_t *data, size_t size) {
    static const char *const NAMES[] = {"xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml",
                                        "xl/sharedStrings.xml", "xl/styles.xml"};
    for (size_t i = 0; i < 5; i++) {
        const uint8_t *end = size ? memchr(data, 0x1e, size) : NULL;
        size_t len = end ? (size_t)(end - data) : size, taken = end ? len + 1 : len;
        zip_field_add(zip, NAMES[i], data, len);
        data += taken;
        size -= taken;
    }
    zip_field_end(zip);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct zip_field zip;
    if (size >= 2 && memcmp(data, "PK", 2) == 0) {
        fuzz_exchange(EXCHANGE_XLSX, data, size);
        return 0;
    }
    zip_field_init(&zip);
    zip_parts(&zip, data, size);
    fuzz_exchange(EXCHANGE_XLSX, (const uint8_t *)zip.out.data, zip.out.len);
    zip_field_release(&zip);
    return 0;
}
