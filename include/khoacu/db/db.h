/* db.h: PostgreSQL behind three calls and one transaction runner.
 *
 * Statements live in sql/queries/<module>.sql under "-- :module_name"; a build step turns them into the
 * table DB_STATEMENTS with one enum constant each (DB_MODULE_NAME) and the number of their parameters. A
 * line "-- :roles server,worker" under the name tells which roles may run it (without it: server). A connection prepares
 * each when it first needs it: all at once would be five hundred on each of a server's connections, most of them
 * never used there, and a second of processor at each start; that all can be prepared is tested. It speaks UTF-8
 * and UTC, finds tables in schema khoacu, commits synchronously, reads committed data and, as server or bank, gives up
 * a statement after 30 s.
 *
 * SQLSTATE is read in one place: 40001 and 40P01 become ERR_DB_RETRY; 23505 and 23P01 ERR_DB_CONFLICT;
 * timeouts and lack of disk, memory or connections ERR_OVERLOAD; connection trouble ERR_DB_DOWN; a COMMIT
 * or a lone statement without an answer ERR_DB_UNKNOWN; the rest ERR_DB_REFUSED. An idle connection that
 * has gone is noticed and replaced before it is used.
 *
 * Used by: floor 3 and up. Uses: base, libpq. Threads: a struct db belongs to one thread at a time.
 */
#ifndef KHOACU_DB_DB_H
#define KHOACU_DB_DB_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/base/loop.h"
#include "khoacu/gen/db_statements.h" /* enum db_statement, made from sql/queries */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db; /* one connection with the statements that it has prepared */

/* Who connects; each is a database role with its own least rights (sql/roles). DB_ROLE_LOGIN stays what
 * `conninfo` logs in as, and is for db_script alone: it makes the roles and the database. */
enum db_role { DB_ROLE_OWNER, DB_ROLE_SERVER, DB_ROLE_BANK, DB_ROLE_WORKER, DB_ROLE_AUDITOR, DB_ROLE_LOGIN };

/* Connects with `conninfo`; when the login is not already the role's, SET ROLE khoacu_<role>. `ret_error` (may be NULL)
 * gets libpq's words, without secrets. */
enum err db_open(const char *conninfo, enum db_role role, struct db **ret_db, char *ret_error, size_t error_size) MUST_CHECK;
void db_close(struct db *db);
/* Prepares every statement that the role may run: whether all fit the schema and the role's rights. For tests. */
enum err db_prepare(struct db *db) MUST_CHECK;
/* Reconnects when the connection is broken; a no-op otherwise. The calls below do it by themselves
 * outside transactions. */
enum err db_heal(struct db *db) MUST_CHECK;
/* SQLSTATE and first line of the message of the last failure, for logs only. */
const char *db_last_error(const struct db *db);

/* One parameter. Arrays are for statements that take unnest(...). */
enum db_kind { DB_NULL, DB_INT, DB_TEXT, DB_BOOL, DB_BYTES, DB_TIME, DB_HUNDREDTHS, DB_INT_ARRAY, DB_TEXT_ARRAY };
struct db_param {
    enum db_kind kind;
    int64_t number;           /* INT, BOOL, TIME (microseconds since 1970, 0 = null), HUNDREDTHS */
    const void *data;         /* TEXT (NULL = null), BYTES, INT_ARRAY (int64_t *), TEXT_ARRAY (const char **) */
    size_t len;               /* of BYTES in bytes, of arrays in elements */
};
#define P_INT(v) ((struct db_param){.kind = DB_INT, .number = (v)})
#define P_TEXT(v) ((struct db_param){.kind = DB_TEXT, .data = (v)})
#define P_BOOL(v) ((struct db_param){.kind = DB_BOOL, .number = (v)})
#define P_BYTES(v, n) ((struct db_param){.kind = DB_BYTES, .data = (v), .len = (n)})
#define P_TIME(us) ((struct db_param){.kind = DB_TIME, .number = (us)})
#define P_HUNDREDTHS(v) ((struct db_param){.kind = DB_HUNDREDTHS, .number = (v)})
#define P_NULL ((struct db_param){.kind = DB_NULL})
#define P_INTS(v, n) ((struct db_param){.kind = DB_INT_ARRAY, .data = (v), .len = (n)})
#define P_TEXTS(v, n) ((struct db_param){.kind = DB_TEXT_ARRAY, .data = (v), .len = (n)})

/* One result row; columns in the order of the statement. Null gives 0, false, NULL. Texts and bytes
 * are copied into the arena of the call. Asking a column for another kind than it has is a bug (assert);
 * db_text reads any kind as PostgreSQL writes it. */
struct db_row;
bool db_is_null(const struct db_row *row, int column);
int64_t db_int(const struct db_row *row, int column);
bool db_bool(const struct db_row *row, int column);
const char *db_text(const struct db_row *row, int column);
int64_t db_time(const struct db_row *row, int column);       /* microseconds since 1970 */
int64_t db_hundredths(const struct db_row *row, int column); /* of a numeric with at most two places */
const uint8_t *db_bytes(const struct db_row *row, int column, size_t *ret_len);
/* Count and elements of an int array column, in the arena. */
const int64_t *db_ints(const struct db_row *row, int column, size_t *ret_count);
/* The same of a text array; a null element is NULL. */
const char *const *db_texts(const struct db_row *row, int column, size_t *ret_count);

/* What the words mean with which an operation in SQL answers. */
struct db_word {
    const char *word;
    int meaning; /* at least 0 */
};
/* The meaning of a word; -1: the table has none such. */
int db_meaning(const struct db_word *words, size_t count, const char *word);
#define DB_MEANING(words, word) db_meaning(words, sizeof(words) / sizeof *(words), word)

/* The three calls. The parameters are an array literal; a statement that is named in the call and has another
 * number of parameters does not compile, one in a variable is asserted. */
#define DB_PARAMS(...) ((const struct db_param[]){__VA_ARGS__}), (sizeof((const struct db_param[]){__VA_ARGS__}) / sizeof(struct db_param))
#define DB_NO_PARAMS NULL, 0
/* No rows wanted; ret_affected may be NULL. */
enum err db_run(struct db *db, enum db_statement statement, const struct db_param *params, size_t count, int64_t *ret_affected) MUST_CHECK;
/* Exactly one row, or ERR_DB_NO_ROW. */
enum err db_one(struct db *db, struct arena *arena, enum db_statement statement, const struct db_param *params, size_t count,
                const struct db_row **ret_row) MUST_CHECK;
/* Any number of rows up to `max` (beyond: ERR_LIMIT before the first), each handed to `each`; its error ends the walk. */
typedef enum err db_each_fn(void *ctx, const struct db_row *row);
enum err db_many(struct db *db, struct arena *arena, enum db_statement statement, const struct db_param *params, size_t count,
                 size_t max, db_each_fn *each, void *ctx) MUST_CHECK;

/* db_run in two steps, so that the caller works while the database does: db_send is done when the statement, whose values are copied,
 * is on its way, db_wait when it is done (ERR_NONE also where nothing was sent). Within a transaction; nothing else is asked in between.
 * A body that fails in between need not wait: the transaction is rolled back with what was sent. */
enum err db_send(struct db *db, enum db_statement statement, const struct db_param *params, size_t count) MUST_CHECK;
enum err db_wait(struct db *db) MUST_CHECK;

#ifdef __OPTIMIZE__
void db_wrong_number_of_parameters(void) __attribute__((error("the statement has another number of parameters")));
static inline __attribute__((always_inline)) enum db_statement db_fitting(enum db_statement statement, size_t count) {
    if (__builtin_constant_p(statement) && __builtin_constant_p(count) && DB_ARITIES[statement] != count)
        db_wrong_number_of_parameters();
    return statement;
}
#define DB_COUNT_OF(params, count, ...) (count)
#define DB_COUNT(...) DB_COUNT_OF(__VA_ARGS__, )
#define db_run(db, statement, ...) db_run(db, db_fitting(statement, DB_COUNT(__VA_ARGS__)), __VA_ARGS__)
#define db_send(db, statement, ...) db_send(db, db_fitting(statement, DB_COUNT(__VA_ARGS__)), __VA_ARGS__)
#define db_one(db, arena, statement, ...) db_one(db, arena, db_fitting(statement, DB_COUNT(__VA_ARGS__)), __VA_ARGS__)
#define db_many(db, arena, statement, ...) db_many(db, arena, db_fitting(statement, DB_COUNT(__VA_ARGS__)), __VA_ARGS__)
#endif

/* The only owner of BEGIN, COMMIT and ROLLBACK. `body` returns ERR_NONE to commit; any other error
 * rolls back and is returned. ERR_DB_RETRY runs the body again, at most 5 times in all, with a pause; so
 * does, once, a connection lost before COMMIT.
 * `body` MUST NOT keep results of a run that is repeated and MUST NOT answer a client.
 * A verdict that must change nothing is set in *ctx, and the body returns DB_ROLLBACK. Not nested. */
typedef enum err db_body_fn(void *ctx, struct db *db);
enum err db_transact(struct db *db, db_body_fn *body, void *ctx) MUST_CHECK;
/* Returned by a body that wants its work undone though nothing failed: db_transact then rolls back and returns ERR_NONE. */
#define DB_ROLLBACK ERR_COUNT

/* Runs a text of several statements (migrations, functions) as one transaction unless it says otherwise;
 * owner and login connections only. */
enum err db_script(struct db *db, const char *sql) MUST_CHECK;
/* One statement that is not prepared, for the register of migrations, which must be read before there is a schema; owner
 * and login connections only, `sql` a constant text. `each` NULL: no rows are wanted, `arena` may be NULL too. */
enum err db_ask(struct db *db, struct arena *arena, const char *sql, const struct db_param *params, size_t count, size_t max,
                db_each_fn *each, void *ctx) MUST_CHECK;

/* ---- one asynchronous connection on a loop, for the hot path ---- */
struct db_async;
/* Binary array columns of one call. */
enum db_column_kind { DB_COLUMN_INT8, DB_COLUMN_INT4, DB_COLUMN_INT2, DB_COLUMN_BOOL, DB_COLUMN_TIME, DB_COLUMN_TEXT };
struct db_column {
    enum db_column_kind kind;
    const void *values; /* int64_t, int32_t, int16_t, uint8_t, int64_t (microseconds since 1970), const char * (NULL: null) */
    size_t rows;
};
/* One statement of a transaction, with its parameters. */
struct db_call {
    enum db_statement statement;
    const struct db_column *columns;
    size_t count;
};
/* Called on the loop's thread when the transaction has COMMITTED (err = ERR_NONE) or not; an unanswered
 * one gives ERR_DB_UNKNOWN. Of the last statement's answer `row_count` rows of int columns are in `cells` (row-major); where it
 * answers nothing, `row_count` is how many rows it wrote. */
typedef void db_async_done_fn(void *ctx, enum err err, const int64_t *cells, size_t row_count);
/* Opens a connection for a few statements, which it prepares. The first connection is waited for; later ones are made again
 * in the background, at once and then every second. */
enum err db_async_open(const char *conninfo, enum db_role role, const enum db_statement *statements, size_t count, struct loop *loop,
                       struct db_async **ret_async) MUST_CHECK;
/* Called for each notification of the channel with its payload, and with NULL when the connection was made anew, so that some may
 * have been missed. */
typedef void db_async_note_fn(void *ctx, const char *payload);
/* Listens from now on; before the loop runs. */
enum err db_async_listen(struct db_async *async, const char *channel, db_async_note_fn *note, void *ctx) MUST_CHECK;
/* Connected, and another transaction may be sent: two may be under way, the second begins as soon as the first has ended. */
bool db_async_ready(const struct db_async *async);
/* Without a connection for more than two seconds: what waits should be told. */
bool db_async_down(const struct db_async *async);
/* Sends the statements as one transaction, each with a snapshot of its own; the values are copied before it returns. A failed
 * transaction leaves the one behind it as it is. When it cannot be sent `done` is not called. Requires: ready. */
enum err db_async_send(struct db_async *async, const struct db_call *calls, size_t count, db_async_done_fn *done, void *ctx) MUST_CHECK;
void db_async_close(struct db_async *async);

#endif
