#include "bank_private.h"

#include "khoacu/base/random.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"

#include <assert.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { ACCESS_MAX = 5000 };

/* ---- comments ---- */

struct noting {
    const struct bank_desk *desk;
    int64_t item_id, version, number;
    const char *text;
    enum bank_outcome outcome;
};

static enum err refuse(struct noting *noting, enum bank_outcome outcome) {
    noting->outcome = outcome;
    return DB_ROLLBACK;
}

/* The item's place, with its bank held; or a verdict. */
static enum err find_item(struct noting *noting, struct db *db, const struct db_row **ret_place) {
    const struct bank_desk *desk = noting->desk;
    const struct db_row *place = NULL, *lock = NULL;
    const struct db_param item = P_INT(noting->item_id), staff = P_INT(desk->staff_id);
    enum err err = db_one(db, desk->arena, DB_BANK_ITEM_PLACE, DB_PARAMS(item, staff), &place);
    if (err == ERR_DB_NO_ROW || (err == ERR_NONE && db_int(place, 4) == 0))
        return refuse(noting, BANK_OUTCOME_UNKNOWN);
    if (err == ERR_NONE)
        err = db_one(db, desk->arena, DB_BANK_LOCK, DB_PARAMS(P_INT(db_int(place, 0))), &lock);
    if (err == ERR_NONE)
        err = db_one(db, desk->arena, DB_BANK_ITEM_PLACE, DB_PARAMS(item, staff), ret_place); /* as it is under the lock */
    return err;
}

static enum err touch(struct noting *noting, struct db *db, int64_t bank_id, const char *act) {
    const struct bank_desk *desk = noting->desk;
    enum err err = db_run(db, DB_BANK_ITEM_TOUCH, DB_PARAMS(P_INT(noting->item_id), P_INT(bank_id), P_TIME(desk->now_us)), NULL);
    if (err != ERR_NONE)
        return err;
    noting->outcome = BANK_OUTCOME_DONE;
    return bank_event(desk, db, act, "item", noting->item_id, arena_printf(desk->arena, "{\"number\":%lld}", (long long)noting->number));
}

static enum err comment_body(void *ctx, struct db *db) {
    struct noting *noting = ctx;
    const struct bank_desk *desk = noting->desk;
    const struct db_row *place = NULL, *row = NULL;
    struct bank_sealed sealed;
    enum err err = find_item(noting, db, &place);
    if (err != ERR_NONE)
        return err;
    if (noting->version < 1 || noting->version > db_int(place, 2))
        return refuse(noting, BANK_OUTCOME_UNKNOWN);
    err = db_one(db, desk->arena, DB_BANK_COMMENT_NEXT, DB_PARAMS(P_INT(noting->item_id)), &row);
    if (err != ERR_NONE)
        return err;
    noting->number = db_int(row, 0);
    err = bank_note_seal(desk, db_int(place, 0), noting->item_id, noting->number, "comment", noting->text, &sealed);
    if (err == ERR_NONE)
        err = db_run(db, DB_BANK_COMMENT_INSERT,
                     DB_PARAMS(P_INT(noting->item_id), P_INT(noting->number), P_INT(noting->version), P_INT(desk->staff_id),
                               P_INT(sealed.generation), P_BYTES(sealed.bytes, sealed.len), P_TIME(desk->now_us)),
                     NULL);
    return err == ERR_NONE ? touch(noting, db, db_int(place, 0), "bank.comment") : err;
}

enum err bank_comment_add(const struct bank_desk *desk, int64_t item_id, int64_t version, const char *text,
                          enum bank_outcome *ret_outcome, int64_t *ret_number) {
    assert(text_utf8_len(text) >= 1 && text_utf8_len(text) <= BANK_NOTE_MAX);
    struct noting noting = {.desk = desk, .item_id = item_id, .version = version, .text = text};
    enum err err = db_transact(desk->db, comment_body, &noting);
    if (err != ERR_NONE)
        return err;
    *ret_outcome = noting.outcome;
    *ret_number = noting.number;
    return ERR_NONE;
}

static enum err answer_body(void *ctx, struct db *db) {
    struct noting *noting = ctx;
    const struct bank_desk *desk = noting->desk;
    const struct db_row *place = NULL, *row = NULL;
    struct bank_sealed sealed;
    enum err err = find_item(noting, db, &place);
    if (err == ERR_NONE)
        err = db_one(db, desk->arena, DB_BANK_COMMENT_FIND, DB_PARAMS(P_INT(noting->item_id), P_INT(noting->number)), &row);
    if (err == ERR_DB_NO_ROW)
        return refuse(noting, BANK_OUTCOME_UNKNOWN);
    if (err != ERR_NONE)
        return err;
    if (!db_bool(place, 5) && !(db_int(place, 4) & BANK_RIGHT_OWNER) && db_int(row, 0) != desk->staff_id)
        return refuse(noting, BANK_OUTCOME_FORBIDDEN);
    if (db_bool(row, 1))
        return refuse(noting, BANK_OUTCOME_UNCHANGED);
    err = bank_note_seal(desk, db_int(place, 0), noting->item_id, noting->number, "answer", noting->text, &sealed);
    if (err == ERR_NONE)
        err = db_run(db, DB_BANK_ANSWER_INSERT,
                     DB_PARAMS(P_INT(noting->item_id), P_INT(noting->number), P_INT(desk->staff_id), P_INT(sealed.generation),
                               P_BYTES(sealed.bytes, sealed.len), P_TIME(desk->now_us)),
                     NULL);
    return err == ERR_NONE ? touch(noting, db, db_int(place, 0), "bank.comment_answer") : err;
}

enum err bank_comment_answer(const struct bank_desk *desk, int64_t item_id, int64_t number, const char *text,
                             enum bank_outcome *ret_outcome) {
    assert(text_utf8_len(text) >= 1 && text_utf8_len(text) <= BANK_NOTE_MAX);
    struct noting noting = {.desk = desk, .item_id = item_id, .number = number, .text = text};
    enum err err = db_transact(desk->db, answer_body, &noting);
    if (err == ERR_NONE)
        *ret_outcome = noting.outcome;
    return err;
}

/* ---- access history ---- */

enum err bank_access_note(const struct bank_desk *desk, enum bank_purpose purpose, const int64_t *item_ids, const int64_t *versions,
                          size_t count) {
    if (count == 0)
        return ERR_NONE;
    int64_t *ids = ARENA_ARRAY(desk->arena, count, int64_t);
    if (!ids)
        return ERR_MEMORY;
    for (size_t i = 0; i < count; i++)
        ids[i] = random_id();
    return db_run(desk->db, DB_BANK_ACCESS_ADD,
                  DB_PARAMS(P_INTS(ids, count), P_INTS(item_ids, count), P_INTS(versions, count), P_INT(desk->staff_id),
                            P_TEXT(bank_purpose_key(purpose)), P_TIME(desk->now_us)),
                  NULL);
}

static enum err take_access(void *ctx, const struct db_row *row) {
    struct bank_access_page *page = ctx;
    page->total = db_int(row, 5);
    page->rows[page->count++] = (struct bank_access){.version = db_int(row, 0),
                                                     .at_us = db_time(row, 1),
                                                     .login_name = db_text(row, 2),
                                                     .full_name = db_text(row, 3),
                                                     .purpose = db_text(row, 4)};
    return ERR_NONE;
}

enum err bank_access_read(const struct bank_desk *desk, int64_t item_id, int64_t after_us, size_t limit,
                          enum bank_verdict *ret_verdict, struct bank_access_page *ret_page) {
    assert(limit >= 1 && limit <= ACCESS_MAX);
    const struct db_row *place = NULL;
    struct bank_access_page page = {.rows = ARENA_ARRAY(desk->arena, limit, struct bank_access)};
    enum err err = page.rows ? db_one(desk->db, desk->arena, DB_BANK_ITEM_PLACE, DB_PARAMS(P_INT(item_id), P_INT(desk->staff_id)), &place)
                             : ERR_MEMORY;
    if (err != ERR_NONE && err != ERR_DB_NO_ROW)
        return err;
    int64_t rights = err == ERR_NONE ? db_int(place, 4) : 0;
    enum bank_verdict verdict = rights == 0                                                ? BANK_UNKNOWN
                                : rights & (BANK_RIGHT_REVIEWER | BANK_RIGHT_OWNER) ? BANK_DONE
                                                                                           : BANK_FORBIDDEN;
    err = verdict == BANK_DONE ? db_many(desk->db, desk->arena, DB_BANK_ACCESS,
                                         DB_PARAMS(P_INT(item_id), P_TIME(after_us), P_INT((int64_t)limit)), limit, take_access, &page)
                               : ERR_NONE;
    if (err != ERR_NONE)
        return err;
    *ret_verdict = verdict;
    *ret_page = page;
    return ERR_NONE;
}

/* ---- media ---- */

static struct bank_label media_label(struct arena *arena, int64_t bank_id, const char *sha256) {
    return (struct bank_label){.part = arena_printf(arena, "media/%s", sha256), .bank_id = bank_id, .id = bank_id};
}

enum err bank_media_keep(const struct bank_desk *desk, int64_t bank_id, const struct bank_media *media, char ret_sha256[65]) {
    uint8_t hash[CRYPTO_SHA256_LEN];
    struct bank_sealed sealed;
    assert(media->len >= 1 && media->len <= BANK_MEDIA_MAX);
    crypto_sha256(media->bytes, media->len, hash);
    text_hex(hash, sizeof hash, ret_sha256);
    const struct bank_label label = media_label(desk->arena, bank_id, ret_sha256);
    if (!label.part)
        return ERR_MEMORY;
    enum err err = bank_seal(desk->vault, desk->db, desk->arena, &label, media->bytes, media->len, &sealed);
    if (err != ERR_NONE)
        return err;
    return db_run(desk->db, DB_BANK_MEDIA_ADD,
                  DB_PARAMS(P_INT(bank_id), P_BYTES(hash, sizeof hash), P_TEXT(media->type), P_INT(sealed.generation),
                            P_BYTES(sealed.bytes, sealed.len), P_INT(desk->staff_id), P_TIME(desk->now_us)),
                  NULL);
}

enum err bank_media_put(const struct bank_desk *desk, const char *bank, const struct bank_media *media, enum bank_verdict *ret_verdict,
                        char ret_sha256[65]) {
    struct bank *found = NULL;
    enum err err = bank_read(desk, bank, &found);
    if (err != ERR_NONE)
        return err;
    enum bank_verdict verdict = !found                                                             ? BANK_UNKNOWN
                                : found->rights & (BANK_RIGHT_AUTHOR | BANK_RIGHT_OWNER) ? BANK_DONE
                                                                                                   : BANK_FORBIDDEN;
    err = verdict == BANK_DONE ? bank_media_keep(desk, found->bank_id, media, ret_sha256) : ERR_NONE;
    if (err == ERR_NONE)
        *ret_verdict = verdict;
    return err;
}

/* A row: bank, type, generation, sealed. */
static enum err open_media(struct db *db, struct bank_vault *vault, struct arena *arena, const struct db_row *row, const char *sha256,
                           struct bank_media *ret_media) {
    const struct bank_label label = media_label(arena, db_int(row, 0), sha256);
    struct bank_sealed sealed = bank_sealed_at(row, 2, 3);
    struct bank_media media = {.type = db_text(row, 1)};
    const char *bytes = NULL;
    if (!label.part)
        return ERR_MEMORY;
    enum err err = bank_unseal(vault, db, arena, &label, &sealed, &bytes, &media.len);
    media.bytes = bytes;
    if (err == ERR_NONE)
        *ret_media = media;
    return err;
}

enum err bank_media_read(const struct bank_desk *desk, const char *sha256, struct bank_media *ret_media) {
    uint8_t hash[CRYPTO_SHA256_LEN];
    const struct db_row *row = NULL;
    enum err err = ERR_DB_NO_ROW;
    if (strlen(sha256) == 64 && text_unhex(sha256, hash, sizeof hash))
        err = db_one(desk->db, desk->arena, DB_BANK_MEDIA_FIND, DB_PARAMS(P_BYTES(hash, sizeof hash), P_INT(desk->staff_id)), &row);
    if (err == ERR_DB_NO_ROW) {
        *ret_media = (struct bank_media){0};
        return ERR_NONE;
    }
    return err == ERR_NONE ? open_media(desk->db, desk->vault, desk->arena, row, sha256, ret_media) : err;
}

enum err bank_media_of(struct db *db, struct bank_vault *vault, struct arena *arena, int64_t bank_id, const char *sha256,
                       struct bank_media *ret_media) {
    uint8_t hash[CRYPTO_SHA256_LEN];
    const struct db_row *row = NULL;
    enum err err = ERR_DB_NO_ROW;
    if (strlen(sha256) == 64 && text_unhex(sha256, hash, sizeof hash))
        err = db_one(db, arena, DB_BANK_MEDIA_OF, DB_PARAMS(P_INT(bank_id), P_BYTES(hash, sizeof hash)), &row);
    if (err == ERR_DB_NO_ROW) {
        *ret_media = (struct bank_media){0};
        return ERR_NONE;
    }
    return err == ERR_NONE ? open_media(db, vault, arena, row, sha256, ret_media) : err;
}

/* Whether a bank has it, without opening it. */
static enum err has_media(const struct bank_desk *desk, int64_t bank_id, const char *sha256, bool *ret_there) {
    uint8_t hash[CRYPTO_SHA256_LEN];
    const struct db_row *row = NULL;
    enum err err = ERR_DB_NO_ROW;
    if (strlen(sha256) == 64 && text_unhex(sha256, hash, sizeof hash))
        err = db_one(desk->db, desk->arena, DB_BANK_MEDIA_OF, DB_PARAMS(P_INT(bank_id), P_BYTES(hash, sizeof hash)), &row);
    *ret_there = err == ERR_NONE;
    return err == ERR_DB_NO_ROW ? ERR_NONE : err;
}

enum err bank_media_adopt(const struct bank_desk *desk, int64_t bank_id, const char *const *names, size_t count, const char **ret_absent) {
    enum err err = ERR_NONE;
    *ret_absent = NULL;
    for (size_t i = 0; err == ERR_NONE && i < count; i++) {
        struct bank_desk own = *desk;
        struct bank_media media = {0};
        struct arena arena CLEANUP(arena_release);
        char sha256[65];
        bool there = false;
        arena_init(&arena, 8 * BANK_MEDIA_MAX);
        own.arena = &arena;
        err = has_media(&own, bank_id, names[i], &there);
        if (err == ERR_NONE && !there)
            err = bank_media_read(&own, names[i], &media);
        if (err == ERR_NONE && media.bytes)
            err = bank_media_keep(&own, bank_id, &media, sha256);
        else if (err == ERR_NONE && !there && !*ret_absent)
            *ret_absent = names[i];
    }
    return err;
}
