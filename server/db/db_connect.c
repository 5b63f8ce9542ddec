#include "db_private.h"

#include <assert.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

const char *db_role_name(enum db_role role) {
    switch (role) {
    case DB_ROLE_OWNER:
        return "owner";
    case DB_ROLE_SERVER:
        return "server";
    case DB_ROLE_BANK:
        return "bank";
    case DB_ROLE_WORKER:
        return "worker";
    case DB_ROLE_AUDITOR:
        return "auditor";
    case DB_ROLE_LOGIN:
        break;
    }
    return NULL;
}

void db_connect_fill(struct db_connect *connect, const char *conninfo, enum db_role role) {
    const char *name = db_role_name(role);
    (void)snprintf(connect->application, sizeof(connect->application), "khoacu%s%s", name ? "-" : "", name ? name : "");
    const char *words[][2] = {
        /* what conninfo says goes before these … */
        {"connect_timeout", "10"},
        {"tcp_user_timeout", "15000"},
        {"keepalives_idle", "30"},
        {"dbname", conninfo},
        /* … and these before conninfo */
        {"application_name", connect->application},
        {"client_encoding", "UTF8"},
        {NULL, NULL},
    };
    static_assert(sizeof(words) / sizeof(words[0]) <= DB_CONNECT_WORDS, "room for all words");
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        connect->keywords[i] = words[i][0];
        connect->values[i] = words[i][1];
    }
}

void db_setup_sql(enum db_role role, const char *login, char out[DB_SETUP_MAX]) {
    const char *name = db_role_name(role);
    char owner[48] = "";
    bool is_login = name && login && strncmp(login, "khoacu_", 7) == 0 && strcmp(login + 7, name) == 0;
    if (name && !is_login)
        (void)snprintf(owner, sizeof(owner), "SET ROLE khoacu_%s; ", name);
    int len = snprintf(out, DB_SETUP_MAX,
                       "%sSET search_path = khoacu, pg_catalog; SET timezone = 'UTC'; SET datestyle = 'ISO'; "
                       "SET bytea_output = 'hex'; SET synchronous_commit = on; "
                       "SET default_transaction_isolation = 'read committed'; SET statement_timeout = '%s'",
                       owner, role == DB_ROLE_SERVER || role == DB_ROLE_BANK ? "30s" : "0");
    assert(len > 0 && len < DB_SETUP_MAX);
}

static void quiet(void *ctx, const char *message) {
    (void)ctx;
    (void)message;
}

enum err db_prepare_one(struct db *db, enum db_statement statement) {
    const struct db_statement_row *row = &DB_STATEMENTS[statement];
    if (db->prepared[statement])
        return ERR_NONE;
    PGresult *result = PQprepare(db->conn, row->name, row->sql, 0, NULL);
    enum err err = db_err_of_result(result);
    if (err != ERR_NONE) {
        char words[sizeof(db->last_error)];
        db_describe_error(db->conn, result, words, sizeof(words));
        (void)snprintf(db->last_error, sizeof(db->last_error), "%.230s (statement %s)", words, row->name);
    }
    PQclear(result);
    db->prepared[statement] = err == ERR_NONE;
    return err;
}

static enum err connect_now(struct db *db) {
    struct db_connect connect;
    char setup[DB_SETUP_MAX];
    db_connect_fill(&connect, db->conninfo, db->role);
    db->conn = PQconnectdbParams(connect.keywords, connect.values, 1);
    if (!db->conn)
        return ERR_MEMORY;
    if (PQstatus(db->conn) != CONNECTION_OK) {
        db_describe_error(db->conn, NULL, db->last_error, sizeof(db->last_error));
        return ERR_DB_DOWN;
    }
    (void)PQsetNoticeProcessor(db->conn, quiet, NULL);
    db_setup_sql(db->role, PQuser(db->conn), setup);
    PGresult *result = NULL;
    enum err err = db_execute_text(db, setup, &result);
    PQclear(result);
    memset(db->prepared, 0, sizeof(db->prepared));
    return err;
}

static void disconnect(struct db *db) {
    PQfinish(db->conn);
    db->conn = NULL;
    db->in_transaction = false;
}

enum err db_open(const char *conninfo, enum db_role role, struct db **ret_db, char *ret_error, size_t error_size) {
    struct db *db = calloc(1, sizeof(*db));
    enum err err = ERR_MEMORY;
    if (db) {
        db->role = role;
        db->conninfo = strdup(conninfo);
        err = db->conninfo ? connect_now(db) : ERR_MEMORY;
    }
    if (err == ERR_NONE) {
        *ret_db = db;
        return ERR_NONE;
    }
    if (ret_error && error_size)
        (void)snprintf(ret_error, error_size, "%s", db ? db->last_error : "memory");
    db_close(db);
    return err;
}

enum err db_prepare(struct db *db) {
    enum err err = db_heal(db);
    for (int i = 0; i < DB_STATEMENT_COUNT && err == ERR_NONE; i++)
        if (DB_STATEMENTS[i].roles & 1u << db->role)
            err = db_prepare_one(db, (enum db_statement)i);
    return err;
}

void db_close(struct db *db) {
    if (!db)
        return;
    PQfinish(db->conn);
    free(db->conninfo);
    free(db);
}

/* Whether the server has hung up or said farewell while the connection was idle. */
static bool is_broken(struct db *db) {
    struct pollfd socket = {.fd = PQsocket(db->conn), .events = POLLIN};
    /* the words of a farewell come before the end of the stream */
    for (int turn = 0; turn < 8 && PQstatus(db->conn) == CONNECTION_OK && poll(&socket, 1, 0) > 0; turn++)
        if (!PQconsumeInput(db->conn))
            return true;
    return PQstatus(db->conn) != CONNECTION_OK;
}

enum err db_heal(struct db *db) {
    if (db->in_transaction || !is_broken(db))
        return ERR_NONE;
    disconnect(db);
    enum err err = connect_now(db);
    if (err != ERR_NONE)
        disconnect(db);
    return err;
}

const char *db_last_error(const struct db *db) {
    return db->last_error;
}
