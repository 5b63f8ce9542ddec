#include "identity_db.h"

#include "khoacu/base/random.h"
#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define LIST_MAX 200

static enum err take_staff(void *ctx, const struct db_row *row) {
    *(struct identity_staff *)ctx = identity_db_staff_of(row);
    return ERR_NONE;
}

enum err identity_staff_find(struct db *db, struct arena *arena, const char *login_name,
                             struct identity_staff *ret_staff) {
    struct identity_staff found = {0};
    enum err err = db_many(db, arena, DB_IDENTITY_STAFF_BY_NAME, DB_PARAMS(P_TEXT(login_name)), 1, take_staff, &found);
    if (err == ERR_NONE)
        *ret_staff = found;
    return err;
}

struct addition {
    struct arena *arena;
    struct ledger_actor by;
    struct identity_staff staff;
    const char *hash;
    int64_t now_us;
    bool taken;
};

static enum err add_body(void *ctx, struct db *db) {
    struct addition *add = ctx;
    enum err err = identity_db_staff_insert(db, add->arena, add->by, &add->staff, add->hash, add->now_us, &add->taken);
    return err == ERR_NONE && add->taken ? DB_ROLLBACK : err;
}

enum err identity_staff_add(struct db *db, struct arena *arena, struct ledger_actor by,
                            const struct identity_staff *staff, const char *password, int64_t now_us,
                            enum identity_staff_add_verdict *ret_verdict, int64_t *ret_staff_id) {
    enum identity_staff_add_verdict verdict = IDENTITY_STAFF_ADDED;
    if (!identity_login_name_valid(staff->login_name))
        verdict = IDENTITY_STAFF_NAME_INVALID;
    else if (staff->roles == 0)
        verdict = IDENTITY_STAFF_ROLES_EMPTY;
    else if (identity_password_judge(password, staff->login_name) != IDENTITY_PASSWORD_FINE)
        verdict = IDENTITY_STAFF_PASSWORD_UNFIT;
    if (verdict != IDENTITY_STAFF_ADDED) {
        *ret_verdict = verdict;
        return ERR_NONE;
    }
    char hash[CRYPTO_PASSWORD_MAX];
    enum err err = crypto_password_hash(password, hash);
    if (err != ERR_NONE)
        return err;
    struct addition add = {.arena = arena, .by = by, .staff = *staff, .hash = hash, .now_us = now_us};
    add.staff.staff_id = random_id();
    if (!add.staff.unit)
        add.staff.unit = "";
    err = db_transact(db, add_body, &add);
    if (err != ERR_NONE)
        return err;
    *ret_verdict = add.taken ? IDENTITY_STAFF_NAME_TAKEN : IDENTITY_STAFF_ADDED;
    if (!add.taken)
        *ret_staff_id = add.staff.staff_id;
    return ERR_NONE;
}

/* ---- another's account ---- */

struct account {
    struct arena *arena;
    struct ledger_actor by;
    int64_t staff_id, now_us;
    const char *hash, *state, *reason, *act;
    enum identity_account_verdict verdict;
    const char *login_name;
};

static enum identity_account_verdict account_verdict(const char *outcome) {
    static const struct db_word WORDS[] = {{"done", IDENTITY_ACCOUNT_DONE}, {"same", IDENTITY_ACCOUNT_SAME}, {"own", IDENTITY_ACCOUNT_OWN}};
    int meaning = DB_MEANING(WORDS, outcome);
    return meaning < 0 ? IDENTITY_ACCOUNT_UNKNOWN : (enum identity_account_verdict)meaning;
}

static enum err account_body(void *ctx, struct db *db) {
    struct account *account = ctx;
    const struct db_row *row = NULL;
    struct db_param by = P_INT(account->by.kind == LEDGER_ACTOR_STAFF ? account->by.id : 0);
    enum err err = account->hash ? db_one(db, account->arena, DB_IDENTITY_STAFF_PASSWORD_RESET,
                                          DB_PARAMS(P_INT(account->staff_id), by, P_TEXT(account->hash), P_TIME(account->now_us)), &row)
                                 : db_one(db, account->arena, DB_IDENTITY_STAFF_STATE_SET,
                                          DB_PARAMS(P_INT(account->staff_id), by, P_TEXT(account->state), P_TIME(account->now_us)), &row);
    if (err != ERR_NONE)
        return err;
    account->verdict = account_verdict(db_text(row, 0));
    if (account->hash)
        account->login_name = db_text(row, 1);
    if (account->verdict != IDENTITY_ACCOUNT_DONE)
        return DB_ROLLBACK;
    return ledger_append(db, account->arena,
                         &(struct ledger_event){.actor = account->by,
                                                .act = account->act,
                                                .subject_kind = "staff",
                                                .subject_id = account->staff_id,
                                                .reason = account->reason,
                                                .at_us = account->now_us});
}

enum err identity_password_reset(struct db *db, struct arena *arena, struct ledger_actor by, int64_t staff_id, const char *reason,
                                 int64_t now_us, enum identity_account_verdict *ret_verdict, const char **ret_login_name,
                                 char ret_password[IDENTITY_PASSWORD_MADE_SIZE]) {
    char hash[CRYPTO_PASSWORD_MAX];
    identity_password_make(ret_password);
    enum err err = crypto_password_hash(ret_password, hash);
    if (err != ERR_NONE)
        return err;
    struct account account = {.arena = arena, .by = by, .staff_id = staff_id, .now_us = now_us, .hash = hash, .reason = reason,
                              .act = "identity.password_reset"};
    err = db_transact(db, account_body, &account);
    if (err != ERR_NONE)
        return err;
    *ret_verdict = account.verdict;
    *ret_login_name = account.login_name;
    return ERR_NONE;
}

enum err identity_account_enable(struct db *db, struct arena *arena, struct ledger_actor by, int64_t staff_id, bool enabled,
                                 const char *reason, int64_t now_us, enum identity_account_verdict *ret_verdict) {
    struct account account = {.arena = arena, .by = by, .staff_id = staff_id, .now_us = now_us, .reason = reason,
                              .state = enabled ? "active" : "disabled", .act = enabled ? "identity.account_enable" : "identity.account_disable"};
    enum err err = db_transact(db, account_body, &account);
    if (err == ERR_NONE)
        *ret_verdict = account.verdict;
    return err;
}

struct listing {
    struct identity_staff_page page;
    size_t limit;
};

static enum err take_listed(void *ctx, const struct db_row *row) {
    struct listing *listing = ctx;
    if (listing->page.count == listing->limit)
        listing->page.more = true;
    else
        listing->page.staff[listing->page.count++] = identity_db_staff_of(row);
    return ERR_NONE;
}

enum err identity_staff_list(struct db *db, struct arena *arena, const char *after, size_t limit,
                             struct identity_staff_page *ret_page) {
    if (limit < 1 || limit > LIST_MAX)
        return ERR_RANGE;
    struct listing listing = {.limit = limit, .page.staff = ARENA_ARRAY(arena, limit, struct identity_staff)};
    if (!listing.page.staff)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_IDENTITY_STAFF_PAGE, DB_PARAMS(P_TEXT(after), P_INT((int64_t)limit + 1)),
                           limit + 1, take_listed, &listing);
    const struct db_row *row = NULL;
    if (err == ERR_NONE)
        err = db_one(db, arena, DB_IDENTITY_STAFF_COUNT, DB_NO_PARAMS, &row);
    if (err != ERR_NONE)
        return err;
    listing.page.total = db_int(row, 0);
    *ret_page = listing.page;
    return ERR_NONE;
}

struct naming {
    const int64_t *ids;
    const char **names;
    size_t count;
};

static enum err take_name(void *ctx, const struct db_row *row) {
    struct naming *naming = ctx;
    int64_t id = db_int(row, 0);
    for (size_t i = 0; i < naming->count; i++)
        if (naming->ids[i] == id)
            naming->names[i] = db_text(row, 1);
    return ERR_NONE;
}

enum err identity_staff_names(struct db *db, struct arena *arena, const int64_t *staff_ids, size_t count,
                              const char ***ret_names) {
    if (count > LIST_MAX)
        return ERR_RANGE;
    struct naming naming = {.ids = staff_ids, .names = ARENA_ARRAY(arena, count + 1, const char *), .count = count};
    if (!naming.names)
        return ERR_MEMORY;
    enum err err =
        db_many(db, arena, DB_IDENTITY_STAFF_NAMES, DB_PARAMS(P_INTS(staff_ids, count)), count + 1, take_name, &naming);
    if (err == ERR_NONE)
        *ret_names = naming.names;
    return err;
}
