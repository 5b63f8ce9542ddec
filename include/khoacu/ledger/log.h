/* log.h: the public log: what the audit trail held at a time, in a form that anybody can keep and compare.
 *
 * Every event becomes an entry, a salted commitment at a place of its own, and every few seconds a checkpoint is signed over all entries
 * up to there: any two checkpoints that anybody has ever seen must be of one growing list, and of each size there is one root.
 * Whoever removes, changes or reorders an entry after it was shown contradicts a checkpoint that others hold.
 *
 *   entry       {"c":"<64 hexadecimal digits>","t":"event","v":1}   c = SHA-256("exam/commit/v1\nevent\n" ‖ salt of 32 bytes ‖
 *               SHA-256 of the event's payload); event and salt are shown to those who may read the audit trail
 *   tree        RFC 6962: leaf = SHA-256(00 ‖ entry), node = SHA-256(01 ‖ left ‖ right)
 *   checkpoint  C2SP tlog-checkpoint, a signed note: "origin\nsize\nroot in base64\n\n— origin base64(key id ‖ signature)\n", Ed25519 by the
 *               key that signs documents; key id = first 4 bytes of SHA-256(origin ‖ 0A ‖ 01 ‖ public key)
 *
 * Invariants: the log is laid on the trail afterwards, so no act waits for it; one server at a time lengthens it. A signer keeps the last
 * (size, root) that it has signed in a file of its own and signs nothing that contradicts it: a database that has lost entries
 * that were shown, or got others in their place, gets no checkpoint any more.
 *
 * Used by: main, api. Uses: base, crypto, db. Threads: that of the struct db.
 */
#ifndef KHOACU_LEDGER_LOG_H
#define KHOACU_LEDGER_LOG_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/db/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LEDGER_ENTRIES_MAX 1000 /* of a page */

struct ledger_signer {
    const char *key_file;    /* crypto/sign.h; made where there is none */
    const char *memory_file; /* what was signed last: "SIZE ROOT\n", the root in hexadecimal */
    bool behind;             /* more events wait than one call takes */
    bool swept;              /* all events have been looked at since the start: from then on the newest are enough */
    unsigned turn;
};
/* X(name, key) */
#define LEDGER_SIGNED_TABLE(X)                                                                                         \
    X(NOTHING, "nothing") /* nothing is new, or another server is at it */                                             \
    X(CHECKPOINT, "checkpoint")                                                                                        \
    X(REFUSED, "refused") /* the database's log contradicts what this signer has signed: a person must look at it */
#define X(name, key) LEDGER_SIGNED_##name,
enum ledger_signed { LEDGER_SIGNED_TABLE(X) LEDGER_SIGNED_COUNT };
#undef X

/* Lengthens the log by what the trail has, up to 4,000 events, and signs where it now ends. Side effects: the signer's file. */
enum err ledger_log_sign(struct db *db, struct arena *arena, struct ledger_signer *signer, int64_t now_us, enum ledger_signed *ret_signed) MUST_CHECK;

/* The newest checkpoint, as signed; ret_note NULL: there is none yet. */
enum err ledger_log_checkpoint(struct db *db, struct arena *arena, const char **ret_note) MUST_CHECK;

/* Commitments of the entries `from` …, at most `limit` (1..LEDGER_ENTRIES_MAX), of what the newest checkpoint covers. */
struct ledger_commitments {
    size_t count;
    char (*list)[2 * CRYPTO_SHA256_LEN + 1]; /* hexadecimal */
};
enum err ledger_log_entries(struct db *db, struct arena *arena, int64_t from, size_t limit, struct ledger_commitments *ret_entries) MUST_CHECK;

#endif
