#include "scan_private.h"

#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/doc/raster.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define SYMBOLS 8
#define SYMBOL_BITS 5
#define CODES ((int64_t)1 << (SYMBOLS * SYMBOL_BITS))
static const char ALPHABET[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static const char *const WORDS[SCAN_VERDICT_COUNT] = {
#define X(name, word) word,
    SCAN_VERDICT_TABLE(X)
#undef X
};

const char *scan_verdict_key(enum scan_verdict verdict) {
    return WORDS[verdict];
}

void scan_code_format(int64_t sheet_id, char out[SCAN_CODE_SIZE]) {
    size_t at = 0;
    for (int i = SYMBOLS - 1; i >= 0; i--) {
        out[at++] = ALPHABET[(sheet_id >> (i * SYMBOL_BITS)) & 31];
        if (i == SYMBOLS / 2)
            out[at++] = '-';
    }
    out[at] = '\0';
}

static char plain(char c) {
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    return c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
}

bool scan_code_parse(const char *text, int64_t *ret_sheet_id) {
    int64_t id = 0;
    int count = 0;
    for (; *text; text++) {
        if (*text == '-' || *text == ' ')
            continue;
        const char *symbol = strchr(ALPHABET, plain(*text));
        if (!symbol || ++count > SYMBOLS)
            return false;
        id = id << SYMBOL_BITS | (symbol - ALPHABET);
    }
    *ret_sheet_id = id;
    return count == SYMBOLS && id > 0;
}

enum err scan_word(const struct db_row *row, enum scan_verdict *ret_verdict) {
    const char *word = db_text(row, 0);
    for (int i = 0; word && i < SCAN_VERDICT_COUNT; i++)
        if (strcmp(word, WORDS[i]) == 0) {
            *ret_verdict = (enum scan_verdict)i;
            return ERR_NONE;
        }
    return ERR_STATE;
}

enum err scan_event(struct db *db, struct arena *arena, const struct scan_actor *actor, const char *act, int64_t bag_id, const char *details) {
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(actor->staff_id),
                                                .act = act,
                                                .subject_kind = "scan_bag",
                                                .subject_id = bag_id,
                                                .reason = actor->reason,
                                                .details = details,
                                                .at_us = actor->now_us});
}

/* ---- bags ---- */

struct making {
    struct arena *arena;
    const struct scan_actor *actor;
    const char *cycle_code, *code;
    int64_t sheets[SCAN_SHEETS_MAX];
    size_t count;
    int64_t bag_id;
    enum scan_verdict verdict;
};

static enum err make_body(void *ctx, struct db *db) {
    struct making *m = ctx;
    const struct db_row *row = NULL;
    enum err err = db_one(db, m->arena, DB_SCAN_CYCLE_FIND, DB_PARAMS(P_TEXT(m->cycle_code)), &row);
    if (err == ERR_DB_NO_ROW) {
        m->verdict = SCAN_UNKNOWN;
        return DB_ROLLBACK;
    }
    if (err == ERR_NONE)
        err = db_one(db, m->arena, DB_SCAN_BAG_MAKE,
                     DB_PARAMS(P_INT(m->bag_id), P_INT(db_int(row, 0)), P_TEXT(m->code), P_INTS(m->sheets, m->count),
                               P_INT(m->actor->staff_id), P_TIME(m->actor->now_us)),
                     &row);
    if (err == ERR_NONE)
        err = scan_word(row, &m->verdict);
    if (err != ERR_NONE || m->verdict != SCAN_KEPT)
        return err == ERR_NONE ? DB_ROLLBACK : err;
    return scan_event(db, m->arena, m->actor, "scan.bag", m->bag_id,
                      arena_printf(m->arena, "{\"code\":\"%s\",\"cycle\":\"%s\",\"sheets\":%zu}", m->code, m->cycle_code, m->count));
}

enum err scan_bag_make(struct db *db, struct arena *arena, const struct scan_actor *actor, const char *cycle_code, const char *code,
                       int64_t sheets, enum scan_verdict *ret_verdict, int64_t *ret_bag_id) {
    struct making *m = ARENA_NEW(arena, struct making);
    if (!m || sheets < 1 || sheets > SCAN_SHEETS_MAX)
        return m ? ERR_RANGE : ERR_MEMORY;
    *m = (struct making){.arena = arena, .actor = actor, .cycle_code = cycle_code, .code = code, .count = (size_t)sheets, .bag_id = random_id()};
    for (size_t i = 0; i < m->count; i++)
        m->sheets[i] = 1 + (int64_t)random_below((uint64_t)CODES - 1);
    enum err err = db_transact(db, make_body, m);
    if (err == ERR_NONE) {
        *ret_verdict = m->verdict;
        *ret_bag_id = m->bag_id;
    }
    return err;
}

struct bags {
    struct scan_bag *bags;
    size_t count;
};

static enum err take_bag(void *ctx, const struct db_row *row) {
    struct bags *bags = ctx;
    bags->bags[bags->count++] = (struct scan_bag){.bag_id = db_int(row, 0), .code = db_text(row, 1), .sheets = db_int(row, 2), .made_us = db_time(row, 3),
                                                  .registered = db_int(row, 4), .scanned = db_int(row, 5), .unscanned = db_int(row, 6),
                                                  .unregistered = db_int(row, 7), .aside = db_int(row, 8), .cycle_code = db_text(row, 9),
                                                  .cycle_id = db_int(row, 10)};
    return ERR_NONE;
}

enum err scan_bags_read(struct db *db, struct arena *arena, const char *cycle_code, bool *ret_found, struct scan_bag **ret_bags,
                        size_t *ret_count) {
    struct bags bags = {.bags = ARENA_ARRAY(arena, SCAN_BAGS_MAX, struct scan_bag)};
    const struct db_row *row = NULL;
    if (!bags.bags)
        return ERR_MEMORY;
    enum err err = db_one(db, arena, DB_SCAN_CYCLE_FIND, DB_PARAMS(P_TEXT(cycle_code)), &row);
    *ret_found = err == ERR_NONE;
    if (err != ERR_NONE)
        return err == ERR_DB_NO_ROW ? ERR_NONE : err;
    err = db_many(db, arena, DB_SCAN_BAGS, DB_PARAMS(P_INT(db_int(row, 0)), P_INT(0)), SCAN_BAGS_MAX, take_bag, &bags);
    *ret_bags = bags.bags;
    *ret_count = bags.count;
    return err;
}

enum err scan_bag_find(struct db *db, struct arena *arena, const char *cycle_code, const char *code, int64_t *ret_bag_id) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_SCAN_BAG_FIND, DB_PARAMS(P_TEXT(cycle_code), P_TEXT(code)), &row);
    *ret_bag_id = err == ERR_NONE ? db_int(row, 0) : 0;
    return err == ERR_DB_NO_ROW ? ERR_NONE : err;
}

static enum err take_odd(void *ctx, const struct db_row *row) {
    struct scan_state *state = ctx;
    state->odd[state->odd_count++] = (struct scan_odd){.sheet_id = db_int(row, 0), .registered = db_bool(row, 1)};
    return ERR_NONE;
}

static enum err take_aside(void *ctx, const struct db_row *row) {
    struct scan_state *state = ctx;
    state->asides[state->aside_count++] =
        (struct scan_aside){.aside_id = db_int(row, 0), .why = db_text(row, 1), .page = db_int(row, 2), .sha256 = db_text(row, 3)};
    return ERR_NONE;
}

enum err scan_state_read(struct db *db, struct arena *arena, int64_t bag_id, struct scan_state **ret_state) {
    struct scan_state *state = ARENA_NEW(arena, struct scan_state);
    *ret_state = NULL;
    if (!state)
        return ERR_MEMORY;
    *state = (struct scan_state){0};
    struct bags bags = {.bags = &state->bag};
    enum err err = db_many(db, arena, DB_SCAN_BAGS, DB_PARAMS(P_INT(0), P_INT(bag_id)), 1, take_bag, &bags);
    if (err != ERR_NONE || bags.count == 0)
        return err;
    err = db_many(db, arena, DB_SCAN_ODD_SHEETS, DB_PARAMS(P_INT(bag_id)), SCAN_SHEETS_MAX, take_odd, state);
    if (err == ERR_NONE)
        err = db_many(db, arena, DB_SCAN_ASIDES, DB_PARAMS(P_INT(bag_id)), sizeof state->asides / sizeof *state->asides, take_aside, state);
    *ret_state = err == ERR_NONE ? state : NULL;
    return err;
}

struct codes {
    int64_t *ids;
    size_t count;
};

static enum err take_code(void *ctx, const struct db_row *row) {
    struct codes *codes = ctx;
    codes->ids[codes->count++] = db_int(row, 0);
    return ERR_NONE;
}

enum err scan_codes(struct db *db, struct arena *arena, int64_t bag_id, int64_t *ret_ids, size_t *ret_count) {
    struct codes codes = {.ids = ret_ids};
    enum err err = db_many(db, arena, DB_SCAN_CODES, DB_PARAMS(P_INT(bag_id)), SCAN_SHEETS_MAX, take_code, &codes);
    *ret_count = codes.count;
    return err;
}

/* ---- the register ---- */

struct registering {
    struct arena *arena;
    const struct scan_actor *actor;
    int64_t bag_id;
    const char *text;
    struct scan_lines *lines;
};

/* "ROLL CODE": the code is what follows the first space. */
static enum err register_line(struct registering *r, struct db *db, char *line, enum scan_verdict *ret_verdict) {
    const struct db_row *row = NULL;
    int64_t sheet_id = 0;
    for (char *c = line; *c; c++)
        if (*c == '\t' || *c == '\r' || *c == ';' || *c == ',')
            *c = ' ';
    line += strspn(line, " ");
    char *gap = strchr(line, ' ');
    *ret_verdict = SCAN_FORM;
    if (!gap || !scan_code_parse(gap, &sheet_id))
        return ERR_NONE;
    *gap = '\0';
    for (char *c = line; *c; c++)
        *c = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
    enum err err = db_one(db, r->arena, DB_SCAN_REGISTER,
                          DB_PARAMS(P_INT(r->bag_id), P_INT(sheet_id), P_TEXT(line), P_BOOL(r->actor->reason != NULL),
                                    P_INT(r->actor->staff_id), P_TIME(r->actor->now_us)),
                          &row);
    return err == ERR_NONE ? scan_word(row, ret_verdict) : err;
}

static enum err register_body(void *ctx, struct db *db) {
    struct registering *r = ctx;
    char *text = arena_strndup(r->arena, r->text, strlen(r->text)), *rest = NULL;
    size_t number = 0, refused = 0;
    enum err err = text ? ERR_NONE : ERR_MEMORY;
    r->lines->count = r->lines->kept = 0;
    for (char *line = text; err == ERR_NONE && line; line = rest) {
        rest = strchr(line, '\n');
        if (rest)
            *rest++ = '\0';
        number++;
        if (line[strspn(line, " \t\r")] == '\0')
            continue;
        if (r->lines->count == SCAN_LINES_MAX)
            return ERR_LIMIT;
        struct scan_line *to = &r->lines->lines[r->lines->count++];
        to->number = number;
        err = register_line(r, db, line, &to->verdict);
        refused += to->verdict != SCAN_KEPT && to->verdict != SCAN_CORRECTED;
    }
    if (err != ERR_NONE || refused > 0 || r->lines->count == 0)
        return err == ERR_NONE ? DB_ROLLBACK : err;
    r->lines->kept = r->lines->count;
    return scan_event(db, r->arena, r->actor, "scan.register", r->bag_id,
                      arena_printf(r->arena, "{\"corrections\":\"%s\",\"sheets\":%zu}", r->actor->reason ? "yes" : "no", r->lines->count));
}

enum err scan_register(struct db *db, struct arena *arena, const struct scan_actor *actor, int64_t bag_id, const char *text,
                       struct scan_lines *ret_lines) {
    struct registering r = {.arena = arena, .actor = actor, .bag_id = bag_id, .text = text, .lines = ret_lines};
    return db_transact(db, register_body, &r);
}

/* ---- pages kept aside ---- */

enum err scan_aside_read(struct db *db, struct arena *arena, int64_t aside_id, const uint8_t **ret_bytes, size_t *ret_len) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_SCAN_ASIDE_READ, DB_PARAMS(P_INT(aside_id)), &row);
    *ret_bytes = err == ERR_NONE ? db_bytes(row, 0, ret_len) : NULL;
    return err == ERR_DB_NO_ROW ? ERR_NONE : err;
}

struct deciding {
    struct arena *arena;
    const struct scan_actor *actor;
    int64_t aside_id, sheet_id, bag_id;
    struct raster_page page;
    enum scan_verdict verdict;
};

static enum err decide_body(void *ctx, struct db *db) {
    struct deciding *d = ctx;
    const struct db_row *row = NULL;
    char aside[TEXT_ID_LEN + 1], code[SCAN_CODE_SIZE] = "";
    bool assigned = d->sheet_id != 0;
    enum err err = db_one(db, d->arena, DB_SCAN_ASIDE_DECIDE,
                          DB_PARAMS(P_INT(d->aside_id), assigned ? P_INT(d->sheet_id) : P_NULL,
                                    assigned ? P_BYTES(d->page.bytes, d->page.len) : P_NULL, assigned ? P_INT(d->page.width) : P_NULL,
                                    assigned ? P_INT(d->page.height) : P_NULL, P_TEXT(d->actor->reason), P_INT(d->actor->staff_id),
                                    P_TIME(d->actor->now_us)),
                          &row);
    if (err == ERR_NONE)
        err = scan_word(row, &d->verdict);
    if (err != ERR_NONE || d->verdict != SCAN_KEPT)
        return err == ERR_NONE ? DB_ROLLBACK : err;
    text_format_id(d->aside_id, aside);
    if (assigned)
        scan_code_format(d->sheet_id, code);
    return scan_event(db, d->arena, d->actor, "scan.decide", d->bag_id, arena_printf(d->arena, "{\"aside\":\"%s\",\"sheet\":\"%s\"}", aside, code));
}

enum err scan_aside_decide(struct db *db, struct arena *arena, const struct scan_actor *actor, int64_t aside_id, int64_t sheet_id, int turns,
                           int cut, enum scan_verdict *ret_verdict) {
    struct deciding d = {.arena = arena, .actor = actor, .aside_id = aside_id, .sheet_id = sheet_id};
    const struct db_row *row = NULL;
    enum raster_end end = RASTER_DONE;
    enum err err = db_one(db, arena, DB_SCAN_ASIDE_READ, DB_PARAMS(P_INT(aside_id)), &row);
    *ret_verdict = SCAN_UNKNOWN;
    if (err != ERR_NONE)
        return err == ERR_DB_NO_ROW ? ERR_NONE : err;
    struct raster_page whole = {.bytes = db_bytes(row, 0, &whole.len)};
    d.bag_id = db_int(row, 1);
    if (sheet_id != 0)
        err = raster_turn(arena, &whole, turns, cut, &d.page, &end);
    if (err == ERR_NONE && end != RASTER_DONE) {
        *ret_verdict = SCAN_BROKEN;
        return end == RASTER_NO_PROGRAM ? ERR_CONFIG : ERR_NONE;
    }
    if (err == ERR_NONE)
        err = db_transact(db, decide_body, &d);
    if (err == ERR_NONE)
        *ret_verdict = d.verdict;
    return err;
}

/* ---- the worker ---- */

enum err marking_scans_missing(struct db *db, struct arena *arena, int64_t cycle_id, int64_t *ret_missing) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_SCAN_MISSING, DB_PARAMS(P_INT(cycle_id)), &row);
    if (err == ERR_NONE)
        *ret_missing = db_int(row, 0);
    return err;
}

enum err marking_scans_write(struct db *db, struct arena *arena, int64_t cycle_id) {
    const struct db_row *row = NULL;
    return db_one(db, arena, DB_SCAN_PAGES_WRITE, DB_PARAMS(P_INT(cycle_id)), &row);
}
