#include "khoacu/quality/quality.h"

#include "khoacu/base/random.h"
#include "khoacu/identity/identity.h"
#include "khoacu/ledger/ledger.h"
#include "khoacu/marking/settlement.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define REMARKS_MAX 200
#define CYCLES_MAX 200

struct asking {
    const struct quality_remark *remark;
    struct arena *arena;
    int64_t request_id, cycle_id, marker_id, place;
    enum quality_remark_verdict verdict;
};

static enum err find_cycle(struct db *db, struct arena *arena, const char *code, int64_t *ret_cycle_id) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_QUALITY_CYCLE, DB_PARAMS(P_TEXT(code)), &row);
    *ret_cycle_id = err == ERR_NONE ? db_int(row, 0) : 0;
    return err == ERR_DB_NO_ROW ? ERR_NONE : err;
}

static enum quality_remark_verdict verdict_of(const char *word) {
    static const char *const WORDS[QUALITY_REMARK_COUNT] = {
#define X(name, word) word,
        QUALITY_REMARK_TABLE(X)
#undef X
    };
    for (int i = 0; i < QUALITY_REMARK_COUNT; i++)
        if (strcmp(WORDS[i], word) == 0)
            return (enum quality_remark_verdict)i;
    return QUALITY_REMARK_COUNT;
}

/* Each script once; the schema took them so. */
static enum err begin_all(const struct asking *a, struct db *db) {
    const struct quality_remark *remark = a->remark;
    enum err err = ERR_NONE;
    for (size_t i = 0; i < remark->script_count && err == ERR_NONE; i++) {
        bool before = false;
        for (size_t k = 0; k < i; k++)
            before = before || remark->scripts[k] == remark->scripts[i];
        if (!before)
            err = marking_remark_begin(db, remark->scripts[i], remark->now_us);
    }
    return err;
}

static enum err record_body(void *ctx, struct db *db) {
    struct asking *a = ctx;
    const struct quality_remark *remark = a->remark;
    const struct db_row *row = NULL;
    enum err err = db_one(db, a->arena, DB_QUALITY_REMARK_REQUEST,
                          DB_PARAMS(P_INT(a->request_id), P_INT(a->cycle_id), P_INT(a->marker_id), P_INTS(remark->scripts, remark->script_count),
                                    P_TEXT(remark->reason), P_INT(remark->staff_id), P_TIME(remark->now_us)),
                          &row);
    if (err != ERR_NONE)
        return err;
    a->verdict = verdict_of(db_text(row, 0));
    a->place = db_int(row, 1);
    if (a->verdict == QUALITY_REMARK_COUNT)
        return ERR_STATE;
    if (a->verdict != QUALITY_REMARK_RECORDED)
        return DB_ROLLBACK;
    err = begin_all(a, db);
    if (err != ERR_NONE)
        return err;
    const char *details = arena_printf(a->arena, "{\"cycle\":\"%s\",\"marker\":\"%s\",\"scripts\":%zu}", remark->cycle_code, remark->marker,
                                       remark->script_count);
    return !details ? ERR_MEMORY
                    : ledger_append(db, a->arena,
                                    &(struct ledger_event){.actor = LEDGER_STAFF(remark->staff_id),
                                                           .act = "quality.remark_request",
                                                           .subject_kind = "remark_request",
                                                           .subject_id = a->request_id,
                                                           .reason = remark->reason,
                                                           .details = details,
                                                           .at_us = remark->now_us});
}

enum err quality_remark_request(struct db *db, struct arena *arena, const struct quality_remark *remark,
                                enum quality_remark_verdict *ret_verdict, int64_t *ret_request_id, int64_t *ret_place) {
    struct asking a = {.remark = remark, .arena = arena, .request_id = random_id(), .verdict = QUALITY_REMARK_UNKNOWN};
    struct identity_staff marker = {.staff_id = 0};
    enum err err = find_cycle(db, arena, remark->cycle_code, &a.cycle_id);
    if (err == ERR_NONE && a.cycle_id != 0)
        err = identity_staff_find(db, arena, remark->marker, &marker);
    a.marker_id = marker.staff_id;
    if (err == ERR_NONE && a.marker_id != 0)
        err = db_transact(db, record_body, &a);
    if (err != ERR_NONE)
        return err;
    *ret_verdict = a.verdict;
    *ret_request_id = a.request_id;
    *ret_place = a.place;
    return ERR_NONE;
}

static enum err take_entry(void *ctx, const struct db_row *row) {
    struct quality_remarks *remarks = ctx;
    remarks->entries[remarks->count++] = (struct quality_remark_entry){.request_id = db_int(row, 0),
                                                                       .marker = db_text(row, 1),
                                                                       .marker_name = db_text(row, 2),
                                                                       .reason = db_text(row, 3),
                                                                       .requested_by = db_text(row, 4),
                                                                       .requested_us = db_time(row, 5),
                                                                       .scripts = db_int(row, 6),
                                                                       .marked = db_int(row, 7)};
    return ERR_NONE;
}

enum err quality_remark_list(struct db *db, struct arena *arena, const char *cycle_code, bool *ret_found,
                             struct quality_remarks *ret_remarks) {
    int64_t cycle_id = 0;
    struct quality_remarks remarks = {.entries = ARENA_ARRAY(arena, REMARKS_MAX, struct quality_remark_entry)};
    enum err err = remarks.entries ? find_cycle(db, arena, cycle_code, &cycle_id) : ERR_MEMORY;
    if (err == ERR_NONE && cycle_id != 0)
        err = db_many(db, arena, DB_QUALITY_REMARKS, DB_PARAMS(P_INT(cycle_id)), REMARKS_MAX, take_entry, &remarks);
    if (err != ERR_NONE)
        return err;
    *ret_found = cycle_id != 0;
    *ret_remarks = remarks;
    return ERR_NONE;
}

static enum err take_cycle(void *ctx, const struct db_row *row) {
    struct quality_cycles *cycles = ctx;
    cycles->cycles[cycles->count++] = (struct quality_cycle){.code = db_text(row, 0),
                                                             .title_vi = db_text(row, 1),
                                                             .title_en = db_text(row, 2),
                                                             .scripts = db_int(row, 3),
                                                             .version = db_int(row, 4),
                                                             .computed_us = db_time(row, 5)};
    return ERR_NONE;
}

enum err quality_cycle_list(struct db *db, struct arena *arena, struct quality_cycles *ret_cycles) {
    struct quality_cycles cycles = {.cycles = ARENA_ARRAY(arena, CYCLES_MAX, struct quality_cycle)};
    if (!cycles.cycles)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_QUALITY_CYCLES, DB_NO_PARAMS, CYCLES_MAX, take_cycle, &cycles);
    if (err == ERR_NONE)
        *ret_cycles = cycles;
    return err;
}
