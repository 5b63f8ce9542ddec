#include "command.h"
#include "site.h"

#include "khoacu/base/embed.h"
#include "khoacu/base/loop.h"
#include "khoacu/base/text.h"
#include "khoacu/http/http.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

#define ARENA_MAX ((size_t)8 << 30)
#define LOOPS_MAX 16

static const char HELP[] = "Usage: khoacu serve-static DIR [--listen ADDRESS:PORT] [--loops N]\n"
                           "Serves a folder that `khoacu publish` wrote, from memory, without any database; checks its signature first. Only what was\n"
                           "signed is served, compressed where the client takes it, with entity tags.\n"
                           "  --listen    default 127.0.0.1:8090\n"
                           "  --loops     threads, 1 to 16; default one a processor\n"
                           "Exit status: 0 ended in order, 1 could not run or the folder does not hold, 2 wrong use.\n";

/* One file as it goes out. */
struct served {
    const char *path, *type, *cache;
    const char *bytes, *packed; /* packed: gzip, or NULL */
    size_t len, packed_len;
    char tag[24], packed_tag[24];
};
struct serving {
    struct arena arena;
    struct served *list; /* by path */
    size_t count;
    struct loop *loops[LOOPS_MAX];
    struct http_server *servers[LOOPS_MAX];
    pthread_t threads[LOOPS_MAX];
    size_t loop_count;
};

static void no_handler(void) {
}

#define ROUTE(path_) {.method = HTTP_GET, .path = (path_), .permission = 1, .lane = LANE_LOOP, .name = "static", .handle = no_handler}
static const struct http_route ROUTES[] = {
    ROUTE("/"), ROUTE("/{a}"), ROUTE("/{a}/"), ROUTE("/{a}/{b}"), ROUTE("/{a}/{b}/"), ROUTE("/{a}/{b}/{c}"), ROUTE("/{a}/{b}/{c}/{d}"), ROUTE("/data/{a}/{b}/{c}/{d}"), {0},
};

static const char *type_of(const char *path) {
    static const char *const TYPES[][2] = {
        {".html", "text/html; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"}, {".css", "text/css; charset=utf-8"},
        {".json", "application/json"}, {".svg", "image/svg+xml"}, {".wasm", "application/wasm"}, {".csv", "text/csv; charset=utf-8"},
        {".pem", "application/x-pem-file"}, {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
        {".pdf", "application/pdf"}};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof TYPES / sizeof *TYPES; i++)
        if (strcmp(dot, TYPES[i][0]) == 0)
            return TYPES[i][1];
    return "application/octet-stream";
}

/* Versions never change; which is the newest does. */
static const char *cache_of(const char *path) {
    const char *version = strncmp(path, "data/", 5) == 0 ? strstr(path, "/v") : NULL;
    return version && strchr(version + 1, '/') && !strstr(path, "/list.json") && !strstr(path, "/lookup/") ? "public, max-age=31536000, immutable" : "public, max-age=30";
}

static int by_path(const void *a, const void *b) {
    return strcmp(((const struct served *)a)->path, ((const struct served *)b)->path);
}

static const struct served *find(const struct serving *s, const char *path) {
    struct served key = {.path = path};
    return bsearch(&key, s->list, s->count, sizeof *s->list, by_path);
}

/* ---- answering ---- */

static const struct served *find_asked(const struct serving *s, const char *path) {
    char name[1100];
    size_t len = strlen(path);
    const struct served *file = find(s, path + 1);
    if (file || len > 1000)
        return file;
    (void)snprintf(name, sizeof name, "%s%sindex.html", path + 1, len <= 1 || path[len - 1] == '/' ? "" : "/");
    return find(s, name);
}

static bool dispatch(void *ctx, void *slot, struct http_request *request, struct http_reply *reply) {
    const struct served *file = find_asked(ctx, request->path);
    (void)slot;
    if (!file) {
        http_problem(reply, request, 404, "not-found", "There is no such file");
        return true;
    }
    const char *known = http_header(request, "If-None-Match");
    bool packed = file->packed && http_takes_gzip(request);
    const char *tag = packed ? file->packed_tag : file->tag;
    http_reply_header(reply, "ETag", tag);
    http_reply_header(reply, "Cache-Control", file->cache);
    if (file->packed)
        http_reply_header(reply, "Vary", "Accept-Encoding");
    reply->type = file->type;
    if (known && strstr(known, tag)) {
        reply->status = 304;
        return true;
    }
    if (packed)
        http_reply_header(reply, "Content-Encoding", "gzip");
    reply->status = 200;
    reply->fixed = packed ? file->packed : file->bytes;
    reply->fixed_len = packed ? file->packed_len : file->len;
    return true;
}

/* ---- starting ---- */

static bool load_one(struct serving *s, const char *root, const char *path, const char *sha256) {
    struct served *file = &s->list[s->count];
    uint8_t hash[CRYPTO_SHA256_LEN];
    char hex[2 * CRYPTO_SHA256_LEN + 1];
    size_t len = 0;
    const char *bytes = site_read(&s->arena, root, path, &len);
    if (!bytes)
        return false;
    crypto_sha256(bytes, len, hash);
    text_hex(hash, sizeof hash, hex);
    if (sha256 && strcmp(sha256, hex) != 0)
        return false;
    *file = (struct served){.path = path, .type = type_of(path), .cache = cache_of(path), .bytes = bytes, .len = len};
    (void)snprintf(file->tag, sizeof file->tag, "\"%.16s\"", hex);
    s->count++;
    return true;
}

static void pair_packed(struct serving *s) {
    for (size_t i = 0; i < s->count; i++) {
        char name[1100];
        (void)snprintf(name, sizeof name, "%.1000s.gz", s->list[i].path);
        const struct served *packed = find(s, name);
        if (!packed)
            continue;
        s->list[i].packed = packed->bytes;
        s->list[i].packed_len = packed->len;
        memcpy(s->list[i].packed_tag, packed->tag, sizeof packed->tag);
    }
}

static enum err load(struct serving *s, const char *root, char *sentence, size_t size) {
    static const char *const OWN[] = {"manifest.json", "manifest.sig", "public-key.pem"};
    struct site_check check;
    const struct json *whole = NULL;
    size_t len = 0;
    enum err err = site_check(&s->arena, root, NULL, 0, &check);
    (void)snprintf(sentence, size, "%s does not hold: %.300s", root, err == ERR_NONE ? check.line : err_key(err));
    if (err != ERR_NONE || !check.holds)
        return ERR_CONFIG;
    const char *text = site_read(&s->arena, root, "manifest.json", &len);
    err = text ? json_read(&s->arena, text, len, &whole, NULL) : ERR_IO;
    const struct json *files = json_get(whole, "files");
    s->list = ARENA_ARRAY(&s->arena, json_count(files) + 3, struct served);
    if (err != ERR_NONE || !s->list)
        return ERR_MEMORY;
    bool loaded = true;
    for (size_t i = 0; loaded && i < json_count(files); i++)
        loaded = load_one(s, root, json_key_at(files, i), json_text(json_get(json_at(files, i), "sha256")));
    for (size_t i = 0; loaded && i < sizeof OWN / sizeof *OWN; i++)
        loaded = load_one(s, root, OWN[i], NULL);
    qsort(s->list, s->count, sizeof *s->list, by_path);
    pair_packed(s);
    return loaded ? ERR_NONE : ERR_IO;
}

static void *run_loop(void *ctx) {
    loop_run(ctx);
    return NULL;
}

static enum err start(struct serving *s, const char *host, int port, size_t loops, char *sentence, size_t size) {
    const struct embed_file *absent = embed_find("web/public/absent.html");
    struct http_config config = {.routes = ROUTES, .dispatch = dispatch, .ctx = s, .absent_page = absent ? absent->bytes : NULL,
                                 .absent_page_len = absent ? absent->len : 0};
    int fd = -1, beside = -1;
    enum err err = http_listen(host, port, "--listen", &fd, sentence, size);
    for (size_t i = 0; err == ERR_NONE && i < loops; i++) {
        if (i > 0)
            err = http_listen_beside(fd, &beside);
        if (err == ERR_NONE)
            err = loop_new(&s->loops[i]);
        if (err == ERR_NONE)
            err = http_server_new(&config, s->loops[i], i > 0 ? beside : fd, &s->servers[i]);
        if (i > 0 && beside >= 0)
            (void)close(beside);
        if (err == ERR_NONE && pthread_create(&s->threads[i], NULL, run_loop, s->loops[i]) == 0)
            s->loop_count++;
    }
    if (fd >= 0)
        (void)close(fd);
    return err;
}

static void stop(struct serving *s) {
    for (size_t i = 0; i < s->loop_count; i++) {
        loop_stop(s->loops[i]);
        (void)pthread_join(s->threads[i], NULL);
    }
    for (size_t i = 0; i < LOOPS_MAX; i++) {
        if (s->servers[i])
            http_server_free(s->servers[i]);
        if (s->loops[i])
            loop_free(s->loops[i]);
    }
}

static int serve(const char *root, const char *listen, size_t loops) {
    static struct serving s;
    char sentence[700], host[64];
    const char *colon = strrchr(listen, ':');
    int64_t port = 0;
    int got;
    sigset_t set;
    if (!colon || (size_t)(colon - listen) >= sizeof host || !text_parse_int(colon + 1, 1, 65535, &port))
        return command_misuse(HELP, listen);
    (void)snprintf(host, sizeof host, "%.*s", (int)(colon - listen), listen);
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL); /* before any thread is made */
    (void)signal(SIGPIPE, SIG_IGN);
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
    arena_init(&s.arena, ARENA_MAX);
    int status = EXIT_FAILED;
    if (load(&s, root, sentence, sizeof sentence) || start(&s, host, (int)port, loops, sentence, sizeof sentence)) {
        (void)command_fail(status, "%s", sentence);
    } else {
        printf("Khoacu serves %zu signed files of %s on http://%s\n", s.count, root, listen);
        (void)fflush(stdout);
        (void)sigwait(&set, &got);
        status = EXIT_DONE;
    }
    stop(&s);
    arena_release(&s.arena);
    return status;
}

int command_serve_static(int argc, char **argv) {
    const char *root = NULL, *listen = "127.0.0.1:8090";
    int64_t loops = sysconf(_SC_NPROCESSORS_ONLN);
    loops = loops < 1 ? 1 : loops > LOOPS_MAX ? LOOPS_MAX : loops;
    for (int i = 1; i < argc; i++) {
        if (command_wants_help(argv[i]))
            return command_print(HELP);
        if (strcmp(argv[i], "--listen") == 0 && i + 1 < argc)
            listen = argv[++i];
        else if (strcmp(argv[i], "--loops") == 0 && i + 1 < argc) {
            if (!text_parse_int(argv[++i], 1, LOOPS_MAX, &loops))
                return command_misuse(HELP, argv[i]);
        } else if (root || argv[i][0] == '-')
            return command_misuse(HELP, argv[i]);
        else
            root = argv[i];
    }
    if (!root)
        return command_lacks(HELP, "serve-static needs a folder");
    if (crypto_init())
        return command_fail(EXIT_FAILED, "The cryptographic library could not be started.");
    return serve(root, listen, (size_t)loops);
}
