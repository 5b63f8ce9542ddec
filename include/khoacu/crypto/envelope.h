/* envelope.h: what only the holder of a private key can open: RSA of 3072 bits with OAEP (RFC 8017) over SHA-256.
 *
 * It carries a fresh key of 32 bytes, under which the content is sealed (seal.h); browsers do the same with
 * WebCrypto ("RSA-OAEP", "SHA-256").
 *
 * Used by: sitting (emergency files). Uses: base, OpenSSL 3. Threads: any.
 */
#ifndef KHOACU_CRYPTO_ENVELOPE_H
#define KHOACU_CRYPTO_ENVELOPE_H

#include "khoacu/base/err.h"
#include "khoacu/crypto/seal.h"

#include <stddef.h>
#include <stdint.h>

#define CRYPTO_ENVELOPE_LEN 384          /* bytes of a locked key */
#define CRYPTO_ENVELOPE_PUBLIC_MAX 800   /* SubjectPublicKeyInfo, DER */
#define CRYPTO_ENVELOPE_PRIVATE_MAX 4000 /* PKCS #8, DER */

struct crypto_pair {
    uint8_t public_key[CRYPTO_ENVELOPE_PUBLIC_MAX];
    size_t public_len;
    uint8_t private_key[CRYPTO_ENVELOPE_PRIVATE_MAX]; /* wipe after use */
    size_t private_len;
};
/* A fresh pair; takes some tenths of a second. */
enum err crypto_pair_new(struct crypto_pair *ret_pair) MUST_CHECK;
/* Opens a locked key. ERR_CRYPTO: it was locked for another, or is damaged. */
enum err crypto_envelope_open(const uint8_t *private_key, size_t private_len, const uint8_t *locked, size_t locked_len,
                              uint8_t ret_key[CRYPTO_KEY_LEN]) MUST_CHECK;
/* Locks a key for the holder of the private key; `out` holds CRYPTO_ENVELOPE_LEN bytes. */
enum err crypto_envelope_lock(const uint8_t *public_key, size_t public_len, const uint8_t key[CRYPTO_KEY_LEN], uint8_t *out) MUST_CHECK;

#endif
