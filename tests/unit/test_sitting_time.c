/* Time of parts of a paper, late answers and envelopes: rules that ask no database. */
#include "unit.h"

#include "khoacu/base/arena.h"
#include "khoacu/base/random.h"
#include "khoacu/crypto/envelope.h"
#include "khoacu/sitting/late.h"
#include "khoacu/sitting/section.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define S INT64_C(1000000)

static bool read_list(const char *text, struct sections *ret_sections) {
    struct arena arena;
    const struct json *list = NULL;
    arena_init(&arena, 65536);
    assert_int_equal(json_read(&arena, text, strlen(text), &list, NULL), ERR_NONE);
    bool good = sections_read(list, 0, 60, ret_sections);
    arena_release(&arena);
    return good;
}

static void lists_of_sections_follow_on(void **unused) {
    (void)unused;
    struct sections sections;
    assert_true(read_list("[]", &sections) && sections.count == 0 && sections_fit(&sections, 60, 1));
    assert_true(read_list("[{\"first\":1,\"last\":20,\"minutes\":15},{\"first\":21,\"last\":60,\"minutes\":45}]", &sections));
    assert_true(sections_fit(&sections, 60, 60) && !sections_fit(&sections, 60, 59) && !sections_fit(&sections, 61, 60));
    static const char *const BAD[] = {
        "[{\"first\":2,\"last\":20,\"minutes\":15}]", "[{\"first\":1,\"last\":0,\"minutes\":15}]", "[{\"first\":1,\"last\":20,\"minutes\":0}]",
        "[{\"first\":1,\"last\":20,\"minutes\":15},{\"first\":20,\"last\":60,\"minutes\":1}]", "[{\"first\":1,\"last\":201,\"minutes\":1}]",
        "[{\"first\":1,\"last\":20,\"minutes\":15,\"x\":1}]", "[1]", "[{\"first\":1,\"last\":20}]", "[{\"first\":1,\"last\":20,\"minutes\":601}]"};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        ROW_TRUE(!read_list(BAD[i], &sections), BAD[i]);
    assert_true(sections_read(NULL, 30, 60, &sections) && sections.count == 60 && sections.list[59].last == 60);
    assert_true(sections_fit(&sections, 60, 30) && !sections_fit(&sections, 60, 29));
}

/* Whatever is given and paused: sections follow each other without a gap, none becomes shorter, and together they are longer by
 * exactly what was given while they ran. */
static void sections_keep_together(void **unused) {
    (void)unused;
    struct random_stream stream;
    random_stream_init(&stream, 20261124);
    for (int round = 0; round < 5000; round++) {
        struct sections sections = {.count = 1 + (size_t)random_stream_below(&stream, 8)};
        for (size_t i = 0; i < sections.count; i++)
            sections.list[i] = (struct section){.first = (int16_t)(i + 1), .last = (int16_t)(i + 1), .seconds = 60};
        struct sitting_times times = {.clock = (enum sitting_clock)random_stream_below(&stream, 2), .starts_us = 1000 * S, .minutes = 10};
        int64_t started_us = 1000 * S + (int64_t)random_stream_below(&stream, 100) * S;
        int64_t begin_us = times.clock == SITTING_CLOCK_COMMON ? times.starts_us : started_us;
        struct section_effect effects[3];
        size_t count = (size_t)random_stream_below(&stream, 4);
        int64_t within_s = 0, end_us = begin_us + (int64_t)sections.count * 60 * S, from_us = 900 * S;
        for (size_t i = 0; i < count; i++) {
            from_us += (int64_t)random_stream_below(&stream, 200) * S;
            effects[i] = (struct section_effect){.from_us = from_us, .seconds = 1 + (int64_t)random_stream_below(&stream, 300),
                                                 .pause = random_stream_below(&stream, 2) == 0};
            bool before = from_us < begin_us;
            if (before && effects[i].pause)
                continue; /* a common beginning moves, a personal one is not touched: neither is longer */
            if (from_us < end_us + within_s * S)
                within_s += effects[i].seconds;
        }
        struct section_window windows[8];
        sections_place(&sections, &times, started_us, effects, count, windows);
        for (size_t i = 0; i < sections.count; i++) {
            assert_true(i == 0 || windows[i].opens_us == windows[i - 1].closes_us);
            assert_true(windows[i].closes_us - windows[i].opens_us >= 60 * S);
        }
        bool moved_begin = windows[0].opens_us != begin_us;
        assert_true(!moved_begin || times.clock == SITTING_CLOCK_COMMON);
        if (!moved_begin)
            assert_int_equal(windows[sections.count - 1].closes_us, end_us + within_s * S);
    }
}

static void a_save_is_taken_in_its_section(void **unused) {
    (void)unused;
    const struct section_window windows[] = {{.first = 1, .last = 10, .opens_us = 100 * S, .closes_us = 200 * S},
                                             {.first = 11, .last = 20, .opens_us = 200 * S, .closes_us = 300 * S}};
    struct section_clock *clock = calloc(1, sizeof *clock + sizeof windows);
    assert_non_null(clock);
    *clock = (struct section_clock){.closes_us = 400 * S, .grace_us = 5 * S, .count = 2};
    memcpy(clock->windows, windows, sizeof windows);
    assert_true(!section_clock_takes(clock, 1, 99 * S) && section_clock_takes(clock, 10, 100 * S));
    assert_true(section_clock_takes(clock, 1, 205 * S) && !section_clock_takes(clock, 1, 205 * S + 1));
    assert_true(!section_clock_takes(clock, 11, 200 * S - 1) && section_clock_takes(clock, 20, 200 * S));
    assert_true(section_clock_takes(clock, 21, 0));
    clock->closes_us = 0;
    assert_true(section_clock_takes(clock, 1, 0));
    free(clock);
}

static void late_answers_have_a_window(void **unused) {
    (void)unused;
    struct sitting sitting = {.state = SITTING_OPEN, .closes_us = 1000 * S, .times = {.grace_s = 5}};
    assert_int_equal(late_time_judge(&sitting, 60, 1005 * S), LATE_STILL_OPEN);
    assert_int_equal(late_time_judge(&sitting, 60, 1005 * S + 1), LATE_TAKEN);
    sitting.state = SITTING_SUBMITTED;
    assert_int_equal(late_time_judge(&sitting, 60, 500 * S), LATE_TAKEN);
    assert_int_equal(late_time_judge(&sitting, 60, 1065 * S), LATE_TAKEN);
    assert_int_equal(late_time_judge(&sitting, 60, 1065 * S + 1), LATE_TOO_LATE);
    sitting.state = SITTING_ABSENT;
    assert_int_equal(late_time_judge(&sitting, 60, 500 * S), LATE_NOT_OPEN);
    sitting.state = SITTING_ASSIGNED;
    assert_int_equal(late_time_judge(&sitting, 60, 500 * S), LATE_NOT_OPEN);
}

static void only_the_holder_opens_an_envelope(void **unused) {
    (void)unused;
    static struct crypto_pair mine, other;
    uint8_t key[CRYPTO_KEY_LEN], found[CRYPTO_KEY_LEN], locked[CRYPTO_ENVELOPE_LEN];
    assert_int_equal(crypto_pair_new(&mine), ERR_NONE);
    assert_int_equal(crypto_pair_new(&other), ERR_NONE);
    random_bytes(key, sizeof key);
    assert_int_equal(crypto_envelope_lock(mine.public_key, mine.public_len, key, locked), ERR_NONE);
    assert_int_equal(crypto_envelope_open(mine.private_key, mine.private_len, locked, sizeof locked, found), ERR_NONE);
    assert_memory_equal(key, found, sizeof key);
    assert_int_equal(crypto_envelope_open(other.private_key, other.private_len, locked, sizeof locked, found), ERR_CRYPTO);
    locked[100] ^= 1;
    assert_int_equal(crypto_envelope_open(mine.private_key, mine.private_len, locked, sizeof locked, found), ERR_CRYPTO);
    assert_int_equal(crypto_envelope_open(mine.private_key, mine.private_len, locked, 10, found), ERR_CRYPTO);
    assert_int_equal(crypto_envelope_lock(mine.public_key, 20, key, locked), ERR_CRYPTO);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_of_sections_follow_on), cmocka_unit_test(sections_keep_together),
        cmocka_unit_test(a_save_is_taken_in_its_section), cmocka_unit_test(late_answers_have_a_window),
        cmocka_unit_test(only_the_holder_opens_an_envelope)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
