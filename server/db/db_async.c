#include "db_private.h"

#include "khoacu/base/buf.h"
#include "khoacu/base/clock.h"

#include <arpa/inet.h>
#include <assert.h>
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "khoacu/base/banned.h"

enum {
    COLUMNS_MAX = 16,
    ENCODED_MAX = 20 << 20,  /* bytes of one call's arrays */
    STATEMENTS_MAX = 4,
    FLIGHT_MAX = 2,          /* transactions under way: the second begins while the first one's answer travels */
    AGAIN_MS = 1000,         /* between attempts to connect */
    DOWN_AFTER_US = 2000000,
};
/* PostgreSQL counts microseconds from 2000-01-01. */
#define EPOCH_2000_US INT64_C(946684800000000)
#define OID_BOOL 16u
#define OID_INT8 20u
#define OID_INT2 21u
#define OID_INT4 23u
#define OID_TEXT 25u
#define OID_TIMESTAMPTZ 1184u

/* What is sent must cost what its rows cost, not what the tables hold, also before any statistics: one plan by primary keys. */
#define PLANS "; SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_bitmapscan = off; " \
              "SET enable_hashjoin = off; SET enable_mergejoin = off"

enum phase { PHASE_CONNECTING, PHASE_SETTING_UP, PHASE_PREPARING, PHASE_READY, PHASE_BROKEN };

struct flight {
    db_async_done_fn *done;
    void *ctx;
};

struct db_async {
    char *conninfo;
    enum db_role role;
    enum db_statement statements[STATEMENTS_MAX];
    size_t statement_count, prepared;
    struct loop *loop;
    PGconn *conn;
    enum phase phase;
    int fd;               /* watched, or -1 */
    struct buf arrays;
    struct flight flights[FLIGHT_MAX]; /* the oldest first */
    size_t flight_count;
    enum err result_err;  /* of the oldest */
    int64_t *cells;       /* its rows */
    size_t row_count, cells_size;
    int64_t broken_mono_us, next_try_mono_us;
    char listen[80];      /* LISTEN …, or empty */
    db_async_note_fn *note;
    void *note_ctx;
};

static void ready(void *ctx, int fd, uint32_t events);

static void unwatch(struct db_async *async) {
    if (async->fd >= 0)
        loop_unwatch(async->loop, async->fd);
    async->fd = -1;
}

static void watch(struct db_async *async, uint32_t events) {
    int fd = PQsocket(async->conn);
    if (async->fd >= 0 && async->fd != fd)
        unwatch(async);
    async->fd = loop_watch(async->loop, fd, events, ready, async) == ERR_NONE ? fd : -1;
    if (async->fd >= 0)
        loop_urge(async->loop, fd);
}

/* Ends the connection; what is under way is told last, since it may ask whether it can be sent again. */
static void break_off(struct db_async *async) {
    size_t flights = async->flight_count;
    bool busy = flights > 0;
    unwatch(async);
    PQfinish(async->conn);
    async->conn = NULL;
    if (async->phase != PHASE_BROKEN && (async->phase == PHASE_READY || async->broken_mono_us == 0))
        async->broken_mono_us = clock_mono_us();
    async->next_try_mono_us = clock_mono_us() + (busy ? 0 : AGAIN_MS * INT64_C(1000));
    async->phase = PHASE_BROKEN;
    async->flight_count = 0;
    for (size_t i = 0; i < flights; i++)
        async->flights[i].done(async->flights[i].ctx, ERR_DB_UNKNOWN, NULL, 0);
}

static bool begin(struct db_async *async) {
    struct db_connect connect;
    db_connect_fill(&connect, async->conninfo, async->role);
    async->conn = PQconnectStartParams(connect.keywords, connect.values, 1);
    async->phase = PHASE_CONNECTING;
    return async->conn && PQstatus(async->conn) != CONNECTION_BAD;
}

static void setup_sql(const struct db_async *async, char out[DB_SETUP_MAX + sizeof PLANS + sizeof async->listen]) {
    db_setup_sql(async->role, PQuser(async->conn), out);
    size_t len = strlen(out);
    memcpy(out + len, PLANS, sizeof PLANS);
    memcpy(out + len + sizeof PLANS - 1, async->listen, sizeof async->listen);
}

static bool begin_setup(struct db_async *async) {
    char setup[DB_SETUP_MAX + sizeof PLANS + sizeof async->listen];
    setup_sql(async, setup);
    async->phase = PHASE_SETTING_UP;
    async->prepared = 0;
    return PQsetnonblocking(async->conn, 1) == 0 && PQsendQuery(async->conn, setup);
}

static bool begin_prepare(struct db_async *async) {
    const struct db_statement_row *row = &DB_STATEMENTS[async->statements[async->prepared++]];
    async->phase = PHASE_PREPARING;
    return PQsendPrepare(async->conn, row->name, row->sql, 0, NULL);
}

static void take_rows(struct db_async *async, const PGresult *result) {
    int rows = PQntuples(result), columns = PQnfields(result);
    size_t need = (size_t)rows * (size_t)columns;
    if (need > async->cells_size) {
        int64_t *grown = reallocarray(async->cells, need, sizeof *grown);
        assert(grown);
        async->cells = grown;
        async->cells_size = need;
    }
    async->row_count = (size_t)rows;
    for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++)
            async->cells[row * columns + column] = PQgetisnull(result, row, column) ? 0 : strtoll(PQgetvalue(result, row, column), NULL, 10);
    }
}

/* The step is over: what comes next. False: the connection is no good. */
static bool step_done(struct db_async *async) {
    switch (async->phase) {
    case PHASE_SETTING_UP:
        return async->result_err == ERR_NONE && begin_prepare(async);
    case PHASE_PREPARING:
        if (async->result_err != ERR_NONE)
            return false;
        if (async->prepared < async->statement_count)
            return begin_prepare(async);
        async->phase = PHASE_READY;
        async->broken_mono_us = 0;
        if (async->note)
            async->note(async->note_ctx, NULL);
        return true;
    case PHASE_READY: /* between two statements of a transaction */
    case PHASE_CONNECTING:
    case PHASE_BROKEN:
        break;
    }
    return true;
}

/* The oldest transaction has ended. */
static void flight_done(struct db_async *async) {
    struct flight flight = async->flights[0];
    enum err err = async->result_err;
    async->flight_count--;
    memmove(&async->flights[0], &async->flights[1], async->flight_count * sizeof async->flights[0]);
    async->result_err = ERR_NONE;
    flight.done(flight.ctx, err, async->cells, async->row_count);
    async->row_count = 0;
}

static void take_notes(struct db_async *async) {
    PGnotify *notify;
    while (async->note && (notify = PQnotifies(async->conn)) != NULL) {
        async->note(async->note_ctx, notify->extra);
        PQfreemem(notify);
    }
}

/* Of several statements the first fault counts, and the last one's rows. */
static void take_result(struct db_async *async, const PGresult *result) {
    enum err err = db_err_of_result(result);
    if (err != ERR_NONE) {
        async->result_err = async->result_err ? async->result_err : err;
        async->row_count = 0;
    } else if (PQresultStatus(result) == PGRES_TUPLES_OK) {
        take_rows(async, result);
    } else {
        async->row_count = (size_t)strtoull(PQcmdTuples((PGresult *)(uintptr_t)result), NULL, 10);
    }
}

/* Reads what has come. False: the connection is no good. */
static bool read_results(struct db_async *async) {
    if (!PQconsumeInput(async->conn))
        return false;
    take_notes(async);
    while ((async->phase != PHASE_READY || async->flight_count > 0) && async->conn && !PQisBusy(async->conn)) {
        PGresult *result = PQgetResult(async->conn);
        if (!result) {
            if (!step_done(async))
                return false;
            continue;
        }
        ExecStatusType status = PQresultStatus(result);
        if (status == PGRES_PIPELINE_SYNC)
            flight_done(async);
        else if (status != PGRES_PIPELINE_ABORTED)
            take_result(async, result);
        PQclear(result);
        if (PQstatus(async->conn) == CONNECTION_BAD)
            return false;
    }
    return true;
}

/* Sends what libpq still holds and watches for what is wanted next. */
static bool flush(struct db_async *async) {
    int left = PQflush(async->conn);
    if (left < 0)
        return false;
    watch(async, left > 0 ? EPOLLIN | EPOLLOUT : EPOLLIN);
    return async->fd >= 0;
}

static bool connect_more(struct db_async *async) {
    switch (PQconnectPoll(async->conn)) {
    case PGRES_POLLING_READING:
        watch(async, EPOLLIN);
        return true;
    case PGRES_POLLING_WRITING:
        watch(async, EPOLLOUT);
        return true;
    case PGRES_POLLING_OK:
        async->result_err = ERR_NONE;
        return begin_setup(async) && flush(async);
    default:
        return false;
    }
}

static void ready(void *ctx, int fd, uint32_t events) {
    struct db_async *async = ctx;
    (void)fd, (void)events;
    bool good = async->phase == PHASE_CONNECTING ? connect_more(async) : read_results(async);
    if (good && async->conn && async->phase != PHASE_CONNECTING)
        good = flush(async);
    if (!good && async->conn)
        break_off(async);
}

static int turn(void *ctx) {
    struct db_async *async = ctx;
    if (async->phase != PHASE_BROKEN)
        return -1;
    int64_t wait_us = async->next_try_mono_us - clock_mono_us();
    if (wait_us > 0)
        return (int)(wait_us / 1000) + 1;
    if (begin(async) && connect_more(async))
        return -1;
    break_off(async);
    return AGAIN_MS;
}

/* Before the loop runs: waits for the connection as a synchronous one would. */
static enum err connect_now(struct db_async *async) {
    struct db_connect connect;
    char setup[DB_SETUP_MAX + sizeof PLANS + sizeof async->listen];
    db_connect_fill(&connect, async->conninfo, async->role);
    async->conn = PQconnectdbParams(connect.keywords, connect.values, 1);
    if (PQstatus(async->conn) != CONNECTION_OK)
        return ERR_DB_DOWN;
    setup_sql(async, setup);
    PGresult *result = PQexec(async->conn, setup);
    enum err err = db_err_of_result(result);
    PQclear(result);
    for (size_t i = 0; i < async->statement_count && err == ERR_NONE; i++) {
        const struct db_statement_row *row = &DB_STATEMENTS[async->statements[i]];
        result = PQprepare(async->conn, row->name, row->sql, 0, NULL);
        err = db_err_of_result(result);
        PQclear(result);
    }
    if (err != ERR_NONE)
        return err;
    async->phase = PHASE_READY;
    return PQsetnonblocking(async->conn, 1) == 0 && flush(async) ? ERR_NONE : ERR_DB_DOWN;
}

enum err db_async_open(const char *conninfo, enum db_role role, const enum db_statement *statements, size_t count, struct loop *loop,
                       struct db_async **ret_async) {
    struct db_async *async = calloc(1, sizeof *async);
    if (!async)
        return ERR_MEMORY;
    assert(count <= STATEMENTS_MAX);
    *async = (struct db_async){.conninfo = strdup(conninfo), .role = role, .statement_count = count, .loop = loop, .fd = -1};
    memcpy(async->statements, statements, count * sizeof *statements);
    buf_init(&async->arrays, ENCODED_MAX);
    enum err err = async->conninfo ? connect_now(async) : ERR_MEMORY;
    if (err == ERR_NONE)
        err = loop_on_turn(loop, turn, async);
    if (err == ERR_NONE)
        *ret_async = async;
    else
        db_async_close(async);
    return err;
}

enum err db_async_listen(struct db_async *async, const char *channel, db_async_note_fn *note, void *ctx) {
    char sql[sizeof async->listen];
    int len = snprintf(sql, sizeof sql, "; LISTEN %s", channel);
    if (len < 0 || (size_t)len >= sizeof sql)
        return ERR_RANGE;
    PGresult *result = PQexec(async->conn, sql + 2);
    enum err err = db_err_of_result(result);
    PQclear(result);
    if (err != ERR_NONE)
        return err;
    memcpy(async->listen, sql, sizeof sql);
    async->note = note;
    async->note_ctx = ctx;
    return ERR_NONE;
}

bool db_async_ready(const struct db_async *async) {
    return async->phase == PHASE_READY && async->flight_count < FLIGHT_MAX;
}

bool db_async_down(const struct db_async *async) {
    return async->phase != PHASE_READY && async->broken_mono_us > 0 &&
           clock_mono_us() - async->broken_mono_us > DOWN_AFTER_US;
}

/* ---- arrays in PostgreSQL's binary form ---- */

static void put_u32(char *at, uint32_t value) {
    value = htonl(value);
    memcpy(at, &value, sizeof value);
}

static void put_u64(char *at, uint64_t value) {
    value = htobe64(value);
    memcpy(at, &value, sizeof value);
}

struct kind {
    uint32_t oid;
    size_t size;
};
static struct kind kind_of(enum db_column_kind kind) {
    switch (kind) {
    case DB_COLUMN_INT8:
        return (struct kind){OID_INT8, 8};
    case DB_COLUMN_INT4:
        return (struct kind){OID_INT4, 4};
    case DB_COLUMN_INT2:
        return (struct kind){OID_INT2, 2};
    case DB_COLUMN_BOOL:
        return (struct kind){OID_BOOL, 1};
    case DB_COLUMN_TIME:
        return (struct kind){OID_TIMESTAMPTZ, 8};
    case DB_COLUMN_TEXT:
        return (struct kind){OID_TEXT, 0};
    }
    return (struct kind){0, 0};
}

static void put_element(char *at, const struct db_column *column, size_t i) {
    uint16_t small;
    switch (column->kind) {
    case DB_COLUMN_INT8:
        put_u64(at, (uint64_t)((const int64_t *)column->values)[i]);
        return;
    case DB_COLUMN_INT4:
        put_u32(at, (uint32_t)((const int32_t *)column->values)[i]);
        return;
    case DB_COLUMN_INT2:
        small = htons((uint16_t)((const int16_t *)column->values)[i]);
        memcpy(at, &small, sizeof small);
        return;
    case DB_COLUMN_BOOL:
        *at = ((const uint8_t *)column->values)[i] ? 1 : 0;
        return;
    case DB_COLUMN_TIME:
        put_u64(at, (uint64_t)(((const int64_t *)column->values)[i] - EPOCH_2000_US));
        return;
    case DB_COLUMN_TEXT:
        break; /* put_texts */
    }
}

static char *put_texts(char *at, const struct db_column *column) {
    const char *const *texts = column->values;
    for (size_t i = 0; i < column->rows; i++) {
        size_t len = texts[i] ? strlen(texts[i]) : 0;
        put_u32(at, texts[i] ? (uint32_t)len : UINT32_MAX); /* -1: null */
        if (len > 0)
            memcpy(at + 4, texts[i], len);
        at += 4 + len;
    }
    return at;
}

static size_t room_of(const struct db_column *column) {
    size_t room = 20 + column->rows * 12;
    for (size_t i = 0; column->kind == DB_COLUMN_TEXT && i < column->rows; i++) {
        const char *text = ((const char *const *)column->values)[i];
        room += text ? strlen(text) : 0;
    }
    return room;
}

/* One dimension, lower bound 1; then length and value of each element. Only texts may be null. */
static size_t encode(char *out, const struct db_column *column) {
    struct kind kind = kind_of(column->kind);
    put_u32(out, 1);
    put_u32(out + 4, column->kind == DB_COLUMN_TEXT);
    put_u32(out + 8, kind.oid);
    put_u32(out + 12, (uint32_t)column->rows);
    put_u32(out + 16, 1);
    char *at = out + 20;
    if (column->kind == DB_COLUMN_TEXT)
        return (size_t)(put_texts(at, column) - out);
    for (size_t i = 0; i < column->rows; i++) {
        put_u32(at, (uint32_t)kind.size);
        put_element(at + 4, column, i);
        at += 4 + kind.size;
    }
    return (size_t)(at - out);
}

/* Puts one statement into the pipeline. */
static enum err send_call(struct db_async *async, const struct db_call *call) {
    const char *values[COLUMNS_MAX];
    int lengths[COLUMNS_MAX], formats[COLUMNS_MAX];
    const struct db_statement_row *row = &DB_STATEMENTS[call->statement];
    size_t total = 0;
    assert(call->count <= COLUMNS_MAX && (size_t)row->params == call->count);
    for (size_t i = 0; i < call->count; i++)
        total += room_of(&call->columns[i]);
    buf_reset(&async->arrays);
    char *at = buf_room(&async->arrays, total);
    if (!at)
        return ERR_MEMORY;
    for (size_t i = 0; i < call->count; i++) {
        size_t len = encode(at, &call->columns[i]);
        values[i] = at;
        lengths[i] = (int)len;
        formats[i] = 1;
        at += len;
    }
    return PQsendQueryPrepared(async->conn, row->name, (int)call->count, values, lengths, formats, 0) ? ERR_NONE : ERR_DB_DOWN;
}

enum err db_async_send(struct db_async *async, const struct db_call *calls, size_t count, db_async_done_fn *done, void *ctx) {
    assert(db_async_ready(async));
    enum err err = PQenterPipelineMode(async->conn) ? ERR_NONE : ERR_DB_DOWN; /* it may be in it already */
    for (size_t i = 0; i < count && err == ERR_NONE; i++)
        err = send_call(async, &calls[i]);
    if (err == ERR_NONE && !PQpipelineSync(async->conn))
        err = ERR_DB_DOWN;
    if (err != ERR_NONE) {
        break_off(async); /* half a transaction may not wait for its end */
        return err;
    }
    async->flights[async->flight_count++] = (struct flight){done, ctx};
    if (!flush(async))
        break_off(async); /* tells `done` that the outcome is unknown */
    return ERR_NONE;
}

void db_async_close(struct db_async *async) {
    if (!async)
        return;
    if (async->fd >= 0)
        loop_unwatch(async->loop, async->fd);
    PQfinish(async->conn);
    buf_release(&async->arrays);
    free(async->cells);
    free(async->conninfo);
    free(async);
}
