/* sitting_field.h: a database with one shift, for tests of what happens to its sittings.
 *
 * Made by the owner straight in the tables: a cycle, one form of six items whose keys are 1 2 3 4 1 2, one shift with
 * three rooms of four sittings. Ids are `base` (one of each kind, and the rooms, items, sittings and candidates
 * right behind it), so that tests do not meet.
 */
#ifndef KHOACU_TESTS_SITTING_FIELD_H
#define KHOACU_TESTS_SITTING_FIELD_H

#include "bank_field.h"
#include "unit.h"

#include "khoacu/base/arena.h"
#include "khoacu/base/clock.h"
#include "khoacu/db/db.h"
#include "khoacu/score/score.h"
#include "khoacu/sitting/sitting.h"

#include <stdlib.h>
#include <unistd.h>

#define FIELD_ROOMS 3
#define FIELD_SEATS 4
#define FIELD_ITEMS 6

struct field {
    int64_t base;
    struct db *owner, *server, *worker, *bank;
    struct bank_vault *vault;
    struct arena arena;
};

static inline const char *field_conninfo(void) {
    return getenv("KHOACU_TEST_CONNINFO");
}

static inline struct db *field_connect(enum db_role role) {
    struct db *db = NULL;
    char why[300] = "";
    if (db_open(field_conninfo(), role, &db, why, sizeof why) != ERR_NONE)
        fail_msg("%s", why);
    return db;
}

static inline void field_sql(struct field *field, const char *format, ...) __attribute__((format(printf, 2, 3)));
static inline void field_sql(struct field *field, const char *format, ...) {
    char sql[8000];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(sql, sizeof sql, format, args);
    va_end(args);
    assert_in_range(len, 1, sizeof sql - 1);
    if (db_script(field->owner, sql) != ERR_NONE)
        fail_msg("%s", db_last_error(field->owner));
}

/* Whether an SQL condition holds. */
static inline void field_holds(struct field *field, const char *condition) {
    field_sql(field, "DO $do$ BEGIN IF (%s) IS NOT TRUE THEN RAISE EXCEPTION 'does not hold'; END IF; END $do$", condition);
}

static inline struct sitting_place field_place(const struct field *field, int room, int seat) {
    return (struct sitting_place){.room_id = field->base + room, .sitting_id = field->base + 10 * room + seat};
}

/* `starts` and `ends`: seconds from now. */
static inline void field_make(struct field *field, int64_t base, const char *clock, int starts, int ends, int minutes) {
    *field = (struct field){.base = base};
    arena_init(&field->arena, 64 << 20);
    field->owner = field_connect(DB_ROLE_OWNER);
    field->server = field_connect(DB_ROLE_SERVER);
    field->worker = field_connect(DB_ROLE_WORKER);
    field->bank = field_connect(DB_ROLE_BANK);
    field->vault = bank_field_vault();
    long long b = base;
    field_sql(field, "INSERT INTO staff (staff_id, login_name, full_name, password_hash) VALUES (%lld, 'officer%lld', 'Officer', '$scrypt$x');"
                     "INSERT INTO rule_pack (pack_id, version, body, sha256) VALUES ('P%lld', 1, '{}', sha256('{}'));"
                     "INSERT INTO cycle (cycle_id, code, title_vi, title_en, authority_vi, authority_en, notice, notice_on, pack_id, pack_version,"
                     " written_max, interview_max, created_by) VALUES (%lld, 'C%lld', 'Kỳ', 'Cycle', 'Sở', 'Dept', 'N', '2026-11-01', 'P%lld', 1, 100, 0, %lld);",
              b, b, b, b, b, b, b);
    field_sql(field, "INSERT INTO agency (agency_id, cycle_id, code, name) VALUES (%lld, %lld, 'A', 'Agency');"
                     "INSERT INTO post (post_id, cycle_id, code, title) VALUES (%lld, %lld, 'P', 'Post');"
                     "INSERT INTO bank (bank_id, code, name) VALUES (%lld, 'B%lld', 'Bank');",
              b, b, b, b, b, b);
    bank_field_keys(field->vault, field->bank, base);
    for (int n = 1; n <= 6; n++)
        bank_field_item(field->vault, field->owner, field->bank, base, base + n, base, "Stem", (n - 1) % 4 + 1);
    bank_field_form(field->owner, base, 6);
    field_sql(field, "INSERT INTO shift (shift_id, cycle_id, code, form_id, clock, starts_at, ends_at, minutes, grace_s)"
                     " VALUES (%lld, %lld, 'S', %lld, '%s', clock_timestamp() + %d * interval '1 s', clock_timestamp() + %d * interval '1 s', %d, 2);",
              b, b, b, clock, starts, ends, minutes);
    field_sql(field, "INSERT INTO room (room_id, shift_id, code) SELECT %lld + r, %lld, 'R' || r FROM generate_series(1, 3) r;"
                     "INSERT INTO candidate (candidate_id, cycle_id, roll_number, full_name, birth_date, post_id, agency_ids)"
                     " SELECT %lld + 10 * r + s, %lld, 'T-' || r || s, 'Candidate', '2000-01-01', %lld, ARRAY[%lld]::bigint[] FROM generate_series(1, 3) r, generate_series(1, 4) s;"
                     "INSERT INTO sitting (room_id, sitting_id, shift_id, candidate_id, seat, grace_s)"
                     " SELECT %lld + r, %lld + 10 * r + s, %lld, %lld + 10 * r + s, s, 2 FROM generate_series(1, 3) r, generate_series(1, 4) s;",
              b, b, b, b, b, b, b, b, b, b);
}

static inline void field_free(struct field *field) {
    db_close(field->owner);
    db_close(field->server);
    db_close(field->worker);
    db_close(field->bank);
    arena_release(&field->arena);
}

/* A saved answer, as the journal leaves it. */
static inline void field_answer(struct field *field, struct sitting_place place, int position, int seq, int choice) {
    field_sql(field, "INSERT INTO response (room_id, sitting_id, received_at, seq, position, choice, flagged)"
                     " VALUES (%lld, %lld, clock_timestamp(), %d, %d, %d, false)",
              (long long)place.room_id, (long long)place.sitting_id, seq, position, choice);
}

#endif
