#include "equating.h"

#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/crypto/sign.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define SHOWN 16 /* of the fingerprint, hexadecimal digits */

static bool holds(const struct result_equating *table, size_t i, uint8_t ret_raw[CRYPTO_PUBLIC_LEN]) {
    const struct result_signature *s = &table->signatures[i];
    return crypto_sign_check(s->public_key, strlen(s->public_key), table->text, table->text_len, s->bytes, ret_raw);
}

bool equating_signed(const struct result_equating *table, char *line, size_t size) {
    uint8_t raw[RESULT_SIGNATURES_MAX][CRYPTO_PUBLIC_LEN];
    for (size_t i = 0; i < table->signature_count; i++) {
        if (!holds(table, i, raw[i])) {
            (void)snprintf(line, size, "equating table: the signature of %.100s is not by the key beside it over this table", table->signatures[i].by);
            return false;
        }
        for (size_t k = 0; k < i; k++)
            if (memcmp(raw[i], raw[k], CRYPTO_PUBLIC_LEN) == 0) {
                (void)snprintf(line, size, "equating table: %.100s and %.100s have signed by one and the same key", table->signatures[k].by, table->signatures[i].by);
                return false;
            }
    }
    return true;
}

void equating_signers(const struct result_equating *table, char *text, size_t size) {
    size_t len = 0;
    *text = '\0';
    for (size_t i = 0; i < table->signature_count && len < size; i++) {
        uint8_t raw[CRYPTO_PUBLIC_LEN], sha256[CRYPTO_SHA256_LEN];
        char hex[2 * CRYPTO_SHA256_LEN + 1] = "";
        if (holds(table, i, raw)) {
            crypto_sha256(raw, sizeof raw, sha256);
            text_hex(sha256, sizeof sha256, hex);
        }
        int put = snprintf(text + len, size - len, "%s%.100s (key %.*s)", i ? ", " : "", table->signatures[i].by, SHOWN, hex);
        len += put > 0 ? (size_t)put : 0;
    }
}
