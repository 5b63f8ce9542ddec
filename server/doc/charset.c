#include "khoacu/doc/charset.h"

#include "khoacu/base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "khoacu/base/banned.h"

/* Windows-1252, 0x80 to 0x9f; 0: no letter. */
static const uint16_t WINDOWS[32] = {0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
                                     0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
                                     0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

/* Where Windows-1258 differs from Windows-1252. */
static const struct {
    uint8_t byte;
    uint16_t letter;
} VIETNAMESE[] = {{0xc3, 0x0102}, {0xe3, 0x0103}, {0xd0, 0x0110}, {0xf0, 0x0111}, {0xd5, 0x01a0}, {0xf5, 0x01a1},
                  {0xdd, 0x01af}, {0xfd, 0x01b0}, {0xcc, 0x0300}, {0xec, 0x0301}, {0xd2, 0x0309}, {0xf2, 0x0323},
                  {0xde, 0x0303}, {0xfe, 0x20ab}};

static bool in(const char *set, uint8_t byte) {
    return byte && strchr(set, byte) != NULL;
}

/* Tone marks (acute, grave, hook, tilde, dot) behind a vowel, beside letters that only Vietnamese has there. In
 * Windows-1252 they are the letters i-acute, o-grave, thorn and so on, which do not stand in so great numbers. */
static bool like_vietnamese(const uint8_t *bytes, size_t len) {
    size_t marks = 0, others = 0;
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] < 0x80)
            continue;
        bool behind = i > 0 && in("aeiouyAEIOUY\xe2\xea\xf4\xe3\xf5\xfd\xc2\xca\xd4\xc3\xd5\xdd", bytes[i - 1]);
        if (in("\xcc\xec\xd2\xf2\xde", bytes[i]))
            marks += behind ? 1 : 0;
        else if (!in("\xc3\xe3\xd0\xf0\xd5\xf5\xdd\xfd\xe2\xea\xf4\xc2\xca\xd4\xe0\xe1\xe8\xe9\xf9\xfa\xed\xf3\xfe", bytes[i]) &&
                 bytes[i] >= 0xc0)
            others++;
    }
    return marks >= 3 && marks > 4 * others;
}

static uint32_t letter(uint8_t byte, bool vietnamese) {
    for (size_t i = 0; vietnamese && i < sizeof VIETNAMESE / sizeof *VIETNAMESE; i++)
        if (VIETNAMESE[i].byte == byte)
            return VIETNAMESE[i].letter;
    return byte < 0x80 || byte >= 0xa0 ? byte : WINDOWS[byte - 0x80];
}

static size_t put(char *out, uint32_t code) {
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xc0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    size_t len = code < 0x10000 ? 3 : 4;
    out[0] = (char)(len == 3 ? 0xe0 | code >> 12 : 0xf0 | code >> 18);
    for (size_t i = 1; i < len; i++)
        out[i] = (char)(0x80 | ((code >> (6 * (len - 1 - i))) & 0x3f));
    return len;
}

static enum err decode_windows(const uint8_t *bytes, size_t len, struct charset_text *ret_text) {
    bool vietnamese = like_vietnamese(bytes, len);
    for (size_t i = 0; i < len; i++)
        if (bytes[i] == 0 || !letter(bytes[i], vietnamese))
            return ERR_SYNTAX;
    char *out = malloc(len * 3 + 1);
    if (!out)
        return ERR_MEMORY;
    size_t used = 0;
    for (size_t i = 0; i < len; i++)
        used += put(out + used, letter(bytes[i], vietnamese));
    out[used] = '\0';
    *ret_text = (struct charset_text){
        .text = out, .len = used, .own = out, .charset = vietnamese ? CHARSET_1258 : CHARSET_1252};
    return ERR_NONE;
}

static uint32_t unit(const uint8_t *bytes, bool big) {
    return big ? (uint32_t)(bytes[0] << 8 | bytes[1]) : (uint32_t)(bytes[1] << 8 | bytes[0]);
}

static enum err decode_utf16(const uint8_t *bytes, size_t len, bool big, struct charset_text *ret_text) {
    char *out = len % 2 == 0 ? malloc(len * 2 + 1) : NULL;
    if (!out)
        return len % 2 ? ERR_SYNTAX : ERR_MEMORY;
    size_t used = 0;
    bool fine = true;
    for (size_t i = 0; fine && i < len; i += 2) {
        uint32_t code = unit(bytes + i, big);
        if (code >= 0xd800 && code < 0xdc00 && i + 4 <= len) {
            uint32_t low = unit(bytes + i + 2, big);
            fine = low >= 0xdc00 && low < 0xe000;
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            i += 2;
        } else if (code == 0 || (code >= 0xd800 && code < 0xe000)) {
            fine = false;
        }
        if (fine)
            used += put(out + used, code);
    }
    if (!fine) {
        free(out);
        return ERR_SYNTAX;
    }
    out[used] = '\0';
    *ret_text = (struct charset_text){.text = out, .len = used, .own = out, .charset = CHARSET_UTF16};
    return ERR_NONE;
}

static enum err decode(const char *bytes, size_t len, struct charset_text *ret_text) {
    const uint8_t *raw = (const uint8_t *)bytes;
    if (len >= 2 && raw[0] == 0xff && raw[1] == 0xfe)
        return decode_utf16(raw + 2, len - 2, false, ret_text);
    if (len >= 2 && raw[0] == 0xfe && raw[1] == 0xff)
        return decode_utf16(raw + 2, len - 2, true, ret_text);
    size_t skip = len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    if (!text_is_utf8(bytes + skip, len - skip))
        return skip ? ERR_SYNTAX : decode_windows(raw, len, ret_text);
    *ret_text = (struct charset_text){.text = bytes + skip, .len = len - skip};
    return ERR_NONE;
}

static bool plain(const char *text, size_t len) {
    for (size_t i = 0; i < len; i++)
        if (text[i] & 0x80)
            return false;
    return true;
}

enum err charset_decode(const char *bytes, size_t len, struct charset_text *ret_text) {
    struct charset_text text = {0};
    enum err err = decode(bytes, len, &text);
    if (err != ERR_NONE)
        return err;
    /* Windows-1258 writes tones behind the vowel. */
    if (text.charset == CHARSET_1258) {
        utf8proc_uint8_t *composed = NULL;
        utf8proc_ssize_t size = utf8proc_map((const utf8proc_uint8_t *)text.text, (utf8proc_ssize_t)text.len, &composed,
                                             UTF8PROC_STABLE | UTF8PROC_COMPOSE);
        free(text.own);
        if (size < 0)
            return size == UTF8PROC_ERROR_NOMEM ? ERR_MEMORY : ERR_SYNTAX;
        text.own = (char *)composed;
        text.text = text.own;
        text.len = (size_t)size;
    }
    *ret_text = text;
    return ERR_NONE;
}

const char *charset_nfc(struct arena *arena, const char *text) {
    size_t len = strlen(text);
    utf8proc_uint8_t *composed = NULL;
    if (plain(text, len))
        return text;
    utf8proc_ssize_t size = utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)len, &composed,
                                         UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    if (size < 0)
        return NULL;
    const char *result = (size_t)size == len && memcmp(composed, text, len) == 0
                             ? text
                             : arena_strndup(arena, (const char *)composed, (size_t)size);
    free(composed);
    return result;
}

void charset_release(struct charset_text *text) {
    free(text->own);
    *text = (struct charset_text){0};
}

bool charset_guessed(enum charset charset) {
    return charset == CHARSET_1252 || charset == CHARSET_1258;
}
