/* secret.h: the server's own key, 32 bytes in a file that only its owner can read.
 *
 * It keys the HMAC of the candidates' access codes, so that a copy of the database alone opens nothing. The key stays
 * in locked memory and is wiped when it is freed; it is never logged and never in the environment.
 *
 * Used by: identity, cycle (issuing codes), main. Uses: base, crypto. Threads: read by any.
 */
#ifndef KHOACU_IDENTITY_SECRET_H
#define KHOACU_IDENTITY_SECRET_H

#include "khoacu/base/err.h"

#include <stddef.h>
#include <stdint.h>

#define IDENTITY_SECRET_LEN 32

struct identity_secret {
    uint8_t key[IDENTITY_SECRET_LEN];
};

/* Reads the key. ERR_CONFIG with a sentence that says what to do: no file, not 32 bytes, readable by group or others.
 */
enum err identity_secret_load(const char *path, struct identity_secret **ret_secret, char *ret_sentence,
                              size_t sentence_size) MUST_CHECK;
/* Makes a fresh key file with mode 0400; an existing one is left alone (ERR_NONE). ERR_IO with a sentence. */
enum err identity_secret_create(const char *path, char *ret_sentence, size_t sentence_size) MUST_CHECK;
/* Wipes and frees; accepts NULL. */
void identity_secret_free(struct identity_secret *secret);

#endif
