/* assembly.h: blueprints in the database, and forms assembled by them.
 *
 * A blueprint belongs to a bank and has versions 1, 2, … that never change. Who has a right in the bank reads it; who
 * assembles (or owns) writes it. A request to assemble takes down the facts of all items that may be drawn at that
 * moment (live, source not expired, not at the bank's limit of exposure, in the requester's scope as assembler or
 * owner) and is then a job of the worker, which solves it and stores the result, once.
 *
 *   waiting ──▶ running ──▶ done: result.verdict says what came of it | failed: message says why
 *
 * A request to stop is obeyed within a second of the solver's time; the result is then "stopped".
 *
 * Limits: those of blueprint.h and pool.h; 1,000 blueprints shown.
 *
 * Used by: form, api, main. Uses: ledger, bank, solve.h. Threads: that of the desk's database.
 */
#ifndef KHOACU_ASSEMBLY_ASSEMBLY_H
#define KHOACU_ASSEMBLY_ASSEMBLY_H

#include "khoacu/assembly/solve.h"
#include "khoacu/bank/bank.h"

#define ASSEMBLY_BLUEPRINTS_MAX 1000
#define ASSEMBLY_RESULT_BYTES_MAX ((size_t)64 << 20)

/* The kind of its jobs, as in job.kind. */
#define ASSEMBLY_JOB_KIND "form_assemble"

struct assembly_listed {
    int64_t blueprint_id, version, saved_us;
    const char *bank, *code, *title, *author;
};
/* Of one bank, or of all in the person's scope ("" ); by bank and code. */
enum err assembly_blueprints_list(const struct bank_desk *desk, const char *bank, struct assembly_listed **ret_list,
                                  size_t *ret_count) MUST_CHECK;

struct assembly_saved_version {
    int64_t version, saved_us;
    const char *author, *reason;
};
struct assembly_past {
    int64_t assembly_id, version, requested_us, finished_us;
    const char *by, *verdict; /* NULL: not finished */
};
struct assembly_stored {
    int64_t blueprint_id, bank_id, newest, version, bank_exposure_max;
    const char *bank, *code, *title;
    const char *document; /* canonical JSON */
    char sha256[65];
    bool may_write;                          /* and assemble */
    struct assembly_saved_version *versions; /* newest first */
    size_t version_count;
    struct assembly_past *assemblies; /* newest first, at most 50 */
    size_t assembly_count;
};
/* *ret_stored NULL: no such blueprint or version in the person's scope. `version` 0: the newest. */
enum err assembly_blueprint_get(const struct bank_desk *desk, int64_t blueprint_id, int64_t version,
                                struct assembly_stored **ret_stored) MUST_CHECK;

enum assembly_save_verdict {
    ASSEMBLY_SAVED,
    ASSEMBLY_SAVE_UNKNOWN,   /* bank or blueprint, in scope */
    ASSEMBLY_SAVE_FORBIDDEN, /* no right to assemble in the bank */
    ASSEMBLY_SAVE_CODE_TAKEN,
    ASSEMBLY_SAVE_STALE /* base_version is not the newest: *ret_version is */
};
/* `document` is one that assembly_blueprint_read accepts. Side effects: event assembly.blueprint_make or _save. */
enum err assembly_blueprint_make(const struct bank_desk *desk, const char *bank, const char *code,
                                 const struct json *document, const char *reason,
                                 enum assembly_save_verdict *ret_verdict, int64_t *ret_blueprint_id) MUST_CHECK;
enum err assembly_blueprint_save(const struct bank_desk *desk, int64_t blueprint_id, int64_t base_version,
                                 const struct json *document, const char *reason,
                                 enum assembly_save_verdict *ret_verdict, int64_t *ret_version) MUST_CHECK;

enum assembly_request_verdict { ASSEMBLY_REQUESTED, ASSEMBLY_REQUEST_UNKNOWN, ASSEMBLY_REQUEST_FORBIDDEN };
/* Side effects: the job, event assembly.request with the hash of the pool. */
enum err assembly_request(const struct bank_desk *desk, int64_t blueprint_id, int64_t version,
                          enum assembly_request_verdict *ret_verdict, int64_t *ret_assembly_id,
                          int64_t *ret_job_id) MUST_CHECK;

struct assembly_state {
    int64_t assembly_id, blueprint_id, bank_id, version, requested_us, finished_us;
    const char *bank, *blueprint, *by;
    const char *state; /* of its job */
    int64_t done_count, total_count;
    const char *message; /* of a job that failed */
    bool stopping;       /* a request to stop is there */
    const char *verdict; /* NULL: not finished */
    const char *result;  /* JSON, or NULL */
    char pool_sha256[65];
};
/* *ret_state NULL: none in the person's scope. */
enum err assembly_get(const struct bank_desk *desk, int64_t assembly_id, struct assembly_state **ret_state) MUST_CHECK;
/* Asks the worker to give up. Side effects: event assembly.stop. */
enum err assembly_stop(const struct bank_desk *desk, int64_t assembly_id,
                       enum assembly_request_verdict *ret_verdict) MUST_CHECK;

/* What the bank offers to this person now, in the order of a pool. */
enum err assembly_pool_of_bank(const struct bank_desk *desk, int64_t bank_id,
                               struct assembly_pool *ret_pool) MUST_CHECK;

/* For the worker: solves and stores. A request that has its result already is left alone. *ret_message: as it was
 * given, or a stable key of why it failed. ERR_OVERLOAD: keep_on said no; nothing is stored. */
struct assembly_watch {
    bool (*keep_on)(void *ctx);                               /* about every 100 ms */
    void (*progress)(void *ctx, int32_t done, int32_t total); /* between steps, outside of transactions */
    void *ctx;
};
enum err assembly_run(struct db *db, struct arena *arena, int64_t assembly_id, const struct assembly_watch *watch,
                      const char **ret_message) MUST_CHECK;

#endif
