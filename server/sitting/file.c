#include "khoacu/sitting/sitting.h"

#include "khoacu/base/text.h"

#include <assert.h>

#include "khoacu/base/banned.h"

enum err sitting_file_keep(struct db *db, struct arena *arena, struct sitting_place place, const struct sitting_file *file,
                           int64_t now_us, enum sitting_file_verdict *ret_verdict, char ret_sha256[65]) {
    static const struct db_word OUTCOMES[] = {{"kept", SITTING_FILE_KEPT},       {"not-open", SITTING_FILE_NOT_OPEN}, {"ended", SITTING_FILE_ENDED},
                                              {"revoked", SITTING_FILE_REVOKED}, {"limit", SITTING_FILE_LIMIT},       {"unknown", SITTING_FILE_UNKNOWN}};
    uint8_t sha256[CRYPTO_SHA256_LEN];
    const struct db_row *row = NULL;
    assert(file->len >= 1 && file->len <= SITTING_FILE_MAX);
    crypto_sha256(file->bytes, file->len, sha256);
    text_hex(sha256, sizeof sha256, ret_sha256);
    enum err err = db_one(db, arena, DB_SITTING_FILE_KEEP,
                          DB_PARAMS(P_INT(place.room_id), P_INT(place.sitting_id), P_INT(file->generation), P_BYTES(sha256, sizeof sha256),
                                    P_TEXT(file->type), P_BYTES(file->bytes, file->len), P_TIME(now_us)),
                          &row);
    if (err != ERR_NONE)
        return err;
    int meaning = DB_MEANING(OUTCOMES, db_text(row, 0));
    *ret_verdict = (enum sitting_file_verdict)meaning;
    return meaning < 0 ? ERR_STATE : ERR_NONE;
}
