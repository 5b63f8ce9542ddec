/* Numbers and bytes as text: ids, hexadecimal, base32, base64url. */
#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

static int hex_value(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool text_parse_id(const char *text, int64_t *ret_id) {
    uint64_t id = 0;
    for (size_t i = 0; i < TEXT_ID_LEN; i++) {
        int value = hex_value(text[i]);
        if (value < 0)
            return false;
        id = id << 4 | (uint64_t)value;
    }
    if (text[TEXT_ID_LEN] || id == 0 || id > INT64_MAX)
        return false;
    *ret_id = (int64_t)id;
    return true;
}

void text_format_id(int64_t id, char out[TEXT_ID_LEN + 1]) {
    uint8_t bytes[8];
    for (size_t i = 0; i < 8; i++)
        bytes[i] = (uint8_t)((uint64_t)id >> (56 - 8 * i));
    text_hex(bytes, 8, out);
}

void text_hex(const uint8_t *bytes, size_t len, char *out) {
    for (size_t i = 0; i < len; i++) {
        *out++ = "0123456789abcdef"[bytes[i] >> 4];
        *out++ = "0123456789abcdef"[bytes[i] & 15];
    }
    *out = '\0';
}

bool text_unhex(const char *text, uint8_t *out, size_t len) {
    if (strnlen(text, 2 * len + 1) != 2 * len)
        return false;
    for (size_t i = 0; i < 2 * len; i++)
        if (hex_value(text[i]) < 0)
            return false;
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)(hex_value(text[2 * i]) << 4 | hex_value(text[2 * i + 1]));
    return true;
}

/* Groups of `width` bits, most significant first, the last one filled up with zeros. */
static void encode(const uint8_t *bytes, size_t len, unsigned width, const char *symbols, char *out) {
    uint32_t window = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < len; i++) {
        window = window << 8 | bytes[i];
        for (bits += 8; bits >= width; bits -= width)
            *out++ = symbols[window >> (bits - width) & ((1u << width) - 1)];
    }
    if (bits)
        *out++ = symbols[window << (width - bits) & ((1u << width) - 1)];
    *out = '\0';
}

struct decoder {
    uint8_t *out;
    size_t len, done; /* bytes wanted, bytes there */
    uint32_t window;
    unsigned bits;
    size_t symbols;
};

static void decode(struct decoder *decoder, unsigned width, int value) {
    decoder->symbols++;
    decoder->window = decoder->window << width | (uint32_t)value;
    decoder->bits += width;
    if (decoder->bits >= 8) {
        decoder->bits -= 8;
        if (decoder->done < decoder->len)
            decoder->out[decoder->done] = (uint8_t)(decoder->window >> decoder->bits);
        decoder->done++;
    }
}

/* Exactly the wanted bytes from no more symbols than they take, and nothing in the bits left over. */
static bool decoded(const struct decoder *decoder, unsigned width) {
    return decoder->done == decoder->len && decoder->symbols == (decoder->len * 8 + width - 1) / width &&
           (decoder->window & ((1u << decoder->bits) - 1)) == 0;
}

void text_base32(const uint8_t *bytes, size_t len, char *out) {
    encode(bytes, len, 5, "0123456789ABCDEFGHJKMNPQRSTVWXYZ", out);
}

static int base32_value(char c) {
    static const char symbols[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    if (c == 'O')
        c = '0';
    if (c == 'I' || c == 'L')
        c = '1';
    const char *found = memchr(symbols, c, sizeof(symbols) - 1);
    return found ? (int)(found - symbols) : -1;
}

bool text_unbase32(const char *text, uint8_t *out, size_t len) {
    uint8_t bytes[64];
    if (len > sizeof(bytes))
        return false;
    struct decoder decoder = {.out = bytes, .len = len};
    for (; *text; text++) {
        if (*text == ' ' || *text == '\t' || *text == '-')
            continue;
        int value = base32_value(*text);
        if (value < 0 || decoder.done > len)
            return false;
        decode(&decoder, 5, value);
    }
    if (!decoded(&decoder, 5))
        return false;
    memcpy(out, bytes, len);
    return true;
}

void text_base64url(const uint8_t *bytes, size_t len, char *out) {
    encode(bytes, len, 6, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", out);
}

/* Without branches: the symbols of a token are random, and a processor guesses them wrong every other time. */
static int base64url_value(char c) {
    int upper = (c >= 'A') & (c <= 'Z'), lower = (c >= 'a') & (c <= 'z'), digit = (c >= '0') & (c <= '9');
    return upper * (c - 'A' + 1) + lower * (c - 'a' + 27) + digit * (c - '0' + 53) + (c == '-') * 63 + (c == '_') * 64 - 1;
}

bool text_unbase64url(const char *text, size_t text_len, uint8_t *out, size_t len) {
    uint8_t bytes[256];
    if (len > sizeof(bytes) || text_len != (len * 8 + 5) / 6)
        return false;
    struct decoder decoder = {.out = bytes, .len = len};
    for (size_t i = 0; i < text_len; i++) {
        int value = base64url_value(text[i]);
        if (value < 0)
            return false;
        decode(&decoder, 6, value);
    }
    if (!decoded(&decoder, 6))
        return false;
    memcpy(out, bytes, len);
    return true;
}
