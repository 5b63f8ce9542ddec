#include "khoacu/ledger/log.h"

#include "khoacu/base/buf.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/ledger/note.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

enum {
    BATCH = 200,
    BATCHES_MAX = 20,
    PAUSE_MS = 20, /* between two batches: when thousands sign in, they go first */
    LATE_TURNS = 12,
    MEMORY_MAX = 200,
};
/* Events are looked for among those of the last minute, and now and then among those of a quarter of an hour: no transaction takes
 * longer from the time that it states to its commit. */
#define RECENT_US (60 * INT64_C(1000000))
#define LATE_US (15 * RECENT_US)

/* ---- what the signer remembers ---- */

struct memory {
    int64_t size; /* 0: nothing */
    uint8_t root[CRYPTO_SHA256_LEN];
};

/* ERR_IO: there is a file and it says nothing: nobody may sign on. */
static enum err remember(const char *path, struct memory *ret_memory) {
    FILE *file CLEANUP(cleanup_file) = fopen(path, "re");
    char line[MEMORY_MAX];
    char *end = NULL;
    *ret_memory = (struct memory){0};
    if (!file)
        return access(path, F_OK) == 0 ? ERR_IO : ERR_NONE;
    if (!fgets(line, sizeof line, file))
        return ERR_IO;
    line[strcspn(line, "\n")] = '\0';
    long long size = strtoll(line, &end, 10);
    if (size <= 0 || *end != ' ' || !text_unhex(end + 1, ret_memory->root, CRYPTO_SHA256_LEN))
        return ERR_IO;
    ret_memory->size = size;
    return ERR_NONE;
}

/* On the disk before anybody sees what it speaks of. */
static enum err keep(const char *path, int64_t size, const uint8_t root[CRYPTO_SHA256_LEN]) {
    char hex[2 * CRYPTO_SHA256_LEN + 1], fresh[4096], line[MEMORY_MAX];
    text_hex(root, CRYPTO_SHA256_LEN, hex);
    int len = snprintf(line, sizeof line, "%" PRId64 " %s\n", size, hex);
    if (snprintf(fresh, sizeof fresh, "%s.new", path) >= (int)sizeof fresh)
        return ERR_RANGE;
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool whole = fd >= 0 && write(fd, line, (size_t)len) == len && fsync(fd) == 0;
    if (fd >= 0)
        whole = close(fd) == 0 && whole;
    return whole && rename(fresh, path) == 0 ? ERR_NONE : ERR_IO;
}

/* ---- the log ---- */

/* The newest checkpoint; size 0: there is none. */
static enum err newest(struct db *db, struct arena *arena, int64_t *ret_size, const char **ret_note) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_LEDGER_CHECKPOINT_NEWEST, DB_NO_PARAMS, &row);
    *ret_size = err == ERR_NONE ? db_int(row, 0) : 0;
    *ret_note = err == ERR_NONE ? db_text(row, 1) : NULL;
    return err == ERR_DB_NO_ROW ? ERR_NONE : err;
}

struct head {
    const char *origin;
    int64_t size; /* 0: it is empty, or another server is at it */
    int64_t added;
    const uint8_t *root;
};

static enum err extend(struct db *db, struct arena *arena, int64_t since_us, struct head *ret_head) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_LEDGER_LOG_EXTEND, DB_PARAMS(P_TIME(since_us), P_INT(BATCH)), &row);
    if (err != ERR_NONE)
        return err;
    struct head head = {.origin = db_text(row, 0), .size = db_is_null(row, 1) ? 0 : db_int(row, 1), .added = db_int(row, 3)};
    size_t len = 0;
    head.root = db_bytes(row, 2, &len);
    if (head.size > 0 && (!head.root || len != CRYPTO_SHA256_LEN || !head.origin || strlen(head.origin) > LEDGER_ORIGIN_MAX))
        return ERR_STATE;
    *ret_head = head;
    return ERR_NONE;
}

static enum err sign_head(struct db *db, struct arena *arena, const struct ledger_signer *signer, const struct head *head, enum ledger_signed *ret_signed) {
    struct memory memory;
    struct buf note CLEANUP(buf_release);
    const struct db_row *row = NULL;
    buf_init(&note, LEDGER_NOTE_MAX);
    enum err err = remember(signer->memory_file, &memory);
    if (err == ERR_NONE && memory.size > 0)
        err = db_one(db, arena, DB_LEDGER_LOG_HOLDS, DB_PARAMS(P_INT(memory.size), P_BYTES(memory.root, sizeof memory.root)), &row);
    if (err != ERR_NONE)
        return err;
    if (memory.size > head->size || (row && !db_bool(row, 0))) {
        *ret_signed = LEDGER_SIGNED_REFUSED;
        return ERR_NONE;
    }
    err = ledger_note_make(signer->key_file, head->origin, head->size, head->root, &note);
    if (err == ERR_NONE)
        err = keep(signer->memory_file, head->size, head->root);
    const char *text = err == ERR_NONE ? arena_strndup(arena, note.data, note.len) : NULL;
    if (err == ERR_NONE)
        err = text ? db_one(db, arena, DB_LEDGER_CHECKPOINT_PUT, DB_PARAMS(P_INT(head->size), P_BYTES(head->root, CRYPTO_SHA256_LEN), P_TEXT(text)), &row) : ERR_MEMORY;
    if (err != ERR_NONE)
        return err;
    const char *outcome = db_text(row, 0);
    *ret_signed = strcmp(outcome, "put") == 0 ? LEDGER_SIGNED_CHECKPOINT : strcmp(outcome, "moved") == 0 ? LEDGER_SIGNED_NOTHING : LEDGER_SIGNED_REFUSED;
    return ERR_NONE;
}

enum err ledger_log_sign(struct db *db, struct arena *arena, struct ledger_signer *signer, int64_t now_us, enum ledger_signed *ret_signed) {
    struct head head = {0};
    int64_t added = 0, since_us = !signer->swept ? 0 : now_us - (signer->turn++ % LATE_TURNS == 0 ? LATE_US : RECENT_US);
    *ret_signed = LEDGER_SIGNED_NOTHING;
    for (int batch = 0; batch < BATCHES_MAX; batch++) {
        enum err err = extend(db, arena, since_us, &head);
        if (err != ERR_NONE)
            return err;
        added += head.added;
        if (head.added < BATCH)
            break;
        (void)nanosleep(&(struct timespec){.tv_nsec = PAUSE_MS * 1000000L}, NULL);
    }
    signer->behind = head.added == BATCH;
    if (head.size > 0 && !signer->behind)
        signer->swept = true;
    int64_t signed_size = 0;
    const char *note = NULL;
    enum err err = head.size > 0 ? newest(db, arena, &signed_size, &note) : ERR_NONE;
    if (err != ERR_NONE || head.size == 0 || (added == 0 && signed_size == head.size))
        return err;
    return sign_head(db, arena, signer, &head, ret_signed);
}

enum err ledger_log_checkpoint(struct db *db, struct arena *arena, const char **ret_note) {
    int64_t size = 0;
    return newest(db, arena, &size, ret_note);
}

static enum err take_commitment(void *ctx, const struct db_row *row) {
    struct ledger_commitments *entries = ctx;
    size_t len = 0;
    const uint8_t *bytes = db_bytes(row, 0, &len);
    if (!bytes || len != CRYPTO_SHA256_LEN)
        return ERR_STATE;
    text_hex(bytes, len, entries->list[entries->count++]);
    return ERR_NONE;
}

enum err ledger_log_entries(struct db *db, struct arena *arena, int64_t from, size_t limit, struct ledger_commitments *ret_entries) {
    if (from < 0 || limit < 1 || limit > LEDGER_ENTRIES_MAX)
        return ERR_RANGE;
    struct ledger_commitments entries = {.list = arena_alloc(arena, limit * sizeof *entries.list)};
    if (!entries.list)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_LEDGER_LOG_ENTRIES, DB_PARAMS(P_INT(from), P_INT((int64_t)limit)), limit, take_commitment, &entries);
    if (err == ERR_NONE)
        *ret_entries = entries;
    return err;
}
