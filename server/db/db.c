#include "db_private.h"

#include "khoacu/base/cleanup.h"

#include <assert.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* Their callers see macros that count parameters. */
#undef db_run
#undef db_send
#undef db_one
#undef db_many

static void cleanup_result(PGresult **result) {
    PQclear(*result);
}

/* A lone statement whose answer was lost may have been done; within a transaction it was not. */
static enum err note(struct db *db, const PGresult *result) {
    enum err err = db_err_of_result(result);
    if (err == ERR_NONE)
        return ERR_NONE;
    db_describe_error(db->conn, result, db->last_error, sizeof(db->last_error));
    bool unanswered = PQstatus(db->conn) == CONNECTION_BAD && !PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return unanswered && !db->in_transaction ? ERR_DB_UNKNOWN : err;
}

/* Makes the connection and the statement ready for parameters, which the caller releases. */
static enum err make_ready(struct db *db, enum db_statement statement, const struct db_param *params, size_t count, struct db_encoded *encoded) {
    assert((unsigned)statement < DB_STATEMENT_COUNT);
    assert(!db->sent);
    const struct db_statement_row *row = &DB_STATEMENTS[statement];
    assert((size_t)row->params == count);
    assert(row->roles & 1u << db->role);
    enum err err = db_heal(db);
    if (err == ERR_NONE)
        err = db_prepare_one(db, statement);
    return err == ERR_NONE ? db_encode(encoded, params, count) : err;
}

enum err db_execute(struct db *db, enum db_statement statement, const struct db_param *params, size_t count, PGresult **ret_result) {
    struct db_encoded encoded CLEANUP(db_encoded_release) = {0};
    enum err err = make_ready(db, statement, params, count, &encoded);
    if (err != ERR_NONE)
        return err;
    *ret_result = PQexecPrepared(db->conn, DB_STATEMENTS[statement].name, (int)count, encoded.values, encoded.lengths, encoded.formats, 0);
    return note(db, *ret_result);
}

enum err db_send(struct db *db, enum db_statement statement, const struct db_param *params, size_t count) {
    struct db_encoded encoded CLEANUP(db_encoded_release) = {0};
    assert(db->in_transaction);
    enum err err = make_ready(db, statement, params, count, &encoded);
    if (err != ERR_NONE)
        return err;
    db->sent = PQsendQueryPrepared(db->conn, DB_STATEMENTS[statement].name, (int)count, encoded.values, encoded.lengths, encoded.formats, 0) == 1;
    return db->sent ? ERR_NONE : note(db, NULL);
}

enum err db_wait(struct db *db) {
    enum err err = ERR_NONE;
    assert(db->in_transaction);
    if (!db->sent)
        return ERR_NONE;
    db->sent = false;
    /* a lost connection ends the answers without one that says so */
    for (bool answered = false;; answered = true) {
        PGresult *result CLEANUP(cleanup_result) = PQgetResult(db->conn);
        if (!result)
            return answered ? err : note(db, NULL);
        if (err == ERR_NONE)
            err = note(db, result);
    }
}

enum err db_execute_text(struct db *db, const char *sql, PGresult **ret_result) {
    *ret_result = PQexec(db->conn, sql);
    return note(db, *ret_result);
}

enum err db_run(struct db *db, enum db_statement statement, const struct db_param *params, size_t count, int64_t *ret_affected) {
    PGresult *result CLEANUP(cleanup_result) = NULL;
    enum err err = db_execute(db, statement, params, count, &result);
    if (err != ERR_NONE || !ret_affected)
        return err;
    int64_t affected = 0;
    for (const char *digit = PQcmdTuples(result); *digit >= '0' && *digit <= '9'; digit++)
        affected = affected * 10 + (*digit - '0');
    *ret_affected = affected;
    return ERR_NONE;
}

static struct db_row *row_new(struct arena *arena, const PGresult *result) {
    struct db_row *row = ARENA_NEW(arena, struct db_row);
    if (!row)
        return NULL;
    row->arena = arena;
    row->columns = PQnfields(result);
    row->cells = ARENA_ARRAY(arena, (size_t)row->columns, struct db_cell);
    return row->cells ? row : NULL;
}

static void row_fill(struct db_row *row, const PGresult *result, int index) {
    for (int column = 0; column < row->columns; column++) {
        bool null = PQgetisnull(result, index, column) != 0;
        row->cells[column].text = null ? NULL : PQgetvalue(result, index, column);
        row->cells[column].len = null ? 0 : (size_t)PQgetlength(result, index, column);
    }
}

enum err db_one(struct db *db, struct arena *arena, enum db_statement statement, const struct db_param *params, size_t count,
                const struct db_row **ret_row) {
    PGresult *result CLEANUP(cleanup_result) = NULL;
    enum err err = db_execute(db, statement, params, count, &result);
    if (err != ERR_NONE)
        return err;
    if (PQntuples(result) != 1)
        return ERR_DB_NO_ROW;
    struct db_row *row = row_new(arena, result);
    if (!row)
        return ERR_MEMORY;
    row_fill(row, result, 0);
    for (int column = 0; column < row->columns; column++) {
        struct db_cell *cell = &row->cells[column];
        if (cell->text && !(cell->text = arena_strndup(arena, cell->text, cell->len)))
            return ERR_MEMORY;
    }
    row->owned = true;
    *ret_row = row;
    return ERR_NONE;
}

/* Hands every row to `each`. */
static enum err walk(struct arena *arena, const PGresult *result, size_t max, db_each_fn *each, void *ctx) {
    int rows = PQntuples(result);
    if ((size_t)rows > max)
        return ERR_LIMIT;
    struct db_row *row = row_new(arena, result);
    if (!row)
        return ERR_MEMORY;
    enum err err = ERR_NONE;
    for (int i = 0; i < rows && err == ERR_NONE; i++) {
        row_fill(row, result, i);
        err = each(ctx, row);
        if (err == ERR_NONE && arena->failed)
            err = ERR_MEMORY;
    }
    return err;
}

enum err db_many(struct db *db, struct arena *arena, enum db_statement statement, const struct db_param *params, size_t count,
                 size_t max, db_each_fn *each, void *ctx) {
    PGresult *result CLEANUP(cleanup_result) = NULL;
    enum err err = db_execute(db, statement, params, count, &result);
    return err != ERR_NONE ? err : walk(arena, result, max, each, ctx);
}

enum err db_ask(struct db *db, struct arena *arena, const char *sql, const struct db_param *params, size_t count, size_t max,
                db_each_fn *each, void *ctx) {
    assert(db->role == DB_ROLE_OWNER || db->role == DB_ROLE_LOGIN);
    struct db_encoded encoded CLEANUP(db_encoded_release);
    enum err err = db_encode(&encoded, params, count);
    if (err != ERR_NONE)
        return err;
    PGresult *result CLEANUP(cleanup_result) =
        PQexecParams(db->conn, sql, (int)count, NULL, encoded.values, encoded.lengths, encoded.formats, 0);
    err = note(db, result);
    return err != ERR_NONE || !each ? err : walk(arena, result, max, each, ctx);
}

enum err db_script(struct db *db, const char *sql) {
    assert(db->role == DB_ROLE_OWNER || db->role == DB_ROLE_LOGIN);
    enum err err = db->in_transaction ? ERR_NONE : db_heal(db);
    if (err != ERR_NONE)
        return err;
    PGresult *result CLEANUP(cleanup_result) = NULL;
    return db_execute_text(db, sql, &result);
}
