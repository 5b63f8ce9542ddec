#include "result_db.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/ledger/ledger.h"
#include "khoacu/marking/marking.h"

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

/* Whether round 2 may be opened; sets the verdict. */
static enum err judge(struct asking *a, struct db *db, int64_t cycle_id, bool *ret_may) {
    bool open = false;
    *ret_may = false;
    enum err err = marking_scripts_exist(db, a->arena, cycle_id, &open);
    if (err == ERR_NONE)
        err = result_db_scores_missing(db, a->arena, cycle_id, &a->missing);
    if (err == ERR_NONE)
        err = db_many(db, a->arena, DB_RESULT_EXAMINERS, DB_PARAMS(P_TEXTS(a->logins, a->login_count)), EXAMINERS_MAX,
                      take_examiner, a);
    if (err != ERR_NONE)
        return err;
    a->unknown = first_unknown(a);
    if (open)
        a->verdict = RESULT_ROUND2_OPEN;
    else if (a->missing > 0)
        a->verdict = RESULT_ROUND2_INCOMPLETE;
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
    const int64_t *markers;
    size_t marker_count;
    const char *message;
    size_t passed;
};

/* The stage that is marked: everything before it must be passed. */
static uint8_t marked_stage(const struct result_field *field) {
    uint8_t first = field->rules.stage_count;
    for (uint8_t i = 0; i < field->rules.component_count; i++)
        if (field->pack->parts[i].source != CYCLE_PACK_COMPUTER && field->rules.components[i].stage < first)
            first = field->rules.components[i].stage;
    return first;
}

static size_t select_passed(const struct result_collected *c, int64_t *ret_ids) {
    const struct result_field *f = &c->field;
    uint8_t stages = marked_stage(f);
    size_t count = 0;
    for (uint32_t i = 0; i < f->inputs.candidate_count; i++) {
        size_t row = (size_t)i * f->rules.component_count;
        bool passed = true;
        for (uint8_t stage = 0; stage < stages && passed; stage++)
            passed = rank_stage_passed(&f->rules, stage, f->values + row, f->statuses + row);
        if (passed)
            ret_ids[count++] = c->candidate_ids[i];
    }
    return count;
}

static enum err open_scripts(struct opening *o, struct db *db, const struct result_collected *c) {
    struct marking_part parts[RANK_COMPONENTS_MAX];
    size_t part_count = 0;
    const struct result_field *f = &c->field;
    for (uint8_t i = 0; i < f->rules.component_count; i++)
        if (f->pack->parts[i].source != CYCLE_PACK_COMPUTER && f->rules.components[i].max > 0)
            parts[part_count++] = (struct marking_part){.component = cycle_pack_source_key(f->pack->parts[i].source),
                                                        .mark_max = f->rules.components[i].max,
                                                        .mark_step = f->pack->parts[i].step};
    int64_t *passed = ARENA_ARRAY(o->arena, f->inputs.candidate_count, int64_t);
    if (!passed)
        return ERR_MEMORY;
    o->passed = select_passed(c, passed);
    if (o->passed == 0) {
        o->message = "nobody-passed";
        return DB_ROLLBACK;
    }
    enum err err = marking_scripts_open(db, o->arena, o->job->cycle_id, passed, o->passed, parts, part_count,
                                        o->markers, o->marker_count);
    if (err == ERR_NONE)
        err = db_run(db, DB_RESULT_CYCLE_ROUND2, DB_PARAMS(P_INT(o->job->cycle_id)), NULL);
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

static enum err open_body(void *ctx, struct db *db) {
    struct opening *o = ctx;
    struct result_cycle cycle;
    struct result_collected collected = {0};
    const struct db_row *row = NULL;
    bool open = false;
    int64_t missing = 0;
    o->message = "";
    enum err err = db_one(db, o->arena, DB_RESULT_CYCLE_LOCK, DB_PARAMS(P_INT(o->job->cycle_id)), &row);
    if (err == ERR_NONE)
        err = marking_scripts_exist(db, o->arena, o->job->cycle_id, &open);
    if (err != ERR_NONE || open)
        return err == ERR_NONE ? DB_ROLLBACK : err; /* done by an earlier attempt */
    err = result_db_scores_missing(db, o->arena, o->job->cycle_id, &missing);
    if (err == ERR_NONE && missing > 0) {
        o->message = "round1-incomplete";
        return DB_ROLLBACK;
    }
    if (err == ERR_NONE)
        err = result_db_cycle_read(db, o->arena, o->job->cycle_id, &cycle);
    if (err == ERR_NONE)
        err = result_db_collect(db, o->arena, &cycle, false, &collected);
    if (err != ERR_NONE)
        return err;
    if (*collected.message) {
        o->message = collected.message;
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
    struct opening o = {.arena = arena, .job = job, .markers = ids, .marker_count = count, .message = ""};
    err = score_progress_set(progress, 0, 1);
    if (err == ERR_NONE)
        err = db_transact(db, open_body, &o);
    if (err == ERR_NONE && !*o.message)
        err = score_progress_set(progress, 1, 1);
    if (err == ERR_NONE)
        *ret_message = o.message;
    return err;
}
