#include "khoacu/sitting/journal.h"

#include "khoacu/db/db.h"

#include "khoacu/base/banned.h"

enum err sitting_journal_read_order(struct db *db, struct arena *arena, int64_t room_id, int64_t sitting_id, struct form_order **ret_order) {
    const struct db_row *row;
    enum err err = db_one(db, arena, DB_JOURNAL_ORDER, DB_PARAMS(P_INT(room_id), P_INT(sitting_id)), &row);
    if (err)
        return err;
    size_t seed_len, count;
    uint8_t option_counts[FORM_POSITIONS_MAX];
    const uint8_t *seed = db_bytes(row, 0, &seed_len);
    const int64_t *counts = db_ints(row, 1, &count);
    if (!seed || !counts || seed_len != FORM_SEED_LEN || count > FORM_POSITIONS_MAX)
        return ERR_STATE;
    for (size_t i = 0; i < count; i++) {
        if (counts[i] < 2 || counts[i] > FORM_OPTIONS_MAX)
            return ERR_STATE;
        option_counts[i] = (uint8_t)counts[i];
    }
    return form_order_new(seed, sitting_id, option_counts, count, ret_order);
}
