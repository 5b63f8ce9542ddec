/* What most systems do: libmicrohttpd with 16 threads, each with a database connection of its own, and for each save one
 * transaction of one row with the same admission (open, the log-in's generation, in time). It is spared everything else:
 * it reads no cookie, checks no form and turns no option into its canonical place.
 *
 *   naive PORT CONNINFO */
#include "khoacu/base/clock.h"
#include "khoacu/base/text.h"
#include "khoacu/http/http.h"

#include <libpq-fe.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

enum { THREADS = 16, BODY_SIZE = 256 };

static const char INSERT[] =
    "INSERT INTO khoacu.response (room_id, sitting_id, received_at, seq, position, choice, flagged) "
    "SELECT s.room_id, s.sitting_id, now(), $3, $4, $5, false FROM khoacu.sitting s "
    "WHERE s.room_id = $1 AND s.sitting_id = $2 AND s.state = 'open' AND s.access_generation = 1 "
    "AND now() <= s.closes_at + s.grace_s * interval '1 second' ON CONFLICT DO NOTHING";

struct place {
    int64_t sitting_id, room_id;
};

static PGconn *connections[THREADS];
static atomic_int taken;
static _Thread_local PGconn *own;
static struct place *places;
static size_t place_count;
static struct MHD_Response *empty;

static PGconn *open_database(const char *conninfo) {
    PGconn *conn = PQconnectdb(conninfo);
    PGresult *result = PQprepare(conn, "save", INSERT, 0, NULL);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        fprintf(stderr, "naive: %s\n", PQerrorMessage(conn));
        exit(2);
    }
    PQclear(result);
    return conn;
}

static int compare(const void *a, const void *b) {
    const struct place *x = a, *y = b;
    return (x->sitting_id > y->sitting_id) - (x->sitting_id < y->sitting_id);
}

static void read_places(PGconn *conn) {
    PGresult *result = PQexec(conn, "SELECT sitting_id, room_id FROM khoacu.sitting ORDER BY sitting_id");
    place_count = (size_t)PQntuples(result);
    places = calloc(place_count + 1, sizeof *places);
    for (size_t i = 0; places && i < place_count; i++)
        places[i] = (struct place){strtoll(PQgetvalue(result, (int)i, 0), NULL, 10), strtoll(PQgetvalue(result, (int)i, 1), NULL, 10)};
    PQclear(result);
}

/* "/save/SITTING/POSITION" and {"seq":N, …: stored and committed, or not. */
static unsigned save(const char *url, const char *body) {
    char sitting[32], room_text[24], id_text[24], seq[8] = "";
    const char *at = strchr(url + 1, '/'), *position = at ? strchr(at + 1, '/') : NULL, *number = strstr(body, "\"seq\":");
    struct place want = {0};
    if (!position || !number || (size_t)(position - at) > sizeof sitting)
        return 400;
    memcpy(sitting, at + 1, (size_t)(position - at) - 1);
    sitting[position - at - 1] = '\0';
    if (!text_parse_id(sitting, &want.sitting_id))
        return 400;
    const struct place *place = bsearch(&want, places, place_count, sizeof *places, compare);
    if (!place)
        return 404;
    (void)snprintf(room_text, sizeof room_text, "%lld", (long long)place->room_id);
    (void)snprintf(id_text, sizeof id_text, "%lld", (long long)place->sitting_id);
    (void)snprintf(seq, sizeof seq, "%.6s", number + strlen("\"seq\":"));
    if (!own)
        own = connections[atomic_fetch_add(&taken, 1) % THREADS];
    PGresult *result = PQexecPrepared(own, "save", 5, (const char *const[]){room_text, id_text, seq, position + 1, "1"}, NULL, NULL, 0);
    bool stored = PQresultStatus(result) == PGRES_COMMAND_OK && strcmp(PQcmdTuples(result), "1") == 0;
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        fprintf(stderr, "naive: %s\n", PQerrorMessage(own));
    PQclear(result);
    return stored ? 200 : 409;
}

struct body {
    size_t len;
    char text[BODY_SIZE];
};

static enum MHD_Result handle(void *ctx, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
                              const char *upload, size_t *upload_size, void **con_cls) {
    struct body *body = *con_cls;
    (void)ctx, (void)method, (void)version;
    if (!body) {
        *con_cls = calloc(1, sizeof *body);
        return *con_cls ? MHD_YES : MHD_NO;
    }
    if (*upload_size > 0) {
        if (body->len + *upload_size >= BODY_SIZE)
            return MHD_NO;
        memcpy(body->text + body->len, upload, *upload_size);
        body->len += *upload_size;
        *upload_size = 0;
        return MHD_YES;
    }
    return MHD_queue_response(connection, save(url, body->text), empty);
}

static void completed(void *ctx, struct MHD_Connection *connection, void **con_cls, enum MHD_RequestTerminationCode code) {
    (void)ctx, (void)connection, (void)code;
    free(*con_cls);
}

int main(int argc, char **argv) {
    int64_t port;
    int fd;
    char why[200];
    if (argc != 3 || !text_parse_int(argv[1], 1, 65535, &port) || http_listen("127.0.0.1", (int)port, "the argument", &fd, why, sizeof why))
        return 2;
    for (int i = 0; i < THREADS; i++)
        connections[i] = open_database(argv[2]);
    read_places(connections[0]);
    empty = MHD_create_response_from_buffer(0, (void *)(uintptr_t)"", MHD_RESPMEM_PERSISTENT);
    if (!MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, handle, NULL, MHD_OPTION_LISTEN_SOCKET, fd,
                          MHD_OPTION_CONNECTION_LIMIT, 32768u, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)THREADS,
                          MHD_OPTION_NOTIFY_COMPLETED, completed, NULL, MHD_OPTION_END))
        return 2;
    for (;;)
        (void)pause();
}
