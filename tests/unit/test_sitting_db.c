/* Opening and handing in, on a real database, by several at once. */
#include "sitting_field.h"

#include "khoacu/sitting/opening.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>

#include "khoacu/base/banned.h"

#define THREADS 6

static int64_t s_from_now(int64_t seconds) {
    return clock_now_us() + seconds * 1000000;
}

static void a_paper_opens_once_and_in_time(void **state) {
    (void)state;
    struct field field;
    field_make(&field, 10000, "common", 100, 3700, 30);
    struct sitting_place place = field_place(&field, 1, 1);
    enum sitting_start_verdict verdict;
    struct sitting sitting;
    assert_int_equal(sitting_start(field.server, &field.arena, place, s_from_now(0), &verdict, &sitting), ERR_NONE);
    assert_int_equal(verdict, SITTING_START_EARLY);
    assert_int_equal(sitting.state, SITTING_ASSIGNED);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(sitting_start(field.server, &field.arena, place, s_from_now(200 + i), &verdict, &sitting), ERR_NONE);
        assert_int_equal(verdict, SITTING_START_OPEN);
        assert_int_equal(sitting.state, SITTING_OPEN);
        assert_int_equal(sitting.closes_us, sitting.times.starts_us + 30 * 60000000LL);
    }
    field_holds(&field, "(SELECT count(*) FROM audit_event WHERE act = 'sitting.start' AND subject = 'sitting:000000000000271b') = 1");
    place = field_place(&field, 1, 2);
    assert_int_equal(sitting_start(field.server, &field.arena, place, s_from_now(2000), &verdict, &sitting), ERR_NONE);
    assert_int_equal(verdict, SITTING_START_ENDED);
    assert_int_equal(sitting_start(field.server, &field.arena, field_place(&field, 9, 9), s_from_now(200), &verdict, &sitting),
                     ERR_DB_NO_ROW);
    field_free(&field);
}

static void a_closed_shift_opens_no_paper(void **state) {
    (void)state;
    struct field field;
    field_make(&field, 11000, "common", -100, 3700, 60);
    field_sql(&field, "UPDATE shift SET state = 'closed' WHERE shift_id = 11000");
    enum sitting_start_verdict verdict;
    struct sitting sitting;
    assert_int_equal(sitting_start(field.server, &field.arena, field_place(&field, 1, 1), s_from_now(0), &verdict, &sitting), ERR_NONE);
    assert_int_equal(verdict, SITTING_START_ENDED);
    field_holds(&field, "(SELECT state FROM sitting WHERE sitting_id = 11011) = 'assigned'");
    field_free(&field);
}

/* ---- several at once ---- */

struct tab {
    struct opening *opening; /* NULL: alone */
    struct sitting_place place;
    int64_t now_us, closes_us;
    enum sitting_submit_verdict verdict;
    struct sitting_receipt receipt;
    bool right;
};

static void *start_in_tab(void *ctx) {
    struct tab *tab = ctx;
    struct arena arena;
    struct sitting sitting;
    enum sitting_start_verdict verdict = SITTING_START_ENDED;
    struct db *db = NULL;
    arena_init(&arena, 1 << 20);
    tab->right = db_open(field_conninfo(), DB_ROLE_SERVER, &db, NULL, 0) == ERR_NONE &&
                 (tab->opening ? opening_start(tab->opening, db, &arena, tab->place, tab->now_us, &verdict, &sitting)
                               : sitting_start(db, &arena, tab->place, tab->now_us, &verdict, &sitting)) == ERR_NONE &&
                 verdict == SITTING_START_OPEN && sitting.state == SITTING_OPEN;
    tab->closes_us = tab->right ? sitting.closes_us : 0;
    db_close(db);
    arena_release(&arena);
    return NULL;
}

static void two_tabs_get_the_same_deadline(void **state) {
    (void)state;
    struct field field;
    field_make(&field, 12000, "personal", -100, 7200, 30);
    for (int seat = 1; seat <= FIELD_SEATS; seat++) {
        pthread_t threads[THREADS];
        struct tab tabs[THREADS];
        for (int i = 0; i < THREADS; i++) {
            tabs[i] = (struct tab){.place = field_place(&field, 1, seat), .now_us = s_from_now(i)};
            assert_int_equal(pthread_create(&threads[i], NULL, start_in_tab, &tabs[i]), 0);
        }
        for (int i = 0; i < THREADS; i++)
            assert_int_equal(pthread_join(threads[i], NULL), 0);
        for (int i = 0; i < THREADS; i++) {
            assert_true(tabs[i].right);
            assert_int_equal(tabs[i].closes_us, tabs[0].closes_us);
        }
    }
    field_holds(&field, "(SELECT count(*) FROM audit_event WHERE act = 'sitting.start' AND payload LIKE '%\"0000000000002ee1\"%') = 4");
    field_free(&field);
}

/* Three candidates of two rooms, each in several tabs, and one for whom it is too early. */
static void papers_opened_together_are_as_those_opened_alone(void **state) {
    (void)state;
    enum { SEATS = 3, TABS = SEATS * THREADS };
    struct field field;
    struct opening *opening = NULL;
    pthread_t threads[TABS];
    struct tab tabs[TABS];
    enum sitting_start_verdict verdict;
    struct sitting sitting;
    field_make(&field, 19000, "personal", -100, 7200, 30);
    assert_int_equal(opening_new(&opening), ERR_NONE);
    for (int i = 0; i < TABS; i++) {
        tabs[i] = (struct tab){.opening = opening, .place = field_place(&field, 1 + i % SEATS % 2, 1 + i % SEATS), .now_us = s_from_now(i)};
        assert_int_equal(pthread_create(&threads[i], NULL, start_in_tab, &tabs[i]), 0);
    }
    for (int i = 0; i < TABS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (int i = 0; i < TABS; i++) {
        assert_true(tabs[i].right);
        assert_int_equal(tabs[i].closes_us, tabs[i % SEATS].closes_us);
    }
    field_holds(&field, "(SELECT count(*) FROM audit_event e JOIN sitting t ON e.subject = 'sitting:' || lpad(to_hex(t.sitting_id), 16, '0')"
                        " WHERE e.act = 'sitting.start' AND t.shift_id = 19000 AND t.state = 'open' AND e.occurred_at = t.started_at) = 3");
    assert_int_equal(opening_start(opening, field.server, &field.arena, field_place(&field, 1, 4), s_from_now(-5000), &verdict, &sitting), ERR_NONE);
    assert_int_equal(verdict, SITTING_START_EARLY);
    assert_int_equal(opening_start(opening, field.server, &field.arena, field_place(&field, 9, 9), s_from_now(0), &verdict, &sitting),
                     ERR_DB_NO_ROW);
    opening_free(opening);
    field_free(&field);
}

static void open_sitting(struct field *field, struct sitting_place place) {
    enum sitting_start_verdict verdict;
    struct sitting sitting;
    assert_int_equal(sitting_start(field->server, &field->arena, place, s_from_now(0), &verdict, &sitting), ERR_NONE);
    assert_int_equal(verdict, SITTING_START_OPEN);
}

static void expect_receipt(const struct sitting *sitting, const struct sitting_receipt *receipt) {
    struct sitting_answers answers = {0};
    struct sitting_receipt expected;
    for (size_t i = 0; i < sitting->response_count; i++)
        answers.choices[sitting->responses[i].position] = (int16_t)sitting->responses[i].choice;
    assert_int_equal(sitting_receipt_make(sitting->form_sha256, sitting->place.sitting_id, &answers, receipt->issued_us, &expected), ERR_NONE);
    assert_memory_equal(expected.answers_sha256, receipt->answers_sha256, CRYPTO_SHA256_LEN);
    assert_string_equal(expected.code, receipt->code);
    assert_int_equal(expected.answered, receipt->answered);
}

static void handing_in_twice_gives_one_receipt(void **state) {
    (void)state;
    struct field field;
    field_make(&field, 13000, "common", -100, 3700, 60);
    struct sitting_place place = field_place(&field, 2, 1);
    enum sitting_submit_verdict verdict;
    struct sitting_receipt first, second;
    struct sitting sitting;
    assert_int_equal(sitting_submit(field.server, &field.arena, place, s_from_now(0), &verdict, &first), ERR_NONE);
    assert_int_equal(verdict, SITTING_SUBMIT_NOT_OPEN);
    open_sitting(&field, place);
    field_answer(&field, place, 1, 1, 4);
    field_answer(&field, place, 1, 3, 1); /* the highest number counts */
    field_answer(&field, place, 1, 2, 3);
    field_answer(&field, place, 2, 1, 2);
    field_answer(&field, place, 2, 2, 0); /* cleared */
    field_answer(&field, place, 6, 1, 2);
    assert_int_equal(sitting_submit(field.server, &field.arena, place, s_from_now(1), &verdict, &first), ERR_NONE);
    assert_int_equal(verdict, SITTING_SUBMIT_DONE);
    assert_int_equal(first.answered, 2);
    assert_int_equal(sitting_submit(field.server, &field.arena, place, s_from_now(9999), &verdict, &second), ERR_NONE);
    assert_int_equal(verdict, SITTING_SUBMIT_DONE);
    assert_memory_equal(&first.answers_sha256, &second.answers_sha256, CRYPTO_SHA256_LEN);
    assert_string_equal(first.code, second.code);
    assert_int_equal(first.issued_us, second.issued_us);
    assert_int_equal(sitting_read(field.server, &field.arena, place, &sitting), ERR_NONE);
    assert_int_equal(sitting.state, SITTING_SUBMITTED);
    assert_int_equal(sitting.response_count, 3);
    assert_int_equal(sitting.response_rows, 6);
    expect_receipt(&sitting, &first);
    field_holds(&field, "(SELECT count(*) FROM audit_event WHERE act = 'sitting.submit' AND subject = 'sitting:00000000000032dd') = 1");
    field_free(&field);
}

static void handing_in_too_late_is_refused(void **state) {
    (void)state;
    struct field field;
    field_make(&field, 14000, "common", -100, 3700, 30);
    enum sitting_submit_verdict verdict;
    struct sitting_receipt receipt;
    struct sitting sitting;
    for (int seat = 1; seat <= 3; seat++)
        open_sitting(&field, field_place(&field, 1, seat));
    assert_int_equal(sitting_read(field.server, &field.arena, field_place(&field, 1, 1), &sitting), ERR_NONE);
    int64_t last_us = sitting_last_us(&sitting.times, sitting.closes_us);
    assert_int_equal(last_us, sitting.closes_us + 2000000);
    const struct {
        int64_t at_us;
        enum sitting_submit_verdict verdict;
    } rows[] = {{sitting.closes_us, SITTING_SUBMIT_DONE}, {last_us, SITTING_SUBMIT_DONE}, {last_us + 1, SITTING_SUBMIT_ENDED}};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(sitting_submit(field.server, &field.arena, field_place(&field, 1, i + 1), rows[i].at_us, &verdict, &receipt),
                         ERR_NONE);
        assert_int_equal(verdict, rows[i].verdict);
    }
    field_free(&field);
}

static void *submit_in_tab(void *ctx) {
    struct tab *tab = ctx;
    struct arena arena;
    struct db *db = NULL;
    arena_init(&arena, 1 << 20);
    tab->right = db_open(field_conninfo(), DB_ROLE_SERVER, &db, NULL, 0) == ERR_NONE &&
                 sitting_submit(db, &arena, tab->place, tab->now_us, &tab->verdict, &tab->receipt) == ERR_NONE &&
                 tab->verdict == SITTING_SUBMIT_DONE;
    db_close(db);
    arena_release(&arena);
    return NULL;
}

static void handing_in_at_once_gives_one_receipt(void **state) {
    (void)state;
    struct field field;
    field_make(&field, 15000, "common", -100, 3700, 60);
    for (int seat = 1; seat <= FIELD_SEATS; seat++) {
        pthread_t threads[THREADS];
        struct tab tabs[THREADS];
        struct sitting_place place = field_place(&field, 3, seat);
        open_sitting(&field, place);
        field_answer(&field, place, 2, 1, seat);
        for (int i = 0; i < THREADS; i++) {
            tabs[i] = (struct tab){.place = place, .now_us = s_from_now(i)};
            assert_int_equal(pthread_create(&threads[i], NULL, submit_in_tab, &tabs[i]), 0);
        }
        for (int i = 0; i < THREADS; i++)
            assert_int_equal(pthread_join(threads[i], NULL), 0);
        for (int i = 0; i < THREADS; i++) {
            assert_true(tabs[i].right);
            assert_int_equal(tabs[i].receipt.issued_us, tabs[0].receipt.issued_us);
            assert_string_equal(tabs[i].receipt.code, tabs[0].receipt.code);
        }
    }
    field_holds(&field, "(SELECT count(*) FROM audit_event WHERE act = 'sitting.submit' AND payload LIKE '%\"0000000000003a9b\"%') = 4");
    field_free(&field);
}

/* ---- saves against handing in: what was acknowledged is in the receipt ---- */

struct saver {
    struct sitting_place place;
    int64_t position;
    atomic_int *acknowledged;
    int highest; /* seq that was acknowledged last */
    bool right;
};

/* Saves as the journal does, one answer a statement, until it is told that the sitting has ended. */
static void *save_until_ended(void *ctx) {
    struct saver *saver = ctx;
    struct arena arena;
    struct db *db = NULL;
    arena_init(&arena, 64 << 20);
    saver->right = db_open(field_conninfo(), DB_ROLE_SERVER, &db, NULL, 0) == ERR_NONE;
    for (int64_t seq = 1; saver->right && seq < 1000000; seq++) {
        const struct db_row *row = NULL;
        const char *room = arena_printf(&arena, "{%" PRId64 "}", saver->place.room_id);
        const char *sitting = arena_printf(&arena, "{%" PRId64 "}", saver->place.sitting_id);
        const char *position = arena_printf(&arena, "{%" PRId64 "}", saver->position);
        const char *number = arena_printf(&arena, "{%" PRId64 "}", seq), *choice = arena_printf(&arena, "{%" PRId64 "}", seq % 4 + 1);
        enum err err = db_one(db, &arena, DB_JOURNAL_RECORD,
                              DB_PARAMS(P_TEXT(room), P_TEXT(room), P_TEXT(sitting), P_TEXT("{1}"), P_TEXT(position), P_TEXT(number), P_TEXT(choice),
                                        P_TEXT("{f}"), P_TEXT("{2026-01-01 00:00:00Z}"), P_TEXT("{}")),
                              &row);
        if (err == ERR_NONE) {
            saver->right = db_int(row, 1) == 3; /* ended */
            break;
        }
        saver->right = err == ERR_DB_NO_ROW; /* no row: it went in */
        saver->highest = (int)seq;
        (void)atomic_fetch_add(saver->acknowledged, 1);
    }
    db_close(db);
    arena_release(&arena);
    return NULL;
}

/* The last number that was acknowledged is what counts; 0: nothing was. */
static void expect_response(const struct sitting *sitting, int position, int seq) {
    const struct sitting_response *found = NULL;
    for (size_t i = 0; i < sitting->response_count; i++)
        if (sitting->responses[i].position == position)
            found = &sitting->responses[i];
    assert_int_equal(found ? found->seq : 0, seq);
    if (found)
        assert_int_equal(found->choice, seq % 4 + 1);
}

static void what_was_acknowledged_is_in_the_receipt(void **state) {
    (void)state;
    struct field field;
    field_make(&field, 16000, "common", -100, 3700, 60);
    for (int round = 0; round < 8; round++) {
        struct sitting_place place = field_place(&field, 1 + round / FIELD_SEATS, 1 + round % FIELD_SEATS);
        pthread_t threads[3];
        struct saver savers[3];
        atomic_int acknowledged = 0;
        enum sitting_submit_verdict verdict = SITTING_SUBMIT_ENDED;
        struct sitting_receipt receipt;
        struct sitting sitting;
        open_sitting(&field, place);
        for (int i = 0; i < 3; i++) {
            savers[i] = (struct saver){.place = place, .position = i + 1, .acknowledged = &acknowledged};
            assert_int_equal(pthread_create(&threads[i], NULL, save_until_ended, &savers[i]), 0);
        }
        while (atomic_load(&acknowledged) < 30 + 7 * round)
            (void)usleep(200);
        enum err err = sitting_submit(field.server, &field.arena, place, s_from_now(0), &verdict, &receipt);
        for (int i = 0; i < 3; i++)
            assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(err, ERR_NONE);
        assert_int_equal(verdict, SITTING_SUBMIT_DONE);
        assert_int_equal(sitting_read(field.server, &field.arena, place, &sitting), ERR_NONE);
        assert_int_equal(sitting.response_rows, atomic_load(&acknowledged));
        for (int i = 0; i < 3; i++) {
            assert_true(savers[i].right);
            expect_response(&sitting, i + 1, savers[i].highest);
        }
        expect_receipt(&sitting, &receipt);
    }
    field_free(&field);
}

/* ---- what the candidate sees ---- */

static void her_own_sitting_can_be_read(void **state) {
    (void)state;
    struct field field;
    field_make(&field, 17000, "personal", -100, 3700, 45);
    struct sitting_own own;
    assert_int_equal(sitting_own_read(field.server, &field.arena, field_place(&field, 2, 3), &own), ERR_NONE);
    assert_int_equal(own.sitting.state, SITTING_ASSIGNED);
    assert_int_equal(own.sitting.times.clock, SITTING_CLOCK_PERSONAL);
    assert_int_equal(own.sitting.times.minutes, 45);
    assert_int_equal(own.sitting.closes_us, 0);
    assert_int_equal(own.sitting.receipt.issued_us, 0);
    assert_int_equal(own.seat, 3);
    assert_int_equal(own.item_count, FIELD_ITEMS);
    assert_string_equal(own.room_code, "R2");
    assert_string_equal(own.shift_code, "S");
    assert_string_equal(own.cycle_code, "C17000");
    assert_string_equal(own.title_vi, "Kỳ");
    assert_false(own.demonstration);
    field_free(&field);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_paper_opens_once_and_in_time),
        cmocka_unit_test(a_closed_shift_opens_no_paper),
        cmocka_unit_test(two_tabs_get_the_same_deadline),
        cmocka_unit_test(papers_opened_together_are_as_those_opened_alone),
        cmocka_unit_test(handing_in_twice_gives_one_receipt),
        cmocka_unit_test(handing_in_too_late_is_refused),
        cmocka_unit_test(handing_in_at_once_gives_one_receipt),
        cmocka_unit_test(what_was_acknowledged_is_in_the_receipt),
        cmocka_unit_test(her_own_sitting_can_be_read),
    };
    if (!field_conninfo())
        return 77;
    return crypto_init() != ERR_NONE || cmocka_run_group_tests_name("sitting", tests, NULL, NULL);
}
