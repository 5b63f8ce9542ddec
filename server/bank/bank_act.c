#include "bank_private.h"

#include "khoacu/base/random.h"
#include "khoacu/item/item.h"

#include <assert.h>

#include "khoacu/base/banned.h"

struct acting {
    const struct bank_desk *desk;
    const struct bank_act_request *request;
    int64_t act_id;
    /* undo */
    int64_t *item_ids;
    bool found;
    struct bank_act_result result;
    size_t *places; /* of the request, by bank, so that two acts never wait for each other crosswise */
    int64_t *bank_ids;
    size_t count;
};

static bool make_room(struct acting *acting, size_t count) {
    struct arena *arena = acting->desk->arena;
    acting->result.outcomes = ARENA_ARRAY(arena, count, enum bank_outcome);
    acting->result.states = ARENA_ARRAY(arena, count, enum bank_state);
    acting->places = ARENA_ARRAY(arena, count, size_t);
    acting->bank_ids = ARENA_ARRAY(arena, count, int64_t);
    acting->item_ids = ARENA_ARRAY(arena, count, int64_t);
    return !arena->failed;
}

static enum err take_outcome(struct acting *acting, size_t place, const struct db_row *row) {
    if (!bank_outcome_parse(db_text(row, 0), &acting->result.outcomes[place]))
        return ERR_STATE;
    if (!db_is_null(row, 1) && !bank_state_parse(db_text(row, 1), &acting->result.states[place]))
        return ERR_STATE;
    enum bank_outcome outcome = acting->result.outcomes[place];
    acting->result.done += outcome == BANK_OUTCOME_DONE || outcome == BANK_OUTCOME_ACCEPTED;
    return ERR_NONE;
}

static enum err take_place(void *ctx, const struct db_row *row) {
    struct acting *acting = ctx;
    acting->places[acting->count] = (size_t)db_int(row, 0) - 1;
    acting->bank_ids[acting->count++] = db_int(row, 1);
    return ERR_NONE;
}

/* Whether a draft that its author would submit is all there. */
static enum err check_complete(struct acting *acting, struct db *db, int64_t item_id, bool *ret_complete) {
    const struct bank_desk *desk = acting->desk;
    const struct db_row *row = NULL;
    const struct json *content = NULL, *key = NULL;
    struct bank_version_text text;
    struct item_faults faults = {0};
    struct item *item = ARENA_NEW(desk->arena, struct item);
    *ret_complete = true;
    enum err err = db_one(db, desk->arena, DB_BANK_DRAFT_VERSION, DB_PARAMS(P_INT(item_id), P_INT(desk->staff_id)), &row);
    if (err != ERR_NONE || !item)
        return err == ERR_DB_NO_ROW ? ERR_NONE : (err == ERR_NONE ? ERR_MEMORY : err);
    int64_t version = db_int(row, 0);
    err = bank_texts_read(db, desk->vault, desk->arena, &item_id, &version, 1, true, &text);
    if (err == ERR_NONE)
        err = json_read(desk->arena, text.content, text.content_len, &content, NULL);
    if (err == ERR_NONE)
        err = json_read(desk->arena, text.key, text.key_len, &key, NULL);
    if (err == ERR_NONE)
        *ret_complete = item_read(desk->arena, content, key, NULL, item, &faults) && item_check(desk->arena, item, &faults);
    return err;
}

static enum err act_one(struct acting *acting, struct db *db, size_t i) {
    const struct bank_desk *desk = acting->desk;
    const struct bank_act_request *request = acting->request;
    size_t place = acting->places[i];
    int64_t item_id = request->item_ids[place], event_id = random_id();
    struct bank_sealed sealed;
    const struct db_row *row = NULL;
    bool complete = true;
    enum err err = request->act == BANK_ACT_SUBMIT ? check_complete(acting, db, item_id, &complete) : ERR_NONE;
    if (err == ERR_NONE && !complete) {
        acting->result.outcomes[place] = BANK_OUTCOME_INCOMPLETE;
        acting->result.states[place] = BANK_DRAFT;
        return ERR_NONE;
    }
    if (err == ERR_NONE)
        err = bank_note_seal(desk, acting->bank_ids[i], item_id, event_id, "reason", request->reason, &sealed);
    if (err == ERR_NONE)
        err = db_one(db, desk->arena, DB_BANK_ITEM_ACT,
                     DB_PARAMS(P_INT(acting->act_id), P_INT(desk->staff_id), P_TIME(desk->now_us), P_INT(item_id),
                               P_INT(request->versions ? request->versions[place] : 0), P_TEXT(bank_act_key(request->act)),
                               P_TEXT(request->value), P_INT(event_id), P_INT(sealed.generation), P_BYTES(sealed.bytes, sealed.len)),
                     &row);
    return err == ERR_NONE ? take_outcome(acting, place, row) : err;
}

static enum err act_body(void *ctx, struct db *db) {
    struct acting *acting = ctx;
    const struct bank_desk *desk = acting->desk;
    const struct bank_act_request *request = acting->request;
    const char *act = bank_act_key(request->act);
    acting->count = 0;
    acting->result.done = 0;
    for (size_t i = 0; i < request->count; i++)
        acting->result.outcomes[i] = BANK_OUTCOME_UNKNOWN;
    acting->act_id = random_id();
    enum err err = db_run(db, DB_BANK_ACT_INSERT,
                          DB_PARAMS(P_INT(acting->act_id), P_INT(desk->staff_id), P_TEXT(act), P_TIME(desk->now_us)), NULL);
    if (err == ERR_NONE)
        err = db_many(db, desk->arena, DB_BANK_ITEM_BANKS, DB_PARAMS(P_INTS(request->item_ids, request->count)), request->count,
                      take_place, acting);
    for (size_t i = 0; err == ERR_NONE && i < acting->count; i++)
        err = act_one(acting, db, i);
    if (err == ERR_NONE && acting->result.done == 0)
        return DB_ROLLBACK;
    if (err != ERR_NONE)
        return err;
    acting->result.act_id = acting->act_id;
    /* one item: it is the subject; many: the act */
    return bank_event(desk, db, "bank.act", request->count == 1 ? "item" : "bank_act",
                      request->count == 1 ? request->item_ids[0] : acting->act_id,
                      arena_printf(desk->arena, "{\"act\":\"%s\",\"done\":%zu,\"items\":%zu}", act, acting->result.done, request->count));
}

enum err bank_act(const struct bank_desk *desk, const struct bank_act_request *request, struct bank_act_result *ret_result) {
    assert(request->count >= 1 && request->count <= BANK_ACT_ITEMS_MAX && request->value && request->reason);
    struct acting acting = {.desk = desk, .request = request};
    if (!make_room(&acting, request->count))
        return ERR_MEMORY;
    enum err err = db_transact(desk->db, act_body, &acting);
    if (err == ERR_NONE) {
        if (acting.result.done == 0)
            acting.result.act_id = 0;
        *ret_result = acting.result;
    }
    return err;
}

/* ---- undo ---- */

static enum err take_item(void *ctx, const struct db_row *row) {
    struct acting *acting = ctx;
    acting->item_ids[acting->count] = db_int(row, 0);
    acting->bank_ids[acting->count++] = db_int(row, 1);
    return ERR_NONE;
}

static enum err undo_one(struct acting *acting, struct db *db, size_t i) {
    const struct bank_desk *desk = acting->desk;
    int64_t event_id = random_id();
    struct bank_sealed sealed;
    const struct db_row *row = NULL;
    enum err err = bank_note_seal(desk, acting->bank_ids[i], acting->item_ids[i], event_id, "reason", "", &sealed);
    if (err == ERR_NONE)
        err = db_one(db, desk->arena, DB_BANK_ITEM_UNDO,
                     DB_PARAMS(P_INT(acting->act_id), P_INT(desk->staff_id), P_TIME(desk->now_us), P_INT(acting->item_ids[i]),
                               P_INT(event_id), P_INT(sealed.generation), P_BYTES(sealed.bytes, sealed.len)),
                     &row);
    return err == ERR_NONE ? take_outcome(acting, i, row) : err;
}

static enum err undo_body(void *ctx, struct db *db) {
    struct acting *acting = ctx;
    const struct bank_desk *desk = acting->desk;
    const struct db_row *row = NULL;
    acting->count = 0;
    acting->result.done = 0;
    enum err err = db_one(db, desk->arena, DB_BANK_ACT_TAKE,
                          DB_PARAMS(P_INT(acting->act_id), P_INT(desk->staff_id), P_TIME(desk->now_us)), &row);
    acting->found = err == ERR_NONE;
    if (err == ERR_DB_NO_ROW)
        return DB_ROLLBACK;
    if (err == ERR_NONE)
        err = db_many(db, desk->arena, DB_BANK_ACT_ITEMS, DB_PARAMS(P_INT(acting->act_id)), BANK_ACT_ITEMS_MAX, take_item, acting);
    for (size_t i = 0; err == ERR_NONE && i < acting->count; i++)
        err = undo_one(acting, db, i);
    if (err != ERR_NONE)
        return err;
    return bank_event(desk, db, "bank.act_undo", "bank_act", acting->act_id,
                      arena_printf(desk->arena, "{\"done\":%zu,\"items\":%zu}", acting->result.done, acting->count));
}

enum err bank_act_undo(const struct bank_desk *desk, int64_t act_id, bool *ret_found, const int64_t **ret_item_ids, size_t *ret_count,
                       struct bank_act_result *ret_result) {
    struct acting acting = {.desk = desk, .act_id = act_id};
    if (!make_room(&acting, BANK_ACT_ITEMS_MAX))
        return ERR_MEMORY;
    enum err err = db_transact(desk->db, undo_body, &acting);
    if (err != ERR_NONE)
        return err;
    *ret_found = acting.found;
    *ret_item_ids = acting.item_ids;
    *ret_count = acting.count;
    *ret_result = acting.result;
    return ERR_NONE;
}
