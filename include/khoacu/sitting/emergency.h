/* emergency.h: the last way of answers to the server: an encrypted file on a stick, opened under supervision.
 *
 * Each shift has a pair of keys; candidates' machines have the public one. A file is JSON:
 *   {"key": base64url of RSA-OAEP over a fresh key of 32 bytes, "sealed": base64url of nonce, AES-256-GCM and tag,
 *    "sitting": id, "v": 1}
 * bound to the words "khoacu/emergency/v1|" and the sitting's id; inside is {"events":[…],"sitting":id} with the whole chain of
 * events (late.h). Nobody who carries it can read or change it. What the server has not had yet is kept like late answers
 * and waits for the same decision of two persons.
 *
 * The private key stands in the database, sealed under a key that is derived from the server's secret file.
 *
 * Used by: api. Uses: late, sitting, identity (secret), form, json, crypto, db. Threads: that of the struct db.
 */
#ifndef KHOACU_SITTING_EMERGENCY_H
#define KHOACU_SITTING_EMERGENCY_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/db/db.h"
#include "khoacu/identity/secret.h"
#include "khoacu/json/json.h"
#include "khoacu/sitting/sitting.h"

#include <stddef.h>
#include <stdint.h>

/* The public key of a shift, made at first need: base64url of SubjectPublicKeyInfo. Side effects: event
 * sitting.emergency_pair, once a shift. */
enum err emergency_key_get(struct db *db, struct arena *arena, const struct identity_secret *secret, int64_t shift_id, int64_t now_us,
                           const char **ret_public_key) MUST_CHECK;

enum emergency_verdict {
    EMERGENCY_OPENED,
    EMERGENCY_FORM,   /* no such file at all */
    EMERGENCY_SEALED, /* it does not open: another shift's, damaged or changed */
    EMERGENCY_OTHER   /* no sitting of this shift */
};
struct emergency_file {
    struct sitting_place place;
    const struct json *events;
};
/* Opens a file; `place` is found in the shift by the sitting's id. */
enum err emergency_open(struct db *db, struct arena *arena, const struct identity_secret *secret, int64_t shift_id, const char *text,
                        size_t len, enum emergency_verdict *ret_verdict, struct emergency_file *ret_file) MUST_CHECK;

#endif
