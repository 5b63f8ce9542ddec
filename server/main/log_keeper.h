/* log_keeper.h: the thread that lengthens and signs the public log (ledger/log.h), every five seconds while the server runs.
 *
 * Used by: serve. Uses: ledger, db. Threads: makes one of its own, with a connection of its own: a long log holds up nobody.
 */
#ifndef KHOACU_SERVER_MAIN_LOG_KEEPER_H
#define KHOACU_SERVER_MAIN_LOG_KEEPER_H

#include "khoacu/base/err.h"

struct log_keeper;

/* `conninfo` as khoacu_server; the files are those of struct ledger_signer. All are copied. */
enum err log_keeper_start(const char *conninfo, const char *key_file, const char *memory_file, struct log_keeper **ret_keeper) MUST_CHECK;
/* Waits until it has ended; NULL is fine. */
void log_keeper_stop(struct log_keeper *keeper);

#endif
