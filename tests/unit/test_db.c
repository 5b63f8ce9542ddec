#include "unit.h"

#include "db/db_private.h"

#include <stdlib.h>

#include "khoacu/base/banned.h"

static const char *conninfo(void) {
    const char *text = getenv("KHOACU_TEST_CONNINFO");
    if (!text)
        skip();
    return text;
}

static struct db *open_as(enum db_role role) {
    struct db *db = NULL;
    char error[400] = "";
    enum err err = db_open(conninfo(), role, &db, error, sizeof(error));
    if (err != ERR_NONE)
        fail_msg("%s", error);
    return db;
}

static void each_role_prepares_all_its_statements(void **state) {
    (void)state;
    for (int role = DB_ROLE_OWNER; role <= DB_ROLE_LOGIN; role++) {
        struct db *db = open_as((enum db_role)role);
        enum err err = db_prepare(db);
        if (err != ERR_NONE)
            fail_msg("%s", db_last_error(db));
        db_close(db);
    }
}

static void sqlstates(void **state) {
    (void)state;
    static const struct {
        const char *sqlstate;
        enum err err;
    } rows[] = {{"40001", ERR_DB_RETRY}, {"40P01", ERR_DB_RETRY},  {"23505", ERR_DB_CONFLICT}, {"23514", ERR_DB_REFUSED},
                {"57P01", ERR_DB_DOWN},  {"57014", ERR_OVERLOAD},  {"53100", ERR_OVERLOAD},    {"08006", ERR_DB_DOWN},
                {"25006", ERR_DB_DOWN},  {"42501", ERR_DB_REFUSED}, {NULL, ERR_DB_DOWN}};
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_int_equal(db_err_of_sqlstate(rows[i].sqlstate), rows[i].err);
}

/* Runs `sql` with the parameters and hands its one row to `look`. */
static void with_row(const char *sql, const struct db_param *params, size_t count, void (*look)(const struct db_row *)) {
    struct db *db = open_as(DB_ROLE_OWNER);
    struct arena arena;
    struct db_encoded encoded;
    arena_init(&arena, 1 << 20);
    assert_int_equal(db_encode(&encoded, params, count), ERR_NONE);
    PGresult *result = PQexecParams(db->conn, sql, (int)count, NULL, encoded.values, encoded.lengths, encoded.formats, 0);
    if (PQntuples(result) != 1)
        fail_msg("%s", PQresultErrorMessage(result));
    struct db_cell cells[16] = {0};
    struct db_row row = {.arena = &arena, .columns = PQnfields(result), .cells = cells};
    for (int i = 0; i < row.columns; i++) {
        cells[i].text = PQgetisnull(result, 0, i) ? NULL : PQgetvalue(result, 0, i);
        cells[i].len = (size_t)PQgetlength(result, 0, i);
    }
    look(&row);
    PQclear(result);
    db_encoded_release(&encoded);
    arena_release(&arena);
    db_close(db);
}

#define AT INT64_C(1795417200123456)

static void look_at_values(const struct db_row *row) {
    size_t len;
    assert_int_equal(db_int(row, 0), INT64_MIN);
    assert_string_equal(db_text(row, 1), "Nguyễn \"Ánh\" \\ {}");
    assert_true(db_bool(row, 2));
    const uint8_t *bytes = db_bytes(row, 3, &len);
    assert_int_equal(len, 4);
    assert_memory_equal(bytes, "\x00\xff\x5c\x01", 4);
    assert_int_equal(db_time(row, 4), AT);
    assert_int_equal(db_hundredths(row, 5), -5);
    const int64_t *numbers = db_ints(row, 6, &len);
    assert_int_equal(len, 3);
    assert_int_equal(numbers[0] + numbers[1] + numbers[2], 5);
    const char *const *texts = db_texts(row, 7, &len);
    assert_int_equal(len, 5);
    assert_string_equal(texts[0], "a,b");
    assert_string_equal(texts[1], "\"q\\");
    assert_null(texts[2]);
    assert_string_equal(texts[3], "NULL");
    assert_string_equal(texts[4], "");
    assert_string_equal(db_text(row, 8), "2001-02-28");
    assert_int_equal(db_hundredths(row, 9), 5750);
    assert_int_equal(db_time(row, 10), INT64_C(1795417200000000));
}

static void values_go_there_and_back(void **state) {
    (void)state;
    static const int64_t numbers[] = {-1, 0, 6};
    static const char *const texts[] = {"a,b", "\"q\\", NULL, "NULL", ""};
    with_row("SELECT $1::bigint, $2::text, $3::boolean, $4::bytea, $5::timestamptz, $6::numeric, $7::bigint[], $8::text[], "
             "'2001-02-28'::date, 57.5::numeric, '2026-11-23 14:00+07'::timestamptz",
             DB_PARAMS(P_INT(INT64_MIN), P_TEXT("Nguyễn \"Ánh\" \\ {}"), P_BOOL(true), P_BYTES("\x00\xff\x5c\x01", 4), P_TIME(AT),
                       P_HUNDREDTHS(-5), P_INTS(numbers, 3), P_TEXTS(texts, 5)),
             look_at_values);
}

static void look_at_nulls(const struct db_row *row) {
    size_t len = 7;
    for (int i = 0; i < 7; i++)
        assert_true(db_is_null(row, i));
    assert_int_equal(db_int(row, 0), 0);
    assert_null(db_text(row, 1));
    assert_false(db_bool(row, 2));
    assert_null(db_bytes(row, 3, &len));
    assert_int_equal(len, 0);
    assert_int_equal(db_time(row, 4), 0);
    assert_int_equal(db_hundredths(row, 5), 0);
    assert_null(db_ints(row, 6, &len));
    assert_int_equal(db_int(row, 7), 0); /* cardinality of an empty array */
    (void)db_texts(row, 8, &len);
    assert_int_equal(len, 0);
}

static void nulls_and_empty_arrays(void **state) {
    (void)state;
    with_row("SELECT $1::bigint, $2::text, $3::boolean, $4::bytea, $5::timestamptz, $6::numeric, $7::bigint[], "
             "cardinality($8::bigint[]), $9::text[]",
             DB_PARAMS(P_NULL, P_TEXT(NULL), P_NULL, P_BYTES(NULL, 0), P_TIME(0), P_NULL, P_NULL, P_INTS(NULL, 0), P_TEXTS(NULL, 0)),
             look_at_nulls);
}

static void settings_of_a_connection(void **state) {
    (void)state;
    static const struct {
        enum db_role role;
        const char *setting, *value;
    } rows[] = {{DB_ROLE_SERVER, "statement_timeout", "30s"},   {DB_ROLE_WORKER, "statement_timeout", "0"},
                {DB_ROLE_SERVER, "timezone", "UTC"},            {DB_ROLE_SERVER, "client_encoding", "UTF8"},
                {DB_ROLE_SERVER, "application_name", "khoacu-server"}, {DB_ROLE_WORKER, "role", "khoacu_worker"},
                {DB_ROLE_SERVER, "search_path", "khoacu, pg_catalog"}, {DB_ROLE_SERVER, "synchronous_commit", "on"},
                {DB_ROLE_LOGIN, "role", "none"}};
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct db *db = open_as(rows[i].role);
        char sql[64];
        (void)snprintf(sql, sizeof(sql), "SHOW %s", rows[i].setting);
        PGresult *result = NULL;
        assert_int_equal(db_execute_text(db, sql, &result), ERR_NONE);
        assert_string_equal(PQgetvalue(result, 0, 0), rows[i].value);
        PQclear(result);
        db_close(db);
    }
}

struct run {
    int runs;
    enum err returns[8];
    const char *sql;
};

static enum err scripted(void *ctx, struct db *db) {
    struct run *run = ctx;
    PGresult *result = NULL;
    enum err err = run->sql ? db_execute_text(db, run->sql, &result) : ERR_NONE;
    PQclear(result);
    enum err wanted = run->returns[run->runs++];
    return err != ERR_NONE ? err : wanted;
}

static int64_t count_rows(struct db *db, const char *sql) {
    PGresult *result = NULL;
    assert_int_equal(db_execute_text(db, sql, &result), ERR_NONE);
    int64_t count = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    return count;
}

static void transactions(void **state) {
    (void)state;
    static const char *const insert = "INSERT INTO scratch VALUES (1)", *const twice = "INSERT INTO scratch_unique VALUES (1), (1)";
    static const struct {
        const char *name;
        struct run run;
        enum err err;
        int runs, rows;
    } rows[] = {
        {"commit", {.sql = insert}, ERR_NONE, 1, 1},
        {"failure rolls back", {.sql = insert, .returns = {ERR_LIMIT}}, ERR_LIMIT, 1, 0},
        {"wanted roll back", {.sql = insert, .returns = {DB_ROLLBACK}}, ERR_NONE, 1, 0},
        {"retry, then commit", {.sql = insert, .returns = {ERR_DB_RETRY, ERR_DB_RETRY}}, ERR_NONE, 3, 1},
        {"retry to the end",
         {.sql = insert, .returns = {ERR_DB_RETRY, ERR_DB_RETRY, ERR_DB_RETRY, ERR_DB_RETRY, ERR_DB_RETRY, ERR_DB_RETRY}},
         ERR_DB_RETRY, 5, 0},
        {"lost connection, once more", {.sql = insert, .returns = {ERR_DB_DOWN}}, ERR_NONE, 2, 1},
        {"lost connection twice", {.sql = insert, .returns = {ERR_DB_DOWN, ERR_DB_DOWN}}, ERR_DB_DOWN, 2, 0},
        {"conflict", {.sql = twice}, ERR_DB_CONFLICT, 1, 0},
        {"refused", {.sql = "SELECT 1/0"}, ERR_DB_REFUSED, 1, 0},
    };
    struct db *db = open_as(DB_ROLE_LOGIN);
    assert_int_equal(db_script(db, "CREATE TEMP TABLE scratch (n int); CREATE TEMP TABLE scratch_unique (n int UNIQUE)"), ERR_NONE);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct run run = rows[i].run;
        ROW_TRUE(db_transact(db, scripted, &run) == rows[i].err, rows[i].name);
        ROW_TRUE(run.runs == rows[i].runs, rows[i].name);
        ROW_TRUE(count_rows(db, "SELECT count(*) FROM scratch") == rows[i].rows, rows[i].name);
        ROW_TRUE(!db->in_transaction, rows[i].name);
        assert_int_equal(db_script(db, "TRUNCATE scratch"), ERR_NONE);
    }
    db_close(db);
}

static enum err swallows(void *ctx, struct db *db) {
    (void)ctx;
    PGresult *result = NULL;
    assert_int_equal(db_execute_text(db, "SELECT 1/0", &result), ERR_DB_REFUSED);
    PQclear(result);
    return ERR_NONE;
}

static void a_swallowed_failure_is_not_committed(void **state) {
    (void)state;
    struct db *db = open_as(DB_ROLE_LOGIN);
    assert_int_equal(db_transact(db, swallows, NULL), ERR_DB_REFUSED);
    db_close(db);
}

static void end_other_connections(void) {
    struct db *killer = open_as(DB_ROLE_LOGIN);
    PGresult *result = NULL;
    assert_int_equal(db_execute_text(killer,
                                     "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity "
                                     "WHERE application_name = 'khoacu-server'",
                                     &result),
                     ERR_NONE);
    PQclear(result);
    db_close(killer);
}

static enum err loses_its_connection(void *ctx, struct db *db) {
    int *runs = ctx;
    struct arena arena;
    const struct db_row *row = NULL;
    if (++*runs == 1)
        end_other_connections();
    arena_init(&arena, 4096);
    enum err err = db_one(db, &arena, DB_IDENTITY_STAFF_COUNT, DB_NO_PARAMS, &row);
    arena_release(&arena);
    return err;
}

static void a_lost_connection_heals(void **state) {
    (void)state;
    struct db *db = open_as(DB_ROLE_SERVER);
    struct arena arena;
    const struct db_row *row = NULL;
    arena_init(&arena, 4096);
    end_other_connections();
    assert_int_equal(db_one(db, &arena, DB_IDENTITY_STAFF_COUNT, DB_NO_PARAMS, &row), ERR_NONE);
    int runs = 0;
    assert_int_equal(db_transact(db, loses_its_connection, &runs), ERR_NONE);
    assert_int_equal(runs, 2);
    arena_release(&arena);
    db_close(db);
}

static void a_refused_connection_says_why(void **state) {
    (void)state;
    struct db *db = NULL;
    char error[400] = "";
    (void)conninfo();
    assert_int_equal(db_open("host=/nonexistent dbname=khoacu", DB_ROLE_SERVER, &db, error, sizeof(error)), ERR_DB_DOWN);
    assert_null(db);
    assert_non_null(strstr(error, "/nonexistent"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_role_prepares_all_its_statements),
        cmocka_unit_test(sqlstates),
        cmocka_unit_test(values_go_there_and_back),
        cmocka_unit_test(nulls_and_empty_arrays),
        cmocka_unit_test(settings_of_a_connection),
        cmocka_unit_test(transactions),
        cmocka_unit_test(a_swallowed_failure_is_not_committed),
        cmocka_unit_test(a_lost_connection_heals),
        cmocka_unit_test(a_refused_connection_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
