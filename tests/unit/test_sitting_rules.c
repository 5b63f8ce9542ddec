/* Rules of a sitting: the table of times (tests/tables/sitting_times.tsv), transitions, deadlines, receipts. */
#include "unit.h"

#include "khoacu/sitting/sitting.h"

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"
#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/json/json.h"

#include <stdlib.h>

#include "khoacu/base/banned.h"

/* ---- the table ---- */

enum column { CLOCK, STARTS, ENDS, MINUTES, GRACE, SHIFT, STATE, OPENED, NOW, VERDICT, DEADLINE, COLUMNS };

static const char *const VERDICTS[] = {
    [SITTING_TIME_EARLY] = "early",
    [SITTING_TIME_START] = "start",
    [SITTING_TIME_WORKING] = "working",
    [SITTING_TIME_HELD] = "held",
    [SITTING_TIME_ENDED] = "ended",
};

static int64_t time_of(const char *text) {
    char whole[40];
    int64_t us = 0;
    (void)snprintf(whole, sizeof whole, "2026-11-23T%sZ", text);
    assert_true(text_parse_time(whole, &us));
    return us;
}

static void check_row(const char *const *cells, const char *line) {
    enum sitting_state state = SITTING_ASSIGNED;
    struct sitting_times times = {
        .clock = strcmp(cells[CLOCK], "common") == 0 ? SITTING_CLOCK_COMMON : SITTING_CLOCK_PERSONAL,
        .starts_us = time_of(cells[STARTS]),
        .ends_us = time_of(cells[ENDS]),
        .minutes = (int32_t)strtol(cells[MINUTES], NULL, 10),
        .grace_s = (int32_t)strtol(cells[GRACE], NULL, 10)};
    ROW_TRUE(sitting_state_parse(cells[STATE], &state), line);
    bool opened = strcmp(cells[OPENED], "-") != 0;
    int64_t now_us = time_of(cells[NOW]);
    int64_t closes_us = sitting_deadline_us(&times, opened ? time_of(cells[OPENED]) : now_us);
    bool late_window = times.clock == SITTING_CLOCK_PERSONAL || opened;
    ROW_TRUE(closes_us == time_of(cells[DEADLINE]) || !late_window, line);
    enum sitting_time_verdict verdict =
        sitting_time_judge(&times, strcmp(cells[SHIFT], "closed") == 0, state, opened ? closes_us : 0, now_us);
    ROW_TRUE(strcmp(VERDICTS[verdict], cells[VERDICT]) == 0, line);
}

static void times_are_judged_by_the_table(void **unused) {
    (void)unused;
    FILE *file = fopen("tests/tables/sitting_times.tsv", "r");
    assert_non_null(file);
    char line[300], copy[300];
    int rows = 0;
    while (fgets(line, sizeof line, file)) {
        if (line[0] == '#')
            continue;
        line[strcspn(line, "\n")] = '\0';
        memcpy(copy, line, sizeof copy);
        const char *cells[COLUMNS];
        char *rest = copy;
        for (int i = 0; i < COLUMNS; i++)
            cells[i] = strsep(&rest, "\t");
        ROW_TRUE(cells[COLUMNS - 1] && !rest, line);
        check_row(cells, line);
        rows++;
    }
    (void)fclose(file);
    assert_in_range(rows, 30, 1000);
}

/* ---- deadlines ---- */

/* Whatever the times: nobody works beyond the shift, a common clock ignores when one comes, a personal one never gives
 * more than its minutes, and who may start gets at least a moment. */
static void deadlines_keep_their_bounds(void **unused) {
    (void)unused;
    struct random_stream stream;
    random_stream_init(&stream, 20261123);
    for (int i = 0; i < 20000; i++) {
        struct sitting_times times = {.clock = (enum sitting_clock)random_stream_below(&stream, 2),
                                      .starts_us = 1000000 + (int64_t)random_stream_below(&stream, 1000000000),
                                      .minutes = 1 + (int32_t)random_stream_below(&stream, 600),
                                      .grace_s = (int32_t)random_stream_below(&stream, 301)};
        times.ends_us = times.starts_us + 1 + (int64_t)random_stream_below(&stream, 50000000000);
        int64_t now_us = (int64_t)random_stream_below(&stream, 60000000000);
        int64_t deadline_us = sitting_deadline_us(&times, now_us);
        assert_true(deadline_us <= times.ends_us);
        assert_true(deadline_us <= sitting_last_us(&times, deadline_us));
        if (times.clock == SITTING_CLOCK_COMMON)
            assert_int_equal(deadline_us, sitting_deadline_us(&times, now_us + 12345678));
        else
            assert_true(deadline_us - now_us <= times.minutes * 60000000LL);
        enum sitting_time_verdict verdict = sitting_time_judge(&times, false, SITTING_ASSIGNED, 0, now_us);
        if (verdict == SITTING_TIME_START) {
            assert_true(now_us >= times.starts_us && now_us < deadline_us);
            assert_int_equal(sitting_time_judge(&times, false, SITTING_OPEN, deadline_us, now_us), SITTING_TIME_WORKING);
        }
    }
}

/* What is given lengthens the time by exactly itself, on both clocks, also beyond the end of the shift; a pause moves the end of
 * the window and a common clock, and lengthens nobody's working time; while a clock stands nothing is over. */
static void given_time_moves_deadlines(void **unused) {
    (void)unused;
    const int64_t second_us = 1000000, minute_us = 60 * second_us;
    struct random_stream stream;
    random_stream_init(&stream, 20261124);
    for (int i = 0; i < 20000; i++) {
        struct sitting_times plain = {.clock = (enum sitting_clock)random_stream_below(&stream, 2),
                                      .starts_us = 1000000 + (int64_t)random_stream_below(&stream, 1000000000),
                                      .minutes = 1 + (int32_t)random_stream_below(&stream, 600)};
        plain.ends_us = plain.starts_us + plain.minutes * minute_us + (int64_t)random_stream_below(&stream, 5000000000);
        int64_t now_us = plain.starts_us + (int64_t)random_stream_below(&stream, 1000000000);
        struct sitting_times given = plain;
        given.accommodation_s = (int32_t)random_stream_below(&stream, 3600);
        given.extra_s = (int32_t)random_stream_below(&stream, 3600);
        int64_t more_us = (given.accommodation_s + given.extra_s) * second_us;
        assert_int_equal(sitting_deadline_us(&given, now_us), sitting_deadline_us(&plain, now_us) + more_us);
        struct sitting_times paused = given;
        paused.held_s = (int32_t)random_stream_below(&stream, 3600);
        int64_t moved_us = sitting_deadline_us(&paused, now_us) - sitting_deadline_us(&given, now_us);
        if (plain.clock == SITTING_CLOCK_COMMON)
            assert_int_equal(moved_us, paused.held_s * second_us);
        else
            assert_true(moved_us >= 0 && sitting_deadline_us(&paused, now_us) - now_us <= plain.minutes * minute_us + more_us);
        assert_true(sitting_over_us(&paused) >= sitting_over_us(&given));
        paused.held_us = now_us;
        int64_t later_us = paused.ends_us + 100000000000;
        assert_int_equal(sitting_time_judge(&paused, false, SITTING_ASSIGNED, 0, later_us), SITTING_TIME_HELD);
        assert_int_equal(sitting_time_judge(&paused, false, SITTING_OPEN, now_us, later_us), SITTING_TIME_HELD);
        assert_int_equal(sitting_time_judge(&paused, true, SITTING_ASSIGNED, 0, later_us), SITTING_TIME_ENDED);
        assert_int_equal(sitting_time_judge(&paused, false, SITTING_SUBMITTED, now_us, now_us), SITTING_TIME_ENDED);
    }
}

/* ---- states ---- */

static void only_the_drawn_transitions_exist(void **unused) {
    (void)unused;
    int arrows = 0;
    for (int from = 0; from < SITTING_STATE_COUNT; from++)
        for (int to = 0; to < SITTING_STATE_COUNT; to++)
            arrows += sitting_state_may((enum sitting_state)from, (enum sitting_state)to);
    assert_int_equal(arrows, 4);
    assert_true(sitting_state_may(SITTING_ASSIGNED, SITTING_OPEN));
    assert_true(sitting_state_may(SITTING_ASSIGNED, SITTING_ABSENT));
    assert_true(sitting_state_may(SITTING_OPEN, SITTING_SUBMITTED));
    assert_true(sitting_state_may(SITTING_OPEN, SITTING_CLOSED));
}

static void states_have_one_name_each(void **unused) {
    (void)unused;
    for (int i = 0; i < SITTING_STATE_COUNT; i++) {
        enum sitting_state state = SITTING_STATE_COUNT;
        assert_true(sitting_state_parse(sitting_state_key((enum sitting_state)i), &state));
        assert_int_equal(state, i);
    }
    enum sitting_state state = SITTING_OPEN;
    assert_false(sitting_state_parse("OPEN", &state));
    assert_false(sitting_state_parse("", &state));
    assert_int_equal(state, SITTING_OPEN);
}

/* ---- receipts ---- */

static void a_receipt_is_what_its_definition_says(void **unused) {
    (void)unused;
    uint8_t form[CRYPTO_SHA256_LEN];
    struct sitting_answers answers = {.choices = {[1] = 3, [2] = 0, [10] = 1, [200] = 8}};
    struct sitting_receipt receipt;
    char hex[65];
    for (int i = 0; i < CRYPTO_SHA256_LEN; i++)
        form[i] = (uint8_t)i;
    assert_int_equal(sitting_receipt_make(form, 0x00ab00cd00ef0012, &answers, 77, &receipt), ERR_NONE);
    /* printf '{"answers":[[1,3],[10,1],[200,8]],"form":"000102…1f","sitting":"00ab00cd00ef0012"}' | sha256sum */
    static const char TEXT[] =
        "{\"answers\":[[1,3],[10,1],[200,8]],\"form\":\"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\","
        "\"sitting\":\"00ab00cd00ef0012\"}";
    uint8_t expected[CRYPTO_SHA256_LEN];
    crypto_sha256(TEXT, sizeof TEXT - 1, expected);
    assert_memory_equal(receipt.answers_sha256, expected, sizeof expected);
    text_hex(receipt.answers_sha256, sizeof receipt.answers_sha256, hex);
    assert_string_equal(hex, "1c0dd06f87a10ce399dff9d2fac4f35958d8cd69028ba355f23b338acac9aeaa");
    assert_string_equal(receipt.code, "3G6X-0VW7-M46E");
    assert_int_equal(receipt.answered, 3);
    assert_int_equal(receipt.issued_us, 77);

    /* The text is its own canonical form. */
    struct arena arena;
    struct buf canonical;
    const struct json *tree = NULL;
    arena_init(&arena, 100000);
    buf_init(&canonical, 10000);
    assert_int_equal(json_read(&arena, TEXT, sizeof TEXT - 1, &tree, NULL), ERR_NONE);
    assert_int_equal(json_canonical(tree, &canonical), ERR_NONE);
    assert_string_equal(canonical.data, TEXT);
    buf_release(&canonical);
    arena_release(&arena);
}

static void receipts_differ_by_answer_form_and_sitting(void **unused) {
    (void)unused;
    uint8_t form[CRYPTO_SHA256_LEN] = {1}, other_form[CRYPTO_SHA256_LEN] = {2};
    struct sitting_answers answers = {.choices = {[1] = 1}}, others = {.choices = {[1] = 2}}, moved = {.choices = {[2] = 1}}, longer = {.answers = {[1] = "[1,3]"}};
    struct sitting_receipt a, b;
    assert_int_equal(sitting_receipt_make(form, 5, &answers, 1, &a), ERR_NONE);
    assert_int_equal(sitting_receipt_make(form, 5, &answers, 2, &b), ERR_NONE);
    assert_string_equal(a.code, b.code);
    const struct {
        const uint8_t *form;
        int64_t sitting_id;
        const struct sitting_answers *answers;
    } rows[] = {{form, 5, &others}, {form, 5, &moved}, {form, 5, &longer}, {form, 6, &answers}, {other_form, 5, &answers}};
    for (size_t i = 0; i < LENGTH(rows); i++) {
        assert_int_equal(sitting_receipt_make(rows[i].form, rows[i].sitting_id, rows[i].answers, 1, &b), ERR_NONE);
        assert_memory_not_equal(a.answers_sha256, b.answers_sha256, CRYPTO_SHA256_LEN);
    }
}

static void full_and_empty_papers_have_receipts(void **unused) {
    (void)unused;
    uint8_t form[CRYPTO_SHA256_LEN] = {0};
    struct sitting_answers answers = {0};
    struct sitting_receipt receipt;
    assert_int_equal(sitting_receipt_make(form, INT64_MAX, &answers, 1, &receipt), ERR_NONE);
    assert_int_equal(receipt.answered, 0);
    for (int i = 1; i <= SITTING_POSITIONS_MAX; i++)
        answers.choices[i] = INT16_MAX;
    assert_int_equal(sitting_receipt_make(form, INT64_MAX, &answers, 1, &receipt), ERR_NONE);
    assert_int_equal(receipt.answered, SITTING_POSITIONS_MAX);
    assert_int_equal(strlen(receipt.code), SITTING_RECEIPT_CODE_SIZE - 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_judged_by_the_table),
        cmocka_unit_test(deadlines_keep_their_bounds), cmocka_unit_test(given_time_moves_deadlines),
        cmocka_unit_test(only_the_drawn_transitions_exist),
        cmocka_unit_test(states_have_one_name_each),
        cmocka_unit_test(a_receipt_is_what_its_definition_says),
        cmocka_unit_test(receipts_differ_by_answer_form_and_sitting),
        cmocka_unit_test(full_and_empty_papers_have_receipts),
    };
    return crypto_init() != ERR_NONE || cmocka_run_group_tests_name("sitting rules", tests, NULL, NULL);
}
