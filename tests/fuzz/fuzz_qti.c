/* Any bytes as QTI. What begins as a zip is a package as it stands; what begins with 0x1e is the manifest and an item of a
 * package, each up to the next 0x1e; all else is one item. */
#include "../unit/zip_field.h"
#include "exchange_fuzz.h"

#include "khoacu/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void zip_parts(struct zip_field *zip, const uint8_t *data, size_t size) {
    static const char *const NAMES[] = {"imsmanifest.xml", "items/item-00001.xml", "a.png"};
    for (size_t i = 0; i < 3; i++) {
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
    if (!size || data[0] != 0x1e) {
        fuzz_exchange(EXCHANGE_QTI21, data, size);
        return 0;
    }
    zip_field_init(&zip);
    zip_parts(&zip, data + 1, size - 1);
    fuzz_exchange(EXCHANGE_QTI30, (const uint8_t *)zip.out.data, zip.out.len);
    zip_field_release(&zip);
    return 0;
}
