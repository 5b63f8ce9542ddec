/* serve.h: the running server: loops, pools, worker, and their orderly end.
 *
 * Start, in this order, each step able to fail with a sentence: settings, listening sockets, state
 * folder (root is dropped here), database, schema, pools, loops. End on SIGTERM or SIGINT: /readyz says
 * no, new connections are refused, requests under way are answered, then everything is taken down
 * in reverse.
 *
 * Used by: main only. Threads: made and joined here.
 */
#ifndef KHOACU_MAIN_SERVE_H
#define KHOACU_MAIN_SERVE_H

#include "cluster.h"
#include "settings.h"
#include "state.h"

/* Connection strings by role, whichever database is used. */
struct database {
    bool private_cluster;
    struct cluster cluster;
    const char *external; /* KHOACU_DB */
};
/* `out` gets the connection string for a database role such as "khoacu_server". */
void database_conninfo(const struct database *database, const char *role, char *out, size_t size);

struct server;
/* Listening sockets of one address: one a loop, or fewer, then the first is shared. Made before root is dropped, for the
 * kernel lets an address be shared by sockets of one user alone. */
#define LISTENING_MAX 16
struct listening {
    int fds[LISTENING_MAX];
    size_t count;
};
/* Starts loops and pools on the sockets (and the admin socket unless negative); returns at once. */
enum err server_start(const struct settings *settings, const struct state *state, const struct database *database,
                      const struct listening *listening, int admin_fd, struct server **ret_server, char *ret_sentence, size_t size) MUST_CHECK;
/* Refuses new connections, answers what is under way (at most 25 s), ends everything, frees. */
void server_stop(struct server *server);
/* From now on /readyz says no. */
void server_drain(struct server *server);

#endif
