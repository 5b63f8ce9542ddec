#include "khoacu/form/form.h"

#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/ledger/ledger.h"

#include "form_private.h"

#include <string.h>

#include "khoacu/base/banned.h"

const char *form_state_key(enum form_state state) {
    static const char *const keys[FORM_STATE_COUNT] = {
#define X(name, key) [FORM_STATE_##name] = key,
        FORM_STATE_TABLE(X)
#undef X
    };
    return keys[state];
}

static const char *const OUTCOMES[FORM_OUTCOME_COUNT] = {
#define X(name, key) [FORM_##name] = key,
    FORM_OUTCOME_TABLE(X)
#undef X
};

enum form_outcome form_outcome_of(const char *word) {
    for (int i = 0; i < FORM_OUTCOME_COUNT; i++)
        if (word && strcmp(OUTCOMES[i], word) == 0)
            return (enum form_outcome)i;
    return FORM_UNKNOWN;
}

enum err form_note(const struct bank_desk *desk, const char *act, int64_t form_id, const char *details) {
    if (!details)
        return ERR_MEMORY;
    return ledger_append(desk->db, desk->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(desk->staff_id),
                                                .act = act,
                                                .subject_kind = "form",
                                                .subject_id = form_id,
                                                .details = details,
                                                .at_us = desk->now_us});
}

/* ---- review ---- */

struct acting {
    const struct bank_desk *desk;
    int64_t form_id, version;
    bool accept;
    const char *reason;
    const uint8_t *sha256;
    struct form_result result;
};

static enum err review_once(struct acting *acting, int64_t bank_id, int64_t turn) {
    const struct bank_desk *desk = acting->desk;
    const struct db_row *row = NULL;
    struct bank_sealed sealed;
    struct bank_label label = {.part = "form-review", .bank_id = bank_id, .id = acting->form_id, .number = turn};
    enum err err = bank_seal(desk->vault, desk->db, desk->arena, &label, acting->reason, strlen(acting->reason), &sealed);
    if (err == ERR_NONE)
        err = db_one(desk->db, desk->arena, DB_FORM_REVIEW,
                     DB_PARAMS(P_INT(acting->form_id), P_INT(acting->version), P_INT(turn), P_TEXT(acting->accept ? "accept" : "return"),
                               P_INT(sealed.generation), P_BYTES(sealed.bytes, sealed.len), P_INT(desk->staff_id), P_TIME(desk->now_us)),
                     &row);
    if (err == ERR_NONE)
        acting->result.outcome = form_outcome_of(db_text(row, 0));
    return err;
}

static enum err review_body(void *ctx, struct db *db) {
    struct acting *acting = ctx;
    const struct bank_desk *desk = acting->desk;
    const struct db_row *row = NULL;
    acting->result = (struct form_result){.outcome = FORM_UNKNOWN, .form_id = acting->form_id, .version = acting->version};
    enum err err = db_one(db, desk->arena, DB_FORM_TURN, DB_PARAMS(P_INT(acting->form_id), P_INT(desk->staff_id)), &row);
    if (err == ERR_DB_NO_ROW || (err == ERR_NONE && db_int(row, 2) == 0))
        return DB_ROLLBACK;
    if (err == ERR_NONE)
        err = review_once(acting, db_int(row, 1), db_int(row, 0));
    if (err == ERR_NONE && acting->result.outcome == FORM_AGAIN)
        return ERR_DB_RETRY; /* another review took the turn meanwhile */
    if (err == ERR_NONE && acting->result.outcome != FORM_DONE)
        return DB_ROLLBACK;
    if (err != ERR_NONE)
        return err;
    return form_note(desk, "form.review", acting->form_id,
                     arena_printf(desk->arena, "{\"verdict\":\"%s\",\"version\":%lld}", acting->accept ? "accept" : "return",
                                  (long long)acting->version));
}

enum err form_review(const struct bank_desk *desk, int64_t form_id, int64_t version, bool accept, const char *reason,
                     struct form_result *ret_result) {
    struct acting acting = {.desk = desk, .form_id = form_id, .version = version, .accept = accept, .reason = reason};
    enum err err = db_transact(desk->db, review_body, &acting);
    if (err == ERR_NONE)
        *ret_result = acting.result;
    return err;
}

/* ---- seals ---- */

static enum err seal_body(void *ctx, struct db *db) {
    struct acting *acting = ctx;
    const struct bank_desk *desk = acting->desk;
    const struct db_row *row = NULL;
    uint8_t seed[FORM_SEED_LEN];
    char hex[65];
    acting->result = (struct form_result){.form_id = acting->form_id, .version = acting->version};
    random_bytes(seed, sizeof seed);
    enum err err = db_one(db, desk->arena, DB_FORM_SEAL,
                          DB_PARAMS(P_INT(acting->form_id), P_INT(acting->version), P_BYTES(acting->sha256, 32),
                                    P_BYTES(seed, sizeof seed), P_INT(desk->staff_id), P_TIME(desk->now_us)),
                          &row);
    crypto_wipe(seed, sizeof seed);
    if (err != ERR_NONE)
        return err;
    acting->result.outcome = form_outcome_of(db_text(row, 0));
    acting->result.seal = (int)db_int(row, 1);
    acting->result.place = db_int(row, 2);
    acting->result.why = db_text(row, 3);
    if (acting->result.outcome != FORM_DONE)
        return DB_ROLLBACK;
    text_hex(acting->sha256, 32, hex);
    memcpy(acting->result.sha256, hex, sizeof hex);
    return form_note(desk, "form.seal", acting->form_id,
                     arena_printf(desk->arena, "{\"seal\":%d,\"sha256\":\"%s\",\"version\":%lld}", acting->result.seal, hex,
                                  (long long)acting->version));
}

enum err form_seal(const struct bank_desk *desk, int64_t form_id, int64_t version, const uint8_t sha256[32],
                   struct form_result *ret_result) {
    struct acting acting = {.desk = desk, .form_id = form_id, .version = version, .sha256 = sha256};
    enum err err = db_transact(desk->db, seal_body, &acting);
    if (err == ERR_NONE)
        *ret_result = acting.result;
    return err;
}
