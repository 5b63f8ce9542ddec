/* sign.h: signatures of published files: Ed25519 (RFC 8032), keys as PEM files, so that any tool can check.
 *
 * A signature is detached, 64 raw bytes: `openssl pkeyutl -verify -rawin -pubin -inkey public-key.pem -sigfile S -in F`.
 *
 * Used by: ledger (notes), main (publish, verify, equate). Uses: base, OpenSSL 3. Threads: a key belongs to one thread at a time.
 */
#ifndef KHOACU_CRYPTO_SIGN_H
#define KHOACU_CRYPTO_SIGN_H

#include "khoacu/base/buf.h"
#include "khoacu/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CRYPTO_SIGNATURE_LEN 64
#define CRYPTO_PUBLIC_LEN 32

struct crypto_sign_key;

/* Opens a private key (PKCS #8, PEM) of `path`, readable by its owner alone; makes one there when there is none. ERR_IO: the file
 * cannot be read or made; ERR_CONFIG: it is no Ed25519 key, or others may read it. */
enum err crypto_sign_open(const char *path, struct crypto_sign_key **ret_key) MUST_CHECK;
void crypto_sign_free(struct crypto_sign_key *key);
enum err crypto_sign(const struct crypto_sign_key *key, const void *bytes, size_t len, uint8_t ret_signature[CRYPTO_SIGNATURE_LEN]) MUST_CHECK;
/* The public half as PEM. */
enum err crypto_sign_public(const struct crypto_sign_key *key, struct buf *out) MUST_CHECK;

/* Whether `signature` is the one over `bytes` by the private half of the key in `pem`; *ret_raw, where it is an Ed25519 key,
 * becomes its 32 bytes. */
bool crypto_sign_check(const char *pem, size_t pem_len, const void *bytes, size_t len, const uint8_t signature[CRYPTO_SIGNATURE_LEN],
                       uint8_t ret_raw[CRYPTO_PUBLIC_LEN]);

/* PBKDF2-HMAC-SHA-256 (RFC 8018): what a guesser must compute for each guess. */
enum err crypto_stretch(const char *secret, const void *salt, size_t salt_len, int rounds, uint8_t *out, size_t len) MUST_CHECK;

#endif
