#include "khoacu/sitting/adjust.h"

#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/ledger/ledger.h"

#include <assert.h>
#include <string.h>

#include "khoacu/base/banned.h"

static const struct {
    const char *key;
    bool timed;
} KINDS[ADJUST_KIND_COUNT] = {
#define X(name, key, timed) {key, timed},
    ADJUST_KIND_TABLE(X)
#undef X
};
static const char *const SCOPES[] = {[ADJUST_SHIFT] = "shift", [ADJUST_ROOM] = "room", [ADJUST_SITTING] = "sitting"};

bool adjust_kind_parse(const char *key, enum adjust_kind *ret_kind) {
    for (int i = 0; i < ADJUST_KIND_COUNT; i++) {
        if (strcmp(key, KINDS[i].key) == 0) {
            *ret_kind = (enum adjust_kind)i;
            return true;
        }
    }
    return false;
}

bool adjust_kind_timed(enum adjust_kind kind) {
    return KINDS[kind].timed;
}

/* ---- asking ---- */

struct asking {
    struct arena *arena;
    const struct adjust_request *request;
    enum adjust_verdict verdict;
    struct adjust_made made;
};

static enum err read_verdict(const char *outcome, enum adjust_verdict *ret_verdict) {
    static const struct db_word WORDS[] = {{"applied", ADJUST_APPLIED},
                                           {"waiting", ADJUST_WAITING},
                                           {"nothing", ADJUST_NOTHING},
                                           {"unknown_shift", ADJUST_SHIFT_UNKNOWN},
                                           {"unknown_target", ADJUST_TARGET_UNKNOWN},
                                           {"closed", ADJUST_SHIFT_CLOSED}};
    int meaning = DB_MEANING(WORDS, outcome);
    *ret_verdict = (enum adjust_verdict)meaning;
    return meaning < 0 ? ERR_STATE : ERR_NONE;
}

static enum err append_event(struct db *db, const struct asking *asking) {
    const struct adjust_request *request = asking->request;
    char id[TEXT_ID_LEN + 1];
    text_format_id(asking->made.adjustment_id, id);
    const char *details =
        arena_printf(asking->arena, "{\"adjustment\":\"%s\",\"cause\":\"%s\",\"kind\":\"%s\",\"scope\":\"%s\",\"seconds\":%d,\"sittings\":%d}", id,
                     request->evacuation ? "evacuation" : "hold", KINDS[request->kind].key, SCOPES[request->scope], request->seconds, asking->made.sittings);
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, asking->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(request->staff_id),
                                                .act = asking->verdict == ADJUST_APPLIED ? "sitting.adjust" : "sitting.adjust_request",
                                                .subject_kind = "shift",
                                                .subject_id = request->shift_id,
                                                .reason = request->reason,
                                                .details = details,
                                                .at_us = request->now_us});
}

static enum err request_body(void *ctx, struct db *db) {
    struct asking *asking = ctx;
    const struct adjust_request *request = asking->request;
    const struct db_row *row = NULL;
    enum err err =
        db_one(db, asking->arena, DB_ADJUST_REQUEST,
               DB_PARAMS(P_INT(asking->made.adjustment_id), P_INT(request->shift_id), P_TEXT(SCOPES[request->scope]),
                         P_TEXT(request->room), P_TEXT(request->roll_number), request->sitting_id ? P_INT(request->sitting_id) : P_NULL,
                         P_TEXT(KINDS[request->kind].key), P_INT(request->seconds), P_TEXT(request->reason),
                         P_INT(request->staff_id), P_TIME(request->now_us), P_TEXT(request->evacuation ? "evacuation" : "hold")),
               &row);
    if (err == ERR_NONE)
        err = read_verdict(db_text(row, 0), &asking->verdict);
    if (err != ERR_NONE)
        return err;
    asking->made.sittings = (int32_t)db_int(row, 1);
    if (asking->verdict != ADJUST_APPLIED && asking->verdict != ADJUST_WAITING)
        return DB_ROLLBACK;
    return append_event(db, asking);
}

enum err adjust_request(struct db *db, struct arena *arena, const struct adjust_request *request,
                        enum adjust_verdict *ret_verdict, struct adjust_made *ret_made) {
    assert(KINDS[request->kind].timed == (request->seconds > 0));
    assert(!request->evacuation || (request->kind == ADJUST_PAUSE && request->scope != ADJUST_SITTING));
    struct asking asking = {.arena = arena, .request = request, .made = {.adjustment_id = random_id()}};
    enum err err = db_transact(db, request_body, &asking);
    if (err == ERR_NONE) {
        *ret_verdict = asking.verdict;
        *ret_made = asking.made;
    }
    return err;
}

/* ---- the second person ---- */

struct deciding {
    struct arena *arena;
    const struct adjust_decision *decision;
    enum adjust_decision_verdict verdict;
    int32_t sittings;
};

static enum err read_decision(const char *outcome, enum adjust_decision_verdict *ret_verdict) {
    static const struct db_word WORDS[] = {{"approved", ADJUST_APPROVED}, {"refused", ADJUST_REFUSED}, {"same_person", ADJUST_SAME_PERSON},
                                           {"decided", ADJUST_DECIDED},   {"closed", ADJUST_TOO_LATE}, {"unknown", ADJUST_UNKNOWN}};
    int meaning = DB_MEANING(WORDS, outcome);
    *ret_verdict = (enum adjust_decision_verdict)meaning;
    return meaning < 0 ? ERR_STATE : ERR_NONE;
}

static enum err decide_body(void *ctx, struct db *db) {
    struct deciding *deciding = ctx;
    const struct adjust_decision *decision = deciding->decision;
    const struct db_row *row = NULL;
    char id[TEXT_ID_LEN + 1];
    text_format_id(decision->adjustment_id, id);
    enum err err = db_one(db, deciding->arena, DB_ADJUST_DECIDE,
                          DB_PARAMS(P_INT(decision->adjustment_id), P_TEXT(decision->approve ? "approved" : "refused"),
                                    P_INT(decision->staff_id), P_TIME(decision->now_us)),
                          &row);
    if (err == ERR_NONE)
        err = read_decision(db_text(row, 0), &deciding->verdict);
    if (err != ERR_NONE)
        return err;
    if (deciding->verdict != ADJUST_APPROVED && deciding->verdict != ADJUST_REFUSED)
        return DB_ROLLBACK;
    deciding->sittings = (int32_t)db_int(row, 1);
    const char *details = arena_printf(deciding->arena, "{\"adjustment\":\"%s\",\"sittings\":%d}", id, deciding->sittings);
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, deciding->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(decision->staff_id),
                                                .act = decision->approve ? "sitting.adjust_approve" : "sitting.adjust_refuse",
                                                .subject_kind = "shift",
                                                .subject_id = db_int(row, 2),
                                                .reason = decision->reason,
                                                .details = details,
                                                .at_us = decision->now_us});
}

enum err adjust_decide(struct db *db, struct arena *arena, const struct adjust_decision *decision,
                       enum adjust_decision_verdict *ret_verdict, int32_t *ret_sittings) {
    struct deciding deciding = {.arena = arena, .decision = decision};
    enum err err = db_transact(db, decide_body, &deciding);
    if (err == ERR_NONE) {
        *ret_verdict = deciding.verdict;
        *ret_sittings = deciding.sittings;
    }
    return err;
}

/* ---- what there is ---- */

struct walk {
    struct adjust_list *list;
    size_t limit;
};

static enum err add_entry(void *ctx, const struct db_row *row) {
    struct walk *walk = ctx;
    struct adjust_list *list = walk->list;
    if (list->count == walk->limit) {
        list->more = true;
        return ERR_NONE;
    }
    list->entries[list->count++] = (struct adjust_entry){.adjustment_id = db_int(row, 0),
                                                         .kind = db_text(row, 1),
                                                         .seconds = db_int(row, 2),
                                                         .reason = db_text(row, 3),
                                                         .room = db_text(row, 4),
                                                         .roll_number = db_text(row, 5),
                                                         .requested_by = db_text(row, 6),
                                                         .requested_us = db_time(row, 7),
                                                         .state = db_text(row, 8),
                                                         .decided_by = db_text(row, 9),
                                                         .decided_us = db_time(row, 10),
                                                         .cause = db_text(row, 11),
                                                         .sittings = db_int(row, 12)};
    return ERR_NONE;
}

enum err adjust_list(struct db *db, struct arena *arena, int64_t shift_id, int64_t after, size_t limit,
                     struct adjust_list *ret_list) {
    assert(limit >= 1 && limit <= ADJUST_PAGE_MAX);
    struct adjust_list list = {.entries = ARENA_ARRAY(arena, limit, struct adjust_entry)};
    struct walk walk = {.list = &list, .limit = limit};
    if (!list.entries)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_ADJUST_LIST, DB_PARAMS(P_INT(shift_id), P_INT(after), P_INT((int64_t)limit + 1)), limit + 1,
                           add_entry, &walk);
    if (err == ERR_NONE)
        *ret_list = list;
    return err;
}
