#include "db_private.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum err db_err_of_sqlstate(const char *sqlstate) {
    static const struct {
        const char *prefix;
        enum err err;
    } rows[] = {
        {"40001", ERR_DB_RETRY},    /* serialization failure */
        {"40P01", ERR_DB_RETRY},    /* deadlock */
        {"23505", ERR_DB_CONFLICT}, /* unique */
        {"23P01", ERR_DB_CONFLICT}, /* exclusion */
        {"08", ERR_DB_DOWN},        /* connection */
        {"57P", ERR_DB_DOWN},       /* shutdown, starting up */
        {"25006", ERR_DB_DOWN},     /* read-only: a standby */
        {"57014", ERR_OVERLOAD},    /* statement timeout */
        {"55P03", ERR_OVERLOAD},    /* lock timeout */
        {"53", ERR_OVERLOAD},       /* disk, memory, connections */
    };
    if (!sqlstate)
        return ERR_DB_DOWN;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strncmp(sqlstate, rows[i].prefix, strlen(rows[i].prefix)) == 0)
            return rows[i].err;
    return ERR_DB_REFUSED;
}

enum err db_err_of_result(const PGresult *result) {
    switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_PIPELINE_SYNC:
        return ERR_NONE;
    case PGRES_EMPTY_QUERY:
    case PGRES_COPY_OUT:
    case PGRES_COPY_IN:
    case PGRES_BAD_RESPONSE:
    case PGRES_NONFATAL_ERROR:
    case PGRES_FATAL_ERROR:
    case PGRES_COPY_BOTH:
    case PGRES_SINGLE_TUPLE:
    case PGRES_PIPELINE_ABORTED:
        break;
    }
    return db_err_of_sqlstate(PQresultErrorField(result, PG_DIAG_SQLSTATE));
}

void db_describe_error(const PGconn *conn, const PGresult *result, char *out, size_t size) {
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (!words)
        words = PQerrorMessage(conn);
    (void)snprintf(out, size, "%s %.*s", state ? state : "08000", (int)strcspn(words, "\n"), words);
}
