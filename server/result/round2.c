#include "result_db.h"
#include "round2_content.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/ledger/ledger.h"
#include "khoacu/marking/marking.h"
#include "khoacu/marking/scan.h"
#include "khoacu/marking/settlement.h"

#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define EXAMINERS_MAX 2000

/* ---- the request ---- */

struct asking {
    struct arena *arena;
    int64_t staff_id, now_us;
    const char *cycle_code;
    const char *const *logins;
    size_t login_count;
    int64_t ids[EXAMINERS_MAX];
    const char *names[EXAMINERS_MAX];
    size_t id_count;
    enum result_round2_verdict verdict;
    int64_t job_id, missing;
    const char *unknown;
};

static enum err take_examiner(void *ctx, const struct db_row *row) {
    struct asking *a = ctx;
    a->ids[a->id_count] = db_int(row, 0);
    a->names[a->id_count++] = db_text(row, 1);
    return ERR_NONE;
}

/* The first log-in name that is not among the examiners found, or NULL. */
static const char *first_unknown(const struct asking *a) {
    for (size_t i = 0; i < a->login_count; i++) {
        bool known = false;
        for (size_t k = 0; k < a->id_count && !known; k++)
            known = strcmp(a->names[k], a->logins[i]) == 0;
        if (!known)
            return a->logins[i];
    }
    return NULL;
}

/* What of round 2 opens next. */
struct plan {
    bool open;       /* nothing is left to open */
    bool next_stage; /* the one behind the written part, whose marks are frozen first */
    int64_t missing; /* candidates that are not counted, or scripts of the written part that are not settled */
};
static enum err make_plan(struct db *db, struct arena *arena, const struct result_cycle *cycle, struct plan *ret_plan) {
    struct result_field *field = ARENA_NEW(arena, struct result_field);
    struct rank_misfit misfit = {0};
    struct plan plan = {0};
    bool frozen = false;
    if (!field)
        return ERR_MEMORY;
    enum err err = marking_scripts_exist(db, arena, cycle->cycle_id, &plan.open);
    if (err == ERR_NONE)
        err = result_db_rules_read(db, arena, cycle, field, &misfit);
    if (err != ERR_NONE)
        return err;
    if (!plan.open && cycle_pack_component(field->pack, CYCLE_PACK_COMPUTER) != RANK_NONE)
        err = result_db_scores_missing(db, arena, cycle->cycle_id, &plan.missing);
    if (plan.open && !*misfit.reason && cycle_pack_staged(field->pack, &field->rules)) {
        err = marking_part_read(db, arena, cycle->cycle_id, cycle_pack_source_key(CYCLE_PACK_WRITTEN), &plan.missing, &frozen);
        plan.next_stage = !frozen;
        plan.open = frozen;
    }
    if (err == ERR_NONE)
        *ret_plan = plan;
    return err;
}

/* Whether round 2, or its next stage, may be opened; sets the verdict. */
static enum err judge(struct asking *a, struct db *db, int64_t cycle_id, bool *ret_may) {
    struct result_cycle cycle;
    struct plan plan = {0};
    *ret_may = false;
    enum err err = result_db_cycle_read(db, a->arena, cycle_id, &cycle);
    if (err == ERR_NONE)
        err = make_plan(db, a->arena, &cycle, &plan);
    a->missing = plan.missing;
    if (err == ERR_NONE)
        err = db_many(db, a->arena, DB_RESULT_EXAMINERS, DB_PARAMS(P_TEXTS(a->logins, a->login_count)), EXAMINERS_MAX,
                      take_examiner, a);
    if (err != ERR_NONE)
        return err;
    a->unknown = first_unknown(a);
    if (plan.open)
        a->verdict = RESULT_ROUND2_OPEN;
    else if (a->missing > 0)
        a->verdict = plan.next_stage ? RESULT_ROUND2_UNSETTLED : RESULT_ROUND2_INCOMPLETE;
    else if (a->unknown)
        a->verdict = RESULT_ROUND2_NOT_EXAMINER;
    else if (a->id_count == 0)
        a->verdict = RESULT_ROUND2_NO_EXAMINERS;
    else
        *ret_may = true;
    return ERR_NONE;
}

static enum err enqueue(struct asking *a, struct db *db, int64_t cycle_id) {
    struct buf arguments CLEANUP(buf_release);
    struct json_writer w;
    bool found = false;
    buf_init(&arguments, 65000);
    json_writer_init(&w, &arguments);
    json_open_object(&w);
    json_put_key(&w, "examiners");
    json_open_array(&w);
    for (size_t i = 0; i < a->id_count; i++)
        json_put_id(&w, a->ids[i]);
    json_close_array(&w);
    json_close_object(&w);
    if (arguments.failed)
        return ERR_LIMIT;
    enum err err = score_job_enqueue(db, a->arena, SCORE_JOB_ROUND2_OPEN, cycle_id, cycle_id, a->staff_id,
                                     arguments.data, a->now_us, &a->job_id, &found);
    const char *details = arena_printf(a->arena, "{\"cycle\":\"%s\",\"examiners\":%zu}", a->cycle_code, a->id_count);
    if (err != ERR_NONE || !details || found)
        return err != ERR_NONE ? err : (details ? ERR_NONE : ERR_MEMORY);
    return ledger_append(db, a->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(a->staff_id),
                                                .act = "result.marking_request",
                                                .subject_kind = "cycle",
                                                .subject_id = cycle_id,
                                                .details = details,
                                                .at_us = a->now_us});
}

static enum err ask_body(void *ctx, struct db *db) {
    struct asking *a = ctx;
    int64_t cycle_id = 0;
    bool may = false;
    a->id_count = 0;
    a->verdict = RESULT_ROUND2_NO_CYCLE;
    enum err err = result_db_cycle_find(db, a->arena, a->cycle_code, &cycle_id);
    if (err == ERR_NONE && cycle_id != 0)
        err = judge(a, db, cycle_id, &may);
    if (err != ERR_NONE || !may)
        return err == ERR_NONE ? DB_ROLLBACK : err;
    a->verdict = RESULT_ROUND2_REQUESTED;
    return enqueue(a, db, cycle_id);
}

enum err result_round2_request(struct db *db, struct arena *arena, int64_t staff_id, const char *cycle_code,
                               const char *const *logins, size_t login_count, int64_t now_us,
                               enum result_round2_verdict *ret_verdict, int64_t *ret_job_id, int64_t *ret_missing,
                               const char **ret_login) {
    struct asking *a = ARENA_NEW(arena, struct asking);
    if (!a || login_count > EXAMINERS_MAX)
        return a ? ERR_LIMIT : ERR_MEMORY;
    a->arena = arena;
    a->staff_id = staff_id;
    a->now_us = now_us;
    a->cycle_code = cycle_code;
    a->logins = logins;
    a->login_count = login_count;
    enum err err = db_transact(db, ask_body, a);
    if (err != ERR_NONE)
        return err;
    *ret_verdict = a->verdict;
    *ret_job_id = a->job_id;
    *ret_missing = a->missing;
    *ret_login = a->unknown;
    return ERR_NONE;
}

/* ---- the work ---- */

struct opening {
    struct arena *arena;
    const struct score_job *job;
    struct bank_vault *vault;
    const int64_t *markers;
    size_t marker_count;
    const char *message;
    size_t passed;
    bool next_stage;
};

/* Whether a component is marked in the stage that opens. */
static bool opens(const struct result_field *f, uint8_t component, bool next_stage) {
    uint8_t source = f->pack->parts[component].source;
    if ((source != CYCLE_PACK_WRITTEN && source != CYCLE_PACK_INTERVIEW) || f->rules.components[component].max == 0)
        return false;
    bool behind = source == CYCLE_PACK_INTERVIEW && cycle_pack_staged(f->pack, &f->rules);
    return behind == next_stage;
}

/* The stage that is marked: everything before it must be passed. */
static uint8_t marked_stage(const struct result_field *field, bool next_stage) {
    uint8_t first = field->rules.stage_count;
    for (uint8_t i = 0; i < field->rules.component_count; i++)
        if (opens(field, i, next_stage) && field->rules.components[i].stage < first)
            first = field->rules.components[i].stage;
    return first;
}

/* Whether the post of a candidate has as many as the pack asks for; the ranking says «not held» of the others. */
static bool held(const struct result_field *f, const uint32_t *field_sizes, uint32_t candidate) {
    return field_sizes[f->candidates[candidate].post] >= (uint32_t)f->rules.field_min;
}

static size_t select_passed(struct arena *arena, const struct result_collected *c, bool next_stage, int64_t *ret_ids) {
    const struct result_field *f = &c->field;
    uint8_t stages = marked_stage(f, next_stage);
    uint32_t *sizes = ARENA_ARRAY(arena, f->inputs.post_count + 1, uint32_t);
    size_t count = 0;
    for (uint32_t i = 0; sizes && i < f->inputs.candidate_count; i++)
        sizes[f->candidates[i].post] += !f->candidates[i].withdrawn;
    for (uint32_t i = 0; i < f->inputs.candidate_count; i++) {
        size_t row = (size_t)i * f->rules.component_count;
        bool passed = sizes && held(f, sizes, i);
        for (uint8_t stage = 0; stage < stages && passed; stage++)
            passed = rank_stage_passed(&f->rules, stage, f->values + row, f->statuses + row);
        if (passed)
            ret_ids[count++] = c->candidate_ids[i];
    }
    return count;
}

/* A part and how many mark each of its scripts; more than two are a panel, for which no lot is drawn. */
static struct marking_part part_of(const struct result_field *f, uint8_t component) {
    struct settle_scheme fallback;
    const char *key = cycle_pack_source_key(f->pack->parts[component].source);
    const struct settle_scheme *scheme = marking_scheme(f->pack, key, &fallback);
    return (struct marking_part){.component = key,
                                 .mark_max = f->rules.components[component].max,
                                 .mark_step = f->pack->parts[component].step,
                                 .per_script = scheme->marks <= 2 ? scheme->marks : 0};
}

static enum err open_parts(struct opening *o, struct db *db, const int64_t *passed, struct marking_part *parts, size_t part_count) {
    struct round2_content *content = NULL;
    enum err err = round2_content_plan(db, o->vault, o->arena, o->job->cycle_id, parts, &part_count, &content);
    if (err == ERR_NONE)
        err = marking_scripts_open(db, o->arena, o->job->cycle_id, passed, o->passed, parts, part_count, o->markers,
                                   o->marker_count);
    if (err == ERR_NONE)
        err = round2_content_write(db, o->arena, content, passed, o->passed, o->job->requested_us);
    if (err == ERR_NONE && !o->next_stage)
        err = marking_scans_write(db, o->arena, o->job->cycle_id);
    if (err == ERR_NONE)
        err = db_run(db, DB_RESULT_CYCLE_ROUND2, DB_PARAMS(P_INT(o->job->cycle_id)), NULL);
    return err;
}

static enum err open_scripts(struct opening *o, struct db *db, const struct result_collected *c) {
    struct marking_part parts[ROUND2_PARTS_MAX];
    size_t part_count = 0;
    const struct result_field *f = &c->field;
    for (uint8_t i = 0; i < f->rules.component_count; i++)
        if (opens(f, i, o->next_stage))
            parts[part_count++] = part_of(f, i);
    int64_t *passed = ARENA_ARRAY(o->arena, f->inputs.candidate_count, int64_t);
    if (!passed)
        return ERR_MEMORY;
    o->passed = select_passed(o->arena, c, o->next_stage, passed);
    if (o->passed == 0 && !o->next_stage) {
        o->message = "nobody-passed";
        return DB_ROLLBACK;
    }
    enum err err = o->passed == 0 ? ERR_NONE : open_parts(o, db, passed, parts, part_count);
    const char *details = arena_printf(o->arena, "{\"candidates\":%u,\"examiners\":%zu,\"passed\":%zu,\"scripts\":%zu}",
                                       f->inputs.candidate_count, o->marker_count, o->passed, o->passed * part_count);
    if (err != ERR_NONE || !details)
        return err == ERR_NONE ? ERR_MEMORY : err;
    return ledger_append(db, o->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(o->job->requested_by),
                                                .act = "result.marking_open",
                                                .subject_kind = "cycle",
                                                .subject_id = o->job->cycle_id,
                                                .details = details,
                                                .at_us = o->job->requested_us});
}

/* Settles every script of the written part again by the pack, then freezes its marks. */
static enum err freeze_written(struct opening *o, struct db *db, const struct result_cycle *cycle, int64_t *ret_missing) {
    struct cycle_pack *pack = ARENA_NEW(o->arena, struct cycle_pack);
    struct marking_misfit misfit = {0};
    char code[MARKING_BLIND_CODE_SIZE];
    if (!pack)
        return ERR_MEMORY;
    enum err err = cycle_pack_load(db, o->arena, cycle->pack_id, cycle->pack_version, pack);
    if (err == ERR_NONE)
        err = marking_freeze_check(db, o->arena, cycle->cycle_id, pack, &misfit);
    if (err != ERR_NONE)
        return err;
    if (misfit.blind_id != 0) {
        marking_blind_code(misfit.blind_id, code);
        o->message = arena_printf(o->arena, "settlement-differs %s", code);
        return o->message ? ERR_NONE : ERR_MEMORY;
    }
    return marking_part_freeze(db, o->arena, cycle->cycle_id, cycle_pack_source_key(CYCLE_PACK_WRITTEN), o->job->requested_by,
                               o->job->requested_us, ret_missing);
}

static enum err open_body(void *ctx, struct db *db) {
    struct opening *o = ctx;
    struct result_cycle cycle;
    struct result_collected collected = {0};
    const struct db_row *row = NULL;
    struct plan plan = {0};
    int64_t missing = 0, scans = 0;
    o->message = "";
    enum err err = db_one(db, o->arena, DB_RESULT_CYCLE_LOCK, DB_PARAMS(P_INT(o->job->cycle_id)), &row);
    if (err == ERR_NONE)
        err = result_db_cycle_read(db, o->arena, o->job->cycle_id, &cycle);
    if (err == ERR_NONE)
        err = make_plan(db, o->arena, &cycle, &plan);
    if (err != ERR_NONE || plan.open)
        return err == ERR_NONE ? DB_ROLLBACK : err; /* done by an earlier attempt */
    o->next_stage = plan.next_stage;
    missing = plan.missing;
    if (missing == 0 && o->next_stage)
        err = freeze_written(o, db, &cycle, &missing);
    if (err == ERR_NONE && *o->message)
        return DB_ROLLBACK;
    if (err == ERR_NONE && !o->next_stage)
        err = marking_scans_missing(db, o->arena, o->job->cycle_id, &scans);
    if (err == ERR_NONE && (missing > 0 || scans > 0)) {
        o->message = o->next_stage ? "part-unsettled" : missing > 0 ? "round1-incomplete" : "scans-incomplete";
        return DB_ROLLBACK;
    }
    if (err == ERR_NONE)
        err = result_db_collect(db, o->arena, &cycle, o->next_stage ? RESULT_MARKS_PART : RESULT_MARKS_NONE, &collected);
    if (err != ERR_NONE)
        return err;
    if (*collected.message || collected.rescoring) {
        o->message = *collected.message ? collected.message : "rescore-pending";
        return DB_ROLLBACK;
    }
    return open_scripts(o, db, &collected);
}

enum err result_job_round2_open(struct db *db, struct arena *arena, const struct score_job *job,
                                struct score_progress *progress, const char **ret_message) {
    const struct json *arguments = NULL;
    enum err err = json_read(arena, job->arguments, strlen(job->arguments), &arguments, NULL);
    if (err != ERR_NONE)
        return err;
    const struct json *examiners = json_get(arguments, "examiners");
    size_t count = json_count(examiners);
    int64_t *ids = ARENA_ARRAY(arena, count, int64_t);
    if (!ids)
        return ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const char *text = json_text(json_at(examiners, i));
        if (!text || !text_parse_id(text, &ids[i]))
            return ERR_STATE;
    }
    struct opening o = {.arena = arena, .job = job, .vault = progress->vault, .markers = ids, .marker_count = count, .message = ""};
    err = score_progress_set(progress, 0, 1);
    if (err == ERR_NONE)
        err = db_transact(db, open_body, &o);
    if (err == ERR_NONE && !*o.message)
        err = score_progress_set(progress, 1, 1);
    if (err == ERR_NONE)
        *ret_message = o.message;
    return err;
}
