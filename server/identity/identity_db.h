/* identity_db.h: rows of staff, log-ins and the brake as structs; one function per statement. */
#ifndef KHOACU_SERVER_IDENTITY_IDENTITY_DB_H
#define KHOACU_SERVER_IDENTITY_IDENTITY_DB_H

#include "khoacu/identity/identity.h"

/* What signing in needs of a staff account. staff_id 0: no such account. */
struct identity_password_row {
    int64_t staff_id;
    const char *hash;
    bool active;
};
enum err identity_db_password_read(struct db *db, struct arena *arena, const char *login_name,
                                   struct identity_password_row *ret_row) MUST_CHECK;

/* What signing in needs of a candidate. candidate_id 0: none, or not the only one. */
struct identity_candidate_row {
    int64_t candidate_id, cycle_id, sitting_id, room_id, shift_ends_us;
    const char *cycle_code, *roll_number, *full_name;
    uint8_t access_code_hmac[CRYPTO_SHA256_LEN];
    bool has_code;
};
enum err identity_db_candidate_read(struct db *db, struct arena *arena, const char *cycle_code, const char *roll_number,
                                    struct identity_candidate_row *ret_row) MUST_CHECK;

/* Time before which `subject` waits, 0 when it may try. */
enum err identity_db_brake_read(struct db *db, struct arena *arena, const char *subject, int64_t now_us,
                                int64_t *ret_blocked_until_us) MUST_CHECK;
/* Counts a failure and sets the wait that follows from it. */
enum err identity_db_brake_raise(struct db *db, struct arena *arena, const char *subject, int64_t now_us,
                                 int *ret_failures) MUST_CHECK;

/* A row of identity_staff_by_name or identity_staff_page. */
struct identity_staff identity_db_staff_of(const struct db_row *row);
/* Roles as keys separated by ';'. `out` holds IDENTITY_ROLES_TEXT bytes. */
#define IDENTITY_ROLES_TEXT 128
void identity_db_roles_text(unsigned roles, char out[IDENTITY_ROLES_TEXT]);
/* Puts an account, its roles and its audit event into the transaction. *ret_taken: the name exists, nothing was done.
 */
enum err identity_db_staff_insert(struct db *db, struct arena *arena, struct ledger_actor by,
                                  const struct identity_staff *staff, const char *password_hash, int64_t now_us,
                                  bool *ret_taken) MUST_CHECK;

#endif
