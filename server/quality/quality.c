#include "quality_private.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/clock.h"
#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/ledger/ledger.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define ARGUMENTS_MAX 65000
#define LINE_MAX_BYTES 400
#define THRESHOLD_TEXT_MAX 12

void quality_note(struct quality_work *work, const char *format, ...) {
    char line[LINE_MAX_BYTES];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    if (len < 0 || len >= (int)sizeof line - 1)
        len = (int)sizeof line - 2;
    line[len] = '\n';
    crypto_sha256_add(work->hash, line, (size_t)len + 1);
}

void quality_put(struct json_writer *writer, const char *key, double value) {
    char text[40];
    if (!(fabs(value) < 1e15)) {
        json_member_text(writer, key, NULL);
        return;
    }
    (void)snprintf(text, sizeof text, "%.4f", fabs(value) < 0.00005 ? 0.0 : value);
    json_member_text(writer, key, text);
}

void quality_put_interval(struct json_writer *writer, const char *low, const char *high, struct psych_interval interval) {
    quality_put(writer, low, interval.low);
    quality_put(writer, high, interval.high);
}

/* ---- thresholds ---- */

/* A decimal with at most four places. */
static bool read_decimal(const char *text, double *ret_value) {
    size_t len = strlen(text), sign = text[0] == '-', whole = strspn(text + sign, "0123456789");
    const char *rest = text + sign + whole;
    size_t places = *rest == '.' ? strspn(rest + 1, "0123456789") : 0;
    if (len > THRESHOLD_TEXT_MAX || whole == 0 || (*rest == '.' && (places == 0 || places > 4)) || rest[places + (*rest == '.')] != '\0')
        return false;
    *ret_value = strtod(text, NULL);
    return true;
}

void quality_threshold_set(struct psych_thresholds *thresholds, const char *name, const char *text, const char **ret_rule) {
    double value = 0;
    const char *rule = "unknown";
    bool good = text && read_decimal(text, &value);
#define X(name_, default_, least, most)                                                                                \
    if (strcmp(name, #name_) == 0) {                                                                                   \
        rule = !good ? "kind" : value < (least) || value > (most) ? "range" : NULL;                                    \
        if (!rule)                                                                                                     \
            thresholds->name_ = value;                                                                                 \
    }
    PSYCH_THRESHOLD_TABLE(X)
#undef X
    *ret_rule = rule;
}

static void put_thresholds(struct json_writer *w, const struct psych_thresholds *thresholds) {
    json_open_object(w);
#define X(name_, default_, least, most) quality_put(w, #name_, thresholds->name_);
    PSYCH_THRESHOLD_TABLE(X)
#undef X
    json_close_object(w);
}

static enum err read_thresholds(struct arena *arena, const char *arguments, struct psych_thresholds *ret_thresholds) {
    const struct json *given = NULL;
    const char *rule = NULL;
    *ret_thresholds = PSYCH_THRESHOLDS_DEFAULT;
    enum err err = json_read(arena, arguments, strlen(arguments), &given, NULL);
    if (err != ERR_NONE)
        return err;
    for (size_t i = 0; i < json_count(given) && !rule; i++)
        quality_threshold_set(ret_thresholds, json_key_at(given, i), json_text(json_at(given, i)), &rule);
    return rule ? ERR_RANGE : ERR_NONE;
}

/* ---- requests ---- */

struct asking {
    struct arena *arena;
    enum score_job_kind kind;
    const char *cycle_code; /* of the marking; NULL: of a list */
    int64_t cycle_id, run_id, staff_id, now_us, job_id;
    const struct psych_thresholds *thresholds;
    bool found;
};

/* The cycle of the run, or the one of the code; 0: there is none. */
static enum err find_cycle(struct db *db, struct arena *arena, const char *cycle_code, int64_t run_id, int64_t *ret_cycle_id) {
    const struct db_row *row = NULL;
    enum err err = cycle_code ? db_one(db, arena, DB_QUALITY_CYCLE, DB_PARAMS(P_TEXT(cycle_code)), &row)
                              : db_one(db, arena, DB_QUALITY_RUN, DB_PARAMS(P_INT(run_id)), &row);
    *ret_cycle_id = err == ERR_NONE ? db_int(row, 0) : 0;
    return err == ERR_DB_NO_ROW ? ERR_NONE : err;
}

static enum err ask_body(void *ctx, struct db *db) {
    struct asking *a = ctx;
    struct buf arguments CLEANUP(buf_release);
    struct json_writer w;
    bool waits = false;
    buf_init(&arguments, ARGUMENTS_MAX);
    enum err err = find_cycle(db, a->arena, a->cycle_code, a->run_id, &a->cycle_id);
    a->found = a->cycle_id != 0;
    if (err != ERR_NONE || !a->found)
        return err == ERR_NONE ? DB_ROLLBACK : err;
    json_writer_init(&w, &arguments);
    put_thresholds(&w, a->thresholds);
    if (arguments.failed)
        return ERR_MEMORY;
    int64_t subject = a->run_id ? a->run_id : a->cycle_id;
    err = score_job_enqueue(db, a->arena, a->kind, a->cycle_id, subject, a->staff_id, arguments.data, a->now_us, &a->job_id, &waits);
    if (err != ERR_NONE || waits)
        return err == ERR_NONE ? DB_ROLLBACK : err;
    return ledger_append(db, a->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(a->staff_id),
                                                .act = "quality.request",
                                                .subject_kind = a->run_id ? "run" : "cycle",
                                                .subject_id = subject,
                                                .details = arguments.data,
                                                .at_us = a->now_us});
}

static enum err ask(struct db *db, struct asking *a, bool *ret_found, int64_t *ret_job_id) {
    enum err err = db_transact(db, ask_body, a);
    if (err == ERR_NONE) {
        *ret_found = a->found;
        *ret_job_id = a->job_id;
    }
    return err;
}

enum err quality_result_request(struct db *db, struct arena *arena, int64_t staff_id, int64_t run_id,
                                const struct psych_thresholds *thresholds, int64_t now_us, bool *ret_found, int64_t *ret_job_id) {
    struct asking a = {.arena = arena, .kind = SCORE_JOB_QUALITY_RESULT, .run_id = run_id, .staff_id = staff_id, .now_us = now_us, .thresholds = thresholds};
    return ask(db, &a, ret_found, ret_job_id);
}

enum err quality_marking_request(struct db *db, struct arena *arena, int64_t staff_id, const char *cycle_code, int64_t now_us,
                                 bool *ret_found, int64_t *ret_job_id) {
    struct asking a = {.arena = arena, .kind = SCORE_JOB_QUALITY_MARKING, .cycle_code = cycle_code, .staff_id = staff_id, .now_us = now_us,
                       .thresholds = &PSYCH_THRESHOLDS_DEFAULT};
    return ask(db, &a, ret_found, ret_job_id);
}

/* ---- reports as they are kept ---- */

static enum err read_newest(struct db *db, struct arena *arena, int64_t cycle_id, int64_t run_id, struct quality_report *ret_report) {
    const struct db_row *row = NULL;
    size_t len = 0;
    enum err err = db_one(db, arena, DB_QUALITY_NEWEST, DB_PARAMS(P_INT(cycle_id), run_id ? P_INT(run_id) : P_NULL), &row);
    *ret_report = (struct quality_report){.report_id = 0};
    if (err != ERR_NONE)
        return err == ERR_DB_NO_ROW ? ERR_NONE : err;
    struct quality_report report = {.report_id = db_int(row, 0),
                                    .version = db_int(row, 1),
                                    .engine = db_text(row, 2),
                                    .body = db_text(row, 5),
                                    .requested_by = db_text(row, 6),
                                    .computed_us = db_time(row, 7)};
    const uint8_t *inputs = db_bytes(row, 3, &len);
    if (len != CRYPTO_SHA256_LEN)
        return ERR_STATE;
    text_hex(inputs, len, report.inputs_sha256);
    const uint8_t *own = db_bytes(row, 4, &len);
    if (len != CRYPTO_SHA256_LEN)
        return ERR_STATE;
    text_hex(own, len, report.sha256);
    *ret_report = report;
    return ERR_NONE;
}

static enum err find_and_read(struct db *db, struct arena *arena, const char *cycle_code, int64_t run_id, bool *ret_found,
                              struct quality_report *ret_report) {
    int64_t cycle_id = 0;
    enum err err = find_cycle(db, arena, cycle_code, run_id, &cycle_id);
    if (err != ERR_NONE)
        return err;
    *ret_found = cycle_id != 0;
    return *ret_found ? read_newest(db, arena, cycle_id, run_id, ret_report) : ERR_NONE;
}

enum err quality_result_read(struct db *db, struct arena *arena, int64_t run_id, bool *ret_found, struct quality_report *ret_report) {
    return find_and_read(db, arena, NULL, run_id, ret_found, ret_report);
}

enum err quality_marking_read(struct db *db, struct arena *arena, const char *cycle_code, bool *ret_found,
                              struct quality_report *ret_report) {
    return find_and_read(db, arena, cycle_code, 0, ret_found, ret_report);
}

struct storing {
    struct quality_work *work;
    const uint8_t *inputs_sha256;
    const char *inputs_hex;
};

static enum err store_body(void *ctx, struct db *db) {
    struct storing *s = ctx;
    struct quality_work *work = s->work;
    struct quality_report newest;
    uint8_t sha256[CRYPTO_SHA256_LEN];
    char hex[65];
    int64_t now_us = clock_now_us(), report_id = random_id();
    enum err err = read_newest(db, work->arena, work->cycle_id, work->run_id, &newest);
    if (err != ERR_NONE)
        return err;
    if (newest.report_id != 0 && strcmp(newest.inputs_sha256, s->inputs_hex) == 0 && strcmp(newest.engine, QUALITY_ENGINE) == 0)
        return DB_ROLLBACK; /* nothing is new */
    crypto_sha256(work->body.data, work->body.len, sha256);
    text_hex(sha256, sizeof sha256, hex);
    err = db_run(db, DB_QUALITY_INSERT,
                 DB_PARAMS(P_INT(report_id), P_INT(work->cycle_id), work->run_id ? P_INT(work->run_id) : P_NULL, P_INT(newest.version + 1),
                           P_TEXT(QUALITY_ENGINE), P_BYTES(s->inputs_sha256, CRYPTO_SHA256_LEN), P_TEXT(work->body.data),
                           P_BYTES(sha256, sizeof sha256), P_INT(work->job->requested_by), P_TIME(now_us)),
                 NULL);
    const char *details = arena_printf(work->arena, "{\"engine\":\"%s\",\"inputs\":\"%s\",\"sha256\":\"%s\",\"version\":%lld}", QUALITY_ENGINE,
                                       s->inputs_hex, hex, (long long)newest.version + 1);
    if (err != ERR_NONE || !details)
        return err == ERR_NONE ? ERR_MEMORY : err;
    return ledger_append(db, work->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(work->job->requested_by),
                                                .act = "quality.report",
                                                .subject_kind = work->run_id ? "run" : "cycle",
                                                .subject_id = work->run_id ? work->run_id : work->cycle_id,
                                                .details = details,
                                                .at_us = now_us});
}

static enum err write_result(struct quality_work *work, int64_t run_version) {
    json_member_text(&work->writer, "kind", "result");
    json_member_int(&work->writer, "run_version", run_version);
    json_put_key(&work->writer, "thresholds");
    put_thresholds(&work->writer, &work->thresholds);
    enum err err = form_cache_new(work->progress->vault, &work->papers);
    if (err == ERR_NONE)
        err = quality_forms(work);
    form_cache_free(work->papers);
    if (err == ERR_NONE)
        err = quality_parts(work);
    if (err == ERR_NONE)
        err = quality_open(work);
    return err == ERR_NONE ? quality_ties(work) : err;
}

/* Everything that a job does with the hash and the body, which go away with it. */
static enum err compute(struct quality_work *work, int64_t run_version) {
    uint8_t inputs[CRYPTO_SHA256_LEN];
    char hex[65];
    enum err err = read_thresholds(work->arena, work->job->arguments, &work->thresholds);
    work->hash = crypto_sha256_new();
    if (!work->hash)
        return ERR_MEMORY;
#define X(name_, default_, least, most) quality_note(work, #name_ " %.4f", work->thresholds.name_);
    PSYCH_THRESHOLD_TABLE(X)
#undef X
    json_open_object(&work->writer);
    if (err == ERR_NONE)
        err = work->run_id ? write_result(work, run_version) : quality_marking_parts(work);
    json_close_object(&work->writer);
    crypto_sha256_finish(work->hash, inputs);
    text_hex(inputs, sizeof inputs, hex);
    if (err == ERR_NONE && work->body.failed)
        err = ERR_LIMIT;
    struct storing storing = {.work = work, .inputs_sha256 = inputs, .inputs_hex = hex};
    return err == ERR_NONE ? db_transact(work->db, store_body, &storing) : err;
}

static enum err do_job(struct db *db, struct arena *arena, const struct score_job *job, struct score_progress *progress, int64_t run_id,
                       int64_t run_version) {
    struct quality_work work = {.db = db, .arena = arena, .job = job, .progress = progress, .cycle_id = job->cycle_id, .run_id = run_id};
    buf_init(&work.body, QUALITY_BODY_MAX);
    json_writer_init(&work.writer, &work.body);
    enum err err = compute(&work, run_version);
    buf_release(&work.body);
    return err;
}

enum err quality_job_result(struct db *db, struct arena *arena, const struct score_job *job, struct score_progress *progress,
                            const char **ret_message) {
    const struct db_row *row = NULL;
    (void)ret_message;
    enum err err = db_one(db, arena, DB_QUALITY_RUN, DB_PARAMS(P_INT(job->subject_id)), &row);
    return err == ERR_NONE ? do_job(db, arena, job, progress, job->subject_id, db_int(row, 1)) : err;
}

enum err quality_job_marking(struct db *db, struct arena *arena, const struct score_job *job, struct score_progress *progress,
                             const char **ret_message) {
    (void)ret_message;
    return do_job(db, arena, job, progress, 0, 0);
}
