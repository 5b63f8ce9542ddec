#include "db_private.h"

#include "khoacu/base/random.h"

#include <assert.h>
#include <string.h>
#include <time.h>

#include "khoacu/base/banned.h"

#define ATTEMPTS_MAX 5

/* Waits a random part of a span that doubles: two that met once should not meet again. */
static void pause_before(int attempt) {
    uint32_t draw;
    random_bytes(&draw, sizeof(draw));
    long span_us = 5000L << attempt;
    struct timespec pause = {.tv_nsec = (1000 + (long)(draw % (uint32_t)span_us)) * 1000};
    (void)nanosleep(&pause, NULL);
}

static enum err commit(struct db *db) {
    PGresult *result = NULL;
    enum err err = db_execute_text(db, "COMMIT", &result);
    if (err == ERR_NONE && strcmp(PQcmdStatus(result), "COMMIT") != 0)
        err = ERR_DB_REFUSED; /* a statement had failed and the body did not say so */
    else if (err != ERR_NONE && PQstatus(db->conn) == CONNECTION_BAD)
        err = ERR_DB_UNKNOWN;
    PQclear(result);
    return err;
}

static void rollback(struct db *db) {
    PGresult *result = NULL;
    char kept[sizeof(db->last_error)];
    memcpy(kept, db->last_error, sizeof(kept));
    db->sent = false; /* libpq takes the answer to what was sent and throws it away */
    if (PQstatus(db->conn) == CONNECTION_OK)
        (void)!db_execute_text(db, "ROLLBACK", &result);
    PQclear(result);
    memcpy(db->last_error, kept, sizeof(kept));
}

static enum err attempt_once(struct db *db, db_body_fn *body, void *ctx) {
    enum err err = db_heal(db);
    if (err != ERR_NONE)
        return err;
    db->in_transaction = true;
    PGresult *result = NULL;
    err = db_execute_text(db, "BEGIN", &result);
    PQclear(result);
    if (err == ERR_NONE) {
        err = body(ctx, db);
        assert(err != ERR_NONE || !db->sent);
        if (err == ERR_NONE)
            err = commit(db);
        else
            rollback(db);
    }
    db->in_transaction = false;
    return err == DB_ROLLBACK ? ERR_NONE : err;
}

enum err db_transact(struct db *db, db_body_fn *body, void *ctx) {
    assert(!db->in_transaction);
    for (int attempt = 1;; attempt++) {
        enum err err = attempt_once(db, body, ctx);
        /* a connection lost before COMMIT has changed nothing: once more on a new one */
        bool again = err == ERR_DB_RETRY || (err == ERR_DB_DOWN && attempt == 1);
        if (!again || attempt == ATTEMPTS_MAX)
            return err;
        pause_before(attempt);
    }
}
