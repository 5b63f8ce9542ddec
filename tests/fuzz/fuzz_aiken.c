/* Any bytes as Aiken: every question gives an item that may be kept or words on why not. */
#include "exchange_fuzz.h"

#include "khoacu/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_exchange(EXCHANGE_AIKEN, data, size);
    return 0;
}
