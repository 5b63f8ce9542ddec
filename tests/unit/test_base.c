#include "unit.h"

#include "khoacu/base/clock.h"
#include "khoacu/base/log.h"
#include "khoacu/base/random.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

static void the_clock_follows_the_database(void **state) {
    (void)state;
    int64_t mono = clock_mono_us();
    assert_true(llabs(clock_now_us() - (int64_t)time(NULL) * 1000000) < 2000000);
    (void)clock_adjust(5000000000, mono);
    int64_t before = clock_mono_us() - mono, now = clock_now_us() - 5000000000, after = clock_mono_us() - mono;
    assert_true(now > before - 1000 && now < after + 1000);
    assert_int_equal(clock_adjust(5000000000 - 250, mono), -250);
    assert_true(clock_now_us() <= clock_now_us());
}

static void streams_are_reproducible_and_fair(void **state) {
    (void)state;
    struct random_stream one, two;
    random_stream_init(&one, 42);
    random_stream_init(&two, 42);
    for (int i = 0; i < 100; i++)
        assert_int_equal(random_stream_next(&one), random_stream_next(&two));
    int counts[7] = {0};
    for (int i = 0; i < 70000; i++)
        counts[random_stream_below(&one, 7)]++;
    for (int i = 0; i < 7; i++)
        assert_in_range(counts[i], 9500, 10500);
    assert_int_equal(random_stream_below(&one, 1), 0);
    assert_int_equal(random_stream_below(&one, 0), 0);
    double sum = 0, squares = 0;
    for (int i = 0; i < 100000; i++) {
        double unit = random_stream_unit(&one), normal = random_stream_normal(&one);
        assert_true(unit >= 0 && unit < 1);
        sum += normal;
        squares += normal * normal;
    }
    assert_true(sum / 1e5 > -0.02 && sum / 1e5 < 0.02);
    assert_true(squares / 1e5 > 0.98 && squares / 1e5 < 1.02);
}

/* First outputs of xoshiro256** seeded by splitmix64 with 0, from the reference implementation. */
static void the_stream_is_xoshiro(void **state) {
    (void)state;
    struct random_stream stream;
    random_stream_init(&stream, 0);
    assert_true(stream.state[0] == 0xe220a8397b1dcdaf && stream.state[1] == 0x6e789e6aa1b965f4);
    assert_true(random_stream_next(&stream) == 0x99ec5f36cb75f2b4);
    assert_true(random_stream_next(&stream) == 0xbf6e1f784956452a);
}

static void ids_are_positive_and_differ(void **state) {
    (void)state;
    int64_t last = 0;
    for (int i = 0; i < 1000; i++) {
        int64_t id = random_id();
        assert_true(id > 0 && id != last);
        last = id;
    }
}

/* What log_event writes to stderr. */
static void logged(char *out, size_t size, enum log_level level, const char *value) {
    int pipe_fds[2], saved = dup(STDERR_FILENO);
    assert_int_equal(pipe(pipe_fds), 0);
    assert_int_equal(dup2(pipe_fds[1], STDERR_FILENO), STDERR_FILENO);
    LOG(level, "test", LOG_TEXT("v", value), LOG_NUM("n", -3));
    assert_int_equal(dup2(saved, STDERR_FILENO), STDERR_FILENO);
    (void)close(saved);
    (void)close(pipe_fds[1]);
    ssize_t len = read(pipe_fds[0], out, size - 1);
    (void)close(pipe_fds[0]);
    out[len > 0 ? len : 0] = '\0';
}

static void a_value_cannot_forge_a_line(void **state) {
    (void)state;
    static const struct {
        const char *value, *shown;
    } rows[] = {
        {"plain-1.2", " v=plain-1.2 n=-3\n"},
        {"", " v=\"\" n=-3\n"},
        {"two words", " v=\"two words\" n=-3\n"},
        {"a\nts=x level=error", " v=\"a\\x0ats=x level=error\" n=-3\n"},
        {"q\"\\", " v=\"q\\\"\\\\\" n=-3\n"},
        {"Ánh", " v=\"Ánh\" n=-3\n"},
        {"\x1b[31m\x7f", " v=\"\\x1b[31m\\x7f\" n=-3\n"},
        {"\xff", " v=\"\\xff\" n=-3\n"},
        {"a=b", " v=\"a=b\" n=-3\n"},
    };
    char line[8192];
    for (size_t i = 0; i < LENGTH(rows); i++) {
        logged(line, sizeof(line), LOG_WARN, rows[i].value);
        assert_int_equal(strncmp(line, "ts=", 3), 0);
        assert_non_null(strstr(line, "level=warn event=test"));
        const char *shown = strstr(line, " v=");
        assert_non_null(shown);
        assert_string_equal(shown, rows[i].shown);
    }
    logged(line, sizeof(line), LOG_DEBUG, "x");
    assert_string_equal(line, "");
    char *huge = malloc(100001);
    assert_non_null(huge);
    memset(huge, '\n', 100000);
    huge[100000] = '\0';
    logged(line, sizeof(line), LOG_ERROR, huge);
    free(huge);
    assert_in_range(strlen(line), 1000, 4096);
    assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_clock_follows_the_database), cmocka_unit_test(streams_are_reproducible_and_fair),
        cmocka_unit_test(the_stream_is_xoshiro),          cmocka_unit_test(ids_are_positive_and_differ),
        cmocka_unit_test(a_value_cannot_forge_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
