#include "khoacu/sitting/journal.h"

#include "khoacu/db/db.h"
#include "khoacu/form/paper.h"

#include "khoacu/base/banned.h"

enum err sitting_journal_read_order(struct db *db, struct arena *arena, struct form_cache *forms, int64_t room_id, int64_t sitting_id,
                                    struct form_order **ret_order) {
    const struct db_row *row;
    const struct form_paper *paper = NULL;
    enum err err = db_one(db, arena, DB_JOURNAL_FORM, DB_PARAMS(P_INT(room_id), P_INT(sitting_id)), &row);
    if (!err)
        err = form_cache_get(forms, db, db_int(row, 0), &paper);
    return err ? err : form_paper_order(paper, sitting_id, ret_order);
}
