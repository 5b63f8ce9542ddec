#include "result_db.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/ledger/ledger.h"
#include "khoacu/marking/draw.h"
#include "khoacu/marking/marking.h"

#include <string.h>

#include "khoacu/base/banned.h"

/* ---- asking ---- */

struct asking {
    struct arena *arena;
    int64_t staff_id, now_us;
    const char *cycle_code, *component, *text; /* entropy, or the reason of a freeze */
    enum score_job_kind kind;
    int64_t cycle_id, subject_id, job_id;
    bool found;
};

static enum err enqueue_body(void *ctx, struct db *db) {
    struct asking *a = ctx;
    struct buf arguments CLEANUP(buf_release);
    struct json_writer w;
    bool freeze = a->kind == SCORE_JOB_MARKS_FREEZE;
    buf_init(&arguments, 65000);
    json_writer_init(&w, &arguments);
    json_open_object(&w);
    if (!freeze)
        json_member_text(&w, "component", a->component);
    json_member_text(&w, freeze ? "reason" : "entropy", a->text);
    json_close_object(&w);
    if (arguments.failed)
        return ERR_LIMIT;
    enum err err = score_job_enqueue(db, a->arena, a->kind, a->cycle_id, a->subject_id, a->staff_id, arguments.data, a->now_us,
                                     &a->job_id, &a->found);
    const char *details = freeze ? arena_printf(a->arena, "{\"cycle\":\"%s\"}", a->cycle_code)
                                 : arena_printf(a->arena, "{\"cycle\":\"%s\",\"part\":\"%s\"}", a->cycle_code, a->component);
    if (err != ERR_NONE || !details || a->found)
        return err != ERR_NONE || details ? err : ERR_MEMORY;
    return ledger_append(db, a->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(a->staff_id),
                                                .act = freeze ? "marking.freeze_request" : "marking.draw_request",
                                                .subject_kind = freeze ? "cycle" : "draw",
                                                .subject_id = a->subject_id,
                                                .reason = freeze ? a->text : NULL,
                                                .details = details,
                                                .at_us = a->now_us});
}

enum err result_draw_request(struct db *db, struct arena *arena, int64_t staff_id, const char *cycle_code, const char *component,
                             const char *entropy, int64_t now_us, enum result_draw_verdict *ret_verdict, int64_t *ret_job_id) {
    struct marking_draws draws;
    const struct marking_draw *draw = NULL;
    enum err err = marking_draws_read(db, arena, cycle_code, &draws);
    if (err != ERR_NONE)
        return err;
    for (size_t i = 0; i < draws.count; i++)
        if (strcmp(draws.list[i].component, component) == 0)
            draw = &draws.list[i];
    *ret_verdict = !draws.found ? RESULT_DRAW_NO_CYCLE : !draw ? RESULT_DRAW_NONE : draw->held ? RESULT_DRAW_HELD : RESULT_DRAW_REQUESTED;
    if (*ret_verdict != RESULT_DRAW_REQUESTED)
        return ERR_NONE;
    struct asking a = {.arena = arena,
                       .staff_id = staff_id,
                       .now_us = now_us,
                       .cycle_code = cycle_code,
                       .component = component,
                       .text = entropy,
                       .kind = SCORE_JOB_MARKING_DRAW,
                       .cycle_id = draws.cycle_id,
                       .subject_id = draw->draw_id};
    err = db_transact(db, enqueue_body, &a);
    *ret_job_id = a.job_id;
    if (err == ERR_NONE && a.found)
        *ret_verdict = RESULT_DRAW_UNDER_WAY;
    return err;
}

enum err result_freeze_request(struct db *db, struct arena *arena, int64_t staff_id, const char *cycle_code, const char *reason,
                               int64_t now_us, struct marking_freeze *ret_freeze, int64_t *ret_job_id) {
    *ret_job_id = 0;
    enum err err = marking_freeze_read(db, arena, cycle_code, ret_freeze);
    if (err != ERR_NONE || !ret_freeze->found || ret_freeze->frozen || ret_freeze->scripts == 0 || ret_freeze->missing > 0)
        return err;
    struct asking a = {.arena = arena,
                       .staff_id = staff_id,
                       .now_us = now_us,
                       .cycle_code = cycle_code,
                       .text = reason,
                       .kind = SCORE_JOB_MARKS_FREEZE,
                       .cycle_id = ret_freeze->cycle_id,
                       .subject_id = ret_freeze->cycle_id};
    err = db_transact(db, enqueue_body, &a);
    *ret_job_id = a.job_id;
    return err;
}

/* ---- the work ---- */

struct working {
    struct arena *arena;
    const struct score_job *job;
    const char *component, *text;
    const char *message;
};

static enum err log_failure(struct working *o, struct db *db, const char *act, const char *kind, const char *details) {
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, o->arena,
                         &(struct ledger_event){.actor = LEDGER_SYSTEM,
                                                .act = act,
                                                .subject_kind = kind,
                                                .subject_id = o->job->subject_id,
                                                .details = details,
                                                .at_us = o->job->requested_us});
}

static enum err draw_body(void *ctx, struct db *db) {
    struct working *o = ctx;
    const char *detail = NULL;
    struct marking_holding holding = {.cycle_id = o->job->cycle_id,
                                      .staff_id = o->job->requested_by,
                                      .now_us = o->job->requested_us,
                                      .component = o->component,
                                      .entropy = o->text};
    enum err err = marking_draw_hold(db, o->arena, &holding, &o->message, &detail);
    if (err != ERR_NONE || !*o->message)
        return err;
    if (strcmp(o->message, "draw-held") == 0) { /* by an earlier attempt */
        o->message = "";
        return DB_ROLLBACK;
    }
    return log_failure(o, db, "marking.draw_refused", "draw", detail ? detail : "{}");
}

/* Whether those who passed the written part still wait for their stage to open. */
static enum err stage_waits(struct working *o, struct db *db, const struct cycle_pack *pack, bool *ret_waits) {
    int64_t missing = 0;
    bool frozen = true;
    enum err err = cycle_pack_staged(pack, &pack->rank)
                       ? marking_part_read(db, o->arena, o->job->cycle_id, cycle_pack_source_key(CYCLE_PACK_WRITTEN), &missing, &frozen)
                       : ERR_NONE;
    *ret_waits = !frozen;
    return err;
}

static enum err freeze_body(void *ctx, struct db *db) {
    struct working *o = ctx;
    struct result_cycle cycle;
    struct cycle_pack *pack = ARENA_NEW(o->arena, struct cycle_pack);
    struct marking_misfit misfit = {0};
    const struct db_row *row = NULL;
    bool frozen = false, waits = false;
    o->message = "";
    if (!pack)
        return ERR_MEMORY;
    enum err err = db_one(db, o->arena, DB_RESULT_CYCLE_LOCK, DB_PARAMS(P_INT(o->job->cycle_id)), &row);
    if (err == ERR_NONE)
        err = result_db_cycle_read(db, o->arena, o->job->cycle_id, &cycle);
    if (err == ERR_NONE)
        err = cycle_pack_load(db, o->arena, cycle.pack_id, cycle.pack_version, pack);
    if (err == ERR_NONE)
        err = stage_waits(o, db, pack, &waits);
    if (err == ERR_NONE && waits) {
        o->message = "stage-not-open";
        return DB_ROLLBACK;
    }
    if (err == ERR_NONE)
        err = marking_freeze_check(db, o->arena, o->job->cycle_id, pack, &misfit);
    if (err != ERR_NONE)
        return err;
    if (misfit.blind_id != 0) {
        char code[MARKING_BLIND_CODE_SIZE];
        marking_blind_code(misfit.blind_id, code);
        o->message = arena_printf(o->arena, "settlement-differs %s", code);
        return o->message ? log_failure(o, db, "marking.freeze_refused", "cycle",
                                        arena_printf(o->arena, "{\"code\":\"%s\",\"reason\":\"%s\"}", code, misfit.reason))
                          : ERR_MEMORY;
    }
    err = marking_marks_freeze(db, o->arena, o->job->requested_by, o->job->cycle_id, cycle.code, o->text, o->job->requested_us,
                               &frozen);
    if (err == ERR_NONE && !frozen)
        o->message = "marks-missing"; /* a script came in between */
    return err;
}

static enum err work(struct db *db, struct arena *arena, const struct score_job *job, struct score_progress *progress,
                     const char *text_member, db_body_fn *body, const char **ret_message) {
    const struct json *arguments = NULL;
    enum err err = json_read(arena, job->arguments, strlen(job->arguments), &arguments, NULL);
    if (err != ERR_NONE)
        return err;
    struct working o = {.arena = arena,
                        .job = job,
                        .component = json_text(json_get(arguments, "component")),
                        .text = json_text(json_get(arguments, text_member)),
                        .message = ""};
    if (!o.text)
        return ERR_STATE;
    err = score_progress_set(progress, 0, 1);
    if (err == ERR_NONE)
        err = db_transact(db, body, &o);
    if (err == ERR_NONE && !*o.message)
        err = score_progress_set(progress, 1, 1);
    if (err == ERR_NONE)
        *ret_message = o.message;
    return err;
}

enum err result_job_marking_draw(struct db *db, struct arena *arena, const struct score_job *job, struct score_progress *progress,
                                 const char **ret_message) {
    return work(db, arena, job, progress, "entropy", draw_body, ret_message);
}

enum err result_job_marks_freeze(struct db *db, struct arena *arena, const struct score_job *job, struct score_progress *progress,
                                 const char **ret_message) {
    return work(db, arena, job, progress, "reason", freeze_body, ret_message);
}
