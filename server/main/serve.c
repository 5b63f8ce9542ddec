#include "serve.h"

#include "log_keeper.h"
#include "worker.h"

#include "../api/api.h"
#include "../api/halls.h"

#include "khoacu/bank/bank_vault.h"
#include "khoacu/base/clock.h"
#include "khoacu/base/embed.h"
#include "khoacu/base/log.h"
#include "khoacu/base/loop.h"
#include "khoacu/base/work.h"
#include "khoacu/db/db.h"
#include "khoacu/form/paper.h"
#include "khoacu/http/http.h"
#include "khoacu/identity/secret.h"
#include "khoacu/sitting/journal.h"
#include "khoacu/sitting/outage.h"
#include "khoacu/sitting/presence.h"
#include "khoacu/sitting/seb.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

#define VERSION "0.1"
enum {
    CONNINFO_SIZE = PATH_MAX + 200,
    WORK_QUEUE = 4096,      /* requests that may wait for a worker thread */
    SLOW_THREADS = 2,       /* password hashes take 128 MiB each */
    SLOW_QUEUE = 64,
    DRAIN_MOST_S = 25,      /* for requests under way */
    IDLE_AFTER = 60,        /* twentieths of a second until idle connections are ended */
    HOUSEKEEP_S = 5,        /* between readings of the database's clock */
    SIGN_TENTHS = 10,       /* of a second between signs of life */
    FLUSH_TENTHS = 15,      /* of a second between flushes of presence */
};

/* One event loop on its thread, with what lives on it. */
struct lane {
    struct loop *loop;
    struct http_server *http;
    struct sitting_journal *journal; /* NULL on the admin lane */
    pthread_t thread;
    bool running;
    atomic_size_t connections; /* as last read on the loop's thread */
};

struct server {
    struct api_state api;
    struct identity_secret *secret;
    struct bank_vault *vault;
    struct work_pool *work, *slow;
    struct lane lanes[17]; /* the admin lane is the last */
    size_t lane_count;
    struct worker *worker;
    struct log_keeper *log;
    char conninfo[CONNINFO_SIZE]; /* as khoacu_server */
    char bank_conninfo[CONNINFO_SIZE];
    char sign_key[PATH_MAX];
    pthread_t housekeeper;
    bool housekeeping;
    atomic_bool stopping;
    struct outage_watch outage; /* of the housekeeper */
};

void database_conninfo(const struct database *database, const char *role, char *out, size_t size) {
    if (database->private_cluster)
        cluster_conninfo(&database->cluster, role, out, size);
    else
        snprintf(out, size, "%s", database->external);
}

static void *slot_new(void *ctx) {
    struct server *server = ctx;
    struct api_slot *slot = calloc(1, sizeof *slot);
    char why[300] = "memory";
    if (!slot || db_open(server->conninfo, DB_ROLE_SERVER, &slot->db, why, sizeof why)) {
        LOG(LOG_ERROR, "database.refused", LOG_TEXT("why", &why[0]));
        free(slot);
        return NULL;
    }
    slot->bank_conninfo = server->bank_conninfo;
    return slot;
}

static void slot_free(void *own) {
    struct api_slot *slot = own;
    db_close(slot->db);
    db_close(slot->bank);
    free(slot);
}

static void *lane_run(void *ctx) {
    struct lane *lane = ctx;
    loop_run(lane->loop);
    return NULL;
}

/* The platform's time follows the database's clock; the shortest question is the best reading. */
static void read_clock(struct db *db) {
    struct arena arena;
    arena_init(&arena, 65536);
    const struct db_row *row;
    int64_t before = clock_mono_us();
    if (db_heal(db) == ERR_NONE && db_one(db, &arena, DB_MAIN_CLOCK, DB_NO_PARAMS, &row) == ERR_NONE) {
        int64_t after = clock_mono_us(), step = clock_adjust(db_time(row, 0), before + (after - before) / 2);
        if (step > 200000 || step < -200000)
            LOG(LOG_WARN, "clock.step", LOG_NUM("us", step));
    }
    arena_release(&arena);
}

/* What was heard of candidates' machines, for the consoles of invigilators; and which halls ask for the locked browser. */
static void exchange_signs(struct server *server, struct db *db) {
    if (!db || db_heal(db) != ERR_NONE)
        return;
    if (presence_flush(server->api.presence, db) != ERR_NONE || seb_watch_renew(server->api.seb, db) != ERR_NONE)
        LOG(LOG_WARN, "signs.lost");
}

/* Leaves a sign of life; after an outage of ours the candidates have their time back. */
static enum err leave_sign(struct db *db, struct outage_watch *watch) {
    struct arena arena;
    struct outage_found found = {0};
    arena_init(&arena, 65536);
    enum err err = db_heal(db);
    if (err == ERR_NONE)
        err = outage_beat(db, &arena, watch, &found);
    arena_release(&arena);
    if (err == ERR_NONE && found.away_s > 0)
        LOG(LOG_WARN, "service.was_away", LOG_NUM("seconds", found.away_s), LOG_NUM("sittings", found.sittings));
    return err;
}

static void *housekeep(void *ctx) {
    struct server *server = ctx;
    struct db *db = NULL;
    while (!atomic_load(&server->stopping)) {
        if (!db && db_open(server->conninfo, DB_ROLE_SERVER, &db, NULL, 0))
            db = NULL;
        if (db)
            read_clock(db);
        for (int i = 0; i < HOUSEKEEP_S * 10 && !atomic_load(&server->stopping); i++) {
            if (db && i % SIGN_TENTHS == 0 && leave_sign(db, &server->outage) != ERR_NONE)
                LOG(LOG_WARN, "sign_of_life.lost");
            if (i % FLUSH_TENTHS == 0)
                exchange_signs(server, db);
            nanosleep(&(struct timespec){.tv_nsec = 100000000L}, NULL);
        }
    }
    db_close(db);
    return NULL;
}

/* Before the first request is judged. */
static enum err read_watch(struct server *server) {
    struct db *db = NULL;
    enum err err = db_open(server->conninfo, DB_ROLE_SERVER, &db, NULL, 0);
    if (!err)
        err = seb_watch_renew(server->api.seb, db);
    if (!err)
        err = leave_sign(db, &server->outage);
    db_close(db);
    return err;
}

static enum err start_pools(struct server *server, const struct settings *settings) {
    struct work_config config = {.threads = (size_t)settings->worker_count, .queue_max = WORK_QUEUE, .slot_new = slot_new,
                                 .slot_free = slot_free, .ctx = server};
    enum err err = work_pool_new(&config, &server->work);
    config.threads = SLOW_THREADS;
    config.queue_max = SLOW_QUEUE;
    return err ? err : work_pool_new(&config, &server->slow);
}

static enum err start_lane(struct server *server, const struct settings *settings, int fd, bool admin) {
    struct lane *lane = &server->lanes[server->lane_count];
    struct http_config config = {.routes = admin ? API_ADMIN_ROUTES : API_ROUTES, .dispatch = api_dispatch, .ctx = &server->api,
                                 .observe = api_observe, .work = server->work, .slow = server->slow};
    const struct embed_file *absent = embed_find("web/public/absent.html");
    if (!admin) {
        /* behind a proxy every connection has its address */
        config.per_address_max = *settings->trusted_proxy ? 0 : (size_t)settings->per_address_max;
        config.request_most_s = settings->request_seconds;
        config.tls_cert = settings->tls_cert_pem;
        config.tls_key = settings->tls_key_pem;
        config.absent_page = absent ? absent->bytes : NULL;
        config.absent_page_len = absent ? absent->len : 0;
    }
    enum err err = loop_new(&lane->loop);
    if (!err && !admin) {
        err = sitting_journal_new(lane->loop, server->conninfo, &lane->journal);
        server->api.loops[server->api.loop_count].loop = lane->loop;
        server->api.loops[server->api.loop_count++].journal = lane->journal;
    }
    if (!err)
        err = http_server_new(&config, lane->loop, fd, &lane->http);
    if (!err)
        server->lane_count++;
    return err;
}

static enum err run_lanes(struct server *server) {
    for (size_t i = 0; i < server->lane_count; i++) {
        if (pthread_create(&server->lanes[i].thread, NULL, lane_run, &server->lanes[i]) != 0)
            return ERR_MEMORY;
        server->lanes[i].running = true;
    }
    server->housekeeping = pthread_create(&server->housekeeper, NULL, housekeep, server) == 0;
    return server->housekeeping ? ERR_NONE : ERR_MEMORY;
}

static enum err start_parts(struct server *server, const struct settings *settings, const struct state *state,
                            const struct database *database, const struct listening *listening, int admin_fd, char *sentence, size_t size) {
    char worker_conninfo[CONNINFO_SIZE];
    database_conninfo(database, "khoacu_server", server->conninfo, sizeof server->conninfo);
    database_conninfo(database, "khoacu_worker", worker_conninfo, sizeof worker_conninfo);
    database_conninfo(database, "khoacu_bank", server->bank_conninfo, sizeof server->bank_conninfo);
    enum err err = identity_secret_create(state->secret, sentence, size);
    if (!err)
        err = identity_secret_load(state->secret, &server->secret, sentence, size);
    if (!err)
        err = bank_vault_create(state->bank_key, sentence, size);
    if (!err)
        err = bank_vault_open(state->bank_key, &server->vault, sentence, size);
    if (err)
        return err;
    snprintf(server->sign_key, sizeof server->sign_key, "%s", state->sign_key);
    struct api_config config = {.secret = server->secret, .trusted_proxy = settings->trusted_proxy, .saves_per_s = settings->save_rate, .version = VERSION,
                                .public_url = settings->public_base, .sign_key = server->sign_key};
    snprintf(sentence, size, "The server could not be started: its tables of routes or its memory are not in order.");
    err = api_state_init(&server->api, &config);
    if (!err)
        err = form_cache_new(server->vault, &server->api.forms);
    server->api.vault = server->vault;
    if (err)
        return err;
    snprintf(sentence, size, "The database refused the server's connections; the log above says why.");
    err = start_pools(server, settings);
    if (!err)
        err = api_hall_hub_new(server->conninfo, &server->api.hall);
    if (!err)
        err = read_watch(server);
    for (int i = 0; !err && i < settings->loop_count; i++)
        err = start_lane(server, settings, listening->fds[(size_t)i < listening->count ? i : 0], false);
    if (err == ERR_CONFIG)
        snprintf(sentence, size, "KHOACU_TLS_CERT and KHOACU_TLS_KEY are no certificate with its key in PEM.");
    if (!err && admin_fd >= 0)
        err = start_lane(server, settings, admin_fd, true);
    if (!err && settings->worker_inside)
        err = worker_start(worker_conninfo, server->vault, &server->worker);
    if (!err)
        err = log_keeper_start(server->conninfo, state->sign_key, state->log_memory, &server->log);
    if (!err)
        err = run_lanes(server);
    return err;
}

enum err server_start(const struct settings *settings, const struct state *state, const struct database *database,
                      const struct listening *listening, int admin_fd, struct server **ret_server, char *ret_sentence, size_t size) {
    struct server *server = calloc(1, sizeof *server);
    if (!server)
        return ERR_MEMORY;
    enum err err = start_parts(server, settings, state, database, listening, admin_fd, ret_sentence, size);
    if (err)
        server_stop(server);
    else
        *ret_server = server;
    return err;
}

void server_drain(struct server *server) {
    server->api.draining = true;
}

static void quiesce_lane(void *ctx) {
    struct lane *lane = ctx;
    http_server_quiesce(lane->http);
    atomic_store(&lane->connections, http_server_connections(lane->http));
}

static void count_lane(void *ctx) {
    struct lane *lane = ctx;
    atomic_store(&lane->connections, http_server_connections(lane->http));
}

static void end_idle(void *ctx) {
    struct lane *lane = ctx;
    http_server_end_idle(lane->http);
    atomic_store(&lane->connections, http_server_connections(lane->http));
}

/* Waits until no connection is open on any lane, or long enough. */
static void wait_for_requests(struct server *server) {
    for (int tries = 0; tries < DRAIN_MOST_S * 20; tries++) {
        size_t open = 0;
        for (size_t i = 0; i < server->lane_count; i++) {
            if (!server->lanes[i].running)
                continue;
            loop_post(server->lanes[i].loop, tries == 0 ? quiesce_lane : tries % IDLE_AFTER == 0 ? end_idle : count_lane, &server->lanes[i]);
            open += tries == 0 ? 1 : atomic_load(&server->lanes[i].connections);
        }
        if (open == 0)
            return;
        nanosleep(&(struct timespec){.tv_nsec = 50000000L}, NULL);
    }
}

void server_stop(struct server *server) {
    wait_for_requests(server);
    atomic_store(&server->stopping, true);
    api_hall_hub_stop(server->api.hall);
    work_pool_free(server->work);
    work_pool_free(server->slow);
    for (size_t i = 0; i < server->lane_count; i++) {
        if (server->lanes[i].running) {
            loop_stop(server->lanes[i].loop);
            pthread_join(server->lanes[i].thread, NULL);
        }
    }
    worker_stop(server->worker);
    log_keeper_stop(server->log);
    if (server->housekeeping)
        pthread_join(server->housekeeper, NULL);
    for (size_t i = 0; i < server->lane_count; i++) {
        http_server_free(server->lanes[i].http);
        sitting_journal_free(server->lanes[i].journal);
        loop_free(server->lanes[i].loop);
    }
    api_hall_hub_free(server->api.hall);
    form_cache_free(server->api.forms);
    api_state_release(&server->api);
    identity_secret_free(server->secret);
    bank_vault_free(server->vault);
    free(server);
}
