#include "khoacu/result/rekey.h"

#include "result_db.h"
#include "result_private.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/clock.h"
#include "khoacu/ledger/ledger.h"
#include "khoacu/score/rekey.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define COUNT_ARENA_MAX ((size_t)32 << 20)
#define CHUNK 2000

struct place {
    int64_t id;
    uint32_t at;
};
/* One candidate by both keys. */
struct both {
    int64_t before, after; /* right answers; -1: not counted */
    bool of_form, passed_before, passed_after;
};
struct previewing {
    struct arena *arena;
    const struct score_job *job;
    struct score_progress *progress;
    struct rekey_proposal proposal;
    struct score_key *key_before, *key_after;
    struct result_cycle cycle;
    struct result_collected collected;
    struct rank_pack rules_before, rules_after; /* with the questions of this form */
    uint8_t computer;
    struct place *places;
    struct both *rows;
    struct rank_result list_before, list_after;
    bool listed;
    const char *why, *message;
    int64_t candidates, changed, passes, falls, selected, deselected, moved;
};

/* ---- both counts ---- */

static int compare_places(const void *a, const void *b) {
    int64_t of_a = ((const struct place *)a)->id, of_b = ((const struct place *)b)->id;
    return (of_a > of_b) - (of_a < of_b);
}

static enum err index_candidates(struct previewing *p) {
    uint32_t count = p->collected.field.inputs.candidate_count;
    p->places = ARENA_ARRAY(p->arena, count, struct place);
    p->rows = ARENA_ARRAY(p->arena, count, struct both);
    if (!p->places || !p->rows)
        return ERR_MEMORY;
    for (uint32_t i = 0; i < count; i++) {
        p->places[i] = (struct place){.id = p->collected.candidate_ids[i], .at = i};
        p->rows[i] = (struct both){.before = -1, .after = -1};
    }
    qsort(p->places, count, sizeof *p->places, compare_places);
    return ERR_NONE;
}

static enum err count_sitting(void *ctx, const struct rekey_sitting *sitting) {
    struct previewing *p = ctx;
    struct arena arena CLEANUP(arena_release);
    struct score_count before, after;
    arena_init(&arena, COUNT_ARENA_MAX);
    const struct place key = {.id = sitting->candidate_id};
    const struct place *found = bsearch(&key, p->places, p->collected.field.inputs.candidate_count, sizeof *p->places, compare_places);
    if (!found)
        return ERR_NONE;
    struct both *row = &p->rows[found->at];
    row->of_form = true;
    if (sitting->absent)
        return ERR_NONE;
    score_count(&arena, p->key_before, &sitting->answers, &before);
    score_count(&arena, p->key_after, &sitting->answers, &after);
    row->before = before.correct;
    row->after = after.correct;
    p->candidates++;
    p->changed += before.correct != after.correct;
    return arena.failed ? ERR_MEMORY : ERR_NONE;
}

/* Whether the stage of the computer test is passed with that number of right answers. */
static bool passes(const struct previewing *p, const struct rank_pack *rules, uint32_t candidate, int64_t correct) {
    const struct result_field *f = &p->collected.field;
    size_t at = (size_t)candidate * f->rules.component_count;
    int64_t values[RANK_COMPONENTS_MAX];
    memcpy(values, f->values + at, f->rules.component_count * sizeof *values);
    values[p->computer] = correct;
    return correct >= 0 && rank_stage_passed(rules, rules->components[p->computer].stage, values, f->statuses + at);
}

static void judge(struct previewing *p) {
    for (uint32_t i = 0; i < p->collected.field.inputs.candidate_count; i++) {
        struct both *row = &p->rows[i];
        row->passed_before = passes(p, &p->rules_before, i, row->before);
        row->passed_after = passes(p, &p->rules_after, i, row->after);
        p->passes += !row->passed_before && row->passed_after;
        p->falls += row->passed_before && !row->passed_after;
    }
}

/* ---- both lists ---- */

/* Whether everybody who counts would count as many questions. */
static bool is_even(const struct previewing *p) {
    const struct result_field *f = &p->collected.field;
    if (p->key_before->dropped == p->key_after->dropped)
        return true;
    for (uint32_t i = 0; i < f->inputs.candidate_count; i++)
        if (!p->rows[i].of_form && f->statuses[(size_t)i * f->rules.component_count + p->computer] == RANK_STATUS_VALUE)
            return false;
    return true;
}

static enum err rank_both(struct previewing *p) {
    struct result_field *f = &p->collected.field;
    size_t width = f->rules.component_count, count = f->inputs.candidate_count;
    struct rank_misfit misfit;
    struct rank_inputs inputs = f->inputs;
    int64_t *values = ARENA_ARRAY(p->arena, count * width, int64_t);
    if (!values)
        return ERR_MEMORY;
    memcpy(values, f->values, count * width * sizeof *values);
    for (size_t i = 0; i < count; i++)
        if (p->rows[i].after >= 0 && f->statuses[i * width + p->computer] == RANK_STATUS_VALUE)
            values[i * width + p->computer] = p->rows[i].after;
    inputs.values = values;
    inputs.pack = &p->rules_after;
    enum err err = rank_run(&f->inputs, &p->list_before, &misfit);
    if (err == ERR_NONE)
        err = rank_run(&inputs, &p->list_after, &misfit);
    if (err == ERR_RANGE) {
        p->why = arena_printf(p->arena, "%s: %s", misfit.path, misfit.reason);
        return p->why ? ERR_NONE : ERR_MEMORY;
    }
    p->listed = err == ERR_NONE;
    for (size_t i = 0; p->listed && i < count; i++) {
        const struct rank_decision *a = &p->list_before.decisions[i], *b = &p->list_after.decisions[i];
        p->selected += a->outcome != RANK_SELECTED && b->outcome == RANK_SELECTED;
        p->deselected += a->outcome == RANK_SELECTED && b->outcome != RANK_SELECTED;
        p->moved += a->place != b->place;
    }
    return err;
}

/* ---- what is kept ---- */

struct chunk {
    int64_t candidates[CHUNK], before[CHUNK], after[CHUNK], passed_before[CHUNK], passed_after[CHUNK], rank_before[CHUNK], rank_after[CHUNK];
    const char *outcome_before[CHUNK], *outcome_after[CHUNK];
    size_t count;
};

static enum err insert_chunk(struct chunk *c, struct db *db, int64_t proposal_id) {
    size_t n = c->count;
    c->count = 0;
    if (n == 0)
        return ERR_NONE;
    return db_run(db, DB_REKEY_PREVIEW_ROWS_INSERT,
                  DB_PARAMS(P_INT(proposal_id), P_INTS(c->candidates, n), P_INTS(c->before, n), P_INTS(c->after, n), P_INTS(c->passed_before, n),
                            P_INTS(c->passed_after, n), P_TEXTS(c->outcome_before, n), P_TEXTS(c->outcome_after, n), P_INTS(c->rank_before, n),
                            P_INTS(c->rank_after, n)),
                  NULL);
}

static enum err insert_rows(struct previewing *p, struct db *db) {
    struct chunk *c = ARENA_NEW(p->arena, struct chunk);
    enum err err = c ? ERR_NONE : ERR_MEMORY;
    for (uint32_t i = 0; i < p->collected.field.inputs.candidate_count && err == ERR_NONE; i++) {
        const struct both *row = &p->rows[i];
        const struct rank_decision none = {.outcome = 0}, *a = p->listed ? &p->list_before.decisions[i] : &none,
                                   *b = p->listed ? &p->list_after.decisions[i] : &none;
        if (!row->of_form && a->outcome == b->outcome && a->place == b->place)
            continue;
        size_t n = c->count++;
        c->candidates[n] = p->collected.candidate_ids[i];
        c->before[n] = row->before;
        c->after[n] = row->after;
        c->passed_before[n] = row->passed_before;
        c->passed_after[n] = row->passed_after;
        c->outcome_before[n] = p->listed ? rank_outcome_key(a->outcome) : "";
        c->outcome_after[n] = p->listed ? rank_outcome_key(b->outcome) : "";
        c->rank_before[n] = a->place;
        c->rank_after[n] = b->place;
        if (c->count == CHUNK)
            err = insert_chunk(c, db, p->proposal.proposal_id);
    }
    return err == ERR_NONE ? insert_chunk(c, db, p->proposal.proposal_id) : err;
}

static void member_listed(struct json_writer *w, const struct previewing *p, const char *name, int64_t number) {
    json_put_key(w, name);
    if (p->listed)
        json_put_int(w, number);
    else
        json_put_null(w);
}

static enum err insert_report(struct previewing *p, struct db *db) {
    struct buf report CLEANUP(buf_release);
    struct json_writer w;
    buf_init(&report, 65000);
    json_writer_init(&w, &report);
    json_open_object(&w);
    json_member_int(&w, "candidates", p->candidates);
    json_member_int(&w, "changed", p->changed);
    json_member_int(&w, "questions_before", p->key_before->count - p->key_before->dropped);
    json_member_int(&w, "questions_after", p->key_after->count - p->key_after->dropped);
    json_member_int(&w, "passes", p->passes);
    json_member_int(&w, "falls", p->falls);
    json_member_text(&w, "why", p->why);
    member_listed(&w, p, "selected", p->selected);
    member_listed(&w, p, "deselected", p->deselected);
    member_listed(&w, p, "moved", p->moved);
    json_close_object(&w);
    if (report.failed)
        return ERR_LIMIT;
    return db_run(db, DB_REKEY_PREVIEW_INSERT, DB_PARAMS(P_INT(p->proposal.proposal_id), P_TEXT(report.data), P_TIME(clock_now_us())), NULL);
}

/* The map of blind codes is opened for it: each time it is written down. */
static enum err log_opening(const struct previewing *p, struct db *db) {
    return ledger_append(db, p->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(p->job->requested_by),
                                                .act = "marking.map_open",
                                                .subject_kind = "cycle",
                                                .subject_id = p->proposal.cycle_id,
                                                .reason = p->proposal.reason,
                                                .at_us = p->job->requested_us});
}

/* ---- the work ---- */

/* Rules with as many questions as the key counts. */
static enum err bind(struct previewing *p, const struct score_key *key, struct rank_pack *ret_rules) {
    struct rank_misfit misfit;
    struct cycle_pack_scales scales = p->cycle.scales;
    const struct cycle_pack *pack = p->collected.field.pack;
    scales.max[CYCLE_PACK_COMPUTER] = pack->rank.components[p->computer].max - key->dropped;
    enum err err = cycle_pack_bind(pack, &scales, ret_rules, &misfit);
    if (err == ERR_RANGE || key->count != pack->rank.components[p->computer].max) {
        p->message = "pack-unfit";
        return ERR_NONE;
    }
    return err;
}

static enum err collect(struct previewing *p, struct db *db) {
    const struct db_row *row = NULL;
    bool frozen = false;
    enum err err = result_db_cycle_read(db, p->arena, p->proposal.cycle_id, &p->cycle);
    if (err == ERR_NONE)
        err = result_db_frozen(db, p->arena, p->proposal.cycle_id, &frozen);
    if (err == ERR_NONE)
        err = db_one(db, p->arena, DB_REKEY_LIST_EXISTS, DB_PARAMS(P_INT(p->proposal.cycle_id)), &row);
    if (err != ERR_NONE)
        return err;
    p->why = !frozen ? "not-frozen" : !db_bool(row, 0) ? "no-list" : "";
    err = result_db_collect(db, p->arena, &p->cycle, *p->why ? RESULT_MARKS_NONE : RESULT_MARKS_ALL, &p->collected);
    if (err == ERR_NONE && !*p->why)
        err = log_opening(p, db);
    if (err == ERR_NONE && strcmp(p->collected.message, "pack-unfit") == 0)
        p->message = "pack-unfit";
    if (err == ERR_NONE && !*p->why)
        p->why = p->collected.rescoring ? "rescore-pending" : p->collected.message;
    p->computer = p->collected.field.pack ? cycle_pack_component(p->collected.field.pack, CYCLE_PACK_COMPUTER) : RANK_NONE;
    if (p->computer == RANK_NONE)
        p->message = "pack-unfit";
    return err;
}

static enum err compare(struct previewing *p, struct db *db) {
    enum err err = bind(p, p->key_before, &p->rules_before);
    if (err == ERR_NONE && !*p->message)
        err = bind(p, p->key_after, &p->rules_after);
    if (err != ERR_NONE || *p->message)
        return err;
    err = index_candidates(p);
    if (err == ERR_NONE)
        err = rekey_walk(db, p->proposal.form_id, count_sitting, p);
    if (err != ERR_NONE)
        return err;
    judge(p);
    if (!*p->why && !is_even(p))
        p->why = "questions-differ";
    return *p->why ? ERR_NONE : rank_both(p);
}

static void forget(struct previewing *p) {
    rank_result_release(&p->list_before);
    rank_result_release(&p->list_after);
    p->listed = false;
    p->message = p->why = "";
    p->collected = (struct result_collected){0};
    p->candidates = p->changed = p->passes = p->falls = p->selected = p->deselected = p->moved = 0;
}

static enum err preview_body(void *ctx, struct db *db) {
    struct previewing *p = ctx;
    const struct db_row *row = NULL;
    forget(p);
    enum err err = db_one(db, p->arena, DB_REKEY_PREVIEW_EXISTS, DB_PARAMS(P_INT(p->proposal.proposal_id)), &row);
    if (err != ERR_NONE || db_bool(row, 0))
        return err == ERR_NONE ? DB_ROLLBACK : err; /* done by an earlier attempt */
    err = rekey_proposal_read(db, p->arena, p->job->subject_id, &p->proposal);
    if (err == ERR_NONE)
        err = score_key_read(db, p->progress->vault, p->arena, p->proposal.form_id, p->key_before);
    if (err == ERR_NONE && p->key_before->version != p->proposal.base_version)
        p->message = "decided";
    *p->key_after = *p->key_before;
    if (err == ERR_NONE && !*p->message)
        err = rekey_change(p->arena, p->key_after, p->proposal.rows, p->proposal.count);
    if (err == ERR_NONE && !*p->message)
        err = collect(p, db);
    if (err == ERR_NONE && !*p->message)
        err = compare(p, db);
    if (err != ERR_NONE || *p->message)
        return err == ERR_NONE ? DB_ROLLBACK : err;
    err = insert_rows(p, db);
    return err == ERR_NONE ? insert_report(p, db) : err;
}

enum err result_job_key_preview(struct db *db, struct arena *arena, const struct score_job *job, struct score_progress *progress,
                                const char **ret_message) {
    struct previewing *p = ARENA_NEW(arena, struct previewing);
    if (!p)
        return ERR_MEMORY;
    *p = (struct previewing){.arena = arena, .job = job, .progress = progress, .message = ""};
    p->key_before = ARENA_NEW(arena, struct score_key);
    p->key_after = ARENA_NEW(arena, struct score_key);
    if (!p->key_before || !p->key_after)
        return ERR_MEMORY;
    enum err err = score_progress_set(progress, 0, 1);
    if (err == ERR_NONE)
        err = rekey_proposal_read(db, arena, job->subject_id, &p->proposal);
    if (err == ERR_NONE)
        err = db_transact(db, preview_body, p);
    if (err == ERR_NONE && !*p->message)
        err = score_progress_set(progress, 1, 1);
    rank_result_release(&p->list_before);
    rank_result_release(&p->list_after);
    if (err == ERR_NONE)
        *ret_message = p->message;
    return err;
}
