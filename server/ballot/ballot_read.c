#include "ballot_private.h"

#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/result/result.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define APPOINTMENTS_MAX 500
#define BALLOTS_MAX 4000
#define PAPERS_MAX BALLOT_SUMMONED_MAX

/* ---- the list ---- */

struct listing {
    struct ballot_appointments *out;
    const struct cycle_pack *pack;
    struct ballot *ballots;
    size_t ballot_count;
};

static enum err take_appointment(void *ctx, const struct db_row *row) {
    struct listing *l = ctx;
    struct ballot_appointment *a = &l->out->list[l->out->count++];
    size_t rolls = 0, names = 0;
    *a = (struct ballot_appointment){.appointment_id = db_int(row, 0),
                                     .post = db_text(row, 1),
                                     .title = db_text(row, 2),
                                     .state = db_text(row, 3),
                                     .reason = db_text(row, 4),
                                     .opened_us = db_time(row, 5),
                                     .chosen = db_text(row, 6),
                                     .rolls = db_texts(row, 7, &rolls),
                                     .names = db_texts(row, 8, &names)};
    a->count = rolls < names ? rolls : names;
    return ERR_NONE;
}

static enum err take_ballot(void *ctx, const struct db_row *row) {
    struct listing *l = ctx;
    struct ballot *b = &l->ballots[l->ballot_count++];
    *b = (struct ballot){.appointment_id = db_int(row, 0),
                         .ballot_id = db_int(row, 1),
                         .step = (int32_t)db_int(row, 2),
                         .summoned = db_int(row, 4),
                         .excused = db_int(row, 5),
                         .prepared_by = db_text(row, 6),
                         .opened_us = db_time(row, 7),
                         .closed_us = db_time(row, 8),
                         .closed_by = db_text(row, 9),
                         .present = db_int(row, 10),
                         .outcome = db_text(row, 12),
                         .picked = db_int(row, 14),
                         .picked_by = db_text(row, 15),
                         .pick_reason = db_text(row, 16)};
    b->names = db_ints(row, 3, &b->name_count);
    b->votes = db_ints(row, 11, &b->vote_count);
    b->goes_on = db_ints(row, 13, &b->goes_count);
    if (b->step >= 1 && (size_t)b->step <= l->pack->ballot_count)
        b->title = l->pack->ballots[b->step - 1].title;
    for (size_t i = 0; i < l->out->count; i++)
        if (l->out->list[i].appointment_id == b->appointment_id) {
            if (l->out->list[i].ballot_count++ == 0)
                l->out->list[i].ballots = b;
        }
    return ERR_NONE;
}

enum err ballot_list(struct db *db, struct arena *arena, const char *cycle_code, bool *ret_found, struct ballot_appointments *ret_list) {
    struct cycle cycle;
    struct cycle_pack *pack = ARENA_NEW(arena, struct cycle_pack);
    struct ballot_appointments list = {.list = ARENA_ARRAY(arena, APPOINTMENTS_MAX, struct ballot_appointment)};
    struct listing l = {.out = &list, .pack = pack, .ballots = ARENA_ARRAY(arena, BALLOTS_MAX, struct ballot)};
    if (arena->failed)
        return ERR_MEMORY;
    enum err err = cycle_find(db, arena, cycle_code, &cycle);
    *ret_found = err == ERR_NONE && cycle.cycle_id != 0;
    if (err != ERR_NONE || !*ret_found)
        return err;
    err = cycle_pack_load(db, arena, cycle.pack_id, cycle.pack_version, pack);
    if (err == ERR_NONE)
        err = db_many(db, arena, DB_BALLOT_APPOINTMENTS, DB_PARAMS(P_INT(cycle.cycle_id)), APPOINTMENTS_MAX, take_appointment, &l);
    if (err == ERR_NONE)
        err = db_many(db, arena, DB_BALLOT_LIST, DB_PARAMS(P_INT(cycle.cycle_id)), BALLOTS_MAX, take_ballot, &l);
    list.steps = pack->ballot_count;
    for (size_t i = 0; i < pack->ballot_count; i++)
        list.titles[i] = pack->ballots[i].title;
    if (err == ERR_NONE)
        *ret_list = list;
    return err;
}

struct receipts {
    struct arena *arena;
    const char **list;
    size_t count;
};

static enum err take_receipt(void *ctx, const struct db_row *row) {
    struct receipts *r = ctx;
    char code[RESULT_VERIFY_CODE_SIZE];
    result_verify_code(db_text(row, 0), code);
    r->list[r->count] = arena_strdup(r->arena, code);
    return r->list[r->count++] ? ERR_NONE : ERR_MEMORY;
}

enum err ballot_receipts(struct db *db, struct arena *arena, int64_t ballot_id, const char ***ret_receipts, size_t *ret_count) {
    struct receipts r = {.arena = arena, .list = ARENA_ARRAY(arena, PAPERS_MAX, const char *)};
    if (!r.list)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_BALLOT_RECEIPTS, DB_PARAMS(P_INT(ballot_id)), PAPERS_MAX, take_receipt, &r);
    if (err == ERR_NONE) {
        *ret_receipts = r.list;
        *ret_count = r.count;
    }
    return err;
}

/* ---- the voter ---- */

/* False: the text is no code. */
static bool hmac_of(const struct identity_secret *secret, const char *text, uint8_t out[CRYPTO_SHA256_LEN]) {
    uint8_t code[BALLOT_CODE_LEN];
    if (!text_unbase32(text, code, sizeof code))
        return false;
    ballot_slip_hmac(secret, code, out);
    crypto_wipe(code, sizeof code);
    return true;
}

enum err ballot_look(struct db *db, struct arena *arena, const struct identity_secret *secret, const char *code, bool *ret_found,
                     struct ballot_view *ret_view) {
    uint8_t hmac[CRYPTO_SHA256_LEN];
    const struct db_row *row = NULL;
    struct ballot_place place;
    size_t names = 0;
    *ret_found = false;
    if (!hmac_of(secret, code, hmac))
        return ERR_NONE;
    enum err err = db_one(db, arena, DB_BALLOT_SLIP_LOOK, DB_PARAMS(P_BYTES(hmac, sizeof hmac)), &row);
    if (err == ERR_DB_NO_ROW)
        return ERR_NONE;
    if (err == ERR_NONE)
        err = ballot_place_find(db, arena, db_int(row, 0), &place);
    if (err != ERR_NONE)
        return err;
    *ret_view = (struct ballot_view){.ballot_id = db_int(row, 0), .state = db_text(row, 3), .post = db_text(row, 4), .title = db_text(row, 5)};
    ret_view->numbers = db_ints(row, 6, &ret_view->count);
    ret_view->names = db_texts(row, 7, &names);
    int64_t step = db_int(row, 2);
    if (place.pack && step >= 1 && (size_t)step <= place.pack->ballot_count)
        ret_view->ballot = place.pack->ballots[step - 1].title;
    *ret_found = names == ret_view->count && ret_view->ballot.vi;
    return ERR_NONE;
}

/* SHA-256 over "khoacu/ballot/v1\n" ballot "\n" choice "\n" salt, as the table checks it. */
static void commit(int64_t ballot_id, int32_t choice, const uint8_t salt[BALLOT_SALT_LEN], uint8_t out[CRYPTO_SHA256_LEN]) {
    uint8_t message[96 + BALLOT_SALT_LEN];
    int len = snprintf((char *)message, 96, "khoacu/ballot/v1\n%016llx\n%d\n", (unsigned long long)ballot_id, choice);
    memcpy(message + len, salt, BALLOT_SALT_LEN);
    crypto_sha256(message, (size_t)len + BALLOT_SALT_LEN, out);
}

/* Random; of a nonce always the same, and nobody finds it who has not the server's key. */
static void salt_of(const struct identity_secret *secret, const uint8_t slip[CRYPTO_SHA256_LEN], const char *nonce, uint8_t out[BALLOT_SALT_LEN]) {
    static const char HEAD[] = "khoacu/paper/v1\n";
    uint8_t message[sizeof HEAD - 1 + 2 * CRYPTO_SHA256_LEN];
    if (!nonce) {
        random_bytes(out, BALLOT_SALT_LEN);
        return;
    }
    memcpy(message, HEAD, sizeof HEAD - 1);
    memcpy(message + sizeof HEAD - 1, slip, CRYPTO_SHA256_LEN);
    crypto_sha256(nonce, strlen(nonce), message + sizeof HEAD - 1 + CRYPTO_SHA256_LEN);
    crypto_hmac_sha256(secret->key, sizeof secret->key, message, sizeof message, out);
}

enum err ballot_cast(struct db *db, struct arena *arena, const struct identity_secret *secret, const char *code, int32_t choice,
                     const char *nonce, enum ballot_verdict *ret_verdict, char receipt[BALLOT_RECEIPT_SIZE]) {
    uint8_t hmac[CRYPTO_SHA256_LEN], salt[BALLOT_SALT_LEN], commitment[CRYPTO_SHA256_LEN];
    const struct db_row *row = NULL;
    *ret_verdict = BALLOT_NO_SLIP;
    if (!hmac_of(secret, code, hmac))
        return ERR_NONE;
    enum err err = db_one(db, arena, DB_BALLOT_SLIP_LOOK, DB_PARAMS(P_BYTES(hmac, sizeof hmac)), &row);
    if (err != ERR_NONE)
        return err == ERR_DB_NO_ROW ? ERR_NONE : err;
    salt_of(secret, hmac, nonce, salt);
    commit(db_int(row, 0), choice, salt, commitment);
    err = db_one(db, arena, DB_BALLOT_CAST,
                 DB_PARAMS(P_BYTES(hmac, sizeof hmac), P_INT(choice), P_BYTES(salt, sizeof salt), P_BYTES(commitment, sizeof commitment)), &row);
    crypto_wipe(salt, sizeof salt);
    if (err != ERR_NONE)
        return err;
    *ret_verdict = ballot_verdict_of(db_text(row, 0));
    if (*ret_verdict == BALLOT_DONE)
        result_verify_code(db_text(row, 1), receipt);
    return *ret_verdict == BALLOT_VERDICT_COUNT ? ERR_STATE : ERR_NONE;
}
