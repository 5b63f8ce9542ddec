/* err.h: the failures of the machinery, each named once.
 *
 * A failure is something that should not happen in good weather: no memory, no database, a broken
 * file. An expected answer of an operation (a wrong code, a closed sitting) is a verdict instead,
 * one enum per operation, and never appears here.
 *
 * Used by: every module. Uses: libc.
 */
#ifndef KHOACU_BASE_ERR_H
#define KHOACU_BASE_ERR_H

/* X(name, HTTP status, stable key shown to clients) */
#define ERR_TABLE(X)                                  \
    X(NONE, 200, "none")                              \
    X(MEMORY, 500, "memory")                          \
    X(LIMIT, 413, "limit")                            \
    X(SYNTAX, 400, "syntax")                          \
    X(RANGE, 400, "range")                            \
    X(IO, 500, "io")                                  \
    X(CRYPTO, 500, "crypto")                          \
    X(DB_DOWN, 503, "database-down")                  \
    X(DB_RETRY, 503, "database-busy")                 \
    X(DB_CONFLICT, 409, "conflict")                   \
    X(DB_REFUSED, 500, "database-refused")            \
    X(DB_UNKNOWN, 503, "outcome-unknown")             \
    X(DB_NO_ROW, 500, "no-row")                       \
    X(OVERLOAD, 503, "overload")                      \
    X(CONFIG, 500, "config")                          \
    X(STATE, 500, "state")

enum err {
#define X(name, status, key) ERR_##name,
    ERR_TABLE(X)
#undef X
        ERR_COUNT
};

/* Every function that returns enum err leaves its ret_ outputs untouched unless it returns ERR_NONE. */
#define MUST_CHECK __attribute__((warn_unused_result))

/* The HTTP status that a client gets for `err`, and the stable key in its problem document. */
int err_status(enum err err);
const char *err_key(enum err err);

#endif
