#include "khoacu/sitting/device.h"

#include "khoacu/ledger/ledger.h"

#include "khoacu/base/banned.h"

struct deciding {
    struct arena *arena;
    const struct device_decision *decision;
    enum device_verdict verdict;
};

static enum err read_verdict(const char *outcome, enum device_verdict *ret_verdict) {
    static const struct db_word WORDS[] = {{"new", DEVICE_KEPT},        {"first", DEVICE_KEPT}, {"nothing", DEVICE_NOTHING}, {"decided", DEVICE_DECIDED},
                                           {"expired", DEVICE_EXPIRED}, {"ended", DEVICE_ENDED}, {"unknown", DEVICE_UNKNOWN}};
    int meaning = DB_MEANING(WORDS, outcome);
    *ret_verdict = (enum device_verdict)meaning;
    return meaning < 0 ? ERR_STATE : ERR_NONE;
}

static enum err decide_body(void *ctx, struct db *db) {
    struct deciding *deciding = ctx;
    const struct device_decision *decision = deciding->decision;
    const struct db_row *row = NULL;
    enum err err = db_one(db, deciding->arena, DB_DEVICE_DECIDE,
                          DB_PARAMS(P_INT(decision->sitting_id), P_TEXT(decision->keep_new ? "new" : "first"), P_TEXT(decision->reason),
                                    P_INT(decision->staff_id), P_TIME(decision->now_us)),
                          &row);
    if (err == ERR_NONE)
        err = read_verdict(db_text(row, 0), &deciding->verdict);
    if (err != ERR_NONE)
        return err;
    if (deciding->verdict != DEVICE_KEPT)
        return DB_ROLLBACK;
    return ledger_append(db, deciding->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(decision->staff_id),
                                                .act = decision->keep_new ? "sitting.device_keep" : "sitting.device_give_back",
                                                .subject_kind = "sitting",
                                                .subject_id = decision->sitting_id,
                                                .reason = decision->reason,
                                                .at_us = decision->now_us});
}

enum err device_decide(struct db *db, struct arena *arena, const struct device_decision *decision, enum device_verdict *ret_verdict) {
    struct deciding deciding = {.arena = arena, .decision = decision};
    enum err err = db_transact(db, decide_body, &deciding);
    if (err == ERR_NONE)
        *ret_verdict = deciding.verdict;
    return err;
}

static enum err add_entry(void *ctx, const struct db_row *row) {
    struct device_list *list = ctx;
    list->entries[list->count++] = (struct device_entry){.sitting_id = db_int(row, 0),
                                                         .room = db_text(row, 1),
                                                         .seat = db_int(row, 2),
                                                         .roll_number = db_text(row, 3),
                                                         .full_name = db_text(row, 4),
                                                         .state = db_text(row, 5),
                                                         .came_us = db_time(row, 6),
                                                         .keep = db_text(row, 7),
                                                         .reason = db_text(row, 8),
                                                         .decided_by = db_text(row, 9),
                                                         .decided_us = db_time(row, 10)};
    return ERR_NONE;
}

enum err device_list(struct db *db, struct arena *arena, int64_t shift_id, struct device_list *ret_list) {
    struct device_list list = {.entries = ARENA_ARRAY(arena, DEVICE_LIST_MAX, struct device_entry)};
    if (!list.entries)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_DEVICE_LIST, DB_PARAMS(P_INT(shift_id), P_INT(DEVICE_LIST_MAX)), DEVICE_LIST_MAX, add_entry, &list);
    if (err == ERR_NONE)
        *ret_list = list;
    return err;
}
