#include "bank_private.h"

#include "khoacu/base/random.h"
#include "khoacu/cycle/cycle.h"

#include <assert.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { SCOPE_MAX = 5000 };

/* ---- words ---- */

#define KEYS(type, name, TABLE)                                                                                                 \
    static const char *const name[] = {TABLE(X)};                                                                               \
    static_assert(sizeof name / sizeof name[0] <= 16, "a short list");

#define X(name, key) [BANK_##name] = (key),
KEYS(enum bank_state, STATES, BANK_STATE_TABLE)
#undef X
#define X(name, key) [BANK_ACT_##name] = (key),
KEYS(enum bank_act, ACTS, BANK_ACT_TABLE)
#undef X
#define X(name, key) [BANK_OUTCOME_##name] = (key),
KEYS(enum bank_outcome, OUTCOMES, BANK_OUTCOME_TABLE)
#undef X
#define X(name, key) [BANK_PURPOSE_##name] = (key),
KEYS(enum bank_purpose, PURPOSES, BANK_PURPOSE_TABLE)
#undef X

static int find_word(const char *const *words, int count, const char *word) {
    for (int i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return -1;
}

const char *bank_state_key(enum bank_state state) {
    return STATES[state];
}

bool bank_state_parse(const char *key, enum bank_state *ret_state) {
    int found = find_word(STATES, BANK_STATE_COUNT, key);
    if (found >= 0)
        *ret_state = (enum bank_state)found;
    return found >= 0;
}

const char *bank_act_key(enum bank_act act) {
    return ACTS[act];
}

bool bank_act_parse(const char *key, enum bank_act *ret_act) {
    int found = find_word(ACTS, BANK_ACT_COUNT, key);
    if (found >= 0)
        *ret_act = (enum bank_act)found;
    return found >= 0;
}

const char *bank_outcome_key(enum bank_outcome outcome) {
    return OUTCOMES[outcome];
}

bool bank_outcome_parse(const char *key, enum bank_outcome *ret_outcome) {
    int found = find_word(OUTCOMES, BANK_OUTCOME_COUNT, key);
    if (found >= 0)
        *ret_outcome = (enum bank_outcome)found;
    return found >= 0;
}

const char *bank_purpose_key(enum bank_purpose purpose) {
    return PURPOSES[purpose];
}

bool bank_right_parse(const char *key, enum bank_right *ret_right) {
#define X(name, bit, word)                                                                                                      \
    if (strcmp(key, word) == 0) {                                                                                               \
        *ret_right = BANK_RIGHT_##name;                                                                                         \
        return true;                                                                                                            \
    }
    BANK_RIGHT_TABLE(X)
#undef X
    return false;
}

enum bank_act bank_act_towards(enum bank_state from, enum bank_state to) {
    switch (to) {
    case BANK_DRAFT:
        return from == BANK_RETIRED ? BANK_ACT_RESTORE : from == BANK_APPROVED ? BANK_ACT_RETURN : BANK_ACT_WITHDRAW;
    case BANK_IN_REVIEW:
        return BANK_ACT_SUBMIT;
    case BANK_APPROVED:
        return from == BANK_RETIRED ? BANK_ACT_RESTORE : BANK_ACT_APPROVE;
    case BANK_LIVE:
        return BANK_ACT_PUBLISH;
    case BANK_RETIRED:
    case BANK_STATE_COUNT:
        break;
    }
    return BANK_ACT_RETIRE;
}

bool bank_topic_valid(const char *topic) {
    size_t len = strlen(topic);
    bool good = len >= 2 && len <= 120 && strspn(topic, "abcdefghijklmnopqrstuvwxyz0123456789-/") == len;
    return good && topic[0] != '/' && topic[len - 1] != '/' && !strstr(topic, "//");
}

bool bank_topic_within(const char *topic, const char *prefix) {
    size_t len = strlen(prefix);
    return len == 0 || (strncmp(topic, prefix, len) == 0 && (topic[len] == '\0' || topic[len] == '/'));
}

/* ---- banks ---- */

enum err bank_find(struct db *db, struct arena *arena, const char *code, int64_t *ret_bank_id) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_BANK_FIND, DB_PARAMS(P_TEXT(code)), &row);
    if (err == ERR_NONE || err == ERR_DB_NO_ROW)
        *ret_bank_id = err == ERR_NONE ? db_int(row, 0) : 0;
    return err == ERR_DB_NO_ROW ? ERR_NONE : err;
}

enum err bank_event(const struct bank_desk *desk, struct db *db, const char *act, const char *subject_kind, int64_t subject_id,
                    const char *details) {
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, desk->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(desk->staff_id),
                                                .act = act,
                                                .subject_kind = subject_kind,
                                                .subject_id = subject_id,
                                                .details = details,
                                                .at_us = desk->now_us});
}

enum err bank_make_inside(const struct bank_desk *desk, struct db *db, const char *code, const struct bank_settings *settings,
                          int64_t *ret_bank_id) {
    int64_t rows = 0, bank_id = random_id();
    enum err err = db_run(db, DB_BANK_INSERT,
                          DB_PARAMS(P_INT(bank_id), P_TEXT(code), P_TEXT(settings->name ? settings->name : code),
                                    P_INT(settings->reviewers_needed < 0 ? 1 : settings->reviewers_needed),
                                    P_INT(settings->exposure_max < 0 ? 0 : settings->exposure_max), P_TIME(desk->now_us)),
                          &rows);
    if (err != ERR_NONE || rows == 0) {
        if (err == ERR_NONE)
            *ret_bank_id = 0;
        return err;
    }
    err = bank_vault_begin(desk->vault, db, bank_id);
    if (err == ERR_NONE)
        err = db_run(db, DB_BANK_MEMBER_ADD,
                     DB_PARAMS(P_INT(bank_id), P_INT(desk->staff_id), P_TEXT(""), P_INT(BANK_RIGHT_OWNER | BANK_RIGHT_AUTHOR)), NULL);
    if (err == ERR_NONE)
        err = bank_event(desk, db, "bank.make", "bank", bank_id, arena_printf(desk->arena, "{\"code\":\"%s\"}", code));
    if (err == ERR_NONE)
        *ret_bank_id = bank_id;
    return err;
}

struct making {
    const struct bank_desk *desk;
    const char *code;
    const struct bank_settings *settings;
    int64_t bank_id;
};

static enum err make_body(void *ctx, struct db *db) {
    struct making *making = ctx;
    enum err err = bank_make_inside(making->desk, db, making->code, making->settings, &making->bank_id);
    return err == ERR_NONE && making->bank_id == 0 ? (enum err)DB_ROLLBACK : err;
}

enum err bank_make(const struct bank_desk *desk, const char *code, const struct bank_settings *settings,
                   enum bank_make_verdict *ret_verdict, int64_t *ret_bank_id) {
    assert(cycle_code_valid(code));
    struct making making = {.desk = desk, .code = code, .settings = settings};
    enum err err = db_transact(desk->db, make_body, &making);
    if (err != ERR_NONE)
        return err;
    *ret_verdict = making.bank_id ? BANK_MADE : BANK_CODE_TAKEN;
    *ret_bank_id = making.bank_id;
    return ERR_NONE;
}

struct listing {
    struct bank *banks;
    size_t count;
};

static enum err take_bank(void *ctx, const struct db_row *row) {
    struct listing *listing = ctx;
    struct bank *bank = &listing->banks[listing->count++];
    *bank = (struct bank){.bank_id = db_int(row, 0),
                          .code = db_text(row, 1),
                          .name = db_text(row, 2),
                          .reviewers_needed = db_int(row, 3),
                          .exposure_max = db_int(row, 4),
                          .changes = db_int(row, 5),
                          .created_at_us = db_time(row, 6),
                          .rights = (unsigned)db_int(row, 7)};
    for (int state = 0; state < BANK_STATE_COUNT; state++) {
        bank->state_counts[state] = db_int(row, 8 + state);
        bank->items += bank->state_counts[state];
    }
    return ERR_NONE;
}

static enum err list_banks(const struct bank_desk *desk, const char *code, struct listing *listing) {
    listing->banks = ARENA_ARRAY(desk->arena, BANK_BANKS_MAX, struct bank);
    if (!listing->banks)
        return ERR_MEMORY;
    return db_many(desk->db, desk->arena, DB_BANK_LIST, DB_PARAMS(P_INT(desk->staff_id), P_TEXT(code)), BANK_BANKS_MAX, take_bank,
                   listing);
}

enum err bank_list(const struct bank_desk *desk, struct bank **ret_banks, size_t *ret_count) {
    struct listing listing = {0};
    enum err err = list_banks(desk, "", &listing);
    if (err == ERR_NONE) {
        *ret_banks = listing.banks;
        *ret_count = listing.count;
    }
    return err;
}

enum err bank_read(const struct bank_desk *desk, const char *code, struct bank **ret_bank) {
    struct listing listing = {0};
    enum err err = code[0] ? list_banks(desk, code, &listing) : ERR_NONE;
    if (err == ERR_NONE)
        *ret_bank = listing.count ? &listing.banks[0] : NULL;
    return err;
}

/* ---- settings and members ---- */

struct changing {
    const struct bank_desk *desk;
    const char *code;
    const struct bank_settings *settings;
    const struct bank_member *members;
    size_t count, place;
    enum bank_verdict verdict;
    enum bank_members_verdict members_verdict;
};

/* The bank with the owner's right held on it, or a verdict. */
static enum err lock_owned(struct changing *changing, struct db *db, struct bank **ret_bank) {
    const struct db_row *row = NULL;
    struct bank_desk desk = *changing->desk;
    desk.db = db;
    struct bank *bank = NULL;
    enum err err = bank_read(&desk, changing->code, &bank);
    if (err == ERR_NONE && bank)
        err = db_one(db, desk.arena, DB_BANK_LOCK, DB_PARAMS(P_INT(bank->bank_id)), &row);
    if (err != ERR_NONE)
        return err;
    changing->verdict = !bank ? BANK_UNKNOWN : bank->rights & BANK_RIGHT_OWNER ? BANK_DONE : BANK_FORBIDDEN;
    *ret_bank = bank;
    return changing->verdict == BANK_DONE ? ERR_NONE : (enum err)DB_ROLLBACK;
}

static enum err change_body(void *ctx, struct db *db) {
    struct changing *changing = ctx;
    const struct bank_settings *settings = changing->settings;
    struct bank *bank = NULL;
    enum err err = lock_owned(changing, db, &bank);
    if (err == ERR_NONE)
        err = db_run(db, DB_BANK_UPDATE,
                     DB_PARAMS(P_INT(bank->bank_id), P_TEXT(settings->name), P_INT(settings->reviewers_needed), P_INT(settings->exposure_max)),
                     NULL);
    if (err != ERR_NONE)
        return err;
    return bank_event(changing->desk, db, "bank.change", "bank", bank->bank_id,
                      arena_printf(changing->desk->arena, "{\"exposure_max\":%lld,\"reviewers_needed\":%lld}",
                                   (long long)settings->exposure_max, (long long)settings->reviewers_needed));
}

enum err bank_change(const struct bank_desk *desk, const char *code, const struct bank_settings *settings,
                     enum bank_verdict *ret_verdict) {
    struct changing changing = {.desk = desk, .code = code, .settings = settings};
    enum err err = db_transact(desk->db, change_body, &changing);
    if (err == ERR_NONE)
        *ret_verdict = changing.verdict;
    return err;
}

struct member_list {
    struct bank_member *members;
    size_t count;
};

static enum err take_member(void *ctx, const struct db_row *row) {
    struct member_list *list = ctx;
    list->members[list->count++] = (struct bank_member){.staff_id = db_int(row, 0),
                                                        .login_name = db_text(row, 1),
                                                        .full_name = db_text(row, 2),
                                                        .rights = (unsigned)db_int(row, 3),
                                                        .topic = db_text(row, 4)};
    return ERR_NONE;
}

enum err bank_members_read(const struct bank_desk *desk, const char *code, enum bank_verdict *ret_verdict,
                           struct bank_member **ret_members, size_t *ret_count) {
    struct bank *bank = NULL;
    struct member_list list = {.members = ARENA_ARRAY(desk->arena, BANK_MEMBERS_MAX, struct bank_member)};
    enum err err = list.members ? bank_read(desk, code, &bank) : ERR_MEMORY;
    if (err == ERR_NONE && bank)
        err = db_many(desk->db, desk->arena, DB_BANK_MEMBERS, DB_PARAMS(P_INT(bank->bank_id)), BANK_MEMBERS_MAX, take_member, &list);
    if (err != ERR_NONE)
        return err;
    *ret_verdict = bank ? BANK_DONE : BANK_UNKNOWN;
    *ret_members = list.members;
    *ret_count = list.count;
    return ERR_NONE;
}

static enum err put_member(struct changing *changing, struct db *db, int64_t bank_id, size_t place) {
    const struct bank_member *member = &changing->members[place];
    const struct db_row *row = NULL;
    enum err err = db_one(db, changing->desk->arena, DB_BANK_MEMBER_STAFF,
                          DB_PARAMS(P_INT(member->staff_id), P_TEXT(member->login_name ? member->login_name : "")), &row);
    if (err == ERR_DB_NO_ROW) {
        changing->members_verdict = BANK_MEMBERS_STAFF_UNKNOWN;
        changing->place = place;
        return DB_ROLLBACK;
    }
    if (err != ERR_NONE)
        return err;
    const char *topic = member->rights & BANK_RIGHT_OWNER ? "" : member->topic;
    return db_run(db, DB_BANK_MEMBER_ADD, DB_PARAMS(P_INT(bank_id), P_INT(db_int(row, 0)), P_TEXT(topic), P_INT(member->rights)), NULL);
}

static enum err members_body(void *ctx, struct db *db) {
    struct changing *changing = ctx;
    struct bank *bank = NULL;
    bool owned = false;
    enum err err = lock_owned(changing, db, &bank);
    changing->members_verdict = changing->verdict == BANK_DONE        ? BANK_MEMBERS_DONE
                                : changing->verdict == BANK_FORBIDDEN ? BANK_MEMBERS_FORBIDDEN
                                                                      : BANK_MEMBERS_UNKNOWN;
    for (size_t i = 0; i < changing->count; i++)
        owned |= (changing->members[i].rights & BANK_RIGHT_OWNER) != 0;
    if (err == ERR_NONE && !owned) {
        changing->members_verdict = BANK_MEMBERS_NO_OWNER;
        return DB_ROLLBACK;
    }
    if (err == ERR_NONE)
        err = db_run(db, DB_BANK_MEMBERS_CLEAR, DB_PARAMS(P_INT(bank->bank_id)), NULL);
    for (size_t i = 0; err == ERR_NONE && i < changing->count; i++)
        err = put_member(changing, db, bank->bank_id, i);
    if (err != ERR_NONE)
        return err;
    return bank_event(changing->desk, db, "bank.members", "bank", bank->bank_id,
                      arena_printf(changing->desk->arena, "{\"members\":%zu}", changing->count));
}

enum err bank_members_put(const struct bank_desk *desk, const char *code, const struct bank_member *members, size_t count,
                          enum bank_members_verdict *ret_verdict, size_t *ret_place) {
    struct changing changing = {.desk = desk, .code = code, .members = members, .count = count};
    enum err err = db_transact(desk->db, members_body, &changing);
    if (err != ERR_NONE)
        return err;
    *ret_verdict = changing.members_verdict;
    *ret_place = changing.place;
    return ERR_NONE;
}

/* ---- scope ---- */

static enum err take_scope(void *ctx, const struct db_row *row) {
    struct bank_scope *scope = ctx;
    scope->rows[scope->count++] = (struct bank_scope_row){
        .bank_id = db_int(row, 0), .bank_code = db_text(row, 1), .topic = db_text(row, 2), .rights = (unsigned)db_int(row, 3)};
    return ERR_NONE;
}

enum err bank_scope_read(const struct bank_desk *desk, struct bank_scope *ret_scope) {
    struct bank_scope scope = {.rows = ARENA_ARRAY(desk->arena, SCOPE_MAX, struct bank_scope_row)};
    if (!scope.rows)
        return ERR_MEMORY;
    enum err err = db_many(desk->db, desk->arena, DB_BANK_SCOPE, DB_PARAMS(P_INT(desk->staff_id)), SCOPE_MAX, take_scope, &scope);
    if (err == ERR_NONE)
        *ret_scope = scope;
    return err;
}

unsigned bank_scope_rights(const struct bank_scope *scope, int64_t bank_id, const char *topic) {
    unsigned rights = 0;
    for (size_t i = 0; i < scope->count; i++)
        if (scope->rows[i].bank_id == bank_id && bank_topic_within(topic, scope->rows[i].topic))
            rights |= scope->rows[i].rights;
    return rights;
}
