/* crypto.h: the few primitives that Khoacu uses, by name, with fixed parameters.
 *
 * Used by: floor 3 and up. Uses: base, OpenSSL 3. Threads: any.
 */
#ifndef KHOACU_CRYPTO_CRYPTO_H
#define KHOACU_CRYPTO_CRYPTO_H

#include "khoacu/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CRYPTO_SHA256_LEN 32

/* Fetches the algorithms once; called by main before threads start. */
enum err crypto_init(void) MUST_CHECK;
void crypto_sha256(const void *bytes, size_t len, uint8_t out[CRYPTO_SHA256_LEN]);
void crypto_hmac_sha256(const uint8_t *key, size_t key_len, const void *bytes, size_t len, uint8_t out[CRYPTO_SHA256_LEN]);
/* Many HMACs under one key, whose preparation is most of the work of a short one. One thread at a time. */
struct crypto_hmac;
struct crypto_hmac *crypto_hmac_new(const uint8_t *key, size_t key_len);
void crypto_hmac_of(struct crypto_hmac *hmac, const void *bytes, size_t len, uint8_t out[CRYPTO_SHA256_LEN]);
void crypto_hmac_free(struct crypto_hmac *hmac); /* NULL is fine */
/* Overwrites a secret so that the compiler cannot leave it out. */
void crypto_wipe(void *secret, size_t len);

/* Running SHA-256 for long inputs. */
struct crypto_sha256;
struct crypto_sha256 *crypto_sha256_new(void);
void crypto_sha256_add(struct crypto_sha256 *hash, const void *bytes, size_t len);
void crypto_sha256_finish(struct crypto_sha256 *hash, uint8_t out[CRYPTO_SHA256_LEN]); /* and frees */

/* Staff passwords: scrypt (RFC 7914) with N = 2^17, r = 8, p = 1, salt of 16 bytes, 32 bytes out,
 * written "$scrypt$ln=17,r=8,p=1$<salt base64url>$<hash base64url>". About 0.3 s and 128 MiB each:
 * never on an event loop. */
#define CRYPTO_PASSWORD_MAX 160
enum err crypto_password_hash(const char *password, char out[CRYPTO_PASSWORD_MAX]) MUST_CHECK;
/* True when `password` gives `stored`; parameters are read from `stored`, at most ln = 17. */
bool crypto_password_check(const char *password, const char *stored);

#endif
