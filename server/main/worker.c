#include "worker.h"

#include "assemble_job.h"
#include "letters_job.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/clock.h"
#include "khoacu/base/log.h"
#include "khoacu/db/db.h"
#include "khoacu/quality/quality.h"
#include "khoacu/result/rekey.h"
#include "khoacu/result/result.h"
#include "khoacu/result/trial.h"
#include "khoacu/score/rekey.h"
#include "khoacu/score/score.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "khoacu/base/banned.h"

enum {
    TURN_MS = 250,
    TURNS_A_CLOSING = 4,
    PAUSE_MOST_TURNS = 20, /* after failures */
};

/* The work of each kind of job; to add one: a kind in job.h, its row here. */
static score_job_fn *const QUICK[SCORE_JOB_KIND_COUNT] = {
    [SCORE_JOB_SHIFT_CLOSE] = score_job_shift_close,
    [SCORE_JOB_ROUND2_OPEN] = result_job_round2_open,
    [SCORE_JOB_MARKING_DRAW] = result_job_marking_draw,
    [SCORE_JOB_MARKS_FREEZE] = result_job_marks_freeze,
    [SCORE_JOB_RANKING_RUN] = result_job_ranking_run,
    [SCORE_JOB_RANKING_TRIAL] = result_job_ranking_trial,
    [SCORE_JOB_KEY_RELEASE] = rekey_job_release,
    [SCORE_JOB_KEY_PREVIEW] = result_job_key_preview,
    [SCORE_JOB_KEY_APPLY] = result_job_key_apply,
};
/* What takes a minute has a thread of its own, so that no closing waits for it. */
static score_job_fn *const LONG[SCORE_JOB_KIND_COUNT] = {
    [SCORE_JOB_LETTERS_MAIL] = letters_job,
    [SCORE_JOB_FORM_ASSEMBLE] = assemble_job,
    [SCORE_JOB_QUALITY_RESULT] = quality_job_result,
    [SCORE_JOB_QUALITY_MARKING] = quality_job_marking,
};

struct worker {
    char *conninfo;
    struct bank_vault *vault;
    pthread_t thread;
    atomic_bool stopping;
    bool alone;
    score_job_fn *const *functions;
    struct worker *other; /* with the long jobs; NULL: this is it */
    struct db *db, *beside; /* the second says how far a transaction of the first is */
    int failures; /* in a row */
};

static void sleep_turns(struct worker *worker, int turns) {
    for (int i = 0; i < turns && !atomic_load(&worker->stopping); i++)
        (void)nanosleep(&(struct timespec){.tv_nsec = TURN_MS * 1000000L}, NULL);
}

static enum err connect_once(struct worker *worker) {
    char why[300] = "";
    if (worker->db)
        return ERR_NONE;
    if (!worker->beside && worker->functions == QUICK && db_open(worker->conninfo, DB_ROLE_WORKER, &worker->beside, why, sizeof why) != ERR_NONE)
        worker->beside = NULL; /* rankings run without being watched */
    enum err err = db_open(worker->conninfo, DB_ROLE_WORKER, &worker->db, why, sizeof why);
    if (err != ERR_NONE && worker->failures == 0)
        LOG(LOG_ERROR, "worker.refused", LOG_TEXT("why", &why[0]));
    return err;
}

static enum err read_clock(struct db *db) {
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, 65536);
    const struct db_row *row;
    int64_t before_us = clock_mono_us();
    enum err err = db_one(db, &arena, DB_MAIN_CLOCK, DB_NO_PARAMS, &row);
    if (err == ERR_NONE)
        (void)clock_adjust(db_time(row, 0), before_us + (clock_mono_us() - before_us) / 2);
    return err;
}

static enum err work_once(struct worker *worker, bool closings) {
    int64_t closed = 0, published = 0;
    bool ran = false;
    enum err err = connect_once(worker);
    if (err == ERR_NONE && closings && worker->alone)
        err = read_clock(worker->db);
    if (err == ERR_NONE && closings && worker->other)
        err = score_due_close(worker->db, worker->vault, clock_now_us(), &closed);
    if (err == ERR_NONE && closings) /* by both threads: a long job of one delays no list */
        err = result_due_publish(worker->db, clock_now_us(), &published);
    do {
        if (err == ERR_NONE)
            err = score_job_run(worker->db, worker->beside, worker->vault, worker->functions, &worker->stopping, clock_now_us(), &ran);
    } while (err == ERR_NONE && ran && !atomic_load(&worker->stopping));
    if (closed > 0)
        LOG(LOG_INFO, "worker.closed", LOG_NUM("rooms", closed));
    if (published > 0)
        LOG(LOG_INFO, "worker.published", LOG_NUM("lists", published));
    return err;
}

static void *run(void *ctx) {
    struct worker *worker = ctx;
    for (int turn = 0; !atomic_load(&worker->stopping); turn++) {
        enum err err = work_once(worker, turn % TURNS_A_CLOSING == 0);
        if (err == ERR_NONE) {
            worker->failures = 0;
            sleep_turns(worker, 1);
            continue;
        }
        if (worker->failures++ == 0 && worker->db)
            LOG(LOG_ERROR, "worker.failed", LOG_TEXT("key", err_key(err)),
                LOG_TEXT("database", db_last_error(worker->db)));
        turn = -1; /* closings come first when it works again */
        sleep_turns(worker, worker->failures < PAUSE_MOST_TURNS ? worker->failures : PAUSE_MOST_TURNS);
    }
    return NULL;
}

static enum err make_one(const char *conninfo, struct bank_vault *vault, struct worker *other,
                         struct worker **ret_worker) {
    struct worker *worker = calloc(1, sizeof *worker);
    if (!worker)
        return ERR_MEMORY;
    worker->vault = vault;
    worker->other = other;
    worker->functions = other ? QUICK : LONG;
    worker->conninfo = strdup(conninfo);
    if (!worker->conninfo) {
        free(worker);
        return ERR_MEMORY;
    }
    *ret_worker = worker;
    return ERR_NONE;
}

static enum err run_one(struct worker *worker) {
    return pthread_create(&worker->thread, NULL, run, worker) == 0 ? ERR_NONE : ERR_MEMORY;
}

static void free_one(struct worker *worker) {
    db_close(worker->db);
    db_close(worker->beside);
    free(worker->conninfo);
    free(worker);
}

static enum err start(const char *conninfo, struct bank_vault *vault, bool alone, struct worker **ret_worker) {
    struct worker *other = NULL, *worker = NULL;
    enum err err = make_one(conninfo, vault, NULL, &other);
    if (err != ERR_NONE)
        return err;
    err = make_one(conninfo, vault, other, &worker);
    if (err == ERR_NONE) {
        worker->alone = alone;
        err = run_one(other);
    }
    if (err == ERR_NONE && (err = run_one(worker)) != ERR_NONE) {
        atomic_store(&other->stopping, true);
        (void)pthread_join(other->thread, NULL);
    }
    if (err != ERR_NONE) {
        if (worker)
            free_one(worker);
        free_one(other);
        return err;
    }
    *ret_worker = worker;
    return ERR_NONE;
}

enum err worker_start(const char *conninfo, struct bank_vault *vault, struct worker **ret_worker) {
    return start(conninfo, vault, false, ret_worker);
}

enum err worker_start_alone(const char *conninfo, struct bank_vault *vault, struct worker **ret_worker) {
    return start(conninfo, vault, true, ret_worker);
}

void worker_stop(struct worker *worker) {
    if (!worker)
        return;
    atomic_store(&worker->stopping, true);
    atomic_store(&worker->other->stopping, true);
    (void)pthread_join(worker->thread, NULL);
    (void)pthread_join(worker->other->thread, NULL);
    free_one(worker->other);
    free_one(worker);
}
