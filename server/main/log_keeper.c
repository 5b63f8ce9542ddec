#include "log_keeper.h"

#include "khoacu/base/clock.h"
#include "khoacu/base/log.h"
#include "khoacu/db/db.h"
#include "khoacu/ledger/log.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "khoacu/base/banned.h"

enum { TENTHS = 50, CONNINFO_SIZE = 4096, ARENA_MAX = 1 << 20 };

struct log_keeper {
    pthread_t thread;
    atomic_bool stopping;
    char conninfo[CONNINFO_SIZE], key_file[PATH_MAX], memory_file[PATH_MAX];
    struct ledger_signer signer;
    enum err failed; /* of the last turn; said once */
    bool refused;
};

static void turn(struct log_keeper *keeper, struct db *db) {
    struct arena arena;
    enum ledger_signed made = LEDGER_SIGNED_NOTHING;
    arena_init(&arena, ARENA_MAX);
    enum err err = db_heal(db);
    if (err == ERR_NONE)
        err = ledger_log_sign(db, &arena, &keeper->signer, clock_now_us(), &made);
    arena_release(&arena);
    if (err != ERR_NONE && keeper->failed != err)
        LOG(LOG_WARN, "log.failed", LOG_TEXT("key", err_key(err)), LOG_TEXT("database", db_last_error(db)));
    if (made == LEDGER_SIGNED_REFUSED && !keeper->refused)
        LOG(LOG_ERROR, "log.refused", LOG_TEXT("why", "the database's log contradicts what was signed; compare it with a copy that others keep"));
    keeper->failed = err;
    keeper->refused = made == LEDGER_SIGNED_REFUSED || (keeper->refused && made == LEDGER_SIGNED_NOTHING);
}

static void *run(void *ctx) {
    struct log_keeper *keeper = ctx;
    struct db *db = NULL;
    while (!atomic_load(&keeper->stopping)) {
        if (!db && db_open(keeper->conninfo, DB_ROLE_SERVER, &db, NULL, 0) != ERR_NONE)
            db = NULL;
        if (db)
            turn(keeper, db);
        int tenths = keeper->signer.behind ? 1 : TENTHS;
        for (int i = 0; i < tenths && !atomic_load(&keeper->stopping); i++)
            (void)nanosleep(&(struct timespec){.tv_nsec = 100000000L}, NULL);
    }
    db_close(db);
    return NULL;
}

enum err log_keeper_start(const char *conninfo, const char *key_file, const char *memory_file, struct log_keeper **ret_keeper) {
    struct log_keeper *keeper = calloc(1, sizeof *keeper);
    if (!keeper)
        return ERR_MEMORY;
    (void)snprintf(keeper->conninfo, sizeof keeper->conninfo, "%s", conninfo);
    (void)snprintf(keeper->key_file, sizeof keeper->key_file, "%s", key_file);
    (void)snprintf(keeper->memory_file, sizeof keeper->memory_file, "%s", memory_file);
    keeper->signer = (struct ledger_signer){.key_file = keeper->key_file, .memory_file = keeper->memory_file};
    if (pthread_create(&keeper->thread, NULL, run, keeper) != 0) {
        free(keeper);
        return ERR_MEMORY;
    }
    *ret_keeper = keeper;
    return ERR_NONE;
}

void log_keeper_stop(struct log_keeper *keeper) {
    if (!keeper)
        return;
    atomic_store(&keeper->stopping, true);
    (void)pthread_join(keeper->thread, NULL);
    free(keeper);
}
