#include "result_db.h"

#include "khoacu/ledger/ledger.h"
#include "khoacu/result/letter.h"

#include "khoacu/base/banned.h"

#define TROUBLES_MAX 200

static enum err read_counts(struct db *db, struct arena *arena, int64_t run_id, struct result_mail_counts *counts) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_RELEASE_MAILS_COUNTS, DB_PARAMS(P_INT(run_id)), &row);
    if (err != ERR_NONE)
        return err;
    counts->mails = db_int(row, 0);
    counts->waiting = db_int(row, 1);
    counts->sent = db_int(row, 2);
    counts->refused = db_int(row, 3);
    counts->deferred = db_int(row, 4);
    counts->unsure = db_int(row, 5);
    counts->returned = db_int(row, 6);
    return ERR_NONE;
}

static enum err read_addresses(struct db *db, struct arena *arena, int64_t run_id, struct result_mail_counts *counts) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_RELEASE_MAILS_ADDRESSES, DB_PARAMS(P_INT(run_id)), &row);
    if (err != ERR_NONE)
        return err;
    counts->candidates = db_int(row, 0);
    counts->addresses = db_int(row, 1);
    counts->unreached = db_int(row, 2);
    return ERR_NONE;
}

static enum err take_trouble(void *ctx, const struct db_row *row) {
    struct result_mails *mails = ctx;
    mails->troubles[mails->trouble_count++] = (struct result_mail_trouble){.roll_number = db_text(row, 0), .address = db_text(row, 1),
                                                                           .state = db_text(row, 2), .answer = db_text(row, 3),
                                                                           .attempts = db_int(row, 4)};
    return ERR_NONE;
}

enum err result_mails_read(struct db *db, struct arena *arena, int64_t run_id, struct result_mails *ret_mails) {
    struct result_mails mails = {.troubles = ARENA_ARRAY(arena, TROUBLES_MAX, struct result_mail_trouble)};
    if (!mails.troubles)
        return ERR_MEMORY;
    enum err err = read_counts(db, arena, run_id, &mails.counts);
    if (err == ERR_NONE)
        err = read_addresses(db, arena, run_id, &mails.counts);
    if (err == ERR_NONE)
        err = db_many(db, arena, DB_RELEASE_MAILS_TROUBLED, DB_PARAMS(P_INT(run_id)), TROUBLES_MAX, take_trouble, &mails);
    if (err == ERR_NONE)
        *ret_mails = mails;
    return err;
}

struct requesting {
    struct arena *arena;
    int64_t staff_id, run_id, cycle_id, now_us, job_id;
    bool again;
    enum result_mails_verdict verdict;
};

static enum err log_event(struct db *db, struct requesting *r, const char *act, const struct result_mail_counts *c) {
    const char *details = arena_printf(r->arena, "{\"again\":%s,\"deferred\":%lld,\"refused\":%lld,\"returned\":%lld,\"sent\":%lld,\"unsure\":%lld,\"waiting\":%lld}",
                                       r->again ? "true" : "false", (long long)c->deferred, (long long)c->refused, (long long)c->returned,
                                       (long long)c->sent, (long long)c->unsure, (long long)c->waiting);
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, r->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(r->staff_id), .act = act, .subject_kind = "run", .subject_id = r->run_id,
                                                .details = details, .at_us = r->now_us});
}

static enum err request_body(void *ctx, struct db *db) {
    struct requesting *r = ctx;
    struct result_mail_counts counts = {0};
    bool found = false;
    enum err err = db_run(db, DB_RELEASE_MAILS_PREPARE, DB_PARAMS(P_INT(r->run_id), P_TIME(r->now_us)), NULL);
    if (err == ERR_NONE)
        err = r->again ? db_run(db, DB_RELEASE_MAILS_AGAIN, DB_PARAMS(P_INT(r->run_id), P_TIME(r->now_us)), NULL)
                       : db_run(db, DB_RELEASE_MAILS_DEFERRED, DB_PARAMS(P_INT(r->run_id), P_TIME(r->now_us)), NULL);
    if (err == ERR_NONE)
        err = read_counts(db, r->arena, r->run_id, &counts);
    if (err != ERR_NONE)
        return err;
    r->verdict = counts.mails == 0 ? RESULT_MAILS_NO_ADDRESS : RESULT_MAILS_REQUESTED;
    if (counts.mails == 0)
        return DB_ROLLBACK;
    err = score_job_enqueue(db, r->arena, SCORE_JOB_LETTERS_MAIL, r->cycle_id, r->run_id, r->staff_id, NULL, r->now_us, &r->job_id, &found);
    return err == ERR_NONE ? log_event(db, r, "result.mail_request", &counts) : err;
}

enum err result_mails_request(struct db *db, struct arena *arena, int64_t staff_id, int64_t run_id, bool again, int64_t now_us,
                              enum result_mails_verdict *ret_verdict, int64_t *ret_job_id) {
    struct result_release release;
    struct requesting r = {.arena = arena, .staff_id = staff_id, .run_id = run_id, .now_us = now_us, .again = again};
    bool found = false;
    enum err err = result_run_release(db, arena, run_id, &found, &release);
    if (err != ERR_NONE)
        return err;
    *ret_verdict = found ? RESULT_MAILS_NOT_PUBLISHED : RESULT_MAILS_NO_RUN;
    if (!found || !release.published_us)
        return ERR_NONE;
    err = result_db_cycle_find(db, arena, release.cycle_code, &r.cycle_id);
    if (err == ERR_NONE)
        err = db_transact(db, request_body, &r);
    if (err != ERR_NONE)
        return err;
    *ret_verdict = r.verdict;
    *ret_job_id = r.job_id;
    return ERR_NONE;
}

/* ---- the worker ---- */

enum err result_mails_begin(struct db *db, struct arena *arena, int64_t run_id, int64_t now_us, struct result_mail_counts *ret_counts) {
    enum err err = db_run(db, DB_RELEASE_MAILS_RECOVER, DB_PARAMS(P_INT(run_id), P_TIME(now_us)), NULL);
    return err == ERR_NONE ? read_counts(db, arena, run_id, ret_counts) : err;
}

static enum err take_mail(void *ctx, const struct db_row *row) {
    *(struct result_mail *)ctx = (struct result_mail){.candidate_id = db_int(row, 0), .mail_id = db_int(row, 1), .address = db_text(row, 2),
                                         .attempt = db_int(row, 3)};
    return ERR_NONE;
}

enum err result_mail_take(struct db *db, struct arena *arena, int64_t run_id, int64_t now_us, struct result_mail *ret_mail) {
    *ret_mail = (struct result_mail){0};
    return db_many(db, arena, DB_RELEASE_MAIL_TAKE, DB_PARAMS(P_INT(run_id), P_TIME(now_us)), 1, take_mail, ret_mail);
}

enum err result_mail_done(struct db *db, int64_t run_id, int64_t candidate_id, const char *state, const char *answer, int64_t now_us) {
    return db_run(db, DB_RELEASE_MAIL_DONE, DB_PARAMS(P_INT(run_id), P_INT(candidate_id), P_TEXT(state), P_TEXT(answer), P_TIME(now_us)), NULL);
}

static enum err end_body(void *ctx, struct db *db) {
    struct requesting *r = ctx;
    struct result_mail_counts counts = {0};
    enum err err = read_counts(db, r->arena, r->run_id, &counts);
    return err == ERR_NONE ? log_event(db, r, "result.mail", &counts) : err;
}

enum err result_mails_end(struct db *db, struct arena *arena, int64_t run_id, int64_t staff_id, int64_t now_us) {
    struct requesting r = {.arena = arena, .staff_id = staff_id, .run_id = run_id, .now_us = now_us};
    return db_transact(db, end_body, &r);
}
