#include "identity_db.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

static enum err take_password(void *ctx, const struct db_row *row) {
    const char *state = db_text(row, 2);
    *(struct identity_password_row *)ctx = (struct identity_password_row){
        .staff_id = db_int(row, 0), .hash = db_text(row, 1), .active = state && strcmp(state, "active") == 0};
    return ERR_NONE;
}

enum err identity_db_password_read(struct db *db, struct arena *arena, const char *login_name,
                                   struct identity_password_row *ret_row) {
    struct identity_password_row found = {0};
    enum err err =
        db_many(db, arena, DB_IDENTITY_STAFF_PASSWORD_READ, DB_PARAMS(P_TEXT(login_name)), 1, take_password, &found);
    if (err == ERR_NONE)
        *ret_row = found;
    return err;
}

struct candidate_rows {
    struct identity_candidate_row row;
    int count;
};

static enum err take_candidate(void *ctx, const struct db_row *row) {
    struct candidate_rows *rows = ctx;
    rows->count++;
    size_t len = 0;
    const uint8_t *hmac = db_bytes(row, 5, &len);
    rows->row = (struct identity_candidate_row){.candidate_id = db_int(row, 0),
                                                .cycle_id = db_int(row, 1),
                                                .cycle_code = db_text(row, 2),
                                                .roll_number = db_text(row, 3),
                                                .full_name = db_text(row, 4),
                                                .sitting_id = db_int(row, 6),
                                                .room_id = db_int(row, 7),
                                                .shift_ends_us = db_time(row, 8),
                                                .has_code = hmac && len == CRYPTO_SHA256_LEN};
    if (rows->row.has_code)
        memcpy(rows->row.access_code_hmac, hmac, len);
    return ERR_NONE;
}

enum err identity_db_candidate_read(struct db *db, struct arena *arena, const char *cycle_code, const char *roll_number,
                                    struct identity_candidate_row *ret_row) {
    struct candidate_rows rows = {0};
    enum err err = db_many(db, arena, DB_IDENTITY_CANDIDATE_FACTS, DB_PARAMS(P_TEXT(roll_number), P_TEXT(cycle_code)),
                           2, take_candidate, &rows);
    if (err != ERR_NONE)
        return err;
    *ret_row = rows.count == 1 ? rows.row : (struct identity_candidate_row){0};
    return ERR_NONE;
}

static enum err take_time(void *ctx, const struct db_row *row) {
    *(int64_t *)ctx = db_time(row, 0);
    return ERR_NONE;
}

enum err identity_db_brake_read(struct db *db, struct arena *arena, const char *subject, int64_t now_us,
                                int64_t *ret_blocked_until_us) {
    int64_t until_us = 0;
    enum err err =
        db_many(db, arena, DB_IDENTITY_BRAKE_READ, DB_PARAMS(P_TEXT(subject), P_TIME(now_us)), 1, take_time, &until_us);
    if (err == ERR_NONE)
        *ret_blocked_until_us = until_us;
    return err;
}

enum err identity_db_brake_raise(struct db *db, struct arena *arena, const char *subject, int64_t now_us,
                                 int *ret_failures) {
    const struct db_row *row = NULL;
    enum err err = db_run(db, DB_IDENTITY_BRAKE_PURGE, DB_PARAMS(P_TIME(now_us)), NULL);
    if (err == ERR_NONE)
        err = db_one(db, arena, DB_IDENTITY_BRAKE_RAISE, DB_PARAMS(P_TEXT(subject), P_TIME(now_us)), &row);
    if (err != ERR_NONE)
        return err;
    int failures = (int)db_int(row, 0);
    int wait_s = identity_brake_wait_s(failures);
    if (wait_s > 0)
        err =
            db_run(db, DB_IDENTITY_BRAKE_BLOCK, DB_PARAMS(P_TEXT(subject), P_TIME(now_us + wait_s * 1000000LL)), NULL);
    if (err == ERR_NONE)
        *ret_failures = failures;
    return err;
}

struct identity_staff identity_db_staff_of(const struct db_row *row) {
    struct identity_staff staff = {.staff_id = db_int(row, 0),
                                   .login_name = db_text(row, 1),
                                   .full_name = db_text(row, 2),
                                   .unit = db_text(row, 3),
                                   .state = db_text(row, 4),
                                   .created_us = db_time(row, 5),
                                   .reset_us = db_time(row, 7)};
    const char *roles = db_text(row, 6);
    if (roles && !identity_roles_parse(roles, &staff.roles))
        staff.roles = 0;
    return staff;
}

void identity_db_roles_text(unsigned roles, char out[IDENTITY_ROLES_TEXT]) {
    size_t len = 0;
    out[0] = '\0';
    for (int i = 0; i < IDENTITY_ROLE_COUNT; i++)
        if (roles & 1u << i)
            len += (size_t)snprintf(out + len, IDENTITY_ROLES_TEXT - len, "%s%s", len > 0 ? ";" : "",
                                    identity_role_key((enum identity_role_number)i));
}

enum err identity_db_staff_insert(struct db *db, struct arena *arena, struct ledger_actor by,
                                  const struct identity_staff *staff, const char *password_hash, int64_t now_us,
                                  bool *ret_taken) {
    int64_t inserted = 0;
    enum err err = db_run(db, DB_IDENTITY_STAFF_INSERT,
                          DB_PARAMS(P_INT(staff->staff_id), P_TEXT(staff->login_name), P_TEXT(staff->full_name),
                                    P_TEXT(staff->unit), P_TEXT(password_hash), P_TIME(now_us)),
                          &inserted);
    if (err != ERR_NONE)
        return err;
    *ret_taken = inserted == 0;
    if (inserted == 0)
        return ERR_NONE;
    char roles[IDENTITY_ROLES_TEXT];
    identity_db_roles_text(staff->roles, roles);
    err = db_run(db, DB_IDENTITY_STAFF_ROLES_INSERT, DB_PARAMS(P_INT(staff->staff_id), P_TEXT(roles)), NULL);
    if (err != ERR_NONE)
        return err;
    const char *details = arena_printf(arena, "{\"roles\":\"%s\"}", roles);
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, arena,
                         &(struct ledger_event){.actor = by,
                                                .act = "identity.staff_add",
                                                .subject_kind = "staff",
                                                .subject_id = staff->staff_id,
                                                .details = details,
                                                .at_us = now_us});
}
