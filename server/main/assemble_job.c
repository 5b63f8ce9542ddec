#include "assemble_job.h"

#include "khoacu/assembly/assembly.h"

#include "khoacu/base/banned.h"

static bool keep_on(void *ctx) {
    const struct score_progress *progress = ctx;
    return !progress->stopping || !atomic_load(progress->stopping);
}

static void say(void *ctx, int32_t done, int32_t total) {
    (void)!score_progress_set(ctx, done, total); /* only shown: a lost step is no reason to give up */
}

enum err assemble_job(struct db *db, struct arena *arena, const struct score_job *job, struct score_progress *progress,
                      const char **ret_message) {
    struct assembly_watch watch = {.keep_on = keep_on, .progress = say, .ctx = progress};
    return assembly_run(db, arena, job->subject_id, &watch, ret_message);
}
