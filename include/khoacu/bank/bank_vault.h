/* bank_vault.h: the keys under which everything that a bank says is encrypted.
 *
 * A master key of 32 bytes stands in a file outside the database. Each bank has data keys, numbered by generation, that
 * stand in the database wrapped by the master key: AES-256-GCM with the words "khoacu/bank-key/v1|bank|generation" bound
 * to them. Texts are sealed under the newest generation of their bank as nonce (12 bytes) ‖ ciphertext ‖ tag (16 bytes),
 * with the words "khoacu/item/v1|id|number|part" bound to them, so that no ciphertext can stand in for another. A dump
 * of the database without the file opens nothing; a text changed by whoever writes to the database does not open.
 *
 * Generation 0 of a bank is no key for texts: fingerprints (HMAC-SHA256) are made with it, by which an import knows what
 * it has brought before.
 *
 * Rotation, while everything runs: of a bank (bank_rotate: a new generation, then older texts are sealed again in small
 * batches) and of the master key (bank_rewrap: all wrapped keys under another file).
 *
 * Used by: bank, form, score, api, main. Uses: base, crypto, db. Threads: any; the cache of unwrapped keys is guarded.
 */
#ifndef KHOACU_BANK_BANK_VAULT_H
#define KHOACU_BANK_BANK_VAULT_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/db/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bank_vault;

/* Makes a fresh key file with mode 0400; an existing one is left alone (ERR_NONE). ERR_IO with a sentence. */
enum err bank_vault_create(const char *path, char *ret_sentence, size_t sentence_size) MUST_CHECK;
/* Reads the master key. ERR_CONFIG with a sentence that says what to do: no file, not 32 bytes, readable by others. */
enum err bank_vault_open(const char *path, struct bank_vault **ret_vault, char *ret_sentence,
                         size_t sentence_size) MUST_CHECK;
/* Wipes and frees; accepts NULL. */
void bank_vault_free(struct bank_vault *vault);

/* What a ciphertext is: words that are bound to it. Parts of an item: "content", "extra", "key" (number: the version),
 * "comment", "answer", "review", "reason" (number: their own id). */
struct bank_label {
    const char *part;
    int64_t bank_id; /* whose data key */
    int64_t id, number;
};
struct bank_sealed {
    int64_t generation;
    const uint8_t *bytes; /* nonce, ciphertext, tag */
    size_t len;
};
#define BANK_SEAL_EXTRA 28 /* bytes that a ciphertext is longer than its text */

/* Makes the first keys of a bank, generations 0 and 1, inside the transaction that `db` is in. */
enum err bank_vault_begin(struct bank_vault *vault, struct db *db, int64_t bank_id) MUST_CHECK;
/* Seals under the newest generation. Allocates: the ciphertext, in the arena. `db`: any connection that reads
 * bank_data_key (server, bank, worker); it is asked only for keys that the vault does not know yet. */
enum err bank_seal(struct bank_vault *vault, struct db *db, struct arena *arena, const struct bank_label *label,
                   const void *bytes, size_t len, struct bank_sealed *ret_sealed) MUST_CHECK;
/* Opens. The text is followed by a NUL that *ret_len does not count. ERR_CRYPTO: not what was sealed, or another label,
 * or the master key is not the one. */
enum err bank_unseal(struct bank_vault *vault, struct db *db, struct arena *arena, const struct bank_label *label,
                     const struct bank_sealed *sealed, const char **ret_bytes, size_t *ret_len) MUST_CHECK;
/* HMAC-SHA256 under the bank's fingerprint key. */
enum err bank_fingerprint(struct bank_vault *vault, struct db *db, int64_t bank_id, const void *bytes, size_t len,
                          uint8_t out[CRYPTO_SHA256_LEN]) MUST_CHECK;

/* Adds a generation, inside the transaction that `db` is in; bank_vault_renew after the commit makes this vault know it
 * at once, others find it within seconds. */
enum err bank_vault_add(struct bank_vault *vault, struct db *db, int64_t bank_id, int64_t generation) MUST_CHECK;
void bank_vault_renew(struct bank_vault *vault, int64_t bank_id);

/* Adds a generation of a bank's data key and seals what is under older ones again, `batch` texts a transaction, until
 * nothing is left; readers and writers go on meanwhile. `db`: as khoacu_bank. May be interrupted and begun again:
 * `fresh` false adds no generation. Side effects: event bank.rotate. */
struct bank_rotation {
    int64_t bank_id, generation, texts; /* sealed again */
};
enum err bank_rotate(struct bank_vault *vault, struct db *db, int64_t bank_id, bool fresh, size_t batch, int64_t now_us,
                     struct bank_rotation *ret_rotation) MUST_CHECK;
/* Wraps every data key with the master key of `next` instead, in one transaction; a running server finds the next file
 * at its usual path when it meets a key that does not open. May be run again with the same two. Side effects: event bank.rewrap. */
enum err bank_rewrap(struct bank_vault *vault, const struct bank_vault *next, struct db *db, int64_t now_us,
                     int64_t *ret_keys) MUST_CHECK;

#endif
