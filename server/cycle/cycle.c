#include "khoacu/cycle/cycle.h"

#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/cycle/pack.h"
#include "khoacu/ledger/ledger.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define LIST_MAX 500
#define WHOLE 10000 /* marks that the parts share, hundredths */

static enum err read_cycle(const struct db_row *row, struct cycle *cycle) {
    *cycle = (struct cycle){.cycle_id = db_int(row, 0),
                            .code = db_text(row, 1),
                            .title_vi = db_text(row, 2),
                            .title_en = db_text(row, 3),
                            .authority_vi = db_text(row, 4),
                            .authority_en = db_text(row, 5),
                            .notice = db_text(row, 6),
                            .notice_on = db_text(row, 7),
                            .pack_id = db_text(row, 8),
                            .pack_version = db_int(row, 9),
                            .written_max = db_hundredths(row, 10),
                            .interview_max = db_hundredths(row, 11),
                            .demonstration = db_bool(row, 12),
                            .applications_until = db_is_null(row, 14) ? NULL : db_text(row, 14)};
    return cycle_state_parse(db_text(row, 13), &cycle->state) ? ERR_NONE : ERR_STATE;
}

enum err cycle_find(struct db *db, struct arena *arena, const char *code, struct cycle *ret_cycle) {
    const struct db_row *row = NULL;
    struct cycle cycle = {0};
    enum err err = db_one(db, arena, DB_CYCLE_FIND, DB_PARAMS(P_TEXT(code)), &row);
    if (err == ERR_NONE)
        err = read_cycle(row, &cycle);
    else if (err == ERR_DB_NO_ROW)
        err = ERR_NONE;
    if (err == ERR_NONE)
        *ret_cycle = cycle;
    return err;
}

enum err cycle_lock(struct db *db, struct arena *arena, int64_t cycle_id, enum cycle_state *ret_state) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_CYCLE_LOCK, DB_PARAMS(P_INT(cycle_id)), &row);
    if (err != ERR_NONE)
        return err;
    return cycle_state_parse(db_text(row, 0), ret_state) ? ERR_NONE : ERR_STATE;
}

static enum err add_cycle(void *ctx, const struct db_row *row) {
    struct cycle_list *list = ctx;
    return read_cycle(row, &list->cycles[list->count++]);
}

enum err cycle_list_read(struct db *db, struct arena *arena, struct cycle_list *ret_list) {
    struct cycle_list list = {.cycles = ARENA_ARRAY(arena, LIST_MAX, struct cycle)};
    if (!list.cycles)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_CYCLE_LIST, DB_PARAMS(P_INT(LIST_MAX)), LIST_MAX, add_cycle, &list);
    if (err == ERR_NONE)
        *ret_list = list;
    return err;
}

/* ---- a new cycle ---- */

/* The cycle shares out 100 marks, or says what the pack fixes: a cycle never shows marks that do not count. */
static bool scales_said(const struct cycle_pack *pack, const struct rank_pack *rules, const struct cycle *cycle, struct rank_misfit *misfit) {
    int64_t fixed[CYCLE_PACK_SOURCE_COUNT];
    bool shares = cycle_pack_shares_marks(pack, rules, fixed);
    bool said = shares ? cycle->written_max + cycle->interview_max == WHOLE
                       : cycle->written_max == fixed[CYCLE_PACK_WRITTEN] && cycle->interview_max == fixed[CYCLE_PACK_INTERVIEW];
    if (!said && misfit) {
        (void)snprintf(misfit->path, sizeof misfit->path, "scales");
        (void)snprintf(misfit->reason, sizeof misfit->reason, "%s", shares ? "sum" : "fixed");
    }
    return said;
}

static enum err bind_rules(struct db *db, struct arena *arena, const struct cycle *cycle, int64_t version,
                           struct cycle_pack **ret_pack, struct rank_pack *ret_rules, struct rank_misfit *ret_misfit) {
    struct cycle_pack *pack = ARENA_NEW(arena, struct cycle_pack);
    if (!pack)
        return ERR_MEMORY;
    enum err err = cycle_pack_load(db, arena, cycle->pack_id, version, pack);
    if (err != ERR_NONE)
        return err == ERR_MEMORY ? err : ERR_CONFIG; /* what is stored was checked when it was stored */
    struct cycle_pack_scales scales = {
        .max = {[CYCLE_PACK_WRITTEN] = cycle->written_max, [CYCLE_PACK_INTERVIEW] = cycle->interview_max}};
    err = cycle_pack_bind(pack, &scales, ret_rules, ret_misfit);
    if (!scales_said(pack, err == ERR_NONE ? ret_rules : &pack->rank, cycle, ret_misfit) && (err == ERR_NONE || err == ERR_RANGE))
        err = ERR_RANGE;
    if (err == ERR_NONE && !cycle_pack_deliverable(pack, ret_misfit))
        err = ERR_RANGE;
    if (err == ERR_NONE)
        *ret_pack = pack;
    return err;
}

struct creation {
    struct arena *arena;
    const struct cycle *cycle;
    int64_t staff_id, now_us, cycle_id, version;
    enum cycle_create_verdict verdict;
    struct rank_misfit misfit;
};

static enum err insert_cycle(struct creation *creation, struct db *db) {
    const struct cycle *cycle = creation->cycle;
    int64_t rows = 0;
    creation->cycle_id = random_id();
    enum err err =
        db_run(db, DB_CYCLE_INSERT,
               DB_PARAMS(P_INT(creation->cycle_id), P_TEXT(cycle->code), P_TEXT(cycle->title_vi),
                         P_TEXT(cycle->title_en), P_TEXT(cycle->authority_vi), P_TEXT(cycle->authority_en),
                         P_TEXT(cycle->notice), P_TEXT(cycle->notice_on), P_TEXT(cycle->pack_id),
                         P_INT(creation->version), P_HUNDREDTHS(cycle->written_max), P_HUNDREDTHS(cycle->interview_max),
                         P_BOOL(cycle->demonstration), P_TIME(creation->now_us), P_INT(creation->staff_id),
                         P_TEXT(cycle->applications_until)),
               &rows);
    if (err == ERR_NONE && rows == 0) {
        creation->verdict = CYCLE_CODE_TAKEN;
        return DB_ROLLBACK;
    }
    return err;
}

static enum err create_body(void *ctx, struct db *db) {
    struct creation *creation = ctx;
    struct cycle_pack *pack = NULL;
    struct rank_pack *rules = ARENA_NEW(creation->arena, struct rank_pack);
    if (!rules)
        return ERR_MEMORY;
    creation->verdict = CYCLE_PACK_UNKNOWN;
    enum err err = cycle_pack_ensure(db, creation->arena, creation->cycle->pack_id, &creation->version);
    if (err != ERR_NONE || creation->version == 0)
        return err == ERR_NONE ? DB_ROLLBACK : err;
    if (creation->cycle->pack_version > 0) {
        const char *text = NULL;
        creation->version = creation->cycle->pack_version;
        err = cycle_pack_text(db, creation->arena, creation->cycle->pack_id, creation->version, &text);
        if (err != ERR_NONE || !text)
            return err == ERR_NONE ? DB_ROLLBACK : err;
    }
    creation->verdict = CYCLE_SCALES_UNFIT;
    err = bind_rules(db, creation->arena, creation->cycle, creation->version, &pack, rules, &creation->misfit);
    if (err != ERR_NONE)
        return err == ERR_RANGE ? DB_ROLLBACK : err;
    creation->verdict = CYCLE_CREATED;
    err = insert_cycle(creation, db);
    if (err != ERR_NONE)
        return err;
    const char *details =
        arena_printf(creation->arena, "{\"code\":\"%s\",\"pack\":\"%s\",\"pack_sha256\":\"%s\",\"pack_version\":%lld}",
                     creation->cycle->code, pack->id, pack->sha256, (long long)creation->version);
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, creation->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(creation->staff_id),
                                                .act = "cycle.create",
                                                .subject_kind = "cycle",
                                                .subject_id = creation->cycle_id,
                                                .details = details,
                                                .at_us = creation->now_us});
}

enum err cycle_create(struct db *db, struct arena *arena, const struct cycle *cycle, int64_t staff_id, int64_t now_us,
                      enum cycle_create_verdict *ret_verdict, int64_t *ret_cycle_id, struct rank_misfit *ret_misfit) {
    assert(cycle_code_valid(cycle->code));
    struct creation creation = {.arena = arena, .cycle = cycle, .staff_id = staff_id, .now_us = now_us};
    enum err err = db_transact(db, create_body, &creation);
    if (err != ERR_NONE)
        return err;
    *ret_verdict = creation.verdict;
    *ret_cycle_id = creation.cycle_id;
    *ret_misfit = creation.misfit;
    return ERR_NONE;
}

/* ---- its rules ---- */

enum err cycle_rules_read(struct db *db, struct arena *arena, const struct cycle *cycle,
                          const struct cycle_rules **ret_rules) {
    struct cycle_pack *pack = NULL;
    struct cycle_rules *rules = ARENA_NEW(arena, struct cycle_rules);
    if (!rules)
        return ERR_MEMORY;
    enum err err = bind_rules(db, arena, cycle, cycle->pack_version, &pack, &rules->rank, NULL);
    if (err != ERR_NONE)
        return err == ERR_RANGE ? ERR_CONFIG : err;
    rules->computer = cycle_pack_component(pack, CYCLE_PACK_COMPUTER);
    rules->staged = cycle_pack_staged(pack, &rules->rank);
    rules->common_clock = pack->common_clock;
    rules->two_persons = pack->two_persons;
    for (size_t i = 0; i < pack->waiver_count; i++)
        rules->waives = rules->waives || pack->waivers[i].component == rules->computer;
    rules->questions = rules->computer == RANK_NONE ? 0 : rules->rank.components[rules->computer].max;
    *ret_rules = rules;
    return ERR_NONE;
}
