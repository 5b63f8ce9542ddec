/* The worker on a real database: closings, scores, jobs; interrupted, repeated and in pairs. */
#include "sitting_field.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

#include "khoacu/base/banned.h"

static int64_t s_from_now(int64_t seconds) {
    return clock_now_us() + seconds * 1000000;
}

/* Room 1: seats 1 and 2 are open with answers; room 2: seat 1 handed in, seat 2 open without answers; the rest never came. */
static void play(struct field *field) {
    enum sitting_start_verdict started;
    enum sitting_submit_verdict submitted;
    struct sitting_receipt receipt;
    struct sitting sitting;
    const struct sitting_place open[] = {field_place(field, 1, 1), field_place(field, 1, 2), field_place(field, 2, 1),
                                         field_place(field, 2, 2)};
    for (size_t i = 0; i < LENGTH(open); i++) {
        assert_int_equal(sitting_start(field->server, &field->arena, open[i], s_from_now(0), &started, &sitting), ERR_NONE);
        assert_int_equal(started, SITTING_START_OPEN);
    }
    for (int position = 1; position <= FIELD_ITEMS; position++) {
        field_answer(field, open[0], position, 1, (position - 1) % 4 + 1); /* all right */
        field_answer(field, open[1], position, 1, 1);                      /* right at 1 and 5 */
        if (position <= 3)
            field_answer(field, open[2], position, 1, position == 3 ? 1 : position);
    }
    field_answer(field, open[1], 5, 2, 0); /* cleared */
    assert_int_equal(sitting_submit(field->server, &field->arena, open[2], s_from_now(1), &submitted, &receipt), ERR_NONE);
    assert_int_equal(submitted, SITTING_SUBMIT_DONE);
}

/* What must hold of the played shift once it is closed, whoever closed it and however often. */
static void expect_closed(struct field *field) {
    long long b = field->base;
    char condition[3000];
    (void)snprintf(condition, sizeof condition,
                   "SELECT (SELECT state FROM shift WHERE shift_id = %lld) = 'closed'"
                   " AND (SELECT string_agg(state, ' ' ORDER BY sitting_id) FROM sitting WHERE shift_id = %lld) ="
                   "     'closed closed absent absent submitted closed absent absent absent absent absent absent'"
                   " AND (SELECT count(*) FROM receipt JOIN sitting USING (room_id, sitting_id) WHERE shift_id = %lld) = 4"
                   " AND (SELECT string_agg(concat_ws(':', s.candidate_id - %lld, revision, status, correct, answered, questions), ' ' ORDER BY s.candidate_id)"
                   "        FROM sitting_score s JOIN sitting t USING (sitting_id) WHERE t.shift_id = %lld) ="
                   "     '11:1:counted:6:6:6 12:1:counted:1:5:6 13:1:absent:6 14:1:absent:6 21:1:counted:2:3:6 22:1:counted:0:0:6 23:1:absent:6"
                   " 24:1:absent:6 31:1:absent:6 32:1:absent:6 33:1:absent:6 34:1:absent:6'"
                   " AND (SELECT count(*) FROM audit_event WHERE act = 'sitting.shift_close' AND subject = 'shift:' || lpad(to_hex(%lld), 16, '0')) = 1"
                   " AND (SELECT count(*) FROM audit_event WHERE act = 'score.room' AND subject IN"
                   "       (SELECT 'room:' || lpad(to_hex(room_id), 16, '0') FROM room WHERE shift_id = %lld)) = 3",
                   b, b, b, b, b, b, b);
    field_holds(field, condition);
}

static void the_clock_closes_and_scores(void **state) {
    (void)state;
    struct field field;
    int64_t done = -1;
    field_make(&field, 20000, "common", -100, 3700, 30);
    play(&field);
    int64_t deadline_us = s_from_now(-100 + 1800);
    assert_int_equal(score_due_close(field.worker, field.vault, deadline_us - 3000000, &done), ERR_NONE);
    field_holds(&field, "(SELECT count(*) FROM sitting WHERE shift_id = 20000 AND state = 'open') = 3");
    field_holds(&field, "(SELECT state FROM cycle WHERE cycle_id = 20000) = 'round1'");
    assert_int_equal(score_due_close(field.worker, field.vault, deadline_us + 1000000, &done), ERR_NONE);
    field_holds(&field, "(SELECT count(*) FROM sitting WHERE shift_id = 20000 AND state = 'open') = 3"); /* grace */
    for (int i = 0; i < 3; i++) {
        assert_int_equal(score_due_close(field.worker, field.vault, deadline_us + 4000000, &done), ERR_NONE);
        assert_true(i == 0 ? done > 0 : done == 0);
        expect_closed(&field);
    }
    field_free(&field);
}

static void personal_clocks_close_one_by_one(void **state) {
    (void)state;
    struct field field;
    int64_t done;
    enum sitting_start_verdict verdict;
    struct sitting sitting;
    field_make(&field, 21000, "personal", -100, 7200, 10);
    assert_int_equal(sitting_start(field.server, &field.arena, field_place(&field, 1, 1), s_from_now(0), &verdict, &sitting), ERR_NONE);
    assert_int_equal(sitting_start(field.server, &field.arena, field_place(&field, 1, 2), s_from_now(300), &verdict, &sitting), ERR_NONE);
    assert_int_equal(score_due_close(field.worker, field.vault, s_from_now(700), &done), ERR_NONE);
    field_holds(&field, "(SELECT string_agg(state, ' ' ORDER BY seat) FROM sitting WHERE room_id = 21001) = 'closed open assigned assigned'");
    field_holds(&field, "(SELECT state FROM shift WHERE shift_id = 21000) = 'scheduled'");
    assert_int_equal(score_due_close(field.worker, field.vault, s_from_now(7210), &done), ERR_NONE);
    field_holds(&field, "(SELECT string_agg(state, ' ' ORDER BY seat) FROM sitting WHERE room_id = 21001) = 'closed closed absent absent'");
    field_holds(&field, "(SELECT state FROM shift WHERE shift_id = 21000) = 'closed'");
    field_free(&field);
}

/* ---- two workers, and one that dies ---- */

static void *close_twice(void *ctx) {
    int64_t now_us = *(int64_t *)ctx, done = 0;
    struct db *db = NULL;
    if (db_open(field_conninfo(), DB_ROLE_WORKER, &db, NULL, 0) != ERR_NONE)
        return ctx;
    enum err err = score_due_close(db, bank_field_vault(), now_us, &done);
    if (err == ERR_NONE)
        err = score_due_close(db, bank_field_vault(), now_us, &done);
    db_close(db);
    return err == ERR_NONE ? NULL : ctx;
}

static void two_workers_do_it_once(void **state) {
    (void)state;
    for (int round = 0; round < 4; round++) {
        struct field field;
        pthread_t threads[3];
        int64_t now_us = s_from_now(4000);
        field_make(&field, 30000 + 1000 * round, "common", -100, 3700, 60);
        play(&field);
        for (size_t i = 0; i < LENGTH(threads); i++)
            assert_int_equal(pthread_create(&threads[i], NULL, close_twice, &now_us), 0);
        for (size_t i = 0; i < LENGTH(threads); i++) {
            void *failed = NULL;
            assert_int_equal(pthread_join(threads[i], &failed), 0);
            assert_null(failed);
        }
        expect_closed(&field);
        field_free(&field);
    }
}

static void a_worker_may_die_at_any_moment(void **state) {
    (void)state;
    struct field field;
    int64_t done = 0, now_us = s_from_now(4000);
    for (int round = 0; round < 12; round++) {
        field_make(&field, 40000 + 1000 * round, "common", -100, 3700, 60);
        play(&field);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            struct db *db = NULL;
            if (db_open(field_conninfo(), DB_ROLE_WORKER, &db, NULL, 0) == ERR_NONE)
                (void)!score_due_close(db, field.vault, now_us, &done);
            (void)pause();
            _exit(0);
        }
        (void)usleep(4000 + 3000 * (useconds_t)round);
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, NULL, 0), child);
        assert_int_equal(score_due_close(field.worker, field.vault, now_us, &done), ERR_NONE);
        expect_closed(&field);
        field_free(&field);
    }
}

/* ---- scoring again ---- */

static void scoring_again_appends_only_what_differs(void **state) {
    (void)state;
    struct field field;
    int64_t done;
    struct sitting_closing closing = {.actor = LEDGER_SYSTEM, .everybody = true, .now_us = s_from_now(4000)};
    struct score_tally tally;
    field_make(&field, 28000, "common", -100, 3700, 60);
    play(&field);
    assert_int_equal(score_due_close(field.worker, field.vault, s_from_now(4000), &done), ERR_NONE);
    assert_int_equal(score_shift_close(field.worker, field.vault, &field.arena, field.base, &closing, NULL, &tally), ERR_NONE);
    assert_int_equal(tally.appended, 0);
    assert_int_equal(tally.counted, 4);
    assert_int_equal(tally.absent, 8);
    expect_closed(&field);
    /* A key was wrong: option 1 is right at position 2. A person has voided seat 1 of room 1. */
    field_sql(&field, "ALTER TABLE item_key DISABLE TRIGGER bank_reseal_guard; UPDATE item_key SET sealed = '\\x%s' WHERE item_id = 28000 + 2;"
                      "ALTER TABLE item_key ENABLE TRIGGER bank_reseal_guard;"
                      "INSERT INTO sitting_score (candidate_id, revision, sitting_id, status, questions, scored_at)"
                      " VALUES (28000 + 11, 2, 28000 + 11, 'void', 6, now());",
              bank_field_key(field.vault, field.bank, &field.arena, 28000, 28002, 1));
    assert_int_equal(score_shift_close(field.worker, field.vault, &field.arena, field.base, &closing, NULL, &tally), ERR_NONE);
    assert_int_equal(tally.appended, 2);
    field_holds(&field, "(SELECT string_agg(concat_ws(':', candidate_id - 28000, revision, status, correct), ' ' ORDER BY candidate_id)"
                        " FROM sitting_score WHERE candidate_id BETWEEN 28000 AND 28099 AND revision > 1) = '11:2:void 12:2:counted:2 21:2:counted:1'");
    field_free(&field);
}

static void a_position_without_key_stops_the_scoring_of_its_shift_alone(void **state) {
    (void)state;
    struct field field, other;
    int64_t done;
    field_make(&field, 22000, "common", -100, 3700, 60);
    field_make(&other, 22500, "common", -100, 3700, 60);
    play(&other);
    field_sql(&field, "DELETE FROM item_key WHERE item_id = 22003");
    assert_int_equal(score_due_close(field.worker, field.vault, s_from_now(4000), &done), ERR_STATE);
    expect_closed(&other);
    field_holds(&field, "(SELECT state FROM shift WHERE shift_id = 22000) = 'scheduled'");
    field_sql(&field, "INSERT INTO item_key VALUES (22003, 1, 1, '\\x%s')",
              bank_field_key(field.vault, field.bank, &field.arena, 22000, 22003, 3));
    assert_int_equal(score_due_close(field.worker, field.vault, s_from_now(4000), &done), ERR_NONE);
    field_holds(&field, "(SELECT state FROM shift WHERE shift_id = 22000) = 'closed'");
    field_free(&field);
    field_free(&other);
}

/* ---- closing by a person ---- */

static score_job_fn *const SHIFT_CLOSE[SCORE_JOB_KIND_COUNT] = {[SCORE_JOB_SHIFT_CLOSE] = score_job_shift_close};

static void a_person_closes_a_shift_early(void **state) {
    (void)state;
    struct field field;
    enum score_shift_request_verdict verdict;
    int64_t job_id = 0, again_id = 0;
    struct score_job job;
    bool ran = false;
    field_make(&field, 29000, "common", -100, 3700, 60);
    play(&field);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(score_shift_close_request(field.server, &field.arena, field.base, field.base, "Mất điện \"toàn\" tòa nhà",
                                                   s_from_now(10), &verdict, i ? &again_id : &job_id),
                         ERR_NONE);
        assert_int_equal(verdict, SCORE_SHIFT_REQUESTED);
    }
    assert_int_equal(job_id, again_id);
    assert_int_equal(score_job_read(field.server, &field.arena, job_id, &job), ERR_NONE);
    assert_int_equal(job.state, SCORE_JOB_IS_WAITING);
    assert_int_equal(score_job_run(field.worker, NULL, field.vault, SHIFT_CLOSE, NULL, s_from_now(0), &ran), ERR_NONE);
    assert_true(ran);
    assert_int_equal(score_job_read(field.server, &field.arena, job_id, &job), ERR_NONE);
    assert_int_equal(job.state, SCORE_JOB_IS_DONE);
    assert_string_equal(job.message, "");
    assert_int_equal(job.total_count, FIELD_ROOMS + 1);
    assert_int_equal(job.done_count, job.total_count);
    expect_closed(&field);
    field_holds(&field, "(SELECT count(*) FROM audit_event WHERE act LIKE 'sitting.%' AND reason = 'Mất điện \"toàn\" tòa nhà'"
                        " AND actor = 'staff:' || lpad(to_hex(29000), 16, '0')) = 5");
    assert_int_equal(score_job_run(field.worker, NULL, field.vault, SHIFT_CLOSE, NULL, s_from_now(0), &ran), ERR_NONE);
    assert_false(ran);
    /* Asked once more, there is nothing left to do. */
    assert_int_equal(score_shift_close_request(field.server, &field.arena, field.base, field.base, "again", s_from_now(10), &verdict,
                                               &again_id),
                     ERR_NONE);
    assert_int_not_equal(job_id, again_id);
    assert_int_equal(score_job_run(field.worker, NULL, field.vault, SHIFT_CLOSE, NULL, s_from_now(0), &ran), ERR_NONE);
    assert_true(ran);
    expect_closed(&field);
    assert_int_equal(score_shift_close_request(field.server, &field.arena, field.base, field.base, "early", s_from_now(-200), &verdict,
                                               &again_id),
                     ERR_NONE);
    assert_int_equal(verdict, SCORE_SHIFT_EARLY);
    assert_int_equal(score_shift_close_request(field.server, &field.arena, field.base, 7, "none", s_from_now(0), &verdict, &again_id),
                     ERR_NONE);
    assert_int_equal(verdict, SCORE_SHIFT_UNKNOWN);
    field_free(&field);
}

/* ---- the queue ---- */

static enum err answer_err;
static const char *answer_message;
static int answered;

static enum err answer(struct db *db, struct arena *arena, const struct score_job *job, struct score_progress *progress,
                       const char **ret_message) {
    (void)db;
    (void)arena;
    assert_string_equal(job->arguments, "{\"n\":1}");
    assert_int_equal(score_progress_set(progress, 1, 2), ERR_NONE);
    answered++;
    if (answer_message)
        *ret_message = answer_message;
    return answer_err;
}
static score_job_fn *const ANSWER[SCORE_JOB_KIND_COUNT] = {[SCORE_JOB_RANKING_RUN] = answer};

struct enqueuing {
    struct field *field;
    int64_t subject_id, job_id;
};

static enum err enqueue_body(void *ctx, struct db *db) {
    struct enqueuing *enqueuing = ctx;
    bool found;
    int64_t base = enqueuing->field->base;
    return score_job_enqueue(db, &enqueuing->field->arena, SCORE_JOB_RANKING_RUN, base, enqueuing->subject_id, base, "{\"n\":1}",
                             s_from_now(0), &enqueuing->job_id, &found);
}

static int64_t enqueue(struct field *field, int64_t subject_id) {
    struct enqueuing enqueuing = {.field = field, .subject_id = subject_id};
    assert_int_equal(db_transact(field->server, enqueue_body, &enqueuing), ERR_NONE);
    return enqueuing.job_id;
}

static void expect_job(struct field *field, int64_t job_id, enum score_job_state state, const char *message) {
    struct score_job job;
    assert_int_equal(score_job_read(field->server, &field->arena, job_id, &job), ERR_NONE);
    assert_int_equal(job.state, state);
    assert_string_equal(job.message, message);
}

static void run_expecting(struct field *field, bool expected) {
    bool ran = !expected;
    assert_int_equal(score_job_run(field->worker, NULL, field->vault, ANSWER, NULL, s_from_now(0), &ran), ERR_NONE);
    assert_int_equal(ran, expected);
}

static void jobs_end_as_their_functions_say(void **state) {
    (void)state;
    struct field field;
    field_make(&field, 23000, "common", 100, 3700, 60);
    const struct {
        enum err err;
        const char *message;
        enum score_job_state state;
        const char *stored;
    } rows[] = {{ERR_NONE, NULL, SCORE_JOB_IS_DONE, ""},
                {ERR_NONE, "no-candidates", SCORE_JOB_IS_FAILED, "no-candidates"},
                {ERR_STATE, NULL, SCORE_JOB_IS_FAILED, "state"},
                {ERR_MEMORY, NULL, SCORE_JOB_IS_FAILED, "memory"}};
    for (size_t i = 0; i < LENGTH(rows); i++) {
        int64_t job_id = enqueue(&field, field.base + (int64_t)i);
        answer_err = rows[i].err;
        answer_message = rows[i].message;
        run_expecting(&field, true);
        expect_job(&field, job_id, rows[i].state, rows[i].stored);
        run_expecting(&field, false);
    }
    field_free(&field);
}

static void a_job_is_tried_again_and_then_given_up(void **state) {
    (void)state;
    struct field field;
    field_make(&field, 24000, "common", 100, 3700, 60);
    int64_t job_id = enqueue(&field, field.base);
    answer_err = ERR_OVERLOAD;
    answer_message = NULL;
    answered = 0;
    for (int i = 0; i < SCORE_JOB_ATTEMPTS; i++) {
        bool ran = false;
        assert_int_equal(score_job_run(field.worker, NULL, field.vault, ANSWER, NULL, s_from_now(0), &ran), ERR_OVERLOAD);
        expect_job(&field, job_id, SCORE_JOB_IS_RUNNING, "");
    }
    assert_int_equal(answered, SCORE_JOB_ATTEMPTS);
    run_expecting(&field, true);
    expect_job(&field, job_id, SCORE_JOB_IS_FAILED, "given-up");
    assert_int_equal(answered, SCORE_JOB_ATTEMPTS);
    answer_err = ERR_NONE;
    field_free(&field);
}

static void a_job_belongs_to_one_worker_until_that_is_gone(void **state) {
    (void)state;
    struct field field;
    struct score_job first, second;
    field_make(&field, 25000, "common", 100, 3700, 60);
    int64_t job_id = enqueue(&field, field.base);
    assert_int_equal(enqueue(&field, field.base), job_id);
    struct db *doomed = field_connect(DB_ROLE_WORKER);
    assert_int_equal(score_job_take(doomed, &field.arena, NULL, s_from_now(0), &first), ERR_NONE);
    assert_int_equal(first.job_id, job_id);
    assert_int_equal(first.attempts, 1);
    assert_int_equal(score_job_take(field.worker, &field.arena, NULL, s_from_now(0), &second), ERR_NONE);
    assert_int_equal(second.job_id, 0);
    db_close(doomed);
    for (int tries = 0; second.job_id == 0 && tries < 200; tries++) {
        (void)usleep(10000);
        assert_int_equal(score_job_take(field.worker, &field.arena, NULL, s_from_now(0), &second), ERR_NONE);
    }
    assert_int_equal(second.job_id, job_id);
    assert_int_equal(second.attempts, 2);
    assert_int_equal(score_job_finish(field.worker, job_id, "", s_from_now(0)), ERR_NONE);
    expect_job(&field, job_id, SCORE_JOB_IS_DONE, "");
    assert_int_equal(score_job_take(field.worker, &field.arena, NULL, s_from_now(0), &second), ERR_NONE);
    assert_int_equal(second.job_id, 0);
    field_free(&field);
}

static void a_kind_without_a_function_is_left_to_others(void **state) {
    (void)state;
    struct field field;
    bool ran;
    field_make(&field, 26000, "common", 100, 3700, 60);
    int64_t job_id = enqueue(&field, field.base);
    assert_int_equal(score_job_run(field.worker, NULL, field.vault, SHIFT_CLOSE, NULL, s_from_now(0), &ran), ERR_NONE);
    assert_false(ran);
    expect_job(&field, job_id, SCORE_JOB_IS_WAITING, "");
    assert_int_equal(score_job_read(field.server, &field.arena, 999, &(struct score_job){0}), ERR_DB_NO_ROW);
    field_free(&field);
}

/* The database lets the server read no key, whatever the program asks. */
static void the_server_reads_no_key(void **state) {
    (void)state;
    struct field field;
    field_make(&field, 27000, "common", 100, 3700, 60);
    field_holds(&field, "NOT has_table_privilege('khoacu_server', 'khoacu.item_key', 'SELECT')"
                        " AND NOT has_any_column_privilege('khoacu_server', 'khoacu.item_key', 'SELECT')");
    field_free(&field);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_clock_closes_and_scores),
        cmocka_unit_test(personal_clocks_close_one_by_one),
        cmocka_unit_test(two_workers_do_it_once),
        cmocka_unit_test(a_worker_may_die_at_any_moment),
        cmocka_unit_test(scoring_again_appends_only_what_differs),
        cmocka_unit_test(a_position_without_key_stops_the_scoring_of_its_shift_alone),
        cmocka_unit_test(a_person_closes_a_shift_early),
        cmocka_unit_test(jobs_end_as_their_functions_say),
        cmocka_unit_test(a_job_is_tried_again_and_then_given_up),
        cmocka_unit_test(a_job_belongs_to_one_worker_until_that_is_gone),
        cmocka_unit_test(a_kind_without_a_function_is_left_to_others),
        cmocka_unit_test(the_server_reads_no_key),
    };
    if (!field_conninfo())
        return 77;
    return crypto_init() != ERR_NONE || cmocka_run_group_tests_name("score", tests, NULL, NULL);
}
