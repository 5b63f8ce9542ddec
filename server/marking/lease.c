#include "khoacu/marking/lease.h"

#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define X(name, key) key,
static const char *const WHYS[] = {MARKING_REPLACE_TABLE(X)};
#undef X

int marking_replace_find(const char *key) {
    for (int i = 0; i < MARKING_REPLACE_COUNT; i++)
        if (strcmp(WHYS[i], key) == 0)
            return i;
    return -1;
}

enum err marking_lease_take(struct db *db, struct arena *arena, int64_t blind_id, int64_t marker_id, bool *ret_taken,
                            int64_t *ret_until_us) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_MARKING_LEASE, DB_PARAMS(P_INT(blind_id), P_INT(marker_id), P_INT(MARKING_LEASE_MINUTES)), &row);
    if (err != ERR_NONE)
        return err;
    *ret_taken = !db_is_null(row, 0);
    *ret_until_us = db_time(row, 0);
    return ERR_NONE;
}

enum err marking_lease_next(struct db *db, struct arena *arena, int64_t marker_id, int64_t *ret_blind_id,
                            int64_t *ret_until_us) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_MARKING_LEASE_NEXT, DB_PARAMS(P_INT(marker_id), P_INT(MARKING_LEASE_MINUTES)), &row);
    if (err != ERR_NONE)
        return err;
    *ret_blind_id = db_is_null(row, 1) ? 0 : db_int(row, 0);
    *ret_until_us = db_time(row, 1);
    return ERR_NONE;
}

/* ---- scripts that change hands ---- */

struct handing {
    struct arena *arena;
    const struct marking_handover *handover;
    enum marking_replace_verdict verdict;
};

static enum marking_replace_verdict verdict_of(const char *outcome) {
    static const char *const OUTCOMES[] = {"drawn", "not_assigned", "final", "frozen", "leased", "nobody", "no_draw"};
    for (int i = 0; i < (int)(sizeof OUTCOMES / sizeof *OUTCOMES); i++)
        if (strcmp(OUTCOMES[i], outcome) == 0)
            return (enum marking_replace_verdict)i;
    return strcmp(outcome, "repeated") == 0 ? MARKING_REPLACED : MARKING_REPLACE_NOT_ASSIGNED;
}

static enum err log_handover(const struct handing *h, struct db *db, int marking_round, int64_t to_id, int64_t script_id) {
    const struct marking_handover *o = h->handover;
    char from[TEXT_ID_LEN + 1], to[TEXT_ID_LEN + 1];
    text_format_id(o->marker_id, from);
    text_format_id(to_id, to);
    const char *details = marking_round == 0 ? arena_printf(h->arena, "{\"why\":\"%s\"}", WHYS[o->why])
                                             : arena_printf(h->arena, "{\"round\":%d,\"from\":\"staff:%s\",\"to\":\"staff:%s\",\"why\":\"%s\"}",
                                                            marking_round, from, to, WHYS[o->why]);
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, h->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(o->actor_id),
                                                .act = marking_round == 0 ? "marking.return" : "marking.replace",
                                                .subject_kind = "script",
                                                .subject_id = script_id,
                                                .reason = o->reason,
                                                .details = details,
                                                .at_us = o->now_us});
}

static enum err hand_over_body(void *ctx, struct db *db) {
    struct handing *h = ctx;
    const struct marking_handover *o = h->handover;
    const struct db_row *row = NULL;
    enum err err = db_one(db, h->arena, o->why == MARKING_REPLACE_CHIEF ? DB_MARKING_REPLACE : DB_MARKING_GIVE_BACK,
                          DB_PARAMS(P_INT(o->blind_id), P_INT(o->marker_id), P_TEXT(WHYS[o->why]), P_TEXT(o->reason)), &row);
    if (err != ERR_NONE)
        return err;
    h->verdict = verdict_of(db_text(row, 0));
    return strcmp(db_text(row, 0), "drawn") == 0 ? log_handover(h, db, (int)db_int(row, 1), db_int(row, 2), db_int(row, 3)) : DB_ROLLBACK;
}

enum err marking_script_hand_over(struct db *db, struct arena *arena, const struct marking_handover *handover,
                                  enum marking_replace_verdict *ret_verdict) {
    struct handing h = {.arena = arena, .handover = handover};
    enum err err = db_transact(db, hand_over_body, &h);
    if (err == ERR_NONE)
        *ret_verdict = h.verdict;
    return err;
}
