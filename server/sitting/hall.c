#include "khoacu/sitting/hall.h"

#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/identity/secret.h"
#include "khoacu/ledger/ledger.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* ---- the hall and its seats ---- */

enum err hall_room_read(struct db *db, struct arena *arena, int64_t shift_id, const char *code, int64_t staff_id, struct hall_room *ret_room) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_HALL_ROOM, DB_PARAMS(P_INT(shift_id), P_TEXT(code), P_INT(staff_id)), &row);
    if (err != ERR_NONE)
        return err;
    *ret_room = (struct hall_room){.shift_id = shift_id,
                                   .room_id = db_int(row, 0),
                                   .cycle_id = db_int(row, 1),
                                   .code = code,
                                   .shift_code = db_text(row, 2),
                                   .shift_state = db_text(row, 3),
                                   .starts_us = db_time(row, 4),
                                   .ends_us = db_time(row, 5),
                                   .minutes = db_int(row, 6),
                                   .grace_s = db_int(row, 7),
                                   .clock = db_text(row, 8),
                                   .check_in = db_bool(row, 9),
                                   .two_persons = db_bool(row, 10),
                                   .item_count = db_int(row, 11),
                                   .cycle_code = db_text(row, 12),
                                   .title_vi = db_text(row, 13),
                                   .title_en = db_text(row, 14),
                                   .authority_vi = db_text(row, 15),
                                   .authority_en = db_text(row, 16),
                                   .watches = db_bool(row, 17),
                                   .demonstration = db_bool(row, 18)};
    return ERR_NONE;
}

static enum err add_seat(void *ctx, const struct db_row *row) {
    struct hall_seats *seats = ctx;
    seats->seats[seats->count++] = (struct hall_seat){.sitting_id = db_int(row, 0),
                                                      .seat = db_int(row, 1),
                                                      .roll_number = db_text(row, 2),
                                                      .full_name = db_text(row, 3),
                                                      .state = db_text(row, 4),
                                                      .started_us = db_time(row, 5),
                                                      .closes_us = db_time(row, 6),
                                                      .held_us = db_time(row, 7),
                                                      .holds = db_int(row, 8),
                                                      .evacuated = db_bool(row, 9),
                                                      .extra_s = db_int(row, 10),
                                                      .accommodation_s = db_int(row, 11),
                                                      .answered = db_int(row, 12),
                                                      .flagged = db_int(row, 13),
                                                      .saved_us = db_time(row, 14),
                                                      .seen_us = db_time(row, 15),
                                                      .position = db_int(row, 16),
                                                      .seb = db_text(row, 17),
                                                      .seb_received = db_text(row, 18),
                                                      .check_in = db_text(row, 19),
                                                      .incidents = db_int(row, 20),
                                                      .second_machine = db_bool(row, 21),
                                                      .photo = db_bool(row, 22),
                                                      .ended_us = db_time(row, 23),
                                                      .seb_expected = db_text(row, 24)};
    return ERR_NONE;
}

enum err hall_seats_read(struct db *db, struct arena *arena, int64_t room_id, struct hall_seats *ret_seats) {
    struct hall_seats seats = {.seats = ARENA_ARRAY(arena, HALL_SEATS_MAX, struct hall_seat)};
    if (!seats.seats)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_HALL_SEATS, DB_PARAMS(P_INT(room_id)), HALL_SEATS_MAX, add_seat, &seats);
    if (err == ERR_NONE)
        *ret_seats = seats;
    return err;
}

/* ---- who watches ---- */

static enum err add_person(void *ctx, const struct db_row *row) {
    struct hall_staff *staff = ctx;
    staff->persons[staff->count++] = (struct hall_person){.staff_id = db_int(row, 0), .login_name = db_text(row, 1), .full_name = db_text(row, 2)};
    return ERR_NONE;
}

enum err hall_staff_read(struct db *db, struct arena *arena, int64_t room_id, struct hall_staff *ret_staff) {
    ret_staff->count = 0;
    return db_many(db, arena, DB_HALL_STAFF, DB_PARAMS(P_INT(room_id)), HALL_STAFF_MAX, add_person, ret_staff);
}

struct assigning {
    struct arena *arena;
    const struct hall_assign *assign;
    enum hall_assign_verdict verdict;
};

static enum err assign_body(void *ctx, struct db *db) {
    struct assigning *assigning = ctx;
    const struct hall_assign *assign = assigning->assign;
    const struct db_row *row = NULL;
    enum err err = db_one(db, assigning->arena, DB_HALL_ASSIGN,
                          DB_PARAMS(P_INT(assign->room_id), P_TEXT(assign->login_name), P_BOOL(assign->assigned), P_INT(assign->staff_id),
                                    P_TIME(assign->now_us)),
                          &row);
    if (err != ERR_NONE)
        return err;
    const char *outcome = db_text(row, 0);
    assigning->verdict = strcmp(outcome, "set") == 0              ? HALL_ASSIGN_SET
                         : strcmp(outcome, "same") == 0           ? HALL_ASSIGN_SAME
                         : strcmp(outcome, "unknown_person") == 0 ? HALL_ASSIGN_UNKNOWN_PERSON
                                                                  : HALL_ASSIGN_NOT_YOURS;
    if (assigning->verdict != HALL_ASSIGN_SET)
        return DB_ROLLBACK;
    char person[TEXT_ID_LEN + 1];
    text_format_id(db_int(row, 1), person);
    const char *details = arena_printf(assigning->arena, "{\"person\":\"%s\"}", person);
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, assigning->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(assign->staff_id),
                                                .act = assign->assigned ? "hall.assign" : "hall.unassign",
                                                .subject_kind = "room",
                                                .subject_id = assign->room_id,
                                                .details = details,
                                                .at_us = assign->now_us});
}

enum err hall_assign(struct db *db, struct arena *arena, const struct hall_assign *assign, enum hall_assign_verdict *ret_verdict) {
    struct assigning assigning = {.arena = arena, .assign = assign};
    enum err err = db_transact(db, assign_body, &assigning);
    if (err == ERR_NONE)
        *ret_verdict = assigning.verdict;
    return err;
}

/* ---- checking in ---- */

bool hall_document_clean(const char *typed, char ret_number[HALL_DOCUMENT_MAX]) {
    size_t len = 0;
    for (const char *at = typed; *at; at++) {
        if (*at == ' ' || *at == '-' || *at == '.')
            continue;
        if (!isalnum((unsigned char)*at) || len == 20)
            return false;
        ret_number[len++] = (char)toupper((unsigned char)*at);
    }
    ret_number[len] = '\0';
    return len >= 6;
}

void hall_document_hmac(const struct identity_secret *secret, int64_t candidate_id, const char *number, uint8_t out[CRYPTO_SHA256_LEN]) {
    char message[HALL_DOCUMENT_MAX + TEXT_ID_LEN + 32], id[TEXT_ID_LEN + 1];
    text_format_id(candidate_id, id);
    int len = snprintf(message, sizeof message, "khoacu/document/v1\n%s\n%s", id, number);
    crypto_hmac_sha256(secret->key, IDENTITY_SECRET_LEN, message, (size_t)len, out);
    crypto_wipe(message, sizeof message);
}

enum err hall_sitting_read(struct db *db, struct arena *arena, int64_t sitting_id, int64_t staff_id, struct hall_sitting *ret_sitting) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_HALL_SITTING, DB_PARAMS(P_INT(sitting_id), P_INT(staff_id)), &row);
    if (err == ERR_NONE)
        *ret_sitting = (struct hall_sitting){.room_id = db_int(row, 0), .shift_id = db_int(row, 1), .candidate_id = db_int(row, 2), .cycle_id = db_int(row, 3),
                                             .roll_number = db_text(row, 4), .watches = db_bool(row, 5)};
    return err;
}

enum err hall_photo_read(struct db *db, struct arena *arena, int64_t candidate_id, const uint8_t **ret_jpeg, size_t *ret_len) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_HALL_PHOTO, DB_PARAMS(P_INT(candidate_id)), &row);
    *ret_len = 0;
    if (err == ERR_DB_NO_ROW)
        return ERR_NONE;
    if (err == ERR_NONE)
        *ret_jpeg = db_bytes(row, 0, ret_len);
    return err;
}

struct checking {
    struct arena *arena;
    const struct hall_check_in *check;
    enum hall_check_in_verdict verdict;
    struct hall_checked checked;
};

static enum err read_check_in(const char *outcome, enum hall_check_in_verdict *ret_verdict) {
    static const struct db_word WORDS[] = {{"recorded", HALL_CHECK_IN_RECORDED},   {"reason", HALL_CHECK_IN_REASON}, {"same_person", HALL_CHECK_IN_SAME_PERSON},
                                           {"not_yours", HALL_CHECK_IN_NOT_YOURS}, {"open", HALL_CHECK_IN_OPEN},     {"ended", HALL_CHECK_IN_ENDED},
                                           {"unknown", HALL_CHECK_IN_UNKNOWN}};
    int meaning = DB_MEANING(WORDS, outcome);
    *ret_verdict = (enum hall_check_in_verdict)meaning;
    return meaning < 0 ? ERR_STATE : ERR_NONE;
}

static enum err check_in_body(void *ctx, struct db *db) {
    struct checking *checking = ctx;
    const struct hall_check_in *check = checking->check;
    const struct db_row *row = NULL;
    enum err err = db_one(db, checking->arena, DB_HALL_CHECK_IN,
                          DB_PARAMS(P_INT(check->sitting_id), P_TEXT(check->present ? "present" : "refused"),
                                    check->hmac ? P_BYTES(check->hmac, CRYPTO_SHA256_LEN) : P_NULL, P_TEXT(check->photo), P_TEXT(check->reason),
                                    P_INT(check->staff_id), P_TIME(check->now_us)),
                          &row);
    if (err == ERR_NONE)
        err = read_check_in(db_text(row, 0), &checking->verdict);
    if (err != ERR_NONE)
        return err;
    checking->checked = (struct hall_checked){.document = db_text(row, 1), .photo = db_text(row, 2)};
    if (checking->verdict != HALL_CHECK_IN_RECORDED)
        return DB_ROLLBACK;
    const char *details = arena_printf(checking->arena, "{\"document\":\"%s\",\"photo\":\"%s\"}", checking->checked.document, checking->checked.photo);
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, checking->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(check->staff_id),
                                                .act = check->present ? "hall.check_in" : "hall.turn_away",
                                                .subject_kind = "sitting",
                                                .subject_id = check->sitting_id,
                                                .reason = check->reason,
                                                .details = details,
                                                .at_us = check->now_us});
}

enum err hall_check_in(struct db *db, struct arena *arena, const struct hall_check_in *check, enum hall_check_in_verdict *ret_verdict,
                       struct hall_checked *ret_checked) {
    struct checking checking = {.arena = arena, .check = check};
    enum err err = db_transact(db, check_in_body, &checking);
    if (err == ERR_NONE) {
        *ret_verdict = checking.verdict;
        *ret_checked = checking.checked;
    }
    return err;
}
