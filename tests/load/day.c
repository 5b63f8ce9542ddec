/* A day of examination, open loop: every candidate does each thing at its time, whether the server is in time or not. Each act has
 * a connection to itself; with --keep 1 a candidate keeps hers from one act to the next, which takes a descriptor for each.
 *
 *   day PORT --input FILE --sittings N [--signin S] [--open S] [--interval S] [--answers K] [--submit S] [--keep 0|1]
 *
 *   sign-in within S seconds; at their end the start: all open the paper within S seconds, then save an answer every
 *   S seconds, K in all, and hand in within S seconds. The times may be scaled down together.
 *
 * The input is that of `load start`. A latency counts from the moment at which the request was due. Before the
 * sign-in, before the first answer, after the last and at the end it prints the line «probe» and reads one line, a JSON
 * value, that it puts into the result. Prints one JSON object. */
#include "khoacu/base/clock.h"
#include "khoacu/base/random.h"
#include "khoacu/base/text.h"

#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

enum {
    PER_SOURCE = 20000, /* connections of one address of ours */
    ANSWERS_MAX = 60,
    OPTION_LEN = 8,
    REPLY_SIZE = 1 << 18,
    EVENTS = 512,
    TICK_US = 1000,
    SLOTS = 100000, /* of 100 us */
    AGAIN_US = 200000,
    LATE_MOST_US = 120000000,
    CROWDED_TICKS = 10,
    GAP_US = 1000000, /* in which the machine is looked at */
};

enum step { STEP_LOGIN, STEP_START, STEP_SAVE, STEP_SUBMIT, STEP_DONE, STEPS };
static const char *const names[STEPS] = {"login", "start", "save", "submit", "done"};

struct candidate {
    int fd;
    enum step step;
    int saved;
    bool busy;
    uint32_t next;   /* in the list of a tick: index + 1 */
    int64_t due_us;
    char cookie[96], sitting[20];
    char (*options)[OPTION_LEN]; /* of positions 1 … */
    char *reply;     /* what has come of it */
    size_t got;
};

static struct {
    int port, epoll_fd;
    int64_t sittings, signin, open, interval, answers, submit;
    char **lines;
    size_t line_count;
    struct candidate *all;
    uint32_t *ticks; /* first of each tick: index + 1 */
    size_t tick_count, tick; /* tick: the next to be run */
    int64_t began_us, start_us, finish_us;
    size_t done;
    int64_t keep; /* connections, between one act and the next */
    struct {
        int64_t count, refused, failed, slots[SLOTS];
    } steps[STEPS];
    int64_t broken;
    char *bytes;
    char probes[4][600];
    struct random_stream draw;
} g = {.signin = 10, .open = 3, .interval = 6, .answers = 3, .submit = 6};

static void die(const char *what) {
    fprintf(stderr, "day: %s: %s\n", what, strerror(errno));
    exit(2);
}

/* Asks whoever started us what the machine shows now. */
static void probe(int at) {
    puts("probe");
    (void)fflush(stdout);
    if (!fgets(g.probes[at], sizeof g.probes[at], stdin))
        (void)snprintf(g.probes[at], sizeof g.probes[at], "null");
    g.probes[at][strcspn(g.probes[at], "\n")] = '\0';
}

static int64_t within(int64_t seconds) {
    return seconds > 0 ? (int64_t)(random_stream_next(&g.draw) % (uint64_t)(seconds * 1000000)) : 0;
}

/* ---- what is due ---- */

/* Into the list of a tick that is still to come. */
static void put(struct candidate *c, size_t tick) {
    if (tick < g.tick)
        tick = g.tick;
    if (tick >= g.tick_count)
        tick = g.tick_count - 1;
    c->next = g.ticks[tick];
    g.ticks[tick] = (uint32_t)(c - g.all) + 1;
}

static void plan(struct candidate *c, int64_t due_us) {
    c->due_us = due_us;
    put(c, (size_t)((due_us > g.began_us ? due_us - g.began_us : 0) / TICK_US));
}

/* False: every descriptor is in use, by those who wait for the server; whoever has none waits as well. */
static bool connect_candidate(struct candidate *c) {
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons((uint16_t)g.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + (uint32_t)((c - g.all) / PER_SOURCE))};
    int one = 1;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 && errno == EMFILE)
        return false;
    if (c->fd < 0)
        die("socket");
    (void)setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    if (bind(c->fd, (const struct sockaddr *)&own, sizeof own) != 0 || connect(c->fd, (const struct sockaddr *)&in, sizeof in) != 0)
        die("no connection");
    (void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    if (epoll_ctl(g.epoll_fd, EPOLL_CTL_ADD, c->fd, &event) != 0)
        die("epoll");
    return true;
}

#define COMMON "Host: 127.0.0.1:8080\r\nX-Khoacu: 1\r\nContent-Type: application/json\r\n"

static void act(struct candidate *c) {
    char request[800], body[200] = "";
    const char *method = "POST";
    char path[120] = "/api/v1/candidate-logins", roll[40], code[40];
    int position = c->saved % ANSWERS_MAX + 1;
    switch (c->step) {
    case STEP_LOGIN:
        if (sscanf(g.lines[c - g.all], "%39s %39s", roll, code) != 2)
            die("a line of the input is not whole");
        (void)snprintf(body, sizeof body, "{\"roll_number\":\"%s\",\"access_code\":\"%s\"}", roll, code);
        break;
    case STEP_START:
        (void)snprintf(path, sizeof path, "/api/v1/sittings/%s/start", c->sitting);
        break;
    case STEP_SAVE:
        method = "PUT";
        (void)snprintf(path, sizeof path, "/api/v1/sittings/%s/responses/%d", c->sitting, position);
        (void)snprintf(body, sizeof body, "{\"seq\":%d,\"choice\":\"%.8s\",\"flagged\":false}", c->saved / ANSWERS_MAX + 1, c->options[position - 1]);
        break;
    case STEP_SUBMIT:
        (void)snprintf(path, sizeof path, "/api/v1/sittings/%s/submit", c->sitting);
        (void)snprintf(body, sizeof body, "{\"confirm\":true}");
        break;
    case STEP_DONE:
    case STEPS:
        return;
    }
    if (c->fd < 0 && !connect_candidate(c)) {
        put(c, g.tick + CROWDED_TICKS);
        return;
    }
    int len = snprintf(request, sizeof request, "%s %s HTTP/1.1\r\n" COMMON LOAD_COOKIE "%s%s\r\nContent-Length: %zu\r\n\r\n%s", method, path,
                       *c->cookie ? "; " : "", c->cookie, strlen(body), body);
    c->busy = true;
    c->got = 0;
    if (send(c->fd, request, (size_t)len, MSG_NOSIGNAL) != len) /* the end of the connection shows itself when it is read */
        g.broken++;
}

/* ---- replies ---- */

static void keep_login(struct candidate *c, const char *head, const char *body) {
    const char *cookie = strstr(head, "__Host-khoacu-sitting="), *sitting = strstr(body, "\"sitting_id\":\"");
    if (!cookie || !sitting)
        die("a sign-in without cookie or sitting");
    (void)snprintf(c->cookie, sizeof c->cookie, "%.*s", (int)strcspn(cookie, ";\r"), cookie);
    (void)snprintf(c->sitting, sizeof c->sitting, "%.16s", sitting + strlen("\"sitting_id\":\""));
}

static void keep_paper(struct candidate *c, const char *body) {
    static const char mark[] = "\"options\":[{\"id\":\"";
    c->options = calloc((size_t)ANSWERS_MAX, sizeof *c->options);
    const char *at = body;
    for (int i = 0; c->options && i < ANSWERS_MAX; i++) {
        at = strstr(at, mark);
        if (!at)
            die("a paper with fewer items than are answered");
        at += strlen(mark);
        memcpy(c->options[i], at, OPTION_LEN);
    }
}

static void succeed(struct candidate *c, int64_t now_us) {
    int64_t slot = (now_us - c->due_us) / 100;
    g.steps[c->step].count++;
    g.steps[c->step].slots[slot < 0 ? 0 : slot < SLOTS ? slot : SLOTS - 1]++;
    switch (c->step) {
    case STEP_LOGIN:
        c->step = STEP_START;
        plan(c, g.start_us + within(g.open));
        return;
    case STEP_START:
        c->step = STEP_SAVE;
        plan(c, g.start_us + g.open * 1000000 + GAP_US + within(g.interval));
        return;
    case STEP_SAVE:
        if (++c->saved < g.answers) {
            plan(c, c->due_us + g.interval * 1000000);
            return;
        }
        c->step = STEP_SUBMIT;
        plan(c, g.finish_us + within(g.submit));
        return;
    case STEP_SUBMIT:
        c->step = STEP_DONE;
        g.done++;
        return;
    case STEP_DONE:
    case STEPS:
        return;
    }
}

static void replied(struct candidate *c, int status, const char *head, const char *body) {
    int64_t now_us = clock_mono_us();
    c->busy = false;
    if (status == 200 || status == 201) {
        if (c->step == STEP_LOGIN)
            keep_login(c, head, body);
        if (c->step == STEP_START)
            keep_paper(c, body);
        succeed(c, now_us);
    } else {
        *(status == 503 || status == 429 ? &g.steps[c->step].refused : &g.steps[c->step].failed) += 1;
        plan(c, now_us + AGAIN_US);
    }
    free(c->reply);
    c->reply = NULL;
    c->got = 0;
    if (!g.keep) {
        (void)close(c->fd);
        c->fd = -1;
    }
}

static void ready(struct candidate *c) {
    ssize_t got = recv(c->fd, g.bytes, REPLY_SIZE, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN)
        return;
    if (got <= 0) {
        (void)close(c->fd);
        c->fd = -1;
        g.broken++;
        if (c->busy) /* sent again at once: what was done already is answered as before */
            plan(c, clock_mono_us());
        c->busy = false;
        return;
    }
    char *grown = realloc(c->reply, c->got + (size_t)got + 1);
    if (!grown)
        die("memory");
    c->reply = grown;
    memcpy(c->reply + c->got, g.bytes, (size_t)got);
    c->got += (size_t)got;
    c->reply[c->got] = '\0';
    char *end = strstr(c->reply, "\r\n\r\n"), *length = end ? strcasestr(c->reply, "\r\nContent-Length:") : NULL;
    if (!end || !length || length > end)
        return;
    size_t whole = (size_t)(end - c->reply) + 4 + (size_t)strtol(length + strlen("\r\nContent-Length:"), NULL, 10);
    if (c->got >= whole)
        replied(c, (int)strtol(c->reply + strlen("HTTP/1.1 "), NULL, 10), c->reply, end + 4);
}

/* ---- the day ---- */

static void run_tick(size_t tick) {
    uint32_t at = g.ticks[tick];
    g.ticks[tick] = 0;
    while (at > 0) {
        struct candidate *c = &g.all[at - 1];
        at = c->next;
        act(c);
    }
}

static void run_until(int64_t until_us) {
    struct epoll_event events[EVENTS];
    for (int64_t now_us = clock_mono_us(); now_us < until_us && g.done < (size_t)g.sittings; now_us = clock_mono_us()) {
        while (g.tick < g.tick_count && g.began_us + (int64_t)g.tick * TICK_US <= now_us)
            run_tick(g.tick++);
        int count = epoll_wait(g.epoll_fd, events, EVENTS, 1);
        for (int i = 0; i < count; i++)
            ready(events[i].data.ptr);
    }
}

static void run_day(void) {
    int64_t answers_us = g.answers * g.interval * 1000000;
    probe(0);
    g.began_us = clock_mono_us();
    g.start_us = g.began_us + g.signin * 1000000;
    int64_t first_us = g.start_us + g.open * 1000000;
    g.finish_us = first_us + answers_us + 2 * GAP_US;
    g.tick_count = (size_t)((g.finish_us + g.submit * 1000000 + LATE_MOST_US - g.began_us) / TICK_US);
    g.ticks = calloc(g.tick_count, sizeof *g.ticks);
    if (!g.ticks)
        die("memory");
    for (int64_t i = 0; i < g.sittings; i++)
        plan(&g.all[i], g.began_us + within(g.signin));
    run_until(first_us);
    probe(1);
    run_until(g.finish_us - GAP_US);
    probe(2);
    run_until(g.finish_us + g.submit * 1000000 + LATE_MOST_US);
    probe(3);
}

static double quantile_ms(int step, double share) {
    int64_t want = (int64_t)((double)g.steps[step].count * share), seen = 0;
    for (int i = 0; i < SLOTS; i++) {
        seen += g.steps[step].slots[i];
        if (seen > want)
            return (i + 0.5) / 10.0;
    }
    return 0;
}

static void print_result(void) {
    printf("{\"sittings\":%lld,\"finished\":%zu,\"kept\":%s,\"broken\":%lld", (long long)g.sittings, g.done, g.keep ? "true" : "false",
           (long long)g.broken);
    for (int i = 0; i < STEP_DONE; i++)
        printf(",\"%s\":{\"count\":%lld,\"refused\":%lld,\"failed\":%lld,\"p50_ms\":%.1f,\"p99_ms\":%.1f,\"p999_ms\":%.1f}", names[i],
               (long long)g.steps[i].count, (long long)g.steps[i].refused, (long long)g.steps[i].failed, quantile_ms(i, 0.5), quantile_ms(i, 0.99),
               quantile_ms(i, 0.999));
    printf(",\"probes\":[%s,%s,%s,%s]}\n", g.probes[0], g.probes[1], g.probes[2], g.probes[3]);
}

static void read_lines(const char *path) {
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t size = 0;
    ssize_t len;
    if (!file)
        die(path);
    g.lines = calloc((size_t)g.sittings, sizeof *g.lines);
    while (g.lines && g.line_count < (size_t)g.sittings && (len = getline(&line, &size, file)) > 0) {
        line[len - 1] = '\0';
        if (!(g.lines[g.line_count++] = strdup(line)))
            die("memory");
    }
    free(line);
    (void)fclose(file);
}

static bool read_arguments(int argc, char **argv) {
    static const struct {
        const char *name;
        int64_t *value, most;
    } options[] = {{"--sittings", &g.sittings, 200000}, {"--signin", &g.signin, 3600},   {"--open", &g.open, 600},
                   {"--interval", &g.interval, 600},    {"--answers", &g.answers, 1000}, {"--submit", &g.submit, 600},
                   {"--keep", &g.keep, 1}};
    int64_t port;
    const char *input = NULL;
    if (argc % 2 != 0 || argc < 6 || !text_parse_int(argv[1], 1, 65535, &port))
        return false;
    g.port = (int)port;
    for (int i = 2; i < argc; i += 2) {
        bool known = strcmp(argv[i], "--input") == 0;
        if (known)
            input = argv[i + 1];
        for (size_t k = 0; k < sizeof options / sizeof options[0]; k++)
            known |= strcmp(argv[i], options[k].name) == 0 && text_parse_int(argv[i + 1], options[k].value != &g.keep, options[k].most, options[k].value);
        if (!known)
            return false;
    }
    if (!input || g.sittings == 0)
        return false;
    read_lines(input);
    return g.line_count == (size_t)g.sittings;
}

int main(int argc, char **argv) {
    struct rlimit limit;
    if (!read_arguments(argc, argv)) {
        fputs("usage: day PORT --input FILE --sittings N [--signin S] [--open S] [--interval S] [--answers K] [--submit S] [--keep 0|1]\n", stderr);
        return 2;
    }
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
    random_stream_init(&g.draw, 2026);
    g.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    g.all = calloc((size_t)g.sittings, sizeof *g.all);
    g.bytes = malloc(REPLY_SIZE);
    if (!g.all || !g.bytes)
        die("memory");
    for (int64_t i = 0; i < g.sittings; i++)
        g.all[i].fd = -1;
    run_day();
    print_result();
    return 0;
}
