#include "khoacu/score/score.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/clock.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define ARGUMENTS_MAX 32768

/* ---- asking ---- */

struct request {
    struct arena *arena;
    const struct sitting_shift *shift;
    int64_t staff_id;
    const char *reason;
    int64_t now_us;
    int64_t job_id;
};

static const char *write_arguments(struct arena *arena, const char *reason) {
    struct buf text CLEANUP(buf_release);
    struct json_writer writer;
    buf_init(&text, ARGUMENTS_MAX);
    json_writer_init(&writer, &text);
    json_open_object(&writer);
    json_member_text(&writer, "reason", reason);
    json_close_object(&writer);
    return text.failed ? NULL : arena_strndup(arena, text.data, text.len);
}

static enum err request_body(void *ctx, struct db *db) {
    struct request *request = ctx;
    bool found = false;
    const char *arguments = write_arguments(request->arena, request->reason);
    if (!arguments)
        return ERR_MEMORY;
    enum err err = score_job_enqueue(db, request->arena, SCORE_JOB_SHIFT_CLOSE, request->shift->cycle_id,
                                     request->shift->shift_id, request->staff_id, arguments, request->now_us,
                                     &request->job_id, &found);
    if (err != ERR_NONE)
        return err;
    if (found)
        return DB_ROLLBACK;
    return ledger_append(db, request->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(request->staff_id),
                                                .act = "sitting.shift_close_request",
                                                .subject_kind = "shift",
                                                .subject_id = request->shift->shift_id,
                                                .reason = request->reason,
                                                .at_us = request->now_us});
}

enum err score_shift_close_request(struct db *db, struct arena *arena, int64_t staff_id, int64_t shift_id,
                                   const char *reason, int64_t now_us, enum score_shift_request_verdict *ret_verdict,
                                   int64_t *ret_job_id) {
    struct sitting_shift shift;
    enum err err = sitting_shift_read(db, arena, shift_id, &shift);
    if (err == ERR_DB_NO_ROW) {
        *ret_verdict = SCORE_SHIFT_UNKNOWN;
        return ERR_NONE;
    }
    if (err != ERR_NONE)
        return err;
    if (now_us < shift.times.starts_us) {
        *ret_verdict = SCORE_SHIFT_EARLY;
        return ERR_NONE;
    }
    struct request request = {.arena = arena, .shift = &shift, .staff_id = staff_id, .reason = reason, .now_us = now_us};
    err = db_transact(db, request_body, &request);
    if (err == ERR_NONE) {
        *ret_verdict = SCORE_SHIFT_REQUESTED;
        *ret_job_id = request.job_id;
    }
    return err;
}

/* ---- late answers ---- */

struct late {
    struct arena *arena;
    const struct late_confirmation *confirmation;
    struct late_outcome outcome;
};

static enum err late_body(void *ctx, struct db *db) {
    struct late *late = ctx;
    int64_t job_id = 0;
    bool found = false;
    enum err err = late_confirm(db, late->arena, late->confirmation, &late->outcome);
    if (err != ERR_NONE)
        return err;
    if (late->outcome.verdict != LATE_COUNTED && late->outcome.verdict != LATE_LEFT)
        return DB_ROLLBACK;
    if (late->outcome.counted == 0 || !late->outcome.shift_closed)
        return ERR_NONE;
    const char *arguments = write_arguments(late->arena, "late answers");
    if (!arguments)
        return ERR_MEMORY;
    return score_job_enqueue(db, late->arena, SCORE_JOB_SHIFT_CLOSE, late->outcome.cycle_id, late->outcome.shift_id,
                             late->confirmation->staff_id, arguments, late->confirmation->now_us, &job_id, &found);
}

enum err score_late_confirm(struct db *db, struct arena *arena, const struct late_confirmation *confirmation,
                            struct late_outcome *ret_outcome) {
    struct late late = {.arena = arena, .confirmation = confirmation};
    enum err err = db_transact(db, late_body, &late);
    if (err == ERR_NONE)
        *ret_outcome = late.outcome;
    return err;
}

/* ---- doing ---- */

enum err score_job_shift_close(struct db *db, struct arena *arena, const struct score_job *job,
                               struct score_progress *progress, const char **ret_message) {
    (void)ret_message;
    const struct json *arguments = NULL;
    enum err err = json_read(arena, job->arguments, strlen(job->arguments), &arguments, NULL);
    if (err != ERR_NONE)
        return err;
    const struct sitting_closing closing = {.actor = LEDGER_STAFF(job->requested_by),
                                            .reason = json_text(json_get(arguments, "reason")),
                                            .everybody = true,
                                            .now_us = clock_now_us()};
    struct score_tally tally;
    return score_shift_close(db, progress->vault, arena, job->subject_id, &closing, progress, &tally);
}
