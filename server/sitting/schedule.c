#include "khoacu/sitting/schedule.h"

#include "khoacu/base/random.h"
#include "khoacu/cycle/cycle.h"
#include "khoacu/ledger/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

struct plan {
    struct arena *arena;
    const struct sitting_shift_request *request;
    struct cycle cycle;
    struct sitting_shift_made made;
    enum sitting_shift_verdict verdict;
    int64_t *candidates, *sittings, *rooms, *seats; /* by place */
    size_t count;
    int64_t *room_ids;
    const char **room_codes;
    size_t room_count;
};

static enum err add_candidate(void *ctx, const struct db_row *row) {
    struct plan *plan = ctx;
    plan->candidates[plan->count++] = db_int(row, 0);
    return ERR_NONE;
}

/* Who sits beside whom is left to chance. */
static void shuffle(int64_t *list, size_t count) {
    for (size_t i = count; i > 1; i--) {
        size_t j = (size_t)((uint64_t)random_id() % i);
        int64_t kept = list[i - 1];
        list[i - 1] = list[j];
        list[j] = kept;
    }
}

static enum err seat_all(struct plan *plan) {
    size_t size = (size_t)plan->request->room_size;
    plan->room_count = (plan->count + size - 1) / size;
    plan->room_ids = ARENA_ARRAY(plan->arena, plan->room_count + 1, int64_t);
    plan->room_codes = ARENA_ARRAY(plan->arena, plan->room_count + 1, const char *);
    if (!plan->room_ids || !plan->room_codes)
        return ERR_MEMORY;
    for (size_t i = 0; i < plan->room_count; i++) {
        plan->room_ids[i] = random_id();
        plan->room_codes[i] = arena_printf(plan->arena, "P%02zu", i + 1);
        if (!plan->room_codes[i])
            return ERR_MEMORY;
    }
    shuffle(plan->candidates, plan->count);
    for (size_t i = 0; i < plan->count; i++) {
        plan->sittings[i] = random_id();
        plan->rooms[i] = plan->room_ids[i / size];
        plan->seats[i] = (int64_t)(i % size) + 1;
    }
    return ERR_NONE;
}

static enum err store(struct plan *plan, struct db *db) {
    const struct sitting_shift_request *r = plan->request;
    struct db_param shift_id = P_INT(plan->made.shift_id);
    enum err err = db_run(db, DB_SCHEDULE_SHIFT_INSERT,
                          DB_PARAMS(shift_id, P_INT(plan->cycle.cycle_id), P_TEXT(r->code), P_INT(r->form_id), P_TEXT(r->clock), P_TIME(r->starts_us),
                                    P_TIME(r->ends_us), P_INT(r->minutes), P_INT(r->grace_s)),
                          NULL);
    if (!err)
        err = db_run(db, DB_SCHEDULE_ROOMS_INSERT, DB_PARAMS(shift_id, P_INTS(plan->room_ids, plan->room_count), P_TEXTS(plan->room_codes, plan->room_count)), NULL);
    if (!err)
        err = db_run(db, DB_SCHEDULE_SITTINGS_INSERT,
                     DB_PARAMS(shift_id, P_INT(r->grace_s), P_INTS(plan->rooms, plan->count), P_INTS(plan->sittings, plan->count),
                               P_INTS(plan->candidates, plan->count), P_INTS(plan->seats, plan->count)),
                     NULL);
    if (!err)
        err = db_run(db, DB_SCHEDULE_CYCLE_ROUND1, DB_PARAMS(P_INT(plan->cycle.cycle_id)), NULL);
    const char *details = arena_printf(plan->arena, "{\"rooms\":%zu,\"sittings\":%zu}", plan->room_count, plan->count);
    if (!err && !details)
        err = ERR_MEMORY;
    if (err)
        return err;
    return ledger_append(db, plan->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(r->staff_id), .act = "sitting.shift_schedule", .subject_kind = "shift",
                                                .subject_id = plan->made.shift_id, .details = details, .at_us = r->now_us});
}

static enum err plan_body(void *ctx, struct db *db) {
    struct plan *plan = ctx;
    plan->count = 0;
    plan->made.shift_id = random_id();
    enum err err = db_many(db, plan->arena, DB_SCHEDULE_SEATLESS, DB_PARAMS(P_INT(plan->cycle.cycle_id)), SITTING_SHIFT_CANDIDATES_MAX, add_candidate, plan);
    if (err)
        return err;
    if (plan->count == 0) {
        plan->verdict = SITTING_SHIFT_NO_CANDIDATES;
        return DB_ROLLBACK;
    }
    err = seat_all(plan);
    if (!err)
        err = store(plan, db);
    plan->made.rooms = plan->room_count;
    plan->made.sittings = plan->count;
    return err;
}

static bool code_valid(const char *code) {
    size_t len = strlen(code);
    return len >= 1 && len <= 20 && strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == len && code[0] != '-';
}

static bool times_fit(const struct sitting_shift_request *r) {
    int64_t working_us = r->minutes * 60 * INT64_C(1000000);
    return r->ends_us > r->starts_us && r->ends_us > r->now_us && r->ends_us - r->starts_us >= working_us;
}

enum err sitting_shift_schedule(struct db *db, struct arena *arena, const struct sitting_shift_request *request,
                                enum sitting_shift_verdict *ret_verdict, struct sitting_shift_made *ret_made) {
    struct plan plan = {.arena = arena, .request = request, .verdict = SITTING_SHIFT_MADE};
    const struct db_row *row;
    enum err err = cycle_find(db, arena, request->cycle_code, &plan.cycle);
    if (err)
        return err;
    *ret_verdict = plan.cycle.cycle_id == 0 ? SITTING_SHIFT_CYCLE_UNKNOWN
                   : !code_valid(request->code) ? SITTING_SHIFT_CODE_WRONG
                   : !times_fit(request)        ? SITTING_SHIFT_TIMES_WRONG
                                                : SITTING_SHIFT_MADE;
    if (*ret_verdict != SITTING_SHIFT_MADE)
        return ERR_NONE;
    err = db_one(db, arena, DB_SCHEDULE_FORM, DB_PARAMS(P_INT(request->form_id), P_INT(plan.cycle.cycle_id)), &row);
    if (err == ERR_DB_NO_ROW) {
        *ret_verdict = SITTING_SHIFT_FORM_UNKNOWN;
        return ERR_NONE;
    }
    plan.candidates = ARENA_ARRAY(arena, SITTING_SHIFT_CANDIDATES_MAX, int64_t);
    plan.sittings = ARENA_ARRAY(arena, SITTING_SHIFT_CANDIDATES_MAX, int64_t);
    plan.rooms = ARENA_ARRAY(arena, SITTING_SHIFT_CANDIDATES_MAX, int64_t);
    plan.seats = ARENA_ARRAY(arena, SITTING_SHIFT_CANDIDATES_MAX, int64_t);
    if (!err && (!plan.candidates || !plan.sittings || !plan.rooms || !plan.seats))
        err = ERR_MEMORY;
    if (!err)
        err = db_transact(db, plan_body, &plan);
    if (err == ERR_DB_CONFLICT) {
        *ret_verdict = SITTING_SHIFT_CODE_TAKEN;
        return ERR_NONE;
    }
    *ret_verdict = plan.verdict;
    *ret_made = plan.made;
    return err;
}

enum err sitting_shift_live(struct db *db, struct arena *arena, int64_t shift_id, const char *room, const char *after, size_t limit,
                            const char **ret_json) {
    const struct db_row *row;
    enum err err = db_one(db, arena, DB_SCHEDULE_LIVE, DB_PARAMS(P_INT(shift_id), P_TEXT(room), P_TEXT(after), P_INT((int64_t)limit)), &row);
    if (!err)
        *ret_json = db_text(row, 0);
    return err;
}
