/* Any text: each parser refuses it, or gives a value whose own text reads as that value. */
#include "khoacu/base/text.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds) {
    if (!holds)
        abort();
}

static void numbers(const char *text) {
    int64_t value, again;
    char out[64];
    (void)text_parse_int(text, INT64_MIN, INT64_MAX, &value);
    if (text_parse_hundredths(text, &value)) {
        text_format_hundredths(value, out);
        must(text_parse_hundredths(out, &again) && again == value);
    }
    if (text_parse_id(text, &value)) {
        text_format_id(value, out);
        must(strcmp(out, text) == 0);
    }
}

static void times(const char *text) {
    int64_t us, again;
    char out[25], date[11], same[11];
    if (text_parse_date(text, date))
        must(text_parse_date(date, same) && strcmp(date, same) == 0);
    if (text_parse_time(text, &us)) {
        text_format_time(us, out);
        must(text_parse_time(out, &again));
        must(us < -INT64_C(62135596800000000) || us - again < 1000);
    }
}

static void encodings(const char *text, size_t len) {
    uint8_t bytes[16];
    char out[64];
    for (size_t want = 0; want <= sizeof(bytes); want++) {
        if (text_unbase64url(text, len, bytes, want)) {
            text_base64url(bytes, want, out);
            must(strcmp(out, text) == 0);
        }
        if (text_unhex(text, bytes, want)) {
            text_hex(bytes, want, out);
            must(strcmp(out, text) == 0);
        }
        if (text_unbase32(text, bytes, want)) {
            text_base32(bytes, want, out);
            uint8_t same[16];
            must(text_unbase32(out, same, want) && memcmp(bytes, same, want) == 0);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    size_t len = strlen(text);
    if (text_is_utf8(text, size))
        must(len == size && text_utf8_len(text) <= size);
    numbers(text);
    times(text);
    encodings(text, len);
    char *trimmed = text_trim(text);
    must(strlen(trimmed) <= len && text_trim(trimmed) == trimmed);
    free(text);
    return 0;
}
