#include "unit.h"

#include "khoacu/base/child.h"
#include "khoacu/base/clock.h"

#include <string.h>

#include "khoacu/base/banned.h"

static int asked;
static bool three_times(void *ctx) {
    (void)ctx;
    return ++asked < 3;
}

struct seen {
    struct child_result result;
    struct buf out;
    int64_t took_ms;
};

static bool never(void *ctx) {
    (void)ctx;
    return false;
}

static struct seen run(const char *script, const char *input, int64_t wall_ms, size_t out_max,
                       bool (*keep_on)(void *)) {
    const char *argv[] = {"/bin/sh", "-c", script, NULL};
    struct child child = {.argv = argv,
                          .input = input,
                          .input_len = input ? strlen(input) : 0,
                          .wall_ms = wall_ms,
                          .memory_bytes = 1LL << 30,
                          .file_bytes = 0,
                          .keep_on = keep_on};
    struct seen seen = {0};
    int64_t before = clock_mono_us();
    buf_init(&seen.out, out_max);
    assert_int_equal(child_run(&child, &seen.out, &seen.result), ERR_NONE);
    seen.took_ms = (clock_mono_us() - before) / 1000;
    return seen;
}

static void ends(void **state) {
    (void)state;
    struct seen seen = run("cat; echo err >&2; exit 3", "in", 60000, 100, NULL);
    assert_int_equal(seen.result.end, CHILD_EXITED);
    assert_int_equal(seen.result.status, 3);
    assert_string_equal(seen.out.data, "inerr\n");
    buf_release(&seen.out);
    seen = run("kill -SEGV $$", NULL, 60000, 100, NULL);
    assert_int_equal(seen.result.end, CHILD_CRASHED);
    buf_release(&seen.out);
}

static void limits(void **state) {
    (void)state;
    struct seen seen = run("sleep 600 & sleep 600", NULL, 300, 100, NULL);
    assert_int_equal(seen.result.end, CHILD_OVER_TIME);
    assert_true(seen.took_ms < 300000);
    buf_release(&seen.out);
    seen = run("exec >&- 2>&-; sleep 600", NULL, 300, 100, NULL);
    assert_int_equal(seen.result.end, CHILD_OVER_TIME);
    assert_true(seen.took_ms < 300000);
    buf_release(&seen.out);
    seen = run("yes", NULL, 600000, 5000, NULL);
    assert_int_equal(seen.result.end, CHILD_OVER_OUTPUT);
    assert_true(seen.took_ms < 300000);
    buf_release(&seen.out);
    seen = run("sleep 600", NULL, 600000, 100, never);
    assert_int_equal(seen.result.end, CHILD_STOPPED);
    buf_release(&seen.out);
    /* one who talks all the time is asked about all the same */
    seen = run("while :; do echo; sleep 0.02; done", NULL, 600000, 100000, three_times);
    assert_int_equal(seen.result.end, CHILD_STOPPED);
    assert_true(seen.took_ms < 300000);
    buf_release(&seen.out);
    asked = 0;
    seen = run("exec >&- 2>&-; sleep 600", NULL, 600000, 100, three_times);
    assert_int_equal(seen.result.end, CHILD_STOPPED);
    assert_true(seen.took_ms < 300000);
    buf_release(&seen.out);
    seen = run("echo more > /tmp/khoacu-test-child; cat /tmp/khoacu-test-child", NULL, 60000, 1000, NULL);
    assert_null(strstr(seen.out.data ? seen.out.data : "", "more\n"));
    buf_release(&seen.out);
}

static void surroundings(void **state) {
    (void)state;
    struct seen seen = run("env | sort | grep -v -e ^_ -e ^PWD; pwd; ls /proc/$$/fd", NULL, 60000, 1000, NULL);
    assert_string_equal(seen.out.data, "LANG=C.UTF-8\nPATH=/usr/bin:/bin\n/\n0\n1\n2\n");
    buf_release(&seen.out);
    const char *argv[] = {"/nowhere/at/all", NULL};
    struct child child = {.argv = argv, .wall_ms = 1000, .memory_bytes = 1 << 28};
    struct child_result result;
    assert_int_equal(child_run(&child, NULL, &result), ERR_NONE);
    assert_int_equal(result.end, CHILD_ABSENT);
    char path[100];
    assert_true(child_find("sh", path, sizeof path));
    assert_false(child_find("no-such-program-here", path, sizeof path));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(ends), cmocka_unit_test(limits),
                                       cmocka_unit_test(surroundings)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
