/* box.h: bytes under a password as RNCryptor, version 3, has them: what Safe Exam Browser opens.
 *
 * 0x03 0x01, salt of 8 bytes for the cipher, salt of 8 for the check, initial vector of 16, AES-256-CBC with PKCS #7 padding,
 * HMAC-SHA-256 over all before it; both keys by PBKDF2-HMAC-SHA-1, 10,000 rounds. The format is that of another program and not
 * ours to choose: what must stay secret for long is sealed otherwise (seal.h).
 *
 * Used by: sitting (seb). Uses: base, OpenSSL 3. Threads: any.
 */
#ifndef KHOACU_CRYPTO_BOX_H
#define KHOACU_CRYPTO_BOX_H

#include "khoacu/base/buf.h"
#include "khoacu/base/err.h"

#include <stddef.h>
#include <stdint.h>

#define CRYPTO_BOX_SALTS 32 /* both salts and the vector */

/* Appends the box. `salts` NULL: drawn; else, for the format's own test values, as given. */
enum err crypto_box(const char *password, const void *bytes, size_t len, const uint8_t salts[CRYPTO_BOX_SALTS], struct buf *out) MUST_CHECK;

#endif
