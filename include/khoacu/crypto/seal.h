/* seal.h: authenticated encryption: AES-256-GCM (NIST SP 800-38D) with a random nonce of 96 bits.
 *
 * A sealed text is nonce (12 bytes) ‖ ciphertext ‖ tag (16 bytes). What is bound (the associated data) is not in it: who
 * opens must know it. One key seals at most 2^32 texts, so that two nonces meet with a probability below 2^-32; a bank
 * with 50,000 items is far below, and rotation starts anew.
 *
 * Used by: bank. Uses: base, OpenSSL 3. Threads: any.
 */
#ifndef KHOACU_CRYPTO_SEAL_H
#define KHOACU_CRYPTO_SEAL_H

#include "khoacu/base/err.h"

#include <stddef.h>
#include <stdint.h>

#define CRYPTO_KEY_LEN 32
#define CRYPTO_NONCE_LEN 12
#define CRYPTO_TAG_LEN 16
#define CRYPTO_SEAL_EXTRA (CRYPTO_NONCE_LEN + CRYPTO_TAG_LEN)

/* Writes len + CRYPTO_SEAL_EXTRA bytes to `out`, which must not overlap `bytes`. ERR_CRYPTO: OpenSSL would not;
 * ERR_LIMIT: over 1 GiB. */
enum err crypto_seal(const uint8_t key[CRYPTO_KEY_LEN], const void *bound, size_t bound_len, const void *bytes, size_t len,
                     uint8_t *out) MUST_CHECK;
/* Writes len - CRYPTO_SEAL_EXTRA bytes to `out`. ERR_CRYPTO: another key, other bound words, or a bit has changed; what
 * stands in `out` is then wiped. */
enum err crypto_open(const uint8_t key[CRYPTO_KEY_LEN], const void *bound, size_t bound_len, const uint8_t *sealed, size_t len,
                     uint8_t *out) MUST_CHECK;

#endif
