#include "khoacu/bank/bank_vault.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/clock.h"
#include "khoacu/base/random.h"
#include "khoacu/crypto/seal.h"
#include "khoacu/identity/secret.h"
#include "khoacu/ledger/ledger.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "khoacu/base/banned.h"

static_assert(BANK_SEAL_EXTRA == CRYPTO_SEAL_EXTRA, "one form of ciphertext");
static_assert(IDENTITY_SECRET_LEN == CRYPTO_KEY_LEN, "a master key is a key");

enum {
    KEYS_KEPT = 512,
    NEWEST_KNOWN_US = 5000000, /* how long the newest generation of a bank is believed without asking */
    WRAPPED_LEN = CRYPTO_KEY_LEN + CRYPTO_SEAL_EXTRA,
    GENERATIONS_MAX = 10000,
};

struct data_key {
    int64_t bank_id, generation; /* bank 0: empty */
    int64_t newest_until_us;     /* believed to be the newest of its bank until then, on the monotonic clock */
    uint8_t key[CRYPTO_KEY_LEN];
};

struct bank_vault {
    pthread_mutex_t lock;
    struct identity_secret *master;
    struct data_key keys[KEYS_KEPT];
    size_t turn; /* next place to be overwritten */
    char path[4096];
};

enum err bank_vault_create(const char *path, char *ret_sentence, size_t sentence_size) {
    return identity_secret_create(path, ret_sentence, sentence_size);
}

enum err bank_vault_open(const char *path, struct bank_vault **ret_vault, char *ret_sentence, size_t sentence_size) {
    struct bank_vault *vault = mmap(NULL, sizeof *vault, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (vault == MAP_FAILED)
        return ERR_MEMORY;
    (void)mlock(vault, sizeof *vault);
    (void)madvise(vault, sizeof *vault, MADV_DONTDUMP);
    (void)pthread_mutex_init(&vault->lock, NULL);
    (void)snprintf(vault->path, sizeof vault->path, "%s", path);
    enum err err = identity_secret_load(path, &vault->master, ret_sentence, sentence_size);
    if (err != ERR_NONE)
        bank_vault_free(vault);
    else
        *ret_vault = vault;
    return err;
}

void bank_vault_free(struct bank_vault *vault) {
    if (!vault)
        return;
    identity_secret_free(vault->master);
    (void)pthread_mutex_destroy(&vault->lock);
    crypto_wipe(vault, sizeof *vault);
    (void)munmap(vault, sizeof *vault);
}

/* ---- data keys ---- */

static size_t wrap_words(int64_t bank_id, int64_t generation, char out[80]) {
    return (size_t)snprintf(out, 80, "khoacu/bank-key/v1|%lld|%lld", (long long)bank_id, (long long)generation);
}

static enum err wrap(const uint8_t master[CRYPTO_KEY_LEN], int64_t bank_id, int64_t generation, const uint8_t key[CRYPTO_KEY_LEN],
                     uint8_t out[WRAPPED_LEN]) {
    char words[80];
    return crypto_seal(master, words, wrap_words(bank_id, generation, words), key, CRYPTO_KEY_LEN, out);
}

static enum err unwrap(const uint8_t master[CRYPTO_KEY_LEN], int64_t bank_id, int64_t generation, const uint8_t *wrapped, size_t len,
                       uint8_t out[CRYPTO_KEY_LEN]) {
    char words[80];
    if (len != WRAPPED_LEN)
        return ERR_CRYPTO;
    return crypto_open(master, words, wrap_words(bank_id, generation, words), wrapped, len, out);
}

/* The master key may have been changed under a running server: then the file at its path has the next one. */
static enum err unwrap_here(struct bank_vault *vault, int64_t bank_id, int64_t generation, const uint8_t *wrapped, size_t len,
                            uint8_t out[CRYPTO_KEY_LEN]) {
    enum err err = unwrap(vault->master->key, bank_id, generation, wrapped, len, out);
    struct identity_secret *next = NULL;
    char why[400];
    if (err != ERR_CRYPTO || identity_secret_load(vault->path, &next, why, sizeof why) != ERR_NONE)
        return err;
    err = unwrap(next->key, bank_id, generation, wrapped, len, out);
    if (err == ERR_NONE) {
        struct identity_secret *old = vault->master;
        vault->master = next;
        next = old;
    }
    identity_secret_free(next);
    return err;
}

static struct data_key *find(struct bank_vault *vault, int64_t bank_id, int64_t generation) {
    for (size_t i = 0; i < KEYS_KEPT; i++)
        if (vault->keys[i].bank_id == bank_id && vault->keys[i].generation == generation)
            return &vault->keys[i];
    return NULL;
}

static void keep(struct bank_vault *vault, const struct data_key *key) {
    struct data_key *place = find(vault, key->bank_id, key->generation);
    if (!place) {
        place = &vault->keys[vault->turn];
        vault->turn = (vault->turn + 1) % KEYS_KEPT;
    }
    *place = *key;
}

struct loading {
    struct bank_vault *vault;
    struct data_key newest;
};

static enum err take_key(void *ctx, const struct db_row *row) {
    struct loading *loading = ctx;
    size_t len = 0;
    struct data_key key = {.bank_id = db_int(row, 0), .generation = db_int(row, 1)};
    const uint8_t *wrapped = db_bytes(row, 2, &len);
    enum err err = unwrap_here(loading->vault, key.bank_id, key.generation, wrapped, len, key.key);
    if (err == ERR_NONE && key.generation > loading->newest.generation)
        loading->newest = key;
    if (err == ERR_NONE)
        keep(loading->vault, &key);
    crypto_wipe(&key, sizeof key);
    return err;
}

/* Reads the keys of a bank: all, so that the newest is known. Requires: the lock. */
static enum err load(struct bank_vault *vault, struct db *db, int64_t bank_id) {
    struct arena arena CLEANUP(arena_release);
    struct loading loading = {.vault = vault};
    arena_init(&arena, 4u << 20);
    for (size_t i = 0; i < KEYS_KEPT; i++)
        if (vault->keys[i].bank_id == bank_id)
            vault->keys[i].newest_until_us = 0;
    enum err err = db_many(db, &arena, DB_BANK_DATA_KEYS, DB_PARAMS(P_INT(bank_id)), GENERATIONS_MAX, take_key, &loading);
    if (err == ERR_NONE && loading.newest.generation == 0)
        err = ERR_CRYPTO;
    if (err == ERR_NONE) {
        loading.newest.newest_until_us = clock_mono_us() + NEWEST_KNOWN_US;
        keep(vault, &loading.newest);
    }
    crypto_wipe(&loading.newest, sizeof loading.newest);
    return err;
}

/* The key of a generation; -1: the newest. */
static enum err get_key(struct bank_vault *vault, struct db *db, int64_t bank_id, int64_t generation, struct data_key *ret_key) {
    enum err err = ERR_NONE;
    (void)pthread_mutex_lock(&vault->lock);
    for (int turn = 0; turn < 2; turn++) {
        const struct data_key *key = generation >= 0 ? find(vault, bank_id, generation) : NULL;
        for (size_t i = 0; generation < 0 && i < KEYS_KEPT && !key; i++)
            if (vault->keys[i].bank_id == bank_id && vault->keys[i].newest_until_us > clock_mono_us())
                key = &vault->keys[i];
        if (key) {
            *ret_key = *key;
            break;
        }
        err = turn == 0 ? load(vault, db, bank_id) : ERR_CRYPTO;
        if (err != ERR_NONE)
            break;
    }
    (void)pthread_mutex_unlock(&vault->lock);
    return err;
}

enum err bank_vault_add(struct bank_vault *vault, struct db *db, int64_t bank_id, int64_t generation) {
    uint8_t key[CRYPTO_KEY_LEN], wrapped[WRAPPED_LEN];
    random_bytes(key, sizeof key);
    (void)pthread_mutex_lock(&vault->lock);
    enum err err = wrap(vault->master->key, bank_id, generation, key, wrapped);
    (void)pthread_mutex_unlock(&vault->lock);
    crypto_wipe(key, sizeof key);
    if (err != ERR_NONE)
        return err;
    return db_run(db, DB_BANK_DATA_KEY_ADD, DB_PARAMS(P_INT(bank_id), P_INT(generation), P_BYTES(wrapped, sizeof wrapped)), NULL);
}

enum err bank_vault_begin(struct bank_vault *vault, struct db *db, int64_t bank_id) {
    enum err err = bank_vault_add(vault, db, bank_id, 0);
    return err == ERR_NONE ? bank_vault_add(vault, db, bank_id, 1) : err;
}

void bank_vault_renew(struct bank_vault *vault, int64_t bank_id) {
    (void)pthread_mutex_lock(&vault->lock);
    for (size_t i = 0; i < KEYS_KEPT; i++)
        if (vault->keys[i].bank_id == bank_id)
            vault->keys[i].newest_until_us = 0;
    (void)pthread_mutex_unlock(&vault->lock);
}

/* ---- texts ---- */

static size_t label_words(const struct bank_label *label, char out[160]) {
    int len = snprintf(out, 160, "khoacu/item/v1|%lld|%lld|%s", (long long)label->id, (long long)label->number, label->part);
    assert(len > 0 && len < 160);
    return (size_t)len;
}

enum err bank_seal(struct bank_vault *vault, struct db *db, struct arena *arena, const struct bank_label *label, const void *bytes,
                   size_t len, struct bank_sealed *ret_sealed) {
    struct data_key key;
    char words[160];
    uint8_t *out = arena_alloc(arena, len + BANK_SEAL_EXTRA);
    if (!out)
        return ERR_MEMORY;
    enum err err = get_key(vault, db, label->bank_id, -1, &key);
    if (err == ERR_NONE) {
        err = crypto_seal(key.key, words, label_words(label, words), bytes, len, out);
        if (err == ERR_NONE)
            *ret_sealed = (struct bank_sealed){.generation = key.generation, .bytes = out, .len = len + BANK_SEAL_EXTRA};
        crypto_wipe(&key, sizeof key);
    }
    return err;
}

enum err bank_unseal(struct bank_vault *vault, struct db *db, struct arena *arena, const struct bank_label *label,
                     const struct bank_sealed *sealed, const char **ret_bytes, size_t *ret_len) {
    struct data_key key;
    char words[160];
    if (sealed->len < BANK_SEAL_EXTRA || sealed->generation < 1)
        return ERR_CRYPTO;
    char *out = arena_alloc(arena, sealed->len - BANK_SEAL_EXTRA + 1);
    if (!out)
        return ERR_MEMORY;
    enum err err = get_key(vault, db, label->bank_id, sealed->generation, &key);
    if (err == ERR_NONE) {
        err = crypto_open(key.key, words, label_words(label, words), sealed->bytes, sealed->len, (uint8_t *)out);
        crypto_wipe(&key, sizeof key);
    }
    if (err != ERR_NONE)
        return err;
    out[sealed->len - BANK_SEAL_EXTRA] = '\0';
    *ret_bytes = out;
    *ret_len = sealed->len - BANK_SEAL_EXTRA;
    return ERR_NONE;
}

enum err bank_fingerprint(struct bank_vault *vault, struct db *db, int64_t bank_id, const void *bytes, size_t len,
                          uint8_t out[CRYPTO_SHA256_LEN]) {
    struct data_key key;
    enum err err = get_key(vault, db, bank_id, 0, &key);
    if (err == ERR_NONE) {
        crypto_hmac_sha256(key.key, sizeof key.key, bytes, len, out);
        crypto_wipe(&key, sizeof key);
    }
    return err;
}

/* ---- the master key ---- */

#define REWRAP_ARENA_MAX ((size_t)64 << 20)
#define REWRAP_KEYS_MAX 1000000

struct rewrap {
    struct bank_vault *vault;
    const struct bank_vault *next;
    struct db *db;
    struct arena *arena;
    int64_t now_us, keys;
    struct wrapped {
        int64_t bank_id, generation;
        uint8_t bytes[WRAPPED_LEN];
        struct wrapped *before;
    } *list;
};

static enum err rewrap_one(void *ctx, const struct db_row *row) {
    struct rewrap *rewrap = ctx;
    struct wrapped *one = ARENA_NEW(rewrap->arena, struct wrapped);
    uint8_t key[CRYPTO_KEY_LEN];
    size_t len = 0;
    const uint8_t *bytes = db_bytes(row, 2, &len);
    if (!one)
        return ERR_MEMORY;
    one->bank_id = db_int(row, 0);
    one->generation = db_int(row, 1);
    enum err err = unwrap(rewrap->vault->master->key, one->bank_id, one->generation, bytes, len, key);
    if (err == ERR_CRYPTO) /* an earlier run came so far, and its file did not take the old one's place */
        err = unwrap(rewrap->next->master->key, one->bank_id, one->generation, bytes, len, key);
    if (err == ERR_NONE)
        err = wrap(rewrap->next->master->key, one->bank_id, one->generation, key, one->bytes);
    crypto_wipe(key, sizeof key);
    one->before = rewrap->list;
    rewrap->list = one;
    return err;
}

static enum err rewrap_body(void *ctx, struct db *db) {
    struct rewrap *rewrap = ctx;
    rewrap->list = NULL;
    rewrap->keys = 0;
    enum err err = db_many(db, rewrap->arena, DB_BANK_DATA_KEYS_LOCK, DB_NO_PARAMS, REWRAP_KEYS_MAX, rewrap_one, rewrap);
    for (const struct wrapped *one = rewrap->list; err == ERR_NONE && one; one = one->before) {
        err = db_run(db, DB_BANK_DATA_KEY_REWRAP,
                     DB_PARAMS(P_INT(one->bank_id), P_INT(one->generation), P_BYTES(one->bytes, sizeof one->bytes)), NULL);
        rewrap->keys++;
    }
    if (err != ERR_NONE)
        return err;
    const char *details = arena_printf(rewrap->arena, "{\"keys\":%lld}", (long long)rewrap->keys);
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, rewrap->arena,
                         &(struct ledger_event){.actor = LEDGER_COMMAND,
                                                .act = "bank.rewrap",
                                                .subject_kind = "vault",
                                                .details = details,
                                                .at_us = rewrap->now_us});
}

enum err bank_rewrap(struct bank_vault *vault, const struct bank_vault *next, struct db *db, int64_t now_us, int64_t *ret_keys) {
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, REWRAP_ARENA_MAX);
    struct rewrap rewrap = {.vault = vault, .next = next, .db = db, .arena = &arena, .now_us = now_us};
    enum err err = db_transact(db, rewrap_body, &rewrap);
    if (err == ERR_NONE)
        *ret_keys = rewrap.keys;
    return err;
}
