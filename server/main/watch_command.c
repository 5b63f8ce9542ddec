#include "command.h"
#include "watch.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/clock.h"
#include "khoacu/base/text.h"
#include "khoacu/json/json.h"

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "khoacu/base/banned.h"

enum { FILES_MAX = 100, LINE_MAX_BYTES = 4096, EVERY_MAX_S = 86400 };

static const char help[] =
    "Usage: khoacu watch --keep DIR [--key FILE] [--every SECONDS] [--json] [URL] [CHECKPOINT…]\n"
    "Keeps a copy of a public log of acts, so that whoever runs it cannot change, remove or reorder an entry that was shown without being\n"
    "contradicted by you. With the address of a Khoacu (https://…) it fetches what is new, computes the root of all that it keeps, and\n"
    "keeps the signed checkpoint when both are one. Files are checkpoints that others have kept (their checkpoint.txt, or one from a\n"
    "newspaper): they must be of the same list. With neither, it computes again what the folder holds. Nothing else is needed: no database.\n"
    "  --keep    the folder, made where there is none: public-key.pem, entries.txt, checkpoint.txt; a checkpoint that does not go\n"
    "            with it is kept as contradiction-N.txt, to be shown to others\n"
    "  --key     the log's public key (PEM), from a source that you trust; else the first one that is seen\n"
    "  --every   goes on, fetching every so many seconds (1 to 86400), until it is told to end or something contradicts\n"
    "  --json    one JSON object a line: origin, size, root, added, compared, holds, why\n"
    "Exit status: 0 all holds, 1 something contradicts what is kept, or could not be fetched, 2 wrong use.\n";

struct use {
    const char *dir, *key_file, *url, *files[FILES_MAX];
    const char *at; /* the file that is being compared; NULL: the log itself */
    size_t file_count, compared;
    int64_t every_s;
    bool json;
    struct watch watch;
};

static int parse(struct use *use, int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        if (command_wants_help(argv[i]))
            return command_print(help), -1;
        if (strcmp(argv[i], "--json") == 0)
            use->json = true;
        else if (i + 1 < argc && strcmp(argv[i], "--keep") == 0)
            use->dir = argv[++i];
        else if (i + 1 < argc && strcmp(argv[i], "--key") == 0)
            use->key_file = argv[++i];
        else if (i + 1 < argc && strcmp(argv[i], "--every") == 0 && text_parse_int(argv[i + 1], 1, EVERY_MAX_S, &use->every_s))
            i++;
        else if (!use->url && (strncmp(argv[i], "http://", 7) == 0 || strncmp(argv[i], "https://", 8) == 0))
            use->url = argv[i];
        else if (argv[i][0] == '-' || strstr(argv[i], "://") || use->file_count == FILES_MAX)
            return command_misuse(help, argv[i]);
        else
            use->files[use->file_count++] = argv[i];
    }
    if (!use->dir)
        return command_lacks(help, "watch needs --keep and a folder");
    if (use->every_s > 0 && !use->url)
        return command_lacks(help, "--every needs the address of a Khoacu");
    return EXIT_DONE;
}

static void print_json(const struct use *use, enum watch_verdict verdict) {
    struct buf out CLEANUP(buf_release);
    struct json_writer w;
    const struct watch *watch = &use->watch;
    char root[2 * CRYPTO_SHA256_LEN + 1];
    buf_init(&out, LINE_MAX_BYTES);
    json_writer_init(&w, &out);
    text_hex(watch->kept.root, CRYPTO_SHA256_LEN, root);
    json_open_object(&w);
    json_member_text(&w, "origin", watch->kept.size > 0 ? watch->kept.origin : NULL);
    json_member_int(&w, "size", watch->tree.size);
    json_member_text(&w, "root", watch->kept.size > 0 ? root : NULL);
    json_member_int(&w, "added", watch->added);
    json_member_int(&w, "compared", (int64_t)use->compared);
    json_member_bool(&w, "holds", verdict == WATCH_HOLDS);
    json_member_text(&w, "why", verdict == WATCH_HOLDS ? NULL : watch->why);
    json_close_object(&w);
    puts(out.failed ? "{}" : out.data);
}

/* Says where the copy stands; the exit status. */
static int report(const struct use *use, enum watch_verdict verdict) {
    const struct watch *watch = &use->watch;
    char now[25], root[2 * CRYPTO_SHA256_LEN + 1];
    text_format_time(clock_now_us(), now);
    text_hex(watch->kept.root, CRYPTO_SHA256_LEN, root);
    if (use->json)
        print_json(use, verdict);
    else if (verdict == WATCH_HOLDS && watch->kept.size == 0)
        printf("%s  nothing is kept in %s yet: give the address of a Khoacu\n", now, watch->dir);
    else if (verdict == WATCH_HOLDS)
        printf("%s  %s: %" PRId64 " entries, %" PRId64 " of them new, root %s: holds\n", now, watch->kept.origin, watch->tree.size, watch->added, root);
    if (!use->json && verdict == WATCH_HOLDS && use->compared > 0)
        printf("%zu checkpoints that others keep are of the same list\n", use->compared);
    (void)fflush(stdout);
    const char *where = use->at ? use->at : use->url ? use->url : watch->dir;
    if (verdict == WATCH_CONTRADICTED)
        return command_fail(EXIT_FAILED, "%s contradicts what is kept in %s: %s.", where, watch->dir, watch->why);
    return verdict == WATCH_FAILED ? command_fail(EXIT_FAILED, "%s: %s.", where, watch->why) : EXIT_DONE;
}

static void pause_s(int64_t seconds) {
    for (int64_t tenth = 0; tenth < 10 * seconds && !command_ending(); tenth++)
        (void)nanosleep(&(struct timespec){.tv_nsec = 100000000L}, NULL);
}

/* Files that others have kept, against what is kept here now. */
static enum watch_verdict compare_all(struct use *use) {
    enum watch_verdict verdict = WATCH_HOLDS;
    for (size_t i = 0; i < use->file_count && verdict == WATCH_HOLDS; i++) {
        size_t count = 0;
        use->at = use->files[i];
        verdict = watch_compare(&use->watch, use->at, &count);
        use->compared += count;
    }
    if (verdict == WATCH_HOLDS)
        use->at = NULL;
    return verdict;
}

/* Goes on after a failure of the line, which is said once; ends at a contradiction. */
static int follow(struct use *use, struct client *client) {
    bool failed = false;
    for (bool first = true;; first = false) {
        enum watch_verdict verdict = watch_take(&use->watch, client);
        if (verdict == WATCH_ENDING)
            return EXIT_DONE;
        if (first && verdict == WATCH_HOLDS)
            verdict = compare_all(use);
        bool news = first || use->watch.added > 0 || verdict == WATCH_CONTRADICTED || failed != (verdict == WATCH_FAILED);
        int status = news ? report(use, verdict) : EXIT_DONE;
        if (use->every_s == 0 || verdict == WATCH_CONTRADICTED)
            return status;
        failed = verdict == WATCH_FAILED;
        pause_s(use->every_s);
        if (command_ending())
            return EXIT_DONE;
    }
}

static int run(struct use *use) {
    struct client *client = NULL;
    sigset_t set;
    enum watch_verdict verdict = watch_open(&use->watch, use->dir, use->key_file);
    if (verdict != WATCH_HOLDS || !use->url)
        return report(use, verdict == WATCH_HOLDS ? compare_all(use) : verdict);
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL); /* command_ending looks for them */
    enum err err = client_global_init();
    if (err == ERR_NONE)
        err = client_new(use->url, &client);
    if (err != ERR_NONE)
        return command_fail(err == ERR_RANGE ? EXIT_MISUSE : EXIT_FAILED, err == ERR_RANGE ? "The address is too long." : "There is not enough memory.");
    client_abroad(client);
    int status = follow(use, client);
    client_free(client);
    return status;
}

int command_watch(int argc, char **argv) {
    static struct use use;
    int status = parse(&use, argc, argv);
    if (status != EXIT_DONE)
        return status < 0 ? EXIT_DONE : status;
    if (crypto_init())
        return command_fail(EXIT_FAILED, "The cryptographic library could not be started.");
    status = run(&use);
    watch_close(&use.watch);
    return status;
}
