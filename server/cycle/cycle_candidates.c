#include "khoacu/cycle/cycle.h"

#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/doc/csv.h"
#include "khoacu/identity/identity.h"
#include "khoacu/ledger/ledger.h"

#include <assert.h>

#include "khoacu/base/banned.h"

#define PAGE_MAX 200

/* ---- a page ---- */

struct walk {
    struct cycle_candidate_page *page;
    size_t limit;
};

static enum err add_candidate(void *ctx, const struct db_row *row) {
    struct walk *walk = ctx;
    struct cycle_candidate_page *page = walk->page;
    if (page->count == walk->limit) {
        page->more = true;
        return ERR_NONE;
    }
    struct cycle_candidate *candidate = &page->candidates[page->count++];
    *candidate = (struct cycle_candidate){.roll_number = db_text(row, 0),
                                          .full_name = db_text(row, 1),
                                          .birth_date = db_text(row, 2),
                                          .post_code = db_text(row, 3),
                                          .has_code = db_bool(row, 6),
                                          .credential = db_is_null(row, 7) ? NULL : db_text(row, 7),
                                          .credential_on = db_is_null(row, 8) ? NULL : db_text(row, 8)};
    candidate->classes = db_texts(row, 4, &candidate->class_count);
    candidate->agencies = db_texts(row, 5, &candidate->agency_count);
    return ERR_NONE;
}

enum err cycle_candidates_read(struct db *db, struct arena *arena, int64_t cycle_id, const char *search,
                               const char *after, size_t limit, struct cycle_candidate_page *ret_page) {
    assert(limit >= 1 && limit <= PAGE_MAX);
    struct cycle_candidate_page page = {.candidates = ARENA_ARRAY(arena, limit, struct cycle_candidate)};
    struct walk walk = {.page = &page, .limit = limit};
    const struct db_row *row = NULL;
    if (!page.candidates)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_CYCLE_CANDIDATES,
                           DB_PARAMS(P_INT(cycle_id), P_TEXT(search), P_TEXT(after), P_INT((int64_t)limit + 1)),
                           limit + 1, add_candidate, &walk);
    if (err == ERR_NONE)
        err = db_one(db, arena, DB_CYCLE_CANDIDATES_COUNT, DB_PARAMS(P_INT(cycle_id), P_TEXT(search)), &row);
    if (err != ERR_NONE)
        return err;
    page.total = db_int(row, 0);
    *ret_page = page;
    return ERR_NONE;
}

/* ---- access codes ---- */

struct issue {
    struct arena *arena;
    const struct identity_secret *secret;
    const struct cycle_codes *codes;
    struct buf *out;
    size_t count;
    int64_t *ids;
    const char **rolls, **names, **hmacs;
    enum cycle_codes_verdict verdict;
};

static enum err add_wanted(void *ctx, const struct db_row *row) {
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
    identity_access_code_hmac(issue->secret, issue->codes->cycle->cycle_id, issue->rolls[i], code, hmac);
    text_hex(hmac, sizeof hmac, hex);
    issue->hmacs[i] = hex;
    csv_put(issue->out, issue->rolls[i], true);
    csv_put(issue->out, issue->names[i], false);
    csv_put(issue->out, text, false);
    csv_end_row(issue->out);
    crypto_wipe(code, sizeof code);
    crypto_wipe(text, sizeof text);
    return issue->out->failed ? ERR_LIMIT : ERR_NONE;
}

static void wipe(struct buf *out) {
    if (out->data)
        crypto_wipe(out->data, out->len);
    buf_reset(out);
}

static enum err find_wanted(struct issue *issue, struct db *db) {
    const struct cycle_codes *codes = issue->codes;
    bool listed = codes->scope == CYCLE_CODES_LISTED;
    issue->count = 0;
    return db_many(db, issue->arena, DB_CYCLE_CODES_WANTED,
                   DB_PARAMS(P_INT(codes->cycle->cycle_id), P_BOOL(codes->scope == CYCLE_CODES_ALL),
                             listed ? P_TEXTS(codes->roll_numbers, codes->roll_count) : P_NULL),
                   CYCLE_CANDIDATES_MAX, add_wanted, issue);
}

static enum err issue_body(void *ctx, struct db *db) {
    struct issue *issue = ctx;
    const struct cycle_codes *codes = issue->codes;
    const struct db_row *row = NULL;
    enum err err = find_wanted(issue, db);
    if (err != ERR_NONE)
        return err;
    issue->verdict = CYCLE_CODES_ISSUED;
    if (codes->scope == CYCLE_CODES_LISTED && issue->count != codes->roll_count) {
        issue->verdict = CYCLE_CODES_ROLL_UNKNOWN;
        return DB_ROLLBACK;
    }
    wipe(issue->out);
    buf_adds(issue->out, "\xEF\xBB\xBFroll_number,full_name,access_code\r\n");
    for (size_t i = 0; err == ERR_NONE && i < issue->count; i++)
        err = make_code(issue, i);
    if (err == ERR_NONE)
        err = db_one(
            db, issue->arena, DB_CYCLE_CODES_STORE,
            DB_PARAMS(P_INTS(issue->ids, issue->count), P_TEXTS(issue->hmacs, issue->count), P_TIME(codes->now_us)),
            &row);
    if (err == ERR_NONE && db_int(row, 0) != (int64_t)issue->count)
        err = ERR_STATE;
    const char *details = arena_printf(issue->arena, "{\"codes\":%zu}", issue->count);
    if (err != ERR_NONE || !details)
        return err == ERR_NONE ? ERR_MEMORY : err;
    return ledger_append(db, issue->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(codes->staff_id),
                                                .act = "cycle.codes_issue",
                                                .subject_kind = "cycle",
                                                .subject_id = codes->cycle->cycle_id,
                                                .details = details,
                                                .at_us = codes->now_us});
}

enum err cycle_codes_issue(struct db *db, struct arena *arena, const struct identity_secret *secret,
                           const struct cycle_codes *codes, enum cycle_codes_verdict *ret_verdict, struct buf *out) {
    struct issue issue = {.arena = arena,
                          .secret = secret,
                          .codes = codes,
                          .out = out,
                          .ids = ARENA_ARRAY(arena, CYCLE_CANDIDATES_MAX, int64_t),
                          .rolls = ARENA_ARRAY(arena, CYCLE_CANDIDATES_MAX, const char *),
                          .names = ARENA_ARRAY(arena, CYCLE_CANDIDATES_MAX, const char *),
                          .hmacs = ARENA_ARRAY(arena, CYCLE_CANDIDATES_MAX, const char *)};
    if (!issue.ids || !issue.rolls || !issue.names || !issue.hmacs)
        return ERR_MEMORY;
    enum err err = db_transact(db, issue_body, &issue);
    if (err != ERR_NONE)
        wipe(out);
    else
        *ret_verdict = issue.verdict;
    return err;
}
