/* One thread, N keep-alive connections, each with one request under way (closed loop).
 *
 *   load save  PORT CONNECTIONS [OPTIONS]   PUT …/responses/{position}; one sitting and cookie a connection
 *   load raw   PORT CONNECTIONS [OPTIONS]   POST of the same requests, byte for byte as long, to --path
 *   load start PORT CONNECTIONS [OPTIONS]   every candidate of the input signs in and opens her paper, once
 *
 *   --input FILE    save, raw: lines "token sitting option option …" for positions 10, 11, …; start: "roll code"
 *   --seconds N     measured time, default 3      --warm N   before it, default 1
 *   --tls 1         over TLS; the certificate is not looked at
 *   --seq N         first number of a save, 6 digits, default 100000      --path TEXT   of raw
 *
 * Everything is sent once before the warm-up, so that what the server reads only once is read. Prints one JSON object:
 * `acknowledged` counts all answers 2xx of the run, `rate` and the latencies those of the measured time. */
#include "khoacu/base/clock.h"
#include "khoacu/base/text.h"

#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/ssl.h>

#include "khoacu/base/banned.h"

enum {
    CONNECTIONS_MAX = 32768,
    POSITIONS = 51,
    POSITION_FIRST = 10,
    OPTION_LEN = 8,
    REQUEST_SIZE = 640,
    HEAD_SIZE = 4096,
    EVENTS = 512,
    SLOT_US = 10,
    SLOTS = 500000, /* five seconds */
    PRIME_MOST_US = 20000000,
};

enum mode { MODE_SAVE, MODE_RAW, MODE_START };
enum step { STEP_LOGIN, STEP_START };

struct connection {
    int fd;
    SSL *ssl;        /* NULL: plain */
    size_t line;     /* of the input */
    int64_t sent_us; /* 0: idle */
    size_t len, position_at, seq_at, option_at;
    unsigned place;  /* in the list of positions */
    int seq;
    bool answered;
    enum step step;
    size_t got, body_left; /* of the reply: head so far; body still to come */
    bool in_body;
    int status;
    char request[REQUEST_SIZE];
    char head[HEAD_SIZE];
};

static struct {
    enum mode mode;
    int port;
    int64_t connections, seconds, warm, seq, tls;
    SSL_CTX *ssl;
    const char *path;
    char **lines;
    size_t line_count, next_line;
    struct connection *all;
    int epoll_fd;
    size_t primed, finished;
    int64_t acknowledged, measured, broken, retried, statuses[600];
    int64_t from_us, to_us;
    uint32_t *slots;
    char *bytes; /* what is read */
} g = {.seconds = 3, .warm = 1, .seq = 100000, .path = "/"};

enum { BYTES_SIZE = 1 << 18 };

static void die(const char *what) {
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(2);
}

static void *many(size_t count, size_t size) {
    void *memory = calloc(count, size);
    if (!memory)
        die("memory");
    return memory;
}

/* ---- requests ---- */

#define COMMON "Host: 127.0.0.1:8080\r\nX-Khoacu: 1\r\nContent-Type: application/json\r\n"

/* The request of a connection, with places that each save fills in. */
static void build_save(struct connection *c) {
    char token[64] = "", sitting[32] = "", path[160];
    if (sscanf(g.lines[c->line], "%63s %31s", token, sitting) != 2)
        die("a line of the input is not whole");
    if (g.mode == MODE_SAVE)
        (void)snprintf(path, sizeof path, "/api/v1/sittings/%s/responses/", sitting);
    else
        (void)snprintf(path, sizeof path, "%s/%s/", g.path, sitting);
    int head = snprintf(c->request, sizeof c->request,
                        "%s %s00 HTTP/1.1\r\n" COMMON LOAD_COOKIE "; __Host-khoacu-sitting=%s\r\nContent-Length: 51\r\n\r\n",
                        g.mode == MODE_SAVE ? "PUT" : "POST", path, token);
    c->position_at = strlen(g.mode == MODE_SAVE ? "PUT " : "POST ") + strlen(path);
    c->seq_at = (size_t)head + strlen("{\"seq\":");
    c->option_at = c->seq_at + strlen("000000,\"choice\":\"");
    c->len = (size_t)head + (size_t)snprintf(c->request + head, sizeof c->request - (size_t)head,
                                             "{\"seq\":000000,\"choice\":\"00000000\",\"flagged\": false}");
    c->seq = (int)g.seq;
}

static void fill_save(struct connection *c) {
    const char *options = strchr(strchr(g.lines[c->line], ' ') + 1, ' ');
    unsigned position = POSITION_FIRST + c->place;
    c->request[c->position_at] = (char)('0' + position / 10);
    c->request[c->position_at + 1] = (char)('0' + position % 10);
    memcpy(c->request + c->option_at, options + 1 + c->place * (OPTION_LEN + 1), OPTION_LEN);
    for (int i = 5, seq = c->seq; i >= 0; i--, seq /= 10)
        c->request[c->seq_at + (size_t)i] = (char)('0' + seq % 10);
    if (++c->place == POSITIONS) {
        c->place = 0;
        c->seq++;
    }
}

static void build_login(struct connection *c) {
    char roll[40] = "", code[40] = "", body[160];
    if (sscanf(g.lines[c->line], "%39s %39s", roll, code) != 2)
        die("a line of the input is not whole");
    int len = snprintf(body, sizeof body, "{\"roll_number\":\"%s\",\"access_code\":\"%s\"}", roll, code);
    c->len = (size_t)snprintf(c->request, sizeof c->request,
                              "POST /api/v1/candidate-logins HTTP/1.1\r\n" COMMON LOAD_COOKIE "\r\nContent-Length: %d\r\n\r\n%s", len, body);
}

/* From the reply to the sign-in: the cookie and the sitting's id. */
static bool build_start(struct connection *c, const char *body) {
    const char *cookie = strstr(c->head, "__Host-khoacu-sitting="), *sitting = strstr(body, "\"sitting_id\":\"");
    if (!cookie || !sitting)
        return false;
    sitting += strlen("\"sitting_id\":\"");
    c->len = (size_t)snprintf(c->request, sizeof c->request,
                              "POST /api/v1/sittings/%.*s/start HTTP/1.1\r\n" COMMON LOAD_COOKIE "; %.*s\r\nContent-Length: 0\r\n\r\n",
                              (int)strcspn(sitting, "\""), sitting, (int)strcspn(cookie, ";\r"), cookie);
    return true;
}

/* ---- connections ---- */

static void send_request(struct connection *c) {
    c->sent_us = clock_mono_us();
    bool sent = c->ssl ? SSL_write(c->ssl, c->request, (int)c->len) == (int)c->len
                       : send(c->fd, c->request, c->len, MSG_NOSIGNAL) == (ssize_t)c->len;
    if (!sent)
        die("a request could not be sent");
}

static void open_connection(struct connection *c) {
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons((uint16_t)g.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (const struct sockaddr *)&in, sizeof in) != 0)
        die("no connection");
    (void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (g.ssl) {
        SSL_free(c->ssl);
        c->ssl = SSL_new(g.ssl);
        if (!c->ssl || SSL_set_fd(c->ssl, c->fd) != 1 || SSL_connect(c->ssl) != 1)
            die("no TLS");
        (void)fcntl(c->fd, F_SETFL, O_NONBLOCK);
    }
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    if (epoll_ctl(g.epoll_fd, EPOLL_CTL_ADD, c->fd, &event) != 0)
        die("epoll");
}

static void next_candidate(struct connection *c) {
    if (g.next_line == g.line_count) {
        c->sent_us = 0;
        return;
    }
    c->line = g.next_line++;
    c->step = STEP_LOGIN;
    build_login(c);
    send_request(c);
}

static void count(struct connection *c, int64_t now_us) {
    bool good = c->status >= 200 && c->status < 300;
    g.statuses[c->status < 600 ? c->status : 0]++;
    g.acknowledged += good;
    if (good && !c->answered) {
        c->answered = true;
        g.primed++;
    }
    if (!good || g.from_us == 0 || now_us < g.from_us || now_us >= g.to_us)
        return;
    int64_t slot = (now_us - c->sent_us) / SLOT_US;
    g.measured++;
    g.slots[slot < SLOTS ? slot : SLOTS - 1]++;
}

/* A whole reply is there; `body` is its text in start mode. */
static void replied(struct connection *c, const char *body) {
    int64_t now_us = clock_mono_us();
    count(c, now_us);
    bool again = c->status == 503 || c->status == 429;
    g.retried += again;
    if (g.mode != MODE_START) {
        if (!again)
            fill_save(c);
        send_request(c);
    } else if (again) {
        send_request(c);
    } else if (c->step == STEP_LOGIN && c->status == 200 && build_start(c, body)) {
        c->step = STEP_START;
        send_request(c);
    } else {
        g.finished += c->step == STEP_START && c->status == 200;
        next_candidate(c);
    }
}

/* Takes the head out of what was read; returns how much of it belonged there. */
static size_t read_head(struct connection *c, const char *bytes, size_t len) {
    size_t take = len < HEAD_SIZE - 1 - c->got ? len : HEAD_SIZE - 1 - c->got;
    memcpy(c->head + c->got, bytes, take);
    c->head[c->got + take] = '\0';
    const char *end = strstr(c->head, "\r\n\r\n");
    if (!end) {
        c->got += take;
        if (c->got == HEAD_SIZE - 1)
            die("a head of a reply is too long");
        return take;
    }
    size_t head = (size_t)(end - c->head) + 4, used = head - c->got;
    const char *length = strcasestr(c->head, "\r\nContent-Length:");
    c->status = (int)strtol(c->head + strlen("HTTP/1.1 "), NULL, 10);
    c->body_left = length ? (size_t)strtol(length + strlen("\r\nContent-Length:"), NULL, 10) : 0;
    c->in_body = true;
    c->head[head] = '\0';
    return used;
}

/* -1 with EAGAIN: nothing yet. */
static ssize_t receive(struct connection *c) {
    if (!c->ssl)
        return recv(c->fd, g.bytes, BYTES_SIZE - 1, MSG_DONTWAIT);
    int got = SSL_read(c->ssl, g.bytes, BYTES_SIZE - 1);
    if (got > 0)
        return got;
    errno = EAGAIN;
    return SSL_get_error(c->ssl, got) == SSL_ERROR_WANT_READ ? -1 : 0;
}

static void ready(struct connection *c) {
    ssize_t got = receive(c);
    if (got < 0 && errno == EAGAIN)
        return;
    if (got <= 0) {
        g.broken++;
        (void)close(c->fd);
        c->got = 0;
        c->in_body = false;
        open_connection(c);
        if (c->sent_us != 0)
            send_request(c);
        return;
    }
    g.bytes[got] = '\0';
    size_t at = 0, len = (size_t)got;
    while (at < len && !c->in_body)
        at += read_head(c, g.bytes + at, len - at);
    if (!c->in_body)
        return;
    size_t take = len - at < c->body_left ? len - at : c->body_left;
    c->body_left -= take;
    if (c->body_left > 0)
        return;
    c->in_body = false;
    c->got = 0;
    replied(c, g.bytes + at);
}

static void serve(int64_t until_us) {
    struct epoll_event events[EVENTS];
    int64_t left_us = until_us - clock_mono_us();
    int count_ready = epoll_wait(g.epoll_fd, events, EVENTS, left_us > 0 ? (int)(left_us / 1000) + 1 : 0);
    for (int i = 0; i < count_ready; i++)
        ready(events[i].data.ptr);
}

/* ---- runs ---- */

static void run_saves(void) {
    int64_t began_us = clock_mono_us();
    for (int64_t i = 0; i < g.connections; i++) {
        struct connection *c = &g.all[i];
        c->line = (size_t)i % g.line_count;
        open_connection(c);
        build_save(c);
        fill_save(c);
        send_request(c);
        if (i % 64 == 63)
            serve(0);
    }
    while (g.primed < (size_t)g.connections && clock_mono_us() < began_us + PRIME_MOST_US)
        serve(began_us + PRIME_MOST_US);
    g.from_us = clock_mono_us() + g.warm * 1000000;
    g.to_us = g.from_us + g.seconds * 1000000;
    while (clock_mono_us() < g.to_us)
        serve(g.to_us);
}

static void run_starts(void) {
    g.from_us = clock_mono_us();
    g.to_us = INT64_MAX;
    for (int64_t i = 0; i < g.connections; i++) {
        open_connection(&g.all[i]);
        next_candidate(&g.all[i]);
    }
    for (size_t idle = 0; idle < (size_t)g.connections;) {
        serve(clock_mono_us() + 100000);
        idle = 0;
        for (int64_t i = 0; g.next_line == g.line_count && i < g.connections; i++)
            idle += g.all[i].sent_us == 0;
    }
    g.to_us = clock_mono_us();
}

/* ---- input and output ---- */

static void read_lines(const char *path) {
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t size = 0, room = 0;
    ssize_t len;
    if (!file)
        die(path);
    while ((len = getline(&line, &size, file)) > 0) {
        if (g.line_count == room) {
            room = room ? room * 2 : 4096;
            g.lines = reallocarray(g.lines, room, sizeof *g.lines);
        }
        line[len - 1] = '\0';
        if (!g.lines || !(g.lines[g.line_count++] = strdup(line)))
            die("memory");
    }
    free(line);
    (void)fclose(file);
}

static double quantile_ms(double share) {
    int64_t want = (int64_t)((double)g.measured * share), seen = 0;
    for (int i = 0; i < SLOTS; i++) {
        seen += g.slots[i];
        if (seen > want)
            return (i + 0.5) * SLOT_US / 1000.0;
    }
    return 0;
}

static void print_result(void) {
    static const char *const modes[] = {"save", "raw", "start"};
    double seconds = (double)(g.to_us - g.from_us) / 1e6;
    printf("{\"mode\":\"%s\",\"connections\":%lld,\"seconds\":%.2f,\"rate\":%.0f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"p999_ms\":%.2f,"
           "\"acknowledged\":%lld,\"finished\":%zu,\"primed\":%zu,\"retried\":%lld,\"broken\":%lld,\"statuses\":{",
           modes[g.mode], (long long)g.connections, seconds, (double)g.measured / seconds, quantile_ms(0.5), quantile_ms(0.99),
           quantile_ms(0.999), (long long)g.acknowledged, g.finished, g.primed, (long long)g.retried, (long long)g.broken);
    const char *comma = "";
    for (int i = 0; i < 600; i++) {
        if (g.statuses[i] > 0) {
            printf("%s\"%d\":%lld", comma, i, (long long)g.statuses[i]);
            comma = ",";
        }
    }
    puts("}}");
}

static bool read_arguments(int argc, char **argv) {
    int64_t port;
    if (argc < 4 || !text_parse_int(argv[2], 1, 65535, &port) || !text_parse_int(argv[3], 1, CONNECTIONS_MAX, &g.connections))
        return false;
    g.port = (int)port;
    if (strcmp(argv[1], "save") == 0 || strcmp(argv[1], "raw") == 0)
        g.mode = argv[1][0] == 's' ? MODE_SAVE : MODE_RAW;
    else if (strcmp(argv[1], "start") == 0)
        g.mode = MODE_START;
    else
        return false;
    for (int i = 4; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--input") == 0)
            read_lines(argv[i + 1]);
        else if (strcmp(argv[i], "--path") == 0)
            g.path = argv[i + 1];
        else if (!(strcmp(argv[i], "--tls") == 0 && text_parse_int(argv[i + 1], 0, 1, &g.tls)) &&
                 !(strcmp(argv[i], "--seconds") == 0 && text_parse_int(argv[i + 1], 1, 3600, &g.seconds)) &&
                 !(strcmp(argv[i], "--warm") == 0 && text_parse_int(argv[i + 1], 0, 3600, &g.warm)) &&
                 !(strcmp(argv[i], "--seq") == 0 && text_parse_int(argv[i + 1], 100000, 999999, &g.seq)))
            return false;
    }
    return argc % 2 == 0 && g.line_count > 0;
}

int main(int argc, char **argv) {
    struct rlimit limit;
    if (!read_arguments(argc, argv)) {
        fputs("usage: load save|raw|start PORT CONNECTIONS --input FILE [--seconds N] [--warm N] [--seq N] [--path TEXT]\n", stderr);
        return 2;
    }
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (g.tls && !(g.ssl = SSL_CTX_new(TLS_client_method())))
        die("TLS");
    g.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    g.all = many((size_t)g.connections, sizeof *g.all);
    g.slots = many(SLOTS, sizeof *g.slots);
    g.bytes = many(BYTES_SIZE, 1);
    if (g.mode == MODE_START)
        run_starts();
    else
        run_saves();
    print_result();
    return 0;
}
