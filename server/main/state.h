/* state.h: the folder that holds everything a running Khoacu keeps: cluster, secrets, sockets, logs.
 *
 * It is KHOACU_VAR. Started as root, the program gives it to the system user khoacu (made when
 * missing) and becomes that user; where that user could not reach the folder (a checkout inside
 * /root), the folder is made under /var/lib/khoacu and KHOACU_VAR becomes a link to it.
 *
 *   pg/       the private cluster        run/   its socket
 *   secret/   server.key and bank.key, 0400         log/   postgresql.log
 *   demo/     logins of the demonstration
 *
 * Used by: main only. Threads: before any is started.
 */
#ifndef KHOACU_MAIN_STATE_H
#define KHOACU_MAIN_STATE_H

#include "settings.h"

#include <limits.h>

struct state {
    char root[PATH_MAX];      /* absolute, links resolved */
    char secret[PATH_MAX];    /* the key file */
    char bank_key[PATH_MAX];  /* the master key of the item banks */
    char login_name[64];      /* system user that runs everything from here on */
    int lock_fd;              /* held while this program runs */
};

/* Makes the folder and its parts, takes its lock, drops root, changes into it. `fresh` removes what
 * an earlier start left (cluster, demonstration, secrets). A sentence says what to do when it fails. */
enum err state_open(const struct settings *settings, bool fresh, struct state *ret_state, char *ret_sentence, size_t size) MUST_CHECK;
/* root + "/" + name into `out`. */
void state_path(const struct state *state, const char *name, char out[PATH_MAX]);

#endif
