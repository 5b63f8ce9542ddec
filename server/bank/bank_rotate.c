#include "khoacu/bank/bank_vault.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/ledger/ledger.h"

#include <stdlib.h>

#include "khoacu/base/banned.h"

#define BATCH_ARENA_MAX ((size_t)512 << 20)

/* A kind of ciphertext: how a batch of what is under older keys is found, and how one row is put back. A row: bank, id,
 * number, generation, sealed, and for texts a second ciphertext. */
struct sort {
    enum db_statement find, put;
    const char *parts[2];
};
static const struct sort SORTS[] = {
    {DB_BANK_OLD_TEXTS, DB_BANK_RESEAL_TEXT, {"content", "extra"}},
    {DB_BANK_OLD_KEYS, DB_BANK_RESEAL_KEY, {"key", NULL}},
    {DB_BANK_OLD_COMMENTS, DB_BANK_RESEAL_COMMENT, {"comment", NULL}},
    {DB_BANK_OLD_ANSWERS, DB_BANK_RESEAL_ANSWER, {"answer", NULL}},
    {DB_BANK_OLD_REVIEWS, DB_BANK_RESEAL_REVIEW, {"reason", NULL}},
    {DB_BANK_OLD_PASSAGES, DB_BANK_RESEAL_PASSAGE, {"reason", NULL}},
    {DB_BANK_OLD_MEDIA, DB_BANK_RESEAL_MEDIA, {NULL, NULL}}, /* the part is in the row */
};

struct row {
    int64_t id, number;
    const char *part;
    struct bank_sealed sealed[2];
    struct row *next;
};

struct turn {
    struct bank_vault *vault;
    struct arena *arena;
    const struct sort *sort;
    int64_t bank_id, generation;
    size_t batch, count;
    struct row *rows;
};

static enum err take_row(void *ctx, const struct db_row *found) {
    struct turn *turn = ctx;
    struct row *row = ARENA_NEW(turn->arena, struct row);
    if (!row)
        return ERR_MEMORY;
    row->id = db_int(found, 0);
    row->number = db_int(found, 1);
    row->part = turn->sort->parts[0] ? turn->sort->parts[0] : db_text(found, 5);
    for (int i = 0; i < 1 + (turn->sort->parts[1] != NULL); i++) {
        row->sealed[i].generation = db_int(found, 2);
        row->sealed[i].bytes = db_bytes(found, 3 + i, &row->sealed[i].len);
    }
    row->next = turn->rows;
    turn->rows = row;
    turn->count++;
    return ERR_NONE;
}

static enum err reseal(struct turn *turn, struct db *db, struct row *row) {
    struct bank_sealed fresh[2] = {{0}};
    for (int i = 0; i < 1 + (turn->sort->parts[1] != NULL); i++) {
        const struct bank_label label = {
            .part = i ? turn->sort->parts[i] : row->part, .bank_id = turn->bank_id, .id = row->id, .number = row->number};
        const char *plain = NULL;
        size_t len = 0;
        enum err err = bank_unseal(turn->vault, db, turn->arena, &label, &row->sealed[i], &plain, &len);
        if (err == ERR_NONE)
            err = bank_seal(turn->vault, db, turn->arena, &label, plain, len, &fresh[i]);
        if (err != ERR_NONE)
            return err;
        if (fresh[i].generation < turn->generation)
            return ERR_STATE;
    }
    const struct db_param id = P_INT(row->id), number = P_INT(row->number), generation = P_INT(fresh[0].generation);
    const struct db_param sealed = P_BYTES(fresh[0].bytes, fresh[0].len);
    if (turn->sort->parts[1])
        return db_run(db, turn->sort->put, DB_PARAMS(id, number, generation, sealed, P_BYTES(fresh[1].bytes, fresh[1].len)), NULL);
    if (!turn->sort->parts[0]) /* media are found by bank and hash */
        return db_run(db, turn->sort->put, DB_PARAMS(id, P_TEXT(row->part), generation, sealed), NULL);
    return db_run(db, turn->sort->put, DB_PARAMS(id, number, generation, sealed), NULL);
}

static enum err turn_body(void *ctx, struct db *db) {
    struct turn *turn = ctx;
    turn->count = 0;
    turn->rows = NULL;
    enum err err = db_many(db, turn->arena, turn->sort->find,
                           DB_PARAMS(P_INT(turn->bank_id), P_INT(turn->generation), P_INT((int64_t)turn->batch)), turn->batch, take_row,
                           turn);
    for (struct row *row = turn->rows; err == ERR_NONE && row; row = row->next)
        err = reseal(turn, db, row);
    return err;
}

struct beginning {
    struct bank_vault *vault;
    struct arena *arena;
    int64_t bank_id, generation, now_us;
};

static enum err begin_body(void *ctx, struct db *db) {
    struct beginning *beginning = ctx;
    const struct db_row *row = NULL;
    enum err err = db_one(db, beginning->arena, DB_BANK_GENERATION_NEXT, DB_PARAMS(P_INT(beginning->bank_id)), &row);
    if (err != ERR_NONE)
        return err;
    beginning->generation = db_int(row, 0);
    err = bank_vault_add(beginning->vault, db, beginning->bank_id, beginning->generation);
    const char *details = arena_printf(beginning->arena, "{\"generation\":%lld}", (long long)beginning->generation);
    if (err != ERR_NONE || !details)
        return err != ERR_NONE ? err : ERR_MEMORY;
    return ledger_append(db, beginning->arena,
                         &(struct ledger_event){.actor = LEDGER_COMMAND,
                                                .act = "bank.rotate",
                                                .subject_kind = "bank",
                                                .subject_id = beginning->bank_id,
                                                .details = details,
                                                .at_us = beginning->now_us});
}

enum err bank_rotate(struct bank_vault *vault, struct db *db, int64_t bank_id, bool fresh, size_t batch, int64_t now_us,
                     struct bank_rotation *ret_rotation) {
    struct arena arena CLEANUP(arena_release);
    const struct db_row *row = NULL;
    struct bank_rotation rotation = {.bank_id = bank_id};
    arena_init(&arena, BATCH_ARENA_MAX);
    struct beginning beginning = {.vault = vault, .arena = &arena, .bank_id = bank_id, .now_us = now_us};
    enum err err = fresh ? db_transact(db, begin_body, &beginning) : ERR_NONE;
    if (err == ERR_NONE)
        err = db_one(db, &arena, DB_BANK_GENERATION_NEXT, DB_PARAMS(P_INT(bank_id)), &row);
    if (err != ERR_NONE)
        return err;
    rotation.generation = db_int(row, 0) - 1;
    bank_vault_renew(vault, bank_id);
    for (size_t i = 0; err == ERR_NONE && i < sizeof SORTS / sizeof SORTS[0]; i++) {
        struct turn turn = {.vault = vault, .arena = &arena, .sort = &SORTS[i], .bank_id = bank_id, .generation = rotation.generation,
                            .batch = batch};
        do {
            arena_reset(&arena);
            err = db_transact(db, turn_body, &turn);
            rotation.texts += (int64_t)turn.count;
        } while (err == ERR_NONE && turn.count == batch);
    }
    if (err == ERR_NONE)
        *ret_rotation = rotation;
    return err;
}
