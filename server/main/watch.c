#include "watch.h"

#include "paths.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/ledger/log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

enum { PATH_SIZE = 4096, HEX_LEN = 2 * CRYPTO_SHA256_LEN, LINE_LEN = HEX_LEN + 1, PEM_MAX = 4096, NOTES_MAX = 1 << 20 };

static enum watch_verdict say(struct watch *watch, enum watch_verdict verdict, const char *format, ...) __attribute__((format(printf, 3, 4)));
static enum watch_verdict say(struct watch *watch, enum watch_verdict verdict, const char *format, ...) {
    va_list args;
    va_start(args, format);
    (void)vsnprintf(watch->why, sizeof watch->why, format, args);
    va_end(args);
    return verdict;
}

/* ---- files of the folder ---- */

static const char *path_of(const struct watch *watch, const char *name, char path[PATH_SIZE]) {
    (void)snprintf(path, PATH_SIZE, "%s/%s", watch->dir, name);
    return path;
}

/* On the disk as a whole, or not at all. */
static bool write_whole(const struct watch *watch, const char *name, const char *bytes, size_t len) {
    char path[PATH_SIZE], fresh[PATH_SIZE + 4];
    (void)snprintf(fresh, sizeof fresh, "%s.new", path_of(watch, name, path));
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bool whole = fd >= 0 && write(fd, bytes, len) == (ssize_t)len && fsync(fd) == 0;
    if (fd >= 0)
        whole = close(fd) == 0 && whole;
    return whole && rename(fresh, path) == 0 && fsync(watch->lock) == 0;
}

/* ---- what is kept ---- */

static int by_size(const void *a, const void *b) {
    const struct ledger_note *one = a, *other = b;
    return (one->size > other->size) - (one->size < other->size);
}

/* Whether the kept entries give the roots of all these notes, which become sorted; `ret_tree` is that of the entries up to the last. */
static enum watch_verdict hold(struct watch *watch, struct ledger_note *notes, size_t count, struct ledger_tree *ret_tree) {
    char path[PATH_SIZE], line[LINE_LEN + 1];
    uint8_t root[CRYPTO_SHA256_LEN];
    FILE *entries CLEANUP(cleanup_file) = fopen(path_of(watch, "entries.txt", path), "re");
    *ret_tree = (struct ledger_tree){0};
    qsort(notes, count, sizeof *notes, by_size);
    for (size_t i = 0; i < count; i++) {
        while (ret_tree->size < notes[i].size) {
            uint8_t raw[CRYPTO_SHA256_LEN], leaf[CRYPTO_SHA256_LEN];
            if (!entries || fread(line, 1, LINE_LEN, entries) != LINE_LEN)
                return say(watch, WATCH_FAILED, "a checkpoint covers %" PRId64 " entries, and %" PRId64 " are kept in %s", notes[i].size, ret_tree->size, path);
            line[HEX_LEN] = '\0';
            if (!text_unhex(line, raw, sizeof raw))
                return say(watch, WATCH_FAILED, "%s, line %" PRId64 ": no commitment of 64 hexadecimal digits", path, ret_tree->size + 1);
            ledger_tree_leaf(line, leaf);
            ledger_tree_add(ret_tree, leaf);
        }
        ledger_tree_root(ret_tree, root);
        if (memcmp(root, notes[i].root, sizeof root) != 0)
            return say(watch, WATCH_CONTRADICTED, "the first %" PRId64 " entries that are kept do not give the root of the checkpoint", notes[i].size);
    }
    return WATCH_HOLDS;
}

static enum watch_verdict load(struct watch *watch) {
    char path[PATH_SIZE];
    path_of(watch, "checkpoint.txt", path);
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return WATCH_HOLDS;
    if (paths_read(path, LEDGER_NOTE_MAX, &watch->note) != ERR_NONE || !ledger_note_read(watch->note.data, watch->note.len, &watch->kept))
        return say(watch, WATCH_FAILED, "%s cannot be read as a checkpoint", path);
    if (!ledger_note_signed(&watch->kept, watch->pem.data ? watch->pem.data : "", watch->pem.len))
        return say(watch, WATCH_CONTRADICTED, "%s is not signed by the key of the log", path);
    enum watch_verdict verdict = hold(watch, &watch->kept, 1, &watch->tree);
    if (verdict == WATCH_HOLDS && truncate(path_of(watch, "entries.txt", path), watch->tree.size * LINE_LEN) != 0 && watch->tree.size > 0)
        return say(watch, WATCH_FAILED, "%s cannot be written", path);
    return verdict;
}

static enum watch_verdict load_key(struct watch *watch, const char *key_file) {
    char path[PATH_SIZE];
    struct buf given CLEANUP(buf_release);
    buf_init(&given, PEM_MAX + 1);
    if (key_file && paths_read(key_file, PEM_MAX, &given) != ERR_NONE)
        return say(watch, WATCH_FAILED, "%s cannot be read as a public key", key_file);
    path_of(watch, "public-key.pem", path);
    if (access(path, F_OK) == 0 && paths_read(path, PEM_MAX, &watch->pem) != ERR_NONE)
        return say(watch, WATCH_FAILED, "%s cannot be read", path);
    if (key_file && watch->pem.len > 0 && (watch->pem.len != given.len || memcmp(watch->pem.data, given.data, given.len) != 0))
        return say(watch, WATCH_FAILED, "%s is another key than the one that is kept in %s", key_file, path);
    if (key_file && watch->pem.len == 0) {
        buf_add(&watch->pem, given.data, given.len);
        if (!write_whole(watch, "public-key.pem", given.data, given.len))
            return say(watch, WATCH_FAILED, "%s cannot be written", path);
    }
    return WATCH_HOLDS;
}

enum watch_verdict watch_open(struct watch *watch, const char *dir, const char *key_file) {
    *watch = (struct watch){.dir = dir, .lock = -1};
    buf_init(&watch->pem, PEM_MAX + 1);
    buf_init(&watch->note, LEDGER_NOTE_MAX + 1);
    if (strlen(dir) > PATH_SIZE - 100)
        return say(watch, WATCH_FAILED, "the name of the folder is too long");
    if (mkdir(dir, 0755) != 0 && errno != EEXIST)
        return say(watch, WATCH_FAILED, "the folder %s cannot be made: %s", dir, strerror(errno));
    watch->lock = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (watch->lock < 0)
        return say(watch, WATCH_FAILED, "the folder %s cannot be opened: %s", dir, strerror(errno));
    if (flock(watch->lock, LOCK_EX | LOCK_NB) != 0)
        return say(watch, WATCH_FAILED, "another process works on the folder %s", dir);
    char path[PATH_SIZE];
    (void)unlink(path_of(watch, "entries.new", path)); /* of a round that did not come to its end */
    enum watch_verdict verdict = load_key(watch, key_file);
    return verdict == WATCH_HOLDS ? load(watch) : verdict;
}

void watch_close(struct watch *watch) {
    if (watch->lock >= 0)
        (void)close(watch->lock);
    buf_release(&watch->pem);
    buf_release(&watch->note);
}

/* ---- what is new ---- */

static enum watch_verdict get(struct watch *watch, struct client *client, const char *path, struct client_answer *ret_answer) {
    enum err err = client_call(client, "GET", path, NULL, NULL, 0, ret_answer);
    if (err == ERR_STATE)
        return WATCH_ENDING;
    if (err != ERR_NONE)
        return say(watch, WATCH_FAILED, "nothing answers there (%s)", path);
    if (ret_answer->status == 404 && strcmp(path, "/log/checkpoint") == 0)
        return say(watch, WATCH_FAILED, "there is no checkpoint yet, or this is no address of Khoacu");
    if (ret_answer->status != 200)
        return say(watch, WATCH_FAILED, "%s was answered with the status %d", path, ret_answer->status);
    return WATCH_HOLDS;
}

typedef enum watch_verdict take_entry(void *ctx, int64_t index, const char *commitment);

/* Hands the entries from `from` up to `end` to `take`, page by page. */
static enum watch_verdict fetch(struct watch *watch, struct client *client, int64_t from, int64_t end, take_entry *take, void *ctx) {
    while (from < end) {
        char path[100];
        struct client_answer answer;
        uint8_t raw[CRYPTO_SHA256_LEN];
        int64_t rest = end - from;
        (void)snprintf(path, sizeof path, "/log/entries?from=%" PRId64 "&limit=%d", from, rest < LEDGER_ENTRIES_MAX ? (int)rest : LEDGER_ENTRIES_MAX);
        enum watch_verdict verdict = get(watch, client, path, &answer);
        if (verdict != WATCH_HOLDS)
            return verdict;
        const struct json *list = json_get(answer.json, "commitments");
        if (json_count(list) == 0)
            return say(watch, WATCH_CONTRADICTED, "its checkpoint covers %" PRId64 " entries, and it shows only %" PRId64, end, from);
        for (size_t i = 0; i < json_count(list) && from < end && verdict == WATCH_HOLDS; i++, from++) {
            const char *commitment = json_text(json_at(list, i));
            if (!commitment || !text_unhex(commitment, raw, sizeof raw))
                return say(watch, WATCH_FAILED, "entry %" PRId64 " is no commitment of 64 hexadecimal digits", from);
            verdict = take(ctx, from, commitment);
        }
        if (verdict != WATCH_HOLDS)
            return verdict;
    }
    return WATCH_HOLDS;
}

struct taking {
    struct watch *watch;
    FILE *out;
    struct ledger_tree tree;
};

static enum watch_verdict take_new(void *ctx, int64_t index, const char *commitment) {
    struct taking *taking = ctx;
    uint8_t leaf[CRYPTO_SHA256_LEN];
    (void)index;
    ledger_tree_leaf(commitment, leaf);
    ledger_tree_add(&taking->tree, leaf);
    return fprintf(taking->out, "%s\n", commitment) == LINE_LEN ? WATCH_HOLDS : say(taking->watch, WATCH_FAILED, "the folder %s cannot be written", taking->watch->dir);
}

struct comparing {
    struct watch *watch;
    FILE *kept;
};

static enum watch_verdict compare_old(void *ctx, int64_t index, const char *commitment) {
    struct comparing *comparing = ctx;
    char line[LINE_LEN];
    if (fread(line, 1, LINE_LEN, comparing->kept) == LINE_LEN && memcmp(line, commitment, HEX_LEN) == 0)
        return WATCH_HOLDS;
    return say(comparing->watch, WATCH_CONTRADICTED, "entry %" PRId64 " is another one than before", index);
}

static void keep_contradiction(struct watch *watch, const struct ledger_note *note) {
    char name[64], path[PATH_SIZE], fresh[PATH_SIZE];
    (void)snprintf(name, sizeof name, "contradiction-%" PRId64 "-entries.txt", note->size);
    (void)rename(path_of(watch, "entries.new", fresh), path_of(watch, name, path));
    (void)snprintf(name, sizeof name, "contradiction-%" PRId64 ".txt", note->size);
    if (!write_whole(watch, name, note->text, note->len))
        (void)fprintf(stderr, "khoacu: %s cannot be written; the checkpoint:\n%.*s", path_of(watch, name, path), (int)note->len, note->text);
}

/* The root is not that of the entries: looks for the first one that is another. */
static enum watch_verdict contradict(struct watch *watch, struct client *client, const struct ledger_note *note) {
    char path[PATH_SIZE];
    keep_contradiction(watch, note);
    FILE *kept CLEANUP(cleanup_file) = fopen(path_of(watch, "entries.txt", path), "re");
    struct comparing comparing = {.watch = watch, .kept = kept};
    if (kept && fetch(watch, client, 0, watch->tree.size, compare_old, &comparing) == WATCH_CONTRADICTED)
        return WATCH_CONTRADICTED;
    return say(watch, WATCH_CONTRADICTED, "the signed root of %" PRId64 " entries is not that of the entries that it shows", note->size);
}

/* Entries first, then the checkpoint over them. */
static enum watch_verdict keep(struct watch *watch, const struct taking *taking, const struct ledger_note *note) {
    char path[PATH_SIZE], fresh[PATH_SIZE], bytes[65536];
    FILE *entries CLEANUP(cleanup_file) = fopen(path_of(watch, "entries.txt", path), "ae");
    FILE *more CLEANUP(cleanup_file) = fopen(path_of(watch, "entries.new", fresh), "re");
    bool whole = entries && more;
    for (size_t len = 0; whole && (len = fread(bytes, 1, sizeof bytes, more)) > 0;)
        whole = fwrite(bytes, 1, len, entries) == len;
    whole = whole && !ferror(more) && fflush(entries) == 0 && fsync(fileno(entries)) == 0 && write_whole(watch, "checkpoint.txt", note->text, note->len);
    if (!whole)
        return say(watch, WATCH_FAILED, "the folder %s cannot be written", watch->dir);
    (void)unlink(fresh);
    buf_reset(&watch->note);
    buf_add(&watch->note, note->text, note->len);
    watch->added = note->size - watch->tree.size;
    watch->tree = taking->tree;
    return ledger_note_read(watch->note.data, watch->note.len, &watch->kept) ? WATCH_HOLDS : WATCH_FAILED;
}

/* The key that comes with the first checkpoint; from then on it is the one. */
static enum watch_verdict first_key(struct watch *watch, struct client *client) {
    struct client_answer answer;
    enum watch_verdict verdict = watch->pem.len > 0 ? WATCH_HOLDS : get(watch, client, "/signing-key", &answer);
    if (verdict != WATCH_HOLDS || watch->pem.len > 0)
        return verdict;
    buf_add(&watch->pem, answer.text, answer.len);
    return !watch->pem.failed && write_whole(watch, "public-key.pem", answer.text, answer.len) ? WATCH_HOLDS : say(watch, WATCH_FAILED, "the folder %s cannot be written", watch->dir);
}

/* Whether the note is one of this log, signed by its key. */
static enum watch_verdict belongs(struct watch *watch, const struct ledger_note *note) {
    if (!ledger_note_signed(note, watch->pem.data, watch->pem.len))
        return say(watch, WATCH_CONTRADICTED, "the checkpoint of %" PRId64 " entries is not signed by the key that is kept", note->size);
    if (watch->kept.size > 0 && strcmp(note->origin, watch->kept.origin) != 0)
        return say(watch, WATCH_CONTRADICTED, "it is another log: %s, and before %s", note->origin, watch->kept.origin);
    return WATCH_HOLDS;
}

enum watch_verdict watch_take(struct watch *watch, struct client *client) {
    char path[PATH_SIZE], text[LEDGER_NOTE_MAX];
    uint8_t root[CRYPTO_SHA256_LEN];
    struct client_answer answer;
    struct ledger_note note;
    watch->added = 0;
    enum watch_verdict verdict = first_key(watch, client);
    if (verdict == WATCH_HOLDS)
        verdict = get(watch, client, "/log/checkpoint", &answer);
    if (verdict != WATCH_HOLDS)
        return verdict;
    memcpy(text, answer.text, answer.len < sizeof text ? answer.len : sizeof text);
    if (answer.len >= sizeof text || !ledger_note_read(text, answer.len, &note))
        return say(watch, WATCH_FAILED, "what stands at /log/checkpoint is no checkpoint");
    verdict = belongs(watch, &note);
    if (verdict != WATCH_HOLDS) {
        keep_contradiction(watch, &note);
        return verdict;
    }
    if (note.size < watch->tree.size) {
        keep_contradiction(watch, &note);
        return say(watch, WATCH_CONTRADICTED, "it shows a checkpoint of %" PRId64 " entries, after one of %" PRId64, note.size, watch->tree.size);
    }
    struct taking taking = {.watch = watch, .tree = watch->tree, .out = fopen(path_of(watch, "entries.new", path), "we")};
    if (!taking.out)
        return say(watch, WATCH_FAILED, "%s cannot be written", path);
    verdict = fetch(watch, client, watch->tree.size, note.size, take_new, &taking);
    if (fclose(taking.out) != 0 && verdict == WATCH_HOLDS)
        return say(watch, WATCH_FAILED, "%s cannot be written", path);
    ledger_tree_root(&taking.tree, root);
    if (verdict == WATCH_HOLDS && memcmp(root, note.root, sizeof root) != 0)
        return contradict(watch, client, &note);
    return verdict == WATCH_HOLDS ? keep(watch, &taking, &note) : verdict;
}

/* ---- what others have kept ---- */

enum watch_verdict watch_compare(struct watch *watch, const char *path, size_t *ret_count) {
    struct buf text CLEANUP(buf_release);
    struct ledger_tree tree;
    struct ledger_note *notes CLEANUP(cleanup_free) = NULL;
    size_t count = 0, at = 0;
    buf_init(&text, NOTES_MAX + 1);
    if (paths_read(path, NOTES_MAX, &text) != ERR_NONE)
        return say(watch, WATCH_FAILED, "%s cannot be read, or is longer than %d bytes", path, NOTES_MAX);
    notes = calloc(text.len / 100 + 1, sizeof *notes); /* no note is shorter than 100 bytes */
    while (notes && at < text.len) {
        if (text.data[at] == '\n' || text.data[at] == '\r') {
            at++;
            continue;
        }
        if (!ledger_note_read(text.data + at, text.len - at, &notes[count]))
            return say(watch, WATCH_FAILED, "%s, at byte %zu: no checkpoint", path, at + 1);
        enum watch_verdict verdict = belongs(watch, &notes[count]);
        if (verdict != WATCH_HOLDS)
            return verdict;
        at += notes[count++].len;
    }
    if (count == 0)
        return say(watch, WATCH_FAILED, "%s holds no checkpoint", path);
    *ret_count = count;
    return hold(watch, notes, count, &tree);
}
