#include "command.h"
#include "demo.h"
#include "migrate.h"
#include "serve.h"

#include "client.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/log.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/http/http.h"
#include "khoacu/identity/identity.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <time.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

static const char help[] =
    "Usage: khoacu serve [--demo] [--fresh]\n"
    "Runs the web server in front until Ctrl-C or SIGTERM. With KHOACU_DB empty it makes and runs a private PostgreSQL\n"
    "cluster under KHOACU_VAR; a second start keeps its data.\n"
    "  --demo   load the demonstration when it is not there yet (into an empty database alone), and print its logins\n"
    "  --fresh  first remove the private cluster, its secrets and the demonstration's logins\n"
    "`khoacu config` lists the settings. Exit status: 0 ended in order, 1 could not run, 2 wrong use or setting.\n";

enum { PEM_MAX = 64 * 1024 };

struct serve_options {
    bool demo, fresh;
};

/* What is open, so that one place can close it. */
struct serving {
    struct settings settings;
    struct state state;
    struct database database;
    struct server *server;
    struct listening listening;
    int admin_fd;
    char *tls_cert, *tls_key; /* what the files say */
};

static sigset_t ending_signals(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

/* Every connection is a descriptor; the kernel's soft limit of 1,024 is too few. */
static void raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static enum err open_database(struct serving *s, char *sentence, size_t size) {
    char owner[PATH_MAX + 200];
    if (*s->settings.db) {
        s->database.external = s->settings.db;
        return migrate_check(s->settings.db, sentence, size);
    }
    enum err err = cluster_start(&s->settings, &s->state, &s->database.cluster, sentence, size);
    if (err)
        return err;
    s->database.private_cluster = true;
    database_conninfo(&s->database, "khoacu_owner", owner, sizeof owner);
    return migrate_apply(owner, false, sentence, size);
}

static enum err read_pem(const char *path, char **ret_text, char *sentence, size_t size) {
    FILE *file CLEANUP(cleanup_file) = fopen(path, "r");
    char *text = file ? calloc(1, PEM_MAX + 1) : NULL;
    size_t len = text ? fread(text, 1, PEM_MAX, file) : 0;
    *ret_text = text;
    if (len > 0 && len < PEM_MAX)
        return ERR_NONE;
    snprintf(sentence, size, "%s cannot be read; KHOACU_TLS_CERT and KHOACU_TLS_KEY name files in PEM of at most %d KiB.", path, PEM_MAX / 1024);
    return ERR_CONFIG;
}

/* Before root is dropped: the key may be root's alone. */
static enum err read_tls(struct serving *s, char *sentence, size_t size) {
    if (!*s->settings.tls_cert)
        return ERR_NONE;
    enum err err = read_pem(s->settings.tls_cert, &s->tls_cert, sentence, size);
    if (!err)
        err = read_pem(s->settings.tls_key, &s->tls_key, sentence, size);
    s->settings.tls_cert_pem = s->tls_cert;
    s->settings.tls_key_pem = s->tls_key;
    return err;
}

/* Nobody's own examination gets the demonstration's people into it. */
static enum err see_empty(const char *conninfo, char *sentence, size_t size) {
    bool exist = false;
    enum err err = staff_exist(conninfo, &exist, sentence, size);
    if (err || !exist)
        return err;
    snprintf(sentence, size, "The database has accounts already, and the demonstration goes into an empty one only. Start without --demo, with another "
                             "KHOACU_VAR or KHOACU_DB, or with --demo --fresh, which removes what the private cluster holds.");
    return ERR_STATE;
}

/* The demonstration is loaded through a server of its own on a free port, so that nobody meets it half-loaded. */
static enum err load_demo(struct serving *s, char *sentence, size_t size) {
    int fd;
    struct server *server = NULL;
    struct sockaddr_in bound;
    socklen_t len = sizeof bound;
    char base[64], conninfo[PATH_MAX + 200], password[IDENTITY_PASSWORD_MADE_SIZE];
    enum err err = http_listen("127.0.0.1", 0, "KHOACU_LISTEN", &fd, sentence, size);
    if (err)
        return err;
    if (getsockname(fd, (struct sockaddr *)&bound, &len) != 0)
        return ERR_IO;
    snprintf(base, sizeof base, "http://127.0.0.1:%d", ntohs(bound.sin_port));
    log_set_level(LOG_WARN);
    struct settings plain = s->settings;
    plain.tls_cert_pem = plain.tls_key_pem = NULL;
    err = server_start(&plain, &s->state, &s->database, &(struct listening){.fds = {fd}, .count = 1}, -1, &server, sentence, size);
    if (err)
        return err;
    database_conninfo(&s->database, "khoacu_server", conninfo, sizeof conninfo);
    identity_password_make(password);
    err = see_empty(conninfo, sentence, size);
    if (!err)
        err = staff_create_first(conninfo, "quantri", password, sentence, size);
    if (!err)
        err = demo_load(&s->state, base, "quantri", password, sentence, size);
    crypto_wipe(password, sizeof password);
    server_stop(server);
    (void)close(fd);
    return err;
}

static void close_all(struct serving *s) {
    if (s->server)
        server_stop(s->server);
    if (s->database.private_cluster)
        cluster_stop(&s->database.cluster);
    for (size_t i = 0; i < s->listening.count; i++)
        (void)close(s->listening.fds[i]);
    if (s->admin_fd >= 0)
        (void)close(s->admin_fd);
    if (s->tls_key)
        crypto_wipe(s->tls_key, PEM_MAX);
    free(s->tls_key);
    free(s->tls_cert);
}

static enum err listen_all(struct serving *s, char *sentence, size_t size) {
    struct listening *listening = &s->listening;
    enum err err = http_listen(s->settings.listen_host, s->settings.listen_port, "KHOACU_LISTEN", &listening->fds[0], sentence, size);
    while (!err && ++listening->count < (size_t)s->settings.loop_count)
        err = http_listen_beside(listening->fds[0], &listening->fds[listening->count]);
    return err;
}

/* What is removed before the database is opened. A load of the demonstration that was broken off leaves nothing worth keeping. */
static enum err make_room(struct serving *s, const struct serve_options *options, char *sentence, size_t size) {
    bool broken_off = options->demo && !*s->settings.db && demo_was_broken_off(&s->state);
    if (broken_off && !options->fresh)
        printf("The demonstration was not loaded to its end last time; it is loaded anew.\n");
    return options->fresh || broken_off ? state_empty(sentence, size) : ERR_NONE;
}

static enum err bring_up(struct serving *s, const struct serve_options *options, char *sentence, size_t size) {
    enum err err = listen_all(s, sentence, size);
    if (!err)
        err = http_listen(s->settings.admin_host, s->settings.admin_port, "KHOACU_ADMIN_LISTEN", &s->admin_fd, sentence, size);
    if (!err)
        err = read_tls(s, sentence, size);
    if (!err)
        err = state_open(&s->settings, &s->state, sentence, size);
    if (!err)
        err = make_room(s, options, sentence, size);
    if (!err)
        err = open_database(s, sentence, size);
    if (!err && options->demo && !demo_is_loaded(&s->state)) {
        err = load_demo(s, sentence, size);
        struct settings again; /* the log speaks again at its own level */
        if (!err)
            err = settings_read(&again, sentence, size);
    }
    if (!err && !command_ending())
        err = server_start(&s->settings, &s->state, &s->database, &s->listening, s->admin_fd, &s->server, sentence, size);
    return err;
}

static int run_until_ended(struct serving *s, const struct serve_options *options) {
    char base[128];
    snprintf(base, sizeof base, "http%s://%s", s->tls_cert ? "s" : "", s->settings.listen);
    if (options->demo)
        demo_print_logins(&s->state, base);
    else
        printf("Khoacu serves %s; Ctrl-C ends it.\n", base);
    (void)fflush(stdout);
    sigset_t set = ending_signals();
    int got;
    (void)sigwait(&set, &got);
    printf("Ending: answering what is under way …\n");
    (void)fflush(stdout);
    server_drain(s->server);
    if (s->settings.drain_seconds > 0)
        nanosleep(&(struct timespec){.tv_sec = s->settings.drain_seconds}, NULL);
    return EXIT_DONE;
}

static int serve(const struct serve_options *options) {
    struct serving s = {.admin_fd = -1};
    char sentence[800] = "The program ran out of memory.";
    if (settings_read(&s.settings, sentence, sizeof sentence))
        return command_fail(EXIT_MISUSE, "%s", sentence);
    if (options->fresh && *s.settings.db)
        return command_fail(EXIT_MISUSE, "--fresh removes the private cluster and the keys beside it, but KHOACU_DB names another database, which may need these "
                                         "keys. Unset KHOACU_DB, or make a new database and name it by KHOACU_DB.");
    if (crypto_init() || client_global_init())
        return command_fail(EXIT_FAILED, "%s", sentence);
    sigset_t set = ending_signals();
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL); /* before any thread or child is made */
    (void)signal(SIGPIPE, SIG_IGN);
    raise_descriptor_limit();
    int status = EXIT_DONE;
    enum err err = bring_up(&s, options, sentence, sizeof sentence);
    if (err && command_ending())
        printf("%s\n", sentence);
    else if (err)
        status = command_fail(EXIT_FAILED, "%s", sentence);
    else if (s.server)
        status = run_until_ended(&s, options);
    close_all(&s);
    if (status == EXIT_DONE)
        printf("Ended in order.\n");
    return status;
}

int command_serve(int argc, char **argv) {
    struct serve_options options = {0};
    for (int i = 1; i < argc; i++) {
        if (command_wants_help(argv[i]))
            return command_print(help);
        else if (strcmp(argv[i], "--demo") == 0)
            options.demo = true;
        else if (strcmp(argv[i], "--fresh") == 0)
            options.fresh = true;
        else
            return command_misuse(help, argv[i]);
    }
    return serve(&options);
}
