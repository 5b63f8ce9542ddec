/* cluster.h: the private PostgreSQL cluster, the default database of Khoacu.
 *
 * Made by initdb under the state folder, reached only through a unix socket that its own user may
 * open, with data checksums and full durability. It runs as a child and is told to end when this
 * program dies, however it dies.
 *
 * Used by: main only. Threads: the main thread, which must outlive the cluster.
 */
#ifndef KHOACU_MAIN_CLUSTER_H
#define KHOACU_MAIN_CLUSTER_H

#include "state.h"

#include <sys/types.h>

struct cluster {
    pid_t postmaster;         /* 0: not running */
    char socket[PATH_MAX];    /* folder of the socket */
};

/* Makes the cluster when there is none, starts it, waits until it answers, makes the roles and the
 * database. A sentence says what to do when it fails. */
enum err cluster_start(const struct settings *settings, const struct state *state, struct cluster *ret_cluster,
                       char *ret_sentence, size_t size) MUST_CHECK;
/* Connection string of a database role ("khoacu_server") or of the administrator ("khoacu_admin"). */
void cluster_conninfo(const struct cluster *cluster, const char *role, char *out, size_t size);
/* Fast shutdown; waits until it has ended. */
void cluster_stop(struct cluster *cluster);

#endif
