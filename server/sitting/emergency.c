#include "khoacu/sitting/emergency.h"

#include "khoacu/base/text.h"
#include "khoacu/crypto/envelope.h"
#include "khoacu/ledger/ledger.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define FILE_MAX ((size_t)8 << 20)

static const char *bound_words(struct arena *arena, const char *use, int64_t id) {
    char text[TEXT_ID_LEN + 1];
    text_format_id(id, text);
    return arena_printf(arena, "khoacu/%s/v1|%s", use, text);
}

/* The key under which a shift's private key is sealed. */
static enum err wrapping_key(struct arena *arena, const struct identity_secret *secret, int64_t shift_id, uint8_t out[CRYPTO_KEY_LEN]) {
    const char *words = bound_words(arena, "emergency-wrap", shift_id);
    if (!words)
        return ERR_MEMORY;
    crypto_hmac_sha256(secret->key, sizeof secret->key, words, strlen(words), out);
    return ERR_NONE;
}

/* ---- the pair of a shift ---- */

static enum err read_public(struct db *db, struct arena *arena, int64_t shift_id, const char **ret_public_key) {
    const struct db_row *row = NULL;
    size_t len = 0;
    enum err err = db_one(db, arena, DB_EMERGENCY_KEY_PUBLIC, DB_PARAMS(P_INT(shift_id)), &row);
    if (err != ERR_NONE)
        return err;
    const uint8_t *bytes = db_bytes(row, 0, &len);
    char *text = arena_alloc(arena, len * 4 / 3 + 4);
    if (!bytes || !text)
        return ERR_MEMORY;
    text_base64url(bytes, len, text);
    *ret_public_key = text;
    return ERR_NONE;
}

struct making {
    struct arena *arena;
    const struct identity_secret *secret;
    int64_t shift_id, now_us;
    const char *public_key;
};

static enum err insert_pair(struct db *db, const struct making *making, struct crypto_pair *pair) {
    uint8_t key[CRYPTO_KEY_LEN];
    const char *words = bound_words(making->arena, "emergency-key", making->shift_id);
    uint8_t *sealed = arena_alloc(making->arena, CRYPTO_ENVELOPE_PRIVATE_MAX + CRYPTO_SEAL_EXTRA);
    if (!words || !sealed)
        return ERR_MEMORY;
    enum err err = wrapping_key(making->arena, making->secret, making->shift_id, key);
    if (err == ERR_NONE)
        err = crypto_pair_new(pair);
    if (err == ERR_NONE)
        err = crypto_seal(key, words, strlen(words), pair->private_key, pair->private_len, sealed);
    crypto_wipe(pair->private_key, sizeof pair->private_key);
    crypto_wipe(key, sizeof key);
    if (err != ERR_NONE)
        return err;
    return db_run(db, DB_EMERGENCY_KEY_INSERT,
                  DB_PARAMS(P_INT(making->shift_id), P_BYTES(pair->public_key, pair->public_len),
                            P_BYTES(sealed, pair->private_len + CRYPTO_SEAL_EXTRA), P_TIME(making->now_us)),
                  NULL);
}

/* Of all who come at once, on all servers, one makes the pair. */
static enum err make_body(void *ctx, struct db *db) {
    struct making *making = ctx;
    const struct db_row *row = NULL;
    enum err err = db_one(db, making->arena, DB_EMERGENCY_KEY_LOCK, DB_PARAMS(P_INT(making->shift_id)), &row);
    if (err == ERR_NONE)
        err = read_public(db, making->arena, making->shift_id, &making->public_key);
    if (err != ERR_DB_NO_ROW)
        return err == ERR_NONE ? DB_ROLLBACK : err;
    struct crypto_pair *pair = ARENA_NEW(making->arena, struct crypto_pair);
    err = pair ? insert_pair(db, making, pair) : ERR_MEMORY;
    if (err == ERR_NONE)
        err = read_public(db, making->arena, making->shift_id, &making->public_key);
    if (err != ERR_NONE)
        return err;
    return ledger_append(db, making->arena,
                         &(struct ledger_event){.actor = LEDGER_SYSTEM,
                                                .act = "sitting.emergency_pair",
                                                .subject_kind = "shift",
                                                .subject_id = making->shift_id,
                                                .at_us = making->now_us});
}

enum err emergency_key_get(struct db *db, struct arena *arena, const struct identity_secret *secret, int64_t shift_id, int64_t now_us,
                           const char **ret_public_key) {
    struct making making = {.arena = arena, .secret = secret, .shift_id = shift_id, .now_us = now_us};
    enum err err = read_public(db, arena, shift_id, ret_public_key);
    if (err != ERR_DB_NO_ROW)
        return err;
    err = db_transact(db, make_body, &making);
    if (err == ERR_NONE)
        *ret_public_key = making.public_key;
    return err;
}

/* ---- a file ---- */

struct outside {
    int64_t v;
    const char *sitting, *key, *sealed;
};
static const struct json_field OUTSIDE[] = {
    JSON_FIELD(struct outside, v, JSON_INT, true, 1, 1),
    JSON_FIELD(struct outside, sitting, JSON_STRING, true, TEXT_ID_LEN, TEXT_ID_LEN),
    JSON_FIELD(struct outside, key, JSON_STRING, true, 1, 1000),
    JSON_FIELD(struct outside, sealed, JSON_STRING, true, 1, FILE_MAX),
    {0},
};
struct inside {
    const char *sitting;
    const struct json *events;
};
static const struct json_field INSIDE[] = {
    JSON_FIELD(struct inside, sitting, JSON_STRING, true, TEXT_ID_LEN, TEXT_ID_LEN),
    JSON_FIELD(struct inside, events, JSON_ARRAY, true, 1, 1000000),
    {0},
};

/* Whether the text is an object of that shape and no more. ERR_MEMORY alone is a failure. */
static enum err read_shape(struct arena *arena, const char *text, size_t len, const struct json_field *fields, void *target, bool *ret_good) {
    const struct json *value = NULL;
    struct json_misfits misfits = {0};
    enum err err = json_read(arena, text, len, &value, NULL);
    *ret_good = err == ERR_NONE && json_fit(arena, value, fields, target, &misfits);
    return err == ERR_MEMORY ? err : ERR_NONE;
}

/* The private key of the shift; wipe after use. ERR_DB_NO_ROW: it has none. */
static enum err read_private(struct db *db, struct arena *arena, const struct identity_secret *secret, int64_t shift_id,
                             uint8_t out[CRYPTO_ENVELOPE_PRIVATE_MAX], size_t *ret_len) {
    const struct db_row *row = NULL;
    uint8_t key[CRYPTO_KEY_LEN];
    size_t len = 0;
    const char *words = bound_words(arena, "emergency-key", shift_id);
    enum err err = words ? db_one(db, arena, DB_EMERGENCY_KEY_SEALED, DB_PARAMS(P_INT(shift_id)), &row) : ERR_MEMORY;
    if (err != ERR_NONE)
        return err;
    const uint8_t *sealed = db_bytes(row, 0, &len);
    if (!sealed || len < CRYPTO_SEAL_EXTRA || len > CRYPTO_ENVELOPE_PRIVATE_MAX + CRYPTO_SEAL_EXTRA)
        return sealed ? ERR_STATE : ERR_MEMORY;
    err = wrapping_key(arena, secret, shift_id, key);
    if (err == ERR_NONE)
        err = crypto_open(key, words, strlen(words), sealed, len, out);
    crypto_wipe(key, sizeof key);
    *ret_len = len - CRYPTO_SEAL_EXTRA;
    return err;
}

/* Base64url of any length, in pieces that end between symbols and bytes alike. */
static bool decode(const char *text, size_t text_len, uint8_t *out, size_t len) {
    for (; len > 192; text += 256, text_len -= 256, out += 192, len -= 192)
        if (text_len < 256 || !text_unbase64url(text, 256, out, 192))
            return false;
    return text_unbase64url(text, text_len, out, len);
}

static enum err unlock(struct db *db, struct arena *arena, const struct identity_secret *secret, int64_t shift_id,
                       const struct outside *outside, uint8_t key[CRYPTO_KEY_LEN]) {
    uint8_t private_key[CRYPTO_ENVELOPE_PRIVATE_MAX], locked[CRYPTO_ENVELOPE_LEN];
    size_t private_len = 0;
    if (strlen(outside->key) != (CRYPTO_ENVELOPE_LEN * 4 + 2) / 3 ||
        !decode(outside->key, strlen(outside->key), locked, sizeof locked))
        return ERR_CRYPTO;
    enum err err = read_private(db, arena, secret, shift_id, private_key, &private_len);
    if (err == ERR_NONE)
        err = crypto_envelope_open(private_key, private_len, locked, sizeof locked, key);
    crypto_wipe(private_key, sizeof private_key);
    return err;
}

/* What is inside; ERR_CRYPTO: it does not open. */
static enum err open_sealed(struct arena *arena, const struct outside *outside, const uint8_t key[CRYPTO_KEY_LEN], int64_t sitting_id,
                            const char **ret_text, size_t *ret_len) {
    size_t text_len = strlen(outside->sealed), len = text_len * 3 / 4;
    const char *words = bound_words(arena, "emergency", sitting_id);
    uint8_t *sealed = arena_alloc(arena, len + 1);
    uint8_t *text = arena_alloc(arena, len + 1);
    if (!words || !sealed || !text)
        return ERR_MEMORY;
    if (len < CRYPTO_SEAL_EXTRA || !decode(outside->sealed, text_len, sealed, len))
        return ERR_CRYPTO;
    enum err err = crypto_open(key, words, strlen(words), sealed, len, text);
    if (err != ERR_NONE)
        return err;
    *ret_text = (const char *)text;
    *ret_len = len - CRYPTO_SEAL_EXTRA;
    return ERR_NONE;
}

static enum err find_place(struct db *db, struct arena *arena, int64_t shift_id, int64_t sitting_id, struct sitting_place *ret_place) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_EMERGENCY_SITTING, DB_PARAMS(P_INT(shift_id), P_INT(sitting_id)), &row);
    if (err == ERR_NONE)
        *ret_place = (struct sitting_place){.room_id = db_int(row, 0), .sitting_id = sitting_id};
    return err;
}

enum err emergency_open(struct db *db, struct arena *arena, const struct identity_secret *secret, int64_t shift_id, const char *text,
                        size_t len, enum emergency_verdict *ret_verdict, struct emergency_file *ret_file) {
    struct outside outside = {0};
    struct inside inside = {0};
    int64_t sitting_id = 0;
    uint8_t key[CRYPTO_KEY_LEN];
    const char *content = NULL;
    size_t content_len = 0;
    bool good = false;
    *ret_verdict = EMERGENCY_FORM;
    enum err err = read_shape(arena, text, len, OUTSIDE, &outside, &good);
    if (err != ERR_NONE || !good || !text_parse_id(outside.sitting, &sitting_id))
        return err;
    *ret_verdict = EMERGENCY_OTHER;
    err = find_place(db, arena, shift_id, sitting_id, &ret_file->place);
    if (err != ERR_NONE)
        return err == ERR_DB_NO_ROW ? ERR_NONE : err;
    *ret_verdict = EMERGENCY_SEALED;
    err = unlock(db, arena, secret, shift_id, &outside, key);
    if (err == ERR_NONE)
        err = open_sealed(arena, &outside, key, sitting_id, &content, &content_len);
    crypto_wipe(key, sizeof key);
    if (err == ERR_CRYPTO || err == ERR_DB_NO_ROW)
        return ERR_NONE;
    if (err == ERR_NONE)
        err = read_shape(arena, content, content_len, INSIDE, &inside, &good);
    if (err != ERR_NONE)
        return err;
    *ret_verdict = good && strcmp(inside.sitting, outside.sitting) == 0 ? EMERGENCY_OPENED : EMERGENCY_FORM;
    ret_file->events = inside.events;
    return ERR_NONE;
}
