#include "khoacu/marking/marking.h"

#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/ledger/ledger.h"

#include <string.h>

#include "khoacu/base/banned.h"

enum err marking_part_read(struct db *db, struct arena *arena, int64_t cycle_id, const char *component, int64_t *ret_missing,
                           bool *ret_frozen) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_MARKING_PART_READ, DB_PARAMS(P_INT(cycle_id), P_TEXT(component)), &row);
    if (err != ERR_NONE)
        return err;
    *ret_missing = db_int(row, 0);
    *ret_frozen = db_bool(row, 1);
    return ERR_NONE;
}

enum err marking_part_freeze(struct db *db, struct arena *arena, int64_t cycle_id, const char *component, int64_t staff_id,
                             int64_t now_us, int64_t *ret_missing) {
    const struct db_row *row = NULL;
    char hash[2 * CRYPTO_SHA256_LEN + 1] = "";
    size_t len = 0;
    enum err err = db_one(db, arena, DB_MARKING_PART_FREEZE, DB_PARAMS(P_INT(cycle_id), P_TEXT(component), P_INT(staff_id)), &row);
    if (err != ERR_NONE)
        return err;
    *ret_missing = strcmp(db_text(row, 0), "frozen") == 0 ? 0 : db_int(row, 1) > 0 ? db_int(row, 1) : 1;
    if (*ret_missing > 0)
        return ERR_NONE;
    const uint8_t *sha256 = db_bytes(row, 3, &len);
    if (!sha256 || len != CRYPTO_SHA256_LEN)
        return ERR_STATE;
    text_hex(sha256, len, hash);
    const char *details = arena_printf(arena, "{\"part\":\"%s\",\"scripts\":%lld,\"sha256\":\"%s\"}", component,
                                       (long long)db_int(row, 2), hash);
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(staff_id),
                                                .act = "marking.part_freeze",
                                                .subject_kind = "cycle",
                                                .subject_id = cycle_id,
                                                .details = details,
                                                .at_us = now_us});
}
