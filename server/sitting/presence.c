#include "khoacu/sitting/presence.h"

#include "khoacu/base/arena.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/ledger/ledger.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { SLOTS = 2 * PRESENCE_MAX, FLUSH_ARENA = 64 << 20, FLUSH_ROWS = 8192 };

struct sign {
    int64_t room_id, sitting_id, seen_us; /* sitting_id 0: free */
    int16_t position;
    int8_t seb;
    char received[PRESENCE_RECEIVED_SIZE], expected[PRESENCE_RECEIVED_SIZE];
};
struct table {
    size_t count;
    struct sign slots[SLOTS];
};
struct presence {
    pthread_mutex_t lock;
    struct table *now, *writing;
    atomic_size_t known;
};

static const char *const KEYS[] = {
#define X(name, key) key,
    PRESENCE_SEB_TABLE(X)
#undef X
};

enum err presence_new(struct presence **ret_presence) {
    struct presence *presence = calloc(1, sizeof *presence);
    if (!presence)
        return ERR_MEMORY;
    presence->now = calloc(1, sizeof *presence->now);
    presence->writing = calloc(1, sizeof *presence->writing);
    (void)pthread_mutex_init(&presence->lock, NULL);
    if (!presence->now || !presence->writing) {
        presence_free(presence);
        return ERR_MEMORY;
    }
    *ret_presence = presence;
    return ERR_NONE;
}

void presence_free(struct presence *presence) {
    if (!presence)
        return;
    (void)pthread_mutex_destroy(&presence->lock);
    free(presence->now);
    free(presence->writing);
    free(presence);
}

/* Its slot or a free one; NULL: the table is full. */
static struct sign *slot_of(struct table *table, int64_t sitting_id) {
    size_t at = (uint64_t)sitting_id * UINT64_C(0x9E3779B97F4A7C15) >> 40;
    for (at %= SLOTS;; at = (at + 1) % SLOTS) {
        if (table->slots[at].sitting_id == sitting_id)
            return &table->slots[at];
        if (table->slots[at].sitting_id == 0)
            return table->count < PRESENCE_MAX ? &table->slots[at] : NULL;
    }
}

void presence_note(struct presence *presence, const struct presence_sign *sign) {
    (void)pthread_mutex_lock(&presence->lock);
    struct sign *slot = slot_of(presence->now, sign->sitting_id);
    if (slot) {
        int16_t position = (int16_t)(sign->position != 0 || slot->sitting_id == 0 ? sign->position : slot->position);
        presence->now->count += slot->sitting_id == 0;
        *slot = (struct sign){.room_id = sign->room_id, .sitting_id = sign->sitting_id, .seen_us = sign->seen_us, .position = position, .seb = (int8_t)sign->seb};
        if (sign->received)
            (void)snprintf(slot->received, sizeof slot->received, "%s", sign->received);
        if (sign->expected)
            (void)snprintf(slot->expected, sizeof slot->expected, "%s", sign->expected);
    }
    (void)pthread_mutex_unlock(&presence->lock);
}

size_t presence_known(const struct presence *presence) {
    return atomic_load_explicit(&presence->known, memory_order_relaxed);
}

struct flush {
    struct arena *arena;
    int64_t *rooms, *sittings, *seen, *positions;
    const char **sebs, **received, **expected;
    size_t count;
};

static enum err append_event(void *ctx, struct db *db, int64_t sitting_id, int64_t seen_us, const char *seb) {
    struct flush *flush = ctx;
    const char *details = arena_printf(flush->arena, "{\"browser\":\"%s\"}", seb);
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, flush->arena,
                         &(struct ledger_event){.actor = LEDGER_SYSTEM, .act = "hall.browser", .subject_kind = "sitting", .subject_id = sitting_id,
                                                .details = details, .at_us = seen_us});
}

static enum err collect(void *ctx, const struct db_row *row) {
    struct flush *bad = ctx;
    bad->sittings[bad->count] = db_int(row, 0);
    bad->sebs[bad->count] = db_text(row, 1);
    bad->seen[bad->count++] = db_time(row, 2);
    return ERR_NONE;
}

static enum err flush_body(void *ctx, struct db *db) {
    struct flush *flush = ctx, bad = {.arena = flush->arena};
    bad.sittings = ARENA_ARRAY(flush->arena, flush->count, int64_t);
    bad.seen = ARENA_ARRAY(flush->arena, flush->count, int64_t);
    bad.sebs = ARENA_ARRAY(flush->arena, flush->count, const char *);
    if (!bad.sittings || !bad.seen || !bad.sebs)
        return ERR_MEMORY;
    enum err err = db_many(db, flush->arena, DB_HALL_PRESENCE_BAD,
                           DB_PARAMS(P_INTS(flush->rooms, flush->count), P_INTS(flush->sittings, flush->count), P_INTS(flush->seen, flush->count),
                                     P_TEXTS(flush->sebs, flush->count)),
                           flush->count, collect, &bad);
    if (err == ERR_NONE)
        err = db_run(db, DB_HALL_PRESENCE,
                     DB_PARAMS(P_INTS(flush->rooms, flush->count), P_INTS(flush->sittings, flush->count), P_INTS(flush->seen, flush->count),
                               P_INTS(flush->positions, flush->count), P_TEXTS(flush->sebs, flush->count), P_TEXTS(flush->received, flush->count),
                              P_TEXTS(flush->expected, flush->count)),
                     NULL);
    for (size_t i = 0; err == ERR_NONE && i < bad.count; i++)
        err = append_event(flush, db, bad.sittings[i], bad.seen[i], bad.sebs[i]);
    return err;
}

static bool arrays_new(struct arena *arena, struct flush *flush) {
    *flush = (struct flush){.arena = arena,
                            .rooms = ARENA_ARRAY(arena, FLUSH_ROWS, int64_t),
                            .sittings = ARENA_ARRAY(arena, FLUSH_ROWS, int64_t),
                            .seen = ARENA_ARRAY(arena, FLUSH_ROWS, int64_t),
                            .positions = ARENA_ARRAY(arena, FLUSH_ROWS, int64_t),
                            .sebs = ARENA_ARRAY(arena, FLUSH_ROWS, const char *),
                            .received = ARENA_ARRAY(arena, FLUSH_ROWS, const char *),
                            .expected = ARENA_ARRAY(arena, FLUSH_ROWS, const char *)};
    return !arena->failed;
}

enum err presence_flush(struct presence *presence, struct db *db) {
    struct arena arena CLEANUP(arena_release);
    struct flush flush;
    enum err err = ERR_NONE;
    arena_init(&arena, FLUSH_ARENA);
    (void)pthread_mutex_lock(&presence->lock);
    struct table *full = presence->now;
    presence->now = presence->writing;
    presence->writing = full;
    (void)pthread_mutex_unlock(&presence->lock);
    atomic_store_explicit(&presence->known, full->count, memory_order_relaxed);
    if (full->count == 0)
        return ERR_NONE;
    if (!arrays_new(&arena, &flush))
        return ERR_MEMORY;
    for (size_t i = 0; err == ERR_NONE && i < SLOTS; i++) {
        struct sign *sign = &full->slots[i];
        if (sign->sitting_id != 0) {
            size_t at = flush.count++;
            flush.rooms[at] = sign->room_id;
            flush.sittings[at] = sign->sitting_id;
            flush.seen[at] = sign->seen_us;
            flush.positions[at] = sign->position;
            flush.sebs[at] = KEYS[sign->seb];
            flush.received[at] = sign->received;
            flush.expected[at] = sign->expected;
        }
        if (flush.count == FLUSH_ROWS || (i + 1 == SLOTS && flush.count > 0)) {
            err = db_transact(db, flush_body, &flush);
            flush.count = 0;
        }
    }
    for (size_t i = 0; i < SLOTS; i++)
        if (full->slots[i].sitting_id != 0) /* pages that were never used stay untouched */
            full->slots[i] = (struct sign){0};
    full->count = 0;
    return err;
}
