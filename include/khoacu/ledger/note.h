/* note.h: a checkpoint of the public log as text: a signed note (C2SP signed-note, tlog-checkpoint).
 *
 *   origin
 *   size
 *   root in base64
 *
 *   — NAME base64(key id ‖ signature)        one line or more; those of others than the origin are passed over
 *
 * Signed are the first three lines, Ed25519; key id = first 4 bytes of SHA-256(origin ‖ 0A ‖ 01 ‖ public key).
 *
 * Used by: ledger (log), main (watch). Uses: base, crypto. Threads: any.
 */
#ifndef KHOACU_LEDGER_NOTE_H
#define KHOACU_LEDGER_NOTE_H

#include "khoacu/base/buf.h"
#include "khoacu/base/err.h"
#include "khoacu/crypto/crypto.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LEDGER_ORIGIN_MAX 100
#define LEDGER_NOTE_MAX 4096 /* bytes of a note that is read */

struct ledger_note {
    char origin[LEDGER_ORIGIN_MAX + 1];
    int64_t size;
    uint8_t root[CRYPTO_SHA256_LEN];
    const char *text; /* the whole note, not ended by a zero: points into what was read */
    size_t len, signed_len; /* of the note; of the lines that are signed */
};

/* Appends the note by the private key of `key_file` (crypto/sign.h; made where there is none). ERR_RANGE: no origin, or a longer one
 * than LEDGER_ORIGIN_MAX. */
enum err ledger_note_make(const char *key_file, const char *origin, int64_t size, const uint8_t root[CRYPTO_SHA256_LEN], struct buf *note) MUST_CHECK;
/* Reads the note that `text` begins with, up to its end or to an empty line behind its signatures. False: there is none. */
bool ledger_note_read(const char *text, size_t len, struct ledger_note *ret_note);
/* Whether one of its lines is the signature of the public key in `pem` under the name of the origin. */
bool ledger_note_signed(const struct ledger_note *note, const char *pem, size_t pem_len);

#endif
