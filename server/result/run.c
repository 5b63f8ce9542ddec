#include "result_db.h"
#include "result_private.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/ledger/ledger.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define CHUNK 1000
#define CHUNK_TEXT_MAX ((size_t)32 << 20)
#define MESSAGE_DETAIL_MAX 440

/* ---- the request ---- */

struct asking {
    struct arena *arena;
    int64_t staff_id, now_us;
    const char *cycle_code, *cause;
    bool substitution;
    enum result_run_verdict verdict;
    int64_t job_id, run_id;
};

static enum err enqueue(struct asking *a, struct db *db, int64_t cycle_id) {
    struct buf arguments CLEANUP(buf_release);
    struct json_writer w;
    bool found = false;
    buf_init(&arguments, 65000);
    json_writer_init(&w, &arguments);
    json_open_object(&w);
    json_member_text(&w, "cause", a->cause);
    json_member_bool(&w, "substitution", a->substitution);
    json_close_object(&w);
    if (arguments.failed)
        return ERR_LIMIT;
    a->run_id = random_id();
    enum err err = score_job_enqueue(db, a->arena, SCORE_JOB_RANKING_RUN, cycle_id, a->run_id, a->staff_id,
                                     arguments.data, a->now_us, &a->job_id, &found);
    const char *details = arena_printf(a->arena, "{\"cycle\":\"%s\"}", a->cycle_code);
    if (err != ERR_NONE || !details)
        return err == ERR_NONE ? ERR_MEMORY : err;
    return ledger_append(db, a->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(a->staff_id),
                                                .act = "result.run_request",
                                                .subject_kind = "run",
                                                .subject_id = a->run_id,
                                                .reason = a->cause,
                                                .details = details,
                                                .at_us = a->now_us});
}

static enum err ask_body(void *ctx, struct db *db) {
    struct asking *a = ctx;
    int64_t cycle_id = 0;
    bool frozen = false;
    a->verdict = RESULT_RUN_NO_CYCLE;
    enum err err = result_db_cycle_find(db, a->arena, a->cycle_code, &cycle_id);
    if (err != ERR_NONE || cycle_id == 0)
        return err == ERR_NONE ? DB_ROLLBACK : err;
    a->verdict = RESULT_RUN_NOT_FROZEN;
    err = result_db_frozen(db, a->arena, cycle_id, &frozen);
    if (err != ERR_NONE || !frozen)
        return err == ERR_NONE ? DB_ROLLBACK : err;
    if (a->substitution) {
        const struct db_row *row = NULL;
        a->verdict = RESULT_RUN_NO_STRIKE;
        err = db_one(db, a->arena, DB_RELEASE_STRIKES_OPEN, DB_PARAMS(P_INT(cycle_id)), &row);
        if (err != ERR_NONE || !db_bool(row, 0))
            return err == ERR_NONE ? DB_ROLLBACK : err;
    }
    a->verdict = RESULT_RUN_REQUESTED;
    return enqueue(a, db, cycle_id);
}

enum err result_run_request(struct db *db, struct arena *arena, int64_t staff_id, const char *cycle_code,
                            const char *cause, bool substitution, int64_t now_us, enum result_run_verdict *ret_verdict,
                            int64_t *ret_job_id, int64_t *ret_run_id) {
    struct asking a = {.arena = arena, .staff_id = staff_id, .now_us = now_us, .cycle_code = cycle_code, .cause = cause, .substitution = substitution};
    enum err err = db_transact(db, ask_body, &a);
    if (err != ERR_NONE)
        return err;
    *ret_verdict = a.verdict;
    *ret_job_id = a.job_id;
    *ret_run_id = a.run_id;
    return ERR_NONE;
}

/* ---- the work ---- */

struct running {
    struct arena *arena;
    const struct score_job *job;
    const char *cause;
    bool substitution; /* all who hold a seat keep it */
    struct result_cycle cycle;
    struct result_collected collected;
    struct rank_result result;       /* over all that is known */
    struct result_field shown;       /* what the public gets, */
    struct rank_result shown_result; /* and what follows from it */
    const char **openings;
    struct buf bundle;
    int64_t version, release_version;
    const char *previous_sha256;
    char sha256[65];
    const char *message, *detail;
    struct score_progress *progress;
};

/* Parts of a hundred: what is read, ranked, made into a file and checked; the rest is storing. */
enum { STEPS = 100, STEPS_BEGUN = 1, STEPS_READ = 25, STEPS_RANKED = 30, STEPS_MADE = 40, STEPS_WRITTEN = 50 };

/* Says how far it is. False: somebody asked for the end; nothing of the run is kept. */
static bool goes_on(struct running *r, int32_t done) {
    bool cancelled = false;
    score_progress_note(r->progress, done, STEPS, &cancelled);
    if (cancelled)
        r->message = SCORE_JOB_CANCELLED_MESSAGE;
    return !cancelled;
}

/* [{code, title, quota, agencies [{code, name, quota}]}], as the list will show them. */
static const char *posts_text(struct arena *arena, const struct result_field *f) {
    struct buf out CLEANUP(buf_release);
    struct json_writer w;
    buf_init(&out, CHUNK_TEXT_MAX);
    json_writer_init(&w, &out);
    json_open_array(&w);
    for (uint32_t i = 0; i < f->inputs.post_count; i++) {
        int64_t quota = 0;
        json_open_object(&w);
        json_member_text(&w, "code", f->posts[i].code);
        json_member_text(&w, "title", f->post_titles[i]);
        json_put_key(&w, "agencies");
        json_open_array(&w);
        for (uint32_t k = 0; k < f->posts[i].seat_count; k++) {
            const struct rank_seat *seat = &f->seats[f->posts[i].first_seat + k];
            json_open_object(&w);
            json_member_text(&w, "code", f->agencies[seat->agency]);
            json_member_text(&w, "name", f->agency_names[seat->agency]);
            json_member_int(&w, "quota", seat->quota);
            json_close_object(&w);
            quota += seat->quota;
        }
        json_close_array(&w);
        json_member_int(&w, "quota", quota);
        json_close_object(&w);
    }
    json_close_array(&w);
    return out.failed ? NULL : arena_strndup(arena, out.data, out.len);
}

/* [{number, post, roll_numbers, reason}] of the recorded decisions. */
static const char *ties_text(struct arena *arena, const struct result_field *f) {
    struct buf out CLEANUP(buf_release);
    struct json_writer w;
    buf_init(&out, CHUNK_TEXT_MAX);
    json_writer_init(&w, &out);
    json_open_array(&w);
    for (size_t i = 0; i < f->tie_count; i++) {
        uint32_t first = result_roll_find(f->candidates, f->inputs.candidate_count, f->ties[i].order[0]);
        json_open_object(&w);
        json_member_int(&w, "number", f->ties[i].number);
        json_member_text(&w, "post", f->posts[f->candidates[first].post].code);
        json_put_key(&w, "roll_numbers");
        json_open_array(&w);
        for (size_t k = 0; k < f->ties[i].count; k++)
            json_put_text(&w, f->ties[i].order[k]);
        json_close_array(&w);
        json_member_text(&w, "reason", f->ties[i].reason);
        json_close_object(&w);
    }
    json_close_array(&w);
    return out.failed ? NULL : arena_strndup(arena, out.data, out.len);
}

/* Arrays for the statement that inserts one chunk of decisions. */
struct chunk {
    int64_t candidates[CHUNK], posts[CHUNK], ranks[CHUNK], raws[CHUNK], priorities[CHUNK], agencies[CHUNK];
    const char *outcomes[CHUNK], *classes[CHUNK], *reasons[CHUNK], *derivations[CHUNK], *openings[CHUNK], *parts[CHUNK];
    size_t count;
};

static bool add_to_chunk(struct chunk *chunk, struct arena *arena, const struct running *r, uint32_t i) {
    const struct rank_decision *d = &r->result.decisions[i];
    const struct result_collected *c = &r->collected;
    struct buf steps CLEANUP(buf_release);
    struct json_writer w;
    buf_init(&steps, 65536);
    json_writer_init(&w, &steps);
    result_derivation_write(&w, &c->field, &r->result, i);
    size_t n = chunk->count++;
    chunk->candidates[n] = c->candidate_ids[i];
    chunk->posts[n] = c->post_ids[c->field.candidates[i].post];
    chunk->ranks[n] = d->place;
    chunk->raws[n] = d->raw;
    chunk->priorities[n] = d->priority;
    chunk->agencies[n] = d->agency == RANK_NO_AGENCY ? 0 : c->agency_ids[d->agency];
    chunk->outcomes[n] = rank_outcome_key(d->outcome);
    chunk->classes[n] = d->class_used == RANK_NONE ? "" : c->field.rules.classes[d->class_used].code;
    chunk->reasons[n] = rank_reason_key(d->reason);
    chunk->openings[n] = r->openings[i] ? r->openings[i] : "";
    chunk->parts[n] = r->shown.given[i] ? result_parts_text(arena, r->shown.given[i]) : "";
    chunk->derivations[n] = steps.failed ? NULL : arena_strndup(arena, steps.data, steps.len);
    return chunk->derivations[n] && chunk->parts[n];
}

/* Sends it; what it holds is the database's when this returns. */
static enum err send_chunk(struct chunk *chunk, struct db *db, int64_t run_id) {
    size_t n = chunk->count;
    chunk->count = 0;
    return db_send(db, DB_RESULT_DECISIONS_STORE,
                   DB_PARAMS(P_INT(run_id), P_INTS(chunk->candidates, n), P_INTS(chunk->posts, n),
                             P_TEXTS(chunk->outcomes, n), P_INTS(chunk->ranks, n), P_INTS(chunk->raws, n),
                             P_INTS(chunk->priorities, n), P_TEXTS(chunk->classes, n), P_INTS(chunk->agencies, n),
                             P_TEXTS(chunk->reasons, n), P_TEXTS(chunk->derivations, n), P_TEXTS(chunk->openings, n),
                             P_TEXTS(chunk->parts, n)));
}

/* While the database stores one chunk the next is made. */
static enum err insert_decisions(struct running *r, struct db *db) {
    struct chunk *chunk = ARENA_NEW(r->arena, struct chunk);
    uint32_t count = r->collected.field.inputs.candidate_count;
    struct arena texts;
    if (!chunk)
        return ERR_MEMORY;
    arena_init(&texts, CHUNK_TEXT_MAX);
    enum err err = ERR_NONE;
    int32_t said = STEPS_WRITTEN;
    for (uint32_t i = 0; i < count && err == ERR_NONE && !*r->message; i++) {
        if (!add_to_chunk(chunk, &texts, r, i))
            err = ERR_MEMORY;
        if (err != ERR_NONE || (chunk->count < CHUNK && i + 1 < count))
            continue;
        err = db_wait(db);
        if (err == ERR_NONE)
            err = send_chunk(chunk, db, r->job->subject_id);
        arena_reset(&texts);
        int32_t step = STEPS_WRITTEN + (int32_t)((STEPS - STEPS_WRITTEN) * (int64_t)i / count);
        if (err == ERR_NONE && step > said && goes_on(r, step))
            said = step;
    }
    arena_release(&texts);
    return err == ERR_NONE ? db_wait(db) : err;
}

static enum err refuse(struct running *r, const char *message, const char *detail) {
    r->message = message;
    r->detail = detail;
    return detail ? ERR_NONE : ERR_MEMORY;
}

static enum err send_run(struct running *r, struct db *db) {
    const struct result_field *f = &r->collected.field;
    uint8_t sha256[CRYPTO_SHA256_LEN];
    crypto_sha256(r->bundle.data, r->bundle.len, sha256);
    text_hex(sha256, sizeof sha256, r->sha256);
    const char *posts = posts_text(r->arena, f), *ties = ties_text(r->arena, f);
    if (!posts || !ties)
        return ERR_MEMORY;
    return db_send(db, DB_RESULT_RUN_INSERT,
                   DB_PARAMS(P_INT(r->job->subject_id), P_INT(r->cycle.cycle_id), P_INT(r->version),
                             P_INT(r->release_version), P_TEXT(r->cause), P_INT(r->job->requested_by),
                             P_TIME(r->job->requested_us), P_TEXT(RANK_ENGINE), P_TEXT(posts), P_TEXT(ties),
                             P_TEXT(r->bundle.data), P_BYTES(sha256, sizeof sha256), P_INT(f->inputs.candidate_count),
                             P_INT(r->result.outcomes[RANK_SELECTED]), P_INT(r->result.unresolved)));
}

/* What the public can compute from its file, from nothing but its bytes. */
static enum err check_file(struct running *r) {
    struct result_check check = {.failed = RESULT_STEP_COUNT};
    enum err err = result_verify(r->arena, r->bundle.data, r->bundle.len, &check);
    return err == ERR_NONE && check.failed != RESULT_STEP_COUNT ? refuse(r, "self-check-failed", check.line) : err;
}

/* The file is checked while the database takes it in: where it does not hold, the transaction ends without it. */
static enum err store(struct running *r, struct db *db) {
    const struct result_field *f = &r->collected.field;
    enum err err = send_run(r, db);
    if (err == ERR_NONE)
        err = check_file(r);
    if (err == ERR_NONE && !*r->message && goes_on(r, STEPS_WRITTEN))
        err = insert_decisions(r, db);
    if (err != ERR_NONE || *r->message)
        return err == ERR_NONE ? DB_ROLLBACK : err;
    const char *details = arena_printf(
        r->arena,
        "{\"candidates\":%u,\"cycle\":\"%s\",\"engine\":\"%s\",\"pack\":\"%s\",\"selected\":%u,\"sha256\":\"%s\","
        "\"unresolved\":%u,\"version\":%lld}",
        f->inputs.candidate_count, r->cycle.code, RANK_ENGINE, f->pack->sha256, r->result.outcomes[RANK_SELECTED],
        r->sha256, r->result.unresolved, (long long)r->version);
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, r->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(r->job->requested_by),
                                                .act = "result.run",
                                                .subject_kind = "run",
                                                .subject_id = r->job->subject_id,
                                                .reason = r->cause,
                                                .details = details,
                                                .at_us = r->job->requested_us});
}

/* What the public can compute from its file is what was decided from everything. */
static bool same_decisions(const struct running *r) {
    for (uint32_t i = 0; i < r->shown.inputs.candidate_count; i++) {
        const struct rank_decision *a = &r->result.decisions[i], *b = &r->shown_result.decisions[i];
        if (a->outcome != b->outcome || a->reason != b->reason || a->place != b->place || a->agency != b->agency ||
            a->total != b->total || a->preference != b->preference)
            return false;
    }
    return true;
}

static enum err rank_and_withhold(struct running *r) {
    struct rank_misfit misfit;
    enum err err = rank_run(&r->collected.field.inputs, &r->result, &misfit);
    if (err == ERR_RANGE)
        return refuse(r, "inputs-unfit", arena_printf(r->arena, "%s: %s", misfit.path, misfit.reason));
    if (err == ERR_NONE)
        err = result_withhold(r->arena, &r->collected.field, &r->result, &r->shown, &r->openings);
    if (err == ERR_NONE)
        err = rank_run(&r->shown.inputs, &r->shown_result, &misfit);
    if (err == ERR_RANGE)
        return refuse(r, "self-check-failed", arena_printf(r->arena, "%s: %s", misfit.path, misfit.reason));
    return err == ERR_NONE && !same_decisions(r) ? refuse(r, "self-check-failed", "the public file decides otherwise")
                                                 : err;
}

static enum err rank_and_write(struct running *r) {
    struct result_head head = {.cycle_code = r->cycle.code,
                               .title_vi = r->cycle.title_vi,
                               .title_en = r->cycle.title_en,
                               .authority_vi = r->cycle.authority_vi,
                               .authority_en = r->cycle.authority_en,
                               .demonstration = r->cycle.demonstration,
                               .version = r->release_version,
                               .cause = r->cause,
                               .previous_sha256 = r->previous_sha256};
    enum err err = rank_and_withhold(r);
    if (err != ERR_NONE || *r->message || !goes_on(r, STEPS_RANKED))
        return err;
    return result_bundle_write(&head, &r->shown, &r->shown_result, &r->bundle);
}

static enum err read_numbers(struct running *r, struct db *db) {
    const struct db_row *row = NULL;
    size_t len = 0;
    enum err err = db_one(db, r->arena, DB_RESULT_RUN_NUMBERS, DB_PARAMS(P_INT(r->cycle.cycle_id)), &row);
    if (err != ERR_NONE)
        return err;
    r->version = db_int(row, 0);
    r->release_version = db_int(row, 1);
    const uint8_t *previous = db_bytes(row, 2, &len);
    char hex[65];
    if (previous && len == CRYPTO_SHA256_LEN) {
        text_hex(previous, len, hex);
        r->previous_sha256 = arena_strdup(r->arena, hex);
    }
    return r->arena->failed ? ERR_MEMORY : ERR_NONE;
}

/* The map of blind codes is opened by two roles, the officer who asks and the worker: each time it is written down. */
static enum err log_opening(struct running *r, struct db *db) {
    return ledger_append(db, r->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(r->job->requested_by),
                                                .act = "marking.map_open",
                                                .subject_kind = "cycle",
                                                .subject_id = r->job->cycle_id,
                                                .reason = r->cause,
                                                .at_us = r->job->requested_us});
}

static enum err collect(struct running *r, struct db *db, bool *ret_go_on) {
    const struct db_row *row = NULL;
    bool frozen = false;
    *ret_go_on = false;
    enum err err = db_one(db, r->arena, DB_RESULT_CYCLE_LOCK, DB_PARAMS(P_INT(r->job->cycle_id)), &row);
    if (err == ERR_NONE)
        err = db_one(db, r->arena, DB_RESULT_RUN_EXISTS, DB_PARAMS(P_INT(r->job->subject_id)), &row);
    if (err != ERR_NONE || db_bool(row, 0))
        return err; /* done by an earlier attempt */
    if (!goes_on(r, STEPS_BEGUN))
        return ERR_NONE;
    err = result_db_frozen(db, r->arena, r->job->cycle_id, &frozen);
    if (err == ERR_NONE && !frozen)
        r->message = "marks-not-frozen";
    if (err != ERR_NONE || !frozen)
        return err;
    err = result_db_cycle_read(db, r->arena, r->job->cycle_id, &r->cycle);
    if (err == ERR_NONE)
        err = result_db_collect(db, r->arena, &r->cycle, RESULT_MARKS_ALL, &r->collected);
    if (err == ERR_NONE && r->substitution && !*r->collected.message)
        err = result_db_kept(db, r->arena, r->cycle.cycle_id, &r->collected.field);
    if (err == ERR_NONE)
        err = log_opening(r, db);
    if (err == ERR_NONE)
        err = read_numbers(r, db);
    if (err == ERR_NONE && !*r->collected.message && r->collected.rescoring) {
        r->collected.message = "rescore-pending";
        r->collected.detail = "a correction of a key is still being applied";
    }
    r->message = err == ERR_NONE ? r->collected.message : "";
    r->detail = r->collected.detail;
    *ret_go_on = err == ERR_NONE && !*r->message;
    return err;
}

static void forget(struct running *r) {
    rank_result_release(&r->result);
    rank_result_release(&r->shown_result);
    buf_release(&r->bundle);
    buf_init(&r->bundle, RESULT_BUNDLE_MAX);
}

static enum err run_body(void *ctx, struct db *db) {
    struct running *r = ctx;
    bool go_on = false;
    forget(r);
    r->message = "";
    r->detail = NULL;
    enum err err = collect(r, db, &go_on);
    if (err != ERR_NONE || !go_on)
        return err == ERR_NONE ? DB_ROLLBACK : err;
    if (goes_on(r, STEPS_READ))
        err = rank_and_write(r);
    if (err != ERR_NONE || *r->message || !goes_on(r, STEPS_MADE))
        return err == ERR_NONE ? DB_ROLLBACK : err;
    return store(r, db);
}

/* A run that cannot be made leaves a trace with its first cause. */
static enum err log_unfit(void *ctx, struct db *db) {
    struct running *r = ctx;
    struct buf details CLEANUP(buf_release);
    struct json_writer w;
    buf_init(&details, 8192);
    json_writer_init(&w, &details);
    json_open_object(&w);
    json_member_text(&w, "detail", r->detail ? r->detail : "");
    json_member_text(&w, "message", r->message);
    json_close_object(&w);
    if (details.failed)
        return ERR_LIMIT;
    return ledger_append(db, r->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(r->job->requested_by),
                                                .act = "result.run_refused",
                                                .subject_kind = "run",
                                                .subject_id = r->job->subject_id,
                                                .details = details.data,
                                                .at_us = r->job->requested_us});
}

/* Of a run that was cancelled after it had read the map nothing stays but that. */
static enum err log_opened(void *ctx, struct db *db) {
    return log_opening(ctx, db);
}

const char *result_job_message(struct arena *arena, const char *key, const char *detail) {
    if (!*key || !detail)
        return key;
    size_t len = strlen(detail);
    if (len > MESSAGE_DETAIL_MAX)
        for (len = MESSAGE_DETAIL_MAX; len > 0 && ((unsigned char)detail[len] & 0xC0) == 0x80;)
            len--;
    return arena_printf(arena, "%s: %.*s", key, (int)len, detail);
}

enum err result_job_ranking_run(struct db *db, struct arena *arena, const struct score_job *job,
                                struct score_progress *progress, const char **ret_message) {
    const struct json *arguments = NULL;
    enum err err = json_read(arena, job->arguments, strlen(job->arguments), &arguments, NULL);
    if (err != ERR_NONE)
        return err;
    struct running r = {.arena = arena, .job = job, .cause = json_text(json_get(arguments, "cause")), .message = "", .progress = progress};
    if (!r.cause)
        return ERR_STATE;
    (void)json_bool(json_get(arguments, "substitution"), &r.substitution);
    buf_init(&r.bundle, RESULT_BUNDLE_MAX);
    err = score_progress_set(progress, 0, STEPS);
    if (err == ERR_NONE)
        err = db_transact(db, run_body, &r);
    if (err == ERR_NONE && *r.message && strcmp(r.message, SCORE_JOB_CANCELLED_MESSAGE) != 0)
        err = db_transact(db, log_unfit, &r);
    else if (err == ERR_NONE && *r.message && r.cycle.cycle_id != 0)
        err = db_transact(db, log_opened, &r);
    else if (err == ERR_NONE && !*r.message)
        err = score_progress_set(progress, STEPS, STEPS);
    rank_result_release(&r.result);
    rank_result_release(&r.shown_result);
    buf_release(&r.bundle);
    if (err == ERR_NONE)
        *ret_message = result_job_message(arena, r.message, r.detail);
    return *ret_message ? err : ERR_MEMORY;
}
