#include "identity_db.h"

#include "khoacu/base/random.h"
#include "khoacu/base/text.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define SECOND_US 1000000LL
#define MINUTE_US (60 * SECOND_US)
#define HOUR_US (60 * MINUTE_US)
#define STAFF_IDLE_US (30 * MINUTE_US)
#define STAFF_LIFE_US (12 * HOUR_US)
#define STEP_UP_LIFE_US (2 * MINUTE_US)
#define CANDIDATE_AFTER_SHIFT_US (6 * HOUR_US)
#define CANDIDATE_LIFE_US (24 * HOUR_US)
#define BRAKE_SUBJECT_SIZE 101

/* Costs what every stored hash costs, and nothing matches it. */
static const char NOBODY_HASH[] =
    "$scrypt$ln=17,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

static int wait_of(int64_t until_us, int64_t now_us) {
    return until_us <= now_us ? 0 : (int)((until_us - now_us + SECOND_US - 1) / SECOND_US);
}

void identity_token_new(char ret_text[IDENTITY_TOKEN_TEXT], uint8_t ret_sha256[CRYPTO_SHA256_LEN]) {
    uint8_t bytes[IDENTITY_TOKEN_LEN];
    random_bytes(bytes, sizeof bytes);
    text_base64url(bytes, sizeof bytes, ret_text);
    crypto_sha256(bytes, sizeof bytes, ret_sha256);
    crypto_wipe(bytes, sizeof bytes);
}

static void make_token(struct identity_login *login) {
    identity_token_new(login->token, login->actor.token_sha256);
}

/* ---- failures ---- */

struct failure {
    struct arena *arena;
    const char *subject;      /* of the brake */
    const char *subject_kind; /* of the event */
    int64_t subject_id;       /* 0: nobody of that name */
    int64_t now_us;
};

static enum err failure_body(void *ctx, struct db *db) {
    struct failure *failure = ctx;
    int failures = 0;
    enum err err = identity_db_brake_raise(db, failure->arena, failure->subject, failure->now_us, &failures);
    if (err != ERR_NONE)
        return err;
    const char *details =
        arena_printf(failure->arena, "{\"failures\":%d,\"wait_s\":%d}", failures, identity_brake_wait_s(failures));
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, failure->arena,
                         &(struct ledger_event){.actor = LEDGER_SYSTEM,
                                                .act = "identity.login_refuse",
                                                .subject_kind = failure->subject_kind,
                                                .subject_id = failure->subject_id,
                                                .details = details,
                                                .at_us = failure->now_us});
}

static struct ledger_event login_event(const struct identity_actor *actor, const char *act, int64_t now_us) {
    bool staff = actor->kind == IDENTITY_STAFF;
    return (struct ledger_event){.actor = identity_ledger_actor(actor),
                                 .act = act,
                                 .subject_kind = staff ? "staff" : "candidate",
                                 .subject_id = staff ? actor->staff_id : actor->candidate_id,
                                 .at_us = now_us};
}

/* ---- staff ---- */

enum password_verdict { PASSWORD_RIGHT, PASSWORD_WRONG, PASSWORD_WAIT };

/* Brake, then the same work whether or not the account exists, then the count of the failure. */
static enum err check_password(struct db *db, struct arena *arena, const char *login_name, const char *password,
                               int64_t now_us, enum password_verdict *ret_verdict, int64_t *ret_staff_id,
                               int *ret_wait_s) {
    char subject[BRAKE_SUBJECT_SIZE];
    bool valid = identity_login_name_valid(login_name);
    (void)snprintf(subject, sizeof subject, "staff:%s", valid ? login_name : "-");
    int64_t until_us = 0;
    struct identity_password_row row = {0};
    enum err err = identity_db_brake_read(db, arena, subject, now_us, &until_us);
    if (err == ERR_NONE && until_us > now_us) {
        *ret_wait_s = wait_of(until_us, now_us);
        *ret_verdict = PASSWORD_WAIT;
        return ERR_NONE;
    }
    if (err == ERR_NONE && valid)
        err = identity_db_password_read(db, arena, login_name, &row);
    if (err != ERR_NONE)
        return err;
    bool usable = row.staff_id != 0 && row.active && strlen(password) <= IDENTITY_PASSWORD_MAX;
    bool right = crypto_password_check(usable ? password : "", usable ? row.hash : NOBODY_HASH);
    if (right && usable) {
        *ret_staff_id = row.staff_id;
        *ret_verdict = PASSWORD_RIGHT;
        return ERR_NONE;
    }
    struct failure failure = {
        .arena = arena, .subject = subject, .subject_kind = "staff", .subject_id = row.staff_id, .now_us = now_us};
    err = db_transact(db, failure_body, &failure);
    if (err == ERR_NONE)
        *ret_verdict = PASSWORD_WRONG;
    return err;
}

struct staff_login {
    struct arena *arena;
    struct identity_login *login;
    const uint8_t *old_token_sha256; /* or NULL */
    int64_t now_us;
};

static enum err clear_brake(struct db *db, const char *login_name) {
    char subject[BRAKE_SUBJECT_SIZE];
    (void)snprintf(subject, sizeof subject, "staff:%.40s", login_name);
    return db_run(db, DB_IDENTITY_BRAKE_CLEAR, DB_PARAMS(P_TEXT(subject)), NULL);
}

static enum err staff_login_body(void *ctx, struct db *db) {
    struct staff_login *making = ctx;
    const struct identity_actor *actor = &making->login->actor;
    enum err err = clear_brake(db, actor->name);
    if (err == ERR_NONE && making->old_token_sha256)
        err = db_run(db, DB_IDENTITY_LOGIN_END,
                     DB_PARAMS(P_BYTES(making->old_token_sha256, CRYPTO_SHA256_LEN), P_TIME(making->now_us)), NULL);
    if (err == ERR_NONE)
        err = db_run(db, DB_IDENTITY_STAFF_LOGIN_INSERT,
                     DB_PARAMS(P_BYTES(actor->token_sha256, CRYPTO_SHA256_LEN), P_INT(actor->staff_id),
                               P_TIME(making->now_us), P_TIME(actor->expires_us)),
                     NULL);
    if (err != ERR_NONE)
        return err;
    struct ledger_event event = login_event(actor, "identity.login_make", making->now_us);
    return ledger_append(db, making->arena, &event);
}

enum err identity_staff_login(struct db *db, struct arena *arena, const char *login_name, const char *password,
                              const char *old_token, int64_t now_us, enum identity_login_verdict *ret_verdict,
                              struct identity_login *ret_login, int *ret_wait_s) {
    enum password_verdict checked = PASSWORD_WRONG;
    int64_t staff_id = 0;
    enum err err = check_password(db, arena, login_name, password, now_us, &checked, &staff_id, ret_wait_s);
    if (err != ERR_NONE)
        return err;
    if (checked != PASSWORD_RIGHT) {
        *ret_verdict = checked == PASSWORD_WAIT ? IDENTITY_LOGIN_WAIT : IDENTITY_LOGIN_WRONG;
        return ERR_NONE;
    }
    struct identity_staff staff = {0};
    err = identity_staff_find(db, arena, login_name, &staff);
    if (err != ERR_NONE)
        return err;
    struct identity_login login = {.actor = {.kind = IDENTITY_STAFF,
                                             .staff_id = staff_id,
                                             .roles = staff.roles,
                                             .full_name = staff.full_name,
                                             .reset_us = staff.reset_us,
                                             .expires_us = now_us + STAFF_LIFE_US}};
    (void)snprintf(login.actor.name, sizeof login.actor.name, "%s", login_name);
    make_token(&login);
    uint8_t old_sha256[CRYPTO_SHA256_LEN];
    struct staff_login making = {.arena = arena, .login = &login, .now_us = now_us};
    if (identity_token_sha256(old_token, old_sha256))
        making.old_token_sha256 = old_sha256;
    err = db_transact(db, staff_login_body, &making);
    if (err == ERR_NONE) {
        *ret_login = login;
        *ret_verdict = IDENTITY_LOGIN_MADE;
    }
    crypto_wipe(&login, sizeof login);
    return err;
}

struct password_change {
    struct arena *arena;
    const struct identity_actor *actor;
    const char *hash;
    int64_t now_us;
};

static enum err password_body(void *ctx, struct db *db) {
    struct password_change *change = ctx;
    const struct identity_actor *actor = change->actor;
    int64_t ended = 0;
    enum err err =
        db_run(db, DB_IDENTITY_STAFF_PASSWORD_WRITE, DB_PARAMS(P_INT(actor->staff_id), P_TEXT(change->hash)), NULL);
    if (err == ERR_NONE)
        err = clear_brake(db, actor->name);
    if (err == ERR_NONE)
        err = db_run(
            db, DB_IDENTITY_LOGINS_END_OF_STAFF,
            DB_PARAMS(P_INT(actor->staff_id), P_TIME(change->now_us), P_BYTES(actor->token_sha256, CRYPTO_SHA256_LEN)),
            &ended);
    if (err != ERR_NONE)
        return err;
    struct ledger_event event = login_event(actor, "identity.password_change", change->now_us);
    event.details = arena_printf(change->arena, "{\"logins_ended\":%lld}", (long long)ended);
    return event.details ? ledger_append(db, change->arena, &event) : ERR_MEMORY;
}

enum err identity_password_change(struct db *db, struct arena *arena, const struct identity_actor *actor,
                                  const char *old_password, const char *new_password, int64_t now_us,
                                  enum identity_password_change_verdict *ret_verdict,
                                  enum identity_password_verdict *ret_unfit, int *ret_wait_s) {
    enum identity_password_verdict judged = identity_password_judge(new_password, actor->name);
    if (judged != IDENTITY_PASSWORD_FINE) {
        *ret_unfit = judged;
        *ret_verdict = IDENTITY_PASSWORD_UNFIT;
        return ERR_NONE;
    }
    enum password_verdict checked = PASSWORD_WRONG;
    int64_t staff_id = 0;
    enum err err = check_password(db, arena, actor->name, old_password, now_us, &checked, &staff_id, ret_wait_s);
    if (err != ERR_NONE)
        return err;
    if (checked != PASSWORD_RIGHT) {
        *ret_verdict = checked == PASSWORD_WAIT ? IDENTITY_PASSWORD_WAIT : IDENTITY_PASSWORD_WRONG;
        return ERR_NONE;
    }
    char hash[CRYPTO_PASSWORD_MAX];
    err = crypto_password_hash(new_password, hash);
    if (err != ERR_NONE)
        return err;
    struct password_change change = {.arena = arena, .actor = actor, .hash = hash, .now_us = now_us};
    err = db_transact(db, password_body, &change);
    if (err == ERR_NONE)
        *ret_verdict = IDENTITY_PASSWORD_CHANGED;
    return err;
}

struct stepping {
    struct arena *arena;
    const struct identity_actor *actor;
    const char *act;
    int64_t subject_id, step_up_id, now_us;
};

static enum err step_up_body(void *ctx, struct db *db) {
    struct stepping *step = ctx;
    const struct identity_actor *actor = step->actor;
    enum err err = db_run(db, DB_IDENTITY_STEP_UP_INSERT,
                          DB_PARAMS(P_INT(step->step_up_id), P_INT(actor->staff_id), P_TEXT(step->act), P_INT(step->subject_id),
                                    P_TIME(step->now_us), P_TIME(step->now_us + STEP_UP_LIFE_US)),
                          NULL);
    if (err == ERR_NONE)
        err = clear_brake(db, actor->name);
    if (err != ERR_NONE)
        return err;
    struct ledger_event event = login_event(actor, "identity.step_up", step->now_us);
    event.details = arena_printf(step->arena, "{\"act\":\"%s\"}", step->act);
    return event.details ? ledger_append(db, step->arena, &event) : ERR_MEMORY;
}

enum err identity_step_up(struct db *db, struct arena *arena, const struct identity_actor *actor, const char *password,
                          const char *act, int64_t subject_id, int64_t now_us, enum identity_step_up_verdict *ret_verdict,
                          int64_t *ret_step_up_id, int *ret_wait_s) {
    enum password_verdict checked = PASSWORD_WRONG;
    int64_t staff_id = 0;
    enum err err = check_password(db, arena, actor->name, password, now_us, &checked, &staff_id, ret_wait_s);
    if (err != ERR_NONE)
        return err;
    if (checked != PASSWORD_RIGHT || staff_id != actor->staff_id) {
        *ret_verdict = checked == PASSWORD_WAIT ? IDENTITY_STEP_UP_WAIT : IDENTITY_STEP_UP_WRONG;
        return ERR_NONE;
    }
    struct stepping step = {.arena = arena, .actor = actor, .act = act, .subject_id = subject_id, .step_up_id = random_id(), .now_us = now_us};
    err = db_transact(db, step_up_body, &step);
    if (err == ERR_NONE) {
        *ret_verdict = IDENTITY_STEP_UP_MADE;
        *ret_step_up_id = step.step_up_id;
    }
    return err;
}

/* ---- candidates ---- */

static struct db_param id_or_null(int64_t id) {
    return id != 0 ? P_INT(id) : P_NULL;
}

/* One statement: ten thousand sign in within a minute. */
static enum err make_candidate_login(struct db *db, struct arena *arena, struct identity_login *login,
                                     const char *brake_subject, const uint8_t device_sha256[CRYPTO_SHA256_LEN], int64_t now_us,
                                     enum identity_login_verdict *ret_verdict) {
    struct identity_actor *actor = &login->actor;
    struct ledger_event event = login_event(actor, "identity.login_make", now_us);
    struct ledger_event other = {.actor = event.actor,
                                 .act = "sitting.second_device",
                                 .subject_kind = "sitting",
                                 .subject_id = actor->sitting_id,
                                 .at_us = now_us};
    struct ledger_row composed, second;
    const struct db_row *row = NULL;
    enum err err = ledger_compose(arena, &event, &composed);
    if (err == ERR_NONE)
        err = ledger_compose(arena, &other, &second);
    if (err == ERR_NONE)
        err = db_one(db, arena, DB_IDENTITY_CANDIDATE_LOGIN_MAKE,
                     DB_PARAMS(P_BYTES(actor->token_sha256, CRYPTO_SHA256_LEN), P_INT(actor->candidate_id),
                               id_or_null(actor->room_id), id_or_null(actor->sitting_id), P_TIME(now_us),
                               P_TIME(actor->expires_us), P_TEXT(brake_subject), P_INT(composed.event_id),
                               P_TEXT(composed.actor), P_TEXT(composed.subject), P_TEXT(composed.payload),
                               P_BYTES(composed.payload_sha256, sizeof composed.payload_sha256),
                               P_BYTES(device_sha256, CRYPTO_SHA256_LEN), P_INT(second.event_id), P_TEXT(second.subject),
                               P_TEXT(second.payload), P_BYTES(second.payload_sha256, sizeof second.payload_sha256)),
                     &row);
    if (err != ERR_NONE)
        return err;
    *ret_verdict = strcmp(db_text(row, 0), "frozen") == 0 ? IDENTITY_LOGIN_FROZEN : IDENTITY_LOGIN_MADE;
    actor->access_generation = (int32_t)db_int(row, 1);
    return ERR_NONE;
}

/* The roll number in capitals without blanks at its ends; false: it cannot be one. */
static bool read_name(const char *text, const char *allowed, char out[IDENTITY_NAME_SIZE]) {
    size_t len = 0;
    for (const char *p = text; *p; p++) {
        if (*p == ' ')
            continue;
        if (len + 1 == IDENTITY_NAME_SIZE)
            return false;
        out[len++] = (char)(*p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p);
    }
    out[len] = '\0';
    return len >= 2 && strspn(out, allowed) == len;
}

static enum err candidate_refused(struct db *db, struct failure *failure, enum identity_login_verdict *ret_verdict,
                                  int *ret_wait_s) {
    int64_t until_us = 0;
    enum err err = identity_db_brake_read(db, failure->arena, failure->subject, failure->now_us, &until_us);
    if (err == ERR_NONE && until_us > failure->now_us) {
        *ret_wait_s = wait_of(until_us, failure->now_us);
        *ret_verdict = IDENTITY_LOGIN_WAIT;
        return ERR_NONE;
    }
    if (err == ERR_NONE)
        err = db_transact(db, failure_body, failure);
    if (err == ERR_NONE)
        *ret_verdict = IDENTITY_LOGIN_WRONG;
    return err;
}

static int64_t candidate_expiry(const struct identity_candidate_row *row, int64_t now_us) {
    int64_t after_shift_us = row->shift_ends_us + CANDIDATE_AFTER_SHIFT_US;
    return row->sitting_id != 0 && after_shift_us > now_us ? after_shift_us : now_us + CANDIDATE_LIFE_US;
}

enum err identity_candidate_login(struct db *db, struct arena *arena, const struct identity_secret *secret,
                                  const char *cycle_code, const char *roll_number, const char *access_code,
                                  const char *device, int64_t now_us, enum identity_login_verdict *ret_verdict,
                                  struct identity_login *ret_login, int *ret_wait_s) {
    char roll[IDENTITY_NAME_SIZE] = "-", cycle[IDENTITY_NAME_SIZE] = "-", subject[BRAKE_SUBJECT_SIZE];
    uint8_t code[IDENTITY_ACCESS_CODE_LEN] = {0}, hmac[CRYPTO_SHA256_LEN], device_sha256[CRYPTO_SHA256_LEN];
    static const char ALLOWED[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
    bool readable = read_name(roll_number, ALLOWED, roll);
    readable = (!cycle_code || read_name(cycle_code, ALLOWED, cycle)) && readable;
    readable = text_unbase32(access_code, code, sizeof code) && readable;
    struct identity_candidate_row row = {0};
    enum err err = identity_db_candidate_read(db, arena, cycle_code ? cycle : NULL, roll, &row);
    if (err != ERR_NONE)
        return err;
    identity_access_code_hmac(secret, row.cycle_id, row.candidate_id != 0 ? row.roll_number : roll, code, hmac);
    crypto_wipe(code, sizeof code);
    bool same = text_same_secret(hmac, row.access_code_hmac, sizeof hmac);
    (void)snprintf(subject, sizeof subject, "candidate:%s:%s", cycle, roll);
    if (!readable || !same || !row.has_code) {
        struct failure failure = {.arena = arena,
                                  .subject = subject,
                                  .subject_kind = "candidate",
                                  .subject_id = row.candidate_id,
                                  .now_us = now_us};
        return candidate_refused(db, &failure, ret_verdict, ret_wait_s);
    }
    struct identity_login login = {.actor = {.kind = IDENTITY_CANDIDATE,
                                             .candidate_id = row.candidate_id,
                                             .cycle_id = row.cycle_id,
                                             .sitting_id = row.sitting_id,
                                             .room_id = row.room_id,
                                             .full_name = row.full_name,
                                             .expires_us = candidate_expiry(&row, now_us)},
                                   .shift_ends_us = row.shift_ends_us};
    (void)snprintf(login.actor.name, sizeof login.actor.name, "%s", row.roll_number);
    (void)snprintf(login.actor.cycle_code, sizeof login.actor.cycle_code, "%s", row.cycle_code);
    make_token(&login);
    bool formed = identity_token_sha256(device, device_sha256) && identity_candidate_sha256(login.token, device, login.actor.token_sha256);
    assert(formed);
    err = make_candidate_login(db, arena, &login, subject, device_sha256, now_us, ret_verdict);
    if (err == ERR_NONE && *ret_verdict == IDENTITY_LOGIN_MADE)
        *ret_login = login;
    crypto_wipe(&login, sizeof login);
    return err;
}

enum err identity_candidate_place(struct db *db, struct arena *arena, const uint8_t token_sha256[CRYPTO_SHA256_LEN], enum identity_place *ret_place) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_IDENTITY_CANDIDATE_LOGIN_ELSEWHERE, DB_PARAMS(P_BYTES(token_sha256, CRYPTO_SHA256_LEN)), &row);
    if (err == ERR_NONE || err == ERR_DB_NO_ROW)
        *ret_place = err != ERR_NONE || !db_bool(row, 0) ? IDENTITY_PLACE_HERE : db_bool(row, 1) ? IDENTITY_PLACE_ELSEWHERE : IDENTITY_PLACE_WAITS;
    return err == ERR_DB_NO_ROW ? ERR_NONE : err;
}

/* ---- live log-ins ---- */

struct reading {
    struct identity_actor actor;
    int64_t last_seen_us;
};

static enum err take_staff_login(void *ctx, const struct db_row *row) {
    struct reading *reading = ctx;
    reading->actor.kind = IDENTITY_STAFF;
    reading->actor.staff_id = db_int(row, 0);
    (void)snprintf(reading->actor.name, IDENTITY_NAME_SIZE, "%s", db_text(row, 1));
    reading->actor.full_name = db_text(row, 2);
    reading->last_seen_us = db_time(row, 3);
    reading->actor.expires_us = db_time(row, 4);
    reading->actor.reset_us = db_time(row, 6);
    const char *roles = db_text(row, 5);
    return roles && identity_roles_parse(roles, &reading->actor.roles) ? ERR_NONE : ERR_STATE;
}

static enum err take_candidate_login(void *ctx, const struct db_row *row) {
    struct reading *reading = ctx;
    reading->actor.kind = IDENTITY_CANDIDATE;
    reading->actor.candidate_id = db_int(row, 0);
    (void)snprintf(reading->actor.name, IDENTITY_NAME_SIZE, "%s", db_text(row, 1));
    reading->actor.full_name = db_text(row, 2);
    reading->actor.expires_us = db_time(row, 3);
    reading->actor.cycle_id = db_int(row, 4);
    (void)snprintf(reading->actor.cycle_code, IDENTITY_CODE_SIZE, "%s", db_text(row, 5));
    reading->actor.sitting_id = db_int(row, 6);
    reading->actor.room_id = db_int(row, 7);
    reading->actor.access_generation = (int32_t)db_int(row, 8);
    return ERR_NONE;
}

enum err identity_login_read(struct db *db, struct arena *arena, enum identity_kind kind,
                             const uint8_t token_sha256[CRYPTO_SHA256_LEN], int64_t now_us,
                             struct identity_actor *ret_actor) {
    struct reading reading = {0};
    struct db_param token = P_BYTES(token_sha256, CRYPTO_SHA256_LEN);
    enum err err;
    if (kind == IDENTITY_STAFF)
        err = db_many(db, arena, DB_IDENTITY_STAFF_LOGIN_READ,
                      DB_PARAMS(token, P_TIME(now_us), P_TIME(now_us - STAFF_IDLE_US)), 1, take_staff_login, &reading);
    else
        err = db_many(db, arena, DB_IDENTITY_CANDIDATE_LOGIN_READ, DB_PARAMS(token, P_TIME(now_us)), 1,
                      take_candidate_login, &reading);
    if (err == ERR_NONE && reading.actor.kind == IDENTITY_STAFF && reading.last_seen_us < now_us - MINUTE_US)
        err = db_run(db, DB_IDENTITY_LOGIN_SEEN, DB_PARAMS(token, P_TIME(now_us)), NULL);
    if (err != ERR_NONE)
        return err;
    memcpy(reading.actor.token_sha256, token_sha256, CRYPTO_SHA256_LEN);
    *ret_actor = reading.actor;
    return ERR_NONE;
}

struct ending {
    struct arena *arena;
    const struct identity_actor *actor;
    int64_t now_us;
};

static enum err ending_body(void *ctx, struct db *db) {
    struct ending *ending = ctx;
    const struct identity_actor *actor = ending->actor;
    const struct db_row *row = NULL;
    enum err err;
    if (actor->kind == IDENTITY_STAFF)
        err = db_run(db, DB_IDENTITY_LOGIN_END,
                     DB_PARAMS(P_BYTES(actor->token_sha256, CRYPTO_SHA256_LEN), P_TIME(ending->now_us)), NULL);
    else
        err = db_one(db, ending->arena, DB_IDENTITY_CANDIDATE_LOGIN_END,
                     DB_PARAMS(P_INT(actor->candidate_id), id_or_null(actor->room_id), id_or_null(actor->sitting_id),
                               P_TIME(ending->now_us)),
                     &row);
    if (err != ERR_NONE)
        return err;
    struct ledger_event event = login_event(actor, "identity.login_end", ending->now_us);
    return ledger_append(db, ending->arena, &event);
}

enum err identity_login_end(struct db *db, struct arena *arena, const struct identity_actor *actor, int64_t now_us) {
    if (actor->kind == IDENTITY_NOBODY)
        return ERR_STATE;
    struct ending ending = {.arena = arena, .actor = actor, .now_us = now_us};
    return db_transact(db, ending_body, &ending);
}
