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
    char sign_key[PATH_MAX];  /* the key that signs documents */
    char log_memory[PATH_MAX]; /* what the public log's signer has signed last */
    char login_name[64];      /* system user that runs everything from here on */
    int lock_fd;              /* held while this program runs */
};

/* Makes the folder and its parts, takes its lock, drops root, changes into it. A sentence says what to do when it fails. */
enum err state_open(const struct settings *settings, struct state *ret_state, char *ret_sentence, size_t size) MUST_CHECK;
/* Removes what earlier starts left (cluster, demonstration, secrets, logs) and nothing else that stands in the folder. */
enum err state_empty(char *ret_sentence, size_t size) MUST_CHECK;
/* Removes one part with all in it; a part that is not there is no failure. */
enum err state_remove(const char *part, char *ret_sentence, size_t size) MUST_CHECK;
/* root + "/" + name into `out`. */
void state_path(const struct state *state, const char *name, char out[PATH_MAX]);

#endif
