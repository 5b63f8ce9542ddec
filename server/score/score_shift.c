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
