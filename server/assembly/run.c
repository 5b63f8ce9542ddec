#include "khoacu/assembly/assembly.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/clock.h"
#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/ledger/ledger.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define ASK_EVERY_US 500000
#define POOL_ARENA_MAX ((size_t)256 << 20) /* a whole bank of facts, more than a request may take */

/* ---- the request ---- */

struct asking {
    const struct bank_desk *desk;
    const struct assembly_stored *stored;
    struct assembly_pool pool;
    struct buf text;
    uint8_t sha256[CRYPTO_SHA256_LEN];
    int64_t assembly_id, job_id;
};

static enum err store_request(void *ctx, struct db *db) {
    struct asking *asking = ctx;
    const struct bank_desk *desk = asking->desk;
    const struct db_row *row = NULL;
    char sha256[2 * CRYPTO_SHA256_LEN + 1];
    enum err err = db_run(
        db, DB_ASSEMBLY_INSERT,
        DB_PARAMS(P_INT(asking->assembly_id), P_INT(asking->stored->blueprint_id), P_INT(asking->stored->version),
                  P_TEXT(asking->text.data), P_BYTES(asking->sha256, sizeof asking->sha256),
                  P_INT(asking->stored->bank_exposure_max), P_INT(desk->staff_id), P_TIME(desk->now_us)),
        NULL);
    if (err == ERR_NONE)
        err = db_one(
            db, desk->arena, DB_ASSEMBLY_JOB_ENQUEUE,
            DB_PARAMS(P_INT(random_id()), P_INT(asking->assembly_id), P_INT(desk->staff_id), P_TIME(desk->now_us)),
            &row);
    if (err != ERR_NONE)
        return err;
    asking->job_id = db_int(row, 0);
    text_hex(asking->sha256, sizeof asking->sha256, sha256);
    const char *details =
        arena_printf(desk->arena, "{\"blueprint\":\"%016llx\",\"version\":%lld,\"items\":%zu,\"pool_sha256\":\"%s\"}",
                     (unsigned long long)asking->stored->blueprint_id, (long long)asking->stored->version,
                     asking->pool.count, sha256);
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, desk->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(desk->staff_id),
                                                .act = "assembly.request",
                                                .subject_kind = "assembly",
                                                .subject_id = asking->assembly_id,
                                                .details = details,
                                                .at_us = desk->now_us});
}

enum err assembly_request(const struct bank_desk *desk, int64_t blueprint_id, int64_t version,
                          enum assembly_request_verdict *ret_verdict, int64_t *ret_assembly_id, int64_t *ret_job_id) {
    struct assembly_stored *stored = NULL;
    struct asking asking = {.desk = desk, .assembly_id = random_id()};
    enum err err = assembly_blueprint_get(desk, blueprint_id, version, &stored);
    if (err != ERR_NONE)
        return err;
    *ret_verdict = !stored             ? ASSEMBLY_REQUEST_UNKNOWN
                   : stored->may_write ? ASSEMBLY_REQUESTED
                                       : ASSEMBLY_REQUEST_FORBIDDEN;
    if (*ret_verdict != ASSEMBLY_REQUESTED)
        return ERR_NONE;
    asking.stored = stored;
    struct arena arena CLEANUP(arena_release);
    struct bank_desk gatherer = *desk;
    arena_init(&arena, POOL_ARENA_MAX);
    gatherer.arena = &arena;
    err = assembly_pool_of_bank(&gatherer, stored->bank_id, &asking.pool);
    if (err != ERR_NONE)
        return err;
    buf_init(&asking.text, ASSEMBLY_POOL_BYTES_MAX);
    assembly_pool_write_csv(&asking.pool, &asking.text);
    err = asking.text.failed ? ERR_LIMIT : ERR_NONE;
    if (err == ERR_NONE) {
        crypto_sha256(asking.text.data, asking.text.len, asking.sha256);
        err = db_transact(desk->db, store_request, &asking);
    }
    buf_release(&asking.text);
    *ret_assembly_id = asking.assembly_id;
    *ret_job_id = asking.job_id;
    return err;
}

/* ---- looking at it, stopping it ---- */

static enum err take_state(const struct db_row *row, struct assembly_state *state) {
    size_t len = 0;
    const uint8_t *sha256 = db_bytes(row, 5, &len);
    if (len != CRYPTO_SHA256_LEN)
        return ERR_STATE;
    text_hex(sha256, len, state->pool_sha256);
    state->bank_id = db_int(row, 0);
    state->bank = db_text(row, 1);
    state->blueprint_id = db_int(row, 2);
    state->blueprint = db_text(row, 3);
    state->version = db_int(row, 4);
    state->requested_us = db_time(row, 6);
    state->by = db_text(row, 7);
    state->state = db_text(row, 8);
    state->done_count = db_int(row, 9);
    state->total_count = db_int(row, 10);
    state->message = db_text(row, 11);
    state->verdict = db_text(row, 12);
    state->finished_us = db_time(row, 13);
    state->result = db_text(row, 14);
    state->stopping = !db_is_null(row, 15);
    return state->state ? ERR_NONE : ERR_STATE;
}

enum err assembly_get(const struct bank_desk *desk, int64_t assembly_id, struct assembly_state **ret_state) {
    struct assembly_state *state = ARENA_NEW(desk->arena, struct assembly_state);
    struct bank_scope scope = {0};
    const struct db_row *row = NULL;
    *ret_state = NULL;
    enum err err = db_one(desk->db, desk->arena, DB_ASSEMBLY_GET, DB_PARAMS(P_INT(assembly_id)), &row);
    if (err == ERR_DB_NO_ROW)
        return ERR_NONE;
    if (err != ERR_NONE || !state)
        return err != ERR_NONE ? err : ERR_MEMORY;
    state->assembly_id = assembly_id;
    err = take_state(row, state);
    if (err == ERR_NONE)
        err = bank_scope_read(desk, &scope);
    for (size_t i = 0; err == ERR_NONE && i < scope.count; i++)
        if (scope.rows[i].bank_id == state->bank_id &&
            (scope.rows[i].rights & (BANK_RIGHT_ASSEMBLER | BANK_RIGHT_OWNER)))
            *ret_state = state;
    return err;
}

struct stopping {
    const struct bank_desk *desk;
    int64_t assembly_id;
};

static enum err stop_body(void *ctx, struct db *db) {
    struct stopping *stopping = ctx;
    const struct bank_desk *desk = stopping->desk;
    int64_t rows = 0;
    enum err err = db_run(db, DB_ASSEMBLY_STOP_INSERT,
                          DB_PARAMS(P_INT(stopping->assembly_id), P_INT(desk->staff_id), P_TIME(desk->now_us)), &rows);
    if (err != ERR_NONE || rows == 0)
        return err;
    return ledger_append(db, desk->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(desk->staff_id),
                                                .act = "assembly.stop",
                                                .subject_kind = "assembly",
                                                .subject_id = stopping->assembly_id,
                                                .at_us = desk->now_us});
}

enum err assembly_stop(const struct bank_desk *desk, int64_t assembly_id, enum assembly_request_verdict *ret_verdict) {
    struct assembly_state *state = NULL;
    struct stopping stopping = {.desk = desk, .assembly_id = assembly_id};
    enum err err = assembly_get(desk, assembly_id, &state);
    if (err != ERR_NONE)
        return err;
    *ret_verdict = state ? ASSEMBLY_REQUESTED : ASSEMBLY_REQUEST_UNKNOWN;
    return state && !state->verdict ? db_transact(desk->db, stop_body, &stopping) : ERR_NONE;
}

/* ---- the work ---- */

struct running {
    struct db *db;
    struct arena *arena;
    int64_t assembly_id, asked_us;
    bool stopped;
    enum err err;
    const struct assembly_watch *watch;
};

static bool keep_on(void *ctx) {
    struct running *running = ctx;
    const struct db_row *row = NULL;
    int64_t now_us = clock_mono_us();
    if (!running->watch->keep_on(running->watch->ctx))
        running->err = ERR_OVERLOAD; /* given back, to be done by the next worker */
    if (running->err != ERR_NONE)
        return false;
    if (now_us - running->asked_us < ASK_EVERY_US)
        return !running->stopped;
    running->asked_us = now_us;
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, 65536);
    running->err = db_one(running->db, &arena, DB_ASSEMBLY_STOPPED, DB_PARAMS(P_INT(running->assembly_id)), &row);
    running->stopped = running->err != ERR_NONE || db_int(row, 0) > 0;
    return !running->stopped;
}

static void say(void *ctx, int32_t done, int32_t total) {
    struct running *running = ctx;
    running->watch->progress(running->watch->ctx, done, total);
}

static enum err read_task(const struct running *running, const struct db_row *row, struct assembly_pool *pool,
                          struct assembly_blueprint *blueprint) {
    struct assembly_pool_faults faults = {0};
    struct json_misfits misfits = {0};
    const struct json *document = NULL;
    const char *text = db_text(row, 0);
    enum err err = assembly_pool_read_csv(running->arena, text, strlen(text), pool, &faults);
    if (err == ERR_NONE)
        err = json_read(running->arena, db_text(row, 2), strlen(db_text(row, 2)), &document, NULL);
    if (err == ERR_NONE && !assembly_blueprint_read(running->arena, document, blueprint, &misfits))
        err = ERR_STATE;
    int64_t limit = db_int(row, 1);
    if (err == ERR_NONE && limit > 0 && limit < blueprint->exposure_max)
        blueprint->exposure_max = limit;
    return err;
}

static enum err store_result(const struct running *running, const struct assembly_pool *pool,
                             const struct assembly_blueprint *blueprint, const struct assembly_result *result) {
    struct buf text CLEANUP(buf_release);
    struct json_writer writer;
    uint8_t sha256[CRYPTO_SHA256_LEN];
    buf_init(&text, ASSEMBLY_RESULT_BYTES_MAX);
    json_writer_init(&writer, &text);
    assembly_result_write(running->arena, pool, blueprint, result, &writer);
    if (text.failed)
        return ERR_LIMIT;
    crypto_sha256(text.data, text.len, sha256);
    return db_run(running->db, DB_ASSEMBLY_RESULT_INSERT,
                  DB_PARAMS(P_INT(running->assembly_id), P_TEXT(assembly_verdict_key(result->verdict)),
                            P_TEXT(text.data), P_BYTES(sha256, sizeof sha256), P_TIME(clock_now_us())),
                  NULL);
}

enum err assembly_run(struct db *db, struct arena *arena, int64_t assembly_id, const struct assembly_watch *watch,
                      const char **ret_message) {
    struct running running = {.db = db, .arena = arena, .assembly_id = assembly_id, .watch = watch};
    struct assembly_pool pool;
    struct assembly_blueprint blueprint;
    struct assembly_result result;
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_ASSEMBLY_TASK, DB_PARAMS(P_INT(assembly_id)), &row);
    if (err != ERR_NONE || db_bool(row, 3))
        return err;
    err = read_task(&running, row, &pool, &blueprint);
    if (err != ERR_NONE)
        return err;
    struct assembly_options options = {.keep_on = keep_on, .progress = say, .ctx = &running};
    err = assembly_solve(arena, &pool, &blueprint, &options, &result);
    if (err == ERR_NONE)
        err = running.err;
    if (err == ERR_NONE)
        err = store_result(&running, &pool, &blueprint, &result);
    if (err == ERR_NONE && result.verdict == ASSEMBLY_NO_SOLVER)
        *ret_message = "no-solver";
    return err;
}
