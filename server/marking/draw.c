#include "khoacu/marking/draw.h"

#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/ledger/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define PAIRS_MAX 20000000

/* ---- numbers that decide ---- */

static bool fits(const char *text, size_t most) {
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == '=' || text[i] == '/' || text[i] == 127)
            return false;
    return len >= 1 && len <= most;
}

enum marking_gift_fault marking_gifts_judge(const struct marking_gift *gifts, size_t count, size_t *ret_at) {
    for (size_t i = 0; i < count; i++) {
        *ret_at = i;
        if (!fits(gifts[i].giver, 200) || !fits(gifts[i].number, 200))
            return MARKING_GIFTS_TEXT;
        for (size_t k = 0; k < i; k++)
            if (strcmp(gifts[i].giver, gifts[k].giver) == 0)
                return MARKING_GIFTS_TWICE;
    }
    return count < 2 ? MARKING_GIFTS_FEW : MARKING_GIFTS_FINE;
}

static int compare_gifts(const void *a, const void *b) {
    const struct marking_gift *of_a = a, *of_b = b;
    return strcmp(of_a->giver, of_b->giver);
}

const char *marking_entropy(struct arena *arena, const struct marking_gift *gifts, size_t count) {
    struct marking_gift *sorted = ARENA_ARRAY(arena, count, struct marking_gift);
    const char *text = "";
    if (!sorted)
        return NULL;
    memcpy(sorted, gifts, count * sizeof *gifts);
    qsort(sorted, count, sizeof *sorted, compare_gifts);
    for (size_t i = 0; text && i < count; i++)
        text = arena_printf(arena, "%s%s=%s/", text, sorted[i].giver, sorted[i].number);
    return text;
}

/* ---- the field of a draw ---- */

struct reading {
    int64_t *ids;
    struct marking_pair *pairs;
    size_t count, room;
    struct arena *arena;
};

static enum err take_id(void *ctx, const struct db_row *row) {
    struct reading *r = ctx;
    r->ids[r->count++] = db_int(row, 0);
    return ERR_NONE;
}

static enum err take_pair(void *ctx, const struct db_row *row) {
    struct reading *r = ctx;
    if (r->count == r->room) {
        size_t room = r->room ? r->room * 2 : 1024;
        struct marking_pair *more = ARENA_ARRAY(r->arena, room, struct marking_pair);
        if (!more)
            return ERR_MEMORY;
        if (r->count)
            memcpy(more, r->pairs, r->count * sizeof *more);
        r->pairs = more;
        r->room = room;
    }
    r->pairs[r->count++] = (struct marking_pair){.blind_id = db_int(row, 0), .marker_id = db_int(row, 1)};
    return ERR_NONE;
}

static enum err read_field(struct db *db, struct arena *arena, int64_t cycle_id, const char *component,
                           struct marking_field *field) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_MARKING_DRAW_COUNT, DB_PARAMS(P_INT(cycle_id), P_TEXT(component)), &row);
    if (err != ERR_NONE)
        return err;
    size_t scripts = (size_t)db_int(row, 0);
    struct reading codes = {.ids = ARENA_ARRAY(arena, scripts + 1, int64_t)}, pairs = {.arena = arena};
    if (!codes.ids)
        return ERR_MEMORY;
    err = db_many(db, arena, DB_MARKING_DRAW_SCRIPTS, DB_PARAMS(P_INT(cycle_id), P_TEXT(component)), scripts, take_id, &codes);
    if (err == ERR_NONE)
        err = db_many(db, arena, DB_MARKING_DRAW_PAIRS,
                      DB_PARAMS(P_INT(cycle_id), P_TEXT(component), P_INTS(field->markers, field->marker_count)), PAIRS_MAX,
                      take_pair, &pairs);
    if (err != ERR_NONE)
        return err;
    field->scripts = codes.ids;
    field->script_count = codes.count;
    field->excluded = pairs.pairs;
    field->excluded_count = pairs.count;
    return ERR_NONE;
}

enum err marking_draw_commit(struct db *db, struct arena *arena, int64_t cycle_id, const char *component, uint8_t per_script,
                             const int64_t *marker_ids, size_t marker_count) {
    struct marking_field field = {.markers = marker_ids, .marker_count = marker_count, .per_script = per_script};
    uint8_t commitment[CRYPTO_SHA256_LEN];
    enum err err = read_field(db, arena, cycle_id, component, &field);
    if (err == ERR_NONE)
        err = marking_field_commit(&field, commitment);
    if (err != ERR_NONE)
        return err;
    return db_run(db, DB_MARKING_DRAW_INSERT,
                  DB_PARAMS(P_INT(random_id()), P_INT(cycle_id), P_TEXT(component), P_INT(per_script),
                            P_INTS(marker_ids, marker_count), P_INT((int64_t)field.script_count),
                            P_BYTES(commitment, sizeof commitment)),
                  NULL);
}

/* ---- holding it ---- */

struct committed {
    bool found, held;
    int64_t draw_id;
    const char *code;
    const int64_t *markers;
    size_t marker_count;
    uint8_t per_script, commitment[CRYPTO_SHA256_LEN];
};

static enum err take_committed(void *ctx, const struct db_row *row) {
    struct committed *c = ctx;
    size_t len = 0;
    const uint8_t *commitment = db_bytes(row, 4, &len);
    if (len != CRYPTO_SHA256_LEN)
        return ERR_STATE;
    c->found = true;
    c->draw_id = db_int(row, 0);
    c->code = db_text(row, 1);
    c->per_script = (uint8_t)db_int(row, 2);
    c->markers = db_ints(row, 3, &c->marker_count);
    memcpy(c->commitment, commitment, len);
    c->held = db_bool(row, 5);
    return ERR_NONE;
}

static enum err assign(struct db *db, struct arena *arena, const struct marking_field *field,
                       const struct marking_allocation *allocation) {
    int64_t *of_round = ARENA_ARRAY(arena, field->script_count, int64_t);
    if (!of_round)
        return ERR_MEMORY;
    enum err err = ERR_NONE;
    for (size_t k = 0; k < field->per_script && err == ERR_NONE; k++) {
        for (size_t i = 0; i < field->script_count; i++)
            of_round[i] = allocation->marker_ids[i * field->per_script + k];
        err = db_run(db, DB_MARKING_ASSIGNMENTS_INSERT,
                     DB_PARAMS(P_INT((int64_t)k + 1), P_INTS(field->scripts, field->script_count), P_INTS(of_round, field->script_count)),
                     NULL);
    }
    return err;
}

static enum err keep(struct db *db, struct arena *arena, const struct marking_holding *h, const struct committed *c,
                     const uint8_t *seed, const uint8_t *outcome, const struct marking_allocation *a) {
    char hex[65];
    text_hex(outcome, CRYPTO_SHA256_LEN, hex);
    enum err err = db_run(db, DB_MARKING_DRAW_OUTCOME_INSERT,
                          DB_PARAMS(P_INT(c->draw_id), P_TEXT(h->entropy), P_BYTES(seed, CRYPTO_SHA256_LEN),
                                    P_BYTES(outcome, CRYPTO_SHA256_LEN), P_INT(a->least), P_INT(a->most), P_INT(h->staff_id)),
                          NULL);
    const char *details = arena_printf(arena, "{\"cycle\":\"%s\",\"part\":\"%s\",\"outcome\":\"%s\",\"least\":%u,\"most\":%u}", c->code,
                                       h->component, hex, a->least, a->most);
    if (err != ERR_NONE || !details)
        return err == ERR_NONE ? ERR_MEMORY : err;
    return ledger_append(db, arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(h->staff_id),
                                                .act = "marking.draw",
                                                .subject_kind = "draw",
                                                .subject_id = c->draw_id,
                                                .details = details,
                                                .at_us = h->now_us});
}

static enum err draw_field(struct db *db, struct arena *arena, const struct marking_holding *h, const struct committed *c,
                           const char **ret_message, const char **ret_detail) {
    struct marking_field field = {.markers = c->markers, .marker_count = c->marker_count, .per_script = c->per_script};
    struct marking_allocation allocation;
    uint8_t commitment[CRYPTO_SHA256_LEN], seed[CRYPTO_SHA256_LEN], outcome[CRYPTO_SHA256_LEN];
    enum err err = read_field(db, arena, h->cycle_id, h->component, &field);
    if (err == ERR_NONE)
        err = marking_field_commit(&field, commitment);
    if (err == ERR_NONE && memcmp(commitment, c->commitment, sizeof commitment) != 0) {
        *ret_message = "commitment-differs";
        return ERR_NONE;
    }
    const char *name = arena_printf(arena, "marking/%s", h->component);
    if (err == ERR_NONE)
        err = name ? marking_draw_seed(c->code, name, c->commitment, h->entropy, seed) : ERR_MEMORY;
    if (err == ERR_NONE)
        err = marking_allocate(arena, &field, seed, &allocation);
    if (err != ERR_NONE)
        return err;
    if (allocation.end != MARKING_ALLOCATED) {
        bool few = allocation.end == MARKING_ALLOCATION_TOO_FEW;
        *ret_message = few ? "too-few-markers" : "scripts-barred";
        *ret_detail = few ? arena_printf(arena, "{\"markers\":%zu,\"needed\":%u}", c->marker_count, c->per_script)
                          : arena_printf(arena, "{\"scripts\":%zu,\"eligible\":%u,\"needed\":%u}", allocation.barred,
                                         allocation.first_eligible, c->per_script);
        return *ret_detail ? ERR_NONE : ERR_MEMORY;
    }
    err = assign(db, arena, &field, &allocation);
    if (err == ERR_NONE)
        err = marking_allocation_digest(&field, allocation.marker_ids, outcome);
    return err == ERR_NONE ? keep(db, arena, h, c, seed, outcome, &allocation) : err;
}

enum err marking_draw_hold(struct db *db, struct arena *arena, const struct marking_holding *holding,
                           const char **ret_message, const char **ret_detail) {
    struct committed committed = {0};
    *ret_message = "";
    *ret_detail = NULL;
    enum err err = db_many(db, arena, DB_MARKING_DRAW_COMMITTED, DB_PARAMS(P_INT(holding->cycle_id), P_TEXT(holding->component)), 1,
                           take_committed, &committed);
    if (err != ERR_NONE)
        return err;
    if (!committed.found || committed.held) {
        *ret_message = committed.found ? "draw-held" : "no-draw";
        return ERR_NONE;
    }
    return draw_field(db, arena, holding, &committed, ret_message, ret_detail);
}

/* ---- reading ---- */

static void take_hash(const struct db_row *row, int column, char out[65]) {
    size_t len = 0;
    const uint8_t *bytes = db_bytes(row, column, &len);
    if (bytes && len == CRYPTO_SHA256_LEN)
        text_hex(bytes, len, out);
}

static enum err take_draw(void *ctx, const struct db_row *row) {
    struct marking_draws *draws = ctx;
    struct marking_draw *d = &draws->list[draws->count++];
    *d = (struct marking_draw){.draw_id = db_int(row, 0),
                               .component = db_text(row, 1),
                               .per_script = db_int(row, 2),
                               .scripts = db_int(row, 3),
                               .markers = db_int(row, 4),
                               .committed_us = db_time(row, 6),
                               .held = !db_is_null(row, 7),
                               .entropy = db_text(row, 7),
                               .least = db_int(row, 10),
                               .most = db_int(row, 11),
                               .drawn_by = db_text(row, 12),
                               .drawn_us = db_time(row, 13)};
    take_hash(row, 5, d->commitment);
    take_hash(row, 8, d->seed);
    take_hash(row, 9, d->outcome);
    return ERR_NONE;
}

static enum err take_cycle(void *ctx, const struct db_row *row) {
    struct marking_draws *draws = ctx;
    draws->found = true;
    draws->cycle_id = db_int(row, 0);
    draws->frozen = db_bool(row, 1);
    return ERR_NONE;
}

enum err marking_draws_read(struct db *db, struct arena *arena, const char *cycle_code, struct marking_draws *ret_draws) {
    struct marking_draws draws = {0};
    enum err err = db_many(db, arena, DB_MARKING_CYCLE_STATE, DB_PARAMS(P_TEXT(cycle_code)), 1, take_cycle, &draws);
    if (err == ERR_NONE && draws.found)
        err = db_many(db, arena, DB_MARKING_DRAWS, DB_PARAMS(P_INT(draws.cycle_id)), 2, take_draw, &draws);
    if (err == ERR_NONE)
        *ret_draws = draws;
    return err;
}
