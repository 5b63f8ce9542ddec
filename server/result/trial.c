#include "khoacu/result/trial.h"

#include "result_db.h"
#include "result_private.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/ledger/ledger.h"

#include <string.h>

#include "khoacu/base/banned.h"

/* ---- the request ---- */

struct asking {
    struct arena *arena;
    int64_t staff_id, now_us, cycle_id, pack_version;
    const char *cycle_code, *pack_id, *cause;
    enum result_trial_verdict verdict;
    int64_t job_id, trial_id;
};

enum err result_trial_enqueue(struct db *db, struct arena *arena, const struct result_trial_ask *ask, int64_t *ret_job_id) {
    struct buf arguments CLEANUP(buf_release);
    struct json_writer w;
    bool found = false;
    buf_init(&arguments, 65000);
    json_writer_init(&w, &arguments);
    json_open_object(&w);
    json_member_text(&w, "cause", ask->cause);
    json_member_text(&w, "pack", ask->pack_id);
    json_member_int(&w, "version", ask->pack_version);
    json_close_object(&w);
    const char *details = arena_printf(arena, "{\"cycle\":\"%s\",\"pack\":\"%s\",\"version\":%lld}", ask->cycle_code, ask->pack_id,
                                       (long long)ask->pack_version);
    if (arguments.failed || !details)
        return arguments.failed ? ERR_LIMIT : ERR_MEMORY;
    enum err err = score_job_enqueue(db, arena, SCORE_JOB_RANKING_TRIAL, ask->cycle_id, ask->trial_id, ask->staff_id, arguments.data,
                                     ask->now_us, ret_job_id, &found);
    if (err != ERR_NONE)
        return err;
    return ledger_append(db, arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(ask->staff_id),
                                                .act = "result.trial_request",
                                                .subject_kind = "trial",
                                                .subject_id = ask->trial_id,
                                                .reason = ask->cause,
                                                .details = details,
                                                .at_us = ask->now_us});
}

static enum err enqueue(struct asking *a, struct db *db) {
    a->trial_id = random_id();
    a->verdict = RESULT_TRIAL_REQUESTED;
    return result_trial_enqueue(db, a->arena,
                                &(struct result_trial_ask){.cycle_id = a->cycle_id,
                                                           .trial_id = a->trial_id,
                                                           .pack_version = a->pack_version,
                                                           .staff_id = a->staff_id,
                                                           .now_us = a->now_us,
                                                           .cycle_code = a->cycle_code,
                                                           .pack_id = a->pack_id,
                                                           .cause = a->cause},
                                &a->job_id);
}

static enum err ask_body(void *ctx, struct db *db) {
    struct asking *a = ctx;
    bool frozen = false;
    a->verdict = RESULT_TRIAL_NO_CYCLE;
    enum err err = result_db_cycle_find(db, a->arena, a->cycle_code, &a->cycle_id);
    if (err != ERR_NONE || a->cycle_id == 0)
        return err == ERR_NONE ? DB_ROLLBACK : err;
    a->verdict = RESULT_TRIAL_NOT_FROZEN;
    err = result_db_frozen(db, a->arena, a->cycle_id, &frozen);
    if (err != ERR_NONE || !frozen)
        return err == ERR_NONE ? DB_ROLLBACK : err;
    a->verdict = RESULT_TRIAL_NO_PACK;
    err = cycle_pack_ensure(db, a->arena, a->pack_id, &a->pack_version);
    if (err != ERR_NONE || a->pack_version == 0)
        return err == ERR_NONE ? DB_ROLLBACK : err;
    return enqueue(a, db);
}

enum err result_trial_request(struct db *db, struct arena *arena, int64_t staff_id, const char *cycle_code, const char *pack_id,
                              const char *cause, int64_t now_us, enum result_trial_verdict *ret_verdict, int64_t *ret_job_id,
                              int64_t *ret_trial_id) {
    struct asking a = {.arena = arena,
                       .staff_id = staff_id,
                       .now_us = now_us,
                       .cycle_code = cycle_code,
                       .pack_id = pack_id,
                       .cause = cause};
    enum err err = db_transact(db, ask_body, &a);
    if (err != ERR_NONE)
        return err;
    *ret_verdict = a.verdict;
    *ret_job_id = a.job_id;
    *ret_trial_id = a.trial_id;
    return ERR_NONE;
}

/* ---- the work ---- */

struct trying {
    struct arena *arena;
    const struct score_job *job;
    const char *cause, *pack_id;
    int64_t pack_version;
    struct result_cycle cycle;
    struct result_collected collected;
    struct rank_result result;
    struct buf bundle;
    const char *message, *detail;
};

static enum err store(struct trying *t, struct db *db) {
    uint8_t sha256[CRYPTO_SHA256_LEN];
    char hex[2 * CRYPTO_SHA256_LEN + 1];
    crypto_sha256(t->bundle.data, t->bundle.len, sha256);
    text_hex(sha256, sizeof sha256, hex);
    enum err err = db_run(db, DB_TRIAL_INSERT,
                          DB_PARAMS(P_INT(t->job->subject_id), P_INT(t->cycle.cycle_id), P_TEXT(t->pack_id), P_INT(t->pack_version),
                                    P_TEXT(t->cause), P_INT(t->job->requested_by), P_TIME(t->job->requested_us), P_TEXT(RANK_ENGINE),
                                    P_TEXT(t->bundle.data), P_BYTES(sha256, sizeof sha256),
                                    P_INT(t->result.outcomes[RANK_SELECTED]), P_INT(t->result.unresolved)),
                          NULL);
    const char *details = arena_printf(t->arena, "{\"cycle\":\"%s\",\"pack\":\"%s\",\"sha256\":\"%s\"}", t->cycle.code, t->pack_id, hex);
    if (err != ERR_NONE || !details)
        return err == ERR_NONE ? ERR_MEMORY : err;
    return ledger_append(db, t->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(t->job->requested_by),
                                                .act = "result.trial",
                                                .subject_kind = "trial",
                                                .subject_id = t->job->subject_id,
                                                .reason = t->cause,
                                                .details = details,
                                                .at_us = t->job->requested_us});
}

/* A mark that a proposal on appeal would change. */
static enum err take_would(void *ctx, const struct db_row *row) {
    struct trying *t = ctx;
    struct result_field *f = &t->collected.field;
    enum cycle_pack_source source = strcmp(db_text(row, 1), "written") == 0 ? CYCLE_PACK_WRITTEN : CYCLE_PACK_INTERVIEW;
    uint8_t component = cycle_pack_component(f->pack, source);
    for (size_t i = 0; component != RANK_NONE && i < f->inputs.candidate_count; i++)
        if (t->collected.candidate_ids[i] == db_int(row, 0)) {
            f->values[i * f->rules.component_count + component] = db_hundredths(row, 2);
            f->statuses[i * f->rules.component_count + component] = RANK_STATUS_VALUE;
        }
    return ERR_NONE;
}

/* The field under the pack on trial, in place of the cycle's own. */
static enum err collect(struct trying *t, struct db *db) {
    enum err err = result_db_cycle_read(db, t->arena, t->job->cycle_id, &t->cycle);
    t->cycle.pack_id = t->pack_id;
    t->cycle.pack_version = t->pack_version;
    if (err == ERR_NONE)
        err = result_db_collect(db, t->arena, &t->cycle, RESULT_MARKS_ALL, &t->collected);
    if (err == ERR_NONE && !*t->collected.message)
        err = db_many(db, t->arena, DB_TRIAL_WOULD, DB_PARAMS(P_INT(t->job->subject_id)), 10, take_would, t);
    if (err == ERR_NONE)
        err = ledger_append(db, t->arena,
                            &(struct ledger_event){.actor = LEDGER_STAFF(t->job->requested_by),
                                                   .act = "marking.map_open",
                                                   .subject_kind = "cycle",
                                                   .subject_id = t->job->cycle_id,
                                                   .reason = t->cause,
                                                   .at_us = t->job->requested_us});
    t->message = err == ERR_NONE ? t->collected.message : "";
    t->detail = t->collected.detail;
    return err;
}

static enum err try_body(void *ctx, struct db *db) {
    struct trying *t = ctx;
    struct rank_misfit misfit;
    struct result_head head = {.version = 1, .cause = t->cause};
    t->message = "";
    rank_result_release(&t->result);
    t->result = (struct rank_result){0};
    buf_reset(&t->bundle);
    enum err err = collect(t, db);
    if (err != ERR_NONE || *t->message)
        return err == ERR_NONE ? DB_ROLLBACK : err;
    err = rank_run(&t->collected.field.inputs, &t->result, &misfit);
    if (err == ERR_RANGE) {
        t->message = "inputs-unfit";
        t->detail = arena_printf(t->arena, "%s: %s", misfit.path, misfit.reason);
        return DB_ROLLBACK;
    }
    head.cycle_code = t->cycle.code;
    head.title_vi = t->cycle.title_vi;
    head.title_en = t->cycle.title_en;
    head.authority_vi = t->cycle.authority_vi;
    head.authority_en = t->cycle.authority_en;
    head.demonstration = t->cycle.demonstration;
    if (err == ERR_NONE)
        err = result_bundle_write(&head, &t->collected.field, &t->result, &t->bundle);
    return err == ERR_NONE ? store(t, db) : err;
}

enum err result_job_ranking_trial(struct db *db, struct arena *arena, const struct score_job *job, struct score_progress *progress,
                                  const char **ret_message) {
    const struct json *arguments = NULL;
    enum err err = json_read(arena, job->arguments, strlen(job->arguments), &arguments, NULL);
    if (err != ERR_NONE)
        return err;
    struct trying t = {.arena = arena,
                       .job = job,
                       .cause = json_text(json_get(arguments, "cause")),
                       .pack_id = json_text(json_get(arguments, "pack")),
                       .message = ""};
    if (!t.cause || !t.pack_id || !json_int(json_get(arguments, "version"), &t.pack_version))
        return ERR_STATE;
    buf_init(&t.bundle, RESULT_BUNDLE_MAX);
    err = score_progress_set(progress, 0, 1);
    if (err == ERR_NONE)
        err = db_transact(db, try_body, &t);
    if (err == ERR_NONE && !*t.message)
        err = score_progress_set(progress, 1, 1);
    rank_result_release(&t.result);
    buf_release(&t.bundle);
    if (err == ERR_NONE)
        *ret_message = result_job_message(arena, t.message, t.detail);
    return *ret_message ? err : ERR_MEMORY;
}

/* ---- reading ---- */

static enum err take_trial(void *ctx, const struct db_row *row) {
    struct result_trials *list = ctx;
    list->trials[list->count++] = (struct result_trial){.trial_id = db_int(row, 0),
                                                        .pack_id = db_text(row, 1),
                                                        .pack_version = db_int(row, 2),
                                                        .cause = db_text(row, 3),
                                                        .login_name = db_text(row, 4),
                                                        .full_name = db_text(row, 5),
                                                        .computed_us = db_time(row, 6),
                                                        .selected = db_int(row, 7),
                                                        .unresolved = db_int(row, 8)};
    return ERR_NONE;
}

enum err result_trial_list(struct db *db, struct arena *arena, const char *cycle_code, struct result_trials *ret_trials) {
    struct result_trials list = {.trials = ARENA_ARRAY(arena, 200, struct result_trial)};
    if (!list.trials)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_TRIAL_LIST, DB_PARAMS(P_TEXT(cycle_code)), 200, take_trial, &list);
    if (err == ERR_NONE)
        *ret_trials = list;
    return err;
}

static enum err read_stored(struct db *db, struct arena *arena, int64_t id, int64_t *ret_cycle_id, const struct json **ret_file) {
    const struct db_row *row = NULL;
    *ret_file = NULL;
    enum err err = db_one(db, arena, DB_TRIAL_COMPARED, DB_PARAMS(P_INT(id)), &row);
    if (err == ERR_DB_NO_ROW)
        return ERR_NONE;
    if (err != ERR_NONE)
        return err;
    const char *text = db_text(row, 1);
    *ret_cycle_id = db_int(row, 0);
    return json_read(arena, text, strlen(text), ret_file, NULL);
}

enum err result_compare_stored(struct db *db, struct arena *arena, int64_t before_id, int64_t after_id,
                               struct result_comparison **ret_comparison) {
    int64_t before_cycle = 0, after_cycle = 0;
    const struct json *before = NULL, *after = NULL;
    *ret_comparison = NULL;
    enum err err = read_stored(db, arena, before_id, &before_cycle, &before);
    if (err == ERR_NONE)
        err = read_stored(db, arena, after_id, &after_cycle, &after);
    if (err != ERR_NONE || !before || !after || before_cycle != after_cycle)
        return err;
    return result_compare(arena, before, after, ret_comparison);
}
