#include "khoacu/marking/lead.h"

#include "khoacu/ledger/ledger.h"
#include "settlement_db.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define PARTS_MAX 102
#define PROGRESS_ROWS_MAX 20000
#define CASES_MAX 100
#define CYCLES_MAX 1000
#define KINSHIPS_MAX 20000

/* ---- progress ---- */

static enum err take_part(void *ctx, const struct db_row *row) {
    struct marking_progress *p = ctx;
    p->parts[p->part_count++] = (struct marking_progress_part){.component = db_text(row, 0),
                                                               .question = db_int(row, 1),
                                                               .scripts = db_int(row, 2),
                                                               .settled = db_int(row, 3),
                                                               .assigned = db_int(row, 4),
                                                               .final = db_int(row, 5),
                                                               .waiting_marks = db_int(row, 6),
                                                               .dialogues = db_int(row, 7),
                                                               .heads = db_int(row, 8),
                                                               .chairs = db_int(row, 9),
                                                               .collectives = db_int(row, 10)};
    return ERR_NONE;
}

static enum err take_marker(void *ctx, const struct db_row *row) {
    struct marking_progress *p = ctx;
    struct marking_progress_marker *m = &p->markers[p->marker_count++];
    *m = (struct marking_progress_marker){.marker_id = db_int(row, 0),
                                          .login_name = db_text(row, 1),
                                          .full_name = db_text(row, 2),
                                          .component = db_text(row, 3),
                                          .assigned = db_int(row, 4),
                                          .marked = db_int(row, 5),
                                          .final = db_int(row, 6),
                                          .median_s = db_int(row, 7),
                                          .last_final_us = db_time(row, 8),
                                          .leased = db_int(row, 9),
                                          .given_back = db_int(row, 10)};
    m->seconds_left = (m->assigned - m->final) * m->median_s;
    for (size_t i = 0; i < p->part_count; i++)
        if (strcmp(p->parts[i].component, m->component) == 0 && m->seconds_left > p->parts[i].seconds_left)
            p->parts[i].seconds_left = m->seconds_left;
    return ERR_NONE;
}

enum err marking_progress_read(struct db *db, struct arena *arena, const char *cycle_code, struct marking_progress *ret_progress) {
    struct marking_progress progress = {.parts = ARENA_ARRAY(arena, PARTS_MAX, struct marking_progress_part),
                                        .markers = ARENA_ARRAY(arena, PROGRESS_ROWS_MAX, struct marking_progress_marker)};
    struct marking_freeze freeze;
    if (arena->failed)
        return ERR_MEMORY;
    enum err err = marking_freeze_read(db, arena, cycle_code, &freeze);
    progress.found = err == ERR_NONE && freeze.found;
    if (err == ERR_NONE && progress.found)
        err = db_many(db, arena, DB_MARKING_PROGRESS_PARTS, DB_PARAMS(P_INT(freeze.cycle_id)), PARTS_MAX, take_part, &progress);
    if (err == ERR_NONE && progress.found)
        err = db_many(db, arena, DB_MARKING_PROGRESS_MARKERS, DB_PARAMS(P_INT(freeze.cycle_id)), PROGRESS_ROWS_MAX, take_marker, &progress);
    if (err == ERR_NONE)
        *ret_progress = progress;
    return err;
}

/* ---- cases ---- */

struct listing {
    struct marking_cases *cases;
    struct arena *arena;
    size_t limit;
    int64_t ids[CASES_MAX];
};

static enum err take_case(void *ctx, const struct db_row *row) {
    struct listing *l = ctx;
    if (l->cases->count == l->limit) {
        l->cases->more = true;
        return ERR_NONE;
    }
    l->ids[l->cases->count] = db_int(row, 0);
    l->cases->list[l->cases->count++] = (struct marking_case){.blind_id = db_int(row, 0),
                                                              .cycle_code = db_text(row, 1),
                                                              .component = db_text(row, 2),
                                                              .question = db_int(row, 3),
                                                              .max = db_hundredths(row, 4),
                                                              .next = db_text(row, 5),
                                                              .stage = db_text(row, 6),
                                                              .tier = db_int(row, 7),
                                                              .gap = db_hundredths(row, 8),
                                                              .called_us = db_time(row, 9),
                                                              .settled_status = db_text(row, 10),
                                                              .settled_value = db_hundredths(row, 11),
                                                              .why = db_text(row, 12)};
    return ERR_NONE;
}

static struct marking_case *case_of(struct listing *l, int64_t blind_id) {
    for (size_t i = 0; i < l->cases->count; i++)
        if (l->ids[i] == blind_id)
            return &l->cases->list[i];
    return NULL;
}

static enum err take_mark(void *ctx, const struct db_row *row) {
    struct marking_case *of = case_of(ctx, db_int(row, 0));
    if (!of || of->mark_count == MARKING_FINALS_MAX)
        return ERR_STATE;
    struct marking_case_mark *mark = &of->marks[of->mark_count++];
    mark->login_name = db_text(row, 5);
    mark->reason = db_text(row, 6);
    mark->gave_way = db_bool(row, 7);
    return marking_db_final(row, 1, &mark->mark);
}

static enum err take_waiting(void *ctx, const struct db_row *row) {
    struct marking_case *of = case_of(ctx, db_int(row, 0));
    if (!of || of->waiting_count == MARKING_FINALS_MAX)
        return ERR_STATE;
    of->waiting[of->waiting_count++] = (struct marking_case_waiting){
        .marking_round = db_int(row, 1), .login_name = db_text(row, 2), .full_name = db_text(row, 3), .leased = db_bool(row, 4)};
    return ERR_NONE;
}

static enum err take_word(void *ctx, const struct db_row *row) {
    struct listing *l = ctx;
    struct marking_case *of = case_of(l, db_int(row, 0));
    if (!of || of->word_count == MARKING_WORDS_MAX)
        return ERR_STATE;
    if (!of->words) {
        of->words = ARENA_ARRAY(l->arena, MARKING_WORDS_MAX, struct marking_word);
        of->speakers = ARENA_ARRAY(l->arena, MARKING_WORDS_MAX, const char *);
        if (l->arena->failed)
            return ERR_MEMORY;
    }
    of->speakers[of->word_count] = db_text(row, 8);
    return marking_db_word(row, 1, &of->words[of->word_count++]);
}

enum err marking_cases_read(struct db *db, struct arena *arena, const struct marking_case_query *query,
                            struct marking_cases *ret_cases) {
    static const char *const VIEWS[] = {"lead", "chair", "dialogues"};
    if (query->limit < 1 || query->limit > CASES_MAX)
        return ERR_RANGE;
    struct marking_cases cases = {.list = ARENA_ARRAY(arena, query->limit, struct marking_case)};
    struct listing listing = {.cases = &cases, .arena = arena, .limit = query->limit};
    if (!cases.list)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_MARKING_CASES,
                           DB_PARAMS(P_TEXT(VIEWS[query->view]), P_TEXT(query->cycle_code), P_TEXT(query->next), P_BOOL(query->settled),
                                     P_INT(query->staff_id), P_INT(query->after), P_INT((int64_t)query->limit + 1)),
                           query->limit + 1, take_case, &listing);
    if (err == ERR_NONE)
        err = db_many(db, arena, DB_MARKING_CASE_MARKS, DB_PARAMS(P_INTS(listing.ids, cases.count), P_BOOL(query->view == MARKING_CASES_LEAD)),
                      CASES_MAX * MARKING_FINALS_MAX, take_mark, &listing);
    if (err == ERR_NONE && query->view == MARKING_CASES_LEAD)
        err = db_many(db, arena, DB_MARKING_CASE_WAITING, DB_PARAMS(P_INTS(listing.ids, cases.count)), CASES_MAX * MARKING_FINALS_MAX,
                      take_waiting, &listing);
    if (err == ERR_NONE)
        err = db_many(db, arena, DB_MARKING_CASE_WORDS, DB_PARAMS(P_INTS(listing.ids, cases.count)), CASES_MAX * MARKING_WORDS_MAX,
                      take_word, &listing);
    if (err == ERR_NONE)
        *ret_cases = cases;
    return err;
}

static enum err take_id(void *ctx, const struct db_row *row) {
    *(int64_t *)ctx = db_int(row, 0);
    return ERR_NONE;
}

enum err marking_lead_replace(struct db *db, struct arena *arena, int64_t staff_id, int64_t blind_id, const char *login_name,
                              const char *reason, int64_t now_us, enum marking_replace_verdict *ret_verdict) {
    struct marking_handover handover = {.blind_id = blind_id, .actor_id = staff_id, .now_us = now_us, .why = MARKING_REPLACE_CHIEF, .reason = reason};
    enum err err = db_many(db, arena, DB_MARKING_STAFF_FIND, DB_PARAMS(P_TEXT(login_name)), 1, take_id, &handover.marker_id);
    return err == ERR_NONE ? marking_script_hand_over(db, arena, &handover, ret_verdict) : err;
}

struct drawing_again {
    struct arena *arena;
    int64_t staff_id, blind_id, now_us;
    const char *reason, *outcome;
};

static enum err draw_again_body(void *ctx, struct db *db) {
    struct drawing_again *d = ctx;
    enum err err = marking_script_resume(db, d->blind_id, d->now_us, &d->outcome);
    if (err != ERR_NONE || strcmp(d->outcome, "kept") != 0)
        return err == ERR_NONE ? DB_ROLLBACK : err;
    return ledger_append(db, d->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(d->staff_id),
                                                .act = "marking.draw_again",
                                                .subject_kind = "script",
                                                .subject_id = d->blind_id,
                                                .reason = d->reason,
                                                .at_us = d->now_us});
}

enum err marking_lead_draw_again(struct db *db, struct arena *arena, int64_t staff_id, int64_t blind_id, const char *reason, int64_t now_us,
                                 enum marking_replace_verdict *ret_verdict) {
    struct drawing_again d = {.arena = arena, .staff_id = staff_id, .blind_id = blind_id, .now_us = now_us, .reason = reason};
    enum err err = db_transact(db, draw_again_body, &d);
    if (err == ERR_NONE)
        *ret_verdict = strcmp(d.outcome, "kept") == 0 ? MARKING_REPLACED : MARKING_REPLACE_NOBODY;
    else if (err == ERR_DB_NO_ROW) {
        *ret_verdict = MARKING_REPLACE_NOT_ASSIGNED;
        err = ERR_NONE;
    }
    return err;
}

/* ---- cycles ---- */

struct each_cycle {
    marking_cycle_fn *each;
    void *ctx;
};

static enum err take_cycle(void *ctx, const struct db_row *row) {
    const struct each_cycle *e = ctx;
    return e->each(e->ctx, &(struct marking_cycle){.code = db_text(row, 0),
                                                   .title_vi = db_text(row, 1),
                                                   .title_en = db_text(row, 2),
                                                   .state = db_text(row, 3),
                                                   .opened = db_bool(row, 4),
                                                   .frozen = db_bool(row, 5)});
}

enum err marking_cycles_each(struct db *db, struct arena *arena, marking_cycle_fn *each, void *ctx) {
    struct each_cycle e = {.each = each, .ctx = ctx};
    return db_many(db, arena, DB_MARKING_CYCLES, DB_NO_PARAMS, CYCLES_MAX, take_cycle, &e);
}

/* ---- ties ---- */

struct declaring {
    struct arena *arena;
    int64_t staff_id, now_us;
    const char *cycle_code;
    const struct marking_kinship *kinship;
    enum marking_kinship_verdict verdict;
};

static enum err declare_body(void *ctx, struct db *db) {
    struct declaring *d = ctx;
    const struct db_row *row = NULL;
    int64_t added = 0;
    enum err err = db_one(db, d->arena, DB_MARKING_KINSHIP_FACTS,
                          DB_PARAMS(P_TEXT(d->cycle_code), P_TEXT(d->kinship->login_name), P_TEXT(d->kinship->roll_number)), &row);
    if (err != ERR_NONE)
        return err;
    int64_t cycle_id = db_int(row, 0), marker_id = db_int(row, 1), candidate_id = db_int(row, 2);
    d->verdict = cycle_id == 0                 ? MARKING_KINSHIP_NO_CYCLE
                 : marker_id == 0              ? MARKING_KINSHIP_NO_MARKER
                 : candidate_id == 0           ? MARKING_KINSHIP_NO_CANDIDATE
                 : db_bool(row, 3)             ? MARKING_KINSHIP_LATE
                 : marker_id == d->staff_id    ? MARKING_KINSHIP_OWN
                                               : MARKING_KINSHIP_DECLARED;
    if (d->verdict != MARKING_KINSHIP_DECLARED)
        return DB_ROLLBACK;
    err = db_run(db, DB_MARKING_KINSHIP_INSERT,
                 DB_PARAMS(P_INT(marker_id), P_INT(candidate_id), P_INT(cycle_id), P_TEXT(d->kinship->relation), P_INT(d->staff_id)), &added);
    if (err != ERR_NONE || added == 0)
        return err == ERR_NONE ? DB_ROLLBACK : err;
    return ledger_append(db, d->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(d->staff_id),
                                                .act = "marking.kinship",
                                                .subject_kind = "staff",
                                                .subject_id = marker_id,
                                                .at_us = d->now_us});
}

enum err marking_kinship_declare(struct db *db, struct arena *arena, int64_t staff_id, const char *cycle_code,
                                 const struct marking_kinship *kinship, int64_t now_us, enum marking_kinship_verdict *ret_verdict) {
    struct declaring d = {.arena = arena, .staff_id = staff_id, .now_us = now_us, .cycle_code = cycle_code, .kinship = kinship};
    enum err err = db_transact(db, declare_body, &d);
    if (err == ERR_NONE)
        *ret_verdict = d.verdict;
    return err;
}

struct each_kinship {
    marking_kinship_fn *each;
    void *ctx;
};

static enum err take_kinship(void *ctx, const struct db_row *row) {
    const struct each_kinship *e = ctx;
    return e->each(e->ctx, &(struct marking_kinship){.login_name = db_text(row, 0),
                                                     .roll_number = db_text(row, 1),
                                                     .relation = db_text(row, 2),
                                                     .declared_by = db_text(row, 3),
                                                     .declared_us = db_time(row, 4)});
}

enum err marking_kinships_each(struct db *db, struct arena *arena, const char *cycle_code, marking_kinship_fn *each, void *ctx) {
    struct each_kinship e = {.each = each, .ctx = ctx};
    return db_many(db, arena, DB_MARKING_KINSHIPS, DB_PARAMS(P_TEXT(cycle_code)), KINSHIPS_MAX, take_kinship, &e);
}
