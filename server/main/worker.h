/* worker.h: the worker: closes what is due, and does the jobs of the queue.
 *
 * Each second it closes sittings past their deadline and shifts that are over, and scores them; four times a second it
 * looks for a job. It connects as khoacu_worker, the only role that reads keys. Any number of workers may run on one
 * database, inside servers or alone, and may be killed at any moment: every step is a transaction that may be repeated,
 * and a job whose worker is gone is taken by the next. Assembling forms takes a minute of a solver's time and has a second
 * thread with a connection of its own.
 *
 * Used by: main only. Threads: two, made and joined here.
 */
#ifndef KHOACU_MAIN_WORKER_H
#define KHOACU_MAIN_WORKER_H

#include "khoacu/bank/bank_vault.h"
#include "khoacu/base/err.h"

struct worker;
/* Starts the threads. `conninfo` may log in as khoacu_worker or as one who may SET ROLE to it. A database that does
 * not answer is tried again for ever. The vault must outlive the worker. */
enum err worker_start(const char *conninfo, struct bank_vault *vault, struct worker **ret_worker) MUST_CHECK;
/* The same in a process of its own: the worker also keeps the platform's time by the database's clock. */
enum err worker_start_alone(const char *conninfo, struct bank_vault *vault, struct worker **ret_worker) MUST_CHECK;
/* Lets the step under way end, joins, frees; accepts NULL. */
void worker_stop(struct worker *worker);

#endif
