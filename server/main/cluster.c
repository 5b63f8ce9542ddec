#include "cluster.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/embed.h"
#include "khoacu/db/db.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

#define PG_MAJOR "15"
#define LOG_ROOM (4ull << 30) /* bytes that are free before a gigabyte goes to the log */
/* "/.s.PGSQL.5432" must still fit the 107 bytes that the kernel allows for a socket's path */
enum { SOCKET_FOLDER_MAX = 90, START_WAIT_S = 90, STOP_WAIT_S = 60 };

static void pause_ms(long ms) {
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

static enum err write_file(const char *path, const char *text) {
    FILE *file CLEANUP(cleanup_file) = fopen(path, "w");
    if (!file || fputs(text, file) == EOF || fflush(file) != 0)
        return ERR_IO;
    return ERR_NONE;
}

/* Starts a program of PostgreSQL with its output in the log. */
static pid_t spawn(const struct settings *settings, const char *program, char *argv[], bool dies_with_us) {
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    if (dies_with_us) {
        (void)prctl(PR_SET_PDEATHSIG, SIGINT);
        if (getppid() != parent)
            _exit(1);
        (void)setpgid(0, 0); /* Ctrl-C in the terminal is for us, who end it in order */
    }
    sigset_t none;
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    int log = open("log/postgresql.log", O_WRONLY | O_CREAT | O_APPEND, 0600);
    int null = open("/dev/null", O_RDONLY);
    if (log < 0 || null < 0 || dup2(null, 0) < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0)
        _exit(1);
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", settings->pg_bin, program);
    (void)unsetenv("PGDATA");
    argv[0] = path; /* by it the program finds its companions */
    execv(path, argv);
    _exit(127);
}

/* Who may connect: the user that runs the cluster, and root, who may do as he pleases here anyway, so that the commands
 * work for whoever started it. Written at each start, before the cluster reads it. */
static enum err write_ident(const struct state *state) {
    static const char *const ROLES[] = {"admin", "owner", "server", "bank", "worker", "auditor"};
    char ident[1024];
    size_t len = 0;
    for (size_t i = 0; i < sizeof ROLES / sizeof *ROLES; i++)
        len += (size_t)snprintf(ident + len, sizeof ident - len, "khoacu %s khoacu_%s\nkhoacu root khoacu_%s\n", state->login_name, ROLES[i], ROLES[i]);
    return write_file("pg/pg_ident.conf", ident);
}

static enum err make_cluster(const struct settings *settings, const struct state *state, char *sentence, size_t size) {
    char *argv[] = {"initdb", "-D", "pg.new", "-U", "khoacu_admin", "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums",
                    "--auth-local=peer", "--auth-host=reject", NULL};
    printf("Making a private PostgreSQL cluster in %s/pg …\n", state->root);
    (void)fflush(stdout);
    if (state_remove("pg.new", sentence, size)) /* of a start that was broken off */
        return ERR_CONFIG;
    pid_t pid = spawn(settings, "initdb", argv, false);
    int status = -1;
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) {
        snprintf(sentence, size, "initdb did not work; %s/log/postgresql.log says why. KHOACU_PG_BIN names its folder.", state->root);
        return ERR_CONFIG;
    }
    if (write_file("pg.new/pg_hba.conf", "local all all peer map=khoacu\n") || rename("pg.new", "pg") != 0) {
        snprintf(sentence, size, "The new cluster could not be put in place in %s: %s.", state->root, strerror(errno));
        return ERR_CONFIG;
    }
    return ERR_NONE;
}

static enum err check_version(const struct state *state, char *sentence, size_t size) {
    char version[16] = "";
    FILE *file CLEANUP(cleanup_file) = fopen("pg/PG_VERSION", "r");
    if (!file || !fgets(version, sizeof version, file)) {
        snprintf(sentence, size, "%s/pg is not a PostgreSQL cluster. Move it away, or start with --fresh.", state->root);
        return ERR_CONFIG;
    }
    version[strcspn(version, "\n")] = '\0';
    if (strcmp(version, PG_MAJOR) != 0) {
        snprintf(sentence, size,
                 "%s/pg was made by PostgreSQL %s and this Khoacu runs PostgreSQL " PG_MAJOR
                 ". Upgrade it with pg_upgrade, or start with --fresh to lose its data.",
                 state->root, version);
        return ERR_CONFIG;
    }
    return ERR_NONE;
}

static void choose_socket(const struct state *state, struct cluster *cluster) {
    state_path(state, "run", cluster->socket);
    if (cluster->socket[0] && strlen(cluster->socket) <= SOCKET_FOLDER_MAX)
        return;
    snprintf(cluster->socket, sizeof cluster->socket, "/tmp/khoacu-XXXXXX");
    if (!mkdtemp(cluster->socket))
        cluster->socket[0] = '\0';
}

/* An earlier program that was killed leaves its cluster ending; it must be gone before the next starts. */
static enum err wait_for_predecessor(const struct state *state, char *sentence, size_t size) {
    for (int tries = 0; tries < STOP_WAIT_S * 10; tries++) {
        FILE *file CLEANUP(cleanup_file) = fopen("pg/postmaster.pid", "r");
        char line[32] = "";
        long pid;
        if (!file || !fgets(line, sizeof line, file) || (pid = strtol(line, NULL, 10)) <= 1 || kill((pid_t)pid, 0) != 0)
            return ERR_NONE;
        pause_ms(100);
    }
    snprintf(sentence, size, "A PostgreSQL of an earlier start still runs on %s/pg. Stop it with `pg_ctl -D %s/pg stop`.",
             state->root, state->root);
    return ERR_CONFIG;
}

static enum err wait_until_ready(struct cluster *cluster, const struct state *state, struct db **ret_db, char *sentence, size_t size) {
    char conninfo[PATH_MAX + 128], why[200];
    snprintf(conninfo, sizeof conninfo, "host=%s dbname=postgres user=khoacu_admin", cluster->socket);
    for (int tries = 0; tries < START_WAIT_S * 20; tries++) {
        int status;
        if (waitpid(cluster->postmaster, &status, WNOHANG) == cluster->postmaster) {
            cluster->postmaster = 0;
            break;
        }
        if (db_open(conninfo, DB_ROLE_LOGIN, ret_db, why, sizeof why) == ERR_NONE)
            return ERR_NONE;
        pause_ms(50);
    }
    snprintf(sentence, size, "PostgreSQL did not start; the last lines of %s/log/postgresql.log say why.", state->root);
    return ERR_CONFIG;
}

static enum err found(void *ctx, const struct db_row *row) {
    (void)row;
    *(bool *)ctx = true;
    return ERR_NONE;
}

static enum err run_file(struct db *db, const char *name) {
    const struct embed_file *file = embed_find(name);
    return file ? db_script(db, (const char *)file->bytes) : ERR_CONFIG;
}

/* Takes the log's space while nobody waits for it; a machine that has little of it keeps it for the examinations. */
static enum err lay_out_log(struct db *db, const struct state *state) {
    struct statvfs disk;
    if (statvfs("pg", &disk) != 0 || disk.f_bavail * disk.f_frsize < LOG_ROOM) {
        printf("There is little space left in %s: the database's log takes it as it goes, and saves wait for it now and then.\n", state->root);
        return ERR_NONE;
    }
    printf("Laying out the database's log (1 GB) …\n");
    (void)fflush(stdout);
    return run_file(db, "sql/roles/wal.sql");
}

/* Roles may log in here, each as itself; the database belongs to the owner. */
static enum err make_database(struct db *db, const struct state *state) {
    enum err err = run_file(db, "sql/roles/roles.sql");
    if (!err)
        err = db_script(db, "ALTER ROLE khoacu_owner LOGIN; ALTER ROLE khoacu_server LOGIN; ALTER ROLE khoacu_bank LOGIN; ALTER ROLE khoacu_worker LOGIN; "
                            "ALTER ROLE khoacu_auditor LOGIN");
    bool exists = false;
    struct arena arena;
    arena_init(&arena, 65536);
    if (!err)
        err = db_ask(db, &arena, "SELECT 1 FROM pg_database WHERE datname = 'khoacu'", DB_NO_PARAMS, 1, found, &exists);
    arena_release(&arena);
    if (!err && !exists)
        err = lay_out_log(db, state);
    if (!err && !exists)
        err = db_script(db, "CREATE DATABASE khoacu OWNER khoacu_owner");
    if (!err && !exists)
        err = db_script(db, "REVOKE ALL ON DATABASE khoacu FROM PUBLIC");
    if (!err && !exists)
        err = db_script(db, "GRANT CONNECT ON DATABASE khoacu TO khoacu_server, khoacu_bank, khoacu_worker, khoacu_auditor");
    return err;
}

/* A sixteenth of the machine's memory: the newest pages of the log of answers and of its index belong in it. */
static void say_buffers(char *out, size_t size) {
    int64_t mib = (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE) / (16 << 20);
    snprintf(out, size, "shared_buffers=%dMB", (int)(mib < 128 ? 128 : mib > 2048 ? 2048 : mib));
}

static enum err launch(const struct settings *settings, struct cluster *cluster) {
    char socket[PATH_MAX + 32], buffers[40];
    snprintf(socket, sizeof socket, "unix_socket_directories=%s", cluster->socket);
    say_buffers(buffers, sizeof buffers);
    char *argv[] = {"postgres", "-D", "pg", "-c", "listen_addresses=", "-c", socket, "-c", "unix_socket_permissions=0700",
                    "-c", "max_connections=100", "-c", buffers, "-c", "max_wal_size=2GB", "-c",
                    "min_wal_size=1GB", /* what wal.sql has laid out stays: no save waits for a new segment to be filled with zeros */
                    "-c", "checkpoint_timeout=15min", "-c", "log_min_messages=warning", "-c", "timezone=UTC", NULL};
    cluster->postmaster = spawn(settings, "postgres", argv, true);
    return cluster->postmaster > 0 ? ERR_NONE : ERR_IO;
}

enum err cluster_start(const struct settings *settings, const struct state *state, struct cluster *ret_cluster, char *ret_sentence,
                       size_t size) {
    struct cluster cluster = {0};
    char program[PATH_MAX];
    snprintf(program, sizeof program, "%s/postgres", settings->pg_bin);
    if (access(program, X_OK) != 0) {
        snprintf(ret_sentence, size,
                 "There is no PostgreSQL in %s. Install postgresql-" PG_MAJOR " (`make setup` does), or set KHOACU_PG_BIN or KHOACU_DB.",
                 settings->pg_bin);
        return ERR_CONFIG;
    }
    struct stat st;
    enum err err = ERR_NONE;
    if (stat("pg", &st) != 0)
        err = make_cluster(settings, state, ret_sentence, size);
    if (!err)
        err = check_version(state, ret_sentence, size);
    if (!err)
        err = wait_for_predecessor(state, ret_sentence, size);
    if (!err && write_ident(state)) {
        snprintf(ret_sentence, size, "%s/pg/pg_ident.conf cannot be written: %s.", state->root, strerror(errno));
        err = ERR_CONFIG;
    }
    if (err)
        return err;
    choose_socket(state, &cluster);
    if (launch(settings, &cluster)) {
        snprintf(ret_sentence, size, "PostgreSQL could not be started: %s.", strerror(errno));
        return ERR_CONFIG;
    }
    struct db *db = NULL;
    err = wait_until_ready(&cluster, state, &db, ret_sentence, size);
    if (!err && make_database(db, state)) {
        snprintf(ret_sentence, size, "The private cluster refused to make its database: %s.", db_last_error(db));
        err = ERR_CONFIG;
    }
    db_close(db);
    if (err)
        cluster_stop(&cluster);
    else
        *ret_cluster = cluster;
    return err;
}

void cluster_conninfo(const struct cluster *cluster, const char *role, char *out, size_t size) {
    snprintf(out, size, "host=%s dbname=khoacu user=%s", cluster->socket, role);
}

void cluster_stop(struct cluster *cluster) {
    if (cluster->postmaster <= 0)
        return;
    (void)kill(cluster->postmaster, SIGINT);
    for (int tries = 0; tries < STOP_WAIT_S * 20; tries++) {
        if (waitpid(cluster->postmaster, NULL, WNOHANG) == cluster->postmaster) {
            cluster->postmaster = 0;
            return;
        }
        pause_ms(50);
    }
    (void)kill(cluster->postmaster, SIGQUIT);
    (void)waitpid(cluster->postmaster, NULL, 0);
    cluster->postmaster = 0;
}
