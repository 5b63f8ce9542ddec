#include "khoacu/cycle/cycle.h"

#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/cycle/pack.h"
#include "khoacu/identity/identity.h"
#include "khoacu/ledger/ledger.h"

#include <string.h>

#include "khoacu/base/banned.h"

enum { LIST_MAX = 500, CANDIDATES_MAX = 100000, FULL_SHARE = 10000 };

static void read_cycle(const struct db_row *row, struct cycle *cycle) {
    *cycle = (struct cycle){.cycle_id = db_int(row, 0), .code = db_text(row, 1), .title_vi = db_text(row, 2), .title_en = db_text(row, 3),
                            .authority_vi = db_text(row, 4), .authority_en = db_text(row, 5), .notice = db_text(row, 6), .notice_on = db_text(row, 7),
                            .pack_id = db_text(row, 8), .pack_version = db_int(row, 9), .written_max = db_hundredths(row, 10),
                            .interview_max = db_hundredths(row, 11), .demonstration = db_bool(row, 12), .state = db_text(row, 13)};
}

enum err cycle_find(struct db *db, struct arena *arena, const char *code, struct cycle *ret_cycle) {
    const struct db_row *row;
    enum err err = db_one(db, arena, DB_CYCLE_FIND, DB_PARAMS(P_TEXT(code)), &row);
    if (err == ERR_DB_NO_ROW) {
        *ret_cycle = (struct cycle){0};
        return ERR_NONE;
    }
    if (!err)
        read_cycle(row, ret_cycle);
    return err;
}

static enum err add_cycle(void *ctx, const struct db_row *row) {
    struct cycle_page *page = ctx;
    read_cycle(row, &page->cycles[page->count++]);
    return ERR_NONE;
}

enum err cycle_list(struct db *db, struct arena *arena, struct cycle_page *ret_page) {
    struct cycle_page page = {.cycles = ARENA_ARRAY(arena, LIST_MAX, struct cycle)};
    if (!page.cycles)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_CYCLE_LIST, DB_PARAMS(P_INT(LIST_MAX)), LIST_MAX, add_cycle, &page);
    if (!err)
        *ret_page = page;
    return err;
}

/* ---- a new cycle ---- */

struct creation {
    struct arena *arena;
    const struct cycle *cycle;
    int64_t staff_id, now_us, cycle_id, version;
};

static bool code_valid(const char *code) {
    size_t len = strlen(code);
    return len >= 2 && len <= 40 && strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == len && code[0] != '-';
}

static enum err create_body(void *ctx, struct db *db) {
    struct creation *creation = ctx;
    const struct cycle *cycle = creation->cycle;
    creation->cycle_id = random_id();
    enum err err = cycle_pack_ensure(db, creation->arena, cycle->pack_id, &creation->version);
    if (err)
        return err;
    if (creation->version == 0)
        return DB_ROLLBACK;
    err = db_run(db, DB_CYCLE_INSERT,
                          DB_PARAMS(P_INT(creation->cycle_id), P_TEXT(cycle->code), P_TEXT(cycle->title_vi), P_TEXT(cycle->title_en), P_TEXT(cycle->authority_vi),
                                    P_TEXT(cycle->authority_en), P_TEXT(cycle->notice), P_TEXT(cycle->notice_on), P_TEXT(cycle->pack_id), P_INT(creation->version),
                                    P_HUNDREDTHS(cycle->written_max), P_HUNDREDTHS(cycle->interview_max), P_BOOL(cycle->demonstration), P_INT(creation->staff_id)),
                          NULL);
    const char *details = arena_printf(creation->arena, "{\"code\":\"%s\",\"pack\":\"%s\",\"pack_version\":%lld}", cycle->code, cycle->pack_id,
                                       (long long)creation->version);
    if (!err && !details)
        err = ERR_MEMORY;
    if (err)
        return err;
    return ledger_append(db, creation->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(creation->staff_id), .act = "cycle.create", .subject_kind = "cycle",
                                                .subject_id = creation->cycle_id, .details = details, .at_us = creation->now_us});
}

enum err cycle_create(struct db *db, struct arena *arena, const struct cycle *cycle, int64_t staff_id, int64_t now_us,
                      enum cycle_create_verdict *ret_verdict, int64_t *ret_cycle_id) {
    struct creation creation = {.arena = arena, .cycle = cycle, .staff_id = staff_id, .now_us = now_us};
    char date[11];
    *ret_verdict = !code_valid(cycle->code)                                             ? CYCLE_CODE_WRONG
                   : !text_parse_date(cycle->notice_on, date)                           ? CYCLE_DATE_WRONG
                   : cycle->written_max + cycle->interview_max != FULL_SHARE            ? CYCLE_SHARES_WRONG
                                                                                        : CYCLE_CREATED;
    if (*ret_verdict != CYCLE_CREATED)
        return ERR_NONE;
    enum err err = db_transact(db, create_body, &creation);
    if (err == ERR_DB_CONFLICT) {
        *ret_verdict = CYCLE_CODE_TAKEN;
        return ERR_NONE;
    }
    if (creation.version == 0)
        *ret_verdict = CYCLE_PACK_UNKNOWN;
    *ret_cycle_id = creation.cycle_id;
    return err;
}

enum err cycle_progress(struct db *db, struct arena *arena, int64_t cycle_id, const char **ret_json) {
    const struct db_row *row;
    enum err err = db_one(db, arena, DB_CYCLE_PROGRESS, DB_PARAMS(P_INT(cycle_id)), &row);
    if (!err)
        *ret_json = db_text(row, 0);
    return err;
}

/* ---- candidates ---- */

struct candidate_walk {
    struct cycle_candidate_page *page;
    size_t limit;
};

static enum err add_candidate(void *ctx, const struct db_row *row) {
    struct candidate_walk *walk = ctx;
    if (walk->page->count == walk->limit) {
        walk->page->more = true;
        return ERR_NONE;
    }
    walk->page->candidates[walk->page->count++] = (struct cycle_candidate){.roll_number = db_text(row, 0), .full_name = db_text(row, 1), .birth_date = db_text(row, 2),
                                                                           .post_code = db_text(row, 3), .classes = db_text(row, 4), .agencies = db_text(row, 5)};
    return ERR_NONE;
}

enum err cycle_candidates(struct db *db, struct arena *arena, int64_t cycle_id, const char *search, const char *after, size_t limit,
                          struct cycle_candidate_page *ret_page) {
    struct cycle_candidate_page page = {.candidates = ARENA_ARRAY(arena, limit, struct cycle_candidate)};
    struct candidate_walk walk = {.page = &page, .limit = limit};
    const struct db_row *row;
    if (!page.candidates)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_CYCLE_CANDIDATES, DB_PARAMS(P_INT(cycle_id), P_TEXT(search), P_TEXT(after), P_INT((int64_t)limit + 1)), limit + 1,
                           add_candidate, &walk);
    if (!err)
        err = db_one(db, arena, DB_CYCLE_CANDIDATES_COUNT, DB_PARAMS(P_INT(cycle_id), P_TEXT(search)), &row);
    if (err)
        return err;
    page.total = db_int(row, 0);
    *ret_page = page;
    return ERR_NONE;
}

/* ---- access codes ---- */

struct issue {
    struct arena *arena;
    const struct identity_secret *secret;
    const struct cycle *cycle;
    bool all;
    int64_t staff_id, now_us;
    struct buf *out;
    size_t count;
    int64_t *ids;
    const char **rolls, **names, **hashes;
};

static enum err add_codeless(void *ctx, const struct db_row *row) {
    struct issue *issue = ctx;
    issue->ids[issue->count] = db_int(row, 0);
    issue->rolls[issue->count] = db_text(row, 1);
    issue->names[issue->count++] = db_text(row, 2);
    return ERR_NONE;
}

static enum err make_code(struct issue *issue, size_t i) {
    uint8_t code[IDENTITY_ACCESS_CODE_LEN], hmac[CRYPTO_SHA256_LEN];
    char text[IDENTITY_ACCESS_CODE_SIZE];
    char *hex = arena_alloc(issue->arena, 2 * CRYPTO_SHA256_LEN + 1);
    if (!hex)
        return ERR_MEMORY;
    identity_access_code_make(code, text);
    identity_access_code_hmac(issue->secret, issue->cycle->cycle_id, issue->rolls[i], code, hmac);
    text_hex(hmac, sizeof hmac, hex);
    issue->hashes[i] = hex;
    csv_put(issue->out, issue->rolls[i], true);
    csv_put(issue->out, issue->names[i], false);
    csv_put(issue->out, text, false);
    csv_end_row(issue->out);
    crypto_wipe(code, sizeof code);
    crypto_wipe(text, sizeof text);
    return issue->out->failed ? ERR_LIMIT : ERR_NONE;
}

static enum err issue_body(void *ctx, struct db *db) {
    struct issue *issue = ctx;
    issue->count = 0;
    buf_reset(issue->out);
    buf_adds(issue->out, "\xef\xbb\xbfroll_number,full_name,access_code\r\n");
    enum err err = db_many(db, issue->arena, DB_CYCLE_CODELESS, DB_PARAMS(P_INT(issue->cycle->cycle_id), P_BOOL(issue->all)), CANDIDATES_MAX, add_codeless, issue);
    for (size_t i = 0; !err && i < issue->count; i++)
        err = make_code(issue, i);
    if (!err)
        err = db_run(db, DB_CYCLE_CODES_STORE, DB_PARAMS(P_INTS(issue->ids, issue->count), P_TEXTS(issue->hashes, issue->count)), NULL);
    if (!err && issue->all)
        err = db_run(db, DB_CYCLE_LOGINS_END, DB_PARAMS(P_INTS(issue->ids, issue->count), P_TIME(issue->now_us)), NULL);
    const char *details = arena_printf(issue->arena, "{\"codes\":%zu}", issue->count);
    if (!err && !details)
        err = ERR_MEMORY;
    if (err)
        return err;
    return ledger_append(db, issue->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(issue->staff_id), .act = "cycle.codes_issue", .subject_kind = "cycle",
                                                .subject_id = issue->cycle->cycle_id, .details = details, .at_us = issue->now_us});
}

enum err cycle_issue_codes(struct db *db, struct arena *arena, const struct identity_secret *secret, const struct cycle *cycle,
                           bool all, int64_t staff_id, int64_t now_us, struct buf *out) {
    struct issue issue = {.arena = arena, .secret = secret, .cycle = cycle, .all = all, .staff_id = staff_id, .now_us = now_us, .out = out,
                          .ids = ARENA_ARRAY(arena, CANDIDATES_MAX, int64_t), .rolls = ARENA_ARRAY(arena, CANDIDATES_MAX, const char *),
                          .names = ARENA_ARRAY(arena, CANDIDATES_MAX, const char *), .hashes = ARENA_ARRAY(arena, CANDIDATES_MAX, const char *)};
    if (!issue.ids || !issue.rolls || !issue.names || !issue.hashes)
        return ERR_MEMORY;
    return db_transact(db, issue_body, &issue);
}
