/* db_private.h: what the synchronous and the asynchronous connection share. Used by: db alone. */
#ifndef KHOACU_DB_PRIVATE_H
#define KHOACU_DB_PRIVATE_H

#include "khoacu/db/db.h"

#include <libpq-fe.h>

struct db {
    PGconn *conn;
    char *conninfo;
    enum db_role role;
    bool in_transaction, sent; /* sent: db_wait has not yet been asked for what db_send sent */
    bool prepared[DB_STATEMENT_COUNT]; /* on this connection */
    char last_error[320];
};

/* "server" for DB_ROLE_SERVER, …; NULL for DB_ROLE_LOGIN, which stays what it is. */
const char *db_role_name(enum db_role role);

/* Parameter lists for PQconnectdbParams and PQconnectStartParams with expand_dbname = 1. `application` is
 * "khoacu-server", …; "khoacu" for DB_ROLE_LOGIN. */
#define DB_CONNECT_WORDS 8
struct db_connect {
    const char *keywords[DB_CONNECT_WORDS], *values[DB_CONNECT_WORDS];
    char application[32];
};
void db_connect_fill(struct db_connect *connect, const char *conninfo, enum db_role role);

/* The settings of a new connection as one text of several SET statements; run it with PQexec or PQsendQuery.
 * `login` is the user that connected. */
#define DB_SETUP_MAX 512
void db_setup_sql(enum db_role role, const char *login, char out[DB_SETUP_MAX]);

/* Prepares the statement unless it is. Nothing is done by it, so a connection lost on the way is ERR_DB_DOWN. */
enum err db_prepare_one(struct db *db, enum db_statement statement);

/* The one place that reads SQLSTATE; NULL (no answer) is connection trouble. */
enum err db_err_of_sqlstate(const char *sqlstate);
/* ERR_NONE for PGRES_COMMAND_OK, PGRES_TUPLES_OK and PGRES_PIPELINE_SYNC. */
enum err db_err_of_result(const PGresult *result);

/* SQLSTATE and first line of the message. */
void db_describe_error(const PGconn *conn, const PGresult *result, char *out, size_t size);

/* Waits for the answer to a statement; takes note of its error. The result is to be cleared, also on an error. */
enum err db_execute(struct db *db, enum db_statement statement, const struct db_param *params, size_t count, PGresult **ret_result)
    MUST_CHECK;
/* The same for a text without parameters; several statements are allowed. */
enum err db_execute_text(struct db *db, const char *sql, PGresult **ret_result) MUST_CHECK;

/* Parameters as libpq takes them. */
#define DB_PARAMS_MAX 40
struct db_encoded {
    const char *values[DB_PARAMS_MAX];
    int lengths[DB_PARAMS_MAX], formats[DB_PARAMS_MAX];
    char small[DB_PARAMS_MAX][32];  /* numbers and times */
    char *arrays[DB_PARAMS_MAX];    /* arrays in binary form, freed by db_encoded_release */
    size_t count;
};
enum err db_encode(struct db_encoded *encoded, const struct db_param *params, size_t count) MUST_CHECK;
void db_encoded_release(struct db_encoded *encoded);

struct db_cell {
    const char *text; /* NULL: null */
    size_t len;
};
struct db_row {
    struct arena *arena;
    bool owned; /* texts lie in the arena already */
    int columns;
    struct db_cell *cells;
};

#endif
