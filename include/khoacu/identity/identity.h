/* identity.h: who somebody is: staff accounts with roles, log-ins of staff and of candidates.
 *
 * Staff sign in with a name and a password (scrypt), candidates with their roll number and an access code of 80 bits
 * that is stored as a keyed hash. A log-in is a random token in a cookie; the database holds its SHA-256 only. Every
 * server asks the database, so that an ended log-in is ended everywhere at once.
 *
 *   staff log-in:      made -> used (last_seen_at) -> ended | idle 30 min | 12 h after it was made
 *   candidate log-in:  made -> ended | 6 h after the end of the shift (24 h without one); no idle limit: nobody is
 *                      thrown out of an examination for thinking
 *
 * Invariants: the wrong name and the wrong password give the same answer after the same work. A candidate has one live
 * log-in: a new one ends the old and raises sitting.access_generation, so that saves under the old are refused by
 * the statement that records them. Failures make a staff account wait (identity_brake_wait_s); the right access
 * code of a candidate is never made to wait, since strangers know roll numbers.
 *
 * Used by: every module to its right (actors), api, main. Uses: ledger, base, crypto, db. Threads: that of the struct
 * db.
 */
#ifndef KHOACU_IDENTITY_IDENTITY_H
#define KHOACU_IDENTITY_IDENTITY_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/db/db.h"
#include "khoacu/doc/import.h"
#include "khoacu/identity/secret.h"
#include "khoacu/ledger/ledger.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* X(name, key as in staff_role.role) */
#define IDENTITY_ROLE_TABLE(X)                                                                                         \
    X(ADMINISTRATOR, "administrator")                                                                                  \
    X(HR_OFFICER, "hr_officer")                                                                                        \
    X(ITEM_OFFICER, "item_officer")                                                                                    \
    X(EXAMINER, "examiner")                                                                                            \
    X(INVIGILATOR, "invigilator")                                                                                      \
    X(INSPECTOR, "inspector")                                                                                          \
    X(CHIEF_MARKER, "chief_marker")                                                                                    \
    X(COUNCIL_CHAIR, "council_chair")                                                                                  \
    X(SCRIPT_OFFICER, "script_officer")

enum identity_role_number {
#define X(name, key) IDENTITY_NUMBER_##name,
    IDENTITY_ROLE_TABLE(X)
#undef X
        IDENTITY_ROLE_COUNT
};
/* One bit each, for sets. */
enum identity_role {
#define X(name, key) IDENTITY_##name = 1u << IDENTITY_NUMBER_##name,
    IDENTITY_ROLE_TABLE(X)
#undef X
};
const char *identity_role_key(enum identity_role_number number);
/* The set for keys separated by ';'. False: an unknown one. Duplicates are harmless. */
bool identity_roles_parse(const char *keys, unsigned *ret_roles);

/* ---- who acts ---- */

#define IDENTITY_TOKEN_LEN 32
#define IDENTITY_TOKEN_TEXT 44 /* base64url with NUL */
#define IDENTITY_NAME_SIZE 41  /* login name or roll number with NUL */
#define IDENTITY_CODE_SIZE 41  /* cycle code with NUL */

enum identity_kind { IDENTITY_NOBODY, IDENTITY_STAFF, IDENTITY_CANDIDATE };
struct identity_actor {
    enum identity_kind kind;
    int64_t staff_id;               /* of STAFF */
    unsigned roles;                 /* set of enum identity_role, of STAFF */
    int64_t candidate_id, cycle_id; /* of CANDIDATE */
    int64_t sitting_id, room_id;    /* of CANDIDATE; 0: not seated yet */
    int32_t access_generation;      /* of that sitting when the log-in was read */
    char cycle_code[IDENTITY_CODE_SIZE];
    char name[IDENTITY_NAME_SIZE]; /* login name or roll number */
    const char *full_name;         /* in the request's arena; NULL when the actor came from memory */
    int64_t reset_us;              /* of STAFF: not 0 as long as she must choose a password of her own */
    int64_t expires_us;
    uint8_t token_sha256[CRYPTO_SHA256_LEN];
};
/* The actor of an audit event. */
struct ledger_actor identity_ledger_actor(const struct identity_actor *actor);

/* ---- staff ---- */

#define IDENTITY_PASSWORD_MIN 15  /* code points; NIST 800-63B-4 for a password that stands alone */
#define IDENTITY_PASSWORD_MAX 256 /* bytes; longer is refused, never cut */

/* Whether a password may be used. Pure. */
enum identity_password_verdict {
    IDENTITY_PASSWORD_FINE,
    IDENTITY_PASSWORD_SHORT,    /* under 15 code points */
    IDENTITY_PASSWORD_LONG,     /* over 256 bytes */
    IDENTITY_PASSWORD_GUESSABLE /* few different characters, a run, the account's own name, a known long one */
};
enum identity_password_verdict identity_password_judge(const char *password, const char *login_name);
/* A password of five groups that a person can type, 100 bits; `out` holds 32 bytes. */
#define IDENTITY_PASSWORD_MADE_SIZE 32
void identity_password_make(char out[IDENTITY_PASSWORD_MADE_SIZE]);
bool identity_login_name_valid(const char *login_name);

struct identity_staff {
    int64_t staff_id;
    const char *login_name, *full_name, *unit, *state;
    unsigned roles;
    int64_t created_us;
    int64_t reset_us; /* when somebody else set the password again, until its owner has chosen one; 0: it is her own */
};

enum identity_staff_add_verdict {
    IDENTITY_STAFF_ADDED,
    IDENTITY_STAFF_NAME_INVALID,
    IDENTITY_STAFF_NAME_TAKEN,
    IDENTITY_STAFF_ROLES_EMPTY,
    IDENTITY_STAFF_PASSWORD_UNFIT
};
/* Makes an account (staff->staff_id is ignored) in its own transaction with its audit event. Slow: hashes. */
enum err identity_staff_add(struct db *db, struct arena *arena, struct ledger_actor by,
                            const struct identity_staff *staff, const char *password, int64_t now_us,
                            enum identity_staff_add_verdict *ret_verdict, int64_t *ret_staff_id) MUST_CHECK;
/* The account of a name; *ret_staff->staff_id 0 when there is none. */
enum err identity_staff_find(struct db *db, struct arena *arena, const char *login_name,
                             struct identity_staff *ret_staff) MUST_CHECK;

struct identity_staff_page {
    struct identity_staff *staff; /* by login name */
    size_t count;
    bool more;
    int64_t total;
};
/* Up to `limit` (1..200) accounts whose name sorts behind `after` ("" from the start). */
enum err identity_staff_list(struct db *db, struct arena *arena, const char *after, size_t limit,
                             struct identity_staff_page *ret_page) MUST_CHECK;

/* Of an act on another's account. */
enum identity_account_verdict {
    IDENTITY_ACCOUNT_DONE,
    IDENTITY_ACCOUNT_SAME,    /* it was so before; nothing was done */
    IDENTITY_ACCOUNT_OWN,     /* nobody acts so on his own account */
    IDENTITY_ACCOUNT_UNKNOWN
};
/* Gives the account a made password, in `ret_password`, to be handed over in person; ends its log-ins. Until its owner has changed
 * it she may do nothing else (identity_actor.reset_us): nobody signs with a password that two persons know. Slow: hashes.
 * `by`: staff or command. Side effects: event identity.password_reset. */
enum err identity_password_reset(struct db *db, struct arena *arena, struct ledger_actor by, int64_t staff_id, const char *reason,
                                 int64_t now_us, enum identity_account_verdict *ret_verdict, const char **ret_login_name,
                                 char ret_password[IDENTITY_PASSWORD_MADE_SIZE]) MUST_CHECK;
/* Disables the account and ends its log-ins, or lets it sign in again. Side effects: event identity.account_disable or
 * identity.account_enable. */
enum err identity_account_enable(struct db *db, struct arena *arena, struct ledger_actor by, int64_t staff_id, bool enabled,
                                 const char *reason, int64_t now_us, enum identity_account_verdict *ret_verdict) MUST_CHECK;

/* Login names of `count` (up to 200) staff ids; NULL for an id that is nobody's. */
enum err identity_staff_names(struct db *db, struct arena *arena, const int64_t *staff_ids, size_t count,
                              const char ***ret_names) MUST_CHECK;

/* Import of officers: login_name, full_name, unit, roles. A new name becomes an account with a generated password
 * (report->secrets); a known one gets name, unit and roles of the file, never a new password. */
extern const struct import_column IDENTITY_OFFICER_COLUMNS[];
enum err identity_import_officers(struct db *db, struct arena *arena, const struct import_request *request,
                                  struct import_report *report) MUST_CHECK;

/* ---- log-ins ---- */

/* A new log-in. The token goes into the cookie and nowhere else; wipe it after use. */
struct identity_login {
    char token[IDENTITY_TOKEN_TEXT];
    struct identity_actor actor;
    int64_t shift_ends_us; /* of a candidate with a sitting, else 0 */
};
enum identity_login_verdict {
    IDENTITY_LOGIN_MADE,
    IDENTITY_LOGIN_WRONG, /* name or secret, not said which */
    IDENTITY_LOGIN_WAIT,  /* the brake: try again after *ret_wait_s */
    IDENTITY_LOGIN_FROZEN /* of a candidate: another machine has her open sitting, and an invigilator has not decided yet */
};

/* Seconds to wait after the n-th failure in a row: none up to the third, then 2, 4, … 60. Pure. */
int identity_brake_wait_s(int failures);

/* Slow (hashes, also for unknown names and disabled accounts). `old_token` (may be NULL) is the cookie that came with
 * the request: that log-in is ended. Failures are audited without name and password. */
enum err identity_staff_login(struct db *db, struct arena *arena, const char *login_name, const char *password,
                              const char *old_token, int64_t now_us, enum identity_login_verdict *ret_verdict,
                              struct identity_login *ret_login, int *ret_wait_s) MUST_CHECK;

enum identity_password_change_verdict {
    IDENTITY_PASSWORD_CHANGED,
    IDENTITY_PASSWORD_WRONG,
    IDENTITY_PASSWORD_WAIT,
    IDENTITY_PASSWORD_UNFIT /* *ret_unfit says why */
};
/* Slow. Ends the person's other log-ins. */
enum err identity_password_change(struct db *db, struct arena *arena, const struct identity_actor *actor,
                                  const char *old_password, const char *new_password, int64_t now_us,
                                  enum identity_password_change_verdict *ret_verdict,
                                  enum identity_password_verdict *ret_unfit, int *ret_wait_s) MUST_CHECK;

/* ---- a password once more, for one act ---- */

enum identity_step_up_verdict { IDENTITY_STEP_UP_MADE, IDENTITY_STEP_UP_WRONG, IDENTITY_STEP_UP_WAIT };
/* Slow. Proves at the moment of an act that the person is there: the password is checked (with the brake of signing in), and a
 * step-up stored that serves this actor for `act` on `subject_id` within two minutes; the table of the act takes it once.
 * Side effects: event identity.step_up; failures as of signing in. */
enum err identity_step_up(struct db *db, struct arena *arena, const struct identity_actor *actor, const char *password,
                          const char *act, int64_t subject_id, int64_t now_us, enum identity_step_up_verdict *ret_verdict,
                          int64_t *ret_step_up_id, int *ret_wait_s) MUST_CHECK;

/* `cycle_code` may be NULL when the roll number is unique among cycles that are not released. Forgives blanks
 * and case in both texts, dashes in the code. `device`: the random number that her machine keeps, in the form of a token; another
 * one than before while her paper is open is event sitting.second_device. */
enum err identity_candidate_login(struct db *db, struct arena *arena, const struct identity_secret *secret,
                                  const char *cycle_code, const char *roll_number, const char *access_code,
                                  const char *device, int64_t now_us, enum identity_login_verdict *ret_verdict,
                                  struct identity_login *ret_login, int *ret_wait_s) MUST_CHECK;
enum identity_place {
    IDENTITY_PLACE_HERE,
    IDENTITY_PLACE_WAITS,    /* at another device, and an invigilator has to decide */
    IDENTITY_PLACE_ELSEWHERE /* at another device, as was decided */
};
/* Whether a log-in ended because the candidate's sitting is at another device now. */
enum err identity_candidate_place(struct db *db, struct arena *arena, const uint8_t token_sha256[CRYPTO_SHA256_LEN],
                                  enum identity_place *ret_place) MUST_CHECK;
/* A fresh random value for a cookie, of the form of a token, with its SHA-256. */
void identity_token_new(char ret_text[IDENTITY_TOKEN_TEXT], uint8_t ret_sha256[CRYPTO_SHA256_LEN]);
/* By what a candidate's log-in is known: SHA-256 over her token and the number of her machine, so that a token opens
 * nothing on another one. False: one of them has not the form of a token. */
bool identity_candidate_sha256(const char *token, const char *device, uint8_t out[CRYPTO_SHA256_LEN]);

/* SHA-256 of a cookie's value; false: it has not the form of a token. */
bool identity_token_sha256(const char *token, uint8_t out[CRYPTO_SHA256_LEN]);
/* The actor of a live log-in of `kind`; kind IDENTITY_NOBODY in *ret_actor when there is none. Notes, to the minute,
 * that staff were seen. */
enum err identity_login_read(struct db *db, struct arena *arena, enum identity_kind kind,
                             const uint8_t token_sha256[CRYPTO_SHA256_LEN], int64_t now_us,
                             struct identity_actor *ret_actor) MUST_CHECK;
/* Ends the actor's log-in (and, of a candidate, raises access_generation). */
enum err identity_login_end(struct db *db, struct arena *arena, const struct identity_actor *actor,
                            int64_t now_us) MUST_CHECK;

/* ---- access codes of candidates ---- */

#define IDENTITY_ACCESS_CODE_LEN 10  /* bytes: 80 bits */
#define IDENTITY_ACCESS_CODE_SIZE 20 /* "XXXX-XXXX-XXXX-XXXX" with NUL */

/* A fresh code, and its form on paper. */
void identity_access_code_make(uint8_t ret_code[IDENTITY_ACCESS_CODE_LEN], char ret_text[IDENTITY_ACCESS_CODE_SIZE]);
/* The hash that is stored: HMAC-SHA256(key, "khoacu/access/v1\n" cycle id as 16 hex digits "\n" roll number "\n" code).
 */
void identity_access_code_hmac(const struct identity_secret *secret, int64_t cycle_id, const char *roll_number,
                               const uint8_t code[IDENTITY_ACCESS_CODE_LEN], uint8_t out[CRYPTO_SHA256_LEN]);

#endif
