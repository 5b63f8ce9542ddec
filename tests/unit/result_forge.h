/* result_forge.h: what a forger of a result file would do to its hashes. */
#ifndef KHOACU_TESTS_RESULT_FORGE_H
#define KHOACU_TESTS_RESULT_FORGE_H

#include "unit.h"

#include "khoacu/base/buf.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"

/* The text of a section in a file that is canonical. */
static inline void section_of(const char *text, const char *from, const char *to, size_t *ret_start, size_t *ret_end) {
    const char *start = strstr(text, from), *end = strstr(text, to);
    if (!start || !end || start >= end)
        fail_msg("%s to %s is not in %s", from, to, text);
    *ret_start = (size_t)(start - text) + strlen(from);
    *ret_end = (size_t)(end - text);
}

static inline void put_hash(char *text, const char *name, const char *bytes, size_t len) {
    uint8_t sha256[CRYPTO_SHA256_LEN];
    char hex[65], label[40];
    crypto_sha256(bytes, len, sha256);
    text_hex(sha256, sizeof sha256, hex);
    (void)snprintf(label, sizeof label, "\"%s\":\"", name);
    memcpy(strstr(strstr(text, "\"hashes\":"), label) + strlen(label), hex, 64);
}

/* Makes the hashes right again, as a forger would. */
static inline void rehash(char *text) {
    size_t a, b, c, d, e, f;
    section_of(text, "\"decisions\":", ",\"demonstration\":", &a, &b);
    section_of(text, ",\"inputs\":{", ",\"previous_sha256\":", &c, &d);
    c--; /* the brace belongs to it */
    section_of(text, ",\"demonstration\":", ",\"hashes\":", &e, &f);
    put_hash(text, "decisions", text + a, b - a);
    put_hash(text, "inputs", text + c, d - c);
    struct buf head;
    buf_init(&head, 1 << 20);
    buf_add(&head, text, a - strlen("\"decisions\":") - 1);
    buf_add(&head, text + b, f - b);
    buf_adds(&head, text + d);
    put_hash(text, "head", head.data, head.len);
    buf_release(&head);
}

#endif
