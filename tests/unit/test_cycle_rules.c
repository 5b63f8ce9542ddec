#include "unit.h"

#include "khoacu/bank/bank.h"
#include "khoacu/cycle/cycle.h"
#include "khoacu/cycle/pack.h"
#include "khoacu/sitting/schedule.h"

#include "khoacu/base/banned.h"

static void codes(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool code, short_code, roll;
    } rows[] = {{"A1", true, true, true},
                {"A", false, true, false},
                {"-A", false, false, true},
                {"CC-2026", true, true, true},
                {"cc-2026", false, false, false},
                {"", false, false, false},
                {"A B", false, false, false},
                {"Đ1", false, false, false},
                {"A23456789-123456789-", true, true, true},
                {"A23456789-123456789-1", true, false, false},
                {"A23456789-123456789-123456789-123456789-", true, false, false},
                {"A23456789-123456789-123456789-123456789-1", false, false, false}};
    for (size_t i = 0; i < LENGTH(rows); i++) {
        ROW_TRUE(cycle_code_valid(rows[i].text) == rows[i].code, rows[i].text);
        ROW_TRUE(cycle_short_code_valid(rows[i].text) == rows[i].short_code, rows[i].text);
        ROW_TRUE(cycle_roll_number_valid(rows[i].text) == rows[i].roll, rows[i].text);
    }
    assert_true(bank_topic_valid("tu-duy-suy-luan"));
    assert_false(bank_topic_valid("Luat"));
    assert_false(bank_topic_valid("l"));
}

static void what_is_free_when(void **state) {
    (void)state;
    static const bool rows[CYCLE_STATE_COUNT][3] = {[CYCLE_PREPARING] = {true, true, true},
                                                    [CYCLE_ROUND1] = {false, false, true},
                                                    [CYCLE_ROUND2] = {false, false, true},
                                                    [CYCLE_RANKING] = {false, false, false},
                                                    [CYCLE_RELEASED] = {false, false, false}};
    for (int i = 0; i < CYCLE_STATE_COUNT; i++) {
        enum cycle_state parsed, each = (enum cycle_state)i;
        ROW_TRUE(cycle_state_parse(cycle_state_key(each), &parsed) && parsed == each, cycle_state_key(each));
        ROW_TRUE(cycle_posts_free(each) == rows[i][0], cycle_state_key(each));
        ROW_TRUE(cycle_applications_free(each) == rows[i][1], cycle_state_key(each));
        ROW_TRUE(cycle_persons_free(each) == rows[i][2], cycle_state_key(each));
    }
    enum cycle_state untouched = CYCLE_RANKING;
    assert_false(cycle_state_parse("Round1", &untouched));
    assert_int_equal(untouched, CYCLE_RANKING);
}

/* The built-in pack asks for half of 60; other gates are put in its place. */
static void smallest_count_that_passes(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 8 << 20);
    struct cycle_pack *pack = ARENA_NEW(&arena, struct cycle_pack);
    struct json_misfits misfits = {0};
    size_t len = 0;
    const char *text = cycle_pack_builtin("CC-2026", &len);
    assert_non_null(text);
    assert_int_equal(cycle_pack_read(&arena, text, len, pack, &misfits, NULL), ERR_NONE);
    uint8_t computer = cycle_pack_component(pack, CYCLE_PACK_COMPUTER);
    assert_int_equal(cycle_pass_count(&pack->rank, computer), 30);
    struct rank_gate *gate = &pack->rank.gates[0];
    gate->op = RANK_OP_GT;
    assert_int_equal(cycle_pass_count(&pack->rank, computer), 31);
    pack->rank.components[computer].max = 61;
    gate->op = RANK_OP_GE;
    assert_int_equal(cycle_pass_count(&pack->rank, computer), 31);
    gate->share_den = 0;
    gate->bound = 62;
    assert_int_equal(cycle_pass_count(&pack->rank, computer), 62);
    arena_release(&arena);
}

static void next_step(void **state) {
    (void)state;
    static const struct {
        const char *step;
        struct cycle_counts counts;
        struct cycle_run run;
    } rows[] = {
        {"posts", {0}, {0}},
        {"candidates", {.posts = 1}, {0}},
        {"form", {.posts = 1, .candidates = 9, .without_seat = 9, .without_code = 9}, {0}},
        {"shift", {.posts = 1, .candidates = 9, .forms = 1, .without_seat = 9, .without_code = 9}, {0}},
        {"shift", {.posts = 1, .candidates = 9, .forms = 1, .shifts = 1, .shifts_open = 1, .without_seat = 1}, {0}},
        {"codes", {.posts = 1, .candidates = 9, .forms = 1, .shifts = 1, .shifts_open = 1, .without_code = 1}, {0}},
        {"sitting", {.posts = 1, .candidates = 9, .forms = 1, .shifts = 1, .shifts_open = 1}, {0}},
        {"close", {.posts = 1, .candidates = 9, .forms = 1, .shifts = 1, .shifts_open = 1, .shifts_late = 1}, {0}},
        {"sitting", {.posts = 1, .candidates = 9, .forms = 1, .shifts = 1, .scored = 8, .passed = 1}, {0}},
        {"round2",
         {.posts = 1, .candidates = 9, .forms = 1, .shifts = 1, .scored = 9, .passed = 1, .without_code = 1},
         {0}},
        {"none", {.posts = 1, .candidates = 9, .forms = 1, .shifts = 1, .scored = 9}, {0}},
        {"marking", {.posts = 1, .written = {5, 4}, .interview = {5, 5}}, {0}},
        {"freeze", {.posts = 1, .written = {5, 5}, .interview = {5, 5}}, {0}},
        {"run", {.posts = 1, .written = {5, 5}, .frozen = true}, {0}},
        {"ties", {.frozen = true}, {.run_id = 1, .unresolved = 1}},
        {"approve", {.frozen = true}, {.run_id = 1}},
        {"run", {.frozen = true}, {.run_id = 1, .verdict = "refused"}},
        {"publish", {.frozen = true}, {.run_id = 1, .verdict = "approved"}},
        {"done", {.frozen = true}, {.run_id = 1, .verdict = "approved", .release_version = 1}},
    };
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_string_equal(cycle_step_key(cycle_next_step(&rows[i].counts, &rows[i].run)), rows[i].step);
}

#define MINUTE_US INT64_C(60000000)

static void times_of_a_shift(void **state) {
    (void)state;
    static const struct {
        const char *what;
        int64_t starts, ends; /* minutes from now */
        int32_t minutes;
        enum schedule_times_verdict verdict;
    } rows[] = {{"just long enough", 10, 70, 60, SCHEDULE_TIMES_FIT},
                {"a minute short", 10, 69, 60, SCHEDULE_TIMES_SHORT},
                {"ends before it starts", 70, 10, 60, SCHEDULE_TIMES_SHORT},
                {"begun already", -10, 50, 60, SCHEDULE_TIMES_FIT},
                {"over", -70, 0, 60, SCHEDULE_TIMES_PAST},
                {"a leap year", 0, 366 * 1440, 60, SCHEDULE_TIMES_FIT},
                {"a minute more", 0, 366 * 1440 + 1, 60, SCHEDULE_TIMES_LONG}};
    const int64_t now = INT64_C(1795417200000000);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct sitting_times times = {.starts_us = now + rows[i].starts * MINUTE_US,
                                      .ends_us = now + rows[i].ends * MINUTE_US,
                                      .minutes = rows[i].minutes};
        ROW_TRUE(schedule_times_judge(&times, now) == rows[i].verdict, rows[i].what);
    }
}

static void rooms_are_filled_evenly(void **state) {
    (void)state;
    for (int64_t size = 1; size <= SCHEDULE_ROOM_SIZE_MAX; size += size < 60 ? 1 : 110)
        for (int64_t people = 1; people <= 700; people += 3) {
            int64_t rooms = schedule_room_count(people, size), seated = 0, least = people, most = 0;
            for (int64_t room = 0; room < rooms; room++) {
                int64_t fill = schedule_room_fill(people, rooms, room);
                seated += fill;
                least = fill < least ? fill : least;
                most = fill > most ? fill : most;
            }
            assert_int_equal(seated, people);
            assert_true(most <= size && most - least <= 1 && least >= 1);
            assert_true((rooms - 1) * size < people);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes),     cmocka_unit_test(what_is_free_when), cmocka_unit_test(smallest_count_that_passes),
        cmocka_unit_test(next_step), cmocka_unit_test(times_of_a_shift),  cmocka_unit_test(rooms_are_filled_evenly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
