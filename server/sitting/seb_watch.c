/* The database's side, and what servers keep of it in memory. */
#include "khoacu/sitting/seb.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/ledger/ledger.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { ROOMS_MAX = 20000, WATCH_ARENA = 64 << 20, URL_SIZE = 600 };

static enum err read_shift(const struct db_row *row, int at, struct seb_shift *shift) {
    const char *mode = db_text(row, at + 2);
    *shift = (struct seb_shift){.shift_code = db_text(row, at), .cycle_code = db_text(row, at + 1), .quit_sha256 = db_text(row, at + 3)};
    if (mode && !seb_mode_parse(mode, &shift->mode))
        return ERR_STATE;
    if (mode)
        shift->browser_keys = db_texts(row, at + 4, &shift->browser_key_count);
    return ERR_NONE;
}

enum err seb_read(struct db *db, struct arena *arena, int64_t shift_id, struct seb_shift *ret_shift) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_SEB_READ, DB_PARAMS(P_INT(shift_id)), &row);
    if (err == ERR_NONE)
        err = read_shift(row, 0, ret_shift);
    if (err == ERR_NONE) {
        ret_shift->set_by = db_text(row, 5);
        ret_shift->set_us = db_time(row, 6);
    }
    return err;
}

struct setting {
    struct arena *arena;
    const struct seb_setting *setting;
    enum seb_set_verdict verdict;
};

static enum err set_body(void *ctx, struct db *db) {
    struct setting *set = ctx;
    const struct seb_setting *setting = set->setting;
    const struct db_row *row = NULL;
    char quit[SEB_KEY_SIZE] = "";
    uint8_t sha256[CRYPTO_SHA256_LEN];
    if (setting->quit_password) {
        crypto_sha256(setting->quit_password, strlen(setting->quit_password), sha256);
        text_hex(sha256, sizeof sha256, quit);
    }
    enum err err = db_one(db, set->arena, DB_SEB_SET,
                          DB_PARAMS(P_INT(setting->shift_id), P_TEXT(seb_mode_key(setting->mode)), setting->quit_password ? P_TEXT(quit) : P_NULL,
                                    P_BOOL(setting->keep_quit), P_TEXTS(setting->browser_keys, setting->browser_key_count), P_INT(setting->staff_id),
                                    P_TIME(setting->now_us)),
                          &row);
    if (err != ERR_NONE)
        return err;
    const char *outcome = db_text(row, 0);
    set->verdict = strcmp(outcome, "set") == 0 ? SEB_SET_DONE : strcmp(outcome, "unknown") == 0 ? SEB_SET_UNKNOWN : SEB_SET_NOT_YOURS;
    if (set->verdict != SEB_SET_DONE)
        return DB_ROLLBACK;
    const char *details = arena_printf(set->arena, "{\"browser_keys\":%zu,\"mode\":\"%s\"}", setting->browser_key_count, seb_mode_key(setting->mode));
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, set->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(setting->staff_id), .act = "hall.browser_set", .subject_kind = "shift",
                                                .subject_id = setting->shift_id, .details = details, .at_us = setting->now_us});
}

enum err seb_set(struct db *db, struct arena *arena, const struct seb_setting *setting, enum seb_set_verdict *ret_verdict) {
    struct setting set = {.arena = arena, .setting = setting};
    enum err err = db_transact(db, set_body, &set);
    if (err == ERR_NONE)
        *ret_verdict = set.verdict;
    return err;
}

/* ---- the watch ---- */

struct watched {
    int64_t room_id;
    enum seb_mode mode;
    char config_keys[SEB_PROFILE_COUNT][SEB_KEY_SIZE];
    char browser_keys[SEB_BROWSER_KEYS_MAX][SEB_KEY_SIZE];
    size_t browser_key_count;
};
struct seb_watch {
    pthread_rwlock_t lock;
    struct watched *rooms; /* by room */
    size_t count;
    atomic_bool any;
    char origin[300];
};

enum err seb_watch_new(const char *origin, struct seb_watch **ret_watch) {
    struct seb_watch *watch = calloc(1, sizeof *watch);
    if (!watch)
        return ERR_MEMORY;
    (void)pthread_rwlock_init(&watch->lock, NULL);
    (void)snprintf(watch->origin, sizeof watch->origin, "%s", origin);
    *ret_watch = watch;
    return ERR_NONE;
}

void seb_watch_free(struct seb_watch *watch) {
    if (!watch)
        return;
    (void)pthread_rwlock_destroy(&watch->lock);
    free(watch->rooms);
    free(watch);
}

struct renewal {
    struct seb_watch *watch;
    struct arena *arena;
    struct watched *rooms;
    size_t count, size;
};

static enum err add_room(void *ctx, const struct db_row *row) {
    struct renewal *renewal = ctx;
    struct seb_shift shift;
    if (renewal->count == renewal->size) {
        renewal->size = renewal->size ? 2 * renewal->size : 64;
        struct watched *more = realloc(renewal->rooms, renewal->size * sizeof *more);
        if (!more)
            return ERR_MEMORY;
        renewal->rooms = more;
    }
    struct watched *room = &renewal->rooms[renewal->count++];
    *room = (struct watched){.room_id = db_int(row, 0)};
    enum err err = read_shift(row, 1, &shift);
    for (int profile = 0; err == ERR_NONE && profile < SEB_PROFILE_COUNT; profile++) {
        const struct seb_value *config = seb_config(renewal->arena, &shift, renewal->watch->origin, (enum seb_profile)profile);
        err = config ? seb_config_key(config, room->config_keys[profile]) : ERR_MEMORY;
    }
    room->mode = shift.mode;
    for (size_t i = 0; err == ERR_NONE && i < shift.browser_key_count && i < SEB_BROWSER_KEYS_MAX; i++)
        (void)snprintf(room->browser_keys[room->browser_key_count++], SEB_KEY_SIZE, "%s", shift.browser_keys[i]);
    return err;
}

enum err seb_watch_renew(struct seb_watch *watch, struct db *db) {
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, WATCH_ARENA);
    struct renewal renewal = {.watch = watch, .arena = &arena};
    enum err err = db_many(db, &arena, DB_SEB_ROOMS, DB_NO_PARAMS, ROOMS_MAX, add_room, &renewal);
    if (err != ERR_NONE) {
        free(renewal.rooms);
        return err;
    }
    (void)pthread_rwlock_wrlock(&watch->lock);
    free(watch->rooms);
    watch->rooms = renewal.rooms;
    watch->count = renewal.count;
    (void)pthread_rwlock_unlock(&watch->lock);
    atomic_store(&watch->any, renewal.count > 0);
    return ERR_NONE;
}

bool seb_watch_any(const struct seb_watch *watch) {
    return atomic_load_explicit(&watch->any, memory_order_relaxed);
}

static int by_room(const void *key, const void *entry) {
    int64_t room_id = *(const int64_t *)key, other = ((const struct watched *)entry)->room_id;
    return room_id < other ? -1 : room_id > other;
}

/* Every digit is looked at, whatever the first ones say. */
static bool same(const char *received, const char *expected) {
    unsigned differing = 0;
    if (strlen(received) != SEB_KEY_SIZE - 1)
        return false;
    for (size_t i = 0; i < SEB_KEY_SIZE - 1; i++) {
        unsigned digit = (unsigned char)received[i];
        digit |= (digit >= 'A') << 5; /* lower case; digits stay */
        differing |= digit ^ (unsigned char)expected[i];
    }
    return differing == 0;
}

/* Of what a stranger sent only hexadecimal digits are kept. */
static void keep_received(const char *received, struct seb_judged *judged) {
    size_t len = strspn(received, "0123456789abcdefABCDEF");
    (void)snprintf(judged->received, sizeof judged->received, "%.*s", (int)(len < SEB_KEY_SIZE - 1 ? len : SEB_KEY_SIZE - 1), received);
}

/* One of two kinds of keys: a header for the address of the request, or the page's own for its address. */
static enum presence_seb judge_keys(const char *url, const char *page_url, const char (*keys)[SEB_KEY_SIZE], size_t count, const char *header,
                                    const char *from_page, struct seb_judged *judged) {
    const char *received = header ? header : from_page;
    bool match = false;
    char hash[SEB_KEY_SIZE];
    for (size_t i = 0; i < count; i++) {
        seb_request_hash(header || !from_page ? url : page_url, keys[i], hash);
        if (i == 0)
            memcpy(judged->expected, hash, sizeof hash);
        match |= received && same(received, hash);
    }
    if (match)
        return PRESENCE_SEB_MATCH;
    judged->received[0] = '\0';
    if (received)
        keep_received(received, judged);
    return received ? PRESENCE_SEB_MISMATCH : PRESENCE_SEB_MISSING;
}

void seb_watch_judge(struct seb_watch *watch, int64_t room_id, const struct seb_heard *heard, struct seb_judged *ret_judged) {
    char url[URL_SIZE], page_url[URL_SIZE];
    *ret_judged = (struct seb_judged){.mode = SEB_OFF, .seb = PRESENCE_SEB_NONE};
    (void)pthread_rwlock_rdlock(&watch->lock);
    const struct watched *room = watch->count > 0 ? bsearch(&room_id, watch->rooms, watch->count, sizeof *room, by_room) : NULL;
    if (room) {
        (void)snprintf(url, sizeof url, "%s%s", watch->origin, heard->path);
        (void)snprintf(page_url, sizeof page_url, "%s/thi/", watch->origin);
        ret_judged->mode = room->mode;
        ret_judged->seb = judge_keys(url, page_url, room->config_keys, SEB_PROFILE_COUNT, heard->config, heard->page_config, ret_judged);
        if (ret_judged->seb == PRESENCE_SEB_MATCH && room->browser_key_count > 0)
            ret_judged->seb = judge_keys(url, page_url, room->browser_keys, room->browser_key_count, heard->browser, heard->page_browser, ret_judged);
    }
    (void)pthread_rwlock_unlock(&watch->lock);
}
