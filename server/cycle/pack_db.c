#include "khoacu/cycle/pack.h"

#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"

#include "khoacu/base/banned.h"

enum err cycle_pack_ensure(struct db *db, struct arena *arena, const char *id, int64_t *ret_version) {
    size_t len = 0;
    const char *text = cycle_pack_builtin(id, &len);
    if (text) {
        struct cycle_pack *pack = ARENA_NEW(arena, struct cycle_pack);
        struct json_misfits misfits = {0};
        if (!pack)
            return ERR_MEMORY;
        enum err err = cycle_pack_read(arena, text, len, pack, &misfits, NULL);
        if (err != ERR_NONE)
            return ERR_CONFIG; /* a test reads every built-in pack */
        uint8_t sha256[CRYPTO_SHA256_LEN];
        crypto_sha256(pack->text, pack->text_len, sha256);
        err = db_run(
            db, DB_CYCLE_PACK_ADD,
            DB_PARAMS(P_TEXT(pack->id), P_INT(pack->version), P_TEXT(pack->text), P_BYTES(sha256, sizeof sha256)),
            NULL);
        if (err != ERR_NONE)
            return err;
    }
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_CYCLE_PACK_NEWEST, DB_PARAMS(P_TEXT(id)), &row);
    if (err == ERR_NONE)
        *ret_version = db_int(row, 0);
    return err;
}

enum err cycle_pack_load(struct db *db, struct arena *arena, const char *id, int64_t version,
                         struct cycle_pack *ret_pack) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_CYCLE_PACK_READ, DB_PARAMS(P_TEXT(id), P_INT(version)), &row);
    if (err != ERR_NONE)
        return err;
    struct json_misfits misfits = {0};
    const char *text = db_text(row, 0);
    return cycle_pack_read(arena, text, __builtin_strlen(text), ret_pack, &misfits, NULL);
}
